// A page of events: follows the feed as far as the page takes, makes kinds of what has happened, and says where to go on. One change can make several
// events, so a cursor holds those that are still to be told beside the hub's own. Called by event-parts.ts.
import { hash } from 'node:crypto';
import { civilDay, formatInstant } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { cursorOf, placeOf } from '#graphql/cursor.ts';
import { createNodeRef } from '#graphql/node-ref.ts';
import type { EntityEvent, EntityEvents, Sealing } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { EventFamily, GraphqlEvents } from '#model/graphql-events.ts';
import { noOwner } from '../face/root-field.ts';
import { kindsOf, type EventFacts, type FamilyStream } from './event-streams.ts';

export type TellDeps = {
  readonly events: Pick<EntityEvents, 'follow' | 'factsNow'>;
  readonly sealing: Pick<Sealing, 'id' | 'seal' | 'open'>;
};

export type TellAsk = {
  /** The kinds that are wanted. */
  readonly kinds: ReadonlySet<string>;
  readonly first: number;
  /** As it was given; null = from now on. */
  readonly after: string | null;
};

/** What is left to tell of one change. */
type Rest = {
  readonly id: string;
  /** What has changed: to be seen still when the rest is told. Null where the event says that it is gone. */
  readonly of: { readonly type: string; readonly entity: string } | null;
  readonly at: number;
  /** Opaque id of the subject; null where it was not seen and is not what has changed. */
  readonly about: string | null;
  /** The subject, where it was seen. */
  readonly subject: readonly [path: string, uid: number] | null;
  readonly kinds: readonly string[];
};

/** Where one stands: the hub's cursor, and what of the change before it is still to be told. */
type Place = { readonly at: string; readonly rest: Rest | null };

type Told = { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> };

// Looks at the feed for one page: kinds that nobody wants must not hold a request for long.
const looksAtMost = 50;

/** Gives the function that makes pages of a family. It rejects with HUB-204 without a grant, HUB-410 and HUB-416 as the hub says. */
export const pagesOf = (
  family: EventFamily,
  streams: readonly FamilyStream[],
  { events, sealing }: TellDeps,
  { names, owner }: Pick<GraphqlEvents, 'names' | 'owner'>,
): ((ask: TellAsk, context: QueryContext) => Promise<Readonly<Record<string, unknown>>>) => {
  const purpose = `events of ${family.name}`;
  const sources = new Map(streams.map(({ source, stream }) => [stream.type, source] as const));
  const typeName = `${family.type}${names.item}`;

  // As all cursors of GraphQL here: a text in base64url. What is left to tell is bound to the caller as the hub's own cursors are.
  const seal = (context: QueryContext, { at, rest }: Place): string =>
    cursorOf(rest === null ? at : `${at} ${sealing.seal(context, purpose, JSON.stringify([shortOf(at), rest]))}`);

  const open = (context: QueryContext, cursor: string): Place => {
    const [at = '', sealed] = (placeOf(cursor) ?? '').split(' ');
    if (sealed === undefined) return { at, rest: null };
    const text = sealing.open(context, purpose, sealed);
    if (text === null) throw new HubError(notOurs);
    const [of, rest]: readonly [string, Rest] = JSON.parse(text);
    if (of !== shortOf(at)) throw new HubError(notOurs);
    return { at, rest };
  };

  const path = subjectPath(streams, family);

  const asked = { streams: streams.map(({ stream }) => stream) };

  /** What the event is about, where the caller sees it. */
  const aboutOf = (
    { type, entity, facts }: Pick<EntityEvent<EventFacts>, 'type' | 'entity' | 'facts'>,
    { principal }: QueryContext,
  ): Pick<Rest, 'about' | 'subject'> => {
    const uid = facts?.subject ?? null;
    const own = sources.get(type)?.by.length === 0 ? entity : null;
    return {
      about: uid === null ? own : sealing.id(principal.tenant, uid),
      subject: uid === null || path === null ? null : [path, uid],
    };
  };

  const restOf = (event: EntityEvent<EventFacts>, context: QueryContext): Rest => {
    const source = sources.get(event.type);
    const { type, entity } = event;
    const due = event.facts?.due ?? null;
    return {
      of: event.facts === null ? null : { type, entity },
      ...aboutOf(event, context),
      // That a day has come is the same event for everybody, whenever it is told.
      id: due === null ? event.id : hash('sha256', `${event.entity} ${due}`, 'base64url').slice(0, 22),
      at: due === null ? event.at : civilDay(Date.parse(due)).from,
      kinds: source === undefined ? [] : kindsOf(source, event),
    };
  };

  const nodeOf = ({ id, at, about, subject }: Rest, kind: string) => ({
    __typename: typeName,
    id: Buffer.from(JSON.stringify([id, kind])).toString('base64url'),
    [names.kind]: kind,
    [names.time]: formatInstant(at),
    [names.about]: about,
    [family.subject.name]: subject === null ? null : createNodeRef(...subject),
  });

  /** What was left of a change when a page ended, as the caller sees it by now: nothing of what it does not see any more. */
  const restNow = async (rest: Rest, context: QueryContext): Promise<Rest | null> => {
    if (rest.of === null) return rest;
    const facts = await events.factsNow(asked, rest.of, context);
    return facts === null ? null : { ...rest, ...aboutOf({ ...rest.of, facts }, context) };
  };

  const follow = async (after: string | null, size: number, context: QueryContext) => {
    const query = { ...asked, within: null, after };
    const result = await events.follow({ ...query, size: Math.min(size, limits.entityEventsPerPoll) }, context);
    if (result.kind === 'missing') throw new HubError(noOwner(owner).error);
    if (result.kind === 'refused') throw new HubError(withWayOut(result.problem));
    return result;
  };

  return async ({ kinds, first, after }, context) => {
    const told: Told[] = [];
    let place = after === null ? null : open(context, after);
    let moved = after === null;
    let isMore = false;

    /** Tells what is left of a change; false when the page is full before all is told. */
    const tellRest = (at: string, rest: Rest): boolean => {
      for (const [index, kind] of rest.kinds.entries()) {
        if (!kinds.has(kind)) continue;
        if (told.length >= first) return false;
        const left = rest.kinds.slice(index + 1);
        place = { at, rest: left.length === 0 ? null : { ...rest, kinds: left } };
        moved = true;
        told.push({ cursor: seal(context, place), node: nodeOf(rest, kind) });
      }
      // What is left is nobody's here; with other kinds it may be somebody's.
      return true;
    };

    if (place !== null && place.rest !== null) {
      const { at } = place;
      const rest = await restNow(place.rest, context);
      // Its going is told by the feed.
      if (rest !== null) isMore = !tellRest(at, rest);
      else place = { at, rest: null };
      moved ||= rest === null;
    }
    for (let looks = 0; ; looks += 1) {
      const size = first - told.length;
      const isFull = place !== null && size <= 0;
      if (looks > 0 && (isFull || looks === looksAtMost)) {
        isMore = true;
        break;
      }
      const at = place?.at ?? null;
      // The hub is asked even where nothing more fits: whether the caller may still follow, and whether there is more.
      const result = await follow(at, Math.max(size, 1), context);
      if (isFull) {
        isMore ||= result.events.length > 0 || result.more;
        break;
      }
      for (const event of result.events) {
        isMore = !tellRest(event.cursor, restOf(event, context));
        if (isMore) break;
        place = { at: event.cursor, rest: null };
        moved = true;
      }
      if (isMore) break;
      if (at !== result.next) {
        place = { at: result.next, rest: null };
        moved = true;
      }
      if (!result.more) break;
      // It has looked for as long as it may.
      isMore = result.events.length === 0;
      if (isMore) break;
    }
    const edges = told.map(({ cursor, node }) => ({ cursor, node }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: {
        hasNextPage: isMore,
        hasPreviousPage: after !== null,
        startCursor: edges[0]?.cursor ?? null,
        // The very same as long as there is nothing new.
        endCursor: moved && place !== null ? seal(context, place) : after,
      },
      totalCount: null,
    };
  };
};

/** Where subjects stand: what the relations of a source end at. */
const subjectPath = (streams: readonly FamilyStream[], family: EventFamily): string | null => {
  for (const { source, stream } of streams) {
    if (source.of.class.key === family.subject.of.key) return source.of.path;
    const end = stream.projections[0]?.shape.all.find(({ at }) => at === source.by.join('.'));
    if (end !== undefined && source.by.length > 0) return end.collection.path;
  }
  return null;
};

/** Enough to tell cursors from one another: what is left to tell must not be put behind another one. */
const shortOf = (at: string): string => hash('sha256', at, 'base64url').slice(0, 22);

/** Where one goes on from when a cursor cannot be gone on from, in order: a cursor first, so that nothing is missed while the rest is read. */
const withWayOut = (why: Problem): Problem =>
  why.code === 'HUB-416'
    ? problem(
        'HUB-416',
        `${why.detail} Begin anew: ask without after for a cursor, then read everything that you hold.`,
      )
    : why;

const notOurs = problem(
  'HUB-410',
  'The cursor is not one that this application was given for these events, or it is not valid any more.',
);
