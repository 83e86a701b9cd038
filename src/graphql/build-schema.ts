// A face under a set of flags as a schema: for validation and introspection. Made by the APIs at start, one for each set of flags that is asked
// for, and kept. Resolves nothing: run-operation.ts does.
import { GraphQLSchema, isObjectType, specifiedDirectives, validateSchema } from 'graphql';
import type { GraphQLObjectType } from 'graphql';
import { createMemory } from '#base/memory.ts';
import { checkFace } from './check-face.ts';
import { directivesOf } from './face-directives.ts';
import { makeTypes } from './make-types.ts';
import { openFace, type OpenFace } from './open-face.ts';
import type { Flags } from './marks.ts';
import type { Face, FaceType } from './face.ts';

export type FaceSchema = {
  /** Names the set of flags: those that the face knows, sorted. */
  readonly key: string;
  readonly open: OpenFace;
  readonly schema: GraphQLSchema;
};

/** Gives the schema of a set of flags. */
export type Schemas = (flags: Flags) => FaceSchema;

/** Checks a face and gives its schemas. Throws with everything that is wrong. Sets of flags that open the same are one. */
export const createSchemas = (face: Face): Schemas => {
  const findings = checkFace(face);
  if (findings.length > 0)
    throw new Error(`The face ${face.api} cannot be served:\n${findings.map((one) => `- ${one}`).join('\n')}`);
  const known = [...flagsOf(face)].toSorted();
  const kept = createMemory<FaceSchema>(16);
  return (flags) => {
    const opening = known.filter((flag) => flags.has(flag));
    const key = opening.join(' ');
    const before = kept.get(key);
    if (before !== undefined) return before;
    const open = openFace(face, new Set(opening));
    const made = { key, open, schema: buildSchema(open) };
    kept.set(key, made);
    return made;
  };
};

/** Every flag that opens something of a face. */
export const flagsOf = (face: Face): ReadonlySet<string> => {
  const flags = new Set<string>();
  const take = ({ marks }: { readonly marks: FaceType['marks'] }): void => {
    if (marks.contract !== null && marks.contract !== 'production') flags.add(marks.contract);
    for (const flag of marks.flags ?? []) flags.add(flag);
  };
  for (const type of face.types) {
    take(type);
    if (type.kind === 'enum') type.values.forEach(take);
    if (type.kind === 'input') type.fields.forEach(take);
    if (type.kind !== 'object' && type.kind !== 'interface') continue;
    for (const field of type.fields) [field, ...field.args].forEach(take);
  }
  [...face.connections.values()].forEach(take);
  return flags;
};

/** The schema of an opened face. Throws where it would not be one: a fault of the check. */
export const buildSchema = (open: OpenFace): GraphQLSchema => {
  const named = makeTypes(open);
  const root = (name: string): GraphQLObjectType => {
    const type = named(name);
    if (!isObjectType(type)) throw new Error(`no root ${name}`);
    return type;
  };
  const schema = new GraphQLSchema({
    query: root(open.query),
    ...(open.mutation === null ? {} : { mutation: root(open.mutation) }),
    types: [...open.types.keys()].map(named),
    directives: [...specifiedDirectives, ...directivesOf(open.face, flagsOf(open.face))],
  });
  const errors = validateSchema(schema);
  if (errors.length > 0)
    throw new Error(
      `The face ${open.face.api} gives no schema:\n${errors.map(({ message }) => `- ${message}`).join('\n')}`,
    );
  return schema;
};
