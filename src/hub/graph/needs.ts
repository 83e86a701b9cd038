// What a caller must be granted for trees to be read whole: by collection the actions and the fields, those that a choice looks at among them. For whoever
// explains what has to be asked for; nothing is decided here. Pure.
import { conditionsIn, type FilterExpr } from '#model/filter.ts';
import { ruleOf } from '#model/link-rule.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import { sensitivitiesOf } from '#model/sensitivities.ts';
import type { Narrow } from '../documents/document.ts';
import type { GraphRoot, GraphSelection } from './graph.ts';

/** What must be granted of one collection. */
export type AccessNeed = {
  readonly collection: CollectionPath;
  /** Sorted; `list` without `read`, since it opens that too. */
  readonly actions: readonly ('read' | 'list' | 'follow' | 'write')[];
  /** Attributes and relations (jsonNames), in the order of the model. */
  readonly fields: readonly string[];
};

type Gathered = Map<
  CollectionPath,
  { readonly actions: Set<'read' | 'list'>; readonly fields: Set<string>; byAddress: boolean }
>;

/** Gives what the roots of a request need, by collection in the order of their paths. */
export const needsOf = (model: Model, roots: readonly GraphRoot[]): readonly AccessNeed[] => {
  const found: Gathered = new Map();
  for (const root of roots) ofRoot(model, root, found);
  for (const [path, { fields, byAddress }] of found) if (byAddress) showsSome(model, path, fields);
  return [...found]
    .map(([path, { actions, fields }]): AccessNeed => ({
      collection: path,
      actions: actions.has('list') ? ['list'] : ['read'],
      fields: inOrder(model.collections.get(path), fields),
    }))
    .toSorted((a, b) => (a.collection < b.collection ? -1 : 1));
};

/** In the order of the model; what it does not have is left out. */
const inOrder = (collection: Collection | undefined, fields: ReadonlySet<string>): readonly string[] =>
  collection === undefined
    ? []
    : [
        ...collection.class.attributes.map(({ jsonName }) => jsonName),
        ...[...collection.links.values()].map(({ relation }) => relation.jsonName),
      ].filter((name) => fields.has(name));

const at = (found: Gathered, path: CollectionPath, action: 'read' | 'list'): ReadonlySet<string> & Set<string> => {
  const known = found.get(path) ?? { actions: new Set(), fields: new Set<string>(), byAddress: false };
  found.set(path, known);
  known.actions.add(action);
  return known.fields;
};

const ofRoot = (model: Model, root: GraphRoot, found: Gathered): void => {
  if (root.kind === 'list') {
    for (const [index, selection] of root.selections.entries()) {
      const fields = at(found, selection.collection, 'list');
      if (root.order !== null) fields.add(root.order.path[0] ?? '');
      ofNarrow(model, selection.collection, root.narrow[index] ?? null, found, 'list');
      ofSelection(model, selection, found, 'list');
    }
    return;
  }
  if (root.kind === 'rows') {
    at(found, root.collection, 'list');
    return ofNarrow(model, root.collection, root.narrow, found, 'list');
  }
  const { selection } = root;
  const fields = at(found, selection.collection, 'read');
  if (root.kind === 'named') {
    const { by } = root;
    const name =
      'attribute' in by
        ? by.attribute[0]
        : model.collections.get(selection.collection)?.identifierBySegment.get(by.identifier)?.attribute;
    if (name !== undefined) fields.add(name);
  }
  ofSelection(model, selection, found, 'read');
};

const ofSelection = (
  model: Model,
  { collection: path, attributes, addresses = [], edges }: GraphSelection,
  found: Gathered,
  action: 'read' | 'list',
): void => {
  const fields = at(found, path, action);
  for (const one of [...attributes, ...addresses]) fields.add(one);
  for (const { relation, to, narrow, order } of edges) {
    // What hangs on a complex value shows with the attribute.
    fields.add(relation.split('.')[0] ?? relation);
    const target = at(found, to.collection, 'read');
    if (order !== null) target.add(order.path[0] ?? '');
    ofNarrow(model, to.collection, narrow, found, 'read');
    ofSelection(model, to, found, 'read');
    if (relation.includes('.')) isAddressed(found, to.collection);
  }
};

/** What is found by the address that stands in a value, or is asked for by one: an identifier of it has to show. */
const isAddressed = (found: Gathered, path: CollectionPath): void => {
  const known = found.get(path);
  if (known !== undefined) known.byAddress = true;
};

/** The least sensitive identifier, unless one is wanted anyway. */
const showsSome = (model: Model, path: CollectionPath, fields: Set<string>): void => {
  const collection = model.collections.get(path);
  if (collection === undefined || collection.identifiers.some(({ attribute }) => fields.has(attribute))) return;
  const rated = collection.identifiers.map(({ attribute }) => {
    const field = collection.class.attributeByName.get(attribute);
    const kinds = field === undefined ? [] : [...sensitivitiesOf(model, field)];
    return {
      attribute,
      weight: kinds.filter((kind) => kind !== 'open').length + (kinds.includes('personal') ? 0 : kinds.length),
    };
  });
  const least = rated.toSorted((a, b) => a.weight - b.weight)[0];
  if (least !== undefined) fields.add(least.attribute);
};

/** What a choice looks at, and by what it is led elsewhere. */
const ofNarrow = (
  model: Model,
  path: CollectionPath,
  narrow: Narrow | null,
  found: Gathered,
  action: 'read' | 'list',
): void => {
  const collection = model.collections.get(path);
  if (narrow === null || collection === undefined) return;
  switch (narrow.kind) {
    case 'all':
    case 'any':
      return narrow.of.forEach((one) => ofNarrow(model, path, one, found, action));
    case 'not':
      return ofNarrow(model, path, narrow.of, found, action);
    case 'where':
      return ofFilter(model, collection, narrow.filter, found, action);
    case 'through': {
      at(found, path, action).add(narrow.relation.split('.')[0] ?? narrow.relation);
      const target = ruleOf(collection, narrow.relation)?.target ?? null;
      if (target === null) return;
      at(found, target, 'read');
      if (narrow.relation.includes('.')) isAddressed(found, target);
      return ofNarrow(model, target, narrow.to, found, 'read');
    }
    case 'led-to': {
      at(found, narrow.by, 'read').add(narrow.relation);
      return ofNarrow(model, narrow.by, narrow.of, found, 'read');
    }
    case 'rows':
      return undefined;
  }
};

const ofFilter = (
  model: Model,
  collection: Collection,
  filter: FilterExpr,
  found: Gathered,
  action: 'read' | 'list',
): void => {
  const fields = at(found, collection.path, action);
  for (const condition of conditionsIn(filter))
    switch (condition.kind) {
      case 'compare':
      case 'in':
        fields.add(condition.path.names[0] ?? '');
        break;
      case 'any':
      case 'all':
        fields.add(condition.list[0] ?? '');
        break;
      case 'linked': {
        fields.add(condition.relation);
        const by = model.collections.get(condition.target)?.identifierBySegment.get(condition.field)?.attribute;
        const target = at(found, condition.target, 'read');
        if (by !== undefined) target.add(by);
        break;
      }
      case 'has-link': {
        fields.add(condition.relation);
        const target = collection.links.get(condition.relation)?.target ?? null;
        if (target === null) break;
        at(found, target, 'read');
        isAddressed(found, target);
        break;
      }
    }
};
