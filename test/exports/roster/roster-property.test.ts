// Under grants made at random, a roster shows nothing that the API of primary schools would not show to the same application: neither persons nor groups nor
// memberships, nor any value of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { DocumentResult, ListPlace } from '#hub/documents/document.ts';
import { kindsOf, type Kind } from '#apis/flyt-skole/mappings/kinds.ts';
import type { EventFacts } from '#apis/flyt-skole/mappings/facts.ts';
import { documentForm } from '#apis/flyt-skole/reads/answers.ts';
import { projectionOf } from '#mappings/project.ts';
import type { RosterPerson } from '#formats/roster.ts';
import { withheldByDefault } from '#model/scope-bundles.ts';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { cases } from '../../cases.ts';
import { model } from '../../hub/world.ts';
import { asOf, caller, openRosterWorld, organisation, type Roster, type RosterWorld } from './roster-world.ts';

let world: RosterWorld;
let sandbox: SandboxMunicipality;
before(async () => {
  sandbox = municipality({ seed: 7, size: 'small', asOf });
  world = await openRosterWorld(sandbox.collections);
});
after(() => world?.close());

type Item = Readonly<Record<string, unknown>>;

const kinds = kindsOf(model);
const now = { today: asOf };

/** All documents of a type, with everything that can be asked for beside them; [] when the application may read none. */
const all = async (kind: Pick<Kind<EventFacts>, 'reading' | 'facts'>): Promise<readonly Item[]> => {
  const choice = { fields: null, includes: new Set(kind.reading.includeNames), now };
  const projection = projectionOf(kind.reading, choice, kind.facts, documentForm);
  const items: Item[] = [];
  for (let place: ListPlace | null = null; ;) {
    const found: DocumentResult<EventFacts> = await world.documents.find(
      {
        kind: 'list',
        projections: [projection],
        narrow: [null],
        after: place,
        size: 500,
        accept: (facts: EventFacts) => facts.shows,
      },
      { principal: caller, requestId: 'property', api: 'test' },
    );
    if (found.kind !== 'documents') return items;
    for (const { bytes } of found.documents) items.push(JSON.parse(bytes.toString()) as Item);
    place = found.next;
    if (place === null) return items;
  }
};

const list = (item: Item | undefined, name: string): readonly Item[] => (item?.[name] ?? []) as readonly Item[];
const texts = (item: Item | undefined, ...names: readonly string[]): readonly unknown[] =>
  names.flatMap((name) => item?.[name] ?? []);
const line = (value: unknown): string =>
  String(value ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The person's values are those of one of the documents that are his. */
const holdPerson = (person: RosterPerson, documents: readonly Item[]): void => {
  assert.ok(documents.length > 0, `${person.roles.join()} who does not show`);
  const among = (value: unknown, ...names: readonly string[]): void => {
    if (value === null) return;
    assert.ok(
      documents.some((one) => texts(one, ...names).some((known) => line(known) === line(value))),
      `${person.roles.join()}: ${names.join()}`,
    );
  };
  among(person.given === '-' ? null : person.given, 'givenName');
  among(person.family === '-' ? null : person.family, 'familyName');
  among(person.nationalId?.value ?? null, 'nin', 'localNumber');
  among(person.localId, 'localNumber', 'nin');
  among(person.feideName, 'feideName');
  among(person.userName, 'userName');
  among(person.pupilNumber, 'pupilNumber');
  among(person.employeeNumber, 'employeeNumber');
  among(person.birthDate, 'birthDate');
  among(person.gender === 'unknown' ? null : person.gender, 'gender');
  among(person.email, 'workEmail', 'email');
  among(person.title, 'title');
  among(person.preferredLanguage, 'writtenLanguage');
  for (const one of person.nativeLanguages) among(one, 'nativeLanguage');
  for (const { number } of person.phones) among(number, 'workPhone', 'mobile', 'phone');
};

const byId = (items: readonly Item[]): ReadonlyMap<unknown, Item> => new Map(items.map((one) => [one['id'], one]));

const hold = async (roster: Roster): Promise<void> => {
  const [pupils, guardians, employees] = await Promise.all([
    all(kinds.events.pupil[0] ?? assert.fail()),
    all(kinds.events.guardian[0] ?? assert.fail()),
    all(kinds.events.employee[0] ?? assert.fail()),
  ]);
  const groups = (await Promise.all(kinds.events.group.map(all))).flat();
  const memberships = (await Promise.all(kinds.events.membership.map(all))).flat();
  const [pupilOf, guardianOf, employeeOf, groupOf] = [pupils, guardians, employees, groups].map(byId);

  const contacts = new Set(
    pupils.flatMap((one) => list(one, 'guardians').map((each) => `${String(one['id'])} ${String(each['guardianId'])}`)),
  );
  // Guardians show in their children as well.
  const asGuardian = Map.groupBy(
    pupils.flatMap((one) => list(one, 'guardians')),
    (one) => one['guardianId'],
  );
  const staffIds = new Set(employees.map((one) => one['id']));
  for (const person of roster.persons) {
    // Whoever is several is told of with what each of his documents shows.
    const mine = [pupilOf, guardianOf, employeeOf].flatMap((map): readonly Item[] =>
      [map?.get(person.id) ?? []].flat(),
    );
    const asPupil = person.roles.includes('pupil') && person.pupilNumber !== null;
    const other = asPupil ? pupils.filter((one) => one['pupilNumber'] === person.pupilNumber) : [];
    holdPerson(person, [...mine, ...other, ...(asGuardian.get(person.id) ?? [])]);
    for (const contact of person.contacts)
      assert.ok(contacts.has(`${person.id} ${contact.person}`) || staffIds.has(contact.person), 'a contact');
  }
  for (const group of roster.groups) {
    const shown = groupOf?.get(group.id);
    assert.ok(shown !== undefined, 'a group that does not show');
    assert.equal(group.name, line(shown['name']));
    assert.equal(group.school, shown['schoolId']);
    assert.deepEqual(group.levels, (shown['levels'] ?? []) as readonly number[]);
    for (const { code } of group.subjects) assert.ok(list(shown, 'subjects').some((one) => one['code'] === code));
  }
  const seats = new Set(
    memberships.flatMap((one) =>
      texts(one, 'pupilId', 'guardianId', 'employeeId').map((who) => `${String(one['groupId'])} ${String(who)}`),
    ),
  );
  const having = new Set<string>();
  for (const one of groups)
    for (const each of list(one, 'employees')) having.add(`${String(one['id'])} ${String(each['employeeId'])}`);
  // A contact teacher is one of the class that the group is a part of.
  for (const one of groups)
    for (const each of list(one, 'employees'))
      for (const whole of (one['classIds'] ?? []) as readonly string[])
        having.add(`${whole} ${String(each['employeeId'])}`);
  // Read from the other end.
  for (const one of employees)
    for (const name of ['classes', 'contactGroups', 'teachingGroups', 'afterSchoolGroups', 'schoolGroups'])
      for (const each of list(one, name)) having.add(`${String(each['groupId'])} ${String(one['id'])}`);
  const schools = new Map(roster.schools.map((one) => [one.id, one]));
  let checked = 0;
  for (const { holder, members } of roster.members)
    for (const { person, role } of members) {
      checked += 1;
      if (schools.has(holder.id)) {
        const shown = pupilOf?.get(person);
        const places = [
          ...list(shown, 'enrolments'),
          ...list(shown, 'pastEnrolments'),
          ...list(employeeOf?.get(person), 'positions'),
        ];
        const isTeacher = role === 'teacher' && employeeOf?.get(person) !== undefined;
        assert.ok(
          isTeacher || places.some((one) => one['schoolId'] === holder.id) || role === 'other',
          `${role} at a school`,
        );
      } else
        assert.ok(
          seats.has(`${holder.id} ${person}`) ||
            having.has(`${holder.id} ${person}`) ||
            (role === 'guardian' && staffIds.has(person)),
          `${role} in a group`,
        );
    }
  assert.ok(roster.persons.length === 0 || checked > 0);
};

const namesOf = (path: string): readonly string[] => {
  const found = model.collections.get(path);
  return found === undefined ? [] : [...found.class.attributes.map(({ jsonName }) => jsonName), ...found.links.keys()];
};

const optional = [
  'vfs:pupils.nin',
  'vfs:employees.nin',
  'vfs:guardians.read',
  'vfs:pupils.language',
  'vfs:pupils.address',
];

describe('a roster shows nothing that the API would not', () => {
  it('under any scopes, schools and clearance', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(optional),
        fc.option(fc.subarray(['SK99201', 'SK99202', 'SK99203', 'SK99204'], { minLength: 1 }), { nil: null }),
        fc.integer({ min: 0, max: 3 }),
        async (scopes, schools, clearance) => {
          // The API is asked with scopes of its own besides, which show no more of a person than those of the roster do.
          await world.link(['vfs:lmsexport', 'vfs:pupils.read', 'vfs:employees.read', 'vfs:groups.read', ...scopes], {
            schools,
            clearance: clearance as 0 | 1 | 2 | 3,
          });
          await hold(await world.roster());
        },
      ),
      { numRuns: cases(4) },
    );
  });

  it('under grants of any fields and sensitivities', async () => {
    const { platform } = world.world.store;
    await world.link([]);
    const touched = [...new Set(sandbox.collections.map(({ collection }) => collection))];
    // The roster goes from these to what they are of, the API the other way: who sees one end alone learns the same.
    const joins = new Set([
      'utdanning/elev/elevforhold elev',
      'utdanning/elev/skoleressurs personalressurs',
      'utdanning/elev/undervisningsforhold skoleressurs',
    ]);
    const gens = fc.record({
      hidden: fc.subarray(
        touched.flatMap((path) => namesOf(path).map((name) => `${path} ${name}`)).filter((one) => !joins.has(one)),
        { maxLength: 60 },
      ),
      withhold: fc.subarray([...withheldByDefault]),
      clearance: fc.integer({ min: 0, max: 3 }),
      school: fc.option(fc.constantFrom('SK99201', 'SK99204'), { nil: null }),
    });
    await fc.assert(
      fc.asyncProperty(gens, async ({ hidden, withhold, clearance, school }) => {
        const lessOf = new Map<string, Set<string>>();
        for (const one of hidden) {
          const [path = '', name = ''] = one.split(' ');
          lessOf.set(path, (lessOf.get(path) ?? new Set()).add(name));
        }
        const grants = [
          ...touched.filter((path) => !lessOf.has(path)).map((path) => ({ path, fields: null })),
          ...[...lessOf].map(([path, less]) => ({ path, fields: namesOf(path).filter((name) => !less.has(name)) })),
        ];
        for (const { id } of await platform.grants()) await platform.removeGrant(id);
        for (const [index, { path, fields }] of grants.entries())
          await platform.putGrant({
            id: `r${index}`,
            application: 'app',
            organisation,
            collections: [path],
            actions: ['read', 'list'],
            fields,
            withhold,
            clearance: clearance as 0 | 1 | 2 | 3,
            rows: school === null ? null : { scope: 'skole', field: 'systemid', values: [school] },
            environment: 'test',
            from: null,
            to: null,
            purpose: 'test',
            agreement: null,
            createdAt: 1,
          });
        const roster = await world.read();
        if (roster !== null) await hold(roster);
      }),
      { numRuns: cases(5) },
    );
  });
});
