// Explanations of a whole hub at work: asked by the application itself and by the owner, over HTTP and from the command line; what is somebody else's,
// what never was and what is of another organisation are one answer, byte for byte; and each question is on record.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { explanationExample, explanationSchema } from '#apis/explanation-schema.ts';
import { accessAnswerSchema, type AccessAnswer } from '#apis/access-answer.ts';
import { limits } from '#base/limits.ts';
import type { Explanation } from '#hub/explain.ts';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import { call, type Answer, type Caller } from './caller.ts';
import { deliverPage, nationalIds, person, several } from './deliveries.ts';
import { runCommand, type Ended } from './hub-process.ts';
import { register } from './writers.ts';

const persons = 'utdanning/elev/person';

let world: AdminWorld;
let client: Caller;
let neighbour: Caller;
let writer: Caller;

before(async () => {
  world = await startAdminWorld();
  for (const id of ['client', 'writer', 'operator'])
    writeFileSync(join(world.place.folder, `${id}.json`), JSON.stringify({ id, secret: world.secretOf(id) }));
  [client, neighbour, writer] = [await world.as('client'), await world.as('nabo-client'), await world.as('writer')];
  const adapter = await world.as('adapter');
  await register(adapter);
  await deliverPage(adapter, persons, several(3, person));
  for (const [as, id, path] of [
    [client, 'whole', `/${persons}`],
    [client, 'nobody', `/${persons}/fodselsnummer/${nationalIds[9] ?? ''}`],
    [neighbour, 'neighbours', `/${persons}`],
  ] as const)
    await as.send('GET', path, { headers: { 'x-request-id': id } });
});
after(() => world?.close());

const ajv = new Ajv2020({ strict: false });
for (const [name, format] of Object.entries(fullFormats)) ajv.addFormat(name, format);
const isExplanation = ajv.compile(explanationSchema);
const isAccess = ajv.compile(accessAnswerSchema);

const explained = async (as: Caller, address: string): Promise<Explanation> => {
  const found = await as.read<Explanation>(address);
  assert.ok(isExplanation(found), JSON.stringify(isExplanation.errors));
  return found;
};

const codesOf = ({ parts }: Explanation): readonly string[] =>
  parts.flatMap(({ reasons }) => reasons.map(({ code }) => code));

const ofOwner = (request: string, organisation = 'fjord.test'): string =>
  `/admin/organisations/${organisation}/explanations/${request}`;

/** All of an answer that could tell something. */
const told = ({ status, headers, text }: Answer): unknown => {
  const { date: _date, ratelimit: _left, ...rest } = headers;
  return [status, rest, text];
};

const askFlagged = async (query: string, id: string, flags?: string): Promise<readonly string[]> => {
  await client.send('POST', '/graphql', {
    headers: {
      'content-type': 'application/json',
      'x-request-id': id,
      ...(flags === undefined ? {} : { 'feature-flags': flags }),
    },
    body: JSON.stringify({ query }),
  });
  const { parts } = await explained(client, `/explain/${id}`);
  return parts.flatMap(({ reasons }) => reasons.flatMap(({ code, flags: named = [] }) => [code, ...named]));
};

const searchAudit = async (application: string) => {
  const { text } = await writer.send('POST', '/admin/organisations/fjord.test/audit/search', {
    body: JSON.stringify({ application, limit: 200 }),
    headers: { 'content-type': 'application/json' },
  });
  return (JSON.parse(text) as { items: { operation: string; count: number; details: string }[] }).items;
};

const there = (as: string, words: readonly string[]): Promise<Ended> =>
  runCommand(['explain', ...words, '--url', world.hub.url, '--credentials', join(world.place.folder, `${as}.json`)]);

const here = (words: readonly string[]): Promise<Ended> =>
  runCommand(['explain', ...words, ...world.place.words], { env: world.place.env });

const good = ({ code, stdout, stderr }: Ended): Explanation => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Explanation;
};

const askFor = (body: string): Promise<Answer> =>
  call(world.hub.url, 'POST', '/catalogue/access-for', {
    headers: { 'content-type': 'application/json' },
    body,
  });

describe('explanations of a running hub', { timeout: 120_000 }, () => {
  it('give the application and the owner the same reasons', async () => {
    const mine = await explained(client, '/explain/nobody');
    assert.deepEqual(codesOf(mine), ['protected-hidden', 'nothing-visible']);
    assert.equal(mine.parts[0]?.answer, 'empty');
    const its = await explained(writer, ofOwner('nobody'));
    assert.deepEqual(its.parts, mine.parts);
    assert.equal(its.grants[0]?.purpose, 'test');
    assert.deepEqual(codesOf(await explained(client, '/explain/whole')), ['protected-hidden']);
    assert.ok(isExplanation(explanationExample), JSON.stringify(isExplanation.errors));
  });

  it('explain what was refused on the way', async () => {
    await client.send('GET', `/${persons}`, { headers: { 'x-request-id': 'elsewhere', 'x-org-id': 'nabo.test' } });
    assert.deepEqual(codesOf(await explained(client, '/explain/elsewhere')), ['other-organisation']);
  });

  it('name the flag that a document lacked, and nothing of one that can never be run', async () => {
    const campuser = '{ campuser(filter: { eierOrganisasjonskode: "1" }, first: 1) { totalCount } }';
    assert.deepEqual(await askFlagged(campuser, 'flagged'), ['flag-missing', 'beta']);
    assert.deepEqual(await askFlagged('{ nothing }', 'invalid'), ['document-invalid']);
  });

  it('answer what is not the asker’s to know as what never was', async () => {
    const same = { headers: { 'x-request-id': 'asking' } };
    const never = told(await client.send('GET', '/explain/never', same));
    assert.equal((never as readonly unknown[])[0], 404);
    for (const id of ['neighbours', 'x'.repeat(65), '%00', 'a%2Fb', '.', 'asking'])
      assert.deepEqual(told(await client.send('GET', `/explain/${id}`, same)), never, id);
    const nothing = told(await writer.send('GET', ofOwner('never'), same));
    for (const id of ['neighbours', 'nobody?application=nabo-client', 'x'.repeat(65)])
      assert.deepEqual(told(await writer.send('GET', ofOwner(id), same)), nothing, id);
    assert.deepEqual(told(await writer.send('GET', ofOwner('neighbours', 'nabo.test'), same)), nothing);
    assert.equal((await client.send('GET', ofOwner('nobody'))).status, 403);
    assert.equal((await writer.send('GET', '/explain/nobody')).status, 403);
  });

  it('stand in the audit, with the request that was explained', async () => {
    const own = (await searchAudit('client')).filter(({ operation }) => operation === 'explain');
    assert.ok(own.some(({ details, count }) => details === 'nobody' && count === 1));
    assert.ok(own.some(({ details, count }) => details === '' && count === 0));
    const owners = (await searchAudit('writer')).filter(({ operation }) => operation === 'explain');
    assert.ok(owners.some(({ details }) => details === 'nobody'));
  });

  it('are read on the command line: by the owner from afar and beside the data, and by the application', async () => {
    const request = ['--request', 'nobody', '--json'];
    const remote = good(await there('writer', request));
    assert.deepEqual(good(await here([...request, '--org', 'fjord.test'])), remote);
    assert.deepEqual(good(await there('client', request)).parts, remote.parts);
    const { stdout } = await there('client', ['--request', 'nobody', '--lang', 'nb']);
    assert.match(stdout, /nothing-visible {2}Det er ingenting å vise/);
    assert.equal(
      (await there('client', ['--request', 'neighbours'])).code,
      (await there('client', ['--request', 'x'])).code,
    );
    assert.notEqual((await there('client', ['--request', 'neighbours'])).code, 0);
  });

  it('tell anybody what has to be asked for, within bounds', async () => {
    const asked = (question: object): Promise<Answer> => askFor(JSON.stringify(question));
    const found = await asked({ operation: `GET /${persons}/{field}/{value}` });
    assert.equal(found.status, 200, found.text);
    assert.ok(isAccess(JSON.parse(found.text)), JSON.stringify(isAccess.errors));
    const document = await asked({ document: '{ elev(systemId: "x") { feidenavn { identifikatorverdi } } }' });
    assert.equal((JSON.parse(document.text) as AccessAnswer).collections[0]?.collection, 'utdanning/elev/elev');
    for (const [question, status] of [
      [{}, 400],
      [{ operation: 'GET /x', document: '{ x }' }, 400],
      [{ operation: 7 }, 400],
      [{ document: '{ nothing }', api: 'nothing' }, 400],
      [{ document: '{ nothing }' }, 400],
      [{ operation: 'GET /x', more: 1 }, 400],
      [{ operation: 'GET /nothing/at/all' }, 404],
    ] as const)
      assert.equal((await asked(question)).status, status, JSON.stringify(question));
    assert.equal((await askFor('[]')).status, 400);
    const padded = (length: number): string => {
      const bare = JSON.stringify({ operation: `GET /${persons}` });
      return `${bare.slice(0, -1)}${' '.repeat(length - bare.length)}}`;
    };
    assert.equal((await askFor(padded(limits.accessForBytes))).status, 200);
    assert.equal((await askFor(padded(limits.accessForBytes + 1))).status, 413);
  });

  it('hold no national id, whatever was asked', async () => {
    const { text } = await client.send('GET', '/explain/nobody');
    for (const id of nationalIds.slice(0, 10)) assert.equal(text.includes(id), false);
    assert.equal((await client.send('GET', `/explain/${nationalIds[0] ?? ''}`)).status, 400);
  });
});
