// HUB-606: entries without a protection marking in a collection that has carried it are taken and reported, never kept back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBench } from './workbench.ts';
import type { Bench, Entry } from './workbench.ts';

const persons = 'utdanning/elev/person';
const person = (number: number, marking?: string): Entry => ({
  identifier: `p${number}`,
  resource: {
    fodselsnummer: { identifikatorverdi: `p${number}` },
    navn: { fornavn: 'A', etternavn: 'B' },
    ...(marking === undefined ? {} : { adressebeskyttelse: marking }),
  },
});
const send = (bench: Bench, entries: readonly Entry[], corrId: string) =>
  bench.send(entries, { corrId, total: entries.length, collection: persons });
const told = async (bench: Bench, corrId: string): Promise<readonly unknown[]> =>
  (await bench.tenant.runs.rejections({ corrId, limit: 100 })).map(({ index, severity, code, at }) => [
    index,
    severity,
    code,
    at,
  ]);

test('a collection that has never carried a marking is not asked for one', async () => {
  const bench = createBench();
  assert.equal(await send(bench, [person(1), person(2)], 'a'), 'ok');
  assert.deepEqual(await told(bench, 'a'), []);
  assert.equal(bench.run('a').warnings, 0);
});

test('once it is carried, an entry without it is taken and told of, on the same page and later, and counted', async () => {
  const bench = createBench();
  assert.equal(await send(bench, [person(1), person(2, 'ugradert')], 'a'), 'ok');
  assert.deepEqual(await told(bench, 'a'), [[0, 'warning', 'HUB-606', '/resource/adressebeskyttelse']]);
  assert.equal(await send(bench, [person(1), person(2)], 'b'), 'ok');
  assert.deepEqual(
    [await told(bench, 'b'), bench.run('b').warnings, bench.run('b').rejected, bench.run('b').receivedEntries],
    [
      [
        [0, 'warning', 'HUB-606', '/resource/adressebeskyttelse'],
        [1, 'warning', 'HUB-606', '/resource/adressebeskyttelse'],
      ],
      2,
      0,
      2,
    ],
  );
});

test('strictness that keeps entries back for findings takes one without a marking all the same', async () => {
  const bench = createBench();
  bench.settings.value = { ...bench.settings.value, strictness: [{ pattern: '*', mode: 'keep-back' }] };
  assert.equal(await send(bench, [person(1, 'fortrolig'), person(2)], 'a'), 'ok');
  assert.deepEqual([bench.run('a').created, bench.run('a').rejected, bench.run('a').warnings], [2, 0, 1]);
});

test('collections without a marking of their own never have the finding', async () => {
  const bench = createBench();
  await send(bench, [person(1, 'fortrolig')], 'a');
  await bench.send([{ identifier: 'E1', resource: { systemId: { identifikatorverdi: 'E1' } } }], {
    corrId: 'b',
    total: 1,
  });
  assert.ok(!(await told(bench, 'b')).flat().includes('HUB-606'));
});
