// Through whose hands the keys of administrators have gone: whoever made an administrator, or gave it a secret or a key, can act as it. Two approvals are those of two
// only when nobody has had both in hand. Written by applications of the admin API; asked wherever it takes two. Pure.
import type { RegisterEntry } from '#store/store.ts';

/** Somebody who has had the keys of an administrator. `runsHub`: an operator, who could do anything anyway. */
export type Hand = { readonly client: string; readonly runsHub: boolean };

/** Hands by the client id of the administrator. */
export type Hands = ReadonlyMap<string, readonly Hand[]>;

/** The hands of one administrator as the register keeps them, with one more; in the revision after the one that it was read with. */
export const handsEntry = (
  application: { readonly id: string; readonly owner: string },
  before: RegisterEntry | null,
  hand: Hand,
  now: number,
): RegisterEntry => ({
  kind: 'key-holder',
  id: application.id,
  revision: (before?.revision ?? 0) + 1,
  organisation: application.owner,
  application: application.id,
  state: 'held',
  createdAt: before?.createdAt ?? now,
  changedAt: now,
  value: [...(before === null ? [] : handsOf(before)).filter(({ client }) => client !== hand.client), hand],
});

/** The hands that an entry of the register holds: the register holds what `handsEntry` made. */
export const handsOf = ({ value }: RegisterEntry): readonly Hand[] => value as readonly Hand[];

/** Everybody who can act as an actor: itself, whoever has had its keys, whoever has had theirs. Operators are left out. */
const behind = (actor: string, hands: Hands): ReadonlySet<string> => {
  const found = new Set([actor]);
  for (const one of found) for (const { client, runsHub } of hands.get(one) ?? []) if (!runsHub) found.add(client);
  return found;
};

/** True when nobody but operators can act as both. */
export const areTwo = (one: string, other: string, hands: Hands): boolean => {
  const first = behind(one, hands);
  return [...behind(other, hands)].every((client) => !first.has(client));
};
