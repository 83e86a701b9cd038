// One quota for all processes: two hubs over one database hear of each other's requests within two seconds, one that dies has told nearly all, and a
// restart forgets nothing.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { callerOf, tokenFor, type Answer, type Caller } from '../e2e/caller.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import { endAll, openBooks, startHub, type Books, type Hub } from './hubs.ts';

/** Within this long every process knows what another has let through. */
const promisedMs = 2_000;
const flags = ['--quota-per-minute', '0', '--quota-per-day', '60'];

type Usage = { readonly day: { readonly used: number; readonly left: number; readonly limit: number } };

const leftOf = ({ headers }: Answer): number => Number(/"day";r=(\d+)/.exec(String(headers['ratelimit']))?.[1]);

describe('the quota of hubs over one database', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let books: Books;
  const hubs: Hub[] = [];
  let token = '';
  const at = (index: number): Caller => callerOf(hubs[index]?.url ?? '', token);
  const begin = async (): Promise<void> => void hubs.push(await startHub(database.url, flags));
  /** What is refused for want of a scope counts as well. */
  const ask = (index: number, times: number): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: times }, () => at(index).send('GET', '/vfs/v1/pupils')));
  const used = async (index: number): Promise<number> => (await at(index).read<Usage>('/vfs/v1/usage')).day.used;

  before(async () => {
    database = await testDatabase();
    books = await openBooks(database.url);
    await books.organisation('fjord.test');
    const { id, secret } = await books.enter({ id: 'client', kind: 'client', organisation: 'fjord.test' });
    await begin();
    await begin();
    token = await tokenFor(hubs[0]?.url ?? '', id, secret);
  });
  after(async () => {
    endAll();
    await books?.close();
    await database?.drop();
  });

  it('is one, and heard of within two seconds', async () => {
    assert.equal(leftOf((await ask(0, 1))[0] as Answer), 59);
    await ask(0, 19);
    await ask(1, 10);
    await sleep(promisedMs);
    assert.deepEqual([await used(0), await used(1)], [30, 30]);
    assert.equal(leftOf((await ask(1, 1))[0] as Answer), 29);
  });

  it('survives a process that dies, and is known to one that begins', async () => {
    await ask(0, 9);
    await sleep(promisedMs);
    hubs[0]?.child.kill('SIGKILL');
    await hubs[0]?.ended;
    await begin();
    assert.deepEqual([await used(1), await used(2)], [40, 40]);
  });

  it('is told on the way out, and refuses everywhere once it is used up', async () => {
    const answers = await ask(2, 25);
    assert.deepEqual(
      [answers.filter(({ status }) => status === 429).length, answers.filter(({ status }) => status === 403).length],
      [5, 20],
    );
    const refused = answers.find(({ status }) => status === 429);
    assert.ok(Number(refused?.headers['retry-after']) > 0);
    assert.equal((JSON.parse(refused?.text ?? '{}') as { code: string }).code, 'HUB-108');
    assert.equal(await hubs[2]?.stop(), 0);
    while ((await used(1)) < 60) await sleep(50);
    assert.equal((await ask(1, 1))[0]?.status, 429);
    assert.equal(await used(1), 60);
  });
});
