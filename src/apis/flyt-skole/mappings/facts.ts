// What lists are filtered by and events are chosen by: small facts of a document as the caller sees it. Never decided by what stands in the store.
// Used by kinds.ts; knows no request.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { CivilNow } from '#mappings/mapping.ts';
import type { FactsMaker } from '#mappings/project.ts';
import {
  civilDateOf,
  holdsOn,
  level,
  periodOf,
  registerStatus,
  schoolYear,
  subjectCode,
} from '#mappings/converters.ts';
import type { GroupType } from './group.ts';
import { guardianshipOf, memberRoleOf, type MemberRole } from './membership.ts';
import { enrolled, guardianshipShows, hasRunOut } from '#mappings/row-tests.ts';

export type Names = { readonly given: string; readonly family: string; readonly words: readonly string[] };

type Dated = { readonly from: string | undefined; readonly to: string | undefined };

export type PupilFacts = {
  readonly names: Names;
  readonly status: string | undefined;
  readonly enrolments: readonly {
    readonly school: number | undefined;
    readonly level: number | undefined;
    readonly year: string | undefined;
    /** Neither ended nor broken off, and begun. */
    readonly current: boolean;
    readonly broken: boolean;
    readonly classes: readonly { readonly uid: number; readonly current: boolean }[];
  }[];
};

export type GuardianFacts = { readonly names: Names; readonly shows: boolean; readonly schools: readonly number[] };

export type EmployeeFacts = {
  readonly names: Names;
  readonly active: boolean;
  /** Schools of positions that are held today; of those without any position, the schools that the source names. */
  readonly schools: readonly number[];
};

export type GroupFacts = {
  readonly type: GroupType;
  readonly kind: string | undefined;
  readonly name: string;
  readonly active: boolean;
  readonly school: number | undefined;
  readonly year: string | undefined;
  readonly subjects: readonly string[];
  /** Those in charge of it, and of a school group those who are members. */
  readonly employees: readonly number[];
};

export type MembershipFacts = {
  readonly type: GroupType | null;
  readonly role: MemberRole | undefined;
  readonly group: number | undefined;
  /** The groups of the child, of a guardian who is no member himself. */
  readonly groups: readonly number[];
  readonly pupil: number | undefined;
  readonly guardian: number | undefined;
  readonly employee: number | undefined;
  readonly school: number | undefined;
  readonly year: string | undefined;
  readonly current: boolean;
};

export type LessonFacts = {
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly school: number | undefined;
  readonly groups: readonly number[];
  readonly employees: readonly number[];
};

/** The groups of somebody, with the time in which they are. */
export type TimetableFacts = { readonly groups: readonly (Dated & { readonly uid: number })[] };

export type SubjectFacts = { readonly years: readonly string[]; readonly schools: readonly number[] };

/** Of an access group held by an employee. */
export type HoldingFacts = {
  readonly employee: number | undefined;
  readonly group: number | undefined;
  readonly school: number | undefined;
  readonly active: boolean;
};

/** What events are chosen by, of every type. */
export type EventFacts = {
  readonly shows: boolean;
  /** Has shown once and ceased to by the date alone, of which no change tells. */
  readonly expired: boolean;
  readonly schools: readonly number[];
  readonly schoolIds: readonly string[];
};

const parts = (node: DocumentNode | undefined, ...steps: readonly string[]): readonly DocumentNode[] => {
  let here: readonly DocumentNode[] = node === undefined ? [] : [node];
  for (const step of steps) here = here.flatMap((one) => one.parts[step] ?? []);
  return here;
};

const first = (node: DocumentNode | undefined, ...steps: readonly string[]): DocumentNode | undefined =>
  parts(node, ...steps)[0];

const uidsOf = (nodes: readonly DocumentNode[]): readonly number[] => [...new Set(nodes.map(({ uid }) => uid))];

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** As names are compared: without regard to case. */
export const folded = (text: string): string => text.normalize('NFC').toLocaleLowerCase('nb');

const namesOf = (person: DocumentNode | undefined): Names => {
  const { fornavn, mellomnavn, etternavn } = (person?.values['navn'] ?? {}) as Readonly<Record<string, unknown>>;
  const [given, middle, family] = [fornavn, mellomnavn, etternavn].map((part) => folded(word(part)));
  return {
    given: given ?? '',
    family: family ?? '',
    words: [given, middle, family].flatMap((part) => (part ?? '').split(/[\s-]+/)).filter((part) => part !== ''),
  };
};

const yearOf = (node: DocumentNode | undefined): string | undefined =>
  schoolYear.apply(first(node, 'skolear')?.values['kode'], { today: '' }, node as DocumentNode) as string | undefined;

const levelOf = (node: DocumentNode | undefined, now: CivilNow): number | undefined =>
  node === undefined ? undefined : (level.apply(node.values['navn'], now, node) as number | undefined);

const holdsNow = (node: DocumentNode, { today }: CivilNow, attribute = 'gyldighetsperiode'): boolean =>
  holdsOn(periodOf(node.values[attribute]), today);

export const pupilFacts: FactsMaker<PupilFacts> = {
  name: 'pupil',
  needs: [
    'person.personstatus',
    'elevforhold.skole',
    'elevforhold.trinn',
    'elevforhold.skolear',
    'elevforhold.klassemedlemskap.klasse.trinn',
  ],
  of: (root, now) => {
    const person = first(root, 'person');
    const status = first(person, 'personstatus');
    return {
      names: namesOf(person),
      status:
        status === undefined
          ? undefined
          : (registerStatus.apply(status.values['kode'], now, status) as string | undefined),
      enrolments: parts(root, 'elevforhold').map((one) => {
        const places = parts(one, 'klassemedlemskap');
        return {
          school: first(one, 'skole')?.uid,
          level: levelOf(first(one, 'trinn') ?? first(places[0], 'klasse', 'trinn'), now),
          year: yearOf(one),
          current: enrolled.holds(one.values, now, one) && holdsNow(one, now),
          broken: (civilDateOf(one.values['avbruddsdato']) ?? now.today) < now.today,
          classes: places.flatMap((place) =>
            parts(place, 'klasse').map(({ uid }) => ({ uid, current: holdsNow(place, now) })),
          ),
        };
      }),
    };
  },
};

const bondsOf = (person: DocumentNode, now: CivilNow): readonly DocumentNode[] =>
  parts(person, 'foresattFor').filter((bond) => guardianshipShows.holds(bond.values, now, bond));

export const guardianFacts: FactsMaker<GuardianFacts> = {
  name: 'guardian',
  needs: ['foresattFor.rettighet', 'foresattFor.barn.elev.elevforhold.skole'],
  of: (root, now) => {
    const bonds = bondsOf(root, now);
    return {
      names: namesOf(root),
      shows: bonds.length > 0,
      schools: uidsOf(
        bonds
          .flatMap((bond) => parts(bond, 'barn', 'elev', 'elevforhold'))
          .filter((one) => enrolled.holds(one.values, now, one))
          .flatMap((one) => parts(one, 'skole')),
      ),
    };
  },
};

export const employeeFacts: FactsMaker<EmployeeFacts> = {
  name: 'employee',
  needs: ['person', 'skoleressurs.skole', 'skoleressurs.skolestilling.skole'],
  of: (root, now) => {
    const positions = parts(root, 'skoleressurs', 'skolestilling');
    return {
      names: namesOf(first(root, 'person')),
      active: holdsNow(root, now, 'ansettelsesperiode'),
      schools: uidsOf(
        positions.length > 0
          ? positions.filter((one) => holdsNow(one, now)).flatMap((one) => parts(one, 'skole'))
          : parts(root, 'skoleressurs', 'skole'),
      ),
    };
  },
};

const staffOf = (type: GroupType): readonly (readonly string[])[] =>
  type === 'sfo-group'
    ? [['skoleressurs', 'personalressurs']]
    : type === 'school-group'
      ? [
          ['skoleressurs', 'personalressurs'],
          ['gruppemedlemskap', 'skoleressurs', 'personalressurs'],
        ]
      : [['undervisningsforhold', 'skoleressurs', 'personalressurs']];

export const groupFacts = (type: GroupType): FactsMaker<GroupFacts> => ({
  name: 'group',
  needs: [
    type === 'sfo-group' ? 'sfo.skole' : 'skole',
    'skolear',
    ...(type === 'school-group' ? ['type'] : []),
    ...(type === 'teaching-group' ? ['fag'] : []),
    ...staffOf(type).map((steps) => steps.join('.')),
  ],
  of: (root, now) => ({
    type,
    kind: type === 'school-group' ? word(first(root, 'type')?.values['kode']) : undefined,
    name: folded(word(root.values['navn'])),
    active: root.values['aktiv'] !== false,
    school: (type === 'sfo-group' ? first(root, 'sfo', 'skole') : first(root, 'skole'))?.uid,
    year: yearOf(root),
    subjects: parts(root, 'fag').flatMap((one) => word(subjectCode.apply(one.values, now, one))),
    employees: uidsOf(staffOf(type).flatMap((steps) => parts(root, ...steps))),
  }),
});

type MembershipPlace = { readonly type: GroupType; readonly group: string; readonly enrolment: readonly string[] };

const membershipPlaces: readonly MembershipPlace[] = [
  { type: 'class', group: 'klasse', enrolment: ['elevforhold'] },
  { type: 'contact-group', group: 'kontaktlarergruppe', enrolment: ['elevforhold'] },
  { type: 'teaching-group', group: 'undervisningsgruppe', enrolment: ['elevforhold'] },
  { type: 'sfo-group', group: 'sfogruppe', enrolment: ['sfoplass', 'elevforhold'] },
  { type: 'school-group', group: 'skolegruppe', enrolment: ['elevforhold'] },
  { type: 'school-group', group: 'skolegruppe', enrolment: ['elevforhold'] },
];

const schoolMembershipIndex = 4;

export const membershipFacts = (index: number): FactsMaker<MembershipFacts> => {
  const { type, group, enrolment } = membershipPlaces[index] ?? { type: 'class', group: 'klasse', enrolment: [] };
  const ofSchool = type === 'sfo-group' ? ['sfo', 'skole'] : ['skole'];
  const anyRole = index === schoolMembershipIndex;
  return {
    name: 'membership',
    needs: [
      [group, ...ofSchool].join('.'),
      `${group}.skolear`,
      [...enrolment, 'elev'].join('.'),
      ...(anyRole ? ['foresattforhold.foresatt', 'foresattforhold.rettighet', 'skoleressurs.personalressurs'] : []),
    ],
    of: (root, now) => {
      const of = first(root, group);
      const bond = anyRole ? guardianshipOf(root, now) : undefined;
      const pupilNode = first(root, ...enrolment, 'elev');
      return {
        type,
        role: anyRole ? memberRoleOf(root, now) : pupilNode === undefined ? undefined : 'pupil',
        group: of?.uid,
        groups: [],
        pupil: pupilNode?.uid,
        guardian: first(bond, 'foresatt')?.uid,
        employee: anyRole ? first(root, 'skoleressurs', 'personalressurs')?.uid : undefined,
        school: first(of, ...ofSchool)?.uid,
        year: yearOf(of),
        current: holdsNow(root, now),
      };
    },
  };
};

const homeGroups = [
  ['klassemedlemskap', 'klasse'],
  ['kontaktlarergruppemedlemskap', 'kontaktlarergruppe'],
  ['undervisningsgruppemedlemskap', 'undervisningsgruppe'],
] as const;

export const guardianOfMemberFacts: FactsMaker<MembershipFacts> = {
  name: 'member-foresatt',
  needs: ['rettighet', 'foresatt', ...homeGroups.map((steps) => `barn.elev.elevforhold.${steps.join('.')}`)],
  of: (root, now) => {
    const shows = guardianshipShows.holds(root.values, now, root);
    const guardianNode = first(root, 'foresatt');
    const enrolments = parts(root, 'barn', 'elev', 'elevforhold');
    return {
      type: null,
      role: shows && guardianNode !== undefined ? 'guardian' : undefined,
      group: undefined,
      groups: uidsOf(
        homeGroups.flatMap(([membership, group]) =>
          enrolments
            .flatMap((one) => parts(one, membership))
            .filter((one) => holdsNow(one, now))
            .flatMap((one) => parts(one, group)),
        ),
      ),
      pupil: undefined,
      guardian: guardianNode?.uid,
      employee: undefined,
      school: undefined,
      year: undefined,
      current: true,
    };
  },
};

const lessonGroups = ['undervisningsgruppe', 'klasse', 'skolegruppe', 'sfogruppe'] as const;

const instantOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

export const lessonFacts: FactsMaker<LessonFacts> = {
  name: 'lesson',
  needs: ['skole', 'undervisningsforhold.skoleressurs.personalressurs', ...lessonGroups],
  of: (root) => {
    const { start, slutt } = (root.values['tidsrom'] ?? {}) as Readonly<Record<string, unknown>>;
    return {
      start: instantOf(start),
      end: instantOf(slutt),
      school: first(root, 'skole')?.uid,
      groups: uidsOf(lessonGroups.flatMap((step) => parts(root, step))),
      employees: uidsOf(parts(root, 'undervisningsforhold', 'skoleressurs', 'personalressurs')),
    };
  },
};

const pupilGroups = [
  ['elevforhold', 'klassemedlemskap', 'klasse'],
  ['elevforhold', 'undervisningsgruppemedlemskap', 'undervisningsgruppe'],
  ['elevforhold', 'skolegruppemedlemskap', 'skolegruppe'],
  ['elevforhold', 'sprakgruppemedlemskap', 'skolegruppe'],
  ['elevforhold', 'sfoplass', 'gruppemedlemskap', 'sfogruppe'],
] as const;

export const timetableFacts: FactsMaker<TimetableFacts> = {
  name: 'timetable',
  needs: pupilGroups.map((steps) => steps.join('.')),
  of: (root) => ({
    groups: pupilGroups.flatMap((steps) =>
      parts(root, ...steps.slice(0, -1)).flatMap((membership) =>
        parts(membership, steps[steps.length - 1] ?? '').map(({ uid }) => ({
          uid,
          ...periodOf(membership.values['gyldighetsperiode']),
        })),
      ),
    ),
  }),
};

export const subjectFacts: FactsMaker<SubjectFacts> = {
  name: 'subject',
  needs: ['skole', 'undervisningsgruppe.skolear'],
  of: (root) => ({
    years: [...new Set(parts(root, 'undervisningsgruppe').flatMap((one) => yearOf(one) ?? []))],
    schools: uidsOf(parts(root, 'skole')),
  }),
};

export const holdingFacts: FactsMaker<HoldingFacts> = {
  name: 'holding',
  needs: ['personalressurs', 'tilgangsgruppe', 'skole'],
  of: (root, now) => ({
    employee: first(root, 'personalressurs')?.uid,
    group: first(root, 'tilgangsgruppe')?.uid,
    school: first(root, 'skole')?.uid,
    active: holdsNow(root, now),
  }),
};

export const positionFacts: FactsMaker<{ readonly employee: number | undefined }> = {
  name: 'position',
  needs: ['skoleressurs.personalressurs'],
  of: (root) => ({ employee: first(root, 'skoleressurs', 'personalressurs')?.uid }),
};

export const nothing: FactsMaker<null> = { name: 'nothing', needs: [], of: () => null };

/** Facts of events from those of lists: whether there is anything to tell, and at which schools. */
const eventFacts = (
  name: string,
  needs: readonly string[],
  schools: (root: DocumentNode, now: CivilNow) => readonly DocumentNode[],
  shows: (root: DocumentNode, now: CivilNow) => boolean = () => true,
  expired: (root: DocumentNode, now: CivilNow) => boolean = () => false,
): FactsMaker<EventFacts> => ({
  name: `event-${name}`,
  needs,
  of: (root, now) => {
    const found = schools(root, now);
    return {
      shows: shows(root, now),
      expired: expired(root, now),
      schools: uidsOf(found),
      schoolIds: [...new Set(found.map(({ id }) => id))],
    };
  },
});

export const pupilEvents = eventFacts('pupil', ['elevforhold.skole'], (root) => parts(root, 'elevforhold', 'skole'));
export const guardianEvents = eventFacts(
  'guardian',
  guardianFacts.needs,
  (root, now) => bondsOf(root, now).flatMap((bond) => parts(bond, 'barn', 'elev', 'elevforhold', 'skole')),
  (root, now) => bondsOf(root, now).length > 0,
  (root, now) => parts(root, 'foresattFor').some((bond) => hasRunOut(bond, now)),
);
export const employeeEvents = eventFacts(
  'employee',
  ['skoleressurs.skole', 'skoleressurs.skolestilling.skole'],
  (root) => [...parts(root, 'skoleressurs', 'skolestilling', 'skole'), ...parts(root, 'skoleressurs', 'skole')],
);
export const groupEvents = (type: GroupType): FactsMaker<EventFacts> =>
  eventFacts('group', [type === 'sfo-group' ? 'sfo.skole' : 'skole'], (root) =>
    type === 'sfo-group' ? parts(root, 'sfo', 'skole') : parts(root, 'skole'),
  );
export const membershipEvents = (index: number): FactsMaker<EventFacts> => {
  const facts = membershipFacts(index);
  const { type, group } = membershipPlaces[index] ?? { type: 'class', group: 'klasse' };
  return eventFacts(
    'membership',
    facts.needs,
    (root) => parts(root, group, ...(type === 'sfo-group' ? ['sfo', 'skole'] : ['skole'])),
    (root, now) => facts.of(root, now).role !== undefined,
    (root, now) => parts(root, 'foresattforhold').some((bond) => hasRunOut(bond, now)),
  );
};
