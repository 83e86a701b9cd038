// Events in a whole hub, over HTTP: that they are mounted, begun and gone on from, and delivered to.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { callerOf, tokenFor, type Caller } from '../../../e2e/caller.ts';
import { startHub, type HubUnderTest } from '../../../e2e/hub-under-test.ts';
import { temporaryPlace } from '../../../e2e/place.ts';

let hub: HubUnderTest;
let client: Caller;

before(async () => {
  const id = 'sikt.test';
  hub = await startHub({
    place: await temporaryPlace(),
    organisations: [{ id, settings: { institutionNumber: '7777' } }],
    applications: [{ id: 'klient', kind: 'client', organisation: id }],
  });
  const [own] = hub.credentials.values();
  assert.ok(own !== undefined);
  client = callerOf(hub.url, await tokenFor(hub.url, own.id, own.secret));
});
after(() => hub.close());

type Answer = {
  readonly data?: { readonly studenthendelser: { readonly pageInfo: { readonly endCursor: string } } | null };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

const poll = async (cursor: string | null): Promise<Answer> => {
  const query =
    'query($a: String) { studenthendelser(filter: { eierOrganisasjonskode: "7777", hendelsestyper: [ENDRET_NAVN] }, after: $a) { nodes { id } pageInfo { endCursor } } }';
  const { text } = await client.send('POST', '/graphql', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { a: cursor } }),
  });
  return JSON.parse(text) as Answer;
};

test('a cursor is given, gone on from and stays the same', async () => {
  const first = await poll(null);
  const cursor = first.data?.studenthendelser?.pageInfo.endCursor;
  assert.ok(cursor !== undefined, JSON.stringify(first));
  assert.equal((await poll(cursor)).data?.studenthendelser?.pageInfo.endCursor, cursor);
  assert.equal((await poll('no cursor')).errors?.[0]?.extensions.code, 'HUB-103');
  assert.equal((await poll('QUFB')).errors?.[0]?.extensions.code, 'HUB-410');
});
