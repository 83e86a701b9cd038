// The API as its routes give it: flags, media types, what is wrong before anything is run, and the descriptions that are published.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { buildSchema } from 'graphql';
import { limits } from '#base/limits.ts';
import { everyFlag, openFsWorld, type FsWorld } from './fs-world.ts';

let world: FsWorld;
before(async () => {
  world = await openFsWorld();
});
after(() => world.close());

const own = 'eierOrganisasjonskode: "7777"';
const firm = `{ emner(filter: { ${own} }) { totalCount } }`;
const beta = `{ kull(filter: { ${own} }) { totalCount } }`;
const experimental = `{ resultater(filter: { ${own} }) { totalCount } }`;

const works = async (query: string, flags: string | null): Promise<boolean> => {
  const { body } = await world.post({ query }, flags === null ? {} : { headers: { 'feature-flags': flags } });
  assert.ok(body.errors === undefined || body.errors.every(({ extensions }) => extensions.code === 'HUB-131'));
  return body.errors === undefined;
};

test('flags open what they name and nothing else, with blanks or without', async () => {
  for (const [flags, ...opens] of [
    [null, true, false, false],
    ['', true, false, false],
    ['beta', true, true, false],
    ['experimental', true, false, true],
    ['beta,experimental', true, true, true],
    [' beta ,  experimental ', true, true, true],
    ['EXPERIMENTAL, Beta,', true, true, true],
  ] as const)
    for (const [index, query] of [firm, beta, experimental].entries())
      assert.equal(await works(query, flags), opens[index], `${flags} ${query}`);
});

test('a flag that does not exist is an error that names those that do', async () => {
  const { body, status } = await world.post({ query: firm }, { headers: { 'feature-flags': 'beta, bet' } });
  assert.equal(status, 400);
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-103');
  assert.match(body.errors?.[0]?.message ?? '', /there are beta, experimental/);
});

test('where a hub is set so, a flag opens what is firmer too', async () => {
  const implying = await openFsWorld({ flagsImply: true });
  const { body } = await implying.post({ query: beta }, { headers: { 'feature-flags': 'experimental' } });
  assert.equal(body.errors, undefined);
  await implying.close();
});

test('introspection shows what the flags open', async () => {
  const query =
    '{ a: __type(name: "Kull") { name } b: __type(name: "Sensurkommisjon") { name } __schema { queryType { name } } }';
  const plain = await world.post({ query });
  assert.deepEqual(plain.body.data, { a: { name: 'Kull' }, b: null, __schema: { queryType: { name: 'Query' } } });
  const all = await world.post({ query }, { headers: everyFlag });
  assert.deepEqual(all.body.data?.['b'], { name: 'Sensurkommisjon' });
});

test('the answer is JSON whatever parameters are asked for, and the type of GraphQL when that is asked for', async () => {
  const json = await world.post({ query: firm }, { headers: { accept: 'application/json;version=1' } });
  assert.equal(json.type, 'application/json; charset=utf-8');
  assert.equal(json.headers['cache-control'], 'no-store');
  const wrong = '{ nothing }';
  assert.equal((await world.post({ query: wrong })).status, 200);
  const asking = { accept: 'application/graphql-response+json, application/json;q=0.9' };
  const graphql = await world.post({ query: wrong }, { headers: asking });
  assert.equal(graphql.type, 'application/graphql-response+json; charset=utf-8');
  assert.equal(graphql.status, 400);
  assert.equal((await world.post({ query: firm }, { headers: asking })).status, 200);
});

test('what is wrong before anything is run is told in the form of GraphQL', async () => {
  const told = async (body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await world.post(body, { headers });
    assert.equal(answer.body.data, undefined);
    return `${answer.status} ${answer.body.errors?.[0]?.extensions.code}`;
  };
  assert.equal(await told('{'), '400 HUB-101');
  assert.equal(await told([{ query: firm }]), '400 HUB-100');
  assert.equal(await told({}), '400 HUB-100');
  assert.equal(await told({ query: '{ emner' }), '200 HUB-130');
  assert.equal(await told({ query: '{ emne }' }), '200 HUB-131');
  assert.equal(
    await told({ query: `query($o: String!) { emner(filter: { eierOrganisasjonskode: $o }) { totalCount } }` }),
    '200 HUB-133',
  );
  assert.equal(await told({ query: firm, operationName: 'x' }), '200 HUB-135');
  assert.equal(await told({ query: firm }, { 'content-type': 'text/plain' }), '415 HUB-104');
  assert.equal(
    await told({ query: firm }, { 'idempotency-key': 'x'.repeat(limits.idempotencyKeyLength + 1) }),
    '400 HUB-103',
  );
  assert.equal(
    (await world.post({ query: firm }, { headers: { 'idempotency-key': 'x'.repeat(limits.idempotencyKeyLength) } }))
      .status,
    200,
  );
  assert.equal(
    (await world.post({ query: firm }, { headers: { 'content-type': 'application/json;version=1' } })).status,
    200,
  );
});

test('the address is the same with a slash at its end; a GET says that it takes POST', async () => {
  assert.equal((await world.post({ query: firm }, { path: '/graphql/' })).status, 200);
  const got = await world.post('', { method: 'GET' });
  assert.match(got.text, /HUB-105/);
  assert.equal(got.headers['allow'], 'POST');
});

test('values of a document that cannot be are named without being repeated', async () => {
  const { body, text } = await world.post({
    query: `query($d: [Date!]) { personProfiler(filter: { ${own}, fodselsdatoer: $d }) { totalCount } }`,
    variables: { d: ['01810112345'] },
  });
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-133');
  assert.equal(text.includes('01810112345'), false);
});

test('its schemas and its contracts are published', async () => {
  for (const level of ['production', 'beta', 'experimental']) {
    const answer = await world.post('', { method: 'GET', path: `/specs/fs-graphql-${level}.graphql` });
    assert.equal(answer.status, 200);
    assert.ok(buildSchema(answer.text).getType('Emne') !== undefined);
    assert.equal(answer.text.includes('type Sensurkommisjon '), level === 'experimental');
    const again = await world.post('', {
      method: 'GET',
      path: `/specs/fs-graphql-${level}.graphql`,
      headers: { 'if-none-match': answer.headers['etag'] ?? '' },
    });
    assert.equal(again.status, 304);
  }
  const index = await world.post('', { method: 'GET', path: '/catalogue/apis/fs-graphql/contracts.json' });
  const { elements } = JSON.parse(index.text) as { readonly elements: readonly Record<string, unknown>[] };
  const of = (coordinate: string) => elements.find((one) => one['coordinate'] === coordinate);
  assert.equal(of('Query.kull')?.['status'], 'beta');
  assert.equal(of('Emne.vurderingsenheter')?.['status'], 'experimental');
  assert.equal(of('Emne.kode'), undefined);
  assert.deepEqual(of('Query.emner'), {
    coordinate: 'Query.emner',
    status: 'production',
    since: '2026-11-22',
    deprecated: 'Bruk emnerV2. Fjernes tidligst 31.03.2028.',
    announced: '2026-11-22',
    earliestRemoval: '2028-03-31',
    replacement: 'Query.emnerV2',
  });
  assert.equal(of('FlerspraakligTekst.nob')?.['replacement'], 'FlerspraakligTekst.nb');
  assert.deepEqual(of('Query.kull'), {
    coordinate: 'Query.kull',
    status: 'beta',
    since: '2026-11-22',
    deprecated: null,
    announced: null,
    earliestRemoval: null,
    replacement: null,
  });
});

test('a query that nobody waits for any more is not read', async () => {
  const { body } = await world.post({ query: firm }, { signal: AbortSignal.abort() });
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-106');
});
