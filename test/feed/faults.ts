// Mistakes that the checker must find, each as pieces of source and what they are replaced by. A piece that is no longer there fails the run, so
// the list stays true. Read by plant.ts, and by what runs them: feed.test.ts a few, run.ts all.

export type Fault = {
  readonly name: string;
  readonly dialect: 'postgres' | 'sqlite';
  readonly file: string;
  readonly edits: readonly { readonly find: string; readonly replace: string }[];
};

const queue = 'src/store/postgres/write-queue.ts';

export const faults: readonly Fault[] = [
  {
    name: 'position-published-before-its-commit',
    dialect: 'postgres',
    file: queue,
    edits: [
      {
        find: 'const written = connection.query(writeState,',
        replace: 'const written = database.query(tenant, writeState,',
      },
      {
        find: 'const [, recorded] = await Promise.all([written, deps.record(connection, records)]);',
        replace: `const [, recorded] = await Promise.all([written, deps.record(connection, records)]);
          await new Promise((resolve) => setTimeout(resolve, 30));`,
      },
    ],
  },
  {
    name: 'writers-without-the-lock',
    dialect: 'postgres',
    file: queue,
    edits: [{ find: 'pg_advisory_xact_lock(${lockFor.writing}, $1::integer)', replace: '$1::integer' }],
  },
  {
    name: 'positions-remembered-from-before',
    dialect: 'postgres',
    file: 'src/store/postgres/tenant-state.ts',
    edits: [
      {
        find: 'if (state.counts !== null && isSame(state.counts, counts)) return counts;',
        replace:
          'if (state.counts !== null) return { ...counts, position: Math.max(counts.position, state.counts.position + 1) };',
      },
    ],
  },
  {
    name: 'group-acknowledged-before-its-commit',
    dialect: 'postgres',
    file: queue,
    edits: [
      {
        find: 'told.push(each.tell);',
        replace: 'each.tell(); await new Promise((resolve) => setTimeout(resolve, 40));',
      },
    ],
  },
  {
    name: 'lost-answer-told-as-failure',
    dialect: 'postgres',
    file: queue,
    edits: [{ find: 'deps.forget();\n      throw error;', replace: "deps.forget();\n      throw overloaded('busy');" }],
  },
  {
    name: 'thrown-work-kept',
    dialect: 'postgres',
    file: queue,
    edits: [
      {
        find: 'part.drop();\n      await Promise.all([connection.query(rollBack, []), connection.query(release, [])]);',
        replace: 'await part.finish(); part.keep(); await connection.query(release, []);',
      },
    ],
  },
  {
    name: 'last-of-a-page-told-again',
    dialect: 'postgres',
    file: 'src/store/postgres/feed-reads.ts',
    edits: [
      {
        find: 'WHERE tenant = $1 AND collection = $2 AND position > $3 ORDER BY position LIMIT $4',
        replace: 'WHERE tenant = $1 AND collection = $2 AND position >= $3 ORDER BY position LIMIT $4',
      },
    ],
  },
  {
    name: 'entry-left-out',
    dialect: 'postgres',
    file: 'src/store/postgres/feed-reads.ts',
    edits: [
      {
        find: 'WHERE tenant = $1 AND collection = $2 AND position > $3 ORDER BY position LIMIT $4',
        replace:
          'WHERE tenant = $1 AND collection = $2 AND position > $3 AND (position % 89 <> 0 OR position < $3 + 50) ORDER BY position LIMIT $4',
      },
    ],
  },
  {
    name: 'short-writes-acknowledged-before-their-commit',
    dialect: 'sqlite',
    file: 'src/store/sqlite/write-queue.ts',
    edits: [
      {
        find: 'told.push(waiting.tell);',
        replace: 'waiting.tell(); await new Promise((resolve) => setTimeout(resolve, 40));',
      },
    ],
  },
  {
    name: 'position-left-out',
    dialect: 'sqlite',
    file: 'src/store/writing/change-writer.ts',
    edits: [
      {
        find: 'let position = newest.position;',
        replace: 'let position = newest.position + (Math.random() < 0.1 ? 1 : 0);',
      },
    ],
  },
  {
    name: 'page-committed-by-half',
    dialect: 'sqlite',
    file: 'src/store/sqlite/rows.ts',
    edits: [
      {
        find: 'void update.run(position, hash, source, JSON.stringify(keys), split, own, body, uid),',
        replace: `{
          if (position % 5 === 0 && db.isTransaction) db.exec('COMMIT; BEGIN IMMEDIATE');
          update.run(position, hash, source, JSON.stringify(keys), split, own, body, uid);
        },`,
      },
    ],
  },
];
