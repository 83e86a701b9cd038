// `start --workers N`: processes that share a port, one that dies, all replaced one by one while clients go on, and one page of metrics.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, callerOf, tokenFor, type Caller } from '../e2e/caller.ts';
import { deliverPage, json, pageText, pupil, several } from '../e2e/deliveries.ts';
import { startProcess } from '../e2e/hub-process.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import { endAll, openBooks, startHub, within, type Books, type Credentials, type Hub } from './hubs.ts';

type Told = Pick<Hub, 'stderr'>;

const linesOf = (hub: Told): readonly Readonly<Record<string, unknown>>[] =>
  hub
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

const pidsOf = (hub: Told, state: string): readonly number[] =>
  linesOf(hub)
    .filter((one) => one['kind'] === 'worker' && one['state'] === state)
    .map(({ pid }) => Number(pid));

const counted = 'bindeledd_request_seconds_count{route="/utdanning';

const metric = async (hub: Pick<Hub, 'url'>, name: string): Promise<number> => {
  const { status, text } = await call(hub.url, 'GET', '/metrics', { agent: false });
  assert.equal(status, 200, text);
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

describe('workers', () => {
  let database: TestDatabase;
  let books: Books;
  let hub: Hub;
  let client: Credentials;
  let deliverer: Promise<string>;
  let reader: Caller;

  before(async () => {
    database = await testDatabase();
    books = await openBooks(database.url);
    await books.organisation('fjord.test');
    client = await books.enter({ id: 'client', kind: 'client', organisation: 'fjord.test' });
    const adapter = await books.enter({ id: 'adapter', kind: 'adapter', organisation: 'fjord.test' });
    hub = await startHub(database.url, ['--workers', '2', '--log-level', 'info']);
    deliverer = tokenFor(hub.url, adapter.id, adapter.secret);
    await deliverPage(callerOf(hub.url, await deliverer), 'utdanning/elev/elev', several(20, pupil));
    reader = callerOf(hub.url, await tokenFor(hub.url, client.id, client.secret));
  });
  after(async () => {
    await hub?.stop();
    endAll();
    await books?.close();
    await database?.drop();
  });

  const read = (agent?: false): Promise<unknown> =>
    reader
      .send('GET', '/utdanning/elev/elev/systemid/e-1', agent === false ? { agent } : {})
      .then(({ status, text }) => assert.equal(status, 200, text));

  it('share a port, and a token of one is good at the other', async () => {
    // The log may be behind what it tells of.
    await within(5_000, async () => (pidsOf(hub, 'ready').length === 2 ? null : hub.stderr()));
    for (let turn = 0; turn < 8; turn += 1) await read(false);
    assert.equal(await metric(hub, 'bindeledd_workers'), 2);
  });

  it('are counted together', async () => {
    const sofar = await metric(hub, counted);
    for (let turn = 0; turn < 10; turn += 1) await read(false);
    assert.equal(await metric(hub, counted), sofar + 10);
    assert.ok((await metric(hub, counted.replace('count', 'sum'))) > 0);
  });

  it('are restarted when one dies, and what it had counted at the last look is not forgotten', async () => {
    const sofar = await metric(hub, counted);
    const [victim = 0] = pidsOf(hub, 'ready');
    process.kill(victim, 'SIGKILL');
    await within(10_000, async () => (pidsOf(hub, 'ready').length === 3 ? null : 'no third'));
    assert.deepEqual(pidsOf(hub, 'ended'), [victim]);
    await read(false);
    assert.equal(await metric(hub, counted), sofar + 1);
    assert.equal(await metric(hub, 'bindeledd_workers'), 2);
  });

  it('are replaced one by one on SIGHUP, and no request fails', async () => {
    const old = pidsOf(hub, 'ready').slice(-2);
    const stop = new AbortController();
    let count = 0;
    const token = tokenFor(hub.url, client.id, client.secret);
    const kept = new Agent({ keepAlive: true, maxSockets: 4 });
    const readers = Array.from({ length: 4 }, async (_, index) => {
      while (!stop.signal.aborted) {
        const { status } = await call(hub.url, 'GET', '/utdanning/elev/elev/systemid/e-2', {
          headers: { authorization: `Bearer ${await token}` },
          ...(index === 0 ? { agent: false as const } : { agent: kept }),
        });
        assert.equal(status, 200);
        count += 1;
        await sleep(index * 20);
      }
    });
    hub.child.kill('SIGHUP');
    await within(40_000, async () => (pidsOf(hub, 'replaced').length === 2 ? null : 'not replaced'));
    stop.abort();
    await Promise.all(readers);
    kept.destroy();
    assert.ok(count > 50);
    assert.equal(new Set([...old, ...pidsOf(hub, 'ready').slice(-2)]).size, 4);
    assert.equal(await metric(hub, 'bindeledd_workers'), 2);
  });

  it('say why when their port is not to be had', async () => {
    const { port } = new URL(hub.url);
    await assert.rejects(
      startHub(database.url, ['--workers', '2', '--port', port]),
      /HUB-700.*Port \d+ on .* is in use/,
    );
    await assert.rejects(
      startHub(database.url, ['--workers', '2', '--host', '192.0.2.1', '--port', '0']),
      /HUB-700.*Port 0 on 192/,
    );
  });

  it('end with the one that looks after them, drained', async () => {
    const page = request(`${hub.url}/provider/utdanning/elev/elev`, {
      method: 'PATCH',
      headers: { ...json, authorization: `Bearer ${await deliverer}`, expect: '100-continue' },
    });
    page.flushHeaders();
    // It is under way: one of them wants its body.
    await once(page, 'continue');
    const stopped = hub.stop();
    await sleep(100);
    page.end(pageText([pupil(30, { _links: {} })]));
    const [answer] = (await once(page, 'response')) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.statusCode, 201);
    assert.equal(await stopped, 0);
    for (const pid of pidsOf(hub, 'ready')) assert.throws(() => process.kill(pid, 0));
  });

  it('share a port that was free, and keep it when all of them die at once', async () => {
    const some = await startProcess(
      ['start', '--workers', '2', '--port', '0', '--environment', 'sandbox', '--log-level', 'info'],
      { env: { BINDELEDD_DATABASE_URL: database.url } },
    );
    try {
      const { url } = some.ready as { readonly url: string };
      assert.match(url, /:[1-9]\d+$/);
      assert.equal(await metric({ url }, 'bindeledd_workers'), 2);
      await within(5_000, async () => (pidsOf(some, 'ready').length === 2 ? null : some.stderr()));
      for (const pid of pidsOf(some, 'ready')) process.kill(pid, 'SIGKILL');
      await within(15_000, async () => (pidsOf(some, 'ready').length === 4 ? null : some.stderr()));
      assert.equal(await metric({ url }, 'bindeledd_workers'), 2);
      assert.equal(await some.stop(), 0);
    } finally {
      some.child.kill('SIGKILL');
    }
  });

  it('need a database', async () => {
    await assert.rejects(
      startHub('', ['--workers', '2', '--data', '/nowhere']),
      /data directory has one process|workers/,
    );
  });

  it('that cannot start are not tried again', async () => {
    const away = new URL(database.url);
    away.pathname = '/not_there';
    await assert.rejects(startHub(away.href, ['--workers', '2']), /HUB-514/);
  });

  it('that die again and again are given up', async () => {
    const doomed = await startHub(database.url, ['--workers', '2', '--log-level', 'info']);
    const killing = setInterval(() => {
      const alive = pidsOf(doomed, 'ready').filter((pid) => !pidsOf(doomed, 'ended').includes(pid));
      try {
        for (const pid of alive) process.kill(pid, 'SIGKILL');
      } catch {
        // It had gone already.
      }
    }, 50);
    assert.equal(await doomed.ended, 1);
    clearInterval(killing);
    assert.equal(pidsOf(doomed, 'given-up').length, 1);
  });
});
