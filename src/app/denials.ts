// Callers whom the pipeline turned away are in the audit too: with who they are and why, never with what they sent. Supplied to http/ by
// compose.ts.
import type { Denial } from '#http/pipeline.ts';
import type { Clock } from '#base/clock.ts';
import type { Store } from '#store/store.ts';

/** Writes one record per refusal, durable before the refusal is answered. */
export const createDenials =
  (store: Store, clock: Clock) =>
  async ({ principal, requestId, route, method, code }: Denial): Promise<void> => {
    const tenant = await store.tenant(principal.tenant);
    await tenant.appendAudit({
      id: requestId,
      at: clock.now(),
      request: requestId,
      issuer: principal.issuer,
      client: principal.client,
      token: principal.token,
      api: route,
      operation: method,
      collection: 'unknown',
      decision: 'deny',
      rule: code,
      count: 0,
      subjects: [],
      seen: null,
      details: '',
    });
  };
