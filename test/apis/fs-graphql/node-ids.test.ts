// Ids as text: what goes in comes out, and whatever else is no id.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { joinKey } from '#mappings/natural-key.ts';
import { decodeNodeId, encodeNodeId, type NodeId } from '#mappings/node-ids.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const anyId: fc.Arbitrary<NodeId> = fc.record(
  {
    number: fc.nat({ max: 999_999_999 }),
    owner: fc.nat({ max: 999_999_999 }).map(String),
    by: fc.oneof(
      text.map((key) => ({ key })),
      text.map((fallback) => ({ fallback })),
    ),
  },
  { noNullPrototype: true },
);

test('an id is read as it was written, in either alphabet, padded or not', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      const written = encodeNodeId(id);
      assert.match(written, /^[\w-]+$/);
      assert.deepEqual(decodeNodeId(written), id);
      const other = Buffer.from(written, 'base64url').toString('base64');
      assert.deepEqual(decodeNodeId(other), id);
    }),
  );
});

test('ids of different things are different', () => {
  fc.assert(
    fc.property(anyId, anyId, (one, other) => {
      assert.equal(encodeNodeId(one) === encodeNodeId(other), JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

test('the id of a course is made of its number, its owner and its key', () => {
  assert.equal(
    encodeNodeId({ number: 12, owner: '7777', by: { key: '7777,TST1000,1' } }),
    'MTI6Nzc3Nyw3Nzc3LFRTVDEwMDAsMQ',
  );
  assert.equal(joinKey(['7777', 'A,B', '1']), '7777,A\\,B,1');
});

const of = (value: string): string => Buffer.from(value).toString('base64url');

test('what is no id is null, whatever it is', () => {
  const wrong = [
    '',
    '=',
    '!',
    'MTI',
    of('12'),
    of('12:'),
    of('12:7777'),
    of('12:7777,'),
    of('12:7777,~'),
    of('x:7777,a'),
  ];
  const more = [
    of(':7777,a'),
    of('12:a,b'),
    of('-1:7777,a'),
    of('1234567890:7777,a'),
    `${'A'.repeat(3_000)}`,
    'MTI6Nzc3Nyw3Nzc3 LFRTVDEwMDAsMQ',
  ];
  for (const one of [...wrong, ...more]) assert.equal(decodeNodeId(one), null, one);
  assert.equal(decodeNodeId(Buffer.from([0x31, 0x3a, 0x31, 0x2c, 0xff]).toString('base64url')), null);
  fc.assert(
    fc.property(fc.string(), (any) => {
      const read = decodeNodeId(any);
      if (read !== null) assert.deepEqual(decodeNodeId(encodeNodeId(read)), read);
    }),
  );
});
