// Which activities of a student's are at the same time: from where students are placed, and the timetables of these activities. Called by the operation
// that tells of collisions; pure, and knows no mapping.

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

/**
 * All collisions, by activities, then by time. A pair of sessions that overlap gives one, with the time and the weeks that they have in common.
 * Undefined when there are more pairs of activities than `most`.
 */
export const collisionsOf = (
  placements: readonly Placement[],
  sessions: ReadonlyMap<string, readonly Session[]>,
  most: number,
): readonly Collision[] | undefined => {
  const placed = new Map<string, Set<string>>();
  for (const { student, activity } of placements) {
    const of = placed.get(student) ?? new Set<string>();
    placed.set(student, of.add(activity));
  }
  const overlaps = new Map<string, readonly Overlap[]>();
  const hit = new Map<string, { readonly one: string; readonly other: string; readonly students: string[] }>();
  for (const [student, activities] of placed) {
    const ordered = [...activities].toSorted();
    for (const [index, one] of ordered.entries())
      for (const other of ordered.slice(index + 1)) {
        const key = JSON.stringify([one, other]);
        let found = overlaps.get(key);
        if (found === undefined) {
          if (overlaps.size >= most) return undefined;
          found = overlapsOf(sessions.get(one) ?? [], sessions.get(other) ?? []);
          overlaps.set(key, found);
        }
        if (found.length === 0) continue;
        const known = hit.get(key) ?? { one, other, students: [] };
        known.students.push(student);
        hit.set(key, known);
      }
  }
  return [...hit]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, { one, other, students }]) =>
      (overlaps.get(key) ?? []).map((overlap) => ({ one, other, ...overlap, students: students.toSorted() })),
    );
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
