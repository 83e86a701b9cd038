// What a hub exports comes in again: municipalities are delivered, read as an application sees them, written as PIFU-IMS, imported into a second organisation
// and read there in the same way. Both rosters are equal but for ids; for guardians, who come in without rights and so are not told of; and for the years
// of groups of contact teachers, which are those of classes that no file says they are parts of; and for who leads in after-school care, which the model
// knows by a kind of position that the format has no word for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pifuWriter } from '#formats/pifu/write-pifu.ts';
import type { RosterId } from '#formats/roster.ts';
import type { SandboxCollection } from '#sandbox/collection.ts';
import { municipality } from '#sandbox/municipality.ts';
import { asOf, openRosterWorld, schoolYear, type Roster } from '../../exports/roster/roster-world.ts';
import { importFile } from './workbench.ts';

const scopes = [
  'vfs:lmsexport',
  'vfs:pupils.read',
  'vfs:pupils.nin',
  'vfs:pupils.language',
  'vfs:employees.read',
  'vfs:employees.nin',
  'vfs:groups.read',
  'vfs:guardians.read',
];

/** Everything of a roster that is no list of codes and about nobody. */
const isCode = ({ collection }: SandboxCollection): boolean =>
  collection.includes('/kodeverk/') || collection === 'utdanning/utdanningsprogram/arstrinn';

/** Kinds of positions that files tell apart, and the sandbox does not. */
const positionCodes: SandboxCollection = {
  collection: 'grunnskole/kodeverk/stillingstype',
  total: 2,
  entries: () =>
    ['LEDER', 'ASSISTENT'].map((code) => ({
      identifier: code,
      resource: { systemId: { identifikatorverdi: code }, kode: code, navn: code },
    })),
};

const write = (roster: Roster): string => {
  const writer = pifuWriter('pifu-ims-1.3', () => undefined);
  const at = Date.parse(`${asOf}T12:00:00Z`);
  const head = { source: 'bindeledd@tindvag', target: null, type: 'full', at, schoolYear } as const;
  const groups = roster.groups.filter((group) => writer.refuses.group(group) === null);
  const held = new Set([...groups, ...roster.schools].map(({ id }) => id));
  return [
    writer.begin(head, roster.owner, roster.schools),
    ...roster.persons.map((one) => writer.person(one, null)),
    writer.startGroups(null),
    ...groups.map((one) => writer.group(one, null)),
    ...roster.members.flatMap(({ holder, members }) =>
      held.has(holder.id) ? [writer.members(holder, writer.distinct(holder, members))] : [],
    ),
    writer.end(),
  ].join('');
};

type Lines = {
  readonly persons: readonly string[];
  readonly units: readonly string[];
  readonly members: readonly string[];
};

const careOf = (holder: string | undefined, role: string): string =>
  role !== 'pupil' && holder?.includes(' after-school ') === true ? 'staff' : role;

// The format writes telephone numbers with the country.
const sorted = (list: readonly string[]): readonly string[] =>
  list.map((line) => line.replaceAll('+47', '')).toSorted();

/** A roster with names in place of ids, without guardians. */
const linesOf = ({ owner, schools, persons, groups, members }: Roster): Lines => {
  const names = new Map<RosterId, string>();
  for (const { id, name } of schools) names.set(id, name);
  for (const one of groups) names.set(one.id, `${names.get(one.school)} ${one.type} ${one.shortName}`);
  const told = persons.flatMap(
    ({ uid: _uid, id, contacts: _contacts, title: _title, formerKey: _key, roles, ...rest }) => {
      const own = roles.filter((role) => role !== 'guardian');
      if (own.length === 0) return [];
      names.set(id, rest.employeeNumber ?? rest.pupilNumber ?? '');
      return [JSON.stringify({ ...rest, roles: [...own].sort() })];
    },
  );
  return {
    persons: sorted(told),
    units: sorted([
      ...(owner === null ? [] : [JSON.stringify({ ...owner, uid: 0, id: '' })]),
      ...schools.map((one) => JSON.stringify({ ...one, uid: 0, id: '', owner: '' })),
      ...groups.map(({ id, type, schoolYear: year, subjects, levels, description, period }) =>
        JSON.stringify([
          names.get(id),
          year,
          subjects.map(({ code }) => code),
          type === 'contact' ? [] : levels,
          description,
          period,
        ]),
      ),
    ]),
    members: sorted(
      members.flatMap(({ holder, members: of }) =>
        of.flatMap(({ person, role, subrole, active, period }) =>
          names.has(person) && role !== 'guardian'
            ? [
                JSON.stringify([
                  names.get(holder.id),
                  names.get(person),
                  careOf(names.get(holder.id), role),
                  subrole,
                  active,
                  period,
                ]),
              ]
            : [],
        ),
      ),
    ),
  };
};

describe('what is exported', { timeout: 300_000 }, () => {
  for (const seed of [42, 7])
    it(`comes in again, of the municipality ${seed}`, async () => {
      const made = municipality({ seed, size: 'small', asOf });
      const world = await openRosterWorld(made.collections);
      await world.link(scopes, { clearance: 0 });
      const first = await world.roster();
      await world.close();
      const read = await importFile(write(first));
      assert.deepEqual(read.findings, []);
      const entries: readonly SandboxCollection[] = [...read.entries].map(([collection, of]) => ({
        collection,
        total: of.size,
        entries: () => [...of].map(([identifier, resource]) => ({ identifier, resource })),
      }));
      const again = await openRosterWorld([...made.collections.filter(isCode), positionCodes, ...entries]);
      await again.link(scopes, { clearance: 0 });
      const second = await again.roster();
      await again.close();
      const [is, should] = [linesOf(second), linesOf(first)];
      assert.ok(should.persons.length > 100 && should.members.length > 500);
      for (const part of ['units', 'persons', 'members'] as const) {
        const [left, right] = [new Set(is[part]), new Set(should[part])];
        assert.deepEqual(
          {
            missing: should[part].filter((one) => !left.has(one)).slice(0, 6),
            more: is[part].filter((one) => !right.has(one)).slice(0, 6),
            count: is[part].length,
          },
          { missing: [], more: [], count: should[part].length },
          part,
        );
      }
    });
});
