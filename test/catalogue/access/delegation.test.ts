// Delegations as a tree: what is in force, and what falls with what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { AccessTerms } from '#catalogue/access/access-request.ts';
import { chainOf, isDelegationLive, withdrawal, type Delegation } from '#catalogue/access/delegation.ts';
import type { Grant } from '#store/store.ts';

const whole: AccessTerms = {
  packages: [{ package: 'skole.elever', narrowed: [] }],
  rows: null,
  clearance: 0,
  from: null,
  to: null,
};

const delegation = (id: string, parent: string | null, more: Partial<Delegation> = {}): Delegation => ({
  id,
  organisation: 'owner.test',
  from: 'owner.test',
  to: `${id}.test`,
  parent,
  environment: 'test',
  terms: whole,
  purpose: 'Timetables',
  legalBasis: 'art. 6 (1) e',
  agreement: 'agreement-1',
  mayPassOn: true,
  state: 'live',
  approvedBy: ['admin-owner'],
  withdrawn: null,
  createdAt: 1,
  ...more,
});

const grant = (id: string, by: string | null, to: number | null = null): Grant => ({
  id,
  application: 'app',
  organisation: 'owner.test',
  collections: ['*'],
  actions: ['read'],
  fields: null,
  withhold: [],
  rows: null,
  environment: 'test',
  from: null,
  to,
  purpose: '',
  agreement: null,
  delegation: by,
  createdAt: 1,
});

/** Trees of up to twelve: each stands on one before it, or on the owner. */
const trees = fc
  .array(fc.record({ on: fc.nat(), live: fc.boolean(), from: fc.nat(20), days: fc.nat(20) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((drawn) =>
    drawn.map(({ on, live, from, days }, index) =>
      delegation(`d${index}`, index === 0 || on % (index + 1) === index ? null : `d${on % (index + 1)}`, {
        state: live ? 'live' : 'withdrawn',
        terms: { ...whole, from: from === 0 ? null : from, to: days === 0 ? null : from + days },
      }),
    ),
  );

test('whatever stands on what is withdrawn is withdrawn with its grants, and nothing else is', () => {
  fc.assert(
    fc.property(trees, fc.nat(11), fc.array(fc.nat(12), { maxLength: 20 }), (all, chosen, given) => {
      const id = `d${chosen % all.length}`;
      const grants = given.map((by, index) =>
        grant(`g${index}`, by === 12 ? null : `d${by}`, index % 5 === 0 ? 5 : null),
      );
      const by = { at: 10, by: 'admin-owner', reason: '' };
      const fallen = withdrawal([id], all, grants, by);
      const standing = new Set(
        all.filter((one) => chainOf(one, all).some((link) => link.id === id)).map((one) => one.id),
      );
      assert.deepEqual(
        fallen.delegations.map((one) => one.id),
        all.filter((one) => standing.has(one.id) && one.state !== 'withdrawn').map((one) => one.id),
      );
      assert.deepEqual(
        fallen.grants,
        grants.filter(({ delegation: of = null, to }) => of !== null && standing.has(of) && to === null),
      );
      const after = all.map((one) => fallen.delegations.find((each) => each.id === one.id) ?? one);
      for (const one of after)
        if (standing.has(one.id)) assert.equal(isDelegationLive(one, after, 10), false);
        else assert.equal(isDelegationLive(one, after, 10), isDelegationLive(one, all, 10));
    }),
  );
});

test('a delegation is in force only while the whole way to the owner is', () => {
  fc.assert(
    fc.property(trees, fc.nat(45), (all, now) => {
      for (const one of all)
        if (isDelegationLive(one, all, now))
          for (const { state, terms } of chainOf(one, all)) {
            assert.equal(state, 'live');
            assert.ok((terms.from ?? 0) <= now && now < (terms.to ?? Number.POSITIVE_INFINITY));
          }
    }),
  );
  const [root, child] = [delegation('a', null), delegation('b', 'a')];
  assert.equal(isDelegationLive(child, [root, child], 1), true);
  assert.equal(isDelegationLive(child, [{ ...root, state: 'withdrawn' }, child], 1), false);
  assert.equal(isDelegationLive(child, [child], 1), false, 'a part of the way is missing');
  const round = [delegation('a', 'b'), delegation('b', 'a')] as const;
  assert.equal(isDelegationLive(round[0], round, 1), false, 'a ring leads to no owner');
});
