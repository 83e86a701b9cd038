// The rules for packages, classes, attributes and relations: everything that must hold before a model can be derived. Called by load
// with sources whose shape is right; indexes and scopes are checked against the derived model in check-extras.ts. Pure.
import { below } from './findings.ts';
import type { Complain } from './findings.ts';
import { isPrimitiveKind } from './kinds.ts';
import type { ClassKind, ContractMark, Multiplicity, Sensitivity } from './model.ts';
import { classKey, domainOf, jsonName, packagePath, segment, validName } from './naming.ts';
import type {
  SourceAttribute,
  SourceClass,
  SourceHeader,
  SourcePackage,
  SourceRelation,
  Sources,
  SourceText,
} from './source.ts';

/** From least to most in need of protection. */
export const sensitivities: readonly Sensitivity[] = ['open', 'personal', 'national-id', 'protected', 'special'];
const classKinds: readonly ClassKind[] = ['main', 'abstract', 'complex', 'reference'];
const contractMarks: readonly ContractMark[] = ['production', 'beta', 'experimental'];
const multiplicities: readonly Multiplicity[] = ['1', '0..1', '0..*', '1..*'];

/** Words that stand where a domain, a resource or an identifier stands in some address of ours (facts 2.1, 1.7). */
const reservedDomains: ReadonlySet<string> = new Set([
  'classes',
  'components',
  'openapi',
  'schema',
  'model',
  'provider',
]);
const reservedSegments: ReadonlySet<string> = new Set(['admin', 'actuator']);
const reservedIdentifiers: ReadonlySet<string> = new Set(['status', 'cache', 'last-updated', 'changes']);
/** Members of every rendered resource. */
const reservedMembers: ReadonlySet<string> = new Set(['_links', 'self']);

export const isSensitivity = (text: string): text is Sensitivity => sensitivities.some((one) => one === text);
export const isClassKind = (text: string): text is ClassKind => classKinds.some((one) => one === text);
export const isContractMark = (text: string): text is ContractMark => contractMarks.some((one) => one === text);
export const isMultiplicity = (text: string): text is Multiplicity => multiplicities.some((one) => one === text);

type Context = {
  readonly sources: Sources;
  readonly classes: ReadonlyMap<string, SourceClass>;
  readonly complain: Complain;
};

/** Checks every rule but those of indexes and scopes; complaints go to `complain`. */
export const checkStructure = (sources: Sources, complain: Complain): void => {
  const classes = new Map<string, SourceClass>();
  const packages = new Map<string, SourcePackage>();
  for (const source of sources.packages) {
    if (packages.has(source.path))
      complain(below(source.at, 'package'), 'duplicate', `package ${source.path} is defined twice`);
    packages.set(source.path, source);
    const segments = new Set<string>();
    for (const one of source.classes) {
      const own = segmentOf(one);
      if (segments.has(own))
        complain(one.at, 'duplicate', `another class of ${source.path} has the path segment ${own}`);
      segments.add(own);
      classes.set(classKey(source.path, one.name), one);
    }
  }
  const context: Context = { sources, classes, complain };
  checkHeaders(context);
  for (const source of sources.packages) checkPackage(context, source, packages);
  for (const one of classes.values()) checkClass(context, one);
  checkNumbers(context);
};

/** What a class is called in addresses. */
const segmentOf = (one: SourceClass): string => one.segment ?? segment(one.name);

const checkNumbers = ({ classes, complain }: Context): void => {
  const taken = new Map<unknown, SourceClass>();
  for (const one of classes.values()) {
    if (one.number === null) continue;
    const at = below(one.at, 'number');
    const other = taken.get(one.number);
    if (!Number.isSafeInteger(one.number) || Number(one.number) < 1)
      complain(at, 'class-number', `the number of ${one.name} is no whole number from 1`);
    else if (other !== undefined)
      complain(at, 'class-number', `${other.name} has the number ${String(one.number)} too`);
    taken.set(one.number, one);
  }
};

const checkTexts = (complain: Complain, source: SourceText & Pick<SourceClass, 'at'>, what: string): void => {
  for (const language of ['nb', 'en'] as const)
    if (source[language].trim() === '')
      complain(below(source.at, language), 'text', `${what} has no text in '${language}'`);
};

const checkHeaders = ({ sources, classes, complain }: Context): void => {
  const described = new Set<string>();
  for (const header of sources.headers) {
    checkTexts(complain, header, `model ${header.name}`);
    for (const [domain, texts] of header.domains) {
      const at = below(header.at, 'domains', domain);
      if (described.has(domain)) complain(at, 'duplicate', `domain ${domain} is described in another folder too`);
      described.add(domain);
      if (!sources.packages.some((one) => domainOf(one.path) === domain))
        complain(at, 'domain', `no package lies in domain ${domain}`);
      checkTexts(complain, { ...texts, at }, `domain ${domain}`);
    }
  }
  for (const header of sources.headers) {
    const own = sources.packages.filter(({ model }) => model === header.name).map(({ path }) => domainOf(path));
    for (const domain of new Set(own))
      if (!described.has(domain)) complain(below(header.at, 'domains'), 'domain', `domain ${domain} is not described`);
    checkIdentifier(header, classes, complain);
  }
};

const checkIdentifier = (
  { at, identifier }: SourceHeader,
  classes: ReadonlyMap<string, SourceClass>,
  complain: Complain,
): void => {
  if (identifier === null) return;
  const type = classes.get(identifier.type);
  const value = type?.attributes.find((attribute) => jsonName(attribute.name) === identifier.value);
  if (value === undefined || value.type !== 'string' || value.list)
    complain(
      below(at, 'identifier'),
      'identifier',
      `${identifier.type} is no class with a single text attribute '${identifier.value}'`,
    );
};

const checkPackage = (
  { complain }: Context,
  source: SourcePackage,
  packages: ReadonlyMap<string, SourcePackage>,
): void => {
  const at = below(source.at, 'package');
  if (`${source.path}.yaml` !== source.file)
    complain(at, 'package-path', `package ${source.path} must lie in ${source.path}.yaml`);
  if (packagePath(source.name) !== source.path)
    complain(
      below(source.at, 'name'),
      'package-path',
      `the names say ${packagePath(source.name)}, the package says ${source.path}`,
    );
  if (reservedDomains.has(domainOf(source.path)))
    complain(at, 'reserved-name', `'${domainOf(source.path)}' cannot be a domain`);
  checkTexts(complain, source, `package ${source.path}`);
  if (source.commonFrom !== null) {
    const from = packages.get(source.commonFrom);
    if (from === undefined || from.commonFrom !== null || from === source)
      complain(
        below(source.at, 'common-from'),
        'common-from',
        `${source.commonFrom} is no other package with copies of its own`,
      );
  }
  for (const one of source.classes)
    if (packages.has(`${source.path}/${segmentOf(one)}`))
      complain(one.at, 'duplicate', `${source.path}/${segmentOf(one)} is also a package`);
};

/** The class and its superclasses, nearest first; ends at an unknown one or at the start of a circle. */
const lineage = (classes: ReadonlyMap<string, SourceClass>, start: SourceClass): readonly SourceClass[] => {
  const line: SourceClass[] = [];
  for (let one: SourceClass | undefined = start; one !== undefined && !line.includes(one);) {
    line.push(one);
    one = one.extends === null ? undefined : classes.get(one.extends);
  }
  return line;
};

const checkClass = (context: Context, one: SourceClass): void => {
  const { complain, classes, sources } = context;
  if (!validName.test(one.name) || one.name.charAt(0) !== one.name.charAt(0).toUpperCase())
    complain(one.at, 'name', `'${one.name}' is no class name`);
  if (one.segment !== null && (!/^[a-z][a-z0-9]*$/.test(one.segment) || one.segment === segment(one.name)))
    complain(below(one.at, 'segment'), 'name', `'${one.segment}' is no segment, or the one that it has by its name`);
  if (reservedSegments.has(segmentOf(one)))
    complain(one.at, 'reserved-name', `'${one.name}' is taken by an address of the API`);
  checkTexts(complain, one, `class ${one.name}`);
  if (!isClassKind(one.kind))
    complain(below(one.at, 'kind'), 'class-kind', `'${one.kind}' is none of ${classKinds.join(', ')}`);
  if (one.common && one.kind !== 'main')
    complain(below(one.at, 'common'), 'class-kind', 'only a main class can be common');
  if (one.kind === 'reference' && one.attributes.length + one.relations.length > 0)
    complain(one.at, 'class-kind', 'a reference has neither attributes nor relations');
  checkSuperclass(context, one);
  checkKey(context, one);

  const line = lineage(classes, one);
  const identifiers = line.flatMap((each) =>
    each.attributes.filter((attribute) => attribute.type === sources.identifier.type && !attribute.list),
  );
  if (one.kind === 'main' && identifiers.length === 0)
    complain(one.at, 'identifier', `main class ${one.name} has no identifier`);
  checkMembers(context, one, line);
  for (const attribute of one.attributes) checkAttribute(context, one, attribute);
  for (const relation of one.relations) checkRelation(context, one, relation);
};

/** Numbers, keys and what else APIs make ids and events of: of classes that are served, or whose subclasses are. */
const checkKey = ({ complain }: Context, one: SourceClass): void => {
  const served = one.kind === 'main' || one.kind === 'abstract';
  const { number, key, events, aliases, register } = one;
  if (!served && (number !== null || key.length > 0 || events.length > 0 || register))
    complain(one.at, 'class-key', `${one.name} is ${one.kind}: it has no number, no key, no events and is no register`);
  for (const [what, list, form] of [
    ['key', key, validName],
    ['events', events, /^[A-Z][A-Z0-9_]*$/],
  ] as const)
    for (const [position, part] of list.entries())
      if (!form.test(part) || list.indexOf(part) !== position)
        complain(below(one.at, what, position), 'class-key', `'${part}' is no name, or stands there twice`);
  for (const [api, name] of aliases)
    if (typeof name !== 'string' || name.trim() === '')
      complain(below(one.at, 'aliases', api), 'class-key', `what ${api} calls ${one.name} is no text`);
};

const checkSuperclass = ({ classes, complain }: Context, one: SourceClass): void => {
  if (one.extends === null) return;
  const at = below(one.at, 'extends');
  const parent = classes.get(one.extends);
  if (parent === undefined) return complain(at, 'superclass', `superclass ${one.extends} does not exist`);
  if (parent.kind !== 'abstract')
    complain(at, 'superclass', `superclass ${one.extends} is ${parent.kind}, not abstract`);
  const top = lineage(classes, one).at(-1);
  if (top?.extends === classKey(one.package, one.name))
    complain(at, 'superclass', `the superclasses of ${one.name} run in a circle`);
};

/** Names are unique over the class and its superclasses; the complaint stands at the own member. */
const checkMembers = ({ complain }: Context, one: SourceClass, line: readonly SourceClass[]): void => {
  const seen = new Map<string, SourceClass>();
  for (const each of line.toReversed())
    for (const member of [...each.attributes, ...each.relations]) {
      const name = jsonName(member.name);
      const other = seen.get(name);
      if (other !== undefined && each === one)
        complain(
          member.at,
          'duplicate',
          `'${name}' is already a member of ${other === one ? one.name : `superclass ${other.name}`}`,
        );
      seen.set(name, each);
    }
};

const checkMemberName = (complain: Complain, member: SourceAttribute | SourceRelation): void => {
  if (!validName.test(member.name)) complain(member.at, 'name', `'${member.name}' is no name`);
  if (reservedMembers.has(jsonName(member.name))) complain(member.at, 'reserved-name', `'${member.name}' is taken`);
};

const checkMark = (complain: Complain, { at, name, contract }: SourceAttribute | SourceRelation): void => {
  if (contract !== null && !isContractMark(contract))
    complain(below(at, 'contract'), 'contract', `'${contract}' of ${name} is none of ${contractMarks.join(', ')}`);
};

const checkAttribute = (context: Context, owner: SourceClass, attribute: SourceAttribute): void => {
  const { classes, complain, sources } = context;
  checkMemberName(complain, attribute);
  if (!isSensitivity(attribute.sensitivity))
    complain(
      below(attribute.at, 'sensitivity'),
      'sensitivity',
      `'${attribute.sensitivity}' of ${owner.name}.${attribute.name} is none of ${sensitivities.join(', ')}`,
    );
  const written = [attribute.nb, attribute.en].filter((one) => one !== null && one.trim() !== '');
  if (written.length === 1 || (written.length === 0 && (attribute.nb ?? attribute.en) !== null))
    complain(
      attribute.at,
      'text',
      `${owner.name}.${attribute.name} is described in one language only, or with an empty text`,
    );
  if (attribute.type === sources.identifier.type && !attribute.list && reservedIdentifiers.has(segment(attribute.name)))
    complain(attribute.at, 'reserved-name', `'${attribute.name}' cannot be an identifier: addresses use the word`);
  checkMark(complain, attribute);
  if (attribute.values !== null && (attribute.type !== 'string' || attribute.values.length === 0))
    complain(below(attribute.at, 'values'), 'values', `only a text has values, and at least one`);
  for (const [position, value] of (attribute.values ?? []).entries())
    if (value.trim() === '' || attribute.values?.indexOf(value) !== position)
      complain(below(attribute.at, 'values', position), 'values', `'${value}' is empty or stands there twice`);
  if (isPrimitiveKind(attribute.type)) return;
  const at = below(attribute.at, 'type');
  const type = classes.get(attribute.type);
  if (type === undefined) complain(at, 'attribute-type', `type ${attribute.type} does not exist`);
  else if (type.kind !== 'complex' && type.kind !== 'main')
    complain(at, 'attribute-type', `type ${attribute.type} is ${type.kind}; a value is of a complex or main class`);
  else if (containsItself(classes, owner, type))
    complain(at, 'attribute-type', `type ${attribute.type} holds a ${owner.name} again`);
};

/** True when values of `type` hold, at any depth, a value of `owner`. */
const containsItself = (classes: ReadonlyMap<string, SourceClass>, owner: SourceClass, type: SourceClass): boolean => {
  const seen = new Set<SourceClass>();
  const open = [type];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    const line = lineage(classes, one);
    if (line.includes(owner)) return true;
    for (const attribute of line.flatMap((each) => each.attributes)) {
      const next = classes.get(attribute.type);
      if (next !== undefined) open.push(next);
    }
  }
  return false;
};

const checkRelation = ({ classes, complain }: Context, owner: SourceClass, relation: SourceRelation): void => {
  const what = `${owner.name}.${relation.name}`;
  checkMemberName(complain, relation);
  checkTexts(complain, relation, `relation ${what}`);
  checkMark(complain, relation);
  if (!isMultiplicity(relation.multiplicity))
    complain(
      below(relation.at, 'multiplicity'),
      'multiplicity',
      `'${relation.multiplicity}' of ${what} is none of ${multiplicities.join(', ')}`,
    );
  const target = classes.get(relation.target);
  const at = below(relation.at, 'target');
  if (target === undefined)
    return complain(at, 'relation-target', `target ${relation.target} of ${what} does not exist`);
  if (target.kind !== 'main' && target.kind !== 'reference')
    complain(
      at,
      'relation-target',
      `target ${relation.target} of ${what} is ${target.kind}; it must be a main class or a reference`,
    );
  if (relation.inverse === null) return;
  const ownerKey = classKey(owner.package, owner.name);
  const back = target.relations.find((one) => jsonName(one.name) === relation.inverse);
  if (back === undefined)
    complain(below(relation.at, 'inverse'), 'inverse', `${target.name} has no relation '${relation.inverse}'`);
  else if (back.target !== ownerKey || back.inverse !== jsonName(relation.name))
    complain(
      below(relation.at, 'inverse'),
      'inverse',
      `${target.name}.${back.name} leads to ${back.target}.${back.inverse ?? '(nothing)'}, not back to ${ownerKey}.${jsonName(relation.name)}`,
    );
};
