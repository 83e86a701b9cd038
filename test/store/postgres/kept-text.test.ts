// Texts as PostgreSQL can hold them: nothing is lost, nothing is taken for something else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { indexedText, keptText, textKept } from '#store/postgres/kept-text.ts';

const text = fc.string({ unit: fc.constantFrom('\u0000', '\u0001', '0', '1', '#', 'æ', '𝒞'), maxLength: 12 });

test('what is kept holds no U+0000 and comes back as it was', () =>
  fc.assert(
    fc.property(text, (each) => {
      const kept = keptText(each);
      assert.ok(!kept.includes('\u0000'));
      assert.equal(textKept(kept), each);
    }),
  ));

test('half a pair of surrogates is kept as what it is stored as', () => {
  assert.equal(keptText('a\ud800'), 'a\ufffd');
});

test('up to 500 bytes are indexed as they are, more by a digest that no other value has', () => {
  assert.equal(indexedText('x'.repeat(500)), 'x'.repeat(500));
  assert.equal(indexedText('å'.repeat(250)), 'å'.repeat(250));
  const [one, other] = [indexedText('x'.repeat(501)), indexedText('å'.repeat(251))];
  assert.ok(one.length < 60 && other.length < 60 && one !== other);
  assert.notEqual(indexedText(one), one);
});
