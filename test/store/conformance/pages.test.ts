// Pages of stored bytes: any offset and size gives the rows it names, pages join to the whole, and a copy kept by segment and version is
// never older than its version says.
import assert from 'node:assert/strict';
import { before, after, test } from 'node:test';
import * as fc from 'fast-check';
import type { ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { ChunkHandle, PagePart, Store, StoredPage, TenantStore } from '#store/store.ts';
import { collectionOf, firstUid } from '#store/writing/uids.ts';
import { cases } from '../../cases.ts';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  deliver,
  elev,
  entry,
  model,
  namedBy,
  partsOf,
  person,
  planFor,
  putEntry,
  setClock,
  to,
  uidsOf,
  withdraw,
} from './world.ts';
import type { Entry } from './world.ts';

const plan = planFor(elev);

const handlesOf = async (tenant: TenantStore, offset: number, size: number): Promise<readonly ChunkHandle[]> =>
  Array.fromAsync(partsOf(tenant.reads, plan, { offset, size }), storedBytes);

/** Of an organisation without a marking every part of a page is bytes. */
const storedBytes = (part: PagePart): ChunkHandle => {
  assert.ok('read' in part);
  return part;
};

/** The bodies of a range, one string each. */
const rowsOf = async (tenant: TenantStore, offset: number, size: number): Promise<readonly string[]> => {
  const rows: string[] = [];
  for (const handle of await handlesOf(tenant, offset, size)) {
    const { bytes, count } = await handle.read();
    const part: unknown[] = JSON.parse(`[${bytes.toString()}]`);
    assert.equal(part.length, count);
    rows.push(...part.map((each) => JSON.stringify(each)));
  }
  return rows;
};

const allRows = async (tenant: TenantStore): Promise<readonly string[]> =>
  (await tenant.reads.load(plan, await uidsOf(tenant, elev))).map(({ body }) => body.toString());

const pupil = (number: number, text = '') =>
  entry(
    elev,
    { systemid: `E${number}` },
    { attributes: text === '' ? {} : { kontaktinformasjon: { epostadresse: text } } },
  );

const people = (clearance: ProtectionLevel): AuthorizedPlan => planFor(person, 'a.test', clearance);

const somebody = (number: number, marking: ProtectionLevel = 0): Entry =>
  entry(
    person,
    { fodselsnummer: `${number}` },
    { attributes: { navn: 'x', adressebeskyttelse: marking }, marking: marking },
  );

const numbers = (from: number, end: number): readonly number[] =>
  Array.from({ length: end - from }, (_, index) => from + index);

const numberIn = (body: { readonly fodselsnummer: { readonly identifikatorverdi: string } }): number =>
  Number(body.fodselsnummer.identifikatorverdi);

/** Whom reading a page shows, as the hub reads it; told of each piece as it comes. */
const shownBy = async (
  tenant: TenantStore,
  page: StoredPage | null,
  clearance: ProtectionLevel,
  told: (rows: readonly number[]) => Promise<void> = async () => {},
): Promise<readonly number[]> => {
  const shown: number[] = [];
  for await (const part of page?.parts() ?? [])
    for (const piece of 'pieces' in part ? part.pieces() : [part]) {
      const rows: number[] = [];
      if ('uids' in piece) {
        for (const { protection, body } of await tenant.reads.load(people(clearance), piece.uids))
          if (protection <= clearance) rows.push(numberIn(JSON.parse(body.toString())));
      } else {
        const bodies: Parameters<typeof numberIn>[0][] = JSON.parse(`[${(await piece.read()).bytes.toString()}]`);
        rows.push(...bodies.map(numberIn));
      }
      shown.push(...rows);
      await told(rows);
    }
  return shown;
};

/** A record of the page names all of those: uids are given in the order in which the numbers came. */
const allNamed = async (
  tenant: TenantStore,
  page: StoredPage | null,
  clearance: ProtectionLevel,
  shown: readonly number[],
): Promise<void> => {
  const [some = 0] = await uidsOf(tenant, person);
  const first = firstUid(collectionOf(some));
  const uids = shown.map((number) => first + number);
  assert.deepEqual(await namedBy(tenant, page, clearance, uids), uids);
};

onEveryDialect('pages', (dialect) => {
  let store: Store;
  let dispose: (() => Promise<void>) | null = null;
  let tenants = 0;
  before(async () => {
    const place = await dialect.place();
    dispose = place.dispose;
    store = await dialect.open(place.at, { model, clock: setClock(), baseUrl: base });
  });
  after(async () => {
    await store.close();
    await dispose?.();
  });
  const fresh = (): Promise<TenantStore> => store.tenant(`t${(tenants += 1)}.test`);

  test('pages of any size join to the whole, also after removals have left holes', async () => {
    const tenant = await fresh();
    await deliver(tenant, ...[...Array(1_300).keys()].map((each) => pupil(each, each % 3 === 0 ? 'æøå "😀"' : '')));
    const uids = await uidsOf(tenant, elev);
    await tenant.write(async (tx) => {
      for (const [index, uid] of uids.entries())
        if (index % 7 === 0 || (index >= 250 && index < 530)) await tx.remove(elev, uid, 1);
      await tx.settle();
    });
    const whole = await allRows(tenant);
    assert.ok(whole.length > 800 && whole.length < 1_000);
    assert.deepEqual(await rowsOf(tenant, 0, 0), whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(1_100), fc.integer({ min: 1, max: 1_100 }), async (offset, size) => {
        assert.deepEqual(await rowsOf(tenant, offset, size), whole.slice(offset, offset + size));
      }),
      {
        numRuns: 60,
        examples: [
          [0, 1],
          [whole.length - 1, 5],
          [whole.length, 5],
          [5_000_000, 1],
          [255, 2],
        ],
      },
    );
    for (const size of [97, 256, 500]) {
      const joined: string[] = [];
      for (let offset = 0; offset < whole.length; offset += size) joined.push(...(await rowsOf(tenant, offset, size)));
      assert.deepEqual(joined, whole);
    }
  });

  test('an empty and an unknown collection have no chunks', async () => {
    const tenant = await fresh();
    assert.deepEqual(await rowsOf(tenant, 0, 0), []);
    await deliver(tenant, pupil(1));
    await tenant.write(async (tx) => {
      for (const uid of await uidsOf(tenant, elev)) await tx.remove(elev, uid, 1);
      await tx.settle();
    });
    assert.deepEqual(await rowsOf(tenant, 0, 0), []);
    assert.deepEqual(await rowsOf(tenant, 0, 10), []);
  });

  test('updates while paging move nothing: every row once', async () => {
    const tenant = await fresh();
    const count = 700;
    await deliver(tenant, ...[...Array(count).keys()].map((each) => pupil(each)));
    const seen: string[] = [];
    for (let offset = 0; offset < count; offset += 100) {
      for (const row of await rowsOf(tenant, offset, 100)) seen.push(JSON.parse(row).systemId.identifikatorverdi);
      await deliver(tenant, pupil(offset, 'changed'), pupil(count - 1 - offset, 'changed'), pupil(count + offset));
    }
    assert.deepEqual(
      seen,
      [...Array(count).keys()].map((each) => `E${each}`),
    );
    // One stream, with writes between its chunks: those that were there and stayed come once each.
    const streamed: string[] = [];
    let turn = 0;
    for await (const part of partsOf(tenant.reads, plan, { offset: 0, size: 0 })) {
      await deliver(tenant, pupil(turn, `again ${turn}`), pupil(600 - turn, 'again'), pupil(9_000 + turn));
      const { bytes } = await storedBytes(part).read();
      const list: { systemId: { identifikatorverdi: string } }[] = JSON.parse(`[${bytes.toString()}]`);
      streamed.push(...list.map(({ systemId }) => systemId.identifikatorverdi));
      turn += 1;
    }
    assert.equal(new Set(streamed).size, streamed.length);
    for (let each = 0; each < count; each += 1) assert.ok(streamed.includes(`E${each}`));
  });

  test('a page that begins inside of a segment begins there, whatever goes before it is read', async () => {
    const tenant = await fresh();
    await deliver(tenant, ...[...Array(20).keys()].map((each) => pupil(each)));
    const rows: string[] = [];
    for await (const part of partsOf(tenant.reads, plan, { offset: 10, size: 5 })) {
      await withdraw(tenant, elev, 'systemid', 'E3');
      const { bytes } = await storedBytes(part).read();
      const list: { systemId: { identifikatorverdi: string } }[] = JSON.parse(`[${bytes.toString()}]`);
      rows.push(...list.map(({ systemId }) => systemId.identifikatorverdi));
    }
    assert.deepEqual(rows, ['E10', 'E11', 'E12', 'E13', 'E14']);
  });

  test('a page may be read again, and shows nobody who came after it was asked for', async () => {
    const tenant = await fresh();
    await deliver(tenant, ...numbers(0, 300).map((each) => somebody(each)));
    const page = await tenant.reads.page(people(0), { offset: 0, size: 0 });
    await deliver(tenant, somebody(300));
    for (let time = 0; time < 2; time += 1) {
      const shown = await shownBy(tenant, page, 0);
      assert.deepEqual(shown, numbers(0, 300));
      await allNamed(tenant, page, 0, shown);
    }
    assert.equal((await shownBy(tenant, await tenant.reads.page(people(0), { offset: 0, size: 0 }), 0)).length, 301);
  });

  test('nobody comes into a page for one who went', async () => {
    const tenant = await fresh();
    await deliver(tenant, ...numbers(0, 300).map((each) => somebody(each)));
    const whole = await tenant.reads.page(people(0), { offset: 0, size: 0 });
    const middle = await tenant.reads.page(people(0), { offset: 10, size: 10 });
    await withdraw(tenant, person, 'fodselsnummer', '280');
    await withdraw(tenant, person, 'fodselsnummer', '12');
    await deliver(tenant, somebody(300));
    for (const [page, expected] of [
      [whole, numbers(0, 300)],
      [middle, numbers(10, 20)],
    ] as const) {
      const shown = await shownBy(tenant, page, 0);
      assert.deepEqual(
        shown,
        expected.filter((each) => each !== 12 && each !== 280),
      );
      await allNamed(tenant, page, 0, shown);
    }
  });

  test('a page begins where it began, and shows nobody who was hidden when it was asked for', async () => {
    const tenant = await fresh();
    await deliver(tenant, ...numbers(0, 300).map((each) => somebody(each, each === 3 || each === 15 ? 2 : 0)));
    for (const clearance of [0, 1] as const) {
      const part = await tenant.reads.page(people(clearance), { offset: 10, size: 10 });
      const whole = await tenant.reads.page(people(clearance), { offset: 0, size: 0 });
      await deliver(tenant, somebody(3, 0), somebody(15, 0), somebody(200, 3));
      for (const [page, expected] of [
        [part, numbers(11, 22)],
        [whole, numbers(0, 300)],
      ] as const) {
        const shown = await shownBy(tenant, page, clearance);
        assert.deepEqual(
          shown,
          expected.filter((each) => each !== 3 && each !== 15 && each !== 200),
        );
        await allNamed(tenant, page, clearance, shown);
      }
      await deliver(tenant, somebody(3, 2), somebody(15, 2), somebody(200, 0));
    }
  });

  test('whatever is written between asking for a page and reading it, whoever is shown is named, and nobody hidden is shown', async () => {
    const tenant = await fresh();
    const levels = new Map<number, ProtectionLevel>();
    for (const each of numbers(0, 700)) levels.set(each, each % 50 === 7 ? 2 : 0);
    await deliver(tenant, ...[...levels].map(([each, level]) => somebody(each, level)));
    let next = 700;
    const step = fc.record({
      kind: fc.constantFrom('add', 'remove', 'put', 'put'),
      // Most at the end of what there is, where pages end as well.
      at: fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.double({ min: 0.97, max: 0.999, noNaN: true })),
      level: fc.constantFrom<ProtectionLevel>(0, 0, 1, 2, 3),
    });
    const write = async ({ kind, at, level }: { kind: string; at: number; level: ProtectionLevel }): Promise<void> => {
      const there = [...levels.keys()];
      const number = kind === 'add' ? next : (there[Math.floor(at * there.length)] ?? 0);
      if (kind === 'remove') {
        levels.delete(number);
        await withdraw(tenant, person, 'fodselsnummer', `${number}`);
        return;
      }
      next = Math.max(next, number + 1);
      levels.set(number, level);
      await deliver(tenant, somebody(number, level));
    };
    let fewer = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<ProtectionLevel>(0, 1, 2, 3),
        fc.nat(700),
        fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
        fc.array(step, { maxLength: 4 }),
        fc.array(step, { maxLength: 2 }),
        async (clearance, offset, size, first, during) => {
          const visible = [...levels].filter(([, level]) => level <= clearance).map(([each]) => each);
          const expected = visible.slice(offset, size === 0 ? undefined : offset + size);
          const page = await tenant.reads.page(people(clearance), { offset, size });
          assert.equal(page === null, expected.length === 0);
          for (const each of first) await write(each);
          const left = [...during];
          const shown = await shownBy(tenant, page, clearance, async (rows) => {
            for (const each of rows) assert.ok((levels.get(each) ?? 4) <= clearance, `${each} is hidden or gone`);
            const each = left.shift();
            if (each !== undefined) await write(each);
          });
          assert.deepEqual(
            shown,
            expected.filter((each) => shown.includes(each)),
          );
          if (first.length === 0 && during.length === 0) assert.deepEqual(shown, expected);
          if (shown.length < expected.length) fewer += 1;
          await allNamed(tenant, page, clearance, shown);
        },
      ),
      { numRuns: cases(150) },
    );
    assert.ok(fewer > cases(10), `${fewer} pages were met by writes`);
  });

  test('a copy by segment and version equals a fresh read, whatever has been written', async () => {
    const tenant = await fresh();
    await deliver(tenant, ...[...Array(600).keys()].map((each) => pupil(each)));
    const copies = new Map<string, { readonly version: number; readonly text: string }>();
    const step = fc.record({
      kind: fc.constantFrom('update', 'create', 'remove', 'link', 'unlink', 'nothing'),
      number: fc.nat(620),
    });
    let next = 10_000;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), async (steps) => {
        await tenant.write(async (tx) => {
          for (const { kind, number } of steps) {
            if (kind === 'update') await putEntry(tx, pupil(number, `text ${(next += 1)}`));
            if (kind === 'create') await putEntry(tx, pupil((next += 1)));
            if (kind === 'nothing') await putEntry(tx, pupil(number));
            // Changes the target's body without the target being put.
            const links = kind === 'link' ? { elev: [to(elev, 'systemid', `E${number}`)] } : {};
            if (kind === 'link' || kind === 'unlink')
              await putEntry(tx, entry(person, { fodselsnummer: `P${number % 5}` }, { links }));
            if (kind === 'remove') {
              const [uid] = await tx.match(elev, [{ field: 'systemid', value: `E${number}` }]);
              if (uid !== null && uid !== undefined) await tx.remove(elev, uid, 1);
            }
          }
          await tx.settle();
        });
        for (const { segment, read } of await handlesOf(tenant, 0, 0)) {
          assert.ok(segment !== null, 'a full read is made of whole segments');
          const { bytes } = await read();
          const copy = copies.get(`${segment.id}`);
          // The other way round does not hold: a transaction may change a body and change it back.
          if (copy?.version === segment.version) assert.equal(copy.text, bytes.toString());
          if (steps.length === 0) assert.equal(copy?.version ?? segment.version, segment.version);
          copies.set(`${segment.id}`, { version: segment.version, text: bytes.toString() });
        }
      }),
      { numRuns: 120 },
    );
    assert.deepEqual(await rowsOf(tenant, 0, 0), await allRows(tenant));
  });
});
