// What one reading of a roster remembers from one part of it to the next: who is in, by which rows of the hub, and what they are in. Numbers and short
// texts only, since a city has two hundred thousand persons. Made by open-roster.ts for one file, shared by the files that read.
import { createUidMap, type UidMap } from '#base/uid-map.ts';
import type { GroupType, RosterDate } from '#formats/roster.ts';
import type { Narrow, Shape, WalkedDocuments } from '#hub/documents/document.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import type { Excluded, ExportOrder } from '../export.ts';
import type { PositionKind } from './mappings/position-kinds.ts';
import { createDays, numberOfDay } from './civil-numbers.ts';
import { createMemberTable, type MemberTable } from './member-table.ts';
import { dayWithin, schoolYearOf, type SchoolYear } from './school-year.ts';
import type { RosterShapes } from './shapes.ts';

/** Pages of documents of a shape, from the first to the last; they end with a HubError when the caller may not read them. */
export type Pages = (shape: Shape, narrow: Narrow | null) => AsyncIterable<WalkedDocuments>;

/** An enrolment of somebody who is in. */
export type HeldEnrolment = { readonly person: number; readonly end: RosterDate | undefined };

/** By the uid of the enrolment. */
export type HeldEnrolments = {
  readonly get: (uid: number) => HeldEnrolment | undefined;
  readonly set: (uid: number, held: HeldEnrolment) => void;
};

/** A school, or a group of one. */
export type Holder = {
  readonly uid: number;
  readonly id: string;
  /** Null for a school. */
  readonly type: GroupType | null;
  /** Its uid: of a school its own. */
  readonly school: number;
};

export type RosterState = {
  readonly shapes: RosterShapes;
  readonly pages: Pages;
  readonly tell: (excluded: Excluded) => void;
  readonly year: SchoolYear;
  /** What is in force is decided by it. */
  readonly day: RosterDate;
  /** What guardians may is decided by the day that it is, whatever the school year. */
  readonly now: CivilNow;
  /** Uids of schools that were asked for; null = all. */
  readonly asked: readonly number[] | null;
  /** Ids of those who are in, by place. */
  readonly persons: string[];
  /** What members are of, by place: schools, then groups. */
  readonly holders: Holder[];
  /** Places of schools and groups that are in, by uid. */
  readonly schools: Map<number, number>;
  readonly groups: UidMap;
  readonly enrolments: HeldEnrolments;
  /** Places of persons: by guardianships that show, by roles at school, by teaching, by the employee, by the human. */
  readonly guardianships: UidMap;
  readonly resources: UidMap;
  readonly teachings: UidMap;
  readonly employees: UidMap;
  readonly humans: UidMap;
  /** Places of those who are protected: nothing points to them. */
  readonly guarded: Set<number>;
  /** What staff are at a school, in order of weight. */
  readonly positions: Map<number, readonly (PositionKind & { readonly school: number; readonly kind: string })[]>;
  readonly members: MemberTable;
  /** True when the caller has seen that there are guardians. */
  guardiansSeen: boolean;
  /** True when the caller has seen who gets language training. */
  trainingSeen: boolean;
};

const createEnrolments = (): HeldEnrolments => {
  const [persons, ends] = [createUidMap(), createUidMap()];
  const dayOf = createDays();
  return {
    get: (uid) => {
      const person = persons.get(uid);
      return person === undefined ? undefined : { person, end: dayOf(ends.get(uid) ?? 0) };
    },
    set: (uid, { person, end }) => {
      persons.set(uid, person);
      ends.set(uid, numberOfDay(end));
    },
  };
};

/** Begins the reading of an order. */
export const beginState = (
  { schools, schoolYear, today }: Pick<ExportOrder, 'schools' | 'schoolYear' | 'today'>,
  { shapes, pages, tell }: Pick<RosterState, 'shapes' | 'pages' | 'tell'>,
): RosterState => {
  const year = schoolYearOf(schoolYear);
  return {
    shapes,
    pages,
    tell,
    year,
    day: dayWithin(year, today),
    now: { today },
    asked: schools,
    persons: [],
    holders: [],
    schools: new Map(),
    groups: createUidMap(),
    enrolments: createEnrolments(),
    guardianships: createUidMap(),
    resources: createUidMap(),
    teachings: createUidMap(),
    employees: createUidMap(),
    humans: createUidMap(),
    guarded: new Set(),
    positions: new Map(),
    members: createMemberTable(),
    guardiansSeen: false,
    trainingSeen: false,
  };
};

/** True when a period has begun and not ended on a day. */
export const holdsOnDay = (from: RosterDate | undefined, to: RosterDate | undefined, day: RosterDate): boolean =>
  (from === undefined || from <= day) && (to === undefined || to >= day);
