// Writes and live reads of clients as rows: stored within write transactions, asked by adapters, clients and owners. Called by tenant-write.ts
// and tenant.ts. Knows no resource and no policy.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { TenantEvents, TenantWrite, WriteEvent } from '../store.ts';
import { guard, numberOf, statement, textOf } from './driver.ts';

/** An Idempotency-Key stands for its event this long. */
const keyLife = 86_400_000;

// Events that one call forgets: the caller asks again until there are none.
const forgottenAtOnce = 1_000;

export type EventWriter = Pick<
  TenantWrite,
  'event' | 'eventByKey' | 'hasWaitingChange' | 'putEvent' | 'forgetEvents'
> & {
  /** Takes every text out of the events that the test picks; those that still wait have failed by it: within an erasure. */
  readonly scrub: (names: (event: WriteEvent) => boolean) => void;
};

/** Prepares the statements of the write connection. */
export const createEventWriter = (db: DatabaseSync, clock: Pick<Clock, 'now'>): EventWriter => {
  const sql = (text: string) => statement(db, text);
  const byId = sql('SELECT record FROM write_event WHERE id = ?');
  const byKey = sql('SELECT created_at, record FROM write_event WHERE client = ? AND key = ?');
  const changing = sql(
    `SELECT EXISTS (SELECT 1 FROM write_event WHERE uid = ? AND state = 'waiting' AND operation IN ('update', 'delete') AND deadline > ?) AS n`,
  );
  const orderOf = sql('SELECT event_order FROM write_event WHERE id = ?');
  const lastOrder = sql('SELECT coalesce(max(event_order), 0) AS n FROM write_event');
  const freeKey = sql('UPDATE write_event SET key = NULL WHERE client = ? AND key = ? AND created_at <= ?');
  const insert = sql(
    `INSERT INTO write_event (event_order, id, collection, operation, state, client, key, created_at, deadline, retain_until, uid, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = sql(
    'UPDATE write_event SET state = ?, deadline = ?, retain_until = ?, uid = ?, record = ? WHERE event_order = ?',
  );
  const rewrite = sql('UPDATE write_event SET retain_until = 0, record = ? WHERE event_order = ?');
  const takeTexts = sql(
    "UPDATE write_event SET retain_until = 0, record = json_set(record, '$.value', NULL, '$.filter', NULL, '$.answer', NULL) WHERE event_order = ?",
  );
  const retained = sql(
    `SELECT event_order FROM write_event
     WHERE retain_until > 0 AND retain_until <= ? AND state <> 'waiting' ORDER BY retain_until LIMIT ${forgottenAtOnce}`,
  );
  const oldest = sql(`SELECT event_order, created_at FROM write_event ORDER BY event_order LIMIT ${forgottenAtOnce}`);
  const drop = sql('DELETE FROM write_event WHERE event_order = ?');
  const every = sql('SELECT event_order, record FROM write_event');

  return {
    event: (id) => eventOf(byId.get(id)),
    eventByKey: (client, key) => {
      const row = byKey.get(client, key);
      return row === undefined || numberOf(row, 'created_at') + keyLife <= clock.now() ? null : eventOf(row);
    },
    hasWaitingChange: (uid, now) => numberOf(changing.get(uid, now), 'n') === 1,
    putEvent: (event) => {
      const known = orderOf.get(event.id);
      const order = known === undefined ? numberOf(lastOrder.get(), 'n') + 1 : numberOf(known, 'event_order');
      const stored: WriteEvent = { ...event, order };
      const record = JSON.stringify(stored);
      if (known !== undefined) {
        update.run(event.state, event.deadline, event.retainUntil, event.uid, record, order);
        return stored;
      }
      const key = event.idempotency?.key ?? null;
      if (key !== null) freeKey.run(event.client, key, event.createdAt - keyLife);
      insert.run(
        order,
        event.id,
        event.collection,
        event.operation,
        event.state,
        event.client,
        key,
        event.createdAt,
        event.deadline,
        event.retainUntil,
        event.uid,
        record,
      );
      return stored;
    },
    forgetEvents: ({ now, createdBefore }) => {
      const rows = retained.all(now);
      for (const row of rows) takeTexts.run(numberOf(row, 'event_order'));
      let dropped = 0;
      // The newest stays: the next order follows from it.
      const last = numberOf(lastOrder.get(), 'n');
      for (const row of oldest.all()) {
        const order = numberOf(row, 'event_order');
        if (order === last || numberOf(row, 'created_at') >= createdBefore) break;
        drop.run(order);
        dropped += 1;
      }
      return rows.length + dropped;
    },
    scrub: (names) => {
      const picked: WriteEvent[] = [];
      for (const row of every.iterate()) {
        const event = recordOf(row);
        if (names(event)) picked.push(event);
      }
      for (const event of picked) {
        const bare: WriteEvent = { ...withoutTexts(event), target: null, message: '', problems: [] };
        // Nobody can answer what is no longer there.
        if (event.state !== 'waiting') rewrite.run(JSON.stringify(bare), event.order);
        else {
          const failed: WriteEvent = { ...bare, state: 'failed', answeredAt: clock.now() };
          update.run(failed.state, failed.deadline, 0, failed.uid, JSON.stringify(failed), failed.order);
        }
      }
    },
  };
};

/** Prepares the statements of the read connection. */
export const createEventReads = (db: DatabaseSync): TenantEvents => {
  const byId = statement(db, 'SELECT record FROM write_event WHERE id = ?');
  const byOrder = statement(db, 'SELECT record FROM write_event WHERE event_order = ?');
  const countWaiting = statement(db, "SELECT count(*) AS n FROM write_event WHERE state = 'waiting'");
  const waitingIn = statement(
    db,
    `SELECT event_order, octet_length(record) AS size FROM write_event WHERE state = 'waiting' AND collection = ? AND deadline > ?
     AND operation IN (SELECT value FROM json_each(?)) ORDER BY event_order LIMIT ?`,
  );

  return {
    event: guard((id) => eventOf(byId.get(id))),
    waitingCount: guard(() => numberOf(countWaiting.get(), 'n')),
    waiting: guard(({ collections, operations, now, limit, bytes = Number.POSITIVE_INFINITY }) => {
      const wanted = JSON.stringify(operations);
      let length = 0;
      return [...new Set(collections)]
        .flatMap((collection) =>
          waitingIn
            .all(collection, now, wanted, limit)
            .map((row) => ({ order: numberOf(row, 'event_order'), size: numberOf(row, 'size') })),
        )
        .sort((a, b) => a.order - b.order)
        .slice(0, limit)
        .filter(({ size }, at) => (length += size) <= bytes || at === 0)
        .flatMap(({ order }) => eventOf(byOrder.get(order)) ?? []);
    }),
    events: guard(({ collection, state, client, before, limit }) => {
      const terms: string[] = [];
      const values: SQLInputValue[] = [];
      const term = (text: string, value: string | number | undefined): void => {
        if (value === undefined) return;
        terms.push(text);
        values.push(value);
      };
      term('collection = ?', collection);
      term('state = ?', state);
      term('client = ?', client);
      term('event_order < ?', before);
      const where = terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
      // Texts of a thousand events at once would not fit into the memory of the process.
      const bare = "json_set(record, '$.value', NULL, '$.answer', NULL) AS record";
      return statement(db, `SELECT ${bare} FROM write_event${where} ORDER BY event_order DESC LIMIT ?`)
        .all(...values, limit)
        .map(recordOf);
    }),
  };
};

const withoutTexts = (event: WriteEvent): WriteEvent => ({ ...event, value: null, filter: null, answer: null });

const eventOf = (row: Record<string, unknown> | undefined): WriteEvent | null =>
  row === undefined ? null : recordOf(row);

// Records were written by this program from values of the type; the file's version guards their shape.
const recordOf = (row: Record<string, unknown>): WriteEvent => {
  const event: WriteEvent = JSON.parse(textOf(row, 'record'));
  return event;
};
