// The catalogue that comes with the hub, and what is found, line by line, in files that are wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { bundledCatalogueFolder, loadCatalogue } from '#app/bundled-catalogue.ts';
import { releaseInForce } from '#catalogue/calendar.ts';
import { catalogueFiles, readCatalogue } from '#catalogue/read-catalogue.ts';
import { cases } from '../cases.ts';

const texts = new Map<string, string>(
  catalogueFiles.map((name) => [name, readFileSync(join(bundledCatalogueFolder, name), 'utf8')]),
);

const change = `changes:
  one:
    api: fint
    coordinates: ['GET /utdanning/elev/elev']
    kind: breaking
    text: { nb: Den går, en: It goes }
    migration: { nb: Bruk den andre, en: Use the other }
    replacement: 'GET /utdanning/elev/person'
    announced: 2026-12-01
    planned: { release: 2 }
`;
const withChange = new Map(texts).set('changes.yaml', change);

/** What is found when something in a file is written otherwise: `file:line message`. */
const findings = (file: string, from: string | RegExp, to: string, base = texts): readonly string[] => {
  const text = base.get(file) ?? '';
  const changed = text.replace(from, to);
  assert.notEqual(changed, text, `${file} has no ${from}`);
  const read = readCatalogue(new Map(base).set(file, changed));
  return read.ok ? [] : (read.problem.errors ?? []).map(({ at, message }) => `${at} ${message}`);
};

const lineOf = (file: string, text: string, base = texts): number =>
  (base.get(file) ?? '').split('\n').findIndex((line) => line.includes(text)) + 1;

test('the bundled catalogue is sound: every API has its words, and each main version its day', () => {
  const read = loadCatalogue();
  assert.ok(read.ok, JSON.stringify(read));
  const { apis, releases, promises } = read.value;
  assert.deepEqual(
    [...apis.values()].filter(({ status }) => status === 'production').map(({ id }) => id),
    ['fint', 'flyt-skole', 'fs-graphql', 'gemini'],
  );
  for (const { id, name, description } of apis.values())
    for (const words of [name, description]) assert.ok(words.nb && words.nn && words.en, id);
  assert.deepEqual(
    releases.map(({ at }) => new Date(at).toISOString()),
    ['2026-11-21T23:00:00.000Z', '2027-03-30T22:00:00.000Z'],
  );
  assert.equal(releaseInForce(releases, Date.parse('2027-03-30T21:59:59Z'))?.version, 0);
  assert.equal(promises.size, 7);
});

test('what has been read is frozen', () => {
  const read = loadCatalogue();
  assert.ok(read.ok);
  const { apis } = read.value;
  assert.throws(() => Object.assign(apis.get('fint') ?? {}, { status: 'retired' }), TypeError);
  assert.throws(() => (apis as Map<string, unknown>).clear(), TypeError);
});

test('a change is read with its moments: of a day of announcement the end counts, of other days the beginning', () => {
  const read = readCatalogue(withChange);
  assert.ok(read.ok, JSON.stringify(read));
  const [one] = read.value.changes;
  assert.equal(new Date(one?.announcedAt ?? 0).toISOString(), '2026-12-01T22:59:59.000Z');
  assert.deepEqual(one?.planned, { release: 2 });
  assert.equal(one?.withoutReplacement, null);
});

const [catalogue, apis, changes] = catalogueFiles;
const audit = /( {2}audit-keys:[^]*?status: )beta/;

const wrong: readonly (readonly [what: string, file: string, from: string | RegExp, to: string, says: RegExp])[] = [
  ['a status that there is not', apis, 'status: production', 'status: stable', /takes planned, experimental, beta/],
  ['an unknown key', apis, 'policy: sikt', 'polcy: sikt', /unknown key 'polcy'; did you mean 'policy'/],
  [
    'a missing language',
    apis,
    "nn: 'Informasjonsmodellen for maskinar: klassar, felt, relasjonar, JSON Schema og OpenAPI.'",
    '',
    /'nn' is missing/,
  ],
  ['a name of nobody', apis, 'owner: operator', 'owner: operater', /there is no 'operater'; did you mean 'operator'/],
  ['a way in that is not described', apis, 'access: vendor', 'access: vendors', /there is no 'vendors'/],
  ['an unknown policy', apis, 'policy: flyt', 'policy: visma', /takes sikt, flyt/],
  ['a policy that is not described', catalogue, /\n {2}flyt:\n.*\n.*\n.*\n/, '\n', /'flyt', which flyt-skole is under/],
  ['retiring without a day', apis, audit, '$1retiring', /'retires' says on which day/],
  ['a day of going for what stays', apis, audit, '$1beta\n    retires: 2029-03-31', /is of what is retiring/],
  ['production without a document', apis, audit, '$1production', /a machine-readable document is missing/],
  ['production without goals', apis, audit, '$1production', /'goals' is missing/],
  ['frozen without a successor', apis, audit, '$1not-further-developed', /'successor' is missing/],
  ['planned and there', apis, audit, '$1planned', /it is planned, and has versions or documents already/],
  [
    'a document outside the hub',
    apis,
    'path: /vfs/v1/openapi.json',
    'path: https://elsewhere.example/x',
    /address of the hub/,
  ],
  ['a document with an odd query', apis, 'path: /vfs/v1/openapi.json', "path: '/vfs/v1?<x>'", /address of the hub/],
  ['an API with a query', apis, 'path: /vfs/v1\n', "path: '/vfs/v1?x'\n", /address of the hub/],
  ['a day that is not in the calendar', apis, 'since: 2026-11-22', 'since: 2026-02-30', /takes a day/],
  ['a day before there were APIs', catalogue, 'day: 2027-03-31', 'day: 1999-12-31', /takes a day/],
  ['a day that nobody lives to see', catalogue, 'day: 2027-03-31', 'day: 3000-03-31', /takes a day/],
  ['a day of the year nought', catalogue, 'day: 2027-03-31', "day: '0000-01-01'", /takes a day/],
  ['a release in February', catalogue, 'day: 2027-03-31', 'day: 2027-02-28', /between 31 March and 30 June/],
  ['a number skipped', catalogue, 'version: 1,', 'version: 2,', /After release 0 comes 1/],
  [
    'two in a year',
    catalogue,
    /( {2}- \{ version: 1, day: 2027-03-31 \})/,
    '$1\n  - { version: 2, day: 2027-06-01 }',
    /There is one release a year/,
  ],
  ['no release', catalogue, /releases:\n(?: {2}- .*\n)+/, 'releases: []\n', /There is no release/],
  ['a threshold beyond all', catalogue, 'coverage: 100', 'coverage: 101', /from 0 to 100/],
  ['a licence as an address', catalogue, 'EUPL_1_2', 'https://eupl.example', /takes a code/],
  ['no YAML', catalogue, 'releases:', 'releases: [', /yaml-syntax/],
  [
    'a change of an API that is not',
    changes,
    'api: fint',
    'api: fintt',
    /there is no API 'fintt'; did you mean 'fint'/,
  ],
  ['a change of no part', changes, /coordinates: .*/, 'coordinates: []', /names no part/],
  ['a part twice', changes, /coordinates: .*/, "coordinates: ['A', 'A']", /twice/],
  ['a breaking change without a replacement', changes, /\n.*replacement: .*/, '', /'without-replacement' says why/],
  [
    'one that has a replacement and none',
    changes,
    /(\n.*replacement: .*)/,
    '$1\n    without-replacement: { nb: A, en: B }',
    /says why it has none/,
  ],
  ['a breaking change that leaves users alone', changes, /\n.*migration: .*/, '', /what users have to do/],
  ['planned twice', changes, '{ release: 2 }', '{ release: 2, at: 2028-03-31 }', /either 'release' or 'at'/],
  ['planned never', changes, /\n {4}planned: .*/, '', /either 'release' or 'at'/],
  [
    'an emergency that breaks nothing',
    changes,
    'kind: breaking',
    'kind: compatible\n    emergency: { reason: A, approver: B }',
    /only what is breaking/,
  ],
  ['done and never announced', changes, /announced: .*/, 'done: 2027-01-01', /was never announced/],
  ['done before it was announced', changes, /(announced: .*)/, '$1\n    done: 2026-11-30', /before it was announced/],
  ['a moment without a zone', changes, '2026-12-01', '2026-12-01T10:00:00', /takes a day .* or a moment/],
  ['a name with spaces', changes, '  one:', '  one more:', /kebab-case/],
];

for (const [what, file, from, to, says] of wrong)
  test(`found: ${what}`, () => {
    const found = findings(file, from, to, withChange);
    assert.ok(
      found.some((one) => says.test(one)),
      `${says} is not in ${JSON.stringify(found)}`,
    );
  });

test('a finding names its line', () => {
  const found = findings(apis, 'status: production', 'status: stable').find((one) => one.includes('this takes'));
  assert.equal(found?.split(' ')[0], `${apis}:${lineOf(apis, 'status: production')}`);
  const [release = ''] = findings(catalogue, 'day: 2027-03-31', 'day: 2027-02-28');
  assert.equal(release.split(' ')[0], `${catalogue}:${lineOf(catalogue, 'day: 2027-03-31')}`);
});

/** Every place in a value, as the keys that lead there. */
const placesIn = (
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, Array.isArray(value) ? Number(key) : key]))
    : []),
];

const replaced = (value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown => {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((one: unknown, index) => (index === step ? replaced(one, rest, by) : one));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, key === step ? replaced(one, rest, by) : one]),
  );
};

test('whatever stands somewhere, the answer is a catalogue or what is wrong in a line of it', () => {
  const values = new Map([...withChange].map(([name, text]) => [name, parse(text) as unknown]));
  const places = [...values].flatMap(([name, value]) => placesIn(value).map((path) => ({ name, path })));
  const strange = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('0000-01-01', '9999-12-31', '2027-13-01', '__proto__', 'constructor', '', ' ', 1e99, -1),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), strange, ({ name, path }, by) => {
      const read = readCatalogue(new Map(withChange).set(name, JSON.stringify(replaced(values.get(name), path, by))));
      if (read.ok) return;
      assert.ok((read.problem.errors ?? []).length > 0);
      for (const { at } of read.problem.errors ?? []) assert.match(at, /^(?:catalogue|apis|changes)\.yaml:\d+$/);
    }),
    { numRuns: cases(150) },
  );
});
