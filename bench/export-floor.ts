// What the floor of an export is: everything that goes into the file stands in memory, and is written by the same writer to the same bytes, which go
// nowhere. A process of its own, since the data fill its memory. Started by scenarios/exports.ts; no hub may have the place open.
import { createAuthorizer } from '#hub/authorize.ts';
import { createAccesses } from '#hub/documents/access.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createWalk } from '#hub/documents/walk.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createRosters } from '#exports/roster/open-roster.ts';
import type { RosterMembers } from '#exports/export.ts';
import type { RosterGroup, RosterPerson } from '#formats/roster.ts';
import { writerOf } from '#formats/roster-format.ts';
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
export type FloorReport = { readonly bytes: number; readonly ms: number; readonly cpu: number };

const chunkBytes = 262_144;
const rounds = 3;

const gathered = async <T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> => {
  const all: T[] = [];
  for await (const page of pages) for (const one of page) all.push(one);
  return all;
};

const run = async ({ place, client, scopes, schoolYear, today }: FloorOrder): Promise<FloorReport> => {
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

  const reports: FloorReport[] = [];
  for (let round = 0; round < rounds; round += 1) {
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
    reports.push({ bytes, ms: performance.now() - started, cpu: user + system });
  }
  return reports.reduce((best, one) => (one.ms < best.ms ? one : best));
};

process.on('message', (order: FloorOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }),
  );
});
