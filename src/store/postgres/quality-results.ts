// What quality has found, in tables of the database: findings, their sums, the queue, and the trend. One step is one transaction. Called by
// quality.ts of this folder; knows no rule.
import type { CollectionPath } from '#model/model.ts';
import type { Examination, QualityResults, Spread, Tally } from '../quality.ts';
import type { Cell, Connection, Database, Row, Sql } from './database.ts';
import { numberOf, textOf } from './cells.ts';
import { lockFor } from './locks.ts';
import { sweepFrom, writeStep } from './quality-step.ts';
import { findWords, internWords } from './quality-words.ts';

const sql = (name: string, text: string): Sql => ({ name: `quality_${name}`, text });

/** The words of columns, as columns of the same names. Looked up row by row: whatever the planner knows of the tables, it is the same plan. */
const words = (alias: string, columns: readonly string[]): string =>
  columns
    .map((column) => `(SELECT text FROM quality_word WHERE tenant = $1 AND id = ${alias}.${column}) AS ${column}`)
    .join(', ');
/** Picks one word; null = all. A word that was never stored picks nothing. */
const picked = (column: string, parameter: string): string =>
  `(${parameter}::text IS NULL OR ${column} = (SELECT id FROM quality_word WHERE tenant = $1 AND text = ${parameter}))`;
const word = (parameter: string): string => `(SELECT id FROM quality_word WHERE tenant = $1 AND text = ${parameter})`;

const tallyWords = words('t', ['collection', 'source', 'rule', 'place', 'detail']);
const examinationWords = words('e', ['collection', 'source']);
const trendWords = words('t', ['collection', 'rule']);

// Held until the end of a transaction, by whoever examines an organisation or keeps something of it.
const lock = sql('lock', `SELECT pg_advisory_xact_lock(${lockFor.quality}, $1::integer)`);
const tryLock = sql('try_lock', `SELECT pg_try_advisory_xact_lock(${lockFor.quality}, $1::integer) AS got`);

// For statements that take as long as an organisation is large.
const patiently = sql('patiently', `SELECT set_config('statement_timeout', '0', true)`);

const readState = sql(
  'state',
  'SELECT position, epoch, mark FROM quality_state WHERE tenant = $1 AND position IS NOT NULL',
);
const writeState = sql(
  'put_state',
  `INSERT INTO quality_state (tenant, position, epoch, mark) VALUES ($1::integer, $2::bigint, $3::text, $4::text)
   ON CONFLICT (tenant) DO UPDATE SET position = excluded.position, epoch = excluded.epoch, mark = excluded.mark`,
);
const clear = ['examined', 'finding', 'tally', 'examination', 'nested', 'pending', 'spread', 'sweep'].map((table) =>
  sql(`clear_${table}`, `DELETE FROM quality_${table} WHERE tenant = $1`),
);
const readPending = sql('pending', 'SELECT uid FROM quality_pending WHERE tenant = $1 ORDER BY uid LIMIT $2::integer');
const readSpread = sql(
  'spread',
  `SELECT id, kind, key, scope, position, coalesce(after_relation, -1) AS relation, coalesce(after_source, -1) AS source
   FROM quality_spread WHERE tenant = $1 ORDER BY id LIMIT 1`,
);
const readSweeps = sql(
  'sweeps',
  `SELECT ${words('s', ['collection'])}, s.after FROM quality_sweep s WHERE s.tenant = $1 ORDER BY s.collection`,
);
const countQueue = sql(
  'queue',
  `SELECT (SELECT count(*) FROM quality_pending WHERE tenant = $1) AS pending,
     (SELECT count(*) FROM quality_spread WHERE tenant = $1) AS spreads`,
);
const readFlawed = sql(
  'flawed',
  'SELECT uid FROM quality_examined WHERE tenant = $1 AND uid = ANY($2::bigint[]) AND findings > 0',
);
const readNestedTo = sql(
  'nested_to',
  'SELECT uid FROM quality_nested WHERE tenant = $1 AND key = $2::bigint AND uid > $3::bigint ORDER BY uid LIMIT $4::integer',
);
const readTallies = sql(
  'tallies',
  `SELECT ${tallyWords}, t.resources, t.count FROM quality_tally t
   WHERE t.tenant = $1 AND ${picked('t.collection', '$2')} ORDER BY t.collection, t.source, t.rule, t.place, t.detail`,
);
const readExaminations = sql(
  'examinations',
  `SELECT ${examinationWords}, e.examined, e.flawed FROM quality_examination e
   WHERE e.tenant = $1 AND ${picked('e.collection', '$2')} ORDER BY e.collection, e.source`,
);
const readSample = sql(
  'sample',
  `SELECT f.uid, ${words('f', ['detail'])}, f.count FROM quality_finding f
   WHERE f.tenant = $1 AND f.collection = ${word('$2::text')} AND f.rule = ${word('$3::text')} AND f.place = ${word('$4::text')}
   ORDER BY f.uid, f.detail LIMIT $5::integer`,
);
const clearDay = sql('clear_day', 'DELETE FROM quality_trend WHERE tenant = $1 AND (day = $2::text OR day < $3::text)');
const addRules = sql(
  'add_rules',
  `INSERT INTO quality_trend (tenant, day, collection, rule, count, resources)
   SELECT $1::integer, $2::text, collection, rule, sum(count)::bigint, sum(resources)::bigint FROM quality_tally WHERE tenant = $1
   GROUP BY collection, rule`,
);
const addTotals = sql(
  'add_totals',
  `INSERT INTO quality_trend (tenant, day, collection, rule, count, resources)
   SELECT $1::integer, $2::text, collection, $3::integer, sum(flawed)::bigint, sum(examined)::bigint FROM quality_examination
   WHERE tenant = $1 GROUP BY collection`,
);
const readTrend = sql(
  'trend',
  `SELECT t.day, ${trendWords}, t.count, t.resources FROM quality_trend t
   WHERE t.tenant = $1 AND t.day >= $3::text AND t.day <= $4::text AND ${picked('t.collection', '$2')}
   ORDER BY t.day, t.collection, t.rule`,
);
const readLastDay = sql('last_day', "SELECT coalesce(max(day), '') AS day FROM quality_trend WHERE tenant = $1");

export type ResultsOf = {
  readonly results: QualityResults;
  /** Runs work while nobody else examines the organisation; what it keeps is kept when it ends. Null when somebody does: nothing was run. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T | null>;
};

/** The results of one organisation, by its number. Rejects with what the database rejects with. */
export const createQualityResults = (database: Database, tenant: number): ResultsOf => {
  // The transaction of whoever works alone: what is kept meanwhile belongs to it.
  let held: Connection | null = null;

  const write = (work: (connection: Connection) => Promise<void>): Promise<void> =>
    held === null
      ? database.transaction(tenant, async (connection) => {
          await connection.query(lock, [tenant]);
          await work(connection);
        })
      : work(held);

  const read = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values]);
  // Nobody's point read waits behind these.
  const readMany = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values], { long: true });

  return {
    alone: (work) =>
      database.holding(tenant, async (connection) => {
        const [row] = await connection.query(tryLock, [tenant]);
        if (row?.['got'] !== true) return null;
        held = connection;
        try {
          return await work();
        } finally {
          held = null;
        }
      }),
    results: {
      state: async () => {
        const [row] = await read(readState);
        return row === undefined
          ? null
          : { position: numberOf(row, 'position'), epoch: textOf(row, 'epoch'), mark: textOf(row, 'mark') };
      },
      begin: ({ position, epoch, mark }, collections) =>
        write(async (connection) => {
          const known = await findWords(connection, tenant, collections);
          const ids = await internWords(connection, tenant, collections, known);
          await connection.query(patiently, []);
          await Promise.all([
            ...clear.map((statement) => connection.query(statement, [tenant])),
            connection.query(writeState, [tenant, position, epoch, mark]),
            sweepFrom(connection, tenant, [...ids.values()], -1),
          ]);
        }),
      work: async (limit) => {
        const [pending, [spread], [sweep]] = await Promise.all([
          read(readPending, limit),
          read(readSpread),
          read(readSweeps),
        ]);
        return {
          pending: pending.map((row) => numberOf(row, 'uid')),
          spread: spreadOf(spread),
          sweep:
            sweep === undefined ? null : { collection: textOf(sweep, 'collection'), after: numberOf(sweep, 'after') },
        };
      },
      flawed: async (uids) => {
        if (uids.length === 0) return [];
        const found = new Set((await read(readFlawed, uids)).map((row) => numberOf(row, 'uid')));
        return uids.filter((uid) => found.has(uid));
      },
      nestedTo: async (key, after, limit) =>
        (await read(readNestedTo, key, after, limit)).map((row) => numberOf(row, 'uid')),
      apply: (step) => write((connection) => writeStep(connection, tenant, step)),
      backlog: async () => {
        const [[counts], sweeps] = await Promise.all([readMany(countQueue), read(readSweeps)]);
        return {
          pending: numberOf(counts, 'pending'),
          spreads: numberOf(counts, 'spreads'),
          sweeps: sweeps.map((row) => textOf(row, 'collection')),
        };
      },
      tallies: async (collection: CollectionPath | null) =>
        (await readMany(readTallies, collection)).map((row): Tally => ({
          collection: textOf(row, 'collection'),
          source: textOf(row, 'source'),
          rule: textOf(row, 'rule'),
          place: textOf(row, 'place'),
          detail: textOf(row, 'detail'),
          resources: numberOf(row, 'resources'),
          count: numberOf(row, 'count'),
        })),
      examinations: async (collection: CollectionPath | null) =>
        (await readMany(readExaminations, collection)).map((row): Examination => ({
          collection: textOf(row, 'collection'),
          source: textOf(row, 'source'),
          examined: numberOf(row, 'examined'),
          flawed: numberOf(row, 'flawed'),
        })),
      sample: async ({ collection, rule, place }, limit) =>
        (await readMany(readSample, collection, rule, place, limit)).map((row) => ({
          uid: numberOf(row, 'uid'),
          detail: textOf(row, 'detail'),
          count: numberOf(row, 'count'),
        })),
      putTrend: (day, dropBefore) =>
        write(async (connection) => {
          const ids = await internWords(connection, tenant, [''], await findWords(connection, tenant, ['']));
          await Promise.all([
            connection.query(clearDay, [tenant, day, dropBefore]),
            connection.query(addRules, [tenant, day]),
            connection.query(addTotals, [tenant, day, ids.get('') ?? 0]),
          ]);
        }),
      trend: async ({ collection, from, to }) =>
        (await readMany(readTrend, collection, from, to)).map((row) => ({
          day: textOf(row, 'day'),
          collection: textOf(row, 'collection'),
          rule: textOf(row, 'rule'),
          count: numberOf(row, 'count'),
          resources: numberOf(row, 'resources'),
        })),
      lastDay: async () => textOf((await read(readLastDay))[0], 'day'),
    },
  };
};

const scopes = ['all', 'flawed', 'asking'] as const;

const spreadOf = (row: Row | undefined): (Spread & { readonly id: number }) | null => {
  if (row === undefined) return null;
  const relation = numberOf(row, 'relation');
  return {
    id: numberOf(row, 'id'),
    kind: textOf(row, 'kind') === 'nested' ? 'nested' : 'link',
    key: numberOf(row, 'key'),
    only: scopes.find((one) => one === textOf(row, 'scope')) ?? 'all',
    position: numberOf(row, 'position'),
    after: relation === -1 ? null : [relation, numberOf(row, 'source')],
  };
};
