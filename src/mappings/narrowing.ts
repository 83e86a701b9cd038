// Short ways to say which rows may match: some rows, rows that lead to others, all of several choices. Used by mappings and operations. Pure.
import type { Narrow } from '#hub/documents/document.ts';

/** One row; none for an id of nothing. */
export const rows = (...uids: readonly number[]): Narrow => ({ kind: 'rows', uids: uids.filter((uid) => uid >= 0) });

/** Rows that lead by the relations, one after another, to what is found at their end. */
export const through = (relations: readonly string[], to: Narrow): Narrow =>
  relations.reduceRight<Narrow>((found, relation) => ({ kind: 'through', relation, to: found }), to);

/** Rows that lead by the relations to what has one of these natural keys. */
export const throughKeys = (relations: readonly string[], ...keys: readonly string[]): Narrow =>
  through(relations, texts(['naturligNokkel', 'identifikatorverdi'], 'eq', ...keys));

export const anyOf = (...of: readonly Narrow[]): Narrow => ({ kind: 'any', of });

/** All of the choices; null when there is none. */
export const allOf = (of: readonly (Narrow | null)[]): Narrow | null => {
  const some = of.filter((one) => one !== null);
  return some.length === 0 ? null : { kind: 'all', of: some };
};

/** Rows of which a text is, or holds, the one asked for. */
export const texts = (names: readonly string[], operator: 'eq' | 'contains', ...asked: readonly string[]): Narrow => ({
  kind: 'where',
  filter:
    asked.length === 1
      ? {
          kind: 'compare',
          path: { names, kind: 'string' },
          operator,
          value: { kind: 'text', value: asked[0] ?? '' },
        }
      : { kind: 'in', path: { names, kind: 'string' }, values: asked.map((value) => ({ kind: 'text', value })) },
});
