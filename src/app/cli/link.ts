// `bindeledd link …`: organisations let applications in by scopes, see what that opens, change it and end it, through the admin API.
import { askOne, type AdminDoor } from './admin-door.ts';
import { badParameters, renderTable, splitList, type CommandOutput } from './command.ts';
import { listGiven, type GivenListArgs } from './given-list.ts';
import { clearances } from './grant.ts';
import { ok, type Result } from '#base/result.ts';

/** What is said of a link; what is absent stays as it is, or as it is for new ones. */
export type LinkArgs = {
  readonly scopes?: readonly string[] | undefined;
  /** Ids of schools; `all` for every one. */
  readonly schools?: readonly string[] | undefined;
  readonly agreement?: string | undefined;
  /** First and last day of the agreement, a date or an instant in UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly purpose?: string | undefined;
  /** A name of the table of grants. */
  readonly clearance?: string | undefined;
  readonly reason?: string | undefined;
};

export type ShownLink = {
  readonly id: string;
  readonly application: string;
  readonly organisation: string;
  readonly tenantId: string;
  readonly scopes: readonly string[];
  readonly schools: readonly string[] | null;
  readonly agreement: { readonly reference: string; readonly from: string | null; readonly to: string | null };
  readonly clearance: number;
  readonly endedAt: string | null;
  readonly live: boolean;
  readonly warnings?: readonly { readonly at: string; readonly message: string }[];
};

type Explanation = {
  readonly items: readonly {
    readonly collection: string;
    readonly actions: readonly string[];
    readonly attributes: readonly string[];
    readonly relations: readonly string[];
    readonly sensitive: readonly { readonly attribute: string; readonly sensitivity: string }[];
  }[];
};

const address = (id: string): string => `/admin/links/${encodeURIComponent(id)}`;

const describe = ({ scopes, schools, agreement, clearance }: ShownLink): string => {
  const at = schools === null ? 'all schools' : `schools ${schools.join(',')}`;
  const cleared = clearance === 0 ? '' : `, clearance ${clearances[clearance] ?? clearance}`;
  const period =
    agreement.from === null && agreement.to === null ? '' : `, ${agreement.from ?? ''}..${agreement.to ?? ''}`;
  return `${scopes.join(' ')}, ${at}${cleared}, ${agreement.reference}${period}`;
};

/** The body of a request, or the flag that cannot be read. */
const bodyOf = (args: LinkArgs): Result<object> => {
  const { scopes, schools, agreement, from, to, purpose, clearance, reason } = args;
  const level = clearance === undefined ? undefined : clearances.findIndex((one) => one === clearance);
  if (level === -1) return badParameters([{ at: 'clearance', message: `must be one of ${clearances.join(', ')}` }]);
  const named = schools === undefined ? undefined : splitList(schools);
  const period = [agreement, from, to].every((one) => one === undefined);
  return ok({
    scopes: scopes === undefined ? undefined : splitList(scopes),
    schools: named?.join() === 'all' ? null : named,
    agreement: period ? undefined : { reference: agreement, from, to },
    purpose,
    clearance: level,
    reason,
  });
};

const shown = (link: ShownLink): CommandOutput<ShownLink> => {
  const notes = (link.warnings ?? []).map(({ message }) => `\nnote: ${message}`);
  const state = link.live ? '' : ' (not live)';
  return {
    text: `${link.id}: ${link.organisation} lets ${link.application} in${state}: ${describe(link)}\ntenant_id ${link.tenantId}${notes.join('')}`,
    json: link,
  };
};

/** Lets an application in. Fails with HUB-103 naming every bad parameter, HUB-409 when it is in already, or HUB-204. */
export const giveLink = async (
  door: AdminDoor,
  args: LinkArgs & { readonly application: string; readonly organisation: string },
): Promise<Result<CommandOutput<ShownLink>>> => {
  const { application, organisation } = args;
  const body = bodyOf(args);
  if (!body.ok) return body;
  const given = await askOne<ShownLink>(door, 'POST', '/admin/links', { application, organisation, ...body.value });
  return given.ok ? ok(shown(given.value)) : given;
};

/** Changes what is said and leaves the rest. Fails with HUB-103, HUB-409 for one that has ended, or HUB-204. */
export const setLink = async (
  door: AdminDoor,
  id: string,
  args: LinkArgs,
): Promise<Result<CommandOutput<ShownLink>>> => {
  const body = bodyOf(args);
  if (!body.ok) return body;
  const changed = await askOne<ShownLink>(door, 'PATCH', address(id), body.value);
  return changed.ok ? ok(shown(changed.value)) : changed;
};

/** Links, of one application or organisation when named; ended ones only when asked for. */
export const listLinks = (
  door: AdminDoor,
  args: GivenListArgs = {},
): Promise<Result<CommandOutput<readonly ShownLink[]>>> =>
  listGiven(door, '/admin/links', args, { header: 'LETS IN WITH', describe, none: 'There are no such links.' });

/** What the application can see by a link, a collection a line. Fails with HUB-204. */
export const explainLink = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<Explanation>>> => {
  const found = await askOne<Explanation>(door, 'GET', `${address(id)}/explain`);
  if (!found.ok) return found;
  const rows = found.value.items.map(({ collection, actions, attributes, relations, sensitive }) => [
    collection,
    actions.join(','),
    [...attributes, ...relations.map((name) => `>${name}`)].join(' '),
    sensitive.map(({ attribute, sensitivity }) => `${attribute}: ${sensitivity}`).join(', '),
  ]);
  return ok({
    text: renderTable(['COLLECTION', 'ACTIONS', 'SHOWS', 'SENSITIVE'], rows, 'It shows nothing.'),
    json: found.value,
  });
};

/** Ends a link and its grants now; it stays on record. Ending one that is over changes nothing. Fails with HUB-204. */
export const endLink = async (
  door: AdminDoor,
  id: string,
  reason?: string,
): Promise<Result<CommandOutput<ShownLink>>> => {
  const ended = await askOne<ShownLink>(door, 'DELETE', address(id), { reason });
  return ended.ok ? ok({ text: `${id}: ended ${ended.value.endedAt ?? ''}`, json: ended.value }) : ended;
};
