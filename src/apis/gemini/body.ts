// Holds bodies of requests against the schemas that the description publishes. Made once at start, by routes.ts. What is wrong is told by name and by what is
// taken, never by the value.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { parseInstant } from '#model/kinds.ts';
import type { Schema } from './operation.ts';

type Members = Readonly<Record<string, unknown>>;
export type ReadBody = (text: string) => Result<Members>;

const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const plainName = /^[A-Za-z][\w.-]{0,40}$/;

/** Makes readers of bodies. Throws for a schema that is none. */
export const bodyReaders = (): ((schema: Schema) => ReadBody) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  ajv.addFormat('date', (text) => dateShape.test(text) && parseInstant(text) !== null);
  ajv.addFormat('email', /^[^\s@]+@[^\s@]+$/);
  return (schema) => {
    const validate = ajv.compile(schema);
    return (text) => {
      const parsed = parse(text);
      if (!parsed.ok || validate(parsed.value)) return parsed;
      const errors = (validate.errors ?? []).map(itemOf);
      return failed(problem('HUB-103', 'Ugyldige parametre.', { errors: unlike(errors) }));
    };
  };
};

const parse = (text: string): Result<Members> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? ok(value as Members)
      : failed(
          problem('HUB-100', 'Kroppen må være et JSON-objekt.', {
            errors: [{ at: 'body', message: 'må være et JSON-objekt' }],
          }),
        );
  } catch {
    return failed(
      problem('HUB-101', 'Kroppen er ikke JSON.', { errors: [{ at: 'body', message: 'er ikke velformet JSON' }] }),
    );
  }
};

const unlike = (items: readonly ProblemItem[]): readonly ProblemItem[] => [
  ...new Map(items.map((item) => [`${item.at}\n${item.message}`, item])).values(),
];

const itemOf = ({ keyword, instancePath, params }: ErrorObject): ProblemItem => {
  const held = params as Readonly<Record<string, unknown>>;
  const named = held['additionalProperty'] ?? held['missingProperty'];
  // A name is the client's text too.
  const at = `${instancePath}${typeof named === 'string' && plainName.test(named) ? `/${named}` : ''}`;
  if (keyword === 'additionalProperties') return { at, message: 'er ikke kjent her' };
  if (keyword === 'required') return { at, message: 'må oppgis' };
  const allowed = held['allowedValues'];
  if (keyword === 'enum' && Array.isArray(allowed)) return { at, message: `må være en av ${allowed.join(', ')}` };
  return { at, message: `må ha rett form (${keyword})` };
};
