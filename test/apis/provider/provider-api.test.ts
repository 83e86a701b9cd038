// The adapter API as an adapter meets it: routes, statuses and bodies of FINT, and problems for everything that is wrong. Over the real ingest and
// a store in memory.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { providerApi } from '#apis/provider/provider-api.ts';
import type { Principal } from '#hub/principal.ts';
import { golden } from '../../golden.ts';
import { adapter, createBench, model, pupil, pupils, tenantId } from '../../ingest/workbench.ts';

type Call = {
  readonly body?: unknown;
  readonly type?: string | null;
  readonly principal?: Principal | null;
};

type Answer = { readonly status: number; readonly value: unknown; readonly code: string | null };

const patternOf = (route: Route): string => (route.path.endsWith('/*') ? route.path.slice(0, -2) : route.path);

const statusOf = (answer: ApiAnswer): number => (answer.kind === 'problem' ? (answer.status ?? 0) : answer.status);

const setUp = () => {
  const bench = createBench();
  const api = providerApi({ model, ingest: bench.ingest, events: bench.asked });
  const call = async (
    method: string,
    address: string,
    { body, type = 'application/json', principal = adapter() }: Call = {},
  ): Promise<Answer> => {
    const [path = '', query = ''] = address.split('?');
    const matching = api.routes
      .filter((route) =>
        route.path.endsWith('/*')
          ? path === patternOf(route) || path.startsWith(`${patternOf(route)}/`)
          : path === route.path,
      )
      .sort((a, b) => patternOf(b).length - patternOf(a).length);
    const route = matching.find(
      (one) => one.methods.includes(method) && patternOf(one).length === patternOf(matching[0] ?? one).length,
    );
    assert.ok(route !== undefined, `no route for ${method} ${path}`);
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const request: ApiRequest = {
      id: 'request-1',
      method,
      path,
      rest: path.slice(patternOf(route).length).replace(/^\//, ''),
      query: new URLSearchParams(query),
      header: (name) => (name === 'content-type' ? type : null),
      principal,
      signal: new AbortController().signal,
      leaving: new AbortController().signal,
      text: route.body === 'text' ? text : '',
      stream: route.body === 'stream' && text !== '' ? Readable.from([Buffer.from(text)]) : null,
      gzip: false,
    };
    const answer = await route.handle(request);
    return {
      status: statusOf(answer),
      value:
        answer.kind === 'json'
          ? JSON.parse(JSON.stringify(answer.value))
          : answer.kind === 'bytes'
            ? String(answer.bytes)
            : null,
      code: answer.kind === 'problem' ? answer.problem.code : null,
    };
  };
  return { bench, api, call };
};

const contract = (more: object = {}): object => ({
  adapterId: 'https://vendor.test/fjordheim.test/utdanning',
  orgId: 'Fjordheim-Test',
  username: 'adapter-1',
  heartbeatIntervalInMinutes: 5,
  capabilities: [
    {
      domainName: 'utdanning',
      packageName: 'elev',
      resourceName: 'elev',
      fullSyncIntervalInDays: 7,
      deltaSyncInterval: 'IMMEDIATE',
    },
    {
      domainName: 'Felles',
      packageName: 'kodeverk/iso',
      resourceName: 'Landkode',
      fullSyncIntervalInDays: 1,
      deltaSyncInterval: 'NONE',
    },
    { domainName: 'felles', packageName: 'kodeverk', resourceName: 'kjonn', fullSyncIntervalInDays: 1 },
  ],
  time: 1_760_000_000,
  ...more,
});

const page = (entries: readonly unknown[], more: object = {}): object => ({
  metadata: {
    adapterId: 'https://a.test',
    corrId: 'c1',
    orgId: tenantId,
    totalSize: entries.length,
    page: 1,
    totalPages: 1,
    ...more,
  },
  resources: entries,
  syncType: 'FULL',
});

test('status says whom the hub takes the caller for', async () => {
  const { value, status } = await setUp().call('GET', '/provider/status');
  assert.equal(status, 200);
  assert.deepEqual((value as { corePrincipal: unknown }).corePrincipal, {
    username: 'adapter-1',
    type: 'ADAPTER',
    orgId: tenantId,
    assets: [tenantId],
    scopes: ['fint-adapter'],
  });
});

test('register, heartbeat and the list of adapters', async () => {
  const { bench, call } = setUp();
  assert.deepEqual(await call('POST', '/provider/register', { body: contract() }), {
    status: 200,
    value: null,
    code: null,
  });
  const [stored] = await bench.tenant.runs.contracts();
  assert.deepEqual(
    stored?.capabilities.map((one) => one.collection),
    [pupils, 'felles/kodeverk/iso/landkode', 'felles/kodeverk/iso/kjonn'],
  );
  assert.equal(stored?.heartbeatAt, null);
  bench.wait(1_000);
  const beat = await call('POST', '/provider/heartbeat', {
    body: { adapterId: 'x', orgId: tenantId, username: 'adapter-1', time: 1_760_000_000_000 },
  });
  assert.deepEqual(beat, { status: 200, value: '💗', code: null });
  assert.ok(((await bench.tenant.runs.contracts())[0]?.heartbeatAt ?? 0) > 0);
  await call('POST', '/provider/register', {
    body: contract({ username: 'sandkasse@adapter.fjordheim.test', capabilities: [] }),
  });
  const [again, ...more] = await bench.tenant.runs.contracts();
  assert.deepEqual(
    [more.length, again?.capabilities.length, again?.username],
    [0, 0, 'sandkasse@adapter.fjordheim.test'],
  );
  assert.ok((again?.heartbeatAt ?? 0) > 0);
  assert.deepEqual((await call('GET', '/provider/adapter')).value, ['https://vendor.test/fjordheim.test/utdanning']);
});

test('a contract that is not right registers nothing', async () => {
  const { bench, call } = setUp();
  const capability = (more: object): object =>
    contract({
      capabilities: [
        {
          domainName: 'utdanning',
          packageName: 'elev',
          resourceName: 'elev',
          fullSyncIntervalInDays: 7,
          deltaSyncInterval: 'NONE',
          ...more,
        },
      ],
    });
  const cases: readonly (readonly [unknown, string])[] = [
    ['{"adapterId":', 'HUB-101'],
    ['[]', 'HUB-100'],
    ['', 'HUB-101'],
    [contract({ orgId: 'annen.test' }), 'HUB-401'],
    [contract({ orgId: 7 }), 'HUB-401'],
    [contract({ username: 'adapter-2' }), 'HUB-400'],
    [contract({ username: 'x@adapter.annen.test' }), 'HUB-400'],
    [contract({ username: 'x@adapter.annen.fjordheim.test' }), 'HUB-400'],
    [contract({ username: undefined }), 'HUB-103'],
    [contract({ username: `${'x'.repeat(600)}@adapter.fjordheim.test` }), 'HUB-103'],
    [contract({ adapterId: '' }), 'HUB-103'],
    [contract({ heartbeatIntervalInMinutes: 0 }), 'HUB-103'],
    [contract({ capabilities: 'alle' }), 'HUB-103'],
    [contract({ capabilities: [null] }), 'HUB-103'],
    [capability({ resourceName: 'ukjent' }), 'HUB-103'],
    [capability({ packageName: undefined }), 'HUB-103'],
    [capability({ fullSyncIntervalInDays: 0 }), 'HUB-103'],
    [capability({ fullSyncIntervalInDays: 8 }), 'HUB-103'],
    [capability({ fullSyncIntervalInDays: 1.5 }), 'HUB-103'],
    [capability({ deltaSyncInterval: 'ALLTID' }), 'HUB-103'],
    [
      JSON.parse(
        '{"__proto__":{"adapterId":"x","username":"adapter-1","heartbeatIntervalInMinutes":1,"capabilities":[]}}',
      ),
      'HUB-103',
    ],
  ];
  for (const [body, code] of cases)
    assert.equal((await call('POST', '/provider/register', { body })).code, code, JSON.stringify(body));
  bench.granted.deliver = (collection) => collection === pupils;
  assert.equal((await call('POST', '/provider/register', { body: contract() })).code, 'HUB-400');
  assert.deepEqual(await bench.tenant.runs.contracts(), []);
  assert.equal(bench.tenant.audited().at(-1)?.decision, 'deny');
});

test('a heartbeat of an unregistered adapter is no error; one for another organisation is', async () => {
  const { call } = setUp();
  assert.equal((await call('POST', '/provider/heartbeat', { body: { orgId: tenantId } })).status, 200);
  assert.equal((await call('POST', '/provider/heartbeat', { body: { orgId: 'annen.test' } })).code, 'HUB-401');
  assert.equal((await call('POST', '/provider/heartbeat', { body: 'x' })).code, 'HUB-101');
});

test('full, delta and delete pages answer as FINT does', async () => {
  const { bench, call } = setUp();
  const address = '/provider/utdanning/elev/elev';
  assert.deepEqual(await call('POST', address, { body: page([pupil('S1'), pupil('S2')]) }), {
    status: 201,
    value: null,
    code: null,
  });
  assert.deepEqual(await call('PATCH', address, { body: page([pupil('S3')], { corrId: 'c2' }) }), {
    status: 201,
    value: null,
    code: null,
  });
  assert.deepEqual(
    await call('DELETE', address, { body: page([{ identifier: 'S1', resource: null }], { corrId: 'c3' }) }),
    { status: 200, value: null, code: null },
  );
  assert.deepEqual(bench.there(), ['S2', 'S3']);
  assert.deepEqual([bench.run('c1').type, bench.run('c2').type, bench.run('c3').type], ['FULL', 'DELTA', 'DELETE']);
});

test('addresses match without regard to case, on both forms of the iso code lists, and with a slash at the end', async () => {
  const { bench, call } = setUp();
  const country = { identifier: 'NO', resource: { systemId: { identifikatorverdi: 'NO' }, kode: 'NO', navn: 'Norge' } };
  for (const [at, address] of [
    '/provider/felles/kodeverk/iso/landkode',
    '/provider/felles/kodeverk/landkode',
    '/provider/Felles/Kodeverk/ISO/Landkode/',
  ].entries())
    assert.equal((await call('POST', address, { body: page([country], { corrId: `c${at}` }) })).status, 201, address);
  assert.deepEqual(bench.there('felles/kodeverk/iso/landkode'), ['NO']);
  for (const address of [
    '/provider/utdanning/elev/ukjent',
    '/provider/utdanning/elev',
    '/provider/x',
    '/provider/felles/person',
    '/provider/utdanning/elev/elev/systemid/S1',
    '/provider/%E0%A4%A/x/y',
    '/provider/utdanning/elev/elev%00',
  ])
    assert.equal((await call('POST', address, { body: page([]) })).code, 'HUB-204', address);
});

test('media types: JSON and NDJSON, nothing else', async () => {
  const { bench, call } = setUp();
  const address = '/provider/utdanning/elev/elev';
  const lines = [{ adapterId: 'x', corrId: 'n1', totalSize: 1, page: 1 }, pupil('S1')]
    .map((one) => JSON.stringify(one))
    .join('\n');
  assert.equal((await call('POST', address, { body: lines, type: 'application/x-ndjson; charset=utf-8' })).status, 201);
  assert.equal(
    (await call('POST', address, { body: page([pupil('S2')]), type: 'Application/JSON;charset=UTF-8' })).status,
    201,
  );
  for (const type of [
    null,
    '',
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    '__proto__',
    'constructor',
  ])
    assert.equal((await call('POST', address, { body: page([pupil('S3')]), type })).code, 'HUB-104', String(type));
  assert.equal(bench.run('n1').state, 'completed');
});

test('bad pages get their code, and the data stay as they were', async () => {
  const { bench, call } = setUp();
  await call('POST', '/provider/utdanning/elev/elev', { body: page([pupil('S1')], { corrId: 'seed' }) });
  const before = bench.tenant.commits();
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const cases: readonly (readonly [unknown, string])[] = [
    ['', 'HUB-101'],
    ['{', 'HUB-101'],
    ['null', 'HUB-101'],
    ['[]', 'HUB-101'],
    [JSON.stringify(page([pupil('S2')])).slice(0, -20), 'HUB-101'],
    [JSON.stringify(page([pupil('S2')])).replace('"S2"', '"S2'), 'HUB-101'],
    [`{"metadata":{},"resources":[${deep}]}`, 'HUB-102'],
    [page([{ identifier: 'x', resource: { x: 'y'.repeat(4_194_304) } }]), 'HUB-102'],
    [
      page([{ identifier: 'x', resource: Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`k${at}`, 1])) }]),
      'HUB-102',
    ],
    [page(Array.from({ length: 50_001 }, () => 1)), 'HUB-102'],
    [page([pupil('S2')], { orgId: 'annen.test' }), 'HUB-401'],
    [page([pupil('S2')], { corrId: '../x' }), 'HUB-600'],
    [{ resources: [pupil('S2')] }, 'HUB-600'],
    [{}, 'HUB-600'],
  ];
  for (const [body, code] of cases)
    assert.equal(
      (await call('POST', '/provider/utdanning/elev/elev', { body })).code,
      code,
      JSON.stringify(body).slice(0, 60),
    );
  bench.granted.deliver = () => false;
  assert.equal((await call('POST', '/provider/utdanning/elev/elev', { body: page([]) })).code, 'HUB-400');
  assert.deepEqual([bench.there(), bench.tenant.commits()], [['S1'], before]);
  assert.equal(bench.tenant.audited().filter((record) => record.decision === 'deny').length, cases.length);
});

test('a run shows what it did and why entries were kept back, and no value', async () => {
  const { call } = setUp();
  await call('POST', '/provider/utdanning/elev/elev', {
    body: page([
      pupil('S1'),
      { identifier: 'hemmelig', resource: { systemId: 'hemmelig' } },
      'hemmelig',
      pupil('S4', 1, { ukjent: 'hemmelig' }),
    ]),
  });
  const { value } = await call('GET', '/provider/sync/c1');
  const run = value as Record<string, unknown> & { problems: Record<string, unknown>[]; dangling: unknown };
  assert.deepEqual(
    [
      run['state'],
      run['created'],
      run['rejected'],
      run['warnings'],
      run['receivedEntries'],
      run['totalSize'],
      run['pages'],
    ],
    ['completed', 2, 2, 1, 4, 4, 1],
  );
  assert.deepEqual(
    run.problems.map(({ page: number, index, severity, code, at }) => [number, index, severity, code, at]),
    [
      [1, 1, 'rejected', 'HUB-611', '/resource/systemId'],
      [1, 2, 'rejected', 'HUB-618', ''],
      [1, 3, 'warning', 'HUB-614', '/resource/ukjent'],
    ],
  );
  assert.deepEqual(run.dangling, [{ relation: 'person', count: 2 }]);
  assert.ok(!('client' in run) && !('order' in run));
  assert.doesNotMatch(JSON.stringify(run), /hemmelig/);
  const listed = await call('GET', '/provider/rejections/utdanning/elev/elev');
  assert.equal((listed.value as { problems: unknown[] }).problems.length, 3);
  assert.equal((await call('GET', '/provider/rejections/utdanning/elev/ukjent')).code, 'HUB-204');
});

test('runs are listed by class and state; parameters are checked', async () => {
  const { call } = setUp();
  await call('POST', '/provider/utdanning/elev/elev', { body: page([pupil('S1')]) });
  await call('POST', '/provider/utdanning/elev/elev', { body: page([pupil('S2')], { corrId: 'c2', totalSize: 9 }) });
  const listed = async (query: string): Promise<readonly string[]> =>
    ((await call('GET', `/provider/sync${query}`)).value as { runs: { corrId: string }[] }).runs.map(
      (run) => run.corrId,
    );
  assert.deepEqual(await listed(''), ['c2', 'c1']);
  assert.deepEqual(await listed('?state=open'), ['c2']);
  assert.deepEqual(await listed('?collection=utdanning/elev/elev&state=completed'), ['c1']);
  assert.deepEqual(await listed('?collection=utdanning/elev/person'), []);
  assert.equal((await call('GET', '/provider/sync?state=hva')).code, 'HUB-103');
  assert.equal((await call('GET', '/provider/sync?collection=x')).code, 'HUB-103');
});

test('a held run is decided by those who may deliver the class', async () => {
  const { bench, call } = setUp();
  const owner: Principal = { ...adapter('owner-client'), kind: 'client', scopes: new Set(['fint-client']) };
  await call('POST', '/provider/utdanning/elev/elev', { body: page([pupil('S1'), pupil('S2')]) });
  await call('POST', '/provider/utdanning/elev/elev', { body: page([], { corrId: 'c2' }) });
  bench.granted.deliver = (_, client) => client === 'owner-client';
  assert.equal((await call('POST', '/provider/sync/c2/confirm')).code, 'HUB-204');
  assert.equal((await call('GET', '/provider/sync/c2')).status, 200);
  assert.equal((await call('GET', '/provider/sync/c2', { principal: adapter('stranger') })).code, 'HUB-204');
  const confirmed = await call('POST', '/provider/sync/c2/confirm', { principal: owner });
  assert.deepEqual([confirmed.status, (confirmed.value as { state: string }).state], [200, 'completed']);
  assert.deepEqual(bench.there(), []);
  assert.equal((await call('POST', '/provider/sync/c2/reject', { principal: owner })).code, 'HUB-409');
  for (const address of [
    '/provider/sync/c2/delete',
    '/provider/sync/c2/confirm/x',
    '/provider/sync/ukjent/confirm',
    '/provider/sync',
  ])
    assert.equal((await call('POST', address, { principal: owner })).code, 'HUB-204', address);
  assert.equal((await call('GET', '/provider/sync/c2/confirm', { principal: owner })).code, 'HUB-204');
});

test('runs of others are like runs that do not exist', async () => {
  const { bench, call } = setUp();
  await call('POST', '/provider/utdanning/elev/elev', { body: page([pupil('S1')]) });
  bench.granted.deliver = () => false;
  const stranger = adapter('stranger');
  assert.deepEqual(
    await call('GET', '/provider/sync/c1', { principal: stranger }),
    await call('GET', '/provider/sync/finnes-ikke', { principal: stranger }),
  );
  assert.deepEqual((await call('GET', '/provider/sync', { principal: stranger })).value, { runs: [] });
  assert.equal(
    (await call('GET', '/provider/rejections/utdanning/elev/elev', { principal: stranger })).code,
    'HUB-204',
  );
});

test('every route wants a token of its kind; without one nothing runs', async () => {
  const { api, call, bench } = setUp();
  for (const route of api.routes) {
    // The description is for everyone who writes an adapter.
    if (route.path === '/provider/openapi') continue;
    assert.notEqual(route.access, 'open', route.path);
    assert.ok(route.scopes.length > 0, route.path);
  }
  assert.equal(
    (await call('POST', '/provider/utdanning/elev/elev', { body: page([pupil('S1')]), principal: null })).code,
    'HUB-300',
  );
  assert.equal(bench.tenant.commits(), 0);
});

test('the description is well-formed and names every route', () => {
  const [artefact] = setUp().api.describe();
  const document = JSON.parse(artefact?.text ?? '') as {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, unknown>>;
  };
  assert.equal(document.openapi, '3.1.0');
  golden(artefact?.name ?? '', artefact?.text ?? '');
  for (const path of [
    '/provider/status',
    '/provider/register',
    '/provider/heartbeat',
    '/provider/adapter',
    '/provider/sync',
    '/provider/{domain}/{package}/{resource}',
  ])
    assert.ok(path in document.paths, path);
});
