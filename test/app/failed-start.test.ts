// A start that fails late, with the store open: whatever was opened is closed again, the process ends by itself, and it says why.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, beforeEach, afterEach, describe, it } from 'node:test';
import type { Settings } from '#config/settings.ts';
import { root, runCommand } from '../e2e/hub-process.ts';
import { temporaryPlace, type Place } from '../e2e/place.ts';
import { doneBefore } from '../done-before.ts';

/** Twice, as whoever finds a directory held by the first could not: tells the failure of each, and ends when nothing is open any more. */
const twice = `
  import { compose } from '#app/compose.ts';
  const settings = JSON.parse(process.env.SETTINGS);
  const failure = async () => {
    let hub;
    try {
      hub = await compose(settings);
      await hub.listen();
      return 'none';
    } catch (error) {
      await hub?.close();
      return error.problem?.code ?? String(error);
    }
  };
  console.log(await failure());
  console.log(await failure());
`;

const longMs = 20_000;

const failures = async (settings: Settings): Promise<readonly string[]> => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', twice], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...doneBefore, SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  const hanging = setTimeout(() => child.kill('SIGKILL'), longMs);
  const [code] = await once(child, 'close');
  clearTimeout(hanging);
  assert.equal(code, 0, `did not end by itself after: ${text}`);
  return text.trim().split('\n');
};

describe('a start that fails late', () => {
  const other = createServer();
  let place: Place;
  before(async () => {
    await once(other.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => other.close());
  beforeEach(async () => {
    place = await temporaryPlace();
  });
  afterEach(() => place.remove());

  const taken = (): string => String((other.address() as AddressInfo).port);

  /** Keys of which one is not as a hub makes it. */
  const damageKey = (): Promise<Buffer> =>
    place.beside(({ platform }) => Promise.resolve(platform.secret('etags', () => Buffer.alloc(100))));

  /** An organisation that no store opens. */
  const enterUnusable = (): Promise<void> =>
    place.beside(async ({ platform }) =>
      platform.putOrganisation({
        id: 'Not an id',
        name: 'Fjord',
        orgNumber: null,
        settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
        createdAt: 0,
      }),
    );

  const start = (...words: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand(['start', ...place.words, '--environment', 'sandbox', '--port', '0', ...words], {
      env: place.env,
      ms: longMs,
    });

  it('leaves nothing open when the port is taken', async () => {
    assert.deepEqual(await failures(place.settings({ port: taken() })), ['HUB-700', 'HUB-700']);
    const { code, stderr } = await start('--port', taken());
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^HUB-700 Port \d+ on 127\.0\.0\.1 is in use\.$/m);
  });

  it('leaves nothing open when the address is not one of this machine', async () => {
    const away = { host: '192.0.2.1', publicUrl: 'https://hub.example.test' };
    assert.deepEqual(await failures(place.settings(away)), ['HUB-700', 'HUB-700']);
    const { code, stderr } = await start('--host', away.host, '--public-url', away.publicUrl);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^HUB-700 Port 0 on 192\.0\.2\.1 cannot be opened \(EADDRNOTAVAIL\)\.$/m);
  });

  it('leaves nothing open when a key is damaged', async () => {
    await damageKey();
    assert.deepEqual(await failures(place.settings()), ['HUB-512', 'HUB-512']);
    const { code, stderr } = await start();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^HUB-512 The key etags /m);
  });

  it('leaves nothing open when an organisation cannot be opened, and gives no notice to anybody', async () => {
    await enterUnusable();
    assert.deepEqual(await failures(place.settings({ stopNoticeSeconds: '60' })), ['HUB-100', 'HUB-100']);
    const { code, stderr } = await start('--stop-notice-seconds', '60');
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^HUB-100 The id of the organisation is not one that can be stored\.$/m);
  });
});
