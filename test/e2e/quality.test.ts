// Known mistakes, planted in a synthetic county and delivered to a whole hub: quality finds exactly those, on the resources that have them, and
// the command line tells.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { deliver } from '#sandbox/adapter.ts';
import { county } from '#sandbox/county.ts';
import { few } from '../cases.ts';
import { startHub } from './hub-under-test.ts';
import { temporaryPlace, type Place } from './place.ts';

const root = path.join(import.meta.dirname, '..', '..');

type Run = { readonly exit: number | null; readonly out: string; readonly said: string };

const commandLine = (place: Place, ...words: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const script = path.join(root, 'bin', 'bindeledd.mjs');
    const child = spawn(process.execPath, [script, ...words, ...place.words, '--lang', 'en'], {
      env: { ...process.env, ...place.env },
    });
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('close', (exit) => resolve({ exit, out, said }));
  });

/** All findings of an organisation, each with an identifier of the resource that has it, as soon as nothing is left to look at. */
const findings = (place: Place, id: string): Promise<readonly string[]> =>
  place.beside(async ({ quality }) => {
    const store = await quality(id);
    assert.ok(store !== null);
    for (let waited = 0; ; waited += 1) {
      const [head, state, left] = [
        await store.source.head(),
        await store.results.state(),
        await store.results.backlog(),
      ];
      if (state?.position === head.position && left.pending + left.spreads + left.sweeps.length === 0) break;
      assert.ok(waited < 3_000, 'the examination does not come to an end');
      await sleep(100);
    }
    const found: string[] = [];
    for (const { collection, rule, place: where } of await store.results.tallies(null))
      for (const { uid } of await store.results.sample({ collection, rule, place: where }, 1_000_000)) {
        const resource = await store.source.read(uid);
        const names = resource?.identifiers.map(({ field, value }) => `${field}/${value}`) ?? [];
        for (const name of names) found.push([rule, collection, name, where].join(' '));
      }
    return found;
  });

/** Which rule was broken at which place of which collection. */
const places = (all: Iterable<string>): readonly string[] =>
  [
    ...new Set([...all].map((one) => one.split(' ')).map(([rule, collection, , at]) => `${rule} ${collection} ${at}`)),
  ].toSorted();

const counties = [
  { flaws: 'ugly', extraBackLinks: true },
  { flaws: 'realistic', extraBackLinks: false },
] as const;

for (const { flaws, extraBackLinks } of few ? counties.slice(0, 1) : counties)
  describe(`flaws ${flaws}, inverse links beyond FINT's ${extraBackLinks ? 'added' : 'not added'}`, () => {
    test('are found, exactly', { timeout: 400_000 }, async () => {
      const place = await temporaryPlace();
      const made = county({ seed: 7, size: 'small', asOf: '2026-11-01', flaws });
      const { id } = made.organisation;
      const hub = await startHub({
        place,
        flags: { qualityIntervalSeconds: '1' },
        organisations: [{ id, settings: { extraBackLinks } }],
        applications: [{ id: 'adapter', kind: 'adapter', organisation: id }],
      });
      try {
        const login = hub.credentials.get('adapter');
        const summaries = await deliver({
          baseUrl: hub.url,
          tokenEndpoint: `${hub.url}/oauth/token`,
          clientId: 'adapter',
          clientSecret: login?.secret ?? '',
          scope: 'fint-adapter',
          orgId: id,
          adapterId: `https://sandbox.test/${id}`,
          collections: made.collections,
          pageSize: 5_000,
          concurrency: 2,
          gzip: false,
          fetch,
          now: systemClock.now,
          sleep: systemClock.sleep,
        });
        assert.deepEqual(
          summaries.filter(({ state, rejected }) => state !== 'completed' || rejected > 0),
          [],
        );
        // What a hub adds itself is never missing.
        const planted = [...made.flaws()]
          .filter(({ rule }) => !extraBackLinks || rule !== 'missing-inverse')
          .map(({ rule, collection, identifier, place: where }) =>
            [rule, collection, `${identifier.field}/${identifier.value}`, where].join(' '),
          );
        assert.ok(planted.length > 0);
        const found = new Set(await findings(place, id));
        assert.deepEqual(
          planted.filter((one) => !found.has(one)),
          [],
          'planted and not found',
        );
        assert.deepEqual(places(found), places(planted));
        // As many resources as flaws: nothing else is found.
        const { out, exit } = await commandLine(place, 'quality', '--organisation', id, '--format', 'json');
        assert.equal(exit, 0);
        const told = JSON.parse(out) as {
          readonly lines: readonly { resources: number }[];
          backlog: { complete: boolean };
        };
        assert.equal(
          told.lines.reduce((sum, { resources }) => sum + resources, 0),
          planted.length,
        );
        assert.equal(told.backlog.complete, true);
        if (flaws === 'ugly') await tells(place, id);
      } finally {
        await hub.close();
        await place.remove();
      }
    });
  });

const tells = async (place: Place, id: string): Promise<void> => {
  const ask = (...words: readonly string[]): Promise<Run> =>
    commandLine(place, 'quality', ...words, '--organisation', id);
  const below = await ask('--fail-under', '99.9%');
  assert.equal(below.exit, 7);
  assert.match(below.said, /The quality 9\d\.\d\d % is below 99\.90 %/);
  assert.equal((await ask('--fail-under', '0.5')).exit, 0);
  const links = await ask('links', '--samples');
  assert.match(links.out, /missing-target +klasse/);
  assert.match(links.out, /has been delivered|was last synced at 20/);
  assert.ok(!links.out.includes('national-id'));
  assert.doesNotMatch(links.out, /\b\d{11}\b/);
  const csv = await ask('rules', '--format', 'csv');
  assert.match(csv.out, /^collection,source,part,rule,place,/);
  assert.ok(!csv.out.includes('missing-target'));
  const one = await ask('--collection', 'utdanning/elev/person', '--format', 'ndjson');
  for (const line of one.out.trim().split('\n'))
    assert.equal((JSON.parse(line) as { collection: string }).collection, 'utdanning/elev/person');
  assert.match((await ask('--trend')).out, /DAY +COLLECTION/);
  assert.equal((await ask('--collection', 'a/b/c')).exit, 5);
  assert.equal((await ask('magic')).exit, 2);
  assert.equal((await ask('--format', 'magic')).exit, 2);
  assert.equal((await ask('--fail-under', 'much')).exit, 2);
  assert.equal((await commandLine(place, 'quality', '--organisation', 'nobody.test')).exit, 5);
};
