// Following what happens to pupils, guardians, employees, groups and memberships (facts 2.5). An event says what is to be read again and no personal
// data; waiting is cheap. Put into operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { EventKindsDescription } from '#catalogue/gate/event-kinds.ts';
import type { DocumentNode, EntityEvent, EventQuery, EventStream, Narrow } from '#hub/documents/document.ts';
import { changesTopic } from '#hub/signals.ts';
import { addressOf } from '../addresses.ts';
import { changedNames } from '../changed-names.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import { described, schemaRef, type Schemas } from '#mappings/mapping-schema.ts';
import { civilNow } from '#mappings/converters.ts';
import { groupTypes } from '../mappings/group.ts';
import { deciding, opening, type Deciding } from '../mappings/deciding.ts';
import type { EventFacts } from '../mappings/facts.ts';
import { kindsOf, type Kinds } from '../mappings/kinds.ts';
import { membersThrough } from '../mappings/member-rows.ts';
import {
  employeesAtSchool,
  followedIncludes,
  groupsOfSchool,
  guardiansAtSchool,
  pupilsAtSchool,
} from '../mappings/ways.ts';
import type { Operations, VfsCall, VfsDeps } from '../operation.ts';
import { integerParameter, sealedParameter, someOfParameter } from '../parameters.ts';
import { missing, refused } from '../problem-answers.ts';
import { projectionsOf, uidIn } from './answers.ts';
import { schoolParameter } from './describe.ts';

const eventTypes = ['pupil', 'guardian', 'employee', 'group', 'membership'] as const;
type EventType = (typeof eventTypes)[number];

const eventChanges = ['created', 'updated', 'deleted', 'merged'] as const;

const longestWait = limits.entityEventWaitMs / 1_000;
// A wake-up may be lost on its way from another process: then one looks without.
const lookAgainMs = 5_000;

/** Entities of a type that lead to a school; index-aligned with the classes that the type is made of. */
const atSchool = (type: EventType, kinds: Kinds, school: number): readonly Narrow[] => {
  switch (type) {
    case 'pupil':
      return [pupilsAtSchool(school)];
    case 'guardian':
      return [guardiansAtSchool(school)];
    case 'employee':
      return [employeesAtSchool(school)];
    case 'group':
      return groupTypes.map((one) => groupsOfSchool(one, school));
    case 'membership':
      return kinds.memberships.map((_, index) => membersThrough(index, 'school', school));
  }
};

type Streams = readonly EventStream<EventFacts>[];

/** The streams of some types on a day, made once: most polls have nothing to tell. */
const streamsMaker = (deps: VfsDeps): ((types: readonly EventType[], now: CivilNow) => Streams) => {
  const kinds = kindsOf(deps.model);
  const names = new Map(
    eventTypes.map((type) => [type, changedNames(kinds.events[type].map(({ reading }) => reading))] as const),
  );
  const kept = new Map<string, Streams>();
  let day = '';
  return (types, now) => {
    if (now.today !== day) kept.clear();
    day = now.today;
    const key = types.join();
    const known = kept.get(key);
    if (known !== undefined) return known;
    const choice = { fields: null, includes: followedIncludes, now };
    const made: Streams = types.map((type) => ({
      type,
      projections: projectionsOf<EventFacts>(kinds.events[type], choice),
      fieldsOf: withDeciding(deciding[type] ?? nothingDecides, names.get(type) ?? nothingNamed),
      opens: new Map(
        Object.entries(opening[type] ?? {}).map(([at, test]) => [
          at,
          (holder: DocumentNode) => test.holds(holder.values, now, holder),
        ]),
      ),
    }));
    kept.set(key, made);
    return made;
  };
};

const nothingNamed = (): readonly string[] => [];

type FieldsOf = Streams[number]['fieldsOf'];
const nothingDecides: Deciding = {};

/** Stands among the names of fields when what decides has changed. No field has such a name, and no client gets it. */
const decides = '@shows';

const withDeciding =
  (places: Deciding, fieldsOf: FieldsOf): FieldsOf =>
  (shape, part, names) => {
    const fields = fieldsOf(shape, part, names);
    return places[part.at]?.some((name) => names.includes(name)) === true ? [...fields, decides] : fields;
  };

/**
 * An event as the caller is to hear of it. What does not show (a guardian without rights, or one whom the school has shut out) is gone for the caller
 * when it has just ceased to; of what has not shown nothing is told, whatever else of it changes. Null = nothing.
 */
const heard = (event: EntityEvent<EventFacts>): EntityEvent<EventFacts> | null => {
  const { facts, change } = event;
  const changedFields = event.changedFields.filter((name) => name !== decides);
  if (facts === null || facts.shows) return { ...event, changedFields };
  if (change === 'created' || (!facts.expired && !event.changedFields.includes(decides))) return null;
  return { ...event, change: 'deleted', changedFields: [], facts: null };
};

const shownEvent = (event: EntityEvent<EventFacts>): Readonly<Record<string, unknown>> => ({
  id: event.id,
  type: `${event.type}.${event.change}`,
  occurredAt: formatInstant(event.at),
  entity: event.type,
  entityId: event.entity,
  change: event.change,
  ...(event.into === null ? {} : { mergedInto: event.into }),
  ...(event.facts === null ? {} : { schoolIds: event.facts.schoolIds }),
  changedFields: event.changedFields,
  cursor: event.cursor,
});

type Heard = { readonly events: readonly EntityEvent<EventFacts>[]; readonly next: string; readonly more: boolean };

/** Asks, and asks again when there may be news, until there is something to tell or for as long as may be waited. */
const listenFor = async (deps: VfsDeps, call: VfsCall, query: EventQuery<EventFacts>): Promise<Heard | ApiAnswer> => {
  const { clock, signals } = deps;
  const wait = call.query['wait'];
  const news = typeof wait === 'number' && wait > 0 ? signals.listen([changesTopic(call.principal.tenant)]) : null;
  const until = news === null ? 0 : clock.monotonic() + Number(wait) * 1_000;
  try {
    let { after } = query;
    for (;;) {
      const result = await deps.events.follow(after === query.after ? query : { ...query, after }, call.context);
      if (result.kind === 'missing') return missing;
      if (result.kind === 'refused')
        return refused(result.problem.code === 'HUB-416' ? expired(deps, result.problem.detail) : result.problem);
      const events = result.events.flatMap((event) => heard(event) ?? []);
      const left = news === null ? 0 : until - clock.monotonic();
      // What has looked for as long as it may says how far it has come.
      const isLong = result.more && result.events.length === 0;
      const isOver = isLong || (!result.more && left <= 0) || call.request.leaving.aborted;
      if (events.length > 0 || query.after === null || isOver) return { events, next: result.next, more: result.more };
      after = result.next;
      if (!result.more) await news?.next(Math.min(left, lookAgainMs), call.request.leaving);
    }
  } finally {
    news?.close();
  }
};

/** Where to begin anew, in order: first a cursor, so that nothing is missed while the rest is read. */
const expired = (deps: VfsDeps, detail: string) =>
  problem('HUB-416', `${detail} Begin anew: ask for events without after, then read everything.`, {
    errors: [
      { at: 'resync', message: addressOf(deps, '/events') },
      ...['pupils?status=all', 'guardians', 'employees', 'groups', 'memberships'].map((list) => ({
        at: 'resync',
        message: addressOf(deps, `/${list}`),
      })),
    ],
  });

const eventMembers = ['id', 'type', 'occurredAt', 'entity', 'entityId', 'change', 'changedFields', 'cursor'] as const;

/** Every kind of event, for those who hold releases to it: `pupil.updated`, as `type` says. */
export const eventKinds: EventKindsDescription = {
  kinds: Object.fromEntries(
    eventTypes.flatMap((entity) =>
      eventChanges.map((change) => [
        `${entity}.${change}`,
        {
          members: {
            ...Object.fromEntries(eventMembers.map((name) => [name, name === 'changedFields' ? 'string[]' : 'string'])),
            schoolIds: 'string[]?',
            ...(change === 'merged' ? { mergedInto: 'string?' } : {}),
          },
          key: 'entityId',
          order: 'feed',
        },
      ]),
    ),
  ),
};

const schemas: Schemas = {
  Event: {
    type: 'object',
    ...described({
      nb: 'Noe som har hendt med en elev, en foresatt, en ansatt, en gruppe eller et medlemskap. Les det på nytt; er det borte, er svaret 404.',
      en: 'Something that has happened to a pupil, a guardian, an employee, a group or a membership. Read it again; when it is gone the answer is 404.',
    }),
    properties: {
      id: {
        type: 'string',
        ...described({ nb: 'Den samme hver gang hendelsen fortelles.', en: 'The same whenever the event is told.' }),
      },
      type: {
        type: 'string',
        examples: ['pupil.updated'],
        ...described({ nb: 'Hva og hvordan i ett.', en: 'What and how in one.' }),
      },
      occurredAt: {
        type: 'string',
        format: 'date-time',
        ...described({ nb: 'Når endringen kom til huben.', en: 'When the change came to the hub.' }),
      },
      entity: { type: 'string', enum: eventTypes, ...described({ nb: 'Hva det er.', en: 'What it is.' }) },
      entityId: {
        type: 'string',
        ...described({ nb: 'Id-en, som i resten av API-et.', en: 'The id, as in the rest of the API.' }),
      },
      change: {
        type: 'string',
        enum: eventChanges,
        ...described({
          nb: 'created: er der nå. updated: viser noe annet. deleted: er ikke der lenger, eller ikke for denne applikasjonen. merged: er blitt ett med en annen.',
          en: 'created: is there now. updated: shows something else. deleted: is there no more, or not for this application. merged: has become one with another.',
        }),
      },
      mergedInto: { type: 'string', ...described({ nb: 'Id-en til den andre.', en: 'Id of the other.' }) },
      schoolIds: {
        type: 'array',
        items: { type: 'string' },
        ...described({ nb: 'Skolene det hører til nå.', en: 'Schools to which it belongs now.' }),
      },
      changedFields: {
        type: 'array',
        items: { type: 'string' },
        ...described({
          nb: 'Navnene på feltene som er endret, aldri verdier.',
          en: 'Names of the fields that have changed, never values.',
        }),
      },
      cursor: { type: 'string', ...described({ nb: 'For å gå videre etter denne.', en: 'To go on after this one.' }) },
    },
    required: eventMembers,
  },
  Events: {
    type: 'object',
    ...described({ nb: 'Det som har hendt, eldste først.', en: 'What has happened, the oldest first.' }),
    properties: {
      events: {
        type: 'array',
        items: schemaRef('Event'),
        ...described({ nb: 'I den rekkefølgen det hendte.', en: 'In the order in which it happened.' }),
      },
      next: {
        type: 'string',
        ...described({ nb: 'Sendes som after neste gang.', en: 'To be sent as after the next time.' }),
      },
      hasMore: {
        type: 'boolean',
        ...described({
          nb: 'Sann når det er mer å hente med en gang.',
          en: 'True when there is more to be had at once.',
        }),
      },
    },
    required: ['events', 'next', 'hasMore'],
  },
};

export const eventReads: Operations = (deps) => {
  const streamsOf = streamsMaker(deps);
  const days = deps.events.retentionDays;
  return {
    schemas,
    operations: [
      {
        id: 'followEvents',
        tag: 'events',
        method: 'GET',
        path: '/events',
        scopes: ['vfs:events.read'],
        also: ['vfs:pupils.read', 'vfs:guardians.read', 'vfs:employees.read', 'vfs:groups.read'],
        summary: { nb: 'Hendelser', en: 'Events' },
        describe: {
          nb: `Det som har hendt etter en markør. Uten after: en markør fra nå av og ingen hendelser. En markør er god i ${days} dager etter at den ble gitt; deretter, eller når eieren har endret det applikasjonen får se, er svaret 410 (HUB-416), med adressene å lese på nytt fra. En markør som ikke ble gitt til denne applikasjonen for dette utvalget, får 410 (HUB-410).`,
          en: `What has happened after a cursor. Without after: a cursor from now on and no events. A cursor is good for ${days} days after it was given; later, or when the owner has changed what the application may see, the answer is 410 (HUB-416), with the addresses to read anew from. A cursor that was not given to this application for this choice is answered with 410 (HUB-410).`,
        },
        parameters: [
          someOfParameter('types', { nb: 'Bare av disse slagene.', en: 'Only of these kinds.' }, eventTypes),
          schoolParameter,
          sealedParameter('after', {
            nb: 'Markøren fra forrige svar, for de samme slagene og den samme skolen.',
            en: 'The cursor of the answer before, for the same kinds and the same school.',
          }),
          integerParameter(
            'limit',
            { nb: 'Høyeste antall hendelser.', en: 'Events, at most.' },
            { minimum: 1, maximum: limits.entityEventsPerPoll, usual: limits.entityEventsDefault },
          ),
          integerParameter(
            'wait',
            {
              nb: 'Sekunder å vente når det ikke er noe å fortelle.',
              en: 'Seconds to wait when there is nothing to tell.',
            },
            { minimum: 0, maximum: longestWait, usual: 0 },
          ),
        ],
        body: null,
        answers: {
          200: {
            describe: {
              nb: 'Hendelsene, og markøren å gå videre fra.',
              en: 'The events, and the cursor to go on from.',
            },
            schema: 'Events',
          },
        },
        examples: [
          { summary: 'A cursor to begin from', path: '/events', status: 200 },
          { summary: 'Only pupils and groups', path: '/events', query: { types: 'pupil,group' }, status: 200 },
          { summary: 'A cursor that nobody gave', path: '/events', query: { after: 'AAAA' }, status: 410 },
        ],
        waits: ({ query }) => Number(query.get('wait') ?? 0) > 0,
        handle: async (call) => {
          const asked = call.query['types'];
          const types = eventTypes.filter((type) => !(asked instanceof Set) || asked.has(type));
          const school = uidIn(deps, call, 'schoolId');
          const { limit, after } = call.query;
          const kinds = kindsOf(deps.model);
          const found = await listenFor(deps, call, {
            streams: streamsOf(types, civilNow(deps.clock.now())),
            within:
              school === undefined
                ? null
                : {
                    key: `school ${school}`,
                    narrow: types.map((type) => atSchool(type, kinds, school)),
                    accept: ({ shows, schools }) => shows && schools.includes(school),
                  },
            after: typeof after === 'string' ? after : null,
            size: typeof limit === 'number' ? limit : limits.entityEventsDefault,
          });
          if ('kind' in found) return found;
          const { events, next, more } = found;
          return {
            kind: 'json',
            status: 200,
            headers: { 'cache-control': 'no-store' },
            value: { events: events.map(shownEvent), next, hasMore: more },
          };
        },
      },
    ],
  };
};
