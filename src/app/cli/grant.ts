// `bindeledd grant …`: organisations give applications access, look at what they gave, change it and end it, through the admin API.
import { askOne, type AdminDoor } from './admin-door.ts';
import { badParameters, splitList, type CommandOutput } from './command.ts';
import { listGiven, type GivenListArgs } from './given-list.ts';
import { ok, type Result } from '#base/result.ts';

export type GiveGrantArgs = {
  readonly application: string;
  readonly organisation: string;
  /** Paths, `prefix/*` or `*`. */
  readonly collections: readonly string[];
  readonly actions: readonly string[];
  /** jsonNames; absent = all. */
  readonly fields?: readonly string[] | undefined;
  readonly withhold?: readonly string[] | undefined;
  /** `scope=field/value[,value…]` */
  readonly rows?: string | undefined;
  /** A name of the table below. */
  readonly clearance?: string | undefined;
  /** A date or an instant in UTC; a date begins with its first and ends with its last moment in Norway. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly purpose?: string | undefined;
  readonly agreement?: string | undefined;
  readonly reason?: string | undefined;
};

export type ShownGrant = {
  readonly id: string;
  readonly application: string;
  readonly organisation: string;
  readonly collections: readonly string[];
  readonly actions: readonly string[];
  readonly fields: readonly string[] | null;
  readonly withhold: readonly string[];
  readonly rows: { readonly scope: string; readonly field: string; readonly values: readonly string[] } | null;
  readonly clearance: number;
  readonly environment: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly purpose: string;
  readonly agreement: string | null;
  readonly createdAt: string;
  readonly live: boolean;
  readonly warnings?: readonly { readonly at: string; readonly message: string }[];
};

/** How highly protected persons a grant shows, by name: the place is the level. */
export const clearances = ['none', 'client-address', 'confidential', 'strictly-confidential'] as const;

const address = (id: string): string => `/admin/grants/${encodeURIComponent(id)}`;

const describe = (grant: ShownGrant): string => {
  const period = `${grant.from ?? ''}..${grant.to ?? ''}`;
  const rows =
    grant.rows === null ? '' : `, rows ${grant.rows.scope}=${grant.rows.field}/${grant.rows.values.join(',')}`;
  const fields = grant.fields === null ? '' : `, fields ${grant.fields.join(',')}`;
  const withheld = grant.withhold.length === 0 ? '' : `, without ${grant.withhold.join(',')}`;
  const cleared = grant.clearance === 0 ? '' : `, clearance ${clearances[grant.clearance] ?? grant.clearance}`;
  return `${grant.actions.join(',')} on ${grant.collections.join(',')}${fields}${withheld}${rows}${cleared}${period === '..' ? '' : `, ${period}`}`;
};

/** The number of a clearance; undefined when none is named, null for a name that there is not. */
export const levelOf = (name: string | undefined): number | null | undefined => {
  if (name === undefined) return undefined;
  const level = clearances.findIndex((one) => one === name);
  return level === -1 ? null : level;
};

/** Rows as `scope=field/value,value`; what cannot be read goes on as it is, for the hub to refuse. */
export const readRows = (text: string | undefined): object | string | undefined => {
  if (text === undefined) return undefined;
  const [, scope, field, list] = /^([^=/]+)=([^=/]+)\/(.+)$/.exec(text) ?? [];
  return scope === undefined || list === undefined ? text : { scope, field, values: splitList([list]) };
};

/** Gives an application access to an organisation's data. Fails with HUB-103 naming every bad parameter, or HUB-204. */
export const giveGrant = async (door: AdminDoor, args: GiveGrantArgs): Promise<Result<CommandOutput<ShownGrant>>> => {
  const clearance = levelOf(args.clearance);
  if (clearance === null)
    return badParameters([{ at: 'clearance', message: `must be one of ${clearances.join(', ')}` }]);
  const given = await askOne<ShownGrant>(door, 'POST', '/admin/grants', {
    ...args,
    collections: splitList(args.collections),
    actions: splitList(args.actions),
    fields: args.fields === undefined ? undefined : splitList(args.fields),
    withhold: args.withhold === undefined ? undefined : splitList(args.withhold),
    rows: readRows(args.rows),
    clearance,
  });
  if (!given.ok) return given;
  const grant = given.value;
  const warnings = (grant.warnings ?? []).map(({ message }) => `\nnote: ${message}`);
  const text = `${grant.id}: ${grant.organisation} lets ${grant.application} ${describe(grant)}${warnings.join('')}`;
  return ok({ text, json: grant });
};

/** Grants, of one application or organisation when named; ended ones only when asked for. */
export const listGrants = (
  door: AdminDoor,
  args: GivenListArgs = {},
): Promise<Result<CommandOutput<readonly ShownGrant[]>>> =>
  listGiven(door, '/admin/grants', args, { header: 'OPENS', describe, none: 'There are no such grants.' });

/** Ends a grant now; it stays on record. Ending one that is over changes nothing. Fails with HUB-204. */
export const endGrant = async (
  door: AdminDoor,
  id: string,
  reason?: string,
): Promise<Result<CommandOutput<ShownGrant>>> => {
  const ended = await askOne<ShownGrant>(door, 'POST', `${address(id)}/end`, { reason });
  return ended.ok ? ok({ text: `${id}: ended ${ended.value.to ?? ''}`, json: ended.value }) : ended;
};
