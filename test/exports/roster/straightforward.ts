// What a roster of the sandbox should hold, computed from the sandbox's own entries in the most straightforward way: no hub, no documents, no mappings.
// Everything is named by the keys of the source, so that nothing of what is tested is used to compare it.
import assert from 'node:assert/strict';
import type { SandboxCollection } from '#sandbox/collection.ts';

type Resource = Readonly<Record<string, unknown>>;
type Entry = { readonly path: string; readonly key: string; readonly resource: Resource };

export type Asked = {
  readonly day: string;
  readonly schoolYear: string;
  /** System ids; null = all. */
  readonly schools: readonly string[] | null;
  readonly guardians: boolean;
  readonly training: boolean;
};

export type Expected = {
  /** `path key`, with roles and contacts. */
  readonly persons: ReadonlyMap<string, { readonly roles: readonly string[]; readonly contacts: readonly string[] }>;
  /** `path key`, with type, school and name. */
  readonly groups: ReadonlyMap<string, string>;
  /** One line each: holder, person, role, subrole, active, begin, end. */
  readonly members: readonly string[];
};

const object = (value: unknown): Resource => (typeof value === 'object' && value !== null ? (value as Resource) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const dayOf = (value: unknown): string | undefined => (text(value) === '' ? undefined : text(value).slice(0, 10));

const paths = {
  pupil: 'utdanning/elev/elev',
  enrolment: 'utdanning/elev/elevforhold',
  person: 'utdanning/elev/person',
  staffPerson: 'administrasjon/personal/person',
  employee: 'administrasjon/personal/personalressurs',
  resource: 'utdanning/elev/skoleressurs',
  position: 'grunnskole/stilling/skolestilling',
  teaching: 'utdanning/elev/undervisningsforhold',
  guardianship: 'grunnskole/foresatt/foresattforhold',
  school: 'utdanning/utdanningsprogram/skole',
  level: 'utdanning/utdanningsprogram/arstrinn',
  year: 'utdanning/kodeverk/skolear',
  class: 'utdanning/elev/klasse',
  contact: 'utdanning/elev/kontaktlarergruppe',
  teachingGroup: 'utdanning/timeplan/undervisningsgruppe',
  sfo: 'grunnskole/sfo/sfo',
  sfoGroup: 'grunnskole/sfo/sfogruppe',
  sfoPlace: 'grunnskole/sfo/sfoplass',
  schoolGroup: 'grunnskole/gruppe/skolegruppe',
} as const;

const kinds: Readonly<Record<string, string>> = {
  REKTOR: 'leader head-teacher',
  INSPEKTOR: 'leader deputy-head',
  LAERER: 'teacher -',
  RADGIVER: 'other adviser',
  SFOLEDER: 'leader -',
  SFOANSATT: 'assistant -',
  KONTOR: 'other clerk',
};

const groupTypes: Readonly<Record<string, string>> = {
  TRINN: 'level',
  FORESATTE: 'guardians',
  SPRAK: 'language',
  SAMMENSATT: 'composite',
  ELEVRAD: 'pupil-council',
  FAU: 'parents-council',
  SU: 'school-board',
  SMU: 'school-environment-board',
};

/** The entries, and what they link to by the relation and the collection that it leads to. */
const sourceOf = (collections: Iterable<SandboxCollection>) => {
  const all = new Map<string, Entry[]>();
  const byIdentifier = new Map<string, Entry>();
  for (const { collection, entries } of collections) {
    const list: Entry[] = [];
    all.set(collection, list);
    for (const { identifier, resource } of entries()) {
      const entry = { path: collection, key: identifier, resource };
      list.push(entry);
      for (const [name, value] of Object.entries(resource)) {
        const known = text(object(value)['identifikatorverdi']);
        if (known !== '') byIdentifier.set(`${collection} ${name.toLowerCase()} ${known}`, entry);
      }
    }
  }
  const linked = ({ resource }: Entry, relation: string, to: string): readonly Entry[] =>
    ((object(resource['_links'])[relation] ?? []) as readonly { readonly href: string }[]).map(({ href }) => {
      const [value = '', field = ''] = href.split('/').toReversed();
      const found = byIdentifier.get(`${to} ${field.toLowerCase()} ${value}`);
      assert.ok(found !== undefined, `${relation} leads to no ${to} ${field} ${value}`);
      return found;
    });
  const inverse = (path: string, relation: string, to: string): ReadonlyMap<Entry, readonly Entry[]> => {
    const found = new Map<Entry, Entry[]>();
    for (const entry of all.get(path) ?? [])
      for (const target of linked(entry, relation, to)) found.set(target, [...(found.get(target) ?? []), entry]);
    return found;
  };
  return { of: (path: string): readonly Entry[] => all.get(path) ?? [], linked, inverse };
};

const named = ({ path, key }: Entry): string => `${path} ${key}`;

export const expectedRoster = (collections: Iterable<SandboxCollection>, asked: Asked): Expected => {
  const source = sourceOf(collections);
  const { of, inverse } = source;
  const { day, schoolYear } = asked;
  const [yearFirst, yearLast] = [`${schoolYear.slice(0, 4)}-08-01`, `${schoolYear.slice(5)}-07-31`];
  const first = (entry: Entry, relation: string, to: string): Entry | undefined =>
    source.linked(entry, relation, to)[0];
  const codes = (entry: Entry, relation: string, list: string): readonly string[] =>
    source.linked(entry, relation, list).map(({ resource }) => text(resource['kode']));
  const period = ({ resource }: Entry, name = 'gyldighetsperiode') => {
    const { start, slutt } = object(resource[name]);
    return { from: dayOf(start), to: dayOf(slutt) };
  };
  const holds = ({ from, to }: { readonly from: string | undefined; readonly to: string | undefined }): boolean =>
    (from ?? day) <= day && (to ?? day) >= day;
  const isMarked = ({ resource }: Entry): boolean => resource['adressebeskyttelse'] !== 'ugradert';
  const isOpen = (entry: Entry | undefined): entry is Entry => entry !== undefined && !isMarked(entry);
  const schoolOf = (entry: Entry): Entry | undefined => first(entry, 'skole', paths.school);
  const isChosen = (school: Entry | undefined): boolean =>
    school !== undefined && (asked.schools === null || asked.schools.includes(school.key));
  const isOfYear = (entry: Entry): boolean => codes(entry, 'skolear', paths.year).includes(schoolYear.replace('/', ''));

  const members = new Map<string, string>();
  const place = (
    holder: Entry,
    person: Entry,
    what: string,
    active = true,
    begin?: string | undefined,
    end?: string | undefined,
  ): void => {
    const same = `${named(holder)} | ${named(person)} | ${what}`;
    const known = members.get(same);
    if (known !== undefined && !active) return;
    members.set(same, `${same} | ${active} | ${begin ?? '-'} | ${end ?? '-'}`);
  };

  // Employees.
  const persons = new Map<string, { roles: string[]; contacts: string[] }>();
  const staffOfRole = new Map<Entry, Entry>();
  const staffOfHuman = new Map<Entry, Entry>();
  const positionsOf = inverse(paths.position, 'skoleressurs', paths.resource);
  const roleAt = new Map<string, string>();
  for (const resource of of(paths.resource)) {
    const employee = first(resource, 'personalressurs', paths.employee);
    const human = first(resource, 'person', paths.person);
    if (employee === undefined || !isOpen(first(employee, 'person', paths.staffPerson)) || !isOpen(human)) continue;
    if (!holds(period(employee, 'ansettelsesperiode'))) continue;
    const held = (positionsOf.get(resource) ?? []).filter((one) => holds(period(one)) && isChosen(schoolOf(one)));
    if (held.length === 0) continue;
    staffOfRole.set(resource, employee);
    staffOfHuman.set(human, employee);
    const roles = new Set<string>();
    const byWeight = held.toSorted(
      (one, other) => Number(other.resource['hovedstilling'] === true) - Number(one.resource['hovedstilling'] === true),
    );
    for (const position of byWeight) {
      const [kind = ''] = codes(position, 'stillingstype', 'grunnskole/kodeverk/stillingstype');
      const what = kinds[kind] ?? 'other -';
      const [role = ''] = what.split(' ');
      roles.add(role === 'leader' || role === 'teacher' ? role : 'staff');
      const school = schoolOf(position);
      if (school === undefined) continue;
      const { from, to } = period(position);
      place(school, employee, what.replace(' ', ' | '), true, from, to);
      const at = `${employee.key} ${school.key}`;
      if (!roleAt.has(at)) roleAt.set(at, what);
      if (kind.startsWith('SFO')) roleAt.set(`${at} sfo`, what);
    }
    persons.set(named(employee), { roles: [...roles], contacts: [] });
  }

  // Pupils.
  const enrolmentsOf = inverse(paths.enrolment, 'elev', paths.pupil);
  const endOf = (enrolment: Entry): string | undefined => {
    const [to, broken] = [period(enrolment).to, dayOf(enrolment.resource['avbruddsdato'])];
    return to === undefined || broken === undefined ? (to ?? broken) : to < broken ? to : broken;
  };
  const pupilOfEnrolment = new Map<Entry, Entry>();
  const pupilOfPerson = new Map<Entry, Entry>();
  for (const pupil of of(paths.pupil)) {
    const person = first(pupil, 'person', paths.person);
    if (!isOpen(person)) continue;
    if (codes(person, 'personstatus', 'grunnskole/kodeverk/personstatus').some((code) => code !== 'BOSATT')) continue;
    const enrolments = enrolmentsOf.get(pupil) ?? [];
    const isHere = (one: Entry): boolean =>
      isOfYear(one) && isChosen(schoolOf(one)) && holds({ from: period(one).from, to: endOf(one) });
    if (!enrolments.some(isHere)) continue;
    pupilOfPerson.set(person, pupil);
    persons.set(named(pupil), { roles: ['pupil'], contacts: [] });
    for (const enrolment of enrolments) {
      pupilOfEnrolment.set(enrolment, pupil);
      const school = schoolOf(enrolment);
      if (school === undefined || !isOfYear(enrolment) || !isChosen(school)) continue;
      const [from, to] = [period(enrolment).from, endOf(enrolment)];
      place(school, pupil, 'pupil | -', holds({ from, to }), from, to);
    }
  }

  // Guardians.
  const guardianOfBond = new Map<Entry, Entry>();
  const bonds = of(paths.guardianship).toSorted(
    (one, other) => Number(one.resource['kontaktrekkefolge'] ?? 99) - Number(other.resource['kontaktrekkefolge'] ?? 99),
  );
  for (const bond of asked.guardians ? bonds : []) {
    const [child, guardian] = [first(bond, 'barn', paths.person), first(bond, 'foresatt', paths.person)];
    const pupil = child === undefined ? undefined : pupilOfPerson.get(child);
    if (pupil === undefined || !isOpen(guardian) || !isOpen(child) || bond.resource['sperret'] === true) continue;
    if (!holds(period(bond)) || codes(bond, 'rettighet', 'grunnskole/kodeverk/foresattrettighet').length === 0)
      continue;
    const who = staffOfHuman.get(guardian) ?? guardian;
    guardianOfBond.set(bond, who);
    const known = persons.get(named(who)) ?? { roles: [], contacts: [] };
    if (!known.roles.includes('guardian')) known.roles.push('guardian');
    persons.set(named(who), known);
    persons.get(named(pupil))?.contacts.push(named(who));
  }

  // Groups, and who has them.
  const groups = new Map<string, string>();
  const kept = new Map<Entry, { readonly type: string; readonly school: Entry }>();
  const keep = (group: Entry, type: string, school: Entry | undefined): boolean => {
    if (school === undefined || !isChosen(school) || !isOfYear(group) || group.resource['aktiv'] === false)
      return false;
    groups.set(named(group), `${type} | ${named(school)} | ${text(group.resource['navn'])}`);
    kept.set(group, { type, school });
    return true;
  };
  const staffOf = (resource: Entry | undefined): Entry | undefined =>
    resource === undefined ? undefined : staffOfRole.get(resource);
  const teachersOf = (group: Entry): readonly Entry[] =>
    source.linked(group, 'undervisningsforhold', paths.teaching).flatMap((teaching) => {
      const employee = staffOf(first(teaching, 'skoleressurs', paths.resource));
      return employee === undefined ? [] : [employee];
    });
  const contacts = new Map<Entry, Entry[]>();
  for (const group of of(paths.contact)) {
    if (!keep(group, 'contact', schoolOf(group))) continue;
    for (const teacher of teachersOf(group)) {
      place(group, teacher, 'contact-teacher | -');
      for (const whole of source.linked(group, 'klasse', paths.class))
        contacts.set(whole, [...(contacts.get(whole) ?? []), teacher]);
    }
  }
  for (const group of of(paths.class)) {
    if (!keep(group, 'class', schoolOf(group))) continue;
    const known = contacts.get(group);
    for (const teacher of known ?? []) place(group, teacher, 'contact-teacher | -');
    for (const teacher of teachersOf(group))
      if (known?.includes(teacher) !== true)
        place(group, teacher, known === undefined ? 'contact-teacher | -' : 'teacher | -');
  }
  for (const group of of(paths.teachingGroup))
    if (keep(group, 'teaching', schoolOf(group)))
      for (const teacher of teachersOf(group)) place(group, teacher, 'teacher | subject-teacher');
  for (const group of of(paths.sfoGroup)) {
    const offer = first(group, 'sfo', paths.sfo);
    const school = offer === undefined ? undefined : schoolOf(offer);
    if (!keep(group, 'after-school', school) || school === undefined) continue;
    for (const resource of source.linked(group, 'skoleressurs', paths.resource)) {
      const employee = staffOf(resource);
      if (employee !== undefined)
        place(group, employee, (roleAt.get(`${employee.key} ${school.key} sfo`) ?? 'assistant -').replace(' ', ' | '));
    }
  }
  for (const group of of(paths.schoolGroup)) {
    const [kind = ''] = codes(group, 'type', 'grunnskole/kodeverk/skolegruppetype');
    const type = groupTypes[kind] ?? '';
    if (type === '' || (type === 'language' && !asked.training)) continue;
    if ((type === 'guardians' || type === 'parents-council') && !asked.guardians) continue;
    const school = schoolOf(group);
    if (!keep(group, type, school) || school === undefined) continue;
    for (const resource of source.linked(group, 'skoleressurs', paths.resource)) {
      const employee = staffOf(resource);
      if (employee !== undefined)
        place(group, employee, (roleAt.get(`${employee.key} ${school.key}`) ?? 'teacher -').replace(' ', ' | '));
    }
  }

  // Who is in them.
  const seat = (membership: Entry, group: Entry | undefined, enrolment: Entry | undefined, placeTo?: string): void => {
    const pupil = enrolment === undefined ? undefined : pupilOfEnrolment.get(enrolment);
    if (group === undefined || !kept.has(group) || enrolment === undefined || pupil === undefined) return;
    const { from, to } = period(membership);
    const end = [to, placeTo, endOf(enrolment)].flatMap((one) => one ?? []).toSorted()[0];
    if (end !== undefined && (end < yearFirst || (from !== undefined && end < from))) return;
    assert.ok((from ?? yearFirst) <= yearLast);
    place(group, pupil, 'pupil | -', holds({ from, to: end }), from, end);
  };
  const seats = [
    ['utdanning/elev/klassemedlemskap', 'klasse', paths.class],
    ['utdanning/elev/kontaktlarergruppemedlemskap', 'kontaktlarergruppe', paths.contact],
    ['utdanning/timeplan/undervisningsgruppemedlemskap', 'undervisningsgruppe', paths.teachingGroup],
    ['grunnskole/gruppe/skolegruppemedlemskap', 'skolegruppe', paths.schoolGroup],
    ...(asked.training ? [['grunnskole/gruppe/sprakgruppemedlemskap', 'skolegruppe', paths.schoolGroup] as const] : []),
  ] as const;
  for (const [path, relation, to] of seats)
    for (const one of of(path)) {
      const group = first(one, relation, to);
      seat(one, group, first(one, 'elevforhold', paths.enrolment));
      const held = group === undefined ? undefined : kept.get(group);
      if (path !== 'grunnskole/gruppe/skolegruppemedlemskap' || group === undefined || held === undefined) continue;
      const bond = first(one, 'foresattforhold', paths.guardianship);
      const guardian = bond === undefined ? undefined : guardianOfBond.get(bond);
      if (guardian !== undefined)
        place(group, guardian, held.type === 'guardians' ? 'guardian | -' : 'guardian | guardian-representative');
      const employee = staffOf(first(one, 'skoleressurs', paths.resource));
      if (employee !== undefined)
        place(group, employee, (roleAt.get(`${employee.key} ${held.school.key}`) ?? 'other -').replace(' ', ' | '));
    }
  for (const one of of('grunnskole/sfo/sfogruppemedlemskap')) {
    const held = first(one, 'sfoplass', paths.sfoPlace);
    const group = first(one, 'sfogruppe', paths.sfoGroup);
    if (held !== undefined) seat(one, group, first(held, 'elevforhold', paths.enrolment), period(held).to);
  }
  return { persons, groups, members: [...members.values()].toSorted() };
};
