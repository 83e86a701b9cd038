// The routes of all APIs as one table: one entry per path, methods inside. Built once at start by http/server.ts; two APIs that claim the
// same path and method stop the start.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';

/** A request as the hub's own pages see it: with the address of the other end of the connection. */
export type PageRequest = ApiRequest & { readonly remote: string };

/** A route as it is served. Every Route of an API is one. */
export type ServedRoute = Omit<Route, 'handle'> & {
  /** The catalogue id of the API that it belongs to; absent = none. */
  readonly api?: string;
  readonly handle: (request: PageRequest) => Promise<ApiAnswer> | ApiAnswer;
};

/** A part of the address space that a library answers by itself, behind the edge checks and with the hub's headers. */
export type RawMount = {
  /** Literal paths, or ending in `/*`. */
  readonly paths: readonly string[];
  readonly handle: (request: IncomingMessage, response: ServerResponse) => unknown;
};

export type Entry = {
  /** The path as declared: what logs and metrics name. */
  readonly pattern: string;
  /** Slashes before the part that `*` stands for; 0 for a literal path. */
  readonly depth: number;
  readonly methods: ReadonlyMap<string, ServedRoute>;
  readonly allow: string;
  readonly raw: RawMount['handle'] | null;
  /** No national id may stand in the address. */
  readonly closedToNationalIds: boolean;
  /** Addresses below it are taken however they are encoded. */
  readonly anyEncoding: boolean;
  /** How problems are written for which no method of the path is asked; null = the usual form. */
  readonly problems: NonNullable<Route['problems']> | null;
};

const shape = /^\/[A-Za-z0-9._~$/-]*\*?$/;

const entry = (pattern: string, methods: ReadonlyMap<string, ServedRoute>, raw: Entry['raw']): Entry => {
  if (!shape.test(pattern) || (pattern.endsWith('*') && !pattern.endsWith('/*')))
    throw new Error(`The path ${pattern} is not a literal or a prefix.`);
  const allowed = methods.has('GET') ? [...methods.keys(), 'HEAD'] : [...methods.keys()];
  return {
    pattern,
    depth: pattern.endsWith('/*') ? pattern.split('/').length - 1 : 0,
    methods,
    allow: [...new Set(allowed)].toSorted().join(', '),
    raw,
    closedToNationalIds: [...methods.values()].some((one) => one.closedToNationalIds === true),
    anyEncoding: [...methods.values()].some((one) => one.anyEncoding === true),
    problems: [...methods.values()].find((one) => one.problems !== undefined)?.problems ?? null,
  };
};

/** What stands for an address that no API has. */
export const nowhere: Entry = {
  pattern: '(none)',
  depth: 0,
  methods: new Map(),
  allow: '',
  raw: null,
  closedToNationalIds: false,
  anyEncoding: false,
  problems: null,
};

/** The route of a method at an entry; undefined when none takes it. */
export const routeAt = ({ methods }: Entry, method: string): ServedRoute | undefined =>
  methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined);

/** Gathers routes and mounts into entries by path. Throws when two claim the same, or when a path is neither literal nor a prefix. */
export const buildEntries = (routes: readonly ServedRoute[], mounts: readonly RawMount[]): readonly Entry[] => {
  const byPath = new Map<string, Map<string, ServedRoute>>();
  for (const route of routes) {
    const methods = byPath.get(route.path) ?? new Map<string, ServedRoute>();
    byPath.set(route.path, methods);
    for (const method of route.methods) {
      if (methods.has(method)) throw new Error(`Two routes claim ${method} ${route.path}.`);
      methods.set(method, route);
    }
  }
  const entries = [...byPath].map(([path, methods]) => entry(path, methods, null));
  for (const mount of mounts) {
    for (const path of mount.paths) {
      if (byPath.has(path)) throw new Error(`A route and a mount claim ${path}.`);
      entries.push(entry(path, new Map(), mount.handle));
    }
  }
  return entries;
};

/** Finds the entry of a request by its address as it was sent; null when that takes a router. */
export type Straight = (method: string | undefined, url: string | undefined) => Entry | null;

/**
 * A look-up for what nearly all requests are: a GET of something two names deep, with nothing in the address to be decoded. Covers the entries
 * `/a/b/*` below which no other entry stands, and finds what the router would find.
 */
export const straightTo = (entries: readonly Entry[]): Straight => {
  const byPrefix = new Map<string, Entry>();
  for (const one of entries) {
    const prefix = one.pattern.slice(0, -1);
    const alone = entries.every((other) => other === one || !other.pattern.startsWith(prefix));
    if (one.depth === 3 && alone) byPrefix.set(prefix, one);
  }
  return (method, url) => {
    if (method !== 'GET' || url === undefined || url.includes('%')) return null;
    const end = url.indexOf('/', url.indexOf('/', 1) + 1);
    return byPrefix.get(url.slice(0, end + 1)) ?? null;
  };
};

/**
 * A look-up for addresses that a router cannot read, since their bytes are no UTF-8: the longest prefix, as it was sent, of those that take any encoding; null when
 * there is none.
 */
export const unreadableTo = (entries: readonly Entry[]): ((url: string | undefined) => Entry | null) => {
  const lenient = entries
    .filter((one) => one.anyEncoding && one.depth > 0)
    .toSorted((one, other) => other.pattern.length - one.pattern.length);
  return (url = '') => lenient.find(({ pattern }) => url.startsWith(pattern.slice(0, -1))) ?? null;
};
