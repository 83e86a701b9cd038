// Bugs that the checker must find, on files (`bugs`) and over a database (`postgresBugs`), each as a piece of source and what it is replaced by. A piece that is no longer there fails the run: so the
// list stays true. Read by plant.ts and planted.ts.

export type Bug = {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How long it takes to show. */
  readonly kills: number;
  /** Of the server of the database, where there is one. */
  readonly serverKills?: number;
  /** Over a database: the step at whose statements it shows, and not by kills. */
  readonly step?: string;
  readonly longestMs: number;
};

export const bugs: readonly Bug[] = [
  {
    name: 'short-writes-acknowledged-before-their-commit',
    file: 'src/store/write-turns.ts',
    find: 'if (await deps.part(next, transaction)) kept.push(next);',
    replace: `if (await deps.part(next, transaction)) {
              next.tell();
              await new Promise((resolve) => setTimeout(resolve, 40));
            }`,
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
    kills: 60,
    longestMs: 500,
  },
  {
    name: 'reads-answered-before-their-record',
    file: 'src/store/sqlite/audit-writer.ts',
    find: 'append: (record) => group.add({ record: JSON.stringify(record), at: record.at }),',
    replace: `append: async (record) =>
      void setTimeout(() => void group.add({ record: JSON.stringify(record), at: record.at }).catch(() => {}), 60),`,
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
    file: 'src/store/sqlite/feed-reads.ts',
    find: 'FROM change WHERE collection = ?3 AND position > ?1 ORDER BY',
    replace: 'FROM change WHERE collection = ?3 AND position > ?1 AND position % 89 <> 0 ORDER BY',
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

/** Bugs in what both engines share, found over a database too. */
const shared: readonly Bug[] = bugs
  .filter(({ file }) => !file.startsWith('src/store/sqlite/'))
  .map((bug) => ({
    ...bug,
    kills: Math.ceil(bug.kills / 2),
    longestMs: 3_000,
    ...(bug.name === 'idempotency-key-forgotten' ? { step: 'write' } : {}),
  }));

export const postgresBugs: readonly Bug[] = [
  ...shared,
  {
    name: 'writes-acknowledged-before-their-commit-in-the-database',
    file: 'src/store/write-turns.ts',
    find: 'if (await deps.part(next, transaction)) kept.push(next);',
    replace: `if (await deps.part(next, transaction)) {
              next.tell();
              await new Promise((resolve) => setTimeout(resolve, 400));
            }`,
    kills: 8,
    longestMs: 3_000,
  },
  {
    name: 'page-committed-by-half-in-the-database',
    file: 'src/store/postgres/flushing.ts',
    find: 'if (overwritten.length > 0) send(overwriteResources, resourceLists(overwritten));',
    replace: `if (overwritten.length > 0) {
      const half = overwritten.length >> 1;
      if (half > 0) {
        send(overwriteResources, resourceLists(overwritten.slice(0, half)));
        await connection.query({ name: 'bug_commit', text: 'COMMIT' }, []);
        await new Promise((resolve) => setTimeout(resolve, 40));
        await connection.query({ name: 'bug_begin', text: 'BEGIN' }, []);
        await connection.query({ name: 'bug_scope', text: "SELECT set_config('bindeledd.tenant', $1, true)" }, [String(tenant)]);
      }
      send(overwriteResources, resourceLists(overwritten.slice(half)));
    }`,
    kills: 10,
    longestMs: 2_500,
  },
  {
    name: 'reads-answered-before-their-record-in-the-database',
    file: 'src/store/postgres/audit.ts',
    find: 'appendAudit: (record) => group.add(recorded(record)),',
    replace: `appendAudit: (record) => {
      const made = recorded(record);
      setTimeout(() => void group.add(made).catch(() => {}), 400);
      return Promise.resolve();
    },`,
    kills: 8,
    serverKills: 2,
    longestMs: 2_500,
  },
  {
    name: 'records-of-writes-left-out',
    file: 'src/store/postgres/audit.ts',
    find: 'records.length === 0',
    replace: '(records.length === 0 || Math.random() < 0.1)',
    kills: 1,
    longestMs: 3_000,
  },
  {
    name: 'feed-of-the-database-leaves-entries-out',
    file: 'src/store/postgres/feed-reads.ts',
    find: 'WHERE tenant = $1 AND collection = $2 AND position > $3 ORDER BY',
    replace: 'WHERE tenant = $1 AND collection = $2 AND position > $3 AND position % 89 <> 0 ORDER BY',
    kills: 2,
    longestMs: 3_000,
  },
  {
    name: 'processes-write-side-by-side',
    file: 'src/store/postgres/write-queue.ts',
    find: 'pg_advisory_xact_lock(${lockFor.writing}, $1::integer)',
    replace: '$1::integer',
    kills: 2,
    longestMs: 3_000,
  },
  {
    name: 'commits-that-do-not-wait-for-the-disk',
    file: 'src/store/postgres/session.ts',
    find: "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
    replace: "WHERE set_config('synchronous_commit', 'off', false) IS NULL",
    kills: 0,
    serverKills: 8,
    longestMs: 2_500,
  },
  {
    name: 'commit-without-an-answer-called-done',
    file: 'src/store/postgres/transaction.ts',
    find: "await wire.command('COMMIT')) !== 'COMMIT'",
    replace: "await wire.command('COMMIT').catch(() => 'COMMIT')) !== 'COMMIT'",
    step: 'page',
    kills: 0,
    longestMs: 0,
  },
];
