// A RabbitMQ of a test's own, as a child process: its own folder, node name and ports, so that it knows nothing of others on the machine. Killed without a word it loses
// nothing that it has confirmed. Null where RabbitMQ is not installed.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'amqplib';
import { selfSigned } from '../exports/delivery/https-server.ts';
import { whenLeaving } from '../leaving.ts';

export type TestBroker = {
  readonly port: number;
  readonly tlsPort: number;
  readonly user: string;
  readonly passwordFile: string;
  readonly caFile: string;
  readonly url: string;
  /** Kills it without a word. */
  readonly kill: () => Promise<void>;
  /** Has it run again, over what it had. */
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const scripts = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/usr/local/sbin/rabbitmq-server',
  '/opt/homebrew/sbin/rabbitmq-server',
];

/** Where the server is, null when it is not installed. Debian's is the one that needs no root. */
export const rabbitServer = (): string | null => scripts.find((file) => existsSync(file)) ?? null;

/** What a test that needs it says when it is skipped. */
export const withoutRabbit =
  'SKIPPED: RabbitMQ is not installed (apt-get install rabbitmq-server), so no message was brought to a real broker.';

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/** Begins one; `close` must be called. Null when it is not installed. */
export const startBroker = async (): Promise<TestBroker | null> => {
  const script = rabbitServer();
  if (script === null) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'rabbit-'));
  const [port, tlsPort, epmdPort, distPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const { key, certificate } = selfSigned();
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const password = 'for-the-test';
  const caFile = file('ca.pem', certificate);
  const config = file(
    'rabbitmq.conf',
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
      `ssl_options.certfile = ${file('certificate.pem', certificate)}`,
      `ssl_options.keyfile = ${file('key.pem', key)}`,
      'ssl_options.verify = verify_none',
      'default_user = hub',
      `default_pass = ${password}`,
      '',
    ].join('\n'),
  );
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `test-${process.pid}-${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
    RABBITMQ_LOG_BASE: path.join(folder, 'log'),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ADVANCED_CONFIG_FILE: path.join(folder, 'advanced.config'),
    RABBITMQ_CONF_ENV_FILE: path.join(folder, 'none.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('plugins', '[].'),
    RABBITMQ_GENERATED_CONFIG_DIR: path.join(folder, 'generated'),
    RABBITMQ_PID_FILE: path.join(folder, 'pid'),
  };
  const url = `amqp://hub:${password}@127.0.0.1:${port}`;
  // Otherwise the first node would leave one behind.
  const names = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env, stdio: 'ignore' });
  let child: ChildProcess | null = null;

  const kill = async (): Promise<void> => {
    if (child?.pid === undefined) return;
    const running = child;
    child = null;
    try {
      process.kill(-(running.pid ?? 0), 'SIGKILL');
    } catch {
      // It has gone by itself.
    }
    await ended(running);
  };
  const close = async (): Promise<void> => {
    await kill();
    names.kill('SIGKILL');
    await ended(names);
    forget();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const forget = whenLeaving(() => {
    if (child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    names.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    let said = '';
    const running = spawn(script, [], { env, cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.stdout.on('data', (part: Buffer) => (said += part.toString()));
    running.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child = running;
    for (let tries = 0; tries < 600; tries += 1) {
      if (running.exitCode !== null) throw new Error(`RabbitMQ did not start: ${said}`);
      try {
        const model = await connect(url, { timeout: 5_000 });
        await model.close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    await kill();
    throw new Error(`RabbitMQ did not answer: ${said}`);
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    tlsPort,
    user: 'hub',
    passwordFile: file('password', `${password}\n`),
    caFile,
    url,
    kill,
    start,
    close,
  };
};
