// One step of quality written to the tables: what was found of which resource, the sums that follow from it, and the queue. A few round
// trips however large the step is. Called by quality-results.ts within a transaction that holds the lock of the organisation's quality.
import type { Examined, QualityStep, StoredFinding } from '../quality.ts';
import type { Connection, Sql } from './database.ts';
import { numberOf } from './cells.ts';
import { findWords, internWords } from './quality-words.ts';

const sql = (name: string, text: string): Sql => ({ name: `quality_${name}`, text });

const readExamined = sql(
  'examined',
  'SELECT uid, collection, source, findings FROM quality_examined WHERE tenant = $1 AND uid = ANY($2::bigint[])',
);
const readFindings = sql(
  'findings',
  'SELECT uid, rule, place, detail, count FROM quality_finding WHERE tenant = $1 AND uid = ANY($2::bigint[])',
);
const readNested = sql('nested', 'SELECT key, uid FROM quality_nested WHERE tenant = $1 AND uid = ANY($2::bigint[])');
const putExamined = sql(
  'put_examined',
  `INSERT INTO quality_examined (tenant, uid, collection, source, findings)
   SELECT $1::integer, * FROM unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[])
   ON CONFLICT (tenant, uid) DO UPDATE SET collection = excluded.collection, source = excluded.source, findings = excluded.findings`,
);
const dropExamined = sql('drop_examined', 'DELETE FROM quality_examined WHERE tenant = $1 AND uid = ANY($2::bigint[])');
const dropFindings = sql('drop_findings', 'DELETE FROM quality_finding WHERE tenant = $1 AND uid = ANY($2::bigint[])');
const addFindings = sql(
  'add_findings',
  `INSERT INTO quality_finding (tenant, uid, rule, place, detail, collection, count)
   SELECT $1::integer, * FROM unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::bigint[])`,
);
const addTallies = sql(
  'add_tallies',
  `INSERT INTO quality_tally AS t (tenant, collection, source, rule, place, detail, resources, count)
   SELECT $1::integer, * FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::bigint[], $8::bigint[])
   ON CONFLICT (tenant, collection, source, rule, place, detail)
   DO UPDATE SET resources = t.resources + excluded.resources, count = t.count + excluded.count`,
);
const dropTallies = sql(
  'drop_tallies',
  `DELETE FROM quality_tally t USING unnest($2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])
     AS k (collection, source, rule, place, detail)
   WHERE t.tenant = $1 AND t.collection = k.collection AND t.source = k.source AND t.rule = k.rule AND t.place = k.place
     AND t.detail = k.detail AND t.resources = 0 AND t.count = 0`,
);
const addExaminations = sql(
  'add_examinations',
  `INSERT INTO quality_examination AS e (tenant, collection, source, examined, flawed)
   SELECT $1::integer, * FROM unnest($2::integer[], $3::integer[], $4::bigint[], $5::bigint[])
   ON CONFLICT (tenant, collection, source) DO UPDATE SET examined = e.examined + excluded.examined, flawed = e.flawed + excluded.flawed`,
);
const dropExaminations = sql(
  'drop_examinations',
  `DELETE FROM quality_examination e USING unnest($2::integer[], $3::integer[]) AS k (collection, source)
   WHERE e.tenant = $1 AND e.collection = k.collection AND e.source = k.source AND e.examined = 0`,
);
const addNested = sql(
  'add_nested',
  `INSERT INTO quality_nested (tenant, key, uid) SELECT $1::integer, * FROM unnest($2::bigint[], $3::bigint[]) ON CONFLICT DO NOTHING`,
);
const dropNested = sql(
  'drop_nested',
  `DELETE FROM quality_nested n WHERE n.tenant = $1 AND n.uid = ANY($3::bigint[])
     AND EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) AS k (key, uid) WHERE k.key = n.key AND k.uid = n.uid)`,
);
const addPending = sql(
  'add_pending',
  'INSERT INTO quality_pending (tenant, uid) SELECT $1::integer, * FROM unnest($2::bigint[]) ON CONFLICT DO NOTHING',
);
const dropPending = sql('drop_pending', 'DELETE FROM quality_pending WHERE tenant = $1 AND uid = ANY($2::bigint[])');
// A cursor of -1 is none: no relation has that number.
const addSpreads = sql(
  'add_spreads',
  `INSERT INTO quality_spread (tenant, id, kind, key, scope, position, after_relation, after_source)
   SELECT $1::integer, coalesce((SELECT max(id) FROM quality_spread WHERE tenant = $1), 0) + s.n, s.kind, s.key, s.scope, s.position,
     nullif(s.relation, -1), nullif(s.source, -1)
   FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
     WITH ORDINALITY AS s (kind, key, scope, position, relation, source, n)`,
);
const moveSpread = sql(
  'move_spread',
  'UPDATE quality_spread SET after_relation = $3::bigint, after_source = $4::bigint WHERE tenant = $1 AND id = $2::bigint',
);
const dropSpread = sql('drop_spread', 'DELETE FROM quality_spread WHERE tenant = $1 AND id = $2::bigint');
const putSweeps = sql(
  'put_sweeps',
  `INSERT INTO quality_sweep (tenant, collection, after) SELECT $1::integer, c, $3::bigint FROM unnest($2::integer[]) AS s (c)
   ON CONFLICT (tenant, collection) DO UPDATE SET after = excluded.after`,
);
const dropSweep = sql('drop_sweep', 'DELETE FROM quality_sweep WHERE tenant = $1 AND collection = $2::integer');
const putPosition = sql(
  'put_position',
  `INSERT INTO quality_state (tenant, position) VALUES ($1::integer, $2::bigint)
   ON CONFLICT (tenant) DO UPDATE SET position = excluded.position`,
);

/** Puts walks of collections (ids of words) at their beginning, or at a uid. */
export const sweepFrom = (connection: Connection, tenant: number, collections: readonly number[], after: number) =>
  connection.query(putSweeps, [tenant, collections, after]);

type Place = readonly number[];
type Sums = Map<string, { readonly place: Place; first: number; second: number }>;

const add = (sums: Sums, place: Place, first: number, second: number): void => {
  const key = place.join(' ');
  const sum = sums.get(key) ?? { place, first: 0, second: 0 };
  sum.first += first;
  sum.second += second;
  sums.set(key, sum);
};

/** Columns of a table of numbers: what `unnest` takes. */
const columnsOf = (rows: readonly Place[], width: number): readonly (readonly number[])[] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => cellOf(row, column)));

// What is no number is left to the table to refuse.
const cellOf = (row: Place, column: number): number => {
  const value = row[column];
  return value === undefined ? 0 : value;
};

/** The words that a step stores. */
const wordsOf = ({ examined, addSweeps, sweep }: QualityStep): readonly string[] => [
  ...examined.flatMap((one) => [
    one.collection,
    one.source,
    ...one.findings.flatMap(({ rule, place, detail }) => [rule, place, detail]),
  ]),
  ...addSweeps,
  ...(sweep === undefined ? [] : [sweep.collection]),
];

/** Writes the step. Within a transaction; rejects with what the database rejects with, and nothing is kept then. */
export const writeStep = async (connection: Connection, tenant: number, step: QualityStep): Promise<void> => {
  // Of a resource that was looked at twice the later counts.
  const examined = new Map(step.examined.map((one) => [one.uid, one]));
  const uids = [...new Set([...step.gone, ...examined.keys()])];
  const words = wordsOf(step);
  const [known, before, findings, nested] = await Promise.all([
    findWords(connection, tenant, words),
    connection.query(readExamined, [tenant, uids]),
    connection.query(readFindings, [tenant, uids]),
    connection.query(readNested, [tenant, uids]),
  ]);
  const ids = await internWords(connection, tenant, words, known);
  const id = (word: string): number => ids.get(word) ?? 0;
  const [tallies, examinations]: [Sums, Sums] = [new Map(), new Map()];

  // What was known is taken away …
  const owners = new Map<number, Place>();
  for (const row of before) {
    const owner = [numberOf(row, 'collection'), numberOf(row, 'source')];
    owners.set(numberOf(row, 'uid'), owner);
    add(examinations, owner, -1, numberOf(row, 'findings') > 0 ? -1 : 0);
  }
  const flawed = new Set<number>();
  for (const row of findings) {
    const uid = numberOf(row, 'uid');
    flawed.add(uid);
    const place = [...(owners.get(uid) ?? []), ...['rule', 'place', 'detail'].map((column) => numberOf(row, column))];
    add(tallies, place, -1, -numberOf(row, 'count'));
  }
  // … and what is known now put in its place.
  const placeOf = ({ rule, place, detail }: StoredFinding): Place => [id(rule), id(place), id(detail)];
  const [rows, found]: [Place[], Place[]] = [[], []];
  for (const one of examined.values()) {
    const owner = [id(one.collection), id(one.source)];
    rows.push([one.uid, ...owner, one.findings.length]);
    add(examinations, owner, 1, one.findings.length > 0 ? 1 : 0);
    for (const finding of one.findings) {
      found.push([one.uid, ...placeOf(finding), id(one.collection), finding.count]);
      add(tallies, [...owner, ...placeOf(finding)], 1, finding.count);
    }
  }
  const names = nestedChanges(
    nested.map((row) => [numberOf(row, 'key'), numberOf(row, 'uid')]),
    examined,
  );

  const asked: Promise<unknown>[] = [];
  const write = (statement: Sql, ...values: Parameters<Connection['query']>[1]): void =>
    void asked.push(connection.query(statement, [tenant, ...values]));
  const writeRows = (statement: Sql, all: readonly Place[], width: number): void => {
    if (all.length > 0) write(statement, ...columnsOf(all, width));
  };
  if (flawed.size > 0) write(dropFindings, [...flawed]);
  const gone = step.gone.filter((uid) => !examined.has(uid));
  if (gone.length > 0) write(dropExamined, gone);
  writeRows(putExamined, rows, 4);
  writeRows(addFindings, found, 6);
  const [sums, counts] = [changed(tallies), changed(examinations)];
  writeRows(addTallies, sums, 7);
  writeRows(
    dropTallies,
    sums.filter((row) => (row[5] ?? 0) <= 0),
    5,
  );
  writeRows(addExaminations, counts, 4);
  writeRows(
    dropExaminations,
    counts.filter((row) => (row[2] ?? 0) <= 0),
    2,
  );
  writeRows(dropNested, names.drop, 2);
  writeRows(addNested, names.add, 2);
  if (step.dequeue.length > 0) write(dropPending, step.dequeue);
  if (step.enqueue.length > 0) write(addPending, step.enqueue);
  if (step.spread !== undefined) {
    const { id: spread, after } = step.spread;
    if (after === null) write(dropSpread, spread);
    else write(moveSpread, spread, after[0], after[1]);
  }
  const spreads = step.addSpreads;
  if (spreads.length > 0)
    write(
      addSpreads,
      spreads.map(({ kind }) => kind),
      spreads.map(({ key }) => key),
      spreads.map(({ only }) => only),
      spreads.map(({ position }) => position),
      spreads.map(({ after }) => after?.[0] ?? -1),
      spreads.map(({ after }) => after?.[1] ?? -1),
    );
  if (step.sweep !== undefined) {
    const collection = id(step.sweep.collection);
    if (step.sweep.after === null) write(dropSweep, collection);
    else asked.push(sweepFrom(connection, tenant, [collection], step.sweep.after));
  }
  if (step.addSweeps.length > 0) asked.push(sweepFrom(connection, tenant, [...new Set(step.addSweeps)].map(id), -1));
  if (step.position !== null) write(putPosition, step.position);
  await Promise.all(asked);
};

/** Sums that differ from nothing, as rows. */
const changed = (sums: Sums): readonly Place[] =>
  [...sums.values()]
    .filter(({ first, second }) => first !== 0 || second !== 0)
    .map(({ place, first, second }) => [...place, first, second]);

/** Which names inside attributes are new, and which are gone. */
const nestedChanges = (
  before: readonly Place[],
  examined: ReadonlyMap<number, Examined>,
): { readonly add: readonly Place[]; readonly drop: readonly Place[] } => {
  const wanted = new Map<string, Place>();
  for (const { uid, nested } of examined.values()) for (const key of nested) wanted.set(`${key} ${uid}`, [key, uid]);
  const drop = before.filter((row) => !wanted.delete(row.join(' ')));
  return { add: [...wanted.values()], drop };
};
