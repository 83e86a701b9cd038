// Everything that a source of the sandbox holds, delivered to a hub under test by its application `adapter`. Used by end-to-end tests that ask about it afterwards.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, type AdapterOptions } from '#sandbox/adapter.ts';
import type { WriteRule } from '#store/store.ts';
import type { HubUnderTest } from './hub-under-test.ts';

/** Delivers until every collection is complete; an assertion names one that is not. */
export const deliverSandbox = async (
  { url, credentials }: Pick<HubUnderTest, 'url' | 'credentials'>,
  organisation: string,
  collections: AdapterOptions['collections'],
): Promise<void> => {
  const { id, secret } = credentials.get('adapter') ?? assert.fail('no adapter');
  const summary = await deliver({
    baseUrl: url,
    tokenEndpoint: `${url}/oauth/token`,
    clientId: id,
    clientSecret: secret,
    scope: 'fint-adapter',
    orgId: organisation,
    adapterId: `https://sandbox.test/${organisation}`,
    collections,
    pageSize: 1_000,
    concurrency: 2,
    gzip: true,
    fetch,
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
  });
  for (const { collection, state } of summary) assert.equal(state, 'completed', collection);
};

/** Says who decides on writes at an organisation. */
export const putWrites = async (
  { platform }: Pick<HubUnderTest, 'platform'>,
  organisation: string,
  writes: readonly WriteRule[],
): Promise<void> => {
  const found = await platform.organisation(organisation);
  assert.ok(found !== null);
  await platform.putOrganisation({ ...found, settings: { ...found.settings, writes } });
};
