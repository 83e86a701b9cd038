// `npm run test:failover`: the leader of a real cluster dies under two hubs that are written to and read from, then the next one, which has what
// the first had only if that has come back whole. Says whether anything that was acknowledged is lost, and how long nobody was served. Takes about
// four minutes; one cluster alone: `npm run test:failover -- two` (or three).
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { check } from '../faults/checker.ts';
import { enterWorld } from '../faults/databases.ts';
import { readEnd } from '../faults/end-state.ts';
import { createHistory } from '../faults/history.ts';
import { startHurtHub, type HurtHub } from '../faults/hub.ts';
import { freshMemory, runTraffic } from '../faults/traffic.ts';
import { runCommand } from '../e2e/hub-process.ts';
import { leaveOnSignals } from '../leaving.ts';
import { missing, startCluster, type Cluster, type Servers } from './cluster.ts';

const wholeMs = 60_000;
/** Service is back within this time. */
const backMs = 20_000;
const steadyMs = 5_000;
const database = 'bindeledd';
const [ownerRole, hubRole, password] = ['bindeledd_owner', 'bindeledd_hub', 'only-for-tests'];

/** Without a third server, strict mode would let nobody write while the second one is away. */
const clusters: Readonly<Record<string, Servers>> = {
  two: { names: ['north', 'south'], strict: false },
  three: { names: ['north', 'south', 'west'], strict: true },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false } },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const lacking = missing();
if (lacking.length > 0) {
  say(`SKIPPED: this machine has no ${lacking.join(', ')} (apt-get install patroni etcd-server postgresql)`);
  process.exit(0);
}

const onLeader = async (cluster: Cluster, name: string, ...commands: readonly string[]): Promise<void> => {
  const leader = await cluster.leader();
  if (leader === null) throw new Error('nobody leads');
  const client = new Client({ connectionString: cluster.adminUrl(leader, name) });
  await client.connect();
  try {
    for (const command of commands) await client.query(command);
  } finally {
    await client.end();
  }
};

/** As the page on operation says: a database, two roles, `bindeledd migrate` as the owner. */
const prepare = async (cluster: Cluster): Promise<void> => {
  await onLeader(
    cluster,
    'postgres',
    `CREATE ROLE ${ownerRole} LOGIN PASSWORD '${password}'`,
    `CREATE ROLE ${hubRole} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${database} OWNER ${ownerRole}`,
  );
  const migrated = await runCommand(['migrate', '--role', hubRole], {
    env: { BINDELEDD_OWNER_DATABASE_URL: cluster.url(ownerRole, password, database) },
  });
  if (migrated.code !== 0) throw new Error(migrated.stderr);
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

type Outage = { readonly what: string; readonly writesMs: number; readonly readsMs: number; readonly readyMs: number };

const readyAgain = async (hubs: readonly HurtHub[], until: number): Promise<void> => {
  for (const { url } of hubs)
    for (;;) {
      const answer = await fetch(`${url}/health/ready`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.status === 200) break;
      if (performance.now() > until) return;
      await sleep(50);
    }
};

/** One cluster from its beginning to its end; gives the promises that were broken. */
const drill = async (folder: string, servers: Servers): Promise<readonly string[]> => {
  const cluster = await startCluster(folder, servers);
  const hubs: HurtHub[] = [];
  const stop = async (): Promise<void> => {
    for (const hub of hubs) hub.child.kill('SIGKILL');
    await cluster.end();
  };
  try {
    return await drillOn(cluster, hubs, folder);
  } finally {
    await stop();
  }
};

const drillOn = async (cluster: Cluster, hubs: HurtHub[], folder: string): Promise<readonly string[]> => {
  const broken: string[] = [];
  await cluster.whole(wholeMs);
  await prepare(cluster);
  const databaseUrl = cluster.url(hubRole, password, database);
  const credentials = await enterWorld(databaseUrl);
  for (let number = 0; number < 2; number += 1) hubs.push(await startHurtHub({ databaseUrl }));
  say(`two hubs over ${cluster.nodes.map(({ name }) => name).join(', ')}`);

  const history = createHistory(path.join(folder, 'history.jsonl'));
  const memory = freshMemory();
  let stopped = false;
  const urls = hubs.map(({ url }) => url);
  const traffic = runTraffic({ urls, patient: true, credentials, memory, history, life: 1, stopped: () => stopped });
  // Said where the traffic is waited for.
  traffic.catch(() => {});

  const failover = async (what: 'machine' | 'server'): Promise<Outage> => {
    await sleep(steadyMs);
    const before = await cluster.leader();
    if (before === null) throw new Error('nobody leads');
    const from = performance.now();
    await cluster.kill(before, what);
    const killed = performance.now();
    await readyAgain(hubs, from + wholeMs);
    const readyMs = performance.now() - from;
    await sleep(steadyMs);
    const after = history.entries().filter((entry) => entry.from >= killed && entry.outcome === 'done');
    const first = (kinds: readonly string[]): number =>
      (after.find((entry) => kinds.includes(entry.kind))?.to ?? Infinity) - from;
    const outage = { what, readyMs, writesMs: first(['page', 'full', 'create', 'raise']), readsMs: first(['read']) };
    const leader = await cluster.leader();
    const changed = leader !== null && leader !== before;
    if (!changed) broken.push(`${before.name} lost its ${what}, and ${leader?.name ?? 'nobody'} leads`);
    for (const [name, ms] of Object.entries(outage))
      if (typeof ms === 'number' && ms > backMs) broken.push(`${name} of a lost ${what}: ${Math.round(ms)} ms`);
    if (what === 'machine') cluster.start(before);
    const cameBack = performance.now();
    await cluster.whole(wholeMs);
    say(
      `  ${before.name} lost its ${what}: ready ${seconds(readyMs)}, first write ${seconds(outage.writesMs)}, first read ` +
        `${seconds(outage.readsMs)}; ${before.name} stands by again ${seconds(performance.now() - cameBack)} later`,
    );
    return outage;
  };

  // The second one proves that the first leader has come back with everything.
  const outages = [await failover('machine'), await failover('machine'), await failover('server')];
  await sleep(steadyMs);
  stopped = true;
  await traffic;
  for (const hub of hubs.splice(0)) {
    const code = await hub.stop();
    if (code !== 0) broken.push(`a hub ended with ${code}`);
  }

  const leader = await cluster.leader();
  if (leader === null) throw new Error('nobody leads in the end');
  const entries = history.entries();
  const scratch = path.join(folder, 'scratch');
  mkdirSync(scratch);
  const state = await readEnd({
    databaseUrl,
    credentials,
    memory,
    failedStarts: 0,
    seen: { adminUrl: cluster.adminUrl(leader, database), scratch },
  });
  broken.push(...check(entries, memory.told, state));
  const odd = entries.filter((one) => one.outcome === 'unknown' && one.status !== 0 && one.status !== 503);
  if (odd.length > 0)
    broken.push(`${odd.length} requests were answered neither 2xx nor 503, the first ${odd[0]?.status}`);
  const done = entries.filter((one) => one.outcome === 'done');
  const writes = done.filter((one) => one.kind !== 'read').length;
  const unknown = entries.filter((one) => one.outcome === 'unknown' && one.kind !== 'read');
  const open = unknown.filter((one) => one.status === 0).length;
  say(
    `${broken.length === 0 ? 'kept' : 'BROKEN'}  ${outages.length} failovers: ${writes} writes acknowledged and there, ${unknown.length} unknown ` +
      `(${open} without an answer, the others 503), ${done.length - writes} reads, ${memory.told.length} changes told`,
  );
  for (const each of broken.slice(0, 20)) say(`        ${each}`);
  return broken;
};

let inUse: string | null = null;
leaveOnSignals(() => inUse !== null && rmSync(inUse, { recursive: true, force: true }));

let faults = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(clusters)) {
  const servers = clusters[name];
  if (servers === undefined) throw new Error(`there is no cluster ${name}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-failover-'));
  inUse = folder;
  const broken = await drill(folder, servers);
  faults += broken.length;
  if (values.keep || broken.length > 0) say(`what was left: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faults === 0 ? 0 : 1;
