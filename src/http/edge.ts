// What is wrong with a request before anyone looks at what it asks for: what the parser of node lets through although two readers could
// understand it differently (trust facts 3.5, C22). Called by the pipeline first of all. Pure.
import type { IncomingMessage } from 'node:http';
import { problem, type Problem } from '#base/errors.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import type { HttpLimits } from './limits.ts';

export type Refusal = {
  readonly problem: Problem;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The methods that any address of the hub may take. */
const knownMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const refuse = (code: Problem['code'], detail: string): Refusal => ({ problem: problem(code, detail) });

/** Null for a request that means one thing only and is within the limits; otherwise why not. The connection is closed after a refusal. */
export const edgeRefusal = (request: IncomingMessage, limits: HttpLimits): Refusal | null => {
  const { url = '', method = '', rawHeaders } = request;
  if (!knownMethods.includes(method)) {
    return {
      ...refuse('HUB-105', 'The method is not taken by any address.'),
      headers: { Allow: knownMethods.join(', ') },
    };
  }
  if (url.length > limits.urlBytes) {
    return { ...refuse('HUB-110', `The address is longer than ${limits.urlBytes} bytes.`), status: 414 };
  }
  if (url.charCodeAt(0) !== 47) return refuse('HUB-109', 'The request target must be a path, beginning with a slash.');
  if (url.includes('#')) return refuse('HUB-100', 'The request target holds a fragment.');
  if (rawHeaders.length > limits.headerCount * 2)
    return refuse('HUB-110', `There are more than ${limits.headerCount} headers.`);
  if (request.headers.host === undefined && request.httpVersionMinor !== 0) {
    return refuse('HUB-109', 'HTTP/1.1 needs a Host header.');
  }
  const twice = repeatedHeader(rawHeaders);
  if (twice !== null) return refuse('HUB-109', `The header ${twice} was sent more than once.`);
  if (request.headers['transfer-encoding'] !== undefined) {
    if (request.httpVersionMinor === 0) return refuse('HUB-109', 'HTTP/1.0 has no Transfer-Encoding.');
    if (request.headers['content-length'] !== undefined)
      return refuse('HUB-109', 'Content-Length and Transfer-Encoding exclude each other.');
  }
  return null;
};

const single = ['host', 'authorization', 'content-length', 'content-type', 'content-encoding', 'x-org-id'] as const;
const singleLengths: readonly boolean[] = Array.from({ length: 17 }, (_, length) =>
  single.some((name) => name.length === length),
);

const repeatedHeader = (rawHeaders: readonly string[]): string | null => {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (singleLengths[name.length] !== true) continue;
    const at = single.indexOf(name.toLowerCase() as (typeof single)[number]);
    if (at === -1) continue;
    if ((seen & (1 << at)) !== 0) return single[at] ?? null;
    seen |= 1 << at;
  }
  return null;
};

const cleanId = /^[A-Za-z0-9._-]{1,64}$/;
// Ids are logged and audited: what has the look of a national id is not taken for one.
const nationalId = /(?<!\d)\d{6}[-._]?\d{5}(?!\d)/;

/** The request id that the caller gave, when it is short, plain and no national id; else null. */
export const givenRequestId = (value: string | string[] | undefined): string | null =>
  typeof value === 'string' && cleanId.test(value) && !nationalId.test(value) ? value : null;

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace id of a W3C traceparent; null without a well-formed one. */
export const traceOf = (value: string | string[] | undefined): string | null =>
  typeof value === 'string' ? (traceparent.exec(value)?.[1] ?? null) : null;

const organisationParameter = /[?&](?:x[-_])?org[-_]?id=/i;
const organisationName = /^(?:x[-_])?org[-_]?id$/i;

/** The first organisation that header or query names and that is not the caller's; null when none is. The tenant comes from the token only. */
export const foreignOrganisation = (request: IncomingMessage, tenant: string): string | null => {
  const header = request.headers['x-org-id'];
  if (typeof header === 'string' && normaliseOrganisationId(header) !== normaliseOrganisationId(tenant)) return header;
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  if (mark === -1 || !(organisationParameter.test(url) || url.includes('%', mark))) return null;
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    if (organisationName.test(name) && normaliseOrganisationId(value) !== normaliseOrganisationId(tenant)) return value;
  }
  return null;
};
