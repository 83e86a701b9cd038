// The admin API over a platform of either engine and an organisation made up by the test: for tests of what it says, without a hub. Used by the tests
// of this folder.
import type { TestContext } from 'node:test';
import { operatorAt } from '#apis/admin/actor.ts';
import { createAdmin, type AdminRequest } from '#apis/admin/admin-api.ts';
import type { Actor, AdminPorts, TenantPort } from '#apis/admin/ports.ts';
import type { ApiAnswer } from '#apis/api.ts';
import { createAdminPorts } from '#app/admin-ports.ts';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { AuditRecord } from '#store/store.ts';
import { hubPackages } from '../../catalogue/access/hub-packages.ts';
import { hubBundles, hubModel } from '../../model/models.ts';
import { testDialect, type TestPlatform } from '../../store/conformance/dialects.ts';

export type AdminBench = {
  readonly platform: TestPlatform;
  /** What went into the audits of organisations. */
  readonly recorded: { readonly organisation: string; readonly record: AuditRecord }[];
  readonly ask: Ask;
  /** Another process over the same platform: it does not wait for the first. */
  readonly askElsewhere: Ask;
};

type Ask = (request: Partial<AdminRequest> & { readonly path: string }) => Promise<ApiAnswer>;

const model = hubModel();

/** Whoever may do everything. */
export const operator = operatorAt('tester');

/** An administrator of an organisation. */
export const administratorOf = (organisation: string, scopes: readonly string[]): Actor => ({
  ...operator,
  name: `admin:${organisation}`,
  client: `admin-${organisation}`,
  organisation,
  scopes,
});

/** Makes it, and closes it after the test; `now` is what the clock says. */
export const adminBench = async (
  context: TestContext,
  tenant: (organisation: string) => TenantPort,
  now: () => number = systemClock.now,
  more: Partial<AdminPorts> = {},
): Promise<AdminBench> => {
  const clock = { ...systemClock, now };
  const { at, dispose } = await testDialect.place();
  const platform = await testDialect.openPlatform(at, clock);
  context.after(async () => {
    await platform.close();
    await dispose();
  });
  const recorded: { organisation: string; record: AuditRecord }[] = [];
  const ports = createAdminPorts({
    model,
    bundles: hubBundles(),
    packages: hubPackages(),
    agreements: null,
    address: () => 'https://hub.example.test',
    clock,
    random: systemRandom,
    platform,
    defaults: { removalGuard: 0.05, extraBackLinks: true, strictness: [], writes: [] },
    fintTokenEndpoint: () => null,
    tenant: async (id) => tenant(id),
    append: async (organisation, record) => void recorded.push({ organisation, record }),
    deliver: () => null,
    ingest: () => Promise.reject(new Error('nothing is delivered here')),
    observe: ignoreEvents,
    audit: null,
    explain: null,
    quality: null,
    knows: null,
    erasures: null,
    exports: null,
    schedules: null,
    quotas: null,
  });
  const door = (): Ask => {
    const admin = createAdmin({ ...ports, ...more });
    return ({ path, ...request }) => {
      const [address = '', query = ''] = path.split('?', 2);
      return admin.answer({
        actor: operator,
        requestId: 'r-1',
        method: 'GET',
        text: '',
        header: () => null,
        ...request,
        path: address,
        query: new URLSearchParams(query),
      });
    };
  };
  return { platform, recorded, ask: door(), askElsewhere: door() };
};

/** An organisation with nothing in it. */
export const emptyTenant: TenantPort = {
  runs: {
    run: () => null,
    runs: () => [],
    lastCompleted: () => null,
    rejections: () => [],
    contracts: () => [],
  },
  events: { event: () => null, events: () => [] },
};
