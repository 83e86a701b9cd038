// The OpenAPI document of the API: what it says is read by a linter, by a validator and by a generator of client types, and is held in a golden file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { createChecks } from '#apis/flyt-skole/body-check.ts';
import type { Schema, Schemas } from '#mappings/mapping-schema.ts';
import type { Operation } from '#apis/flyt-skole/operation.ts';
import { describeVfs, flytSkoleApi } from '#apis/flyt-skole/vfs-api.ts';
import { golden } from '../../golden.ts';
import { root } from '../../model/models.ts';
import { describedDeps, everyOperation, hubBundles } from './api-under-test.ts';
import { clientTypes, compileClient } from './client-types.ts';
import { toyOperations } from './toy-operations.ts';

type Json = Readonly<Record<string, unknown>>;
type Described = Json & {
  readonly operationId: string;
  readonly parameters?: readonly Json[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<
        string,
        { readonly schema: Schema; readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }
      >
    >;
  };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly $ref?: string;
        readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
      }
    >
  >;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly tags: readonly Json[];
  readonly components: {
    readonly schemas: Schemas;
    readonly securitySchemes: {
      readonly oauth: {
        readonly flows: { readonly clientCredentials: { readonly scopes: Readonly<Record<string, string>> } };
      };
    };
  };
};

const group = everyOperation();
const { operations } = group;
const text = describeVfs(group, hubBundles(), 'https://hub.example');
const document = JSON.parse(text) as Document;
const described = Object.values(document.paths).flatMap((item) => Object.values(item));

/** What the linter says of a document. */
const lint = async (source: string): Promise<readonly string[]> => {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      // Addresses without a token, and those that take any, answer as all do.
      'operation-4xx-response': 'error',
      'operation-operationId': 'error',
      'operation-description': 'error',
      'parameter-description': 'error',
      'tag-description': 'error',
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'operation-tag-defined': 'error',
      'path-params-defined': 'error',
      'no-ambiguous-paths': 'off',
    },
  });
  const problems = await lintFromString({ source, config, absoluteRef: 'vfs.json' });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`);
};

const everything = (value: unknown, visit: (value: Json, at: string) => void, at = '#'): void => {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Json, at);
  for (const [name, inner] of Object.entries(value)) everything(inner, visit, `${at}/${name}`);
};

describe('the OpenAPI document', () => {
  it('is the golden one', () => {
    const [artefact] = flytSkoleApi(describedDeps()).describe();
    assert.equal(artefact?.name, 'flyt-skole/openapi.json');
    assert.equal(artefact?.text, text);
    golden('flyt-skole/openapi.json', text);
  });

  it('has nothing that a linter complains of', async () => {
    assert.deepEqual(await lint(text), []);
    // The linter does look.
    const broken = text.replace(/"operationId": "\w+",/, '');
    assert.ok((await lint(broken)).some((one) => one.startsWith('operation-operationId')));
  });

  it('describes every operation, and nothing else', () => {
    assert.deepEqual(
      described.map(({ operationId }) => operationId).toSorted(),
      operations.map(({ id }) => id).toSorted(),
    );
    assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length);
    for (const { id } of operations) assert.match(id, /^[a-z][A-Za-z]+$/);
  });

  it('has every operation in the page for developers', () => {
    const page = readFileSync(join(root, 'docs/how-to/flyt-skole.md'), 'utf8');
    const named = new Set([...page.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    assert.deepEqual(
      operations.map(({ id }) => id).filter((id) => !named.has(id)),
      [],
    );
  });

  it('says in both languages what things are', () => {
    const mute: string[] = [];
    everything({ paths: document.paths, components: document.components, tags: document.tags }, (one, at) => {
      if (/\/(?:examples?|x-codeSamples)(?:\/|$)/.test(at)) return;
      const says = typeof one['description'] === 'string';
      if (says && typeof one['x-nb'] !== 'string' && typeof one['x-title-nb'] !== 'string') mute.push(at);
    });
    assert.deepEqual(mute, []);
    const fields: string[] = [];
    for (const [name, schema] of Object.entries(document.components.schemas))
      for (const [field, property] of Object.entries((schema['properties'] ?? {}) as Schemas))
        if (typeof property['description'] !== 'string' && !('$ref' in property)) fields.push(`${name}.${field}`);
    // Of problems, which say it by their name.
    assert.deepEqual(
      fields.filter((one) => !/^(?:Problem|ProblemItem)\./.test(one)),
      [],
    );
  });

  it('gives answers and bodies names of their own, and no two paths of one form', () => {
    for (const { operationId, responses, requestBody } of described)
      for (const part of [...Object.values(responses), ...(requestBody === undefined ? [] : [requestBody])])
        for (const [type, { schema }] of Object.entries(part.content ?? {}))
          if (type.endsWith('json')) assert.deepEqual(Object.keys(schema), ['$ref'], operationId);
    const forms = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    assert.equal(new Set(forms).size, forms.length);
  });

  it('explains every scope that it names', () => {
    const { scopes } = document.components.securitySchemes.oauth.flows.clientCredentials;
    const bundles = hubBundles();
    for (const [scope, words] of Object.entries(scopes)) {
      assert.ok(bundles.bundles.has(scope) || bundles.aliases.has(scope), scope);
      assert.notEqual(words, scope);
    }
  });

  it('shows answers and bodies that fit their schemas', () => {
    const check = createChecks(document.components.schemas);
    let seen = 0;
    for (const { operationId, responses, requestBody } of described) {
      for (const { content = {} } of Object.values(responses))
        for (const { schema, example } of Object.values(content))
          if (example !== undefined) {
            seen += 1;
            assert.equal(check(schema)(example), null, `${operationId} ${JSON.stringify(example)}`);
          }
      for (const { schema, examples = {} } of Object.values(requestBody?.content ?? {}))
        for (const { value } of Object.values(examples)) {
          assert.equal(check(schema)(value), null, `${operationId} ${JSON.stringify(value)}`);
          seen += 1;
        }
    }
    assert.ok(seen > 40);
  });

  it('makes client types that compile, and that refuse what the API does not take', { timeout: 120_000 }, async () => {
    const declarations = await clientTypes(text);
    assert.equal(compileClient(declarations, clientProgram(operations)), '');
    const wrong = compileClient(
      declarations,
      `${clientStart}void call('listPupils', { query: { level: 'fourteen' } });\n`,
    );
    assert.match(wrong, /Type 'string' is not assignable to type 'number/);
    assert.match(compileClient(declarations, `${clientStart}void call('listPupil', {});\n`), /listPupil/);
  });
});

describe('the document of other operations', () => {
  it('marks an operation that is offered otherwise than the API', () => {
    const [first, ...rest] = toyOperations.operations;
    assert.ok(first !== undefined);
    const marked = { ...toyOperations, operations: [{ ...first, contract: 'experimental' as const }, ...rest] };
    const { paths } = JSON.parse(describeVfs(marked, hubBundles(), 'https://hub.example')) as {
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    const marks = Object.values(paths).flatMap((item) => Object.values(item).map((one) => one['x-bindeledd-status']));
    assert.deepEqual(
      marks.filter((one) => one !== undefined),
      ['experimental'],
    );
    assert.equal(paths[first.path]?.[first.method.toLowerCase()]?.['x-bindeledd-status'], 'experimental');
  });

  it('holds parameters, bodies, headers, scopes and samples', async () => {
    const toys = describeVfs(toyOperations, hubBundles(), 'https://hub.example');
    golden('flyt-skole/toys.json', toys);
    assert.deepEqual(
      (await lint(toys)).filter((one) => !one.startsWith('tag-description')),
      [],
    );
  });
});

/** A client in a few lines: every operation by its name, with what it takes, and what it answers. */
const clientStart = `import type { operations } from './api.d.ts';
type Given<K extends keyof operations, P extends string> = operations[K] extends { parameters: Record<P, infer V> } ? V : never;
type Optional<K extends keyof operations> = operations[K] extends { parameters: { query?: infer V } } ? Exclude<V, undefined> : never;
type Body<K extends keyof operations> = operations[K] extends { requestBody: { content: infer C } } ? C[keyof C] : never;
type Args<K extends keyof operations> = ([Given<K, 'path'>] extends [never] ? {} : { path: Given<K, 'path'> }) &
  ([Optional<K>] extends [never] ? {} : { query?: Optional<K> }) &
  ([Body<K>] extends [never] ? {} : { body: Body<K> });
type Success<K extends keyof operations> = Extract<keyof operations[K]['responses'], 200 | 201 | 202 | 204>;
type Answer<K extends keyof operations> = operations[K]['responses'][Success<K>] extends { content: infer C } ? C[keyof C] : unknown;
declare const call: <K extends keyof operations>(name: K, args: Args<K>) => Promise<Answer<K>>;
`;

const clientProgram = (all: readonly Operation[]): string => {
  const calls = all.map(({ id, path, parameters, body, examples }, index) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = (name: string | undefined): string => {
      const { enum: values } = parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
      return Array.isArray(values) ? String(values[0]) : 'x';
    };
    const [first] = examples.filter(({ status }) => status < 400);
    const query = Object.entries(first?.query ?? {}).map(([name, value]) => {
      const { type } = parameters.find((one) => one.name === name)?.schema ?? {};
      const given =
        type === 'array'
          ? value.split(',')
          : type === 'integer'
            ? Number(value)
            : type === 'boolean'
              ? value === 'true'
              : value;
      return [name, given];
    });
    const args = [
      ...(names.length === 0 ? [] : [`path: { ${names.map((name) => `${name}: '${inPath(name)}'`).join(', ')} }`]),
      ...(query.length === 0 ? [] : [`query: ${JSON.stringify(Object.fromEntries(query))}`]),
      ...(body === null ? [] : [`body: ${JSON.stringify(first?.body ?? {})}`]),
    ];
    return `const a${index} = await call('${id}', { ${args.join(', ')} });\nvoid a${index};`;
  });
  return `${clientStart}${calls.join('\n')}\nconst page = await call('listPupils', { query: { limit: 5 } });\nfor (const pupil of page.items) { const id: string = pupil.id; void id; }\nexport {};\n`;
};
