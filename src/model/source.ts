// The model files as values: what each may hold, and the reading of parsed YAML into typed sources. Called by load; checks the shape
// only (keys and kinds of values), never what names refer to.
import { below } from './findings.ts';
import type { At, Complain } from './findings.ts';

export type SourceText = { readonly nb: string; readonly en: string };

export type SourceAttribute = {
  readonly at: At;
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly list: boolean;
  readonly writeable: boolean;
  readonly deprecated: boolean;
  readonly contract: string | null;
  readonly values: readonly string[] | null;
  readonly sensitivity: string;
  readonly nb: string | null;
  readonly en: string | null;
  /** The extension that adds it; null in a package file. */
  readonly extension: string | null;
};

export type SourceRelation = {
  readonly at: At;
  readonly name: string;
  readonly target: string;
  readonly multiplicity: string;
  readonly source: boolean;
  readonly inverse: string | null;
  readonly deprecated: boolean;
  readonly contract: string | null;
  /** The extension that adds it; null in a package file. */
  readonly extension: string | null;
} & SourceText;

export type SourceClass = {
  readonly at: At;
  readonly package: string;
  readonly name: string;
  /** Its part of addresses, where that is not the name. */
  readonly segment: string | null;
  /** As it stands in the file; null = none. */
  readonly number: unknown;
  readonly key: readonly string[];
  readonly register: boolean;
  readonly core: boolean;
  /** What other APIs call it, by API: as they stand in the file. */
  readonly aliases: ReadonlyMap<string, unknown>;
  readonly events: readonly string[];
  readonly kind: string;
  readonly extends: string | null;
  readonly common: boolean;
  readonly deprecated: boolean;
  readonly attributes: readonly SourceAttribute[];
  readonly relations: readonly SourceRelation[];
} & SourceText;

export type SourcePackage = {
  readonly at: At;
  /** The name of the model that it is of. */
  readonly model: string;
  /** Its file within the folder of that model. */
  readonly file: string;
  readonly path: string;
  readonly name: readonly string[];
  /** The component whose copies of the common classes its relations lead to; null = copies of its own. */
  readonly commonFrom: string | null;
  readonly classes: readonly SourceClass[];
} & SourceText;

/** Which class is an identifier, and the attribute of it that holds the value. */
export type SourceIdentifier = { readonly type: string; readonly value: string };

/** model.yaml: the name of the model, its domains, and either which class and attribute identify a resource or the model that says it. */
export type SourceHeader = {
  readonly at: At;
  readonly name: string;
  readonly version: string;
  readonly identifier: SourceIdentifier | null;
  /** Name of the model that this one adds to. */
  readonly buildsOn: string | null;
  readonly domains: ReadonlyMap<string, SourceText>;
} & SourceText;

/** One line of indexes.yaml: attribute paths of a class (an abstract one counts for its subclasses). */
export type SourceIndex = { readonly at: At; readonly class: string; readonly attributes: readonly string[] };

/** The routes by which one collection reaches the target of a scope. */
export type SourcePaths = { readonly at: At; readonly collection: string; readonly routes: readonly string[] };

/** What a scope says of collections. */
export type SourceReach = {
  readonly paths: readonly SourcePaths[];
  readonly unaffected: readonly { readonly at: At; readonly pattern: string }[];
};

/** One scope of scopes.yaml. */
export type SourceScope = { readonly at: At; readonly name: string; readonly target: string } & SourceReach &
  SourceText;

/** What a scopes.yaml adds to a scope that another folder defines. */
export type SourceScopeAddition = { readonly at: At; readonly name: string } & SourceReach;

/** One class in a file of `extensions/`: the attributes and relations that the extension adds to it. */
export type SourceAddition = {
  readonly at: At;
  readonly class: string;
  readonly attributes: readonly SourceAttribute[];
  readonly relations: readonly SourceRelation[];
};

/** A file of `extensions/`: attributes and relations beside those of the published model. */
export type SourceExtension = {
  readonly at: At;
  /** Its file within the folder of its model. */
  readonly file: string;
  readonly name: string;
  readonly additions: readonly SourceAddition[];
} & SourceText;

/** One class of protection.yaml whose resources carry a marking: the attribute, and the level (0 to 3) of each of its values. */
export type SourceMarking = {
  readonly at: At;
  readonly class: string;
  readonly attribute: string;
  readonly levels: ReadonlyMap<string, unknown>;
};

/** One class of protection.yaml and the relations by which its resources are about somebody. */
export type SourceAbout = {
  readonly at: At;
  readonly class: string;
  readonly relations: readonly string[];
  /** Whatever leads to nobody by any of them is about somebody unknown. */
  readonly somebody: boolean;
};

/** A class of protection.yaml whose resources are about nobody although relations lead to somebody, with the reason. */
export type SourceNotAbout = { readonly at: At; readonly class: string; readonly reason: string };

/** protection.yaml; all empty when there is no such file. */
export type SourceProtection = {
  readonly at: At;
  readonly markings: readonly SourceMarking[];
  readonly about: readonly SourceAbout[];
  readonly notAbout: readonly SourceNotAbout[];
};

/** The files of one folder. */
export type SourceFolder = {
  readonly header: SourceHeader;
  readonly packages: readonly SourcePackage[];
  readonly extensions: readonly SourceExtension[];
  readonly protection: SourceProtection;
  readonly indexes: readonly SourceIndex[];
  readonly scopes: readonly SourceScope[];
  readonly scopeAdditions: readonly SourceScopeAddition[];
};

/** The files of all folders as one model. */
export type Sources = {
  /** The model that builds on none, before those that add to it. */
  readonly headers: readonly SourceHeader[];
  readonly identifier: SourceIdentifier;
  /** With the members of the extensions in their classes. */
  readonly packages: readonly SourcePackage[];
  readonly extensions: readonly SourceExtension[];
  readonly protection: SourceProtection;
  /** Where a package's own model says what is about whom, by package. */
  readonly protectionOf: ReadonlyMap<string, At>;
  readonly indexes: readonly SourceIndex[];
  /** With what other folders add to them. */
  readonly scopes: readonly SourceScope[];
};

type FieldKind = 'string' | 'boolean' | 'number' | 'strings' | 'map';
type Shape = Readonly<Record<string, { readonly kind: FieldKind; readonly required: boolean }>>;
type Fields = ReadonlyMap<string, unknown>;

const must = (kind: FieldKind) => ({ kind, required: true }) as const;
const may = (kind: FieldKind) => ({ kind, required: false }) as const;
const texts = { nb: must('string'), en: must('string') };

/** The keys of every object of the model files. */
export const shapes = {
  header: {
    name: must('string'),
    version: must('string'),
    ...texts,
    identifier: may('map'),
    'builds-on': may('string'),
    domains: must('map'),
  },
  headerIdentifier: { type: must('string'), value: must('string') },
  domain: texts,
  package: {
    package: must('string'),
    name: must('strings'),
    'common-from': may('string'),
    ...texts,
    classes: must('map'),
  },
  class: {
    number: may('number'),
    segment: may('string'),
    kind: must('string'),
    extends: may('string'),
    common: may('boolean'),
    deprecated: may('boolean'),
    register: may('boolean'),
    core: may('boolean'),
    key: may('strings'),
    aliases: may('map'),
    events: may('strings'),
    ...texts,
    attributes: may('map'),
    relations: may('map'),
  },
  attribute: {
    type: must('string'),
    optional: may('boolean'),
    list: may('boolean'),
    writeable: may('boolean'),
    deprecated: may('boolean'),
    contract: may('string'),
    values: may('strings'),
    sensitivity: must('string'),
    nb: may('string'),
    en: may('string'),
  },
  relation: {
    target: must('string'),
    multiplicity: must('string'),
    source: may('boolean'),
    inverse: may('string'),
    deprecated: may('boolean'),
    contract: may('string'),
    ...texts,
  },
  extension: { extension: must('string'), ...texts, extends: must('map') },
  addition: { attributes: may('map'), relations: may('map') },
  protection: { somebody: may('boolean'), markings: must('map'), about: must('map'), 'not-about': may('map') },
  marking: { attribute: must('string'), levels: must('map') },
  indexes: { indexes: must('map') },
  scopes: { scopes: must('map'), additions: may('map') },
  scope: { target: must('string'), ...texts, paths: must('map'), unaffected: must('strings') },
  scopeAddition: { paths: may('map'), unaffected: may('strings') },
} as const satisfies Readonly<Record<string, Shape>>;

const matches: Readonly<Record<FieldKind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  map: (value) => value === null || isRecord(value),
};
const wanted: Readonly<Record<FieldKind, string>> = {
  string: 'text (numbers in quotes)',
  boolean: 'true or false',
  number: 'a number (without quotes)',
  strings: 'a list of texts',
  map: 'a map',
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks one object against its shape; gives the fields that hold the right kind of value. */
const fieldsOf = (value: unknown, shape: Shape, at: At, complain: Complain): Fields => {
  const fields = new Map<string, unknown>();
  if (!isRecord(value)) {
    complain(at, 'value-type', 'expected a map');
    return fields;
  }
  for (const [key, entry] of Object.entries(value)) {
    const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (field === undefined)
      complain(below(at, key), 'unknown-key', `unknown key '${key}'; known are ${Object.keys(shape).join(', ')}`);
    else if (!matches[field.kind](entry))
      complain(below(at, key), 'value-type', `'${key}' takes ${wanted[field.kind]}`);
    else fields.set(key, entry);
  }
  for (const [key, field] of Object.entries(shape))
    if (field.required && !Object.hasOwn(value, key)) complain(at, 'missing-key', `'${key}' is missing`);
  return fields;
};

const textField = (fields: Fields, key: string): string => (fields.get(key) as string | undefined) ?? '';
const optionalText = (fields: Fields, key: string): string | null => (fields.get(key) as string | undefined) ?? null;
const flag = (fields: Fields, key: string): boolean => fields.get(key) === true;
const list = (fields: Fields, key: string): readonly string[] => (fields.get(key) as string[] | undefined) ?? [];
const entries = (fields: Fields, key: string): readonly (readonly [string, unknown])[] =>
  Object.entries((fields.get(key) as Readonly<Record<string, unknown>> | null | undefined) ?? {});
const both = (fields: Fields): SourceText => ({ nb: textField(fields, 'nb'), en: textField(fields, 'en') });

/** Where a file lies: for findings (`file` with the folder before it when there are several), within its folder, and of which model it is. */
export type SourceFile = { readonly file: string; readonly within: string; readonly model: string };

/** Reads one package file. */
export const readPackage = (value: unknown, { file, within, model }: SourceFile, complain: Complain): SourcePackage => {
  const at: At = { file, path: [] };
  const fields = fieldsOf(value, shapes.package, at, complain);
  const path = textField(fields, 'package');
  return {
    at,
    model,
    file: within,
    path,
    name: list(fields, 'name'),
    commonFrom: optionalText(fields, 'common-from'),
    ...both(fields),
    classes: entries(fields, 'classes').map(([name, entry]) =>
      readClass(entry, path, name, below(at, 'classes', name), complain),
    ),
  };
};

const readClass = (value: unknown, packagePath: string, name: string, at: At, complain: Complain): SourceClass => {
  const fields = fieldsOf(value, shapes.class, at, complain);
  return {
    at,
    package: packagePath,
    name,
    segment: optionalText(fields, 'segment'),
    number: fields.get('number') ?? null,
    key: list(fields, 'key'),
    register: flag(fields, 'register'),
    core: flag(fields, 'core'),
    aliases: new Map(entries(fields, 'aliases')),
    events: list(fields, 'events'),
    kind: textField(fields, 'kind'),
    extends: optionalText(fields, 'extends'),
    common: flag(fields, 'common'),
    deprecated: flag(fields, 'deprecated'),
    ...both(fields),
    attributes: entries(fields, 'attributes').map(([key, entry]) =>
      readAttribute(entry, key, null, below(at, 'attributes', key), complain),
    ),
    relations: entries(fields, 'relations').map(([key, entry]) =>
      readRelation(entry, key, null, below(at, 'relations', key), complain),
    ),
  };
};

const readAttribute = (
  value: unknown,
  name: string,
  extension: string | null,
  at: At,
  complain: Complain,
): SourceAttribute => {
  const fields = fieldsOf(value, shapes.attribute, at, complain);
  return {
    at,
    name,
    type: textField(fields, 'type'),
    optional: flag(fields, 'optional'),
    list: flag(fields, 'list'),
    writeable: flag(fields, 'writeable'),
    deprecated: flag(fields, 'deprecated'),
    contract: optionalText(fields, 'contract'),
    values: fields.has('values') ? list(fields, 'values') : null,
    sensitivity: textField(fields, 'sensitivity'),
    nb: optionalText(fields, 'nb'),
    en: optionalText(fields, 'en'),
    extension,
  };
};

const readRelation = (
  value: unknown,
  name: string,
  extension: string | null,
  at: At,
  complain: Complain,
): SourceRelation => {
  const fields = fieldsOf(value, shapes.relation, at, complain);
  return {
    at,
    name,
    target: textField(fields, 'target'),
    multiplicity: textField(fields, 'multiplicity'),
    source: flag(fields, 'source'),
    inverse: optionalText(fields, 'inverse'),
    deprecated: flag(fields, 'deprecated'),
    contract: optionalText(fields, 'contract'),
    extension,
    ...both(fields),
  };
};

/** Reads one file of `extensions/`. */
export const readExtension = (value: unknown, { file, within }: SourceFile, complain: Complain): SourceExtension => {
  const at: At = { file, path: [] };
  const fields = fieldsOf(value, shapes.extension, at, complain);
  const name = textField(fields, 'extension');
  return {
    at,
    file: within,
    name,
    ...both(fields),
    additions: entries(fields, 'extends').map(([key, entry]): SourceAddition => {
      const here = below(at, 'extends', key);
      const added = fieldsOf(entry, shapes.addition, here, complain);
      return {
        at: here,
        class: key,
        attributes: entries(added, 'attributes').map(([own, each]) =>
          readAttribute(each, own, name, below(here, 'attributes', own), complain),
        ),
        relations: entries(added, 'relations').map(([own, each]) =>
          readRelation(each, own, name, below(here, 'relations', own), complain),
        ),
      };
    }),
  };
};

/** The rules of a model that has no protection.yaml: nobody is protected. */
export const noProtection = (file: string): SourceProtection => ({
  at: { file, path: [] },
  markings: [],
  about: [],
  notAbout: [],
});

/** Reads protection.yaml. */
export const readProtection = (value: unknown, file: string, complain: Complain): SourceProtection => {
  const at: At = { file, path: [] };
  const fields = fieldsOf(value, shapes.protection, at, complain);
  const listed = (entry: unknown, here: At): readonly string[] => {
    if (matches.strings(entry)) return entry as readonly string[];
    complain(here, 'value-type', `this takes ${wanted.strings}`);
    return [];
  };
  return {
    at,
    markings: entries(fields, 'markings').map(([key, entry]): SourceMarking => {
      const here = below(at, 'markings', key);
      const marking = fieldsOf(entry, shapes.marking, here, complain);
      const levels = new Map(entries(marking, 'levels'));
      return { at: here, class: key, attribute: textField(marking, 'attribute'), levels };
    }),
    about: entries(fields, 'about').map(([key, entry]): SourceAbout => {
      const here = below(at, 'about', key);
      return { at: here, class: key, relations: listed(entry, here), somebody: flag(fields, 'somebody') };
    }),
    notAbout: entries(fields, 'not-about').flatMap(([reason, entry]): readonly SourceNotAbout[] => {
      const here = below(at, 'not-about', reason);
      return listed(entry, here).map((one, position) => ({ at: below(here, position), class: one, reason }));
    }),
  };
};

/** Reads model.yaml. */
export const readHeader = (value: unknown, file: string, complain: Complain): SourceHeader => {
  const at: At = { file, path: [] };
  const fields = fieldsOf(value, shapes.header, at, complain);
  const identifier = fields.has('identifier')
    ? fieldsOf(fields.get('identifier') ?? {}, shapes.headerIdentifier, below(at, 'identifier'), complain)
    : null;
  return {
    at,
    name: textField(fields, 'name'),
    version: textField(fields, 'version'),
    ...both(fields),
    identifier:
      identifier === null ? null : { type: textField(identifier, 'type'), value: textField(identifier, 'value') },
    buildsOn: optionalText(fields, 'builds-on'),
    domains: new Map(
      entries(fields, 'domains').map(([key, entry]) => [
        key,
        both(fieldsOf(entry, shapes.domain, below(at, 'domains', key), complain)),
      ]),
    ),
  };
};

/** Reads indexes.yaml. */
export const readIndexes = (value: unknown, file: string, complain: Complain): readonly SourceIndex[] => {
  const top: At = { file, path: [] };
  return entries(fieldsOf(value, shapes.indexes, top, complain), 'indexes').map(([key, entry]) => {
    const at = below(top, 'indexes', key);
    if (!matches.strings(entry)) complain(at, 'value-type', `'${key}' takes ${wanted.strings}`);
    return { at, class: key, attributes: matches.strings(entry) ? (entry as readonly string[]) : [] };
  });
};

/** Reads scopes.yaml: the scopes that it defines, and what it adds to those of others. */
export const readScopes = (
  value: unknown,
  file: string,
  complain: Complain,
): Pick<SourceFolder, 'scopes' | 'scopeAdditions'> => {
  const top: At = { file, path: [] };
  const all = fieldsOf(value, shapes.scopes, top, complain);
  return {
    scopes: entries(all, 'scopes').map(([name, entry]) => {
      const at = below(top, 'scopes', name);
      const fields = fieldsOf(entry, shapes.scope, at, complain);
      return { at, name, target: textField(fields, 'target'), ...both(fields), ...readReach(fields, at, complain) };
    }),
    scopeAdditions: entries(all, 'additions').map(([name, entry]) => {
      const at = below(top, 'additions', name);
      return { at, name, ...readReach(fieldsOf(entry, shapes.scopeAddition, at, complain), at, complain) };
    }),
  };
};

const readReach = (fields: Fields, at: At, complain: Complain): SourceReach => ({
  paths: entries(fields, 'paths').flatMap(([collection, routes]): readonly SourcePaths[] => {
    const here = below(at, 'paths', collection);
    if (matches.strings(routes)) return [{ at: here, collection, routes: routes as readonly string[] }];
    complain(here, 'value-type', `'${collection}' takes ${wanted.strings}`);
    return [];
  }),
  unaffected: list(fields, 'unaffected').map((pattern, position) => ({
    at: below(at, 'unaffected', position),
    pattern,
  })),
});
