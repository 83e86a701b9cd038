// What quality has found, in quality.db: findings, their sums, the queue, and the trend. One step is one transaction. Called by quality.ts of
// this folder; knows no rule.
import type { DatabaseSync } from 'node:sqlite';
import type { Examination, QualityResults, QualityState, Spread, Tally } from '../quality.ts';
import { guard, numberOf, statement, textOf } from './driver.ts';
import { createStepWriter } from './quality-step.ts';
import { createQualityWords } from './quality-words.ts';

/** Prepares the statements of one connection. */
export const createQualityResults = (db: DatabaseSync): QualityResults => {
  const sql = (text: string) => statement(db, text);
  const readMeta = sql('SELECT value FROM meta WHERE name = ?');
  const writeMeta = sql('INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2');
  const readExamined = sql('SELECT collection, source, findings FROM examined WHERE uid = ?');
  const nestedTo = sql('SELECT uid FROM nested WHERE key = ? AND uid > ? ORDER BY uid LIMIT ?');
  const readPending = sql('SELECT uid FROM pending ORDER BY uid LIMIT ?');
  const countPending = sql('SELECT count(*) AS n FROM pending');
  const readSpread = sql('SELECT * FROM spread ORDER BY id LIMIT 1');
  const countSpreads = sql('SELECT count(*) AS n FROM spread');
  const readSweeps = sql('SELECT collection, after FROM sweep ORDER BY collection');
  const putSweep = sql('INSERT INTO sweep (collection, after) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET after = ?2');
  const readTallies = sql('SELECT * FROM tally WHERE ?1 IS NULL OR collection = ?1');
  const readExaminations = sql('SELECT * FROM examination WHERE ?1 IS NULL OR collection = ?1');
  const readSample = sql(
    'SELECT uid, detail, count FROM finding WHERE collection = ? AND rule = ? AND place = ? ORDER BY uid LIMIT ?',
  );
  const clearDay = sql('DELETE FROM trend WHERE day = ? OR day < ?');
  const addRules = sql(
    'INSERT INTO trend (day, collection, rule, count, resources) SELECT ?, collection, rule, sum(count), sum(resources) FROM tally GROUP BY collection, rule',
  );
  const addTotals = sql(
    'INSERT INTO trend (day, collection, rule, count, resources) SELECT ?, collection, ?, sum(flawed), sum(examined) FROM examination GROUP BY collection',
  );
  const readTrend = sql(
    'SELECT day, collection, rule, count, resources FROM trend WHERE day >= ?1 AND day <= ?2 AND (?3 IS NULL OR collection = ?3) ORDER BY day, collection, rule',
  );
  const lastDay = sql("SELECT coalesce(max(day), '') AS day FROM trend");
  const words = createQualityWords(db);
  const write = createStepWriter(db, words);

  const transaction = (work: () => void): void => {
    db.exec('BEGIN IMMEDIATE');
    try {
      work();
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      words.forget();
      throw error;
    }
  };

  const readState = (): QualityState | null => {
    const position = readMeta.get('position')?.['value'];
    if (typeof position !== 'number') return null;
    return {
      position,
      epoch: textOf(readMeta.get('epoch'), 'value'),
      mark: textOf(readMeta.get('mark'), 'value'),
    };
  };

  /** The parameter of a query by collection: null = all; a path that nothing is known of finds nothing. */
  const collectionId = (path: string | null): number | null => (path === null ? null : (words.find(path) ?? -1));

  return {
    state: guard(readState),
    begin: guard((state, collections) =>
      transaction(() => {
        for (const table of ['examined', 'finding', 'tally', 'examination', 'nested', 'pending', 'spread', 'sweep'])
          db.exec(`DELETE FROM ${table}`);
        writeMeta.run('position', state.position);
        writeMeta.run('epoch', state.epoch);
        writeMeta.run('mark', state.mark);
        for (const path of collections) putSweep.run(words.intern(path), -1);
      }),
    ),
    work: guard((limit) => {
      const sweep = readSweeps.get();
      return {
        pending: readPending.all(limit).map((row) => numberOf(row, 'uid')),
        spread: spreadOf(readSpread.get()),
        sweep:
          sweep === undefined
            ? null
            : { collection: words.word(numberOf(sweep, 'collection')), after: numberOf(sweep, 'after') },
      };
    }),
    flawed: guard((uids) => uids.filter((uid) => numberOf(readExamined.get(uid), 'findings') > 0)),
    nestedTo: guard((key, after, limit) => nestedTo.all(key, after, limit).map((row) => numberOf(row, 'uid'))),
    apply: guard((step) => transaction(() => write(step))),
    backlog: guard(() => ({
      pending: numberOf(countPending.get(), 'n'),
      spreads: numberOf(countSpreads.get(), 'n'),
      sweeps: readSweeps.all().map((row) => words.word(numberOf(row, 'collection'))),
    })),
    tallies: guard((collection) =>
      readTallies.all(collectionId(collection)).map((row): Tally => ({
        collection: words.word(numberOf(row, 'collection')),
        source: words.word(numberOf(row, 'source')),
        rule: words.word(numberOf(row, 'rule')),
        place: words.word(numberOf(row, 'place')),
        detail: words.word(numberOf(row, 'detail')),
        resources: numberOf(row, 'resources'),
        count: numberOf(row, 'count'),
      })),
    ),
    examinations: guard((collection) =>
      readExaminations.all(collectionId(collection)).map((row): Examination => ({
        collection: words.word(numberOf(row, 'collection')),
        source: words.word(numberOf(row, 'source')),
        examined: numberOf(row, 'examined'),
        flawed: numberOf(row, 'flawed'),
      })),
    ),
    sample: guard(({ collection, rule, place }, limit) =>
      readSample
        .all(words.find(collection) ?? -1, words.find(rule) ?? -1, words.find(place) ?? -1, limit)
        .map((row) => ({
          uid: numberOf(row, 'uid'),
          detail: words.word(numberOf(row, 'detail')),
          count: numberOf(row, 'count'),
        })),
    ),
    putTrend: guard((day, dropBefore) =>
      transaction(() => {
        clearDay.run(day, dropBefore);
        addRules.run(day);
        addTotals.run(day, words.intern(''));
      }),
    ),
    trend: guard(({ collection, from, to }) =>
      readTrend.all(from, to, collectionId(collection)).map((row) => ({
        day: textOf(row, 'day'),
        collection: words.word(numberOf(row, 'collection')),
        rule: words.word(numberOf(row, 'rule')),
        count: numberOf(row, 'count'),
        resources: numberOf(row, 'resources'),
      })),
    ),
    lastDay: guard(() => textOf(lastDay.get(), 'day')),
  };
};

const scopes = ['all', 'flawed', 'asking'] as const;

const spreadOf = (row: Record<string, unknown> | undefined): (Spread & { readonly id: number }) | null => {
  if (row === undefined) return null;
  const relation = row['after_relation'];
  return {
    id: numberOf(row, 'id'),
    kind: textOf(row, 'kind') === 'nested' ? 'nested' : 'link',
    key: numberOf(row, 'key'),
    only: scopes.find((one) => one === textOf(row, 'scope')) ?? 'all',
    position: numberOf(row, 'position'),
    after: typeof relation === 'number' ? [relation, numberOf(row, 'after_source')] : null,
  };
};
