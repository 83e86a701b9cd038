// When two approvals are those of two.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { areTwo, type Hand } from '#catalogue/access/hands.ts';

const hand = (client: string, runsHub = false): Hand => ({ client, runsHub });

test('whoever has had the keys of both is both', () => {
  assert.equal(areTwo('a', 'b', new Map()), true);
  assert.equal(areTwo('a', 'a', new Map()), false);
  assert.equal(areTwo('a', 'b', new Map([['b', [hand('a')]]])), false, 'made by the other');
  assert.equal(areTwo('b', 'a', new Map([['b', [hand('a')]]])), false);
  assert.equal(
    areTwo(
      'a',
      'c',
      new Map([
        ['c', [hand('b')]],
        ['b', [hand('a')]],
      ]),
    ),
    false,
    'by way of a third',
  );
  assert.equal(
    areTwo(
      'b',
      'c',
      new Map([
        ['b', [hand('a')]],
        ['c', [hand('a')]],
      ]),
    ),
    false,
    'both made by one',
  );
  const byOperator = new Map([
    ['a', [hand('cli:root', true)]],
    ['b', [hand('cli:root', true)]],
  ]);
  assert.equal(areTwo('a', 'b', byOperator), true, 'operators made both');
});

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const graphs = fc
  .array(fc.record({ of: fc.constantFrom(...names), by: fc.constantFrom(...names), runsHub: fc.boolean() }), {
    maxLength: 12,
  })
  .map((edges) => {
    const hands = new Map<string, Hand[]>();
    for (const { of, by, runsHub } of edges) hands.set(of, [...(hands.get(of) ?? []), hand(by, runsHub)]);
    return hands;
  });

test('it is the same either way, and one more hand never makes two of one', () => {
  const actor = fc.constantFrom(...names);
  fc.assert(
    fc.property(graphs, actor, actor, actor, actor, (hands, one, other, of, by) => {
      assert.equal(areTwo(one, other, hands), areTwo(other, one, hands));
      const more = new Map([...hands, [of, [...(hands.get(of) ?? []), hand(by)]]]);
      if (!areTwo(one, other, hands)) assert.equal(areTwo(one, other, more), false);
    }),
  );
});
