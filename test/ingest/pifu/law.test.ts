// The law of import: what a roster holds and PIFU-IMS can carry comes out of import(write(roster)) as it went in. Random rosters are written by the
// product's own writer, in each version, and what the entries say is put together again by this file alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { namesNationalId } from '#base/national-id.ts';
import { pifuWriter } from '#formats/pifu/write-pifu.ts';
import type {
  GroupType,
  MemberRole,
  RosterGroup,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterSchool,
} from '#formats/roster.ts';
import { importFile, type Imported, type Resource } from './workbench.ts';

const names = fc.constantFrom('Ida', 'Åse Øyvind', 'O’Hara & Sønn', '<Fjell>', 'Zoë', '李明', '😀', 'a'.repeat(120));
// With a letter before it an id is no random UUID any more, and a few of them are taken for holding a national id: what becomes of those has its own test.
const ids = fc.uuid().filter((id) => !namesNationalId(`p${id}`));
const dates = fc.constantFrom(null, '2026-08-01', '2026-10-15', '2027-01-31');
const periods = fc.tuple(dates, dates).map(([one, other]) => {
  const [begin, end] = one !== null && other !== null && other < one ? [other, one] : [one, other];
  return { begin, end };
});
const nationalIds = ['14851461249', '03918512186', '22828421046'];
const types = [
  'class',
  'teaching',
  'contact',
  'level',
  'composite',
  'pupil-council',
  'school-board',
  'after-school',
  'language',
] as const satisfies readonly GroupType[];
const staffRoles = ['teacher', 'contact-teacher', 'leader', 'assistant', 'administrator'] as const;

type Roster = {
  readonly owner: RosterOwner;
  readonly schools: readonly RosterSchool[];
  readonly persons: readonly RosterPerson[];
  readonly groups: readonly RosterGroup[];
  readonly members: ReadonlyMap<string, readonly RosterMember[]>;
};

const unit = (id: string, name: string) => ({
  uid: 1,
  id,
  name,
  legalName: `${name} lov`,
  organisationNumber: '310000019',
  domain: 'fjord.test',
  email: 'post@fjord.test',
  phone: '+4768050000',
  url: 'https://fjord.test/',
  address: { lines: ['Skogveien 1'], postalCode: '0001', place: 'Fjord' },
});

const person = (
  id: string,
  role: 'pupil' | 'teacher' | 'guardian',
  {
    given,
    family,
    gender,
    number,
  }: { given: string; family: string; gender: RosterPerson['gender']; number: string | null },
): RosterPerson => ({
  uid: 1,
  id,
  given,
  family,
  full: `${given} ${family}`,
  nationalId: number === null ? null : { value: number, kind: 'national' },
  formerKey: null,
  localId: null,
  feideName: role === 'guardian' ? null : `${id.slice(0, 6)}@fjord.test`,
  userName: role === 'guardian' ? null : `u${id.slice(0, 6)}`,
  pupilNumber: role === 'pupil' ? `1${id.slice(0, 4)}` : null,
  employeeNumber: role === 'teacher' ? `2${id.slice(0, 4)}` : null,
  gender,
  birthDate: role === 'guardian' ? null : '2014-05-14',
  email: role === 'guardian' ? null : `${id.slice(0, 6)}@fjord.test`,
  phones: [
    role === 'teacher'
      ? { kind: 'voice', of: 'work', number: '+4768050001' }
      : { kind: 'mobile', of: 'private', number: '+4768050002' },
  ],
  roles: [role],
  title: null,
  preferredLanguage: role === 'pupil' ? 'nn' : null,
  nativeLanguages: role === 'pupil' ? ['pl'] : [],
  contacts: [],
});

const human = fc.record({
  id: ids,
  given: names,
  family: names,
  gender: fc.constantFrom('female' as const, 'male' as const, 'unknown' as const),
});

const rosters: fc.Arbitrary<Roster> = fc
  .record({
    pupils: fc.uniqueArray(human, { minLength: 1, maxLength: 6, selector: ({ id }) => id }),
    staff: fc.uniqueArray(human, { maxLength: 4, selector: ({ id }) => id }),
    guardians: fc.uniqueArray(human, { maxLength: 4, selector: ({ id }) => id }),
    bonds: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
    groups: fc.uniqueArray(
      fc.record({ id: ids, type: fc.constantFrom(...types), name: names, level: fc.integer({ min: 1, max: 10 }) }),
      {
        maxLength: 6,
        selector: ({ id }) => id,
      },
    ),
    seats: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), periods), { maxLength: 30 }),
  })
  .map(({ pupils, staff, guardians, bonds, groups, seats }) => {
    const schools: readonly RosterSchool[] = ['s1', 's2'].map((id) => ({
      ...unit(id, `Skole ${id}`),
      owner: 'o',
      shortName: `Skole ${id}`,
      gsiNumber: '975',
      kinds: ['primary', 'after-school'],
    }));
    const children = pupils.map((one, index) =>
      person(`p${one.id}`, 'pupil', { ...one, number: nationalIds[index] ?? null }),
    );
    const adults = guardians.map((one) => person(`g${one.id}`, 'guardian', { ...one, number: null }));
    const workers = staff.map((one) => person(`e${one.id}`, 'teacher', { ...one, number: null }));
    const contacts = new Map<string, Set<string>>();
    for (const [child, guardian] of adults.length === 0 ? [] : bonds) {
      const of = children[child % children.length]?.id ?? '';
      contacts.set(of, (contacts.get(of) ?? new Set<string>()).add(adults[guardian % adults.length]?.id ?? ''));
    }
    const made: readonly RosterGroup[] = groups.map(({ id, type, name, level }, index) => ({
      uid: 1,
      id: `k${id}`,
      school: index % 2 === 0 ? 's1' : 's2',
      type,
      shortName: `${index} ${name}`.slice(0, 60),
      name: `${index} ${name}`.slice(0, 60),
      description: `Om ${name}`,
      period: { begin: null, end: null },
      schoolYear: '2026/2027',
      subjects: type === 'teaching' ? [{ code: 'MAT0005', name: null, levels: [] }] : [],
      levels: type === 'class' || type === 'level' ? [level] : [],
    }));
    const members = new Map<string, RosterMember[]>();
    const taken = new Set<string>();
    const seat = (holder: string, who: string, role: MemberRole, period: RosterMember['period']): void => {
      if (taken.has(`${holder} ${who} ${role}`)) return;
      taken.add(`${holder} ${who} ${role}`);
      members.set(holder, [
        ...(members.get(holder) ?? []),
        { person: who, role, subrole: null, active: true, period, change: null },
      ]);
    };
    for (const child of children) seat('s1', child.id, 'pupil', { begin: '2026-08-01', end: null });
    for (const [index, worker] of workers.entries())
      seat('s1', worker.id, staffRoles[index % staffRoles.length] ?? 'teacher', { begin: null, end: null });
    for (const [place, who, as, period] of made.length === 0 ? [] : seats) {
      const to = made[place % made.length];
      const worker = workers[who % Math.max(1, workers.length)];
      if (to === undefined) continue;
      if (as % 2 === 0 || worker === undefined) seat(to.id, children[who % children.length]?.id ?? '', 'pupil', period);
      else if (to.type !== 'after-school') seat(to.id, worker.id, 'teacher', { begin: null, end: null });
    }
    return {
      owner: { ...unit('o', 'Fjord kommune'), municipalityNumber: '0301' },
      schools,
      persons: [
        ...children.map((one) => ({
          ...one,
          contacts: [...(contacts.get(one.id) ?? [])].map((to) => ({ person: to, kind: 'guardian' as const })),
        })),
        ...adults,
        ...workers,
      ],
      groups: made,
      members,
    };
  });

/** The delta that tells that all of it is gone. */
const writeGone = (roster: Roster): string => {
  const writer = pifuWriter('pifu-ims-1.3', () => undefined);
  const head = { ...headOf, type: 'delta' } as const;
  return [
    writer.begin(head, roster.owner, roster.schools),
    ...roster.persons.map(({ id }) => writer.gone({ id, formerKey: null })),
    writer.startGroups(new Map([roster.owner, ...roster.schools].map(({ id }) => [id, 'delete'] as const))),
    ...roster.groups.map((one) => writer.group(one, 'delete')),
    ...[...roster.members].map(([id, of]) =>
      writer.members(
        { id, kind: roster.groups.some((one) => one.id === id) ? 'group' : 'school' },
        of.map((one) => ({ ...one, active: false, change: 'delete' as const })),
      ),
    ),
    writer.end(),
  ].join('');
};

const headOf = {
  source: 'bindeledd@fjord',
  target: null,
  type: 'full',
  at: Date.UTC(2026, 9, 1),
  schoolYear: '2026/2027',
} as const;

const write = (roster: Roster, profile: 'pifu-ims-1.1' | 'pifu-ims-1.2' | 'pifu-ims-1.3'): string => {
  const writer = pifuWriter(profile, () => undefined);
  const head = headOf;
  const isWritten = (one: RosterGroup): boolean => writer.refuses.group(one) === null;
  return [
    writer.begin(head, roster.owner, roster.schools),
    ...roster.persons.map((one) => writer.person(one, null)),
    writer.startGroups(null),
    ...roster.groups.filter(isWritten).map((one) => writer.group(one, null)),
    ...[...roster.members].flatMap(([id, of]) => {
      const group = roster.groups.find((one) => one.id === id);
      return group !== undefined && !isWritten(group)
        ? []
        : [writer.members({ id, kind: group === undefined ? 'school' : 'group' }, of)];
    }),
    writer.end(),
  ].join('');
};

// --- What the entries say, as lines ---

const last = (resource: Resource, relation: string): string =>
  decodeURIComponent((resource['_links']?.[relation]?.[0]?.href ?? '').replace(/^.*(?:systemid|fodselsnummer)\//, ''));
const text = (value: unknown): string => (typeof value === 'string' ? value : '-');
const idOf = (resource: Resource, name: string): string =>
  text((resource[name] as { readonly identifikatorverdi?: string } | undefined)?.identifikatorverdi);
const day = (value: unknown): string => text(value).slice(0, 10);
const dated = (resource: Resource): string => {
  const { start, slutt } = (resource['gyldighetsperiode'] ?? {}) as {
    readonly start?: string;
    readonly slutt?: string;
  };
  return `${day(start)}..${day(slutt)}`;
};

const classOf: Readonly<Record<string, string>> = {
  'utdanning/elev/klasse': 'class',
  'utdanning/elev/kontaktlarergruppe': 'contact',
  'utdanning/timeplan/undervisningsgruppe': 'teaching',
  'grunnskole/sfo/sfogruppe': 'after-school',
};
const kindOf: Readonly<Record<string, string>> = {
  TRINN: 'level',
  SAMMENSATT: 'composite',
  ELEVRAD: 'pupil-council',
  SU: 'school-board',
  SPRAK: 'language',
};
const genders: Readonly<Record<string, string>> = { '': 'unknown', 1: 'male', 2: 'female' };
const groupRelations = ['klasse', 'kontaktlarergruppe', 'undervisningsgruppe', 'skolegruppe', 'sfogruppe'] as const;
const groupOf = (resource: Resource): string =>
  groupRelations.map((one) => last(resource, one)).find((one) => one !== '') ?? '';

const linesOf = (read: Imported): readonly string[] => {
  const of = (collection: string): readonly (readonly [string, Resource])[] => [
    ...(read.entries.get(collection) ?? []),
  ];
  const lines: string[] = [];
  const personById = new Map(of('utdanning/elev/person'));
  const tellPerson = (role: string, key: string, who: string, contact: Resource, numbers: readonly string[]): void => {
    const one = personById.get(who);
    assert.ok(one !== undefined, `no person ${who}`);
    const { fornavn, etternavn } = one['navn'] as { readonly fornavn: string; readonly etternavn: string };
    const { epostadresse, telefonnummer, mobiltelefonnummer } = (contact['kontaktinformasjon'] ?? {}) as Record<
      string,
      string
    >;
    const number = one['nummertype'] === 'fodselsnummer' ? who : '-';
    lines.push(
      `${role} ${key} ${fornavn}|${etternavn} ${number} ${genders[last(one, 'kjonn')] ?? '?'} ${day(one['fodselsdato'])} ${text(epostadresse)} ${text(telefonnummer)} ${text(mobiltelefonnummer)} ${last(one, 'malform')} ${last(one, 'morsmal')} ${numbers.join(' ')}`,
    );
  };
  const keyOfPerson = new Map<string, string>();
  for (const [key, one] of of('utdanning/elev/elev')) {
    keyOfPerson.set(last(one, 'person'), key);
    tellPerson('pupil', key, last(one, 'person'), one, [
      idOf(one, 'elevnummer'),
      idOf(one, 'feidenavn'),
      idOf(one, 'brukernavn'),
    ]);
  }
  const resources = new Map(of('utdanning/elev/skoleressurs'));
  for (const [key, one] of of('administrasjon/personal/personalressurs')) {
    keyOfPerson.set(last(one, 'person'), key);
    const feide = resources.get(key);
    tellPerson('teacher', key, last(one, 'person'), one, [
      idOf(one, 'ansattnummer'),
      feide === undefined ? '-' : idOf(feide, 'feidenavn'),
      idOf(one, 'brukernavn'),
    ]);
  }
  for (const [who, one] of personById)
    if (!keyOfPerson.has(who)) tellPerson('guardian', who, who, one, ['-', '-', '-']);
  for (const [, one] of of('grunnskole/foresatt/foresattforhold'))
    lines.push(`contact ${keyOfPerson.get(last(one, 'barn')) ?? ''} ${last(one, 'foresatt')}`);
  for (const [collection, type] of [...Object.entries(classOf), ['grunnskole/gruppe/skolegruppe', ''] as const])
    for (const [key, one] of of(collection)) {
      const school = last(one, 'skole') || last(read.resource('grunnskole/sfo/sfo', last(one, 'sfo')), 'skole');
      const levels = (one['_links']?.['trinn'] ?? []).map(({ href }) => href.replace(/^.*T/, ''));
      const subjects = (one['_links']?.['fag'] ?? []).map(({ href }) => href.slice(-7));
      lines.push(
        `group ${key} ${type || (kindOf[last(one, 'type')] ?? '?')} ${school} ${text(one['navn'])} ${text(one['beskrivelse'])} ${last(one, 'skolear')} ${levels.join()} ${subjects.join()}`,
      );
    }
  for (const [, one] of of('utdanning/elev/elevforhold'))
    // What follows from a group has no words of its own in the file.
    if (one['gyldighetsperiode'] !== undefined)
      lines.push(`member ${last(one, 'skole')} ${last(one, 'elev')} pupil ${dated(one)}`);
  const pupilOf = new Map(of('utdanning/elev/elevforhold').map(([key, one]) => [key, last(one, 'elev')]));
  const placeOf = new Map(of('grunnskole/sfo/sfoplass').map(([key, one]) => [key, last(one, 'elevforhold')]));
  for (const [collection, all] of read.entries)
    if (collection.endsWith('medlemskap'))
      for (const [, one] of all) {
        const enrolment = last(one, 'elevforhold') || (placeOf.get(last(one, 'sfoplass')) ?? '');
        if (enrolment !== '') lines.push(`member ${groupOf(one)} ${pupilOf.get(enrolment)} pupil ${dated(one)}`);
        else lines.push(`member ${groupOf(one)} ${last(one, 'skoleressurs')} staff ${dated(one)}`);
      }
  for (const [, one] of of('utdanning/elev/undervisningsforhold'))
    lines.push(`member ${groupOf(one)} ${last(one, 'skoleressurs')} staff -..-`);
  for (const [, one] of of('grunnskole/stilling/skolestilling'))
    lines.push(`member ${last(one, 'skole')} ${last(one, 'skoleressurs')} staff ${text(one['tittel'])}`);
  for (const [key, one] of [...of('grunnskole/kommune/skoleeier'), ...of('utdanning/utdanningsprogram/skole')]) {
    const contact = one['kontaktinformasjon'] as Record<string, string>;
    lines.push(
      `unit ${key} ${text(one['navn'])} ${text(one['organisasjonsnavn'])} ${idOf(one, 'organisasjonsnummer')} ${text(one['domenenavn'])} ${text(contact['epostadresse'])} ${text(contact['telefonnummer'])} ${text(contact['nettsted'])} ${JSON.stringify(one['postadresse'])} ${text(one['gsiNummer'])} ${last(one, 'kommune')}${last(one, 'skoleeier')}`,
    );
  }
  return lines.sort();
};

// --- What the roster says, as the same lines ---

const titles: Readonly<Record<string, string>> = {
  teacher: 'Lærer',
  'contact-teacher': 'Kontaktlærer',
  leader: 'Skoleledelse',
  assistant: 'Assistent',
  administrator: 'Administrator',
};

const expectedOf = (roster: Roster, version: string): readonly string[] => {
  const groups = roster.groups
    .filter(({ type }) => version !== '1.1' || type !== 'language')
    .filter(({ type }) => version === '1.3' || !newIn13.has(type));
  const knows13 = version === '1.3';
  const lines = roster.persons.map((one) => {
    const [role] = one.roles;
    const [phone] = one.phones;
    const voice = phone?.kind === 'voice' ? phone.number : '-';
    const mobile = phone?.kind === 'mobile' ? phone.number : '-';
    const feide = knows13 ? (one.feideName ?? '-') : '-';
    const login = knows13 ? (one.userName ?? '-') : (one.feideName ?? '-');
    return `${role} ${one.id} ${one.given}|${one.family} ${one.nationalId?.value ?? '-'} ${one.gender} ${one.birthDate ?? '-'} ${one.email ?? '-'} ${voice} ${mobile} ${one.preferredLanguage ?? ''} ${one.nativeLanguages[0] ?? ''} ${one.pupilNumber ?? one.employeeNumber ?? '-'} ${feide} ${login}`;
  });
  for (const one of roster.persons) for (const to of one.contacts) lines.push(`contact ${one.id} ${to.person}`);
  for (const one of groups) {
    // A class has its level by an identifier of 1.3.
    const levels = knows13 || one.type === 'level' ? one.levels : [];
    lines.push(
      `group ${one.id} ${one.type} ${one.school} ${one.shortName} ${one.description} 20262027 ${levels.join()} ${one.subjects.map(({ code }) => code).join()}`,
    );
  }
  for (const [holder, of] of roster.members) {
    const isSchool = roster.schools.some(({ id }) => id === holder);
    if (!isSchool && !groups.some(({ id }) => id === holder)) continue;
    for (const { person: who, role, period } of of)
      lines.push(
        role === 'pupil'
          ? `member ${holder} ${who} pupil ${period.begin ?? '-'}..${period.end ?? '-'}`
          : `member ${holder} ${who} staff ${isSchool ? (titles[role] ?? '?') : '-..-'}`,
      );
  }
  for (const one of [roster.owner, ...roster.schools])
    lines.push(
      `unit ${one.id} ${one.name} ${one.legalName} ${one.organisationNumber} ${one.domain} ${one.email} ${one.phone} ${one.url} ${JSON.stringify({ adresselinje: one.address?.lines, postnummer: one.address?.postalCode, poststed: one.address?.place })} ${'gsiNumber' in one && version !== '1.1' ? one.gsiNumber : '-'} ${'municipalityNumber' in one ? one.municipalityNumber : 'o'}`,
    );
  return lines.sort();
};
const newIn13: ReadonlySet<GroupType> = new Set([
  'composite',
  'pupil-council',
  'parents-council',
  'school-board',
  'school-environment-board',
  'after-school',
]);

for (const version of ['1.3', '1.2', '1.1'] as const)
  test(`what a roster holds comes out of a file of ${version} as it went in`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(rosters, async (roster) => {
        const read = await importFile(write(roster, `pifu-ims-${version}`));
        assert.deepEqual(
          read.findings.filter(({ severity }) => severity === 'kept-back'),
          [],
        );
        assert.deepEqual(linesOf(read), expectedOf(roster, version));
      }),
      { numRuns: 60 },
    );
  });

/** What a file cannot take away alone: it follows from others, or is about persons whom a delta does not name. */
const followed = new Set([
  'utdanning/elev/person',
  'administrasjon/personal/person',
  'grunnskole/foresatt/foresattforhold',
  'grunnskole/sfo/sfo',
  'grunnskole/sfo/sfoplass',
  'utdanning/timeplan/fag',
]);

test('what a full file has brought, a delta that tells that it is gone takes away', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(rosters, async (roster) => {
      const full = await importFile(write(roster, 'pifu-ims-1.3'));
      const gone = await importFile(writeGone(roster), { known: full.file.groups });
      assert.deepEqual(gone.findings, []);
      assert.equal(gone.count, 0);
      const removed = new Set(gone.removed.map((one) => one.join(' ')));
      const at = new Set((roster.members.get('s1') ?? []).map((one) => `${one.person}_s1`));
      for (const [collection, all] of full.entries)
        for (const [identifier] of followed.has(collection) ? [] : all)
          if (collection !== 'utdanning/elev/elevforhold' || at.has(identifier))
            assert.ok(removed.has(`${collection} ${identifier}`), `${collection} ${identifier} stays`);
      assert.deepEqual(gone.file.groups, []);
    }),
    { numRuns: 60 },
  );
});
