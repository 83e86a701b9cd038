// What quality has found, in quality.db: findings, their sums, the queue, and the trend. One step is one transaction. Called by quality.ts of
// this folder; knows no rule.
import type { DatabaseSync } from 'node:sqlite';
import type {
  Examination,
  Examined,
  QualityResults,
  QualityState,
  QualityStep,
  Spread,
  StoredFinding,
  Tally,
} from '../quality.ts';
import { guard, numberOf, statement, textOf } from './driver.ts';

type Sums = { resources: number; count: number };
type Exam = { examined: number; flawed: number };

/** Prepares the statements of one connection. */
export const createQualityResults = (db: DatabaseSync): QualityResults => {
  const sql = (text: string) => statement(db, text);
  const readMeta = sql('SELECT value FROM meta WHERE name = ?');
  const writeMeta = sql('INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2');
  const readExamined = sql('SELECT collection, source, findings FROM examined WHERE uid = ?');
  const putExamined = sql(
    'INSERT INTO examined (uid, collection, source, findings) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET collection = ?2, source = ?3, findings = ?4',
  );
  const dropExamined = sql('DELETE FROM examined WHERE uid = ?');
  const readFindings = sql('SELECT rule, place, detail, count FROM finding WHERE uid = ?');
  const dropFindings = sql('DELETE FROM finding WHERE uid = ?');
  const addFinding = sql('INSERT INTO finding (uid, rule, place, detail, collection, count) VALUES (?, ?, ?, ?, ?, ?)');
  const addTally = sql(
    `INSERT INTO tally (collection, source, rule, place, detail, resources, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT DO UPDATE SET resources = resources + ?6, count = count + ?7`,
  );
  const dropTally = sql(
    'DELETE FROM tally WHERE collection = ? AND source = ? AND rule = ? AND place = ? AND detail = ? AND resources = 0 AND count = 0',
  );
  const addExamination = sql(
    `INSERT INTO examination (collection, source, examined, flawed) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT DO UPDATE SET examined = examined + ?3, flawed = flawed + ?4`,
  );
  const dropExamination = sql('DELETE FROM examination WHERE collection = ? AND source = ? AND examined = 0');
  const readNested = sql('SELECT key FROM nested WHERE uid = ?');
  const addNested = sql('INSERT OR IGNORE INTO nested (key, uid) VALUES (?, ?)');
  const dropNested = sql('DELETE FROM nested WHERE key = ? AND uid = ?');
  const nestedTo = sql('SELECT uid FROM nested WHERE key = ? AND uid > ? ORDER BY uid LIMIT ?');
  const readPending = sql('SELECT uid FROM pending ORDER BY uid LIMIT ?');
  const addPending = sql('INSERT OR IGNORE INTO pending (uid) VALUES (?)');
  const dropPending = sql('DELETE FROM pending WHERE uid = ?');
  const countPending = sql('SELECT count(*) AS n FROM pending');
  const readSpread = sql('SELECT * FROM spread ORDER BY id LIMIT 1');
  const addSpread = sql(
    'INSERT INTO spread (kind, key, scope, position, after_relation, after_source) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const moveSpread = sql('UPDATE spread SET after_relation = ?, after_source = ? WHERE id = ?');
  const dropSpread = sql('DELETE FROM spread WHERE id = ?');
  const countSpreads = sql('SELECT count(*) AS n FROM spread');
  const readSweeps = sql('SELECT collection, after FROM sweep ORDER BY collection');
  const putSweep = sql('INSERT INTO sweep (collection, after) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET after = ?2');
  const dropSweep = sql('DELETE FROM sweep WHERE collection = ?');
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
  const words = createWords(db);

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

  /** Sums of one step, written once each. */
  const bookkeeping = () => {
    const sums = new Map<string, Sums>();
    const exams = new Map<string, Exam>();
    return {
      tally: (collection: number, source: number, finding: readonly number[], resources: number, count: number) => {
        const key = [collection, source, ...finding].join(' ');
        const sum = sums.get(key) ?? { resources: 0, count: 0 };
        sum.resources += resources;
        sum.count += count;
        sums.set(key, sum);
      },
      exam: (collection: number, source: number, examined: number, flawed: number) => {
        const key = `${collection} ${source}`;
        const exam = exams.get(key) ?? { examined: 0, flawed: 0 };
        exam.examined += examined;
        exam.flawed += flawed;
        exams.set(key, exam);
      },
      write: () => {
        for (const [key, { resources, count }] of sums) {
          if (resources === 0 && count === 0) continue;
          const place = key.split(' ').map(Number);
          addTally.run(...place, resources, count);
          if (resources <= 0) dropTally.run(...place);
        }
        for (const [key, { examined, flawed }] of exams) {
          if (examined === 0 && flawed === 0) continue;
          const place = key.split(' ').map(Number);
          addExamination.run(...place, examined, flawed);
          if (examined <= 0) dropExamination.run(...place);
        }
      },
    };
  };
  type Books = ReturnType<typeof bookkeeping>;

  /** Takes away what was known of a resource. */
  const forget = (uid: number, books: Books): void => {
    const row = readExamined.get(uid);
    if (row === undefined) return;
    const [collection, source] = [numberOf(row, 'collection'), numberOf(row, 'source')];
    const flawed = numberOf(row, 'findings') > 0;
    books.exam(collection, source, -1, flawed ? -1 : 0);
    if (!flawed) return;
    for (const found of readFindings.all(uid)) {
      const place = [numberOf(found, 'rule'), numberOf(found, 'place'), numberOf(found, 'detail')];
      books.tally(collection, source, place, -1, -numberOf(found, 'count'));
    }
    dropFindings.run(uid);
  };

  const keep = ({ uid, ...found }: Examined, books: Books): void => {
    forget(uid, books);
    const [collection, source] = [words.intern(found.collection), words.intern(found.source)];
    putExamined.run(uid, collection, source, found.findings.length);
    books.exam(collection, source, 1, found.findings.length > 0 ? 1 : 0);
    for (const finding of found.findings) {
      const place = placeOf(finding);
      addFinding.run(uid, ...place, collection, finding.count);
      books.tally(collection, source, place, 1, finding.count);
    }
    keepNested(uid, found.nested);
  };

  const placeOf = ({ rule, place, detail }: StoredFinding): readonly [number, number, number] => [
    words.intern(rule),
    words.intern(place),
    words.intern(detail),
  ];

  const keepNested = (uid: number, keys: readonly number[]): void => {
    const wanted = new Set(keys);
    for (const row of readNested.all(uid)) {
      const key = numberOf(row, 'key');
      if (!wanted.delete(key)) dropNested.run(key, uid);
    }
    for (const key of wanted) addNested.run(key, uid);
  };

  const apply = (step: QualityStep): void => {
    const books = bookkeeping();
    for (const uid of step.gone) {
      forget(uid, books);
      dropExamined.run(uid);
      keepNested(uid, []);
    }
    for (const one of step.examined) keep(one, books);
    books.write();
    for (const uid of step.dequeue) dropPending.run(uid);
    for (const uid of step.enqueue) addPending.run(uid);
    if (step.spread !== undefined) {
      const { id, after } = step.spread;
      if (after === null) dropSpread.run(id);
      else moveSpread.run(after[0], after[1], id);
    }
    for (const { kind, key, only, position, after } of step.addSpreads)
      addSpread.run(kind, key, only, position, after?.[0] ?? null, after?.[1] ?? null);
    if (step.sweep !== undefined) {
      const collection = words.intern(step.sweep.collection);
      if (step.sweep.after === null) dropSweep.run(collection);
      else putSweep.run(collection, step.sweep.after);
    }
    for (const path of step.addSweeps) putSweep.run(words.intern(path), -1);
    if (step.position !== null) writeMeta.run('position', step.position);
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
    apply: guard((step) => transaction(() => apply(step))),
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

const spreadOf = (row: Record<string, unknown> | undefined): (Spread & { readonly id: number }) | null => {
  if (row === undefined) return null;
  const relation = row['after_relation'];
  return {
    id: numberOf(row, 'id'),
    kind: textOf(row, 'kind') === 'nested' ? 'nested' : 'link',
    key: numberOf(row, 'key'),
    only: textOf(row, 'scope') === 'flawed' ? 'flawed' : 'all',
    position: numberOf(row, 'position'),
    after: typeof relation === 'number' ? [relation, numberOf(row, 'after_source')] : null,
  };
};

/** Small numbers for the words that repeat in every row; the empty word has one too. */
const createWords = (db: DatabaseSync) => {
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();
  const select = statement(db, 'SELECT id FROM name WHERE name = ?');
  const selectText = statement(db, 'SELECT name FROM name WHERE id = ?');
  const insert = statement(db, 'INSERT INTO name (name) VALUES (?)');
  const find = (word: string): number | null => {
    const known = ids.get(word);
    if (known !== undefined) return known;
    const row = select.get(word);
    if (row === undefined) return null;
    ids.set(word, numberOf(row, 'id'));
    return numberOf(row, 'id');
  };
  return {
    find,
    /** Stored on first use: only within a transaction. */
    intern: (word: string): number => {
      const known = find(word);
      if (known !== null) return known;
      const id = Number(insert.run(word).lastInsertRowid);
      ids.set(word, id);
      return id;
    },
    word: (id: number): string => {
      const known = texts.get(id);
      if (known !== undefined) return known;
      const row = selectText.get(id);
      if (row !== undefined) texts.set(id, textOf(row, 'name'));
      return textOf(row, 'name');
    },
    /** Forgets what a rolled-back transaction had stored. */
    forget: (): void => {
      ids.clear();
      texts.clear();
    },
  };
};
