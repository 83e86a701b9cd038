// The hub's way to the independent verifier: a process of its own, its verdict as it gave it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { verifyFile } from '#app/audit-verification.ts';
import type { PublicAuditKey } from '#hub/audit-trail.ts';
import { publicAuditKey } from '#hub/audit-trail.ts';
import { inFolder, makeKey, organisation, placeIn, writeAudit } from '../verify/audit-world.ts';

const { key } = await makeKey();
const keys: readonly PublicAuditKey[] = [publicAuditKey(key)];

test('the verdict of the program is given as it is; where it fails, that is said', () =>
  inFolder(async (data) => {
    const place = placeIn(join(data, 'tenants', organisation));
    writeAudit(place.database, organisation, key, 30);
    const verify = (of: string) => verifyFile(data, of, { keys });
    const verdict = await verify(organisation);
    assert.deepEqual([verdict.ok, verdict.commits, verdict.broken], [true, 30, []]);
    const db = new DatabaseSync(place.database);
    db.exec('DELETE FROM audit_commit WHERE first = 1');
    db.close();
    const spoilt = await verify(organisation);
    assert.deepEqual([spoilt.ok, spoilt.broken[0]?.kind], [false, 'gap']);
    await assert.rejects(verify('nobody.test'), { name: 'HubError', message: /^HUB-500/ });
    const without = await verifyFile(data, organisation, { keys: [] });
    assert.ok(without.broken.some(({ kind }) => kind === 'checkpoint-key'));
  }));
