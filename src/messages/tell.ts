// Tells one destination what has happened: reads the feed with its application's rights, brings the messages in order, and keeps the position only once the receiver
// has them. Run by create-messages.ts, in whichever process has the destination's turn; what a process that died had not kept is told again.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { MessageDestination } from '#catalogue/message-destination.ts';
import type { FsResource } from '#mappings/fs-resources.ts';
import type { QueryContext } from '#hub/query.ts';
import type { CollectionPath } from '#model/model.ts';
import type { MessageLetter, PlatformStore } from '#store/store.ts';
import type { Carried, MessageCarrier } from './carrier.ts';
import {
  pauseAfterMiss,
  pauseAfterRefusal,
  readLetter,
  readProgress,
  resourcesOf,
  type LetterRecord,
  type Progress,
} from './destination.ts';
import { restartOf, type ChangeMessage, type Origin } from './message.ts';
import type { ChangeStep, ReadChanges } from './read-changes.ts';

export type TellDeps = {
  readonly platform: Pick<
    PlatformStore,
    'takeMessageTurn' | 'putMessageState' | 'messageLetters' | 'messageLetterCount'
  >;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
  readonly read: ReadChanges;
  readonly carrier: MessageCarrier;
  /**
   * How a collection stands for an application: the same text as long as there can be nothing new to tell it. Null = it may not follow. Asks nobody who would
   * enter it anywhere.
   */
  readonly standing: (context: QueryContext, collection: CollectionPath) => Promise<string | null>;
  /** A name that no other process has. */
  readonly holder: string;
  /** Told of a resource that begins anew: its owner is to see it. */
  readonly restarted: (destination: MessageDestination, resource: string) => Promise<void>;
  /** No other process works on the data: whoever had a turn before is gone. */
  readonly alone?: boolean;
};

/** `told`: nothing waits. `waits`: something does, until a later time. `elsewhere`: another process has it. `gone`: the receiver wants no more. */
export type Telling = 'told' | 'waits' | 'elsewhere' | 'gone';

export type Told = {
  readonly how: Telling;
  /** What waits is not tried before, epoch ms. */
  readonly nextAt: number;
};

export type Round = {
  readonly destination: MessageDestination;
  readonly origin: Origin;
  readonly context: QueryContext;
  readonly signal: AbortSignal;
};

// Longer than any try takes.
const turnMs = 60_000;

/** Keeps what has come of a round; how far it is stands in `progress`. */
type Work = {
  readonly round: Round;
  progress: Progress;
  /** Subjects of which something was laid aside: what comes of them waits behind it. */
  readonly behind: Set<string>;
  letters: number;
  lastNumber: number;
};

/** Why a round ends before everything has been told. */
class Ends extends Error {
  readonly how: Exclude<Telling, 'told'>;
  constructor(how: Exclude<Telling, 'told'>) {
    super(how);
    this.how = how;
  }
}

const earlier = 'An earlier message about the same waits.';

const positionOf = ({ progress, round }: Work, collection: CollectionPath): string | null | undefined =>
  collection in progress.positions
    ? progress.positions[collection]
    : round.destination.from === 'beginning'
      ? null
      : undefined;

/** Makes the telling of one process. */
export const createTell = (deps: TellDeps): ((round: Round) => Promise<Told>) => {
  const { platform, clock, random, read, carrier, holder } = deps;

  const takeTurn = async ({ id }: MessageDestination): Promise<string | null> => {
    const now = clock.now();
    const over = deps.alone === true ? Number.MAX_SAFE_INTEGER : now;
    return platform.takeMessageTurn(id, { holder, now: over, until: now + turnMs });
  };

  /** Keeps it, or ends: what another process does by now is its own. */
  const keep = async (
    work: Work,
    progress: Progress,
    aside: {
      readonly letters: readonly { readonly why: string; readonly message: ChangeMessage }[];
      readonly dropped: readonly number[];
    } = {
      letters: [],
      dropped: [],
    },
  ): Promise<void> => {
    const at = clock.now();
    const letters = aside.letters.map(({ why, message }, index) => ({
      number: work.lastNumber + 1 + index,
      subject: message.subject,
      at,
      record: JSON.stringify({ why, message } satisfies LetterRecord),
    }));
    const { id } = work.round.destination;
    const kept = { holder, state: JSON.stringify(progress), letters, dropped: aside.dropped };
    if (!(await platform.putMessageState(id, kept))) throw new Ends('elsewhere');
    work.progress = progress;
    work.lastNumber += letters.length;
    work.letters += letters.length - aside.dropped.length;
    for (const { subject } of letters) work.behind.add(subject);
  };

  /** Ends the round after a try that did not go well. */
  const wait = async (
    work: Work,
    why: string,
    first: ChangeMessage | null,
    change: Partial<Progress>,
  ): Promise<never> => {
    const { progress } = work;
    await keep(work, {
      ...progress,
      failure: why,
      waitsSince: progress.waitsSince ?? clock.now(),
      oldest: first === null ? progress.oldest : first.at,
      ...change,
    });
    throw new Ends('waits');
  };

  const afterTrouble = async (
    work: Work,
    trouble: NonNullable<Carried['trouble']>,
    first: ChangeMessage,
  ): Promise<void> => {
    const { tries, misses } = work.progress;
    const now = clock.now();
    if (trouble.kind === 'gone') {
      await keep(work, {
        ...work.progress,
        failure: trouble.why,
        waitsSince: work.progress.waitsSince ?? now,
        oldest: first.at,
      });
      throw new Ends('gone');
    }
    if (trouble.kind === 'unreached') {
      const share = (random.bytes(1)[0] ?? 0) / 256;
      return wait(work, trouble.why, first, { misses: misses + 1, nextAt: now + pauseAfterMiss(misses + 1, share) });
    }
    const pause = pauseAfterRefusal(tries + 1);
    if (pause !== null) return wait(work, trouble.why, first, { tries: tries + 1, nextAt: now + pause });
  };

  const carry = async (work: Work, messages: readonly ChangeMessage[]): Promise<Carried> => {
    const { destination, origin, signal } = work.round;
    if (signal.aborted) throw new Ends('waits');
    if ((await takeTurn(destination)) === null) throw new Ends('elsewhere');
    return carrier.carry(destination, origin, messages, signal);
  };

  const success = (progress: Progress, taken: number): Progress =>
    taken === 0
      ? progress
      : {
          ...progress,
          told: progress.told + taken,
          toldAt: clock.now(),
          tries: 0,
          misses: 0,
          nextAt: 0,
          failure: null,
          waitsSince: null,
          oldest: null,
        };

  /** Brings the messages of some steps of the feed, in order, until all have been taken or laid aside. */
  const tellSteps = async (work: Work, steps: readonly ChangeStep[]): Promise<void> => {
    let left = steps;
    while (left.length > 0) {
      if (work.letters >= limits.messageLetters)
        return wait(
          work,
          'As many messages have been laid aside as may be: nothing more is told until somebody has seen to them.',
          null,
          {
            nextAt: clock.now() + fullMs,
          },
        );
      const batch = left.slice(0, limits.messagesPerBatch);
      const all = batch.flatMap(({ messages }, step) => messages.map((message) => ({ step, message })));
      const going = all.filter(({ message }) => !work.behind.has(message.subject));
      const carried: Carried =
        going.length === 0
          ? { taken: 0, refused: [], trouble: null }
          : await carry(
              work,
              going.map(({ message }) => message),
            );
      const refused = new Map(carried.refused.map(({ index, why }) => [going[index]?.message, why] as const));
      const stuck = going[carried.taken];
      /** What was not taken comes again, from its step on. */
      const done = carried.taken >= going.length ? batch.length : (stuck?.step ?? batch.length);
      const aside: { why: string; message: ChangeMessage }[] = [];
      const behind = new Set(work.behind);
      for (const { step, message } of all) {
        if (step >= done) break;
        const why = refused.get(message) ?? (behind.has(message.subject) ? earlier : null);
        if (why === null) continue;
        behind.add(message.subject);
        aside.push({ why, message });
      }
      const last = new Map(batch.slice(0, done).map(({ collection, position }) => [collection, position]));
      const positions = { ...work.progress.positions, ...Object.fromEntries(last) };
      const after = success({ ...work.progress, positions }, carried.taken - carried.refused.length);
      await keep(work, after, { letters: aside, dropped: [] });
      left = left.slice(done);
      if (carried.trouble === null || stuck === undefined) continue;
      await afterTrouble(work, carried.trouble, stuck.message);
      // Tried often enough: it is laid aside, and what comes after it is told.
      const [first] = left;
      if (first === undefined) continue;
      const whyNot = carried.trouble.why;
      const from = first.messages.indexOf(stuck.message);
      const stays = first.messages.filter((message, index) => index >= from || work.behind.has(message.subject));
      await keep(
        work,
        { ...work.progress, tries: 0, positions: { ...work.progress.positions, [first.collection]: first.position } },
        {
          letters: stays.map((message) => ({ why: message === stuck.message ? whyNot : earlier, message })),
          dropped: [],
        },
      );
      left = left.slice(1);
    }
  };

  /** Tells again what somebody has asked for, and with it whatever waits behind it. */
  const tellLetters = async (work: Work): Promise<void> => {
    const { destination } = work.round;
    work.letters = await platform.messageLetterCount(destination.id);
    if (work.letters === 0) return;
    const all: MessageLetter[] = [];
    for (let after = 0; ;) {
      const page = await platform.messageLetters({ destination: destination.id, after, limit: 1_000 });
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.number;
    }
    work.lastNumber = all.at(-1)?.number ?? 0;
    for (const { subject } of all) work.behind.add(subject);
    const wanted = new Set(all.filter(({ resend }) => resend).map(({ subject }) => subject));
    let left = all.filter(({ subject }) => wanted.has(subject));
    while (left.length > 0) {
      const batch = left.slice(0, limits.messagesPerBatch);
      const carried = await carry(
        work,
        batch.map(({ record }) => readLetter(record).message),
      );
      const refused = new Map(carried.refused.map(({ index, why }) => [batch[index]?.subject, why]));
      const stuck = batch[carried.taken];
      const { trouble } = carried;
      if (stuck !== undefined && trouble !== null && trouble.kind === 'refused')
        refused.set(stuck.subject, trouble.why);
      // Nobody has to ask twice because the receiver was away; whoever refuses is not asked again by itself.
      const gone = batch.slice(0, carried.taken).filter(({ subject }) => !refused.has(subject));
      const back = left.filter(({ subject }) => refused.has(subject));
      const { told } = work.progress;
      // When the next of the feed is tried is its own affair.
      const progress =
        gone.length === 0 ? work.progress : { ...work.progress, told: told + gone.length, toldAt: clock.now() };
      const named = new Set<string>();
      await keep(work, progress, {
        letters: back.map(({ record, subject }) => {
          const why = named.has(subject) ? earlier : (refused.get(subject) ?? earlier);
          named.add(subject);
          return { message: readLetter(record).message, why };
        }),
        dropped: [...gone, ...back].map(({ number }) => number),
      });
      const over = new Set([...gone, ...back]);
      left = left.filter((letter) => !over.has(letter));
      if (trouble !== null && trouble.kind !== 'refused' && stuck !== undefined)
        await afterTrouble(work, trouble, readLetter(stuck.record).message);
    }
    work.behind.clear();
    for (let after = 0; ;) {
      const page = await platform.messageLetters({ destination: destination.id, after, limit: 1_000 });
      for (const { subject } of page) work.behind.add(subject);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.number;
    }
  };

  const putPosition = (work: Work, collection: CollectionPath, position: string | null): Promise<void> =>
    keep(work, { ...work.progress, positions: { ...work.progress.positions, [collection]: position } });

  /** What was told has a hole: the receiver hears so, and then of everything that is there. */
  const restart = async (work: Work, resource: FsResource): Promise<'again'> => {
    const { origin } = work.round;
    const at = clock.now();
    const message = restartOf(resource, origin.issuer, at);
    const carried = await carry(work, [message]);
    if (carried.taken === 0 && carried.trouble !== null) {
      await afterTrouble(work, carried.trouble, message);
      await keep(
        work,
        { ...work.progress, tries: 0 },
        { letters: [{ message, why: carried.trouble.why }], dropped: [] },
      );
      work.behind.delete(message.subject);
    }
    const others = Object.entries(work.progress.positions).filter(([one]) => !resource.within.includes(one));
    const positions = {
      ...Object.fromEntries(others),
      ...Object.fromEntries(resource.collections.map((one) => [one, null])),
    };
    const restarts = [...work.progress.restarts, { resource: resource.name, at }].slice(-restartsKept);
    await deps.restarted(work.round.destination, resource.name);
    await keep(work, { ...success(work.progress, 1), positions, restarts });
    return 'again';
  };

  /** Tells a resource as far as it goes; `again` when there is more by then. */
  const tellResource = async (work: Work, resource: FsResource): Promise<'again' | 'told'> => {
    const { context, origin } = work.round;
    const asker = { context, issuer: origin.issuer };
    const marks = new Map<CollectionPath, string>();
    const open: CollectionPath[] = [];
    for (const collection of [...resource.collections, ...resource.within]) {
      const standing = await deps.standing(context, collection);
      const position = positionOf(work, collection);
      // Who may not follow it and was told nothing of it has nothing to hear.
      if (standing === null && (position === null || position === undefined)) {
        if (position === undefined) await putPosition(work, collection, null);
        continue;
      }
      const mark = standing ?? 'closed';
      if (position !== undefined && work.progress.seen[collection] === mark) continue;
      marks.set(collection, mark);
      open.push(collection);
    }
    const from = open.map((collection) => ({ collection, after: positionOf(work, collection) }));
    for await (const batch of read.batches(resource, from, limits.messagesPerRead, asker))
      switch (batch.kind) {
        case 'steps':
          await tellSteps(work, batch.steps);
          break;
        case 'moved':
          await putPosition(work, batch.collection, batch.position);
          break;
        case 'again':
          return 'again';
        case 'expired':
          return restart(work, resource);
      }
    if (marks.size > 0)
      await keep(work, { ...work.progress, seen: { ...work.progress.seen, ...Object.fromEntries(marks) } });
    return 'told';
  };

  return async (round) => {
    const { destination } = round;
    const state = await takeTurn(destination);
    if (state === null) return { how: 'elsewhere', nextAt: 0 };
    const progress = readProgress(state);
    const rests = progress.nextAt > clock.now();
    if (rests && progress.misses > 0) return { how: 'waits', nextAt: progress.nextAt };
    const work: Work = { round, progress, behind: new Set(), letters: 0, lastNumber: 0 };
    try {
      await tellLetters(work);
      if (rests) return { how: 'waits', nextAt: progress.nextAt };
      for (const resource of resourcesOf(destination)) while ((await tellResource(work, resource)) === 'again');
      const { waitsSince, misses, nextAt } = work.progress;
      if (waitsSince !== null || misses > 0 || nextAt > 0)
        await keep(work, { ...work.progress, waitsSince: null, oldest: null, failure: null, misses: 0, nextAt: 0 });
      return { how: 'told', nextAt: 0 };
    } catch (error) {
      if (error instanceof Ends) return { how: error.how, nextAt: work.progress.nextAt };
      throw error;
    }
  };
};

const fullMs = 60_000;
const restartsKept = 20;
