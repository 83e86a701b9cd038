// The audit of one organisation as its owner uses it, on PostgreSQL: found again, listed, told as a chain that can be proved elsewhere. Reads a
// stretch of the sequence at a time, so that no statement is long and no transaction stays open. Used by audit.ts.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { tellChain, tellPart } from '../audit-chain-lines.ts';
import type { ChainSource } from '../audit-chain-lines.ts';
import { checkpointOf, entriesIn, matcherOf } from '../audit-search.ts';
import type { AuditEntry, AuditRecord, AuditScan, TenantStore, TenantTrail } from '../store.ts';
import { bytesOf, numberOf, textOf } from './cells.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import type { Sealer } from './seals.ts';

export type TrailDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly tenant: number;
  readonly organisation: string;
};

// Time that a scan holds the event loop before other work runs, ms.
const sliceMs = 4;

// Records of one stretch: the first is short, since most who ask for the newest need no more; where the server can leave out most commits by
// themselves, the stretches get longer.
const firstStretch = 500;
const longest = 16_000;
const longestFiltered = 128_000;

const checkpointsAtOnce = 1_000;

/** Puts the owner's side of an audit together. */
export const createTrail = (deps: TrailDeps & { readonly seals: Sealer }): TenantTrail => {
  const ask = asking(deps);
  return {
    scan: (query) => walk(deps, query),
    checkpoints: async ({ before, limit }) =>
      (await ask(checkpointsBelow, [before ?? Number.MAX_SAFE_INTEGER, limit])).map((row) =>
        checkpointOf(textOf(row, 'record')),
      ),
    seal: () => deps.seals.seal('now'),
    trim: async (before) => {
      let total = 0;
      for (;;) {
        const dropped = await deps.seals.trim(before);
        if (dropped === 0) return total;
        total += dropped;
      }
    },
    chain: () => tellChain(chainOf(deps.organisation, ask)),
    chainPart: (from) => tellPart(chainOf(deps.organisation, ask), from),
  };
};

/** The newest records that match, newest first. */
export const newestRecords = async (
  deps: TrailDeps,
  { limit, client, collection }: Parameters<TenantStore['audit']>[0],
): Promise<readonly AuditRecord[]> => {
  const found: AuditRecord[] = [];
  for await (const entries of walk(deps, { order: 'newest', client: client ?? null }))
    for (const { record } of entries) {
      if (collection !== undefined && record.collection !== collection) continue;
      if (found.push(record) === limit) return found;
    }
  return found;
};

type Ask = (statement: Sql, values: readonly Cell[]) => Promise<readonly Row[]>;

const asking =
  ({ database, tenant }: TrailDeps): Ask =>
  (statement, values) =>
    database.query(tenant, statement, [tenant, ...values], { long: true });

async function* walk(deps: TrailDeps, query: AuditScan): AsyncIterable<readonly AuditEntry[]> {
  const { clock } = deps;
  const ask = asking(deps);
  const forwards = query.order === 'oldest';
  const period = [query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER] as const;
  const isBounded = (query.from ?? null) !== null || (query.to ?? null) !== null;
  const [bounds] = isBounded ? await ask(boundsOfPeriod, period) : await ask(boundsOfAll, []);
  let [low, high] = [numberOf(bounds, 'low'), numberOf(bounds, 'high')];
  if (low === 0) return;
  low = Math.max(low, high - (query.latest ?? high));
  const beyond = query.beyond ?? null;
  // A commit may begin before the sequence and go on beyond it.
  if (beyond !== null && forwards) low = Math.max(low, numberOf((await ask(beginningOf, [beyond + 1]))[0], 'first'));
  if (beyond !== null && !forwards) high = Math.min(high, beyond - 1);
  const wanted = matcherOf(query);
  const most = wanted.hints.length > 0 ? longestFiltered : longest;
  let stretch = firstStretch;
  while (low <= high) {
    const [from, to] = forwards ? [low, Math.min(high, low + stretch - 1)] : [Math.max(low, high - stretch + 1), high];
    const rows = await ask(forwards ? slice.oldest : slice.newest, [from, to, ...period, wanted.hints]);
    let [found, started]: [AuditEntry[], number] = [[], clock.monotonic()];
    for (const row of rows) {
      const entries = entriesIn(numberOf(row, 'first'), textOf(row, 'records'), wanted);
      for (const entry of forwards ? entries : entries.toReversed())
        if (beyond === null || (forwards ? entry.sequence > beyond : entry.sequence < beyond)) found.push(entry);
      if (clock.monotonic() - started <= sliceMs) continue;
      if (found.length > 0) yield found;
      await yieldToLoop();
      [found, started] = [[], clock.monotonic()];
    }
    if (found.length > 0) yield found;
    if (forwards) low = to + 1;
    else high = from - 1;
    stretch = Math.min(most, stretch * 2);
  }
}

const chainOf = (organisation: string, ask: Ask): ChainSource => ({
  organisation,
  extent: async () => {
    const [row] = await ask(extent, []);
    return {
      first: numberOf(row, 'first'),
      last: numberOf(row, 'last'),
      checkpoint: numberOf(row, 'checkpoint'),
    };
  },
  checkpoints: async (after, upTo) =>
    (await ask(checkpointsAbove, [after, upTo, checkpointsAtOnce])).map((row) => ({
      number: numberOf(row, 'number'),
      sequence: numberOf(row, 'sequence'),
      record: textOf(row, 'record'),
    })),
  commits: async (from, upTo) =>
    (await ask(commitsIn, [from, upTo])).map((row) => ({
      commit: {
        first: numberOf(row, 'first'),
        count: numberOf(row, 'count'),
        from: numberOf(row, 'from_at'),
        to: numberOf(row, 'to_at'),
        outbox: row['outbox'] === null ? null : numberOf(row, 'outbox'),
        records: textOf(row, 'records'),
      },
      hash: bytesOf(row, 'hash'),
    })),
  wasCut: async (after) => (await ask(cutsAbove, [after])).length > 0,
});

const checkpointsBelow: Sql = {
  name: 'trail checkpoints',
  text: 'SELECT record FROM checkpoint WHERE tenant = $1 AND number < $2 ORDER BY number DESC LIMIT $3',
};

const checkpointsAbove: Sql = {
  name: 'trail checkpoints above',
  text: 'SELECT number, sequence, record FROM checkpoint WHERE tenant = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4',
};

const cutsAbove: Sql = {
  name: 'trail cuts above',
  text: `SELECT number FROM checkpoint WHERE tenant = $1 AND number > $2 AND strpos(record, '"kind":"cut"') > 0 LIMIT 1`,
};

const boundsOfAll: Sql = {
  name: 'trail bounds',
  text: 'SELECT min(first) AS low, max(first) AS high FROM audit_commit WHERE tenant = $1',
};

const boundsOfPeriod: Sql = {
  name: 'trail bounds of period',
  text: 'SELECT min(first) AS low, max(first) AS high FROM audit_commit WHERE tenant = $1 AND to_at >= $2 AND from_at <= $3',
};

const beginningOf: Sql = {
  name: 'trail beginning',
  text: 'SELECT max(first) AS first FROM audit_commit WHERE tenant = $1 AND first <= $2',
};

const sliceIn = (order: 'ASC' | 'DESC'): Sql => ({
  name: `trail slice ${order}`,
  text: `SELECT first, records FROM audit_commit
    WHERE tenant = $1 AND first BETWEEN $2 AND $3 AND to_at >= $4 AND from_at <= $5
      AND NOT EXISTS (SELECT 1 FROM unnest($6::text[]) AS hint WHERE strpos(records, hint) = 0)
    ORDER BY first ${order}`,
});

const slice = { oldest: sliceIn('ASC'), newest: sliceIn('DESC') };

// One statement: all of it of one state.
const extent: Sql = {
  name: 'trail extent',
  text: `SELECT (SELECT min(first) FROM audit_commit WHERE tenant = $1) AS first,
    (SELECT max(first) FROM audit_commit WHERE tenant = $1) AS last, (SELECT max(number) FROM checkpoint WHERE tenant = $1) AS checkpoint`,
};

const commitsIn: Sql = {
  name: 'trail commits',
  text: `SELECT first, count, from_at, to_at, outbox, hash, records FROM audit_commit
    WHERE tenant = $1 AND first BETWEEN $2 AND $3 ORDER BY first`,
};
