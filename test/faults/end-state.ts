// Reads what a hub holds at the end of a fault run: what the API lists, what the follower had still to be told, and what stands in the files or
// in the database. Used by the fault suites; looks there itself, without the hub's code. Only the chain of an audit in a database is told by the
// hub's command, to be proved by the verifier.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { call, callerOf, tokenFor, type Caller } from '../e2e/caller.ts';
import type { Credentials } from '../e2e/hub-under-test.ts';
import type { EndState } from './checker.ts';
import { startHurtHub, type HubOptions } from './hub.ts';
import { followOnce, type Memory } from './traffic.ts';
import { followed, organisation } from './world.ts';

const root = path.join(import.meta.dirname, '../..');

/** Starts the hub once more, lets the follower catch up, lists everything, stops it, and looks into the files. */
export const readEnd = async (
  options: HubOptions & {
    readonly credentials: ReadonlyMap<string, Credentials>;
    readonly memory: Memory;
    readonly failedStarts: number;
    /** Of a database: as whom everything in it is seen, and a folder for what is told of it. */
    readonly seen?: { readonly adminUrl: string; readonly scratch: string };
  },
): Promise<EndState> => {
  const hub = await startHurtHub(options);
  const { id, secret } = options.credentials.get('faults-client') ?? { id: '', secret: '' };
  const client = callerOf(hub.url, await tokenFor(hub.url, id, secret));
  for (let polls = 0; (await followOnce(client, options.memory)) > 0; polls += 1)
    if (polls > 10_000) throw new Error('the feed has no end');
  const listed = new Map<string, readonly unknown[]>();
  for (const collection of followed) listed.set(collection, await list(client, collection));
  const scratch = 'folder' in options ? path.join(options.folder, '..') : (options.seen?.scratch ?? '');
  const keys = path.join(scratch, 'audit-keys.json');
  writeFileSync(keys, (await call(hub.url, 'GET', '/.well-known/audit-keys.json')).text);
  const code = await hub.stop();
  const files =
    'folder' in options
      ? readFiles(path.join(options.folder, 'tenants', organisation.id), keys)
      : await readDatabase(options.databaseUrl, options.seen?.adminUrl ?? '', scratch, keys);
  const auditFaults = [...files.auditFaults, ...(code === 0 ? [] : [`the last stop ended with ${code}`])];
  return { ...files, listed, auditFaults, failedStarts: options.failedStarts };
};

const list = async (client: Caller, collection: string): Promise<readonly unknown[]> => {
  const page = await client.read<{ readonly _embedded: { readonly _entries: readonly unknown[] } }>(`/${collection}`);
  return page['_embedded']['_entries'];
};

type Stored = Pick<EndState, 'positions' | 'audited' | 'auditFaults'>;

const readFiles = (folder: string, keys: string): Stored => {
  const data = new DatabaseSync(path.join(folder, 'data.db'), { readOnly: true });
  const positions = data
    .prepare('SELECT position FROM change ORDER BY position')
    .all()
    .map((row) => Number(row['position']));
  const whole = data
    .prepare('PRAGMA integrity_check')
    .all()
    .map((row) => String(row['integrity_check']));
  data.close();
  const audit = new DatabaseSync(path.join(folder, 'audit.db'), { readOnly: true });
  const audited = requestsIn(
    audit
      .prepare('SELECT records FROM audit_commit ORDER BY first')
      .all()
      .map((row) => String(row['records'])),
  );
  audit.close();
  const chain = ['--database', path.join(folder, 'audit.db')];
  const auditFaults = [...verified(chain, keys), ...(whole.join() === 'ok' ? [] : [`data.db: ${whole.join('; ')}`])];
  return { positions, audited, auditFaults };
};

const requestsIn = (commits: readonly string[]): ReadonlyMap<string, number> => {
  const audited = new Map<string, number>();
  for (const records of commits)
    for (const { request } of JSON.parse(records) as readonly { readonly request: string }[])
      audited.set(request, (audited.get(request) ?? 0) + 1);
  return audited;
};

/** Rows of the organisation of the world. */
const of = (table: string): string =>
  `FROM bindeledd.${table} JOIN bindeledd.tenant t ON t.number = tenant WHERE t.organisation = $1`;

const readDatabase = async (url: string, adminUrl: string, scratch: string, keys: string): Promise<Stored> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const changes = await client.query<{ position: string }>(`SELECT position ${of('change')} ORDER BY position`, [
      organisation.id,
    ]);
    const commits = await client.query<{ records: string }>(`SELECT records ${of('audit_commit')} ORDER BY first`, [
      organisation.id,
    ]);
    const fallen = await client.query(
      `SELECT position FROM (SELECT position, at, lag(at) OVER (ORDER BY position) AS before ${of('change')}) c WHERE at < before LIMIT 1`,
      [organisation.id],
    );
    const faults = [
      ...(await indexFaults(client)),
      ...(fallen.rows.length > 0 ? ['the feed has times that fall as positions rise'] : []),
    ];
    const file = path.join(scratch, 'audit-chain.jsonl');
    return {
      positions: changes.rows.map(({ position }) => Number(position)),
      audited: requestsIn(commits.rows.map(({ records }) => records)),
      auditFaults: [...tellChain(url, file), ...verified(['--chain', file], keys), ...faults],
    };
  } finally {
    await client.end();
  }
};

/** What the server's own check of its indexes finds, where the server has it. */
const indexFaults = async (client: Client): Promise<readonly string[]> => {
  const found = await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'");
  if (found.rows.length === 0) return [];
  await client.query('CREATE EXTENSION IF NOT EXISTS amcheck');
  try {
    await client.query(
      `SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       JOIN pg_am a ON a.oid = c.relam WHERE c.relnamespace = 'bindeledd'::regnamespace AND c.relkind = 'i' AND a.amname = 'btree'`,
    );
    return [];
  } catch (error) {
    return [`the server's indexes: ${String(error)}`];
  }
};

/** Writes the chain of the audit to a file, as an operator does. */
const tellChain = (url: string, file: string): readonly string[] => {
  const out = openSync(file, 'w');
  const words = ['audit', 'export', '--organisation', organisation.id, '--format', 'chain'];
  const run = spawnSync(process.execPath, [path.join(root, 'bin/bindeledd.mjs'), ...words], {
    cwd: path.dirname(file),
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
    stdio: ['ignore', out, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(out);
  return run.status === 0 ? [] : [`the chain was not told: ${run.stderr.slice(0, 500)}`];
};

/** The independent verifier's word on the audit. */
const verified = (from: readonly string[], keys: string): readonly string[] => {
  const program = path.join(root, 'verify/audit-verify.ts');
  const words = ['--organisation', organisation.id, ...from, '--keys', keys];
  const run = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  return run.status === 0 ? [] : [`${run.stdout}${run.stderr}`.trim().slice(0, 500)];
};
