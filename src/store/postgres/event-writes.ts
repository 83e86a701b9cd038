// Writes and live reads of clients as rows: stored within write transactions. A part of every write transaction; called by tenant.ts. Knows no
// resource and no policy.
import type { Clock } from '#base/clock.ts';
import type { TenantWrite, WriteEvent } from '../store.ts';
import { int8s } from './arrays.ts';
import { numberOf, textOf } from './cells.ts';
import type { Row, Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import type { Sending } from './sending.ts';
import type { MutableCounts } from './tenant-state.ts';

export type EventWrites = Pick<
  TenantWrite,
  'event' | 'eventByKey' | 'hasWaitingChange' | 'putEvent' | 'forgetEvents'
> & {
  /** Takes every text out of the events that the test picks; those that still wait have failed by it: within an erasure. */
  readonly scrub: (names: (event: WriteEvent) => boolean) => Promise<void>;
};

/** An Idempotency-Key stands for its event this long. */
const keyLife = 86_400_000;

// Events that one call forgets: the caller asks again until there are none. Their texts are rewritten some at a time, since they may be long.
const forgottenAtOnce = 1_000;
const rewrittenAtOnce = 100;

/** For one work; `counts` are those of the work. */
export const createEventWrites = (
  { ask, send }: Sending,
  counts: Pick<MutableCounts, 'events'>,
  clock: Pick<Clock, 'now'>,
): EventWrites => {
  /** Orders of events that the work has asked for; null: there is none. */
  const orders = new Map<string, number | null>();
  const remembered = (id: string, event: WriteEvent | null): WriteEvent | null => {
    orders.set(id, event?.order ?? null);
    return event;
  };
  const orderOf = async (id: string): Promise<number | null> => {
    const known = orders.get(id);
    if (known !== undefined) return known;
    const [row] = await ask(orderById, [keptText(id)]);
    return row === undefined ? null : numberOf(row, 'event_order');
  };
  const rewrite = (event: WriteEvent): void => send(rewriteRecord, [event.order, JSON.stringify(event)]);
  const update = (event: WriteEvent, retainUntil: number): void =>
    send(updateEvent, [event.order, event.state, event.deadline, retainUntil, event.uid, JSON.stringify(event)]);

  const takeTexts = async (now: number): Promise<number> => {
    const rows = await ask(retained, [now, forgottenAtOnce]);
    const all = rows.map((row) => numberOf(row, 'event_order'));
    for (let at = 0; at < all.length; at += rewrittenAtOnce) {
      const records = await ask(byOrders, [int8s(all.slice(at, at + rewrittenAtOnce))]);
      for (const row of records) rewrite(withoutTexts(recordOf(row)));
    }
    return all.length;
  };

  return {
    event: async (id) => remembered(id, eventOf((await ask(byId, [keptText(id)]))[0])),
    eventByKey: async (client, key) => {
      const [row] = await ask(byKey, [keptText(client), keptText(key)]);
      return row === undefined || numberOf(row, 'created_at') + keyLife <= clock.now() ? null : eventOf(row);
    },
    hasWaitingChange: async (uid, now) => (await ask(changing, [uid, now])).length > 0,
    putEvent: async (event) => {
      const known = await orderOf(event.id);
      const order = known ?? (counts.events += 1);
      const stored: WriteEvent = { ...event, order };
      orders.set(event.id, order);
      if (known !== null) {
        update(stored, stored.retainUntil);
        return stored;
      }
      const key = event.idempotency === null ? null : keptText(event.idempotency.key);
      if (key !== null) send(freeKey, [keptText(event.client), key, event.createdAt - keyLife]);
      send(insertEvent, [
        order,
        keptText(event.id),
        event.collection,
        event.operation,
        event.state,
        keptText(event.client),
        key,
        event.createdAt,
        event.deadline,
        event.retainUntil,
        event.uid,
        JSON.stringify(stored),
      ]);
      return stored;
    },
    forgetEvents: async ({ now, createdBefore }) => {
      const taken = await takeTexts(now);
      // The newest stays, as the one that tells the last order.
      const dropped: number[] = [];
      for (const row of await ask(oldest, [forgottenAtOnce])) {
        const order = numberOf(row, 'event_order');
        if (order === counts.events || numberOf(row, 'created_at') >= createdBefore) break;
        dropped.push(order);
      }
      if (dropped.length > 0) send(dropEvents, [int8s(dropped)]);
      return taken + dropped.length;
    },
    scrub: async (names) => {
      for (let after = 0; ;) {
        const events = (await ask(everyAfter, [after, rewrittenAtOnce])).map(recordOf);
        for (const event of events) {
          if (!names(event)) continue;
          const bare: WriteEvent = { ...withoutTexts(event), target: null, message: '', problems: [] };
          // Nobody can answer what is no longer there.
          if (event.state === 'waiting') update({ ...bare, state: 'failed', answeredAt: clock.now() }, 0);
          else rewrite(bare);
        }
        after = events.at(-1)?.order ?? after;
        if (events.length < rewrittenAtOnce) return;
      }
    },
  };
};

const withoutTexts = (event: WriteEvent): WriteEvent => ({ ...event, value: null, filter: null, answer: null });

const eventOf = (row: Row | undefined): WriteEvent | null => (row === undefined ? null : recordOf(row));

// Records were written by this program from values of the type; the version of the tables guards their shape.
const recordOf = (row: Row): WriteEvent => {
  const event: WriteEvent = JSON.parse(textOf(row, 'record'));
  return event;
};

const byId: Sql = { name: 'event_by_id', text: 'SELECT record FROM write_event WHERE tenant = $1 AND id = $2' };
const byKey: Sql = {
  name: 'event_by_key',
  text: 'SELECT created_at, record FROM write_event WHERE tenant = $1 AND client = $2 AND key = $3',
};
const byOrders: Sql = {
  name: 'events_by_order',
  text: 'SELECT record FROM write_event WHERE tenant = $1 AND event_order = ANY ($2::int8[])',
};
const everyAfter: Sql = {
  name: 'events_after',
  text: 'SELECT record FROM write_event WHERE tenant = $1 AND event_order > $2 ORDER BY event_order LIMIT $3',
};
const changing: Sql = {
  name: 'event_changing',
  text: `SELECT 1 AS n FROM write_event
    WHERE tenant = $1 AND uid = $2 AND state = 'waiting' AND operation IN ('update', 'delete') AND deadline > $3 LIMIT 1`,
};
const orderById: Sql = {
  name: 'event_order',
  text: 'SELECT event_order FROM write_event WHERE tenant = $1 AND id = $2',
};
const freeKey: Sql = {
  name: 'free_event_key',
  text: 'UPDATE write_event SET key = NULL WHERE tenant = $1 AND client = $2 AND key = $3 AND created_at <= $4',
};
const insertEvent: Sql = {
  name: 'insert_event',
  text: `INSERT INTO write_event
      (tenant, event_order, id, collection, operation, state, client, key, created_at, deadline, retain_until, uid, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
};
const updateEvent: Sql = {
  name: 'update_event',
  text: `UPDATE write_event SET state = $3, deadline = $4, retain_until = $5, uid = $6, record = $7
    WHERE tenant = $1 AND event_order = $2`,
};
const rewriteRecord: Sql = {
  name: 'rewrite_event',
  text: 'UPDATE write_event SET retain_until = 0, record = $3 WHERE tenant = $1 AND event_order = $2',
};
const retained: Sql = {
  name: 'events_retained',
  text: `SELECT event_order FROM write_event
    WHERE tenant = $1 AND retain_until > 0 AND retain_until <= $2 AND state <> 'waiting' ORDER BY retain_until LIMIT $3`,
};
const oldest: Sql = {
  name: 'oldest_events',
  text: 'SELECT event_order, created_at FROM write_event WHERE tenant = $1 ORDER BY event_order LIMIT $2',
};
const dropEvents: Sql = {
  name: 'drop_events',
  text: 'DELETE FROM write_event WHERE tenant = $1 AND event_order = ANY ($2::int8[])',
};
