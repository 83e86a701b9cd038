// What waits for adapters, remembered beside the store: how many there are, and which resources have a change under way. Called by writing.ts.
// The store is the truth: what is remembered here only spares asking it each time.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { TenantStore, TenantWrite, WriteEvent } from '#store/store.ts';
import { isWaiting } from './writing-events.ts';

export type Waiting = {
  /** About how many of the organisation wait: exact once a second, and what has been accepted since added. */
  readonly count: (tenant: TenantStore) => Promise<number>;
  /** Says that one more waits. */
  readonly added: (tenant: string) => void;
  /** Notes an event as it is kept: whoever comes next, in the same commit even, must know of it. Within a transaction. */
  readonly note: (tenant: TenantStore, event: WriteEvent) => Promise<void>;
  /** True when an update or removal of the resource waits for its source. Within a transaction. */
  readonly hasChange: (tenant: TenantStore, tx: TenantWrite, uid: number) => Promise<boolean>;
};

const freshMs = 1_000;

// Resources with changes that were under way, remembered without asking whether they still are.
const unasked = 10_000;

/** Makes the memory of one process. */
export const createWaiting = (clock: Pick<Clock, 'now' | 'monotonic'>): Waiting => {
  const counts = new Map<string, { count: number; readonly until: number }>();
  const byUid = new Map<string, Map<number, Set<string>>>();
  const roomy = new Map<string, number>();

  /** Forgets what has been answered, so that the memory stays as long as what waits. */
  const tidy = async (tenant: TenantStore, all: Map<number, Set<string>>): Promise<void> => {
    if (all.size <= (roomy.get(tenant.id) ?? unasked)) return;
    for (const [uid, ids] of all) {
      for (const id of ids) {
        const event = await tenant.events.event(id);
        // What nobody has committed yet may be.
        if (event !== null && event.state !== 'waiting') ids.delete(id);
      }
      if (ids.size === 0) all.delete(uid);
    }
    roomy.set(tenant.id, Math.max(unasked, all.size * 2));
  };

  /** The changes that wait, read once: afterwards each is noted as it is accepted. */
  const known = async (tenant: TenantStore): Promise<Map<number, Set<string>>> => {
    const found = byUid.get(tenant.id);
    if (found !== undefined) return found;
    const made = new Map<number, Set<string>>();
    let before: number | null = null;
    for (;;) {
      const page: readonly WriteEvent[] = await tenant.events.events({
        state: 'waiting',
        ...(before === null ? {} : { before }),
        limit: limits.eventsPerPoll,
      });
      for (const event of page) noteIn(made, event);
      if (page.length < limits.eventsPerPoll) {
        // Not before: of what could be read in part only, nothing is known.
        byUid.set(tenant.id, made);
        return made;
      }
      before = page.at(-1)?.order ?? 0;
    }
  };

  return {
    count: async (tenant) => {
      const held = counts.get(tenant.id);
      if (held !== undefined && clock.monotonic() < held.until) return held.count;
      const count = await tenant.events.waitingCount();
      counts.set(tenant.id, { count, until: clock.monotonic() + freshMs });
      return count;
    },
    added: (tenant) => {
      const held = counts.get(tenant);
      if (held !== undefined) held.count += 1;
    },
    note: async (tenant, event) => {
      const all = await known(tenant);
      noteIn(all, event);
      await tidy(tenant, all);
    },
    hasChange: async (tenant, tx, uid) => {
      const all = await known(tenant);
      const ids = all.get(uid);
      if (ids === undefined) return false;
      for (const id of ids) {
        const event = await tx.event(id);
        if (event !== null && isWaiting(event, clock.now())) return true;
        // What this transaction has answered may still be rolled back.
        const kept = await tenant.events.event(id);
        if (kept === null || kept.state !== 'waiting') ids.delete(id);
      }
      if (ids.size === 0) all.delete(uid);
      return false;
    },
  };
};

const noteIn = (all: Map<number, Set<string>>, { id, uid, operation }: WriteEvent): void => {
  if (uid === null || (operation !== 'update' && operation !== 'delete')) return;
  all.set(uid, (all.get(uid) ?? new Set()).add(id));
};
