// Puts the books of events in order, now and then: what nobody answered is marked, what is no longer answered for loses its texts, what is old
// goes. Called by app/compose.ts for each organisation; nothing depends on when, since whoever asks looks at the time itself.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { TenantStore, WriteEvent } from '#store/store.ts';
import { eventLifeMs, expired, isWaiting } from './writing-events.ts';

/** Sweeps one organisation; gives how many events were touched. An organisation with nothing to do costs two questions. */
export type SweepEvents = (tenant: TenantStore) => Promise<number>;

// An organisation in which nothing has happened is looked at this seldom.
const quietMs = 3_600_000;

/** Makes the sweep with its memory of who is quiet. */
export const createEventSweep = (clock: Pick<Clock, 'now' | 'monotonic'>): SweepEvents => {
  const quiet = new Map<string, { readonly order: number; readonly until: number }>();

  return async (tenant) => {
    const now = clock.now();
    const [newest] = await tenant.events.events({ limit: 1 });
    if (newest === undefined) return 0;
    const known = quiet.get(tenant.id);
    if (known !== undefined && known.order === newest.order && clock.monotonic() < known.until) return 0;
    const late = await overdue(tenant, now);
    const touched = await tenant.write(async (tx) => {
      let count = 0;
      for (const { id } of late) {
        const event = await tx.event(id);
        // It may have been answered since.
        if (event === null || event.state !== 'waiting' || isWaiting(event, now)) continue;
        await tx.putEvent(expired(event));
        count += 1;
      }
      count += await tx.forgetEvents({ now, createdBefore: now - eventLifeMs });
      await tx.settle();
      return count;
    });
    const waiting = await tenant.events.waitingCount();
    if (touched === 0 && waiting === 0 && newest.retainUntil < now)
      quiet.set(tenant.id, { order: newest.order, until: clock.monotonic() + quietMs });
    return touched;
  };
};

/** Events whose deadline has passed and that nobody has marked: some at a time, the rest comes next time. */
const overdue = async (tenant: TenantStore, now: number): Promise<readonly WriteEvent[]> => {
  const found: WriteEvent[] = [];
  let before: number | null = null;
  while (found.length < limits.eventsPerPoll) {
    const page: readonly WriteEvent[] = await tenant.events.events({
      state: 'waiting',
      ...(before === null ? {} : { before }),
      limit: limits.eventsPerPoll,
    });
    for (const event of page) if (!isWaiting(event, now)) found.push(event);
    if (page.length < limits.eventsPerPoll) break;
    before = page.at(-1)?.order ?? 0;
  }
  return found;
};
