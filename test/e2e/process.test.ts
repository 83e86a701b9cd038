// The hub as an operator has it: processes, signals, exit codes, what is printed. Stops in the middle of things, starts again on what was
// left, is used with the command line while it runs, and what README and the demo tell people to paste is pasted.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { county } from '#sandbox/county.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { callerOf, tokenFor, type Caller } from './caller.ts';
import { deliverPage, pageText, pupil, several, type Entry, type RunStatus } from './deliveries.ts';
import { root, runCommand, startProcess, type Ended, type HubProcess } from './hub-process.ts';
import { fjord, prepare, temporaryFolder, type Credentials } from './hub-under-test.ts';
import { temporaryPlace, type Place } from './place.ts';

const running: HubProcess[] = [];
const start = async (place: Place, ...words: readonly string[]): Promise<HubProcess> => {
  const hub = await startProcess([...words, ...place.words], { env: place.env });
  running.push(hub);
  return hub;
};
after(() => {
  for (const { child } of running) if (child.exitCode === null) child.kill('SIGKILL');
});

const urlOf = (hub: HubProcess): string => (hub.ready as { readonly url: string }).url;

const command = ({ env }: Place, ...words: readonly string[]): Promise<Ended> => runCommand(words, { env });

// A demo takes no database that stands in the environment, and one with a password is not named on a command line: it is about a folder.
describe('the demo', { skip: testDialect.name !== 'sqlite' }, () => {
  type Ready = {
    readonly url: string;
    readonly token_endpoint: string;
    readonly organisations: readonly { readonly id: string; readonly name: string }[];
    readonly clients: readonly ({
      readonly id: string;
      readonly secret: string;
      readonly kind: string;
      readonly fint?: {
        readonly username: string;
        readonly password: string;
        readonly clientId: string;
        readonly clientSecret: string;
        readonly assetIds: readonly string[];
        readonly scope: string;
        readonly idpUri: string;
      };
    } & Readonly<Record<string, unknown>>)[];
  };
  let place: Place;
  const { feidenavn } = county({ seed: 42, size: 'small', asOf: '2026-11-01' }).known.ordinaryPupil;
  let hub: HubProcess;
  let ready: Ready;
  const file = (name: string): string => join(place.folder, name);
  const secretOf = (id: string): string => ready.clients.find((one) => one.id === id)?.secret ?? '';

  before(async () => {
    place = await temporaryPlace();
    hub = await start(place, 'demo', '--port', '0');
    ready = hub.ready as Ready;
    for (const { id, secret } of ready.clients)
      writeFileSync(file(`${id}.json`), JSON.stringify({ id, secret }), { mode: 0o600 });
    writeFileSync(file('secret.txt'), `${secretOf('demo-fint-client')}\n`, { mode: 0o600 });
  });
  after(async () => {
    await hub?.stop();
    await place.remove();
  });

  it('prints one line that says all that a program needs', () => {
    assert.equal(hub.stdout().trimEnd().split('\n').length, 1);
    assert.deepEqual(Object.keys(ready), ['url', 'token_endpoint', 'organisations', 'clients', 'writable']);
    assert.match(ready.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(ready.token_endpoint, `${ready.url}/oauth/token`);
    assert.ok(ready.organisations.every((one) => Object.keys(one).join() === 'id,tenant_id,name'));
    for (const { fint, tenant_id: tenant, ...one } of ready.clients) {
      assert.deepEqual(Object.keys(one), ['id', 'secret', 'kind', 'scope', 'organisation', 'describe']);
      assert.equal(typeof tenant, String(one['scope']).includes('vfs:') ? 'string' : 'undefined');
      assert.ok(['client', 'adapter', 'admin'].includes(one.kind));
      const bundle = ['username', 'password', 'clientId', 'clientSecret', 'assetIds', 'scope', 'idpUri'];
      if (fint !== undefined) assert.deepEqual(Object.keys(fint), bundle);
    }
    assert.equal(ready.clients.filter(({ fint }) => fint !== undefined).length, 2);
  });

  it('signs in as clients of FINT do, with the bundle that it printed', async () => {
    for (const { fint, kind } of ready.clients) {
      if (fint === undefined) continue;
      const { username, password, clientId, clientSecret, scope, idpUri, assetIds } = fint;
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      const answer = await fetch(idpUri, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: 'password', username, password, scope }),
      });
      const { access_token: token = '', expires_in: seconds = 0 } = (await answer.json()) as {
        access_token?: string;
        expires_in?: number;
      };
      assert.deepEqual([answer.status, seconds], [200, 300]);
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
        string,
        unknown
      >;
      assert.equal(claims['cn'], username);
      assert.equal(claims['fintAssetIDs'], assetIds.join(','));
      const asked = kind === 'adapter' ? '/provider/status' : '/utdanning/elev/elev?size=1';
      const read = await fetch(`${ready.url}${asked}`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(read.status, 200);
    }
  });

  it('makes the lines of README work when they are pasted', async () => {
    const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```sh\n([^]*?)```/g)].map(
      ([, text = '']) => text,
    );
    const block = blocks.find((text) => text.startsWith('TOKEN='));
    assert.ok(block !== undefined, 'README shows three lines to paste');
    const env = {
      ID: 'demo-fint-client',
      SECRET: secretOf('demo-fint-client'),
      URL: ready.url,
      FEIDENAVN: feidenavn,
    };
    const lines = block.trim().split('\n');
    assert.equal(lines.length, 3);
    const first = await runCommand([], { shell: lines.slice(0, 2).join('\n'), env });
    assert.equal((JSON.parse(first.stdout) as { size: number }).size, 3, first.stderr);
    const second = await runCommand([], { shell: [lines[0], lines[2]].join('\n'), env });
    const found = JSON.parse(second.stdout) as { feidenavn: { identifikatorverdi: string } };
    assert.equal(found.feidenavn.identifikatorverdi, feidenavn);
  });

  it('gives tokens and data to the command line', async () => {
    const at = ['--url', ready.url];
    const credentials = ['--credentials', file('demo-fint-client.json')];
    const token = await command(
      place,
      'token',
      ...at,
      '--client-id',
      'demo-fint-client',
      '--secret-file',
      file('secret.txt'),
    );
    assert.deepEqual([token.code, token.stdout.split('.').length, token.stderr], [0, 3, '']);
    writeFileSync(file('token.txt'), token.stdout);
    const one = await command(
      place,
      'get',
      `/utdanning/elev/elev/feidenavn/${feidenavn}`,
      ...at,
      '--token-file',
      file('token.txt'),
    );
    assert.equal(one.code, 0, one.stderr);
    const size = await command(place, 'get', '/utdanning/elev/elev/cache/size', '--json', ...at, ...credentials);
    const all = await command(
      place,
      'get',
      '/utdanning/elev/elev',
      '--all',
      '--page-size',
      '77',
      ...at,
      ...credentials,
    );
    const lines = all.stdout.trimEnd().split('\n');
    assert.equal(lines.length, (JSON.parse(size.stdout) as { size: number }).size);
    assert.equal(new Set(lines).size, lines.length);
    for (const line of lines) assert.ok('_links' in (JSON.parse(line) as object));
    const feed = await command(
      place,
      'get',
      '/utdanning/elev/elev/changes',
      '--all',
      '--page-size',
      '100',
      ...at,
      ...credentials,
    );
    assert.ok(feed.stdout.trimEnd().split('\n').length >= lines.length);

    const status = await command(place, 'sync', 'status', '--json', ...at, '--credentials', file('demo-adapter.json'));
    const { runs } = JSON.parse(status.stdout) as { readonly runs: readonly RunStatus[] };
    assert.ok(runs.length > 50 && runs.every(({ state }) => state === 'completed'));
    const run = await command(
      place,
      'sync',
      'status',
      runs[0]?.corrId ?? '',
      '--json',
      ...at,
      '--credentials',
      file('demo-adapter.json'),
    );
    assert.equal((JSON.parse(run.stdout) as RunStatus).corrId, runs[0]?.corrId);
  });

  it('fails with the documented exit codes, in text and as JSON', async () => {
    const at = ['--url', ready.url, '--credentials', file('demo-fint-client.json')];
    const wrong = file('wrong.json');
    writeFileSync(wrong, JSON.stringify({ id: 'demo-fint-client', secret: 'wrong' }));
    const rows: readonly (readonly [readonly string[], number])[] = [
      [['nonsense'], 2],
      [['get'], 2],
      [['get', '/utdanning/elev/elev?size=x', ...at], 2],
      [['get', '/utdanning/elev/elev', '--url', ready.url, '--credentials', wrong], 3],
      [['get', '/provider/status', ...at], 4],
      [['get', '/utdanning/elev/elev/systemid/none', ...at], 5],
      [['sync', 'status', 'none', '--url', ready.url, '--credentials', file('demo-adapter.json')], 5],
      [['sync', 'confirm', 'none', '--url', ready.url, '--credentials', file('demo-adapter.json')], 5],
      [['get', '/x', '--url', 'http://127.0.0.1:1', '--credentials', wrong], 8],
      [['start', ...place.words, '--port', '0'], 9],
      [['org', 'show', 'nowhere.test', ...place.words], 5],
      [['model', 'show', 'Elevv'], 5],
      [['config', '--port', 'x'], 2],
    ];
    const ended = await Promise.all(rows.map(([words]) => runCommand([...words, '--json'], { env: place.env })));
    for (const [index, [words, code]] of rows.entries()) {
      const shown = `${words.join(' ')}: ${ended[index]?.stderr ?? ''}`;
      assert.equal(ended[index]?.code, code, shown);
      assert.equal(ended[index]?.stdout, '', shown);
      if (words[0] === 'nonsense' || words.length === 1) continue;
      const { error } = JSON.parse(ended[index]?.stderr ?? '') as { readonly error: { readonly exit: number } };
      assert.equal(error.exit, code, shown);
    }
    const used = await command(place, 'start', ...place.words, '--port', '0', '--lang', 'en');
    assert.match(used.stderr, /HUB-510 .*data directory/);
  });

  it('shows its data directory, settings, applications and model to the operator', async () => {
    const at = [...place.words, '--json'];
    const read = async <T>(...words: readonly string[]): Promise<T> => {
      const { code, stdout, stderr } = await command(place, ...words);
      assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
      assert.ok(!ready.clients.some(({ secret }) => stdout.includes(secret)), 'no secret is shown');
      return JSON.parse(stdout) as T;
    };
    type Named = readonly { readonly id: string }[];
    assert.deepEqual(
      (await read<Named>('org', 'list', ...at)).map(({ id }) => id),
      ['fjordheim.test', 'sikthoyskolen.test', 'tindvag.test', 'vestmark.test'],
    );
    assert.equal((await read<Named>('app', 'list', ...at)).length, ready.clients.length);
    const granted = ready.clients.filter(({ kind, tenant_id: tenant }) => kind !== 'admin' && tenant === undefined);
    assert.equal((await read<Named>('grant', 'list', ...at)).length, granted.length);
    const linked = ready.clients.filter(({ tenant_id: tenant }) => tenant !== undefined);
    assert.equal((await read<Named>('link', 'list', ...at)).length, linked.length);
    assert.equal((await read<{ ok: boolean }>('doctor', '--port', '0', ...at)).ok, true);
    assert.equal((await read<{ ok: boolean }>('model', 'check', '--json')).ok, true);
    assert.ok((await read<Named>('model', 'list', '--json')).length > 0);
    const { settings } = await read<{ settings: { name: string; value: unknown }[] }>(
      'config',
      '--json',
      '--port',
      '9000',
    );
    assert.equal(settings.find(({ name }) => name === 'port')?.value, 9000);
  });

  it('obeys the operator at once: a new grant, an application that is disabled, a grant that ends', async () => {
    const at = [...place.words, '--json'];
    const made = await command(
      place,
      'app',
      'add',
      '--name',
      'Ny',
      '--kind',
      'client',
      '--owner',
      'fjordheim.test',
      '--environment',
      'sandbox',
      ...at,
    );
    assert.equal(made.code, 0, made.stderr);
    const { id, secret } = JSON.parse(made.stdout) as { readonly id: string; readonly secret: string };
    const given = await command(
      place,
      'grant',
      'give',
      '--app',
      id,
      '--org',
      'fjordheim.test',
      '--collection',
      'utdanning/elev/elev',
      '--action',
      'read',
      'list',
      '--field',
      'systemId',
      '--purpose',
      'test',
      ...at,
    );
    assert.equal(given.code, 0, given.stderr);
    const client = callerOf(ready.url, await tokenFor(ready.url, id, secret));
    const path = '/utdanning/elev/elev?size=1';
    const page = await client.read<{ _embedded: { _entries: object[] } }>(path);
    assert.deepEqual(Object.keys(page['_embedded']['_entries'][0] ?? {}), ['systemId', '_links']);
    assert.equal((await client.send('GET', '/utdanning/elev/person')).status, 404);
    const status = async (): Promise<number> => (await client.send('GET', path)).status;
    assert.equal((await command(place, 'app', 'disable', id, ...at)).code, 0);
    assert.equal(await status(), 401);
    assert.equal((await command(place, 'app', 'enable', id, ...at)).code, 0);
    assert.equal(await status(), 200);
    const grants = await command(place, 'grant', 'list', '--app', id, ...at);
    const [grant] = JSON.parse(grants.stdout) as readonly { readonly id: string }[];
    assert.equal((await command(place, 'grant', 'end', grant?.id ?? '', ...at)).code, 0);
    assert.ok([401, 404].includes(await status()));
  });

  it(
    'starts again on the same data at another port, prints lines that work when pasted, and rewrites its links',
    { timeout: 60_000 },
    async () => {
      const token = await tokenFor(ready.url, 'demo-fint-client', secretOf('demo-fint-client'));
      const { next } = await callerOf(ready.url, token).read<{ next: string }>(
        '/utdanning/elev/elev/changes?size=10000',
      );
      assert.equal(await hub.stop(), 0);
      // Without --json it prints for people; its lines are read from a file that grows.
      const out = file('printed.txt');
      const script = `exec "$NODE" bin/bindeledd.mjs demo --port 0 --data "$DATA" --lang en > "$OUT" 2>/dev/null`;
      const second = runCommand([], {
        shell: `(${script}) & HUB=$!; n=0; while ! grep -q Ctrl-C "$OUT" 2>/dev/null && [ $n -lt 150 ]; do sleep 0.2; n=$((n+1)); done; grep -v Ctrl-C "$OUT" | sed -n '/^Try:/,$p' | sed 1d > "$OUT.sh"; echo 'echo; echo "TOKEN $TOKEN"' >> "$OUT.sh"; cd "$(dirname "$OUT")"; sh "$OUT.sh"; sed -n 's/^The hub answers at //p' "$OUT"; curl -s -H "Authorization: Bearer $(sh "$OUT.sh" | sed -n 's/^TOKEN //p')" "$(sed -n 's/^The hub answers at //p' "$OUT")/utdanning/elev/elev/changes?after=$NEXT"; kill $HUB; wait $HUB; echo; echo "exit $?"`,
        env: { NODE: process.execPath, DATA: place.at, OUT: out, NEXT: next },
        ms: 55_000,
      });
      const { stdout } = await second;
      const url = /^http:\/\/127\.0\.0\.1:\d+$/m.exec(stdout)?.[0] ?? '';
      assert.notEqual(url, '', stdout.slice(0, 500));
      assert.notEqual(url, ready.url);
      assert.match(stdout, /exit 0\s*$/);
      assert.match(stdout, /"total_items":\d+,"size":3,"offset":0/);
      assert.ok(stdout.includes(`"feidenavn":{"identifikatorverdi":"${feidenavn}"}`), 'the pupil of the third line');
      assert.ok(!stdout.includes(ready.url), 'no link leads to the former address');
      assert.ok(stdout.includes(`${url}/utdanning/elev/elev/`));
      assert.ok(stdout.includes(`${url}/grunnskole/foresatt/foresattforhold/`), 'the last line, of the municipality');
      assert.match(stdout, /\{"_entries":\[\],"next":/, 'an unchanged delivery is no news to a position from before');
    },
  );
});

const large = (number: number): Entry => ({
  identifier: `sak-${number}`,
  resource: { mappeId: { identifikatorverdi: `sak-${number}` }, tittel: `${number} ${'x'.repeat(60_000)}` },
});

/** Asks for a large page on a connection of its own and stops reading after the first bytes. */
const slowReader = (
  url: string,
  token: string,
  path: string,
): Promise<{ readonly socket: Socket; readonly rest: () => Promise<Buffer> }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((done) => socket.once('close', () => done()));
    socket.on('error', () => {});
    socket.once('error', reject);
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    socket.once('data', () => {
      socket.pause();
      const rest = async (): Promise<Buffer> => {
        socket.setTimeout(20_000, () => socket.destroy());
        socket.resume();
        await ended;
        return Buffer.concat(chunks);
      };
      resolve({ socket, rest });
    });
    socket.write(`GET /${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  });

const within = async (hub: HubProcess, ms: number): Promise<number | null> => {
  const started = performance.now();
  const code = await hub.ended;
  assert.ok(performance.now() - started < ms, `it took ${Math.round(performance.now() - started)} ms to stop`);
  return code;
};

const pageBytes = (count: number, from: number): { readonly corrId: string; readonly body: string } => {
  const corrId = randomUUID();
  return {
    corrId,
    body: pageText(
      several(count, (number) => pupil(number, { _links: {} }), from),
      { corrId },
    ),
  };
};

describe('a hub that is stopped', () => {
  let place: Place;
  const sak = 'arkiv/noark/sak';
  const elev = 'utdanning/elev/elev';
  let secrets: ReadonlyMap<string, Credentials>;
  const as = async (hub: HubProcess, id: string): Promise<Caller> =>
    callerOf(urlOf(hub), await tokenFor(urlOf(hub), id, secrets.get(id)?.secret ?? ''));
  const again = (...more: readonly string[]): Promise<HubProcess> =>
    start(place, 'start', '--port', '0', '--environment', 'sandbox', '--log-level', 'error', ...more);

  before(async () => {
    place = await temporaryPlace();
    secrets = await prepare(
      place.settings(),
      [fjord],
      [
        { id: 'client', kind: 'client', organisation: fjord.id },
        { id: 'adapter', kind: 'adapter', organisation: fjord.id },
      ],
    );
  });
  after(() => place.remove());

  it('lets a large page under way run to its end', { timeout: 60_000 }, async () => {
    const hub = await again();
    const adapter = await as(hub, 'adapter');
    for (const page of [0, 1, 2]) await deliverPage(adapter, sak, several(200, large, page * 200), { method: 'PATCH' });
    const token = await tokenFor(urlOf(hub), 'client', secrets.get('client')?.secret ?? '');
    const reader = await slowReader(urlOf(hub), token, sak);
    hub.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await assert.rejects(
      callerOf(urlOf(hub), token).send('GET', '/health/live', { headers: { connection: 'close' } }),
      'no new connection is taken',
    );
    const bytes = await reader.rest();
    assert.equal(await within(hub, 4_000), 0, 'a connection that has become idle is not waited for');
    const text = bytes.toString();
    assert.ok(text.endsWith('\r\n0\r\n\r\n'), 'the answer is whole');
    assert.ok(bytes.length > 36_000_000 && text.includes('"total_items":600,"size":600,"offset":0}'));
  });

  it(
    'does not wait for ever for a reader that has stopped, and its answer does not look whole',
    { timeout: 60_000 },
    async () => {
      const hub = await again('--drain-seconds', '2');
      const token = await tokenFor(urlOf(hub), 'client', secrets.get('client')?.secret ?? '');
      const reader = await slowReader(urlOf(hub), token, sak);
      hub.child.kill('SIGTERM');
      assert.equal(await within(hub, 6_000), 0);
      const text = (await reader.rest()).toString();
      assert.ok(!text.endsWith('\r\n0\r\n\r\n'));
    },
  );

  const sizeOf = async (hub: HubProcess): Promise<number> =>
    (await (await as(hub, 'client')).read<{ size: number }>(`/${elev}/cache/size`)).size;

  it('takes a sync page under way whole, or not at all', { timeout: 60_000 }, async () => {
    const first = await again('--drain-seconds', '3');
    const token = await tokenFor(urlOf(first), 'adapter', secrets.get('adapter')?.secret ?? '');
    const send = (path: string, body: string, now: number): Socket => {
      const socket = connect(Number(new URL(urlOf(first)).port), '127.0.0.1');
      socket.on('error', () => {});
      const head = `PATCH /provider/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
      socket.write(head + body.slice(0, now));
      return socket;
    };
    const [finished, cut] = [pageBytes(500, 0), pageBytes(500, 10_000)];
    const [one, two] = [send(elev, finished.body, 50_000), send(elev, cut.body, 50_000)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    first.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    let answer = '';
    one.on('data', (chunk) => (answer += chunk.toString()));
    one.write(finished.body.slice(50_000));
    assert.equal(await within(first, 7_000), 0);
    two.destroy();
    assert.match(answer, /^HTTP\/1\.1 201 /, 'what was under way is taken');

    const second = await again();
    assert.equal(await sizeOf(second), 500);
    const adapter = await as(second, 'adapter');
    assert.equal((await adapter.read<RunStatus>(`/provider/sync/${finished.corrId}`)).state, 'completed');
    assert.equal((await adapter.send('GET', `/provider/sync/${cut.corrId}`)).status, 404);
    assert.equal(await second.stop(), 0);
  });

  it(
    'has every page whole or not at all after a kill, and an acknowledged one always',
    { timeout: 90_000 },
    async () => {
      for (const delay of [40, 150, 400]) {
        const hub = await again();
        const size = await sizeOf(hub);
        const adapter = await as(hub, 'adapter');
        const { corrId, body } = pageBytes(4_000, 20_000 + delay * 10_000);
        const sent = adapter
          .send('PATCH', `/provider/${elev}`, { headers: { 'content-type': 'application/json' }, body })
          .then(({ status }) => status === 201)
          .catch(() => false);
        await new Promise((resolve) => setTimeout(resolve, delay));
        hub.child.kill('SIGKILL');
        const acknowledged = await sent;
        await hub.ended;
        const next = await again();
        const now = await sizeOf(next);
        assert.ok(now === size || now === size + 4_000, `${size} became ${now}`);
        if (acknowledged) assert.equal(now, size + 4_000);
        const known = await (await as(next, 'adapter')).send('GET', `/provider/sync/${corrId}`);
        assert.equal(known.status, now === size ? 404 : 200, 'the books agree with the data');
        const page = await (await as(next, 'client')).read<{ size: number }>(`/${elev}`);
        assert.equal(page.size, now);
        assert.equal(await next.stop(), 0);
      }
    },
  );

  // The same over a database: test/store/postgres/migrate.test.ts.
  it('is not started on data of a newer version', { skip: testDialect.name !== 'sqlite' }, async (context) => {
    assert.equal(await (await again()).stop(), 0);
    const copyFolder = temporaryFolder();
    context.after(copyFolder.remove);
    const files = ['platform.db', 'tenants/fjord.test/data.db', 'tenants/fjord.test/audit.db'];
    const copies = files.map((name, index) => {
      const copy = join(copyFolder.path, String(index));
      cpSync(place.at, copy, { recursive: true });
      const db = new DatabaseSync(join(copy, name));
      db.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 999');
      db.close();
      return copy;
    });
    const results = await Promise.all(
      copies.map((copy) =>
        runCommand(['start', '--data', copy, '--port', '0', '--environment', 'sandbox', '--lang', 'en']),
      ),
    );
    for (const [index, { code, stderr, stdout }] of results.entries()) {
      assert.ok(code !== 0 && code !== null, `${files[index] ?? ''}: ${code}`);
      assert.match(stderr, /HUB-511 .*version 999[^]*newer version/, files[index] ?? '');
      assert.equal(stdout, '');
    }
  });
});
