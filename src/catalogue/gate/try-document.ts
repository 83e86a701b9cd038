// One GraphQL document of a client against a schema: whether it can be run, and what it asks for at most. Called by replay.ts, and by the admin API when a
// document is registered. Runs nothing.
import {
  GraphQLError,
  Kind,
  TypeInfo,
  buildSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  parse,
  specifiedRules,
  validate,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  FragmentSpreadNode,
  GraphQLArgument,
  GraphQLEnumValue,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  InlineFragmentNode,
  SelectionSetNode,
} from 'graphql';
import { limits } from '#base/limits.ts';

export type TriedDocument = {
  /** What is wrong with it, in the words of the library; none = it can be run. */
  readonly errors: readonly string[];
  /** What it uses and its flags do not open, though they name the level: a flag opens what is less firm, and not what is firmer. */
  readonly closed: readonly string[];
  /** How many resources it may ask for where no variable says otherwise: that of its operation that asks for most. Null where it cannot be run. */
  readonly cost: number | null;
};

/** Tries documents against the text of a schema, with the flags that they are sent with. Throws where that is none. */
export const documentTrier = (sdl: string): ((text: string, flags?: readonly string[]) => TriedDocument) => {
  const schema = buildSchema(sdl);
  return (text, flags = []) => {
    const read = readDocument(text);
    if (Array.isArray(read)) return { errors: read, closed: [], cost: null };
    const errors = validate(schema, read, specifiedRules, { maxErrors: limits.graphqlErrors });
    if (errors.length > 0) return { errors: errors.map(({ message }) => message), closed: [], cost: null };
    return { errors: [], closed: closedParts(read, schema, flags), cost: costOf(read, schema) };
  };
};

/** Fields, arguments and values that ask for flags of which none is sent. */
const closedParts = (document: DocumentNode, schema: GraphQLSchema, flags: readonly string[]): readonly string[] => {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  const look = (part: Marked | null | undefined): void => {
    const asked = part === null || part === undefined ? [] : flagsOf(part);
    if (asked.length > 0 && !asked.some((flag) => flags.includes(flag)))
      found.add(`${String(part)} asks for one of the flags ${asked.join(', ')}.`);
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: () => look(types.getFieldDef()),
      Argument: () => look(types.getArgument()),
      EnumValue: () => look(types.getEnumValue()),
    }),
  );
  return [...found];
};

type Marked = Pick<GraphQLField<unknown, unknown> | GraphQLArgument | GraphQLEnumValue, 'astNode'>;

const flagsOf = ({ astNode }: Marked): readonly string[] => {
  const applied = astNode?.directives?.find(({ name }) => name.value === 'feature');
  const value = applied?.arguments?.find(({ name }) => name.value === 'flags')?.value;
  const flags: unknown = value === undefined ? [] : valueFromASTUntyped(value);
  return Array.isArray(flags) ? flags.filter((flag) => typeof flag === 'string') : [];
};

const readDocument = (text: string): DocumentNode | string[] => {
  if (text.length > limits.graphqlLength) return [`It is longer than ${limits.graphqlLength} characters.`];
  try {
    return parse(text, { maxLexicalTokens: limits.graphqlTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
};

type Costing = {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: ReadonlyMap<string, unknown>;
  /** What fragments cost on a type: each is looked at once, however often it is spread. */
  readonly known: Map<string, number>;
  /** Whether fragments ask for something of a page. */
  readonly asking: Map<SelectionSetNode, boolean>;
};

const costOf = (document: DocumentNode, schema: GraphQLSchema): number => {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const costs = document.definitions.flatMap((one) => {
    if (one.kind !== Kind.OPERATION_DEFINITION) return [];
    const root = schema.getRootType(one.operation);
    if (root === undefined || root === null) return [];
    const variables = new Map(
      (one.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
        defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
      ),
    );
    return [
      selectionCost(
        one.selectionSet,
        root,
        { schema, fragments, variables, known: new Map(), asking: new Map() },
        false,
      ),
    ];
  });
  return Math.max(0, ...costs);
};

/** The fields of a set, those of fragments too, with the types that they stand on. `inPage`: of a connection, whose lists are counted by how many are asked for. */
const selectionCost = (set: SelectionSetNode, type: GraphQLNamedType, costing: Costing, inPage: boolean): number =>
  set.selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + fieldCost(selection, type, costing, inPage);
    const inner = innerOf(selection, type, costing);
    if (inner === null) return sum;
    const key = `${inner.type.name} ${inPage} ${selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : ''}`;
    const known = selection.kind === Kind.FRAGMENT_SPREAD ? costing.known.get(key) : undefined;
    const cost = known ?? selectionCost(inner.set, inner.type, costing, inPage);
    if (selection.kind === Kind.FRAGMENT_SPREAD) costing.known.set(key, cost);
    return sum + cost;
  }, 0);

type Inner = { readonly set: SelectionSetNode; readonly type: GraphQLNamedType };

/** What a fragment holds, and on which type; null where there is no such fragment. */
const innerOf = (
  selection: InlineFragmentNode | FragmentSpreadNode,
  type: GraphQLNamedType,
  { schema, fragments }: Costing,
): Inner | null => {
  const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
  if (fragment === undefined) return null;
  const condition = fragment.typeCondition?.name.value;
  return {
    set: fragment.selectionSet,
    type: condition === undefined ? type : (schema.getType(condition) ?? type),
  };
};

const fieldCost = (node: FieldNode, type: GraphQLNamedType, costing: Costing, inPage: boolean): number => {
  const field = fieldOf(type, node.name.value);
  if (field === undefined || node.selectionSet === undefined) return 0;
  const named = getNamedType(field.type);
  if (!isCompositeType(named)) return 0;
  const isList = isListType(getNullableType(field.type));
  if (inPage && isList) return selectionCost(node.selectionSet, named, costing, false);
  const isPage = field.args.some(({ name }) => name === 'first');
  const times = isPage
    ? asksList(node.selectionSet, named, costing)
      ? given(node, field, 'first', costing)
      : 1
    : isList
      ? listLength(node, field, costing)
      : 1;
  return times * (1 + selectionCost(node.selectionSet, named, costing, isPage));
};

/** Whether something of a page is asked for, and not only how much there is. */
const asksList = (set: SelectionSetNode, type: GraphQLNamedType, costing: Costing): boolean =>
  set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) {
      const field = fieldOf(type, selection.name.value);
      return field !== undefined && isListType(getNullableType(field.type));
    }
    const inner = innerOf(selection, type, costing);
    if (inner === null) return false;
    const known = costing.asking.get(inner.set);
    const asks = known ?? asksList(inner.set, inner.type, costing);
    costing.asking.set(inner.set, asks);
    return asks;
  });

const fieldOf = (type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined =>
  isObjectType(type) || 'getFields' in type
    ? (type.getFields() as Record<string, GraphQLField<unknown, unknown>>)[name]
    : undefined;

const valueOf = (node: FieldNode, name: string, { variables }: Costing): unknown => {
  const value = node.arguments?.find((one) => one.name.value === name)?.value;
  if (value === undefined) return undefined;
  return valueFromASTUntyped(value, Object.fromEntries(variables));
};

const given = (node: FieldNode, field: GraphQLField<unknown, unknown>, name: string, costing: Costing): number => {
  const own = valueOf(node, name, costing);
  if (typeof own === 'number') return Math.max(1, own);
  const preset = field.args.find((arg) => arg.name === name)?.default;
  const value = preset?.literal === undefined ? preset?.value : valueFromASTUntyped(preset.literal);
  return typeof value === 'number' ? Math.max(1, value) : limits.graphqlDefaultFirst;
};

/** A list is as long as a list that is given, where one is; else it counts as others do. */
const listLength = (node: FieldNode, field: GraphQLField<unknown, unknown>, costing: Costing): number => {
  const lists = field.args.map(({ name }) => valueOf(node, name, costing)).filter((value) => Array.isArray(value));
  return lists.length === 0 ? limits.graphqlListCost : Math.max(1, ...lists.map((list) => list.length));
};
