// Which activities of a student's are at the same time: from where students are placed, and the timetables of these activities. Called by the operation
// that tells of collisions; lets other work run between, and knows no mapping.
import { yieldToLoop } from '#base/clock.ts';

/** A session, each week of those named: minutes of a day, from and until; a session that ends as the other begins does not collide. */
export type Session = {
  /** The number of the entry: those that are held together are one. */
  readonly entry: number;
  /** The entry that this one is held together with; null = none. */
  readonly follows: number | null;
  /** 1 to 7. */
  readonly weekday: number;
  readonly from: number;
  readonly until: number;
  /** `2026-34`, ascending. */
  readonly weeks: readonly string[];
};

export type Placement = { readonly student: string; readonly activity: string };

/** Two activities at the same time, `one` before `other`, with whom it hits and when. */
export type Collision = {
  readonly one: string;
  readonly other: string;
  readonly weekday: number;
  readonly from: number;
  readonly until: number;
  readonly weeks: readonly string[];
  readonly students: readonly string[];
};

type Overlap = Omit<Collision, 'one' | 'other' | 'students'>;

/** Pairs of a student that are looked at before other work runs. */
const pairsAtOnce = 20_000;

/** How much is looked at. */
export type CollisionBounds = {
  /** Pairs of activities. */
  readonly pairs: number;
  /** The same, counted anew for each student who is placed in both. */
  readonly looks: number;
};

/**
 * All collisions, by activities, then by time. A pair of sessions that overlap gives one, with the time and the weeks that they have in common.
 * Undefined when there is more of it than is looked at: whoever is placed in a thousand activities makes half a million pairs alone.
 */
export const collisionsOf = async (
  placements: readonly Placement[],
  sessions: ReadonlyMap<string, readonly Session[]>,
  most: CollisionBounds,
): Promise<readonly Collision[] | undefined> => {
  const placed = new Map<string, Set<string>>();
  for (const { student, activity } of placements) {
    const of = placed.get(student) ?? new Set<string>();
    placed.set(student, of.add(activity));
  }
  const looks = [...placed.values()].reduce((sum, { size }) => sum + (size * (size - 1)) / 2, 0);
  if (looks > most.looks) return undefined;
  const pairs = new Map<string, Map<string, Pair>>();
  let [known, looked] = [0, 0];
  for (const [student, activities] of placed) {
    const ordered = [...activities].toSorted();
    for (const [index, one] of ordered.entries()) {
      const others = pairs.get(one) ?? new Map<string, Pair>();
      pairs.set(one, others);
      for (const other of ordered.slice(index + 1)) {
        if ((looked += 1) % pairsAtOnce === 0) await yieldToLoop();
        let pair = others.get(other);
        if (pair === undefined) {
          if ((known += 1) > most.pairs) return undefined;
          pair = { one, other, overlaps: overlapsOf(sessions.get(one) ?? [], sessions.get(other) ?? []), students: [] };
          others.set(other, pair);
        }
        if (pair.overlaps.length > 0) pair.students.push(student);
      }
    }
  }
  return [...pairs.values()]
    .flatMap((others) => [...others.values()].filter(({ overlaps }) => overlaps.length > 0))
    .map((pair) => [JSON.stringify([pair.one, pair.other]), pair] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, { one, other, overlaps, students }]) =>
      overlaps.map((overlap) => ({ one, other, ...overlap, students: students.toSorted() })),
    );
};

type Pair = {
  readonly one: string;
  readonly other: string;
  readonly overlaps: readonly Overlap[];
  readonly students: string[];
};

const overlapsOf = (ones: readonly Session[], others: readonly Session[]): readonly Overlap[] =>
  ones
    .flatMap((one) =>
      others.flatMap((other) => {
        const from = Math.max(one.from, other.from);
        const until = Math.min(one.until, other.until);
        if (one.weekday !== other.weekday || from >= until || isOne(one, other)) return [];
        const weeks = one.weeks.filter((week) => other.weeks.includes(week));
        return weeks.length === 0 ? [] : [{ weekday: one.weekday, from, until, weeks }];
      }),
    )
    .toSorted((one, other) => one.weekday - other.weekday || one.from - other.from || one.until - other.until);

/** Held together: the same entry, one that follows the other, or both that follow a third. */
const isOne = (one: Session, other: Session): boolean =>
  (one.follows ?? one.entry) === (other.follows ?? other.entry) ||
  one.follows === other.entry ||
  other.follows === one.entry;

/** Minutes of the day of a time of the model (`08:15`, `08:15:30`); undefined for what is none. */
export const minutesOf = (time: unknown): number | undefined => {
  const [, hours, minutes] = (typeof time === 'string' ? /^(\d{2}):(\d{2})/.exec(time) : null) ?? [];
  return hours === undefined || minutes === undefined ? undefined : Number(hours) * 60 + Number(minutes);
};

/** The other way round: `08:15`. */
export const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
