// The model in words: what `bindeledd model list|show|check` prints and what the metamodel API tells about a class. Pure functions from
// the model to plain values and to text; the callers print or send them.
import { fold, nearest } from '#base/text.ts';
import { schemaId } from './json-schema.ts';
import { showFinding } from './load.ts';
import type { Finding } from './findings.ts';
import type {
  Attribute,
  ClassKind,
  ContractMark,
  Model,
  ModelClass,
  Multiplicity,
  Relation,
  Sensitivity,
  Text,
} from './model.ts';

export type PackageReport = {
  readonly path: string;
  readonly name: readonly string[];
  readonly description: Text;
  /** Collection paths served under the package; [] when it is no component. */
  readonly served: readonly string[];
  readonly classes: readonly { readonly key: string; readonly kind: ClassKind; readonly description: Text }[];
};

export type AttributeReport = Omit<Attribute, 'type'> & { readonly type: string };

export type RelationReport = {
  readonly name: string;
  readonly jsonName: string;
  readonly target: string;
  readonly multiplicity: Multiplicity;
  readonly inverse: string | null;
  readonly source: boolean;
  readonly deprecated: boolean;
  readonly contract: ContractMark | null;
  readonly description: Text;
  readonly from: string;
  readonly extension: string | null;
};

export type ClassReport = {
  readonly key: string;
  readonly name: string;
  readonly className: string;
  readonly package: string;
  readonly kind: ClassKind;
  readonly superclass: string | null;
  readonly subclasses: readonly string[];
  readonly deprecated: boolean;
  readonly common: boolean;
  readonly writeable: boolean;
  readonly writeableInherited: boolean;
  readonly number: number | null;
  readonly naturalKey: readonly string[];
  readonly register: boolean;
  readonly core: boolean;
  /** What other APIs call it, by API. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly description: Text;
  readonly identifiers: readonly string[];
  readonly servedAt: readonly string[];
  /** The most protected of the attributes; null for a class without attributes. */
  readonly sensitivity: Sensitivity | null;
  /** Address of the JSON Schema; null for abstract classes. */
  readonly schema: string | null;
  readonly attributes: readonly AttributeReport[];
  readonly relations: readonly RelationReport[];
};

const ranks: Readonly<Record<Sensitivity, number>> = {
  open: 0,
  personal: 1,
  'national-id': 2,
  protected: 3,
  special: 4,
};

/** Every package with its classes; with `within`, only packages at or below that path. */
export const listModel = (model: Model, within: string | null = null): readonly PackageReport[] =>
  [...model.packages.values()]
    .filter((one) => within === null || one.path === within || one.path.startsWith(`${within}/`))
    .map((one) => ({
      path: one.path,
      name: one.name,
      description: one.description,
      served: (model.components.get(one.path)?.collections ?? []).map((collection) => collection.path),
      classes: one.classes.flatMap((key) => {
        const of = model.classes.get(key);
        return of === undefined ? [] : [{ key, kind: of.kind, description: of.description }];
      }),
    }));

/**
 * Finds a class by its key, by a collection path, by `package/Class` or by its bare name, without regard to case. Gives all classes
 * that answer to the text; [] when none does.
 */
export const findClasses = (model: Model, text: string): readonly ModelClass[] => {
  const wanted = fold(text);
  const collection = model.collections.get(wanted);
  if (collection !== undefined) return [collection.class];
  return [...model.classes.values()].filter((one) =>
    [one.key, `${one.package}/${one.className}`, one.className, one.name].some((name) => fold(name) === wanted),
  );
};

/** The name of the class or collection nearest to a text that names none, or null. */
export const nearestClass = (model: Model, text: string): string | null =>
  nearest(text, [...model.collections.keys(), ...[...model.classes.values()].map((one) => one.className)]);

const attributeReport = (attribute: Attribute): AttributeReport => ({
  ...attribute,
  type: attribute.type.kind === 'primitive' ? attribute.type.primitive : attribute.type.class,
});

const relationReport = (relation: Relation): RelationReport => ({
  name: relation.name,
  jsonName: relation.jsonName,
  target: relation.target,
  multiplicity: relation.multiplicity,
  inverse: relation.inverse,
  source: relation.source,
  deprecated: relation.deprecated,
  contract: relation.contract,
  description: relation.description,
  from: relation.from,
  extension: relation.extension,
});

/** Everything about one class as a plain value. */
export const explainClass = (model: Model, of: ModelClass): ClassReport => ({
  key: of.key,
  name: of.name,
  className: of.className,
  package: of.package,
  kind: of.kind,
  superclass: of.superclass,
  subclasses: [...model.classes.values()].filter((one) => one.superclass === of.key).map((one) => one.key),
  deprecated: of.deprecated,
  common: of.common,
  writeable: of.writeable,
  writeableInherited: of.writeableInherited,
  number: of.number,
  naturalKey: of.naturalKey,
  register: of.register,
  core: of.core,
  aliases: Object.fromEntries(of.aliases),
  events: of.events,
  description: of.description,
  identifiers: of.attributes.filter((attribute) => attribute.identifier).map((attribute) => attribute.jsonName),
  servedAt: [...model.collections.values()].filter((one) => one.class === of).map((one) => one.path),
  sensitivity: of.attributes
    .map((attribute) => attribute.sensitivity)
    .reduce<Sensitivity | null>((most, one) => (most === null || ranks[one] > ranks[most] ? one : most), null),
  schema: of.kind === 'abstract' ? null : schemaId(of),
  attributes: of.attributes.map(attributeReport),
  relations: of.relations.map(relationReport),
});

export type Language = keyof Text;

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
};

/** The list of packages and classes as text, one line each. */
export const showList = (packages: readonly PackageReport[], language: Language): string =>
  packages
    .flatMap((one) => [
      `${one.path}  ${one.description[language]}`,
      ...table(one.classes.map((each) => [each.key.slice(one.path.length + 1), each.kind, each.description[language]])),
      '',
    ])
    .join('\n');

/** One class as text: what it is, where it is served, its attributes and relations. */
export const showClass = (report: ClassReport, language: Language): string => {
  const words = headings[language];
  const marks = (attribute: AttributeReport): string =>
    [
      attribute.identifier ? words.identifier : '',
      attribute.optional ? '' : words.mandatory,
      attribute.writeable ? words.writeable : '',
      attribute.deprecated ? words.deprecated : '',
      attribute.contract ?? '',
      attribute.values === null ? '' : attribute.values.join(' | '),
      attribute.extension === null ? '' : `${words.extension} ${attribute.extension}`,
    ]
      .filter((mark) => mark !== '')
      .join(', ');
  const attributes = report.attributes.map((one) => [
    one.jsonName,
    one.list ? `${one.type}[]` : one.type,
    one.sensitivity,
    marks(one),
    one.from === report.key ? '' : one.from,
    one.description?.[language] ?? '',
  ]);
  const relations = report.relations.map((one) => [
    one.jsonName,
    one.multiplicity,
    one.target,
    [
      one.inverse === null ? '' : `<- ${one.inverse}`,
      one.contract ?? '',
      one.extension === null ? '' : `${words.extension} ${one.extension}`,
    ]
      .filter((mark) => mark !== '')
      .join(', '),
    one.from === report.key ? '' : one.from,
    one.description[language],
  ]);
  return [
    `${report.key} (${report.kind})`,
    report.description[language],
    ...(report.superclass === null ? [] : [`${words.superclass}: ${report.superclass}`]),
    ...(report.naturalKey.length === 0 ? [] : [`${words.key}: ${report.naturalKey.join(', ')}`]),
    ...(Object.keys(report.aliases).length === 0
      ? []
      : [
          `${words.aliases}: ${Object.entries(report.aliases)
            .map(([api, name]) => `${api} ${name}`)
            .join(', ')}`,
        ]),
    ...(report.events.length === 0 ? [] : [`${words.events}: ${report.events.join(', ')}`]),
    ...(report.servedAt.length === 0 ? [] : [`${words.served}: ${report.servedAt.join(', ')}`]),
    ...(attributes.length === 0 ? [] : ['', words.attributes, ...table(attributes)]),
    ...(relations.length === 0 ? [] : ['', words.relations, ...table(relations)]),
    '',
  ].join('\n');
};

const headings = {
  nb: {
    superclass: 'Arver fra',
    served: 'Tilbys på',
    key: 'Nøkkel',
    aliases: 'Andre navn',
    events: 'Hendelser',
    attributes: 'Attributter',
    relations: 'Relasjoner',
    identifier: 'identifikator',
    mandatory: 'påkrevd',
    writeable: 'skrivbar',
    deprecated: 'utgår',
    extension: 'fra utvidelsen',
  },
  en: {
    superclass: 'Extends',
    served: 'Served at',
    key: 'Key',
    aliases: 'Other names',
    events: 'Events',
    attributes: 'Attributes',
    relations: 'Relations',
    identifier: 'identifier',
    mandatory: 'mandatory',
    writeable: 'writeable',
    deprecated: 'deprecated',
    extension: 'of the extension',
  },
} as const;

/** The findings of a check as text, one a line, with a last line that counts them. */
export const showFindings = (findings: readonly Finding[], language: Language): string =>
  [
    ...findings.map(showFinding),
    findings.length === 0
      ? { nb: 'Modellen er i orden.', en: 'The model is sound.' }[language]
      : { nb: `${findings.length} funn.`, en: `${findings.length} finding(s).` }[language],
    '',
  ].join('\n');
