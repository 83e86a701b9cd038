// Access that is asked for, on a whole hub: from a client without keys to one that reads, and out again with the very next request when the owner takes it
// back or the agreement ends.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import { call, callerOf, tokenFor, type Caller } from './caller.ts';

type Json = Readonly<Record<string, unknown>>;

let world: AdminWorld;
let [owner, vendor]: Caller[] = [];
before(async () => {
  world = await startAdminWorld();
  [owner, vendor] = await Promise.all(['writer', 'neighbour'].map(world.as));
});
after(() => world?.close());

const post = async (caller: Caller | undefined, path: string, body: object = {}): Promise<Json> => {
  assert.ok(caller !== undefined);
  const headers = { 'content-type': 'application/json' };
  const answer = await caller.send('POST', path, { headers, body: JSON.stringify(body) });
  assert.ok(answer.status < 300, `${path}: ${answer.text}`);
  return JSON.parse(answer.text) as Json;
};

it('lets in who asked and was approved, and shuts out at once', async () => {
  const { url } = world.hub;
  const { id: client } = await post(vendor, '/admin/applications', {
    name: 'Timetable',
    kind: 'client',
    environment: 'sandbox',
    keysLater: true,
  });
  const agreement = await post(owner, '/admin/agreements', { processor: 'nabo.test', reference: 'DBA-1' });
  const ask = async (): Promise<string> => {
    const { items } = await post(vendor, '/admin/access-requests', {
      application: client,
      organisations: ['fjord.test'],
      packages: ['county.groups'],
      purpose: 'Timetables',
      legalBasis: 'GDPR art. 6 (1) e',
    });
    const [first] = items as readonly Json[];
    return `/admin/access-requests/${String(first?.['id'])}`;
  };
  const first = await ask();
  await post(owner, `${first}/approve`);

  const { path: link } = await post(vendor, `${first}/keys`);
  const looked = await call(url, 'GET', String(link));
  assert.deepEqual([looked.status, looked.headers['cache-control']], [200, 'no-store']);
  const page = await call(url, 'GET', String(link), { headers: { accept: 'text/html' } });
  assert.match(String(page.headers['content-type']), /^text\/html/);
  const shown = await call(url, 'POST', String(link), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '',
  });
  assert.equal(shown.status, 200, shown.text);
  const { clientSecret } = JSON.parse(shown.text) as { readonly clientSecret: string };
  assert.equal((await call(url, 'POST', String(link))).status, 404);

  const reader = callerOf(url, await tokenFor(url, String(client), clientSecret, '&organisation=fjord.test'));
  const read = async (): Promise<number> => (await reader.send('GET', '/utdanning/elev/klasse')).status;
  assert.equal(await read(), 200);
  assert.notEqual((await reader.send('GET', '/utdanning/elev/elev')).status, 200, 'what was not asked for is closed');
  await post(owner, `${first}/revoke`, { reason: 'Over' });
  assert.notEqual(await read(), 200);

  const { items } = await post(vendor, '/admin/access-requests', {
    application: client,
    organisations: ['fjord.test'],
    packages: ['primary-school.groups'],
    purpose: 'Groups',
    legalBasis: 'GDPR art. 6 (1) e',
  });
  const [school] = items as readonly Json[];
  const groups = `/admin/access-requests/${String(school?.['id'])}`;
  await post(owner, `${groups}/approve`);
  const ofSchools = callerOf(url, await tokenFor(url, String(client), clientSecret, '&tenant_id=fjord.test'));
  const listed = async (path: string): Promise<number> => (await ofSchools.send('GET', path)).status;
  assert.deepEqual([await listed('/vfs/v1/groups'), await listed('/vfs/v1/pupils')], [200, 403]);
  await post(owner, `${groups}/revoke`, { reason: 'Over' });
  const token = `grant_type=client_credentials&client_id=${String(client)}&client_secret=${clientSecret}&tenant_id=fjord.test`;
  const refused = await call(url, 'POST', '/oauth/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: token,
  });
  assert.equal(refused.status, 401);

  const second = await ask();
  await post(owner, `${second}/approve`);
  assert.equal(await read(), 200);
  await post(owner, `/admin/agreements/${String(agreement['id'])}/end`, { reason: 'Over' });
  assert.notEqual(await read(), 200);
});
