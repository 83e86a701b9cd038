// From a request to its answer: one route per component, one row per kind of address. Called by fint-api.ts. Knows neither filters nor
// JSON; those are behind the files that answer.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import { clientScope } from '#model/openapi.ts';
import {
  answerAssets,
  answerCacheStatus,
  answerCatalogue,
  answerEmptyList,
  answerEmptyObject,
  answerHealth,
  rebuilt,
} from './admin.ts';
import { nothingNamed, turnedAway } from './answers.ts';
import { answerChanges } from './changes.ts';
import { commonHeaders } from './headers.ts';
import { parseAddress } from './parse.ts';
import type { FintAddress } from './parse.ts';
import { answerList, answerQuery, answerResource, answerState } from './reads.ts';
import type { FintCall, FintDeps } from './request.ts';
import { partOf } from './parts.ts';
import { deriveServed } from './served.ts';
import type { ServedComponent } from './served.ts';
import { answerStatus } from './status.ts';
import { answerWrite } from './writes.ts';

/** All of them come here, so that the answer can say what the address takes. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** One route per component of the model: `/utdanning/elev/*`. */
export const fintRoutes = (deps: FintDeps): readonly Route[] =>
  deriveServed(deps.model).map((component) => ({
    methods,
    path: `/${component.path}/*`,
    access: 'client',
    scopes: [clientScope],
    body: 'text',
    bodyLimit: limits.bodyBytes,
    part: (request) => partOf(component, request),
    handle: (request) => answer(deps, component, request),
  }));

const answer = (deps: FintDeps, component: ServedComponent, request: ApiRequest): Promise<ApiAnswer> | ApiAnswer => {
  const { principal } = request;
  if (principal === null) return turnedAway(problem('HUB-300', 'This address needs an access token.'));
  const address = parseAddress(component, request.rest);
  if (address === null) return nothingNamed;
  const allow = allowed(address);
  if (request.method === 'OPTIONS') return { kind: 'empty', status: 204, headers: { ...commonHeaders, allow } };
  if (!allow.includes(request.method)) return turnedAway(problem('HUB-105', refusal), { allow });
  return dispatch(deps, component, { request, principal: callerHere(principal) }, address);
};

/** What the address takes, for any class: which classes are written is the organisation's to say. */
const allowed = ({ kind }: FintAddress): string => {
  if (kind === 'list') return 'GET, HEAD, POST';
  if (kind === 'resource') return 'GET, HEAD, PUT, DELETE';
  return kind === 'query' || kind === 'rebuild' ? 'POST' : 'GET, HEAD';
};

const refusal = 'This address does not take the method.';

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const dispatch = (
  deps: FintDeps,
  component: ServedComponent,
  call: FintCall,
  address: FintAddress,
): Promise<ApiAnswer> | ApiAnswer => {
  switch (address.kind) {
    case 'resource': {
      const { collection, field, value } = address;
      return reading.has(call.request.method)
        ? answerResource(deps, call, address)
        : answerWrite(deps, call, { collection, target: { field, value } });
    }
    case 'list':
      return reading.has(call.request.method)
        ? answerList(deps, call, address.collection)
        : answerWrite(deps, call, { collection: address.collection, target: null });
    case 'query':
      return answerQuery(deps, call, address.collection);
    case 'last-updated':
    case 'size':
      return answerState(deps, call, { kind: address.kind, collection: address.collection });
    case 'changes':
      return answerChanges(deps, call, address.collection);
    case 'status':
      return answerStatus(deps, call, address);
    case 'catalogue':
      return answerCatalogue(deps, call, component);
    case 'health':
      return answerHealth(deps, call, component);
    case 'cache-status':
      return answerCacheStatus(deps, call, component);
    case 'assets':
      return answerAssets(call);
    case 'organisations':
    case 'caches':
      return answerEmptyList(call);
    case 'organisation':
      return answerEmptyObject(call);
    case 'rebuild':
      return rebuilt;
  }
};
