// The database is gone for a while, in each of the ways in which databases go: the hub says so at once, loses nothing that it has acknowledged, and
// is back by itself. Five seconds in `npm test`; `npm run test:outage` has the minute that is promised.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, callerOf, tokenFor, type Answer, type Caller } from '../e2e/caller.ts';
import { deliverPage, json, pageText, pupil, several } from '../e2e/deliveries.ts';
import { leaveOnSignals, whenLeaving } from '../leaving.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import { startProxy, type Proxy } from '../postgres/proxy.ts';
import { ownServer, type TestServer } from '../postgres/server.ts';
import { endAll, openBooks, startHub, within, type Hub } from './hubs.ts';

const elev = 'utdanning/elev/elev';
const outageMs = Number(process.env['OUTAGE_SECONDS'] ?? 5) * 1_000;
/** A server that falls silent is noticed after so long; until then requests wait for it. */
const noticedMs = 2_600;
const answeredMs = 200;
const backMs = 5_000;

/** A process and all that it has started, and they in turn. */
const familyOf = (pid: number): readonly number[] => {
  const pairs = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const children = (parent: number): readonly number[] =>
    pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...children(child)] : []));
  return [pid, ...children(pid)];
};

const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
};

const timed = async (work: () => Promise<Answer>): Promise<Answer & { readonly ms: number }> => {
  const began = performance.now();
  const answer = await work();
  return { ...answer, ms: performance.now() - began };
};

type Way = {
  readonly name: string;
  /** Nobody hears that it is gone. */
  readonly silent: boolean;
  readonly begin: () => void | Promise<void>;
  readonly end: () => void | Promise<void>;
};

describe('a database that is gone', { timeout: 120_000 + 6 * outageMs }, () => {
  let server: (TestServer & AsyncDisposable) | null = null;
  let database: TestDatabase | null = null;
  let proxy: (Proxy & AsyncDisposable) | null = null;
  let hub: Hub;
  let adapter: Caller;
  let client: Caller;
  let credentials = { id: '', secret: '' };
  const stopped: number[] = [];

  before(async () => {
    leaveOnSignals();
    whenLeaving(() => signal(stopped, 'SIGCONT'));
    server = await ownServer(['max_connections=60', 'recovery_init_sync_method=syncfs']);
    database = await testDatabase(server.url);
    proxy = await startProxy(database.url);
    const books = await openBooks(database.url);
    await books.organisation('fjord.test');
    const sender = await books.enter({ id: 'adapter', kind: 'adapter', organisation: 'fjord.test' });
    credentials = await books.enter({ id: 'client', kind: 'client', organisation: 'fjord.test' });
    await books.close();
    hub = await startHub(proxy.url);
    adapter = callerOf(hub.url, await tokenFor(hub.url, sender.id, sender.secret));
    client = callerOf(hub.url, await tokenFor(hub.url, credentials.id, credentials.secret));
    await deliverPage(adapter, elev, several(10, pupil));
    // Read and written before: what is not in memory by then is asked for once more.
    await client.read(`/${elev}/systemid/e-1`);
  });
  after(async () => {
    signal(stopped, 'SIGCONT');
    await hub?.stop();
    endAll();
    await proxy?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const read = (): Promise<Answer> => client.send('GET', `/${elev}/systemid/e-1`, { agent: false });
  const page = (): Promise<Answer> => client.send('GET', `/${elev}?size=0`, { agent: false });
  const poll = (): Promise<Answer> => adapter.send('GET', `/provider/event/${elev}`, { agent: false });
  let written = 0;
  const acknowledged: number[] = [];
  /** A new pupil each time. */
  const write = async (): Promise<Answer> => {
    const number = 20 + (written += 1);
    const answer = await adapter.send('PATCH', `/provider/${elev}`, {
      agent: false,
      headers: json,
      body: pageText([pupil(number, { _links: {} })]),
    });
    if (answer.status === 201) acknowledged.push(number);
    return answer;
  };
  const ways: readonly Way[] = [
    {
      name: 'killed',
      silent: false,
      begin: () => signal([server?.pid() ?? 0, ...familyOf(server?.pid() ?? 0)], 'SIGKILL'),
      end: () => server?.start(),
    },
    {
      name: 'stopped',
      silent: true,
      begin: () => {
        stopped.push(...familyOf(server?.pid() ?? 0));
        signal(stopped, 'SIGSTOP');
      },
      end: () => signal(stopped.splice(0), 'SIGCONT'),
    },
    { name: 'out of reach', silent: false, begin: () => proxy?.refuse(), end: () => proxy?.open() },
    {
      name: 'silent behind the network',
      silent: true,
      begin: () => proxy?.freeze(),
      // What was swallowed does not come back.
      end: () => {
        proxy?.cut();
        proxy?.open();
      },
    },
  ];

  for (const way of ways) {
    it(`because it is ${way.name}`, async () => {
      acknowledged.length = 0;
      const stop = new AbortController();
      const writing = (async (): Promise<void> => {
        while (!stop.signal.aborted) {
          await write();
          await sleep(20);
        }
      })();
      let away = false;
      try {
        await sleep(300);
        assert.ok(acknowledged.length > 0);
        const began = performance.now();
        away = true;
        await way.begin();
        await sleep(way.silent ? noticedMs : 100);

        const slow: string[] = [];
        let count = 0;
        while (performance.now() - began < outageMs) {
          for (const [name, work] of Object.entries({ read, page, write, poll })) {
            const { status, headers, text, ms } = await timed(work);
            assert.equal(status, 503, `${name}: ${text}`);
            assert.ok(Number(headers['retry-after']) >= 1, name);
            assert.match(text, /"code":"HUB-50[1-4]"/, name);
            count += 1;
            if (ms > answeredMs) slow.push(`${name} ${Math.round(ms)}`);
          }
          const live = await timed(() => call(hub.url, 'GET', '/health/live', { agent: false }));
          assert.equal(live.status, 200);
          const ready = await timed(() => call(hub.url, 'GET', '/health/ready', { agent: false }));
          // The store is asked once a second at most.
          if (performance.now() - began > 1_300) assert.equal(ready.status, 503);
          assert.equal((await call(hub.url, 'GET', '/metrics', { agent: false })).status, 200);
          const basic = Buffer.from(`${credentials.id}:${credentials.secret}`).toString('base64');
          const token = await timed(() =>
            call(hub.url, 'POST', '/oauth/token', {
              agent: false,
              headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
              body: 'grant_type=client_credentials',
            }),
          );
          assert.equal(token.status, 503, token.text);
          for (const [name, { ms }] of Object.entries({ live, ready, token })) {
            count += 1;
            if (ms > answeredMs) slow.push(`${name} ${Math.round(ms)}`);
          }
          await sleep(50);
        }
        // A machine that does other things meanwhile may hold up one or two.
        assert.ok(count > 20 && slow.length <= count / 50, `${slow.length} of ${count}: ${slow.join(', ')}`);

        away = false;
        await way.end();
        const back = await within(backMs, async () => {
          const all = await Promise.all([read(), page(), write(), poll()]);
          const ready = await call(hub.url, 'GET', '/health/ready', { agent: false });
          const statuses = [...all.map(({ status }) => status), ready.status];
          return statuses.every((status) => status < 300) ? null : statuses.join();
        });
        assert.ok(back < backMs);
      } finally {
        stop.abort();
        if (away) await way.end();
      }
      await writing;
      for (const number of acknowledged) {
        const kept = await client.send('GET', `/${elev}/systemid/e-${number}`);
        assert.equal(kept.status, 200, `e-${number}: ${kept.text}`);
      }
    });
  }
});
