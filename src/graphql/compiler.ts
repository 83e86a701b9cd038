// What the files that compile an operation have in common, and by what they call one another. Put together by compile-plan.ts.
import type { FieldNode, GraphQLSchema, SelectionSetNode } from 'graphql';
import type { Model } from '#model/model.ts';
import type { Collecting } from './collect-fields.ts';
import type { Core } from './complete.ts';
import type { FaceField } from './face.ts';
import type { ObjectType } from './made-types.ts';
import type { ConnectionPlan, ObjectPlan, ObjectTarget, ReadArgs } from './plan.ts';

export type Sets = readonly (SelectionSetNode | undefined)[];

export type Compiler = Collecting & {
  readonly schema: GraphQLSchema;
  readonly model: Model;
  /** A place in `Run.kept`, or in `Run.refs`. */
  readonly place: () => number;
  readonly args: (type: string, field: FaceField, node: FieldNode) => ReadArgs;
  /** The selections on one object type; `base` is the path of a value within its resource. */
  readonly object: (type: ObjectType, sets: Sets, depth: number, base: readonly string[]) => ObjectPlan;
  /** Resources of a type, which may be an interface or a union. */
  readonly nodes: (type: string, sets: Sets, depth: number) => ObjectTarget;
  readonly nodeCore: (target: ObjectTarget) => Core;
  /** Objects that fields have made, and resources within them. */
  readonly made: (type: string, sets: Sets, depth: number) => MadeTarget;
  readonly connection: (type: string, sets: Sets, depth: number) => ConnectionPlan;
};

export type MadeTarget = {
  readonly core: Core;
  readonly gather: (value: unknown, run: Parameters<ObjectPlan['gather']>[1]) => void;
  readonly cost: ObjectPlan['cost'];
};
