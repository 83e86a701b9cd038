// Every way in which a test alters an audit that has been signed: what somebody with all rights on the machine, but without the key, could
// do. Each takes the files in place and a source of random numbers, and alters at least one thing.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { chainBeginning, chainHash, signCheckpoint } from '#store/audit-chain.ts';
import type { AuditCheckpoint, AuditKey } from '#store/store.ts';
import { organisation } from './audit-world.ts';
import type { Place } from './audit-world.ts';

/** A whole number from 0 to below the bound. */
export type Dice = (below: number) => number;

export type Setting = {
  readonly place: Place;
  readonly dice: Dice;
  /** Another organisation's audit, signed with the same key. */
  readonly neighbour: Place;
  /** A key of the one who alters. */
  readonly foreign: AuditKey;
};

export type Alteration = { readonly name: string; readonly apply: (setting: Setting) => void };

type Row = {
  readonly first: number;
  readonly count: number;
  readonly from_at: number;
  readonly to_at: number;
  readonly outbox: number | null;
  readonly hash: Uint8Array;
  readonly records: string;
};

const withDb = (path: string, work: (db: DatabaseSync) => void): void => {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA synchronous = OFF');
    work(db);
  } finally {
    db.close();
  }
};

const rowsOf = (db: DatabaseSync): readonly Row[] =>
  db.prepare('SELECT * FROM audit_commit ORDER BY first').all() as unknown as readonly Row[];

const pick = <T>(list: readonly T[], dice: Dice): T => {
  const one = list[dice(list.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

const onRow = (
  name: string,
  work: (db: DatabaseSync, row: Row, dice: Dice, rows: readonly Row[]) => void,
): Alteration => ({
  name,
  apply: ({ place, dice }) =>
    withDb(place.database, (db) => {
      const rows = rowsOf(db);
      work(db, pick(rows, dice), dice, rows);
    }),
});

const insert = (db: DatabaseSync, row: Row): void =>
  void db
    .prepare(
      'INSERT INTO audit_commit (first, count, from_at, to_at, outbox, hash, records) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(row.first, row.count, row.from_at, row.to_at, row.outbox, row.hash, row.records);

const clear = (db: DatabaseSync): void => db.exec('DELETE FROM audit_commit');

/** The rows as one would write them who knows the format: hashes right, sequences without a gap. */
const rechain = (db: DatabaseSync, rows: readonly Row[]): readonly Row[] => {
  clear(db);
  let before = chainBeginning(organisation);
  let first = 1;
  return rows.map((row) => {
    const { count, from_at: from, to_at: to, outbox, records } = row;
    const hash = chainHash(before, organisation, { first, count, from, to, outbox, records });
    const made = { ...row, first, hash };
    insert(db, made);
    before = hash;
    first += count;
    return made;
  });
};

/** The rows without one, with one altered, or with one more, all chained anew. */
const rewritten = (rows: readonly Row[], dice: Dice): readonly Row[] => {
  const at = dice(rows.length);
  const row = rows[at];
  if (row === undefined) return rows;
  switch (dice(3)) {
    case 0:
      return rows.toSpliced(at, 1);
    case 1:
      return rows.with(at, { ...row, records: row.records.replace('"client":"c', '"client":"x') });
    default:
      return rows.toSpliced(at, 0, row);
  }
};

const checkpointsOf = (db: DatabaseSync): readonly AuditCheckpoint[] =>
  db
    .prepare('SELECT record FROM checkpoint ORDER BY number')
    .all()
    .map((row) => JSON.parse(String(row['record'])) as AuditCheckpoint);

/** Replaces all checkpoints, in the file and in the list. */
const putCheckpoints = (db: DatabaseSync, list: string, checkpoints: readonly AuditCheckpoint[]): void => {
  db.exec('DELETE FROM checkpoint');
  const put = db.prepare('INSERT INTO checkpoint (number, sequence, record) VALUES (?, ?, ?)');
  for (const one of checkpoints) put.run(one.number, one.sequence, JSON.stringify(one));
  writeFileSync(list, checkpoints.map((one) => `${JSON.stringify(one)}\n`).join(''));
};

/** The checkpoints signed anew with a key, over the present chain as far as it goes. */
const resigned = (
  db: DatabaseSync,
  checkpoints: readonly AuditCheckpoint[],
  key: AuditKey,
  named = key.id,
): readonly AuditCheckpoint[] => {
  const ends = new Map(
    rowsOf(db).map((row) => [row.first + row.count - 1, Buffer.from(row.hash).toString('base64url')] as const),
  );
  let previous = '';
  return checkpoints.map((one) => {
    const made = signCheckpoint(
      { ...one, hash: ends.get(one.sequence) ?? one.hash, previous },
      { id: named, privateJwk: key.privateJwk },
    );
    previous = made.signature;
    return made;
  });
};

const lines = (path: string): readonly string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const putLines = (path: string, kept: readonly string[]): void =>
  writeFileSync(path, kept.map((line) => `${line}\n`).join(''));

const flipBit = (bytes: Buffer, dice: Dice): Buffer => {
  const flipped = Buffer.from(bytes);
  const at = dice(flipped.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << dice(8));
  return flipped;
};

/** A text other than the one it was, in one member. */
const otherMember = (one: AuditCheckpoint, dice: Dice): AuditCheckpoint => {
  const letter = (text: string): string => {
    const at = dice(text.length);
    return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  };
  switch (dice(6)) {
    case 0:
      return { ...one, sequence: one.sequence + 1 };
    case 1:
      return { ...one, hash: letter(one.hash) };
    case 2:
      return { ...one, at: one.at + 1 };
    case 3:
      return { ...one, signature: letter(one.signature) };
    case 4:
      return { ...one, previous: one.previous === '' ? 'A' : letter(one.previous) };
    default:
      return { ...one, organisation: 'c.test' };
  }
};

export const alterations: readonly Alteration[] = [
  onRow('a bit of the records of a row flips', (db, row, dice) => {
    const bytes = flipBit(Buffer.from(row.records), dice);
    db.prepare('UPDATE audit_commit SET records = CAST(? AS TEXT) WHERE first = ?').run(bytes, row.first);
  }),
  onRow('a bit of a hash flips', (db, row, dice) => {
    db.prepare('UPDATE audit_commit SET hash = ? WHERE first = ?').run(flipBit(Buffer.from(row.hash), dice), row.first);
  }),
  onRow('records become bytes', (db, row) => {
    db.prepare('UPDATE audit_commit SET records = CAST(records AS BLOB) WHERE first = ?').run(row.first);
  }),
  onRow('a hash is taken away', (db, row) => {
    db.prepare('UPDATE audit_commit SET hash = NULL WHERE first = ?').run(row.first);
  }),
  onRow('a record is altered', (db, row) => {
    db.prepare(
      'UPDATE audit_commit SET records = replace(records, \'"rule":"g1"\', \'"rule":"g2"\') WHERE first = ?',
    ).run(row.first);
  }),
  onRow('a record is taken out of a row', (db, row, dice) => {
    const list: unknown[] = JSON.parse(row.records);
    list.splice(dice(list.length), 1);
    db.prepare('UPDATE audit_commit SET records = ? WHERE first = ?').run(JSON.stringify(list), row.first);
  }),
  onRow('a record is put into a row twice', (db, row, dice) => {
    const list: unknown[] = JSON.parse(row.records);
    list.push(pick(list, dice));
    db.prepare('UPDATE audit_commit SET records = ?, count = count + 1 WHERE first = ?').run(
      JSON.stringify(list),
      row.first,
    );
  }),
  onRow('a count is changed', (db, row, dice) => {
    db.prepare('UPDATE audit_commit SET count = ? WHERE first = ?').run(row.count + 1 + dice(5), row.first);
  }),
  onRow('the time of a row is changed', (db, row, dice) => {
    const column = dice(2) === 0 ? 'from_at' : 'to_at';
    db.prepare(`UPDATE audit_commit SET ${column} = ${column} + ? WHERE first = ?`).run(1 + dice(1_000), row.first);
  }),
  onRow('the number in the outbox is changed', (db, row, dice) => {
    db.prepare('UPDATE audit_commit SET outbox = coalesce(outbox, 0) + ? WHERE first = ?').run(1 + dice(9), row.first);
  }),
  onRow('a row is deleted', (db, row) => {
    db.prepare('DELETE FROM audit_commit WHERE first = ?').run(row.first);
  }),
  onRow('some rows in a row are deleted', (db, row, dice) => {
    db.prepare('DELETE FROM audit_commit WHERE first BETWEEN ? AND ?').run(row.first, row.first + 3 + dice(60));
  }),
  onRow('the end is cut off', (db, row) => {
    db.prepare('DELETE FROM audit_commit WHERE first >= ?').run(row.first);
  }),
  onRow('the beginning is cut off', (db, row) => {
    db.prepare('DELETE FROM audit_commit WHERE first <= ?').run(row.first);
  }),
  onRow('everything is deleted', (db) => clear(db)),
  onRow('a row is put in twice', (db, row, dice, rows) => {
    const last = rows.at(-1) ?? row;
    insert(db, { ...row, first: dice(2) === 0 ? last.first + last.count : -1 - dice(100) });
  }),
  onRow('a row is put in between', (db, _row, dice, rows) => {
    const long = rows.filter(({ count }) => count > 1);
    const row = pick(long, dice);
    insert(db, { ...row, first: row.first + 1 });
  }),
  onRow('two rows change places', (db, row, dice, rows) => {
    const next = pick(
      rows.filter(({ first }) => first !== row.first),
      dice,
    );
    const [one, two] = [
      { ...row, first: next.first },
      { ...next, first: row.first },
    ];
    db.prepare('DELETE FROM audit_commit WHERE first IN (?, ?)').run(row.first, next.first);
    insert(db, one);
    insert(db, two);
  }),
  onRow('the content of two rows changes places', (db, row, dice, rows) => {
    const next = pick(
      rows.filter(({ records }) => records !== row.records),
      dice,
    );
    const put = db.prepare('UPDATE audit_commit SET records = ? WHERE first = ?');
    put.run(next.records, row.first);
    put.run(row.records, next.first);
  }),
  onRow(
    'the chain is recomputed over an altered row',
    (db, _row, dice, rows) => void rechain(db, rewritten(rows, dice)),
  ),
  onRow('the chain is recomputed from a row on', (db, row, dice, rows) => {
    const at = rows.indexOf(row);
    const altered = rows.map((one, index) =>
      index === at ? { ...one, records: one.records.replace(/"id":"r\d+"/, `"id":"r${dice(1_000_000)}x"`) } : one,
    );
    rechain(db, altered);
  }),
  {
    name: 'a row comes from another organisation',
    apply: ({ place, neighbour, dice }) => {
      let foreign: readonly Row[] = [];
      withDb(neighbour.database, (db) => {
        foreign = rowsOf(db);
      });
      withDb(place.database, (db) => {
        const row = pick(rowsOf(db), dice);
        // The other's row at the same place, as it is there.
        const taken = foreign.find(({ first }) => first === row.first) ?? pick(foreign, dice);
        db.prepare('DELETE FROM audit_commit WHERE first = ?').run(row.first);
        insert(db, { ...taken, first: row.first });
      });
    },
  },
  {
    name: 'the whole audit is another organisation’s',
    apply: ({ place, neighbour }) => {
      writeFileSync(place.database, readFileSync(neighbour.database));
      writeFileSync(place.list, readFileSync(neighbour.list));
    },
  },
  {
    name: 'a checkpoint is deleted from the file',
    apply: ({ place, dice }) =>
      withDb(place.database, (db) => {
        db.prepare('DELETE FROM checkpoint WHERE number = ?').run(pick(checkpointsOf(db), dice).number);
      }),
  },
  {
    name: 'all checkpoints are deleted from the file',
    apply: ({ place }) => withDb(place.database, (db) => db.exec('DELETE FROM checkpoint')),
  },
  {
    name: 'a checkpoint is deleted from the list',
    apply: ({ place, dice }) => {
      const kept = lines(place.list);
      putLines(place.list, kept.toSpliced(dice(kept.length), 1));
    },
  },
  {
    name: 'the file is put back from an older copy, beside the list',
    apply: ({ place, dice }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        const last = all[dice(all.length - 1)];
        db.prepare('DELETE FROM checkpoint WHERE number > ?').run(last?.number ?? 0);
        db.prepare('DELETE FROM audit_commit WHERE first > ?').run(last?.sequence ?? 0);
        db.exec('UPDATE moved SET number = coalesce((SELECT max(outbox) FROM audit_commit), 0)');
      }),
  },
  {
    name: 'the file is an empty one of the same organisation, beside the list',
    apply: ({ place }) =>
      withDb(place.database, (db) =>
        db.exec('DELETE FROM checkpoint; DELETE FROM audit_commit; UPDATE moved SET number = 0'),
      ),
  },
  { name: 'the list is deleted', apply: ({ place }) => rmSync(place.list) },
  {
    name: 'a bit of the list flips',
    apply: ({ place, dice }) => {
      const bytes = readFileSync(place.list);
      // Not the line break at the very end: without it the last line is still all there, and torn.
      const flipped = Buffer.concat([flipBit(bytes.subarray(0, -1), dice), bytes.subarray(-1)]);
      writeFileSync(place.list, flipped);
    },
  },
  {
    name: 'two lines of the list change places',
    apply: ({ place, dice }) => {
      const kept = lines(place.list);
      const at = dice(kept.length - 1);
      const [one = '', two = ''] = [kept[at], kept[at + 1]];
      putLines(place.list, kept.with(at, two).with(at + 1, one));
    },
  },
  {
    name: 'a line of the list stands twice',
    apply: ({ place, dice }) => {
      const kept = lines(place.list);
      const at = dice(kept.length);
      putLines(place.list, kept.toSpliced(at, 0, kept[at] ?? ''));
    },
  },
  {
    name: 'a checkpoint is altered in file and list',
    apply: ({ place, dice }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        const at = dice(all.length);
        putCheckpoints(
          db,
          place.list,
          all.map((one, index) => (index === at ? otherMember(one, dice) : one)),
        );
      }),
  },
  {
    name: 'a checkpoint is deleted from file and list',
    apply: ({ place, dice }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        putCheckpoints(db, place.list, all.toSpliced(dice(all.length - 1), 1));
      }),
  },
  {
    name: 'all checkpoints are deleted from file and list',
    apply: ({ place }) => withDb(place.database, (db) => putCheckpoints(db, place.list, [])),
  },
  {
    name: 'a checkpoint is signed with another key',
    apply: ({ place, dice, foreign }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        const at = dice(all.length);
        const named = dice(2) === 0 ? foreign.id : undefined;
        putCheckpoints(
          db,
          place.list,
          all.map((one, index) =>
            index === at ? signCheckpoint(one, { id: named ?? one.key, privateJwk: foreign.privateJwk }) : one,
          ),
        );
      }),
  },
  {
    name: 'all checkpoints are signed with another key',
    apply: ({ place, dice, foreign }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        putCheckpoints(db, place.list, resigned(db, all, foreign, dice(2) === 0 ? foreign.id : (all[0]?.key ?? '')));
      }),
  },
  {
    name: 'the chain is recomputed and signed with another key',
    apply: ({ place, dice, foreign }) =>
      withDb(place.database, (db) => {
        rechain(db, rewritten(rowsOf(db), dice));
        putCheckpoints(db, place.list, resigned(db, checkpointsOf(db), foreign));
      }),
  },
  {
    name: 'a checkpoint is made up at the end',
    apply: ({ place, foreign }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        const last = all.at(-1);
        if (last === undefined) return;
        const made = signCheckpoint({ ...last, number: last.number + 1, previous: last.signature }, foreign);
        putCheckpoints(db, place.list, [...all, made]);
      }),
  },
  {
    name: 'records are dropped under a cut that nobody signed',
    apply: ({ place, dice, foreign }) =>
      withDb(place.database, (db) => {
        const rows = rowsOf(db);
        const row = pick(rows.slice(0, -1), dice);
        const all = checkpointsOf(db);
        const last = all.at(-1);
        if (last === undefined) return;
        const sequence = row.first + row.count - 1;
        const hash = Buffer.from(row.hash).toString('base64url');
        const cut = {
          ...last,
          number: last.number + 1,
          kind: 'cut' as const,
          sequence,
          hash,
          previous: last.signature,
        };
        db.prepare('DELETE FROM audit_commit WHERE first <= ?').run(row.first);
        putCheckpoints(db, place.list, [...all, signCheckpoint(cut, { id: last.key, privateJwk: foreign.privateJwk })]);
      }),
  },
  {
    name: 'everything after an earlier checkpoint is undone, in file and list',
    apply: ({ place, dice }) =>
      withDb(place.database, (db) => {
        const all = checkpointsOf(db);
        const kept = all.slice(0, 1 + dice(all.length - 1));
        db.prepare('DELETE FROM audit_commit WHERE first > ?').run(kept.at(-1)?.sequence ?? 0);
        db.exec('UPDATE moved SET number = (SELECT coalesce(max(outbox), 0) FROM audit_commit)');
        putCheckpoints(db, place.list, kept);
      }),
  },
  {
    name: 'a trigger keeps records out',
    apply: ({ place }) =>
      withDb(place.database, (db) =>
        db.exec('CREATE TRIGGER quiet BEFORE INSERT ON audit_commit BEGIN SELECT RAISE(IGNORE); END'),
      ),
  },
  {
    name: 'the outbox is said to be further on',
    apply: ({ place, dice }) =>
      withDb(place.database, (db) => void db.prepare('UPDATE moved SET number = number + ?').run(1 + dice(1_000))),
  },
  {
    name: 'the file is cut short',
    apply: ({ place, dice }) => {
      const bytes = readFileSync(place.database);
      writeFileSync(place.database, bytes.subarray(0, 1 + dice(bytes.length - 1)));
    },
  },
  {
    name: 'a bit of the file flips where it holds something',
    apply: ({ place, dice }) => {
      const bytes = readFileSync(place.database);
      const before = contentOf(place.database);
      // Bytes that hold nothing may be anything: until one counts.
      for (let left = 200; left > 0; left -= 1) {
        writeFileSync(place.database, flipBit(bytes, dice));
        if (contentOf(place.database) !== before) return;
      }
    },
  },
];

/** Everything that a file says, as one text. */
const contentOf = (path: string): string => {
  if (!existsSync(path)) return '';
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      const all = ['audit_commit', 'checkpoint', 'moved', 'sqlite_schema'].map((table) =>
        db.prepare(`SELECT * FROM ${table}`).all(),
      );
      return JSON.stringify(all, (_key, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
    } finally {
      db.close();
    }
  } catch {
    return 'unreadable';
  }
};
