// `bindeledd access overview|confirm`: who has what of an owner's data, what to look at, and that something is still needed, through the admin API.
import { ok, type Result } from '#base/result.ts';
import { askAll, askOne, chosenOrganisation, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';

type Held = {
  readonly application: string;
  readonly name: string | null;
  readonly by: { readonly kind: string; readonly id: string };
  readonly named: readonly string[];
  readonly collections: readonly string[];
  readonly chain: readonly string[];
  readonly to: string | null;
  readonly live: boolean;
  readonly lastUsed: string | null;
  readonly uses: number;
  readonly reminders: readonly { readonly kind: string; readonly at: string }[];
};

const path = (organisation: string): string => `/admin/organisations/${encodeURIComponent(organisation)}/access`;

const rowOf = (held: Held): readonly string[] => [
  held.name ?? held.application,
  held.chain.slice(1).join(' > '),
  held.by.id,
  (held.named.length === 0 ? held.collections : held.named).join(' '),
  held.to ?? '-',
  held.lastUsed ?? 'never',
  held.reminders.map(({ kind }) => kind).join(' '),
];

/** Who has what. Fails with HUB-204 for an organisation that the caller does not administer. */
export const accessOverview = async (
  door: AdminDoor,
  query: {
    readonly organisation?: string | undefined;
    readonly application?: string | undefined;
    readonly reminders?: boolean;
  },
): Promise<Result<CommandOutput<readonly Held[]>>> => {
  const organisation = await chosenOrganisation(door, query.organisation);
  if (!organisation.ok) return organisation;
  const found = await askAll<Held>(door, path(organisation.value), {
    application: query.application,
    reminders: query.reminders === true ? 'true' : undefined,
  });
  if (!found.ok) return found;
  const heads = ['APPLICATION', 'OF', 'BY', 'WHAT', 'UNTIL', 'LAST USED', 'LOOK AT'];
  return ok({ text: renderTable(heads, found.value.map(rowOf), 'Nobody has anything.'), json: found.value });
};

/** Says that something that was given is still needed. Fails with HUB-204 where nothing was given by it. */
export const confirmAccess = async (
  door: AdminDoor,
  args: {
    readonly organisation?: string | undefined;
    readonly kind: string;
    readonly id: string;
    readonly reason?: string | undefined;
  },
): Promise<Result<CommandOutput<object>>> => {
  const organisation = await chosenOrganisation(door, args.organisation);
  if (!organisation.ok) return organisation;
  const { kind, id, reason } = args;
  const said = await askOne(door, 'POST', `${path(organisation.value)}/confirm`, { kind, id, reason });
  return said.ok ? ok({ text: `${kind} ${id}: still needed`, json: said.value }) : said;
};
