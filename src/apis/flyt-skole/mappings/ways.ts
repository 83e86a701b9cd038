// By which relations the types of the API lead to what their lists are filtered by: schools, classes, levels, groups, employees. What is found so is
// never less than what matches; facts decide (kinds.ts). Used by the operations that read.
import type { Narrow } from '#hub/documents/document.ts';
import { anyOf, rows, texts, through } from '#mappings/narrowing.ts';
import { groupTypes, type GroupType } from './group.ts';

/** Where a national id is looked up, from a pupil or an employee. */
export const byNationalId = { through: ['person'], field: 'fodselsnummer' } as const;

export const personOf = ['person'] as const;

export const pupilsAtSchool = (school: number): Narrow => through(['elevforhold', 'skole'], rows(school));

export const pupilsInClass = (uid: number): Narrow => through(['elevforhold', 'klassemedlemskap', 'klasse'], rows(uid));

/** Levels are found by what they are called; which number that is decides the document. */
export const pupilsOnLevel = (level: number): Narrow => {
  const called = texts(['navn'], 'contains', String(level));
  return anyOf(
    through(['elevforhold', 'trinn'], called),
    through(['elevforhold', 'klassemedlemskap', 'klasse', 'trinn'], called),
  );
};

/** Standings that pupils are asked for by, with the codes that mean them (registerStatus of converters.ts). */
export const standings = { moved: ['UTFLYTTET'], deceased: ['DOD', 'DØD'] } as const;

export const pupilsWhoHave = (standing: keyof typeof standings): Narrow =>
  through(['person', 'personstatus'], texts(['kode'], 'eq', ...standings[standing]));

/** Everybody of the collection who is in a guardianship at all. */
export const inGuardianship: Narrow = { kind: 'where', filter: { kind: 'has-link', relation: 'foresattFor' } };

export const guardiansAtSchool = (school: number): Narrow =>
  through(['foresattFor', 'barn', 'elev', 'elevforhold', 'skole'], rows(school));

export const employeesAtSchool = (school: number): Narrow =>
  anyOf(
    through(['skoleressurs', 'skolestilling', 'skole'], rows(school)),
    through(['skoleressurs', 'skole'], rows(school)),
  );

export const holdingsOf = (employee: number, group: number): readonly Narrow[] => [
  through(['personalressurs'], rows(employee)),
  through(['tilgangsgruppe'], rows(group)),
];

export const groupsOfSchool = (type: GroupType, school: number): Narrow =>
  through(type === 'sfo-group' ? ['sfo', 'skole'] : ['skole'], rows(school));

/** Groups of a school year, `2026/2027`. */
export const groupsOfYear = (year: string): Narrow =>
  through(['skolear'], texts(['kode'], 'eq', year.replace('/', '')));

const taught = ['undervisningsforhold', 'skoleressurs', 'personalressurs'];

/** Groups of a type that an employee is in charge of, or in. */
export const groupsOfEmployee = (type: GroupType, employee: number): Narrow => {
  switch (type) {
    case 'sfo-group':
      return through(['skoleressurs', 'personalressurs'], rows(employee));
    case 'school-group':
      return anyOf(
        through(['skoleressurs', 'personalressurs'], rows(employee)),
        through(['gruppemedlemskap', 'skoleressurs', 'personalressurs'], rows(employee)),
      );
    default:
      return through(taught, rows(employee));
  }
};

const homeGroups = {
  class: ['klassemedlemskap', 'klasse'],
  'contact-group': ['kontaktlarergruppemedlemskap', 'kontaktlarergruppe'],
  'teaching-group': ['undervisningsgruppemedlemskap', 'undervisningsgruppe'],
} as const;

/** Guardianships of the pupils of a group; null for types whose members are told by memberships alone. */
export const guardiansOfGroup = (type: GroupType, group: number): Narrow | null =>
  type === 'class' || type === 'contact-group' || type === 'teaching-group'
    ? through(['barn', 'elev', 'elevforhold', ...homeGroups[type]], rows(group))
    : null;

export const subjectsAtSchool = (school: number): Narrow => through(['skole'], rows(school));

const lessonGroups: Readonly<Record<GroupType, string | null>> = {
  class: 'klasse',
  'contact-group': null,
  'teaching-group': 'undervisningsgruppe',
  'sfo-group': 'sfogruppe',
  'school-group': 'skolegruppe',
};

export const lessonsOfGroups = (uids: readonly number[]): Narrow =>
  anyOf(
    ...groupTypes.flatMap((type) => {
      const relation = lessonGroups[type];
      return relation === null ? [] : [through([relation], rows(...uids))];
    }),
  );

export const lessonsOfSchool = (school: number): Narrow => through(['skole'], rows(school));

export const lessonsOfEmployee = (employee: number): Narrow => through(taught, rows(employee));

/** Lessons of the weeks, `2026-W45`. */
export const lessonsInWeeks = (weeks: readonly string[]): Narrow => texts(['uke'], 'eq', ...weeks);

/** What is followed of a pupil beside what is always shown. */
export const followedIncludes: ReadonlySet<string> = new Set(['guardians', 'sfo']);
