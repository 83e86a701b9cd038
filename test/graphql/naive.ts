// What graphql-js answers over the same rows, each field resolved by itself: what the engine's answers are held against.
import { execute, parse, validate, type ExecutionResult, type GraphQLFieldResolver } from 'graphql';
import type { FaceSchema } from '#graphql/build-schema.ts';
import { cursorOf, placeOf } from '#graphql/cursor.ts';
import type { Args, FaceField, FaceRequest } from '#graphql/face.ts';
import { isNodeRef } from '#graphql/node-ref.ts';
import { namedOf } from '#graphql/type-ref.ts';
import type { GraphNode } from '#hub/graph/graph.ts';
import { bySystemId } from './county.ts';
import { keyOf, pageIn, sorted, type Row, type Rows } from './memory-graph.ts';

/** A complex value, with what it is of. */
type Complex = { readonly complex: Readonly<Record<string, unknown>>; readonly row: Row; readonly at: string };

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && 'addresses' in value;
const isComplex = (value: unknown): value is Complex =>
  typeof value === 'object' && value !== null && 'complex' in value;

const follow = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : null),
    value,
  );

const page = (lists: readonly (readonly Row[])[], first: number, after: unknown) => {
  const { shown, more, total } = pageIn(lists, first, typeof after === 'string' ? placeOf(after) : null);
  const edges = shown.map(({ row, place }) => ({ cursor: cursorOf(place), node: row }));
  return {
    edges,
    nodes: shown.map(({ row }) => row),
    totalCount: total,
    pageInfo: {
      hasNextPage: more,
      hasPreviousPage: typeof after === 'string',
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

const asNode = (row: Row): GraphNode => ({ ...row, hides: () => false, edges: {}, nested: {} });

const addresses = (parent: unknown, relation: string): readonly string[] => {
  if (isRow(parent)) return parent.addresses[relation] ?? [];
  if (!isComplex(parent)) return [];
  const links = follow(parent.complex, ['_links', relation]) as readonly { readonly href: string }[] | null | undefined;
  return (links ?? []).map(({ href }) => href);
};

const linked = (parent: unknown, relation: string): readonly Row[] => {
  if (isRow(parent)) return sorted(parent.links[relation] ?? []);
  if (!isComplex(parent)) return [];
  const hrefs = addresses(parent, relation);
  return (parent.row.links[`${parent.at}.${relation}`] ?? []).filter((row) =>
    hrefs.includes(bySystemId(row.collection, keyOf(row))),
  );
};

/** Answers a document; null when it is not valid. */
export const answerNaively = async (
  { schema, open }: FaceSchema,
  rows: Rows,
  text: string,
  variables: Readonly<Record<string, unknown>>,
  request: FaceRequest,
): Promise<ExecutionResult | null> => {
  const document = parse(text);
  if (validate(schema, document).length > 0) return null;
  const { face } = open;
  // What no flag opens is not there.
  const rowsOf = (collection: string): readonly Row[] =>
    open.types.has(face.typeOf(collection)) ? sorted(rows.get(collection) ?? []) : [];
  // What the caller has no grant for is not even empty.
  const isClosed = (collections: readonly string[]): boolean =>
    collections.length > 0 && collections.every((collection) => !rows.has(collection));
  const fieldValue = async (field: FaceField, args: Args): Promise<unknown> => {
    const { source } = field;
    const isConnection = face.connections.has(namedOf(field.type));
    const isList = field.type.startsWith('[');
    if (source.kind === 'produced') return source.run(args, request);
    if (source.kind !== 'root') return null;
    const ask = await source.ask(args, request);
    if ('error' in ask) throw new Error(ask.error.detail);
    if (ask.kind === 'nothing') return isConnection ? page([], 0, null) : isList ? [] : null;
    if (ask.kind === 'list' && isClosed(ask.collections)) return null;
    if (ask.kind === 'named' && isClosed([ask.collection])) return null;
    if (ask.kind === 'nodes' && !isList && isClosed(ask.of.flatMap((one) => (one === null ? [] : [one.collection]))))
      return null;
    if (ask.kind === 'list') {
      const found = page(ask.collections.map(rowsOf), ask.first, ask.after);
      return isConnection ? found : isList ? found.nodes : (found.nodes[0] ?? null);
    }
    const found =
      ask.kind === 'named'
        ? ask.values.map((value) => rowsOf(ask.collection).find((row) => keyOf(row) === value) ?? null)
        : ask.of.map((one) =>
            one === null ? null : (rowsOf(one.collection).find((row) => keyOf(row) === one.value) ?? null),
          );
    return isList ? found : (found.find((row) => row !== null) ?? null);
  };
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved);
    return isNodeRef(value) ? (rowsOf(value.collection).find((row) => row.uid === value.uid) ?? null) : value;
  };
  const resolve: GraphQLFieldResolver<unknown, unknown> = (parent, args: Args, _, { parentType, fieldName }) => {
    const type = open.types.get(parentType.name);
    const field = type?.kind === 'object' ? type.fields.find(({ name }) => name === fieldName) : undefined;
    if (field === undefined || type?.kind !== 'object') throw new Error(`no field ${fieldName}`);
    const { source } = field;
    const isComplexType = ((): boolean => {
      const to = open.types.get(namedOf(field.type));
      return to?.kind === 'object' && to.of === 'value';
    })();
    switch (source.kind) {
      case 'value': {
        if (type.of === 'made') return resolved(follow(parent, source.path));
        const whole = isRow(parent) ? parent.values : isComplex(parent) ? parent.complex : {};
        const found = follow(whole, source.path) ?? null;
        const row = isRow(parent) ? parent : isComplex(parent) ? parent.row : null;
        if (!isComplexType || row === null || found === null) return found;
        return { complex: found, row, at: source.path.join('.') };
      }
      case 'made-of':
        return isRow(parent) ? source.from(asNode(parent)) : null;
      case 'id':
        return isRow(parent) ? face.ids?.of(asNode(parent), request.context) : null;
      case 'link': {
        const there = isComplex(parent) || (isRow(parent) && source.relation in parent.links);
        const found = linked(parent, source.relation);
        return source.many ? (there ? found : null) : (found[0] ?? null);
      }
      case 'connection':
        if (!isRow(parent) || !(source.relation in parent.links)) return null;
        return page(
          [linked(parent, source.relation)],
          typeof args['first'] === 'number' ? args['first'] : source.defaultFirst,
          args['after'],
        );
      case 'address': {
        const found = addresses(parent, source.relation);
        return source.many ? found : found[0];
      }
      case 'root':
      case 'produced':
        return fieldValue(field, args);
    }
  };
  return execute({
    schema,
    document,
    variableValues: variables,
    fieldResolver: resolve,
    typeResolver: (value) =>
      isRow(value) ? face.typeOf(value.collection) : (value as { readonly __typename?: string })['__typename'],
  });
};
