// What the APIs that speak GraphQL have alike on the wire, after GraphQL over HTTP: the route that takes operations, the form and the status of answers, and
// what is published of their schemas. Knows no API.
import { limits } from '#base/limits.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { Graphql, GraphqlAnswer } from '#graphql/answer-request.ts';
import { printSdl } from '#graphql/print-sdl.ts';
import { clientScope } from '#model/openapi.ts';
import type { Route } from './api.ts';
import type { Description } from './descriptions.ts';

/** Where operations are sent to. */
export const operationsRoute = (path: string, handle: Route['handle']): Route => ({
  methods: ['POST'],
  path,
  access: 'client',
  scopes: [clientScope],
  body: 'text',
  bodyLimit: limits.bodyBytes,
  deadlineMs: limits.graphqlRequestMs,
  handle,
});

/**
 * True for JSON, with any parameters; a client that does not say what it sends is taken at its word. A page of another site can send texts and forms without
 * being asked, JSON it cannot.
 */
export const isJson = (contentType: string | null): boolean =>
  contentType === null || /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim());

const jsonType = 'application/json; charset=utf-8';
const graphqlType = 'application/graphql-response+json; charset=utf-8';

/** The media type of the answer: whatever parameters clients send with it (facts 2.1), the one of GraphQL only when it is asked for by name. */
export const answerType = (accept: string | null): string =>
  (accept ?? '').toLowerCase().includes('application/graphql-response+json') ? graphqlType : jsonType;

/** What is wrong with a body rather than with what it asks. */
const ofBody: ReadonlySet<ErrorCode | null> = new Set(['HUB-100', 'HUB-101']);

/** Clients that take plain JSON alone are told what is wrong with a document by 200. */
export const statusFor = ({ status, code }: Pick<GraphqlAnswer, 'status' | 'code'>, type: string): number =>
  status === 400 && type === jsonType && !ofBody.has(code) ? 200 : status;

/** A schema that flags open, as SDL at an address. `name` is that of the artefact. */
export const schemaDescription = (
  { schemas }: Pick<Graphql, 'schemas'>,
  { path, name, flags }: { readonly path: string; readonly name: string; readonly flags: readonly string[] },
): Description => ({
  path,
  artefact: () => ({
    name,
    type: 'application/graphql; charset=utf-8',
    text: printSdl(schemas(new Set(flags)).open),
  }),
});

/** What parts of an API are offered as, at the address that clients of the catalogue look at. */
export const contractsDescription = (apiId: string, text: () => string): Description => ({
  path: `/catalogue/apis/${apiId}/contracts.json`,
  artefact: () => ({ name: `${apiId}/contracts.json`, type: 'application/json', text: text() }),
});
