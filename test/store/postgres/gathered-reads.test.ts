// Single reads that are asked together: who gets which row, what happens to the others when a statement fails, and how many may wait.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '#base/errors.ts';
import type { Cell, Row, Sql } from '#store/postgres/database.ts';
import { createGatheredReads } from '#store/postgres/gathered-reads.ts';

type Asked = {
  readonly sql: Sql;
  readonly values: readonly Cell[];
  readonly answer: (rows: readonly Row[]) => void;
  readonly fail: (error: Error) => void;
};

const reader = () => {
  const asked: Asked[] = [];
  const query = (_scope: number | null, sql: Sql, values: readonly Cell[]): Promise<readonly Row[]> =>
    new Promise((answer, fail) => {
      asked.push({ sql, values, answer, fail });
    });
  const read = createGatheredReads({ database: { query }, tenant: 7, columns: 'r.uid' });
  return { asked, read: (value: string) => read({ collection: 1, field: 2, value }) };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is asked while statements are under way is asked in one, and everybody gets his own row', async () => {
  const { asked, read } = reader();
  const found = ['a', 'b', 'c', 'd', 'e'].map(read);
  assert.deepEqual(
    asked.map(({ values }) => values.slice(1)),
    [
      [1, 2, 'a'],
      [1, 2, 'b'],
    ],
    'nobody waits while there is room',
  );
  asked[0]?.answer([{ uid: 10 }]);
  await turn();
  assert.equal(asked.length, 3);
  // In another order, and without the middle one, which nobody has.
  asked[2]?.answer([
    { n: 3, uid: 14 },
    { n: 1, uid: 12 },
  ]);
  asked[1]?.answer([]);
  assert.deepEqual(await Promise.all(found), [{ uid: 10 }, undefined, { n: 1, uid: 12 }, undefined, { n: 3, uid: 14 }]);
});

test('a statement that fails fails those that it was for, and nobody else', async () => {
  const { asked, read } = reader();
  const found = Promise.allSettled(['a', 'b', 'c', 'd'].map(read));
  asked[0]?.fail(new Error('away'));
  await turn();
  asked[2]?.answer([{ n: 2, uid: 13 }]);
  asked[1]?.answer([{ uid: 11 }]);
  assert.deepEqual(
    (await found).map((each) => (each.status === 'fulfilled' ? each.value?.['uid'] : 'failed')),
    ['failed', 11, undefined, 13],
  );
});

test('an organisation that is read much has statements of its own', async () => {
  const { asked, read } = reader();
  for (let count = 0; count < 300; count += 1) {
    const found = read('a');
    asked.at(-1)?.answer([]);
    await found;
  }
  assert.equal(asked[0]?.sql.name, 'read_one');
  assert.equal(asked.at(-1)?.sql.name, 'read_one_7');
});

test('no more organisations than a connection has room for have statements of their own, and those keep them', async () => {
  const names = new Set<string>();
  const database = {
    query: async (_scope: number | null, sql: Sql): Promise<readonly Row[]> => {
      names.add(sql.name);
      return [];
    },
  };
  const readMuch = async (tenant: number): Promise<void> => {
    const read = createGatheredReads({ database, tenant, columns: 'r.uid' });
    for (let count = 0; count < 300; count += 1) await read({ collection: 1, field: 2, value: 'a' });
  };
  for (let tenant = 1; tenant <= 80; tenant += 1) await readMuch(tenant);
  assert.equal(names.size, 1 + 64);
  // Known anew, as after the server was another.
  names.clear();
  await readMuch(64);
  await readMuch(65);
  assert.deepEqual([...names], ['read_one', 'read_one_64']);
});

test('one read too many is refused, and the others are answered', async () => {
  const { asked, read } = reader();
  const found = Array.from({ length: 2_002 }, () => read('a'));
  await assert.rejects(read('a'), (error) => error instanceof HubError && error.problem.code === 'HUB-501');
  for (let at = 0; at < asked.length; at += 1) {
    asked[at]?.answer([]);
    await turn();
  }
  assert.equal((await Promise.all(found)).length, 2_002);
});
