// FSWS-CRUD as one entry of the catalogue: three operations on tables, a schema, and where outcomes are told. Called by app/faces.ts. The wire form follows
// facts 5.3 and 13; what is not public is reconstructed, and marked so.
import { openGet, type Api, type ApiAnswer, type ApiRequest, type Route } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import type { Model } from '#model/model.ts';
import { clientScope } from '#model/openapi.ts';
import { tagOf, textAnswer } from '#apis/page-files.ts';
import { limits } from '#base/limits.ts';
import { readTable } from '#tables/read-table.ts';
import { about } from '#services/written-status.ts';
import { answered, operations, turnedAway, writtenProblem, xmlType, type OperationName } from './answers.ts';
import { readCrudTable } from './crud-table.ts';
import type { Crud, CrudCall, CrudDeps } from './deps.ts';
import { readForm } from './form.ts';
import { personNumberTable } from './mappings/person-number.ts';
import { crudTables } from './mappings/tables.ts';
import { failed, ok, type Outcome } from './outcome.ts';
import { readRequestXml, type RequestXml } from './request-xml.ts';
import { select, selectMany } from './select.ts';
import { answerOf, upsert } from './upsert.ts';
import { crudXsd } from './xsd.ts';

const apiId = 'fsws-crud';
export const prefix = '/fsrest/rest/crud';

/** Whether the model holds what the tables are made of. */
export const bearsCrud = (model: Model): boolean =>
  crudTables.every(({ variants }) => variants.every(({ collection }) => model.collections.has(collection)));

/** Builds the API. Throws at start when a table does not fit the model. */
export const fswsCrudApi = (deps: CrudDeps): Api => {
  const crud: Crud = {
    deps,
    tables: new Map(crudTables.map((table) => [table.name, { table, variants: readCrudTable(table, deps.model) }])),
    personNumber: readTable(personNumberTable, deps.model),
  };
  const xsd = crudXsd(crud.tables.values());
  return {
    entry: {
      id: apiId,
      name: { nb: 'FSWS-CRUD', en: 'FSWS-CRUD' },
      description: {
        nb: 'Rader i de vanligste tabellene leses og skrives med XML i et skjemafelt.',
        en: 'Rows of the most common tables are read and written with XML in a form field.',
      },
      status: 'not-further-developed',
      version: '1.6.0',
    },
    routes: [...operationRoutes(crud), outcomeRoute(crud), xsdRoute(xsd), otherwise],
    describe: () => [{ name: `${apiId}/crud.xsd`, type: 'application/xml', text: xsd }],
  };
};

/** A request that has been read: what it asks for, and what the address says of it. */
type Read = { readonly sent: RequestXml; readonly dryRun: boolean };

const handlers: Readonly<Record<OperationName, (crud: Crud, read: Read, call: CrudCall) => Promise<ApiAnswer>>> = {
  select: (crud, { sent }, call) => select(crud, sent, call),
  selectMany: (crud, { sent }, call) => selectMany(crud, sent, call),
  upsert: (crud, { sent, dryRun }, call) => upsert(crud, sent, dryRun, call),
};

const common = { access: 'client', scopes: [clientScope], problems: writtenProblem, basic: true, quota: true } as const;

const operationRoutes = (crud: Crud): readonly Route[] =>
  (Object.keys(operations) as OperationName[]).map((operation) => ({
    ...common,
    methods: ['POST'],
    path: `${prefix}/${operation}`,
    body: 'bytes',
    bodyLimit: limits.serviceBodyBytes,
    part: () => `POST /${operation}`,
    handle: async (request) => {
      const call = callOf(request);
      if (call === null) return turnedAway({ name: 'unknown' }, request);
      const read = await readRequest(operation, request);
      return read.ok ? handlers[operation](crud, read.value, call) : turnedAway(read.status, request);
    },
  }));

const callOf = (request: ApiRequest): CrudCall | null =>
  request.principal === null
    ? null
    : { request, context: { principal: callerHere(request.principal), requestId: request.id, api: apiId } };

const readRequest = async (operation: OperationName, request: ApiRequest): Promise<Outcome<Read>> => {
  const dryRun = dryRunOf(operation, request.query);
  if (!dryRun.ok) return dryRun;
  const text = readForm(request.header('content-type'), request.bytes ?? Buffer.alloc(0));
  if (!text.ok) return text;
  const sent = await readRequestXml(text.value, operations[operation].roots);
  return sent.ok ? ok({ sent: sent.value, dryRun: dryRun.value }) : sent;
};

const dryRunName = 'dryRun';

/** The one parameter that there is: `dryRun` of an upsert. */
const dryRunOf = (operation: OperationName, query: URLSearchParams): Outcome<boolean> => {
  for (const name of query.keys())
    if (operation !== 'upsert' || name !== dryRunName) return failed(about('parameter', name.slice(0, 64)));
  const [first = 'false', ...more] = query.getAll(dryRunName);
  if (more.length > 0 || (first !== 'true' && first !== 'false')) return failed(about('parameter', dryRunName));
  return ok(first === 'true');
};

/** What became of a row that a source decides about. */
const outcomeRoute = (crud: Crud): Route => ({
  ...common,
  methods: ['GET'],
  path: `${prefix}/status/*`,
  body: 'none',
  bodyLimit: 0,
  part: () => 'GET /status/{referanse}',
  handle: async (request) => {
    const call = callOf(request);
    if (call === null) return turnedAway({ name: 'unknown' }, request);
    if (!referenceForm.test(request.rest)) return turnedAway({ name: 'unknownReference' }, request);
    const written = await crud.deps.tables.outcome(request.rest, call.context);
    return written.kind === 'missing'
      ? answered('upsert', { name: 'unknownReference' }, request)
      : answerOf(written, request);
  },
});

const referenceForm = /^[A-Za-z0-9_-]{1,128}$/;

/** Open to all. */
const xsdRoute = (text: string): Route => {
  const document = { text, type: xmlType, etag: tagOf(Buffer.from(text)) };
  return { ...openGet, path: `${prefix}/xsd`, handle: (request) => textAnswer(request, document) };
};

/** What there is nothing at. */
const otherwise: Route = {
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  path: `${prefix}/*`,
  access: 'open',
  scopes: [],
  body: 'none',
  bodyLimit: 0,
  problems: writtenProblem,
  handle: (request) => turnedAway({ name: 'address' }, request),
};
