// A server of a database whose disk is full, and freed: first with room left for the log of its changes, so that it says no, then with none, so
// that it ends. What was answered must hold, everything else be answered with 503, and the hub be well again within seconds. Called by run.ts.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  statfsSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { whenLeaving } from '../leaving.ts';
import { check } from './checker.ts';
import { startHurtServer } from './databases.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { startHurtHub } from './hub.ts';
import { callersOf, create, deliver, lastOf, readOne, wellAgain } from './steps.ts';
import { freshMemory } from './traffic.ts';

export type DiskReport = { readonly broken: readonly string[]; readonly refused: number; readonly operations: number };

const diskMb = 400;
const mostSteps = 600;
/** The hub has noticed that the disk is free again within this time; the server may have to start and go through its log. */
const wellTries = 3;

/** Mounts a small disk in memory; null when this process may not. */
const mountDisk = (at: string): { readonly remove: () => void } | null => {
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m,mode=0755`, 'tmpfs', at]);
  if (made.status !== 0) return null;
  const remove = (): void => void spawnSync('umount', ['-l', at]);
  const forget = whenLeaving(remove);
  return {
    remove: () => {
      remove();
      forget();
    },
  };
};

/** Fills what is left of the disk. */
const fill = (disk: string): void => {
  const ballast = path.join(disk, 'ballast');
  writeFileSync(ballast, '');
  const block = Buffer.alloc(65_536, 1);
  try {
    while (statfsSync(disk).bavail > 0) appendFileSync(ballast, block);
  } catch {
    // Full.
  }
};

const hurtOnce = async (folder: string, disk: string, logToo: boolean, broken: string[]): Promise<DiskReport> => {
  const settings = ['max_wal_size=64MB', 'min_wal_size=32MB', 'wal_recycle=off', 'autovacuum=off'];
  // The data go to the small disk; the log stays on the large one in the first case.
  await using server = await startHurtServer(settings, (data) => {
    const small = path.join(disk, 'data');
    cpSync(data, small, { recursive: true, preserveTimestamps: true });
    spawnSync('chown', ['-R', '--reference', data, small]);
    spawnSync('chmod', ['700', small]);
    if (!logToo) {
      const log = path.join(path.dirname(data), 'log-of-changes');
      cpSync(path.join(small, 'pg_wal'), log, { recursive: true });
      spawnSync('chown', ['-R', '--reference', data, log]);
      rmSync(path.join(small, 'pg_wal'), { recursive: true });
      symlinkSync(log, path.join(small, 'pg_wal'));
    }
    renameSync(data, `${data}-before`);
    symlinkSync(small, data);
  });
  const { databaseUrl, adminUrl, credentials } = await server.world();
  const history = createHistory(path.join(folder, `history-${logToo ? 'log' : 'data'}.jsonl`));
  const hub = await startHurtHub({ databaseUrl });
  let refused = 0;
  try {
    const hurt = { ...(await callersOf(hub.url, credentials)), history, version: 0, created: 0 };
    for (let turn = 0; turn < 20; turn += 1) for (const step of [deliver, create, readOne]) await step(hurt);
    fill(disk);
    for (let turn = 0; turn < mostSteps && refused < 30; turn += 1)
      for (const step of [deliver, create, readOne]) {
        await step(hurt);
        const { status = 0, outcome, kind } = lastOf(hurt) ?? {};
        if (outcome === 'done') continue;
        refused += 1;
        if (status !== 503) broken.push(`a ${kind} was answered ${status} instead of 503 on a full disk`);
      }
    if (refused === 0) broken.push('the disk was never full');
    rmSync(path.join(disk, 'ballast'));
    // A server that could not write its log has ended, or goes on trying: its operator starts it again.
    if (logToo) {
      await server.kill();
      await server.start();
    }
    const freed = performance.now();
    let well = false;
    for (let tries = 0; tries < wellTries && !well; tries += 1) well = await wellAgain(hurt);
    const ms = Math.round(performance.now() - freed);
    if (!well || ms > 10_000) broken.push(`the hub was well ${ms} ms after the disk had been freed (I8)`);
  } finally {
    const code = await hub.stop();
    if (code !== 0) broken.push(`the hub ended with ${code}`);
  }
  const memory = freshMemory();
  const end = await readEnd({ databaseUrl, credentials, memory, failedStarts: 0, seen: { adminUrl, scratch: folder } });
  broken.push(...check(history.entries(), memory.told, end));
  return { broken, refused, operations: history.entries().length };
};

/** Both cases; null when no disk can be mounted here. */
export const runDisk = async (folder: string): Promise<DiskReport | null> => {
  mkdirSync(folder, { recursive: true });
  const broken: string[] = [];
  let [refused, operations] = [0, 0];
  for (const logToo of [false, true]) {
    // The user of the server has to get there.
    const at = mkdtempSync(path.join(tmpdir(), 'bindeledd-small-disk-'));
    const disk = mountDisk(at);
    if (disk === null) {
      rmSync(at, { recursive: true });
      return null;
    }
    try {
      const report = await hurtOnce(folder, at, logToo, broken);
      refused += report.refused;
      operations += report.operations;
    } finally {
      disk.remove();
      rmSync(at, { recursive: true, force: true });
    }
  }
  return { broken, refused, operations };
};
