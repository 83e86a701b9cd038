// The forms of a message, and the laws of what is waited for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as hold, property, string } from 'fast-check';
import { pauseAfterMiss, pauseAfterRefusal, resourcesOf, triesInAll } from '#messages/destination.ts';
import { cloudEventOf, idFrom, issuerOf, messageOf, restartOf, routingKeyOf } from '#messages/message.ts';
import { fsResources } from '#mappings/fs-resources.ts';
import { hubModel } from '../model/models.ts';
import { cases } from '../cases.ts';

const people = { name: 'personer', idMember: 'personer_id' };
const change = { operation: 'update', key: '185498', at: 1_795_262_400_000, mark: 'm' } as const;

test('a message is as the queue of FS has it', () => {
  const message = messageOf(people, 'FS-TEST', change);
  assert.equal(
    message.body,
    `{"sub":"personer/185498","personer_id":"185498","iss":"FS-TEST","iat":"1795262400000","operation":"update","jti":"${message.id}"}`,
  );
  assert.equal(routingKeyOf({ institution: '7777', issuer: 'FS-TEST' }, message), 'no.7777.fs.FS-TEST.personer.update');
  assert.deepEqual(JSON.parse(cloudEventOf({ institution: '7777', api: 'https://hub.test/fsapi' }, message)), {
    specversion: '1.0',
    id: message.id,
    source: 'https://hub.test/fsapi/7777',
    type: 'no.fs.personer.update',
    subject: 'personer/185498',
    time: '2026-11-21T12:00:00.000Z',
    datacontenttype: 'application/json',
    data: JSON.parse(message.body),
  });
  const restart = restartOf(people, 'FS-TEST', 1);
  assert.deepEqual(JSON.parse(restart.body), {
    sub: 'personer',
    iss: 'FS-TEST',
    iat: '1',
    operation: 'restart',
    jti: restart.id,
  });
  assert.deepEqual((['production', 'test', 'sandbox'] as const).map(issuerOf), ['FS-PROD', 'FS-TEST', 'FS-SANDBOX']);
});

test("a key with whatever letters makes one line of JSON, and an id that is the change's own", () => {
  hold(
    property(string({ minLength: 1 }), string({ minLength: 1 }), (key, mark) => {
      const message = messageOf(people, 'FS-TEST', { ...change, key, mark });
      const event = cloudEventOf({ institution: '7777', api: 'https://hub.test/fsapi' }, message);
      assert.ok(!/[\r\n]/.test(message.body) && !/[\r\n]/.test(event));
      assert.equal((JSON.parse(message.body) as { personer_id: string }).personer_id, key);
      assert.match(message.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(message.id, messageOf(people, 'FS-TEST', { ...change, key, mark }).id);
      const others = [
        messageOf(people, 'FS-TEST', { ...change, key, mark: `${mark}x` }),
        messageOf(people, 'FS-TEST', { ...change, key: `${key}x`, mark }),
        messageOf(people, 'FS-TEST', { ...change, key, mark, operation: 'delete' }),
      ];
      assert.ok(others.every(({ id }) => id !== message.id));
    }),
    { numRuns: cases(200) },
  );
  assert.notEqual(idFrom('a'), idFrom('b'));
});

test('the time between tries grows to a bound, and a refusal has an end', () => {
  for (let misses = 1; misses < 100; misses += 1) {
    const [now, next] = [pauseAfterMiss(misses, 0), pauseAfterMiss(misses + 1, 0)];
    assert.ok(now >= 1_000 && next >= now && pauseAfterMiss(misses, 1) <= 330_000, String(misses));
  }
  const pauses = Array.from({ length: triesInAll - 1 }, (_, index) => pauseAfterRefusal(index + 1) ?? 0);
  assert.ok(pauses.every((pause) => pause > 0));
  const all = pauses.reduce((sum, pause) => sum + pause, 0);
  assert.ok(all > 80 * 60_000 && all < 100 * 60_000);
  assert.equal(pauseAfterRefusal(triesInAll), null);
});

test('every resource is of collections of the model, by an identifier that they have', () => {
  const model = hubModel();
  assert.equal(new Set(fsResources.map(({ name }) => name)).size, fsResources.length);
  for (const { name, collections, within, key } of fsResources)
    for (const path of [...collections, ...within]) {
      const collection = model.collections.get(path);
      assert.ok(collection !== undefined, `${name}: ${path}`);
      assert.ok(
        [...collection.identifierBySegment.values()].some(({ attribute }) => attribute === key),
        `${name}: ${path} has no ${key}`,
      );
    }
  assert.deepEqual(
    resourcesOf({ resources: ['emner', 'personer'] }).map(({ name }) => name),
    ['personer', 'emner'],
  );
  assert.equal(resourcesOf({ resources: null }), fsResources);
});
