// The image: whether its recipe keeps the rules, whether what it copies is all that the product reads when it runs, and whether the product runs
// from exactly those files, answers its health check, and writes nowhere but to its data. No container is run here.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { after, describe, it } from 'node:test';
import { importsOf } from '#tools/imports.ts';
import { readTree } from '#tools/tree.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(textOf('package.json')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

type Instruction = { readonly name: string; readonly rest: string };

/** The instructions of a recipe, each on one line, without comments. */
const instructionsOf = (text: string): readonly Instruction[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), rest: rest.trim() };
    });

/** What is wrong with a recipe, by rule. */
const flawsOf = (text: string): readonly string[] => {
  const all = instructionsOf(text);
  const named = (name: string): readonly string[] => all.filter((one) => one.name === name).map(({ rest }) => rest);
  const args = new Map(named('ARG').map((rest) => [rest.split('=')[0] ?? '', rest.slice(rest.indexOf('=') + 1)]));
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const lastOf = (name: string): string => last.findLast((one) => one.name === name)?.rest ?? '';
  const base = (rest: string): string =>
    (rest.split(/\s+/)[0] ?? '').replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => args.get(name) ?? '');
  const froms = named('FROM').map(base);
  return [
    ...(froms.length >= 2 ? [] : ['stages']),
    ...(froms.every((from) => /:\d+\.\d+\.\d+(?:-[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$|@sha256:[0-9a-f]{64}$/.test(from))
      ? []
      : ['pinned']),
    ...(/^[1-9]\d*:[1-9]\d*$/.test(lastOf('USER')) ? [] : ['user']),
    ...(all.some(({ name }) => name === 'ADD') ? ['add'] : []),
    ...(lastOf('HEALTHCHECK').includes('CMD [') ? [] : ['health']),
    ...(['ENTRYPOINT', 'CMD'].every((name) => lastOf(name).startsWith('[')) ? [] : ['exec-form']),
    ...(named('RUN').some((run) => /\b(?:curl|wget|apt-get|sudo)\b/.test(run)) ? ['download'] : []),
    ...(named('RUN').some(
      (run) => /\bnpm (?:ci|i|install)\b/.test(run) && !/npm ci .*--omit=dev .*--ignore-scripts/.test(run),
    )
      ? ['install']
      : []),
    ...([...named('ENV'), ...named('ARG')].some((rest) => /SECRET|PASSWORD|TOKEN/i.test(rest)) ? ['secret'] : []),
    ...(named('COPY').some((rest) => rest.split(/\s+/).includes('.')) && !named('COPY').every((rest) => rest !== '. .')
      ? ['everything']
      : []),
  ];
};

const recipe = textOf('Dockerfile');
const instructions = instructionsOf(recipe);

/** Paths of the repository that the last stage copies, and where nothing else comes from. */
const copied: readonly string[] = instructions
  .slice(instructions.findLastIndex(({ name }) => name === 'FROM'))
  .filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'))
  .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));

/** Every file that the product reads when it runs: what its entry leads to, and what those files name beside themselves. */
const readAtRunTime = (): readonly string[] => {
  const tree = readTree(root);
  const outgoing = Map.groupBy(importsOf(tree, manifest.imports), ({ from }) => from);
  const reached = new Set([...Object.values(manifest.bin), 'deploy/image/health.mjs']);
  for (const path of reached) for (const { to } of outgoing.get(path) ?? []) if (to !== null) reached.add(to);
  const named = [...reached].flatMap((path) =>
    [...(tree.get(path) ?? '').matchAll(/(?:new URL\(|join\(import\.meta\.dirname, )'(\.[^']*)'/g)].map(
      ([, relative = '']) => normalize(join(dirname(path), relative)),
    ),
  );
  return [...new Set([...reached, ...named])];
};

describe('the image', () => {
  it('keeps the rules', () => assert.deepEqual(flawsOf(recipe), []));

  it('would be found out if it did not', () => {
    const broken: readonly (readonly [flaw: string, from: RegExp, to: string])[] = [
      ['pinned', /node:26\.10\.0-bookworm-slim\n/, 'node:26\n'],
      ['pinned', /^FROM \$\{NODE\}$/m, 'FROM node:latest'],
      ['user', /^USER .*$/m, 'USER root'],
      ['user', /^USER .*$/m, 'USER node'],
      ['add', /^COPY src src$/m, 'ADD https://example.test/src.tar.gz src'],
      ['health', /^HEALTHCHECK .*$/m, ''],
      ['exec-form', /^CMD .*$/m, 'CMD start'],
      ['install', / --ignore-scripts/, ''],
      ['download', /^COPY src src$/m, 'RUN curl -o src https://example.test'],
      ['secret', /^ENV /m, 'ENV DATABASE_PASSWORD=one '],
      ['everything', /^COPY src src$/m, 'COPY . .'],
    ];
    for (const [flaw, from, to] of broken) {
      assert.match(recipe, from);
      assert.deepEqual(flawsOf(recipe.replace(from, to)), [flaw], to);
    }
  });

  it('has the runtime that the repository is tested with', () => {
    const [version] = new Set(Object.values(manifest.optionalDependencies));
    assert.match(recipe, new RegExp(`^ARG NODE=node:${version?.replaceAll('.', '\\.')}-`, 'm'));
  });

  it('holds every file that the product reads when it runs', () => {
    const files = readAtRunTime();
    for (const known of [
      'src/app/main.ts',
      'src/store/sqlite/wipe-worker.ts',
      'verify/audit-verify.ts',
      'model/fint',
      'model/grunnskole',
      'package.json',
    ])
      assert.ok(files.includes(known), `${known} was not seen`);
    const missing = files.filter((path) => !copied.some((one) => path === one || path.startsWith(`${one}/`)));
    assert.deepEqual(missing, []);
    // And nothing that it does not.
    const spare = copied.filter((one) => !files.some((path) => path === one || path.startsWith(`${one}/`)));
    assert.deepEqual(spare, ['LICENSE', 'NOTICE']);
  });

  it('is built from what it copies, and from nothing else', () => {
    const lines = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    assert.equal(lines[0], '*');
    const let_in = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    assert.deepEqual(new Set(let_in), new Set([...copied, 'package-lock.json', '.npmrc']));
    assert.deepEqual(lines.slice(1 + let_in.length), ['**/README.md']);
  });

  describe('run from its files', () => {
    const place = mkdtempSync(join(tmpdir(), 'bindeledd-image-'));
    const program = join(place, 'opt');
    const data = join(place, 'data');
    for (const path of copied) cpSync(join(root, path), join(program, path), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(program, 'node_modules'));
    mkdirSync(data);
    after(() => rmSync(place, { recursive: true, force: true }));
    const kept = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:BINDELEDD|NODE|DATABASE)_/.test(name)),
    );
    const environment = { ...kept, BINDELEDD_DATA: data, BINDELEDD_ENVIRONMENT: 'test', BINDELEDD_HOST: '0.0.0.0' };

    it('starts, answers its health check, and stops', { timeout: 60_000 }, async () => {
      const port = await freePort();
      const env = { ...environment, BINDELEDD_PORT: String(port) };
      const health = (state: string): number | null =>
        spawnSync(process.execPath, ['deploy/image/health.mjs', state], { cwd: program, env }).status;
      assert.equal(health('live'), 1);
      const hub = spawn(process.execPath, [join(program, 'bin/bindeledd.mjs'), 'start', '--json'], {
        cwd: program,
        env,
      });
      let log = '';
      hub.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
      const ended = new Promise<number | null>((resolve) => hub.on('exit', resolve));
      try {
        await Promise.race([
          new Promise((resolve) => hub.stdout.once('data', resolve)),
          ended.then(() => assert.fail(`it ended: ${log}`)),
        ]);
        assert.equal(health('live'), 0);
        assert.equal(health('ready'), 0);
        hub.kill('SIGTERM');
        assert.equal(await ended, 0, log);
      } finally {
        hub.kill('SIGKILL');
      }
    });

    it('has the commands', () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(program, 'bin/bindeledd.mjs'), 'model', 'list'],
        {
          cwd: program,
          env: environment,
          encoding: 'utf8',
        },
      );
      assert.equal(status, 0, stderr);
      assert.match(stdout, /utdanning/);
    });
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
