// compose.yaml and the scripts beside it: whether every container is closed as far as it can be, secrets are files, and what waits for what.
// Checked by docker too, where it has compose. No container is run here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import { ownerVariable } from '#app/cli/migrate.ts';
import { buildProgram } from '#app/cli/program.ts';
import { resolveSettings } from '#config/settings.ts';

const root = join(import.meta.dirname, '../..');

type Service = {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly network_mode?: string;
  readonly pid?: string;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly restart?: string;
  readonly stop_grace_period?: string;
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};

const document = parseDocument(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true, uniqueKeys: true });
const compose = document.toJS() as Compose;

/** What is wrong with a service, by rule. */
const flawsOf = (one: Service): readonly string[] => [
  ...(one.privileged === true || one.cap_add !== undefined ? ['privileged'] : []),
  ...(one.read_only === true ? [] : ['read-only']),
  ...(one.cap_drop?.includes('ALL') === true ? [] : ['capabilities']),
  ...(one.security_opt?.includes('no-new-privileges:true') === true ? [] : ['new-privileges']),
  ...(/^[1-9]\d*:[1-9]\d*$/.test(one.user ?? '') ? [] : ['user']),
  ...(one.network_mode === undefined && one.pid === undefined ? [] : ['host']),
  ...(one.volumes?.some(
    (volume) => /docker\.sock|^\/(?!\/)/.test(volume) || (volume.startsWith('.') && !volume.endsWith(':ro')),
  )
    ? ['mounts']
    : []),
  ...(one.healthcheck?.test !== undefined || one.restart === 'no' ? [] : ['health']),
  ...(one.mem_limit !== undefined && one.pids_limit !== undefined ? [] : ['bounds']),
  ...(/:-?[\w./-]+:(?!latest)[\w.-]+\}$/.test(one.image) ? [] : ['pinned']),
  ...(Object.entries(one.environment ?? {}).some(
    ([name, value]) =>
      (/PASSWORD|SECRET|TOKEN|DATABASE_URL/.test(name) && !name.endsWith('_FILE')) || /:\/\/[^/]*:[^/]*@/.test(value),
  )
    ? ['secret']
    : []),
  ...(one.ports?.some((port) => !/^\$\{\w+:-127\.0\.0\.1:\d+\}:\d+$/.test(port)) ? ['open-port'] : []),
];

describe('compose.yaml', () => {
  it('is well-formed, and all that it names is there', () => {
    assert.deepEqual(document.errors, []);
    for (const [name, one] of Object.entries(compose.services)) {
      for (const network of one.networks ?? []) assert.ok(network in compose.networks, `${name}: ${network}`);
      for (const secret of one.secrets ?? []) assert.ok(secret in compose.secrets, `${name}: ${secret}`);
      for (const before of Object.keys(one.depends_on ?? {}))
        assert.ok(before in compose.services, `${name}: ${before}`);
      for (const volume of one.volumes ?? []) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) assert.ok(statSync(join(root, source)).isFile());
        else assert.ok(source in compose.volumes, `${name}: ${source}`);
      }
      for (const value of Object.values(one.environment ?? {})) {
        const secret = /^\/run\/secrets\/(.*)$/.exec(value)?.[1];
        if (secret !== undefined) assert.ok(one.secrets?.includes(secret), `${name}: ${secret}`);
      }
    }
  });

  for (const [name, one] of Object.entries(compose.services))
    it(`keeps ${name} closed`, () => assert.deepEqual(flawsOf(one), []));

  it('would be found out if it did not', () => {
    const { hub } = compose.services;
    assert.ok(hub);
    const broken: readonly (readonly [flaw: string, change: Partial<Service>])[] = [
      ['privileged', { privileged: true }],
      ['privileged', { cap_add: ['NET_ADMIN'] }],
      ['read-only', { read_only: false }],
      ['capabilities', { cap_drop: ['NET_RAW'] }],
      ['new-privileges', { security_opt: [] }],
      ['user', { user: '0:0' }],
      ['user', { user: 'node' }],
      ['host', { network_mode: 'host' }],
      ['mounts', { volumes: ['/var/run/docker.sock:/var/run/docker.sock'] }],
      ['health', { healthcheck: {} }],
      ['pinned', { image: 'bindeledd:latest' }],
      ['secret', { environment: { BINDELEDD_DATABASE_URL: 'postgres://one@two/three' } }],
      ['open-port', { ports: ['8080:8080'] }],
    ];
    for (const [flaw, change] of broken)
      assert.deepEqual(flawsOf({ ...hub, ...change }), [flaw], JSON.stringify(change));
  });

  it('keeps the database and the password of its owner from everybody else', () => {
    const { postgres, migrate, hub } = compose.services;
    assert.deepEqual(postgres?.networks, ['inside']);
    assert.equal(postgres?.ports, undefined);
    assert.equal(compose.networks['inside']?.internal, true);
    assert.deepEqual(migrate?.secrets, ['owner-url']);
    assert.deepEqual(hub?.secrets, ['hub-url']);
    assert.deepEqual(migrate?.environment, { [`${ownerVariable}_FILE`]: '/run/secrets/owner-url' });
  });

  it('starts the hub once its tables are made', () => {
    const { migrate, hub } = compose.services;
    assert.equal(migrate?.depends_on?.['postgres']?.condition, 'service_healthy');
    assert.equal(hub?.depends_on?.['postgres']?.condition, 'service_healthy');
    assert.equal(hub?.depends_on?.['migrate']?.condition, 'service_completed_successfully');
    const commands = buildProgram({ language: 'en', finish: () => undefined }).commands;
    for (const { command: [command, ...flags] = [] } of [migrate, hub].flatMap((one) => one ?? [])) {
      const found = commands.find((one) => one.name() === command);
      assert.ok(found, `bindeledd ${command}`);
      for (const flag of flags.filter((one) => one.startsWith('--')))
        assert.ok(
          found.options.some(({ long }) => long === flag),
          `bindeledd ${command} ${flag}`,
        );
    }
    assert.ok(Number.parseInt(hub?.stop_grace_period ?? '', 10) >= 6 + 10 + 10, 'longer than notice and draining');
  });

  it('makes secrets that the hub takes, once', () => {
    const place = mkdtempSync(join(tmpdir(), 'bindeledd-compose-'));
    try {
      cpSync(join(root, 'deploy/compose/make-secrets.sh'), join(place, 'make-secrets.sh'));
      const make = (): ReadonlyMap<string, string> => {
        const { status, stderr } = spawnSync('sh', [join(place, 'make-secrets.sh')], { encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        return new Map(
          readdirSync(join(place, 'secrets')).map((name) => [name, readFileSync(join(place, 'secrets', name), 'utf8')]),
        );
      };
      const made = make();
      assert.deepEqual(
        new Set(made.keys()),
        new Set(Object.values(compose.secrets).map(({ file }) => file.replace('deploy/compose/secrets/', ''))),
      );
      assert.equal(statSync(join(place, 'secrets')).mode & 0o777, 0o700);
      assert.deepEqual(make(), made);
      const passwords = ['postgres', 'owner', 'hub'].map((role) => made.get(`${role}-password`) ?? '');
      for (const password of passwords) assert.match(password, /^[0-9a-f]{48}$/);
      assert.equal(new Set(passwords).size, 3);
      for (const role of ['owner', 'hub']) {
        const resolved = resolveSettings({
          flags: {},
          environment: { BINDELEDD_DATABASE_URL_FILE: 'url' },
          file: null,
          readSecret: () => made.get(`${role}-url`) ?? null,
        });
        assert.ok(resolved.ok, resolved.ok ? '' : resolved.problem.detail);
        assert.equal(new URL(resolved.value.settings.databaseUrl ?? '').password, made.get(`${role}-password`));
      }
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  const docker = spawnSync('docker', ['compose', 'version']).status === 0;
  it('is taken by docker', { skip: docker ? false : 'docker has no compose here' }, () => {
    const { status, stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], {
      cwd: root,
      env: { ...process.env, BINDELEDD_PUBLIC_URL: 'https://hub.example.test' },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
});
