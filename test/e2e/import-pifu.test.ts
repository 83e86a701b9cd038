// `bindeledd import pifu` against a whole hub: a dry run delivers nothing, a full file becomes what it says and stays the same when it comes again, a delta
// changes what it names, too many removals are held, a file that cannot be read changes nothing, and nothing of it is left on the disk.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root, runCommand, type Ended } from './hub-process.ts';
import { fjord, startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';
import { fileOf, group, membership, person, role, school, sourcedid } from '../ingest/pifu/workbench.ts';

type Run = {
  readonly collection: string;
  readonly type: string;
  readonly corrId: string;
  readonly state: string;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly rejected: number;
};
type Report = {
  readonly mode: string;
  readonly removalsWait: boolean;
  readonly keptBack: number;
  readonly findings: readonly { readonly line: number; readonly code: string }[];
  readonly collections: readonly { readonly collection: string; readonly entries: number }[];
  readonly runs: readonly Run[];
};

const place = await temporaryPlace();
let hub: HubUnderTest;
const temporary = join(place.folder, 'temporary');

const sample = 'test/fixtures/pifu-ims-1.3.sample.xml';

const run = async (words: readonly string[], input = ''): Promise<Ended & { readonly report: Report }> => {
  const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
  const ended = await runCommand(['import', 'pifu', ...words, '--json', '--quiet', '--url', hub.url], {
    env: { BINDELEDD_CLIENT_ID: id, BINDELEDD_CLIENT_SECRET: secret, TMPDIR: temporary },
    input,
    ms: 60_000,
  });
  return { ...ended, report: (ended.stdout === '' ? {} : JSON.parse(ended.stdout)) as Report };
};

const left = (of: Report): readonly string[] => of.collections.map(({ collection }) => collection);

const count = async (path: string): Promise<number> =>
  (await (await hub.as('client')).read<{ readonly total_items: number }>(`/${path}`)).total_items;

const byId = (of: string): string => `systemid/${encodeURIComponent(`sas@fjord:${of}`)}`;

const klasse = group('5a', 'grp', ['1', 'basisgruppe'], 's', {
  timeframe: '<timeframe><adminperiod>2026/2027</adminperiod></timeframe>',
});
const pupils = Array.from({ length: 40 }, (_, index) => `p${index}`);
const full = (of: readonly string[]): string =>
  fileOf(
    `${of.map((id) => person(id)).join('')}${person('e1')}${school}${klasse}${membership('s', ...of.map((id) => [id, role('01')] as const), ['e1', role('02')])}${membership('5a', ...of.map((id) => [id, role('01')] as const), ['e1', role('06')])}`,
  );

before(async () => {
  mkdirSync(temporary);
  hub = await startHub({
    place,
    organisations: [fjord],
    applications: [
      { id: 'adapter', kind: 'adapter', organisation: fjord.id },
      { id: 'client', kind: 'client', organisation: fjord.id },
    ],
  });
});

after(async () => {
  await hub?.close();
  await place.remove();
});

describe('a file', () => {
  it('delivers nothing in a dry run', async () => {
    const { code, report } = await run([sample, '--dry-run']);
    assert.equal(code, 0);
    assert.deepEqual(report.runs, []);
    assert.ok(report.collections.length > 10);
    assert.equal(await count('utdanning/elev/elev'), 0);
  });

  it('leaves collections of other sources alone', async () => {
    const all = await run([sample, '--dry-run']);
    const { report } = await run([
      sample,
      '--dry-run',
      '--without',
      'administrasjon/personal',
      'utdanning/elev/klasse',
    ]);
    assert.deepEqual(
      left(all.report).filter((one) => !left(report).includes(one)),
      ['administrasjon/personal/person', 'administrasjon/personal/personalressurs', 'utdanning/elev/klasse'],
    );
  });

  it('delivers nothing when it must be whole and is not', async () => {
    const file = `${full(['p1'])}`.replace('roletype="06"', 'roletype="66"');
    const { code, report } = await run(['-', '--strict'], file);
    assert.equal(code, 7);
    assert.deepEqual([report.keptBack, report.runs], [1, []]);
    assert.equal(await count('utdanning/elev/elev'), 0);
  });

  it('changes nothing when it cannot be read to its end', async () => {
    const { code, stderr } = await run(['-'], full(pupils).slice(0, -200));
    assert.equal(code, 7);
    assert.match(stderr, /HUB-631/);
    assert.equal(await count('utdanning/elev/elev'), 0);
  });

  it('is delivered whole, and is no change when it comes again', async () => {
    const first = await run(['-'], full(pupils));
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual([...new Set(first.report.runs.map(({ state, type }) => `${type} ${state}`))], ['FULL completed']);
    assert.equal(
      first.report.runs.reduce((sum, { rejected }) => sum + rejected, 0),
      0,
    );
    assert.equal(await count('utdanning/elev/elev'), pupils.length);
    assert.equal(await count('utdanning/elev/klassemedlemskap'), pupils.length);
    const again = await run(['-'], full(pupils));
    assert.equal(
      again.report.runs.reduce((sum, { created, updated, removed }) => sum + created + updated + removed, 0),
      0,
    );
  });

  it('has its links at both ends', async () => {
    type Linked = { readonly _links: Readonly<Record<string, readonly { readonly href: string }[]>> };
    const client = await hub.as('client');
    const klass = await client.read<Linked>(`/utdanning/elev/klasse/${byId('5a')}`);
    assert.equal(klass['_links']['klassemedlemskap']?.length, pupils.length);
    assert.equal(klass['_links']['undervisningsforhold']?.length, 1);
    const staff = await client.read<Linked>(`/utdanning/elev/skoleressurs/${byId('e1')}`);
    assert.equal(staff['_links']['skole']?.length, 1);
    assert.equal(staff['_links']['skolestilling']?.length, 1);
    assert.equal(staff['_links']['undervisningsforhold']?.length, 1);
  });

  it('takes away what it no longer holds, which is held when it is much', async () => {
    const one = await run(['-'], full(pupils.slice(1)));
    assert.equal(one.code, 0, one.stderr);
    assert.equal(await count('utdanning/elev/elev'), pupils.length - 1);
    const much = await run(['-'], full(pupils.slice(20)));
    assert.equal(much.code, 9);
    const held = much.report.runs.filter(({ state }) => state === 'held');
    assert.ok(held.length > 0);
    assert.equal(await count('utdanning/elev/elev'), pupils.length - 1);
    const kept = await run(['-', '--delta'], full(pupils.slice(30)));
    assert.equal(kept.code, 0, kept.stderr);
    assert.equal(kept.report.mode, 'delta');
    assert.equal(await count('utdanning/elev/elev'), pupils.length - 1);
  });
});

const nameless = (id: string): string => person(id).replace('<family>Prøve</family>', '');

describe('a full file of which something is kept back', () => {
  it('removes nobody, says so, and does for who insists', async () => {
    const here = pupils.slice(1);
    await run(['-'], full(here));
    const [first = '', ...others] = here;
    const file = full(here).replace(person(first), nameless(first));
    const { code, report, stderr } = await run(['-'], file);
    assert.equal(code, 7, stderr);
    assert.deepEqual([report.mode, report.removalsWait], ['delta', true]);
    assert.ok(
      report.runs.every(({ type, state, removed }) => type === 'DELTA' && state === 'completed' && removed === 0),
    );
    assert.equal(await count('utdanning/elev/elev'), here.length);
    const insisted = await run(['-', '--full-anyway'], file);
    assert.equal(insisted.code, 0, insisted.stderr);
    assert.deepEqual([insisted.report.mode, insisted.report.removalsWait], ['full', false]);
    assert.equal(await count('utdanning/elev/elev'), others.length);
    await run(['-'], full(here));
    assert.equal(await count('utdanning/elev/elev'), here.length);
  });

  it('removes as ever when what is kept back has no place in the model', async () => {
    const here = pupils.slice(1);
    const file = full(here.slice(0, -1)).replace(
      '</enterprise>',
      `${membership('o', ['e1', role('02')])}</enterprise>`,
    );
    const { code, report, stderr } = await run(['-'], file);
    assert.equal(code, 0, stderr);
    assert.deepEqual([report.keptBack, report.mode], [1, 'full']);
    assert.equal(await count('utdanning/elev/elev'), here.length - 1);
    await run(['-'], full(here));
  });
});

describe('national ids', () => {
  const someone = '14851461249';
  const file = fileOf(
    `${person('p1')}${school}${group(`5A_${someone}_kontakt`, 'grp', ['3', 'kontaktlærergruppe'], 's')}${membership('s', ['p1', role('01')])}${membership(`5A_${someone}_kontakt`, ['p1', role('01')])}`,
  );
  const groups = 'utdanning/elev/kontaktlarergruppe';

  it('in ids are hidden with a key that is kept, and ids stay', async () => {
    const key = join(place.folder, 'keys', 'import.key');
    await run(['-', '--dry-run', '--key', key], file);
    assert.throws(() => statSync(key), /ENOENT/);
    const first = await run(['-', '--delta', '--key', key], file);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(statSync(key).mode & 0o777, 0o600);
    assert.match(readFileSync(key, 'utf8'), /^[0-9a-f]{64}\n$/);
    const again = await run(['-', '--delta', '--key', key], file);
    assert.deepEqual([...new Set(again.report.runs.map(({ created, updated }) => created + updated))], [0]);
    const delivered = await (await hub.as('client')).read(`/${groups}`);
    assert.equal(await count(groups), 1);
    assert.doesNotMatch(JSON.stringify(delivered), new RegExp(someone));
  });

  it('without a key that can be had deliver nothing', async () => {
    const many = await count(groups);
    const { code, stderr } = await run(
      ['-', '--delta', '--key', join(place.folder, 'keys', 'import.key')],
      file.replaceAll('_kontakt', '_andre'),
    );
    assert.equal(code, 0, stderr);
    const no = join(place.folder, 'no.key');
    writeFileSync(no, 'nothing');
    const refused = await run(['-', '--delta', '--key', no], file.replaceAll('_kontakt', '_tredje'));
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /HUB-640/);
    assert.equal(await count(groups), many + 1);
  });
});

describe('a delta', () => {
  it('is read with the groups that a full file has left behind', async () => {
    const memory = join(place.folder, 'groups.ndjson');
    const delta = fileOf(
      `<person recstatus="1">${sourcedid('ny')}<userid useridtype="studentID">99</userid><name><n><given>Ny</given><family>Elev</family></n></name></person>${membership('5a', ['ny', role('01', '<status>1</status>', ' recstatus="1"')], ['p5', role('01', '<status>0</status>', ' recstatus="3"')])}`,
      { type: 'delta' },
    );
    const unknown = await run(['-'], delta);
    assert.equal(unknown.report.keptBack, 2);
    await run(['-', '--remember', memory], full(pupils.slice(1)));
    const members = await count('utdanning/elev/klassemedlemskap');
    const { code, report, stderr } = await run(['-', '--remember', memory], delta);
    assert.equal(code, 0, stderr);
    assert.equal(report.keptBack, 0);
    assert.deepEqual([...new Set(report.runs.map(({ type, state }) => `${type} ${state}`))].sort(), [
      'DELETE completed',
      'DELTA completed',
    ]);
    assert.equal(await count('utdanning/elev/klassemedlemskap'), members);
  });
});

const named = (): readonly string[] => readdirSync(temporary).filter((name) => name.startsWith('bindeledd-'));

describe('what is around it', () => {
  it('says who may not deliver, and what is no file', async () => {
    const refused = await runCommand(['import', 'pifu', sample, '--url', hub.url, '--json', '--client-id', 'adapter'], {
      env: { BINDELEDD_CLIENT_SECRET: 'wrong', TMPDIR: temporary },
    });
    assert.equal(refused.code, 3, refused.stderr);
    assert.equal((await run([join(place.folder, 'borte.xml')])).code, 2);
    writeFileSync(join(place.folder, 'ims.xml'), '<enterprise/>');
    assert.equal((await run([join(place.folder, 'ims.xml')])).code, 7);
  });

  // What is open and has no name goes with the process: killed, out of memory or without power.
  const notLinux = process.platform === 'linux' ? false : 'open files are seen on Linux only';
  it('puts nothing under a name, even while it reads', { timeout: 30_000, skip: notLinux }, async () => {
    for (const signal of ['SIGHUP', 'SIGTERM', 'SIGKILL'] as const) {
      const child = spawn(process.execPath, [join(root, 'src/app/main.ts'), 'import', 'pifu', '-', '--dry-run'], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      after(() => child.kill('SIGKILL'));
      const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
      child.stdin.write(full(pupils).slice(0, 2_000));
      const descriptors = `/proc/${child.pid}/fd`;
      const opened = (): readonly string[] =>
        readdirSync(descriptors).filter((one) => {
          try {
            return readlinkSync(join(descriptors, one)).startsWith(join(temporary, 'bindeledd-import-'));
          } catch {
            return false;
          }
        });
      // A file has its name for the moment between opening it and taking that away.
      while (opened().length < 2 || named().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const one of opened()) assert.equal(statSync(join(descriptors, one)).mode & 0o777, 0o600);
      child.kill(signal);
      assert.equal(await ended, signal === 'SIGKILL' ? null : 130);
      assert.deepEqual(named(), []);
    }
  });

  it('leaves nothing behind', () => {
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('bindeledd-')),
      [],
    );
  });
});
