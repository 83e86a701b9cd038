// `bindeledd catalogue check` and `release`: what they say of changes between a release and now, whom they name, and with which exit code.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { isMap, mapOf, type JsonMap } from '#catalogue/gate/json-tree.ts';
import type { ReleasedArtefact, ReleaseSet } from '#catalogue/gate/release-set.ts';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { currentRelease } from '#app/current-release.ts';
import { writeRelease } from '#app/kept-releases.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { base, model } from '../../store/conformance/world.ts';
import { doneBefore } from '../../done-before.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'catalogue-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const [releases, data] = [path.join(folder, 'releases'), path.join(folder, 'data')];

type Run = { readonly exit: number | null; readonly out: string; readonly err: string };
const run = (...words: readonly string[]): Run => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'catalogue', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore },
  });
  return { exit: status, out: stdout, err: stderr };
};

/** Pupils had the size of their shoes when the release was made, and employees were told apart by it in one more way. */
const withShoes = (artefact: ReleasedArtefact): ReleasedArtefact => {
  if (artefact.name !== 'flyt-skole/openapi.json') return artefact;
  const document: JsonMap = mapOf(JSON.parse(artefact.text));
  const components = mapOf(document['components']);
  const schemas = mapOf(components['schemas']);
  const pupil = mapOf(schemas['Pupil']);
  assert.ok(isMap(pupil['properties']));
  const properties = { ...pupil['properties'], shoeSize: { type: 'integer' } };
  const changed = { ...components, schemas: { ...schemas, Pupil: { ...pupil, properties } } };
  return { ...artefact, text: JSON.stringify({ ...document, components: changed }) };
};

let released: ReleaseSet;
before(async () => {
  const catalogue = loadCatalogue();
  assert.ok(catalogue.ok);
  const now = await currentRelease(catalogue.value, 0, systemClock.now());
  released = { ...now, day: '2026-11-22', artefacts: now.artefacts.map(withShoes) };
  assert.ok(writeRelease(releases, released).ok);
  assert.ok(writeRelease(path.join(folder, 'same'), { ...now, day: '2026-11-22' }).ok);
  const store = await openSqliteStore({
    folder: data,
    model,
    clock: systemClock,
    observe: ignoreEvents,
    baseUrl: () => base,
  });
  await store.platform.addPartUse('production', [
    { application: 'timetable', api: 'flyt-skole', part: 'GET /pupils', day: '2026-11-01', count: 41 },
    { application: 'timetable', api: 'flyt-skole', part: 'GET /pupils', day: '2026-11-02', count: 2 },
    { application: 'other', api: 'fint', part: 'GET /utdanning/elev/elev', day: '2026-11-02', count: 7 },
  ]);
  await store.close();
});

const on = '2026-11-23';

test('what nobody has announced stops the release, with the day on which it may come and whom it hits', () => {
  const { exit, out, err } = run('check', '--against', '0', '--releases', releases, '--on', on, '--data', data);
  assert.equal(err, '');
  assert.equal(exit, 6);
  assert.match(
    out,
    /^Breaking \(1\)\nAPI +PART +RULE +STATUS +VERDICT +WHAT\nflyt-skole +Pupil\.shoeSize +response-member-removed +production +unannounced +The member is gone from answers\.$/m,
  );
  assert.ok(
    out.includes(
      `May not be released after release 0 (2026-11-22): 1

flyt-skole  Pupil.shoeSize
  The member is gone from answers.
  The contract is production, and nobody has announced it. Announced now, it may be released on 2027-05-24.
  Hits timetable: 43 times, last on 2026-11-02.`,
    ),
    out,
  );
});

test('in Norwegian, and without a hub to ask whom it hits', () => {
  const { exit, out } = run('check', '--against', 'newest', '--releases', releases, '--on', on, '--lang', 'nb');
  assert.equal(exit, 6);
  assert.ok(
    out.includes('Kontrakten er production, og ingen har varslet det. Varsles det nå, kan det slippes 2027-05-24.'),
    out,
  );
  assert.ok(!out.includes('Rammer'));
});

test('announced in time it may be released, as JSON', () => {
  const announcements = path.join(folder, 'announced.json');
  const change = {
    id: 'shoes-go',
    api: 'flyt-skole',
    coordinates: ['Pupil.shoeSize'],
    kind: 'breaking',
    announcedAt: '2026-11-22T10:00:00Z',
    planned: { at: '2027-05-22T22:00:00Z' },
    replacement: 'Pupil.footLength',
  };
  writeFileSync(announcements, JSON.stringify({ items: [change] }));
  const check = (day: string): { readonly exit: number | null; readonly said: JsonMap } => {
    const { exit, out } = run(
      'check',
      '--against',
      '0',
      '--releases',
      releases,
      '--on',
      day,
      '--announcements',
      announcements,
      '--json',
    );
    return { exit, said: mapOf(JSON.parse(out)) };
  };
  const [early, lawful] = [check('2027-05-22'), check('2027-05-23')];
  assert.deepEqual([early.exit, early.said['ok'], lawful.exit, lawful.said['ok']], [6, false, 0, true]);
  const [finding] = Array.isArray(lawful.said['findings']) ? lawful.said['findings'] : [];
  const { coordinate, kind, rule, verdict, change: covering, earliest } = mapOf(finding);
  assert.deepEqual(
    [coordinate, kind, rule, verdict, covering, earliest],
    ['Pupil.shoeSize', 'breaking', 'response-member-removed', 'announced', 'shoes-go', '2027-05-22T22:00:00.000Z'],
  );
});

test('where nothing differs nothing stands in the way', () => {
  const { exit, out } = run('check', '--against', '0', '--releases', path.join(folder, 'same'));
  assert.deepEqual([exit, out], [0, 'Nothing stands in the way of releasing this after release 0 (2026-11-22).\n']);
});

test('what was released and edited since is refused, and so is what there is none of', () => {
  writeFileSync(path.join(releases, '0/provider/openapi.json.gz'), gzipSync('{}'));
  const { exit, err } = run('check', '--against', '0', '--releases', releases);
  assert.equal(exit, 7);
  assert.match(
    err,
    /^HUB-207 Release 0: provider\/openapi\.json\.gz has been edited since the release was made: put back what was released\.$/m,
  );
  assert.equal(run('check', '--against', '4', '--releases', releases).exit, 5);
  assert.equal(run('check', '--against', 'last', '--releases', releases).exit, 2);
  assert.equal(run('check', '--against', '0', '--releases', path.join(folder, 'same'), '--on', 'spring').exit, 2);
  assert.equal(run('check', '--against', 'newest', '--releases', path.join(folder, 'none')).exit, 2);
});

test('a release is made once, after the one before it, in spring', () => {
  const made = path.join(folder, 'made');
  const release = (version: string, day: string): Run => run('release', version, '--on', day, '--releases', made);
  assert.match(release('1', '2027-03-31').err, /The first release is 0/);
  const first = release('0', '2026-11-22');
  assert.match(first.out, /^Release 0 \(2026-11-22\): \d+ descriptions of \d+ APIs\.\n$/);
  assert.equal(first.exit, 0);
  const again = release('0', '2026-11-22');
  assert.deepEqual([again.exit, /It has been made, and never changes\./.test(again.err)], [7, true]);
  assert.match(release('2', '2027-03-31').err, /After release 0 comes 1\./);
  assert.match(release('1', '2027-02-15').err, /A release comes between 31 March and 30 June, and 2027-02-15 is not\./);
});
