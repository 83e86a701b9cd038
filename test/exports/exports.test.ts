// What becomes of exports from asking to fetching: who may do what, what is refused, what waits, what expires.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { bytesOf, fileOf, made, openExportsWorld, type ExportsWorld } from './exports-world.ts';

let w: ExportsWorld;
before(async () => {
  w = await openExportsWorld();
});
after(() => w.close());

test('a file is made, and is what its report says, whole, in part and compressed', async () => {
  const report = await made(w);
  assert.equal(report.state, 'ready', JSON.stringify(report));
  const text = await fileOf(w, report.id);
  assert.equal(createHash('sha256').update(text).digest('hex'), report.sha256);
  assert.equal(Buffer.byteLength(text), report.bytes);
  assert.deepEqual(report.exported, {
    persons: 84,
    pupils: 40,
    employees: 4,
    guardians: 40,
    schools: 2,
    groups: 4,
    memberships: 88,
  });
  assert.equal(text.match(/<person\b/g)?.length, 84);
  assert.equal(text.match(/<role\b/g)?.length, 88);
  const content = await w.exports.content(report.id, w.app);
  assert.ok(content.ok);
  assert.equal(gunzipSync(await bytesOf(content.value.gzip())).toString(), text);
  const bytes = Buffer.from(text);
  for (const [from, to] of [
    [0, 0],
    [10, 99],
    [bytes.length - 5, bytes.length - 1],
    [1_000, bytes.length - 2],
  ] as const)
    assert.deepEqual(await bytesOf(content.value.plain(from, to)), bytes.subarray(from, to + 1));
  await content.value.sent('app', bytes.length, true);
  const again = await w.exports.report(report.id, w.app);
  assert.ok(again.ok);
  assert.deepEqual(
    again.value.fetched.map(({ by, whole }) => [by, whole]),
    [['app', true]],
  );
  assert.deepEqual(
    w.audits.filter(({ details }) => details.includes(report.id)).map(({ operation }) => operation),
    ['export-start', 'export-made', 'export-fetch', 'export-fetch'],
  );
  assert.ok(
    w.audits.some(({ operation, details }) => operation === 'export-fetch' && details.includes(report.sha256 ?? '-')),
  );
});
