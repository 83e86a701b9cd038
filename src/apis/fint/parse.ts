// Reads addresses and query parameters of the FINT API (facts 2.1). Called by routes.ts and the files that answer. Knows no hub and renders nothing.
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { isCleanText, normalise } from '#base/text.ts';
import type { Collection } from '#model/model.ts';
import type { ServedComponent } from './served.ts';

/** What an address below a component names. */
export type FintAddress =
  | {
      readonly kind:
        | 'catalogue'
        | 'health'
        | 'assets'
        | 'organisations'
        | 'organisation'
        | 'caches'
        | 'cache-status'
        | 'rebuild';
    }
  | {
      readonly kind: 'list' | 'query' | 'last-updated' | 'size' | 'changes';
      readonly collection: Collection;
    }
  | { readonly kind: 'status'; readonly collection: Collection; readonly id: string }
  | { readonly kind: 'resource'; readonly collection: Collection; readonly field: string; readonly value: string };

/**
 * Takes the part of the path below the component, still percent-encoded. Gives null when nothing can be there: unknown names, bad
 * percent-encoding, no value. Names match without regard to case, values exactly; a value may span segments (facts 2.1, 9.4).
 */
export const parseAddress = (component: ServedComponent, rest: string): FintAddress | null => {
  const path = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  if (path === '') return { kind: 'catalogue' };
  const firstEnd = endOf(path, 0);
  const name = decode(path.slice(0, firstEnd))?.toLowerCase();
  if (name === undefined) return null;
  const collection = component.bySegment.get(name);
  if (collection === undefined) return name === 'admin' ? parseAdmin(path.slice(firstEnd + 1)) : null;
  if (firstEnd === path.length) return { kind: 'list', collection };

  const secondEnd = endOf(path, firstEnd + 1);
  const second = decode(path.slice(firstEnd + 1, secondEnd))?.toLowerCase();
  if (second === undefined || second.includes('/')) return null;
  const hasMore = secondEnd < path.length;
  const field = collection.identifierBySegment.get(second);
  if (field !== undefined) {
    const value = hasMore ? parseValue(path.slice(secondEnd + 1)) : null;
    return value === null ? null : { kind: 'resource', collection, field: field.segment, value };
  }
  const word = words.get(hasMore ? `${second}/` : second);
  if (word === undefined) return null;
  if (!hasMore && word !== 'status') return { kind: word, collection };
  const third = path.slice(secondEnd + 1);
  if (word === 'size') return third.toLowerCase() === 'size' ? { kind: word, collection } : null;
  const id = third.includes('/') ? undefined : decode(third)?.toLowerCase();
  return id === undefined || id === '' ? null : { kind: 'status', collection, id };
};

/** Reserved words in the place of an identifier name; with a slash when something follows. */
const words: ReadonlyMap<string, 'query' | 'last-updated' | 'size' | 'changes' | 'status'> = new Map([
  ['$query', 'query'],
  ['last-updated', 'last-updated'],
  ['changes', 'changes'],
  ['cache/', 'size'],
  ['status/', 'status'],
]);

const parseAdmin = (rest: string): FintAddress | null => {
  const path = decode(rest)?.toLowerCase() ?? '';
  const kind = adminWords.get(path);
  if (kind !== undefined) return { kind };
  const organisation = path.startsWith('organisations/') && !path.slice('organisations/'.length).includes('/');
  if (organisation) return { kind: 'organisation' };
  const rebuild = path.startsWith('cache/rebuild/') && !path.slice('cache/rebuild/'.length).includes('/');
  return rebuild ? { kind: 'rebuild' } : null;
};

const adminWords: ReadonlyMap<string, 'health' | 'assets' | 'organisations' | 'caches' | 'cache-status' | 'rebuild'> =
  new Map([
    ['health', 'health'],
    ['assets', 'assets'],
    ['organisations', 'organisations'],
    ['caches', 'caches'],
    ['cache/status', 'cache-status'],
    ['cache/rebuild', 'rebuild'],
  ]);

const endOf = (path: string, from: number): number => {
  const slash = path.indexOf('/', from);
  return slash === -1 ? path.length : slash;
};

const decode = (text: string): string | undefined => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

const parseValue = (text: string): string | null => {
  const value = decode(text);
  if (value === undefined || value === '' || !isCleanText(value)) return null;
  return value.length > limits.identifierBytes ? null : normalise(value);
};

// --- Query parameters ---------------------------------------------------------------------------------------------------------

export type ListParameters = {
  /** 0 = everything. */
  readonly size: number;
  readonly offset: number;
  /** Epoch ms; null = from the beginning. */
  readonly since: number | null;
  readonly filter: string | null;
};

export type ChangesParameters = { readonly after: string | null; readonly size: number };

const everything: ListParameters = { size: 0, offset: 0, since: null, filter: null };

/** Fails with HUB-103, every bad parameter named. Unknown parameters are passed over, as FINT does. */
export const parseListParameters = (query: URLSearchParams): Result<ListParameters> => {
  if (query.size === 0) return ok(everything);
  const errors: ProblemItem[] = [];
  const size = whole(query, 'size', limits.fintPageSize, errors);
  const offset = whole(query, 'offset', Number.MAX_SAFE_INTEGER, errors);
  const since = whole(query, 'sinceTimeStamp', Number.MAX_SAFE_INTEGER, errors);
  const filter = single(query, '$filter', errors);
  return errors.length > 0 ? bad(errors) : ok({ size: size ?? 0, offset: offset ?? 0, since, filter });
};

/** Fails with HUB-103. Whether a position is one that the hub gave is the hub's matter. */
export const parseChangesParameters = (query: URLSearchParams): Result<ChangesParameters> => {
  const errors: ProblemItem[] = [];
  const after = single(query, 'after', errors);
  const size = whole(query, 'size', limits.changesPageSize, errors, 1);
  return errors.length > 0 ? bad(errors) : ok({ after, size: size ?? limits.changesPageDefault });
};

const bad = (errors: readonly ProblemItem[]): Result<never> =>
  failed(problem('HUB-103', `Bad query parameter: ${errors.map((error) => error.at).join(', ')}.`, { errors }));

const single = (query: URLSearchParams, name: string, errors: ProblemItem[]): string | null => {
  if (!query.has(name)) return null;
  const values = query.getAll(name);
  const [value] = values;
  if (value === undefined) return null;
  if (values.length > 1) errors.push({ at: name, message: 'Give it once.' });
  else if (value === '') errors.push({ at: name, message: 'It is empty; leave it out instead.' });
  else return value;
  return null;
};

const digits = /^\d{1,16}$/;

const whole = (query: URLSearchParams, name: string, max: number, errors: ProblemItem[], min = 0): number | null => {
  const text = single(query, name, errors);
  if (text === null) return null;
  const value = digits.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  errors.push({ at: name, message: `It takes a whole number from ${min} to ${max}.` });
  return null;
};
