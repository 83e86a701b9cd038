// What descriptions announce of their own parts, held to the dates of the catalogue: the bundled ones keep the rules, and a day that is too early is found.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { checkAnnouncements } from '#catalogue/gate/check-announcements.ts';
import type { Change } from '#catalogue/contract.ts';
import { startOfDay } from '#catalogue/calendar.ts';

const contracts = readFileSync(join(import.meta.dirname, '../../golden/fs-graphql/contracts.json'), 'utf8');

const read = loadCatalogue();
assert.ok(read.ok);
const catalogue = read.value;

const found = (text: string, ...changes: readonly Change[]): readonly string[] =>
  checkAnnouncements(
    {
      release: 1,
      day: '2027-03-31',
      apis: new Map([...catalogue.apis.values()].map(({ id, status, policy }) => [id, { status, policy }])),
      artefacts: [{ name: 'fs-graphql/contracts.json', api: 'fs-graphql', type: 'application/json', text }],
    },
    changes,
    catalogue.releases,
  ).map(({ rule, at, text: said }) => `${rule} ${at}: ${said}`);

/** The list with something else said of one field. */
const planted = (field: string, more: Readonly<Record<string, unknown>>): string =>
  contracts
    .split('\n')
    .map((line) => {
      if (!line.startsWith(`{"coordinate":"${field}",`)) return line;
      const comma = line.endsWith(',') ? ',' : '';
      return JSON.stringify({ ...(JSON.parse(line.slice(0, line.length - comma.length)) as object), ...more }) + comma;
    })
    .join('\n');

const early = (more: Readonly<Record<string, unknown>>): readonly string[] => {
  const text = planted('Query.emner', more);
  assert.notEqual(text, contracts);
  return found(text);
};

test('what FS GraphQL announces of its parts is lawful by the calendar of the catalogue', () => {
  assert.ok(contracts.includes('"earliestRemoval":"2028-03-31"'));
  assert.deepEqual(found(contracts), []);
});

test('a day that the contract of a part does not allow is found, to the day and by the contract', () => {
  assert.deepEqual(early({ earliestRemoval: '2028-03-30' }), [
    'planned-too-early fs-graphql-Query.emner: It may take effect on 2028-03-31 at the earliest.',
  ]);
  assert.equal(early({ announced: '2027-03-31' }).length, 1);
  assert.deepEqual(early({ announced: '2027-03-31', earliestRemoval: '2029-03-31' }), []);
  const beta = { status: 'beta', announced: '2026-12-20' };
  assert.deepEqual(early({ ...beta, earliestRemoval: '2027-01-04' }), []);
  assert.equal(early({ ...beta, earliestRemoval: '2027-01-03' }).length, 1);
  // The clocks are put forward in these weeks, so that the fortnight ends an hour into its last day.
  const spring = { status: 'beta', announced: '2027-03-20' };
  assert.equal(early({ ...spring, earliestRemoval: '2027-04-04' }).length, 1);
  assert.deepEqual(early({ ...spring, earliestRemoval: '2027-04-05' }), []);
  assert.deepEqual(early({ ...beta, status: 'experimental', earliestRemoval: '2026-12-21' }), []);
  assert.match(early({ replacement: null }).join(), /^no-replacement fs-graphql-Query\.emner/);
});

test('what the catalogue announces is held to the contract that the part has now', () => {
  const change: Change = {
    id: 'one',
    api: 'fs-graphql',
    coordinates: ['Vurderingssystem.navn'],
    kind: 'breaking',
    text: { nb: 'Går', en: 'Goes' },
    migration: null,
    replacement: 'Vurderingssystem.navnAlleSprak',
    withoutReplacement: null,
    announcedAt: startOfDay('2026-12-01'),
    planned: { at: startOfDay('2026-12-01') },
    emergency: null,
    doneAt: null,
  };
  assert.deepEqual(found(contracts, change), []);
  const firm = { ...change, coordinates: ['Query.emnerV2'] };
  assert.match(found(contracts, firm).join(), /^planned-too-early one: /);
  assert.match(found(contracts, { ...change, id: 'One' }).join(), /^id-form One: /);
});
