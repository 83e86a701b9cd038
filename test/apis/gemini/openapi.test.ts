// The OpenAPI document of Gemini: read by a linter against OpenAPI 3.0, held in a golden file, and complete.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { parse } from 'yaml';
import { geminiApi } from '#apis/gemini/gemini-api.ts';
import { createHoldings } from '#apis/gemini/holdings.ts';
import { createIds } from '#apis/gemini/ids.ts';
import type { GeminiDeps } from '#apis/gemini/operation.ts';
import { allOperations } from '#apis/gemini/operations.ts';
import { registers } from '#apis/gemini/mappings/registers.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { golden } from '../../golden.ts';
import { hubModel } from '../../model/models.ts';
import { fsRoots } from '../fs-graphql/face-under-test.ts';

const nobody = (): never => {
  throw new Error('there is no hub behind what is only described');
};
const model = hubModel();
const deps: GeminiDeps = {
  model,
  hub: { run: nobody },
  graph: { read: nobody },
  tables: { list: nobody, rows: nobody, one: nobody, walk: nobody, texts: nobody, write: nobody, outcome: nobody },
  sealing: { seal: nobody, open: nobody },
  clock: systemClock,
  random: systemRandom,
  baseUrl: () => 'https://hub.test',
  keys: fsRoots().ids,
  institutionNumber: nobody,
};
const api = geminiApi(deps);
const [artefact] = api.describe();
const text = artefact?.text ?? '';
type Json = Readonly<Record<string, unknown>>;
type Described = Json & {
  readonly operationId: string;
  readonly parameters?: readonly Json[];
  readonly responses: Json;
};
const document = JSON.parse(text) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
};
const ids = createIds(model, deps.keys);
const operations = allOperations({ ...deps, ids, holdings: createHoldings({ ...deps, ids }) });
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => ({ path, method: method.toUpperCase(), one })),
);

const lint = async (source: string): Promise<readonly string[]> => {
  const config = await createConfig({
    extends: ['minimal'],
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'operation-operationId': 'error',
      'operation-operationId-unique': 'error',
      'operation-summary': 'error',
      'operation-description': 'error',
      'parameter-description': 'error',
      'operation-4xx-response': 'error',
      'operation-tag-defined': 'error',
      'path-params-defined': 'error',
      'no-unused-components': 'error',
      'no-invalid-media-type-examples': 'error',
      'security-defined': 'error',
      'tag-description': 'error',
    },
  });
  const problems = await lintFromString({ source, config, absoluteRef: 'gemini.json' });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`);
};

test('it is the golden one, of OpenAPI 3.0.3', () => {
  assert.equal(artefact?.name, 'gemini/openapi.json');
  assert.equal(document.openapi, '3.0.3');
  golden('gemini/openapi.json', text);
});

test('it is served as YAML at the address of the original and at the older one, and as JSON', async () => {
  for (const path of [
    '/gemini/docs/openapi-bundle.yaml',
    '/docs/gemini/openapi-bundle.yaml',
    '/gemini/docs/openapi.json',
  ]) {
    const route = api.routes.find((one) => one.path === path);
    assert.equal(route?.access, 'open', path);
    const answer = await route.handle({ header: () => null, gzip: false, method: 'GET', path } as never);
    assert.ok(answer.kind === 'bytes', path);
    assert.match(answer.type, path.endsWith('.yaml') ? /^application\/yaml/ : /^application\/json/);
    // JSON is YAML.
    assert.deepEqual({ ...(parse(String(answer.bytes)) as Json), servers: [] }, { ...document, servers: [] });
  }
});

test('a linter holds it to OpenAPI 3.0', async () => {
  assert.deepEqual(await lint(text), []);
  // It does look: neither of these is OpenAPI 3.0.
  assert.ok(
    (await lint(text.replace('"openapi":', '"webhooks": {}, "openapi":'))).some((one) => one.startsWith('struct')),
  );
  assert.ok((await lint(text.replace(/"operationId": "\w+"/, '"operationIds": []'))).length > 0);
});

test('it describes every operation, and nothing else', () => {
  assert.deepEqual(
    described.map(({ method, path }) => `${method} ${path}`).toSorted(),
    operations.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

test('every operation that the contract has is there', () => {
  const below = '/personer/{personId}';
  const plan = `${below}/utdanningsplaner/{utdanningsplanId}`;
  const wanted = [
    'GET /personer',
    'POST /personer',
    `GET ${below}`,
    `GET ${below}/utdanningsplaner`,
    ...['emner', 'eksternresultater'].flatMap((one) => [`POST ${plan}/${one}`, `DELETE ${plan}/${one}`]),
    ...['emnefritak', 'eksternresultater'].flatMap((one) =>
      ['GET', 'POST', 'DELETE'].map((method) => `${method} ${below}/${one}`),
    ),
    `GET ${below}/resultatutveksling`,
    `POST ${below}/resultatutveksling`,
    `GET ${below}/utvekslingsopphold`,
    ...'terminer termintyper tidsenheter vektingstyper emnekategorier emnekombinasjoner emnevalgstatuser utdanningsplanelementer utdanningsplanelementtyper eksternresultatperioder eksternresultatbeskrivelsesmodeller eksternresultatregistreringskilder eksternresultatkategorier studienivaer studienivaintervaller vurderingsresultatstatuser campuser bygninger rom romtyper land landtyper kommuner sprak organisasjonsenheter institusjoner fakulteter fag studieprogrammer studieretninger kull emner studentstatuser'
      .split(' ')
      .map((one) => `GET /${one}`),
  ];
  const there = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual(
    wanted.filter((one) => !there.has(one)),
    [],
  );
  // Beside these: what became of a change.
  assert.deepEqual(
    [...there].filter((one) => !wanted.includes(one)),
    ['GET /endringer/{endringId}'],
  );
  assert.equal(registers.length, 33);
});

test('writes to plans and exemptions say that they take the number of a case, and no others', () => {
  for (const { method, path, one } of described) {
    const journal = (one.parameters ?? []).find(({ name }) => name === 'X-Journalnummer');
    const wanted = method !== 'GET' && /utdanningsplaner|emnefritak/.test(path);
    assert.equal(journal !== undefined, wanted, `${method} ${path}`);
    if (journal !== undefined) assert.equal(journal['required'], true);
  }
});

test('members that were renamed have both names, everywhere', () => {
  const pairs = [
    ['institusjonId', 'institusjonsId'],
    ['emnekombinasjonId', 'emnekombinasjonsId'],
    ['studienivaFraId', 'StudienivaFraId'],
  ] as const;
  let found = 0;
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const properties = (schema['properties'] ?? {}) as Json;
    for (const [now, older] of pairs) {
      // Of an institution itself it is its own id.
      if (properties[now] === undefined || name === 'Institusjon') continue;
      found += 1;
      assert.ok(properties[older] !== undefined, `${name}.${now}`);
    }
  }
  assert.ok(found > 8, `only ${found}`);
});

test('every operation says how fast it is meant to be, and what of it is our own', () => {
  for (const { one } of described) assert.match(String(one['x-service-goal']), /^p95 ≤ (?:500 ms|5 s)$/);
  for (const { id, method, reconstructed } of operations)
    if (method === 'DELETE') assert.ok(reconstructed !== undefined, id);
  assert.equal(
    described.filter(({ one }) => one['x-reconstructed'] === true).length,
    operations.filter(({ reconstructed }) => reconstructed !== undefined).length,
  );
});
