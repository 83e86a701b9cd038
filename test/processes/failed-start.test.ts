// The database goes away while a hub is being put together, at each statement in turn: it says that it cannot be reached, and leaves no connection.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compose } from '#app/compose.ts';
import { HubError } from '#base/errors.ts';
import { resolveSettings, type Settings } from '#config/settings.ts';
import { startStatementProxy, type StatementProxy } from '../faults/statement-proxy.ts';
import { rows, testDatabase, type TestDatabase } from '../postgres/database.ts';
import { openBooks, within } from './hubs.ts';

const settingsFor = (databaseUrl: string): Settings => {
  const resolved = resolveSettings({
    flags: { port: '0', environment: 'sandbox', logLevel: 'silent', databaseConnections: '6' },
    environment: { DATABASE_URL: databaseUrl },
    file: null,
    readSecret: () => null,
  });
  if (!resolved.ok) throw new Error(resolved.problem.detail);
  return resolved.value.settings;
};

describe('a database that goes away during a start', () => {
  let database: TestDatabase | null = null;
  let proxy: StatementProxy | null = null;
  let settings: Settings;
  before(async () => {
    database = await testDatabase();
    proxy = await startStatementProxy(database.url, database.adminUrl);
    settings = settingsFor(proxy.url);
    const books = await openBooks(database.url);
    await books.organisation('fjord.test');
    await books.close();
  });
  after(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await database?.drop();
  });

  const connections = async (): Promise<number> => {
    const [row] = await rows(
      database?.adminUrl ?? '',
      `SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bindeledd'`,
    );
    return Number(row?.['open']);
  };

  /** Starts and stops; gives the code of the failure, null when there was none. */
  const attempt = async (): Promise<string | null> => {
    try {
      const hub = await compose(settings);
      try {
        await hub.listen();
      } finally {
        await hub.close();
      }
      return null;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return error.problem.code;
    }
  };

  it('leaves nothing behind', async () => {
    // Keys are made by the first.
    await attempt();
    const from = proxy?.seen() ?? 0;
    assert.equal(await attempt(), null);
    const statements = (proxy?.seen() ?? 0) - from;
    assert.ok(statements > 5);
    let failed = 0;
    for (let nth = 1; nth <= statements; nth += 1) {
      proxy?.arm(nth, 'cut');
      const code = await attempt();
      proxy?.disarm();
      if (code !== null) failed += 1;
      assert.ok(code === null || code === 'HUB-503', `${code} at ${proxy?.met()}`);
      await within(5_000, async () => ((await connections()) === 0 ? null : `open after ${proxy?.met()}`));
    }
    assert.ok(failed > 3, `${failed} of ${statements}`);
  });
});
