// What the admin API says of adapters and events: the state of each adapter by what it promised, and events with what failed first.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { AdapterContract, EventState, SyncRun, WriteEvent } from '#apis/admin/ports.ts';
import type { ApiAnswer } from '#apis/api.ts';
import { adminBench, administratorOf, emptyTenant, type AdminBench } from './bench.ts';

const now = Date.parse('2026-11-02T08:00:00Z');
const minute = 60_000;
const day = 86_400_000;
const collection = 'utdanning/elev/elev';

const valueOf = (
  answer: ApiAnswer,
): { readonly items: readonly Record<string, unknown>[]; readonly next: string | null } => {
  assert.equal(answer.kind, 'json', JSON.stringify(answer));
  return (answer.kind === 'json' ? answer.value : null) as ReturnType<typeof valueOf>;
};

const withFjord = async (making: Promise<AdminBench>): Promise<AdminBench> => {
  const bench = await making;
  await bench.platform.putOrganisation({
    id: 'fjord.test',
    name: 'Fjord',
    orgNumber: null,
    settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
    createdAt: 1,
  });
  return bench;
};

const contract = (client: string, more: Partial<AdapterContract>): AdapterContract => ({
  client,
  adapterId: `https://vendor.example/${client}`,
  heartbeatIntervalInMinutes: 2,
  capabilities: [{ collection, fullSyncIntervalInDays: 1, deltaSyncInterval: 'IMMEDIATE' }],
  registeredAt: now - 10 * day,
  heartbeatAt: now - minute,
  ...more,
});

test('an adapter is healthy, silent, not following its contract, or unknown', async (context) => {
  const closedAt = new Map([
    ['fresh', now - day / 2],
    ['stale', now - 2 * day],
  ]);
  const contracts = [
    contract('healthy', {
      capabilities: [{ collection: 'fresh', fullSyncIntervalInDays: 1, deltaSyncInterval: 'NONE' }],
    }),
    contract('silent', { heartbeatAt: now - 4 * minute, capabilities: [] }),
    contract('never', { heartbeatAt: null, capabilities: [] }),
    contract('new', { heartbeatAt: null, registeredAt: now - minute }),
    contract('late', { capabilities: [{ collection: 'stale', fullSyncIntervalInDays: 1, deltaSyncInterval: 'NONE' }] }),
    contract('empty', {}),
  ];
  const bench = await withFjord(
    adminBench(
      context,
      () => ({
        ...emptyTenant,
        runs: {
          ...emptyTenant.runs,
          contracts: () => contracts,
          lastCompleted: (path, type) => {
            const at = closedAt.get(path);
            return at === undefined || type !== 'FULL' ? null : ({ closedAt: at } as SyncRun);
          },
        },
      }),
      () => now,
    ),
  );
  await bench.platform.putGrant({
    id: 'g',
    application: 'unheard',
    organisation: 'fjord.test',
    collections: ['utdanning/elev/*'],
    actions: ['deliver'],
    fields: null,
    withhold: [],
    rows: null,
    environment: 'test',
    from: null,
    to: null,
    purpose: '',
    agreement: null,
    createdAt: 1,
  });
  const { items } = valueOf(await bench.ask({ path: '/admin/organisations/fjord.test/adapters' }));
  assert.deepEqual(Object.fromEntries(items.map((one) => [one['client'], one['state']])), {
    healthy: 'healthy',
    silent: 'no-heartbeat',
    never: 'no-heartbeat',
    new: 'healthy',
    late: 'not-following-contract',
    empty: 'not-following-contract',
    unheard: 'unknown',
  });
  const silent = valueOf(await bench.ask({ path: '/admin/organisations/fjord.test/adapters?state=unknown' }));
  assert.deepEqual(
    silent.items.map((one) => one['client']),
    ['unheard'],
  );
});

const event = (order: number, state: EventState): WriteEvent => ({
  id: `e-${order}`,
  order,
  collection,
  operation: 'update',
  state,
  policy: 'source',
  client: 'client',
  api: 'fint',
  request: 'r',
  target: { field: 'systemid', value: 'secret-target' },
  value: '{"navn":"secret-value"}',
  filter: null,
  uid: 7,
  createdAt: now,
  deadline: now + minute,
  answeredAt: null,
  answeredBy: null,
  message: 'said',
  problems: [],
  answer: null,
  retainUntil: now + minute,
});

const states: readonly EventState[] = ['waiting', 'accepted', 'rejected', 'conflict', 'failed', 'expired'];
const all = Array.from({ length: 25 }, (_, index) => event(index + 1, states[index % states.length] ?? 'waiting'));

const withEvents = (context: TestContext, at = now): Promise<AdminBench> =>
  withFjord(
    adminBench(
      context,
      () => ({
        ...emptyTenant,
        events: {
          event: (id) => all.find((one) => one.id === id) ?? null,
          events: ({ state, before = Number.POSITIVE_INFINITY, limit }) =>
            all
              .filter((one) => one.state === state && one.order < before)
              .sort((a, b) => b.order - a.order)
              .slice(0, limit),
        },
      }),
      () => at,
    ),
  );

const isFailed = (state: unknown): boolean => state !== 'waiting' && state !== 'accepted';

test('events come with what failed first, each the newest first, each once, whatever the page size', async (context) => {
  const bench = await withEvents(context);
  const wanted = [
    ...all.filter(({ state }) => isFailed(state)).toReversed(),
    ...all.filter(({ state }) => !isFailed(state)).toReversed(),
  ].map(({ id }) => id);
  for (const limit of [1, 2, 7, 16, 17, 25, 100]) {
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path = `/admin/organisations/fjord.test/events?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page = valueOf(await bench.ask({ path }));
      seen.push(...page.items.map((one) => one['id']));
      cursor = page.next;
    }
    assert.deepEqual(seen, wanted, `pages of ${limit}`);
  }
  const ids = async (query: string): Promise<readonly unknown[]> =>
    valueOf(await bench.ask({ path: `/admin/organisations/fjord.test/events?${query}` })).items.map((one) => one['id']);
  assert.deepEqual(
    await ids('order=newest'),
    all.toReversed().map(({ id }) => id),
  );
  assert.deepEqual(await ids('state=conflict'), ['e-22', 'e-16', 'e-10', 'e-4']);
  assert.equal((await ids('state=failed-any')).length, 16);
  for (const query of ['state=lost', 'order=oldest', 'collection=nothing'])
    assert.equal((await bench.ask({ path: `/admin/organisations/fjord.test/events?${query}` })).kind, 'problem', query);
});

test('texts of an event go to administrators of the organisation who may change, while they are kept, and are on record', async (context) => {
  const path = '/admin/organisations/fjord.test/events/e-3';
  const shows = async (bench: AdminBench, organisation: string, scopes: readonly string[]): Promise<boolean> =>
    JSON.stringify(await bench.ask({ path, actor: administratorOf(organisation, scopes) })).includes('secret-');
  const bench = await withEvents(context);
  assert.equal(await shows(bench, 'fjord.test', ['admin.read']), false);
  assert.equal(bench.recorded.at(-1)?.record.seen, null);
  assert.equal(await shows(bench, 'fjord.test', ['admin.write']), true);
  assert.deepEqual(bench.recorded.at(-1)?.record.seen, { kind: 'uids', uids: 'Bw' });
  assert.equal(await shows(bench, 'fjord.test', ['admin.platform']), false);
  assert.equal(await shows(bench, 'other.test', ['admin.write', 'admin.platform']), false);
  assert.equal(await shows(await withEvents(context, now + 2 * minute), 'fjord.test', ['admin.write']), false);
  const list = await bench.ask({
    path: '/admin/organisations/fjord.test/events',
    actor: administratorOf('fjord.test', ['admin.write']),
  });
  assert.equal(JSON.stringify(list).includes('secret-'), false);
  assert.equal(JSON.stringify(bench.recorded).includes('secret-'), false);
});
