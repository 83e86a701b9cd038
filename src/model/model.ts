// The contract of the information model: what every other part may know about packages, classes, attributes, relations and
// collections. Built once by `load` → `check` → `derive` and deeply frozen. Read by everyone; knows no store and no HTTP.

/** A text shown to people, in bokmål and English. */
export type Text = { readonly nb: string; readonly en: string };

/** The contract under which a part of an API is offered. */
export type ContractMark = 'production' | 'beta' | 'experimental';
export type Sensitivity = 'open' | 'personal' | 'national-id' | 'protected' | 'special';
export type ClassKind = 'main' | 'abstract' | 'complex' | 'reference';
/** `decimal` and `duration` (ISO 8601) and `time` (`08:15`, `08:15:30`) are texts in JSON, so that nothing of them is lost. */
export type PrimitiveKind =
  | 'string'
  | 'boolean'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'decimal'
  | 'date'
  | 'dateTime'
  | 'time'
  | 'duration';
/** How well a person is to be protected: 0 none, 1 client address, 2 confidential, 3 strictly confidential. */
export type ProtectionLevel = 0 | 1 | 2 | 3;
export type Multiplicity = '1' | '0..1' | '0..*' | '1..*';

/** `package:ClassName`, transliterated, e.g. `utdanning/elev:Elev`. */
export type ClassKey = string;

/** The path of a collection: `component/segment`, e.g. `utdanning/elev/elev` or `felles/kodeverk/iso/landkode`. */
export type CollectionPath = string;

export type AttributeType =
  | { readonly kind: 'primitive'; readonly primitive: PrimitiveKind }
  | { readonly kind: 'class'; readonly class: ClassKey };

export type Attribute = {
  /** As modelled, with æøå. */
  readonly name: string;
  /** As written in JSON (transliterated). */
  readonly jsonName: string;
  readonly type: AttributeType;
  readonly optional: boolean;
  readonly list: boolean;
  /** Of type Identifikator and single-valued: the resource can be addressed by it. */
  readonly identifier: boolean;
  readonly writeable: boolean;
  readonly deprecated: boolean;
  /** Under which contract APIs offer it; null = that of the API. */
  readonly contract: ContractMark | null;
  /** The texts that it may have, where they are a closed set; null = any. */
  readonly values: readonly string[] | null;
  readonly sensitivity: Sensitivity;
  readonly description: Text | null;
  /** The class that declares it: the class itself or one of its superclasses. */
  readonly from: ClassKey;
  /** Name of the extension that adds it to a class of the published model; null for what is in the published model. */
  readonly extension: string | null;
};

export type Relation = {
  readonly name: string;
  /** The link relation name in `_links`. */
  readonly jsonName: string;
  readonly target: ClassKey;
  readonly multiplicity: Multiplicity;
  readonly min: 0 | 1;
  /** null = unbounded. */
  readonly max: 1 | null;
  /** The structural source end of the association: the owning side of a many-to-many. */
  readonly source: boolean;
  /** jsonName of the relation at the other end; null when the association has one direction. */
  readonly inverse: string | null;
  readonly deprecated: boolean;
  /** As of attributes. */
  readonly contract: ContractMark | null;
  readonly description: Text;
  readonly from: ClassKey;
  /** Name of the extension that adds it to a class of the published model; null for what is in the published model. */
  readonly extension: string | null;
};

export type ModelClass = {
  readonly key: ClassKey;
  readonly name: string;
  readonly className: string;
  /** className in lower case: the path segment. */
  readonly segment: string;
  readonly package: string;
  readonly kind: ClassKind;
  readonly superclass: ClassKey | null;
  readonly deprecated: boolean;
  /** Served under every component that reaches it (Person, Kontaktperson, Virksomhet), save those that take it from another. */
  readonly common: boolean;
  /** An own attribute is writeable (the FINT rule, facts 1.5). */
  readonly writeable: boolean;
  readonly writeableInherited: boolean;
  /** Stable number, for ids of APIs that are made of keys; null = none. */
  readonly number: number | null;
  /** Names of the parts of its natural key, in order; the owner is not among the parts that the value holds. Empty = none is known. */
  readonly naturalKey: readonly string[];
  /** A code table or register, which institutions extend. */
  readonly register: boolean;
  /** Of those that are served first and whole. */
  readonly core: boolean;
  /** What other APIs call it, by API. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Kinds of events about it, sorted. */
  readonly events: readonly string[];
  readonly description: Text;
  readonly ownAttributes: readonly Attribute[];
  readonly ownRelations: readonly Relation[];
  /** Own and inherited, in model order (own first, then the nearest superclass). */
  readonly attributes: readonly Attribute[];
  readonly relations: readonly Relation[];
  readonly attributeByName: ReadonlyMap<string, Attribute>;
  readonly relationByName: ReadonlyMap<string, Relation>;
};

export type ModelPackage = {
  /** Transliterated lower-case path, `utdanning/elev`. */
  readonly path: string;
  /** Name of the part of the model that it is of. */
  readonly part: string;
  /** The component whose copies of the common classes its relations lead to; null = copies of its own. */
  readonly commonFrom: string | null;
  /** Display names per level. */
  readonly name: readonly string[];
  readonly description: Text;
  /** Has addressable classes of its own. */
  readonly component: boolean;
  readonly classes: readonly ClassKey[];
};

/** A field by which resources of a collection are addressed. */
export type IdentifierField = {
  /** JSON name of the attribute, `systemId`. */
  readonly attribute: string;
  /** As in URLs, lower case: `systemid`. */
  readonly segment: string;
};

/** Where a relation of the resources in a collection leads, and what appears at the other end. */
export type LinkRule = {
  readonly relation: Relation;
  /** Where the relation hangs: [] for the resource itself, else the attribute path of the complex type (`['hybeladresse']`). */
  readonly at: readonly string[];
  /** Collection that a link leads to; null for references outside the model (links kept verbatim). */
  readonly target: CollectionPath | null;
  /** Relation that appears on the target, pointing back; null when the association has one direction or the rule is nested. */
  readonly inverse: string | null;
  /** One of the 117 back-link rules of FINT (facts 5.5). Other inverses are additions of ours that can be switched off. */
  readonly fintBackLink: boolean;
};

/** A class served at a path: what is stored, granted and delivered as one. */
export type Collection = {
  readonly path: CollectionPath;
  /** `utdanning/elev` */
  readonly component: string;
  /** `elev` */
  readonly segment: string;
  readonly class: ModelClass;
  /** In model order; at least one. */
  readonly identifiers: readonly IdentifierField[];
  readonly identifierBySegment: ReadonlyMap<string, IdentifierField>;
  /** Rules of the resource's own relations, by jsonName. */
  readonly links: ReadonlyMap<string, LinkRule>;
  /** Rules of relations on complex types within the resource, keyed by `attributePath.relation` (`hybeladresse.land`), list positions left out. */
  readonly nestedLinks: ReadonlyMap<string, LinkRule>;
  /** Attribute paths (`navn/etternavn`) that the model declares indexed for filters. */
  readonly indexed: readonly string[];
};

export type Component = {
  readonly path: string;
  readonly package: ModelPackage;
  /** Own main classes first, then the common ones reached through relations, each alphabetical (facts 1.6, 12.2). */
  readonly collections: readonly Collection[];
};

/** How a named scope (a school, a programme …) restricts the rows of each collection. */
export type RowScope = {
  readonly name: string;
  readonly description: Text;
  readonly target: CollectionPath;
  /** Relation paths from a resource of the collection to the scope's target, e.g. ['elevforhold.skole']; [''] for the target itself. */
  readonly paths: ReadonlyMap<CollectionPath, readonly string[]>;
  /** Collections that say nothing about persons and are shown whole. All others not in `paths` are hidden. */
  readonly unaffected: ReadonlySet<CollectionPath>;
};

/** Where the marking of protected persons stands, and which resources are about whom. Empty maps when the model says nothing of it. */
export type ProtectionRules = {
  /** Collections whose resources carry a marking: the attribute (jsonName), and what each of its values means. */
  readonly markings: ReadonlyMap<CollectionPath, Marking>;
  /**
   * Relations (jsonNames, or keys of `nestedLinks`) by which a resource of the collection leads to those whom it is about. It is as protected
   * as the strictest of their targets. `required`: the model demands the relation, so that a resource without it is about somebody unknown.
   */
  readonly about: ReadonlyMap<CollectionPath, readonly { readonly relation: string; readonly required: boolean }[]>;
  /** Of the collections in `about`, those whose resources are all about somebody: what leads to nobody is about somebody unknown. */
  readonly somebody: ReadonlySet<CollectionPath>;
};

export type Marking = { readonly attribute: string; readonly levels: ReadonlyMap<string, ProtectionLevel> };

/** What one folder brings to the model. */
export type ModelPart = {
  readonly name: string;
  readonly version: string;
  readonly description: Text;
  /** Name of the part that it adds to; null for the one that stands alone. */
  readonly buildsOn: string | null;
};

export type Model = {
  /** Of the part that all others build on, like version and description. */
  readonly name: string;
  /** `4.1.0` */
  readonly version: string;
  readonly description: Text;
  /** Everything that the model was put together of, by name; the one that stands alone first. */
  readonly parts: ReadonlyMap<string, ModelPart>;
  /** Changes when any model file changes; part of ETags and cache keys. */
  readonly hash: string;
  /** JSON name of the attribute of an identifier that holds its value. */
  readonly identifierValue: string;
  /** Descriptions of the domains, by path segment. */
  readonly domains: ReadonlyMap<string, Text>;
  readonly packages: ReadonlyMap<string, ModelPackage>;
  readonly classes: ReadonlyMap<ClassKey, ModelClass>;
  readonly components: ReadonlyMap<string, Component>;
  readonly collections: ReadonlyMap<CollectionPath, Collection>;
  readonly scopes: ReadonlyMap<string, RowScope>;
  /** What adds to the published model, by name. */
  readonly extensions: ReadonlyMap<string, Text>;
  readonly protection: ProtectionRules;
};
