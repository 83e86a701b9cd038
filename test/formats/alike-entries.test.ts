// Looking once at what is alike changes no verdict: whatever is written over, the check finds something exactly where the check of every entry does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { abcSchema } from '#formats/abc/abc-schema.ts';
import { abcTextFindings } from '#formats/abc/abc-text.ts';
import { lookedAtOnce } from '#formats/alike-entries.ts';
import { imsProfiles } from '#formats/ims/ims-profile.ts';
import { imsSchema } from '#formats/ims/ims-schema.ts';
import { imsTextFindings } from '#formats/ims/ims-text.ts';
import { pifuProfiles } from '#formats/pifu/codes.ts';
import type { PifuProfileName } from '#formats/pifu/codes.ts';
import type { RosterFinding, RosterProfile } from '#formats/roster.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { cases } from '../cases.ts';
import { nationalIdOf } from './any-roster.ts';
import { example, memberOf, somebody } from './example.ts';
import { withCheck, writeRoster } from './taken-through.ts';

type Plain = { readonly schema: string; readonly text: (document: string) => readonly RosterFinding[] };

const plains: readonly (readonly [RosterProfile, Plain])[] = [
  ...(Object.keys(pifuProfiles) as PifuProfileName[]).map(
    (profile) =>
      [
        profile,
        {
          schema: readFileSync(new URL(`../../src/formats/pifu/schemas/${profile}.xsd`, import.meta.url), 'utf8'),
          // What else is looked at stands before all members, and is left as it is.
          text: () => [],
        },
      ] as const,
  ),
  ...Object.values(imsProfiles).map(
    ({ name }) =>
      [name, { schema: imsSchema(name), text: (document: string) => imsTextFindings(name, document) }] as const,
  ),
  ['abc-1', { schema: abcSchema(), text: abcTextFindings }],
];

const many = Array.from({ length: 12 }, (_, number) => number + 10);
const crowd = {
  ...example,
  persons: [
    ...example.persons,
    ...many.map((number) => ({
      ...somebody(number, 'Ola', 'Prøve'),
      nationalId: { value: nationalIdOf(number), kind: 'national' as const },
    })),
  ],
  members: example.members.map(({ holder, members }) => ({
    holder,
    members: [...members, ...many.map((number) => memberOf(`p-${100 + number}`, 'pupil'))],
  })),
};

describe('entries that are alike', () => {
  for (const [profile, { schema, text }] of plains)
    it(`${profile}: are judged as if every one were looked at`, () => {
      const plain = xsdCheck(schema, () => null);
      const { file } = writeRoster(profile, crowd);
      const start = file.search(/<membership|<relation /);
      withCheck(profile, (check) =>
        fc.assert(
          fc.property(fc.nat(file.length - start), fc.nat(400), fc.nat(file.length - start), (from, length, to) => {
            const piece = file.slice(start + from, start + from + length);
            const mixed = file.slice(0, start + to) + piece + file.slice(start + to);
            const found = plain.check(Buffer.from(mixed)).length + text(mixed).length;
            assert.equal(check.check(Buffer.from(mixed)).length > 0, found > 0);
          }),
          { numRuns: cases(500) },
        ),
      );
      plain.close();
    });

  it('are not alike when an id is of another kind: of a national id, or not', () => {
    for (const { name, id } of Object.values(imsProfiles)) {
      const { file } = writeRoster(name, crowd);
      const [right, wrong] = id === 'opaque' ? ['p-121', nationalIdOf(21)] : [nationalIdOf(21), 'p-121'];
      const broken = file.replace(
        new RegExp(`<id>${right}</id>(?=[^]{0,80}</member>\n</membership>)`, 'g'),
        `<id>${wrong}</id>`,
      );
      assert.notEqual(broken, file);
      withCheck(name, (check) => {
        assert.deepEqual(check.check(Buffer.from(file)), []);
        assert(check.check(Buffer.from(broken)).length > 0, name);
      });
    }
  });

  it('are looked at once, and all of them when something is found', () => {
    const asked: string[] = [];
    const answers: RosterFinding[][] = [];
    const entries = { start: /<e id="/, id: /\d+"/y, end: '/>', between: '\n' } as const;
    const check = lookedAtOnce(entries, (document) => {
      asked.push(document.toString('utf8'));
      return answers.shift() ?? [];
    });
    const ask = (text: string): readonly string[] => {
      asked.length = 0;
      check(Buffer.from(text));
      return [...asked];
    };
    assert.deepEqual(ask('å\n<e id="1"/>\n<e id="2"/>\n<e id="3" b=""/>\n<e id="4"/>\nø'), [
      'å\n<e id="1"/>\n<e id="3" b=""/>\nø',
    ]);
    for (const text of ['', 'å', '<e id="1"', '<e id="1"/>', '<e id="1"/><e id="2"/>\n', '<e id="1"/>\n<e id="x"/>\n'])
      assert.deepEqual(ask(text), [text]);
    const finding = { rule: 'x', at: null, message: '' };
    answers.push([finding]);
    assert.deepEqual(ask('<e id="1"/>\n<e id="2"/>\n'), ['<e id="1"/>\n', '<e id="1"/>\n<e id="2"/>\n']);
    answers.push([finding]);
    assert.deepEqual(ask('<e id="1"/>\n'), ['<e id="1"/>\n']);
  });
});
