// Delegations: an owner lets a supplier in, the supplier another, each gives its own applications no more than it has, and all of it ends with a link of the
// chain. Also the overview of an owner over what came by every way.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { Actor } from '#apis/admin/ports.ts';
import { limits } from '#base/limits.ts';
import { delegationEntry, type Delegation } from '#catalogue/access/delegation.ts';
import type { Application, Environment } from '#store/store.ts';
import { cases } from '../../cases.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const start = Date.parse('2026-11-22T08:00:00Z');
const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
const actorOf = (organisation: string, client = `admin-${organisation}`): Actor => ({
  ...administratorOf(organisation, ['admin.write']),
  client,
});
const [owner, second] = [actorOf('owner.test'), actorOf('owner.test', 'admin-second')];
const [big, small, alien] = [actorOf('big.test'), actorOf('small.test'), actorOf('alien.test')];

const application = (id: string, by: string, environment: Environment = 'test'): Application => ({
  id,
  name: id,
  kind: 'client',
  owner: by,
  describe: '',
  environment,
  secrets: [],
  jwks: null,
  disabled: false,
  createdAt: 1,
});

type Shown = Readonly<Record<string, unknown>>;
type Sent = { readonly code: string; readonly at: readonly string[]; readonly value: Shown };

type Bench = AdminBench & {
  readonly now: () => number;
  readonly move: (ms: number) => void;
  readonly send: (actor: Actor, method: 'GET' | 'POST', path: string, body?: object) => Promise<Sent>;
  /** Made, or the test ends. */
  readonly made: (actor: Actor, path: string, body: object) => Promise<string>;
};

const setUp = async (context: TestContext): Promise<Bench> => {
  let now = start;
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => now,
  );
  for (const id of ['owner.test', 'big.test', 'small.test', 'alien.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  for (const id of ['big', 'small', 'alien']) await bench.platform.putApplication(application(id, `${id}.test`));
  await bench.platform.putApplication(application('live', 'big.test', 'production'));
  const send: Bench['send'] = async (actor, method, path, body = {}) => {
    const answer = await bench.ask({ actor, method, path, text: method === 'GET' ? '' : JSON.stringify(body) });
    if (answer.kind === 'problem') {
      const { code, errors = [] } = answer.problem;
      return { code, at: errors.map(({ at }) => at), value: {} };
    }
    assert.ok(answer.kind === 'json' || answer.kind === 'bytes');
    return { code: '', at: [], value: (answer.kind === 'json' ? answer.value : { text: answer.bytes }) as Shown };
  };
  return {
    ...bench,
    now: () => now,
    move: (ms) => (now += ms),
    send,
    made: async (actor, path, body) => {
      const { value, code, at } = await send(actor, 'POST', path, body);
      assert.equal(code, '', at.join());
      return String(value['id']);
    },
  };
};

const agreement = (bench: Bench, from: Actor, processor: string, more: object = {}): Promise<string> =>
  bench.made(from, '/admin/agreements', { processor, reference: `with ${processor}`, ...more });

const basic = {
  packages: ['county.pupils-basic'],
  environment: 'test',
  purpose: 'Timetables',
  legalBasis: 'GDPR art. 6 (1) e',
};

const grantsOf = async (bench: Bench, id: string, now: number) =>
  (await bench.platform.grantsOf(id)).filter(({ to }) => to === null || to > now);

/** Owner to big to small, each with its agreement. */
const chain = async (bench: Bench): Promise<readonly [string, string]> => {
  await agreement(bench, owner, 'big.test', { to: '2028-01-01' });
  await agreement(bench, big, 'small.test');
  const first = await bench.made(owner, '/admin/delegations', { ...basic, supplier: 'big.test', mayPassOn: true });
  const next = await bench.made(big, '/admin/delegations', {
    packages: ['county.pupils-basic'],
    parent: first,
    supplier: 'small.test',
  });
  return [first, next];
};

test('a supplier gives its own applications what was delegated, and all of it ends with any link of the chain', async (context) => {
  const bench = await setUp(context);
  const [first, next] = await chain(bench);
  const shown = await bench.send(owner, 'GET', `/admin/delegations/${next}`);
  assert.deepEqual(shown.value['chain'], [
    { organisation: 'owner.test', delegation: null },
    { organisation: 'big.test', delegation: first },
    { organisation: 'small.test', delegation: next },
  ]);
  assert.equal(shown.value['live'], true);
  const given = await bench.send(small, 'POST', `/admin/delegations/${next}/grants`, { application: 'small' });
  assert.equal(given.code, '');
  const grants = await grantsOf(bench, 'small', start);
  assert.ok(grants.length > 0);
  for (const grant of grants) {
    assert.equal(grant.organisation, 'owner.test');
    assert.equal(grant.delegation, next);
    assert.equal(grant.agreement, 'with small.test');
    // The agreement of the owner with the first supplier bounds whatever is passed on.
    assert.equal(grant.to, Date.parse('2028-01-01T23:00:00Z'));
    assert.ok(grant.withhold.includes('national-id'));
  }
  await bench.send(big, 'POST', `/admin/delegations/${first}/grants`, { application: 'big' });
  assert.ok((await grantsOf(bench, 'big', start)).length > 0);

  bench.move(1_000);
  const over = await bench.send(owner, 'POST', `/admin/delegations/${first}/withdraw`, {
    reason: 'The contract is over',
  });
  assert.equal(over.value['state'], 'withdrawn');
  for (const id of ['big', 'small']) assert.deepEqual(await grantsOf(bench, id, start + 1_000), []);
  const fallen = await bench.send(owner, 'GET', `/admin/delegations/${next}`);
  assert.equal(fallen.value['state'], 'withdrawn');
  assert.equal(fallen.value['live'], false);
  assert.equal(
    (await bench.send(small, 'POST', `/admin/delegations/${next}/grants`, { application: 'small' })).code,
    'HUB-409',
  );
  const notices = await bench.platform.auditNotices(100);
  const withdrawn = notices.filter(({ record }) => record.operation === 'delegation withdraw');
  assert.deepEqual(withdrawn.map(({ organisation }) => organisation).sort(), ['big.test', 'owner.test']);
});

test('what rests on an agreement ends with it, whoever it was passed on to', async (context) => {
  const bench = await setUp(context);
  const [first, next] = await chain(bench);
  await bench.send(small, 'POST', `/admin/delegations/${next}/grants`, { application: 'small' });
  const agreements = (await bench.send(owner, 'GET', '/admin/agreements')).value['items'] as readonly { id: string }[];
  bench.move(1_000);
  assert.equal((await bench.send(owner, 'POST', `/admin/agreements/${agreements[0]?.id}/end`)).code, '');
  assert.deepEqual(await grantsOf(bench, 'small', start + 1_000), []);
  for (const id of [first, next])
    assert.equal((await bench.send(owner, 'GET', `/admin/delegations/${id}`)).value['state'], 'withdrawn');
});

test('nobody passes on more than they have, nor what they may not', async (context) => {
  const bench = await setUp(context);
  await agreement(bench, owner, 'big.test', { to: '2027-07-31' });
  await agreement(bench, big, 'small.test');
  const make = (actor: Actor, more: object): Promise<Sent> =>
    bench.send(actor, 'POST', '/admin/delegations', { ...basic, supplier: 'big.test', ...more });
  assert.deepEqual((await make(owner, { supplier: 'alien.test' })).at, ['/agreement'], 'without an agreement');
  assert.deepEqual((await make(owner, { to: '2027-08-01' })).at, ['/to'], 'beyond the agreement');
  assert.deepEqual((await make(owner, { packages: ['county.pupil-basic'] })).at, ['/packages/0']);
  assert.deepEqual((await make(owner, { supplier: 'owner.test' })).at, ['/supplier', '/agreement']);
  assert.deepEqual((await make(owner, { purpose: ' ', legalBasis: '' })).at, ['/purpose', '/legalBasis']);
  assert.deepEqual((await make(owner, { environment: 'nowhere' })).at, ['/environment']);
  assert.equal((await make(alien, { organisation: 'owner.test' })).code, 'HUB-204', 'not the owner');
  const id = await bench.made(owner, '/admin/delegations', {
    ...basic,
    packages: [
      {
        package: 'county.pupils-basic',
        narrowed: [{ collection: 'utdanning/elev/person', fields: ['navn'], why: 'Enough' }],
      },
    ],
    supplier: 'big.test',
    to: '2027-06-30',
  });
  const pass = (more: object): Promise<Sent> =>
    bench.send(big, 'POST', '/admin/delegations', {
      parent: id,
      supplier: 'small.test',
      packages: ['county.pupils-basic'],
      ...more,
    });
  const wholly = [{ package: 'county.pupils-basic', narrowed: [] }];
  assert.deepEqual((await pass({})).at, ['/parent'], 'it may not be passed on');
  assert.deepEqual((await pass({ packages: wholly })).at, ['/parent', '/packages'], 'and not whole');
  const give = (actor: Actor, body: object): Promise<Sent> =>
    bench.send(actor, 'POST', `/admin/delegations/${id}/grants`, body);
  assert.deepEqual((await give(big, { application: 'big', packages: wholly })).at, ['/packages']);
  assert.deepEqual((await give(big, { application: 'big', packages: ['county.staff'] })).at, ['/packages']);
  assert.deepEqual((await give(big, { application: 'big', clearance: 1 })).at, ['/clearance']);
  assert.deepEqual((await give(big, { application: 'big', to: '2027-07-01' })).at, ['/to']);
  assert.deepEqual((await give(big, { application: 'small' })).at, ['/application'], 'of somebody else');
  assert.deepEqual((await give(big, { application: 'nobody' })).at, ['/application'], 'the same answer');
  assert.deepEqual((await give(big, { application: 'live' })).at, ['/application'], 'of another environment');
  assert.equal((await give(owner, { application: 'big' })).code, 'HUB-204', 'the owner gives by grants');
  assert.equal((await give(alien, { application: 'alien' })).code, 'HUB-204');
  assert.equal((await bench.send(alien, 'GET', `/admin/delegations/${id}`)).code, 'HUB-204');
  assert.deepEqual((await bench.send(alien, 'GET', '/admin/delegations')).value['items'], []);
  assert.deepEqual(await grantsOf(bench, 'big', start), []);
  assert.equal((await give(big, { application: 'big' })).code, '');
  const persons = (await grantsOf(bench, 'big', start)).filter(({ collections }) =>
    collections.includes('utdanning/elev/person'),
  );
  assert.deepEqual(
    persons.map(({ fields }) => fields),
    [['navn']],
    'what was narrowed stays so',
  );
});

test('what shows national ids takes two at the owner, and neither of them twice', async (context) => {
  const bench = await setUp(context);
  await agreement(bench, owner, 'big.test');
  const id = await bench.made(owner, '/admin/delegations', {
    ...basic,
    packages: ['county.pupils-national-id'],
    supplier: 'big.test',
  });
  const path = `/admin/delegations/${id}`;
  assert.equal((await bench.send(owner, 'GET', path)).value['state'], 'seconding');
  assert.equal((await bench.send(big, 'POST', `${path}/grants`, { application: 'big' })).code, 'HUB-409');
  assert.equal((await bench.send(owner, 'POST', `${path}/approve`)).code, 'HUB-400', 'approved by whoever made it');
  assert.equal((await bench.send(big, 'POST', `${path}/approve`)).code, 'HUB-204', 'approved by whoever gets it');
  assert.equal((await bench.send(second, 'POST', `${path}/approve`)).value['state'], 'live');
  assert.equal((await bench.send(big, 'POST', `${path}/grants`, { application: 'big' })).code, '');
  assert.ok((await grantsOf(bench, 'big', start)).some(({ withhold }) => !withhold.includes('national-id')));
});

test('two administrators whose keys one person has had are one', async (context) => {
  const bench = await setUp(context);
  await agreement(bench, owner, 'big.test');
  const make = (by: Actor): Promise<string> =>
    bench.made(by, '/admin/applications', {
      name: 'Another',
      kind: 'admin',
      owner: 'owner.test',
      scopes: ['admin.read', 'admin.write'],
      environment: 'test',
    });
  const id = await bench.made(owner, '/admin/delegations', {
    ...basic,
    packages: ['county.pupils-national-id'],
    supplier: 'big.test',
  });
  const approve = async (client: string): Promise<string> =>
    (await bench.send(actorOf('owner.test', client), 'POST', `/admin/delegations/${id}/approve`)).code;
  assert.equal(await approve(await make(owner)), 'HUB-400', 'made by whoever wants its approval');
  const byOperator = await make(operator);
  await bench.made(owner, `/admin/applications/${byOperator}/secret`, {});
  assert.equal(await approve(byOperator), 'HUB-400', 'given a new secret by whoever wants its approval');
  assert.equal(await approve(await make(operator)), '');
});

test('a chain has an end, and so has the number of delegations', async (context) => {
  const bench = await setUp(context);
  const steps = Array.from({ length: limits.delegationDepth + 1 }, (_, index) => `s${index}.test`);
  for (const [index, id] of steps.entries())
    await bench.made(operator, '/admin/agreements', {
      organisation: await known(bench, steps[index - 1] ?? 'owner.test'),
      processor: id,
      reference: id,
    });
  let parent: string | null = null;
  for (const [index, supplier] of steps.entries()) {
    const sent: Sent = await bench.send(operator, 'POST', '/admin/delegations', {
      ...basic,
      ...(parent === null ? { organisation: 'owner.test' } : { parent }),
      supplier,
      mayPassOn: true,
    });
    assert.deepEqual(sent.at, index < limits.delegationDepth ? [] : ['/parent']);
    parent = String(sent.value['id']);
  }
  const one = (await bench.platform.registerEntries({ kind: 'delegation', limit: 1 }))[0]?.value as Delegation;
  for (let made = limits.delegationDepth; made < limits.delegationsPerOrganisation - 1; made += 1)
    await bench.platform.putRegister({
      entries: [delegationEntry({ ...one, id: `d${made}`, to: `t${made}.test` }, 0, start)],
    });
  await agreement(bench, owner, 'big.test');
  await bench.made(owner, '/admin/delegations', { ...basic, supplier: 'big.test' });
  const sent = await bench.send(owner, 'POST', '/admin/delegations', { ...basic, supplier: 'big.test' });
  assert.deepEqual(sent.at, ['/organisation']);
});

const known = async (bench: Bench, id: string): Promise<string> => {
  await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  return id;
};

test('the overview tells who has what through whom, and is the owner’s alone', async (context) => {
  const bench = await setUp(context);
  const [, next] = await chain(bench);
  await bench.send(small, 'POST', `/admin/delegations/${next}/grants`, { application: 'small' });
  const path = '/admin/organisations/owner.test/access';
  const list = async (query = ''): Promise<readonly Shown[]> =>
    (await bench.send(owner, 'GET', `${path}${query}`)).value['items'] as readonly Shown[];
  const [held] = await list();
  assert.deepEqual(held?.['chain'], ['owner.test', 'big.test', 'small.test']);
  assert.deepEqual(held?.['by'], { kind: 'delegation', id: next });
  assert.deepEqual(held?.['named'], ['county.pupils-basic']);
  assert.equal(held?.['lastUsed'], null);
  assert.deepEqual(await list('?reminders=true'), []);
  const [grant] = await grantsOf(bench, 'small', start);
  await bench.platform.addPartUse('test', [
    { application: 'small', api: 'access', part: grant?.id ?? '', day: '2026-11-20', count: 7 },
  ]);
  assert.deepEqual(
    (await list('?application=small')).map(({ lastUsed, uses }) => [lastUsed, uses]),
    [['2026-11-20', 7]],
  );
  bench.move(366 * 86_400_000);
  const kinds = (await list('?reminders=true')).map(({ reminders }) =>
    (reminders as readonly Shown[]).map(({ kind }) => kind),
  );
  assert.deepEqual(kinds, [['unused', 'confirm']]);
  const confirmed = await bench.send(owner, 'POST', `${path}/confirm`, { kind: 'delegation', id: next });
  assert.equal(confirmed.code, '');
  assert.deepEqual((await list())[0]?.['reminders'], confirmed.value['reminders']);
  assert.equal((await bench.send(owner, 'POST', `${path}/confirm`, { kind: 'link', id: next })).code, 'HUB-204');
  for (const actor of [big, small, alien]) {
    assert.equal((await bench.send(actor, 'GET', path)).code, 'HUB-204');
    assert.equal((await bench.send(actor, 'GET', `${path}/export`)).code, 'HUB-204');
  }
  const file = await bench.send(owner, 'GET', `${path}/export`);
  assert.match(JSON.stringify(file.value['others']), /county\.pupils-basic/);
});

/** What somebody may do in the history below. */
const acts = fc.array(
  fc.record({
    kind: fc.constantFrom('delegate', 'pass', 'give', 'withdraw', 'end'),
    who: fc.nat(3),
    what: fc.nat(5),
  }),
  { minLength: 1, maxLength: 25 },
);

test('whatever is done in whatever order, nothing is open that does not stand on a chain in force', async (context) => {
  const bench = await setUp(context);
  const actors = [owner, big, small, alien];
  await fc.assert(
    fc.asyncProperty(acts, async (history) => {
      const items = async (path: string): Promise<readonly Shown[]> =>
        (await bench.send(operator, 'GET', path)).value['items'] as readonly Shown[];
      for (const { id } of await items('/admin/delegations'))
        await bench.send(operator, 'POST', `/admin/delegations/${String(id)}/withdraw`);
      for (const { id } of await items('/admin/agreements'))
        await bench.send(operator, 'POST', `/admin/agreements/${String(id)}/end`);
      await agreement(bench, owner, 'big.test');
      await agreement(bench, big, 'small.test');
      for (const { kind, who, what } of history) {
        bench.move(1_000);
        const actor = actors[who] ?? owner;
        const all = await items('/admin/delegations');
        const one = String(all[what % Math.max(1, all.length)]?.['id']);
        const supplier = ['big.test', 'small.test', 'alien.test'][what % 3];
        if (kind === 'delegate')
          await bench.send(actor, 'POST', '/admin/delegations', { ...basic, supplier, mayPassOn: what % 2 === 0 });
        if (kind === 'pass')
          await bench.send(actor, 'POST', '/admin/delegations', { parent: one, packages: basic.packages, supplier });
        if (kind === 'give')
          await bench.send(actor, 'POST', `/admin/delegations/${one}/grants`, {
            application: ['big', 'small', 'alien'][what % 3],
          });
        if (kind === 'withdraw') await bench.send(actor, 'POST', `/admin/delegations/${one}/withdraw`);
        if (kind === 'end') {
          const [first] = await items('/admin/agreements');
          if (what === 0) await bench.send(actor, 'POST', `/admin/agreements/${String(first?.['id'])}/end`);
        }
        const live = new Map((await items('/admin/delegations?limit=1000')).map((each) => [each['id'], each]));
        for (const grant of await bench.platform.grants()) {
          if (grant.to !== null && grant.to <= bench.now()) continue;
          const by = live.get(grant.delegation ?? '');
          assert.equal(by?.['live'], true, `${grant.id} is open`);
          const holder = (await bench.platform.application(grant.application))?.owner;
          assert.equal(by?.['supplier'], holder, 'given to whom it was passed on to');
        }
      }
    }),
    { numRuns: cases(25) },
  );
});
