// After many changes, in the order of nobody's choosing, an erased person is in no byte of the files: neither in what was deleted nor in copies
// of cells that the database moved about. The files stay sound, and what is written later brings nothing back.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { base, deliver, elev, entry, model, person, planFor, to } from '../conformance/world.ts';
import type { Entry } from '../conformance/world.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'erased-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const people = 1_200;
const dataFile = path.join(folder, 'tenants', 'a.test', 'data.db');

let state = 7;
const random = (below: number): number => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * below);
};

const some = (count: number): readonly number[] => [...new Set([...Array(count)].map(() => random(people)))];

const family = (number: number, version: number): readonly Entry[] => [
  entry(
    person,
    { fodselsnummer: `MARK-${number}-x` },
    {
      attributes: { navn: { fornavn: `NAME-${number}-${version}-x`, etternavn: 'y'.repeat(random(3_000)) } },
      links: { elev: [to(elev, 'systemid', `ELEV-${number}-x`)] },
    },
  ),
  entry(elev, { systemid: `ELEV-${number}-x`, elevnummer: `NR-${number}-${version}-x` }),
];

/** Who of these is named in any file. */
const named = (gone: ReadonlySet<number>): readonly number[] => {
  const found = new Set<number>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    if (!statSync(file).isFile()) continue;
    for (const [, number] of readFileSync(file, 'latin1').matchAll(/(?:MARK|NAME|ELEV|NR)-(\d+)-/g))
      if (gone.has(Number(number))) found.add(Number(number));
  }
  return [...found];
};

const eraseAll = (tenant: TenantStore, numbers: readonly number[]): Promise<void> =>
  tenant.write(async (tx) => {
    const uids = [
      ...(await tx.match(
        person,
        numbers.map((each) => ({ field: 'fodselsnummer', value: `MARK-${each}-x` })),
      )),
      ...(await tx.match(
        elev,
        numbers.map((each) => ({ field: 'systemid', value: `ELEV-${each}-x` })),
      )),
    ];
    await tx.erase(
      uids.filter((uid) => uid !== null),
      'case',
    );
    await tx.settle();
  });

const open = (): Promise<Store> =>
  openSqliteStore({ folder, model, clock: systemClock, observe: ignoreEvents, baseUrl: () => base });

test('nothing of the erased is left in any byte, also when a reader held an older state meanwhile', async () => {
  const store = await open();
  const tenant = await store.tenant('a.test');
  const order = [...Array(people).keys()]
    .map((number) => [random(1_000_000), number] as const)
    .sort(([a], [b]) => a - b);
  for (let at = 0; at < people; at += 100)
    await deliver(tenant, ...order.slice(at, at + 100).flatMap(([, number]) => family(number, 0)));
  for (let round = 1; round <= 12; round += 1)
    await deliver(tenant, ...some(120).flatMap((number) => family(number, random(2) * round)));
  const gone = new Set<number>();
  for (let round = 0; round < 12; round += 1) {
    const next = some(8).filter((number) => !gone.has(number));
    for (const number of next) gone.add(number);
    await eraseAll(tenant, next);
    assert.deepEqual(named(gone), [], 'when the erasure is answered');
    await deliver(
      tenant,
      ...some(40)
        .filter((number) => !gone.has(number))
        .flatMap((number) => family(number, 99)),
    );
    assert.deepEqual(named(gone), [], 'nor brought back by what is written next');
  }

  // A backup that is under way reads an older state: the bytes go when it is done.
  const reader = new DatabaseSync(dataFile, { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM resource').get();
  const late = some(8).filter((number) => !gone.has(number));
  for (const number of late) gone.add(number);
  await eraseAll(tenant, late);
  assert.ok(named(gone).length > 0, 'they are still there for the reader');
  reader.close();
  for (let tries = 0; named(gone).length > 0 && tries < 100; tries += 1) await systemClock.sleep(50);
  assert.deepEqual(named(gone), []);

  assert.equal((await tenant.reads.stats(planFor(person))).count, people - gone.size);
  await store.close();
  const db = new DatabaseSync(dataFile);
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  db.close();
});
