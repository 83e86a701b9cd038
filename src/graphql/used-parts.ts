// Which parts of a schema an operation uses, by their coordinates: fields, arguments, members of inputs and values of enums. Found out once for each
// document that is kept; of variables it is told by name alone which members and values they have. Called by compile-document.ts.
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/**
 * Gives what an operation uses, sorted, with what its variables, held against the schema before, add to that. The list is the same one for requests that use
 * the same, as far as so many are kept: it is never changed.
 */
export type UsedParts = (variables: Readonly<Record<string, unknown>>) => readonly string[];

/** Lists that are kept for one operation. */
const keptLists = 64;

/** Finds out what an operation uses that has been validated. */
export const usedParts = (
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  schema: GraphQLSchema,
): UsedParts => {
  const inText = partsInText(operation, fragments, schema);
  const plain = [...inText].toSorted();
  const telling = (operation.variableDefinitions ?? []).flatMap(({ variable, type }) => {
    const given = typeFromAST(schema, type) as GraphQLInputType | undefined;
    const named = getNamedType(given);
    return given !== undefined && (isInputObjectType(named) || isEnumType(named))
      ? [{ name: variable.name.value, type: given }]
      : [];
  });
  if (telling.length === 0) return () => plain;
  const lists = new Map<string, readonly string[]>();
  return (variables) => {
    const found = new Set<string>();
    for (const { name, type } of telling) addParts(type, variables[name], found);
    if (found.size === 0) return plain;
    const more = [...found].toSorted();
    const key = more.join('\n');
    const before = lists.get(key);
    if (before !== undefined) return before;
    const list = [...new Set([...plain, ...more])].toSorted();
    if (lists.size < keptLists) lists.set(key, list);
    return list;
  };
};

const partsInText = (
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  schema: GraphQLSchema,
): ReadonlySet<string> => {
  const found = new Set<string>();
  const info = new TypeInfo(schema);
  const reached = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  /** The field that is being looked at; null = one that asks for the schema itself. */
  const field = (): string | null => {
    const [parent, definition] = [info.getParentType(), info.getFieldDef()];
    if (parent === null || parent === undefined || definition === null || definition === undefined) return null;
    return parent.name.startsWith('__') || definition.name.startsWith('__')
      ? null
      : `${parent.name}.${definition.name}`;
  };
  const visitor = visitWithTypeInfo(info, {
    Field: () => {
      const at = field();
      if (at !== null) found.add(at);
    },
    Argument: ({ name }) => {
      const at = field();
      // What a directive takes is no part of the API.
      if (at !== null && (info.getDirective() ?? null) === null) found.add(`${at}(${name.value}:)`);
    },
    ObjectField: ({ name }) => {
      const type = getNamedType(info.getParentInputType() ?? undefined);
      if (isInputObjectType(type)) found.add(`${type.name}.${name.value}`);
    },
    EnumValue: ({ value }) => {
      const type = getNamedType(info.getInputType() ?? undefined);
      if (isEnumType(type) && !type.name.startsWith('__')) found.add(`${type.name}.${value}`);
    },
    FragmentSpread: ({ name }) => {
      const fragment = fragments.get(name.value);
      if (fragment !== undefined) reached.add(fragment);
    },
  });
  // A set gives what is added while it is walked.
  for (const definition of reached) visit(definition, visitor);
  return found;
};

const addParts = (type: GraphQLInputType, value: unknown, found: Set<string>): void => {
  if (value === null || value === undefined) return;
  const bare = getNullableType(type);
  if (isListType(bare)) {
    // One item stands for a list of it.
    for (const item of Array.isArray(value) ? value : [value]) addParts(bare.ofType, item, found);
    return;
  }
  if (isEnumType(bare)) {
    if (typeof value === 'string') found.add(`${bare.name}.${value}`);
    return;
  }
  if (!isInputObjectType(bare) || typeof value !== 'object') return;
  const fields = bare.getFields();
  for (const [name, member] of Object.entries(value)) {
    const field = fields[name];
    if (field === undefined) continue;
    found.add(`${bare.name}.${name}`);
    addParts(field.type, member, found);
  }
};
