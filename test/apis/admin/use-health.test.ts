// How applications stand with what will go, as administrators are told: of their own applications alone, and by a running hub alone.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { UseHealth } from '#catalogue/use-health.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const health = (application: string): UseHealth => ({
  application,
  environment: 'sandbox',
  since: '2025-10-18',
  light: 'fine',
  parts: [],
});

const setUp = async (context: TestContext, running: boolean): Promise<AdminBench> => {
  const bench = await adminBench(
    context,
    () => emptyTenant,
    undefined,
    running ? { useHealth: async (application) => health(application) } : {},
  );
  await bench.platform.putOrganisation({
    id: 'vendor.test',
    name: 'vendor.test',
    orgNumber: null,
    settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
    createdAt: 1,
  });
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
  return bench;
};

const path = '/admin/applications/lms/health';

test('whoever administers the owner of an application is told, nobody else, and it is on record', async (context) => {
  const bench = await setUp(context, true);
  const ask = async (organisation: string, scopes: readonly string[], at = path) => {
    const answer = await bench.ask({ actor: administratorOf(organisation, scopes), path: at });
    return answer.kind === 'json' ? answer.value : answer.kind === 'problem' ? answer.problem.code : answer.kind;
  };
  assert.deepEqual(await ask('vendor.test', ['admin.read']), health('lms'));
  assert.equal(await ask('other.test', ['admin.read']), 'HUB-204');
  assert.equal(await ask('vendor.test', []), 'HUB-302');
  assert.equal(await ask('vendor.test', ['admin.read'], '/admin/applications/nobody/health'), 'HUB-204');
  const told = bench.recorded.filter(({ organisation }) => organisation === 'vendor.test');
  assert.deepEqual(
    told.map(({ record }) => [record.operation, record.decision]),
    [
      ['app health', 'allow'],
      ['app health', 'deny'],
      ['app health', 'deny'],
    ],
  );
});

test('beside a hub nobody knows what was announced', async (context) => {
  const bench = await setUp(context, false);
  const answer = await bench.ask({ actor: operator, path });
  assert.equal(answer.kind === 'problem' && answer.problem.code, 'HUB-409');
});
