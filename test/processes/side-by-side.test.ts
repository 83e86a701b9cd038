// What one process has begun, another carries on: three hubs over one database, as behind a proxy that sends each request anywhere.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rotateKeys } from '#auth/signing-keys.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { callerOf, tokenFor, type Caller } from '../e2e/caller.ts';
import { deliverPage, pageText, json, pupil, several, type RunStatus } from '../e2e/deliveries.ts';
import { answerEvent, bodyOf, eventsOf, register, write, writeTo, type FirstEvent } from '../e2e/writers.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import {
  endAll,
  grantOf,
  openBooks,
  publicUrl,
  startHub,
  within,
  type Books,
  type Credentials,
  type Hub,
} from './hubs.ts';

const elev = 'utdanning/elev/elev';
const fag = 'utdanning/timeplan/fag';
/** Within this long every process knows what has changed. */
const promisedMs = 5_000;

const subject = (number: number, more: object = {}): object => ({
  systemId: { identifikatorverdi: `f-${number}` },
  navn: `Fag ${number}`,
  beskrivelse: 'Et fag',
  ...more,
});

/** An address of the hub as a path, for any process. */
const pathOf = (address: string): string => address.replace(publicUrl, '');

const headerOf = (token: string): { readonly kid: string } =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { readonly kid: string };

type Feed = { readonly next: string; readonly entries?: readonly unknown[] };

describe('hubs over one database', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let books: Books;
  let hubs: readonly Hub[] = [];
  const tokens = new Map<string, string>();
  const credentials = new Map<string, Credentials>();

  const at = (index: number, token: string): Caller => callerOf(hubs[index]?.url ?? '', tokens.get(token) ?? '');
  const enter = async (
    id: string,
    kind: 'client' | 'adapter',
    grant?: Parameters<typeof grantOf>[3] | null,
  ): Promise<void> => {
    const entered = await books.enter({
      id,
      kind,
      organisation: 'fjord.test',
      ...(grant === undefined ? {} : { grant }),
    });
    credentials.set(id, entered);
  };
  const sign = async (id: string, index = 0): Promise<void> => {
    tokens.set(id, await tokenFor(hubs[index]?.url ?? '', id, credentials.get(id)?.secret ?? ''));
  };

  before(async () => {
    database = await testDatabase();
    books = await openBooks(database.url);
    await books.organisation('fjord.test', { writes: [{ pattern: fag, policy: 'hub', deadlineMinutes: null }] });
    await enter('adapter', 'adapter');
    await enter('reader', 'client');
    await enter('writer', 'client', { actions: ['read', 'list', 'follow', 'write'] });
    hubs = await Promise.all([0, 1, 2].map(() => startHub(database.url)));
    for (const [index, id] of ['adapter', 'reader', 'writer'].entries()) await sign(id, index);
    await register(at(1, 'adapter'));
    await deliverPage(at(0, 'adapter'), elev, several(20, pupil));
  });
  after(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    endAll();
    await books?.close();
    await database?.drop();
  });

  /** Until every process answers so to the token; says how long it took. */
  const everywhere = (token: string, target: string, status: number): Promise<number> =>
    within(promisedMs, async () => {
      const seen = await Promise.all(hubs.map(async (_, index) => (await at(index, token).send('GET', target)).status));
      return seen.every((one) => one === status) ? null : `${seen.join()} and not ${status}`;
    });

  it('started together, make one set of keys', async () => {
    const keys = await books.platform.signingKeys();
    assert.deepEqual(keys.map(({ state }) => state).toSorted(), ['active', 'next']);
    assert.equal((await books.platform.auditKeys()).length, 1);
  });

  it('take a token that another has issued', async () => {
    for (const index of hubs.keys()) await at(index, 'reader').read(`/${elev}/systemid/e-1`);
  });

  it('know of grants given, narrowed and revoked, and of applications disabled, whatever token is held', async () => {
    await enter('late', 'client', { collections: ['utdanning/elev/klasse'] });
    await sign('late', 1);
    const target = `/${elev}/systemid/e-1`;
    const took: number[] = [await everywhere('late', target, 404)];
    const grant = grantOf('late', 'client', 'fjord.test', { id: 'late-more' });
    await books.platform.putGrant(grant);
    took.push(await everywhere('late', target, 200));
    await books.platform.putGrant({ ...grant, fields: ['systemId'] });
    took.push(
      await within(promisedMs, async () => {
        const texts = await Promise.all(
          hubs.map(async (_, index) => (await at(index, 'late').send('GET', target)).text),
        );
        return texts.some((text) => text.includes('feidenavn')) ? 'somebody shows it still' : null;
      }),
    );
    await books.platform.removeGrant(grant.id);
    took.push(await everywhere('late', target, 404));
    await books.platform.putGrant(grant);
    took.push(await everywhere('late', target, 200));
    const application = await books.platform.application('late');
    assert.ok(application !== null);
    await books.platform.putApplication({ ...application, disabled: true });
    took.push(await everywhere('late', target, 401));
    await books.platform.putApplication(application);
    took.push(await everywhere('late', target, 200));
    assert.ok(Math.max(...took) < promisedMs, took.join());
  });

  it('take tokens of a new key at once, and those of the old one until they end', async () => {
    await rotateKeys({ platform: books.platform, clock: systemClock, random: systemRandom });
    const [active] = (await books.platform.signingKeys()).filter(({ state }) => state === 'active');
    const { id, secret } = credentials.get('reader') ?? { id: '', secret: '' };
    for (const [index, hub] of hubs.entries()) {
      await within(promisedMs, async () => {
        const token = await tokenFor(hub.url, id, secret);
        tokens.set(`new ${index}`, token);
        return headerOf(token).kid === active?.id ? null : 'still signs with the old one';
      });
      for (const other of hubs.keys()) await at(other, `new ${index}`).read(`/${elev}/systemid/e-1`);
    }
    await everywhere('reader', `/${elev}/systemid/e-1`, 200);
  });

  it('carry on a sync run page by page', async () => {
    const corrId = randomUUID();
    const pages = 6;
    for (let page = 1; page <= pages; page += 1) {
      const entries = several(5, pupil, (page - 1) * 5);
      const body = pageText(entries, { corrId, page, totalPages: pages, totalSize: pages * 5 });
      const answer = await at(page % 3, 'adapter').send('POST', `/provider/${elev}`, { headers: json, body });
      assert.equal(answer.status, 201, answer.text);
      const status = await at((page + 1) % 3, 'adapter').read<RunStatus>(`/provider/sync/${corrId}`);
      assert.equal(status.receivedEntries, page * 5);
    }
    for (const index of hubs.keys()) {
      const status = await at(index, 'adapter').read<RunStatus>(`/provider/sync/${corrId}`);
      assert.deepEqual([status.state, status.created, status.unchanged], ['completed', 10, 20]);
    }
    await within(promisedMs, async () => {
      const sizes = await Promise.all(
        hubs.map((_, index) => at(index, 'reader').read<{ total_items: number }>(`/${elev}?size=1`)),
      );
      return sizes.every((one) => one.total_items === 30) ? null : sizes.map((one) => one.total_items).join();
    });
  });

  it('take pages of one run side by side', async () => {
    const corrId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        at(index % 3, 'adapter').send('POST', `/provider/${elev}`, {
          headers: json,
          body: pageText(several(5, pupil, index * 5), { corrId, page: index + 1, totalPages: 6, totalSize: 30 }),
        }),
      ),
    );
    for (const { status, text } of answers) assert.equal(status, 201, text);
    const status = await at(0, 'adapter').read<RunStatus>(`/provider/sync/${corrId}`);
    assert.deepEqual([status.state, status.unchanged], ['completed', 30]);
  });

  it('take a write at one, its answer at another and tell its status at a third', async () => {
    const status = pathOf(await writeTo(at(0, 'writer'), 'POST', `/${elev}`, pupil(40).resource ?? {}));
    assert.equal((await at(2, 'writer').send('GET', status)).status, 202);
    const [event] = await eventsOf(at(1, 'adapter'), elev);
    assert.ok(event !== undefined);
    const value = { identifier: 'e-40', resource: JSON.parse(event.value) as unknown };
    assert.equal((await answerEvent(at(1, 'adapter'), event, { value })).status, 200);
    const told = await at(2, 'writer').send('GET', status);
    assert.equal(told.status, 201, told.text);
    assert.equal((await answerEvent(at(2, 'adapter'), event, { value })).status, 404);
    await everywhere('writer', `/${elev}/systemid/e-40`, 200);
  });

  it('wake each other’s adapters', async () => {
    const began = performance.now();
    const waiting = eventsOf(at(1, 'adapter'), elev, '?wait=20');
    await sleep(500);
    await writeTo(at(0, 'writer'), 'POST', `/${elev}`, pupil(41).resource ?? {});
    const events: readonly FirstEvent[] = await waiting;
    assert.equal(events.length, 1);
    assert.ok(performance.now() - began < 3_000, `${performance.now() - began} ms`);
    const [event] = events;
    assert.ok(event !== undefined);
    const value = { identifier: 'e-41', resource: JSON.parse(event.value) as unknown };
    assert.equal((await answerEvent(at(2, 'adapter'), event, { value })).status, 200);
  });

  it('hold an Idempotency-Key and If-Match for each other', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const both = await Promise.all(
      [0, 1, 2].map((index) => write(at(index, 'writer'), 'POST', `/${fag}`, subject(1), key)),
    );
    const places = new Set(both.filter(({ status }) => status === 202).map(({ headers }) => headers['location']));
    assert.equal(places.size, 1, both.map(({ status, text }) => `${status} ${text}`).join('\n'));
    assert.equal((await write(at(1, 'writer'), 'POST', `/${fag}`, subject(2), key)).status, 422);
    const target = `/${fag}/systemid/f-1`;
    await everywhere('writer', target, 200);
    const { headers } = await at(2, 'writer').send('GET', target);
    const tag = { 'if-match': String(headers['etag']) };
    const race = await Promise.all(
      [0, 1, 2].map((index) => write(at(index, 'writer'), 'PUT', target, subject(1, { navn: `Forsøk ${index}` }), tag)),
    );
    assert.deepEqual(race.map(({ status }) => status).toSorted(), [202, 412, 412]);
    const won = race.findIndex(({ status }) => status === 202);
    const name = `Forsøk ${won}`;
    await within(promisedMs, async () => {
      const seen = await Promise.all(hubs.map((_, index) => at(index, 'writer').read<{ navn: string }>(target)));
      return seen.every(({ navn }) => navn === name) ? null : seen.map(({ navn }) => navn).join();
    });
  });

  it('read on at each other’s positions, without a gap and without anything twice', async () => {
    const names: string[] = [];
    let next: string | null = null;
    for (let turn = 0; turn < 200; turn += 1) {
      const feed: { readonly next: string; readonly changes?: unknown } & Record<string, unknown> = await at(
        turn % 3,
        'reader',
      ).read(`/${elev}/changes?size=3${next === null ? '' : `&after=${encodeURIComponent(next)}`}`);
      const entries =
        Object.values(feed).find((value): value is readonly { readonly id?: unknown }[] => Array.isArray(value)) ?? [];
      if (entries.length === 0) break;
      names.push(...entries.map((one) => JSON.stringify(one)));
      ({ next } = feed as Feed);
    }
    assert.ok(names.length >= 32, String(names.length));
    assert.equal(new Set(names).size, names.length);
  });

  it('show no page of before once another has written', async () => {
    // All of it is in the memory of each by now.
    for (const index of hubs.keys())
      for (let turn = 0; turn < 3; turn += 1) await at(index, 'reader').read(`/${elev}?size=0`);
    const slowest: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      await deliverPage(
        at(turn % 3, 'adapter'),
        elev,
        [pupil(3, { feidenavn: { identifikatorverdi: `bytt${turn}@fjord.test` } })],
        {
          method: 'PATCH',
        },
      );
      slowest.push(
        await within(promisedMs, async () => {
          const pages = await Promise.all(hubs.map((_, index) => at(index, 'reader').send('GET', `/${elev}?size=0`)));
          return pages.every(({ text }) => text.includes(`bytt${turn}@`)) ? null : 'somebody shows the page of before';
        }),
      );
      // Nobody goes back.
      for (const index of hubs.keys())
        assert.ok((await at(index, 'reader').send('GET', `/${elev}?size=0`)).text.includes(`bytt${turn}@`));
    }
    assert.ok(Math.max(...slowest) < 1_000, slowest.join());
  });

  it('go on when one of them ends in the middle', async () => {
    const corrId = randomUUID();
    const page = (index: number, number: number): ReturnType<Caller['send']> =>
      at(index, 'adapter').send('POST', `/provider/${elev}`, {
        headers: json,
        body: pageText(several(15, pupil, (number - 1) * 15), { corrId, page: number, totalPages: 2, totalSize: 30 }),
      });
    assert.equal((await page(2, 1)).status, 201);
    const status = pathOf(await writeTo(at(2, 'writer'), 'PUT', `/${elev}/systemid/e-5`, pupil(5).resource ?? {}));
    hubs[2]?.child.kill('SIGKILL');
    await hubs[2]?.ended;
    hubs = hubs.slice(0, 2);
    const last = await page(0, 2);
    assert.equal(last.status, 201, last.text);
    assert.equal(bodyOf<RunStatus>(await at(1, 'adapter').send('GET', `/provider/sync/${corrId}`)).receivedEntries, 30);
    const [event] = await eventsOf(at(1, 'adapter'), elev);
    assert.ok(event !== undefined);
    const value = { identifier: 'e-5', resource: JSON.parse(event.value) as unknown };
    assert.equal((await answerEvent(at(0, 'adapter'), event, { value })).status, 200);
    assert.notEqual((await at(1, 'writer').send('GET', status)).status, 202);
  });
});
