// What is counted of the use of REST APIs: every operation of an API's own description is known again by an address of it, and no address gives
// anything that is not in the description.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { adminApi } from '#apis/admin/admin-api.ts';
import type { AdminPorts } from '#apis/admin/ports.ts';
import type { ApiRequest, Route } from '#apis/api.ts';
import { fintRoutes } from '#apis/fint/routes.ts';
import type { FintDeps } from '#apis/fint/request.ts';
import { vfsRoutes } from '#apis/flyt-skole/routes.ts';
import { prefix } from '#apis/flyt-skole/addresses.ts';
import { describeVfs } from '#apis/flyt-skole/vfs-api.ts';
import type { EventsPort, IngestPort } from '#apis/provider/ports.ts';
import { providerApi } from '#apis/provider/provider-api.ts';
import { openApiDocument } from '#model/openapi.ts';
import { everyOperation, hubBundles } from './flyt-skole/api-under-test.ts';
import { model } from './fint/model-under-test.ts';

type Described = {
  readonly name: string;
  readonly routes: readonly Route[];
  /** The documents that describe it. */
  readonly documents: () => readonly unknown[];
  /** Where the paths of the documents lie. */
  readonly base: string;
};

const nothing = {};
const provider = providerApi({ model, ingest: nothing as IngestPort, events: nothing as EventsPort });
const admin = adminApi(nothing as AdminPorts);
const vfs = everyOperation();

const apis: readonly Described[] = [
  {
    name: 'fint',
    routes: fintRoutes({ model } as FintDeps),
    documents: () => [...model.components.values()].map((component) => openApiDocument(model, component)),
    base: '',
  },
  {
    name: 'flyt-skole',
    routes: vfsRoutes(vfs.operations, vfs.schemas),
    documents: () => [JSON.parse(describeVfs(vfs, hubBundles(), 'https://hub.example'))],
    base: prefix,
  },
  {
    name: 'provider',
    routes: provider.routes,
    documents: () => provider.describe().map(({ text }) => JSON.parse(text)),
    base: '',
  },
  {
    name: 'admin',
    routes: admin.routes,
    documents: () => admin.describe().map(({ text }) => JSON.parse(text)),
    base: '',
  },
];

const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** `GET /path/{id}` of every operation. */
const operationsOf = ({ documents }: Described): ReadonlySet<string> =>
  new Set(
    documents().flatMap((document) =>
      Object.entries((document as { readonly paths: object }).paths).flatMap(([path, item]) =>
        Object.keys(item as object)
          .filter((method) => methods.has(method))
          .map((method) => `${method.toUpperCase()} ${path}`),
      ),
    ),
  );

const bare = (route: Route): string => (route.path.endsWith('/*') ? route.path.slice(0, -2) : route.path);

/** What the pipeline would ask the route of an address; undefined = no such route, or one that is open to all. */
const partOf = ({ routes }: Described, method: string, path: string): string | null | undefined => {
  const fitting = routes
    .filter((one) => path === bare(one) || (one.path.endsWith('/*') && path.startsWith(`${bare(one)}/`)))
    .toSorted((a, b) => bare(b).length - bare(a).length);
  const route = fitting.find(
    (one) => bare(one) === bare(fitting[0] ?? one) && one.methods.includes(method === 'HEAD' ? 'GET' : method),
  );
  if (route === undefined || route.access === 'open') return undefined;
  const rest = path.slice(bare(route).length).replace(/^\//, '');
  const request = { method, path, rest } as ApiRequest;
  assert.ok(route.part !== undefined, `${method} ${path} does not say what it is`);
  return route.part(request);
};

for (const api of apis)
  describe(`the operations of ${api.name}`, () => {
    const known = operationsOf(api);

    test('each is known again by its address', () => {
      assert.ok(known.size > 5, `${known.size} operations`);
      for (const operation of known) {
        const [method = '', path = ''] = operation.split(' ');
        const address = `${api.base}${path.replaceAll(/\{\w+\}/g, 'x7')}`;
        const part = partOf(api, method, address);
        // What is open to all is counted of nobody.
        if (part === undefined) continue;
        assert.equal(part, operation, address);
        if (method === 'GET') assert.equal(partOf(api, 'HEAD', address), operation);
      }
    });

    test('whatever the address, nothing else is counted', () => {
      const words = [...known].flatMap((operation) => operation.split('/').slice(1));
      const segment = fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...words) },
        fc.constantFrom('x7', '', '%', '%2f', 'ELEV', '..', '{id}'),
      );
      const starts = [...known].map((operation) => operation.slice(operation.indexOf(' ') + 1));
      fc.assert(
        fc.property(
          fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
          fc.constantFrom(...starts),
          fc.nat(5),
          fc.array(segment, { maxLength: 3 }),
          (method, start, cut, more) => {
            const path = [api.base, ...start.split('/').slice(1, 1 + cut), ...more].join('/').replace(/^\/\//, '/');
            const part = partOf(api, method, path);
            if (part !== undefined && part !== null) assert.ok(known.has(part), `${method} ${path}: ${part}`);
          },
        ),
        { numRuns: 1_000 },
      );
    });
  });

test('a class that answers under another component too is counted as itself', () => {
  const fint = apis[0];
  assert.ok(fint !== undefined);
  const person = [...model.collections.values()].find((one) => one.class.common);
  assert.ok(person !== undefined);
  const elsewhere = [...model.components.keys()].find(
    (path) => path.split('/')[0] === person.component.split('/')[0] && path !== person.component,
  );
  assert.ok(elsewhere !== undefined);
  assert.equal(partOf(fint, 'GET', `/${elsewhere}/${person.segment}`), `GET /${person.path}`);
});
