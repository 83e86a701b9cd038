// What the floor of an export is: everything that goes into the file stands in memory, and is written by the same writer to the same bytes, which go
// nowhere. And what all of the writing takes that a hub does, from the same memory: rules, schema, hash, compression, in the two threads that it has
// for that, and the parts kept in a file. A process of its own, since the data fill its memory. Started by scenarios/exports.ts; no hub may have the
// place open.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { startPartThread } from '#app/part-thread.ts';
import { createRosters } from '#exports/roster/open-roster.ts';
import { createExportRun } from '#exports/run/export-run.ts';
import { runPlace } from '#exports/run/run-place.ts';
import type { ExportOrder, RosterMembers, RosterReading } from '#exports/export.ts';
import type { RosterGroup, RosterPerson } from '#formats/roster.ts';
import { rulesOf, writerOf } from '#formats/roster-format.ts';
import { openExportStore } from '#store/sqlite/exports.ts';
import { makeFolder } from '#store/sqlite/driver.ts';
import { tenantFolder } from '#store/sqlite/sqlite-store.ts';
import { model, openPlace, organisation } from './datasets.ts';
import type { Place } from './place.ts';

export type FloorOrder = {
  readonly place: Place;
  readonly client: string;
  readonly scopes: readonly string[];
  readonly schoolYear: string;
  readonly today: string;
};

/** `cpu` in microseconds, `ms` of wall time, each of the fastest of three. */
export type FloorTime = { readonly ms: number; readonly cpu: number };

/** `writing` = all that a hub does but the reading. */
export type FloorReport = FloorTime & { readonly bytes: number; readonly writing: FloorTime };

const chunkBytes = 262_144;
const rounds = 3;

const gathered = async <T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> => {
  const all: T[] = [];
  for await (const page of pages) for (const one of page) all.push(one);
  return all;
};

const measure = async ({ place, client, scopes, schoolYear, today }: FloorOrder): Promise<FloorReport> => {
  const store = await openPlace(place);
  const clock = systemClock;
  const authorizer = createAuthorizer({ model: model(), store, clock, environment: 'test' });
  const sealing = await createSealing(store.platform, systemRandom);
  const walk = createWalk({ model: model(), store, clock, authorizer, accesses: createAccesses(authorizer), sealing });
  const principal = {
    kind: 'client',
    client,
    tenant: organisation,
    scopes,
    issuer: 'bench',
    token: 'bench',
    expiresAt: 0,
  } as const;
  const opened = await createRosters({ model: model(), walk })(
    { principal, trace: 'bench', schools: null, schoolYear, today },
    () => {},
  );
  if (opened.kind === 'missing') throw new Error('nothing may be exported');
  const { reading } = opened;
  const persons: readonly RosterPerson[] = await gathered(reading.persons());
  const groups: readonly RosterGroup[] = await gathered(reading.groups());
  const members: readonly RosterMembers[] = await gathered(reading.members());
  await store.close();

  const memory: Memory = { reading, persons, groups, members };
  const written: (FloorTime & { readonly bytes: number })[] = [];
  for (let round = 0; round < rounds; round += 1) written.push(write(memory, schoolYear));
  const order: ExportOrder = {
    run: 'floor',
    principal: { ...principal, scopes },
    trace: 'bench',
    readAsMade: false,
    profile: 'pifu-ims-1.3',
    type: 'full',
    before: null,
    schools: null,
    schoolYear,
    today,
    source: 'bindeledd@bench',
    target: null,
    dropGuard: 1,
    confirmed: null,
  };
  const kept: FloorTime[] = [];
  for (let round = 0; round < rounds; round += 1) kept.push(await writeAll(memory, order));
  return { ...fastest(written), writing: fastest(kept) };
};

const fastest = <T extends FloorTime>(reports: readonly T[]): T =>
  reports.reduce((best, one) => (one.ms < best.ms ? one : best));

type Memory = {
  readonly reading: Pick<RosterReading, 'owner' | 'schools'>;
  readonly persons: readonly RosterPerson[];
  readonly groups: readonly RosterGroup[];
  readonly members: readonly RosterMembers[];
};

/** By the writer alone. */
const write = (
  { reading, persons, groups, members }: Memory,
  schoolYear: string,
): FloorTime & { readonly bytes: number } => {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const writer = writerOf({ profile: 'pifu-ims-1.3', dropped: () => {} });
  let bytes = 0;
  let pending = '';
  const put = (text: string): void => {
    pending += text;
    if (pending.length < chunkBytes) return;
    bytes += Buffer.from(pending).length;
    pending = '';
  };
  const head = { source: 'bindeledd@bench', target: null, type: 'full', at: 0, schoolYear } as const;
  put(writer.begin(head, reading.owner, reading.schools));
  for (const person of persons) put(writer.person(person, null));
  put(writer.startGroups(null));
  for (const group of groups) if (writer.refuses.group(group) === null) put(writer.group(group, null));
  for (const { holder, members: some } of members) put(writer.members(holder, some));
  put(writer.end());
  bytes += Buffer.from(pending).length;
  const { user, system } = process.cpuUsage(used);
  return { bytes, ms: performance.now() - started, cpu: user + system };
};

const pageRows = 1_000;

const paged = async function* <T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < all.length; from += pageRows) yield all.slice(from, from + pageRows);
};

/** As a hub does, in a run of the queue's whose reading takes no time. */
const writeAll = async ({ reading, persons, groups, members }: Memory, order: ExportOrder): Promise<FloorTime> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-writing-'));
  const place = tenantFolder(folder, organisation);
  makeFolder(place);
  // It is asked for, and not opened.
  writeFileSync(join(place, 'data.db'), '');
  const store = openExportStore({ folder, id: organisation, clock: systemClock });
  if (store === null) throw new Error('nothing to write to');
  const parts = startPartThread();
  try {
    await store.putRun({ ...queued, id: order.run });
    const holder = 'bench';
    await store.claim({ holder, now: 1, lostBefore: 0, atOnce: 1 });
    const run = createExportRun({
      openRoster: async () => ({
        kind: 'roster',
        reading: {
          ...reading,
          persons: () => paged(persons),
          groups: () => paged(groups),
          members: () => paged(members),
        },
      }),
      writerOf,
      rulesOf,
      sealerOf: parts.sealerOf,
      idOf: String,
      now: systemClock.now,
    });
    const watch = { progress: () => {}, part: () => {}, signal: new AbortController().signal };
    const [started, used] = [performance.now(), process.cpuUsage()];
    const end = await run(order, runPlace(store, { run: order.run, holder }, watch));
    if (end.state !== 'ready') throw new Error(JSON.stringify(end.reason));
    const { user, system } = process.cpuUsage(used);
    return { ms: performance.now() - started, cpu: user + system };
  } finally {
    parts.leave();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const queued = {
  application: 'bench',
  series: 'bench',
  state: 'queued',
  createdAt: 0,
  finishedAt: null,
  expiresAt: 0,
  told: false,
  record: '{}',
  attempt: 0,
} as const;

process.on('message', (order: FloorOrder) => {
  measure(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }),
  );
});
