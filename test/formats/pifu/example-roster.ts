// A small municipality, the one of the sample of PIFU-IMS: two pupils, a teacher, a guardian, a school with a class and a teaching group; and what some
// versions do not know. All invented, national ids synthetic.
import type { RosterGroup, RosterPerson } from '#formats/roster.ts';
import type { Roster } from '../any-roster.ts';
import { memberOf, somebody } from '../example.ts';

export const plainPerson: RosterPerson = { ...somebody(1, 'Ola', 'Prøve'), uid: 1, id: 'p-1' };

const persons: readonly RosterPerson[] = [
  {
    ...plainPerson,
    uid: 2001,
    id: 'p-2001',
    given: 'Kari Prøve',
    family: 'Lærer',
    full: 'Kari Prøve Lærer',
    nationalId: { value: '03918512186', kind: 'national' },
    employeeNumber: '50017',
    feideName: 'kari.laerer@fjordvik.example',
    email: 'kari.laerer@fjordvik.example',
    phones: [{ kind: 'mobile', of: 'work', number: '999 99 999' }],
    roles: ['teacher'],
    title: 'adjunkt',
  },
  { ...plainPerson, uid: 3001, id: 'p-3001', given: 'Siv', family: 'Fjell', full: 'Siv Fjell', roles: ['guardian'] },
  {
    ...plainPerson,
    uid: 1001,
    id: 'p-1001',
    given: 'Ida Testvik',
    family: 'Fjell',
    full: 'Ida Testvik Fjell',
    nationalId: { value: '14851461249', kind: 'national' },
    gender: 'female',
    birthDate: '2014-05-14',
    preferredLanguage: 'nn',
    nativeLanguages: ['so'],
    contacts: [{ person: 'p-3001', kind: 'guardian' }],
  },
  {
    ...plainPerson,
    uid: 1002,
    id: 'p-1002',
    given: 'Omar',
    family: 'Utennummer',
    full: 'Omar Utennummer',
    localId: 'L-2026-0007',
  },
];

const year = { begin: '2026-08-01', end: '2027-07-31' };
const group: Omit<RosterGroup, 'uid' | 'id' | 'type' | 'shortName' | 'name'> = {
  school: 'o-11',
  description: null,
  period: year,
  schoolYear: '2026/2027',
  subjects: [],
  levels: [],
};

export const exampleRoster: Roster = {
  head: {
    source: 'hub@fjordvik.example',
    target: 'lms@fjordvik.example',
    type: 'full',
    at: Date.UTC(2026, 7, 20, 3),
    schoolYear: '2026/2027',
  },
  owner: {
    uid: 1,
    id: 'o-1',
    name: 'Fjordvik kommune',
    legalName: null,
    organisationNumber: '310000019',
    domain: 'fjordvik.example',
    email: 'post@fjordvik.example',
    phone: '22 22 22 22',
    url: 'https://fjordvik.example',
    address: { lines: ['Postboks 1'], postalCode: '9999', place: 'Fjordvik' },
    municipalityNumber: '9999',
  },
  schools: [
    {
      uid: 11,
      id: 'o-11',
      name: 'Solbakken skole',
      legalName: null,
      organisationNumber: '310000027',
      domain: null,
      email: null,
      phone: null,
      url: null,
      address: null,
      owner: 'o-1',
      shortName: 'Solbakken skole',
      gsiNumber: '123456',
      kinds: ['primary', 'after-school'],
    },
  ],
  persons,
  groups: [
    { ...group, uid: 101, id: 'g-5a-2026', type: 'class', shortName: '5A', name: 'Basisgruppe 5A', levels: [5] },
    {
      ...group,
      uid: 102,
      id: 'g-5a-mat-2026',
      type: 'teaching',
      shortName: '5A MAT',
      name: 'Matematikk 5A',
      subjects: [{ code: 'MAT0005', name: 'Matematikk 5. trinn', levels: [5] }],
      levels: [5],
    },
    { ...group, uid: 103, id: 'g-5-2026', type: 'level', shortName: '5. trinn', name: '5. trinn', levels: [5] },
    { ...group, uid: 104, id: 'g-for-2026', type: 'guardians', shortName: 'Foresatte 5A', name: 'Foresatte 5A' },
    { ...group, uid: 105, id: 'g-sfo-2026', type: 'after-school', shortName: 'SFO', name: 'SFO Solbakken' },
    { ...group, uid: 106, id: 'g-val-2026', type: 'teaching', shortName: 'Valgfag', name: 'Valgfag uten kode' },
  ],
  members: [
    {
      holder: { id: 'o-11', kind: 'school' },
      members: [memberOf('p-1001', 'pupil'), memberOf('p-1002', 'pupil'), memberOf('p-2001', 'teacher')],
    },
    {
      holder: { id: 'g-5a-2026', kind: 'group' },
      members: [memberOf('p-1001', 'pupil'), memberOf('p-2001', 'contact-teacher')],
    },
    {
      holder: { id: 'g-5a-mat-2026', kind: 'group' },
      members: [
        memberOf('p-1001', 'pupil'),
        memberOf('p-2001', 'teacher', { subrole: 'subject-teacher' }),
        memberOf('p-1002', 'pupil', { active: false, period: { begin: '2026-08-17', end: '2026-08-19' } }),
      ],
    },
    { holder: { id: 'g-for-2026', kind: 'group' }, members: [memberOf('p-3001', 'guardian')] },
  ],
};
