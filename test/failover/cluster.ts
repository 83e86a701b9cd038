// A database that fails over, as operators run it: Patroni, etcd and PostgreSQL servers of Debian's packages, all on this machine in a folder
// of their own on free ports. Started, hurt and ended by run.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../faults/hub.ts';
import { waitUntil, whenLeaving } from '../leaving.ts';
import { killAtOnce, killServer } from '../postgres/kill-server.ts';

/** What the drill runs with, and what the page on operation advises: failover-page.test.ts compares the two. */
export const advised = {
  ttl: 10,
  loop_wait: 2,
  retry_timeout: 3,
  synchronous_mode: true,
  synchronous_mode_strict: true,
  master_start_timeout: 0,
} as const;

const programs = { etcd: '/usr/bin/etcd', patroni: '/usr/bin/patroni' } as const;
const binaries = ['15', '16', '17', '18'].map((version) => `/usr/lib/postgresql/${version}/bin`);
const nobody = 65_534;
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

export type Node = {
  readonly name: string;
  readonly port: number;
  readonly rest: number;
  readonly data: string;
};

export type Cluster = {
  readonly nodes: readonly Node[];
  /** The address that hubs get: every server of the cluster, whoever leads. */
  readonly url: (login: string, password: string, database: string) => string;
  /** Of one server, as the superuser. */
  readonly adminUrl: (node: Node, database: string) => string;
  /** Who leads now and takes writes; null when nobody does. */
  readonly leader: () => Promise<Node | null>;
  /** Until a node leads, all others stand by, and one of them synchronously. Rejects after `ms`. */
  readonly whole: (ms: number) => Promise<void>;
  /** SIGKILL for the server of a node with all its processes, and for its Patroni too, as when the machine dies. */
  readonly kill: (node: Node, what: 'server' | 'machine') => Promise<void>;
  /** Starts Patroni of a node again. */
  readonly start: (node: Node) => void;
  readonly log: (node: Node) => string;
  /** Ends everything that was started. */
  readonly end: () => Promise<void>;
};

/** What is missing on this machine; [] when the drill can be run. */
export const missing = (): readonly string[] => [
  ...Object.values(programs).filter((file) => !existsSync(file)),
  ...(binaries.some((folder) => existsSync(path.join(folder, 'pg_rewind'))) ? [] : ['/usr/lib/postgresql/*/bin']),
];

export type Servers = {
  readonly names: readonly string[];
  /** Whether nothing is committed while no server stands by. */
  readonly strict: boolean;
};

/** Starts the cluster in a folder; it is not whole yet. */
export const startCluster = async (folder: string, { names, strict }: Servers): Promise<Cluster> => {
  const bin = binaries.find((one) => existsSync(path.join(one, 'pg_rewind'))) ?? '';
  const password = randomBytes(12).toString('hex');
  chmodSync(folder, 0o755);
  const own = (name: string): string => {
    const made = path.join(folder, name);
    mkdirSync(made, { recursive: true, mode: 0o700 });
    if (user.uid !== undefined) chownSync(made, user.uid, user.gid);
    return made;
  };
  const children = new Set<ChildProcess>();
  const begin = (program: string, words: readonly string[], home: string): ChildProcess => {
    const log = openSync(path.join(home, 'log'), 'a');
    const child = spawn(program, words, {
      ...user,
      cwd: home,
      env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8' },
      stdio: ['ignore', log, log],
    });
    children.add(child);
    child.on('exit', () => children.delete(child));
    child.on('error', () => children.delete(child));
    return child;
  };

  const [client, peer] = [await freePort(), await freePort()];
  const etcdHome = own('etcd');
  begin(
    programs.etcd,
    [
      '--name',
      'one',
      '--data-dir',
      path.join(etcdHome, 'data'),

      '--listen-client-urls',
      `http://127.0.0.1:${client}`,
      '--advertise-client-urls',
      `http://127.0.0.1:${client}`,
      '--listen-peer-urls',
      `http://127.0.0.1:${peer}`,
      '--initial-advertise-peer-urls',
      `http://127.0.0.1:${peer}`,
      '--initial-cluster',
      `one=http://127.0.0.1:${peer}`,
      '--logger',
      'zap',
      '--log-level',
      'error',
    ],
    etcdHome,
  );

  const shared = { ...advised, synchronous_mode_strict: strict };
  const nodes: Node[] = [];
  for (const name of names) {
    const home = own(name);
    const node = { name, port: await freePort(), rest: await freePort(), data: path.join(home, 'data') };
    nodes.push(node);
    // YAML reads JSON.
    const settings = path.join(home, 'patroni.yml');
    writeFileSync(settings, JSON.stringify(settingsOf(node, shared, client, bin, password, home)), {
      mode: 0o600,
    });
    if (user.uid !== undefined) chownSync(settings, user.uid, user.gid);
  }

  /** Whoever starts servers first, then all that they have started: each names the folder. */
  const endNow = (): void => {
    for (const child of children) child.kill('SIGKILL');
    waitUntil(() => killNaming(folder) === 0, 5_000);
  };
  const forget = whenLeaving(endNow);

  const patronis = new Map<Node, ChildProcess>();
  const start = (node: Node): void => {
    const home = path.dirname(node.data);
    patronis.set(node, begin(programs.patroni, [path.join(home, 'patroni.yml')], home));
  };
  for (const node of nodes) start(node);

  const statusOf = async (node: Node): Promise<{ readonly role: string; readonly state: string } | null> => {
    try {
      const answer = await fetch(`http://127.0.0.1:${node.rest}/patroni`, { signal: AbortSignal.timeout(1_500) });
      return (await answer.json()) as { readonly role: string; readonly state: string };
    } catch {
      return null;
    }
  };
  const isOk = async (node: Node, what: string): Promise<boolean> => {
    try {
      const answer = await fetch(`http://127.0.0.1:${node.rest}/${what}`, { signal: AbortSignal.timeout(1_500) });
      await answer.body?.cancel();
      return answer.status === 200;
    } catch {
      return false;
    }
  };
  const leader = async (): Promise<Node | null> => {
    for (const node of nodes) if (await isOk(node, 'primary')) return node;
    return null;
  };
  const log = (node: Node): string => readFileSync(path.join(path.dirname(node.data), 'log'), 'utf8');
  const address = (login: string, secret: string, servers: readonly Node[], database: string): string =>
    `postgres://${login}:${secret}@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${database}`;

  return {
    nodes,
    url: (login, secret, database) => address(login, secret, nodes, database),
    adminUrl: (node, database) => address('postgres', password, [node], database),
    leader,
    whole: async (ms) => {
      const until = performance.now() + ms;
      while (performance.now() < until) {
        const leads = await leader();
        const others = leads === null ? [] : nodes.filter((node) => node !== leads);
        const all = async (what: string): Promise<readonly boolean[]> =>
          Promise.all(others.map((one) => isOk(one, what)));
        if (others.length > 0 && (await all('replica')).every(Boolean) && (await all('synchronous')).some(Boolean))
          return;
        await sleep(250);
      }
      const states = await Promise.all(
        nodes.map(async (node) => `${node.name}: ${JSON.stringify(await statusOf(node))}`),
      );
      throw new Error(
        `the cluster is not whole: ${states.join('; ')}\n${nodes.map((node) => log(node).slice(-2_000)).join('\n')}`,
      );
    },
    kill: async (node, what) => {
      const server = serverOf(node);
      if (what === 'machine') patronis.get(node)?.kill('SIGKILL');
      await killServer(server);
    },
    start,
    log,
    end: async () => {
      endNow();
      while (children.size > 0) await sleep(20);
      forget();
    },
  };
};

/** SIGKILL for every process whose command names the folder, and for what those of them that are servers have started; gives how many there were. */
const killNaming = (folder: string): number => {
  const found = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && commandOf(pid).includes(folder));
  for (const pid of found) killAtOnce(pid);
  return found.length;
};

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

/** The main process of a node's server; 0 when it does not run. */
const serverOf = ({ data }: Node): number => {
  try {
    const main = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // The file outlives the server: the pid may be anybody's by now.
    return readFileSync(`/proc/${main}/cmdline`, 'utf8').includes(data) ? main : 0;
  } catch {
    return 0;
  }
};

const settingsOf = (
  { name, port, rest, data }: Node,
  shared: object,
  etcd: number,
  bin: string,
  password: string,
  home: string,
): object => ({
  scope: 'bindeledd',
  name,
  restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${rest}` },
  etcd3: { hosts: [`127.0.0.1:${etcd}`] },
  bootstrap: {
    dcs: {
      ...shared,
      postgresql: {
        use_pg_rewind: true,
        use_slots: true,
        parameters: {
          synchronous_commit: 'on',
          wal_level: 'replica',
          wal_log_hints: 'on',
          max_connections: 120,
          shared_buffers: '64MB',
        },
      },
    },
    initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
  },
  postgresql: {
    listen: `127.0.0.1:${port}`,
    connect_address: `127.0.0.1:${port}`,
    data_dir: data,
    bin_dir: bin,
    pgpass: path.join(home, 'pgpass'),
    authentication: {
      superuser: { username: 'postgres', password },
      replication: { username: 'replicator', password },
      rewind: { username: 'rewind', password },
    },
    parameters: { unix_socket_directories: home },
    pg_hba: [
      'local all all scram-sha-256',
      'host all all 127.0.0.1/32 scram-sha-256',
      'host replication all 127.0.0.1/32 scram-sha-256',
    ],
  },
});
