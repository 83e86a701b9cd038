// Messages of changes: looks every second whether something has happened that a destination has not been told of, and tells each of them by itself, so that none waits
// for another. Made by app/compose.ts for a running hub; destinations are put into the register by the admin API and found there.
import { dayMs, type Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { MessageDestination } from '#catalogue/message-destination.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import type { Principal } from '#hub/principal.ts';
import { clientScope } from '#model/openapi.ts';
import type { Environment, PlatformStore, RegisterEntry } from '#store/store.ts';
import { destinationIn } from './destination.ts';
import { issuerOf } from './message.ts';
import { createTell, type TellDeps } from './tell.ts';

export type MessagesDeps = Omit<TellDeps, 'platform' | 'clock' | 'holder' | 'random'> & {
  readonly platform: TellDeps['platform'] &
    Pick<
      PlatformStore,
      | 'revision'
      | 'registerEntries'
      | 'putRegister'
      | 'application'
      | 'organisation'
      | 'messageTurns'
      | 'dropMessages'
      | 'dropMessageLetters'
    >;
  readonly clock: Clock;
  readonly random: Random;
  readonly hub: Pick<Hub, 'run'>;
  readonly environment: Environment;
  /** Where the hub is. */
  readonly baseUrl: () => string;
  /** Told what kept a destination from being told; it is tried again. */
  readonly broken: (error: unknown) => void;
};

export type Messages = {
  /** Begins to look. */
  readonly begin: () => void;
  /** One look at all destinations, after the one that is under way; over when all have been told or wait. */
  readonly round: () => Promise<void>;
  /** Stops, and waits for the tries under way. */
  readonly close: () => Promise<void>;
};

// What clients of the API come with.
const ownScopes: ReadonlySet<string> = new Set([clientScope]);

const roundMs = 1_000;
// What is over by time is noticed within this, though nobody has changed anything.
const hourMs = 3_600_000;
const brokenMs = 30_000;

/** Makes the messages of one process; `close` must be called. */
export const createMessages = (deps: MessagesDeps): Messages => {
  const { platform, clock, random, hub, environment, carrier } = deps;
  const holder = random.uuid();
  const tell = createTell({ ...deps, holder });
  /** Destinations that this process may have the turn of. */
  const held = new Set<string>();
  const stopping = new AbortController();
  const busy = new Map<string, Promise<void>>();
  /** How all stood when a destination had been told everything: nothing has to be done before that is something else. */
  const rests = new Map<string, string>();
  /** Destinations that are not tried before a time, unless somebody decides something. */
  const resting = new Map<string, { readonly revision: number; readonly until: number }>();
  let listed: { readonly revision: number; readonly standing: readonly RegisterEntry[] } | null = null;
  let swept = 0;
  let last: Promise<void> = Promise.resolve();
  let stop: (() => void) | null = null;
  let waits = false;

  const contextOf = (destination: MessageDestination): QueryContext => {
    const now = clock.now();
    const principal: Principal = {
      kind: 'client',
      client: destination.application,
      tenant: destination.organisation,
      scopes: ownScopes,
      issuer: 'messages',
      token: destination.id,
      expiresAt: now + hourMs,
    };
    return { principal, requestId: `${destination.id}-${now}`, api: 'fs-api' };
  };

  /** What says whether there may be something to tell: the end of the feed, decisions about access, and the hour. */
  const markOf = async (context: QueryContext, revision: number): Promise<string> => {
    const found = await hub.run({ kind: 'position' }, context);
    const position = found.kind === 'position' ? found.position : -1;
    return `${position} ${revision} ${Math.floor(clock.now() / hourMs)}`;
  };

  const tellOne = async (entry: RegisterEntry, revision: number): Promise<void> => {
    const destination = destinationIn(entry);
    const { id } = destination;
    const context = contextOf(destination);
    // Read before anything is told: what happens meanwhile is looked at again.
    const mark = await markOf(context, revision);
    if (rests.get(id) === mark) return;
    const application = await platform.application(destination.application);
    const institution = (await platform.organisation(destination.organisation))?.settings.institutionNumber;
    // Until it may be told again, nothing is lost: the feed keeps it.
    if (
      application === null ||
      application.disabled ||
      application.environment !== environment ||
      institution === undefined
    )
      return void rests.set(id, mark);
    const origin = { institution, issuer: issuerOf(environment), api: `${deps.baseUrl()}/fsapi` };
    held.add(id);
    const { how, nextAt } = await tell({ destination, origin, context, signal: stopping.signal });
    switch (how) {
      case 'told':
        rests.set(id, mark);
        return;
      case 'waits':
        rests.delete(id);
        resting.set(id, { revision, until: nextAt });
        return;
      case 'elsewhere':
        rests.delete(id);
        return;
      case 'gone':
        await platform.putRegister({
          entries: [{ ...entry, revision: entry.revision + 1, state: 'paused', changedAt: clock.now() }],
        });
    }
  };

  const standingNow = async (revision: number): Promise<readonly RegisterEntry[]> => {
    if (listed?.revision === revision) return listed.standing;
    const standing = (await platform.registerEntries({ kind: 'message-destination', state: 'standing' })).filter(
      (entry) => destinationIn(entry).environment === environment,
    );
    listed = { revision, standing };
    return standing;
  };

  /** What nobody needs any more: letters that are too old, and all of destinations that have been ended. */
  const sweep = async (): Promise<void> => {
    const now = clock.now();
    if (now < swept + hourMs) return;
    swept = now;
    const ended = new Set(
      (await platform.registerEntries({ kind: 'message-destination', state: 'ended' })).map(({ id }) => id),
    );
    for (const { destination } of await platform.messageTurns()) {
      if (ended.has(destination)) await platform.dropMessages(destination);
      else
        await platform.dropMessageLetters(destination, {
          subjects: null,
          before: now - limits.messageLetterDays * dayMs,
        });
    }
  };

  const look = async (wait: boolean): Promise<void> => {
    if (stopping.signal.aborted) return;
    const revision = await platform.revision();
    const standing = await standingNow(revision);
    if (standing.length > 0 || swept === 0) await sweep();
    for (const entry of standing) {
      const { id } = entry;
      const rest = resting.get(id);
      if (busy.has(id) || (rest !== undefined && rest.revision === revision && clock.now() < rest.until)) continue;
      resting.delete(id);
      const telling = tellOne(entry, revision)
        .catch((error: unknown) => {
          resting.set(id, { revision, until: clock.now() + brokenMs });
          deps.broken(error);
        })
        .finally(() => busy.delete(id));
      busy.set(id, telling);
    }
    if (wait) await Promise.all(busy.values());
  };

  // Said once in a while: what cannot be asked for now cannot be for a second either.
  let brokenAt = Number.NEGATIVE_INFINITY;
  const broke = (error: unknown): void => {
    if (clock.now() < brokenAt + brokenMs) return;
    brokenAt = clock.now();
    deps.broken(error);
  };

  const inOrder = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch(broke);
    return last;
  };

  return {
    begin: () => {
      stop ??= clock.every(roundMs, () => {
        if (waits) return;
        waits = true;
        void inOrder(() => look(false)).finally(() => (waits = false));
      });
    },
    round: () => inOrder(() => look(true)),
    close: async () => {
      stop?.();
      stopping.abort();
      await last;
      await Promise.all(busy.values());
      await carrier.close();
      // So that whoever comes next need not wait until they are over.
      const now = clock.now();
      for (const id of held)
        await Promise.resolve(platform.takeMessageTurn(id, { holder, now: 0, until: now })).catch(() => {});
    },
  };
};
