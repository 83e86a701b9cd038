// What the API says of itself: two documents that linters read, that hold every collection with what can be asked of it, and that answers keep to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeFsApi } from '#apis/fs-api/fs-api.ts';
import { serveResources } from '#apis/fs-api/operations.ts';
import { fsResources } from '#mappings/fs-resources.ts';
import { golden } from '../../golden.ts';
import { model } from '../../hub/world.ts';
import { openFsApiWorld, type FsApiWorld } from './fs-api-world.ts';
import { teaching } from './teaching.ts';

type Json = { readonly [name: string]: Json } & readonly Json[];

const { openapi, swagger } = describeFsApi(model, 'https://hub.example') as unknown as {
  readonly openapi: Json;
  readonly swagger: Json;
};

const lint = async (document: Json): Promise<readonly string[]> => {
  const config = await createConfig({
    extends: ['minimal'],
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'operation-operationId': 'error',
      'operation-operationId-unique': 'error',
      'operation-description': 'error',
      'operation-4xx-response': 'off',
      'path-params-defined': 'error',
      'operation-parameters-unique': 'error',
      'parameter-description': 'error',
      'operation-tag-defined': 'error',
      'no-unused-components': 'error',
      'no-identical-paths': 'error',
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config, absoluteRef: 'fs-api.json' });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`);
};

let world: FsApiWorld;
before(async () => {
  world = await openFsApiWorld(teaching);
});
after(() => world.close());

test('both documents are what they say that they are', async () => {
  assert.equal(openapi['openapi'], '3.1.0');
  assert.equal(swagger['swagger'], '2.0');
  assert.deepEqual(await lint(openapi), []);
  assert.deepEqual(await lint(swagger), []);
  const broken = { ...swagger, paths: { ...swagger['paths'], '/x': { get: { responses: { 200: {} } } } } };
  assert.ok((await lint(broken as unknown as Json)).length > 0, 'the linter finds nothing');
});

test('the documents are the committed ones', () => {
  golden('fs-api/openapi.json', `${JSON.stringify(openapi, null, 1)}\n`);
  golden('fs-api/swagger.json', `${JSON.stringify(swagger, null, 1)}\n`);
});

test('every collection stands there with all that it is asked by, and what is not known of the original is marked', () => {
  const paths = swagger['paths'] ?? assert.fail();
  for (const { resource, known, readings } of serveResources(model)) {
    const list = paths[`/${resource.name}`]?.['get'] ?? assert.fail(resource.name);
    const names = [...(list['parameters'] ?? [])].map((one) => String(one['name']));
    assert.deepEqual(names, ['dbId', 'refId', 'fields', 'limit', 'page', ...known.filters]);
    const one = paths[`/${resource.name}/{key}`] ?? assert.fail(resource.name);
    const writes = readings.some((reading) => reading.writes !== null);
    assert.deepEqual(Object.keys(one), writes ? ['get', 'patch', 'delete'] : ['get'], resource.name);
    const drawn = fsResources.find(({ name }) => name === resource.name)?.reconstructed;
    assert.equal(list['x-reconstructed'] !== undefined, drawn, resource.name);
    if (writes) assert.equal(one['patch']?.['x-reconstructed'], true, resource.name);
  }
});

test('documents, pages and problems are as the description says', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...openapi, $id: 'fs-api' } as object);
  const check = (type: string, value: unknown): void => {
    const validate = ajv.compile({ $ref: `fs-api#/components/schemas/${type}`, unevaluatedProperties: false });
    assert.ok(validate(value), `${type}: ${JSON.stringify(validate.errors)}`);
  };
  let seen = 0;
  for (const { resource } of serveResources(model)) {
    for (const query of ['limit=0', 'limit=2', 'dbId=true&fields=*'])
      check(`${resource.type}Samling`, await world.get(`/${resource.name}?${query}`));
    for (const address of await world.items(`/${resource.name}?limit=0`)) {
      const document = await world.get(`${address}?dbId=true`);
      check(resource.type, document);
      seen += 1;
    }
  }
  assert.ok(seen > 40, `only ${seen}`);
  assert.throws(() => check('Emne', { href: 'x', nope: 1 }), /unevaluated/);
  check('Feil', (await world.ask('/emner?limit=-1')).body);
  check('Feil', (await world.ask('/emner/1,2,3')).body);
  check('Versjon', await world.get('/version'));
});

test('the documents are served to everybody, for the address of the hub', async () => {
  const { status, body, headers } = await world.ask('/models/swagger.json');
  assert.deepEqual([status, body['host'], body['basePath'], body['schemes']], [200, 'hub.test', '/fsapi', ['https']]);
  const again = await world.ask('/models/swagger.json', { headers: { 'if-none-match': String(headers['etag']) } });
  assert.equal(again.status, 304);
  assert.equal((await world.ask('/models/openapi.json')).body['openapi'], '3.1.0');
});

test('a type of FS GraphQL takes the place of every collection but one, and is there', () => {
  const types = new Set(
    [...model.classes.values()].filter((one) => one.package.startsWith('fs/')).map(({ className }) => className),
  );
  const without: string[] = [];
  for (const { resource } of serveResources(model))
    if (resource.successor === null) without.push(resource.name);
    else for (const type of resource.successor.split(', ')) assert.ok(types.has(type), `${resource.name}: ${type}`);
  assert.deepEqual(without, ['kvalifikasjonsgrunnlag']);
});
