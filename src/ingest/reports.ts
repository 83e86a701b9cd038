// What adapter and owner can read about deliveries: runs with their problems, and what was kept back per collection. Called by the adapter
// API through app/compose.ts. Shown to the application that delivered, and to those that may deliver the collection; to others a run does
// not exist.
import { limits } from '#base/limits.ts';
import type { Decision } from '#hub/authorize.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Principal } from '#hub/principal.ts';
import type { Action } from '#store/plan.ts';
import type { Rejection, RunState, SyncRun, TenantStore } from '#store/store.ts';
import type { Asking, MakeAudit } from './audit.ts';
import { mostKept } from './run-notes.ts';

export type RunReport = Omit<SyncRun, 'order' | 'client'> & {
  readonly problems: readonly Rejection[];
  /** Links of the collection whose target has not been delivered; worked out when the run is over. */
  readonly dangling: readonly { readonly relation: string; readonly count: number }[];
};

export type Reports = {
  /** One run; null when there is none that the caller may see. */
  readonly run: (asking: Asking, corrId: string) => Promise<RunReport | null>;
  /** The newest runs that the caller may see. */
  readonly runs: (
    asking: Asking,
    query: { readonly collection: CollectionPath | null; readonly state: RunState | null },
  ) => Promise<readonly Omit<SyncRun, 'order' | 'client'>[]>;
  /** What was kept back or reported of a collection; null when the caller may not know. */
  readonly rejections: (asking: Asking, collection: CollectionPath) => Promise<readonly Rejection[] | null>;
};

export type ReportDeps = {
  readonly audit: MakeAudit;
  readonly tenant: (id: string) => Promise<TenantStore>;
  readonly decide: (principal: Principal, collection: CollectionPath, action: Action) => Promise<Decision> | Decision;
};

/** Runs in one answer. */
const runsPerAnswer = 200;

/** Builds the reports over the stores of all organisations. */
export const createReports = ({ audit, tenant, decide }: ReportDeps): Reports => {
  const mayKnow = async (asking: Asking, run: SyncRun): Promise<Decision | 'own'> => {
    const decision = await decide(asking.principal, run.collection, 'deliver');
    return decision.allowed || run.client !== asking.principal.client ? decision : 'own';
  };

  const record = async (
    store: TenantStore,
    asking: Asking,
    operation: string,
    collection: string,
    decision: Decision | 'own',
  ): Promise<boolean> => {
    const allowed = decision === 'own' || decision.allowed;
    const rule = decision === 'own' ? 'own-run' : decision.rule;
    await store.appendAudit(audit(asking, { operation, collection, decision: allowed ? 'allow' : 'deny', rule }));
    return allowed;
  };

  const run = async (asking: Asking, corrId: string): Promise<RunReport | null> => {
    const store = await tenant(asking.principal.tenant);
    const found = await store.runs.run(corrId);
    if (found === null) {
      // Recorded like one that is not the caller's: neither the audit nor the time it takes tells which it was.
      await record(store, asking, 'read-sync', 'unknown', { allowed: false, rule: 'no-grant' });
      return null;
    }
    const decision = await mayKnow(asking, found);
    if (!(await record(store, asking, 'read-sync', found.collection, decision))) return null;
    // All that are kept: an adapter that has one of its entries missing must be able to read why.
    const problems = await store.runs.rejections({ corrId, limit: mostKept });
    const over = found.state !== 'open' && decision !== 'own' && decision.allowed;
    return { ...shown(found), problems, dangling: over ? await store.reads.dangling(decision.plan) : [] };
  };

  const runs: Reports['runs'] = async (asking, { collection, state }) => {
    const store = await tenant(asking.principal.tenant);
    const query = {
      ...(collection === null ? {} : { collection }),
      ...(state === null ? {} : { state }),
      limit: runsPerAnswer,
    };
    const visible: SyncRun[] = [];
    for (const one of await store.runs.runs(query)) {
      const decision = await mayKnow(asking, one);
      if (decision === 'own' || decision.allowed) visible.push(one);
    }
    await store.appendAudit(
      audit(asking, {
        operation: 'list-syncs',
        collection: collection ?? '',
        decision: 'allow',
        rule: 'own-run',
        count: visible.length,
      }),
    );
    return visible.map(shown);
  };

  const rejections: Reports['rejections'] = async (asking, collection) => {
    const store = await tenant(asking.principal.tenant);
    const decision = await decide(asking.principal, collection, 'deliver');
    if (!(await record(store, asking, 'read-rejections', collection, decision))) return null;
    return store.runs.rejections({ collection, limit: limits.rejectionsPerAnswer });
  };

  return { run, runs, rejections };
};

const shown = ({ order: _order, client: _client, ...rest }: SyncRun): Omit<SyncRun, 'order' | 'client'> => rest;
