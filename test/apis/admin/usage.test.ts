// Quotas as administrators see them: limits of a link, who may give which, and what has been used.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createQuotas, type Quotas } from '#hub/quotas.ts';
import { systemClock } from '#base/clock.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const owner = administratorOf('tindvag.test', ['admin.read', 'admin.write']);
const neighbour = administratorOf('nabo.test', ['admin.read', 'admin.write']);
const usual = { perMinute: 600, perDay: 20_000 } as const;
const terms = {
  application: 'lms',
  organisation: 'tindvag.test',
  scopes: ['vfs:pupils.read'],
  agreement: { reference: 'DBA-2026-17' },
  purpose: 'Timetables',
};

const setUp = async (context: TestContext): Promise<AdminBench & { readonly quotas: Quotas }> => {
  const shared: { quotas: Quotas | null } = { quotas: null };
  const bench = await adminBench(context, () => emptyTenant, undefined, {
    quotas: { usual, usageOf: (organisation) => shared.quotas?.usageOf(organisation) ?? [] },
  });
  const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
  for (const id of ['tindvag.test', 'nabo.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  await bench.platform.putApplication({
    id: 'lms',
    name: 'lms',
    kind: 'client',
    owner: 'vendor.test',
    describe: '',
    environment: 'sandbox',
    secrets: [],
    jwks: null,
    disabled: false,
    createdAt: 1,
  });
  const quotas = await createQuotas({
    platform: bench.platform,
    clock: systemClock,
    observe: () => {},
    environment: 'sandbox',
    usual,
    others: false,
  });
  shared.quotas = quotas;
  context.after(() => quotas.close());
  return { ...bench, quotas };
};

const ask = async (bench: AdminBench, method: string, path: string, body: object | null, actor = owner) => {
  const answer = await bench.ask({ actor, method, path, text: body === null ? '' : JSON.stringify(body) });
  if (answer.kind === 'problem')
    return {
      value: {} as Readonly<Record<string, unknown>>,
      told: `${answer.problem.code} ${answer.problem.errors?.map(({ at }) => at).join() ?? ''}`.trim(),
    };
  assert.equal(answer.kind, 'json');
  return { value: answer.value as Readonly<Record<string, unknown>>, told: 'fine' };
};

test('an owner gives a link less than others have, whoever runs the hub also more; it holds within a second or two', async (context) => {
  const bench = await setUp(context);
  const made = await ask(bench, 'POST', '/admin/links', { ...terms, quota: { perMinute: 5, perDay: null } });
  assert.equal(made.told, 'fine');
  assert.deepEqual(made.value['quota'], { perMinute: 5, perDay: null });
  const path = `/admin/links/${String(made.value['id'])}`;
  const set = (quota: unknown, actor = owner) => ask(bench, 'PATCH', path, { quota }, actor);
  await bench.quotas.exchange();
  const whose = { client: 'lms', tenant: 'tindvag.test' };
  for (let times = 0; times < 5; times += 1) assert.equal(bench.quotas.take(whose).retryAfter, null);
  assert.notEqual(bench.quotas.take(whose).retryAfter, null);
  assert.equal((await set({ perMinute: 601 })).told, 'HUB-103 /quota/perMinute');
  assert.equal((await set({ perMinute: 0 })).told, 'HUB-103 /quota/perMinute');
  assert.equal((await set({ perDay: 20_001, perMinute: -1 })).told, 'HUB-103 /quota/perMinute,/quota/perDay');
  for (const bad of ['many', 5, [], { perMinute: '5' }, { perMinute: 1.5 }, { perHour: 5 }, { perDay: 1e12 }])
    assert.match((await set(bad, operator)).told, /^HUB-103 \/quota/);
  assert.equal((await set({ perMinute: 600, perDay: 20_000 })).told, 'fine');
  assert.equal((await set({ perMinute: 5_000, perDay: 0 }, operator)).told, 'fine');
  await bench.quotas.exchange();
  assert.deepEqual(bench.quotas.take(whose).day, null);
  assert.deepEqual((await ask(bench, 'PATCH', path, { purpose: 'Other' })).value['quota'], {
    perMinute: 5_000,
    perDay: 0,
  });
  assert.equal((await set(null)).value['quota'], null);
  await bench.quotas.exchange();
  assert.equal(bench.quotas.usage(whose).burst.limit, 600);
});

test('what is used is shown to whom the organisation is, and to those who run the hub', async (context) => {
  const bench = await setUp(context);
  const path = '/admin/organisations/tindvag.test/usage';
  assert.deepEqual((await ask(bench, 'GET', path, null)).value, { usual, items: [] });
  for (let times = 0; times < 3; times += 1) bench.quotas.take({ client: 'lms', tenant: 'tindvag.test' });
  bench.quotas.take({ client: 'lms', tenant: 'nabo.test' });
  for (const actor of [owner, operator]) {
    const { value } = await ask(bench, 'GET', path, null, actor);
    const [one, ...more] = value['items'] as readonly { readonly application: string; readonly day: object }[];
    assert.deepEqual(more, []);
    assert.equal(one?.application, 'lms');
    assert.partialDeepStrictEqual(one?.day, { limit: 20_000, used: 3, left: 19_997, window: 86_400 });
  }
  assert.equal((await ask(bench, 'GET', path, null, neighbour)).told, 'HUB-204');
  assert.equal((await ask(bench, 'GET', '/admin/organisations/nowhere.test/usage', null)).told, 'HUB-204');
});
