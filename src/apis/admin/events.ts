// Operations on events: what clients asked adapters for, and what came of it. Rows of operations.ts. Lists and single events tell what happened;
// what persons wrote is shown to administrators of the organisation itself only, and only while it is kept.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { failed, type Result } from '#base/result.ts';
import { mayReadTexts } from './actor.ts';
import { missing, pageOf, readPaging, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';
import { findOrganisation } from './organisations.ts';
import { eventStates, type EventState, type TenantPort, type WriteEvent } from './ports.ts';

const failedStates: readonly EventState[] = ['rejected', 'conflict', 'failed', 'expired'];
const otherStates: readonly EventState[] = ['waiting', 'accepted'];

const instant = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));

const showEvent = (event: WriteEvent): object => {
  const { id, collection, operation, state, policy, client, api, request, answeredBy } = event;
  return {
    id,
    collection,
    operation,
    state,
    policy,
    client,
    api,
    request,
    createdAt: formatInstant(event.createdAt),
    deadline: formatInstant(event.deadline),
    answeredAt: instant(event.answeredAt),
    answeredBy,
    problems: event.problems.length,
    retainUntil: formatInstant(event.retainUntil),
  };
};

const parsed = (text: string | null): unknown => (text === null ? null : (JSON.parse(text) as unknown));

type Wanted = {
  readonly collection?: string;
  readonly client?: string;
};

/** The newest events in any of some states, from below an order. */
const newestIn = async (
  { events }: TenantPort,
  states: readonly EventState[],
  wanted: Wanted,
  before: number | null,
  limit: number,
): Promise<readonly WriteEvent[]> => {
  const lists = await Promise.all(
    states.map(async (state) => events.events({ ...wanted, state, ...(before === null ? {} : { before }), limit })),
  );
  return lists
    .flat()
    .sort((a, b) => b.order - a.order)
    .slice(0, limit);
};

/** Groups of states, one after the other: what failed comes first unless the caller wants them by age alone. */
const groupsOf = (state: string | null, order: string | null): readonly (readonly EventState[])[] | null => {
  if (state !== null) {
    if (state === 'failed-any') return [failedStates];
    const one = eventStates.find((each) => each === state);
    return one === undefined ? null : [[one]];
  }
  if (order === 'newest') return [eventStates];
  return order === null || order === 'failed-first' ? [failedStates, otherStates] : null;
};

// The group of states, and the order within it.
const placeForm = /^[01]:\d{1,15}$/;

const badQuery = (at: string, message: string) =>
  failed(problem('HUB-103', 'A parameter is not right.', { errors: [{ at, message }] }));

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const paging = readPaging(call, placeForm);
  if (!paging.ok) return paging;
  const { limit, cursor } = paging.value;
  const groups = groupsOf(call.query.get('state'), call.query.get('order'));
  if (groups === null)
    return badQuery('state', `must be one of ${eventStates.join(', ')}, failed-any; order failed-first or newest`);
  const collection = call.query.get('collection')?.toLowerCase();
  if (collection !== undefined && !call.ports.model.collections.has(collection))
    return badQuery('collection', 'the model has no such class');
  const client = call.query.get('client') ?? undefined;
  const wanted = {
    ...(collection === undefined ? {} : { collection }),
    ...(client === undefined ? {} : { client }),
  };
  const tenant = await call.ports.tenant(found.value.id);
  const [group = 0, order = null] = cursor === null ? [] : cursor.split(':').map(Number);
  const page: { readonly event: WriteEvent; readonly group: number }[] = [];
  for (let at = group; at < groups.length && page.length <= limit; at += 1) {
    const below = at === group ? order : null;
    const some = await newestIn(tenant, groups[at] ?? [], wanted, below, limit + 1 - page.length);
    page.push(...some.map((event) => ({ event, group: at })));
  }
  const last = page.length > limit ? page[limit - 1] : undefined;
  return pageOf(
    call,
    page.slice(0, limit).map(({ event }) => showEvent(event)),
    last === undefined ? null : `${last.group}:${last.event.order}`,
  );
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const tenant = await call.ports.tenant(found.value.id);
  const id = call.params['event'] ?? '';
  const event = await tenant.events.event(id.toLowerCase());
  if (event === null) return missing(`There is no event ${id}.`);
  const kept = event.retainUntil > call.ports.clock.now();
  // What the source writes is free text and may name somebody: it goes the way of the other texts.
  if (!kept || !mayReadTexts(call.actor, found.value.id)) {
    const problems = event.problems.map(({ field, code }) => ({ field, code, message: '' }));
    return reply({ ...showEvent(event), message: '', problems }, { details: event.id });
  }
  const metadata = { ...showEvent(event), message: event.message, problems: event.problems };
  const { target, value, filter, answer } = event;
  const texts = { target, value: parsed(value), filter, answer: parsed(answer) };
  return reply(
    { ...metadata, texts },
    { details: `${event.id} with texts`, shown: event.uid === null ? [] : [event.uid] },
  );
};

const path = '/admin/organisations/{organisation}/events';
const common = { method: 'GET', needs: 'read', tag: 'Events', status: 200 } as const;

/** The rows. */
export const eventOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listEvents',
    word: 'event list',
    path,
    summary: 'Writes and live reads of clients: those that failed first, each the newest first.',
    query: [
      {
        name: 'state',
        description: 'Only those in this state; failed-any for all that did not succeed.',
        schema: { enum: [...eventStates, 'failed-any'] },
      },
      { name: 'order', description: 'failed-first unless given.', schema: { enum: ['failed-first', 'newest'] } },
      { name: 'collection', description: 'Only those of this collection.', schema: { type: 'string' } },
      { name: 'client', description: 'Only those of this application.', schema: { type: 'string' } },
    ],
    reply: 'EventList',
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'showEvent',
    word: 'event show',
    path: `${path}/{event}`,
    summary:
      'One event. What was written and answered is shown to administrators of the organisation itself with admin.write, while it is kept.',
    reply: 'EventReport',
    handle: shown,
  },
];
