// What a scenario is and what it gives: the contract between the runner and the files in scenarios/.

import type { EngineName } from './place.ts';
import type { PostgresServer } from './postgres-server.ts';

/** One figure beside its target. Ratios and figures are compared with `at`; null = reported only. */
export type Figure = {
  /** Stable name, `page-25000`. */
  readonly name: string;
  readonly what: string;
  /** The measured value and what it is counted in. */
  readonly ours: number;
  /** The same of the floor; null where there is none. */
  readonly floor: number | null;
  readonly unit: 'µs' | 'ms' | 'MB' | '/s' | 'entries';
  /** What is held against the target: the ratio, or the value itself. */
  readonly value: number;
  readonly target: { readonly kind: 'at-most' | 'at-least'; readonly value: number } | null;
  /** Distance between the quartiles of the rounds, as a share of the median; null for single measurements. */
  readonly spread: number | null;
  readonly note: string;
};

export type Context = {
  /** Folder for data sets; kept between runs when the runner is told so. */
  readonly data: string;
  readonly say: (text: string) => void;
  /** Flags for the node of the hub: profiling. */
  readonly nodeFlags: readonly string[];
  /** The one figure that is wanted; undefined = all. */
  readonly only: string | undefined;
  /** What the data are kept by in this run of the scenario. */
  readonly engine: EngineName;
  /** The run's PostgreSQL, started when it is asked for first. */
  readonly server: () => Promise<PostgresServer>;
};

export type Scenario = {
  readonly name: string;
  readonly describe: string;
  /** Takes so long that it is left out unless it is asked for. */
  readonly onlyWhenNamed?: true;
  /** Runs on PostgreSQL as well. `reported`: its targets were set for the embedded file, and are not held against the other. */
  readonly onPostgres?: 'reported' | 'held';
  readonly run: (context: Context) => Promise<readonly Figure[]>;
};

/** True when the figure has no target or reaches it. */
export const passes = ({ value, target }: Figure): boolean =>
  target === null || (target.kind === 'at-most' ? value <= target.value : value >= target.value);

/** A figure that is held against the floor. */
export const ratioFigure = (
  name: string,
  what: string,
  pair: { readonly ours: number; readonly floor: number; readonly spread: number },
  most: number | null,
  note = '',
): Figure => ({
  name,
  what,
  ours: pair.ours,
  floor: pair.floor,
  unit: 'µs',
  value: pair.ours / pair.floor,
  target: most === null ? null : { kind: 'at-most', value: most },
  spread: pair.spread,
  note,
});
