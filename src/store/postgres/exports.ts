// Exports' half of an organisation in the database: runs with their files, what was told in each, settings and schedules. Any number of processes ask
// at once; who begins a run is decided under a lock of the organisation's. Built by the composition.
import type { ExportPart, ExportRun, ExportSchedule, ExportStore } from '../exports.ts';
import { exportStates } from '../exports.ts';
import { bytesOf, numberOf, textOf } from './cells.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import { keptText, textKept } from './kept-text.ts';
import { lockFor } from './locks.ts';

const sql = (name: string, text: string): Sql => ({ name: `export_${name}`, text });

const findTenant = sql('tenant', 'SELECT number FROM tenant WHERE organisation = $1::text');

const runColumns = 'id, application, series, state, created_at, finished_at, expires_at, told, record, attempt';
const readRun = sql('run', `SELECT ${runColumns} FROM export_run WHERE tenant = $1 AND id = $2`);
const readRuns = sql(
  'runs',
  `SELECT ${runColumns} FROM export_run WHERE tenant = $1 AND ($2::text IS NULL OR application = $2) AND ($3::text IS NULL OR series = $3)
   AND ($4::text[] IS NULL OR state = ANY($4)) AND ($5::bigint IS NULL OR expires_at <= $5)
   ORDER BY created_at DESC, id COLLATE "C" DESC LIMIT $6::integer`,
);
const putRun = sql(
  'put_run',
  `INSERT INTO export_run (tenant, id, application, series, state, created_at, finished_at, expires_at, told, record)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ON CONFLICT (tenant, id) DO UPDATE SET application = excluded.application, series = excluded.series, state = excluded.state,
     created_at = excluded.created_at, finished_at = excluded.finished_at, expires_at = excluded.expires_at, told = excluded.told,
     record = excluded.record`,
);
const replaceRun = sql(
  'replace_run',
  `UPDATE export_run SET application = $3, series = $4, state = $5, created_at = $6, finished_at = $7, expires_at = $8, told = $9, record = $10
   WHERE tenant = $1 AND id = $2 AND state = ANY($11::text[]) AND ($12::text IS NULL OR holder = $12) RETURNING 1 AS n`,
);
const lock = sql('lock', `SELECT pg_advisory_xact_lock(${lockFor.exporting}, $1::integer)`);
const isFree = (row: string): string =>
  `(${row}state = 'queued' OR (${row}state = 'running' AND ${row}heard_at < $4::bigint))`;
// Asked again of the row itself: somebody may have cancelled it meanwhile.
const claim = sql(
  'claim',
  `UPDATE export_run r SET state = 'running', holder = $2::text, heard_at = $3::bigint, attempt = r.attempt + 1, content = r.attempt + 1,
     manifest = r.attempt + 1, detail = r.attempt + 1
   FROM (SELECT id FROM export_run WHERE tenant = $1 AND state IN ('queued', 'running') AND ${isFree('')}
     ORDER BY created_at, id COLLATE "C" LIMIT 1) next
   WHERE r.tenant = $1 AND r.id = next.id AND ${isFree('r.')}
     AND $5::integer > (SELECT count(*) FROM export_run WHERE tenant = $1 AND state IN ('queued', 'running') AND state = 'running'
       AND heard_at >= $4)
   RETURNING ${runColumns
     .split(', ')
     .map((column) => `r.${column}`)
     .join(', ')}`,
);
const putProgress = sql(
  'put_progress',
  `UPDATE export_run SET record = $4 WHERE tenant = $1 AND id = $2 AND holder = $3 AND state = 'running' RETURNING 1 AS n`,
);
const heartbeat = sql(
  'heartbeat',
  `UPDATE export_run SET heard_at = $4 WHERE tenant = $1 AND id = $2 AND holder = $3 AND state = 'running' RETURNING 1 AS n`,
);
// Held until it is there: nothing comes after the run has been taken from the holder.
const attemptOf = `SELECT tenant, id, attempt FROM export_run WHERE tenant = $1::integer AND id = $2::text AND holder = $3::text
   AND state = 'running' FOR SHARE`;
const addPart = sql(
  'add_part',
  `WITH held AS (${attemptOf})
   INSERT INTO export_part (tenant, run, attempt, seq, place, length, crc, deflated)
   SELECT tenant, id, attempt, $4::integer, $5::bigint, $6::bigint, $7::bigint, $8::bytea FROM held
   ON CONFLICT (tenant, run, attempt, seq) DO UPDATE SET place = excluded.place, length = excluded.length, crc = excluded.crc,
     deflated = excluded.deflated RETURNING 1 AS n`,
);
const readParts = sql(
  'parts',
  `SELECT p.seq, p.place, p.length, p.crc FROM export_run r JOIN export_part p ON p.tenant = $1 AND p.run = r.id AND p.attempt = r.content
   WHERE r.tenant = $1 AND r.id = $2 ORDER BY p.seq`,
);
const readPart = sql(
  'part',
  `SELECT p.deflated FROM export_run r JOIN export_part p ON p.tenant = $1 AND p.run = r.id AND p.attempt = r.content
   WHERE r.tenant = $1 AND r.id = $2 AND p.seq = $3`,
);
const putManifest = sql(
  'put_manifest',
  `WITH held AS (${attemptOf})
   INSERT INTO export_manifest (tenant, run, attempt, seq, bytes) SELECT tenant, id, attempt, $4::integer, $5::bytea FROM held
   ON CONFLICT (tenant, run, attempt, seq) DO UPDATE SET bytes = excluded.bytes RETURNING 1 AS n`,
);
const readManifest = sql(
  'manifest',
  `SELECT m.bytes FROM export_run r JOIN export_manifest m ON m.tenant = $1 AND m.run = r.id AND m.attempt = r.manifest
   WHERE r.tenant = $1 AND r.id = $2 ORDER BY m.seq`,
);
const putDetails = sql(
  'put_details',
  `WITH held AS (${attemptOf})
   INSERT INTO export_detail (tenant, run, attempt, bytes) SELECT tenant, id, attempt, $4::bytea FROM held
   ON CONFLICT (tenant, run, attempt) DO UPDATE SET bytes = excluded.bytes RETURNING 1 AS n`,
);
const readDetails = sql(
  'details',
  `SELECT d.bytes FROM export_run r JOIN export_detail d ON d.tenant = $1 AND d.run = r.id AND d.attempt = r.detail
   WHERE r.tenant = $1 AND r.id = $2`,
);
const hide = sql(
  'hide',
  `UPDATE export_run SET content = CASE WHEN $3::boolean THEN 0 ELSE content END, manifest = CASE WHEN $4::boolean THEN 0 ELSE manifest END
   WHERE tenant = $1 AND id = $2`,
);
const hideAll = sql(
  'hide_all',
  `UPDATE export_run SET content = 0, manifest = 0, detail = 0, told = false,
     holder = CASE WHEN state = 'running' THEN NULL ELSE holder END,
     state = CASE WHEN state IN ('ready', 'held') THEN 'expired' WHEN state = 'running' THEN 'queued' ELSE state END
   WHERE tenant = $1`,
);
const forget = sql(
  'forget',
  `WITH gone AS (DELETE FROM export_run WHERE tenant = $1 AND created_at < $2 RETURNING 1) SELECT count(*) AS n FROM gone`,
);
// Rows that are deleted together: each may be a megabyte.
const rowsAtOnce = 64;
const sweeps = (
  [
    ['part', 'content', ['run', 'attempt', 'seq']],
    ['manifest', 'manifest', ['run', 'attempt', 'seq']],
    ['detail', 'detail', ['run', 'attempt']],
  ] as const
).map(([table, column, key]) =>
  sql(
    `sweep_${table}`,
    `WITH gone AS (DELETE FROM export_${table} t USING (
       SELECT ${key.join(', ')} FROM export_${table} s WHERE s.tenant = $1 AND NOT EXISTS (
         SELECT FROM export_run r WHERE r.tenant = $1 AND r.id = s.run AND r.${column} = s.attempt)
       ORDER BY ${key.join(', ')} LIMIT ${rowsAtOnce}) old
     WHERE t.tenant = $1 AND ${key.map((name) => `t.${name} = old.${name}`).join(' AND ')} RETURNING 1)
     SELECT count(*) AS n FROM gone`,
  ),
);
const readFollowed = sql('followed', 'SELECT mark FROM export_state WHERE tenant = $1');
const putFollowed = sql(
  'follow',
  `INSERT INTO export_state (tenant, mark) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET mark = excluded.mark`,
);
const readSetting = sql('setting', 'SELECT record FROM export_setting WHERE tenant = $1 AND application = $2');
const putSetting = sql(
  'put_setting',
  `INSERT INTO export_setting (tenant, application, record) VALUES ($1, $2, $3)
   ON CONFLICT (tenant, application) DO UPDATE SET record = excluded.record`,
);
const dropSetting = sql('drop_setting', 'DELETE FROM export_setting WHERE tenant = $1 AND application = $2');
const readSchedules = sql(
  'schedules',
  'SELECT id, application, next, record FROM export_schedule WHERE tenant = $1 ORDER BY id COLLATE "C"',
);
const putSchedule = sql(
  'put_schedule',
  `INSERT INTO export_schedule (tenant, id, application, next, record) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (tenant, id) DO UPDATE SET application = excluded.application, next = excluded.next, record = excluded.record`,
);
const removeSchedule = sql(
  'remove_schedule',
  'DELETE FROM export_schedule WHERE tenant = $1 AND id = $2 RETURNING 1 AS n',
);
const advanceSchedule = sql(
  'advance_schedule',
  'UPDATE export_schedule SET next = $4 WHERE tenant = $1 AND id = $2 AND next = $3 RETURNING 1 AS n',
);

/** Opens what is kept of exports; null while the organisation has no data. `close` leaves the database open. Rejects with a HubError. */
export const openExportStore = async (database: Database, id: string): Promise<ExportStore | null> => {
  const [row] = await database.query(null, findTenant, [id]);
  return row === undefined ? null : createExportStore(database, numberOf(row, 'number'));
};

const createExportStore = (database: Database, tenant: number): ExportStore => {
  const read = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values]);
  // Nobody's point read waits behind these.
  const readMany = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values], { long: true });
  const write = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values], { durable: true });
  const did = async (statement: Sql, ...values: readonly Cell[]): Promise<boolean> =>
    (await write(statement, ...values)).length === 1;

  /** Deletes what no run shows any more, some at a time. */
  const sweep = async (): Promise<void> => {
    for (const statement of sweeps)
      for (let gone = rowsAtOnce; gone === rowsAtOnce;) gone = numberOf((await write(statement))[0], 'n');
  };

  return {
    run: async (id) => runOf((await read(readRun, keptText(id)))[0]),
    runs: async ({ application, series, states, expiring, limit }) =>
      (
        await readMany(
          readRuns,
          application === undefined ? null : keptText(application),
          series === undefined ? null : keptText(series),
          states ?? null,
          expiring ?? null,
          limit,
        )
      ).flatMap((row) => runOf(row) ?? []),
    putRun: async (run) => void (await write(putRun, ...cellsOf(run))),
    replaceRun: (run, from, holder) =>
      did(replaceRun, ...cellsOf(run), from, holder === undefined ? null : keptText(holder)),
    claim: ({ holder, now, lostBefore, atOnce }) =>
      database.transaction(tenant, async (connection) => {
        await connection.query(lock, [tenant]);
        return runOf((await connection.query(claim, [tenant, keptText(holder), now, lostBefore, atOnce]))[0]);
      }),
    putProgress: async (id, holder, record) =>
      (await database.query(tenant, putProgress, [tenant, keptText(id), keptText(holder), record])).length === 1,
    heartbeat: (id, holder, now) => did(heartbeat, keptText(id), keptText(holder), now),
    addPart: (id, holder, { seq, offset, length, crc, deflated }) =>
      did(addPart, keptText(id), keptText(holder), seq, offset, length, crc, deflated),
    parts: async (id) => (await readMany(readParts, keptText(id))).map(partOf),
    part: async (id, seq) => {
      const [row] = await readMany(readPart, keptText(id), seq);
      return row === undefined ? null : bytesOf(row, 'deflated');
    },
    putManifest: (id, holder, seq, bytes) => did(putManifest, keptText(id), keptText(holder), seq, bytes),
    manifest: async (id) => (await readMany(readManifest, keptText(id))).map((row) => bytesOf(row, 'bytes')),
    putDetails: (id, holder, bytes) => did(putDetails, keptText(id), keptText(holder), bytes),
    details: async (id) => {
      const [row] = await readMany(readDetails, keptText(id));
      return row === undefined ? null : bytesOf(row, 'bytes');
    },
    drop: async (id, { content, manifest }) => {
      await write(hide, keptText(id), content, manifest);
      await sweep();
    },
    dropRuns: async (createdBefore) => {
      const [row] = await write(forget, createdBefore);
      await sweep();
      return numberOf(row, 'n');
    },
    dropContents: async (mark) => {
      await write(hideAll);
      await sweep();
      await write(putFollowed, keptText(mark));
    },
    followed: async () => textKept(textOf((await read(readFollowed))[0], 'mark')),
    settings: async (application) => {
      const [row] = await read(readSetting, keptText(application));
      return row === undefined ? null : textOf(row, 'record');
    },
    putSettings: async (application, record) => {
      if (record === null) await write(dropSetting, keptText(application));
      else await write(putSetting, keptText(application), record);
    },
    schedules: async () =>
      (await read(readSchedules)).map((row): ExportSchedule => ({
        id: textKept(textOf(row, 'id')),
        application: textKept(textOf(row, 'application')),
        next: timeOf(row, 'next'),
        record: textOf(row, 'record'),
      })),
    putSchedule: async ({ id, application, next, record }) =>
      void (await write(putSchedule, keptText(id), keptText(application), next, record)),
    removeSchedule: (id) => did(removeSchedule, keptText(id)),
    advanceSchedule: (id, from, to) => did(advanceSchedule, keptText(id), from, to),
    close: () => {},
  };
};

const cellsOf = (run: ExportRun) =>
  [
    keptText(run.id),
    keptText(run.application),
    keptText(run.series),
    run.state,
    run.createdAt,
    run.finishedAt,
    run.expiresAt,
    run.told,
    run.record,
  ] as const;

const runOf = (row: Row | undefined): ExportRun | null => {
  if (row === undefined) return null;
  const state = exportStates.find((one) => one === row['state']);
  if (state === undefined) return null;
  return {
    id: textKept(textOf(row, 'id')),
    application: textKept(textOf(row, 'application')),
    series: textKept(textOf(row, 'series')),
    state,
    createdAt: numberOf(row, 'created_at'),
    finishedAt: timeOf(row, 'finished_at'),
    expiresAt: numberOf(row, 'expires_at'),
    told: row['told'] === true,
    record: textOf(row, 'record'),
    attempt: numberOf(row, 'attempt'),
  };
};

const partOf = (row: Row): Omit<ExportPart, 'deflated'> => ({
  seq: numberOf(row, 'seq'),
  offset: numberOf(row, 'place'),
  length: numberOf(row, 'length'),
  crc: numberOf(row, 'crc'),
});

const timeOf = (row: Row, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};
