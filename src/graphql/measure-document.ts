// How much a document asks for, counted before it is validated: validation and compilation cost what fragments unfold to. Called by
// compile-document.ts; what it costs in resources is counted when it is run.
import {
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { limits } from '#base/limits.ts';
import { tooMuch, type Parsed } from './parse-document.ts';

type Measure = {
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly depth: number;
  /** Lists and aliases of an introspection. */
  readonly introspection: number;
};

const nothing: Measure = { fields: 0, aliases: 0, directives: 0, depth: 0, introspection: 0 };
const introspectionLists: ReadonlySet<string> = new Set([
  'types',
  'fields',
  'args',
  'inputFields',
  'enumValues',
  'interfaces',
  'possibleTypes',
  'directives',
]);

/** How many fields each operation has, those of fragments wherever they are spread. */
export type Measured = { readonly kind: 'measured'; readonly fields: ReadonlyMap<OperationDefinitionNode, number> };

/** Fails with HUB-132 and what was counted where a limit is passed. Fragments that spread themselves count as empty: validation refuses them. */
export const measureDocument = (document: DocumentNode): Measured | Extract<Parsed, { kind: 'errors' }> => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  if (fragments.size > limits.graphqlFragments) return tooMuch('fragments', fragments.size, limits.graphqlFragments);
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length;
  if (operations > limits.graphqlOperations) return tooMuch('operations', operations, limits.graphqlOperations);
  const measure = measurer(fragments);
  const all = new Map<OperationDefinitionNode, number>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      // Validation looks at it even where no operation spreads it.
      const { fields } = measure(definition.selectionSet, definition.directives);
      if (fields > limits.graphqlFields) return tooMuch('fields', Math.min(fields, 1e9), limits.graphqlFields);
    }
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { fields, aliases, directives, depth, introspection } = measure(
      definition.selectionSet,
      definition.directives,
    );
    const roots = rootsOf(definition.selectionSet, fragments, new Set());
    const counted: readonly (readonly [string, number, number])[] = [
      ['levels of fields', depth, limits.graphqlDepth],
      ['fields at its top', roots, limits.graphqlRootFields],
      ['aliases', aliases, limits.graphqlAliases],
      ['directives', directives, limits.graphqlDirectives],
      ['fields', fields, limits.graphqlFields],
      ['lists and aliases of an introspection', introspection, limits.graphqlIntrospection],
    ];
    for (const [what, count, limit] of counted) if (count > limit) return tooMuch(what, Math.min(count, 1e9), limit);
    all.set(definition, fields);
  }
  return { kind: 'measured', fields: all };
};

type Measuring = (set: SelectionSetNode, directives: readonly DirectiveNode[] | undefined) => Measure;

const measurer = (fragments: ReadonlyMap<string, FragmentDefinitionNode>): Measuring => {
  const known = new Map<string, Measure>();
  const fragmentOf = (name: string): Measure => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const fragment = fragments.get(name);
    // While it is measured it counts as empty, so that a circle ends.
    known.set(name, nothing);
    const measured = fragment === undefined ? nothing : setOf(fragment.selectionSet, fragment.directives);
    known.set(name, measured);
    return measured;
  };
  const setOf: Measuring = ({ selections }, directives) => {
    let sum: Measure = { ...nothing, directives: directives?.length ?? 0 };
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) {
        const inner =
          selection.kind === Kind.FRAGMENT_SPREAD
            ? fragmentOf(selection.name.value)
            : setOf(selection.selectionSet, []);
        sum = add(sum, { ...inner, directives: inner.directives + (selection.directives?.length ?? 0) });
        continue;
      }
      const inner = selection.selectionSet === undefined ? nothing : setOf(selection.selectionSet, []);
      const alias = selection.alias === undefined ? 0 : 1;
      const name = selection.name.value;
      const isIntrospection = name === '__schema' || name === '__type';
      sum = add(sum, {
        fields: inner.fields + 1,
        aliases: inner.aliases + alias,
        directives: inner.directives + (selection.directives?.length ?? 0),
        depth: isIntrospection ? 1 : inner.depth + 1,
        introspection: isIntrospection
          ? inner.aliases + alias + inner.introspection
          : inner.introspection + (introspectionLists.has(name) ? 1 : 0),
      });
    }
    return sum;
  };
  return (set, directives) => {
    const measured = setOf(set, directives);
    // Lists of those names outside an introspection are others.
    return { ...measured, introspection: introspectionOf(set, fragments, setOf, new Set<string>()) };
  };
};

const introspectionOf = (
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  setOf: Measuring,
  seen: Set<string>,
): number => {
  let sum = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      if (name === '__schema' || name === '__type')
        sum += setOf({ kind: Kind.SELECTION_SET, selections: [selection] }, []).introspection;
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) sum += introspectionOf(selection.selectionSet, fragments, setOf, seen);
    else {
      const name = selection.name.value;
      const fragment = fragments.get(name);
      if (fragment === undefined || seen.has(name)) continue;
      seen.add(name);
      sum += introspectionOf(fragment.selectionSet, fragments, setOf, seen);
    }
    if (sum > limits.graphqlIntrospection) return sum;
  }
  return sum;
};

const add = (one: Measure, other: Measure): Measure => ({
  fields: one.fields + other.fields,
  aliases: one.aliases + other.aliases,
  directives: one.directives + other.directives,
  depth: Math.max(one.depth, other.depth),
  introspection: one.introspection + other.introspection,
});

/** Fields at the top, those of fragments included. */
const rootsOf = (
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: Set<string>,
): number => {
  let sum = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) sum += 1;
    else if (selection.kind === Kind.INLINE_FRAGMENT) sum += rootsOf(selection.selectionSet, fragments, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) sum += rootsOf(fragment.selectionSet, fragments, seen);
    }
  }
  return sum;
};
