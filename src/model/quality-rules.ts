// quality.yaml: what the values of some attributes must be beyond their type. Read at the start by the composition; the examination itself is
// quality's. Knows no stored data.
import { parse } from 'yaml';
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Attribute, ClassKey, Model, ModelClass } from './model.ts';

/** Attribute paths are JSON names from the class on, without lists. */
export type ValueCheck =
  | { readonly check: 'national-id'; readonly attribute: string; readonly born: string | null }
  /** `may-be-empty`: a list that the model demands, of which the class is nevertheless whole without an item. */
  | { readonly check: 'organisation-number' | 'email' | 'may-be-empty'; readonly attribute: string }
  | { readonly check: 'date-order'; readonly first: string; readonly last: string }
  /** A regular expression that a text fits. */
  | { readonly check: 'text-form'; readonly attribute: string; readonly form: string }
  /** A number, or a decimal as text, from and to which it goes; null = without end. */
  | {
      readonly check: 'number-range';
      readonly attribute: string;
      readonly from: number | null;
      readonly to: number | null;
    };

/** The checks that a class adds, by its key; a class has those of its superclasses too. */
export type QualityRules = ReadonlyMap<ClassKey, readonly ValueCheck[]>;

/**
 * Takes the texts of the quality.yaml files by file name (none = nothing is checked) and the model; gives the checks, those of all files for a
 * class that several name. Fails with HUB-200 and one item per fault: an unknown class, check or attribute, and a check that stands twice.
 */
export const readQualityRules = (files: ReadonlyMap<string, string>, model: Model): Result<QualityRules> => {
  const errors: ProblemItem[] = [];
  const rules = new Map<ClassKey, readonly ValueCheck[]>();
  for (const [file, text] of files) {
    const complain = (at: string, message: string): null => {
      errors.push({ at: `${file}: ${at}`, message, code: 'HUB-200' });
      return null;
    };
    for (const [key, value] of Object.entries(checksIn(text, complain))) {
      const of = model.classes.get(key);
      if (of === undefined) complain(key, 'the model has no such class');
      else if (!Array.isArray(value)) complain(key, 'takes a list of checks');
      else
        rules.set(
          key,
          value.reduce<readonly ValueCheck[]>(
            (held, one: unknown, index) => {
              const at = `${key}[${index}]`;
              const check = readCheck(one, of, model, (message) => complain(at, message));
              if (check === null) return held;
              const known = held.some((each) => JSON.stringify(each) === JSON.stringify(check));
              if (known) complain(at, 'the check stands twice');
              return known ? held : [...held, check];
            },
            rules.get(key) ?? [],
          ),
        );
    }
  }
  const [first] = errors;
  return first === undefined
    ? ok(rules)
    : failed(problem('HUB-200', `${errors.length} finding(s); the first: ${first.at}: ${first.message}`, { errors }));
};

const checksIn = (text: string, complain: (at: string, message: string) => null): object => {
  try {
    const value: unknown = parse(text);
    if (typeof value === 'object' && value !== null && 'checks' in value && typeof value.checks === 'object')
      return value.checks ?? {};
    complain('checks', 'is missing');
  } catch (error) {
    complain('yaml', error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'cannot be read');
  }
  return {};
};

const readCheck = (
  value: unknown,
  of: ModelClass,
  model: Model,
  complain: (message: string) => null,
): ValueCheck | null => {
  if (typeof value !== 'object' || value === null) return complain('takes a map');
  const fields = value as Readonly<Record<string, unknown>>;
  const named = (key: string): string | null => {
    const path = fields[key];
    if (typeof path !== 'string') return complain(`'${key}' names an attribute`);
    return leadsSomewhere(path, of, model) ? path : complain(`${of.className} has no attribute '${path}'`);
  };
  const { check } = fields;
  switch (check) {
    case 'national-id': {
      const path = named('attribute');
      if (path === null || fields['born'] === undefined)
        return path === null ? null : { check, attribute: path, born: null };
      const born = named('born');
      return born === null ? null : { check, attribute: path, born };
    }
    case 'organisation-number':
    case 'email':
    case 'may-be-empty': {
      const path = named('attribute');
      return path === null ? null : { check, attribute: path };
    }
    case 'date-order': {
      const [first, last] = [named('first'), named('last')];
      return first === null || last === null ? null : { check, first, last };
    }
    case 'text-form': {
      const [path, { form }] = [named('attribute'), fields];
      if (typeof form !== 'string' || !isForm(form)) return complain(`'form' is a regular expression`);
      return path === null ? null : { check, attribute: path, form };
    }
    case 'number-range': {
      const [path, { from = null, to = null }] = [named('attribute'), fields];
      if (!isEnd(from) || !isEnd(to) || (from === null && to === null) || (from ?? -Infinity) > (to ?? Infinity))
        return complain(`'from' and 'to' are numbers in order, at least one of them`);
      return path === null ? null : { check, attribute: path, from, to };
    }
    default:
      return complain(`there is no check '${String(check)}'`);
  }
};

const isEnd = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && Number.isFinite(value));

const isForm = (text: string): boolean => {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

const leadsSomewhere = (path: string, start: ModelClass, model: Model): boolean => {
  let of: ModelClass | undefined = start;
  for (const step of path.split('/')) {
    const attribute: Attribute | undefined = of?.attributeByName.get(step);
    if (attribute === undefined) return false;
    of = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
  }
  return true;
};
