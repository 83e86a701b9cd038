// Random rosters for the tests of formats: small municipalities with everything that a roster may hold, hostile texts among it. All people are made up;
// national ids have the month raised by 80.
import * as fc from 'fast-check';
import type {
  GroupType,
  MemberRole,
  MemberSubrole,
  PersonRole,
  RosterGroup,
  RosterHead,
  RosterHolder,
  RosterMember,
  RosterOwner,
  RosterPeriod,
  RosterPerson,
  RosterSchool,
} from '#formats/roster.ts';

export type Roster = {
  readonly head: RosterHead;
  readonly owner: RosterOwner | null;
  readonly schools: readonly RosterSchool[];
  readonly persons: readonly RosterPerson[];
  readonly groups: readonly RosterGroup[];
  readonly members: readonly { readonly holder: RosterHolder; readonly members: readonly RosterMember[] }[];
};

/** A made-up national id for each number from 0 to 999: born on a day of 2012 to 2014. D-numbers have 40 on the day. */
export const nationalIdOf = (number: number, dNumber = false): string => {
  const day = String((number % 28) + 1 + (dNumber ? 40 : 0)).padStart(2, '0');
  const date = `${day}${(Math.floor(number / 28) % 12) + 81}${14 - (Math.floor(number / 336) % 3)}`;
  // Numbers whose check digits would be ten are nobody's: the next one stands for them.
  for (let individual = 500; ; individual += 1) {
    const digits = `${date}${individual}`;
    const first = checkDigit(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]);
    const second = checkDigit(`${digits}${first}`, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    if (first < 10 && second < 10) return `${digits}${first}${second}`;
  }
};

const checkDigit = (digits: string, weights: readonly number[]): number =>
  (11 - (weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0) % 11)) % 11;

const hostile = [
  'Ola & Kari',
  '<b>Navn</b>',
  '</person></enterprise>',
  '<sourcedid><id>x</id></sourcedid>',
  ']]>',
  '&amp;&#38;',
  '"fnutt" og \'apostrof\'',
  '\u0000\u0001\u0008skjult\u001f',
  '  to  blanke  \n linje \t skift  ',
  'Åse Ærlig Øye',
  '👩‍🏫 lærer 🇳🇴',
  '\ud800 halv',
  'halv \udc00',
  '\ufffe\uffff',
  'a\u2028b\u2029c\u0085d',
  'é e\u0301',
  'x'.repeat(300),
  '😀'.repeat(300),
  `${'y'.repeat(59)} ${'z'.repeat(300)}`,
  '<!DOCTYPE enterprise>',
  '<role roletype="07">',
  '$1 $& \\1',
] as const;

/** Texts such as people and programs write, and such as nobody should. May be '' or hold nothing that can be written. */
export const text: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('Anne', 'Bjørn', 'Nordmann', 'Solbakken skole', '5A', 'Mat og helse', 'Fjell'),
  },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
/** Something to call somebody or something. */
export const named = (fallback: string): fc.Arbitrary<string> => text.map((one) => `${fallback} ${one}`);

const day = fc
  .integer({ min: 0, max: 720 })
  .map((days) => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
const period: fc.Arbitrary<RosterPeriod> = fc
  .tuple(nullable(day), nullable(day))
  .map(([one, other]) =>
    one !== null && other !== null && one > other ? { begin: other, end: one } : { begin: one, end: other },
  );

const email = fc.oneof(fc.constantFrom('kari@fjordvik.example', 'ola.nordmann@skole.fjordvik.example'), text);
const phone = fc.oneof(fc.constantFrom('+47 900 00 000', '90000000', '(55) 12 34 56'), text);
const id = (kind: string, number: number): string => `${kind}-${(number * 2_654_435_761).toString(36)}x${number}`;

const unit = {
  legalName: nullable(text),
  organisationNumber: nullable(fc.constantFrom('310000019', '310000027')),
  domain: nullable(fc.constant('fjordvik.example')),
  email: nullable(email),
  phone: nullable(phone),
  url: nullable(fc.oneof(fc.constant('https://fjordvik.example/?a=1&b=2'), text)),
  address: nullable(
    fc.record({ lines: fc.array(text, { maxLength: 3 }), postalCode: nullable(text), place: nullable(text) }),
  ),
};

const owner: fc.Arbitrary<RosterOwner> = fc.record({
  ...unit,
  uid: fc.constant(1),
  id: fc.constant(id('eier', 1)),
  name: named('Fjordvik'),
  municipalityNumber: nullable(fc.constant('9901')),
});

const school = (number: number, of: RosterOwner | null): fc.Arbitrary<RosterSchool> =>
  fc.record({
    ...unit,
    uid: fc.constant(100 + number),
    id: fc.constant(id('skole', number)),
    name: named(`Skole ${number}`),
    owner: fc.constant(of?.id ?? null),
    shortName: text.map((one) => `S${number}${one}`),
    gsiNumber: nullable(fc.constant('974000000')),
    kinds: fc.subarray(['primary', 'lower-secondary', 'upper-secondary', 'after-school'] as const),
  });

const roles = ['pupil', 'teacher', 'leader', 'staff', 'guardian'] as const satisfies readonly PersonRole[];

const person = (number: number): fc.Arbitrary<RosterPerson> =>
  fc.record({
    uid: fc.constant(1_000 + number),
    id: fc.constant(id('person', number)),
    given: text,
    family: text,
    full: fc.oneof(text, fc.constant('')),
    nationalId: fc.oneof(
      fc.constant(null),
      fc.constant({ value: nationalIdOf(number), kind: 'national' as const }),
      fc.constant({ value: nationalIdOf(number, true), kind: 'd-number' as const }),
      fc.constant({ value: `20${String(number).padStart(10, '0')}`, kind: 'duf' as const }),
    ),
    formerKey: fc.constant(null),
    localId: nullable(fc.constant(`L${number}`)),
    feideName: nullable(
      fc.oneof(fc.constant(`bruker${number}@fjordvik.example`), text, fc.constant(nationalIdOf(number))),
    ),
    userName: nullable(fc.constant(`bruker${number}`)),
    pupilNumber: nullable(fc.constant(`E${number}`)),
    employeeNumber: nullable(fc.constant(`A${number}`)),
    gender: fc.constantFrom('female', 'male', 'unknown'),
    birthDate: nullable(fc.constantFrom('2014-05-14', '1985-11-03')),
    email: nullable(email),
    phones: fc.array(
      fc.record({
        kind: fc.constantFrom('voice' as const, 'mobile' as const),
        of: fc.constantFrom('work' as const, 'private' as const),
        number: phone,
      }),
      { maxLength: 2 },
    ),
    roles: fc.subarray([...roles], { minLength: 1 }),
    title: nullable(text),
    preferredLanguage: nullable(fc.constantFrom('nb' as const, 'nn' as const)),
    nativeLanguages: fc.subarray(['nb', 'so', 'uk']),
    contacts: fc.constant([]),
  });

const groupTypes = [
  'class',
  'teaching',
  'contact',
  'level',
  'guardians',
  'language',
  'composite',
  'pupil-council',
  'parents-council',
  'school-board',
  'school-environment-board',
  'after-school',
] as const satisfies readonly GroupType[];

const group = (number: number, schools: readonly RosterSchool[]): fc.Arbitrary<RosterGroup> =>
  fc.record({
    uid: fc.constant(10_000 + number),
    id: fc.constant(id('gruppe', number)),
    school: fc.constantFrom(...schools.map((one) => one.id)),
    type: fc.constantFrom(...groupTypes),
    shortName: text.map((one) => `${number} ${one}`.slice(0, 60)),
    name: named(`Gruppe ${number}`),
    description: nullable(text),
    period,
    schoolYear: nullable(fc.constant('2026/2027')),
    subjects: fc.subarray([
      { code: 'MAT0005', name: 'Matematikk', levels: [5] },
      { code: 'NOR0214', name: null, levels: [] },
    ]),
    levels: fc.subarray([1, 5, 10]),
  });

const memberRoles = [
  'pupil',
  'teacher',
  'contact-teacher',
  'leader',
  'assistant',
  'administrator',
  'guardian',
  'other',
] as const satisfies readonly MemberRole[];
const memberSubroles = [
  'subject-teacher',
  'substitute',
  'head-teacher',
  'librarian',
] as const satisfies readonly MemberSubrole[];

const member = (persons: readonly RosterPerson[]): fc.Arbitrary<RosterMember> =>
  fc.record({
    person: fc.constantFrom(...persons.map((one) => one.id)),
    role: fc.constantFrom(...memberRoles),
    subrole: nullable(fc.constantFrom(...memberSubroles)),
    active: fc.boolean(),
    period,
    change: fc.constant(null),
  });

const times = <T>(count: number, of: (number: number) => fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.tuple(...Array.from({ length: count }, (_, number) => of(number + 1)));

/** A roster for a full file, as exports give it: whoever is referred to is in it, ids are unique, periods end after they begin. */
export const roster: fc.Arbitrary<Roster> = fc
  .record({
    owner: nullable(owner),
    schools: fc.integer({ min: 1, max: 3 }),
    persons: fc.integer({ min: 1, max: 12 }),
    groups: fc.integer({ min: 0, max: 8 }),
    target: nullable(fc.constant('lms@fjordvik.example')),
  })
  .chain((size) =>
    fc
      .record({
        schools: times(size.schools, (number) => school(number, size.owner)),
        persons: times(size.persons, person).chain((all) => withContacts(all)),
      })
      .chain(({ schools, persons }) =>
        times(size.groups, (number) => group(number, schools)).chain((groups) => {
          const holders: readonly RosterHolder[] = [
            ...schools.map((one) => ({ id: one.id, kind: 'school' as const })),
            ...groups.map((one) => ({ id: one.id, kind: 'group' as const })),
          ];
          return fc
            .tuple(
              ...holders.map((holder) =>
                fc.array(member(persons), { maxLength: 8 }).map((members) => ({ holder, members })),
              ),
            )
            .map((members) => ({
              head: {
                source: 'bindeledd@fjordvik',
                target: size.target,
                type: 'full' as const,
                at: Date.UTC(2026, 7, 20, 1, 0, 0),
                schoolYear: '2026/2027',
              },
              owner: size.owner,
              schools,
              persons,
              groups,
              members,
            }));
        }),
      ),
  );

const withContacts = (persons: readonly RosterPerson[]): fc.Arbitrary<readonly RosterPerson[]> => {
  const guardians = persons.filter(({ roles: all }) => all.includes('guardian'));
  return fc
    .tuple(
      ...persons.map((one) =>
        fc
          .subarray(guardians.filter(({ id: other }) => other !== one.id))
          .chain((chosen) =>
            fc.tuple(
              ...chosen.map(({ id: contact }) =>
                fc.constantFrom('guardian' as const, 'next-of-kin' as const).map((kind) => ({ person: contact, kind })),
              ),
            ),
          ),
      ),
    )
    .map((contacts) => persons.map((one, index) => ({ ...one, contacts: contacts[index] ?? [] })));
};
