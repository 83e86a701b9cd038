// How `bindeledd app health` shows what an application uses that will go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showHealth } from '#app/cli/app.ts';
import { ok } from '#base/result.ts';
import type { PartHealth, UseHealth } from '#catalogue/use-health.ts';

const part: PartHealth = {
  api: 'fint',
  change: 'no-sizes',
  uses: ['GET /a'],
  count: 1_204,
  lastUsed: '2028-02-01',
  announced: '2026-11-22',
  earliestRemoval: '2028-03-31',
  replacement: 'GET /b',
  text: { nb: 'x', en: 'x' },
  light: 'fix-by',
  urgency: 'yellow',
};

const shown = async (health: Partial<UseHealth>) => {
  const asked: unknown[] = [];
  const value = { application: 'a b', environment: 'test', since: '2027-01-06', light: 'fine', parts: [], ...health };
  const door = {
    ask: async (...all: readonly unknown[]) => {
      asked.push(all.slice(0, 2));
      return ok(value);
    },
  };
  const output = await showHealth(door, 'a b');
  assert.ok(output.ok);
  assert.deepEqual(asked, [['GET', '/admin/applications/a%20b/health']]);
  assert.deepEqual(output.value.json, value);
  return output.value.text;
};

test('a light for all of it, and a line for each announcement', async () => {
  assert.match(await shown({}), /^fine, use since 2027-01-06\nNothing that it has used will go\.$/);
  const text = await shown({
    light: 'overdue',
    parts: [part, { ...part, api: 'old', change: null, replacement: null, light: 'overdue', urgency: null }],
  });
  const [first, , ...lines] = text.split('\n').map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(first, ['overdue, use since 2027-01-06']);
  assert.deepEqual(
    lines.filter((line) => line.length > 1),
    [
      ['fix-by (yellow)', '2028-03-31', 'fint', 'no-sizes', '1204', '2028-02-01', 'GET /b'],
      ['overdue', '2028-03-31', 'old', '*', '1204', '2028-02-01', '-'],
    ],
  );
});
