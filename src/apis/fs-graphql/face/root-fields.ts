// All root fields: collections with filters, look-ups of many, single ones, and nodes by id. Made of the roots as data, by fs-face.ts; knows no class by
// name.
import type { FaceField, FaceType, Marks } from '#graphql/face.ts';
import { connectionField, directions } from './connection-field.ts';
import { lookupField } from './lookup-field.ts';
import type { RootDeps } from './root-field.ts';
import { nodeFields, selfField, singleField } from './single-fields.ts';

export type RootFields = {
  readonly fields: readonly FaceField[];
  readonly types: readonly FaceType[];
  readonly connections: ReadonlyMap<string, { readonly node: string; readonly marks: Marks }>;
};

/** All root fields, in the order of the data. */
export const rootFields = (deps: RootDeps): RootFields => {
  const { roots } = deps;
  const types: FaceType[] = [];
  const connections = new Map<string, { readonly node: string; readonly marks: Marks }>();
  const fields = [
    ...roots.connections.map((root) => {
      const made = connectionField(root, deps);
      types.push(...made.types);
      // Types cannot be deprecated.
      connections.set(made.field.type, {
        node: root.of.className,
        marks: { ...made.field.marks, deprecated: null },
      });
      return made.field;
    }),
    ...roots.lookups.map((root) => {
      const made = lookupField(root, deps);
      types.push(...made.types);
      return made.field;
    }),
    ...roots.singles.map((root) => singleField(root, deps)),
    ...roots.selves.map((root) => selfField(root, deps)),
    ...nodeFields(deps),
  ];
  if (roots.connections.some(({ orderBy }) => orderBy.size > 0)) types.push(directions);
  return { fields, types, connections };
};
