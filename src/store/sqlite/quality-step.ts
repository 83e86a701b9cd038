// One step of quality written to quality.db: what was found of which resource, the sums that follow from it, and the queue. Called by
// quality-results.ts within a transaction.
import type { DatabaseSync } from 'node:sqlite';
import type { Examined, QualityStep, StoredFinding } from '../quality.ts';
import { numberOf, statement } from './driver.ts';
import type { QualityWords } from './quality-words.ts';

type Sums = { resources: number; count: number };
type Exam = { examined: number; flawed: number };

/** Prepares the statements of one connection; gives what writes a step. */
export const createStepWriter = (db: DatabaseSync, words: QualityWords): ((step: QualityStep) => void) => {
  const sql = (text: string) => statement(db, text);
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
  const addPending = sql('INSERT OR IGNORE INTO pending (uid) VALUES (?)');
  const dropPending = sql('DELETE FROM pending WHERE uid = ?');
  const addSpread = sql(
    'INSERT INTO spread (kind, key, scope, position, after_relation, after_source) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const moveSpread = sql('UPDATE spread SET after_relation = ?, after_source = ? WHERE id = ?');
  const dropSpread = sql('DELETE FROM spread WHERE id = ?');
  const putSweep = sql('INSERT INTO sweep (collection, after) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET after = ?2');
  const dropSweep = sql('DELETE FROM sweep WHERE collection = ?');

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

  return (step) => {
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
};
