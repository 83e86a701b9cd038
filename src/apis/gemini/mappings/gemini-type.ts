// What a type of Gemini is before it is one of an institution: made with the ids of that institution. Used by the mappings and by whoever holds them
// against the model.
import type { Fields } from '#mappings/mapping.ts';
import type { CollectionPath, Text } from '#model/model.ts';
import type { TableFilter, TableMember } from '#tables/table.ts';
import { own, type Hanging, type IdsOf } from './field.ts';

export type GeminiType = {
  /** Name of the schema: `Kull`. */
  readonly schema: string;
  readonly collection: CollectionPath;
  readonly describe: Text;
  /** The member that holds the id of the thing. */
  readonly id: string;
  /** The other members, in their order. */
  readonly fields: (ids: IdsOf) => Fields;
  readonly filters?: readonly TableFilter[];
  /** What hangs on values of its own. */
  readonly hanging?: readonly Hanging[];
  /** What hangs on values of the things in a list of it. */
  readonly within?: readonly {
    readonly relation: string;
    readonly member: string;
    /** The member of each that holds its id. */
    readonly id: string;
    readonly collection: CollectionPath;
    readonly hanging: readonly Hanging[];
  }[];
  readonly writes?: {
    readonly operations: readonly ('create' | 'delete')[];
    readonly members: readonly TableMember[];
    /** Columns that name other things, by the relation that leads there. */
    readonly links: readonly Link[];
  };
};

/** A column that holds the id of another thing. */
export type Link = {
  readonly column: string;
  /** What the column was called before; both are taken. */
  readonly older?: string;
  readonly relation: string;
  readonly to: CollectionPath;
  readonly required?: true;
};

/** A type that is listed whole: `/kull`. */
export type Register = GeminiType & { readonly path: string };

/** All members of a type. */
export const membersOf = (type: GeminiType, ids: IdsOf): Fields => ({
  [type.id]: own(ids, type.collection),
  ...type.fields(ids),
});
