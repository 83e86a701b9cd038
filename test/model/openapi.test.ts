// OpenAPI documents of every component: golden as texts, and sound in structure: references resolve, operation ids are unique, every
// operation has answers, problems, both languages and a data class.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelApi } from '#apis/model/api.ts';
import type { JsonObject, JsonValue } from '#model/kinds.ts';
import { openApiDocument } from '#model/openapi.ts';
import { golden } from '../golden.ts';
import { entry, hubModel, modelOf, tinyFolder } from './models.ts';

const model = hubModel();

const asObject = (value: JsonValue | undefined): JsonObject => {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as JsonObject;
};

const operationsOf = (document: JsonObject): readonly JsonObject[] =>
  Object.values(asObject(document['paths'])).flatMap((item) => Object.values(asObject(item)).map(asObject));

const refsOf = (value: JsonValue): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(refsOf);
  return Object.entries(value).flatMap(([key, each]) => (key === '$ref' ? [String(each)] : refsOf(each)));
};

const resolve = (document: JsonObject, ref: string): JsonValue | undefined =>
  ref
    .slice(2)
    .split('/')
    .reduce<JsonValue | undefined>((at, step) => (at === undefined ? at : asObject(at)[step]), document);

test('the published artefacts are golden', () => {
  for (const artefact of modelApi(model).describe()) golden(artefact.name, artefact.text);
});

test('every reference resolves', () => {
  for (const component of model.components.values()) {
    const document = openApiDocument(model, component);
    const refs = refsOf(document);
    assert.ok(refs.length > 0);
    for (const ref of new Set(refs)) {
      assert.ok(ref.startsWith('#/components/'), ref);
      assert.ok(resolve(document, ref) !== undefined, `${component.path} ${ref}`);
    }
  }
});

test('operation ids are unique over all components', () => {
  const ids = [...model.components.values()].flatMap((one) =>
    operationsOf(openApiDocument(model, one)).map((each) => String(each['operationId'])),
  );
  assert.equal(new Set(ids).size, ids.length);
});

test('every operation has an answer, problems, both languages, a data class and its path parameters', () => {
  for (const component of model.components.values()) {
    const document = openApiDocument(model, component);
    for (const [path, item] of Object.entries(asObject(document['paths']))) {
      assert.ok(path.startsWith(`/${component.path}`), path);
      for (const operation of Object.values(asObject(item)).map(asObject)) {
        const id = String(operation['operationId']);
        const statuses = Object.keys(asObject(operation['responses']));
        assert.ok(
          statuses.some((status) => status.startsWith('2')),
          id,
        );
        for (const status of ['400', '401', '404', '500']) assert.ok(statuses.includes(status), `${id} ${status}`);
        for (const key of ['summary', 'x-summary-nb', 'x-data-class'])
          assert.equal(typeof operation[key], 'string', id);
        assert.equal(path.includes('{value}'), JSON.stringify(operation['parameters']).includes('identifierValue'), id);
      }
    }
  }
});

test('every route of the client API stands in the document', () => {
  const paths = Object.keys(asObject(openApiDocument(model, entry(model.components, 'utdanning/elev'))['paths']));
  for (const path of [
    '',
    '/admin/health',
    '/admin/assets',
    '/admin/cache/status',
    '/elev',
    '/elev/$query',
    '/elev/feidenavn/{value}',
    '/elev/systemid/{value}',
    '/elev/last-updated',
    '/elev/cache/size',
    '/elev/changes',
    '/elev/status/{corrId}',
    '/person/fodselsnummer/{value}',
  ])
    assert.ok(paths.includes(`/utdanning/elev${path}`), path);
});

test('the data class is the most protected of the attributes', () => {
  const document = openApiDocument(model, entry(model.components, 'utdanning/elev'));
  assert.equal(document['x-data-class'], 'special');
  const codes = openApiDocument(model, entry(model.components, 'felles/kodeverk/iso'));
  assert.equal(codes['x-data-class'], 'open');
  assert.equal(document['x-bindeledd-status'], 'production');
});

test('the document of the tiny model, as a reader sees it', () => {
  const tiny = modelOf(tinyFolder);
  const document = openApiDocument(tiny, entry(tiny.components, 'bibliotek/kodeverk'));
  golden('model/tiny/openapi.json', `${JSON.stringify(document, null, 2)}\n`);
});
