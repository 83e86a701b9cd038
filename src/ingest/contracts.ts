// What adapters promise: their contract with its capabilities, and their heartbeats (facts 5.2-5.4). Called by the adapter API through
// app/compose.ts. A contract is known by the application that registers it; registering again replaces it.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Decision } from '#hub/authorize.ts';
import type { Principal } from '#hub/principal.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Action } from '#store/plan.ts';
import type { AdapterContract, TenantStore } from '#store/store.ts';
import type { Asking, MakeAudit } from './audit.ts';

export type Registration = Asking & {
  readonly contract: Pick<
    AdapterContract,
    'adapterId' | 'username' | 'heartbeatIntervalInMinutes' | 'capabilities' | 'eventCapabilities'
  >;
};

export type Contracts = {
  /** Stores the contract. Fails with HUB-400 when a capability is not granted; its errors name the collections. */
  readonly register: (registration: Registration) => Promise<Result<null>>;
  /** Notes a sign of life. An application without a contract is not refused (facts 5.4: nothing is blocked), and nothing is kept. */
  readonly heartbeat: (asking: Asking) => Promise<void>;
  /** Ids of the adapters that are registered with the organisation. */
  readonly adapters: (principal: Principal) => Promise<readonly string[]>;
};

export type ContractDeps = {
  readonly clock: Clock;
  readonly observe: Observe;
  readonly audit: MakeAudit;
  readonly tenant: (id: string) => Promise<TenantStore>;
  readonly decide: (principal: Principal, collection: CollectionPath, action: Action) => Promise<Decision> | Decision;
};

/** Builds the contracts over the stores of all organisations. */
export const createContracts = ({ clock, observe, audit, tenant, decide }: ContractDeps): Contracts => {
  const register = async (registration: Registration): Promise<Result<null>> => {
    const { principal, contract } = registration;
    const store = await tenant(principal.tenant);
    const operation = 'register-adapter';
    const denied: { readonly path: CollectionPath; readonly rule: string }[] = [];
    const rules = new Set<string>();
    const named = [...contract.capabilities, ...(contract.eventCapabilities ?? [])];
    for (const collection of new Set(named.map((one) => one.collection))) {
      const decision = await decide(principal, collection, 'deliver');
      if (decision.allowed) rules.add(decision.rule);
      else denied.push({ path: collection, rule: decision.rule });
    }
    const [first] = denied;
    if (first !== undefined) {
      await store.appendAudit(
        audit(registration, {
          operation,
          collection: first.path,
          decision: 'deny',
          rule: first.rule,
          count: denied.length,
        }),
      );
      const errors = denied
        .slice(0, 100)
        .map(({ path }) => ({ at: path, message: 'no grant lets this application deliver the class' }));
      return failed(problem('HUB-400', 'Some capabilities are not granted; nothing was registered.', { errors }));
    }
    await store.write(async (tx) => {
      const before = await contractOf(store, principal.client);
      await tx.putContract({
        ...contract,
        client: principal.client,
        registeredAt: clock.now(),
        heartbeatAt: before?.heartbeatAt ?? null,
      });
      const rule = rules.size === 0 ? 'register' : [...rules].join(' ');
      await tx.audit(
        audit(registration, {
          operation,
          collection: '',
          decision: 'allow',
          rule,
          count: contract.capabilities.length,
        }),
      );
      await tx.settle();
    });
    return ok(null);
  };

  const heartbeat = async ({ principal }: Asking): Promise<void> => {
    const store = await tenant(principal.tenant);
    if ((await contractOf(store, principal.client)) !== null)
      await store.write(async (tx) => {
        const contract = await contractOf(store, principal.client);
        if (contract !== null) await tx.putContract({ ...contract, heartbeatAt: clock.now() });
        await tx.settle();
      });
    observe({ kind: 'heartbeat', tenant: principal.tenant, adapter: principal.client });
  };

  const adapters = async (principal: Principal): Promise<readonly string[]> => {
    const store = await tenant(principal.tenant);
    return [...new Set((await store.runs.contracts()).map((one) => one.adapterId))].sort();
  };

  return { register, heartbeat, adapters };
};

const contractOf = async (store: TenantStore, client: string): Promise<AdapterContract | null> =>
  (await store.runs.contracts()).find((one) => one.client === client) ?? null;
