// Who has what: a line for each application and origin, with its chain, its use and what the owner should look at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Agreement } from '#catalogue/access/agreement.ts';
import type { Delegation } from '#catalogue/access/delegation.ts';
import { originKey, overviewOf, type AccessFacts } from '#catalogue/access/overview.ts';
import type { Application, Grant, PartUse } from '#store/store.ts';

const dayMs = 86_400_000;
const now = Date.parse('2026-11-22T12:00:00Z');
const owner = 'owner.test';

const application = (id: string, more: Partial<Application> = {}): Application => ({
  id,
  name: `The ${id}`,
  kind: 'client',
  owner: 'vendor.test',
  describe: '',
  environment: 'test',
  secrets: [],
  jwks: null,
  disabled: false,
  createdAt: 1,
  ...more,
});

const grant = (id: string, more: Partial<Grant> = {}): Grant => ({
  id,
  application: 'lms',
  organisation: owner,
  collections: ['utdanning/elev/elev'],
  actions: ['read'],
  fields: null,
  withhold: [],
  rows: null,
  environment: 'test',
  from: null,
  to: null,
  purpose: 'Timetables',
  agreement: null,
  createdAt: now - dayMs,
  ...more,
});

const agreement = (id: string, to: number | null): Agreement => ({
  id,
  organisation: owner,
  processor: 'vendor.test',
  reference: `ref ${id}`,
  from: null,
  to,
  state: 'live',
  endedAt: null,
  registeredBy: 'admin-owner',
  createdAt: 1,
});

const use = (part: string, day: string, count = 1, who = 'lms'): PartUse => ({
  application: who,
  api: 'access',
  part,
  day,
  count,
});

const facts = (more: Partial<AccessFacts>): AccessFacts => ({
  organisation: owner,
  applications: [application('lms')],
  grants: [],
  links: [],
  requests: [],
  delegations: [],
  agreements: [],
  use: [],
  confirmed: new Map(),
  agreementsRequired: () => false,
  ...more,
});

const only = (more: Partial<AccessFacts>) => {
  const [held, ...others] = overviewOf(facts(more), now);
  assert.ok(held !== undefined && others.length === 0);
  return held;
};

test('grants of one origin are one line, and nobody else’s are among them', () => {
  const grants = [
    grant('a', { link: 'link-1', collections: ['x/y/z'], createdAt: 5, to: now + 400 * dayMs }),
    grant('b', { link: 'link-1', actions: ['list'], createdAt: 4, to: now + 500 * dayMs }),
    grant('c'),
    grant('d', { organisation: 'other.test' }),
    grant('e', { to: now }),
    grant('f', { application: 'gone', link: 'link-1' }),
  ];
  const list = overviewOf(
    facts({ grants, use: [use('a', '2026-11-20', 2), use('b', '2026-11-21', 3), use('f', '2026-11-21')] }),
    now,
  );
  assert.deepEqual(
    list.map(({ application: id, by, uses, lastUsed, live }) => [id, originKey(by), uses, lastUsed, live]),
    [
      ['lms', 'link link-1', 5, '2026-11-21', true],
      ['lms', 'grant c', 0, null, true],
      ['gone', 'link link-1', 0, null, false],
    ],
  );
  assert.deepEqual([...(list[0]?.collections ?? [])].sort(), ['utdanning/elev/elev', 'x/y/z']);
  assert.equal(list[0]?.to, now + 500 * dayMs);
  assert.equal(list[0]?.givenAt, 4);
  assert.equal(list[2]?.name, null);
});

test('what cannot be used now is not live', () => {
  assert.equal(only({ grants: [grant('a', { from: now + 1 })] }).live, false);
  assert.equal(only({ grants: [grant('a', { from: now })] }).live, true);
  assert.equal(only({ grants: [grant('a')], applications: [application('lms', { disabled: true })] }).live, false);
  assert.equal(only({ grants: [grant('a', { environment: 'production' })] }).live, false);
});

test('the chain leads from the owner to whom the application belongs to', () => {
  const terms = {
    packages: [{ package: 'skole.elever', narrowed: [] }],
    rows: null,
    clearance: 0,
    from: null,
    to: null,
  } as const;
  const step = (id: string, parent: string | null, to: string): Delegation => ({
    id,
    organisation: owner,
    from: owner,
    to,
    parent,
    environment: 'test',
    terms,
    purpose: '',
    legalBasis: '',
    agreement: 'a1',
    mayPassOn: true,
    state: 'live',
    approvedBy: [],
    withdrawn: null,
    createdAt: 1,
  });
  const held = only({
    grants: [grant('a', { delegation: 'd2' })],
    delegations: [step('d1', null, 'supplier.test'), step('d2', 'd1', 'vendor.test')],
  });
  assert.deepEqual(held.chain, [owner, 'supplier.test', 'vendor.test']);
  assert.deepEqual(held.named, ['skole.elever']);
  assert.deepEqual(only({ grants: [grant('a')] }).chain, [owner, 'vendor.test']);
});

const kinds = (more: Partial<AccessFacts>): readonly string[] => only(more).reminders.map(({ kind }) => kind);

test('the owner is reminded on the day, and not the moment before', () => {
  assert.deepEqual(kinds({ grants: [grant('a', { to: now + 30 * dayMs })] }), ['ends-soon']);
  assert.deepEqual(kinds({ grants: [grant('a', { to: now + 30 * dayMs + 1 })] }), []);
  assert.deepEqual(kinds({ grants: [grant('a', { createdAt: now - 90 * dayMs })] }), ['never-used']);
  assert.deepEqual(kinds({ grants: [grant('a', { createdAt: now - 90 * dayMs + 1 })] }), []);
  const old = grant('a', { createdAt: now - 300 * dayMs });
  assert.deepEqual(kinds({ grants: [old], use: [use('a', '2026-08-24')] }), ['unused']);
  assert.deepEqual(kinds({ grants: [old], use: [use('a', '2026-08-25')] }), []);
  assert.deepEqual(kinds({ grants: [old], use: [use('a', '2026-11-22', 1, 'other')] }), ['never-used']);
  const ofYear = grant('a', { createdAt: now - 365 * dayMs });
  const used = [use('a', '2026-11-22')];
  assert.deepEqual(kinds({ grants: [ofYear], use: used }), ['confirm']);
  assert.deepEqual(kinds({ grants: [ofYear], use: used, confirmed: new Map([['grant a', now - 364 * dayMs]]) }), []);
  const resting = [grant('a', { agreementId: 'a1' })];
  assert.deepEqual(kinds({ grants: resting, agreements: [agreement('a1', now + 60 * dayMs)] }), ['agreement-ends']);
  assert.deepEqual(kinds({ grants: resting, agreements: [agreement('a1', now + 60 * dayMs + 1)] }), []);
  assert.deepEqual(
    kinds({
      grants: [grant('a', { agreement: 'by hand' })],
      agreementsRequired: (environment) => environment === 'test',
    }),
    ['no-agreement'],
  );
  assert.deepEqual(
    kinds({
      grants: resting,
      agreements: [agreement('a1', null)],
      agreementsRequired: (environment) => environment === 'test',
    }),
    [],
  );
});
