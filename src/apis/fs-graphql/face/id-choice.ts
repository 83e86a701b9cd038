// What ids in filters stand for, as a choice of rows. Used by connection-field.ts; knows ids and keys, and reads nothing.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Model, ModelClass } from '#model/model.ts';
import { institutionNumber } from '../owner.ts';
import type { IdChoice } from './filter-choice.ts';
import { decodeNodeId } from '#mappings/node-ids.ts';
import type { RootDeps } from './root-field.ts';

/** What ids in filters stand for: rows with these keys, of this owner. Ids of another owner stand for nothing; what is no id is an error. */
export const idChoice =
  ({ model, roots }: Pick<RootDeps, 'model' | 'roots'>, own: string | null): IdChoice =>
  (of, ids, at) => {
    const numbers = numbersUnder(model, of);
    const [keys, others]: [string[], string[]] = [[], []];
    for (const [index, id] of ids.entries()) {
      const read = decodeNodeId(id);
      if (read === null || !numbers.has(read.number)) {
        const message = read === null ? 'is no id.' : `is an id of something else than ${of.name}.`;
        const place = `${at}[${index}]`;
        return failed(problem('HUB-103', `${place} ${message}`, { errors: [{ at: place, message, code: 'HUB-103' }] }));
      }
      if (own === null || institutionNumber(read.owner) !== own) continue;
      if ('key' in read.by) keys.push(read.by.key);
      else others.push(read.by.fallback);
    }
    const key = roots.ids.keyOf.get(of.key) ?? null;
    const terms = [
      ...(key === null || keys.length === 0 ? [] : [isIn(model, key, keys)]),
      ...(others.length === 0 ? [] : [isIn(model, roots.ids.fallback, others)]),
    ];
    const nothing: Narrow = { kind: 'rows', uids: [] };
    if (terms.length === 0) return ok(nothing);
    const narrow: Narrow = { kind: 'any', of: terms.map((filter) => ({ kind: 'where', filter })) };
    return ok(terms.length === 1 ? (narrow.of[0] ?? nothing) : narrow);
  };

const isIn = (model: Model, attribute: string, values: readonly string[]): FilterExpr => ({
  kind: 'in',
  path: { names: [attribute, model.identifierValue], kind: 'string' },
  values: values.map((value) => ({ kind: 'text', value })),
});

/** Numbers of the class, or of all that are of it. */
const numbersUnder = (model: Model, of: ModelClass): ReadonlySet<number> =>
  new Set(
    [...model.classes.values()].flatMap((one) => {
      if (one.number === null) return [];
      for (let at: ModelClass | undefined = one; at !== undefined;) {
        if (at.key === of.key) return [one.number];
        at = at.superclass === null ? undefined : model.classes.get(at.superclass);
      }
      return [];
    }),
  );
