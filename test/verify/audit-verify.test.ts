// The independent verifier: an audit as the hub writes it is right, in every state of its life; every alteration of it is found.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { rotateAuditKey } from '#store/audit-keys.ts';
import { openAuditFile } from '#store/sqlite/audit-file.ts';
import type { AuditKey } from '#store/store.ts';
import { verifyAudit } from '#verify/audit-verify.ts';
import type { Verdict } from '#verify/audit-verify.ts';
import { alterations } from './alterations.ts';
import {
  batchOf,
  copyTo,
  inFolder,
  keySet,
  makeKey,
  organisation,
  other,
  placeIn,
  record,
  signer,
  start,
  textOf,
  writeAudit,
} from './audit-world.ts';
import type { Place } from './audit-world.ts';

const { key, published } = await makeKey();
const { key: foreign } = await makeKey();
const keys = keySet(published);

const verdictOf = (place: Place, copies: readonly string[] = []): Verdict => {
  try {
    return verifyAudit({ organisation, database: place.database, keys, copies });
  } catch (error) {
    // A file that cannot be opened at all is found as well.
    const message = error instanceof Error ? error.message : '';
    const broken = [{ kind: 'file', where: 'file', at: 0, message }] as const;
    return {
      ok: false,
      organisation,
      commits: 0,
      records: 0,
      firstSequence: 0,
      lastSequence: 0,
      checkpoints: 0,
      unsealed: 0,
      broken,
      more: 0,
    };
  }
};

/** Numbers from a seed (xorshift), so that a failure can be had again. */
const diceOf = (seed: number) => {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return (below: number): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
};

test('an audit as it was written is right, to its last record', () =>
  inFolder((folder) => {
    const place = placeIn(path.join(folder, 'whole'));
    writeAudit(place.database, organisation, key, 100);
    const verdict = verdictOf(place, [textOf(place.list)]);
    assert.deepEqual(verdict.broken, []);
    assert.equal(verdict.ok, true);
    assert.equal(verdict.commits, 100);
    assert.equal(verdict.checkpoints, 12);
    assert.equal(verdict.unsealed, 0);
    assert.equal(verdict.firstSequence, 1);
    assert.equal(verdict.lastSequence, verdict.records);
  }));

test('1,000 random alterations, all found', () =>
  inFolder((folder) => {
    const whole = placeIn(path.join(folder, 'whole'));
    writeAudit(whole.database, organisation, key, 60);
    const neighbour = placeIn(path.join(folder, 'neighbour'));
    writeAudit(neighbour.database, other, key, 60);
    const witness = textOf(whole.list);
    const unseen: string[] = [];
    const found = new Map<string, Set<string>>();
    for (let round = 0; round < 1_000; round += 1) {
      const alteration = alterations[round % alterations.length];
      assert.ok(alteration);
      const place = copyTo(whole, path.join(folder, 'altered'));
      alteration.apply({ place, neighbour, foreign, dice: diceOf(round + 1) });
      const verdict = verdictOf(place, [witness]);
      if (verdict.ok) unseen.push(`${alteration.name} (round ${round})`);
      for (const { kind } of verdict.broken)
        found.set(alteration.name, (found.get(alteration.name) ?? new Set()).add(kind));
    }
    assert.deepEqual(unseen, []);
    assert.equal(found.size, alterations.length);
  }));

test('the finding names the row and what is wrong with it', () =>
  inFolder((folder) => {
    const whole = placeIn(path.join(folder, 'whole'));
    writeAudit(whole.database, organisation, key, 40);
    const spoilt = (name: string): readonly string[] => {
      const place = copyTo(whole, path.join(folder, 'altered'));
      alterations.find((one) => one.name === name)?.apply({ place, neighbour: whole, foreign, dice: () => 3 });
      return verdictOf(place).broken.map(({ kind, where, at }) => `${kind} ${where} ${at}`);
    };
    assert.deepEqual(spoilt('a record is altered'), ['content commit 10']);
    assert.deepEqual(spoilt('a row is deleted'), ['gap commit 12']);
    assert.deepEqual(spoilt('the list is deleted'), ['checkpoint-missing list 0']);
    assert.ok(spoilt('the end is cut off').includes('truncated commit 10'));
    assert.deepEqual(spoilt('a checkpoint is deleted from the list'), [
      'checkpoint-other list 4',
      'checkpoint-missing list 0',
    ]);
  }));

test('what is undone everywhere on the machine is found by the checkpoints that somebody else kept', () =>
  inFolder((folder) => {
    const whole = placeIn(path.join(folder, 'whole'));
    writeAudit(whole.database, organisation, key, 40);
    const place = copyTo(whole, path.join(folder, 'altered'));
    alterations
      .find(({ name }) => name.startsWith('everything after an earlier checkpoint'))
      ?.apply({ place, neighbour: whole, foreign, dice: () => 1 });
    assert.equal(verdictOf(place).ok, true, 'nothing on the machine can tell');
    const { ok, broken } = verdictOf(place, [textOf(whole.list)]);
    assert.equal(ok, false);
    assert.ok(broken.some(({ kind }) => kind === 'checkpoint-missing'));
    assert.ok(broken.some(({ kind }) => kind === 'truncated'));
    // Any one checkpoint will do, and as a list in JSON too.
    const last = textOf(whole.list).trimEnd().split('\n').at(-1) ?? '';
    assert.equal(verdictOf(place, [`{"items":[${last}]}`]).ok, false);
  }));

test('keys that were rotated stay good for what they signed', () =>
  inFolder(async (folder) => {
    const place = placeIn(folder);
    const stored: AuditKey[] = [];
    const platform = {
      auditKeys: () => [...stored],
      putAuditKey: (value: AuditKey) => {
        const at = stored.findIndex(({ id }) => id === value.id);
        stored.splice(at === -1 ? stored.length : at, at === -1 ? 0 : 1, value);
      },
    };
    const first = await rotateAuditKey({ platform, now: () => start });
    const file = openAuditFile(place.database, organisation);
    file.append(batchOf([record(1)]));
    file.seal(signer(first));
    const second = await rotateAuditKey({ platform, now: () => start + 1 });
    file.append(batchOf([record(2)]));
    file.seal(signer(second));
    file.close();
    assert.deepEqual(
      stored.map(({ id, privateJwk, retiredAt }) => [id === first.id, privateJwk !== null, retiredAt]),
      [
        [true, false, start + 1],
        [false, true, null],
      ],
    );
    const publicKeys = stored.map(({ id, publicJwk }) => ({ ...(JSON.parse(publicJwk) as object), kid: id }));
    const both = verifyAudit({ organisation, database: place.database, keys: { keys: publicKeys } });
    assert.deepEqual(both.broken, []);
    const one = verifyAudit({ organisation, database: place.database, keys: { keys: publicKeys.slice(1) } });
    assert.deepEqual(
      one.broken.map(({ kind, at }) => [kind, at]),
      [['checkpoint-key', 1]],
    );
  }));

test('an audit that was trimmed is right from the cut on, and only with it', () =>
  inFolder((folder) => {
    const place = placeIn(path.join(folder, 'trimmed'));
    writeAudit(place.database, organisation, key, 60);
    const witness = textOf(place.list);
    const before = verdictOf(place);
    const file = openAuditFile(place.database, organisation);
    const dropped = file.trim(start + 100, signer(key));
    assert.ok(dropped > 50 && dropped < 100);
    assert.equal(file.trim(start + 100, signer(key)), 0);
    file.append(batchOf([record(before.records + 1)]));
    file.seal(signer(key));
    file.close();
    const verdict = verdictOf(place, [witness, textOf(place.list)]);
    assert.deepEqual(verdict.broken, []);
    assert.equal(verdict.firstSequence, dropped + 1);
    assert.equal(verdict.lastSequence, before.records + 1);
    const again = openAuditFile(place.database, organisation);
    assert.ok(again.trim(start + 150, signer(key)) > 0);
    // The newest commit stays, however old.
    while (again.trim(Number.MAX_SAFE_INTEGER, signer(key)) > 0);
    again.append(batchOf([record(before.records + 2)]));
    again.seal(signer(key));
    again.close();
    const least = verdictOf(place, [witness]);
    assert.deepEqual(least.broken, []);
    assert.equal(least.commits, 2);
    assert.equal(least.lastSequence, before.records + 2);
  }));

test('records without any checkpoint prove nothing; those after the last one are told', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    const file = openAuditFile(place.database, organisation);
    file.append(batchOf([record(1), record(2)]));
    assert.deepEqual(
      verdictOf(place).broken.map(({ kind }) => kind),
      ['unsealed'],
    );
    file.seal(signer(key));
    file.append(batchOf([record(3)]));
    const verdict = verdictOf(place);
    assert.deepEqual([verdict.ok, verdict.unsealed], [true, 1]);
    file.close();
  }));

test('an empty audit is right', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    openAuditFile(place.database, organisation).close();
    assert.deepEqual([verdictOf(place).ok, verdictOf(place).records], [true, 0]);
  }));

test('a list that a crash has left behind is mended at the next opening; a torn line in it does no harm', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    writeAudit(place.database, organisation, key, 30);
    const list = readFileSync(place.list);
    for (const cut of [1, 40, 500]) {
      writeFileSync(place.list, list.subarray(0, list.length - cut));
      openAuditFile(place.database, organisation).close();
      assert.deepEqual(verdictOf(place).broken, [], `${cut} bytes short`);
    }
    const file = openAuditFile(place.database, organisation);
    file.append(batchOf([record(1_000)]));
    appendFileSync(place.list, '{"organisa');
    file.seal(signer(key));
    file.close();
    assert.deepEqual(verdictOf(place).broken, []);
  }));

test('the program says it in words or as JSON, and by its exit code', () =>
  inFolder((folder) => {
    const place = placeIn(folder);
    writeAudit(place.database, organisation, key, 20);
    const program = new URL('../../verify/audit-verify.ts', import.meta.url).pathname;
    const keyFile = path.join(folder, 'keys.json');
    writeFileSync(keyFile, JSON.stringify(keys));
    const args = [program, '--organisation', organisation, '--database', place.database, '--keys', keyFile];
    const said = execFileSync(process.execPath, [...args, '--checkpoints', place.list], { encoding: 'utf8' });
    assert.match(said, /^a\.test: 95 records in 20 commits \(1 to 95\), 3 checkpoints: all as signed\.\n$/);
    writeFileSync(place.list, '');
    const { status, stdout } = spawnSync(process.execPath, [...args, '--json'], { encoding: 'utf8' });
    assert.equal(status, 7);
    const verdict = JSON.parse(stdout) as Verdict;
    assert.equal(verdict.ok, false);
    assert.equal(spawnSync(process.execPath, [program]).status, 2);
  }));

test('the verifier leans on nothing but the runtime', () => {
  const text = readFileSync(new URL('../../verify/audit-verify.ts', import.meta.url), 'utf8');
  const from = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name);
  assert.ok(from.length > 0);
  assert.ok(from.every((name) => name?.startsWith('node:') === true));
});
