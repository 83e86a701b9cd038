// The commands of administration against a running hub and where its data are: the same answers, and the exit codes that scripts rely on.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { verifyChain } from '#verify/audit-verify.ts';
import type { KeySet } from '#verify/audit-verify.ts';
import { testDialect } from '../store/conformance/dialects.ts';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import { runCommand, type Ended } from './hub-process.ts';
import { temporaryPlace } from './place.ts';

type Json = Readonly<Record<string, unknown>>;

let world: AdminWorld;
before(async () => {
  world = await startAdminWorld({ fintPasswordGrant: 'true' });
  for (const id of ['writer', 'reader', 'operator', 'adapter'])
    writeFileSync(join(world.place.folder, `${id}.json`), JSON.stringify({ id, secret: world.secretOf(id) }));
});
after(() => world?.close());

const there = (as: string, words: readonly string[]): Promise<Ended> =>
  runCommand([...words, '--url', world.hub.url, '--credentials', join(world.place.folder, `${as}.json`)]);
const here = (words: readonly string[], { place } = world): Promise<Ended> =>
  runCommand([...words, ...place.words], { env: place.env });

const good = ({ code, stdout, stderr }: Ended): Json => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Json;
};

const ends = async (work: Promise<Ended>): Promise<number | null> => (await work).code;

describe('commands through the admin API', { timeout: 120_000 }, () => {
  it('say the same of a running hub and where its data are', async () => {
    for (const words of [
      ['org', 'list', '--json'],
      ['org', 'show', 'fjord.test', '--json'],
      ['app', 'list', '--json'],
      ['app', 'show', 'client', '--json'],
      ['grant', 'list', '--json'],
      ['key', 'list', '--json'],
      ['adapter', 'status', '--org', 'fjord.test', '--json'],
      ['events', 'list', '--org', 'fjord.test', '--json'],
      ['sync', 'status', '--org', 'fjord.test', '--json'],
    ]) {
      const [one, other] = await Promise.all([there('operator', words), here(words)]);
      assert.deepEqual(good(one), good(other), words.join(' '));
    }
  });

  it('tell how an application stands with what will go, of a running hub alone', async () => {
    const told = good(await there('operator', ['app', 'health', 'client', '--json']));
    assert.deepEqual([told['application'], told['light'], told['parts']], ['client', 'fine', []]);
    const { code, stderr } = await here(['app', 'health', 'client']);
    assert.notEqual(code, 0);
    assert.match(stderr, /HUB-409/);
  });

  it('administer a hub from afar', async () => {
    const given = good(
      await there('writer', [
        'grant',
        'give',
        '--app',
        'nabo-client',
        '--org',
        'fjord.test',
        '--collection',
        'utdanning/elev/*',
        '--action',
        'read,list',
        '--clearance',
        'confidential',
        '--reason',
        'Case 7',
        '--json',
      ]),
    );
    assert.equal(given['clearance'], 2);
    const ended = await there('writer', ['grant', 'end', String(given['id'])]);
    assert.match(ended.stdout, /: ended 20/);
    const set = await there('writer', [
      'org',
      'set',
      'fjord.test',
      '--writes',
      'utdanning/elev/*=source:30',
      '*=closed',
    ]);
    assert.match(set.stdout, /writes +utdanning\/elev\/\*=source:30, \*=closed/);
    const bundle = good(await there('writer', ['app', 'credentials', 'client', '--name', 'timeplan', '--json']));
    assert.deepEqual(
      [bundle['username'], bundle['clientId'], bundle['assetIds'], bundle['scope'], bundle['idpUri']],
      ['timeplan@client.fjord.test', 'client', ['fjord.test'], 'fint-client', `${world.hub.url}/oauth/token`],
    );
    const answer = await fetch(String(bundle['idpUri']), {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`client:${String(bundle['clientSecret'])}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'password',
        username: String(bundle['username']),
        password: String(bundle['password']),
        scope: 'fint-client',
      }),
    });
    const { access_token: token = '' } = (await answer.json()) as { access_token?: string };
    assert.equal(answer.status, 200);
    const read = await fetch(`${world.hub.url}/utdanning/elev/elev`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(read.status, 200);
  });

  it('tell of the audit and of quality', async () => {
    const found = good(
      await there('writer', ['audit', 'search', '--organisation', 'fjord.test', '--application', 'writer', '--json']),
    );
    assert.equal(found['known'], true);
    assert.ok((found['entries'] as Json[]).length > 2);
    const sealed = await there('writer', ['audit', 'checkpoint', '--organisation', 'fjord.test']);
    assert.match(sealed.stdout, /"signature":/);
    const verified = await there('reader', ['audit', 'verify', '--organisation', 'fjord.test']);
    assert.equal(verified.code, 0, verified.stdout);
    const exported = await there('reader', ['audit', 'export', '--organisation', 'fjord.test', '--format', 'ocsf']);
    assert.match(exported.stdout, /"class_uid":6003/);
    const chain = await there('reader', ['audit', 'export', '--organisation', 'fjord.test', '--format', 'chain']);
    assert.equal(chain.code, 0, chain.stderr);
    const served = await fetch(`${world.hub.url}/.well-known/audit-keys.json`);
    const question = { organisation: 'fjord.test', keys: (await served.json()) as KeySet };
    const proof = verifyChain({ ...question, lines: chain.stdout.trimEnd().split('\n') });
    assert.deepEqual(proof.broken, []);
    assert.ok(proof.records > 2);
    const asked = await there('reader', ['audit', 'search', '--organisation', 'fjord.test', '--ndjson']);
    assert.match(asked.stdout, /"operation":"audit chain"/);
    const keys = good(await there('reader', ['audit', 'keys', '--json']));
    assert.equal((keys['keys'] as Json[]).length, 1);
    assert.equal((await there('writer', ['audit', 'rotate-key'])).code, 2);
    const quality = good(await there('reader', ['quality', '--organisation', 'fjord.test', '--json']));
    assert.equal(quality['organisation'], 'fjord.test');
    assert.equal((await there('reader', ['quality', '--organisation', 'fjord.test', '--format', 'csv'])).code, 0);
  });

  it('end with the codes that scripts rely on', async () => {
    assert.equal(await ends(there('writer', ['org', 'show', 'nabo.test'])), 5);
    assert.equal(await ends(there('writer', ['key', 'list'])), 4);
    assert.equal(await ends(there('reader', ['grant', 'end', 'x'])), 4);
    assert.equal(await ends(there('adapter', ['org', 'list'])), 4);
    assert.equal(await ends(there('operator', ['org', 'add', 'fjord.test', '--name', 'x'])), 9);
    assert.equal(await ends(there('operator', ['org', 'set', 'fjord.test', '--removal-guard', '7'])), 2);
    assert.equal(await ends(there('operator', ['org', 'list', '--data', world.place.folder])), 2);
    assert.equal(await ends(runCommand(['org', 'list', '--url', 'http://127.0.0.1:9'])), 8);
    assert.equal(await ends(here(['events', 'show', '--org', 'fjord.test', 'none'])), 5);
    // Only a hub that is not running leaves its directory to another.
    const adapterAsks = await there('adapter', ['sync', 'status', '--json']);
    assert.deepEqual(good(adapterAsks), { runs: [] });
  });

  it('begin with nothing but an empty place', async (context) => {
    const place = await temporaryPlace();
    context.after(place.remove);
    const run = (words: readonly string[]): Promise<Ended> =>
      runCommand([...words, ...place.words, '--json'], { env: place.env });
    good(await run(['org', 'add', 'ny.test', '--name', 'Ny']));
    const admin = good(
      await run([
        'app',
        'add',
        '--name',
        'First',
        '--kind',
        'admin',
        '--owner',
        'ny.test',
        '--scopes',
        'admin.platform',
      ]),
    );
    assert.equal(admin['kind'], 'admin');
    assert.equal(admin['scope'], 'admin.platform');
    assert.match(String(admin['id']), /^admin-[0-9a-f]{20}$/);
    assert.match(String(admin['secret']), /^bds_/);
    const norwegian = await runCommand(['events', 'list', ...place.words, '--lang', 'nb'], { env: place.env });
    assert.equal(norwegian.code, 5, 'an organisation without data has no events to list');
  });
});

describe('a held run', { timeout: 120_000 }, () => {
  const collection = 'utdanning/elev/elev';
  const adapterId = 'https://vendor.example/fjord.test/utdanning';
  const corrIds = ['7d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a', '8d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a'] as const;
  let own: AdminWorld;
  before(async () => {
    own = await startAdminWorld();
    const adapter = await own.as('adapter');
    for (const [index, corrId] of corrIds.entries()) {
      const resources = [1, 2, 3, 4].slice(0, index === 0 ? 4 : 1).map((number) => ({
        identifier: `e-${number}`,
        resource: { systemId: { identifikatorverdi: `e-${number}` } },
      }));
      const metadata = { adapterId, corrId, orgId: 'fjord.test', totalSize: resources.length, page: 1 };
      const answer = await adapter.send('POST', `/provider/${collection}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ metadata, resources }),
      });
      assert.equal(answer.status, 201, answer.text);
    }
  });
  after(() => own?.close());

  it('is confirmed by the owner with a reason, where no hub has the data open to itself, and is on record there', async () => {
    const confirm = (...more: readonly string[]): Promise<Ended> =>
      here(['sync', 'confirm', corrIds[1], '--org', 'fjord.test', ...more], own);
    assert.match((await confirm()).stderr, /reason: is needed when a held run is confirmed/);
    const beside = await confirm('--reason', 'Case 1');
    if (testDialect.name === 'sqlite') {
      assert.equal(beside.code, 9, 'a hub runs on the directory');
      assert.match(beside.stderr, /HUB-510 A hub runs on this data directory/);
      await own.stop();
      const done = await confirm('--reason', 'Case 2', '--environment', 'sandbox');
      assert.equal(done.code, 0, done.stderr);
    } else {
      // Which of the processes over a database would tell the others? One that is a hub.
      assert.equal(beside.code, 2);
      assert.match(beside.stderr, /is done by a hub/);
      const words = ['sync', 'confirm', corrIds[1], '--org', 'fjord.test', '--reason', 'Case 2'];
      const credentials = join(own.place.folder, 'writer.json');
      writeFileSync(credentials, JSON.stringify({ id: 'writer', secret: own.secretOf('writer') }));
      const done = await runCommand([...words, '--url', own.hub.url, '--credentials', credentials]);
      assert.equal(done.code, 0, done.stderr);
    }
    const closed = good(await here(['sync', 'status', corrIds[1], '--org', 'fjord.test', '--json'], own));
    assert.deepEqual([closed['state'], closed['removed']], ['completed', 3]);
    const found = await here(['audit', 'search', '--organisation', 'fjord.test', '--json'], own);
    assert.match(found.stdout, /run confirm/);
    assert.match(found.stdout, /Case 2/);
    assert.doesNotMatch(found.stdout, /Case 1/, 'what could not be decided is no decision');
  });
});
