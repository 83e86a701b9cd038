// The audit record of a decision: who asked for what, under which rule, and which resources the answer carried. Made by hub/run.ts,
// following.ts and writing.ts before they answer; holds no value, no name and no national id.
import type { Clock } from '#base/clock.ts';
import { packUids } from '#base/packed-uids.ts';
import type { Model } from '#model/model.ts';
import type { AuditRecord, AuditSeen } from '#store/store.ts';
import type { QueryContext } from './query.ts';

export type Records = {
  /** The collection may be anything that a stranger typed: only names of the model are kept. */
  readonly of: (
    asked: { readonly kind: string; readonly collection: string },
    context: QueryContext,
    decision: { readonly allowed: boolean; readonly rule: string },
    outcome: Outcome,
  ) => AuditRecord;
};

/** What the answer holds: `seen` null = nothing of anybody. */
export type Outcome = Pick<AuditRecord, 'count' | 'subjects' | 'details' | 'seen'>;

/** The outcome that gives nothing of anybody. */
export const nothingGiven = (details: string): Outcome => ({ count: 0, subjects: [], details, seen: null });

/** Exactly these resources; uids in any order, repeats allowed. */
export const seenUids = (uids: ArrayLike<number> & Iterable<number>): AuditSeen | null => {
  // What most answers hold: nothing, or one.
  if (uids.length < 2) return uids.length === 0 ? null : { kind: 'uids', uids: packed(uids) };
  const sorted = Float64Array.from(new Set(uids)).sort();
  return { kind: 'uids', uids: packed(sorted) };
};

/** A set of ascending uids as an audit record keeps it. */
export const packed = (uids: ArrayLike<number>): string => packUids(uids).toString('base64url');

/** Makes the records of one hub. */
export const createRecords = (model: Model, clock: Pick<Clock, 'now'>): Records => {
  const isNameOfModel = (path: string): boolean => model.collections.has(path) || model.components.has(path);
  return {
    of: ({ kind, collection }, { principal, requestId, api }, decision, outcome) => ({
      id: requestId,
      at: clock.now(),
      request: requestId,
      issuer: principal.issuer,
      client: principal.client,
      token: principal.token,
      api,
      operation: kind,
      collection: isNameOfModel(collection) ? collection : 'unknown',
      decision: decision.allowed ? 'allow' : 'deny',
      rule: decision.rule,
      ...outcome,
    }),
  };
};
