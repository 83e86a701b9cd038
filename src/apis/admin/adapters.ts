// Operations on adapters: who has promised to deliver what, and whether the promise is kept (facts 5.4, 8). Rows of operations.ts.
import { formatInstant } from '#base/clock.ts';
import type { Result } from '#base/result.ts';
import { isInForce, patternCovers } from '#hub/authorize.ts';
import { missing, pageOfList, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';
import { findOrganisation } from './organisations.ts';
import type { AdapterContract, TenantPort } from './ports.ts';

/** `unknown`: it may deliver and has promised nothing. `no-heartbeat`: silent for longer than promised. */
export const adapterStates = ['healthy', 'no-heartbeat', 'not-following-contract', 'unknown'] as const;
type AdapterState = (typeof adapterStates)[number];

const dayMs = 86_400_000;
const minuteMs = 60_000;
// A heartbeat may be this much later than promised before the adapter counts as silent.
const grace = 1.5;

const instant = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : formatInstant(ms);

type Promised = {
  readonly collection: string;
  readonly fullSyncIntervalInDays: number;
  readonly deltaSyncInterval: string;
  readonly lastFullSync: string | null;
  readonly lastDelta: string | null;
  /** Longer than promised since the last full sync, or since the promise when there has been none. */
  readonly overdue: boolean;
  readonly held: boolean;
};

const promisesOf = async (
  { runs }: TenantPort,
  contract: AdapterContract,
  now: number,
): Promise<readonly Promised[]> => {
  const promised: Promised[] = [];
  for (const { collection, fullSyncIntervalInDays, deltaSyncInterval } of contract.capabilities) {
    const full = await runs.lastCompleted(collection, 'FULL');
    const delta = await runs.lastCompleted(collection, 'DELTA');
    const held = await runs.runs({ collection, state: 'held', limit: 1 });
    const since = full?.closedAt ?? contract.registeredAt;
    promised.push({
      collection,
      fullSyncIntervalInDays,
      deltaSyncInterval,
      lastFullSync: instant(full?.closedAt),
      lastDelta: instant(delta?.closedAt),
      overdue: now - since > fullSyncIntervalInDays * dayMs,
      held: held.length > 0,
    });
  }
  return promised;
};

const stateOf = (contract: AdapterContract, promised: readonly Promised[], now: number): AdapterState => {
  const heard = contract.heartbeatAt ?? contract.registeredAt;
  if (now - heard > contract.heartbeatIntervalInMinutes * minuteMs * grace) return 'no-heartbeat';
  return promised.some(({ overdue }) => overdue) ? 'not-following-contract' : 'healthy';
};

type ShownAdapter = { readonly client: string; readonly state: AdapterState } & Readonly<Record<string, unknown>>;

const withContract = async (
  { ports }: AdminCall,
  tenant: TenantPort,
  contract: AdapterContract,
): Promise<ShownAdapter> => {
  const now = ports.clock.now();
  const collections = await promisesOf(tenant, contract, now);
  return {
    client: contract.client,
    name: (await ports.platform.application(contract.client))?.name ?? null,
    state: stateOf(contract, collections, now),
    adapterId: contract.adapterId,
    heartbeatIntervalInMinutes: contract.heartbeatIntervalInMinutes,
    registeredAt: formatInstant(contract.registeredAt),
    heartbeatAt: instant(contract.heartbeatAt),
    collections,
    answers: contract.eventCapabilities ?? [],
  };
};

/** Adapters of an organisation: those with a contract, and those that may deliver and have none. */
const adaptersOf = async (call: AdminCall, organisation: string): Promise<readonly ShownAdapter[]> => {
  const { platform, clock, model } = call.ports;
  const tenant = await call.ports.tenant(organisation);
  const contracts = await tenant.runs.contracts();
  const shown: ShownAdapter[] = [];
  for (const contract of contracts) shown.push(await withContract(call, tenant, contract));
  const now = clock.now();
  const silent = new Map<string, readonly string[]>();
  for (const grant of await platform.grants()) {
    const delivers = grant.organisation === organisation && grant.actions.includes('deliver') && isInForce(grant, now);
    if (!delivers || contracts.some(({ client }) => client === grant.application)) continue;
    silent.set(grant.application, [...(silent.get(grant.application) ?? []), ...grant.collections]);
  }
  for (const [client, patterns] of silent)
    shown.push({
      client,
      name: (await platform.application(client))?.name ?? null,
      state: 'unknown',
      adapterId: null,
      heartbeatIntervalInMinutes: null,
      registeredAt: null,
      heartbeatAt: null,
      collections: [],
      answers: [],
      mayDeliver: [...model.collections.keys()].filter((path) =>
        patterns.some((pattern) => patternCovers(pattern, path)),
      ).length,
    });
  return shown;
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const all = await adaptersOf(call, found.value.id);
  const state = call.query.get('state');
  const wanted = state === null ? all : all.filter((adapter) => adapter.state === state);
  return pageOfList(
    call,
    wanted,
    ({ client }) => client,
    (adapter) => adapter,
  );
};

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const all = await adaptersOf(call, found.value.id);
  const one = all.find(({ client }) => client === call.params['adapter']);
  return one === undefined ? missing(`There is no adapter ${call.params['adapter'] ?? ''}.`) : reply(one);
};

const path = '/admin/organisations/{organisation}/adapters';
const common = { method: 'GET', needs: 'read', tag: 'Adapters', status: 200 } as const;

/** The rows. */
export const adapterOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listAdapters',
    word: 'adapter list',
    path,
    summary: 'Adapters with what they promised, what they did, and whether that is healthy.',
    query: [{ name: 'state', description: 'Only those in this state.', schema: { enum: adapterStates } }],
    reply: 'AdapterList',
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'showAdapter',
    word: 'adapter show',
    path: `${path}/{adapter}`,
    summary: 'One adapter by its client id.',
    reply: 'Adapter',
    handle: shown,
  },
];
