// What a hub says while somebody else's transaction, an operator's say, holds what it needs: the right code, before the time of the request is over.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Wire } from '#store/postgres/wire.ts';
import type { Caller } from '../e2e/caller.ts';
import { deliverPage, pupil, several } from '../e2e/deliveries.ts';
import { bodyOf, register } from '../e2e/writers.ts';
import { testDatabase, type TestDatabase } from '../postgres/database.ts';
import { callerAt, endAll, openBooks, startHub, type Books, type Hub } from './hubs.ts';

const elev = 'utdanning/elev/elev';

describe('a hub beside a transaction that does not end', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let books: Books;
  let hub: Hub;
  let reader: Caller;

  before(async () => {
    database = await testDatabase();
    books = await openBooks(database.url);
    const organisation = 'fjord.test';
    await books.organisation(organisation);
    const adapter = await books.enter({ id: 'adapter', kind: 'adapter', organisation });
    const client = await books.enter({ id: 'reader', kind: 'client', organisation });
    hub = await startHub(database.url, ['--database-lock-seconds', '600', '--database-statement-seconds', '600']);
    reader = await callerAt(hub, client);
    const delivering = await callerAt(hub, adapter);
    await register(delivering);
    await deliverPage(delivering, elev, several(3, pupil));
  });
  after(async () => {
    await hub?.stop();
    endAll();
    await books?.close();
    await database?.drop();
  });

  it('answers no read that cannot be recorded, and says so while it lasts', async () => {
    const other = await Wire.open({ url: database.adminUrl, applicationName: 'test', connectMs: 10_000, settings: [] });
    try {
      await other.command('BEGIN; SELECT 1 FROM bindeledd.audit_head FOR UPDATE');
      const answers = await Promise.all(
        [`/${elev}`, `/${elev}/systemid/e-1`, `/${elev}/systemid/nobody`].map((target) => reader.send('GET', target)),
      );
      for (const answer of answers) {
        assert.equal(answer.status, 503, answer.text);
        assert.equal(bodyOf<{ readonly code: string }>(answer).code, 'HUB-504');
        assert.ok(Number(answer.headers['retry-after']) > 0);
      }
      await other.command('COMMIT');
    } finally {
      await other.close();
    }
    assert.equal((await reader.send('GET', `/${elev}/systemid/e-1`)).status, 200);
  });
});
