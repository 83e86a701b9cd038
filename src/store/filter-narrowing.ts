// What of a filter the indexes answer: which of its terms they can be asked for, and what the answers leave. Used by the reading halves of the
// engines, which look up and judge documents; knows no statement. Pure.
import { inBoth, unionOf } from '#base/uid-sets.ts';
import type { FilterExpr } from '#model/filter.ts';

/** A term that an index may know: a link, or a text compared for being equal. */
export type IndexTerm = Extract<FilterExpr, { kind: 'linked' | 'compare' | 'in' }>;

/** `isExact`: these match, so no document has to be judged; else nothing but these can match. */
export type Narrowed = { readonly uids: Float64Array; readonly isExact: boolean };

/** The texts that a term takes for equal; null when it compares otherwise. */
export const equalTexts = (term: Extract<FilterExpr, { kind: 'compare' | 'in' }>): readonly string[] | null => {
  if (term.kind === 'compare') return term.operator === 'eq' && term.value.kind === 'text' ? [term.value.value] : null;
  const texts = term.values.flatMap((value) => (value.kind === 'text' ? [value.value] : []));
  return texts.length === term.values.length ? texts : null;
};

/** The terms whose answers `narrowed` wants. */
export const indexTerms = (filter: FilterExpr): readonly IndexTerm[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(indexTerms);
    case 'linked':
    case 'compare':
    case 'in':
      return [filter];
    default:
      return [];
  }
};

/** What a filter leaves by the answers of the indexes, ascending; null when they leave everything. `known` gives null where no index is. */
export const narrowed = (filter: FilterExpr, known: (term: IndexTerm) => Float64Array | null): Narrowed | null => {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.terms.map((term) => narrowed(term, known));
      const found = parts.filter((part) => part !== null);
      const [first, ...others] = found.toSorted((a, b) => a.uids.length - b.uids.length);
      if (first === undefined) return null;
      const uids = others.reduce((rest, part) => inBoth(rest, part.uids), first.uids);
      return { uids, isExact: found.length === parts.length && found.every(({ isExact }) => isExact) };
    }
    case 'or': {
      const parts = filter.terms.map((term) => narrowed(term, known));
      const found = parts.filter((part) => part !== null);
      if (found.length < parts.length) return null;
      const uids = unionOf(found.map((part) => part.uids));
      return { uids, isExact: found.every(({ isExact }) => isExact) };
    }
    case 'linked':
    case 'compare':
    case 'in': {
      const uids = known(filter);
      return uids === null ? null : { uids, isExact: true };
    }
    default:
      return null;
  }
};
