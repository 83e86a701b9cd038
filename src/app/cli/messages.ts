// `bindeledd messages …`: who administers an organisation has queues and addresses told of its changes, sees how far that has come, and has tried again what was laid
// aside; through the admin API.
import { ok, type Result } from '#base/result.ts';
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { renderTable, type CommandOutput } from './command.ts';

type ShownChannel =
  | { readonly kind: 'rabbitmq'; readonly broker: string }
  | { readonly kind: 'webhook'; readonly url: string };

export type ShownDestination = {
  readonly id: string;
  readonly organisation: string;
  readonly application: string;
  readonly resources: readonly string[] | null;
  readonly from: string;
  readonly channel: ShownChannel;
  readonly state: string;
  readonly createdAt: string;
  readonly secret?: string;
};

export type ShownProgress = ShownDestination & {
  readonly told: number;
  readonly toldAt: string | null;
  readonly waitsSince: string | null;
  readonly oldest: string | null;
  readonly tries: number;
  readonly nextAt: string | null;
  readonly failure: string | null;
  readonly restarts: readonly { readonly resource: string; readonly at: string }[];
  readonly letters: number;
};

export type ShownLetter = {
  readonly number: number;
  readonly subject: string;
  readonly operation: string;
  readonly why: string;
  readonly at: string;
  readonly state: string;
};

export type NewDestinationArgs = {
  readonly organisation?: string | undefined;
  readonly application: string;
  readonly resources: readonly string[] | null;
  readonly from?: string | undefined;
  readonly channel: object;
  readonly reason?: string | undefined;
};

const address = (id: string, rest = ''): string => `/admin/message-destinations/${encodeURIComponent(id)}${rest}`;

const where = (channel: ShownChannel): string =>
  channel.kind === 'rabbitmq' ? `broker ${channel.broker}` : channel.url;

/** Has a queue or an address told. Fails with HUB-103 for what is not right, HUB-409 where there are too many. */
export const addDestination = async (
  door: AdminDoor,
  args: NewDestinationArgs,
): Promise<Result<CommandOutput<ShownDestination>>> => {
  const made = await askOne<ShownDestination>(door, 'POST', '/admin/message-destinations', args);
  if (!made.ok) return made;
  const { id, channel, secret } = made.value;
  const signed = secret === undefined ? '' : `\nIts messages are signed with ${secret}, which is shown this once.`;
  return ok({ text: `${id}: ${where(channel)}${signed}`, json: made.value });
};

/** The destinations of an organisation, or of all that the caller administers. */
export const listDestinations = async (
  door: AdminDoor,
  organisation?: string,
): Promise<Result<CommandOutput<readonly ShownDestination[]>>> => {
  const found = await askAll<ShownDestination>(door, '/admin/message-destinations', { organisation });
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    one.application,
    where(one.channel),
    one.resources?.join(',') ?? 'all',
    one.state,
  ]);
  return ok({
    text: renderTable(['ID', 'APPLICATION', 'TO', 'RESOURCES', 'STATE'], rows, 'There are no destinations.'),
    json: found.value,
  });
};

/** How far telling has come. Fails with HUB-204. */
export const showDestination = async (door: AdminDoor, id: string): Promise<Result<CommandOutput<ShownProgress>>> => {
  const found = await askOne<ShownProgress>(door, 'GET', address(id));
  if (!found.ok) return found;
  const one = found.value;
  const lines = [
    `${one.id}: ${where(one.channel)}, ${one.state}`,
    `told ${one.told}${one.toldAt === null ? '' : `, last at ${one.toldAt}`}`,
    ...(one.waitsSince === null
      ? []
      : [`waits since ${one.waitsSince}, the first of what waits happened at ${one.oldest ?? 'an unknown time'}`]),
    ...(one.failure === null ? [] : [`${one.failure} Tried ${one.tries} times, next at ${one.nextAt ?? 'once'}`]),
    `laid aside ${one.letters}`,
    ...one.restarts.map(
      ({ resource, at }) => `told ${resource} anew at ${at}: the position was older than what is kept`,
    ),
  ];
  return ok({ text: lines.join('\n'), json: one });
};

/** Pauses, resumes or ends one. Fails with HUB-204, HUB-409. */
export const turnDestination = async (
  door: AdminDoor,
  id: string,
  turn: 'pause' | 'resume' | 'end',
  reason?: string,
): Promise<Result<CommandOutput<ShownDestination>>> => {
  const turned =
    turn === 'end'
      ? await askOne<ShownDestination>(door, 'DELETE', address(id), { reason })
      : await askOne<ShownDestination>(door, 'POST', address(id, `/${turn}`), { reason });
  return turned.ok ? ok({ text: `${turned.value.id}: ${turned.value.state}`, json: turned.value }) : turned;
};

/** What was laid aside. Fails with HUB-204. */
export const listLetters = async (
  door: AdminDoor,
  id: string,
): Promise<Result<CommandOutput<readonly ShownLetter[]>>> => {
  const found = await askAll<ShownLetter>(door, address(id, '/letters'), {});
  if (!found.ok) return found;
  const rows = found.value.map((one) => [one.subject, one.operation, one.at, one.state, one.why]);
  return ok({
    text: renderTable(['SUBJECT', 'OPERATION', 'AT', 'STATE', 'WHY'], rows, 'Nothing was laid aside.'),
    json: found.value,
  });
};

/** Has letters told again, or thrown away: of some subjects, or (null) all. Fails with HUB-204. */
export const settleLetters = async (
  door: AdminDoor,
  id: string,
  how: 'resend' | 'discard',
  choice: { readonly subjects: readonly string[] | null; readonly reason?: string | undefined },
): Promise<Result<CommandOutput<{ readonly letters: number }>>> => {
  const done = await askOne<{ readonly letters: number }>(door, 'POST', address(id, `/letters/${how}`), choice);
  const what = how === 'resend' ? 'are told again' : 'are thrown away';
  return done.ok ? ok({ text: `${done.value.letters} ${what}`, json: done.value }) : done;
};
