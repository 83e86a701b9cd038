// What every part of ingest works with: the ports it was given, and the few steps that all take (permission with its audit, announcing a run).
// Built once by run.ts.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import { createShares, type Shares } from '#base/shares.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Decision } from '#hub/authorize.ts';
import type { Principal } from '#hub/principal.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type { Environment, Eventually, OrganisationSettings, SyncRun, TenantStore } from '#store/store.ts';
import { createAudit } from './audit.ts';
import type { Asking, MakeAudit } from './audit.ts';
import { createTurns, type Turns } from './turns.ts';

export type IngestDeps = {
  readonly model: Model;
  /** The public address of the hub, without a slash at its end: nested links begin with it. Asked when a collection is first delivered. */
  readonly baseUrl: () => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: Observe;
  readonly tenant: (id: string) => Promise<TenantStore>;
  readonly settings: (tenant: string) => Eventually<OrganisationSettings>;
  readonly decide: (principal: Principal, collection: CollectionPath, action: Action) => Promise<Decision> | Decision;
  /** The keyed hash of an organisation, by which an adapter finds an entry again without the hub keeping the identifier. */
  readonly pseudonym: (tenant: string) => Promise<(text: string) => string>;
  /** Bytes of bodies that may be under way in the process. */
  readonly bytesInFlight: number;
  /** How long a run waits for its next page. */
  readonly runIdleMs: number;
  /** Says which national ids can be delivered; absent = all. */
  readonly environment?: Environment;
  /** Whom the work of the process is shared with; nobody when left out. */
  readonly shares?: Shares;
};

/** What a request may do with a collection, and what that rests on. */
export type Permit = { readonly plan: AuthorizedPlan; readonly rule: string };

export type IngestContext = IngestDeps & {
  /** Gives the turns of one piece of long work of an organisation. */
  readonly turns: (tenant: string) => Turns;
  readonly audit: MakeAudit;
  /** The permission to deliver a collection; a refusal (HUB-400) is on record when it resolves. */
  readonly permitted: (
    asking: Asking,
    collection: CollectionPath,
    operation: string,
    /** Whose grant it rests on, when that is not the one who asks. */
    holder?: Principal,
  ) => Promise<Result<Permit>>;
  readonly announce: (tenant: string, run: SyncRun) => void;
};

/** Adds the common steps to the ports. */
export const createContext = (deps: IngestDeps): IngestContext => {
  const audit = createAudit(deps);
  const shares = deps.shares ?? createShares(deps.clock);
  return {
    ...deps,
    audit,
    turns: (tenant) => createTurns(deps.clock, shares, tenant),
    permitted: async (asking, collection, operation, holder = asking.principal) => {
      const decision = await deps.decide(holder, collection, 'deliver');
      if (decision.allowed) return ok({ plan: decision.plan, rule: decision.rule });
      const tenant = await deps.tenant(asking.principal.tenant);
      await tenant.appendAudit(audit(asking, { operation, collection, decision: 'deny', rule: decision.rule }));
      return failed(problem('HUB-400', 'No grant lets this application deliver the class.'));
    },
    announce: (tenant, { collection, type, state, removed }) =>
      deps.observe({ kind: 'sync-run', tenant, collection, type, state, removed }),
  };
};
