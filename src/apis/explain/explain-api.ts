// The API by which an application learns why an answer of its own was empty, refused or smaller. Mounted by app/faces.ts. Thin over hub/explain.ts: what
// is somebody else's, what never was and what is too old are one answer, byte for byte.
import { openGet, type Api, type ApiAnswer, type ApiRequest, type Route } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import type { Explanation } from '#hub/explain.ts';
import type { Principal } from '#hub/principal.ts';
import { accessForRoute, type AccessForPort } from './access-for.ts';
import { explainDocument } from './describe.ts';

export type ExplainDeps = {
  /** What has to be asked for to run something. */
  readonly accessFor: AccessForPort;
  /** Null where there is nothing to explain to the application. */
  readonly explain: (principal: Principal, request: string) => Promise<Explanation | null>;
  /** Puts the question into the audit of the organisation. Durable when it resolves; rejects when it cannot be recorded. */
  readonly record: (asked: {
    readonly principal: Principal;
    readonly requestId: string;
    /** The request that was explained; null = there was none. */
    readonly explained: string | null;
  }) => Promise<void>;
};

const nothing = problem('HUB-204', 'There is no request of this application here that can be explained.');

const idOf = (rest: string): string => {
  try {
    return decodeURIComponent(rest);
  } catch {
    return '';
  }
};

const answer = async ({ explain, record }: ExplainDeps, request: ApiRequest): Promise<ApiAnswer> => {
  const { principal, id, rest } = request;
  if (principal === null) return { kind: 'problem', problem: problem('HUB-300', 'A token is needed.') };
  const found = await explain(principal, idOf(rest));
  await record({ principal, requestId: id, explained: found?.request ?? null });
  if (found === null) return { kind: 'problem', problem: nothing };
  return { kind: 'json', status: 200, headers: { 'cache-control': 'no-store' }, value: found };
};

const coordinate = 'GET /explain/{request}';

const routesOf = (deps: ExplainDeps, document: string): readonly Route[] => [
  {
    ...openGet,
    path: '/explain/openapi',
    handle: () => ({
      kind: 'bytes',
      status: 200,
      headers: { 'cache-control': 'public, no-cache' },
      bytes: document,
      type: 'application/json',
    }),
  },
  {
    methods: ['GET'],
    path: '/explain/*',
    access: 'client',
    scopes: [],
    body: 'none',
    bodyLimit: 0,
    quota: true,
    closedToNationalIds: true,
    part: ({ rest }) => (rest === '' || rest.includes('/') ? null : coordinate),
    handle: (request) => answer(deps, request),
  },
  accessForRoute(deps.accessFor),
];

/** Builds the API. */
export const explainApi = (deps: ExplainDeps, document = explainDocument()): Api => ({
  entry: {
    id: 'explain',
    name: { nb: 'Forklaringer', en: 'Explanations' },
    description: {
      nb: 'Hvorfor et svar ble tomt, avvist eller mindre enn ventet, for applikasjonen som fikk det.',
      en: 'Why an answer was empty, refused or smaller than expected, for the application that got it.',
    },
    status: 'beta',
    version: '1.0.0',
  },
  routes: routesOf(deps, document),
  describe: () => [{ name: 'explain/openapi.json', type: 'application/json', text: document }],
});
