// What one process has acknowledged, another shows at once, though it hears nothing of what others do: two hubs over one database, and the
// second one's notices go to nobody. It has looked before each time, so that it has something to believe.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Caller } from '../e2e/caller.ts';
import { deliverPage, nationalIds, person, pupil, several } from '../e2e/deliveries.ts';
import { answerEvent, eventsOf, register, statusOf, writeTo } from '../e2e/writers.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import { startProxy, type Proxy } from '../postgres/proxy.ts';
import { callerAt, endAll, openBooks, publicUrl, startHub, type Books, type Hub } from './hubs.ts';

const elev = 'utdanning/elev/elev';
const persons = 'utdanning/elev/person';

type Listing = { readonly total_items: number; readonly _embedded: { readonly _entries: readonly unknown[] } };

/** What a list says that it has, and what is on it. */
const countsOf = ({ total_items: total, _embedded: { _entries: entries } }: Listing): readonly [number, number] => [
  total,
  entries.length,
];

describe('a hub that hears nothing', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let books: Books;
  let proxy: Proxy;
  let hubs: readonly Hub[] = [];
  let adapter: Caller;
  let reader: Caller;
  let writers: readonly Caller[] = [];

  before(async () => {
    database = await testDatabase();
    proxy = await startProxy(database.url, undefined, true);
    books = await openBooks(database.url);
    await books.organisation('fjord.test');
    const organisation = 'fjord.test';
    const theirs = await books.enter({ id: 'adapter', kind: 'adapter', organisation, grant: { clearance: 3 } });
    const ours = await books.enter({ id: 'reader', kind: 'client', organisation });
    const actions = ['read', 'write'] as const;
    const writing = await books.enter({ id: 'writer', kind: 'client', organisation, grant: { actions } });
    hubs = await Promise.all([database.url, proxy.url].map((url) => startHub(url)));
    const [first, second] = hubs;
    assert.ok(first !== undefined && second !== undefined);
    adapter = await callerAt(first, theirs);
    reader = await callerAt(second, ours);
    writers = await Promise.all(hubs.map((hub) => callerAt(hub, writing)));
    await register(adapter);
  });
  after(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    endAll();
    await proxy?.close();
    await books?.close();
    await database?.drop();
  });

  it('shows the first resources of a class as soon as they are acknowledged', async () => {
    assert.equal((await reader.send('GET', `/${elev}/systemid/e-1`)).status, 404);
    assert.equal((await reader.read<Listing>(`/${elev}`)).total_items, 0);
    await deliverPage(adapter, elev, several(3, pupil));
    const [one, list] = await Promise.all([
      reader.send('GET', `/${elev}/systemid/e-1`),
      reader.read<Listing>(`/${elev}`),
    ]);
    assert.equal(one.status, 200);
    assert.deepEqual(countsOf(list), [3, 3]);
  });

  it('hides who is protected from the acknowledgement on, and shows who no longer is', async () => {
    const shown = async (): Promise<string> => {
      const [one, page, since] = await Promise.all([
        reader.send('GET', `/${persons}/fodselsnummer/${nationalIds[2] ?? ''}`),
        reader.read<Listing>(`/${persons}`),
        reader.read<Listing>(`/${persons}?sinceTimeStamp=1`),
      ]);
      const [[total, entries], [found, foundEntries]] = [countsOf(page), countsOf(since)];
      assert.deepEqual([entries, foundEntries], [total, found]);
      return `${one.status} ${total} ${found}`;
    };
    await deliverPage(adapter, persons, several(3, person));
    assert.equal(await shown(), '200 3 3');
    for (const [code, expected] of [
      ['strengtFortrolig', '404 2 2'],
      ['ugradert', '200 3 3'],
    ] as const) {
      await deliverPage(adapter, persons, [person(2, { adressebeskyttelse: code })], { method: 'PATCH' });
      assert.equal(await shown(), expected);
    }
  });

  it('knows of a write, and of what became of it, as soon as somebody was told', async () => {
    const [first, second] = writers;
    assert.ok(first !== undefined && second !== undefined);
    const known = { person: [{ href: `${persons}/fodselsnummer/${nationalIds[0] ?? ''}` }] };
    const resource = pupil(50, { _links: known }).resource ?? {};
    const address = (await writeTo(first, 'POST', `/${elev}`, resource)).replace(publicUrl, '');
    assert.equal((await statusOf(second, address)).status, 202);
    const [event] = await eventsOf(adapter, elev);
    assert.ok(event !== undefined);
    const answered = await answerEvent(adapter, event, { value: { identifier: 'e-50', resource } });
    assert.equal(answered.status, 200);
    assert.equal((await statusOf(second, address)).status, 201);
    assert.equal((await reader.send('GET', `/${elev}/systemid/e-50`)).status, 200);
  });
});
