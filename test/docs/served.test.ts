// What the published documents promise and what a running hub with data serves are the same: every documented operation is asked, statuses
// and headers of the answers are documented, bodies are valid by the published schemas, and every resource of the county and of the municipality is valid too.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { parseAddress, type FintAddress } from '#apis/fint/parse.ts';
import { deriveServed } from '#apis/fint/served.ts';
import { schemaId } from '#model/json-schema.ts';
import { openApiDocument } from '#model/openapi.ts';
import type { Answer, Caller } from '../e2e/caller.ts';
import { hubModel } from '../model/models.ts';
import { startDemo, type DemoHub } from './demo-hub.ts';

type Operation = {
  readonly responses: Readonly<Record<string, unknown>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
type Entry = { readonly _links: { readonly self?: readonly { readonly href: string }[] } };
type Page = { readonly _embedded: { readonly _entries: readonly Entry[] } };

const entriesOf = ({ _embedded: { _entries: entries } }: Page): readonly Entry[] => entries;
const selfOf = ({ _links: { self = [] } }: Entry): readonly { readonly href: string }[] => self;

/** Headers of HTTP itself, which no document lists. */
const ofTransport = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** What FINT reads may carry, all told; `hub-sync-held` only while a run is held. */
const ofReads = [
  'cache-control',
  'etag',
  'hub-data-as-of',
  'hub-source',
  'hub-stale',
  'hub-sync-held',
  'last-modified',
  'link',
  'vary',
  'x-content-type-options',
  'x-core-version',
  'x-request-id',
];

const model = hubModel();

const follow = (document: Document, value: unknown): Record<string, unknown> => {
  const { $ref } = value as { readonly $ref?: string };
  if ($ref === undefined) return value as Record<string, unknown>;
  const [, , kind = '', name = ''] = $ref.split('/');
  return follow(document, document.components[kind]?.[name]);
};

/** Every operation of a document, with its path and method. */
const operationsOf = (document: Document): readonly (readonly [path: string, method: string, operation: Operation])[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => [path, method, operation] as const),
  );

const names = (headers: Answer['headers']): readonly string[] =>
  Object.keys(headers).filter((name) => !ofTransport.has(name));

const pointer = (...parts: readonly string[]): string =>
  parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

describe('the documents and a running hub', () => {
  let hub: DemoHub;
  let client: Caller;
  const firsts = new Map<string, Entry | undefined>();
  before(async () => {
    hub = await startDemo();
    client = await hub.as('demo-fint-client');
  });
  after(() => hub?.stop());

  const first = async (collection: string): Promise<Entry | undefined> => {
    if (!firsts.has(collection)) {
      const answer = await client.send('GET', `${collection}?size=1`);
      assert.equal(answer.status, 200, `${collection}: ${answer.text}`);
      firsts.set(collection, entriesOf(JSON.parse(answer.text) as Page)[0]);
    }
    return firsts.get(collection);
  };

  /** The address with a value that the county has, or null when no resource has that identifier. */
  const addressOf = async (path: string): Promise<string | null> => {
    if (!path.includes('{value}')) return path.replace('{corrId}', 'none');
    const [collection = '', field] = path.slice(0, -'/{value}'.length).split(/\/(?=[^/]+$)/);
    const start = `${hub.url}${collection}/${field}/`;
    const resource = await first(collection);
    const found = resource === undefined ? undefined : selfOf(resource).find(({ href }) => href.startsWith(start));
    return found?.href ?? null;
  };

  it('answer every operation of every component as documented', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const address of await client.read<string[]>('/model/openapi')) {
      if (address === '/model/openapi/provider') continue;
      const document = await client.read<Document>(address);
      const ajv = new Ajv2020({ strict: false, formats: fullFormats });
      ajv.addSchema(document as object, 'https://test.test/document');
      const compiled = new Map<string, ValidateFunction>();
      for (const [path, method, operation] of operationsOf(document)) {
        const target = await addressOf(path);
        const sized = target !== null && /\/changes$|\/\$query$/.test(path) ? `${target}?size=2` : target;
        const query = method === 'post' && path.endsWith('$query');
        const writes = !query && !path.includes('/admin/') && method !== 'get';
        const body = query
          ? { headers: { 'content-type': 'text/plain' }, body: 'x eq 1' }
          : writes && method !== 'delete'
            ? { headers: { 'content-type': 'application/json' }, body: '{}' }
            : { headers: { 'if-match': '"another"' } };
        const answer = await client.send(method.toUpperCase(), sized ?? path.replace('{value}', 'none'), body);
        asked++;
        const at = `${method} ${path}: ${answer.status}`;
        // Nothing of it is written: an empty resource is none, and what is to be removed is asked for by an ETag that nothing has.
        const wanted = writes
          ? [method === 'delete' ? 412 : 400, 403, 404, 405]
          : [path.endsWith('{corrId}') ? 410 : target === null ? 404 : query ? 400 : 200];
        if (!wanted.includes(answer.status)) wrong.push(`${at}, not ${wanted.join(' or ')}`);
        const documented = operation.responses[answer.status];
        if (documented === undefined) {
          wrong.push(`${at} is not documented`);
          continue;
        }
        const response = follow(document, documented) as {
          readonly headers?: object;
          readonly content?: Readonly<Record<string, unknown>>;
        };
        const known = new Set(Object.keys(response.headers ?? {}).map((name) => name.toLowerCase()));
        for (const name of names(answer.headers)) if (!known.has(name)) wrong.push(`${at}: header ${name}`);
        const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
        if (response.content === undefined) continue;
        if (response.content[type] === undefined) {
          wrong.push(`${at}: ${type} is not documented`);
          continue;
        }
        const { $ref } = documented as { readonly $ref?: string };
        const place =
          $ref === undefined ? pointer('paths', path, method, 'responses', String(answer.status)) : $ref.slice(2);
        const schema = `https://test.test/document#/${place}/${pointer('content', type, 'schema')}`;
        const validate = compiled.get(schema) ?? ajv.compile({ $ref: schema });
        compiled.set(schema, validate);
        if (!validate(JSON.parse(answer.text))) wrong.push(`${at}: ${ajv.errorsText(validate.errors).slice(0, 300)}`);
      }
    }
    assert.ok(asked > 1_000, `only ${asked} operations were found`);
    assert.deepEqual([...new Set(wrong)], []);
  });

  it('leave out no kind of address that the client API reads', () => {
    // The compiler sees to it that every kind has its line.
    const documentedAs: Readonly<Record<FintAddress['kind'], string>> = {
      catalogue: '',
      health: '/admin/health',
      assets: '/admin/assets',
      organisations: '/admin/organisations',
      organisation: '/admin/organisations/{organisation}',
      caches: '/admin/caches',
      'cache-status': '/admin/cache/status',
      rebuild: '/admin/cache/rebuild/{resource}',
      list: '/elev',
      query: '/elev/$query',
      'last-updated': '/elev/last-updated',
      size: '/elev/cache/size',
      changes: '/elev/changes',
      resource: '/elev/feidenavn/{value}',
      status: '/elev/status/{corrId}',
    };
    const served = deriveServed(model).find(({ path }) => path === 'utdanning/elev');
    const component = model.components.get('utdanning/elev');
    assert.ok(served !== undefined && component !== undefined);
    const paths = Object.keys((openApiDocument(model, component) as unknown as Document).paths);
    for (const path of paths)
      assert.notEqual(parseAddress(served, path.slice('/utdanning/elev/'.length)), null, `${path} leads nowhere`);
    for (const [kind, path] of Object.entries(documentedAs)) {
      assert.ok(paths.includes(`/utdanning/elev${path}`), path);
      assert.equal(parseAddress(served, path.slice(1))?.kind, kind, path);
    }
  });

  it('document the headers of reads, and no others', async () => {
    const document = await client.read<Document>('/model/openapi/utdanning/elev');
    const documented = operationsOf(document).flatMap(([, , { responses }]) =>
      responses['200'] === undefined
        ? []
        : Object.keys((follow(document, responses['200']) as { readonly headers?: object }).headers ?? {}),
    );
    assert.deepEqual([...new Set(documented.map((name) => name.toLowerCase()))].toSorted(), ofReads);
  });

  it('say that nothing has changed with documented headers', async () => {
    const document = await client.read<Document>('/model/openapi/utdanning/elev');
    const { headers } = follow(document, { $ref: '#/components/responses/NotModified' }) as {
      readonly headers?: object;
    };
    const known = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
    for (const path of ['/utdanning/elev/elev?size=2', '/utdanning/elev/elev/cache/size']) {
      const { headers: sent } = await client.send('GET', path);
      const again = await client.send('GET', path, { headers: { 'if-none-match': String(sent['etag']) } });
      assert.equal(again.status, 304);
      for (const name of names(again.headers)) assert.ok(known.includes(name), `${path}: ${name}`);
    }
  });

  it('give resources that are valid by the JSON Schema of their class', { timeout: 120_000 }, async () => {
    const ajv = new Ajv2020({ strict: false, formats: fullFormats });
    const compiled = new Map<string, ValidateFunction>();
    for (const address of await client.read<string[]>('/model/schema')) {
      const schema = await client.read<{ readonly $id: string }>(address);
      assert.equal(schema.$id, address);
      ajv.addSchema(schema);
    }
    const wrong: string[] = [];
    let seen = 0;
    for (const reader of [client, await hub.as('demo-municipality-client')])
      for (const { path, class: of } of model.collections.values()) {
        const validate = compiled.get(of.key) ?? ajv.compile({ $ref: schemaId(of) });
        compiled.set(of.key, validate);
        for (const entry of entriesOf(await reader.read<Page>(`/${path}`))) {
          seen++;
          if (!validate(entry)) wrong.push(`${path}: ${ajv.errorsText(validate.errors).slice(0, 300)}`);
        }
      }
    assert.ok(seen > 37_000, `only ${seen} resources were seen`);
    assert.deepEqual([...new Set(wrong)], []);
  });
});
