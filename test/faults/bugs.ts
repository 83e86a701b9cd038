// Bugs that the checker must find, each as a piece of source and what it is replaced by. A piece that is no longer there fails the run: so the
// list stays true. Read by plant.ts and planted.ts.

export type Bug = {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How long it takes to show. */
  readonly kills: number;
  readonly longestMs: number;
};

export const bugs: readonly Bug[] = [
  {
    name: 'short-writes-acknowledged-before-their-commit',
    file: 'src/store/sqlite/write-queue.ts',
    find: 'told.push(waiting.tell);',
    replace: 'waiting.tell(); await new Promise((resolve) => setTimeout(resolve, 40));',
    kills: 8,
    longestMs: 600,
  },
  {
    name: 'page-committed-by-half',
    file: 'src/store/sqlite/rows.ts',
    find: 'void update.run(position, hash, source, JSON.stringify(keys), split, own, body, uid),',
    replace: `{
        if (uid % 5 === 0 && db.isTransaction) {
          db.exec('COMMIT; BEGIN IMMEDIATE');
          for (const until = performance.now() + 8; performance.now() < until; );
        }
        update.run(position, hash, source, JSON.stringify(keys), split, own, body, uid);
      },`,
    kills: 10,
    longestMs: 600,
  },
  {
    name: 'removals-not-told',
    file: 'src/store/writing/change-writer.ts',
    find: 'rows.insertChange({',
    replace: 'if (entry.kind !== removed) rows.insertChange({',
    kills: 4,
    longestMs: 2_000,
  },
  {
    name: 'position-left-out-at-the-start',
    file: 'src/store/writing/change-writer.ts',
    find: 'let position = newest.position;',
    replace: 'let position = newest.position + (Math.random() < 0.02 ? 1 : 0);',
    kills: 3,
    longestMs: 900,
  },
  {
    name: 'idempotency-key-forgotten',
    file: 'src/hub/writing.ts',
    find: 'await tx.eventByKey(asking.principal.client, work.idempotency.key)',
    replace: 'null',
    kills: 25,
    longestMs: 500,
  },
  {
    name: 'reads-answered-before-their-record',
    file: 'src/store/sqlite/audit-writer.ts',
    find: 'waiting.push({ record: JSON.stringify(record), at: record.at, done, fail });',
    replace: `done();
        setTimeout(() => {
          waiting.push({ record: JSON.stringify(record), at: record.at, done, fail });
          setImmediate(flush);
        }, 60);`,
    kills: 8,
    longestMs: 700,
  },
  {
    name: 'records-of-writes-thrown-away',
    file: 'src/store/sqlite/outbox.ts',
    find: 'forget: () => void (done > 0 && forget.run(done)),',
    replace: 'forget: () => void forget.run(done + 1_000_000),',
    kills: 6,
    longestMs: 900,
  },
  {
    name: 'feed-leaves-entries-out',
    file: 'src/store/sqlite/tenant-reads.ts',
    find: 'FROM change WHERE collection = ? AND position > ? ORDER BY',
    replace: 'FROM change WHERE collection = ? AND position > ? AND position % 89 <> 0 ORDER BY',
    kills: 4,
    longestMs: 2_000,
  },
  {
    name: 'reads-from-an-old-state',
    file: 'src/store/sqlite/tenant.ts',
    find: "readDb.function('fold', { deterministic: true }, foldValue);",
    replace: "readDb.function('fold', { deterministic: true }, foldValue); readDb.exec('BEGIN');",
    kills: 2,
    longestMs: 1_200,
  },
  {
    name: 'restart-without-the-log',
    file: 'src/store/sqlite/tenant.ts',
    find: "const dataPath = join(deps.folder, 'data.db');",
    replace: `const dataPath = join(deps.folder, 'data.db');
  process.getBuiltinModule('node:fs').rmSync(dataPath + '-wal', { force: true });`,
    kills: 4,
    longestMs: 900,
  },
  {
    name: 'full-sync-keeps-what-is-gone',
    file: 'src/ingest/removals.ts',
    find: 'if (vouched[at] === 0) left.push',
    replace: 'if (vouched[at] === 0 && at % 7 !== 0) left.push',
    kills: 2,
    longestMs: 900,
  },
];
