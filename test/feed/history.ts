// What writers and readers did and were told, one line of JSON each, written at once: it outlives the process that is killed in the next
// moment. Written by writer.ts and reader.ts, read back by a reader that starts again and by checker.ts. Times are of the machine's monotonic
// clock, which all its processes share.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { StoredChange } from '#store/store.ts';

/** One row that a transaction adds to the feed: the resource by its systemid. */
export type Expected = { readonly path: string; readonly id: string; readonly kind: StoredChange['kind'] };

/** Written in the transaction, as its last step before the commit: what is not here cannot have been committed. */
export type About = {
  readonly t: 'about';
  readonly token: string;
  readonly begun: number;
  /** By key of a shared resource: the token of the transaction that wrote it last, null where there was none. */
  readonly saw: Readonly<Record<string, string | null>>;
  readonly changes: readonly Expected[];
};

/** `failed`: certainly not committed. `unknown`: nobody knows. */
export type Outcome = 'done' | 'failed' | 'unknown';

export type Answered = {
  readonly t: 'told';
  readonly token: string;
  readonly at: number;
  readonly outcome: Outcome;
  /** What the failure was: `on purpose`, or the code of the error. */
  readonly code: string;
};

export type Row = readonly [position: number, uid: number, kind: string, before: string];

/** What one question gave, and what the reader's copy became by it. It is the reader's saved position too: all of it is there, or nothing. */
export type Answer = {
  readonly t: 'read';
  readonly from: number;
  /** The position of the store that was read before, and up to which rows were taken; null when they were taken as they came. */
  readonly mark: number | null;
  readonly answers: readonly {
    readonly path: string;
    readonly after: number;
    /** The position saved. */
    readonly next: number;
    /** Nothing was left behind `next` when it was asked. */
    readonly whole: boolean;
    readonly rows: readonly Row[];
  }[];
  /** By uid: what the resource is now, null when it is gone. */
  readonly copy: readonly (readonly [uid: number, body: string | null])[];
};

export type Remark = { readonly t: 'wrong'; readonly what: string } | { readonly t: 'failed'; readonly code: string };

export type Line = About | Answered | Answer | Remark | { readonly t: 'end' };

export type Log = (line: Line) => void;

export const now = (): number => Number(process.hrtime.bigint() / 1_000n);

/** Goes on with a history. The process before may have been killed in the middle of a line. */
export const openLog = (file: string): Log => {
  if (existsSync(file) && !readFileSync(file, 'utf8').endsWith('\n')) appendFileSync(file, '\n');
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
};

/** Reads a history; lines that were not finished are left out. */
export const readLog = (file: string): readonly Line[] =>
  !existsSync(file)
    ? []
    : readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line): readonly Line[] => {
          try {
            return line === '' ? [] : [JSON.parse(line) as Line];
          } catch {
            return [];
          }
        });
