// Two ways to do the same beside each other: the store's, and the least that its database needs for it. Rounds in turn, CPU of this process and
// of connections to a database server together, and wall time. Called by scenarios/engines.ts.
import type { Place } from '../place.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Figure } from '../scenario.ts';

/** One operation by its number; the numbers go on from round to round. */
export type Operation = (index: number) => Promise<unknown> | unknown;

export type Taken = {
  /** Microseconds of CPU. */
  readonly cpu: number;
  /** How much of it the connections to a server have used. */
  readonly database: number;
  /** Microseconds of wall time. */
  readonly wall: number;
};

/** Runs operations, some of them at a time. */
export const atOnce = async (count: number, width: number, from: number, operation: Operation): Promise<void> => {
  let next = from;
  const walk = async (): Promise<void> => {
    while (next < from + count) {
      const index = next;
      next += 1;
      await operation(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, walk));
};

/** What some work takes altogether. */
export const taken = async (place: Place, work: () => Promise<unknown>): Promise<Taken> => {
  const database = place.engine === 'postgres' ? place.cpu : () => 0;
  const before = { own: process.cpuUsage(), database: database(), at: performance.now() };
  await work();
  const wall = (performance.now() - before.at) * 1_000;
  const { user, system } = process.cpuUsage(before.own);
  const beside = database() - before.database;
  return { cpu: user + system + beside, database: beside, wall };
};

export type Contest = {
  readonly name: string;
  readonly what: string;
  readonly ours: Operation;
  readonly floor: Operation;
  /** Operations of a round, and how many at a time. */
  readonly count: number;
  readonly width: number;
  readonly rounds: number;
  /** The least share of the floor's rate, or the most multiple of its cost. */
  readonly target: Figure['target'];
};

const each = (all: readonly Taken[], count: number): Taken => ({
  cpu: median(all.map(({ cpu }) => cpu)) / count,
  database: median(all.map(({ database }) => database)) / count,
  wall: median(all.map(({ wall }) => wall)) / count,
});

/** Holds one way against the other; the figure is of CPU, the rates of wall time are told beside it. */
export const contest = async (place: Place, { ours, floor, ...of }: Contest): Promise<Figure> => {
  const { count, width, rounds } = of;
  const sides = [ours, floor].map((operation) => ({ operation, done: 0, all: [] as Taken[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of sides) {
      // The first round warms up, and is left out.
      const took = await taken(place, () => atOnce(count, width, side.done, side.operation));
      side.done += count;
      if (round > 0) side.all.push(took);
    }
  }
  const [store, least] = sides.map(({ all }) => each(all, count));
  if (store === undefined || least === undefined) throw new Error('there are two sides');
  return against(of, store, least, spreadOf(sides[0]?.all.map(({ cpu }) => cpu) ?? []));
};

/** The figure of what an operation takes beside what the least takes. */
export const against = (
  { name, what, target }: Pick<Contest, 'name' | 'what' | 'target'>,
  ours: Taken,
  floor: Taken,
  spread: number | null,
): Figure => ({
  name,
  what,
  ours: ours.cpu,
  floor: floor.cpu,
  unit: 'µs',
  value: target?.kind === 'at-least' ? floor.cpu / ours.cpu : ours.cpu / floor.cpu,
  target,
  spread,
  note: `${rate(ours)}/s beside ${rate(floor)}/s${inDatabase(ours, floor)}`,
});

const rate = ({ wall }: Taken): string => (wall > 100_000 ? (1e6 / wall).toFixed(1) : String(Math.round(1e6 / wall)));

const inDatabase = (ours: Taken, floor: Taken): string =>
  ours.database === 0 ? '' : `; in the database ${ours.database.toFixed(0)} and ${floor.database.toFixed(0)} µs`;
