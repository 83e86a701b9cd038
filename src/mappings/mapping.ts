// A foreign type as data: which field comes from where in the model. Every type of an API or an export is one file in a folder mappings/ there; of it are
// made the shape that the hub fetches, the renderer, the schema of the reference and the names of changed fields, so that these can never disagree.
// A path that the model does not bear out stops the start.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { ContractMark, Text } from '#model/model.ts';

/**
 * A path from the resource at hand: names of relations, then of attributes, joined by dots (`elevforhold.skole.navn`); `@id` as the last step is
 * the opaque id of the resource that it stands for, `@uid` its number in the hub and `@level` how protected it is (both never to be shown), `@self` the
 * resource itself (for converters that look at several attributes).
 */
export type MappingPath = string;

/** How a value of the model becomes a value of the API. `schema` is JSON Schema 2020-12. */
export type Converter = {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** What it looks at, of the resource: attributes, and paths through relations. To be given where the path ends in `@self`. */
  readonly looksAt?: readonly MappingPath[];
  /** Undefined when there is nothing to show. `now` is civil time in Norway, `row` the resource at the end of the path. */
  readonly apply: (value: unknown, now: CivilNow, row: DocumentNode) => unknown;
};

/** `YYYY-MM-DD` of today in Europe/Oslo: what is in force depends on it. */
export type CivilNow = { readonly today: string };

/** Decides by a resource (as the caller sees it) whether it counts. */
export type RowTest = {
  /** What decides: attributes, and paths through relations from the resource (`rettighet.kode`). What a change of them is called follows from it. */
  readonly looksAt: readonly MappingPath[];
  /** `row` is the resource itself, with the parts that the paths of `looksAt` lead to. */
  readonly holds: (values: Readonly<Record<string, unknown>>, now: CivilNow, row: DocumentNode) => boolean;
};

type Described = {
  readonly describe: Text;
  /** Only there when the request asks for it by this name. */
  readonly include?: string;
  /** Under which contract it is offered; absent = that of the type. */
  readonly contract?: ContractMark;
  /** May be written by PATCH or POST of the type. */
  readonly writable?: true;
  /** Of lists in XML: each of it is an element `item` within one of the name of the field. Absent = elements of that name, one after another. */
  readonly xml?: { readonly item: string };
};

/** Which of the resources that a path leads to count, and in which order. */
type Chosen = {
  readonly from: MappingPath;
  /** Of the resource at the end of the path. */
  readonly test?: RowTest;
  /** Of resources on the way, by the relations that lead there (`elevforhold`; `@self` is the resource at hand): what fails is not followed further. */
  readonly on?: Readonly<Record<MappingPath, RowTest>>;
  /** Those at the end for which it holds come first; else they come as the relations give them, by uid. */
  readonly prefer?: RowTest;
};

export type Field = Described &
  Chosen &
  /** Of the first that has one. */
  (
    | { readonly kind: 'value'; readonly convert?: Converter }
    /** The first of what the relations lead to, `@self` for some fields of the resource itself; left out when there is none. */
    | { readonly kind: 'object'; readonly fields: Fields }
    /** One object for each resource that the path of relations leads to, each resource once. */
    | { readonly kind: 'objects'; readonly fields: Fields }
    /** One value for each, without repeats. The path leads through relations to an attribute or `@id`. */
    | { readonly kind: 'values'; readonly convert?: Converter }
  );

export type Fields = { readonly [name: string]: Field };

/** A type of the API, or one of several classes that are one type (the kinds of groups): those share the names of their fields. */
export type Mapping = {
  /** `pupil`; of one of several `group-klasse`. */
  readonly name: string;
  /** The schema in the reference: `Pupil`. */
  readonly schema: string;
  readonly collection: string;
  readonly describe: Text;
  /** Under which contract it is offered; absent = that of the API. */
  readonly contract?: ContractMark;
  readonly fields: Fields;
};
