// Operations on destinations of messages of changes: which queue or address is told, for which application, how far telling has come, and what was laid aside. Rows of
// operations.ts. What is told, and when, is decided in src/messages/; addresses and passwords of brokers are the operator's.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import type { MessageChannel, MessageDestination } from '#catalogue/message-destination.ts';
import { administers } from './actor.ts';
import { badMembers, readBody, readReason, type Body } from './body.ts';
import {
  decide,
  missing,
  notHere,
  pageOfList,
  placeByAge,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { readGivenChannel, readNames, readWebhook } from './channel-body.ts';
import { findOrganisation } from './organisations.ts';
import type { MessagesPort, RegisterEntry } from './ports.ts';

const valueOf = ({ value }: RegisterEntry): MessageDestination => value as MessageDestination;

const showChannel = (channel: MessageChannel): object =>
  channel.kind === 'webhook' ? { kind: channel.kind, url: channel.url } : channel;

const shown = (entry: RegisterEntry): object => {
  const { id, organisation, application, resources, from, channel, createdAt } = valueOf(entry);
  return {
    id,
    organisation,
    application,
    resources,
    from,
    channel: showChannel(channel),
    state: entry.state,
    createdAt: formatInstant(createdAt),
  };
};

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

const withProgress = async (port: MessagesPort, entry: RegisterEntry): Promise<object> => {
  const { told, toldAt, waitsSince, oldest, tries, misses, nextAt, failure, restarts } = await port.progressOf(
    entry.id,
  );
  return {
    ...shown(entry),
    told,
    toldAt: instant(toldAt),
    waitsSince: instant(waitsSince),
    oldest: instant(oldest),
    tries: Math.max(tries, misses),
    nextAt: waitsSince === null ? null : formatInstant(nextAt),
    failure,
    restarts: restarts.map(({ resource, at }) => ({ resource, at: formatInstant(at) })),
    letters: await port.letterCount(entry.id),
  };
};

const destinationsOf = async ({ ports, actor }: AdminCall): Promise<readonly RegisterEntry[]> =>
  (await ports.platform.registerEntries({ kind: 'message-destination' })).filter(
    ({ organisation, state }) => state !== 'ended' && organisation !== null && administers(actor, organisation),
  );

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const organisation = call.query.get('organisation');
  const chosen = (await destinationsOf(call)).filter(
    (one) => organisation === null || one.organisation === organisation,
  );
  return pageOfList(call, chosen, placeByAge, shown);
};

const brokers = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.messages;
  if (port === null) return notHere();
  const found = await findOrganisation(call, call.query.get('organisation') ?? call.actor.organisation ?? '');
  if (!found.ok) return found;
  const items = port.brokersOf(found.value.id).map((name) => ({ name }));
  return reply({ items, next: null }, { count: items.length, organisation: found.value.id });
};

const readChannel = (call: AdminCall, body: Body, port: MessagesPort, organisation: string): MessageChannel | null => {
  const what = 'must name a broker, or the address of a webhook';
  const given = readGivenChannel(body, ['broker', 'unrouted', 'url'], what);
  if (given === null) return null;
  const { members, kind, wrong } = given;
  if (kind === 'rabbitmq') {
    const broker = members.text('broker', 60) ?? '';
    const unrouted = members.text('unrouted', 20) ?? 'lay-aside';
    if (members.given('url')) return wrong('/url', 'belongs to a webhook');
    // One that only others may use is as unknown as one that is not there.
    if (!port.brokersOf(organisation).includes(broker))
      return wrong('/broker', `${organisation} has no such broker: the operator names them`);
    return unrouted === 'lay-aside' || unrouted === 'drop'
      ? { kind, broker, unrouted }
      : wrong('/unrouted', 'must be lay-aside or drop');
  }
  return kind === 'webhook'
    ? readWebhook(call, given, { others: ['broker', 'unrouted'], loopback: port.loopback })
    : wrong('/kind', 'must be rabbitmq or webhook');
};

const members = ['organisation', 'application', 'resources', 'from', 'channel', 'reason'];

const made = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const port = ports.messages;
  if (port === null) return notHere();
  const body = readBody(call.body, members);
  const found = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
  if (!found.ok) return found;
  const { id: organisation, settings } = found.value;
  const application = body.text('application', 200) ?? '';
  const known = await ports.platform.application(application);
  const from = body.text('from', 20) ?? 'now';
  if (from !== 'now' && from !== 'beginning') body.errors.push({ at: '/from', message: 'must be now or beginning' });
  const resources = readNames(body, 'resources', port.resources, '');
  const open = known === null ? [] : await port.mayFollow(organisation, application);
  const closed = (resources ?? []).filter((name) => port.resources.includes(name) && !open.includes(name));
  // Of an application that is not there no more is said than of one that may follow nothing.
  if (open.length === 0 || known === null)
    body.errors.push({
      at: '/application',
      message: `has no grant of ${organisation} to follow changes of any of these`,
    });
  else if (closed.length > 0)
    body.errors.push({ at: '/resources', message: `the application may not follow ${closed.join(', ')}` });
  const channel = readChannel(call, body, port, organisation);
  const reason = readReason(body);
  if (body.errors.length > 0 || channel === null || known === null) return badMembers(body.errors);
  if (settings.institutionNumber === undefined)
    return refuse(problem('HUB-409', `${organisation} has no institution number, which messages are told by.`));
  const others = (await ports.platform.registerEntries({ kind: 'message-destination', organisation })).filter(
    ({ state }) => state !== 'ended',
  );
  if (others.length >= limits.messageDestinationsPerOrganisation)
    return refuse(
      problem(
        'HUB-409',
        `${organisation} has ${limits.messageDestinationsPerOrganisation} destinations, which is as many as it may.`,
      ),
    );
  const now = ports.clock.now();
  const value: MessageDestination = {
    id: `destination-${ports.random.bytes(8).toString('hex')}`,
    organisation,
    application,
    environment: known.environment,
    resources,
    from: from === 'beginning' ? 'beginning' : 'now',
    channel,
    createdAt: now,
  };
  const entry: RegisterEntry = {
    kind: 'message-destination',
    id: value.id,
    revision: 1,
    organisation,
    application,
    state: 'standing',
    createdAt: now,
    changedAt: now,
    value,
  };
  // The audit says by which way, and not where to.
  const subject = `${value.id} ${application} ${channel.kind}`;
  await decide(call, { subject, reason, organisations: [organisation] }, () =>
    ports.platform.putRegister({ entries: [entry] }),
  );
  const secret = channel.kind === 'webhook' ? { secret: channel.secret } : {};
  return reply({ ...shown(entry), ...secret }, { status: 201, organisation });
};

type Asked = { readonly port: MessagesPort; readonly entry: RegisterEntry; readonly organisation: string };

const find = async (call: AdminCall): Promise<Result<Asked>> => {
  const port = call.ports.messages;
  if (port === null) return notHere();
  const id = call.params['destination'] ?? '';
  const entry = (await destinationsOf(call)).find((one) => one.id === id);
  return entry === undefined
    ? missing(`There is no destination ${id}.`)
    : ok({ port, entry, organisation: entry.organisation ?? '' });
};

const one = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call);
  if (!found.ok) return found;
  const { port, entry, organisation } = found.value;
  return reply(await withProgress(port, entry), { organisation, details: entry.id });
};

/** The entry once more, in a state: whoever tells it looks again after every change of it. */
const next = (call: AdminCall, entry: RegisterEntry, state: string): RegisterEntry => ({
  ...entry,
  revision: entry.revision + 1,
  state,
  changedAt: call.ports.clock.now(),
});

const turned =
  (from: readonly string[], to: string) =>
  async (call: AdminCall): Promise<Result<AdminReply>> => {
    const found = await find(call);
    if (!found.ok) return found;
    const { entry, organisation } = found.value;
    const body = readBody(call.body, ['reason']);
    const reason = readReason(body);
    if (body.errors.length > 0) return badMembers(body.errors);
    if (!from.includes(entry.state)) return refuse(problem('HUB-409', `The destination is ${entry.state}.`));
    const after = next(call, entry, to);
    let put = false;
    await decide(call, { subject: entry.id, reason, organisations: [organisation] }, async () => {
      put = await call.ports.platform.putRegister({ entries: [after] });
    });
    return put
      ? reply(shown(after), { organisation })
      : refuse(problem('HUB-409', 'Somebody else has changed it meanwhile.'));
  };

const letters = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call);
  if (!found.ok) return found;
  const { port, entry } = found.value;
  const all = await port.letters(entry.id, 0, limits.messageLetters * 2);
  return pageOfList(
    call,
    all,
    ({ number }) => String(number).padStart(15, '0'),
    ({ at, resend, ...letter }) => ({ ...letter, at: formatInstant(at), state: resend ? 'resending' : 'laid-aside' }),
  );
};

/** Has letters of some subjects, or all, told again or thrown away. */
const lettersOver =
  (work: 'resend' | 'discard') =>
  async (call: AdminCall): Promise<Result<AdminReply>> => {
    const found = await find(call);
    if (!found.ok) return found;
    const { port, entry, organisation } = found.value;
    const body = readBody(call.body, ['subjects', 'reason']);
    const subjects = body.textsOrNull('subjects') ?? null;
    const reason = readReason(body);
    if (body.errors.length > 0) return badMembers(body.errors);
    let count = 0;
    // Subjects hold keys of persons: the audit says how it was done, and of which destination.
    const subject = `${entry.id} ${subjects === null ? 'all' : `${subjects.length} subjects`}`;
    await decide(call, { subject, reason, organisations: [organisation] }, async () => {
      count = await port[work](entry.id, subjects);
      await call.ports.platform.putRegister({ entries: [next(call, entry, entry.state)] });
    });
    return reply({ letters: count }, { organisation, count });
  };

/** The rows. */
export const messageDestinationOperations: readonly Operation[] = [
  {
    id: 'listMessageBrokers',
    word: 'message-broker list',
    method: 'GET',
    path: '/admin/message-brokers',
    needs: 'read',
    tag: 'Messages',
    summary: 'The brokers that the operator has named for an organisation.',
    query: [{ name: 'organisation', description: 'Needed for those who run the hub.', schema: { type: 'string' } }],
    reply: 'MessageBrokerList',
    status: 200,
    handle: brokers,
  },
  {
    id: 'listMessageDestinations',
    word: 'message-destination list',
    method: 'GET',
    path: '/admin/message-destinations',
    needs: 'read',
    tag: 'Messages',
    summary: 'Which queues and addresses are told of changes, for which applications.',
    query: [{ name: 'organisation', description: 'Only those of this organisation.', schema: { type: 'string' } }],
    reply: 'MessageDestinationList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    id: 'makeMessageDestination',
    word: 'message-destination make',
    method: 'POST',
    path: '/admin/message-destinations',
    needs: 'write',
    tag: 'Messages',
    summary:
      'Has a queue or an address told of the changes that an application may follow. The secret of a webhook is shown this once.',
    body: 'NewMessageDestination',
    reply: 'MadeMessageDestination',
    status: 201,
    handle: made,
  },
  {
    id: 'showMessageDestination',
    word: 'message-destination show',
    method: 'GET',
    path: '/admin/message-destinations/{destination}',
    needs: 'read',
    tag: 'Messages',
    summary: 'How far telling has come: since when something waits, why the last try failed, how much was laid aside.',
    reply: 'MessageDestinationProgress',
    status: 200,
    handle: one,
  },
  {
    id: 'pauseMessageDestination',
    word: 'message-destination pause',
    method: 'POST',
    path: '/admin/message-destinations/{destination}/pause',
    needs: 'write',
    tag: 'Messages',
    summary: 'Tells it nothing until it is resumed. What happens meanwhile is told then.',
    body: 'Reason',
    reply: 'MessageDestination',
    status: 200,
    handle: turned(['standing'], 'paused'),
  },
  {
    id: 'resumeMessageDestination',
    word: 'message-destination resume',
    method: 'POST',
    path: '/admin/message-destinations/{destination}/resume',
    needs: 'write',
    tag: 'Messages',
    summary: 'Goes on with one that was paused, also by its receiver (410).',
    body: 'Reason',
    reply: 'MessageDestination',
    status: 200,
    handle: turned(['paused'], 'standing'),
  },
  {
    id: 'endMessageDestination',
    word: 'message-destination end',
    method: 'DELETE',
    path: '/admin/message-destinations/{destination}',
    needs: 'write',
    tag: 'Messages',
    summary: 'Ends a destination, with what was laid aside for it.',
    body: 'Reason',
    reply: 'MessageDestination',
    status: 200,
    handle: turned(['standing', 'paused'], 'ended'),
  },
  {
    id: 'listMessageLetters',
    word: 'message-letter list',
    method: 'GET',
    path: '/admin/message-destinations/{destination}/letters',
    needs: 'read',
    tag: 'Messages',
    summary: 'What a destination did not take, and what waits behind that.',
    reply: 'MessageLetterList',
    status: 200,
    paged: true,
    handle: letters,
  },
  {
    id: 'resendMessageLetters',
    word: 'message-letter resend',
    method: 'POST',
    path: '/admin/message-destinations/{destination}/letters/resend',
    needs: 'write',
    tag: 'Messages',
    summary: 'Has what was laid aside told after all, in its order: of some subjects, or all.',
    body: 'MessageLetterChoice',
    reply: 'MessageLetterCount',
    status: 200,
    handle: lettersOver('resend'),
  },
  {
    id: 'discardMessageLetters',
    word: 'message-letter discard',
    method: 'POST',
    path: '/admin/message-destinations/{destination}/letters/discard',
    needs: 'write',
    tag: 'Messages',
    summary: 'Throws away what was laid aside: of some subjects, or all. What comes of them later is told again.',
    body: 'MessageLetterChoice',
    reply: 'MessageLetterCount',
    status: 200,
    handle: lettersOver('discard'),
  },
];
