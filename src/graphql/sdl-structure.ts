// The parts of a GraphQL API as its SDL tells them: what stands in what, what leans on what, which marks they bear and which of them are described. Called by the
// composition, for announcements and promotions.
import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type StringValueNode,
  type TypeNode,
} from 'graphql';

export type SdlPart = {
  readonly coordinate: string;
  readonly within: string | null;
  readonly leansOn: readonly string[];
  /** The status of its `@contract`; null = it bears no mark. */
  readonly mark: string | null;
  readonly described: boolean;
};

const standard = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

type Node = {
  readonly description?: StringValueNode | undefined;
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
};

const markOf = ({ directives = [] }: Node): string | null => {
  const status = directives
    .find(({ name }) => name.value === 'contract')
    ?.arguments?.find(({ name }) => name.value === 'status')?.value;
  return status?.kind === Kind.STRING ? status.value.toLowerCase() : null;
};

const part = (coordinate: string, within: string | null, node: Node, leansOn: readonly string[] = []): SdlPart => ({
  coordinate,
  within,
  leansOn: leansOn.filter((name) => !standard.has(name)),
  mark: markOf(node),
  described: (node.description?.value.trim() ?? '') !== '',
});

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

const isRequired = ({ type, defaultValue }: InputValueDefinitionNode): boolean =>
  type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;

const fieldParts = (type: string, field: FieldDefinitionNode): readonly SdlPart[] => {
  const at = `${type}.${field.name.value}`;
  const args = field.arguments ?? [];
  return [
    part(at, type, field, [nameOf(field.type), ...args.filter(isRequired).map((one) => nameOf(one.type))]),
    ...args.map((one) => part(`${at}(${one.name.value}:)`, at, one, [nameOf(one.type)])),
  ];
};

const partsOf = (definition: DefinitionNode): readonly SdlPart[] => {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const name = definition.name.value;
      const implemented = (definition.interfaces ?? []).map((one) => one.name.value);
      return [
        part(name, null, definition, implemented),
        ...(definition.fields ?? []).flatMap((field) => fieldParts(name, field)),
      ];
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const name = definition.name.value;
      const fields = definition.fields ?? [];
      return [
        part(name, null, definition),
        ...fields.map((field) => part(`${name}.${field.name.value}`, name, field, [nameOf(field.type)])),
      ];
    }
    case Kind.ENUM_TYPE_DEFINITION: {
      const name = definition.name.value;
      return [
        part(name, null, definition),
        ...(definition.values ?? []).map((value) => part(`${name}.${value.name.value}`, name, value)),
      ];
    }
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.SCALAR_TYPE_DEFINITION:
      return [part(definition.name.value, null, definition)];
    default:
      return [];
  }
};

/** Reads SDL that the hub has printed. Throws where it is none. */
export const sdlStructure = (text: string): readonly SdlPart[] =>
  parse(text, { noLocation: true }).definitions.flatMap(partsOf);
