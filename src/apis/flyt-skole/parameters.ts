// Makers of parameters: each with its description, its schema and the reader that holds a text against it. Used by the files that make operations;
// `readQuery` by routes.ts. Knows no operation. What is wrong is told by name and by what is taken, never by the value.
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { isCleanText, nearest, normalise } from '#base/text.ts';
import { parseInstant } from '#model/kinds.ts';
import type { Text } from '#model/model.ts';
import { idSchema } from '#mappings/mapping-schema.ts';
import type { Parameter } from './operation.ts';

/** The failure of one parameter: what it takes. */
const takes = (name: string, message: string): Result<never> =>
  failed(problem('HUB-103', `Bad parameter: ${name}.`, { errors: [{ at: name, message }] }));

type Read = (text: string) => unknown;

/** A parameter from a reader that gives undefined for what it does not take. */
const parameter = (
  head: Pick<Parameter, 'name' | 'describe' | 'schema'>,
  message: string,
  read: Read,
  where: Pick<Parameter, 'in' | 'required'> = { in: 'query' },
): Parameter => ({
  ...head,
  ...where,
  read: (text) => {
    const value = read(text);
    return value === undefined ? takes(head.name, message) : ok(value);
  },
});

/** A text to search for; read as NFC without space around it. */
export const textParameter = (
  name: string,
  describe: Text,
  { minLength = 1, maxLength = 200 }: { readonly minLength?: number; readonly maxLength?: number } = {},
): Parameter =>
  parameter(
    { name, describe, schema: { type: 'string', minLength, maxLength } },
    `takes a text of ${minLength} to ${maxLength} letters`,
    (given) => {
      const text = normalise(given).trim();
      return text.length >= minLength && text.length <= maxLength && isCleanText(text) ? text : undefined;
    },
  );

const listOf = (text: string): readonly string[] => text.split(',').map((one) => one.trim());

/** Several of the values named, comma-separated; read as a ReadonlySet. */
export const someOfParameter = (name: string, describe: Text, values: readonly string[]): Parameter =>
  parameter(
    {
      name,
      describe,
      schema: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: values } },
    },
    `takes one or more of ${values.join(', ')}, with commas between`,
    (text) => {
      const names = listOf(text);
      return names.every((one) => values.includes(one)) ? new Set(names) : undefined;
    },
  );

/** `fields`: the fields that the answer is to hold. */
export const fieldsParameter = (names: readonly string[]): Parameter =>
  someOfParameter(
    'fields',
    {
      nb: 'Feltene svaret skal ha; id er alltid med. Uten parameteren kommer alle som ikke må bes om.',
      en: 'The fields that the answer is to hold; id is always there. Without it all come that do not have to be asked for.',
    },
    names,
  );

/** `include`: what is shown besides. */
export const includeParameter = (names: readonly string[]): Parameter =>
  someOfParameter(
    'include',
    {
      nb: 'Det som skal være med i tillegg, så ingen trenger et kall til for hver rad.',
      en: 'What is to be shown besides, so that nobody needs another call for each row.',
    },
    names,
  );

const idShape = /^[\w-]{1,64}$/;
const anId = 'takes an id as this API gives it';

/** The opaque id of a resource, in the query. */
export const idParameter = (name: string, describe: Text): Parameter =>
  parameter({ name, describe, schema: idSchema }, anId, (text) => (idShape.test(text) ? text : undefined));

/** An id in the path. What has not the form of one is answered like one that nothing has. */
export const pathId = (name: string, describe: Text): Parameter =>
  parameter({ name, describe, schema: idSchema }, anId, (text) => (idShape.test(text) ? text : undefined), {
    in: 'path',
    required: true,
  });

/** One of the values, in the path. Others are answered like an address that is not there. */
export const pathOneOf = (name: string, describe: Text, values: readonly string[]): Parameter =>
  parameter(
    { name, describe, schema: { type: 'string', enum: values } },
    `takes one of ${values.join(', ')}`,
    (text) => (values.includes(text) ? text : undefined),
    { in: 'path', required: true },
  );

const dateShape = /^\d{4}-\d{2}-\d{2}$/;

/** A civil date in Norway, `YYYY-MM-DD`; read as that text. */
export const dateParameter = (name: string, describe: Text, required = false): Parameter =>
  parameter(
    { name, describe, schema: { type: 'string', format: 'date' } },
    'takes a date as YYYY-MM-DD',
    (text) => (dateShape.test(text) && parseInstant(text) !== null ? text : undefined),
    { in: 'query', ...(required ? { required: true } : {}) },
  );

const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment with its zone (RFC 3339); read as epoch ms. A `+` that came as a space is taken for what was meant. */
export const instantParameter = (name: string, describe: Text): Parameter =>
  parameter(
    { name, describe, schema: { type: 'string', format: 'date-time' } },
    'takes a time with its zone, like 2026-08-17T08:00:00Z or 2026-08-17T10:00:00%2B02:00',
    (text) => {
      const meant = text.replace(/ (?=\d{2}:\d{2}$)/, '+');
      return zoned.test(meant) ? (parseInstant(meant) ?? undefined) : undefined;
    },
  );

/** A whole number; read as one. `usual` only describes what holds when it is left out. */
export const integerParameter = (
  name: string,
  describe: Text,
  { minimum, maximum, usual }: { readonly minimum: number; readonly maximum: number; readonly usual?: number },
): Parameter =>
  parameter(
    {
      name,
      describe,
      schema: { type: 'integer', minimum, maximum, ...(usual === undefined ? {} : { default: usual }) },
    },
    `takes a whole number from ${minimum} to ${maximum}`,
    (text) => {
      const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return value >= minimum && value <= maximum ? value : undefined;
    },
  );

/** One of the values. `usual` only describes what holds when it is left out. */
export const oneOfParameter = (name: string, describe: Text, values: readonly string[], usual?: string): Parameter =>
  parameter(
    { name, describe, schema: { type: 'string', enum: values, ...(usual === undefined ? {} : { default: usual }) } },
    `takes one of ${values.join(', ')}`,
    (text) => (values.includes(text) ? text : undefined),
  );

/** `true` or `false`; read as a boolean. */
export const booleanParameter = (name: string, describe: Text): Parameter =>
  parameter({ name, describe, schema: { type: 'boolean' } }, 'takes true or false', (text) =>
    text === 'true' ? true : text === 'false' ? false : undefined,
  );

/** A text of a form of its own; `message` says which (`takes …`). `read` gives undefined for what it does not take. */
export const formParameter = (
  head: Pick<Parameter, 'name' | 'describe' | 'schema'>,
  message: string,
  read: Read,
): Parameter => parameter(head, message, read);

/** How many items the page may hold. */
export const limitParameter: Parameter = integerParameter(
  'limit',
  { nb: 'Høyeste antall på siden.', en: 'Items on the page, at most.' },
  { minimum: 1, maximum: limits.documentsPerPage, usual: limits.documentsPerPageDefault },
);

/** A cursor of an answer before, as sealed text. */
export const sealedParameter = (name: string, describe: Text): Parameter =>
  parameter(
    { name, describe, schema: { type: 'string', minLength: 1, maxLength: limits.cursorLength } },
    'takes the cursor of the answer before',
    (text) => (/^[\w.~-]+$/.test(text) && text.length <= limits.cursorLength ? text : undefined),
  );

/** Where the list goes on. */
export const cursorParameter: Parameter = sealedParameter('cursor', {
  nb: 'Hvor listen fortsetter: fra Link i forrige svar. Gjelder bare samme applikasjon og samme spørring.',
  en: 'Where the list goes on: from Link of the answer before. It is good for the same application and the same query only.',
});

const plainName = /^[A-Za-z][\w.-]{0,40}$/;

/**
 * Reads a query against the parameters that an operation takes. All that is wrong is in one HUB-103: unknown names, repeated ones, values that
 * are not taken, required ones that are missing. Gives what was sent, by name.
 */
export const readQuery = (
  parameters: readonly Parameter[],
  query: URLSearchParams,
): Result<Readonly<Record<string, unknown>>> => {
  const known = parameters.filter((one) => one.in === 'query');
  const errors: ProblemItem[] = [];
  const values: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const [name, text] of query) {
    const one = known.find((other) => other.name === name);
    if (one === undefined) errors.push(unknown(name, known));
    else if (seen.has(name)) errors.push({ at: name, message: 'was sent more than once' });
    else {
      const read = one.read(text);
      if (read.ok) values[name] = read.value;
      else errors.push(...(read.problem.errors ?? [{ at: name, message: read.problem.detail }]));
    }
    seen.add(name);
  }
  for (const { name, required } of known)
    if (required === true && !seen.has(name)) errors.push({ at: name, message: 'has to be given' });
  return errors.length === 0 ? ok(values) : badParameters(errors);
};

const unknown = (name: string, known: readonly Parameter[]): ProblemItem => {
  const names = known.map((one) => one.name);
  const near = nearest(name, names);
  const listed = names.length === 0 ? 'this address takes none' : `this address takes ${names.join(', ')}`;
  return {
    // A name is the client's text too.
    at: plainName.test(name) ? name : 'query',
    message: `is not known; ${near === null ? listed : `did you mean ${near}?`}`,
  };
};

/** HUB-103 with everything that is wrong. */
export const badParameters = (errors: readonly ProblemItem[]): Result<never> => {
  const names = [...new Set(errors.map(({ at }) => (at === '' ? 'body' : at)))].join(', ');
  return failed(problem('HUB-103', `Bad parameters: ${names}.`, { errors }));
};
