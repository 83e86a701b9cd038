// Exports as the owner of the data looks after them: what every application was given, what is held, how files are made, and when by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminBench, administratorOf, emptyTenant, operator } from './bench.ts';
import { exportWorld, type ExportWorld } from './fake-exports.ts';

const writer = administratorOf('tindvag.test', ['admin.write']);
const reader = administratorOf('tindvag.test', ['admin.read']);
const neighbour = administratorOf('nabo.test', ['admin.write']);

type Shown = Readonly<Record<string, unknown>>;

const send = async (
  world: ExportWorld,
  method: string,
  path: string,
  body: object = {},
  more: { readonly actor?: typeof operator; readonly header?: (name: string) => string | null } = {},
) => {
  const answer = await world.ask({
    actor: writer,
    method,
    path: `/admin/organisations/tindvag.test${path}`,
    text: method === 'GET' ? '' : JSON.stringify(body),
    ...more,
  });
  if (answer.kind === 'problem') {
    const { code, errors = [] } = answer.problem;
    return {
      status: 0,
      value: {} as Shown,
      items: [] as readonly Shown[],
      code,
      at: errors.map(({ at }) => at),
      etag: '',
    };
  }
  assert.equal(answer.kind, 'json');
  const value = answer.value as Shown;
  const items = (value['items'] ?? []) as readonly Shown[];
  return { status: answer.status, value, items, code: '', at: [] as string[], etag: answer.headers?.['etag'] ?? '' };
};

test('the owner sees the runs of all applications, and no other does', async (context) => {
  const world = await exportWorld(context);
  const all = await send(world, 'GET', '/exports', {}, { actor: reader });
  assert.deepEqual(
    all.items.map(({ id }) => id),
    ['r1', 'r2', 'r3'],
  );
  assert.deepEqual(world.askers[0]?.organisation, 'tindvag.test');
  assert.deepEqual(
    (await send(world, 'GET', '/exports?application=bas')).items.map(({ id }) => id),
    ['r2'],
  );
  assert.deepEqual(
    (await send(world, 'GET', '/exports?state=held&limit=1')).items.map(({ id }) => id),
    ['r1'],
  );
  assert.equal((await send(world, 'GET', '/exports?state=odd')).code, 'HUB-103');
  for (const limit of ['0', '1001', 'x'])
    assert.equal((await send(world, 'GET', `/exports?limit=${limit}`)).code, 'HUB-103');
  const held = await send(world, 'GET', '/exports/r1');
  assert.deepEqual(held.value['reason'], { code: 'HUB-420', detail: 'Much would go.' });
  assert.equal((await send(world, 'GET', '/exports/none')).code, 'HUB-204');
  assert.equal((await send(world, 'GET', '/exports', {}, { actor: neighbour })).code, 'HUB-204');
  assert.ok(world.recorded.some(({ record }) => record.operation === 'export show' && record.details === 'r1'));
});

test('a held run is let out with a reason by whoever may change, and that is on record', async (context) => {
  const world = await exportWorld(context);
  assert.equal(
    (await send(world, 'POST', '/exports/r1/confirm', { reason: 'Closed' }, { actor: reader })).code,
    'HUB-302',
  );
  assert.deepEqual((await send(world, 'POST', '/exports/r1/confirm')).at, ['/reason']);
  assert.deepEqual((await send(world, 'POST', '/exports/r1/confirm', { reason: 'For 14851461249' })).at, ['/reason']);
  assert.equal((await send(world, 'POST', '/exports/r2/confirm', { reason: 'Closed' })).code, 'HUB-409');
  assert.equal((await send(world, 'POST', '/exports/r2/cancel')).code, 'HUB-409');
  assert.equal((await send(world, 'POST', '/exports/none/reject')).code, 'HUB-204');
  assert.deepEqual(world.done, []);
  assert.equal((await send(world, 'POST', '/exports/r1/confirm', { reason: 'Closed' })).value['state'], 'ready');
  assert.equal((await send(world, 'POST', '/exports/r3/cancel')).status, 200);
  assert.deepEqual(world.done, ['confirm r1 Closed', 'cancel r3 ']);
  const notices = await world.platform.auditNotices(10);
  assert.deepEqual(
    notices.map(({ organisation, record }) => [organisation, record.operation, record.details]),
    [
      ['tindvag.test', 'export confirm', 'r1 lms: Closed'],
      ['tindvag.test', 'export cancel', 'r3 lms'],
    ],
  );
});

test('how files are made for an application is set part by part', async (context) => {
  const world = await exportWorld(context);
  const path = '/export-settings/lms';
  const before = await send(world, 'GET', path);
  assert.deepEqual(before.value, { application: 'lms', profiles: {}, source: null, target: null, dropGuard: 0.05 });
  const set = await send(world, 'PATCH', path, {
    profiles: { pifu: 'pifu-ims-1.1', ims: 'ims-1.1-moodle' },
    target: 'moodle',
  });
  assert.deepEqual(set.value['profiles'], { pifu: 'pifu-ims-1.1', ims: 'ims-1.1-moodle' });
  const more = await send(world, 'PATCH', path, { profiles: { ims: null }, dropGuard: 0.2 });
  assert.deepEqual(more.value, {
    application: 'lms',
    profiles: { pifu: 'pifu-ims-1.1' },
    source: null,
    target: 'moodle',
    dropGuard: 0.2,
  });
  const stale = { header: (name: string) => (name === 'if-match' ? before.etag : null) };
  assert.equal((await send(world, 'PATCH', path, { dropGuard: 0 }, stale)).code, 'HUB-412');
  assert.equal((await send(world, 'PATCH', path, { dropGuard: 1 })).value['dropGuard'], 1);
  for (const [body, at] of [
    [{ profiles: { pifu: 'ims-1.1' } }, '/profiles/pifu'],
    [{ profiles: { csv: 'x' } }, '/profiles/csv'],
    [{ profiles: 'pifu' }, '/profiles'],
    [{ dropGuard: 1.01 }, '/dropGuard'],
    [{ dropGuard: -0.01 }, '/dropGuard'],
    [{ dropGuard: 'all' }, '/dropGuard'],
    [{ target: 'x'.repeat(33) }, '/target'],
    [{ source: 'not taken' }, '/source'],
    [{ colour: 'red' }, '/colour'],
  ] as const)
    assert.deepEqual((await send(world, 'PATCH', path, body)).at, [at], JSON.stringify(body));
  // Whoever is let in by others alone is as if it were not there.
  for (const id of ['stranger', 'none'])
    assert.equal((await send(world, 'GET', `/export-settings/${id}`)).code, 'HUB-204');
});

test('a schedule is added, changed and removed', async (context) => {
  const world = await exportWorld(context);
  const path = '/export-schedules';
  assert.deepEqual((await send(world, 'GET', '/export-targets')).items, [{ name: 'lms' }]);
  const made = await send(world, 'POST', path, { application: 'lms', format: 'pifu', at: '02:30', target: 'lms' });
  assert.equal(made.status, 201);
  assert.deepEqual(made.value, {
    id: 'sch-1',
    application: 'lms',
    format: 'pifu',
    profile: null,
    type: 'full',
    schools: null,
    schoolYear: null,
    at: '02:30',
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    target: 'lms',
    fileName: null,
    next: '2026-11-03T01:30:00Z',
    last: null,
    pending: null,
  });
  const one = `${path}/sch-1`;
  const changed = await send(world, 'PATCH', one, {
    days: ['fri', 'mon'],
    format: 'ims',
    profile: 'ims-1.1-itslearning',
    type: 'delta',
  });
  assert.deepEqual(
    [changed.value['days'], changed.value['profile'], changed.value['at']],
    [['mon', 'fri'], 'ims-1.1-itslearning', '02:30'],
  );
  assert.equal((await send(world, 'PATCH', one, { at: '03:00' }, { header: () => made.etag })).code, 'HUB-412');
  for (const [body, at] of [
    [{ format: 'csv' }, ['/format']],
    [{ format: 'abc' }, ['/profile', '/type']],
    [{ profile: 'pifu-ims-1.1' }, ['/profile']],
    [{ at: '24:00' }, ['/at']],
    [{ at: '2:30' }, ['/at']],
    [{ days: [] }, ['/days']],
    [{ days: ['mandag'] }, ['/days']],
    [{ target: '' }, ['/target']],
    [{ application: 'stranger' }, ['/application']],
    [{ since: 'x' }, ['/since']],
  ] as const)
    assert.deepEqual((await send(world, 'PATCH', one, body)).at, at, JSON.stringify(body));
  assert.deepEqual((await send(world, 'POST', path, {})).at.toSorted(), ['/application', '/at', '/format', '/target']);
  assert.equal((await send(world, 'PATCH', one, { target: 'elsewhere' })).code, 'HUB-103');
  assert.equal((await send(world, 'GET', `${path}/none`)).code, 'HUB-204');
  assert.equal((await send(world, 'GET', one)).value['id'], 'sch-1');
  assert.equal((await send(world, 'DELETE', one)).status, 200);
  assert.equal((await send(world, 'DELETE', one)).code, 'HUB-204');
  assert.equal((await send(world, 'GET', path)).items.length, 0);
});

test('a hub that makes none says so', async (context) => {
  const bench = await adminBench(context, () => emptyTenant);
  await bench.platform.putOrganisation({
    id: 'tindvag.test',
    name: 'x',
    orgNumber: null,
    settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
    createdAt: 1,
  });
  const answer = await bench.ask({ actor: writer, path: '/admin/organisations/tindvag.test/exports' });
  assert.equal(answer.kind === 'problem' ? answer.problem.code : '', 'HUB-409');
});
