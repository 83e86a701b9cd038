// Keys of several parts: every list of parts is one text, every text one list of parts, and what stood in the data before reads as it did.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { DocumentNode } from '#hub/documents/document.ts';
import { termCode } from '#mappings/fs-values.ts';
import { joinKey, keyNumber, keyPart, keyPartAs, splitKey } from '#mappings/natural-key.ts';

// What tells parts apart, and what could be taken for it, is drawn often.
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(',', '\\', 'a', 'Å') }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

test('parts come out of the text as they went in', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      assert.deepEqual(splitKey(joinKey(parts)), parts);
    }),
  );
});

test('every text is the text of its parts', () => {
  fc.assert(
    fc.property(part, (text) => {
      assert.equal(joinKey(splitKey(text)), text);
    }),
  );
});

test('keys are written as they stand in the data', () => {
  assert.equal(joinKey(['7777', 'TST1000', '1']), '7777,TST1000,1');
  assert.equal(joinKey(['7777', 'A,B', '1']), '7777,A\\,B,1');
  assert.equal(joinKey(['A\\B', 'C']), 'A\\B,C');
  assert.deepEqual(splitKey('2026,HØST'), ['2026', 'HØST']);
  assert.deepEqual(splitKey(''), ['']);
  assert.deepEqual(splitKey('a\\,b,c\\d\\'), ['a,b', 'c\\d\\']);
});

const node = {} as DocumentNode;
const now = { today: '2026-11-02' };

test('a part of a key is shown as text, as number, or as what another converter makes of it', () => {
  const key = '7777,T\\,1,0012,HOST';
  assert.equal(keyPart(1).apply(key, now, node), 'T,1');
  assert.equal(keyNumber(2).apply(key, now, node), 12);
  assert.equal(keyPartAs(3, termCode).apply(key, now, node), 'HØST');
  for (const none of [keyPart(4), keyNumber(1), keyNumber(4), keyPartAs(4, termCode)])
    assert.equal(none.apply(key, now, node), undefined);
  assert.equal(keyPart(0).apply(7777, now, node), undefined);
});
