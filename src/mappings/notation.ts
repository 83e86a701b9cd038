// How a projection writes what a mapping gives: as JSON or as XML. Implemented by json-notation.ts and xml-notation.ts, used by project.ts. Pure.

/** Texts in, text out; each text is what the same notation gave. */
export type Notation = {
  /** Part of the id of projections: `json`, `xml`. */
  readonly name: string;
  /** A member with a value (text, number, boolean, or an object of such); undefined where the notation has no place for it. */
  readonly value: (name: string, value: unknown) => string | undefined;
  /** A member that is a list of values. */
  readonly values: (name: string, values: readonly unknown[]) => string | undefined;
  /** A member that is an object, of the texts of its members. */
  readonly object: (name: string, members: readonly string[]) => string | undefined;
  /** A member that is a list of objects. */
  readonly objects: (name: string, objects: readonly (readonly string[])[]) => string | undefined;
  /** The whole: of the texts of its members. */
  readonly document: (members: readonly string[]) => string;
};
