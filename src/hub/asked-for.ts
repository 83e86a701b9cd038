// Whom a choice asks for: the identifiers of persons, and of what is about persons, that a filter or a choice names. For the record, so that it says who was
// looked for also when nobody is there, or nobody who may be seen. Called by run.ts and graph/roots.ts.
import type { FilterExpr } from '#model/filter.ts';
import { ruleOf } from '#model/link-rule.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { TenantReads } from '#store/store.ts';
import type { Narrow } from './documents/document.ts';
import { isGuardable } from './protection.ts';
import type { Reference } from './query.ts';
import { subjectText } from './writing-events.ts';

/** Most that a record names. */
const namedSubjects = 100;

/** The references of a choice over a collection, each once, as many as a record names. What it leaves out by `not` is not asked for. */
export const askedFor = (model: Model, path: CollectionPath, narrow: Narrow): readonly Reference[] => {
  const found = new Map<string, Reference>();
  const put = (one: Reference): void => {
    if (found.size < namedSubjects && isGuardable(model, one.collection))
      found.set(subjectText(one.collection, one), one);
  };
  const visit = (collection: Collection | undefined, one: Narrow): void => {
    if (collection === undefined) return;
    switch (one.kind) {
      case 'all':
      case 'any':
        return one.of.forEach((each) => visit(collection, each));
      case 'through':
        return visit(model.collections.get(ruleOf(collection, one.relation)?.target ?? ''), one.to);
      case 'led-to':
        return visit(model.collections.get(one.by), one.of);
      case 'where':
        return whereOf(model, collection, one.filter, put);
      case 'rows':
      case 'not':
        return undefined;
    }
  };
  visit(model.collections.get(path), narrow);
  return [...found.values()];
};

const whereOf = (model: Model, collection: Collection, filter: FilterExpr, put: (one: Reference) => void): void => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.forEach((term) => whereOf(model, collection, term, put));
    case 'linked':
      return put({ collection: filter.target, field: filter.field, value: filter.value });
    case 'compare':
    case 'in': {
      const [attribute, member, ...deeper] = filter.path.names;
      if (member !== model.identifierValue || deeper.length > 0) return undefined;
      const field = collection.identifiers.find((one) => one.attribute === attribute)?.segment;
      if (field !== undefined) for (const value of textsOf(filter)) put({ collection: collection.path, field, value });
      return undefined;
    }
    default:
      return undefined;
  }
};

/** The texts that a term takes for equal. */
const textsOf = (term: Extract<FilterExpr, { kind: 'compare' | 'in' }>): readonly string[] => {
  const values = term.kind === 'in' ? term.values : term.operator === 'eq' ? [term.value] : [];
  return values.flatMap((value) => (value.kind === 'text' ? [value.value] : []));
};

/** As records name them: by uid, whether the caller sees it or not, or by the identifier where nobody has it. */
export const subjectsAsked = async (
  reads: Pick<TenantReads, 'resolve'>,
  asked: readonly Reference[],
): Promise<readonly string[]> => {
  if (asked.length === 0) return [];
  const found = await reads.resolve(asked);
  return asked.map((one, at) => `${found[at]?.uid ?? subjectText(one.collection, one)}`);
};
