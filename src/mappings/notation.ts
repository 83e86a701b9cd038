// How a projection writes what a mapping gives: as JSON or as XML. Implemented by json-notation.ts and xml-notation.ts, used by project.ts. Pure.
import type { Mapping } from './mapping.ts';

/** What a notation has to know of a member: its name, and how XML writes a list of it (`Field.xml`). */
export type MemberForm = {
  readonly name: string;
  /** Each value of a list is an element of this name, within one of the name of the member. Absent = elements of that name, one after another. */
  readonly item?: string;
};

/** Writes one member. Texts of members within are joined by `between`. */
export type MemberNotation = {
  /** A member with a value: text, number, boolean, or an object or list of such. */
  readonly value: (value: unknown) => string | undefined;
  /** A member that is an object, of the texts of its members. */
  readonly object: (members: string) => string;
  /** One value of a list. Undefined for what the notation has no place for. */
  readonly item: (value: unknown) => string | undefined;
  /** One object of a list. */
  readonly objectItem: (members: string) => string;
  /** A member that is a list, of the texts of its items. Undefined where the notation does not show that there are none. */
  readonly list: (items: readonly string[]) => string | undefined;
};

export type Notation = {
  /** Part of the id of projections: `json`, `xml`. */
  readonly name: string;
  /** What stands between two members of an object. */
  readonly between: string;
  /** Made once for each member of a mapping. */
  readonly member: (form: MemberForm) => MemberNotation;
  /** The whole: of the texts of its members. Made once for each projection. */
  readonly document: (mapping: Pick<Mapping, 'schema'>) => (members: string) => string;
};
