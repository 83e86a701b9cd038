// The types of an opened face as graphql-js has them: for validation and introspection. Called by build-schema.ts; resolves nothing.
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLString,
  GraphQLUnionType,
  isInputType,
  isInterfaceType,
  isObjectType,
  isOutputType,
} from 'graphql';
import type {
  GraphQLFieldConfig,
  GraphQLInputFieldConfig,
  GraphQLInputType,
  GraphQLNamedType,
  GraphQLOutputType,
  GraphQLType,
} from 'graphql';
import { describePart } from './describe-part.ts';
import type { OpenFace } from './open-face.ts';
import { readRef, type ReadRef } from './type-ref.ts';
import type { FaceField, FaceInput, FaceType } from './face.ts';

type Named = (name: string) => GraphQLNamedType;

const standard: readonly GraphQLScalarType[] = [GraphQLString, GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID];

/** Makes all types of a face, standard scalars beside them; they are given by name. Throws for a name that is none: a fault of the check. */
export const makeTypes = (open: OpenFace): Named => {
  const made = new Map<string, GraphQLNamedType>(standard.map((scalar) => [scalar.name, scalar]));
  const named: Named = (name) => {
    const type = made.get(name);
    if (type === undefined) throw new Error(`no type ${name}`);
    return type;
  };
  for (const type of open.types.values()) made.set(type.name, makeType(type, open.face.api, named));
  return named;
};

const makeType = (type: FaceType, api: string, named: Named): GraphQLNamedType => {
  const about = { name: type.name, description: describePart(type.describe, type.marks, api) };
  switch (type.kind) {
    case 'object':
      return new GraphQLObjectType<unknown, unknown>({
        ...about,
        interfaces: () => type.interfaces.map(named).filter(isInterfaceType),
        fields: () => fieldsOf(type.fields, api, named),
      });
    case 'interface':
      return new GraphQLInterfaceType<unknown, unknown>({ ...about, fields: () => fieldsOf(type.fields, api, named) });
    case 'union':
      return new GraphQLUnionType<unknown, unknown>({
        ...about,
        types: () => type.members.map(named).filter(isObjectType),
      });
    case 'enum':
      return new GraphQLEnumType({
        ...about,
        values: Object.fromEntries(type.values.map((value) => [value.name, aboutPart(value, api)])),
      });
    case 'input':
      return new GraphQLInputObjectType({
        ...about,
        isOneOf: type.oneOf === true,
        fields: () => inputsOf(type.fields, api, named),
      });
    case 'scalar':
      return new GraphQLScalarType({
        ...about,
        specifiedByURL: type.specifiedBy,
        coerceInputValue: (value: unknown) => {
          const result = type.read(value);
          if ('wrong' in result) throw new GraphQLError(result.wrong);
          return result.value;
        },
        coerceOutputValue: type.write,
      });
  }
};

const aboutPart = ({ describe, marks }: Pick<FaceInput, 'describe' | 'marks'>, api: string) => ({
  description: describePart(describe, marks, api),
  deprecationReason: marks.deprecated,
});

const inputsOf = (
  parts: readonly FaceInput[],
  api: string,
  named: Named,
): Readonly<Record<string, GraphQLInputFieldConfig>> =>
  Object.fromEntries(
    parts.map((part) => [
      part.name,
      {
        type: input(part.type, named),
        ...(part.default === undefined ? {} : { default: { value: part.default } }),
        ...aboutPart(part, api),
      },
    ]),
  );

const fieldsOf = (
  fields: readonly Omit<FaceField, 'source'>[],
  api: string,
  named: Named,
): Readonly<Record<string, GraphQLFieldConfig<unknown, unknown>>> =>
  Object.fromEntries(
    fields.map((field) => [
      field.name,
      { type: output(field.type, named), args: inputsOf(field.args, api, named), ...aboutPart(field, api) },
    ]),
  );

const read = (text: string, named: Named): GraphQLType => {
  const ref = readRef(text);
  if (ref === null) throw new Error(`no reference ${text}`);
  return typeOf(ref, named);
};

const typeOf = (ref: ReadRef, named: Named): GraphQLType => {
  if (ref.kind === 'named') return named(ref.name);
  const inner = typeOf(ref.of, named);
  if (ref.kind === 'list') return new GraphQLList(inner);
  return inner instanceof GraphQLNonNull ? inner : new GraphQLNonNull(inner);
};

const output = (text: string, named: Named): GraphQLOutputType => {
  const type = read(text, named);
  if (!isOutputType(type)) throw new Error(`${text} cannot be output`);
  return type;
};

const input = (text: string, named: Named): GraphQLInputType => {
  const type = read(text, named);
  if (!isInputType(type)) throw new Error(`${text} cannot be input`);
  return type;
};
