// Measures two servers side by side: short rounds in turn, so that whatever else the machine does meets both, and medians. Called by
// scenarios. Knows nothing of what is asked.
import type { Load, LoadReport } from './load.ts';
import type { LoadProcess, Measured } from './processes.ts';

export type Series = {
  /** Microseconds of CPU per operation, median of the rounds. */
  readonly cpu: number;
  /** How much of it connections to a database server have used. */
  readonly database: number;
  /** Distance between the quartiles of the rounds, as a share of the median. */
  readonly spread: number;
  /** Median over the rounds, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Operations per second of wall time, median. */
  readonly perSecond: number;
};

export type Side = {
  readonly server: Measured;
  /** Asked before each round: tokens end. */
  readonly requests: () => Promise<readonly string[]> | readonly string[];
  readonly connections: number;
  /** Operations of a round. */
  readonly count: number;
  /** Status that every answer must have. */
  readonly status: number;
};

const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? 0;
  return low + ((sorted[Math.ceil(at)] ?? 0) - low) * (at % 1);
};

/** The middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The distance between the quartiles as a share of the median. */
export const spreadOf = (values: readonly number[]): number =>
  (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);

type Round = { readonly cpu: number; readonly database: number; readonly report: LoadReport };

const round = async (load: LoadProcess, side: Side, share = 1): Promise<Round> => {
  const count = Math.max(1, Math.round(side.count * share));
  const work: Load = { port: side.server.port, connections: side.connections, count, requests: await side.requests() };
  const before = await side.server.usage();
  const report = await load.run(work);
  const after = await side.server.usage();
  const other = Object.keys(report.statuses).find((status) => status !== String(side.status));
  if (other !== undefined)
    throw new Error(`${report.statuses[other]} of ${count} answers had status ${other}, not ${side.status}`);
  return { cpu: (after.cpu - before.cpu) / count, database: (after.database - before.database) / count, report };
};

const seriesOf = (rounds: readonly Round[]): Series => ({
  cpu: median(rounds.map(({ cpu }) => cpu)),
  database: median(rounds.map(({ database }) => database)),
  spread: spreadOf(rounds.map(({ cpu }) => cpu)),
  p50: median(rounds.map(({ report }) => report.p50)),
  p99: median(rounds.map(({ report }) => report.p99)),
  perSecond: median(
    rounds.map(({ report }) => (Object.values(report.statuses).reduce((a, b) => a + b, 0) * 1_000) / report.ms),
  ),
});

/** What of the CPU a database server used, for the note of a figure; nothing where there is none. */
export const ofDatabase = ({ database }: { readonly database: number }): string =>
  database === 0 ? '' : `, ${database.toFixed(1)} µs of it in the database`;

/** Warms both sides up, then measures them in turn. Rejects when an answer has another status than expected. */
export const sideBySide = async (load: LoadProcess, sides: readonly Side[], rounds = 9): Promise<readonly Series[]> => {
  for (const side of sides) for (let warm = 0; warm < 2; warm += 1) await round(load, side, 0.5);
  const measured: Round[][] = sides.map(() => []);
  for (let index = 0; index < rounds; index += 1)
    for (const [at, side] of sides.entries()) measured[at]?.push(await round(load, side));
  return measured.map(seriesOf);
};
