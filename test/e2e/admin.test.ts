// The admin API on a whole hub: who may administer what, that nothing else can be told apart from nothing, and that every change is on record
// in both audits, in force at once, and refused where it contradicts itself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import type { Answer, Caller } from './caller.ts';
import { tokenFor } from './caller.ts';

type Json = Readonly<Record<string, unknown>>;

let world: AdminWorld;
let [writer, reader, operator, neighbour, client]: Caller[] = [];
before(async () => {
  world = await startAdminWorld();
  [writer, reader, operator, neighbour, client] = await Promise.all(
    ['writer', 'reader', 'operator', 'neighbour', 'client'].map(world.as),
  );
});
after(() => world?.close());

const send = async (
  caller: Caller | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => {
  assert.ok(caller !== undefined);
  return caller.send(method, path, {
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

const ask = async (
  caller: Caller | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Json> => {
  const answer = await send(caller, method, path, body, headers);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as Json;
};

const fault = async (caller: Caller | undefined, method: string, path: string, body?: unknown): Promise<string> => {
  const answer = await send(caller, method, path, body);
  const { code = '', detail = '' } = JSON.parse(answer.text) as { code?: string; detail?: string };
  return answer.status < 300 ? 'ok' : `${answer.status} ${code} ${detail}`;
};

const grant = {
  application: 'nabo-client',
  organisation: 'fjord.test',
  collections: ['utdanning/elev/elev'],
  actions: ['read', 'list'],
  purpose: 'test',
} as const;

/** What is wrong with a grant that differs so from a good one. */
const faults = (change: object): Promise<string> => fault(writer, 'POST', '/admin/grants', { ...grant, ...change });

/** What does not depend on the request itself. */
const bare = ({ status, headers, text }: Answer): unknown => {
  const kept = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name)),
  );
  return { status, headers: kept, text: text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id') };
};

const platformAudit = async (): Promise<readonly Json[]> =>
  (await world.place.platformAudit()).map(({ actor, operation, subject, reason }) => ({
    actor,
    operation,
    subject,
    reason,
  }));

const organisationAudit = async (path: string): Promise<readonly Json[]> => {
  const found = await ask(writer, 'POST', '/admin/organisations/fjord.test/audit/search', { limit: 1_000 });
  assert.ok(Array.isArray(found['items']), path);
  return found['items'] as Json[];
};

describe('who may administer', () => {
  it('takes no other token at /admin, and takes an administrator nowhere else', async () => {
    const tokens = { client: client, adapter: await world.as('adapter') };
    for (const [name, caller] of Object.entries(tokens))
      for (const path of ['/admin/self', '/admin/organisations', '/admin/nothing'])
        assert.match(await fault(caller, 'GET', path), /^403 HUB-400/, `${name} ${path}`);
    for (const path of ['/utdanning/elev/elev', '/provider/status', '/provider/sync', '/utdanning/elev'])
      assert.match(await fault(operator, 'GET', path), /^403 HUB-400/, path);
    assert.match(await fault(operator, 'POST', '/provider/heartbeat', {}), /^403 HUB-400/);
    const nobody = await fetch(`${world.hub.url}/admin/self`);
    assert.equal(nobody.status, 401);
  });

  it('gives a token for the own organisation only, with scopes that the application has', async () => {
    const { url } = world.hub;
    const tokenOf = (id: string, more: string): Promise<string> => tokenFor(url, id, world.secretOf(id), more);
    await assert.rejects(tokenOf('writer', '&organisation=nabo.test'), /invalid_target/);
    await assert.rejects(tokenOf('writer', '&scope=admin.platform'), /invalid_scope/);
    await assert.rejects(tokenOf('writer', '&scope=fint-client'), /invalid_scope/);
    await assert.rejects(tokenOf('client', '&scope=admin.read'), /invalid_scope/);
    const narrowed = await tokenOf('writer', '&scope=admin.read');
    const claims = JSON.parse(Buffer.from(narrowed.split('.')[1] ?? '', 'base64url').toString()) as Json;
    assert.equal(claims['kind'], 'admin');
    assert.equal(claims['scope'], 'admin.read');
    assert.equal(claims['organisation'], 'fjord.test');
  });

  it('refuses what the scopes do not let, whatever it is about', async () => {
    assert.match(await fault(reader, 'POST', '/admin/grants', grant), /^403 HUB-302/);
    assert.match(await fault(reader, 'PATCH', '/admin/organisations/nowhere.test', {}), /^403 HUB-302/);
    for (const path of ['/admin/keys']) assert.match(await fault(writer, 'GET', path), /^403 HUB-302/);
    assert.match(await fault(writer, 'POST', '/admin/organisations', { id: 'x.test', name: 'x' }), /^403 HUB-302/);
  });

  it('answers for another organisation what it answers for none, byte for byte', async () => {
    const app = await ask(operator, 'POST', '/admin/applications', {
      name: 'Secret',
      kind: 'client',
      owner: 'nabo.test',
      environment: 'sandbox',
    });
    const given = await ask(operator, 'POST', '/admin/grants', { ...grant, organisation: 'nabo.test' });
    const pairs: readonly (readonly [string, string, string, unknown?])[] = [
      ['GET', '/admin/organisations/nabo.test', '/admin/organisations/none.test'],
      ['PATCH', '/admin/organisations/nabo.test', '/admin/organisations/none.test', { name: 'x' }],
      ['GET', '/admin/organisations/nabo.test/adapters', '/admin/organisations/none.test/adapters'],
      ['GET', '/admin/organisations/nabo.test/runs', '/admin/organisations/none.test/runs'],
      ['GET', '/admin/organisations/nabo.test/events', '/admin/organisations/none.test/events'],
      ['GET', '/admin/organisations/nabo.test/quality', '/admin/organisations/none.test/quality'],
      ['GET', '/admin/organisations/nabo.test/erasures', '/admin/organisations/none.test/erasures'],
      ['POST', '/admin/organisations/nabo.test/audit/search', '/admin/organisations/none.test/audit/search', {}],
      ['GET', `/admin/applications/${String(app['id'])}`, '/admin/applications/client-none'],
      ['POST', `/admin/applications/${String(app['id'])}/secret`, '/admin/applications/client-none/secret', {}],
      ['GET', `/admin/grants/${String(given['id'])}`, '/admin/grants/grant-none'],
      ['POST', `/admin/grants/${String(given['id'])}/end`, '/admin/grants/grant-none/end', {}],
    ];
    for (const [method, there, nowhere, body] of pairs) {
      const [one, other] = [await send(writer, method, there, body), await send(writer, method, nowhere, body)];
      assert.equal(one.status, 404, there);
      assert.deepEqual(bare(one), bare(other), there);
    }
    const own = { ...grant, organisation: 'nabo.test' };
    assert.deepEqual(
      bare(await send(writer, 'POST', '/admin/grants', own)),
      bare(await send(writer, 'POST', '/admin/grants', { ...own, organisation: 'none.test' })),
    );
    for (const path of ['/admin/organisations', '/admin/applications', '/admin/grants?all=true']) {
      const text = JSON.stringify(await ask(writer, 'GET', path));
      assert.doesNotMatch(text.replaceAll('"application":"nabo-client"', ''), /nabo/, path);
      assert.match(JSON.stringify(await ask(operator, 'GET', path)), /nabo\.test/, path);
    }
  });

  it('lets nobody widen what he may do himself, or hand out what he has not', async () => {
    const platform = { scopes: ['admin.platform'] };
    const application = { name: 'Mine', kind: 'admin', environment: 'sandbox' };
    assert.match(await fault(writer, 'PATCH', '/admin/applications/writer', platform), /^403 HUB-400/);
    assert.match(await fault(writer, 'PATCH', '/admin/applications/reader', platform), /^400 HUB-103.*admin\.platform/);
    assert.match(await fault(writer, 'POST', '/admin/applications', { ...application, ...platform }), /^400 HUB-103/);
    assert.match(await fault(writer, 'POST', '/admin/applications/operator/secret', {}), /^403 HUB-400/);
    assert.match(await fault(writer, 'PATCH', '/admin/applications/operator', { jwks: null }), /^403 HUB-400/);
    assert.match(
      await fault(writer, 'POST', '/admin/grants', { ...grant, application: 'writer' }),
      /administers, and takes no grants/,
    );
    assert.equal(await fault(writer, 'POST', '/admin/applications', { ...application, scopes: ['admin.read'] }), 'ok');
  });

  it('takes a scope away at once, whatever token is held', async () => {
    const held = await world.as('reader');
    assert.equal(await fault(held, 'GET', '/admin/self'), 'ok');
    await ask(writer, 'PATCH', '/admin/applications/reader', { disabled: true });
    assert.match(await fault(held, 'GET', '/admin/self'), /^401 HUB-300/);
    await ask(writer, 'PATCH', '/admin/applications/reader', { disabled: false });
    assert.equal(await fault(held, 'GET', '/admin/self'), 'ok');
  });
});

describe('grants', () => {
  it('are given to applications of others, in force at once, and end at once', async () => {
    const given = await send(writer, 'POST', '/admin/grants', grant);
    assert.equal(given.status, 201, given.text);
    const { id, live } = JSON.parse(given.text) as { id: string; live: boolean };
    assert.equal(live, true);
    const token = await tokenFor(
      world.hub.url,
      'nabo-client',
      world.secretOf('nabo-client'),
      '&organisation=fjord.test',
    );
    const look = (): Promise<Response> =>
      fetch(`${world.hub.url}/utdanning/elev/elev`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await look()).status, 200);
    await ask(writer, 'POST', `/admin/grants/${id}/end`, { reason: 'done' });
    assert.equal((await look()).status, 401);
    assert.match(await fault(writer, 'PATCH', `/admin/grants/${id}`, { purpose: 'more' }), /^409 HUB-409/);
  });

  it('are refused where they contradict themselves or the model, with everything that is wrong', async () => {
    assert.match(await faults({ from: '2026-08-02', to: '2026-08-01' }), /\/to: must come after from/);
    assert.match(await faults({ fields: ['kontaktlarer'] }), /\/fields: kontaktlarer is unknown/);
    assert.match(await faults({ rows: { scope: 'nothing', field: 'x', values: ['1'] } }), /\/rows: nothing is unknown/);
    for (const clearance of [-1, 4, 1.5, '1'])
      assert.match(await faults({ clearance }), /\/clearance: must be/, String(clearance));
    assert.match(await faults({ clearance: 2 }), /\/reason: is needed when protected persons/);
    assert.match(await faults({ clearance: 2, reason: 'for 150482 54321' }), /\/reason: must not hold a national id/);
    assert.match(await faults({ actions: ['write'] }), /\/actions: write needs read or list/);
    assert.match(await faults({ actions: ['deliver'] }), /deliver is not for an application of kind client/);
    assert.match(await faults({ application: 'client-none' }), /there is no application client-none/);
    assert.match(await faults({ colections: [] }), /\/colections: is not known here/);
    const all = await faults({ actions: ['reed'], clearance: 9, to: '2026-02-31' });
    for (const at of ['/actions', '/clearance', '/to']) assert.ok(all.includes(at), `${at} in ${all}`);
    assert.equal(await faults({ clearance: 2, reason: 'child welfare system' }), 'ok');
    assert.equal(
      await faults({ actions: ['follow', 'list'], rows: { scope: 'skole', field: 'systemid', values: ['1'] } }),
      'ok',
    );
  });

  it('warn of two for the same rows with different fields', async () => {
    const collections = ['utdanning/elev/elevforhold'];
    await ask(writer, 'POST', '/admin/grants', { ...grant, collections, fields: ['systemId'] });
    const second = await ask(writer, 'POST', '/admin/grants', { ...grant, collections });
    assert.match(JSON.stringify(second['warnings']), /with other fields: the application sees both/);
  });

  it('are changed by one who has read them as they are', async () => {
    const given = await send(writer, 'POST', '/admin/grants', { ...grant, collections: ['utdanning/timeplan/*'] });
    const { id } = JSON.parse(given.text) as { id: string };
    const etag = String(given.headers['etag']);
    const change = (purpose: string, match: string): Promise<Answer> =>
      send(writer, 'PATCH', `/admin/grants/${id}`, { purpose }, { 'if-match': match });
    const first = await change('first', etag);
    assert.equal(first.status, 200);
    assert.notEqual(first.headers['etag'], etag);
    assert.equal((await change('second', etag)).status, 412);
    assert.equal((await change('third', '*')).status, 200);
    assert.equal((await ask(reader, 'GET', `/admin/grants/${id}`))['purpose'], 'third');
  });

  it('are given once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'give-1' };
    const body = { ...grant, collections: ['utdanning/vurdering/*'] };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send(writer, 'POST', '/admin/grants', body, key)),
    );
    const ids = answers.map(({ text }) => (JSON.parse(text) as { id: string }).id);
    assert.equal(new Set(ids).size, 1);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 201]);
    const other = await send(writer, 'POST', '/admin/grants', { ...body, purpose: 'other' }, key);
    assert.equal(other.status, 422);
    assert.equal(
      (await send(neighbour, 'POST', '/admin/grants', { ...body, organisation: 'nabo.test' }, key)).status,
      201,
    );
  });
});

describe('applications', () => {
  it('show a secret once, and it works', async () => {
    const key = { 'idempotency-key': 'app-1' };
    const body = { name: 'Timetable', kind: 'client', environment: 'sandbox' };
    const made = await ask(writer, 'POST', '/admin/applications', body, key);
    const id = String(made['id']);
    assert.equal((await ask(writer, 'POST', '/admin/applications', body, key))['secret'], null);
    await ask(writer, 'POST', '/admin/grants', { ...grant, application: id });
    assert.ok(await tokenFor(world.hub.url, id, String(made['secret'])));
    const rotated = await ask(writer, 'POST', `/admin/applications/${id}/secret`, { overlapHours: 0 });
    await assert.rejects(tokenFor(world.hub.url, id, String(made['secret'])));
    assert.ok(await tokenFor(world.hub.url, id, String(rotated['secret'])));
    for (const path of [`/admin/applications/${id}`, '/admin/applications'])
      assert.doesNotMatch(JSON.stringify(await ask(writer, 'GET', path)), /bds_|scrypt/);
    const text = JSON.stringify(await platformAudit()) + JSON.stringify(await organisationAudit('fjord.test'));
    assert.doesNotMatch(text, /bds_|scrypt/);
  });

  it('get FINT credentials for organisations that have given them a grant; others are like none', async () => {
    const path = '/admin/applications/client/credentials';
    assert.equal(await fault(writer, 'POST', path, { name: 'mine' }), 'ok');
    const faultsOf = async (organisation: string): Promise<string> =>
      fault(writer, 'POST', path, { name: 'mine', organisation });
    assert.match(await faultsOf('nabo.test'), /\/organisation: has given this application no grant/);
    assert.equal(await faultsOf('none.test'), await faultsOf('nabo.test'));
    await ask(neighbour, 'POST', '/admin/grants', { ...grant, application: 'client', organisation: 'nabo.test' });
    const made = await ask(writer, 'POST', path, { name: 'mine', organisation: 'nabo.test' });
    assert.equal(made['username'], 'mine@client.nabo.test');
    assert.match(await fault(writer, 'POST', '/admin/applications/writer/credentials', {}), /^409/);
  });

  it('have keys that are checked', async () => {
    assert.match(
      await fault(writer, 'PATCH', '/admin/applications/client', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }),
      /\/jwks\/keys\/0: holds a private part/,
    );
  });
});

describe('organisations', () => {
  it('are set by their own administrator, rule by rule', async () => {
    const writes = [{ pattern: 'utdanning/elev/*', policy: 'hub' }];
    const set = await ask(writer, 'PATCH', '/admin/organisations/fjord.test', {
      settings: { writes, removalGuard: 0.2 },
    });
    assert.deepEqual((set['settings'] as Json)['writes'], [{ ...writes[0], deadlineMinutes: null }]);
    assert.equal((set['settings'] as Json)['removalGuard'], 0.2);
    const wrong = { removalGuard: 2, writes: [{ pattern: 'x', policy: 'all' }], strictness: 'no', other: 1 };
    const said = await fault(writer, 'PATCH', '/admin/organisations/fjord.test', { settings: wrong });
    for (const name of ['removalGuard', 'writes', 'strictness', 'other'])
      assert.ok(said.includes(`/settings/${name}`), said);
    assert.match(
      await fault(writer, 'PATCH', '/admin/organisations/fjord.test', { orgNumber: '123456785' }),
      /by the operator of the hub/,
    );
    assert.match(
      await fault(writer, 'PATCH', '/admin/organisations/fjord.test', { settings: { institutionNumber: '7777' } }),
      /\/settings\/institutionNumber: is changed by the operator of the hub/,
    );
  });

  it('are added by the operator, once, and have an audit from then on', async () => {
    const body = { id: 'Ny-Test', name: 'Ny' };
    assert.equal((await send(operator, 'POST', '/admin/organisations', body)).status, 201);
    assert.equal((await send(operator, 'POST', '/admin/organisations', body)).status, 409);
    assert.equal((await ask(operator, 'GET', '/admin/organisations/ny.test'))['name'], 'Ny');
  });
});

describe('the record', () => {
  it('of a change stands in both audits with actor and reason', async () => {
    const given = await ask(writer, 'POST', '/admin/grants', { ...grant, clearance: 3, reason: 'Case 2026/12' });
    const id = String(given['id']);
    const platform = (await platformAudit()).at(-1);
    assert.deepEqual(
      { ...platform },
      {
        actor: 'admin:writer',
        operation: 'grant give',
        subject: `${id} fjord.test nabo-client`,
        reason: 'Case 2026/12',
      },
    );
    const own = (await organisationAudit('fjord.test')).find((record) => String(record['details']).includes(id));
    assert.equal(own?.['operation'], 'grant give');
    assert.equal(own?.['client'], 'writer');
    assert.equal(own?.['api'], 'admin');
    assert.equal(own?.['details'], `${id} fjord.test nabo-client: Case 2026/12`);
  });

  it('of a refusal stands in the audit of the one who asked, without what he may not know', async () => {
    await fault(neighbour, 'GET', '/admin/organisations/fjord.test/runs');
    const found = await ask(neighbour, 'POST', '/admin/organisations/nabo.test/audit/search', { decision: 'deny' });
    const [newest] = found['items'] as Json[];
    assert.equal(newest?.['operation'], 'run list');
    assert.equal(newest?.['rule'], 'HUB-204');
    assert.doesNotMatch(JSON.stringify(found), /fjord/);
  });

  it('of an operator who looks into an organisation stands in that organisation', async () => {
    await ask(operator, 'GET', '/admin/organisations/nabo.test/events');
    const found = await ask(neighbour, 'POST', '/admin/organisations/nabo.test/audit/search', {
      application: 'operator',
    });
    assert.equal((found['items'] as Json[])[0]?.['operation'], 'event list');
  });

  it('is proved and sealed', async () => {
    await ask(writer, 'POST', '/admin/organisations/fjord.test/audit/checkpoints', {});
    const points = await ask(reader, 'GET', '/admin/organisations/fjord.test/audit/checkpoints?limit=1');
    assert.equal((points['items'] as Json[]).length, 1);
    const verdict = await ask(reader, 'GET', '/admin/organisations/fjord.test/audit/verify');
    assert.equal(verdict['ok'], true, JSON.stringify(verdict));
  });
});

describe('lists', () => {
  it('are walked page by page, each thing once', async () => {
    const seen: string[] = [];
    let path: string | null = '/admin/grants?limit=2&all=true';
    while (path !== null) {
      const answer: Answer = await send(writer, 'GET', path);
      const page = JSON.parse(answer.text) as { items: { id: string }[]; next: string | null };
      seen.push(...page.items.map(({ id }) => id));
      const link = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1] ?? null;
      assert.equal(link === null, page.next === null);
      path = link;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(seen.length > 4);
    for (const query of ['limit=0', 'limit=x', 'limit=1001', 'cursor=%20'])
      assert.match(await fault(writer, 'GET', `/admin/grants?${query}`), /^400 HUB-103/, query);
  });

  it('and bodies that are no JSON objects are refused', async () => {
    assert.ok(writer !== undefined);
    for (const [body, code] of [
      ['{', 'HUB-101'],
      ['[]', 'HUB-100'],
      ['null', 'HUB-100'],
      ['"x"', 'HUB-100'],
    ] as const) {
      const answer = await writer.send('POST', '/admin/grants', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      assert.equal((JSON.parse(answer.text) as Json)['code'], code, body);
    }
    assert.match(await fault(writer, 'DELETE', '/admin/grants/x'), /^405 HUB-105/);
    assert.match(await fault(writer, 'GET', '/admin/nothing'), /^404 HUB-204/);
  });
});
