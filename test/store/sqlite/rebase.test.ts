// A hub that moves to another address: stored links follow, whatever else the text holds, and nothing looks changed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { HubEvent } from '#base/events.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store } from '#store/store.ts';
import {
  deliver,
  elev,
  elevforhold,
  entry,
  model,
  planFor,
  setClock,
  to,
  uidsOf,
  withdraw,
} from '../conformance/world.ts';

const root = mkdtempSync(path.join(tmpdir(), 'rebase-'));
after(() => rmSync(root, { recursive: true, force: true }));

const landkode = 'felles/kodeverk/iso/landkode/systemid/NO';

/** A pupil whose text is full of what could be taken for an address or upset a count of letters. */
const pupil = (base: string) =>
  entry(
    elev,
    { systemid: 'E😀1', elevnummer: '1' },
    {
      primary: 'systemid',
      attributes: {
        kontaktinformasjon: { epostadresse: '😀"href":"http://old.test/x" \\"href\\":\\"http://old.test/ 👩‍👧' },
        hybeladresse: { poststed: 'http://old.test/', _links: { land: [{ href: `${base}/${landkode}` }] } },
      },
      links: { elevforhold: [to(elevforhold, 'systemid', 'F2')] },
    },
  );
const enrolments = [
  entry(elevforhold, { systemid: 'F1' }, { links: { elev: [to(elev, 'elevnummer', '1')] } }),
  entry(
    elevforhold,
    { systemid: 'F2' },
    { links: { ukjent: [{ kind: 'verbatim', href: 'http://old.test.elsewhere/x' }] } },
  ),
];

const bodies = async (store: Store): Promise<readonly string[]> => {
  const tenant = await store.tenant('a.test');
  const texts: string[] = [];
  for (const at of [elev, elevforhold])
    texts.push(...(await tenant.reads.load(planFor(at), await uidsOf(tenant, at))).map(({ body }) => body.toString()));
  return texts;
};

test('stored links follow the address, there and back', async () => {
  const events: HubEvent[] = [];
  const open = (folder: string, base: string): Promise<Store> =>
    openSqliteStore({
      folder: path.join(root, folder),
      model,
      clock: setClock(),
      observe: (event) => events.push(event),
      baseUrl: () => base,
    });
  // What a hub stores that has had the address from the start.
  const expected = async (base: string): Promise<readonly string[]> => {
    const store = await open(`at-${base.length}`, base);
    await deliver(await store.tenant('a.test'), pupil(base), ...enrolments);
    const texts = await bodies(store);
    await store.close();
    return texts;
  };
  const addresses = ['http://old.test', 'https://new.example:8443/api', 'http://old.test'];
  let store = await open('moved', 'http://old.test');
  await deliver(await store.tenant('a.test'), pupil('http://old.test'), ...enrolments);
  for (const base of addresses) {
    await store.close();
    store = await open('moved', base);
    const tenant = await store.tenant('a.test');
    assert.deepEqual(await bodies(store), await expected(base));
    assert.equal(await tenant.reads.lastPosition(), 3, 'no client is told that anything changed');
    // The adapter delivers the same: still no change, and links are still worked out from the right text.
    assert.deepEqual(await deliver(tenant, pupil(base), ...enrolments), ['unchanged', 'unchanged', 'unchanged']);
    assert.deepEqual(await deliver(tenant, pupil(base), ...enrolments), ['unchanged', 'unchanged', 'unchanged']);
    assert.equal(await tenant.reads.lastPosition(), 3);
  }
  const tenant = await store.tenant('a.test');
  await withdraw(tenant, elevforhold, 'systemid', 'F1');
  const [text] = await bodies(store);
  assert.ok(text?.includes('"elevforhold":[{"href":"http://old.test/utdanning/elev/elevforhold/systemid/F2"}]'));
  assert.doesNotThrow(() => JSON.parse(text ?? ''));
  await store.close();
  const moved = events.flatMap((event) => (event.kind === 'links-rebased' ? [event.resources] : []));
  assert.deepEqual(moved, [3, 3]);
});
