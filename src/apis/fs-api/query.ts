// What a request to a collection or a document asks for, read from its query and held against what there is to ask for. Used by reads and by the description.
// What is wrong is told by name and by what is taken, never by the value.
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { readFlag } from '#mappings/fs-values.ts';
import type { Given } from '#tables/table.ts';

/** What every request may ask for. */
export type Wanted = {
  /** The parts of the key as members of their own. */
  readonly dbId: boolean;
  /** The parts of the keys of references. */
  readonly refId: boolean;
  /** Members by name; null = as many as such an answer has by itself. */
  readonly fields: ReadonlySet<string> | null;
};

export type ListWanted = Wanted & {
  /** 0 = all. */
  readonly limit: number;
  /** From 1. */
  readonly page: number;
  readonly given: Given;
};

/** What there is to ask for. */
export type Known = {
  /** Members at the top. */
  readonly fields: readonly string[];
  /** Names that rows are found by. */
  readonly filters: readonly string[];
};

type Read<Value> = (text: string) => Value | undefined;

const wholeNumber =
  (least: number, most: number): Read<number> =>
  (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };

const namesOf =
  (known: readonly string[]): Read<ReadonlySet<string>> =>
  (text) => {
    // Of what is asked for within a member the member comes.
    const names = text.split(',').map((one) => one.trim().split('.')[0] ?? '');
    if (names.includes('*')) return new Set(known);
    return names.every((one) => known.includes(one)) ? new Set(names) : undefined;
  };

/** The highest page that can be asked for. */
export const highestPage = 999_999_999;

const plainName = /^[A-Za-z][\w.]{0,80}$/;

/** Reads the query of a document. */
export const readWanted = (query: URLSearchParams, known: Known): Result<Wanted> => {
  const reader = readerOf(query);
  const wanted = wantedOf(reader, known);
  reader.rest([...commonNames]);
  return reader.errors.length === 0 ? ok(wanted) : refusedQuery(reader.errors);
};

/** Reads the query of a collection. What is no parameter has to be the name of a filter. */
export const readListWanted = (query: URLSearchParams, known: Known): Result<ListWanted> => {
  const reader = readerOf(query);
  const wanted = wantedOf(reader, known);
  const limit = reader.one(
    'limit',
    wholeNumber(0, limits.fsApiPageSize),
    `takes a whole number from 0 (all) to ${limits.fsApiPageSize}`,
  );
  const page = reader.one('page', wholeNumber(1, highestPage), `takes a whole number from 1 to ${highestPage}`);
  const given: Record<string, string> = {};
  for (const name of known.filters) {
    const text = reader.one(name, (one) => one, '');
    if (text !== undefined) given[name] = text;
  }
  reader.rest([...commonNames, 'limit', 'page', ...known.filters]);
  if (reader.errors.length > 0) return refusedQuery(reader.errors);
  return ok({ ...wanted, limit: limit ?? limits.fsApiPageDefault, page: page ?? 1, given });
};

/** Holds the query of a write, which has nothing to say: what is written is answered with its keys, so that asking for them is no mistake. */
export const readNoQuery = (query: URLSearchParams): Result<null> => {
  const reader = readerOf(query);
  for (const name of answeredAnyhow)
    reader.one(name, (text) => (readFlag(text) === true ? true : undefined), 'takes true when something is written');
  reader.rest(answeredAnyhow);
  return reader.errors.length === 0 ? ok(null) : refusedQuery(reader.errors);
};

const answeredAnyhow = ['dbId', 'refId'] as const;

/** HUB-103 with all that is wrong. */
export const refusedQuery = (errors: readonly ProblemItem[]): Result<never> =>
  failed(problem('HUB-103', 'The query cannot be read.', { errors }));

const commonNames = ['dbId', 'refId', 'fields'] as const;

const wantedOf = (reader: Reader, { fields }: Known): Wanted => {
  const dbId = reader.one('dbId', readFlag, 'takes true or false') ?? false;
  return {
    dbId,
    refId: reader.one('refId', readFlag, 'takes true or false') ?? dbId,
    fields:
      reader.one('fields', namesOf(fields), `takes * or some of ${fields.join(', ')}, with commas between`) ?? null,
  };
};

type Reader = {
  readonly errors: readonly ProblemItem[];
  readonly one: <Value>(name: string, read: Read<Value>, takes: string) => Value | undefined;
  /** Finds fault with every name that is none of these. */
  readonly rest: (known: readonly string[]) => void;
};

const readerOf = (query: URLSearchParams): Reader => {
  const errors: ProblemItem[] = [];
  return {
    errors,
    one: (name, read, takes) => {
      const [text, ...more] = query.getAll(name);
      if (text === undefined) return undefined;
      if (more.length > 0) {
        errors.push({ at: name, message: 'was sent more than once' });
        return undefined;
      }
      const value = read(text);
      if (value === undefined) errors.push({ at: name, message: takes });
      return value;
    },
    rest: (known) => {
      for (const name of new Set(query.keys()))
        if (!known.includes(name)) {
          const near = nearest(name, known);
          errors.push({
            // A name is the client's text too.
            at: plainName.test(name) ? name : 'query',
            message: `is not known here; ${near === null ? `known are ${known.join(', ')}` : `did you mean ${near}?`}`,
          });
        }
    },
  };
};
