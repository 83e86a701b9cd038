// The table that knows everybody of a file: no two keys share a place, whatever they are and however many, and what is noted of one stays through growth.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemRandom } from '#base/random.ts';
import { createKeyTable } from '#ingest/pifu/key-table.ts';

test('a table keeps what is noted of each key', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ maxLength: 12 }), { maxLength: 400 }), fc.nat(), (keys, salt) => {
      const table = createKeyTable(systemRandom.bytes(8), true);
      for (const [index, key] of keys.entries()) {
        assert.equal(table.find(key), -1);
        const place = table.place(key);
        table.mark(place, index & 0x7f);
        table.setNumber(place, index * 4_000_000_000 + (salt % 7));
      }
      for (const [index, key] of keys.entries()) {
        const place = table.find(key);
        assert.equal(table.flags(place), index & 0x7f);
        assert.equal(table.number(place), index * 4_000_000_000 + (salt % 7));
        assert.equal(table.add(key), false);
      }
      assert.equal(table.size(), keys.length);
    }),
  );
});

test('half a million keys that differ in little are told apart', () => {
  const table = createKeyTable(systemRandom.bytes(8));
  for (let index = 0; index < 500_000; index += 1) assert.ok(table.add(`sas@fjord.example:p${index}`));
  assert.equal(table.size(), 500_000);
});
