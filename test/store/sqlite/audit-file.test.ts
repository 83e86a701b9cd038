// audit.db itself: files of before there was a chain, several writers at once, and the list of checkpoints beside it.
import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openAuditFile } from '#store/sqlite/audit-file.ts';
import { auditMigrations } from '#store/sqlite/schema.ts';
import { verifyAudit } from '#verify/audit-verify.ts';
import {
  batchOf,
  inFolder,
  keySet,
  makeKey,
  organisation,
  placeIn,
  record,
  signer,
  start,
  textOf,
} from '../../verify/audit-world.ts';

const { key, published } = await makeKey();
const keys = keySet(published);

test('a file of before gets its chain when it is opened, from its first record on', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    const old = new DatabaseSync(place.database);
    old.exec(`PRAGMA application_id = ${0x42444c44}`);
    auditMigrations[0]?.(old);
    old.exec('PRAGMA user_version = 1');
    const insert = old.prepare('INSERT INTO audit_commit (first, count, records) VALUES (?, ?, ?)');
    for (let first = 1; first < 100; first += 3) {
      const records = [record(first + 1), record(first), record(first + 2)].map(({ seen: _seen, ...rest }) => rest);
      insert.run(first, 3, JSON.stringify(records));
    }
    old.exec('UPDATE moved SET number = 77');
    old.close();
    const file = openAuditFile(place.database, organisation);
    assert.deepEqual([file.last(), file.moved(), file.sealed()], [99, 77, 0]);
    file.append(batchOf([record(100)]));
    file.seal(signer(key));
    file.close();
    const verdict = verifyAudit({ organisation, database: place.database, keys });
    assert.deepEqual([verdict.broken, verdict.records, verdict.firstSequence], [[], 100, 1]);
    const db = new DatabaseSync(place.database, { readOnly: true });
    const first = db.prepare('SELECT from_at, to_at FROM audit_commit WHERE first = 4').get();
    assert.deepEqual({ ...first }, { from_at: start + 4, to_at: start + 6 });
    assert.equal(db.prepare('SELECT count(*) AS n FROM audit').get()?.['n'], 100);
    db.close();
  }));

test('two processes that append and seal side by side make one chain', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    const one = openAuditFile(place.database, organisation);
    const two = openAuditFile(place.database, organisation);
    for (let number = 1; number <= 60; number += 1) {
      (number % 2 === 0 ? one : two).append(batchOf([record(number)]));
      if (number % 7 === 0) (number % 3 === 0 ? one : two).seal(signer(key));
    }
    assert.deepEqual(one.seal(signer(key)), two.seal(signer(key)));
    one.close();
    two.close();
    const verdict = verifyAudit({ organisation, database: place.database, keys, copies: [textOf(place.list)] });
    assert.deepEqual([verdict.broken, verdict.records, verdict.checkpoints], [[], 60, 9]);
  }));

test('a list that cannot be written keeps nobody from recording; what is missing in it comes with the next checkpoint', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    const file = openAuditFile(place.database, organisation);
    file.append(batchOf([record(1)]));
    // A folder in its place: it can be neither read nor added to.
    mkdirSync(place.list);
    assert.throws(() => file.seal(signer(key)));
    file.append(batchOf([record(2)]));
    file.close();
    const again = openAuditFile(place.database, organisation);
    again.append(batchOf([record(3)]));
    rmdirSync(place.list);
    again.seal(signer(key));
    again.close();
    assert.equal(textOf(place.list).trimEnd().split('\n').length, 2);
    assert.deepEqual(verifyAudit({ organisation, database: place.database, keys }).broken, []);
  }));

test('a list that goes on beyond a file put back from a copy is kept, and what comes is added', () =>
  inFolder((folder) => {
    const place = placeIn(path.join(folder, 'one'));
    const newer = placeIn(path.join(folder, 'two'));
    for (const [at, commits] of [
      [place, 1],
      [newer, 3],
    ] as const) {
      const file = openAuditFile(at.database, organisation);
      for (let number = 1; number <= commits; number += 1) {
        file.append(batchOf([record(number)]));
        file.seal(signer(key, start + number));
      }
      file.close();
    }
    const ahead = openAuditFile(place.database, organisation);
    ahead.close();
    const list = textOf(newer.list);
    const spoilt = placeIn(path.join(folder, 'one'));
    assert.ok(list.startsWith(textOf(spoilt.list)));
    writeFileSync(spoilt.list, list);
    const file = openAuditFile(spoilt.database, organisation);
    file.append(batchOf([record(50)]));
    file.seal(signer(key, start + 50));
    file.close();
    assert.ok(textOf(spoilt.list).startsWith(list));
    assert.equal(textOf(spoilt.list).trimEnd().split('\n').length, 4);
    const verdict = verifyAudit({ organisation, database: spoilt.database, keys });
    assert.equal(verdict.ok, false, 'that records are lost shows for ever');
  }));
