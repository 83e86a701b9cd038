// Documents of applications from end to end: registered with a running hub, and named by the gate when what they ask for is gone.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readRelease, writeRelease } from '#app/kept-releases.ts';
import { civilDay, systemClock } from '#base/clock.ts';
import { documentEntry } from '#catalogue/client-document.ts';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import { runCommand, type Ended } from './hub-process.ts';

type Json = Readonly<Record<string, unknown>>;

let world: AdminWorld;
before(async () => {
  world = await startAdminWorld();
  for (const id of ['writer', 'neighbour'])
    writeFileSync(join(world.place.folder, `${id}.json`), JSON.stringify({ id, secret: world.secretOf(id) }));
});
after(() => world?.close());

const as = (who: string, words: readonly string[]): Promise<Ended> =>
  runCommand(['document', ...words, '--url', world.hub.url, '--credentials', join(world.place.folder, `${who}.json`)]);

const file = (text: string): string => {
  const at = join(world.place.folder, 'document.graphql');
  writeFileSync(at, text);
  return at;
};

const of = ['--app', 'client'];
const named = [...of, '--api', 'fint-graphql', '--name', 'What there is'];

test(
  'a document is registered, listed and taken away by whoever has the application',
  { timeout: 120_000 },
  async () => {
    const made = await as('writer', ['register', file('{ __typename }'), ...named, '--json']);
    assert.equal(made.code, 0, made.stderr);
    const { id } = JSON.parse(made.stdout) as { readonly id: string };
    const [listed, other] = await Promise.all([as('writer', ['list', ...of]), as('neighbour', ['list', ...of])]);
    assert.match(listed.stdout, new RegExp(`${id} +fint-graphql +What there is`));
    assert.notEqual(other.code, 0);
    const wrong = await as('writer', ['register', file('{ aldri }'), ...named]);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stderr, /text: Cannot query field "aldri"/);
    const missing = await as('writer', ['register', '/nowhere/at/all.graphql', ...named]);
    assert.match(missing.stderr, /cannot be read/);
    assert.equal((await as('writer', ['remove', id, ...of])).code, 0);
    assert.match((await as('writer', ['list', ...of])).stdout, /no such documents/);
  },
);

test('the gate names whose documents break and who has used what is gone', { timeout: 240_000 }, async () => {
  const [kept, changed] = ['kept', 'changed'].map((name) => join(world.place.folder, name));
  assert.ok(kept !== undefined && changed !== undefined);
  const made = await runCommand(['catalogue', 'release', '0', '--on', '2026-11-22', '--releases', kept]);
  assert.equal(made.code, 0, made.stderr);
  const release = readRelease(kept, 0);
  assert.ok(release.ok);
  // What was released had a field that there is not now.
  const artefacts = release.value.artefacts.map((one) =>
    one.name === 'fint-graphql/schema.graphql'
      ? { ...one, text: one.text.replace('type Query {', 'type Query {\n  borte: String') }
      : one,
  );
  assert.ok(writeRelease(changed, { ...release.value, artefacts }).ok);
  const document = {
    id: 'document-1',
    application: 'client',
    owner: 'fjord.test',
    api: 'fint-graphql',
    name: 'What is gone',
    flags: [],
    text: '{ borte }',
    createdAt: 1,
  };
  await world.hub.platform.putRegister({ entries: [documentEntry(document)] });
  const day = civilDay(systemClock.now()).date;
  await world.hub.platform.addPartUse('sandbox', [
    { application: 'nabo-client', api: 'fint-graphql', part: 'Query.borte', day, count: 3 },
  ]);
  const check = (...more: readonly string[]): Promise<Ended> =>
    runCommand(
      [
        'catalogue',
        'check',
        '--against',
        '0',
        '--releases',
        changed,
        '--environment',
        'sandbox',
        ...more,
        ...world.place.words,
      ],
      { env: world.place.env },
    );
  const [text, json] = await Promise.all([check(), check('--json')]);
  assert.match(text.stdout, /Query\.borte/);
  assert.match(text.stdout, new RegExp(`Hits nabo-client: 3 times, last on ${day}\\.`));
  assert.match(
    text.stdout,
    /cannot be run any more:\nfint-graphql {2}client \(fjord\.test\): What is gone\n {2}Cannot query field "borte"/,
  );
  const told = JSON.parse(json.stdout) as Json;
  assert.partialDeepStrictEqual(told['documents'], [
    { document: 'document-1', application: 'client', owner: 'fjord.test' },
  ]);
  // Whether it may be released is by the contract of the API; who is hit is told of what may not.
  assert.equal(json.code, 6);
});
