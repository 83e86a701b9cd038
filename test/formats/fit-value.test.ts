// Texts made fit for a place in a file: as a reader letter by letter says that they should be, once and for all, and with a report of what was lost.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { exactValue, fitValue, isBlank } from '#formats/fit-value.ts';
import type { DroppedValue } from '#formats/roster.ts';
import { text } from './any-roster.ts';
import { shown } from './shown.ts';

const place = { field: 'x', most: 20 };
const fitted = (value: string | null): readonly [string, readonly string[]] => {
  const dropped: DroppedValue[] = [];
  const fit = fitValue(value, place, (one) => void dropped.push(one));
  for (const one of dropped) assert.deepEqual([one.field, one.value], ['x', '']);
  return [fit, dropped.map(({ code }) => code)];
};

describe('a text in a file', () => {
  it('is what a reader letter by letter makes of it', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (value) => {
        assert.equal(fitted(value)[0], shown(value, place.most));
        assert.equal(isBlank(value), shown(value) === '');
      }),
      { numRuns: 2_000 },
    );
  });
  it('stays as it is once it is fit', () => {
    fc.assert(
      fc.property(text, (value) => {
        const [fit] = fitted(value);
        assert.deepEqual(fitted(fit), [fit, []]);
      }),
      { numRuns: 1_000 },
    );
  });
  it('is reported when letters or its end are lost, and not for blanks', () => {
    assert.deepEqual(fitted(null), ['', []]);
    assert.deepEqual(fitted(' a \n b '), ['a b', []]);
    assert.deepEqual(fitted('a\u0001b'), ['ab', ['characters']]);
    assert.deepEqual(fitted('x'.repeat(20)), ['x'.repeat(20), []]);
    assert.deepEqual(fitted('x'.repeat(21)), ['x'.repeat(20), ['cut']]);
    assert.deepEqual(fitted('😀'.repeat(20)), ['😀'.repeat(20), []]);
    assert.deepEqual(fitted(`${'x'.repeat(19)} y`), ['x'.repeat(19), ['cut']]);
  });
  it('is left out when it means nothing in part, or has another form than it must', () => {
    const codes: string[] = [];
    const exact = (value: string | null, form?: RegExp): string =>
      exactValue(value, place, ({ code }) => void codes.push(code), form && ((one) => form.test(one)));
    assert.deepEqual(
      [exact('x'.repeat(20)), exact('x'.repeat(21)), exact('ab', /^\d+$/), exact('12', /^\d+$/), exact(null)],
      ['x'.repeat(20), '', '', '12', ''],
    );
    assert.deepEqual(codes, ['bad-form', 'bad-form']);
  });
});
