// Explains an answer afterwards, to the application that got it or to the owner of the data: which grant, scope, filter, row limit, withheld field, quota
// or stale sync made it empty, refused or smaller. Called by the explain API and the admin API. What nobody may hear of, it does not look at.
import { formatInstant, type Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { AuditRecord, Environment, Grant, PlatformStore, SyncRun, TenantRuns, TenantTrail } from '#store/store.ts';
import { answerOf, reasonsOf, tellsNothing, type ExplainedAnswer } from './explain-record.ts';
import { reasonOf, type Reason } from './explain-reasons.ts';

/** Who asks: an application about what it has asked itself; the owner of the data about any (`application`: only of this one). */
export type ExplainAsker =
  | { readonly kind: 'application'; readonly application: string }
  | { readonly kind: 'owner'; readonly application: string | null };

/** A grant as an explanation names it. What the owner wrote for itself, and which targets rows are limited to, only the owner is told. */
export type ExplainedGrant = {
  readonly id: string;
  readonly collections: readonly string[];
  readonly actions: readonly string[];
  readonly fields: readonly string[] | null;
  readonly withhold: readonly string[];
  readonly rows: { readonly scope: string; readonly field: string; readonly count: number } | null;
  readonly rowValues?: readonly string[];
  readonly clearance: number;
  readonly scope: string | null;
  readonly link: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly createdAt: string;
  readonly changedAt: string | null;
  readonly purpose?: string;
  readonly agreement?: string | null;
};

export type ExplainedPart = {
  readonly at: string;
  readonly api: string;
  readonly operation: string;
  readonly collection: string;
  readonly decision: AuditRecord['decision'];
  readonly answer: ExplainedAnswer;
  readonly reasons: readonly Reason[];
};

export type Explanation = {
  readonly request: string;
  readonly application: string;
  readonly organisation: string;
  readonly at: string;
  /** One for each decision of the request. */
  readonly parts: readonly ExplainedPart[];
  /** Those that parts rested on, and that reasons name. */
  readonly grants: readonly ExplainedGrant[];
};

export type Explainer = {
  /** Null where there is nothing to explain to this asker: no such request, somebody else's, or one of too long ago. */
  readonly explain: (organisation: string, request: string, asker: ExplainAsker) => Promise<Explanation | null>;
};

/** The part of an organisation's store that it takes. */
export type ExplainedTenant = {
  readonly trail: Pick<TenantTrail, 'scan'>;
  readonly runs: Pick<TenantRuns, 'runs' | 'contracts'>;
};

export type ExplainerDeps = {
  readonly model: Model;
  readonly clock: Pick<Clock, 'now'>;
  readonly platform: Pick<PlatformStore, 'grantsOf' | 'application'>;
  /** Of the hub; null = of the application (where the data are, no hub says it). */
  readonly environment: Environment | null;
  readonly tenant: (organisation: string) => Promise<ExplainedTenant>;
};

/** The name by which questions for explanations stand in the audit; they are not explained themselves. */
export const explainApi = 'explain';

const dayMs = 86_400_000;
// Decisions of one request are recorded within its time, and that is shorter.
const requestMs = 600_000;

/** Makes it over the audit, the grants and the runs. */
export const createExplainer = ({ model, clock, platform, environment, tenant }: ExplainerDeps): Explainer => {
  const grantsOf = async (application: string, organisation: string): Promise<readonly Grant[]> => {
    const place = environment ?? (await platform.application(application))?.environment ?? null;
    const all = await platform.grantsOf(application);
    return all.filter((grant) => grant.organisation === organisation && grant.environment === place);
  };

  return {
    explain: async (organisation, request, asker) => {
      if (request === '' || request.length > limits.requestIdLength) return null;
      const { trail, runs } = await tenant(organisation);
      const records = await recordsOf(trail, request, asker, clock.now() - limits.explainDays * dayMs);
      const newest = records.at(-1);
      if (newest === undefined) return null;
      const application = newest.client;
      const grants = await grantsOf(application, organisation);
      const parts: ExplainedPart[] = [];
      for (const record of records) {
        const reasons = [...reasonsOf(record, { model, grants }), ...(await ofFreshness(runs, record, model))];
        const { api, operation, collection, decision } = record;
        const answer = answerOf(record);
        parts.push({ at: formatInstant(record.at), api, operation, collection, decision, answer, reasons });
      }
      const named = new Set([
        ...parts.flatMap(({ reasons }) => reasons.flatMap((reason) => reason.grants ?? [])),
        ...records.flatMap(({ rule }) => rule.split(' ')),
      ]);
      return {
        request,
        application,
        organisation,
        at: formatInstant(newest.at),
        parts,
        grants: grants.filter(({ id }) => named.has(id)).map((grant) => shownTo(asker, grant)),
      };
    },
  };
};

const isExplained = ({ api }: AuditRecord): boolean => api !== explainApi;

/** The records of the newest request of this id that the asker may hear of, oldest first. Clients may use an id twice. */
const recordsOf = async (
  trail: Pick<TenantTrail, 'scan'>,
  request: string,
  asker: ExplainAsker,
  from: number,
): Promise<readonly AuditRecord[]> => {
  const latest = limits.explainRecords;
  let newest: AuditRecord | undefined;
  for await (const found of trail.scan({ order: 'newest', from, latest, request, client: asker.application })) {
    newest = found.map(({ record }) => record).find(isExplained);
    if (newest !== undefined) break;
  }
  if (newest === undefined) return [];
  const { at, client, token } = newest;
  const records: AuditRecord[] = [];
  const period = { from: Math.max(from, at - requestMs), to: at };
  for await (const found of trail.scan({ order: 'oldest', ...period, latest, request, client }))
    for (const { record } of found)
      if (
        isExplained(record) &&
        record.token === token &&
        !tellsNothing(record) &&
        records.length < limits.explainParts
      )
        records.push(record);
  // Decisions that wait for the disk together stand in no order of their own.
  return records.toSorted((a, b) => a.at - b.at || (placeOf(a) < placeOf(b) ? -1 : 1));
};

const placeOf = ({ collection, operation, decision }: AuditRecord): string => `${collection} ${operation} ${decision}`;

const instantOrNull = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : formatInstant(at);

const shownTo = ({ kind }: ExplainAsker, grant: Grant): ExplainedGrant => {
  const { id, collections, actions, fields, withhold, rows, purpose, agreement } = grant;
  return {
    id,
    collections,
    actions,
    fields,
    withhold,
    rows: rows === null ? null : { scope: rows.scope, field: rows.field, count: rows.values.length },
    clearance: grant.clearance ?? 0,
    scope: grant.scope ?? null,
    link: grant.link ?? null,
    from: instantOrNull(grant.from),
    to: instantOrNull(grant.to),
    createdAt: formatInstant(grant.createdAt),
    changedAt: instantOrNull(grant.changedAt),
    ...(kind === 'owner' ? { purpose, agreement, ...(rows === null ? {} : { rowValues: rows.values }) } : {}),
  };
};

// Runs of a collection that are looked at for what was delivered before a request.
const runsLookedAt = 200;

/** How old the data were when the answer was made: only of answers that were allowed, which tell it themselves. */
const ofFreshness = async (
  runs: Pick<TenantRuns, 'runs' | 'contracts'>,
  record: AuditRecord,
  model: Model,
): Promise<readonly Reason[]> => {
  const { collection, at, decision } = record;
  const answer = answerOf(record);
  if (decision === 'deny' || !model.collections.has(collection) || answer === 'unknown') return [];
  const contracts = (await runs.contracts()).filter(({ registeredAt }) => registeredAt <= at);
  const promising = contracts.flatMap(({ adapterId, capabilities }) =>
    capabilities
      .filter((one) => one.collection === collection)
      .map(({ fullSyncIntervalInDays }) => ({ adapterId, days: fullSyncIntervalInDays })),
  );
  const sources = [...new Set(promising.map(({ adapterId }) => adapterId))].toSorted();
  const all = await runs.runs({ collection, limit: runsLookedAt });
  const before = all.filter(({ openedAt }) => openedAt <= at);
  const isTold = before.length > 0 || all.length < runsLookedAt;
  const held = before.some((run) => isHeldAt(run, at));
  const waiting = held ? [reasonOf('sync-held', 'notice', { sources })] : [];
  if (!isTold) return waiting;
  if (before.every(({ pages }) => pages === 0))
    return answer === 'empty' && sources.length > 0
      ? [reasonOf('never-delivered', 'empty', { sources }), ...waiting]
      : waiting;
  const promisedDays = Math.min(...promising.map(({ days }) => days));
  const full = await lastFullBefore(runs, collection, at, before);
  if (full === 'unknown' || promising.length === 0 || (full !== null && at - full <= promisedDays * dayMs))
    return waiting;
  return [reasonOf('stale', 'notice', { sources, fullSyncAt: instantOrNull(full), promisedDays }), ...waiting];
};

const isHeldAt = ({ state, type, closedAt, touchedAt }: SyncRun, at: number): boolean =>
  type === 'FULL' && state === 'held' && (closedAt ?? touchedAt) <= at;

/** When the last full sync before a moment was completed; null = none was. */
const lastFullBefore = async (
  runs: Pick<TenantRuns, 'runs'>,
  collection: CollectionPath,
  at: number,
  known: readonly SyncRun[],
): Promise<number | null | 'unknown'> => {
  const isOne = ({ type, state, closedAt }: SyncRun): boolean =>
    type === 'FULL' && state === 'completed' && closedAt !== null && closedAt <= at;
  const found = known.find(isOne);
  if (found !== undefined) return found.closedAt;
  const completed = await runs.runs({ collection, state: 'completed', limit: runsLookedAt });
  const older = completed.find(isOne);
  if (older !== undefined) return older.closedAt;
  return completed.length < runsLookedAt ? null : 'unknown';
};
