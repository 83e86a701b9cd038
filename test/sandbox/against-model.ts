// Holds entries of a sandbox against the model that comes with the hub: known members, right types and values, what is mandatory, cardinalities, one
// side of every two-way relation, and every link leads to an entry. Used by the tests of the municipality and of the university.
import type { Collection, LinkRule, ModelClass, Relation } from '#model/model.ts';
import { kinds } from '#model/kinds.ts';
import type { SandboxCollection } from '#sandbox/collection.ts';
import { entry, hubModel } from '../model/models.ts';

const model = hubModel();
const DATE_TIME = /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fits = (type: string, value: unknown): boolean => {
  if (type === 'string') return typeof value === 'string' && value !== '' && value === value.normalize('NFC');
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'date' || type === 'dateTime') return typeof value === 'string' && DATE_TIME.test(value);
  if (type === 'decimal' || type === 'time' || type === 'duration') return kinds[type].accepts(value);
  return Number.isSafeInteger(value);
};

export type Found = { readonly source: Collection; readonly rule: LinkRule; readonly href: string };
type Owed = { readonly source: Collection; readonly identifier: string; readonly relation: Relation };

/** What one walk over entries notes. */
export type Notes = { readonly problems: string[]; readonly found: Found[]; readonly owed: Owed[] };

const ruleOf = (source: Collection, at: readonly string[], relation: string): LinkRule | undefined =>
  at.length === 0 ? source.links.get(relation) : source.nestedLinks.get([...at, relation].join('.'));

const checkLinks = (
  { problems, found, owed }: Notes,
  owner: ModelClass,
  value: Record<string, unknown>,
  [source, identifier, at]: readonly [Collection, string, readonly string[]],
): void => {
  const where = `${source.path}/${identifier}${at.map((part) => `.${part}`).join('')}`;
  const links = isObject(value['_links']) ? value['_links'] : {};
  for (const [name, held] of Object.entries(links)) {
    const relation = owner.relationByName.get(name);
    const rule = ruleOf(source, at, name);
    if (relation === undefined || rule === undefined || !Array.isArray(held) || held.length === 0) {
      problems.push(`${where}: relation ${name}`);
      continue;
    }
    if (relation.max !== null && held.length > relation.max) problems.push(`${where}: ${held.length} links in ${name}`);
    for (const link of held)
      if (isObject(link) && typeof link['href'] === 'string') found.push({ source, rule, href: link['href'] });
      else problems.push(`${where}: ${name} holds no link`);
  }
  for (const relation of owner.relations) {
    if (relation.min === 0 || links[relation.jsonName] !== undefined) continue;
    if (at.length > 0 || relation.inverse === null) problems.push(`${where}: relation ${relation.jsonName} is missing`);
    else owed.push({ source, identifier, relation });
  }
};

/** Notes what is wrong about one value of a class, at a place: the collection, the identifier and the path in the resource. */
export const check = (
  notes: Notes,
  owner: ModelClass,
  value: unknown,
  place: readonly [Collection, string, readonly string[]],
): void => {
  const [source, identifier, at] = place;
  const where = `${source.path}/${identifier}${at.map((part) => `.${part}`).join('')}`;
  if (!isObject(value)) {
    notes.problems.push(`${where}: not an object`);
    return;
  }
  for (const [name, held] of Object.entries(value)) {
    if (name === '_links') continue;
    const attribute = owner.attributeByName.get(name);
    if (attribute === undefined) {
      notes.problems.push(`${where}: unknown member ${name}`);
      continue;
    }
    if (attribute.list !== Array.isArray(held)) notes.problems.push(`${where}.${name}: list and single value mixed up`);
    for (const one of Array.isArray(held) ? held : [held])
      if (attribute.type.kind === 'class')
        check(notes, entry(model.classes, attribute.type.class), one, [source, identifier, [...at, name]]);
      else if (!fits(attribute.type.primitive, one))
        notes.problems.push(`${where}.${name}: ${JSON.stringify(one)} is no ${attribute.type.primitive}`);
      else if (attribute.values !== null && !attribute.values.includes(String(one)))
        notes.problems.push(`${where}.${name}: ${JSON.stringify(one)} is none of its values`);
  }
  for (const { jsonName, optional } of owner.attributes)
    if (!optional && value[jsonName] === undefined) notes.problems.push(`${where}: ${jsonName} is missing`);
  checkLinks(notes, owner, value, place);
};

/** Walks collections and gives everything that is wrong, how many links there are, and which relations are used: `path relation`, either end. */
export const survey = (
  collections: readonly SandboxCollection[],
): { readonly problems: readonly string[]; readonly links: number; readonly used: ReadonlySet<string> } => {
  const notes: Notes = { problems: [], found: [], owed: [] };
  const { problems, found, owed } = notes;
  const known = new Map<string, Map<string, string>>();
  for (const { collection: path, entries } of collections) {
    const source = entry(model.collections, path);
    const index = new Map<string, string>();
    known.set(path, index);
    for (const { identifier, resource } of entries()) {
      for (const { attribute, segment } of source.identifiers) {
        const held = resource[attribute];
        if (!isObject(held)) continue;
        const key = `${segment}/${String(held['identifikatorverdi'])}`;
        if (index.has(key)) problems.push(`${path}: ${key} twice`);
        index.set(key, identifier);
      }
      check(notes, source.class, resource, [source, identifier, []]);
    }
  }

  const filled = new Map<string, number>();
  const delivered = new Set<string>();
  const used = new Set<string>();
  for (const { source, rule, href } of found) {
    const { target, inverse, relation } = rule;
    used.add(`${source.path} ${[...rule.at, relation.jsonName].join('.')}`);
    if (target === null) continue;
    if (inverse !== null) used.add(`${target} ${inverse}`);
    const parts = href.split('/');
    const before = parts.slice(0, -2).join('/');
    const goal = entry(model.collections, target);
    const placeholder = `\${${goal.class.common ? `felles.${goal.segment}` : target.replaceAll('/', '.')}}`;
    const where = `${source.path}.${relation.jsonName}`;
    if (before !== '' && before !== placeholder && before !== `/${target}`) problems.push(`${where}: form of ${href}`);
    const identifier = known.get(target)?.get(parts.slice(-2).join('/'));
    if (identifier === undefined) problems.push(`${where}: ${href} leads nowhere in ${target}`);
    if (identifier === undefined || inverse === null || rule.at.length > 0) continue;
    delivered.add(`${source.path} ${relation.jsonName} ${target} ${inverse}`);
    const key = `${target} ${identifier} ${inverse}`;
    filled.set(key, (filled.get(key) ?? 0) + 1);
    if (goal.class.relationByName.get(inverse)?.max === 1 && filled.get(key) === 2)
      problems.push(`${key}: more than one by way of ${source.path}`);
  }
  for (const side of delivered) {
    const [from = '', name = '', target = '', inverse = ''] = side.split(' ');
    const other = `${target} ${inverse} ${from} ${name}`;
    if (other !== side && delivered.has(other)) problems.push(`${side} is delivered by both ends`);
  }
  for (const { source, identifier, relation } of owed)
    if (!filled.has(`${source.path} ${identifier} ${relation.jsonName}`))
      problems.push(`${source.path} ${identifier}: ${relation.jsonName} comes from nobody`);
  return { problems, links: found.length, used };
};
