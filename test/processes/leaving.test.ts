// Long suites that are told to stop leave nothing running: neither hubs nor servers, and no folder.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { missing } from '../failover/cluster.ts';
import { whenLeaving } from '../leaving.ts';
import { within } from './hubs.ts';

const tests = path.join(import.meta.dirname, '..');

type Running = { readonly pid: number; readonly parent: number; readonly command: string };

const all = (): readonly Running[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined || state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
    });

const startedBy = (parent: number, among: readonly Running[]): readonly Running[] =>
  among.filter((one) => one.parent === parent).flatMap((one) => [one, ...startedBy(one.pid, among)]);

const suites: readonly (readonly [string, readonly string[], readonly RegExp[], string | false])[] = [
  ['faults', ['faults/run.ts', 'kills'], [/bindeledd\.mjs start/], false],
  ['outages', ['processes/run.ts'], [/bindeledd\.mjs start/, /postgres -D/], false],
  [
    'failover',
    ['failover/run.ts', 'two'],
    [/etcd/, /patroni/, /postgres -D/],
    missing().length > 0 && `this machine has no ${missing().join(', ')}`,
  ],
];

describe('a long suite that is told to stop', () => {
  for (const [name, [file = '', ...words], wanted, skip] of suites)
    it(`leaves nothing: ${name}`, { skip }, async () => {
      const temporary = mkdtempSync(path.join(tmpdir(), 'bindeledd-leaving-'));
      chmodSync(temporary, 0o755);
      const suite = spawn(process.execPath, [path.join(tests, file), ...words], {
        env: { ...process.env, TMPDIR: temporary, NODE_TEST_CONTEXT: undefined },
        stdio: 'ignore',
      });
      let family: readonly Running[] = [];
      const forget = whenLeaving(() => {
        for (const { pid } of family) process.kill(pid, 'SIGKILL');
      });
      try {
        await within(60_000, async () => {
          family = startedBy(suite.pid ?? 0, all());
          const lacking = wanted.filter((one) => !family.some(({ command }) => one.test(command)));
          return lacking.length === 0 ? null : `no ${lacking.join(', ')}`;
        });
        suite.kill('SIGTERM');
        await within(20_000, async () => {
          const left = all().filter(({ pid }) => pid === suite.pid || family.some((one) => one.pid === pid));
          return left.length === 0 ? null : left.map(({ pid, command }) => `${pid} ${command}`).join('\n');
        });
        assert.deepEqual(
          readdirSync(temporary).filter((one) => /^bindeledd-(?:own|faults|failover|e2e)-/.test(one)),
          [],
        );
      } finally {
        forget();
        suite.kill('SIGKILL');
        rmSync(temporary, { recursive: true, force: true });
      }
    });
});
