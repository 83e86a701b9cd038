// Operations on who is told of changes: organisations say what they want to know and how, see what was brought to them, and have it tried again. Rows of operations.ts.
// What is brought, and when, is decided in src/notices/.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import { statuses, type Status } from '#catalogue/contract.ts';
import { deliveryStates, keptDelivery, nextDelivery, type KeptDelivery } from '#catalogue/delivery.ts';
import { isHeaderText, isMailAddress } from '#catalogue/mail-address.ts';
import {
  digests,
  noticeTopics,
  type Channel,
  type Digest,
  type NoticeTopic,
  type Subscription,
} from '#catalogue/subscription.ts';
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
import type { AnnouncingPort, RegisterEntry } from './ports.ts';

const showChannel = (channel: Channel): object =>
  channel.kind === 'email' ? channel : { kind: channel.kind, url: channel.url };

const showSubscription = (one: Subscription): object => ({
  ...one,
  channel: showChannel(one.channel),
  createdAt: formatInstant(one.createdAt),
});

const valueOf = ({ value }: RegisterEntry): Subscription => value as Subscription;

const standingOf = async (call: AdminCall): Promise<readonly RegisterEntry[]> =>
  (await call.ports.platform.registerEntries({ kind: 'subscription', state: 'standing' })).filter(
    ({ organisation }) => organisation !== null && administers(call.actor, organisation),
  );

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const organisation = call.query.get('organisation');
  const chosen = (await standingOf(call)).filter((one) => organisation === null || one.organisation === organisation);
  return pageOfList(call, chosen, placeByAge, (entry) => showSubscription(valueOf(entry)));
};

const readWords = <T extends string>(body: Body, name: string, known: readonly T[]): readonly T[] | null => {
  const given = body.textsOrNull(name);
  if (given === undefined || given === null) return null;
  const found = given.flatMap((text) => known.find((one) => one === text) ?? []);
  if (found.length < given.length || found.length === 0)
    body.errors.push({ at: `/${name}`, message: `must be some of ${known.join(', ')}, or left out for all` });
  return found;
};

const readChannel = (call: AdminCall, body: Body, port: AnnouncingPort): Channel | null => {
  const what = 'must be an address for e-mail, or of a webhook';
  const given = readGivenChannel(body, ['address', 'name', 'url'], what);
  if (given === null) return null;
  const { members, kind, wrong } = given;
  if (kind === 'email') {
    const address = members.text('address', 1_000) ?? '';
    const name = members.textOrNull('name', 1_000) ?? null;
    if (members.given('url')) return wrong('/url', 'belongs to a webhook');
    if (!isMailAddress(address)) return wrong('/address', 'must be one plain e-mail address');
    if (name !== null && !isHeaderText(name))
      return wrong('/name', `must be one line of at most ${limits.mailHeaderLength} letters`);
    return port.sendsMail ? { kind, address, name } : wrong('/kind', 'this hub sends no e-mail: it has no smtp_url');
  }
  return kind === 'webhook'
    ? readWebhook(call, given, { others: ['address', 'name'], loopback: port.loopback })
    : wrong('/kind', 'must be email or webhook');
};

const members = ['organisation', 'application', 'apis', 'statuses', 'topics', 'channel', 'digest', 'reason'];

const made = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const port = ports.announcing;
  if (port === null) return notHere();
  const body = readBody(call.body, members);
  const organisation = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
  if (!organisation.ok) return organisation;
  const { id } = organisation.value;
  const named = body.textOrNull('application', 200) ?? null;
  const application = named === null ? null : await ports.platform.application(named);
  // Of whose application it is, nothing is told.
  if (named !== null && application?.owner !== id)
    body.errors.push({ at: '/application', message: `${id} has no application ${named}` });
  const digest = body.text('digest', 20) ?? 'none';
  if (!digests.some((one) => one === digest))
    body.errors.push({ at: '/digest', message: `must be one of ${digests.join(', ')}` });
  const apis = readNames(body, 'apis', [...port.catalogue.apis.keys()], 'API ');
  const chosenStatuses = readWords<Status>(body, 'statuses', statuses);
  const topics = readWords<NoticeTopic>(body, 'topics', noticeTopics);
  const channel = readChannel(call, body, port);
  const reason = readReason(body);
  if (body.errors.length > 0 || channel === null) return badMembers(body.errors);
  const others = (await ports.platform.registerEntries({ kind: 'subscription', organisation: id })).filter(
    ({ state }) => state === 'standing',
  );
  if (others.length >= limits.subscriptionsPerOrganisation)
    return refuse(
      problem('HUB-409', `${id} has ${limits.subscriptionsPerOrganisation} subscriptions, which is as many as it may.`),
    );
  const now = ports.clock.now();
  const subscription: Subscription = {
    id: `subscription-${ports.random.bytes(8).toString('hex')}`,
    organisation: id,
    application: named,
    apis,
    statuses: chosenStatuses,
    topics,
    channel,
    digest: digest as Digest,
    createdAt: now,
  };
  const entry: RegisterEntry = {
    kind: 'subscription',
    id: subscription.id,
    revision: 1,
    organisation: id,
    application: named,
    state: 'standing',
    createdAt: now,
    changedAt: now,
    value: subscription,
  };
  // The audit says by which way, and not where to.
  const subject = `${subscription.id} ${channel.kind}`;
  await decide(call, { subject, reason, organisations: [id] }, () => ports.platform.putRegister({ entries: [entry] }));
  const secret = channel.kind === 'webhook' ? { secret: channel.secret } : {};
  return reply({ ...showSubscription(subscription), ...secret }, { status: 201, organisation: id });
};

const find = async (call: AdminCall): Promise<Result<RegisterEntry>> => {
  const id = call.params['subscription'] ?? '';
  const found = (await standingOf(call)).find((entry) => entry.id === id);
  return found === undefined ? missing(`There is no subscription ${id}.`) : ok(found);
};

const ended = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await find(call);
  if (!found.ok) return found;
  const entry = found.value;
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const { platform, clock } = call.ports;
  const organisation = entry.organisation ?? '';
  const after = { ...entry, revision: entry.revision + 1, state: 'ended', changedAt: clock.now() };
  await decide(call, { subject: entry.id, reason, organisations: [organisation] }, () =>
    platform.putRegister({ entries: [after] }),
  );
  return reply(showSubscription(valueOf(entry)), { organisation });
};

// --- Deliveries ---------------------------------------------------------------------------------------------------------------

const showDelivery = ({ entry, delivery }: KeptDelivery): object => ({
  id: entry.id,
  subscription: delivery.subscription,
  organisation: entry.organisation,
  state: entry.state,
  affects: delivery.loud,
  notices: delivery.notices,
  tries: delivery.tries,
  nextAt: entry.state === 'waiting' ? formatInstant(delivery.nextAt) : null,
  failure: delivery.failure,
  sentAt: delivery.sentAt === null ? null : formatInstant(delivery.sentAt),
  createdAt: formatInstant(entry.createdAt),
});

const deliveriesOf = async (call: AdminCall): Promise<readonly RegisterEntry[]> => {
  const state = call.query.get('state');
  const found = await call.ports.platform.registerEntries({ kind: 'delivery', ...(state === null ? {} : { state }) });
  return found.filter(({ organisation }) => organisation !== null && administers(call.actor, organisation));
};

const deliveries = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const subscription = call.query.get('subscription');
  const chosen = (await deliveriesOf(call)).filter(
    (entry) => subscription === null || keptDelivery(entry).delivery.subscription === subscription,
  );
  return pageOfList(call, chosen, placeByAge, (entry) => showDelivery(keptDelivery(entry)));
};

const retried = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const port = ports.announcing;
  if (port === null) return notHere();
  const id = call.params['delivery'] ?? '';
  const entry = await ports.platform.registerEntry('delivery', id);
  if (entry === null || entry.organisation === null || !administers(call.actor, entry.organisation))
    return missing(`There is no delivery ${id}.`);
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  if (entry.state !== 'dead')
    return refuse(problem('HUB-409', `The delivery is ${entry.state}: only dead ones are tried again.`));
  const now = ports.clock.now();
  const next = nextDelivery(keptDelivery(entry), 'waiting', now, { tries: 0, nextAt: now });
  let put = false;
  await decide(call, { subject: id, reason, organisations: [entry.organisation] }, async () => {
    put = await ports.platform.putRegister({ entries: [next.entry] });
  });
  if (!put) return refuse(problem('HUB-409', 'Somebody else has tried it again meanwhile.'));
  port.tell();
  return reply(showDelivery(next), { organisation: entry.organisation });
};

/** The rows. */
export const subscriptionOperations: readonly Operation[] = [
  {
    id: 'listSubscriptions',
    word: 'subscription list',
    method: 'GET',
    path: '/admin/subscriptions',
    needs: 'read',
    tag: 'Changes',
    summary: 'Who of the organisations that the caller administers is told of changes, and how.',
    query: [{ name: 'organisation', description: 'Only those of this organisation.', schema: { type: 'string' } }],
    reply: 'SubscriptionList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    id: 'makeSubscription',
    word: 'subscription make',
    method: 'POST',
    path: '/admin/subscriptions',
    needs: 'write',
    tag: 'Changes',
    summary:
      'Has an organisation told of changes, by e-mail or webhook: at once of what hits its applications, and once a week of the rest if it wants that. The secret of a webhook is shown this once.',
    body: 'NewSubscription',
    reply: 'MadeSubscription',
    status: 201,
    handle: made,
  },
  {
    id: 'endSubscription',
    word: 'subscription end',
    method: 'DELETE',
    path: '/admin/subscriptions/{subscription}',
    needs: 'write',
    tag: 'Changes',
    summary: 'Ends a subscription; what waits for it is dropped.',
    body: 'Reason',
    reply: 'Subscription',
    status: 200,
    handle: ended,
  },
  {
    id: 'listDeliveries',
    word: 'delivery list',
    method: 'GET',
    path: '/admin/deliveries',
    needs: 'read',
    tag: 'Changes',
    summary: 'What was brought to subscriptions within 90 days, what waits, and what nobody tries any more (dead).',
    query: [
      { name: 'subscription', description: 'Only those of this subscription.', schema: { type: 'string' } },
      { name: 'state', description: 'Only those in this state.', schema: { enum: deliveryStates } },
    ],
    reply: 'DeliveryList',
    status: 200,
    paged: true,
    handle: deliveries,
  },
  {
    id: 'retryDelivery',
    word: 'delivery retry',
    method: 'POST',
    path: '/admin/deliveries/{delivery}/retry',
    needs: 'write',
    tag: 'Changes',
    summary: 'Has a dead delivery tried again, from the first try on.',
    body: 'Reason',
    reply: 'Delivery',
    status: 200,
    handle: retried,
  },
];
