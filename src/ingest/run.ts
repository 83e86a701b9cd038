// Sync runs: the pages of one delivery, applied one transaction each, and what happens when the last has come. Called by the adapter API
// through app/compose.ts. Knows no HTTP.
//
// What a run means (facts 5.3, 5.4; the finer points are ours):
// - A run is known by its corrId within the organisation. Its first page opens it; class, type, adapterId and totalSize must then stay the
//   same, or it fails and removes nothing (HUB-603). Pages come in any order and in parallel.
// - Pages are known by number and by a hash of their entries. A page that comes again is good and changes nothing; another page of the same
//   number replaces the first in the count. The run is complete when its pages hold totalSize entries; with more it has failed.
// - A complete full sync removes what neither its own pages hold nor a later delivery has touched. An entry that was kept back vouches for the
//   resource that it stands for. totalSize 0 empties the class.
// - More removals than the guard allows are held: nothing goes until someone confirms, and then what is to go is worked out anew.
// - A full sync that is opened while another of the class is open or held supersedes it: the older one's pages still count, but it removes
//   nothing any more.
// - Runs are ordered by their opening. What a later run has delivered or removed, an earlier one neither overwrites nor brings back.
// - A run that waits too long for a page (15 minutes, unless set otherwise) expires and removes nothing; its late pages are refused (HUB-602).
import { limits } from '#base/limits.ts';
import type { Result } from '#base/result.ts';
import type { SyncRun, TenantStore } from '#store/store.ts';
import { createBudget } from './budget.ts';
import { createContext } from './context.ts';
import type { IngestContext, IngestDeps } from './context.ts';
import { createContracts } from './contracts.ts';
import type { Contracts } from './contracts.ts';
import { createDeliver } from './deliver.ts';
import type { Delivery } from './deliver.ts';
import { createDecide } from './held-run.ts';
import type { RunDecision } from './held-run.ts';
import { createReports } from './reports.ts';
import type { Reports } from './reports.ts';
import { isOverdue, overdueRun } from './run-state.ts';

/** Defaults of the two settings. */
export const ingestDefaults = { bytesInFlight: 268_435_456, runIdleMs: 900_000 } as const;

export type Ingest = Contracts &
  Reports & {
    /** Receives and applies one page. Durable when it resolves with success; nothing is written when it does not, save the state of the run. */
    readonly deliver: (delivery: Delivery) => Promise<Result<null>>;
    /** Confirms or rejects a held run. HUB-204 when the caller may not know it, HUB-409 when it is not held. */
    readonly decide: (request: RunDecision) => Promise<Result<null>>;
    /** Ends the runs of an organisation that have waited too long; gives how many. */
    readonly sweep: (tenant: string) => Promise<number>;
    /** Bytes of bodies under way. */
    readonly bytesHeld: () => number;
  };

/** Builds the ingest over the stores of all organisations. */
export const createIngest = (deps: IngestDeps): Ingest => {
  const context = createContext(deps);
  const budget = createBudget(deps.bytesInFlight);
  return {
    deliver: createDeliver(context, budget),
    decide: createDecide(context),
    sweep: (tenant) => sweep(context, tenant),
    bytesHeld: budget.held,
    ...createContracts(context),
    ...createReports(context),
  };
};

const sweep = async (context: IngestContext, id: string): Promise<number> => {
  const tenant = await context.tenant(id);
  const { clock, runIdleMs } = context;
  if ((await overdueRuns(tenant, clock.now(), runIdleMs)).length === 0) return 0;
  const ended: SyncRun[] = [];
  await tenant.write(async (tx) => {
    const now = clock.now();
    for (const run of await overdueRuns(tenant, now, runIdleMs)) ended.push(await tx.putRun(overdueRun(run, now)));
    await tx.settle();
  });
  for (const run of ended) context.announce(id, run);
  return ended.length;
};

const overdueRuns = async ({ runs }: TenantStore, now: number, idleMs: number): Promise<readonly SyncRun[]> => {
  const open = await runs.runs({ state: 'open', limit: limits.openRunsPerTenant });
  const superseded = await runs.runs({ state: 'superseded', limit: limits.openRunsPerTenant });
  return [...open, ...superseded].filter((run) => isOverdue(run, now, idleMs));
};
