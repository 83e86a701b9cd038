// A small municipality for goldens and planted mistakes: an owner, two schools, a class and a teaching group, pupils, teachers, a guardian. All invented; national
// ids have the month raised by 80.
import type { RosterGroup, RosterMember, RosterPerson, RosterSchool } from '#formats/roster.ts';
import { nationalIdOf } from './any-roster.ts';
import type { Roster } from './any-roster.ts';

const unit = { legalName: null, domain: null, email: null, phone: null, url: null, address: null } as const;

export const schools: readonly [RosterSchool, RosterSchool] = [
  {
    ...unit,
    uid: 11,
    id: 'o-11',
    name: 'Solbakken skole & SFO',
    legalName: 'Fjordvik kommune Solbakken skole',
    organisationNumber: '310000027',
    email: 'post@solbakken.example',
    url: 'https://solbakken.example/?a=1&b=2',
    owner: 'o-1',
    shortName: 'SOL',
    gsiNumber: '974000000',
    kinds: ['primary', 'after-school'],
  },
  {
    ...unit,
    uid: 12,
    id: 'o-12',
    name: 'Vika skole',
    organisationNumber: null,
    owner: 'o-1',
    shortName: 'VIK',
    gsiNumber: null,
    kinds: [],
  },
];

/** Somebody with a name and nothing else. */
export const somebody = (number: number, given: string, family: string): RosterPerson => ({
  uid: 100 + number,
  id: `p-${100 + number}`,
  given,
  family,
  full: `${given} ${family}`,
  nationalId: null,
  formerKey: null,
  localId: null,
  feideName: null,
  userName: null,
  pupilNumber: null,
  employeeNumber: null,
  gender: 'unknown',
  birthDate: null,
  email: null,
  phones: [],
  roles: ['pupil'],
  title: null,
  preferredLanguage: null,
  nativeLanguages: [],
  contacts: [],
});

export const pupil: RosterPerson = {
  ...somebody(1, 'Ida Testvik', 'Fjell'),
  nationalId: { value: nationalIdOf(1), kind: 'national' },
  feideName: 'ida.fjell@fjordvik.example',
  pupilNumber: '5001',
  gender: 'female',
  birthDate: '2014-05-14',
  email: 'ida.fjell@fjordvik.example',
  preferredLanguage: 'nn',
  contacts: [{ person: 'p-104', kind: 'guardian' }],
};
export const pupilWithoutNumber: RosterPerson = { ...somebody(2, 'Odd', 'Prøvesen'), localId: 'L-77', gender: 'male' };
export const teacher: RosterPerson = {
  ...somebody(3, 'Kari Prøve', 'Lærer'),
  nationalId: { value: nationalIdOf(3, true), kind: 'd-number' },
  userName: 'kari.laerer',
  employeeNumber: 'A3',
  birthDate: '1985-11-03',
  phones: [
    { kind: 'mobile', of: 'work', number: '+47 900 00 000' },
    { kind: 'voice', of: 'work', number: '55 12 34 56' },
  ],
  roles: ['teacher', 'guardian'],
  title: 'Adjunkt',
};
export const guardian: RosterPerson = {
  ...somebody(4, 'Per', 'Fjell'),
  phones: [{ kind: 'mobile', of: 'private', number: '90000001' }],
  roles: ['guardian'],
};

export const classGroup: RosterGroup = {
  uid: 21,
  id: 'g-5a-2026',
  school: 'o-11',
  type: 'class',
  shortName: '5A',
  name: 'Klasse 5A',
  description: null,
  period: { begin: '2026-08-01', end: '2027-07-31' },
  schoolYear: '2026/2027',
  subjects: [],
  levels: [5],
};
export const teachingGroup: RosterGroup = {
  ...classGroup,
  uid: 22,
  id: 'g-5a-mat-2026',
  type: 'teaching',
  shortName: '5A MHE',
  name: 'Mat & helse 5A',
  description: 'Mat & helse, 5A på <Solbakken>',
  subjects: [{ code: 'MHE0005', name: 'Mat og helse', levels: [5] }],
};

export const memberOf = (
  person: string,
  role: RosterMember['role'],
  more: Partial<RosterMember> = {},
): RosterMember => ({
  person,
  role,
  subrole: null,
  active: true,
  period: { begin: null, end: null },
  change: null,
  ...more,
});

export const example: Roster = {
  head: {
    source: 'bindeledd@fjordvik',
    target: 'lms@fjordvik.example',
    type: 'full',
    at: Date.UTC(2026, 7, 20, 1, 0, 0),
    schoolYear: '2026/2027',
  },
  owner: {
    ...unit,
    uid: 1,
    id: 'o-1',
    name: 'Fjordvik kommune',
    organisationNumber: '310000019',
    domain: 'fjordvik.example',
    address: { lines: ['Torget 1', 'Postboks 12'], postalCode: '9999', place: 'Fjordvik' },
    municipalityNumber: '9901',
  },
  schools,
  persons: [teacher, pupil, pupilWithoutNumber, guardian],
  groups: [classGroup, teachingGroup],
  members: [
    {
      holder: { id: 'o-11', kind: 'school' },
      members: [
        memberOf('p-101', 'pupil'),
        memberOf('p-102', 'pupil'),
        memberOf('p-103', 'teacher', { subrole: 'social-teacher' }),
      ],
    },
    {
      holder: { id: 'g-5a-2026', kind: 'group' },
      members: [
        memberOf('p-101', 'pupil', { period: { begin: '2026-08-17', end: null } }),
        memberOf('p-102', 'pupil', { period: { begin: '2026-08-17', end: '2026-10-01' }, active: false }),
        memberOf('p-103', 'contact-teacher'),
      ],
    },
    {
      holder: { id: 'g-5a-mat-2026', kind: 'group' },
      members: [
        memberOf('p-101', 'pupil'),
        memberOf('p-103', 'teacher', {
          subrole: 'subject-teacher',
          period: { begin: '2026-08-17', end: '2027-06-20' },
        }),
      ],
    },
  ],
};
