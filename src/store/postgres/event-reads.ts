// Writes and live reads of clients as adapters, clients and owners ask for them. Knows no resource and no policy.
import type { TenantEvents, WriteEvent } from '../store.ts';
import { numberOf, textOf } from './cells.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import { jsonOf } from './filter-sql.ts';

const byId: Sql = { name: 'event_by_id', text: 'SELECT record FROM write_event WHERE tenant = $1 AND id = $2' };
const countWaiting: Sql = {
  name: 'events_waiting_count',
  text: "SELECT count(*) AS n FROM write_event WHERE tenant = $1 AND state = 'waiting'",
};
// The oldest of each collection first, without their texts; then the texts of as many as there is room for.
const waitingIn: Sql = {
  name: 'events_waiting',
  text: `WITH found AS (
      SELECT w.event_order, sum(w.size) OVER (ORDER BY w.event_order) AS together, row_number() OVER (ORDER BY w.event_order) AS n FROM (
        SELECT e.event_order, e.size FROM unnest($2::text[]) AS c (path) CROSS JOIN LATERAL (
          SELECT event_order, octet_length(record) AS size FROM write_event
          WHERE tenant = $1 AND state = 'waiting' AND collection = c.path AND deadline > $3 AND operation = ANY ($4::text[])
          ORDER BY event_order LIMIT $5) e
        ORDER BY e.event_order LIMIT $5) w)
    SELECT e.record FROM found f
    CROSS JOIN LATERAL (SELECT record FROM write_event WHERE tenant = $1 AND event_order = f.event_order LIMIT 1) e
    WHERE f.together <= $6 OR f.n = 1 ORDER BY f.event_order`,
};

// Texts of a thousand events at once would not fit into the memory of the process.
const bare = `(${jsonOf('record')} || '{"value": null, "answer": null}')::text AS record`;

/** The events of one organisation, by its number. */
export const createEventReads = (database: Pick<Database, 'query'>, tenant: number): TenantEvents => ({
  event: async (id) => {
    const [row] = await database.query(tenant, byId, [tenant, keptText(id)]);
    return row === undefined ? null : recordOf(row);
  },
  waitingCount: async () => {
    const [row] = await database.query(tenant, countWaiting, [tenant]);
    return numberOf(row, 'n');
  },
  waiting: async ({ collections, operations, now, limit, bytes = Number.MAX_SAFE_INTEGER }) => {
    const paths = [...new Set(collections)];
    if (paths.length === 0 || operations.length === 0) return [];
    const most = Math.min(bytes, Number.MAX_SAFE_INTEGER);
    const rows = await database.query(tenant, waitingIn, [tenant, paths, now, operations, limit, most]);
    return rows.map(recordOf);
  },
  events: async ({ collection, state, client, before, limit }) => {
    const terms: string[] = [];
    const values: Cell[] = [tenant, limit];
    const term = (column: string, operator: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      values.push(typeof value === 'string' ? keptText(value) : value);
      terms.push(`AND ${column} ${operator} $${values.length}`);
    };
    term('collection', '=', collection);
    term('state', '=', state);
    term('client', '=', client);
    term('event_order', '<', before);
    const text = `SELECT ${bare} FROM write_event WHERE tenant = $1 ${terms.join(' ')} ORDER BY event_order DESC LIMIT $2`;
    // One name for each of the sixteen shapes.
    const shape = [collection, state, client, before].map((each) => (each === undefined ? '0' : '1')).join('');
    const rows = await database.query(tenant, { name: `events_${shape}`, text }, values);
    return rows.map(recordOf);
  },
});

// Records were written by this program from values of the type; the version of the tables guards their shape.
const recordOf = (row: Row): WriteEvent => {
  const event: WriteEvent = JSON.parse(textOf(row, 'record'));
  return event;
};
