// The store by itself, without HTTP, access and audit of reads, beside the least that its database needs for the same: reads, filters,
// deliveries and writes. On PostgreSQL the CPU of the server's connections counts on both sides.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FilterExpr } from '#model/filter.ts';
import { fold } from '#base/text.ts';
import type { TenantStore } from '#store/store.ts';
import { run as asAdmin } from '../../test/postgres/database.ts';
import { against, contest, taken, type Contest, type Taken } from '../engines/contest.ts';
import type { DeliveryFloor, ReadFloor, WriteFloor } from '../engines/floor.ts';
import { pgbench } from '../engines/pgbench.ts';
import * as onPostgres from '../engines/postgres-floor.ts';
import * as onSqlite from '../engines/sqlite-floor.ts';
import { collectionAt, createOwnedWrite, deliver, planOf, preparedPages } from '../engines/work.ts';
import { collectionOf, dataset, emptyDataset, exactly, model, openPlace, organisation } from '../datasets.ts';
import type { Place } from '../place.ts';
import { median } from '../rounds.ts';
import type { Context, Figure, Scenario } from '../scenario.ts';

const persons = 'utdanning/elev/person';
const field = 'fodselsnummer';
const total = 50_000;
const pageSize = 25_000;
const delivered = 'utdanning/elev/elevforhold';
const deliveredTotal = Number(process.env['BENCH_DELIVERED'] ?? 100_000);
const deliveredPage = 10_000;
const owned = 'personvern/samtykke/tjeneste';
const writers = [1, 8, 32] as const;
const surname = 'Gitar';
const postcode = '9909';

export const engines: Scenario = {
  name: 'engines',
  describe: 'the store by itself beside the least that its database needs',
  onPostgres: 'held',
  run: async (context) => {
    const wants = (name: string): boolean => context.only === undefined || name.startsWith(context.only);
    return [
      ...(['engine-one', 'engine-page', 'engine-poll', 'engine-filter'].some(wants) ? await reads(context, wants) : []),
      ...(wants('engine-delivery') ? await deliveries(context) : []),
      ...(wants('engine-write') ? await writes(context) : []),
    ];
  },
};

/** On PostgreSQL only: what it has to reach was set for it. */
const onlyPostgres = (place: Place, target: Figure['target']): Figure['target'] =>
  place.engine === 'postgres' ? target : null;

const reads = async (context: Context, wants: (name: string) => boolean): Promise<readonly Figure[]> => {
  const place = await dataset(context, 'engines', () => [exactly(collectionOf('county', persons), total)]);
  const store = await openPlace(place);
  const floor =
    place.engine === 'postgres'
      ? await onPostgres.readFloor(place.adminUrl, organisation, persons, field)
      : onSqlite.readFloor(onSqlite.fileOf(place.folder, organisation), persons, field);
  try {
    const tenant = await store.tenant(organisation);
    const figures: Figure[] = [];
    const last = await tenant.reads.lastPosition();
    for (const one of [...readContests(place, tenant, floor, last), ...filterContests(tenant, floor)])
      if (wants(one.name)) figures.push(await contest(place, one));
    if (place.engine === 'postgres' && wants('engine-one')) figures.push(...(await pgbenchReads(place.adminUrl)));
    return figures;
  } finally {
    await floor.close();
    await store.close();
  }
};

const keys = (): readonly string[] =>
  [...exactly(collectionOf('county', persons), total).entries()].map(({ identifier }) => identifier);

const equal = (names: readonly string[], value: string): FilterExpr => ({
  kind: 'compare',
  path: { names, kind: 'string' },
  operator: 'eq',
  value: { kind: 'text', value },
});

/** Waits for what must find something. */
const some = async (found: Promise<unknown> | unknown): Promise<void> => {
  const value = await found;
  if (value === null || value === 0) throw new Error('nothing was found');
};

const readContests = (
  place: Place,
  { reads: store }: TenantStore,
  floor: ReadFloor,
  last: number,
): readonly Contest[] => {
  const plan = planOf(collectionAt(model(), persons));
  const values = keys();
  // Spread over the collection, never the same one twice in a round.
  const valueAt = (index: number): string => values[(index * 7_919) % values.length] ?? '';
  return [
    {
      name: 'engine-one',
      what: 'one resource by identifier, 32 at a time',
      ours: (index) => some(store.read(plan, { field, value: valueAt(index) })),
      floor: (index) => some(floor.one(valueAt(index))),
      count: 10_000,
      width: 32,
      rounds: 7,
      target: onlyPostgres(place, { kind: 'at-least', value: 0.6 }),
    },
    {
      name: 'engine-page',
      what: 'bodies of a page of 25,000',
      ours: async () => {
        let rows = 0;
        for await (const part of (await store.page(plan, { offset: 0, size: pageSize }))?.parts() ?? []) {
          const pieces = 'pieces' in part ? part.pieces() : [part];
          for await (const piece of pieces) rows += 'uids' in piece ? piece.uids.length : (await piece.read()).count;
        }
        if (rows !== pageSize) throw new Error(`the page has ${rows} rows`);
      },
      floor: () => some(floor.page(pageSize)),
      count: 2,
      width: 1,
      rounds: 7,
      target: onlyPostgres(place, { kind: 'at-most', value: 2 }),
    },
    {
      name: 'engine-poll',
      what: 'changes after the last position',
      ours: async () => (await store.changes(plan, last, 100)).length,
      floor: () => floor.changesAfter(last),
      count: 10_000,
      width: 32,
      rounds: 5,
      target: null,
    },
  ];
};

const filterContests = ({ reads: store }: TenantStore, floor: ReadFloor): readonly Contest[] => {
  const plan = planOf(collectionAt(model(), persons));
  const filtered = async (filter: FilterExpr): Promise<number> =>
    (await store.select(plan, { filter, since: null }, Number.POSITIVE_INFINITY))?.length ?? 0;
  return [
    {
      name: 'engine-filter-indexed',
      what: 'uids by an indexed attribute',
      ours: () => some(filtered(equal(['navn', 'etternavn'], surname))),
      floor: () => some(floor.indexed('navn/etternavn', fold(surname))),
      count: 100,
      width: 4,
      rounds: 5,
      target: null,
    },
    {
      name: 'engine-filter-scan',
      what: 'uids by an attribute that is not indexed, of 50,000',
      ours: () => some(filtered(equal(['bostedsadresse', 'postnummer'], postcode))),
      floor: () => some(floor.unindexed(['bostedsadresse', 'postnummer'], postcode)),
      count: 2,
      width: 1,
      rounds: 3,
      target: null,
    },
  ];
};

/** A rate that another program has found. */
const rateFigure = (name: string, what: string, rate: number | null): readonly Figure[] =>
  rate === null
    ? []
    : [{ name, what, ours: rate, floor: null, unit: '/s', value: rate, target: null, spread: null, note: 'wall time' }];

const pgbenchReads = async (url: string): Promise<readonly Figure[]> => {
  const script = `\\set at random(1, ${total - 10})
SELECT r.body FROM bindeledd.resource r WHERE r.tenant = 1 AND r.uid = (SELECT i.uid FROM bindeledd.identifier i WHERE i.tenant = 1 AND i.id = :at);
`;
  const rate = await pgbench({ url, script, clients: 32, transactions: 1_000 });
  return rateFigure('pgbench-one', 'pgbench: a body by a key, 32 clients', rate);
};

const deliveries = async (context: Context): Promise<readonly Figure[]> => {
  const pages = preparedPages(model(), exactly(collectionOf('county', delivered), deliveredTotal), deliveredPage);
  const [fresh, again] = [sides(), sides()];
  for (let round = 0; round < 3; round += 1) {
    const [place, beside] = [
      await emptyDataset(context, 'engines-delivery'),
      await emptyDataset(context, 'engines-delivery-floor'),
    ];
    const store = await openPlace(place);
    const tenant = await store.tenant(organisation);
    fresh.ours.push(await taken(place, () => deliver(tenant, delivered, pages)));
    again.ours.push(
      await taken(place, async () => {
        if ((await deliver(tenant, delivered, pages)) !== deliveredTotal) throw new Error('an entry has changed');
      }),
    );
    await store.close();
    const floor = await floorOfDelivery(context, place, beside, pages.length);
    try {
      fresh.floor.push(await taken(place, floor.fresh));
      again.floor.push(await taken(place, floor.unchanged));
    } finally {
      await floor.close();
    }
  }
  const target = context.engine === 'postgres' ? ({ kind: 'at-least', value: 0.4 } as const) : null;
  return [
    figureOf('engine-delivery-new', `one of ${deliveredTotal} new resources`, fresh, target),
    figureOf('engine-delivery-unchanged', `one of ${deliveredTotal} unchanged`, again, null),
  ];
};

type Sides = { readonly ours: Taken[]; readonly floor: Taken[] };
const sides = (): Sides => ({ ours: [], floor: [] });

/** Of one entry, in the middle round. */
const middle = (all: readonly Taken[]): Taken => ({
  cpu: median(all.map(({ cpu }) => cpu)) / deliveredTotal,
  database: median(all.map(({ database }) => database)) / deliveredTotal,
  wall: median(all.map(({ wall }) => wall)) / deliveredTotal,
});

const figureOf = (name: string, what: string, { ours, floor }: Sides, target: Figure['target']): Figure => {
  return against({ name, what, target }, middle(ours), middle(floor), null);
};

const floorOfDelivery = async (
  context: Context,
  place: Place,
  beside: Place,
  pages: number,
): Promise<DeliveryFloor> => {
  if (place.engine === 'postgres' && beside.engine === 'postgres')
    return onPostgres.deliveryFloor({ from: place.adminUrl, into: beside.adminUrl }, organisation, delivered, pages);
  if (place.engine !== 'sqlite') throw new Error('both places are of one engine');
  const into = join(context.data, 'engines-delivery-floor.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${into}${suffix}`, { force: true });
  return onSqlite.deliveryFloor({ from: onSqlite.fileOf(place.folder, organisation), into }, delivered, pages);
};

const writes = async (context: Context): Promise<readonly Figure[]> => {
  const place = await emptyDataset(context, 'engines-write');
  const store = await openPlace(place);
  const figures: Figure[] = [];
  try {
    const write = createOwnedWrite(model(), await store.tenant(organisation), owned);
    for (const lanes of writers) {
      const floor = await floorOfWrites(context, place, lanes);
      try {
        figures.push(
          await contest(place, {
            name: `engine-write-${lanes}`,
            what: `writes that the hub owns, ${lanes} at a time`,
            ours: write,
            floor: (index) => floor.write(index),
            count: 100 * lanes,
            width: lanes,
            rounds: 5,
            target: null,
          }),
        );
      } finally {
        await floor.close();
      }
      if (place.engine === 'postgres') figures.push(...(await pgbenchWrites(place.adminUrl, lanes)));
    }
    return figures;
  } finally {
    await store.close();
  }
};

const floorOfWrites = async (context: Context, place: Place, lanes: number): Promise<WriteFloor> => {
  if (place.engine === 'postgres') return onPostgres.writeFloor(place.adminUrl, lanes);
  const file = join(context.data, 'engines-write-floor.db');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  return onSqlite.writeFloor(file);
};

const pgbenchWrites = async (url: string, clients: number): Promise<readonly Figure[]> => {
  await asAdmin(url, onPostgres.writeTable);
  const script = `INSERT INTO public.bench_write (body) VALUES (decode(repeat('78', 400), 'hex'));\n`;
  const rate = await pgbench({ url, script, clients, transactions: 200 });
  return rateFigure(`pgbench-write-${clients}`, `pgbench: durable rows, ${clients} clients`, rate);
};
