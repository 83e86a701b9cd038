// A rolling upgrade: two hubs behind a load balancer that asks who is ready, replaced one after the other while clients read, write, deliver and
// wait, on connections that they keep. No request fails.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, tokenFor, type Answer } from '../e2e/caller.ts';
import { json, pageText, pupil, several } from '../e2e/deliveries.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import { endAll, openBooks, publicUrl, startHub, type Books, type Hub } from './hubs.ts';

const elev = 'utdanning/elev/elev';
const fag = 'utdanning/timeplan/fag';
const notice = ['--stop-notice-seconds', '2'];
const lookMs = 150;

describe('a rolling upgrade', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let books: Books;
  let hubs: Hub[] = [];
  let ready: readonly Hub[] = [];
  const stop = new AbortController();
  const tokens = new Map<string, string>();

  // As a proxy does: asks each now and then, and sends nothing new to one that is not ready.
  const look = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const found = await Promise.all(
        hubs.map(async (hub) => {
          const answer = await call(hub.url, 'GET', '/health/ready', { agent: false }).catch(() => null);
          return answer?.status === 200 ? hub : null;
        }),
      );
      ready = found.filter((hub) => hub !== null);
      await sleep(lookMs);
    }
  };
  let turn = 0;
  const one = (): Hub => {
    turn += 1;
    const hub = ready[turn % Math.max(1, ready.length)];
    if (hub === undefined) throw new Error('nobody is ready');
    return hub;
  };

  before(async () => {
    database = await testDatabase();
    books = await openBooks(database.url);
    await books.organisation('fjord.test', { writes: [{ pattern: fag, policy: 'hub', deadlineMinutes: null }] });
    const adapter = await books.enter({ id: 'adapter', kind: 'adapter', organisation: 'fjord.test' });
    const actions = ['read', 'list', 'follow', 'write'] as const;
    const client = await books.enter({ id: 'client', kind: 'client', organisation: 'fjord.test', grant: { actions } });
    hubs = [await startHub(database.url, notice), await startHub(database.url, notice)];
    ready = hubs;
    for (const { id, secret } of [adapter, client]) tokens.set(id, await tokenFor(one().url, id, secret));
    const body = pageText(several(30, pupil));
    const first = await call(one().url, 'POST', `/provider/${elev}`, {
      headers: { ...json, authorization: `Bearer ${tokens.get('adapter')}` },
      body,
    });
    assert.equal(first.status, 201, first.text);
  });
  after(async () => {
    stop.abort();
    await Promise.all(hubs.map((hub) => hub.stop()));
    endAll();
    await books?.close();
    await database?.drop();
  });

  const upgrade = async (): Promise<void> => {
    await sleep(500);
    for (const index of [0, 1]) {
      const old = hubs[index];
      assert.ok(old !== undefined);
      assert.equal(await old.stop(), 0, old.stderr());
      hubs[index] = await startHub(database.url, notice);
      await sleep(3 * lookMs);
    }
  };

  it('fails no request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 40 });
    const counts = new Map<string, number>();
    const send = async (
      what: string,
      token: string,
      method: string,
      target: string,
      statuses: readonly number[],
      body?: string,
    ): Promise<Answer> => {
      const answer = await call(one().url, method, target, {
        agent,
        headers: { authorization: `Bearer ${tokens.get(token)}`, ...(body === undefined ? {} : json) },
        ...(body === undefined ? {} : { body }),
      }).catch((error: unknown) => {
        throw new Error(`${what}: ${String(error)}`);
      });
      assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
      counts.set(what, (counts.get(what) ?? 0) + 1);
      return answer;
    };
    const again = async (ms: number, work: (index: number) => Promise<unknown>): Promise<void> => {
      for (let index = 0; !stop.signal.aborted; index += 1) {
        await work(index);
        await sleep(ms);
      }
    };
    const load = Promise.all([
      look(),
      ...[5, 20, 100, 300].map((ms) =>
        again(ms, (index) => send('read', 'client', 'GET', `/${elev}/systemid/e-${index % 30}`, [200])),
      ),
      again(100, () => send('page', 'client', 'GET', `/${elev}?size=0`, [200])),
      again(50, async (index) => {
        const text = JSON.stringify({
          systemId: { identifikatorverdi: `f-${index}` },
          navn: `Fag ${index}`,
          beskrivelse: 'Et fag',
        });
        const { headers } = await send('write', 'client', 'POST', `/${fag}`, [202], text);
        await send('status', 'client', 'GET', String(headers['location']).replace(publicUrl, ''), [201]);
      }),
      again(10, async () => {
        const corrId = randomUUID();
        for (let page = 1; page <= 5; page += 1) {
          const body = pageText(several(6, pupil, (page - 1) * 6), { corrId, page, totalPages: 5, totalSize: 30 });
          await send('deliver', 'adapter', 'POST', `/provider/${elev}`, [201], body);
        }
        const { text } = await send('run', 'adapter', 'GET', `/provider/sync/${corrId}`, [200]);
        assert.equal((JSON.parse(text) as { readonly state: string }).state, 'completed');
      }),
      again(0, () => send('poll', 'adapter', 'GET', `/provider/event/${elev}?wait=5`, [200])),
    ]);
    await Promise.race([load, upgrade()]);
    stop.abort();
    await load;
    agent.destroy();
    for (const what of ['read', 'page', 'write', 'status', 'deliver', 'run', 'poll'])
      assert.ok((counts.get(what) ?? 0) > (what === 'poll' ? 1 : 10), `${what} ${counts.get(what)}`);
  });
});
