// What tables write: rows with what belongs to them, all or none; what is wrong said of columns; dry runs that leave nothing; sources that decide, in time or later.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { limits } from '#base/limits.ts';
import { readTable } from '#tables/read-table.ts';
import type { TableChange, TableReading, TableWritten } from '#tables/table.ts';
import { at } from '../apis/fs-graphql/fs-world.ts';
import { everything, hubOwned, sourceOwned } from '../apis/fs-graphql/mutations/mutation-world.ts';
import { fjord, model, nationalId, onlyGrants, principal } from '../hub/world.ts';
import { openTablesWorld, type TablesWorld } from './tables-world.ts';
import { personTable, readings } from './three-tables.ts';

let world: TablesWorld;
before(async () => {
  world = await openTablesWorld();
});
after(() => world.close());
beforeEach(async () => {
  await onlyGrants(world, everything, { application: 'adapter', actions: ['deliver'] });
  await world.owned(hubOwned);
});

const { person, student, teaching } = readings;

const created = (values: TableChange['values']): TableChange => ({ operation: 'create', target: null, values });
const patched = (key: string, values: TableChange['values']): TableChange => ({
  operation: 'patch',
  target: { key },
  values,
});
const removed = (key: string): TableChange => ({ operation: 'delete', target: { key }, values: {} });

let number = 600;
/** Columns of somebody new. */
const somebody = (more: TableChange['values'] = {}): TableChange['values'] & { readonly Personlopenr: string } => {
  number += 1;
  return { Personlopenr: `${number}`, Fornavn: 'Ny', Etternavn: 'Student', ...more };
};

const written = (result: TableWritten) => {
  assert.ok(result.kind === 'written', JSON.stringify(result));
  return result.parts;
};

/** Code, index of the change, and the columns that are named. */
const wrong = (result: TableWritten): readonly unknown[] => {
  assert.ok(result.kind === 'refused', JSON.stringify(result));
  return [result.problem.code, result.change, ...(result.problem.errors ?? []).map(({ at: place }) => place)];
};

/** All that a write leaves, beside the audit. */
const state = async (): Promise<unknown> => {
  const tenant = await world.store.tenant(fjord);
  return {
    position: await world.position(),
    events: (await tenant.events.events({ limit: 1_000 })).length,
    rows: await Promise.all([person, student, teaching].map((reading) => world.walked(reading))),
  };
};

describe('rows', () => {
  it('are made, changed and removed, column by column', async () => {
    const { Personlopenr: key, ...more } = somebody({ Epost: 'ny@test.no', Fodselsdato: '18190', Personnr: '70001' });
    const [part] = written(await world.write(person, [created({ Personlopenr: key, ...more, Fodt: '2001-01-09' })]));
    assert.deepEqual([part?.operation, part?.collection], ['create', at.person]);
    const now = { Personlopenr: key, Fodt: '2001-01-09', Status_Dod: 'N', ...more };
    assert.deepEqual(await world.one(person, key), now);
    written(await world.write(person, [patched(key, { Fornavn: 'Nyere', Epost: null })]));
    const { Epost: _gone, ...rest } = { ...now, Fornavn: 'Nyere' } as Record<string, unknown>;
    assert.deepEqual(await world.one(person, key), rest);
    const uid = part?.uid ?? -1;
    written(await world.write(person, [{ operation: 'patch', target: { uid }, values: { Etternavn: 'Nyest' } }]));
    assert.equal((await world.one(person, key))?.['Etternavn'], 'Nyest');
    assert.deepEqual(written(await world.write(person, [removed(key)])), [null]);
    assert.equal(await world.one(person, key), null);
    assert.deepEqual(await world.write(person, []), { kind: 'written', parts: [] });
  });

  it('link to what their columns name, and change what belongs to them', async () => {
    const values = somebody();
    written(await world.write(person, [created(values)]));
    const { Personlopenr } = values;
    written(await world.write(student, [created({ Personlopenr, Studentnr: 's1', Etternavn: 'Via' })]));
    assert.deepEqual(await world.one(student, 's1'), { Personlopenr, Studentnr: 's1', Etternavn: 'Via' });
    assert.equal((await world.one(person, Personlopenr))?.['Etternavn'], 'Via', 'the person was there already');
    written(await world.write(student, [patched('s1', { Etternavn: 'Igjen', Personlopenr })]));
    assert.equal((await world.one(person, Personlopenr))?.['Etternavn'], 'Igjen');
    assert.equal((await world.one(person, Personlopenr))?.['Fornavn'], 'Ny', 'what is not sent stays');
    const [part] = written(
      await world.write(teaching, [created({ Emnekode: 'TST1000', Arstall: 2025, Terminkode: 'HOST' })]),
    );
    assert.equal(part?.operation, 'create');
    assert.equal((await world.one(teaching, '7777,TST1000,1,2025,HØST,1'))?.['Begynner'], '2025-08-01');
  });

  it('are recorded with what they were written for, and whom they are about', async () => {
    const values = somebody();
    const { Personlopenr } = values;
    const [made] = written(await world.write(person, [created(values)]));
    written(await world.write(student, [created({ Personlopenr, Studentnr: 's2' })], { note: 'journal 26/1' }));
    const [record] = await (await world.store.tenant(fjord)).audit({ limit: 1 });
    assert.match(record?.details ?? '', /^event [-0-9a-f]+ applied journal 26\/1$/);
    assert.equal(record?.subjects.length, 2);
    assert.ok(made?.uid !== null);
  });

  it('are written once under a key', async () => {
    const idempotency = { key: 'k1', request: 'r1' };
    const values = somebody();
    const [first] = written(await world.write(person, [created(values)], { idempotency }));
    const [again] = written(await world.write(person, [created(values)], { idempotency }));
    assert.equal(again?.uid, first?.uid);
    const other = await world.write(person, [created(somebody())], { idempotency: { key: 'k1', request: 'r2' } });
    assert.deepEqual(wrong(other).slice(0, 1), ['HUB-413']);
  });
});

describe('what cannot be written', () => {
  const cases: readonly (readonly [string, TableReading, () => readonly TableChange[], readonly unknown[]])[] = [
    ['what is no column', person, () => [created(somebody({ Ukjent: 1 }))], ['HUB-103', 0, '/Ukjent']],
    [
      'what is shown and not written',
      person,
      () => [patched('101', { Status_Dod: 'J' })],
      ['HUB-103', 0, '/Status_Dod'],
    ],
    [
      'what has to be there',
      person,
      () => [created({ Fornavn: 'X', Etternavn: null })],
      ['HUB-103', 0, '/Personlopenr', '/Etternavn'],
    ],
    [
      'what is no value',
      person,
      () => [created(somebody({ Fodt: '9. januar', Epost: 7 }))],
      ['HUB-103', 0, '/Fodt', '/Epost'],
    ],
    [
      'half of what is one value',
      person,
      () => [created(somebody({ Personnr: '12345' }))],
      ['HUB-103', 0, '/Personnr'],
    ],
    [
      'a part of the key, changed',
      person,
      () => [patched('101', { Personlopenr: '999' })],
      ['HUB-103', 0, '/Personlopenr'],
    ],
    ['a day that stays, changed', person, () => [patched('101', { Fodt: '2001-01-10' })], ['HUB-103', 0, '/Fodt']],
    ['what leads to nothing', student, () => [created({ Personlopenr: '424242' })], ['HUB-103', 0, '/Personlopenr']],
    [
      'what leads to nothing, of several columns',
      teaching,
      () => [created({ Emnekode: 'TST1000', Arstall: 1901, Terminkode: 'VÅR' })],
      ['HUB-103', 0, '/Arstall', '/Terminkode'],
    ],
    [
      'a key that is another’s',
      person,
      () => [created(somebody({ Personlopenr: '101' }))],
      ['HUB-612', 0, '/Personlopenr'],
    ],
    [
      'a national id that is another’s',
      person,
      () => [created(somebody({ Fodselsdato: '018190', Personnr: '00001' }))],
      ['HUB-612', 0, '/Fodselsdato', '/Personnr'],
    ],
    [
      'the second of two',
      person,
      () => [created(somebody()), patched('101', { Fornavn: '' })],
      ['HUB-103', 1, '/Fornavn'],
    ],
    [
      'the second of two, found late',
      person,
      () => [created(somebody()), created(somebody({ Personlopenr: '102' }))],
      ['HUB-612', 1, '/Personlopenr'],
    ],
    [
      'columns of what is removed',
      person,
      () => [{ ...removed('101'), values: { Fornavn: 'X' } }],
      ['HUB-103', 0, '/Fornavn'],
    ],
    ['what is not done with rows of the type', student, () => [removed('500101')], ['HUB-105', 0]],
  ];
  for (const [what, reading, changes, expected] of cases)
    it(`${what}: named, nothing is written, and a dry run says the same`, async () => {
      const [sent, held] = [changes(), await state()];
      assert.deepEqual(wrong(await world.write(reading, sent, { dryRun: true })), expected);
      assert.deepEqual(wrong(await world.write(reading, sent)), expected);
      assert.deepEqual(await state(), held);
    });

  it('what is not there, or not for the caller, is missing', async () => {
    const held = await state();
    for (const key of ['103', '424242'])
      for (const values of [{ Fornavn: 'X' }, { Fornavn: 'X', Personlopenr: key }])
        for (const options of [{}, { dryRun: true }] as const)
          assert.deepEqual(await world.write(person, [patched('101', {}), patched(key, values)], options), {
            kind: 'missing',
            change: 1,
          });
    assert.deepEqual(await world.write(person, [removed('103')]), { kind: 'missing', change: 0 });
    await onlyGrants(world, { ...everything, collections: [at.course] });
    assert.deepEqual(await world.write(person, [created(somebody())]), { kind: 'missing', change: 0 });
    await onlyGrants(world, everything);
    assert.deepEqual(await state(), held);
  });

  it('what the model demands is said of the column that gives it', async () => {
    const { writes } = personTable;
    assert.ok(writes !== undefined);
    const members = writes.members.map(({ required: _required, ...member }) => member);
    const lax = readTable({ ...personTable, writes: { ...writes, members } }, model);
    assert.deepEqual(wrong(await world.write(lax, [created({ Etternavn: 'X' })])), [
      'HUB-415',
      0,
      '/Personlopenr',
      '/Fornavn',
    ]);
  });

  it('what a grant does not let be written is said of its column', async () => {
    await onlyGrants(world, { ...everything, fields: ['navn', 'personlopenummer', 'naturligNokkel'] });
    assert.deepEqual(wrong(await world.write(person, [patched('101', { Epost: 'a@b.no' })])), ['HUB-415', 0, '/Epost']);
  });

  it('more than is written as one', async () => {
    const changes = Array.from({ length: limits.writeParts + 1 }, () => patched('101', { Fornavn: 'Kari' }));
    assert.deepEqual(wrong(await world.write(person, changes)), ['HUB-103', undefined]);
    assert.equal((await world.write(person, changes.slice(1), { dryRun: true })).kind, 'would-write');
  });
});

describe('dry runs', () => {
  it('leave nothing but records, and the write is then done', async () => {
    const values = somebody({ Fodselsdato: '18190', Personnr: '70002' });
    const changes = [created(values), patched('101', { Epost: 'prøve@test.no' }), removed('102')];
    const held = await state();
    const tenant = await world.store.tenant(fjord);
    const soFar = (await tenant.audit({ limit: 10_000 })).length;
    assert.deepEqual(await world.write(person, changes, { dryRun: true, note: 'n' }), { kind: 'would-write' });
    const records = (await tenant.audit({ limit: 10_000 })).slice(0, -soFar);
    assert.ok(records.length >= 3);
    assert.ok(records.every(({ details }) => details === 'dry run n'));
    assert.deepEqual(await state(), held);
    written(await world.write(person, [created(values), patched('101', { Epost: 'prøve@test.no' })]));
    assert.notDeepEqual(await state(), held);
  });

  it('do not tell of those who are out of sight', async () => {
    const taken = somebody({ Fodselsdato: '018190', Personnr: nationalId(3).slice(6) });
    const held = await state();
    assert.deepEqual(await world.write(person, [created(taken)], { dryRun: true }), { kind: 'would-write' });
    assert.deepEqual(wrong(await world.write(student, [created({ Personlopenr: '103' })], { dryRun: true })), [
      'HUB-103',
      0,
      '/Personlopenr',
    ]);
    assert.deepEqual(await state(), held);
    assert.equal(wrong(await world.write(person, [created(taken)]))[0], 'HUB-612');
  });
});

const context = () => ({ principal: principal(), requestId: 'o', api: 'test' });

describe('where a source decides', () => {
  beforeEach(() => world.owned(sourceOwned));

  it('a change waits, and its outcome is told by the id', async () => {
    const result = await world.write(person, [patched('101', { Fornavn: 'Karianne' })]);
    assert.ok(result.kind === 'waiting' && result.retryAfter > 0);
    assert.equal((await world.tables.outcome(result.id, context())).kind, 'waiting');
    const [event] = await world.poll(at.person);
    assert.equal(event?.id, result.id);
    assert.equal(await world.answer(result.id, { state: 'rejected', message: 'Ikke nå.' }), 'ok');
    assert.deepEqual(await world.tables.outcome(result.id, context()), {
      kind: 'rejected',
      state: 'rejected',
      message: 'Ikke nå.',
    });
    const others = { ...context(), principal: principal('other') };
    assert.deepEqual(await world.tables.outcome(result.id, others), { kind: 'missing' });
    assert.equal((await world.one(person, '101'))?.['Fornavn'], 'Kari');
  });

  it('is waited for as long as was asked, and told as if it had been done at once', async () => {
    const changes = [created(somebody()), patched('102', { Fornavn: 'Olav' })];
    const waiting = world.write(person, changes, { waitMs: 20_000 });
    const asked: string[] = [];
    for (let tries = 0; asked.length < 2 && tries < 400; tries += 1) {
      for (const { id, operation } of await world.poll(at.person)) {
        asked.push(operation);
        assert.equal(await world.answer(id, { state: 'rejected', message: `Ikke ${operation}.` }), 'ok');
      }
      await setTimeout(5);
    }
    assert.deepEqual(asked, ['create', 'update']);
    const told = await waiting;
    assert.ok(told.kind === 'rejected', JSON.stringify(told));
    assert.deepEqual([told.state, told.change, told.message], ['rejected', 0, 'Ikke create.']);
    const short = await world.write(person, [patched('102', { Fornavn: 'Oluf' })], { waitMs: 30 });
    assert.equal(short.kind, 'waiting');
  });

  it('a dry run asks no source', async () => {
    const held = await state();
    assert.deepEqual(await world.write(person, [created(somebody())], { dryRun: true, waitMs: 1_000 }), {
      kind: 'would-write',
    });
    assert.deepEqual(await state(), held);
  });
});
