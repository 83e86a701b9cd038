// Sync runs: whatever comes, in whatever order, however often: nothing is lost, nothing comes back, and everyone can read why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapter, createBench, pupil, pupils, tenantId } from './workbench.ts';
import type { Bench, Entry } from './workbench.ts';

const some = (from: number, to: number, version = 1): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, at) => pupil(`S${String(from + at).padStart(4, '0')}`, version));

const full = async (bench: Bench, corrId: string, entries: readonly Entry[]): Promise<void> =>
  assert.equal(await bench.send(entries, { corrId, total: entries.length }), 'ok');

test('pages of a full sync come in any order and in parallel; the last one completes it', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  const answers = await Promise.all([
    bench.send(some(81, 98, 2), { corrId: 'a', total: 98, page: 3 }),
    bench.send(some(1, 40, 2), { corrId: 'a', total: 98, page: 1 }),
    bench.send(some(41, 80), { corrId: 'a', total: 98, page: 2 }),
  ]);
  assert.deepEqual(answers, ['ok', 'ok', 'ok']);
  const run = bench.run('a');
  assert.deepEqual(
    [run.state, run.receivedEntries, run.pages, run.updated, run.unchanged, run.removed],
    ['completed', 98, 3, 58, 40, 2],
  );
  assert.equal(bench.there().length, 98);
  assert.ok(
    bench.events.some((event) => event.kind === 'sync-run' && event.state === 'completed' && event.removed === 2),
  );
});

test('an interrupted full sync removes nothing and expires', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await bench.send(some(1, 50, 2), { corrId: 'a', total: 60, page: 1 });
  bench.wait(14 * 60_000);
  assert.equal(await bench.ingest.sweep(tenantId), 0);
  bench.wait(61_000);
  assert.equal(await bench.ingest.sweep(tenantId), 1);
  assert.equal(bench.run('a').state, 'expired');
  assert.equal(await bench.send(some(51, 60), { corrId: 'a', total: 60, page: 2 }), 'HUB-602');
  assert.equal(bench.there().length, 100);
});

test('an overdue run expires when its late page comes, without a sweep', async () => {
  const bench = createBench();
  await bench.send(some(1, 5), { corrId: 'a', total: 10, page: 1 });
  bench.wait(900_001);
  assert.equal(await bench.send(some(6, 10), { corrId: 'a', total: 10, page: 2 }), 'HUB-602');
  assert.equal(bench.run('a').state, 'expired');
  assert.equal(bench.there().length, 5);
});

test('a page that comes again counts once, also after the end; another one of its number is refused then', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  assert.equal(await bench.send(some(1, 50), { corrId: 'a', total: 100, page: 1 }), 'ok');
  assert.equal(await bench.send(some(1, 50), { corrId: 'a', total: 100, page: 1 }), 'ok');
  assert.deepEqual([bench.run('a').receivedEntries, bench.run('a').state], [50, 'open']);
  assert.equal(await bench.send(some(51, 100), { corrId: 'a', total: 100, page: 2 }), 'ok');
  assert.deepEqual([bench.run('a').state, bench.run('a').removed], ['completed', 0]);
  assert.equal(await bench.send(some(51, 100), { corrId: 'a', total: 100, page: 2 }), 'ok');
  assert.equal(await bench.send(some(51, 99), { corrId: 'a', total: 100, page: 2 }), 'HUB-602');
  assert.equal(await bench.send(some(1, 1), { corrId: 'a', total: 100, page: 3 }), 'HUB-602');
  assert.equal(bench.there().length, 100);
});

test('another page of the same number replaces the first in the count, its findings too', async () => {
  const bench = createBench();
  await bench.send([pupil('S1'), pupil('S2', 1, { feil: 1 }), { identifier: 'S3', resource: {} }], {
    corrId: 'a',
    total: 4,
    page: 1,
  });
  assert.deepEqual([bench.run('a').rejected, bench.run('a').warnings, bench.run('a').receivedEntries], [1, 1, 3]);
  await bench.send([pupil('S1'), pupil('S2')], { corrId: 'a', total: 4, page: 1 });
  const run = bench.run('a');
  assert.deepEqual([run.rejected, run.warnings, run.receivedEntries, run.pages], [0, 0, 2, 1]);
  await bench.send([pupil('S4'), pupil('S5')], { corrId: 'a', total: 4, page: 2 });
  assert.equal(bench.run('a').state, 'completed');
});

test('a run that contradicts itself fails and removes nothing', async () => {
  const contradictions = [
    { total: 61 },
    { type: 'DELTA' as const },
    { collection: 'utdanning/elev/person' },
    { metadata: { adapterId: 'https://other.test' } },
  ];
  for (const wrong of contradictions) {
    const bench = createBench();
    await full(bench, 'seed', some(1, 100));
    await bench.send(some(1, 50), { corrId: 'a', total: 60, page: 1 });
    assert.equal(
      await bench.send(some(51, 60), { corrId: 'a', total: 60, page: 2, ...wrong }),
      'HUB-603',
      JSON.stringify(wrong),
    );
    assert.equal(bench.run('a').state, 'failed');
    assert.equal(await bench.send(some(51, 60), { corrId: 'a', total: 60, page: 2 }), 'HUB-602');
    assert.equal(bench.there().length, 100);
  }
});

test('another application cannot spoil a run by its corrId', async () => {
  const bench = createBench();
  await bench.send(some(1, 5), { corrId: 'a', total: 10, page: 1 });
  assert.equal(await bench.send(some(1, 5), { corrId: 'a', total: 99, page: 1, client: 'adapter-2' }), 'HUB-603');
  assert.equal(bench.run('a').state, 'open');
  assert.equal(await bench.send(some(6, 10), { corrId: 'a', total: 10, page: 2 }), 'ok');
  assert.equal(bench.run('a').state, 'completed');
});

test('more entries than totalSize: applied, but the run has failed and removes nothing', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await bench.send(some(1, 97, 2), { corrId: 'a', total: 98, page: 1 });
  assert.equal(await bench.send(some(98, 99, 2), { corrId: 'a', total: 98, page: 2 }), 'ok');
  assert.deepEqual([bench.run('a').state, bench.run('a').updated, bench.there().length], ['failed', 99, 100]);
});

test('a full sync that would remove more than the guard allows is held until it is confirmed', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await full(bench, 'a', some(1, 94));
  assert.deepEqual([bench.run('a').state, bench.run('a').wouldRemove, bench.there().length], ['held', 6, 100]);
  assert.equal(await bench.send(some(1, 94), { corrId: 'a', total: 94 }), 'ok');
  // Delivered meanwhile: stays.
  await bench.send([pupil('S0099', 7)], { corrId: 'd', total: 1, type: 'DELTA' });
  const confirm = { principal: adapter(), requestId: 'r', corrId: 'a', decision: 'confirm' } as const;
  assert.ok((await bench.ingest.decide(confirm)).ok);
  assert.deepEqual([bench.run('a').state, bench.run('a').removed], ['completed', 5]);
  assert.deepEqual(bench.there().slice(-2), ['S0094', 'S0099']);
  const again = await bench.ingest.decide(confirm);
  assert.ok(!again.ok && again.problem.code === 'HUB-409');
});

test('exactly the share of the guard is not held; new resources do not hide removals', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await full(bench, 'a', some(1, 95));
  assert.deepEqual([bench.run('a').state, bench.run('a').removed], ['completed', 5]);
  await full(bench, 'b', [...some(1, 85), ...some(1001, 1400)]);
  assert.deepEqual([bench.run('b').state, bench.run('b').wouldRemove], ['held', 10]);
  bench.settings.value = { ...bench.settings.value, removalGuard: 0 };
  await full(bench, 'c', [...some(1, 95), ...some(1001, 1399)]);
  assert.equal(bench.run('c').state, 'held');
  bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
  await full(bench, 'd', []);
  assert.deepEqual([bench.run('d').state, bench.there().length], ['completed', 0]);
});

test('a single page that adds and removes is judged by what was there before', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await full(bench, 'a', [...some(1, 99), ...some(201, 400)]);
  assert.deepEqual([bench.run('a').state, bench.run('a').removed, bench.there().length], ['completed', 1, 299]);
});

test('a page that comes under two numbers does not stand in for one that is missing', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  const pages = [some(1, 96), some(97, 98), some(97, 98)];
  for (const [at, page] of pages.entries())
    assert.equal(await bench.send(page, { corrId: 'a', total: 100, page: at + 1 }), 'ok');
  assert.deepEqual([bench.run('a').state, bench.run('a').wouldRemove, bench.there().length], ['held', 2, 100]);
  for (const [at, page] of [some(1, 98), some(99, 100), some(99, 100)].entries())
    assert.equal(await bench.send(page, { corrId: 'b', total: 102, page: at + 1 }), 'ok');
  assert.equal(bench.run('b').state, 'completed', 'nothing is missing');
});

test('a rejected run removes nothing, and nobody without a grant decides', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await full(bench, 'a', []);
  assert.deepEqual([bench.run('a').state, bench.run('a').wouldRemove], ['held', 100]);
  const reject = { principal: adapter(), requestId: 'r', corrId: 'a', decision: 'reject' } as const;
  bench.granted.deliver = () => false;
  const refused = await bench.ingest.decide(reject);
  assert.ok(!refused.ok && refused.problem.code === 'HUB-204');
  bench.granted.deliver = () => true;
  assert.ok((await bench.ingest.decide(reject)).ok);
  assert.deepEqual([bench.run('a').state, bench.there().length], ['rejected', 100]);
});

test('a held run whose pages the store has dropped cannot be confirmed', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await full(bench, 'a', some(1, 50));
  bench.tenant.forgetSeen();
  const answer = await bench.ingest.decide({ principal: adapter(), requestId: 'r', corrId: 'a', decision: 'confirm' });
  assert.ok(!answer.ok && answer.problem.code === 'HUB-409');
  assert.deepEqual([bench.run('a').state, bench.there().length], ['failed', 100]);
});

test('a newer full sync supersedes an open or held one, whose pages still count but remove nothing', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await bench.send(some(1, 49, 2), { corrId: 'old', total: 98, page: 1 });
  await full(bench, 'new', some(1, 99, 3));
  assert.deepEqual(
    [bench.run('old').state, bench.run('new').state, bench.run('new').removed],
    ['superseded', 'completed', 1],
  );
  assert.equal(await bench.send(some(50, 98, 2), { corrId: 'old', total: 98, page: 2 }), 'ok');
  const old = bench.run('old');
  assert.deepEqual([old.state, old.removed, old.updated, old.closedAt !== null], ['superseded', 0, 49, true]);
  assert.equal(bench.there().length, 99);
  await full(bench, 'held', some(1, 10));
  assert.equal(bench.run('held').state, 'held');
  await full(bench, 'newest', some(1, 99));
  assert.deepEqual([bench.run('held').state, bench.run('newest').state], ['superseded', 'completed']);
});

test('an earlier run neither overwrites nor brings back what a later one has delivered or removed', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await bench.send(some(1, 1), { corrId: 'full', total: 101, page: 1 });
  await bench.send([pupil('S0002', 9)], { corrId: 'delta', total: 1, type: 'DELTA' });
  await bench.send([{ identifier: 'S0003' }, { identifier: 'S0101' }], { corrId: 'delete', total: 2, type: 'DELETE' });
  assert.deepEqual([bench.run('delete').removed, bench.run('delete').warnings], [1, 1]);
  // The snapshot was taken before: it still has S0003, and even S0101, which had not come when it was deleted.
  await bench.send(some(2, 101, 2), { corrId: 'full', total: 101, page: 2 });
  const run = bench.run('full');
  assert.deepEqual([run.state, run.updated, run.created, run.removed, run.warnings], ['completed', 97, 0, 0, 3]);
  assert.ok(!bench.there().includes('S0003') && !bench.there().includes('S0101'));
  assert.match(bench.tenant.contents(pupils).get('S0002')?.resource.attributes ?? '', /v9@/);
  const codes = await notes(bench, 'full');
  assert.deepEqual(codes, ['HUB-604', 'HUB-604', 'HUB-604']);
});

test('a deletion of what has not come yet counts in either normal form', async () => {
  const bench = createBench();
  assert.equal(await bench.send([pupil('S1')], { corrId: 'early', total: 2, type: 'DELTA' }), 'ok');
  const gone = [{ identifier: 'bl\u00e5'.normalize('NFD') }];
  assert.equal(await bench.send(gone, { corrId: 'later', total: 1, type: 'DELETE' }), 'ok');
  assert.equal(await bench.send([pupil('bl\u00e5')], { corrId: 'early', total: 2, page: 2, type: 'DELTA' }), 'ok');
  assert.deepEqual(bench.there(), ['S1']);
});

test('a delta that comes while a full sync is open vouches for what it brings', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  await bench.send(some(1, 50), { corrId: 'full', total: 100, page: 1 });
  await bench.send([pupil('S9000')], { corrId: 'delta', total: 1, type: 'DELTA' });
  await bench.send(some(51, 100), { corrId: 'full', total: 100, page: 2 });
  assert.deepEqual([bench.run('full').state, bench.run('full').removed], ['completed', 0]);
  assert.ok(bench.there().includes('S9000'));
  await full(bench, 'next', some(1, 100));
  assert.deepEqual([bench.run('next').removed, bench.there().length], [1, 100]);
});

test('entries that are kept back vouch for the resource they stand for', async () => {
  const bench = createBench();
  await full(bench, 'seed', some(1, 100));
  const bad = [pupil('S0099', 2, { gjest: 'nei' }), { identifier: 'S0100', resource: { systemId: 'S0100' } }];
  await full(bench, 'a', [...some(1, 98), ...bad]);
  assert.deepEqual([bench.run('a').state, bench.run('a').rejected, bench.run('a').removed], ['completed', 2, 0]);
  assert.equal(bench.there().length, 100);
  assert.deepEqual(await notes(bench, 'a'), ['HUB-611', 'HUB-611']);
});

const withFeide = (systemId: string, feide: string): Entry =>
  pupil(systemId, 1, { feidenavn: { identifikatorverdi: feide } });

test('an identifier of another resource keeps the entry back; later full syncs put it right', async () => {
  const bench = createBench();
  bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
  await full(bench, 'seed', [withFeide('S1', 'ola@f.test'), withFeide('S2', 'kari@f.test')]);
  await full(bench, 'a', [withFeide('S3', 'ola@f.test'), withFeide('S2', 'kari@f.test')]);
  assert.deepEqual([bench.run('a').rejected, bench.run('a').removed], [1, 1]);
  assert.deepEqual(await notes(bench, 'a'), ['HUB-612']);
  await full(bench, 'b', [withFeide('S3', 'ola@f.test'), withFeide('S2', 'kari@f.test')]);
  assert.deepEqual(bench.there(), ['S2', 'S3']);
});

test('identifiers may change, move along a chain and be swapped on one page', async () => {
  const bench = createBench();
  await full(bench, 'seed', [withFeide('S1', 'a'), withFeide('S2', 'b'), withFeide('S3', 'c'), withFeide('S4', 'd')]);
  const uids = ['S1', 'S2', 'S3', 'S4'].map((one) => bench.tenant.uidOf(pupils, 'systemid', one));
  await full(bench, 'a', [withFeide('S1', 'b'), withFeide('S2', 'c'), withFeide('S3', 'e'), withFeide('S4', 'd')]);
  assert.deepEqual([bench.run('a').updated, bench.run('a').rejected], [3, 0]);
  await full(bench, 'b', [withFeide('S1', 'c'), withFeide('S2', 'b'), withFeide('S3', 'd'), withFeide('S4', 'e')]);
  assert.deepEqual([bench.run('b').updated, bench.run('b').rejected], [4, 0]);
  assert.deepEqual(
    ['c', 'b', 'd', 'e'].map((one) => bench.tenant.uidOf(pupils, 'feidenavn', one)),
    uids,
  );
});

test('duplicates on a page: the last wins and the first is reported; two resources with one identifier: the second is kept back', async () => {
  const bench = createBench();
  await full(bench, 'a', [pupil('S1', 1), withFeide('S2', 'x'), pupil('S1', 2), withFeide('S3', 'x')]);
  assert.deepEqual(
    [bench.run('a').state, bench.run('a').created, bench.run('a').rejected, bench.run('a').warnings],
    ['completed', 2, 1, 1],
  );
  assert.deepEqual(await notes(bench, 'a'), ['HUB-617', 'HUB-612']);
  assert.match(bench.tenant.contents(pupils).get('S1')?.resource.attributes ?? '', /v2@/);
});

test('an entry that is kept back for another one of its page vouches for its resource too', async () => {
  const bench = createBench();
  bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
  await full(bench, 'seed', [withFeide('S1', 'x'), withFeide('S2', 'y'), withFeide('S3', 'z')]);
  await full(bench, 'a', [withFeide('S1', 'x'), withFeide('S2', 'x'), withFeide('S3', 'z')]);
  assert.deepEqual(await notes(bench, 'a'), ['HUB-612']);
  assert.deepEqual([bench.run('a').state, bench.run('a').removed], ['completed', 0]);
  assert.deepEqual(bench.there(), ['S1', 'S2', 'S3']);
});

const entry = (systemId: string, elevnummer: string): Entry =>
  pupil(systemId, 1, { elevnummer: { identifikatorverdi: elevnummer } });

test('delete pages take any identifier; an ambiguous value removes nothing', async () => {
  const bench = createBench();
  await full(bench, 'seed', [entry('S1', '1'), entry('S2', '2'), entry('3', '4'), entry('5', '3'), entry('S6', '6')]);
  const gone: Entry[] = [
    { identifier: 'S1', resource: null },
    { identifier: '2' },
    { identifier: '3' },
    { identifier: 'https://x.test/utdanning/elev/elev/elevnummer/6' },
    { identifier: 'S1' },
    { identifier: 'ukjent' },
    { identifier: null },
    { identifier: 7 },
  ];
  assert.equal(await bench.send(gone, { corrId: 'd', total: gone.length, type: 'DELETE' }), 'ok');
  assert.deepEqual(bench.there(), ['3', '5']);
  const run = bench.run('d');
  assert.deepEqual([run.state, run.removed, run.rejected, run.warnings], ['completed', 3, 3, 2]);
});

test('a deletion by address removes what the address leads to, and nothing else', async () => {
  const bench = createBench();
  const own = 'https://skole.test/elever/7';
  await full(bench, 'seed', [
    entry('S1', '20/00094'),
    entry('00094', '2'),
    entry(own, '3'),
    entry('7', '4'),
    entry('S5', 'a b'),
  ]);
  const gone: Entry[] = [
    { identifier: 'https://x.test/utdanning/elev/elev/elevnummer/20/00094' },
    { identifier: own },
    { identifier: 'https://x.test/utdanning/elev/elev/elevnummer/a%20b' },
  ];
  assert.equal(await bench.send(gone, { corrId: 'd', total: gone.length, type: 'DELETE' }), 'ok');
  assert.deepEqual(bench.there(), ['00094', '7']);
});

test('an entry without a resource that comes by its address vouches for it', async () => {
  const bench = createBench();
  bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
  await full(bench, 'seed', [entry('S1', '20/00094'), entry('S2', '2')]);
  await full(bench, 'a', [
    { identifier: 'https://x.test/utdanning/elev/elev/elevnummer/20%2F00094', resource: null },
    { identifier: 'https://x.test/utdanning/elev/elev/systemid/S2', resource: { elevnummer: 2 } },
  ]);
  assert.deepEqual([bench.run('a').rejected, bench.run('a').removed], [2, 0]);
});

test('an empty full sync empties the class, when the guard lets it', async () => {
  const bench = createBench();
  bench.settings.value = { ...bench.settings.value, removalGuard: 1 };
  await full(bench, 'seed', some(1, 10));
  await full(bench, 'a', []);
  assert.deepEqual([bench.run('a').state, bench.run('a').removed, bench.there().length], ['completed', 10, 0]);
  await full(bench, 'b', []);
  assert.equal(bench.run('b').state, 'completed');
});

test('a page is applied whole or not at all', async () => {
  const bench = createBench();
  bench.tenant.breakNext(new Error('disk'));
  await assert.rejects(bench.deliver(some(1, 5), { corrId: 'a', total: 5 }), /disk/);
  assert.deepEqual([bench.there().length, bench.tenant.runs.run('a')], [0, null]);
  await full(bench, 'a', some(1, 5));
  assert.equal(bench.there().length, 5);
});

test('stricter collections keep back what others only report', async () => {
  const entries = [
    pupil('S1'),
    pupil('S2', 1, { ukjent: 1 }),
    { identifier: 'S3', resource: { systemId: { identifikatorverdi: 'S3' } } },
  ];
  const bench = createBench();
  await full(bench, 'lenient', entries);
  assert.deepEqual([bench.run('lenient').created, bench.run('lenient').warnings], [3, 2]);

  const strict = createBench();
  strict.settings.value = {
    ...strict.settings.value,
    strictness: [{ pattern: 'utdanning/elev/*', mode: 'keep-back' }],
  };
  await full(strict, 'people', []);
  assert.equal(await strict.send(entries, { corrId: 'a', total: 3 }), 'ok');
  // S1 has a link to a person who has not been delivered.
  assert.deepEqual([strict.run('a').created, strict.run('a').rejected], [0, 3]);
  assert.deepEqual((await notes(strict, 'a')).sort(), ['HUB-613', 'HUB-614', 'HUB-615']);
  await strict.send(
    [
      {
        identifier: 'S1',
        resource: { fodselsnummer: { identifikatorverdi: 'S1' }, navn: { fornavn: 'A', etternavn: 'B' } },
      },
    ],
    {
      corrId: 'p',
      total: 1,
      collection: 'utdanning/elev/person',
    },
  );
  await strict.send([pupil('S1')], { corrId: 'b', total: 1 });
  assert.deepEqual(strict.there(), ['S1']);

  const refusing = createBench();
  refusing.settings.value = { ...refusing.settings.value, strictness: [{ pattern: pupils, mode: 'refuse-page' }] };
  const answer = await refusing.deliver(entries, { corrId: 'a', total: 3 });
  assert.ok(!answer.ok && answer.problem.code === 'HUB-600');
  assert.deepEqual(
    answer.problem.errors?.map((one) => one.at),
    ['/resources/1/resource/ukjent', '/resources/2/resource/_links/person'],
  );
  const linked = await refusing.deliver([pupil('S1')], { corrId: 'b', total: 1 });
  assert.ok(!linked.ok && linked.problem.errors?.[0]?.code === 'HUB-615');
  assert.deepEqual([refusing.there(), refusing.tenant.commits()], [[], 0]);
  assert.ok(refusing.tenant.audited().every((record) => record.decision === 'deny'));
});

test('ten thousand bad entries on one page: reported up to the bound, and no value in any text', async () => {
  const bench = createBench();
  const bad = Array.from({ length: 10_000 }, (_, at) =>
    at % 4 === 0
      ? { identifier: `hemmelig-${at}`, resource: { systemId: `hemmelig-${at}` } }
      : at % 4 === 1
        ? `hemmelig-${at}`
        : at % 4 === 2
          ? { identifier: at, resource: {} }
          : {
              identifier: `hemmelig-${at}`,
              resource: { systemId: { identifikatorverdi: `hemmelig-${at}` }, gjest: 'hemmelig', [`f${at}`]: 1 },
            },
  );
  assert.equal(await bench.send(bad, { corrId: 'a', total: 10_000 }), 'ok');
  assert.deepEqual([bench.run('a').rejected, bench.there().length], [10_000, 0]);
  const rows = await bench.tenant.runs.rejections({ corrId: 'a', limit: 100_000 });
  assert.equal(rows.length, 10_000);
  assert.doesNotMatch(JSON.stringify(rows), /hemmelig/);
  assert.doesNotMatch(JSON.stringify(bench.tenant.audited()), /hemmelig/);
});

test('warnings never take the room of rejections', async () => {
  const bench = createBench();
  const warned = Array.from({ length: 9_999 }, (_, at) => pupil(`S${at}`, 1, { ukjent: 1 }));
  await bench.send(warned, { corrId: 'a', total: 10_003, page: 1 });
  await bench.send(
    [pupil('T1', 1, { ukjent: 1 }), pupil('T2', 1, { ukjent: 1 }), { identifier: 'T3', resource: {} }, pupil('T4')],
    { corrId: 'a', total: 10_003, page: 2 },
  );
  const rows = await bench.tenant.runs.rejections({ corrId: 'a', limit: 100_000 });
  assert.equal(rows.length, 10_001);
  assert.deepEqual(
    rows.filter((one) => one.page === 2).map((one) => one.code),
    ['HUB-614', 'HUB-610'],
  );
  assert.deepEqual([bench.run('a').warnings, bench.run('a').rejected], [10_001, 1]);
});

test('metadata must say what a run is, and for whom', async () => {
  const bench = createBench();
  const wrong: readonly (readonly [object, string])[] = [
    [{ corrId: '' }, 'HUB-600'],
    [{ corrId: 'a/../b' }, 'HUB-600'],
    [{ totalSize: -1 }, 'HUB-600'],
    [{ totalSize: 1.5 }, 'HUB-600'],
    [{ totalSize: '1' }, 'HUB-600'],
    [{ page: null }, 'HUB-600'],
    [{ page: 1e300 }, 'HUB-600'],
    [{ adapterId: undefined }, 'HUB-600'],
    [{ orgId: 7 }, 'HUB-600'],
    [{ orgId: 'annen.test' }, 'HUB-401'],
    [{ orgId: '' }, 'HUB-401'],
  ];
  for (const [metadata, code] of wrong)
    assert.equal(await bench.send([pupil('S1')], { corrId: 'a', total: 1, metadata }), code, JSON.stringify(metadata));
  for (const body of ['{"resources":[]}', '{"metadata":[],"resources":[]}', '{"metadata":null}'])
    assert.equal(await bench.send([], { corrId: 'a', total: 1, body }), 'HUB-600', body);
  assert.deepEqual([bench.there(), bench.tenant.commits()], [[], 0]);
  for (const orgId of ['Fjordheim-Test', 'FJORDHEIM_TEST', undefined, null])
    assert.equal(
      await bench.send([pupil('S1')], { corrId: `ok-${String(orgId)}`, total: 1, metadata: { orgId } }),
      'ok',
    );
});

test('a pageSize that is not the number of entries is reported', async () => {
  const bench = createBench();
  await bench.send([pupil('S1')], { corrId: 'a', total: 1, metadata: { pageSize: 2 } });
  assert.deepEqual(await notes(bench, 'a'), ['HUB-600']);
});

test('metadata may come after the entries, and NDJSON does the same', async () => {
  const bench = createBench();
  const metadata = { adapterId: 'x', corrId: 'a', orgId: tenantId, totalSize: 1, page: 1 };
  assert.equal(
    await bench.send([], { corrId: 'a', total: 1, body: JSON.stringify({ resources: [pupil('S1')], metadata }) }),
    'ok',
  );
  assert.equal(bench.run('a').state, 'completed');
  assert.equal(await bench.send([pupil('S1', 2)], { corrId: 'b', total: 1, form: 'ndjson' }), 'ok');
  assert.equal(bench.run('b').updated, 1);
});

test('without a grant nothing is read, and the denial is on record', async () => {
  const bench = createBench();
  bench.granted.deliver = () => false;
  assert.equal(await bench.send([pupil('S1')], { corrId: 'a', total: 1 }), 'HUB-400');
  const [record] = bench.tenant.audited();
  assert.deepEqual([record?.decision, record?.operation, record?.collection], ['deny', 'deliver-full', pupils]);
});

test('what was delivered is on record in the same transaction', async () => {
  const bench = createBench();
  await full(bench, 'a', some(1, 3));
  const [record] = bench.tenant.audited();
  assert.deepEqual(
    [record?.decision, record?.rule, record?.count, record?.client],
    ['allow', 'grant-1', 3, 'adapter-1'],
  );
});

test('a sender that stops or a stream that breaks leaves nothing behind', async () => {
  const bench = createBench();
  const whole = JSON.stringify({
    metadata: { adapterId: 'x', corrId: 'a', totalSize: 1, page: 1 },
    resources: [pupil('S1')],
  });
  assert.equal(await bench.send([], { corrId: 'a', total: 1, body: whole.slice(0, -3) }), 'HUB-101');
  assert.equal(bench.ingest.bytesHeld(), 0);
  assert.equal(bench.tenant.commits(), 0);
});

test('an adapter without a capability for the class is told so in the run', async () => {
  const bench = createBench();
  await full(bench, 'a', [pupil('S1')]);
  assert.match(bench.run('a').reason ?? '', /capability/);
  await bench.ingest.register({
    principal: adapter(),
    requestId: 'r',
    contract: {
      adapterId: 'x',
      username: 'adapter-1',
      heartbeatIntervalInMinutes: 5,
      capabilities: [{ collection: pupils, fullSyncIntervalInDays: 7, deltaSyncInterval: 'NONE' }],
    },
  });
  await full(bench, 'b', [pupil('S1')]);
  assert.equal(bench.run('b').reason, null);
});

const notes = async (bench: Bench, corrId: string): Promise<string[]> =>
  (await bench.tenant.runs.rejections({ corrId, limit: 1000 })).map((one) => one.code);
