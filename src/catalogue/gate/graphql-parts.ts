// The text of a GraphQL schema as parts with coordinates, as far as clients can notice them: types, fields, arguments, members of inputs, values, the
// marks on each. Called by graphql-differences.ts and replay.ts; knows nothing of before and after.
import { Kind, parse, print } from 'graphql';
import type {
  ConstDirectiveNode,
  ConstValueNode,
  DefinitionNode,
  DirectiveDefinitionNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
} from 'graphql';

/** What directives say of a part (src/graphql/face-directives.ts). */
export type PartMarks = {
  /** 0 = the contract of the API, 1 = beta, 2 = experimental. */
  readonly rank: number;
  /** Flags beside that of the contract, of which one must be sent; none = no other is asked for. */
  readonly flags: readonly string[];
  readonly deprecated: string | null;
  /** What `@cost(weight:)` says, where a schema has it. */
  readonly weight: number | null;
};

export type InputPart = {
  readonly type: string;
  readonly given: ConstValueNode | null;
  readonly marks: PartMarks;
};

export type FieldPart = {
  readonly type: string;
  readonly args: ReadonlyMap<string, InputPart>;
  readonly marks: PartMarks;
};

export type TypePart = {
  readonly kind: 'object' | 'interface' | 'union' | 'enum' | 'input' | 'scalar';
  readonly marks: PartMarks;
  readonly interfaces: ReadonlySet<string>;
  readonly fields: ReadonlyMap<string, FieldPart>;
  readonly inputs: ReadonlyMap<string, InputPart>;
  readonly values: ReadonlyMap<string, PartMarks>;
  readonly members: ReadonlySet<string>;
  readonly oneOf: boolean;
  readonly specifiedBy: string | null;
};

export type DirectivePart = {
  readonly args: ReadonlyMap<string, InputPart>;
  readonly locations: ReadonlySet<string>;
  readonly repeatable: boolean;
};

export type SchemaParts = {
  /** Types at which operations begin, by the word of the operation. */
  readonly roots: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, TypePart>;
  readonly directives: ReadonlyMap<string, DirectivePart>;
};

/** Reads the text of a schema. Throws where it is none, and where it extends what is defined elsewhere. */
export const graphqlParts = (text: string): SchemaParts => {
  const types = new Map<string, TypePart>();
  const directives = new Map<string, DirectivePart>();
  let roots: Map<string, string> | null = null;
  for (const definition of parse(text, { noLocation: true }).definitions) {
    if (definition.kind === Kind.SCHEMA_DEFINITION)
      roots = new Map(definition.operationTypes.map(({ operation, type }) => [operation, type.name.value]));
    else if (definition.kind === Kind.DIRECTIVE_DEFINITION)
      directives.set(definition.name.value, directivePart(definition));
    else {
      const [name, type] = typePart(definition);
      types.set(name, type);
    }
  }
  return { roots: roots ?? usualRoots(types), types, directives };
};

/** The name of the type in a reference to one: `[Emne!]!` is of `Emne`. */
export const namedIn = (type: string): string => type.replaceAll(/[![\]]/g, '');

const usualRoots = (types: ReadonlyMap<string, TypePart>): Map<string, string> =>
  new Map(
    [['query', 'Query'] as const, ['mutation', 'Mutation'] as const, ['subscription', 'Subscription'] as const].filter(
      ([, name]) => types.has(name),
    ),
  );

const empty: Omit<TypePart, 'kind' | 'marks'> = {
  interfaces: new Set(),
  fields: new Map(),
  inputs: new Map(),
  values: new Map(),
  members: new Set(),
  oneOf: false,
  specifiedBy: null,
};

const typePart = (node: DefinitionNode): readonly [string, TypePart] => {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return [
        node.name.value,
        {
          ...empty,
          kind: node.kind === Kind.OBJECT_TYPE_DEFINITION ? 'object' : 'interface',
          marks: marksOf(node.directives),
          interfaces: new Set(node.interfaces?.map(({ name }) => name.value)),
          fields: new Map(node.fields?.map((field) => [field.name.value, fieldPart(field)])),
        },
      ];
    case Kind.UNION_TYPE_DEFINITION:
      return [
        node.name.value,
        {
          ...empty,
          kind: 'union',
          marks: marksOf(node.directives),
          members: new Set(node.types?.map(({ name }) => name.value)),
        },
      ];
    case Kind.ENUM_TYPE_DEFINITION:
      return [
        node.name.value,
        {
          ...empty,
          kind: 'enum',
          marks: marksOf(node.directives),
          values: new Map(node.values?.map((value) => [value.name.value, marksOf(value.directives)])),
        },
      ];
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [
        node.name.value,
        {
          ...empty,
          kind: 'input',
          marks: marksOf(node.directives),
          inputs: inputParts(node.fields),
          oneOf: applied(node.directives, 'oneOf') !== undefined,
        },
      ];
    case Kind.SCALAR_TYPE_DEFINITION:
      return [
        node.name.value,
        {
          ...empty,
          kind: 'scalar',
          marks: marksOf(node.directives),
          specifiedBy: textOf(argument(applied(node.directives, 'specifiedBy'), 'url')),
        },
      ];
    default:
      throw new Error(`The text of a schema holds a ${node.kind}, which is not compared.`);
  }
};

const fieldPart = (node: FieldDefinitionNode): FieldPart => ({
  type: print(node.type),
  args: inputParts(node.arguments),
  marks: marksOf(node.directives),
});

const inputParts = (nodes: readonly InputValueDefinitionNode[] = []): ReadonlyMap<string, InputPart> =>
  new Map(
    nodes.map((node) => [
      node.name.value,
      { type: print(node.type), given: node.defaultValue ?? null, marks: marksOf(node.directives) },
    ]),
  );

const directivePart = (node: DirectiveDefinitionNode): DirectivePart => ({
  args: inputParts(node.arguments),
  locations: new Set(node.locations.map(({ value }) => value)),
  repeatable: node.repeatable,
});

type Applied = readonly ConstDirectiveNode[] | undefined;

const ranks: Readonly<Record<string, number>> = { beta: 1, experimental: 2 };
const unmarked: PartMarks = { rank: 0, flags: [], deprecated: null, weight: null };

const marksOf = (directives: Applied): PartMarks => {
  if (directives === undefined || directives.length === 0) return unmarked;
  const status = textOf(argument(applied(directives, 'contract'), 'status'));
  const flags = argument(applied(directives, 'feature'), 'flags');
  const going = applied(directives, 'deprecated');
  const weight = argument(applied(directives, 'cost'), 'weight');
  return {
    rank: ranks[status ?? ''] ?? 0,
    flags:
      flags?.kind === Kind.LIST
        ? flags.values.flatMap((flag) => textOf(flag) ?? []).filter((flag) => flag !== status)
        : [],
    deprecated: going === undefined ? null : (textOf(argument(going, 'reason')) ?? ''),
    weight: weight === null || !('value' in weight) ? null : Number(weight.value),
  };
};

const applied = (directives: Applied, name: string): ConstDirectiveNode | undefined =>
  directives?.find((one) => one.name.value === name);

const argument = (directive: ConstDirectiveNode | undefined, name: string): ConstValueNode | null =>
  directive?.arguments?.find((one) => one.name.value === name)?.value ?? null;

const textOf = (value: ConstValueNode | null): string | null => (value?.kind === Kind.STRING ? value.value : null);
