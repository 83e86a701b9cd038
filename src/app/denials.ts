// Callers whom the pipeline turned away are in the audit too: with who they are and why, never with what they sent. Supplied to http/ by
// compose.ts. Of an application that goes on asking after its quota is used up each minute has one record at once and one with the count of the rest:
// whoever floods the hub must not fill the disk.
import type { Denial } from '#http/pipeline.ts';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import { documentInvalid, flagsMissing } from '#hub/explain-record.ts';
import type { AuditRecord, Store } from '#store/store.ts';

export type Denials = {
  /** Resolves when the record is durable; rejects when it cannot be written. */
  readonly denied: (denial: Denial) => Promise<void>;
  /** The same of a document that was not run, with the flags that it lacked; null = it could not have been run with any. */
  readonly document: (denial: Denial, missing: readonly string[] | null) => Promise<void>;
  /** Records what is still only counted. */
  readonly close: () => Promise<void>;
};

/** Refusals of an application since one was recorded. */
type Flood = { readonly from: number; last: Denial; lastAt: number; count: number };

const nothingCounted = { count: 0, details: '' } as const;
const minuteMs = 60_000;
const lookMs = 5_000;

const recordOf = (
  { principal, requestId, route, method, code }: Denial,
  at: number,
  counted: { readonly count: number; readonly details: string },
): AuditRecord => ({
  id: requestId,
  at,
  request: requestId,
  issuer: principal.issuer,
  client: principal.client,
  token: principal.token,
  api: route,
  operation: method,
  collection: 'unknown',
  decision: 'deny',
  rule: code,
  ...counted,
  subjects: [],
  seen: null,
});

/** Builds the recording of refusals; `close` has to be called before the store is closed. */
export const createDenials = (store: Pick<Store, 'tenant'>, clock: Clock, observe: Observe): Denials => {
  const floods = new Map<string, Flood>();

  const append = async (organisation: string, record: AuditRecord): Promise<void> =>
    (await store.tenant(organisation)).appendAudit(record);

  const tellRest = async (key: string, { from, last, lastAt, count }: Flood): Promise<void> => {
    floods.delete(key);
    if (count === 0) return;
    const details = `${count} more refused within ${Math.ceil((lastAt - from) / 1_000)} s`;
    await append(last.principal.tenant, recordOf(last, lastAt, { count, details }));
  };

  const tellAll = async (before: number): Promise<void> => {
    for (const [key, flood] of floods)
      if (flood.from <= before)
        await tellRest(key, flood).catch((error: unknown) =>
          observe({
            kind: 'audit-failed',
            tenant: flood.last.principal.tenant,
            reason: error instanceof Error ? error.message : 'unknown',
          }),
        );
  };
  const stop = clock.every(lookMs, () => void tellAll(clock.now() - minuteMs));

  return {
    denied: async (denial) => {
      const { principal, code } = denial;
      const now = clock.now();
      if (code === 'HUB-108') {
        const key = `${principal.client} ${principal.tenant}`;
        const flood = floods.get(key);
        if (flood !== undefined && now - flood.from < minuteMs) {
          flood.count += 1;
          [flood.last, flood.lastAt] = [denial, now];
          return;
        }
        if (flood !== undefined) await tellRest(key, flood);
        const begun = { from: now, last: denial, lastAt: now, count: 0 };
        floods.set(key, begun);
        try {
          await append(principal.tenant, recordOf(denial, now, nothingCounted));
        } catch (error) {
          // The next one is tried to be recorded again.
          floods.delete(key);
          throw error;
        }
        return;
      }
      await append(principal.tenant, recordOf(denial, now, nothingCounted));
    },
    document: (denial, missing) => {
      const details = missing === null ? documentInvalid : `${flagsMissing}${missing.join(' ')}`;
      return append(denial.principal.tenant, recordOf(denial, clock.now(), { count: 0, details }));
    },
    close: async () => {
      stop();
      await tellAll(Number.POSITIVE_INFINITY);
    },
  };
};
