// Audit records of deliveries: who delivered what, and the decision. Used by every part of ingest that decides or writes.
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Principal } from '#hub/principal.ts';
import type { AuditRecord } from '#store/store.ts';

/** Who asks, and in which request. */
export type Asking = { readonly principal: Principal; readonly requestId: string };

export type Decided = Pick<AuditRecord, 'operation' | 'collection' | 'decision' | 'rule'> & {
  readonly count?: number;
  readonly details?: string;
};

export type MakeAudit = (asking: Asking, decided: Decided) => AuditRecord;

/** Gives the maker of records. Details hold counts and states, never values. */
export const createAudit =
  ({ clock, random }: { readonly clock: Clock; readonly random: Random }): MakeAudit =>
  ({ principal, requestId }, decided) => ({
    id: random.uuid(),
    at: clock.now(),
    request: requestId,
    issuer: principal.issuer,
    client: principal.client,
    token: principal.token,
    api: 'provider',
    operation: decided.operation,
    collection: decided.collection,
    decision: decided.decision,
    rule: decided.rule,
    count: decided.count ?? null,
    subjects: [],
    seen: null,
    details: decided.details ?? '',
  });
