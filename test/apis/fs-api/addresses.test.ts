// Keys in addresses: what is written is read as what it was, and what clients write instead is read as what they mean.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { keysOf, pathOf } from '#apis/fs-api/addresses.ts';
import { keys, partsOf, type ResourceName } from '#apis/fs-api/mappings/keys.ts';
import { joinKey } from '#mappings/natural-key.ts';
import { fsResources } from '#mappings/fs-resources.ts';
import { cases } from '../../cases.ts';

const names = Object.keys(keys) as readonly ResourceName[];

test('every resource of the list has a key, and every key is of one', () => {
  assert.deepEqual(names.toSorted(), fsResources.map(({ name }) => name).toSorted());
});

const text = fc
  .string({ unit: fc.constantFrom(...'AÆØÅé09,/\\%+ ?#&;=~%25%C3ß'), minLength: 1, maxLength: 8 })
  .map((one) => one.normalize('NFC'));
const parts = fc.constantFrom(...names).chain((name) =>
  fc.record({
    name: fc.constant(name),
    parts: fc.tuple(
      ...partsOf(name).map(({ kind }) =>
        kind === 'number' ? fc.nat().map(String) : kind === 'term' ? fc.constantFrom('VÅR', 'HØST', 'SOM') : text,
      ),
    ),
  }),
);

test('an address that was written is read as its key, before anything else', () => {
  fc.assert(
    fc.property(parts, ({ name, parts: values }) => {
      const keyed = fsResources.find((one) => one.name === name)?.key === 'naturligNokkel';
      const key = keyed ? joinKey(values) : values.join(',');
      const address = pathOf(name, key);
      assert.match(address, /^\/[a-z]+\/[\x21-\x7e]+$/);
      assert.equal(address.slice(name.length + 2).split(',').length, values.length);
      assert.equal(keysOf(name, address.slice(name.length + 2))[0], key);
    }),
    { numRuns: cases(300) },
  );
});

test('letters in every encoding mean the same', () => {
  const key = '7777,TST1000,1,2026,VÅR,1';
  for (const sent of [
    '7777,TST1000,1,2026,V%C3%85R,1',
    '7777,TST1000,1,2026,v%c3%a5r,1',
    // NFD.
    '7777,TST1000,1,2026,VA%CC%8AR,1',
    // Latin-1.
    '7777,TST1000,1,2026,V%C5R,1',
    // Bytes of the wire, as node gives them.
    '7777,TST1000,1,2026,V\u00c3\u0085R,1',
    '7777,TST1000,1,2026,V\u00c5R,1',
    // As ASCII.
    '7777,TST1000,1,2026,VAR,1',
    // Encoded twice, and three times.
    '7777,TST1000,1,2026,V%25C3%2585R,1',
    '7777,TST1000,1,2026,V%2525C3%252585R,1',
    // All of it encoded as one text, once and twice.
    encodeURIComponent('7777,TST1000,1,2026,VÅR,1'),
    encodeURIComponent(encodeURIComponent('7777,TST1000,1,2026,VÅR,1')),
  ])
    assert.ok(keysOf('undervisning', sent).includes(key), sent);
});

test('commas and slashes within a part are read as they are, encoded or not', () => {
  assert.deepEqual(keysOf('emner', '7777,A%2CB%2FC,1'), ['7777,A\\,B/C,1']);
  assert.deepEqual(keysOf('emner', '7777,A/B,1'), ['7777,A/B,1']);
  assert.deepEqual(keysOf('roller', 'A,B'), ['A,B']);
  // A comma too many means nothing where the key has several parts.
  assert.deepEqual(keysOf('emner', '7777,A,B,1'), []);
});

test('what is no key means nothing', () => {
  for (const sent of ['', ',', '7777', '7777,,1', '7777,TST1000,1,1', '%', '%00,,'])
    assert.deepEqual(keysOf('emner', sent), [], sent);
  assert.deepEqual(keysOf('roller', '%'), ['%']);
});
