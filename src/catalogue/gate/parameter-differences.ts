// What has become of the parameters of an operation. Used by openapi-differences.ts.
import { listOf, textOf, type JsonMap } from './json-tree.ts';
import { dereferenced, type OperationPair, type OperationWalk } from './operation-walk.ts';
import { compareSchemas, type Report } from './schema-differences.ts';

/** The operation, and the paths that it stands in: they may name parameters for all their operations. */
export type ParameterPair = OperationPair & { readonly itemBefore: JsonMap; readonly itemAfter: JsonMap };

/** Tells of every parameter that has come, gone or changed. */
export const parameterDifferences = (walk: OperationWalk, pair: ParameterPair): void => {
  const old = parametersOf([pair.itemBefore, pair.before], walk.before);
  const now = parametersOf([pair.itemAfter, pair.after], walk.after);
  for (const [key, one] of old) {
    const at = `${pair.coordinate}?${nameOf(one)}`;
    const other = now.get(key);
    if (other === undefined) walk.report('breaking', 'parameter-removed', at, 'The parameter is gone.');
    else compareParameter({ ...walk, report: named(walk.report, nameOf(one)) }, at, one, other);
  }
  for (const [key, one] of now) {
    if (old.has(key)) continue;
    const required = one['required'] === true;
    walk.report(
      required ? 'breaking' : 'compatible',
      required ? 'parameter-required' : 'parameter-added',
      `${pair.coordinate}?${nameOf(one)}`,
      required ? 'The parameter is new and must be given.' : 'The parameter is new and may be given.',
    );
  }
};

const nameOf = (parameter: JsonMap): string => textOf(parameter['name']) ?? '';

/** Those of the path are known by where they stand, since callers never write their names. */
const parametersOf = (levels: readonly JsonMap[], document: JsonMap): ReadonlyMap<string, JsonMap> => {
  const found = new Map<string, JsonMap>();
  let place = 0;
  const places = new Map<string, number>();
  for (const level of levels)
    for (const raw of listOf(level['parameters'])) {
      const one = dereferenced(raw, document);
      if (one === null) continue;
      const [where, name] = [textOf(one['in']) ?? '', nameOf(one)];
      if (where === 'path' && !places.has(name)) places.set(name, place++);
      // Names of headers are the same in any case.
      const known = where === 'path' ? String(places.get(name)) : where === 'header' ? name.toLowerCase() : name;
      found.set(`${where} ${known}`, one);
    }
  return found;
};

const compareParameter = (walk: OperationWalk, at: string, before: JsonMap, after: JsonMap): void => {
  if (before['required'] !== true && after['required'] === true)
    walk.report('breaking', 'parameter-required', at, 'The parameter must be given now.');
  if (before['required'] === true && after['required'] !== true)
    walk.report('compatible', 'parameter-optional', at, 'The parameter need not be given any more.');
  for (const word of ['style', 'explode', 'allowReserved'] as const)
    if ((before[word] ?? null) !== (after[word] ?? null))
      walk.report('breaking', 'parameter-form-changed', at, `How values are written has changed (${word}).`);
  // Each parameter is its own part, even where many share a schema.
  compareSchemas({ ...walk, seen: new Set() }, 'request', at, {
    before: unnamed(before['schema'], walk.before),
    after: unnamed(after['schema'], walk.after),
  });
};

const unnamed = (schema: unknown, document: JsonMap): unknown => dereferenced(schema, document) ?? schema;

const sizes = /^(?:size|limit|first|last|count|page-?size|per-?page)$/i;

/** How much may be asked for at once is a promise of its own. */
const named =
  (report: Report, name: string): Report =>
  (kind, rule, coordinate, text) =>
    report(kind, rule === 'request-range-narrowed' && sizes.test(name) ? 'page-size-lowered' : rule, coordinate, text);
