// What a release keeps: packed and read it is the same, and a file that anybody has edited since is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { limits } from '#base/limits.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import { isCompared } from '#catalogue/gate/compare-releases.ts';
import { checkNextRelease } from '#catalogue/gate/next-release.ts';
import { manifestName, packRelease, unpackRelease } from '#catalogue/gate/release-set.ts';
import { edited, releaseOf, smallArtefacts, type SmallArtefact } from './small-release.ts';

const kinds = Object.keys(smallArtefacts) as readonly SmallArtefact[];
const release = releaseOf(kinds.map((kind) => edited('school', kind)));
const files = packRelease(release);
const read = (changes: Readonly<Record<string, Buffer | null>> = {}) =>
  unpackRelease((path) => (path in changes ? (changes[path] ?? null) : (files.get(path) ?? null)));
const refusal = (changes: Readonly<Record<string, Buffer | null>>): string => {
  const found = read(changes);
  return found.ok ? 'taken' : `${found.problem.code} ${found.problem.detail}`;
};

test('what is packed is read as it was, and packed again it is the same to the byte', () => {
  const found = read();
  assert.ok(found.ok);
  assert.deepEqual(
    [...found.value.apis],
    [...release.apis].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  assert.deepEqual(
    found.value.artefacts,
    [...release.artefacts].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );
  assert.deepEqual([...packRelease(found.value)], [...files]);
});

test('something compares every kind of artefact', () => {
  assert.deepEqual(
    release.artefacts.filter((one) => !isCompared(one)),
    [],
  );
  const [first] = release.artefacts;
  assert.ok(first !== undefined);
  assert.equal(isCompared({ ...first, name: 'school/notes.txt', type: 'text/plain' }), false);
});

test('a file that was edited by hand is refused, and the refusal says which', () => {
  const events = 'school/events.json.gz';
  const edit = gzipSync(edited('school', 'events', 'pupil.gone', 'pupil.left').text);
  assert.equal(
    refusal({ [events]: edit }),
    'HUB-207 school/events.json.gz has been edited since the release was made: put back what was released.',
  );
  assert.equal(refusal({ [events]: null }), 'HUB-207 school/events.json.gz is missing or damaged.');
  assert.equal(refusal({ [events]: Buffer.from('plain') }), 'HUB-207 school/events.json.gz is missing or damaged.');
  // Larger than the manifest says is not unpacked any further.
  assert.equal(
    refusal({ [events]: gzipSync('x'.repeat(100_000)) }),
    'HUB-207 school/events.json.gz is missing or damaged.',
  );
});

test('a manifest that was edited by hand is refused, and so is none', () => {
  const text = String(files.get(manifestName));
  const edit = (from: string, to: string): string => refusal({ [manifestName]: Buffer.from(text.replace(from, to)) });
  assert.equal(
    edit('"status": "production"', '"status": "beta"'),
    'HUB-207 manifest.json has been edited since the release was made.',
  );
  assert.equal(edit('{', '['), 'HUB-207 manifest.json is not the manifest of a release.');
  assert.equal(refusal({ [manifestName]: null }), 'HUB-207 There is no manifest.json.');
});

test('a name never leads out of the folder, and no artefact is larger than the limit', () => {
  const [one] = release.artefacts;
  assert.ok(one !== undefined);
  const packed = (name: string, text = '{}'): string => {
    const made = packRelease(releaseOf([{ ...one, name, text }]));
    const found = unpackRelease((path) => made.get(path) ?? null);
    return found.ok ? 'taken' : found.problem.detail;
  };
  const none = 'manifest.json lists something that is no artefact.';
  assert.deepEqual(
    ['school/../../etc/passwd', '/etc/passwd', 'school', '..', 'school/.hidden', 'school/a b'].map((name) =>
      packed(name),
    ),
    [none, none, none, none, none, none],
  );
  assert.equal(packed('school/openapi.json', 'x'.repeat(limits.releasedArtefactBytes)), 'taken');
  assert.equal(packed('school/openapi.json', 'x'.repeat(limits.releasedArtefactBytes + 1)), none);
});

const planned = [
  { version: 0, at: startOfDay('2026-11-22') },
  { version: 1, at: startOfDay('2027-03-31') },
  { version: 2, at: startOfDay('2028-04-03') },
  { version: 3, at: startOfDay('2028-05-01') },
  { version: 4, at: startOfDay('2029-02-15') },
];
const next = (made: number, version: number, day: string): readonly string[] =>
  checkNextRelease({ made: planned.slice(0, made), planned, version, day }).map(({ rule }) => rule);

test('releases come one by one, one a year, in spring, on the day that was told', () => {
  assert.deepEqual(next(0, 0, '2026-11-22'), []);
  assert.deepEqual(next(1, 1, '2027-03-31'), []);
  assert.deepEqual(next(2, 2, '2028-04-03'), []);
  assert.deepEqual(next(0, 1, '2027-03-31'), ['release-number']);
  assert.deepEqual(next(1, 2, '2028-04-03'), ['release-number']);
  assert.deepEqual(next(2, 1, '2027-03-31'), ['release-made']);
  assert.deepEqual(next(3, 3, '2028-05-01'), ['release-year']);
  assert.deepEqual(next(4, 4, '2029-02-15'), ['release-season']);
  assert.deepEqual(next(1, 1, '2027-03-30'), ['release-season', 'release-other-day']);
  assert.deepEqual(next(1, 1, '2027-04-01'), ['release-other-day']);
  assert.deepEqual(next(5, 5, '2030-04-01'), ['release-unplanned']);
});
