// The units of systemd: read and judged by systemd itself where it is installed, and otherwise by the few rules below.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exitCodes } from '#app/cli/exit-codes.ts';
import { ownerVariable } from '#app/cli/migrate.ts';
import { buildProgram } from '#app/cli/program.ts';
import { resolveSettings, settingRows, variableOf, type Settings } from '#config/settings.ts';
import { httpLimits } from '#http/limits.ts';

const folder = join(import.meta.dirname, '../../deploy/systemd');
const units = ['bindeledd.service', 'bindeledd-migrate.service'];
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** The values of a directive, in order. */
const valuesOf = (text: string, directive: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].map(([, value = '']) => value);

const hardening: readonly (readonly [string, string])[] = [
  ['NoNewPrivileges', 'yes'],
  ['CapabilityBoundingSet', ''],
  ['ProtectSystem', 'strict'],
  ['ProtectHome', 'yes'],
  ['PrivateTmp', 'yes'],
  ['PrivateDevices', 'yes'],
  ['PrivateUsers', 'yes'],
  ['RestrictNamespaces', 'yes'],
  ['SystemCallArchitectures', 'native'],
  ['User', 'bindeledd'],
  ['UMask', '0077'],
];

/** Settings as an installation has them that changes nothing. */
const beginning = (): Settings => {
  const name = 'bindeledd.yaml';
  const resolved = resolveSettings({
    flags: {},
    environment: {},
    file: { name, text: textOf(name) },
    readSecret: () => null,
  });
  assert.ok(resolved.ok);
  return resolved.value.settings;
};

describe('the units of systemd', () => {
  for (const name of units)
    it(`${name} is closed, and runs a command that there is`, () => {
      const text = textOf(name);
      for (const [directive, value] of hardening) assert.deepEqual(valuesOf(text, directive), [value], directive);
      for (const bound of ['MemoryMax', 'TasksMax']) assert.equal(valuesOf(text, bound).length, 1, bound);
      const [, , command, ...flags] = valuesOf(text, 'ExecStart')[0]?.split(' ') ?? [];
      const found = buildProgram({ language: 'en', finish: () => undefined }).commands.find(
        (one) => one.name() === command,
      );
      assert.ok(found, `bindeledd ${command}`);
      for (const flag of flags.filter((one) => one.startsWith('--') && one !== '--config'))
        assert.ok(
          found.options.some(({ long }) => long === flag),
          flag,
        );
    });

  it('name settings that there are, and no secret', () => {
    const known = new Set([
      `${ownerVariable}_FILE`,
      ...[...settingRows.keys()].flatMap((key) => [variableOf(key), `${variableOf(key)}_FILE`]),
    ]);
    for (const name of [...units, 'postgresql.conf'])
      for (const line of valuesOf(textOf(name), 'Environment'))
        for (const [variable = '', value = ''] of line.split(' ').map((one) => one.split('='))) {
          if (variable.startsWith('BINDELEDD_')) assert.ok(known.has(variable), variable);
          assert.doesNotMatch(value, /:\/\//);
        }
  });

  it('do not start again what a setting keeps from starting, and give a stop its time', () => {
    const text = textOf('bindeledd.service');
    assert.deepEqual(valuesOf(text, 'RestartPreventExitStatus'), [String(exitCodes.usage)]);
    const { stopNoticeSeconds, drainSeconds } = beginning();
    assert.ok(stopNoticeSeconds * 1_000 > httpLimits.keepAliveMs);
    assert.ok(Number(valuesOf(text, 'TimeoutStopSec')[0]) >= stopNoticeSeconds + drainSeconds + 10);
  });

  it('are told of new settings by the signal that replaces workers', () => {
    assert.deepEqual(valuesOf(textOf('bindeledd.service'), 'ExecReload'), ['/bin/kill -HUP $MAINPID']);
    // Settings are read as the user of the service, from a directory that is made as root's.
    assert.deepEqual(valuesOf(textOf('bindeledd.service'), 'ConfigurationDirectoryMode'), ['0755']);
  });

  it('begin with settings that there are, safe for production', () => {
    const { host, port, environment, workers } = beginning();
    assert.deepEqual(
      { host, port, environment, workers },
      { host: '127.0.0.1', port: 8080, environment: 'production', workers: 1 },
    );
  });

  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  it('are taken by systemd, and little exposed', { skip: analyze ? false : 'systemd-analyze is not installed' }, () => {
    const place = mkdtempSync(join(tmpdir(), 'bindeledd-units-'));
    try {
      // The runtime of this machine stands elsewhere.
      for (const name of units)
        writeFileSync(join(place, name), textOf(name).replaceAll('/usr/bin/node', process.execPath));
      const files = units.map((name) => join(place, name));
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
      assert.equal(verified.status, 0, verified.stderr);
      assert.doesNotMatch(verified.stderr, new RegExp(place));
      for (const file of files) {
        const judged = spawnSync(
          'systemd-analyze',
          ['security', '--offline=true', '--threshold=15', '--no-pager', file],
          {
            encoding: 'utf8',
          },
        );
        if (/unrecognized option/.test(judged.stderr)) return;
        assert.equal(judged.status, 0, judged.stdout + judged.stderr);
      }
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
