// What the paths of a mutation lead to in one row: values as sent, and resources as the caller sees them. Which attributes and relations have to be read
// follows from the paths. Used by reading.ts, rules.ts and write-parts.ts; reads nothing itself.
import type { GraphNode, GraphSelection } from '#hub/graph/graph.ts';
import type {
  LinkOperand,
  Mutation,
  MutationCondition,
  MutationTest,
  NodesOperand,
  Operand,
  ValueOf,
} from '#model/graphql-mutation.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';

/** A row of the input on its way. */
export type Row = {
  readonly index: number;
  readonly input: Readonly<Record<string, unknown>>;
  readonly numbers: ReadonlyMap<string, string>;
  /** By path of the field, in the order in which they are given; null is unknown to the caller. */
  readonly ids: Map<string, (GraphNode | null)[]>;
  /** Those that have been looked for. */
  readonly finds: Map<string, GraphNode | null>;
};

/** What a path leads to. `unseen`: there may be more, which the caller does not see. */
export type Seen = {
  readonly nodes: readonly GraphNode[];
  /** Values as stored, or as sent; of paths to resources their uids. */
  readonly values: readonly unknown[];
  readonly unseen: boolean;
};

export type Sight = {
  readonly of: (row: Row, operand: Operand, item?: GraphNode) => Seen;
  readonly given: (row: Row, path: readonly string[]) => unknown;
  /** What has to be read of what a field's id, or a find, leads to. */
  readonly selection: (key: string, collection: Collection) => GraphSelection;
  /** The value of the identifier that all resources have; null where it is not seen. */
  readonly address: (node: GraphNode, collection: CollectionPath) => string | null;
};

type Need = { readonly attributes: Set<string>; readonly edges: Map<string, Need> };

const leading = 'systemid';
const emptyNeed = (): Need => ({ attributes: new Set(), edges: new Map() });
const nothing: Seen = { nodes: [], values: [], unseen: false };

/** A key of what is read from the beginning. */
export const idKey = (path: readonly string[]): string => `id:${path.join('.')}`;
export const findKey = (name: string): string => `find:${name}`;

/** A member of an input at a path; undefined where one on the way is left out, null where it is null. */
export const givenAt = (input: unknown, path: readonly string[]): unknown => {
  let value = input;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return value === null ? null : undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
};

/** The value that an identifier holds, or the value itself. */
const plain = (value: unknown, identifierValue: string): unknown =>
  typeof value === 'object' && value !== null && identifierValue in value
    ? (value as Readonly<Record<string, unknown>>)[identifierValue]
    : value;

/** Compiles the paths of a mutation. */
export const createSight = (mutation: Mutation, model: Model): Sight => {
  const needs = new Map<string, Need>();
  for (const [operand, each] of operandsOf(mutation))
    if (operand.kind === 'nodes') need(needs, mutation, operand, each);
  for (const part of mutation.parts)
    for (const value of part.values.values())
      for (const nodes of linkedIn(value))
        need(needs, mutation, { ...nodes, attribute: addressAttribute(nodes, model) }, part.each);
  for (const find of mutation.finds)
    if (find.kind === 'among')
      for (const { relation } of find.where)
        need(needs, mutation, { ...find.nodes, relations: [...find.nodes.relations, relation] }, null);
  // What is deleted or changed is addressed by uid, and what is only linked to has nothing read of it.
  const addressOf = (node: GraphNode, path: CollectionPath): string | null => {
    const attribute = model.collections.get(path)?.identifierBySegment.get(leading)?.attribute;
    const value = attribute === undefined ? null : plain(node.values[attribute], model.identifierValue);
    return typeof value === 'string' ? value : null;
  };
  return {
    given: ({ input }, path) => givenAt(input, path),
    address: addressOf,
    selection: (key, collection) => selectionOf(needs.get(key) ?? emptyNeed(), collection, model),
    of: (row, operand, item) => {
      if (operand.kind === 'given') {
        const value = givenAt(row.input, operand.path);
        if (value === undefined || value === null) return nothing;
        return { nodes: [], values: Array.isArray(value) ? value : [value], unseen: false };
      }
      if (operand.kind === 'number') return { nodes: [], values: [row.numbers.get(operand.name) ?? ''], unseen: false };
      return follow(startOf(row, operand, item), operand, model);
    },
  };
};

const startOf = (row: Row, { source }: NodesOperand, item: GraphNode | undefined): readonly GraphNode[] => {
  switch (source.kind) {
    case 'id':
      return (row.ids.get(source.path.join('.')) ?? []).filter((node) => node !== null);
    case 'find': {
      const found = row.finds.get(source.name) ?? null;
      return found === null ? [] : [found];
    }
    case 'item':
      return item === undefined ? [] : [item];
  }
};

const follow = (start: readonly GraphNode[], { relations, attribute }: NodesOperand, model: Model): Seen => {
  let nodes = start;
  let unseen = false;
  for (const relation of relations) {
    const next: GraphNode[] = [];
    for (const node of nodes) {
      const nested = relation.includes('.');
      const page = node.edges[relation];
      const held = node.nested[relation];
      if (nested ? held === undefined : page === undefined) unseen = true;
      next.push(...(nested ? (held?.values() ?? []) : (page?.nodes ?? [])));
    }
    nodes = next;
  }
  if (attribute === null) return { nodes, values: nodes.map(({ uid }) => uid), unseen };
  const [first = ''] = attribute;
  const values: unknown[] = [];
  for (const node of nodes) {
    if (node.hides(first)) unseen = true;
    const value = plain(givenAt(node.values, attribute), model.identifierValue);
    if (value !== undefined && value !== null) values.push(value);
  }
  return { nodes: [], values, unseen };
};

// --- What has to be read --------------------------------------------------------------------------------------------------------

const addressAttribute = ({ of }: NodesOperand, model: Model): readonly string[] | null => {
  const collection = [...model.collections.values()].find((one) => one.class.key === of.key);
  const attribute = collection?.identifierBySegment.get(leading)?.attribute;
  return attribute === undefined ? null : [attribute];
};

/** Puts down what a path needs, from where it really begins. */
const need = (needs: Map<string, Need>, mutation: Mutation, operand: NodesOperand, each: NodesOperand | null): void => {
  const { source, relations, attribute } = operand;
  if (source.kind === 'item') {
    if (each !== null)
      need(needs, mutation, { ...each, relations: [...each.relations, ...relations], attribute }, null);
    return;
  }
  const find = source.kind === 'find' ? mutation.finds.find(({ name }) => name === source.name) : undefined;
  if (find?.kind === 'among') {
    need(needs, mutation, { ...find.nodes, relations: [...find.nodes.relations, ...relations], attribute }, null);
    return;
  }
  const key = source.kind === 'id' ? idKey(source.path) : findKey(source.name);
  let at = needs.get(key) ?? emptyNeed();
  needs.set(key, at);
  for (const relation of relations) {
    const [holder] = relation.includes('.') ? relation.split('.') : [];
    if (holder !== undefined) at.attributes.add(holder);
    const next = at.edges.get(relation) ?? emptyNeed();
    at.edges.set(relation, next);
    at = next;
  }
  const [first] = attribute ?? [];
  if (first !== undefined) at.attributes.add(first);
};

const selectionOf = (wanted: Need, collection: Collection, model: Model): GraphSelection => ({
  collection: collection.path,
  attributes: [...wanted.attributes],
  edges: [...wanted.edges].flatMap(([relation, next]) => {
    const rule = relation.includes('.') ? collection.nestedLinks.get(relation) : collection.links.get(relation);
    const target = model.collections.get(rule?.target ?? '');
    if (target === undefined) return [];
    return [
      {
        name: relation,
        relation,
        to: selectionOf(next, target, model),
        narrow: null,
        order: null,
        page: null,
        count: false,
      },
    ];
  }),
});

type Held = readonly [Operand, NodesOperand | null];

/** Every path of a mutation, with what its part is carried out for each of. */
const operandsOf = ({ finds, rules, parts, result, watched, about }: Mutation): readonly Held[] => [
  ...finds.flatMap((find): readonly Held[] =>
    find.kind === 'by'
      ? operandsIn(find.value).map((one) => [one, null] as const)
      : [find.nodes, ...find.where.map(({ is }) => is)].map((one) => [one, null] as const),
  ),
  ...rules.flatMap(({ test, when }): readonly Held[] =>
    [...testOperands(test), ...when.map(({ operand }: MutationCondition) => operand)].map(
      (one) => [one, null] as const,
    ),
  ),
  ...parts.flatMap((part): readonly Held[] =>
    [
      ...(part.target === null ? [] : [part.target]),
      ...(part.each === null ? [] : [part.each]),
      ...(part.without ?? []),
      ...part.when.map(({ operand }) => operand),
      ...[...part.values.values()].flatMap(operandsIn),
      ...[...part.links.values()].flat().filter((one: LinkOperand) => one.kind === 'nodes'),
      ...(part.key === null ? [] : operandsIn(part.key.value)),
    ].map((one) => [one, part.each] as const),
  ),
  ...('nodes' in result.of ? [[result.of.nodes, null] as const] : []),
  ...[...watched, ...about].map((one) => [one, null] as const),
];

const testOperands = (test: MutationTest): readonly Operand[] => {
  switch (test.kind) {
    case 'same':
    case 'distinct-from':
      return [test.left, test.right];
    case 'refuse':
    case 'need':
      return [test.of];
    case 'once':
      return test.of;
    case 'order':
      return [test.from, test.to];
    case 'open':
      return [test.until];
    case 'within':
      return [...test.period, ...test.inside];
    case 'apart':
      return [...test.period, test.per, ...test.of.map((path) => ({ ...test.others, attribute: path }))];
    case 'free':
      return test.unless === null ? [test.find] : [test.find, test.unless];
  }
};

const operandsIn = (value: ValueOf): readonly Operand[] => {
  switch (value.kind) {
    case 'operand':
      return [value.operand];
    case 'match':
      return [value.of];
    case 'object':
      return [...value.members.values()].flatMap(operandsIn);
    case 'list':
    case 'first':
      return value.of.flatMap(operandsIn);
    case 'key':
      return value.parts.flatMap(operandsIn);
    case 'constant':
    case 'now':
      return [];
  }
};

const linkedIn = (value: ValueOf): readonly NodesOperand[] => {
  switch (value.kind) {
    case 'object':
      return [...value.links.map(({ nodes }) => nodes), ...[...value.members.values()].flatMap(linkedIn)];
    case 'list':
    case 'first':
      return value.of.flatMap(linkedIn);
    default:
      return [];
  }
};
