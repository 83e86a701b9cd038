// The contract of an API of the catalogue: its entry, its routes and its machine-readable descriptions. Implemented by one folder each
// under apis/, mounted by http/server.ts. Knows nothing of the server library.
import type { Readable } from 'node:stream';
import type { Problem } from '#base/errors.ts';
import type { Change, Coordinate, Status } from '#catalogue/contract.ts';
import type { Text } from '#model/model.ts';
import type { Principal } from '#hub/principal.ts';

export type ApiStatus = Status;

export type CatalogueEntry = {
  /** Short and stable, `fint`. */
  readonly id: string;
  readonly name: Text;
  readonly description: Text;
  readonly status: ApiStatus;
  readonly version: string;
};

/** A request as an API sees it: after limits, authentication and routing. */
export type ApiRequest = {
  readonly id: string;
  readonly method: string;
  /** Path as sent, percent-encoded, without the query; begins with `/`. */
  readonly path: string;
  /** The part of `path` that the route's `*` stood for, as sent (still percent-encoded), without a leading slash. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** One header by lower-case name; null when absent. */
  readonly header: (name: string) => string | null;
  /** Non-null on routes with access other than `open`. */
  readonly principal: Principal | null;
  /** Aborted when the client goes away or the deadline passes. */
  readonly signal: AbortSignal;
  /** The same, and aborted also when the client has ended its side of the connection: whoever would wait long for it need not. */
  readonly leaving: AbortSignal;
  /** The whole body as text (routes with body `text`); `''` without one. */
  readonly text: string;
  /** The whole body, decompressed (routes with body `bytes`); absent without one. */
  readonly bytes?: Buffer | undefined;
  /** The body as it arrives, already decompressed and bounded (routes with body `stream`); null without one. */
  readonly stream: Readable | null;
  /** The client takes gzip. */
  readonly gzip: boolean;
};

export type AnswerHeaders = Readonly<Record<string, string>>;

export type ApiAnswer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly headers?: AnswerHeaders;
      readonly value: unknown;
      readonly type?: string;
    }
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly headers?: AnswerHeaders;
      readonly bytes: Buffer | string;
      readonly type: string;
      /** The parts of the API that were used, where the address does not say it: by their coordinates, the same list for requests that are alike. */
      readonly uses?: readonly string[];
    }
  /** Chunks are written with back-pressure; the producer is stopped (`return()`) when the client goes away. */
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers?: AnswerHeaders;
      readonly chunks: AsyncIterable<Buffer>;
      readonly type: string;
      /** It waits for what comes, for as long as it likes: each piece goes out by itself, and nobody waits behind it. */
      readonly waits?: true;
    }
  | { readonly kind: 'empty'; readonly status: number; readonly headers?: AnswerHeaders }
  /** Rendered as application/problem+json; the pipeline gives the status of the code unless one is set. */
  | {
      readonly kind: 'problem';
      readonly problem: Problem;
      readonly status?: number;
      readonly headers?: AnswerHeaders;
      /** Refused before the hub was asked, so that nothing is in the audit yet: the pipeline sees to it. */
      readonly unrecorded?: true;
    };

/** A problem as its reader may see it: of what is not there and what may not be seen nothing but that, and nothing that is for the log alone. */
export type ShownProblem = {
  readonly problem: Omit<Problem, 'internal'>;
  readonly status: number;
  /** What such a problem is called, in the language of the reader. */
  readonly title: string;
  readonly language: 'nb' | 'en';
};

/** A problem in the form of an API. */
export type WrittenProblem = {
  readonly bytes: Buffer | string;
  readonly type: string;
  /** Where the form says another one; absent = the one that was given. */
  readonly status?: number;
  /** Beside those of the pipeline, which stay as they are. */
  readonly headers?: AnswerHeaders;
};

/** What is alike of routes that give something to everybody. */
export const openGet = { methods: ['GET'], access: 'open', scopes: [], body: 'none', bodyLimit: 0 } as const;

export type Route = {
  readonly methods: readonly string[];
  /** Literal, or ending in `/*`: everything below (the bare prefix included). Longest prefix wins. */
  readonly path: string;
  /** `open` needs no token; `client`, `adapter` and `admin` need a verified token of that kind; `any` one of a client or an adapter. */
  readonly access: 'open' | 'client' | 'adapter' | 'any' | 'admin';
  /** The scopes of which the token must carry one; none = no check. */
  readonly scopes: readonly string[];
  /** `text` is UTF-8. With `bytes` the API reads the letters itself, in any charset that Content-Type names. `stream`: a delivery, which may take long. */
  readonly body: 'none' | 'text' | 'bytes' | 'stream';
  /** Longest body on the wire, bytes. */
  readonly bodyLimit: number;
  /** True when the request may wait until something happens, and does no work meanwhile; absent = none does. */
  readonly waits?: (request: ApiRequest) => boolean;
  /** Within this long the answer has begun, milliseconds; absent = as of ordinary requests (`limits.requestMs`). */
  readonly deadlineMs?: number;
  /**
   * Requests count against the quota of the application in the organisation, and answers tell what is left of it. A function says which count;
   * those that wait never do. Absent = no quota.
   */
  readonly quota?: true | ((request: ApiRequest) => boolean);
  /**
   * The operation that a request calls, by its coordinate: `GET /path/{id}`, as the API's own description has it. Null = none. Pure and cheap: every request
   * is asked. Absent = of no request it can be said, or the answer says what was used.
   */
  readonly part?: (request: ApiRequest) => string | null;
  /** A national id anywhere in the address is refused (HUB-111) before anything else is looked at, for every method of the path. */
  readonly closedToNationalIds?: true;
  /**
   * How problems of the route are written, whoever found them: the API, or the pipeline before and after it. Those that no method of the path has to do
   * with are written as the first route of the path that has a way says. Pure; when it throws, the usual form is sent. Absent = the usual form.
   */
  readonly problems?: (shown: ShownProblem, request: ApiRequest) => WrittenProblem;
  /** Addresses below it come to it however they are encoded, also where the bytes are no UTF-8. Absent = such an address is one that nothing has. */
  readonly anyEncoding?: true;
  /** The secret of an application is taken as HTTP Basic beside tokens. Absent = tokens alone. */
  readonly basic?: true;
  /** With HTTP Basic, applications to which several organisations give access are refused, whichever they name. A token is always of one. */
  readonly oneInstitution?: true;
  readonly handle: (request: ApiRequest) => Promise<ApiAnswer> | ApiAnswer;
};

/** A published description (OpenAPI, JSON Schema, SDL …): its name is its golden file. */
export type Artefact = {
  readonly name: string;
  readonly type: string;
  readonly text: string;
  /** The id of the API that it tells of; absent = the one that publishes it. */
  readonly of?: string;
};

export type Api = {
  readonly entry: CatalogueEntry;
  readonly routes: readonly Route[];
  readonly describe: () => readonly Artefact[];
  /** Ids of the other APIs that some of its descriptions tell of; absent = of none. */
  readonly describesToo?: readonly string[];
  /** The status of parts that are offered otherwise than the API; absent = what its descriptions say. */
  readonly marks?: () => ReadonlyMap<Coordinate, ApiStatus>;
  /** What is wrong with a GraphQL document that is sent with some flags; absent = the API takes none. */
  readonly documentFaults?: (text: string, flags: readonly string[]) => readonly string[];
  /** What its own data announce; absent = nothing beside what the catalogue says. */
  readonly announced?: readonly Change[];
};
