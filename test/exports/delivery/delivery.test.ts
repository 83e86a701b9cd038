// Files that are brought to a folder, a web server and an SFTP server: whole or not at all, to nobody else, and no secret told to anyone.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createPlainServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandom } from '#base/random.ts';
import type { TargetSpec } from '#base/target-spec.ts';
import { createTargets } from '#exports/delivery/targets.ts';
import type { ExportContent } from '#exports/export.ts';
import { fingerprintOf, newKey, startSftpServer } from './sftp-server.ts';
import { startHttpsServer } from './https-server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-delivery-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const bytes = randomBytes(700_000);
const contentOf = (source: Buffer, breaksAt = Number.POSITIVE_INFINITY): ExportContent => ({
  fileName: 'export.xml',
  bytes: source.length,
  sha256: createHash('sha256').update(source).digest('hex'),
  finishedAt: 0,
  plain: async function* (from, to) {
    for (let at = from; at <= to; at += 100_000) {
      if (at >= breaksAt) throw new Error('the store is away');
      yield source.subarray(at, Math.min(at + 100_000, to + 1));
    }
  },
  gzip: async function* () {},
  sent: async () => {},
});

const file = (name: string, text: string): string => {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return place;
};
const readSecret = (place: string): string | null => (existsSync(place) ? readFileSync(place, 'utf8') : null);
const targetOf = (spec: TargetSpec) => {
  const [target] = createTargets([spec], { readSecret, random: systemRandom });
  assert.ok(target);
  return target;
};
const bring = (spec: TargetSpec, content = contentOf(bytes), name = 'export.xml') =>
  targetOf(spec).deliver(content, name, new AbortController().signal);
const named = { name: 'lms', organisation: 'elvebyen.test' } as const;

test("a file in a folder takes the place of the old one when all of it is there, and is nobody else's to read", async () => {
  const place = path.join(folder, 'drop');
  mkdirSync(place);
  const spec = { ...named, kind: 'folder', path: place } as const;
  assert.deepEqual(await bring(spec), { ok: true, value: null });
  assert.equal(statSync(path.join(place, 'export.xml')).mode & 0o007, 0);
  const broken = await bring(spec, contentOf(randomBytes(700_000), 300_000));
  assert.equal(broken.ok, false);
  assert.deepEqual(readdirSync(place), ['export.xml']);
  assert.deepEqual(readFileSync(path.join(place, 'export.xml')), bytes);
  const nowhere = await bring({ ...spec, path: path.join(folder, 'nowhere') });
  assert.ok(!nowhere.ok);
  assert.equal(nowhere.problem.code, 'HUB-422');
  assert.match(nowhere.problem.detail ?? '', /ENOENT/);
});

test('a web server gets the file with length, digest and secret, and nobody else does', async () => {
  const server = await startHttpsServer();
  const elsewhere = await startHttpsServer();
  try {
    const spec = {
      ...named,
      kind: 'https',
      url: `https://localhost:${server.port}/drop/`,
      user: null,
      passwordFile: null,
      tokenFile: file('token', 'hemmelig-token\n'),
      caFile: file('ca.pem', server.certificate),
    } as const;
    assert.deepEqual(await bring(spec), { ok: true, value: null });
    const [got] = server.got;
    assert.equal(got?.path, '/drop/export.xml');
    assert.equal(got?.authorization, 'Bearer hemmelig-token');
    assert.equal(got?.length, String(bytes.length));
    assert.equal(got?.digest, `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`);
    assert.deepEqual(got?.body, bytes);
    server.answer(307, { Location: `https://localhost:${elsewhere.port}/` });
    const moved = await bring(spec);
    assert.ok(!moved.ok);
    assert.equal(moved.problem.detail, 'The server answered 307.');
    assert.equal(elsewhere.got.length, 0);
    server.answer(403, {});
    const refused = await bring(spec);
    assert.ok(!refused.ok && refused.problem.detail === 'The server answered 403.');
    server.answer(201, {});
    const basic = { ...spec, tokenFile: null, user: 'lms', passwordFile: file('password', 'pass:ord') };
    assert.ok((await bring(basic)).ok);
    assert.equal(server.got.at(-1)?.authorization, `Basic ${Buffer.from('lms:pass:ord').toString('base64')}`);
    // A server whose certificate nobody trusts gets nothing.
    const before = server.got.length;
    const stranger = await bring({ ...spec, caFile: null });
    assert.ok(!stranger.ok);
    assert.equal(stranger.problem.code, 'HUB-422');
    assert.equal(server.got.length, before);
    const missing = await bring({ ...spec, tokenFile: path.join(folder, 'gone') });
    assert.ok(!missing.ok && missing.problem.detail === 'The file that holds the secret cannot be read.');
  } finally {
    await server.close();
    await elsewhere.close();
  }
});

test('an SFTP server gets the file by password or key, beside the old one and then in its place', async () => {
  const key = await newKey();
  const server = await startSftpServer({ user: 'lms', password: 'passord', publicKey: key.pair });
  try {
    const spec = {
      ...named,
      kind: 'sftp',
      host: '127.0.0.1',
      port: server.port,
      user: 'lms',
      hostKey: server.hostKey,
      path: '/inn',
      passwordFile: file('sftp-password', 'passord\n'),
      keyFile: null,
    } as const;
    assert.deepEqual(await bring(spec), { ok: true, value: null });
    assert.deepEqual(server.files.get('/inn/export.xml'), bytes);
    const again = randomBytes(50_000);
    const byKey = { ...spec, passwordFile: null, keyFile: file('key.pem', key.pem) };
    assert.deepEqual(await bring(byKey, contentOf(again)), { ok: true, value: null });
    assert.deepEqual(server.files.get('/inn/export.xml'), again);
    assert.equal(server.files.size, 1);
    assert.match(server.steps.at(-2) ?? '', /^create \/inn\/\.export\.xml\./);
    assert.equal(server.steps.at(-1), 'rename /inn/export.xml');

    const broken = await bring(spec, contentOf(bytes, 300_000));
    assert.ok(!broken.ok);
    assert.deepEqual([...server.files.keys()], ['/inn/export.xml']);
    assert.deepEqual(server.files.get('/inn/export.xml'), again);

    const wrong = await bring({ ...spec, passwordFile: file('wrong', 'feil') });
    assert.ok(!wrong.ok && wrong.problem.detail === 'The server does not accept the user.');
    const steps = server.steps.length;
    const impostor = await bring({ ...spec, hostKey: await fingerprintOf((await newKey()).pair) });
    assert.ok(!impostor.ok && impostor.problem.detail === 'The server has another key than the one that is expected.');
    assert.equal(server.steps.length, steps);
  } finally {
    await server.close();
  }
});

test('a file that is gone, or is another, by the time it is read takes no place', async () => {
  const place = path.join(folder, 'whole');
  mkdirSync(place);
  writeFileSync(path.join(place, 'export.xml'), 'yesterday');
  const web = await startHttpsServer();
  const server = await startSftpServer({ user: 'lms', password: 'p', publicKey: null });
  const nothing = { ...contentOf(bytes), plain: async function* () {} };
  const other = { ...contentOf(bytes), plain: contentOf(randomBytes(bytes.length)).plain };
  try {
    const specs: readonly TargetSpec[] = [
      { ...named, kind: 'folder', path: place },
      {
        ...named,
        kind: 'https',
        url: `https://localhost:${web.port}/`,
        user: null,
        passwordFile: null,
        tokenFile: null,
        caFile: file('whole-ca.pem', web.certificate),
      },
      {
        ...named,
        kind: 'sftp',
        host: '127.0.0.1',
        port: server.port,
        user: 'lms',
        hostKey: server.hostKey,
        path: '.',
        passwordFile: file('p', 'p'),
        keyFile: null,
      },
    ];
    for (const spec of specs) {
      const outcome = await bring(spec, nothing);
      assert.ok(!outcome.ok, spec.kind);
      // A web server that has all bytes keeps them: the digest tells it that they are others.
      if (spec.kind !== 'https') assert.ok(!(await bring(spec, other)).ok, spec.kind);
    }
    assert.equal(readFileSync(path.join(place, 'export.xml'), 'utf8'), 'yesterday');
    assert.deepEqual(readdirSync(place), ['export.xml']);
    assert.equal(web.got.length, 0);
    assert.equal(server.files.size, 0);
  } finally {
    await web.close();
    await server.close();
  }
});

test('an SFTP server of the old kind, one that is full, and one that is none', async () => {
  const old = await startSftpServer({
    user: 'lms',
    password: 'p',
    publicKey: null,
    posixRename: false,
    fixed: /\.fast\.xml\.[^.]+$/,
  });
  const full = await startSftpServer({ user: 'lms', password: 'p', publicKey: null, room: 200_000 });
  const none = createPlainServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => none.listen(0, '127.0.0.1', resolve));
  const address = none.address();
  try {
    const spec = {
      ...named,
      kind: 'sftp',
      host: '127.0.0.1',
      port: old.port,
      user: 'lms',
      hostKey: old.hostKey,
      path: '.',
      passwordFile: file('p', 'p'),
      keyFile: null,
    } as const;
    assert.ok((await bring(spec)).ok);
    assert.ok((await bring(spec)).ok);
    assert.deepEqual([...old.files.keys()], ['./export.xml']);
    // What cannot take its place leaves the one that was there.
    old.files.set('./fast.xml', Buffer.from('yesterday'));
    assert.ok(!(await bring(spec, contentOf(bytes), 'fast.xml')).ok);
    assert.deepEqual([...old.files.keys()].sort(), ['./export.xml', './fast.xml']);
    assert.equal(old.files.get('./fast.xml')?.toString(), 'yesterday');
    const refused = await bring({ ...spec, port: full.port, hostKey: full.hostKey });
    assert.ok(!refused.ok);
    assert.equal(refused.problem.detail, 'The server refused to write the file (failure).');
    assert.equal(full.files.size, 0);
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const stranger = await bring({ ...spec, port });
    assert.ok(!stranger.ok && stranger.problem.code === 'HUB-422');
    const nobody = await bring({ ...spec, port: 1 });
    assert.ok(!nobody.ok && nobody.problem.detail === 'The file could not be brought there: ECONNREFUSED.');
  } finally {
    await old.close();
    await full.close();
    none.close();
  }
});

const sshd = '/usr/sbin/sshd';
const sftpServer = '/usr/lib/openssh/sftp-server';
test(
  'OpenSSH takes the file, by key',
  { skip: existsSync(sshd) && existsSync(sftpServer) ? false : 'openssh-server is not installed' },
  async () => {
    const place = mkdtempSync(path.join(tmpdir(), 'bindeledd-sshd-'));
    const hostKey = path.join(place, 'host');
    assert.equal(spawnSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-b', '256', '-N', '', '-f', hostKey]).status, 0);
    const key = await newKey();
    const keyFile = path.join(place, 'key.pem');
    writeFileSync(keyFile, key.pem, { mode: 0o600 });
    const authorised = spawnSync('ssh-keygen', ['-y', '-f', keyFile], { encoding: 'utf8' });
    assert.equal(authorised.status, 0, authorised.stderr);
    writeFileSync(path.join(place, 'authorized'), authorised.stdout, { mode: 0o600 });
    const port = await freePort();
    const config = path.join(place, 'config');
    writeFileSync(
      config,
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${hostKey}`,
        `AuthorizedKeysFile ${path.join(place, 'authorized')}`,
        `PidFile ${path.join(place, 'pid')}`,
        'StrictModes no',
        'UsePAM no',
        'PasswordAuthentication no',
        `Subsystem sftp ${sftpServer}`,
      ].join('\n'),
    );
    mkdirSync('/run/sshd', { recursive: true });
    const daemon = spawn(sshd, ['-D', '-e', '-f', config], { stdio: 'ignore' });
    try {
      const printed = spawnSync('ssh-keygen', ['-l', '-f', `${hostKey}.pub`], { encoding: 'utf8' }).stdout;
      const fingerprint = /SHA256:\S+/.exec(printed)?.[0] ?? '';
      const spec = {
        ...named,
        kind: 'sftp',
        host: '127.0.0.1',
        port,
        user: userInfo().username,
        hostKey: fingerprint,
        path: place,
        passwordFile: null,
        keyFile,
      } as const;
      let outcome = await bring(spec);
      for (let tries = 0; !outcome.ok && tries < 50; tries += 1) {
        await sleep(100);
        outcome = await bring(spec);
      }
      assert.deepEqual(outcome, { ok: true, value: null });
      assert.deepEqual(await bring(spec), { ok: true, value: null });
      assert.deepEqual(readFileSync(path.join(place, 'export.xml')), bytes);
      assert.deepEqual(
        readdirSync(place).filter((name) => name.startsWith('.')),
        [],
      );
    } finally {
      daemon.kill();
      rmSync(place, { recursive: true, force: true });
    }
  },
);

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createPlainServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
