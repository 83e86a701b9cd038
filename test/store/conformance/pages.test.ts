// Pages of stored bytes: any offset and size gives the rows it names, pages join to the whole, and a copy kept by segment and version is
// never older than its version says.
import assert from 'node:assert/strict';
import { before, after, test } from 'node:test';
import * as fc from 'fast-check';
import type { ChunkHandle, PagePart, Store, TenantStore } from '#store/store.ts';
import { onEveryDialect } from './dialects.ts';
import {
  base,
  deliver,
  elev,
  entry,
  model,
  person,
  planFor,
  putEntry,
  setClock,
  to,
  uidsOf,
  withdraw,
} from './world.ts';

const plan = planFor(elev);

const handlesOf = async (tenant: TenantStore, offset: number, size: number): Promise<readonly ChunkHandle[]> =>
  Array.fromAsync(tenant.reads.chunks(plan, { offset, size }), storedBytes);

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
    for await (const part of tenant.reads.chunks(plan, { offset: 0, size: 0 })) {
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
    for await (const part of tenant.reads.chunks(plan, { offset: 10, size: 5 })) {
      await withdraw(tenant, elev, 'systemid', 'E3');
      const { bytes } = await storedBytes(part).read();
      const list: { systemId: { identifikatorverdi: string } }[] = JSON.parse(`[${bytes.toString()}]`);
      rows.push(...list.map(({ systemId }) => systemId.identifikatorverdi));
    }
    assert.deepEqual(rows, ['E10', 'E11', 'E12', 'E13', 'E14']);
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
