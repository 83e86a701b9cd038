// The room for bodies under way: shared by organisations so that none fills it, and never so that all stand still.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBudget } from '#ingest/budget.ts';

const { signal } = new AbortController();

test('one organisation fills three quarters, and the rest is for others', () => {
  const budget = createBudget(1_000);
  const oldest = budget.open('c');
  assert.equal(oldest.take(1, signal), null);
  const [first, second] = [budget.open('a'), budget.open('a')];
  assert.equal(first.take(400, signal), null);
  assert.equal(second.take(350, signal), null);
  assert.notEqual(second.take(1, signal), null);
  const other = budget.open('b');
  assert.equal(other.take(200, signal), null);
  assert.equal(budget.held(), 952);
  for (const one of [oldest, first, second, other]) one.release();
  assert.equal(budget.held(), 0);
});

test('the oldest of each organisation goes on within the room of all, and the oldest of all beyond it', () => {
  const budget = createBudget(1_000);
  const oldest = budget.open('c');
  const first = budget.open('a');
  assert.equal(first.take(900, signal), null);
  const second = budget.open('b');
  assert.notEqual(second.take(200, signal), null);
  assert.notEqual(first.take(1, signal), null);
  assert.equal(oldest.take(5_000, signal), null);
});

test('who waits goes on when there is room again', async () => {
  const budget = createBudget(1_000);
  const oldest = budget.open('c');
  oldest.take(1_000, signal);
  const later = budget.open('a');
  const waiting = later.take(10, signal);
  assert.notEqual(waiting, null);
  oldest.release();
  await waiting;
});
