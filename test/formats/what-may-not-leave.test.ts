// What no format may let out, whatever a roster holds: national ids where nothing says that they are, ids made of them, passwords, addresses of homes, and
// anything but the going of those who have gone. Over all profiles.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rulesOf, writerOf } from '#formats/roster-format.ts';
import { rosterProfiles } from '#formats/roster.ts';
import type { RosterPerson } from '#formats/roster.ts';
import { nationalIdOf } from './any-roster.ts';
import { classGroup, example, pupil, somebody } from './example.ts';
import { withCheck, writeRoster } from './taken-through.ts';

const number = nationalIdOf(77);
const parted = `${number.slice(0, 6)} ${number.slice(6)}`;

const fields: Readonly<Record<string, (value: string) => Partial<RosterPerson>>> = {
  localId: (value) => ({ localId: value }),
  feideName: (value) => ({ feideName: `${value}@fjordvik.example` }),
  userName: (value) => ({ userName: value }),
  pupilNumber: (value) => ({ pupilNumber: value }),
  employeeNumber: (value) => ({ employeeNumber: value }),
  email: (value) => ({ email: `${value.replaceAll(' ', '')}@fjordvik.example` }),
};

for (const profile of rosterProfiles)
  describe(`what may not leave in ${profile}`, () => {
    it('is a national id as anything else', () => {
      for (const value of [number, parted])
        for (const [field, given] of Object.entries(fields)) {
          const person = { ...somebody(50, 'Ola', 'Prøve'), ...given(value) };
          const other = { value: nationalIdOf(78), kind: 'national' as const };
          const { file } = writeRoster(profile, {
            ...example,
            persons: [{ ...person, nationalId: other }],
            members: [],
          });
          assert.match(file, /Prøve/);
          assert(!file.includes(number) && !file.includes(parted), field);
        }
    });

    it('is an id made of a national id, which is said of no report either', () => {
      for (const id of [number, `contact_${number}_5A`, `g-${number}`]) {
        const rules = rulesOf(profile);
        rules.begin(example.head, example.owner, example.schools.slice(0, 1));
        rules.person({ ...pupil, id, contacts: [] }, null);
        rules.group({ ...classGroup, id }, null);
        const { findings } = rules.end();
        assert.deepEqual(
          findings.map(({ rule }) => rule),
          ['id-national', 'id-national'],
        );
        assert(!JSON.stringify(findings).includes(number));
      }
    });

    it('is a password, or the address of a home', () => {
      const { file } = writeRoster(profile, example);
      withCheck(profile, (check) => {
        for (const [from, to] of [
          [/<(userid|personid)(?=[ >])/, '<$1 password="x"'],
          [/<\/name>/, '</name><password>x</password>'],
          [/<\/name>/, '</name><adr><street>Veien 1</street></adr>'],
          [/(?=<\/person>)/, '<address addresstype="Adresse"><street>Veien 1</street></address>'],
        ] as const) {
          const broken = file.replace(from, to);
          assert.notEqual(broken, file);
          assert(check.check(Buffer.from(broken)).length > 0, to);
        }
      });
    });

    it('is more of those who have gone than that', () => {
      const writer = writerOf({ profile, dropped: () => assert.fail() });
      writer.begin({ ...example.head, type: 'delta' }, null, []);
      const text = writer.gone({ id: 'p-1', formerKey: null });
      assert.match(text, /^(?:<person recstatus="3"><sourcedid>.*<id>p-1<\/id><\/sourcedid><name><fn>-<\/fn>.*\n)?$/);
    });
  });
