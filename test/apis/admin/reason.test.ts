// What counts as a national id in a reason, and what does not: case numbers, dates and amounts are fine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBody, readReason } from '#apis/admin/body.ts';

const refused = (reason: string): boolean => {
  const body = readBody({ reason }, ['reason']);
  readReason(body);
  return body.errors.length > 0;
};

test('a national id is found however it is written', () => {
  for (const text of [
    '01818012345',
    'id01818012345x',
    '018180 12345',
    '018180-12345',
    '018180 – 12345',
    '0181 8012 345',
    '01.81.80 12345',
    '0 1 8 1 8 0 1 2 3 4 5',
    '018180/12345',
    '01818\u00a0012345',
    '０１８１８０１２３４５',
    'sak 4, 41418012345',
    '12 018180 12345',
  ])
    assert.ok(refused(text), text);
});

test('what is no national id may stand in a reason', () => {
  for (const text of [
    'Case 12',
    'Sak 2026/123456',
    'Sak 2026/1234567 punkt 4',
    'Between 2026-08-01 and 2026-09-01',
    'Removes 4,300 of 86,000 resources',
    'Organisation 974760673',
    '20261234567890',
    'Order 99123456789012',
  ])
    assert.ok(!refused(text), text);
});
