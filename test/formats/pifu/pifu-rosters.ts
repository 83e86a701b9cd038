// Rosters by chance for the tests of PIFU-IMS: every reference leads somewhere, and everything else is as odd as sources are. `tame` ones hold only what
// the format carries as it is, so that what a consumer reads can be compared.
import * as fc from 'fast-check';
import type {
  GroupType,
  MemberRole,
  MemberSubrole,
  RosterGroup,
  RosterHolder,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterSchool,
} from '#formats/roster.ts';
import type { Roster } from '../any-roster.ts';

/** Synthetic, all of them: month + 80. */
const nationalIds = ['14851461249', '03918512186', '22828421046'] as const;
const letters = [...'abcåøæÅØ ÉñŁ-\'"&<>😀]7'] as const;

const tameText = (most: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...letters), { minLength: 1, maxLength: most })
    .map((parts) => parts.join('').replaceAll(/\s+/g, ' ').trim())
    .map((text) => (text === '' ? 'x' : text));

const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0007b',
  '\ud83d',
  'x'.repeat(300),
  '😀'.repeat(300),
  ' a  b\n\tc\r ',
  ']]>&<"',
  '\u2028',
] as const;

const texts = (tame: boolean, most: number): fc.Arbitrary<string> =>
  tame
    ? tameText(most)
    : fc.oneof(
        { weight: 3, arbitrary: tameText(most) },
        fc.constantFrom(...oddTexts),
        fc.string({ unit: 'binary', maxLength: 80 }),
      );

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 3 });
const either = (tame: boolean, good: readonly string[], odd: readonly string[]): fc.Arbitrary<string> =>
  tame ? fc.constantFrom(...good) : fc.oneof(fc.constantFrom(...good, ...odd), texts(false, 20));

const dates = (tame: boolean): fc.Arbitrary<string> => {
  const days = fc
    .integer({ min: -10_000, max: 25_000 })
    .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  return tame ? days : fc.oneof(days, fc.constantFrom('2026-02-30', '0000-00-00', '14.05.2014', ''));
};

const periods = (tame: boolean): fc.Arbitrary<RosterMember['period']> =>
  fc
    .record({ begin: maybe(dates(tame)), end: maybe(dates(tame)) })
    .map(({ begin, end }) =>
      tame && begin !== null && end !== null && end < begin ? { begin: end, end: begin } : { begin, end },
    );

const emails = (tame: boolean): fc.Arbitrary<string> =>
  either(
    tame,
    ['kari.laerer@fjordvik.example', "o'hara+x@a-b.example"],
    ['a@b', '', 'a b@c.no', '@', 'å@bø.no', 'a@b..no', '14851461249@x.no'],
  );
const phones = (tame: boolean): fc.Arbitrary<string> =>
  either(
    tame,
    ['+4799999999', '+4722222222', '+46701234567'],
    ['99 99 99 99', '0047 22222222', '4722222222', '12', 'ring meg', '+47 1', '(+47) 99-99-99-99', ''],
  );
const urls = (tame: boolean): fc.Arbitrary<string> =>
  tame
    ? either(tame, ['https://skole.fjordvik.example', 'http://a.example:8080/b?c=d&e=f#g'], [])
    : fc.oneof(
        either(tame, ['https://skole.fjordvik.example'], ['www.skole.example', 'https://å.example', 'http://x y']),
        either(tame, ['https://[::1]/', 'http://a/%zz', 'ftp://a', 'http://a:99999/'], []),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
      );

const id = (kind: string, at: number): string => `${kind}-${at}-7b1f2c3d`;

const units = (tame: boolean) => ({
  name: texts(tame, 50),
  legalName: maybe(texts(tame, 50)),
  organisationNumber: fc.constantFrom('310000019', '310000027', ...(tame ? [] : [null, '', 'NO310000019'])),
  domain: maybe(texts(tame, 30)),
  email: maybe(emails(tame)),
  phone: maybe(phones(tame)),
  url: maybe(urls(tame)),
  address: maybe(
    fc.record({
      lines: fc.array(texts(tame, 40), { maxLength: tame ? 3 : 5 }),
      postalCode: maybe(fc.constantFrom('0150', '9999')),
      place: maybe(texts(tame, 20)),
    }),
  ),
});

const owners = (tame: boolean): fc.Arbitrary<RosterOwner> =>
  fc
    .record({ ...units(tame), municipalityNumber: maybe(fc.constantFrom('0301', '4601')) })
    .map((owner) => ({ ...owner, uid: 1, id: id('o', 0) }));

const schoolKinds = ['primary', 'lower-secondary', 'upper-secondary', 'after-school'] as const;

const schoolsOf = (tame: boolean, owned: boolean): fc.Arbitrary<readonly RosterSchool[]> =>
  fc
    .array(
      fc.record({
        ...units(tame),
        gsiNumber: maybe(fc.constantFrom('123456', '7')),
        kinds: fc.uniqueArray(fc.constantFrom(...schoolKinds), { maxLength: 3 }),
        short: texts(tame, 40),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((schools) =>
      schools.map(({ short, ...school }, at) => ({
        ...school,
        uid: 10 + at,
        id: id('s', at),
        owner: owned ? id('o', 0) : null,
        // The number keeps them apart; a blank one stays blank.
        shortName: short.trim() === '' ? '' : `${at} ${short}`,
      })),
    );

const groupTypes: readonly GroupType[] = [
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
];
const codes = ['MAT0005', 'NOR0214', 'NAT0010'] as const;

const groupsOf = (tame: boolean, schools: readonly RosterSchool[]): fc.Arbitrary<readonly RosterGroup[]> =>
  fc
    .array(
      fc.record({
        school: fc.constantFrom(...schools.map((school) => school.id)),
        type: fc.constantFrom(...groupTypes),
        short: texts(tame, 40),
        name: texts(tame, 50),
        description: maybe(texts(tame, 100)),
        period: periods(tame),
        schoolYear: maybe(fc.constantFrom('2026/2027', ...(tame ? [] : ['26/27']))),
        subjects: fc.array(
          fc.record({
            code: fc.constantFrom(...codes, ...(tame ? [] : ['', 'KROPP', 'mat0005'])),
            name: maybe(texts(tame, 20)),
            levels: fc.constant([]),
          }),
          { minLength: tame ? 1 : 0, maxLength: 2 },
        ),
        levels: fc.uniqueArray(fc.integer({ min: tame ? 1 : 0, max: 10 }), { maxLength: 3 }),
      }),
      { maxLength: 8 },
    )
    .map((groups) =>
      groups.map(({ short, ...group }, at) => ({
        ...group,
        uid: 100 + at,
        id: id('g', at),
        shortName: `${at} ${short}`.trim(),
      })),
    );

const personsOf = (tame: boolean): fc.Arbitrary<readonly RosterPerson[]> =>
  fc
    .array(
      fc.record({
        given: texts(tame, 40),
        family: texts(tame, 40),
        full: texts(tame, 60),
        number: maybe(fc.constantFrom(...nationalIds)),
        localId: maybe(fc.constantFrom('140514000007', ...(tame ? [] : ['14851461249', '']))),
        feideName: maybe(fc.constantFrom('kari@fjordvik.example', ...(tame ? [] : ['14851461249']))),
        userName: maybe(tame ? fc.constant('kari') : texts(false, 20)),
        pupilNumber: maybe(fc.constantFrom('1001', ...(tame ? [] : ['14851461249', '']))),
        employeeNumber: maybe(fc.constant('50017')),
        gender: fc.constantFrom('female' as const, 'male' as const, 'unknown' as const),
        birthDate: maybe(dates(tame)),
        email: maybe(emails(tame)),
        phones: fc.array(
          fc.record({
            kind: fc.constantFrom('voice' as const, 'mobile' as const),
            of: fc.constantFrom('work' as const, 'private' as const),
            number: phones(tame),
          }),
          { maxLength: 2 },
        ),
        roles: fc.uniqueArray(
          fc.constantFrom('pupil' as const, 'teacher' as const, 'staff' as const, 'guardian' as const),
          { minLength: 1, maxLength: 2 },
        ),
        title: maybe(texts(tame, 20)),
        preferredLanguage: maybe(fc.constantFrom('nb' as const, 'nn' as const)),
        nativeLanguages: fc.uniqueArray(fc.constantFrom('so', 'nob', ...(tame ? [] : ['', 'sørsamisk'])), {
          maxLength: 2,
        }),
        contacts: fc.array(
          fc.record({ to: fc.nat(50), kind: fc.constantFrom('guardian' as const, 'next-of-kin' as const) }),
          { maxLength: 2 },
        ),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((persons) =>
      persons.map(({ number, contacts, ...person }, at) => ({
        ...person,
        uid: 1_000 + at,
        id: id('p', at),
        nationalId: number === null ? null : { value: number, kind: 'national' as const },
        formerKey: null,
        contacts: contacts
          .map(({ to, kind }) => ({ person: id('p', to % persons.length), kind }))
          .filter((contact) => contact.person !== id('p', at)),
      })),
    );

const memberRoles: readonly MemberRole[] = [
  'pupil',
  'teacher',
  'contact-teacher',
  'leader',
  'assistant',
  'administrator',
  'guardian',
  'other',
];
const subroles: readonly MemberSubrole[] = [
  'subject-teacher',
  'substitute',
  'adviser',
  'head-teacher',
  'it-manager',
  'guardian-representative',
];

const membersOf = (tame: boolean, persons: number): fc.Arbitrary<readonly RosterMember[]> =>
  fc
    .array(
      fc.record({
        at: fc.nat(persons - 1),
        role: fc.constantFrom(...memberRoles),
        subrole: maybe(fc.constantFrom(...subroles)),
        active: fc.boolean(),
        period: periods(tame),
      }),
      { minLength: 1, maxLength: 10 },
    )
    .map((members) => members.map(({ at, ...member }) => ({ ...member, person: id('p', at), change: null })));

/** A whole municipality in small. */
export const municipalities = ({ tame }: { readonly tame: boolean }): fc.Arbitrary<Roster> =>
  fc.boolean().chain((owned) =>
    fc
      .tuple(owners(tame), schoolsOf(tame, owned), personsOf(tame), maybe(tameText(20)))
      .chain(([owner, schools, persons, target]) =>
        groupsOf(tame, schools).chain((groups) => {
          const holders: readonly RosterHolder[] = [
            ...schools.map((school) => ({ id: school.id, kind: 'school' as const })),
            ...groups.map((group) => ({ id: group.id, kind: 'group' as const })),
          ];
          return fc
            .tuple(...holders.map((holder) => membersOf(tame, persons.length).map((members) => ({ holder, members }))))
            .map((members) => ({
              head: {
                source: 'hub@fjordvik.example',
                target,
                type: 'full' as const,
                at: Date.UTC(2026, 7, 20, 3),
                schoolYear: '2026/2027',
              },
              owner: owned ? owner : null,
              schools,
              persons,
              groups,
              members,
            }));
        }),
      ),
  );
