// Messages of changes as server-sent events: whoever listens holds the connection and says, when it comes back, what it has heard last. The hub keeps nothing of a stream:
// where it stands is in the ids of its events. Called by the old FS-API.
import type { Clock } from '#base/clock.ts';
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { changesTopic, type Signals } from '#hub/signals.ts';
import type { QueryContext } from '#hub/query.ts';
import { fsResources, type FsResource } from '#mappings/fs-resources.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Environment, PlatformStore } from '#store/store.ts';
import { cloudEventOf, issuerOf, restartOf, type ChangeMessage, type Origin } from './message.ts';
import type { ChangeStep, ReadChanges } from './read-changes.ts';
import type { TellDeps } from './tell.ts';

export type StreamDeps = {
  readonly read: ReadChanges;
  readonly standing: TellDeps['standing'];
  readonly signals: Pick<Signals, 'listen'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly platform: Pick<PlatformStore, 'application' | 'organisation'>;
  readonly environment: Environment;
  readonly baseUrl: () => string;
};

export type StreamAsked = {
  /** Names of resources; null = all that may be followed. */
  readonly resources: readonly string[] | null;
  /** The id of the event that was heard last; null = none. */
  readonly after: string | null;
  /** Without an id: whether what is there is told first. */
  readonly from: 'now' | 'beginning';
};

export type OpenedStream =
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Buffer> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type Streams = {
  /** Fails with HUB-103 for a name or id that is none, HUB-107 when the application has as many as it may; missing when it may follow nothing of it. */
  readonly open: (asked: StreamAsked, context: QueryContext, signal: AbortSignal) => Promise<OpenedStream>;
  /** Ends them all: the hub is stopping. */
  readonly close: () => void;
};

// Proxies take a connection on which nothing comes for dead.
const quietMs = 15_000;
const pauseMs = 250;
const eventsPerChunk = 100;
// Long enough to go out by itself.
const comment = Buffer.from(`:${' '.repeat(70)}\n\n`);
const hello = Buffer.from(`: no.fs\nretry: 5000\n\n${comment.toString()}`);

const collectionsOf = (resources: readonly FsResource[]): readonly CollectionPath[] => [
  ...new Set(resources.flatMap(({ collections, within }) => [...collections, ...within])),
];

/** All of them, in an order that ids count by. */
const numbered: readonly CollectionPath[] = collectionsOf(fsResources).toSorted();

type Positions = Map<CollectionPath, string | null>;

/** `3.<position>~7.`: number of the collection and its position, none where it begins when it may be followed. */
const idOf = (positions: Positions): string =>
  [...positions].map(([collection, position]) => `${numbered.indexOf(collection)}.${position ?? ''}`).join('~');

const idForm = /^\d{1,3}\.[\w-]{0,200}(?:~\d{1,3}\.[\w-]{0,200}){0,99}$/;

/** Where an id says that its reader is; null when it is none. */
const readId = (text: string): Positions | null => {
  if (!idForm.test(text)) return null;
  const positions: Positions = new Map();
  for (const part of text.split('~')) {
    const [number = '', position = ''] = part.split('.');
    const collection = numbered[Number(number)];
    if (collection === undefined) return null;
    positions.set(collection, position === '' ? null : position);
  }
  return positions;
};

const refused = (why: Problem): OpenedStream => ({ kind: 'refused', problem: why });

/** HUB-103 of one thing that was asked for. */
const unread = (at: string, message: string): OpenedStream =>
  refused(problem('HUB-103', 'What is asked for cannot be read.', { errors: [{ at, message }] }));

/** Makes the streams of one process. */
export const createStreams = (deps: StreamDeps): Streams => {
  const { read, standing, signals, clock, platform, environment } = deps;
  const closing = new AbortController();
  const running = new Map<string, number>();

  /** A place of the application, to be given back once; null when it has as many as it may. */
  const place = (key: string): (() => void) | null => {
    const many = running.get(key) ?? 0;
    if (many >= limits.messageStreams) return null;
    running.set(key, many + 1);
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      const left = (running.get(key) ?? 1) - 1;
      if (left === 0) running.delete(key);
      else running.set(key, left);
    };
  };

  const isOver = async ({ principal }: QueryContext, end: number): Promise<boolean> => {
    if (clock.now() >= end) return true;
    const application = await platform.application(principal.client);
    return application === null || application.disabled;
  };

  /** What happens, without end. */
  async function* chunksOf(
    resources: readonly FsResource[],
    positions: Positions,
    {
      from,
      origin,
      context,
      signal,
      release,
    }: {
      readonly from: StreamAsked['from'];
      readonly origin: Origin;
      readonly context: QueryContext;
      readonly signal: AbortSignal;
      readonly release: () => void;
    },
  ): AsyncGenerator<Buffer, void, void> {
    const { principal } = context;
    const end = Math.min(principal.expiresAt, clock.now() + limits.messageStreamMs);
    const news = signals.listen([changesTopic(principal.tenant)]);
    const seen = new Map<CollectionPath, string>();
    const after = (collection: CollectionPath): string | null | undefined =>
      positions.has(collection) ? positions.get(collection) : from === 'beginning' ? null : undefined;
    const eventsOf = (messages: readonly ChangeMessage[]): Buffer =>
      Buffer.from(
        messages
          .map((message, index) => {
            // Whoever is cut off hears again what came after the last id.
            const id = index === messages.length - 1 ? `id: ${idOf(positions)}\n` : '';
            return `${id}data: ${cloudEventOf(origin, message)}\n\n`;
          })
          .join(''),
      );

    function* told(steps: readonly ChangeStep[]): Generator<Buffer> {
      for (let at = 0; at < steps.length; at += eventsPerChunk) {
        const some = steps.slice(at, at + eventsPerChunk);
        for (const { collection, position } of some) positions.set(collection, position);
        const messages = some.flatMap((step) => step.messages);
        if (messages.length > 0) yield eventsOf(messages);
      }
    }

    /** One resource, as far as it goes. */
    async function* newsOf(resource: FsResource): AsyncGenerator<Buffer, void, void> {
      for (let goesOn = true; goesOn;) {
        goesOn = false;
        const open: { readonly collection: CollectionPath; readonly after: string | null | undefined }[] = [];
        const marks = new Map<CollectionPath, string>();
        for (const collection of [...resource.collections, ...resource.within]) {
          const mark = (await standing(context, collection)) ?? 'closed';
          const position = after(collection);
          if (mark === 'closed' && (position === null || position === undefined)) positions.set(collection, null);
          else if (position === undefined || seen.get(collection) !== mark) {
            open.push({ collection, after: position });
            marks.set(collection, mark);
          }
        }
        for await (const batch of read.batches(resource, open, limits.messagesPerRead, {
          context,
          issuer: origin.issuer,
        }))
          switch (batch.kind) {
            case 'steps':
              yield* told(batch.steps);
              break;
            case 'moved':
              positions.set(batch.collection, batch.position);
              break;
            case 'again':
              goesOn = true;
              break;
            case 'expired':
              goesOn = true;
              for (const one of resource.collections) positions.set(one, null);
              for (const one of resource.within) positions.delete(one);
              yield eventsOf([restartOf(resource, origin.issuer, clock.now())]);
          }
        if (!goesOn) for (const [collection, mark] of marks) seen.set(collection, mark);
      }
    }

    try {
      yield hello;
      let id = idOf(positions);
      let saidAt = clock.now();
      while (!signal.aborted && !(await isOver(context, end))) {
        const lookedAt = clock.now();
        let isNews = false;
        for (const resource of resources)
          for await (const chunk of newsOf(resource)) {
            isNews = true;
            yield chunk;
          }
        const now = idOf(positions);
        const isQuiet = !isNews && lookedAt - saidAt >= quietMs;
        // Said also when nothing is told, so that whoever comes back goes on from here. But first and by the beat alone: the time would tell
        // that something has changed which the reader does not see.
        if (isNews || isQuiet || id === '') {
          if (now !== id) yield Buffer.from(`id: ${now}\n\n${comment.toString()}`);
          else if (isQuiet) yield comment;
          saidAt = lookedAt;
          id = now;
        }
        const beatAt = saidAt + quietMs;
        await news.next(Math.max(0, Math.min(beatAt, end) - clock.now()), signal);
        // What is committed together with more is told together; the beat waits for nothing.
        await clock.sleep(Math.max(0, Math.min(lookedAt + pauseMs, beatAt) - clock.now()), signal);
      }
    } finally {
      news.close();
      release();
    }
  }

  return {
    open: async ({ resources, after, from }, context, signal) => {
      const unknown = resources?.find((name) => !fsResources.some((one) => one.name === name));
      if (unknown !== undefined)
        return unread(
          'ressurs',
          `takes some of ${fsResources.map(({ name }) => name).join(', ')}, with commas between`,
        );
      const positions = after === null ? new Map<CollectionPath, string | null>() : readId(after);
      if (positions === null) return unread('Last-Event-ID', 'is not one that a stream has given');
      const { tenant, client } = context.principal;
      const institution = (await platform.organisation(tenant))?.settings.institutionNumber;
      if (institution === undefined) return { kind: 'missing' };
      const named = resources === null ? fsResources : fsResources.filter(({ name }) => resources.includes(name));
      const standings = await Promise.all(collectionsOf(named).map((collection) => standing(context, collection)));
      // Who has lost it all is told so, once.
      if (after === null && standings.every((one) => one === null)) return { kind: 'missing' };
      const release = place(`${tenant} ${client}`);
      if (release === null)
        return refused(
          problem(
            'HUB-107',
            `The application listens to ${limits.messageStreams} streams, which is as many as it may.`,
          ),
        );
      const ends = AbortSignal.any([signal, closing.signal]);
      ends.addEventListener('abort', release, { once: true });
      // Whoever has left while this was looked up is not told again.
      if (ends.aborted) release();
      const origin = { institution, issuer: issuerOf(environment), api: `${deps.baseUrl()}/fsapi` };
      return { kind: 'stream', chunks: chunksOf(named, positions, { from, origin, context, signal: ends, release }) };
    },
    close: () => closing.abort(),
  };
};
