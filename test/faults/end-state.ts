// Reads what a hub holds at the end of a fault run: what the API lists, what the follower had still to be told, and what stands in the files.
// Used by the fault suites; opens the files itself, without the hub's code.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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
  },
): Promise<EndState> => {
  const hub = await startHurtHub(options);
  const { id, secret } = options.credentials.get('faults-client') ?? { id: '', secret: '' };
  const client = callerOf(hub.url, await tokenFor(hub.url, id, secret));
  for (let polls = 0; (await followOnce(client, options.memory)) > 0; polls += 1)
    if (polls > 10_000) throw new Error('the feed has no end');
  const listed = new Map<string, readonly unknown[]>();
  for (const collection of followed) listed.set(collection, await list(client, collection));
  const keys = path.join(options.folder, '../audit-keys.json');
  writeFileSync(keys, (await call(hub.url, 'GET', '/.well-known/audit-keys.json')).text);
  const code = await hub.stop();
  const files = readFiles(path.join(options.folder, 'tenants', organisation.id), keys);
  const auditFaults = [...files.auditFaults, ...(code === 0 ? [] : [`the last stop ended with ${code}`])];
  return { ...files, listed, auditFaults, failedStarts: options.failedStarts };
};

const list = async (client: Caller, collection: string): Promise<readonly unknown[]> => {
  const page = await client.read<{ readonly _embedded: { readonly _entries: readonly unknown[] } }>(`/${collection}`);
  return page['_embedded']['_entries'];
};

const readFiles = (folder: string, keys: string): Pick<EndState, 'positions' | 'audited' | 'auditFaults'> => {
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
  const audited = new Map<string, number>();
  for (const row of audit.prepare('SELECT records FROM audit_commit ORDER BY first').iterate())
    for (const { request } of JSON.parse(String(row['records'])) as readonly { readonly request: string }[])
      audited.set(request, (audited.get(request) ?? 0) + 1);
  audit.close();
  const auditFaults = [...verified(folder, keys), ...(whole.join() === 'ok' ? [] : [`data.db: ${whole.join('; ')}`])];
  return { positions, audited, auditFaults };
};

/** The independent verifier's word on the audit. */
const verified = (folder: string, keys: string): readonly string[] => {
  const program = path.join(root, 'verify/audit-verify.ts');
  const words = ['--organisation', organisation.id, '--database', path.join(folder, 'audit.db'), '--keys', keys];
  const run = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  return run.status === 0 ? [] : [`${run.stdout}${run.stderr}`.trim().slice(0, 500)];
};
