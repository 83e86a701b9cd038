// Memories of what can be worked out again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemory, madeOnce } from '#base/memory.ts';

test('what was asked for lately is kept, and never more than twice the size', () => {
  const memory = createMemory<number>(2);
  for (const [at, key] of ['a', 'b', 'c'].entries()) memory.set(key, at);
  assert.equal(memory.get('a'), 0);
  for (const [at, key] of ['d', 'e', 'f', 'g'].entries()) memory.set(key, at);
  assert.equal(memory.get('a'), undefined);
  assert.equal(memory.get('g'), 3);
});

test('what is made once is made once for each key, also for who asks meanwhile', async () => {
  const asked: string[] = [];
  const made = madeOnce(async (key: string) => {
    asked.push(key);
    return `made ${key}`;
  });
  assert.deepEqual(await Promise.all([made('a'), made('a'), made('b')]), ['made a', 'made a', 'made b']);
  assert.equal(await made('a'), 'made a');
  assert.deepEqual(asked, ['a', 'b']);
});

test('what could not be made is tried again', async () => {
  let tries = 0;
  const made = madeOnce(async (_key: string) => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return tries;
  });
  await assert.rejects(made('a'), /not yet/);
  assert.equal(await made('a'), 2);
});
