// `bindeledd agreement …`: owners register by which agreements others may process their data, and end them, through the admin API.
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';
import { ok, type Result } from '#base/result.ts';

export type AgreementArgs = {
  readonly organisation?: string | undefined;
  readonly processor?: string | undefined;
  readonly reference?: string | undefined;
  /** First and last day, a date or an instant in UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly reason?: string | undefined;
};

export type ShownAgreement = {
  readonly id: string;
  readonly organisation: string;
  readonly processor: string;
  readonly reference: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly endedAt: string | null;
  readonly live: boolean;
};

const address = (id: string): string => `/admin/agreements/${encodeURIComponent(id)}`;

const describe = ({ organisation, processor, reference, from, to, live }: ShownAgreement): string => {
  const period = from === null && to === null ? '' : `, ${from ?? ''}..${to ?? ''}`;
  return `${organisation} lets ${processor} process its data by ${reference}${period}${live ? '' : ' (not live)'}`;
};

const shown = (agreement: ShownAgreement): CommandOutput<ShownAgreement> => ({
  text: `${agreement.id}: ${describe(agreement)}`,
  json: agreement,
});

/** Registers an agreement. Fails with HUB-103 naming every bad parameter, HUB-409 when it is registered already, or HUB-204. */
export const addAgreement = async (
  door: AdminDoor,
  args: AgreementArgs,
): Promise<Result<CommandOutput<ShownAgreement>>> => {
  const made = await askOne<ShownAgreement>(door, 'POST', '/admin/agreements', args);
  return made.ok ? ok(shown(made.value)) : made;
};

/** Agreements, of one owner or with one processor when named; ended ones only when asked for. */
export const listAgreements = async (
  door: AdminDoor,
  { organisation, processor, all }: Pick<AgreementArgs, 'organisation' | 'processor'> & { readonly all: boolean },
): Promise<Result<CommandOutput<readonly ShownAgreement[]>>> => {
  const query = { organisation, processor, all: all ? 'true' : undefined };
  const found = await askAll<ShownAgreement>(door, '/admin/agreements', query);
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    one.organisation,
    one.processor,
    one.live ? 'live' : 'not live',
    one.reference,
    one.to ?? '-',
  ]);
  const headings = ['ID', 'OWNER', 'PROCESSOR', 'STATE', 'REFERENCE', 'UNTIL'];
  return ok({ text: renderTable(headings, rows, 'There are no such agreements.'), json: found.value });
};

/** One agreement. Fails with HUB-204. */
export const showAgreement = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<ShownAgreement>>> => {
  const found = await askOne<ShownAgreement>(door, 'GET', address(id));
  return found.ok ? ok(shown(found.value)) : found;
};

/** Ends an agreement now, with everything that rests on it. Ending one that is over changes nothing. Fails with HUB-204. */
export const endAgreement = async (
  door: AdminDoor,
  id: string,
  reason?: string,
): Promise<Result<CommandOutput<ShownAgreement>>> => {
  const ended = await askOne<ShownAgreement>(door, 'POST', `${address(id)}/end`, { reason });
  return ended.ok ? ok({ text: `${id}: ended ${ended.value.endedAt ?? ''}`, json: ended.value }) : ended;
};
