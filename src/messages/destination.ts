// A destination of messages, and what is kept of telling it: rows of the register and of turns. Used by telling and shown by the admin API. Pure.
import type { MessageDestination, ToldProgress } from '#catalogue/message-destination.ts';
import { fsResources, type FsResource } from '#mappings/fs-resources.ts';
import type { CollectionPath } from '#model/model.ts';
import type { RegisterEntry } from '#store/store.ts';
import type { ChangeMessage } from './message.ts';
import type { Positions } from './read-changes.ts';

export const destinationIn = ({ value }: Pick<RegisterEntry, 'value'>): MessageDestination =>
  value as MessageDestination;

/** What a destination is told of, in the order in which it is. */
export const resourcesOf = ({ resources }: Pick<MessageDestination, 'resources'>): readonly FsResource[] =>
  resources === null ? fsResources : fsResources.filter(({ name }) => resources.includes(name));

/** How far telling has come, and where it goes on. */
export type Progress = ToldProgress & {
  readonly positions: Positions;
  /** How each collection stood when all of it had been told. */
  readonly seen: Readonly<Record<CollectionPath, string>>;
};

export const noProgress: Progress = {
  positions: {},
  told: 0,
  toldAt: null,
  waitsSince: null,
  oldest: null,
  tries: 0,
  misses: 0,
  nextAt: 0,
  failure: null,
  restarts: [],
  seen: {},
};

/** '' = nothing is kept yet. */
export const readProgress = (state: string): Progress =>
  state === '' ? noProgress : { ...noProgress, ...(JSON.parse(state) as Partial<Progress>) };

/** What is kept of a message that was laid aside. */
export type LetterRecord = { readonly why: string; readonly message: ChangeMessage };

export const readLetter = (record: string): LetterRecord => JSON.parse(record) as LetterRecord;

const seconds = 1_000;
const minutes = 60 * seconds;

// After each refusal of a message, the time to the next try. Beyond the last it is laid aside: about an hour and a half.
const refusalPauses: readonly number[] = [
  seconds,
  5 * seconds,
  30 * seconds,
  2 * minutes,
  10 * minutes,
  20 * minutes,
  60 * minutes,
];

/** How often a message that is refused is tried. */
export const triesInAll = refusalPauses.length + 1;

/** How long after a refusal the message is tried again; null = it was the last try. */
export const pauseAfterRefusal = (tries: number): number | null => refusalPauses[tries - 1] ?? null;

const longestMiss = 5 * minutes;

/** How long after the receiver was not reached so many times it is tried again: for as long as it takes. `share` (0..1) parts those that failed together. */
export const pauseAfterMiss = (misses: number, share: number): number =>
  Math.round(Math.min(longestMiss, seconds * 2 ** Math.min(misses - 1, 12)) * (1 + share / 10));
