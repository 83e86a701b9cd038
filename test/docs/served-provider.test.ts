// The description of the adapter API and a running hub are the same, both ways: every route stands in it, and every operation answers with
// statuses, headers and bodies that it names.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { EventsPort, IngestPort } from '#apis/provider/ports.ts';
import { providerApi } from '#apis/provider/provider-api.ts';
import type { Caller } from '../e2e/caller.ts';
import { hubModel } from '../model/models.ts';
import { startDemo, type DemoHub } from './demo-hub.ts';

type Response = {
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
};
type Operation = { readonly responses: Readonly<Record<string, Response>> };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const model = hubModel();
const api = providerApi({ model, ingest: {} as IngestPort, events: {} as EventsPort });
const document = JSON.parse(api.describe()[0]?.text ?? '{}') as Document;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

const ofTransport = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'];

const corrId = '7d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a';
const adapterId = 'https://vendor.example/fjordheim.test/utdanning';
const page = (totalSize: number): string =>
  JSON.stringify({ metadata: { adapterId, corrId, totalSize, page: 1 }, resources: [] });

/** What is sent, in order: [operation, address, body, status]. The fourth empties a collection, so that there is a held run to decide. */
const calls: readonly (readonly [string, string, string | null, number])[] = [
  ['GET /provider/openapi', '/provider/openapi', null, 200],
  ['GET /provider/status', '/provider/status', null, 200],
  [
    'POST /provider/register',
    '/provider/register',
    JSON.stringify({
      adapterId,
      username: 'demo-adapter',
      heartbeatIntervalInMinutes: 1,
      capabilities: [{ domainName: 'utdanning', packageName: 'elev', resourceName: 'elev', fullSyncIntervalInDays: 1 }],
    }),
    200,
  ],
  ['POST /provider/{domain}/{package}/{resource}', '/provider/utdanning/elev/elev', page(0), 201],
  ['POST /provider/heartbeat', '/provider/heartbeat', '{}', 200],
  ['GET /provider/adapter', '/provider/adapter', null, 200],
  ['GET /provider/sync', '/provider/sync?state=held', null, 200],
  ['GET /provider/sync/{corrId}', `/provider/sync/${corrId}`, null, 200],
  ['POST /provider/sync/{corrId}/{decision}', `/provider/sync/${corrId}/reject`, null, 200],
  ['PATCH /provider/{domain}/{package}/{resource}', '/provider/utdanning/elev/elev', page(1), 409],
  ['DELETE /provider/{domain}/{package}/{resource}', '/provider/utdanning/elev/elev', '{}', 400],
  ['GET /provider/rejections/{domain}/{package}/{resource}', '/provider/rejections/utdanning/elev/elev', null, 200],
  ['GET /provider/event/{domain}', '/provider/event/utdanning', null, 200],
  ['GET /provider/event/{domain}/{package}', '/provider/event/utdanning/elev', null, 200],
  ['GET /provider/event/{domain}/{package}/{resource}', '/provider/event/utdanning/elev/elev?size=1', null, 200],
  [
    'POST /provider/event',
    '/provider/event',
    JSON.stringify({ corrId, adapterId, operationType: 'CREATE', rejected: true }),
    404,
  ],
  ['GET /provider/v2/event/{domain}', '/provider/v2/event/utdanning', null, 200],
  ['GET /provider/v2/event/{domain}/{package}', '/provider/v2/event/utdanning/elev', null, 200],
  ['GET /provider/v2/event/{domain}/{package}/{resource}', '/provider/v2/event/utdanning/elev/elev', null, 200],
  ['POST /provider/v2/event', '/provider/v2/event', JSON.stringify({ corrId, status: 'REJECTED' }), 404],
];

/** True when a route of this pattern takes the path. */
const matches = (pattern: string, path: string): boolean =>
  pattern === path ||
  (pattern.endsWith('/*') && (path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1))));

describe('the description of the adapter API', () => {
  let hub: DemoHub;
  let adapter: Caller;
  before(async () => {
    hub = await startDemo();
    adapter = await hub.as('demo-adapter');
  });
  after(() => hub?.stop());

  it('names every route, and no others', () => {
    for (const route of api.routes)
      for (const method of route.methods)
        assert.ok(
          operations.some((one) => one.method === method && matches(route.path, one.path)),
          `${method} ${route.path} is not described`,
        );
    for (const one of operations)
      assert.ok(
        api.routes.some((route) => route.methods.includes(one.method) && matches(route.path, one.path)),
        `${one.method} ${one.path} is not served`,
      );
  });

  it('is what the hub serves', async () => {
    assert.deepEqual(JSON.parse((await adapter.send('GET', '/provider/openapi')).text), document);
  });

  it('is what the hub does', async () => {
    assert.deepEqual(
      calls.map(([name]) => name).toSorted(),
      operations.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
    const ajv = new Ajv2020({ strict: false, formats: fullFormats });
    ajv.addSchema(document as object, 'https://test.test/provider');
    for (const [name, target, body, status] of calls) {
      const [method = ''] = name.split(' ');
      const sent = body === null ? {} : { headers: { 'content-type': 'application/json' }, body };
      const answer = await adapter.send(method, target, sent);
      assert.equal(answer.status, status, `${name}: ${answer.text}`);
      const operation = operations.find((one) => `${one.method} ${one.path}` === name)?.operation;
      const documented = operation?.responses[status] ?? (status >= 400 ? operation?.responses['default'] : undefined);
      assert.ok(documented !== undefined, `${name}: ${status}`);
      const known = new Set(Object.keys(documented.headers ?? {}).map((one) => one.toLowerCase()));
      for (const header of Object.keys(answer.headers))
        assert.ok(ofTransport.includes(header) || known.has(header), `${name}: ${header}`);
      const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
      if (documented.content === undefined) {
        assert.equal(answer.text, '', name);
        continue;
      }
      const { schema } = documented.content[type] ?? {};
      assert.ok(schema !== undefined, `${name}: ${type}`);
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://test.test/provider#/')) as object;
      const validate = ajv.compile(absolute);
      assert.ok(
        validate(type.includes('json') ? JSON.parse(answer.text) : answer.text),
        `${name}: ${ajv.errorsText(validate.errors)}`,
      );
    }
  });
});
