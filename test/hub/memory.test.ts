// The bounded memory of what can be worked out again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemory } from '#base/memory.ts';

test('what was set or asked for lately stays, and there are never more than twice as many', () => {
  const memory = createMemory<number>(10);
  memory.set('used', -1);
  for (let number = 0; number < 1_000; number += 1) {
    memory.set(`${number}`, number);
    if (number % 5 === 0) assert.equal(memory.get('used'), -1, `after ${number}`);
  }
  const kept = Array.from({ length: 1_000 }, (_, number) => number).filter((one) => memory.get(`${one}`) !== undefined);
  assert.ok(kept.length <= 20, `${kept.length}`);
  assert.deepEqual(kept.slice(-9), [991, 992, 993, 994, 995, 996, 997, 998, 999]);
});

test('what is set anew is what is given', () => {
  const memory = createMemory<string>(2);
  for (const value of ['a', 'b', 'c']) {
    memory.set('key', value);
    memory.set(`other ${value}`, value);
    memory.set(`third ${value}`, value);
    memory.set('key', `${value}${value}`);
    assert.equal(memory.get('key'), `${value}${value}`);
  }
  assert.equal(memory.get('never'), undefined);
});
