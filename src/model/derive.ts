// Turns checked sources into the one frozen Model: classes with flattened members, packages, and (from derive-collections.ts) what is
// served where. Called by load after the checks; trusts them. Pure.
import { createHash } from 'node:crypto';
import { isClassKind, isContractMark, isMultiplicity, isSensitivity } from './check.ts';
import { deriveComponents } from './derive-collections.ts';
import { deriveProtection } from './derive-protection.ts';
import { deriveScopes } from './derive-scopes.ts';
import { deepFreeze } from './freeze.ts';
import { isPrimitiveKind } from './kinds.ts';
import type {
  Attribute,
  ClassKey,
  ContractMark,
  Model,
  ModelClass,
  ModelPackage,
  ModelPart,
  Relation,
  Text,
} from './model.ts';
import { className, classKey, jsonName, segment } from './naming.ts';
import type { SourceAttribute, SourceClass, SourceRelation, Sources } from './source.ts';

/** The SHA-256 (hex) over the names and contents of the model files, in the order given. */
export const hashOf = (files: Iterable<readonly [string, string]>): string => {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0${content}\0`);
  return hash.digest('hex');
};

/** Derives the model. The sources must have passed `checkStructure`; bad indexes and scopes are left out here and found by `checkExtras`. */
export const deriveModel = (sources: Sources, hash: string): Model => {
  const classes = deriveClasses(sources);
  const packages = derivePackages(sources, classes);
  const { components, collections } = deriveComponents(sources, packages, classes);
  const parts = sources.headers.map((one): ModelPart => {
    const { name, version, nb, en, buildsOn } = one;
    return { name, version, description: { nb, en }, buildsOn };
  });
  const [base] = parts;
  return deepFreeze({
    name: base?.name ?? '',
    version: base?.version ?? '',
    description: base?.description ?? { nb: '', en: '' },
    parts: new Map(parts.map((part) => [part.name, part])),
    hash,
    identifierValue: sources.identifier.value,
    domains: new Map(
      sources.headers
        .flatMap(({ domains }) => [...domains])
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([path, { nb, en }]) => [path, { nb, en }]),
    ),
    packages,
    classes,
    components,
    collections,
    scopes: deriveScopes(sources, collections),
    extensions: new Map(sources.extensions.map(({ name, nb, en }) => [name, { nb, en }])),
    protection: deriveProtection(sources.protection, collections),
  });
};

const derivePackages = (
  sources: Sources,
  classes: ReadonlyMap<ClassKey, ModelClass>,
): ReadonlyMap<string, ModelPackage> =>
  new Map(
    sources.packages
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .map((source) => {
        const keys = source.classes.map((one) => classKey(source.path, one.name)).sort();
        return [
          source.path,
          {
            path: source.path,
            part: source.model,
            commonFrom: source.commonFrom,
            name: source.name,
            description: { nb: source.nb, en: source.en },
            component: keys.some((key) => isAddressable(classes.get(key))),
            classes: keys,
          },
        ];
      }),
  );

/** True for a class with a fixed path of its own. */
const isAddressable = (one: ModelClass | undefined): boolean => one?.kind === 'main' && !one.common;

const deriveClasses = (sources: Sources): ReadonlyMap<ClassKey, ModelClass> => {
  const raw = new Map<ClassKey, SourceClass>();
  for (const one of sources.packages.flatMap((each) => each.classes)) raw.set(classKey(one.package, one.name), one);
  const own = new Map<ClassKey, Pick<ModelClass, 'ownAttributes' | 'ownRelations'>>();
  for (const [key, one] of raw)
    own.set(key, {
      ownAttributes: one.attributes.map((attribute) => deriveAttribute(attribute, key, sources.identifier.type)),
      ownRelations: one.relations.map((relation) => deriveRelation(relation, key)),
    });

  const derived = new Map<ClassKey, ModelClass>();
  for (const key of [...raw.keys()].sort()) {
    const one = raw.get(key);
    const mine = own.get(key);
    if (one === undefined || mine === undefined) continue;
    const line = lineageOf(raw, key).map((each) => own.get(each));
    const attributes = line.flatMap((each) => each?.ownAttributes ?? []);
    const relations = line.flatMap((each) => each?.ownRelations ?? []);
    derived.set(key, {
      key,
      name: one.name,
      className: className(one.name),
      segment: one.segment ?? segment(one.name),
      package: one.package,
      kind: isClassKind(one.kind) ? one.kind : 'complex',
      superclass: one.extends,
      deprecated: one.deprecated,
      common: one.common,
      writeable: mine.ownAttributes.some((attribute) => attribute.writeable),
      writeableInherited: attributes.some((attribute) => attribute.writeable),
      number: typeof one.number === 'number' ? one.number : null,
      naturalKey: one.key,
      register: one.register,
      core: one.core,
      aliases: new Map([...one.aliases].map(([api, name]) => [api, String(name)])),
      events: one.events.toSorted(),
      description: { nb: one.nb, en: one.en },
      ...mine,
      attributes,
      relations,
      attributeByName: new Map(attributes.map((attribute) => [attribute.jsonName, attribute])),
      relationByName: new Map(relations.map((relation) => [relation.jsonName, relation])),
    });
  }
  return derived;
};

/** The class and its superclasses, nearest first. */
const lineageOf = (raw: ReadonlyMap<ClassKey, SourceClass>, start: ClassKey): readonly ClassKey[] => {
  const line: ClassKey[] = [];
  for (let key: ClassKey | null = start; key !== null; key = raw.get(key)?.extends ?? null) line.push(key);
  return line;
};

const deriveAttribute = (source: SourceAttribute, from: ClassKey, identifierType: string): Attribute => ({
  name: source.name,
  jsonName: jsonName(source.name),
  type: isPrimitiveKind(source.type)
    ? { kind: 'primitive', primitive: source.type }
    : { kind: 'class', class: source.type },
  optional: source.optional,
  list: source.list,
  identifier: source.type === identifierType && !source.list,
  writeable: source.writeable,
  deprecated: source.deprecated,
  contract: markOf(source.contract),
  values: source.values,
  // The check has refused anything else; the strictest value is what an unknown one would have to mean.
  sensitivity: isSensitivity(source.sensitivity) ? source.sensitivity : 'special',
  description: textOrNull(source.nb, source.en),
  from,
  extension: source.extension,
});

const markOf = (text: string | null): ContractMark | null => (text !== null && isContractMark(text) ? text : null);

const textOrNull = (nb: string | null, en: string | null): Text | null =>
  nb === null || en === null ? null : { nb, en };

const deriveRelation = (source: SourceRelation, from: ClassKey): Relation => {
  const multiplicity = isMultiplicity(source.multiplicity) ? source.multiplicity : '0..*';
  return {
    name: source.name,
    jsonName: jsonName(source.name),
    target: source.target,
    multiplicity,
    min: multiplicity.startsWith('1') ? 1 : 0,
    max: multiplicity.endsWith('*') ? null : 1,
    source: source.source,
    inverse: source.inverse,
    deprecated: source.deprecated,
    contract: markOf(source.contract),
    description: { nb: source.nb, en: source.en },
    from,
    extension: source.extension,
  };
};
