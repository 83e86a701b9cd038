// The queue of writes over a database of its own: what a commit that fails means for those who share it, and how many do.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createWriteQueue } from '#store/sqlite/write-queue.ts';
import type { WriteQueue } from '#store/sqlite/write-queue.ts';

type Put = (value: number) => void;
type Counts = { commits: number; forgotten: number };

/** A table whose constraint is checked at commit only: values need a parent. */
const inQueue = async (
  work: (queue: WriteQueue<Put>, db: DatabaseSync, counts: Counts) => Promise<void>,
  monotonic: () => number = () => 0,
): Promise<void> => {
  const db = new DatabaseSync(':memory:');
  db.exec(`PRAGMA foreign_keys = ON; CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
    CREATE TABLE child (value INTEGER, parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);`);
  const insert = db.prepare('INSERT INTO child VALUES (?1, ?1 % 10)');
  const counts: Counts = { commits: 0, forgotten: 0 };
  const queue = createWriteQueue<Put>({
    db,
    clock: { monotonic },
    opening: async () => {},
    begin: () => (value) => void insert.run(value),
    forget: () => void (counts.forgotten += 1),
    committed: () => void (counts.commits += 1),
  });
  try {
    await work(queue, db, counts);
  } finally {
    await queue.idle();
    db.close();
  }
};

const values = (db: DatabaseSync): readonly unknown[] =>
  db
    .prepare('SELECT value FROM child ORDER BY rowid')
    .all()
    .map((row) => row['value']);

test('a commit that fails fails all that share it, and nothing of them stays; the next ones are written', () =>
  inQueue(async (queue, db, counts) => {
    const results = await Promise.allSettled([
      queue.together(async (put) => put(1)),
      queue.together(async (put) => put(13)),
      queue.together(async (put) => {
        put(2);
        throw new Error('own failure');
      }),
      queue.alone(async (put) => put(11)),
      queue.together(async (put) => put(21)),
    ]);
    assert.deepEqual(
      results.map((result) =>
        result.status === 'rejected' ? String(result.reason).includes('own failure') : 'written',
      ),
      [false, false, true, 'written', 'written'],
    );
    assert.deepEqual(values(db), [11, 21]);
    assert.equal(counts.commits, 2);
    assert.equal(counts.forgotten, 2, 'once for the work, once for the transaction');
  }));

test('what waits shares a commit, sixty-four at most; what comes while a group runs joins it', () =>
  inQueue(async (queue, db, counts) => {
    const late: Promise<void>[] = [];
    await Promise.all(
      [...Array(100).keys()].map((each) =>
        queue.together(async (put) => {
          put(each * 10 + 1);
          if (each === 0) late.push(queue.together(async (again) => again(7_001)));
        }),
      ),
    );
    await Promise.all(late);
    assert.equal(counts.commits, 2);
    assert.equal(values(db).length, 101);
    assert.equal(values(db).at(-1), 7_001);
  }));

test('a group that takes its time is committed, so that the first does not wait for the last', async () => {
  let now = 0;
  await inQueue(
    async (queue, _db, counts) => {
      await Promise.all(
        [...Array(10).keys()].map(() =>
          queue.together(async (put) => {
            put(1);
            now += 2;
          }),
        ),
      );
      assert.equal(counts.commits, 5);
    },
    () => now,
  );
});

test('a write alone is not kept waiting by works that keep coming', () =>
  inQueue(async (queue) => {
    const done = new AbortController();
    let rounds = 0;
    const keepComing = async (): Promise<void> => {
      while (!done.signal.aborted && rounds < 1_000) {
        rounds += 1;
        await queue.together(async (put) => put(1));
      }
    };
    const coming = [keepComing(), keepComing(), keepComing()];
    await queue.together(async (put) => put(1));
    await queue.alone(async (put) => put(2));
    done.abort();
    await Promise.all(coming);
    assert.ok(rounds < 50, `${rounds} rounds`);
  }));

test('something between transactions finds none under way', () =>
  inQueue(async (queue, db) => {
    const seen = await Promise.all([
      queue.together(async (put) => put(1)),
      queue.between(() => db.isTransaction),
      queue.alone(async (put) => put(2)),
      queue.between(async () => db.isTransaction),
    ]);
    assert.deepEqual([seen[1], seen[3]], [false, false]);
    await assert.rejects(queue.between(() => Promise.reject(new Error('no'))));
    await queue.alone(async (put) => put(1));
  }));
