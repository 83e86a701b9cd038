// `bindeledd delegation …`: owners let suppliers give their applications access, suppliers pass that on, and all of it is withdrawn, through the admin API.
import { termsBody, type AccessTermsArgs } from './access.ts';
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';
import { ok, type Result } from '#base/result.ts';

export type DelegationArgs = AccessTermsArgs & {
  readonly organisation?: string | undefined;
  readonly parent?: string | undefined;
  readonly supplier: string;
  readonly environment?: string | undefined;
  readonly purpose?: string | undefined;
  readonly legalBasis?: string | undefined;
  readonly mayPassOn?: boolean | undefined;
};

export type ShownDelegation = {
  readonly id: string;
  readonly organisation: string;
  readonly supplier: string;
  readonly terms: { readonly packages: readonly { readonly package: string }[]; readonly to: string | null };
  readonly state: string;
  readonly live: boolean;
  readonly fourEyes: readonly string[];
  readonly chain: readonly { readonly organisation: string }[];
};

const address = (id: string): string => `/admin/delegations/${encodeURIComponent(id)}`;

const chainText = ({ chain }: ShownDelegation): string => chain.map(({ organisation }) => organisation).join(' > ');
const packagesText = ({ terms }: ShownDelegation): string => terms.packages.map((one) => one.package).join(' ');

const describe = (one: ShownDelegation): string => {
  const { id, state, terms, live, fourEyes } = one;
  const until = terms.to === null ? '' : `, until ${terms.to}`;
  const note = state === 'seconding' ? `\nSomebody else has to approve it: it shows ${fourEyes.join(', ')}.` : '';
  return `${id}: ${chainText(one)}: ${packagesText(one)}${until}, ${live ? 'live' : state}${note}`;
};

const shown = (asked: Result<ShownDelegation>): Result<CommandOutput<ShownDelegation>> =>
  asked.ok ? ok({ text: describe(asked.value), json: asked.value }) : asked;

/** Lets a supplier in, or passes on what was delegated. Fails with HUB-103 naming every bad parameter, HUB-409, or HUB-204. */
export const giveDelegation = async (
  door: AdminDoor,
  args: DelegationArgs,
): Promise<Result<CommandOutput<ShownDelegation>>> => {
  const { organisation, parent, supplier, environment, purpose, legalBasis, mayPassOn } = args;
  const terms = termsBody(args);
  if (!terms.ok) return terms;
  const more = { organisation, parent, supplier, environment, purpose, legalBasis, mayPassOn };
  return shown(await askOne<ShownDelegation>(door, 'POST', '/admin/delegations', { ...terms.value, ...more }));
};

/** Delegations that the caller may know of; withdrawn ones only when asked for. */
export const listDelegations = async (
  door: AdminDoor,
  query: {
    readonly organisation?: string | undefined;
    readonly supplier?: string | undefined;
    readonly all?: boolean;
  } = {},
): Promise<Result<CommandOutput<readonly ShownDelegation[]>>> => {
  const { organisation, supplier, all } = query;
  const found = await askAll<ShownDelegation>(door, '/admin/delegations', {
    organisation,
    supplier,
    all: all === true ? 'true' : undefined,
  });
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    chainText(one),
    packagesText(one),
    one.terms.to ?? '-',
    one.live ? 'live' : one.state,
  ]);
  return ok({
    text: renderTable(['ID', 'CHAIN', 'PACKAGES', 'UNTIL', 'STATE'], rows, 'There are no such delegations.'),
    json: found.value,
  });
};

/** One delegation with its chain. Fails with HUB-204. */
export const showDelegation = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<ShownDelegation>>> =>
  shown(await askOne<ShownDelegation>(door, 'GET', address(id)));

/** Approves as the second. Fails with HUB-400 for whoever made it, HUB-409, or HUB-204. */
export const approveDelegation = async (
  door: AdminDoor,
  id: string,
  reason?: string,
): Promise<Result<CommandOutput<ShownDelegation>>> =>
  shown(await askOne<ShownDelegation>(door, 'POST', `${address(id)}/approve`, { reason }));

/** Withdraws it with everything that stands on it. Fails with HUB-204. */
export const withdrawDelegation = async (
  door: AdminDoor,
  id: string,
  reason?: string,
): Promise<Result<CommandOutput<ShownDelegation>>> =>
  shown(await askOne<ShownDelegation>(door, 'POST', `${address(id)}/withdraw`, { reason }));

/** Gives an application of the supplier what was delegated, or less. Fails with HUB-103, HUB-409 or HUB-204. */
export const grantByDelegation = async (
  door: AdminDoor,
  id: string,
  args: AccessTermsArgs & { readonly application: string },
): Promise<Result<CommandOutput<object>>> => {
  const terms = termsBody(args);
  if (!terms.ok) return terms;
  const { application } = args;
  const given = await askOne<{ readonly items: readonly { readonly id: string; readonly organisation: string }[] }>(
    door,
    'POST',
    `${address(id)}/grants`,
    { ...terms.value, agreement: undefined, application },
  );
  if (!given.ok) return given;
  const { items } = given.value;
  const text = `${application} has ${items.length} grants of ${items[0]?.organisation ?? ''} by ${id}; they end with it.`;
  return ok({ text, json: given.value });
};
