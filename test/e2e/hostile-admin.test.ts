// Administrators who want more than they have, and callers who make things up: cursors, other organisations by every operation, own rights,
// national ids in reasons; and erasure by the command line, against a running hub and where its data are.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { operations } from '#apis/admin/operations.ts';
import { beneath } from '../store/beneath.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import type { Caller } from './caller.ts';
import { deliverPage, type Entry } from './deliveries.ts';
import { runCommand, type Ended } from './hub-process.ts';

let world: AdminWorld;
let writer: Caller;
let operator: Caller;
before(async () => {
  world = await startAdminWorld();
  [writer, operator] = [await world.as('writer'), await world.as('operator')];
  writeFileSync(
    join(world.place.folder, 'writer.json'),
    JSON.stringify({ id: 'writer', secret: world.secretOf('writer') }),
  );
});
after(() => world?.close());

const json = { 'content-type': 'application/json' };
const post = (caller: Caller, target: string, body: object) =>
  caller.send('POST', target, { headers: json, body: JSON.stringify(body) });

const lists = ['runs', 'events', 'audit/checkpoints', 'erasures'].map(
  (name) => `/admin/organisations/fjord.test/${name}`,
);
const plain = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
const cursorOf = (place: string): string => Buffer.from(place).toString('base64url');

describe('hostile administrators', { timeout: 120_000 }, () => {
  it('make up cursors, and are told or find nothing: at once, and nobody waits', async () => {
    const places = ['-1000000000:1', '-1e300:1', '2:1', '0:-1', '0:x', 'NaN', '-1', '1e400', '9'.repeat(400), ':', ' '];
    for (const list of lists)
      for (const place of places) {
        const { status } = await writer.send('GET', `${list}?cursor=${cursorOf(place)}`);
        const isFree = list.endsWith('erasures');
        assert.equal(status, isFree ? 200 : 400, `${list} ${place}`);
      }
    assert.equal((await writer.send('GET', '/health/live')).status, 200);
  });

  it('meet another organisation as what does not exist, by every operation', async () => {
    const there = operations.filter(({ path }) => path.includes('{organisation}'));
    assert.ok(there.length > 15);
    for (const { method, path, needs } of there) {
      const fill = (organisation: string): string =>
        path.replace('{organisation}', organisation).replaceAll(/\{\w+\}/g, '7d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a');
      const body = method === 'GET' ? {} : { headers: json, body: '{"reason":"to see what is there"}' };
      const [nabo, nowhere] = [
        await writer.send(method, fill('nabo.test'), body),
        await writer.send(method, fill('nowhere.test'), body),
      ];
      if (needs === 'platform') continue;
      assert.equal(nabo.status, 404, `${method} ${path}`);
      assert.equal(plain(nabo.text), plain(nowhere.text), `${method} ${path}`);
    }
  });

  it('name another organisation in bodies, and widen nothing of their own', async () => {
    const tries: readonly (readonly [string, string, object, number])[] = [
      ['POST', '/admin/applications', { name: 'x', kind: 'client', owner: 'nabo.test' }, 404],
      [
        'POST',
        '/admin/applications',
        { name: 'x', kind: 'admin', owner: 'fjord.test', scopes: ['admin.platform'] },
        400,
      ],
      ['PATCH', '/admin/applications/writer', { scopes: ['admin.platform'] }, 403],
      ['PATCH', '/admin/applications/client', { owner: 'nabo.test' }, 400],
      ['PATCH', '/admin/applications/nabo-client', { name: 'mine' }, 404],
      ['POST', '/admin/applications/nabo-client/secret', {}, 404],
      ['POST', '/admin/applications/operator/secret', {}, 403],
      ['POST', '/admin/applications/client/credentials', { organisation: 'nabo.test' }, 400],
      [
        'POST',
        '/admin/grants',
        { organisation: 'nabo.test', application: 'client', collections: ['*'], actions: ['read'] },
        404,
      ],
      ['POST', '/admin/grants', { application: 'writer', collections: ['*'], actions: ['read'] }, 400],
    ];
    for (const [method, target, body, wanted] of tries) {
      const { status } = await writer.send(method, target, { headers: json, body: JSON.stringify(body) });
      assert.equal(status, wanted, `${method} ${target} ${JSON.stringify(body)}`);
    }
  });

  it('leave a trace in the organisation where an operator looked for what is not there', async () => {
    assert.equal((await operator.send('GET', '/admin/organisations/nabo.test/events/none')).status, 404);
    const neighbour = await world.as('neighbour');
    const found = await post(neighbour, '/admin/organisations/nabo.test/audit/search', { application: 'operator' });
    const { items } = JSON.parse(found.text) as { readonly items: readonly { readonly decision: string }[] };
    assert.ok(items.some(({ decision }) => decision === 'deny'));
  });

  it('find an audit sealed from its first record', async () => {
    const verdict = await writer.read<{ readonly ok: boolean }>('/admin/organisations/fjord.test/audit/verify');
    assert.equal(verdict.ok, true);
  });
});

const there = (words: readonly string[], input = ''): Promise<Ended> =>
  runCommand([...words, '--url', world.hub.url, '--credentials', join(world.place.folder, 'writer.json')], { input });
const here = (words: readonly string[], input = ''): Promise<Ended> =>
  runCommand([...words, ...world.place.words, '--org', 'fjord.test'], { input, env: world.place.env });

const entry = (id: string): Entry => ({
  identifier: id,
  resource: { systemId: { identifikatorverdi: id }, brukernavn: { identifikatorverdi: `${id}-user` } },
});

type Erased = { readonly id: string; readonly liftedAt: string | null };

describe('bindeledd erasure', { timeout: 120_000 }, () => {
  it('erases by an identifier from stdin, lists, lifts; there and here', async () => {
    await deliverPage(await world.as('adapter'), 'utdanning/elev/elev', ['E1', 'E2'].map(entry));
    const give = ['erasure', 'give', '-', '--about', '--json'];
    const nationalId = await there([...give, '--reason', 'Case 0181 80 12345'], 'utdanning/elev/elev/systemid/E1');
    assert.equal(nationalId.code, 2);
    const malformed = await there([...give, '--reason', 'Case 1'], 'E1-secret');
    assert.equal(malformed.code, 2);
    assert.doesNotMatch(malformed.stderr + malformed.stdout, /E1-secret/);
    const given = await there([...give, '--reason', 'Case 1'], 'utdanning/elev/elev/systemid/E1\n');
    assert.equal(given.code, 0, given.stderr);
    const { id } = JSON.parse(given.stdout) as Erased;
    const again = await there([...give, '--reason', 'Case 1'], 'utdanning/elev/elev/systemid/E1\n');
    assert.equal(again.code, 5);
    const listed = await there(['erasure', 'list', '--json']);
    assert.deepEqual(
      (JSON.parse(listed.stdout) as readonly Erased[]).map((one) => one.id),
      [id],
    );
    const lifted = await there(['erasure', 'lift', id, '--reason', 'Case 2', '--json']);
    assert.notEqual((JSON.parse(lifted.stdout) as Erased).liftedAt, null);
    assert.equal((await there(['erasure', 'lift', id, '--reason', 'Case 2'])).code, 9);

    // The directory is the hub's while it runs; over a database a hub does it, always.
    const files = testDialect.name === 'sqlite';
    assert.equal((await here(['erasure', 'list'])).code, files ? 9 : 2);
    if (files) await world.stop();
    const where = files ? here : there;
    const local = await where([...give, '--reason', 'Case 3'], 'utdanning/elev/elev/systemid/E2');
    assert.equal(local.code, 0, local.stderr);
    assert.equal((JSON.parse((await where(['erasure', 'list', '--json'])).stdout) as readonly Erased[]).length, 2);
    const audit = (await beneath.auditBytes(world.place.at, 'fjord.test')).toString('latin1');
    for (const reason of ['Case 1', 'Case 2', 'Case 3']) assert.ok(audit.includes(reason), reason);
    assert.ok(!audit.includes('E2-user') && !audit.includes('systemid/E'));
  });
});
