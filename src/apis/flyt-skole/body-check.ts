// Holds bodies of requests against the schemas that the OpenAPI document publishes. Made once at start by routes.ts; tests hold answers against
// theirs by the same. What is wrong is told by pointer and by what is taken, never by the value.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { parseInstant } from '#model/kinds.ts';
import type { Schema, Schemas } from '#mappings/mapping-schema.ts';
import type { Operation } from './operation.ts';
import { badParameters } from './parameters.ts';

const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const momentShape = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,}(?:Z|[+-]\d{2}:\d{2})$/;

/** Says what is wrong with a value; null when nothing is. */
export type Check = (value: unknown) => readonly ProblemItem[] | null;

/** Makes checks of schemas that may refer to the components given. Throws for a schema that is none. */
export const createChecks = (components: Schemas): ((schema: Schema) => Check) => {
  // Names beginning with x- are for readers of the document.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, logger: false });
  ajv.addFormat('date', (text) => dateShape.test(text) && parseInstant(text) !== null);
  ajv.addFormat('date-time', (text) => momentShape.test(text) && parseInstant(text) !== null);
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('uuid', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i);
  ajv.addFormat('email', /^[^\s@]+@[^\s@]+$/);
  for (const plain of ['int32', 'int64', 'float', 'double', 'uri-reference', 'binary']) ajv.addFormat(plain, true);
  return (schema) => {
    const validate = ajv.compile({ ...schema, components: { schemas: components } });
    return (value) => (validate(value) ? null : itemsOf(validate));
  };
};

const itemsOf = ({ errors }: ValidateFunction): readonly ProblemItem[] => {
  const items = (errors ?? []).filter(({ keyword }) => !combining.has(keyword)).map(itemOf);
  const seen = new Set<string>();
  return items.filter(({ at, message }) => {
    const key = `${at}\n${message}`;
    return seen.has(key) ? false : seen.add(key);
  });
};

// They only say that one of the others failed.
const combining: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'if']);
const plainName = /^[A-Za-z][\w.-]{0,40}$/;

const itemOf = ({ keyword, instancePath, params, message = 'is not taken' }: ErrorObject): ProblemItem => {
  const named = (params as Readonly<Record<string, unknown>>)[memberOf[keyword] ?? ''];
  // A name is the client's text too.
  const member = typeof named === 'string' && plainName.test(named) ? `/${named}` : '';
  if (keyword === 'additionalProperties') return { at: `${instancePath}${member}`, message: 'is not known here' };
  if (keyword === 'required') return { at: `${instancePath}${member}`, message: 'has to be given' };
  const allowed = (params as { readonly allowedValues?: readonly unknown[] }).allowedValues;
  if (keyword === 'enum' && allowed !== undefined)
    return { at: instancePath, message: `must be one of ${allowed.join(', ')}` };
  return { at: instancePath, message };
};

const memberOf: Readonly<Record<string, string>> = {
  additionalProperties: 'additionalProperty',
  required: 'missingProperty',
};

type Members = Readonly<Record<string, unknown>>;
type BodyOf = NonNullable<Operation['body']>;

/** Reads the text of a body. Null = none was sent and none has to be. */
export type ReadBody = (text: string) => Result<Members | null>;

/**
 * Makes the reader of an operation's bodies: HUB-101 for what is no JSON, HUB-100 for what is no object, HUB-103 with every member at fault.
 */
export const bodyReader = ({ schema, readOnly = [], required }: BodyOf, check: (schema: Schema) => Check): ReadBody => {
  const findings = check(schema);
  const frozen = new Set(readOnly.map((name) => `/${name}`));
  return (text) => {
    if (text.trim() === '' && required === false) return ok(null);
    const parsed = parse(text);
    if (!parsed.ok) return parsed;
    const errors = findings(parsed.value);
    if (errors === null) return parsed;
    return badParameters(errors.map((item) => (isFrozen(item, frozen) ? { ...item, message: 'is read only' } : item)));
  };
};

const isFrozen = ({ at, message }: ProblemItem, frozen: ReadonlySet<string>): boolean =>
  message === 'is not known here' && frozen.has(at);

const parse = (text: string): Result<Members> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? ok(value as Members)
      : failed(problem('HUB-100', 'The body must be a JSON object.'));
  } catch {
    return failed(problem('HUB-101', 'The body is not well-formed JSON.'));
  }
};
