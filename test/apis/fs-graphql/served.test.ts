// The API in a whole hub, over HTTP: that it is mounted, whose number counts, tokens, sizes and addresses.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { buildSchema, getVariableValues, Kind, parse, validate } from 'graphql';
import { bundledModel } from '#app/bundled-model.ts';
import { limits } from '#base/limits.ts';
import { noExamples, readGraphqlExamples, type GraphqlExample } from '#model/graphql-examples.ts';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { systemClock } from '#base/clock.ts';
import { releaseInForce } from '#catalogue/calendar.ts';
import type { Release } from '#catalogue/contract.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { callerOf, tokenFor, type Caller } from '../../e2e/caller.ts';
import { startHub, type HubUnderTest } from '../../e2e/hub-under-test.ts';
import { temporaryPlace } from '../../e2e/place.ts';
import { golden } from '../../golden.ts';

const catalogueReleases = (): readonly Release[] => {
  const read = loadCatalogue();
  assert.ok(read.ok);
  return read.value.releases;
};

let hub: HubUnderTest;
let clients: ReadonlyMap<string, Caller>;

before(async () => {
  const organisations = [
    { id: 'sikt.test', settings: { institutionNumber: '7777' } },
    { id: 'annen.test', settings: { institutionNumber: '0186' } },
    { id: 'uten.test' },
  ];
  hub = await startHub({
    place: await temporaryPlace(),
    organisations,
    applications: organisations.map(({ id }) => ({ id: `klient-${id}`, kind: 'client', organisation: id })),
  });
  clients = new Map(
    await Promise.all(
      [...hub.credentials.values()].map(
        async ({ id, secret }) => [id, callerOf(hub.url, await tokenFor(hub.url, id, secret))] as const,
      ),
    ),
  );
});
after(() => hub.close());

const json = { 'content-type': 'application/json' };

type Body = {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

const post = async (client: string, body: string, target = '/graphql', headers = {}) => {
  const caller = clients.get(`klient-${client}.test`) ?? callerOf(hub.url, null);
  const answer = await caller.send('POST', target, { headers: { ...json, ...headers }, body });
  return { ...answer, body: JSON.parse(answer.text) as Body };
};

const land = (owner: string): string =>
  JSON.stringify({ query: `{ land(filter: { eierOrganisasjonskode: "${owner}" }) { totalCount } }` });

test('the number is that of the organisation that the token is for', async () => {
  for (const target of ['/graphql', '/graphql/'])
    assert.deepEqual((await post('sikt', land('7777'), target)).body.data, { land: { totalCount: 0 } });
  assert.deepEqual((await post('annen', land('186'))).body.data, { land: { totalCount: 0 } });
  const wrong = await post('sikt', land('186'));
  assert.equal(wrong.body.errors?.[0]?.extensions.code, 'HUB-204');
  assert.equal((await post('sikt', land('4711'))).text, wrong.text);
  assert.equal((await post('uten', land('7777'))).text, wrong.text);
});

test('without a token nothing is run, and a GET says what the address takes', async () => {
  assert.equal((await post('nobody', land('7777'))).status, 401);
  const got = await callerOf(hub.url, null).send('GET', '/graphql');
  assert.equal(got.status, 405);
  assert.equal(got.headers['allow'], 'POST');
});

test('a browser that opens an address of GraphQL gets a page with the examples, each right for its flags', async () => {
  const anybody = callerOf(hub.url, null);
  const examples = readGraphqlExamples(readGraphqlFiles(bundledModel));
  assert.ok(examples.ok);
  for (const [api, target] of [
    ['fs-graphql', '/graphql'],
    ['fint-graphql', '/graphql/graphql'],
  ] as const) {
    const page = await anybody.send('GET', target, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 200, target);
    const own: readonly GraphqlExample[] = (examples.value.get(api) ?? noExamples).examples;
    assert.equal([...page.text.matchAll(/data-example="/g)].length, own.length);
    assert.ok(own.length > 2);
    assert.equal((await anybody.send('GET', target, { headers: { accept: '*/*' } })).status, 405);
    for (const { query, flags, variables, title } of own) {
      const schema = buildSchema((await anybody.send('GET', `${target}/schema?flags=${flags.join()}`)).text);
      const document = parse(query);
      assert.deepEqual(validate(schema, document), [], title.en);
      const [operation] = document.definitions;
      assert.ok(operation?.kind === Kind.OPERATION_DEFINITION);
      const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
      assert.equal(values.errors, undefined, title.en);
      if (flags.length === 0) continue;
      const firm = buildSchema((await anybody.send('GET', `${target}/schema`)).text);
      assert.notDeepEqual(validate(firm, document), [], `${title.en} needs its flags`);
    }
  }
});

const fill = (length: number): string => {
  const start = JSON.stringify({ query: '{ __typename }', extensions: { fill: '' } });
  return start.replace('""', `"${'x'.repeat(length - start.length)}"`);
};

test('a body of a mebibyte is taken, one byte more is not', async () => {
  const most = await post('sikt', fill(limits.bodyBytes));
  assert.equal(most.status, 200, most.text.slice(0, 300));
  assert.equal((await post('sikt', fill(limits.bodyBytes + 1))).status, 413);
});

/** With all that mutations and events add: what a reviewer reads when the model, the data or the engine change. */
const published = [
  ['/specs/fs-graphql-production.graphql', 'fs-graphql/production.graphql'],
  ['/specs/fs-graphql-beta.graphql', 'fs-graphql/beta.graphql'],
  ['/specs/fs-graphql-experimental.graphql', 'fs-graphql/experimental.graphql'],
  ['/catalogue/apis/fs-graphql/contracts.json', 'fs-graphql/contracts.json'],
] as const;

test('schemas and contracts are open to all, as they are written down', async () => {
  const anybody = callerOf(hub.url, null);
  for (const [target, name] of published) {
    const answer = await anybody.send('GET', target);
    assert.equal(answer.status, 200, target);
    // Which main version is in force is told by the calendar and not by the API: the golden file has that of the preview.
    const version = releaseInForce(catalogueReleases(), systemClock.now())?.version ?? null;
    if (name.endsWith('/contracts.json')) assert.match(answer.text, new RegExp(`"catalogueVersion":${version},`));
    golden(name, answer.text.replace(/"catalogueVersion":\d+/, '"catalogueVersion":0'));
  }
});
