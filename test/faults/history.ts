// What the workers of a fault run asked of the hub and what they were told, in order. Written while the hub is being hurt, read by checker.ts
// afterwards. An operation whose answer never came is `unknown`: it may have happened or not.
import { appendFileSync, readFileSync } from 'node:fs';

export type Operation =
  /** One delta page that sets every pupil of a group to a version. */
  | { readonly kind: 'page'; readonly group: number; readonly version: number }
  /** A full sync of one page: exactly the teachers of this round are left. */
  | { readonly kind: 'full'; readonly round: number }
  /** A service made through the write path of the hub, with an Idempotency-Key of its own. */
  | { readonly kind: 'create'; readonly name: string; readonly attempt: number }
  /** A counter raised through the write path, conditional on what was read. */
  | { readonly kind: 'raise'; readonly counter: string; readonly count: number }
  | { readonly kind: 'read'; readonly group: number; readonly member: number; readonly version: number | null };

export type Entry = Operation & {
  /** X-Request-Id as answered (the hub replaces one that looks like a national id), else as sent: for the audit. */
  readonly request: string;
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly status: number;
  /** Monotonic milliseconds of asking and of the answer. */
  readonly from: number;
  readonly to: number;
  /** Which life of the hub answered. */
  readonly life: number;
};

/** What a follower of the feed was told, entry by entry. */
export type Followed = {
  readonly collection: string;
  readonly change: { readonly kind: string; readonly uid: string; readonly key: string | null; readonly value: string };
};

export type History = {
  readonly add: (entry: Entry) => void;
  readonly entries: () => readonly Entry[];
};

/** Keeps the history in memory and, so that a failing run can be looked at, in a file of JSON lines. */
export const createHistory = (file: string): History => {
  const kept: Entry[] = [];
  return {
    add: (entry) => {
      kept.push(entry);
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
    },
    entries: () => kept,
  };
};

/** Reads a history back. */
export const readHistory = (file: string): readonly Entry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
