// Access requests and the agreement register through the admin API: what vendors ask, what owners decide, what that opens and ends, and what is refused.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Actor, AdminPorts } from '#apis/admin/ports.ts';
import { limits } from '#base/limits.ts';
import type { Application, Grant } from '#store/store.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
const owner = 'fjordheim.test';
const vendor = 'vendor.test';

/** Another administrator of the same organisation, as an application of its own. */
const named = (client: string, organisation: string, scopes: readonly string[] = ['admin.write']): Actor => ({
  ...administratorOf(organisation, scopes),
  name: `admin:${client}`,
  client,
});
const [ann, bo, cay] = ['ann', 'bo', 'cay'].map((client) => named(client, owner)) as [Actor, Actor, Actor];
const vera = named('vera', vendor);
const stranger = named('stranger', 'nabo.test');

const application = (id: string, more: Partial<Application> = {}): Application => ({
  id,
  name: `The ${id}`,
  kind: 'client',
  owner: vendor,
  describe: '',
  environment: 'test',
  secrets: [],
  jwks: null,
  disabled: false,
  createdAt: 1,
  ...more,
});

type World = AdminBench & { now: number };
type Shown = Readonly<Record<string, unknown>>;
type Answer = {
  readonly status: number;
  readonly value: Shown;
  readonly code: string;
  readonly detail: string;
  readonly at: readonly string[];
};

const start = Date.parse('2026-11-02T08:00:00Z');
const day = 86_400_000;

const setUp = async (context: TestContext, more: Partial<AdminPorts> = {}): Promise<World> => {
  const clock = { now: start };
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => clock.now,
    more,
  );
  for (const id of [owner, vendor, 'nabo.test', 'tredje.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  await bench.platform.putApplication(application('timetable'));
  await bench.platform.putApplication(application('other', { owner: 'nabo.test' }));
  for (const { client } of [ann, bo, cay])
    await bench.platform.putApplication(application(client, { kind: 'admin', owner, scopes: ['admin.write'] }));
  return Object.assign(clock, bench);
};

const send = async (
  world: World,
  actor: Actor,
  method: string,
  path: string,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => {
  const answer = await world.ask({
    actor,
    method,
    path,
    text: JSON.stringify(body),
    header: (name) => headers[name] ?? null,
  });
  if (answer.kind === 'problem') {
    const { code, detail, errors = [] } = answer.problem;
    return { status: 0, value: {}, code, detail, at: errors.map(({ at }) => at) };
  }
  assert.equal(answer.kind, 'json');
  return { status: answer.status, value: answer.value as Shown, code: '', detail: '', at: [] };
};

const agree = async (world: World, more: object = {}): Promise<string> => {
  const made = await send(world, ann, 'POST', '/admin/agreements', {
    processor: vendor,
    reference: 'DBA-2026-17',
    to: '2027-07-31',
    ...more,
  });
  assert.equal(made.status, 201, made.detail);
  return String(made.value['id']);
};

const asking = {
  application: 'timetable',
  organisations: [owner],
  packages: ['county.groups'],
  purpose: 'Timetables',
  legalBasis: 'GDPR art. 6 (1) e',
};

const askFor = async (world: World, more: object = {}): Promise<string> => {
  const made = await send(world, vera, 'POST', '/admin/access-requests', { ...asking, ...more });
  assert.equal(made.status, 201, `${made.code} ${made.detail}`);
  const [first] = made.value['items'] as readonly { readonly id: string }[];
  return first?.id ?? '';
};

const act = (world: World, actor: Actor, id: string, what: string, body: object = {}, headers = {}): Promise<Answer> =>
  send(world, actor, 'POST', `/admin/access-requests/${id}/${what}`, body, headers);

const liveGrants = async (world: World, id: string): Promise<readonly Grant[]> =>
  (await world.platform.grantsOf('timetable')).filter(
    ({ request, to }) => request === id && (to === null || to > world.now),
  );

test('a vendor asks, an owner approves with one click, and the grants are there, as long as the agreement', async (context) => {
  const world = await setUp(context);
  const agreement = await agree(world);
  const id = await askFor(world);
  assert.deepEqual(await liveGrants(world, id), []);
  const done = await act(world, ann, id, 'approve');
  assert.equal(done.status, 200, done.detail);
  assert.equal(done.value['state'], 'approved');
  assert.deepEqual(done.value['fourEyes'], []);
  const grants = await liveGrants(world, id);
  assert.ok(grants.length > 0);
  for (const grant of grants) {
    assert.equal(grant.organisation, owner);
    assert.equal(grant.agreementId, agreement);
    assert.equal(grant.to, Date.parse('2027-07-31T22:00:00Z'));
    assert.deepEqual([...grant.withhold].sort(), ['national-id', 'protected', 'special']);
    assert.equal(grant.purpose, 'Timetables');
  }
  const person = grants.find(({ collections }) => collections.includes('administrasjon/personal/person'));
  assert.deepEqual(person?.fields, ['navn', 'personalressurs']);
  const seen = await send(world, vera, 'GET', `/admin/access-requests/${id}`);
  const [row] = seen.value['packages'] as readonly Shown[];
  assert.deepEqual([row?.['approved'], row?.['active']], [true, true]);
  const notices = await world.platform.auditNotices(100);
  const told = notices.map(({ organisation, record }) => `${organisation} ${record.operation}`);
  for (const line of [
    `${owner} access request`,
    `${vendor} access request`,
    `${owner} access approve`,
    `${vendor} access approve`,
  ])
    assert.ok(told.includes(line), line);
});

test('what the owner and the vendor see of each other’s people is nothing', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world, { packages: ['county.pupils-national-id'] });
  await act(world, ann, id, 'escalate', { to: 'bo', reason: 'Yours to decide' });
  await act(world, bo, id, 'approve');
  const byVendor = JSON.stringify((await send(world, vera, 'GET', `/admin/access-requests/${id}`)).value);
  for (const client of ['ann', 'bo']) assert.ok(!byVendor.includes(`"${client}"`), client);
  const byOwner = await send(world, cay, 'GET', `/admin/access-requests/${id}`);
  assert.equal(byOwner.value['askedBy'], null);
  assert.deepEqual(byOwner.value['escalation'], { to: 'bo', by: ['ann'] });
  assert.equal((await send(world, stranger, 'GET', `/admin/access-requests/${id}`)).code, 'HUB-204');
  const none = await send(world, stranger, 'GET', '/admin/access-requests');
  assert.deepEqual(none.value['items'], []);
});

test('one request for many owners: each decides alone, the vendor sees all under one id, and who is not there is asked alike', async (context) => {
  const world = await setUp(context);
  const made = await send(world, vera, 'POST', '/admin/access-requests', {
    ...asking,
    organisations: [owner, 'nabo.test', 'nowhere.test', 'FJORDHEIM.test'],
  });
  assert.equal(made.status, 201);
  const items = made.value['items'] as readonly Shown[];
  assert.deepEqual(
    items.map(({ organisation, state }) => [organisation, state]),
    [owner, 'nabo.test', 'nowhere.test'].map((id) => [id, 'asked']),
  );
  const all = await send(world, vera, 'GET', `/admin/access-requests?common=${String(made.value['common'])}`);
  assert.equal((all.value['items'] as unknown[]).length, 3);
  const mine = await send(world, ann, 'GET', '/admin/access-requests?state=open');
  assert.deepEqual(
    (mine.value['items'] as readonly Shown[]).map(({ organisation }) => organisation),
    [owner],
  );
  const audits = new Set((await world.platform.auditNotices(100)).map(({ organisation }) => organisation));
  assert.ok(!audits.has('nowhere.test'), 'who is not there has no audit to write in');
});

test('four eyes: national ids, protected and special data, and protected persons take two who are different', async (context) => {
  const world = await setUp(context);
  await agree(world);
  for (const [packages, clearance, because] of [
    [['county.pupils-national-id'], 0, ['national-id']],
    [['county.pupils-contact', 'county.groups'], 0, ['protected']],
    [['county.absence'], 0, ['special']],
    [['county.groups'], 2, ['clearance']],
  ] as const) {
    const id = await askFor(world, { packages, clearance });
    const first = await act(world, ann, id, 'approve');
    assert.equal(first.value['state'], 'seconding', String(packages));
    assert.deepEqual(first.value['fourEyes'], because);
    assert.deepEqual(await liveGrants(world, id), []);
    assert.equal((await act(world, ann, id, 'approve')).code, 'HUB-400');
    assert.deepEqual(await liveGrants(world, id), []);
    const second = await act(world, bo, id, 'approve');
    assert.equal(second.value['state'], 'approved', second.detail);
    assert.ok((await liveGrants(world, id)).length > 0);
  }
});

test('the operator at the machine is one pair of eyes, and none where he asked', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const made = await send(world, operator, 'POST', '/admin/access-requests', {
    ...asking,
    packages: ['county.pupils-national-id'],
  });
  const [first] = made.value['items'] as readonly { readonly id: string }[];
  const id = first?.id ?? '';
  assert.equal((await act(world, operator, id, 'approve')).code, 'HUB-400');
  assert.equal((await act(world, ann, id, 'approve')).value['state'], 'seconding');
  assert.equal((await act(world, operator, id, 'approve')).code, 'HUB-400');
  assert.equal((await act(world, bo, id, 'approve')).value['state'], 'approved');
});

test('an administrator whom somebody has made is no second pair of eyes beside its maker', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const made = await send(world, ann, 'POST', '/admin/applications', {
    name: 'Ann too',
    kind: 'admin',
    scopes: ['admin.write'],
    environment: 'test',
  });
  const puppet = named(String(made.value['id']), owner);
  const delicate = await askFor(world, { packages: ['county.pupils-national-id'] });
  await act(world, ann, delicate, 'approve');
  assert.equal((await act(world, puppet, delicate, 'approve')).code, 'HUB-400');
  assert.equal((await act(world, bo, delicate, 'approve')).value['state'], 'approved');
  const handedOn = await askFor(world);
  await act(world, ann, handedOn, 'escalate', { reason: 'Not mine' });
  assert.equal((await act(world, puppet, handedOn, 'approve')).code, 'HUB-400');
  assert.equal((await act(world, bo, handedOn, 'approve')).value['state'], 'approved');
});

test('whoever is of the side that asked approves nothing, whatever else he may', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world);
  assert.equal((await act(world, vera, id, 'approve')).code, 'HUB-400');
  const mighty = named('mighty', vendor, ['admin.platform']);
  assert.equal((await act(world, mighty, id, 'approve')).code, 'HUB-400');
  assert.equal((await act(world, stranger, id, 'approve')).code, 'HUB-204');
  assert.equal((await act(world, named('reader', owner, ['admin.read']), id, 'approve')).code, 'HUB-302');
  for (const what of ['ask', 'refuse', 'escalate', 'revoke'])
    assert.equal((await act(world, vera, id, what, { reason: 'because' })).code, 'HUB-400', what);
  for (const what of ['answer', 'withdraw'])
    assert.equal((await act(world, ann, id, what, { reason: 'because' })).code, 'HUB-400', what);
  assert.deepEqual(await liveGrants(world, id), []);
});

test('approving less: fewer packages, fields, rows and days; never more', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const packages = ['county.groups', 'county.pupils-basic'];
  const id = await askFor(world, { packages, to: '2027-06-30' });
  const person = 'utdanning/elev/person';
  const rows = { scope: 'skole', field: 'systemid', values: ['SK1'] };
  const narrowed = [{ collection: person, fields: ['navn', 'elev'], why: 'Names are enough' }];
  for (const [more, at] of [
    [{ packages: ['county.groups', 'county.staff'] }, ['/packages']],
    [{ to: '2027-07-15' }, ['/to']],
    [{ to: null }, ['/to']],
    [{ clearance: 1 }, ['/clearance']],
    [
      { packages: [{ package: 'county.pupils-basic', narrowed: [{ collection: person, fields: ['fodselsnummer'] }] }] },
      ['/packages/0/narrowed/0/fields'],
    ],
    [{ packages: ['university.results'], rows }, ['/packages/0', '/packages']],
  ] as const) {
    const refused = await act(world, ann, id, 'approve', more);
    assert.deepEqual([refused.code, refused.at], ['HUB-103', at], JSON.stringify(more));
  }
  const done = await act(world, ann, id, 'approve', {
    packages: [{ package: 'county.pupils-basic', narrowed }],
    rows,
    to: '2027-01-31',
  });
  assert.equal(done.value['state'], 'approved', done.detail);
  const grants = await liveGrants(world, id);
  const ofPerson = grants.filter(({ collections }) => collections.includes(person));
  assert.deepEqual(
    ofPerson.map(({ fields }) => fields),
    [['navn', 'elev']],
  );
  for (const grant of grants) {
    assert.deepEqual(grant.rows, rows);
    assert.equal(grant.to, Date.parse('2027-01-31T23:00:00Z'));
    assert.ok(grant.id.startsWith(`${id}/county.pupils-basic/`));
  }
});

test('a second approver may give less than the first and not more, and one collection can be left out', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world, { packages: ['county.pupils-contact', 'county.groups'] });
  const elev = 'utdanning/elev/elev';
  await act(world, ann, id, 'approve', {
    packages: [{ package: 'county.pupils-contact', narrowed: [{ collection: elev, fields: [] }] }],
  });
  const more = { packages: [{ package: 'county.pupils-contact', narrowed: [] }] };
  assert.deepEqual((await act(world, bo, id, 'approve', more)).at, ['/packages']);
  const done = await act(world, bo, id, 'approve', { packages: ['county.pupils-contact'] });
  assert.equal(done.value['state'], 'approved', 'by name it is what the first has left of it');
  const collections = (await liveGrants(world, id)).flatMap((grant) => grant.collections);
  assert.ok(collections.includes('utdanning/elev/person') && !collections.includes(elev));
});

test('questions, answers, refusals: both sides read them, and the request waits where it waited', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world);
  assert.equal((await act(world, vera, id, 'answer', { reason: 'Nobody asked' })).code, 'HUB-409');
  assert.equal((await act(world, ann, id, 'ask')).code, 'HUB-103');
  assert.equal((await act(world, ann, id, 'ask', { reason: 'Is it for 14851461249?' })).code, 'HUB-103');
  assert.equal((await act(world, ann, id, 'ask', { reason: 'Why names?' })).value['state'], 'questioned');
  assert.equal((await act(world, vera, id, 'answer', { reason: 'For lists' })).value['state'], 'asked');
  await act(world, ann, id, 'escalate', { reason: 'Somebody else' });
  await act(world, bo, id, 'ask', { reason: 'Which lists?' });
  const answered = await act(world, vera, id, 'answer', { reason: 'Of groups' });
  assert.equal(answered.value['state'], 'escalated');
  const refused = await act(world, bo, id, 'refuse', { reason: 'Not needed' });
  assert.equal(refused.value['state'], 'refused');
  const seen = await send(world, vera, 'GET', `/admin/access-requests/${id}`);
  assert.deepEqual(
    (seen.value['thread'] as readonly Shown[]).map(({ kind, text }) => [kind, text]),
    [
      ['question', 'Why names?'],
      ['answer', 'For lists'],
      ['question', 'Which lists?'],
      ['answer', 'Of groups'],
      ['refusal', 'Not needed'],
    ],
  );
  for (const what of ['approve', 'refuse', 'ask', 'escalate'])
    assert.equal((await act(world, cay, id, what, { reason: 'again' })).code, 'HUB-409', what);
  assert.equal((await act(world, vera, id, 'withdraw')).code, 'HUB-409');
});

test('handed on: to one who then decides, or to all others; never back, and never to a stranger', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world);
  for (const to of ['ann', 'vera', 'timetable', 'nobody', 'cli:tester'])
    assert.deepEqual((await act(world, ann, id, 'escalate', { to, reason: 'Yours' })).at, ['/to'], to);
  assert.equal((await act(world, ann, id, 'escalate', { to: 'bo', reason: 'Yours' })).value['state'], 'escalated');
  for (const actor of [ann, cay, operator]) assert.equal((await act(world, actor, id, 'approve')).code, 'HUB-400');
  assert.deepEqual((await act(world, bo, id, 'escalate', { to: 'ann', reason: 'No, yours' })).at, ['/to']);
  assert.equal((await act(world, bo, id, 'escalate', { reason: 'Anybody’s' })).status, 200);
  for (const actor of [ann, bo]) assert.equal((await act(world, actor, id, 'approve')).code, 'HUB-400');
  assert.equal((await act(world, cay, id, 'approve')).value['state'], 'approved');
});

test('without a live agreement nothing is given, and a longer time is cut or refused', async (context) => {
  const world = await setUp(context);
  const id = await askFor(world, { to: '2028-01-01' });
  assert.deepEqual((await act(world, ann, id, 'approve')).at, ['/agreement']);
  await agree(world, { processor: 'nabo.test', reference: 'DBA-other' });
  assert.deepEqual((await act(world, ann, id, 'approve', { agreement: 'DBA-other' })).at, ['/agreement']);
  const first = await agree(world);
  await agree(world, { reference: 'DBA-2', to: '2027-03-31' });
  assert.deepEqual((await act(world, ann, id, 'approve')).at, ['/agreement'], 'which of two must be said');
  const past = await act(world, ann, id, 'approve', { agreement: first, to: '2027-12-31' });
  assert.deepEqual(past.at, ['/to']);
  assert.match(past.detail, /2027-07-31T22:00:00Z/);
  assert.equal((await act(world, ann, id, 'approve', { agreement: 'DBA-2' })).value['state'], 'approved');
  for (const grant of await liveGrants(world, id)) assert.equal(grant.to, Date.parse('2027-03-31T22:00:00Z'));
});

test('an agreement that ends takes everything with it at once: requests, grants, links', async (context) => {
  const world = await setUp(context);
  const agreement = await agree(world);
  const id = await askFor(world);
  await act(world, ann, id, 'approve');
  const grant = await send(world, ann, 'POST', '/admin/grants', {
    application: 'timetable',
    collections: ['utdanning/timeplan/*'],
    actions: ['read'],
    agreement: 'DBA-2026-17',
  });
  assert.equal(grant.value['agreementId'], agreement);
  assert.equal(grant.value['to'], '2027-07-31T22:00:00Z', 'as long as the agreement where nothing else is said');
  const link = await send(world, ann, 'POST', '/admin/links', {
    application: 'timetable',
    scopes: ['vfs:groups.read'],
    agreement: { reference: 'DBA-2026-17' },
    purpose: 'Groups',
  });
  assert.equal(link.value['agreementId'], agreement, link.detail);
  world.now += day;
  const before = await world.platform.revision();
  const over = await send(world, ann, 'POST', `/admin/agreements/${agreement}/end`, { reason: 'They moved' });
  assert.deepEqual([over.value['state'], over.value['live']], ['ended', false]);
  assert.ok((await world.platform.revision()) > before, 'caches hear of it');
  for (const one of await world.platform.grantsOf('timetable'))
    assert.ok(one.to !== null && one.to <= world.now, one.id);
  assert.ok((await world.platform.links()).every(({ endedAt }) => endedAt !== null));
  const seen = await send(world, vera, 'GET', `/admin/access-requests/${id}`);
  assert.deepEqual(
    (seen.value['packages'] as readonly Shown[]).map(({ active }) => active),
    [false],
  );
  assert.equal((await send(world, ann, 'POST', `/admin/agreements/${agreement}/end`)).status, 200);
  const again = await askFor(world);
  assert.deepEqual((await act(world, ann, again, 'approve')).at, ['/agreement']);
});

test('a link that another process makes while its agreement ends does not outlive it', async (context) => {
  const world = await setUp(context);
  const agreement = await agree(world);
  const links = world.platform.links.bind(world.platform);
  let isMade = false;
  // The end has looked which links there are, and is about to be kept.
  context.mock.method(world.platform, 'links', async () => {
    const found = await links();
    if (isMade) return found;
    isMade = true;
    await send({ ...world, ask: world.askElsewhere }, ann, 'POST', '/admin/links', {
      application: 'timetable',
      scopes: ['vfs:groups.read'],
      agreement: { reference: 'DBA-2026-17' },
      purpose: 'Groups',
    });
    return found;
  });
  const over = await send(world, ann, 'POST', `/admin/agreements/${agreement}/end`, { reason: 'They moved' });
  assert.equal(over.value['state'], 'ended', over.detail);
  const kept = await links();
  assert.equal(kept.length, 1);
  assert.ok(kept.every(({ endedAt }) => endedAt !== null));
  for (const one of await world.platform.grantsOf('timetable'))
    assert.ok(one.to !== null && one.to <= world.now, one.id);
});

test('what was approved is taken back by owner or vendor, and ends at once', async (context) => {
  const world = await setUp(context);
  await agree(world);
  for (const [actor, what, state] of [
    [cay, 'revoke', 'revoked'],
    [vera, 'withdraw', 'withdrawn'],
  ] as const) {
    const id = await askFor(world);
    await act(world, ann, id, 'approve');
    assert.ok((await liveGrants(world, id)).length > 0);
    const over = await act(world, actor, id, what, { reason: 'Not used' });
    assert.equal(over.value['state'], state, over.detail);
    assert.deepEqual(await liveGrants(world, id), []);
    assert.equal((await act(world, ann, id, 'revoke', { reason: 'Twice' })).code, 'HUB-409');
  }
});

test('in production a grant needs a registered agreement, unless the data stay in the house', async (context) => {
  const world = await setUp(context);
  await world.platform.putApplication(application('live', { environment: 'production' }));
  await world.platform.putApplication(application('own', { environment: 'production', owner }));
  const give = (more: object): Promise<Answer> =>
    send(world, ann, 'POST', '/admin/grants', {
      application: 'live',
      collections: ['utdanning/timeplan/*'],
      actions: ['read'],
      ...more,
    });
  assert.deepEqual((await give({})).at, ['/agreement']);
  assert.deepEqual((await give({ agreement: 'made up' })).at, ['/agreement']);
  assert.equal((await give({ application: 'own' })).status, 201);
  const id = await agree(world);
  assert.deepEqual((await give({ agreement: id, to: '2027-08-01' })).at, ['/to']);
  const given = await give({ agreement: id, to: '2027-07-31' });
  assert.equal(given.status, 201, given.detail);
  assert.deepEqual(
    (await send(world, ann, 'PATCH', `/admin/grants/${String(given.value['id'])}`, { to: '2028-01-01' })).at,
    ['/to'],
  );
  const link = {
    application: 'live',
    scopes: ['vfs:groups.read'],
    agreement: { reference: 'made up' },
    purpose: 'Groups',
  };
  assert.deepEqual((await send(world, ann, 'POST', '/admin/links', link)).at, ['/agreement/reference']);
  const linked = await send(world, ann, 'POST', '/admin/links', { ...link, agreement: { reference: 'DBA-2026-17' } });
  assert.equal(linked.value['agreementId'], id, linked.detail);
  const change = (agreement: object): Promise<Answer> =>
    send(world, ann, 'PATCH', `/admin/links/${String(linked.value['id'])}`, { agreement });
  assert.deepEqual((await change({ reference: 'made up' })).at, ['/agreement/reference']);
  assert.deepEqual((await change({ to: '2028-01-01' })).at, ['/agreement/to']);
  assert.equal((await change({ to: '2027-01-31' })).status, 200);
  const advised = await give({ application: 'timetable', agreement: 'made up' });
  assert.equal(advised.status, 201);
  assert.equal((advised.value['warnings'] as unknown[]).length, 1);
});

test('the setting says for every environment whether an agreement is needed', async (context) => {
  for (const [agreements, environment, isNeeded] of [
    ['required', 'test', true],
    ['advised', 'production', false],
  ] as const) {
    const world = await setUp(context, { agreements });
    await world.platform.putApplication(application('one', { environment }));
    const given = await send(world, ann, 'POST', '/admin/grants', {
      application: 'one',
      collections: ['utdanning/timeplan/*'],
      actions: ['read'],
    });
    assert.deepEqual(given.at, isNeeded ? ['/agreement'] : []);
    assert.equal(given.status, isNeeded ? 0 : 201);
  }
});

test('a grant that was given by a request is not changed by hand, and can be ended', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world);
  await act(world, ann, id, 'approve');
  const [grant] = await liveGrants(world, id);
  const path = `/admin/grants/${encodeURIComponent(grant?.id ?? '')}`;
  assert.equal((await send(world, ann, 'PATCH', path, { fields: null })).code, 'HUB-409');
  assert.equal((await send(world, ann, 'POST', `${path}/end`)).status, 200);
});

test('asking for what there is not, or saying too little, is refused by pointer and nothing is kept', async (context) => {
  const world = await setUp(context);
  const person = 'utdanning/elev/person';
  for (const [more, at] of [
    [{ application: 'nobody' }, ['/application']],
    [{ application: 'other' }, ['/application']],
    [{ application: 'ann' }, ['/application']],
    [{ packages: ['county.pupil'] }, ['/packages/0']],
    [{ packages: [] }, ['/packages']],
    [{ packages: ['county.groups', 'county.groups'] }, ['/packages']],
    [
      { packages: [{ package: 'county.groups', narrowed: [{ collection: person, fields: [] }] }] },
      ['/packages/0/narrowed/0/collection'],
    ],
    [{ packages: ['university.results'], rows: { scope: 'skole', field: 'systemid', values: ['1'] } }, ['/packages/0']],
    [{ organisations: [] }, ['/organisations']],
    [{ organisations: ['no such thing!'] }, ['/organisations']],
    [{ organisations: [vendor] }, ['/organisations']],
    [{ purpose: ' ' }, ['/purpose']],
    [{ legalBasis: undefined }, ['/legalBasis']],
    [{ to: '2026-01-01' }, ['/to']],
    [{ from: '2027-02-01', to: '2027-01-01' }, ['/to']],
    [{ grants: [] }, ['/grants']],
  ] as const) {
    const refused = await send(world, vera, 'POST', '/admin/access-requests', { ...asking, ...more });
    assert.deepEqual([refused.code, refused.at], ['HUB-103', at], JSON.stringify(more));
  }
  assert.deepEqual(await world.platform.registerEntries({ kind: 'access-request' }), []);
  const foreign = await send(world, stranger, 'POST', '/admin/access-requests', asking);
  assert.deepEqual(foreign.at, ['/application'], 'the application of another is answered like none');
});

test('an agreement is registered by the owner alone, once, with another, for a time to come', async (context) => {
  const world = await setUp(context);
  const add = (actor: Actor, more: object): Promise<Answer> =>
    send(world, actor, 'POST', '/admin/agreements', { processor: vendor, reference: 'DBA-1', ...more });
  for (const [more, at] of [
    [{ processor: owner }, ['/processor']],
    [{ processor: '' }, ['/processor']],
    [{ reference: ' ' }, ['/reference']],
    [{ to: '2026-11-01' }, ['/to']],
    [{ from: '2027-01-02', to: '2027-01-01' }, ['/to']],
  ] as const)
    assert.deepEqual((await add(ann, more)).at, at, JSON.stringify(more));
  assert.equal((await add(vera, { organisation: owner })).code, 'HUB-204');
  const made = await add(ann, {});
  assert.equal(made.status, 201);
  assert.equal((await add(ann, {})).code, 'HUB-409');
  const path = `/admin/agreements/${String(made.value['id'])}`;
  assert.equal((await send(world, vera, 'GET', path)).code, 'HUB-204');
  assert.equal((await send(world, vera, 'POST', `${path}/end`)).code, 'HUB-204');
  assert.equal((await send(world, bo, 'GET', path)).value['reference'], 'DBA-1');
  const stale = await send(world, bo, 'POST', `${path}/end`, {}, { 'if-match': '"older"' });
  assert.equal(stale.code, 'HUB-412');
});

test('sent again with its key a request is the same, and two of one application are not open at once', async (context) => {
  const world = await setUp(context);
  const key = { 'idempotency-key': 'k-1' };
  const body = { ...asking, organisations: [owner, 'nabo.test'] };
  const first = await send(world, vera, 'POST', '/admin/access-requests', body, key);
  const again = await send(world, vera, 'POST', '/admin/access-requests', body, key);
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.deepEqual(again.value, first.value);
  assert.equal((await world.platform.registerEntries({ kind: 'access-request' })).length, 2);
  const other = await send(world, vera, 'POST', '/admin/access-requests', asking, key);
  assert.equal(other.code, 'HUB-413');
  assert.equal((await send(world, vera, 'POST', '/admin/access-requests', asking)).code, 'HUB-409');
});

test('two who approve at once give once, and over processes one of them is told to look again', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world);
  const both = await Promise.all([ann, bo].map((actor) => act(world, actor, id, 'approve')));
  assert.deepEqual(both.map(({ status, code }) => (status === 200 ? 'done' : code)).sort(), ['HUB-409', 'done']);
  const grants = await liveGrants(world, id);
  assert.equal(new Set(grants.map((grant) => grant.id)).size, grants.length);
  // Another process, which has read the request before it was decided.
  const next = await askFor(world, { organisations: ['nabo.test'] });
  const entry = await world.platform.registerEntry('access-request', next);
  assert.ok(entry !== null);
  await act(world, vera, next, 'withdraw');
  assert.equal(await world.platform.putRegister({ entries: [{ ...entry, revision: 2, state: 'approved' }] }), false);
});

test('a preview shows invented records: whole, as asked for, and as they would be approved', async (context) => {
  const world = await setUp(context);
  const id = await askFor(world, { packages: ['county.pupils-basic'] });
  const person = 'utdanning/elev/person';
  const narrowed = [{ collection: person, fields: ['navn'], why: 'Names are enough' }];
  const seen = await act(world, ann, id, 'preview', {
    collection: person,
    packages: [{ package: 'county.pupils-basic', narrowed }],
  });
  assert.equal(seen.status, 200, seen.detail);
  const [found] = seen.value['items'] as readonly Readonly<Record<string, Shown>>[];
  const item = found ?? {};
  assert.ok('fodselsnummer' in (item['full'] ?? {}) && !('fodselsnummer' in (item['asked'] ?? {})));
  assert.deepEqual(Object.keys(item['asked'] ?? {}).sort(), ['elev', 'fodselsdato', 'kjonn', 'malform', 'navn']);
  assert.deepEqual(Object.keys(item['approved'] ?? {}), ['navn']);
  assert.ok((item['withheld'] as unknown as readonly string[]).includes('fodselsdato'));
  assert.deepEqual((await act(world, ann, id, 'preview', { collection: 'utdanning/vurdering/sensor' })).at, [
    '/collection',
  ]);
  const whole = await act(world, vera, id, 'preview');
  assert.ok((whole.value['items'] as unknown[]).length > 5);
});

test('a link to keys is for the vendor of an approved request whose application has none', async (context) => {
  const world = await setUp(context);
  await agree(world);
  const id = await askFor(world);
  assert.equal((await act(world, vera, id, 'keys')).code, 'HUB-409');
  await act(world, ann, id, 'approve');
  assert.equal((await act(world, ann, id, 'keys')).code, 'HUB-204', 'the owner never touches a secret');
  const made = await act(world, vera, id, 'keys');
  assert.equal(made.status, 201, made.detail);
  assert.match(String(made.value['url']), /^https:\/\/hub\.example\.test\/access\/keys\/[\w-]{43}$/);
  assert.equal(made.value['expiresAt'], '2026-11-03T08:00:00Z');
  const token = String(made.value['path']).split('/').at(-1) ?? '';
  assert.ok(!JSON.stringify(await world.platform.registerEntries({ kind: 'one-time-link' })).includes(token));
  await act(world, vera, id, 'keys');
  const states = (await world.platform.registerEntries({ kind: 'one-time-link' })).map(({ state }) => state);
  assert.deepEqual(states.sort(), ['replaced', 'waiting']);
  await world.platform.putApplication(application('timetable', { jwks: '{"keys":[]}' }));
  assert.equal((await act(world, vera, id, 'keys')).code, 'HUB-409');
});

test('an application can be registered without keys, to get them when access is approved', async (context) => {
  const world = await setUp(context);
  const add = (more: object): Promise<Answer> =>
    send(world, vera, 'POST', '/admin/applications', { name: 'Later', kind: 'client', environment: 'test', ...more });
  const made = await add({ keysLater: true });
  assert.equal(made.status, 201, made.detail);
  assert.deepEqual([made.value['secret'], made.value['secrets'], made.value['keys']], [null, [], 0]);
  assert.deepEqual((await add({ keysLater: true, kind: 'adapter' })).at, ['/keysLater']);
  assert.deepEqual((await add({ keysLater: true, jwks: { keys: [] } })).at, ['/keysLater']);
  assert.deepEqual((await add({ secret: false })).at, ['/jwks']);
});

const owners = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `o${from + index}.test`);

test('owners, packages, narrowings, open requests and messages are bounded', async (context) => {
  const world = await setUp(context);
  const ask = (more: object): Promise<Answer> =>
    send(world, vera, 'POST', '/admin/access-requests', { ...asking, ...more });
  assert.deepEqual((await ask({ organisations: owners(limits.accessOwners + 1) })).at, ['/organisations']);
  for (let asked = 0; asked < limits.accessOpen; asked += limits.accessOwners)
    assert.equal((await ask({ organisations: owners(limits.accessOwners, asked) })).status, 201);
  assert.equal((await ask({ organisations: [owner] })).code, 'HUB-409');
  const packages = Array.from({ length: limits.accessPackages + 1 }, () => 'county.groups');
  assert.deepEqual((await ask({ packages })).at, ['/packages']);
  assert.deepEqual((await ask({ packages: packages.slice(1) })).at, ['/packages'], 'no more than named twice');
  assert.match((await ask({ packages: packages.slice(1) })).detail, /twice/);
  const narrowed = Array.from({ length: limits.accessNarrowings + 1 }, () => ({
    collection: 'utdanning/elev/klasse',
    fields: [],
  }));
  const narrow = (some: readonly object[]): Promise<Answer> =>
    ask({ packages: [{ package: 'county.groups', narrowed: some }] });
  assert.match((await narrow(narrowed)).detail, /at most/);
  assert.match((await narrow(narrowed.slice(1))).detail, /twice/);
});

test('a conversation about a request has an end', async (context) => {
  const world = await setUp(context);
  const id = await askFor(world);
  for (let said = 0; said < limits.accessMessages; said += 2) {
    assert.equal((await act(world, ann, id, 'ask', { reason: 'Why?' })).status, 200);
    assert.equal((await act(world, vera, id, 'answer', { reason: 'Because' })).status, 200);
  }
  assert.deepEqual((await act(world, ann, id, 'ask', { reason: 'Why?' })).at, ['/reason']);
});
