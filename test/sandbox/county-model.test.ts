// Every entry of the small county against the published structure of the model: known members, right types, what is
// mandatory, cardinalities, one side of every two-way relation, and every link leads to an entry.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CountyOptions } from '#sandbox/county-plan.ts';
import { county } from '#sandbox/county.ts';

type Attribute = {
  readonly jsonName: string;
  readonly type: string;
  readonly primitive: boolean;
  readonly optional: boolean;
  readonly list: boolean;
  readonly isIdentifier: boolean;
};
type Relation = {
  readonly jsonName: string;
  readonly target: string;
  readonly min: number;
  readonly max: number | null;
  readonly bidirectional: boolean;
  readonly inverseName: string | null;
};
type ModelClass = {
  readonly className: string;
  readonly package: string;
  readonly segment: string;
  readonly kind: string;
  readonly superclass: string | null;
  readonly common: boolean;
  readonly path: string | null;
  readonly attributes: readonly Attribute[];
  readonly relations: readonly Relation[];
};
type ModelPackage = { readonly path: string; readonly isComponent: boolean; readonly served: readonly string[] };
type Model = { readonly packages: readonly ModelPackage[]; readonly classes: readonly ModelClass[] };

const MODEL = new URL('../../../shared/facts/fint-model.json', import.meta.url);
const missing = !existsSync(MODEL);
if (missing)
  console.error('SKIPPED: ../shared/facts/fint-model.json is not here, so the county is not held against the model.');
const skip = missing ? 'the published structure of the model is not here' : false;

const model: Model = missing ? { packages: [], classes: [] } : (JSON.parse(readFileSync(MODEL, 'utf8')) as Model);
const classes = new Map<string, ModelClass>(model.classes.map((each) => [`${each.package}:${each.className}`, each]));

const lineage = (name: string): readonly ModelClass[] => {
  const found: ModelClass[] = [];
  for (let next: string | null = name; next !== null;) {
    const each: ModelClass = classes.get(next) ?? assert.fail(`no class ${next}`);
    found.push(each);
    next = each.superclass;
  }
  return found;
};
/** What the extension `beskyttelse` adds to the published model. */
const marking = { jsonName: 'adressebeskyttelse', type: 'string', primitive: true, optional: true, list: false };
const attributesOf = (name: string) =>
  new Map(
    [
      ...lineage(name).flatMap(({ attributes }) => attributes),
      ...(name === 'felles:Person' ? [{ ...marking, isIdentifier: false }] : []),
    ].map((each) => [each.jsonName, each] as const),
  );
const relationsOf = (name: string) =>
  new Map(lineage(name).flatMap(({ relations }) => relations.map((each) => [each.jsonName, each] as const)));
const remembered = <T>(make: (name: string) => T): ((name: string) => T) => {
  const held = new Map<string, T>();
  return (name) => {
    const known = held.get(name) ?? make(name);
    held.set(name, known);
    return known;
  };
};
const attributes = remembered(attributesOf);
const relations = remembered(relationsOf);

/** The class behind a collection path; a common class is served under many components. */
const classOf = (path: string): string => {
  const at = path.lastIndexOf('/');
  const [component, segment] = [path.slice(0, at), path.slice(at + 1)];
  const served = model.packages.find((each) => each.path === component)?.served ?? [];
  assert.ok(served.includes(segment), `${path} is not served`);
  const found =
    model.classes.find((each) => each.path === path) ??
    model.classes.find((each) => each.common && each.segment === segment);
  return found === undefined ? assert.fail(path) : `${found.package}:${found.className}`;
};

/** The collection a link of `relation` from `source` leads into; undefined for references, which lead out of the model. */
const collectionOf = (relation: Relation, source: string): string | undefined => {
  const goal = classes.get(relation.target) ?? assert.fail(relation.target);
  if (goal.kind === 'reference') return undefined;
  return goal.common
    ? `${source.slice(0, source.lastIndexOf('/'))}/${goal.segment}`
    : (goal.path ?? assert.fail(relation.target));
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const DATE_TIME = /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const fits = (type: string, value: unknown): boolean => {
  if (type === 'string') return typeof value === 'string' && value !== '' && value === value.normalize('NFC');
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'date' || type === 'dateTime') return typeof value === 'string' && DATE_TIME.test(value);
  return Number.isSafeInteger(value);
};

type FoundLink = {
  readonly source: string;
  readonly owner: string;
  readonly relation: Relation;
  readonly href: string;
  readonly nested: boolean;
};
const FORMS = /^(?:\$\{([a-z.]+)\}|(\/[a-z/]+)\/(?=[a-z]+\/)|)\/?([a-z]+)\/(.+)$/;

type Survey = { readonly problems: readonly string[]; readonly found: readonly FoundLink[] };

/** Walks a county once for its entries and once for its links, and notes everything that is wrong. */
const survey = (options: CountyOptions): Survey => {
  const problems: string[] = [];
  const found: FoundLink[] = [];
  // Mandatory relations that were not delivered; the other side has to deliver them.
  const owed: { readonly source: string; readonly owner: string; readonly relation: Relation }[] = [];
  const identifiersOf = new Map<string, Map<string, string>>();

  const check = (
    className: string,
    value: unknown,
    where: string,
    source: string,
    owner: string,
    nested: boolean,
  ): void => {
    if (!isObject(value)) {
      problems.push(`${where}: not an object`);
      return;
    }
    const known = attributes(className);
    for (const [name, held] of Object.entries(value)) {
      if (name === '_links') continue;
      const attribute = known.get(name);
      if (attribute === undefined) {
        problems.push(`${where}: unknown member ${name}`);
        continue;
      }
      if (attribute.list !== Array.isArray(held)) problems.push(`${where}.${name}: list and single value mixed up`);
      for (const one of Array.isArray(held) ? held : [held]) {
        if (attribute.primitive) {
          if (!fits(attribute.type, one))
            problems.push(`${where}.${name}: ${JSON.stringify(one)} is no ${attribute.type}`);
        } else check(attribute.type, one, `${where}.${name}`, source, owner, true);
      }
    }
    for (const { jsonName, optional } of known.values())
      if (!optional && value[jsonName] === undefined) problems.push(`${where}: ${jsonName} is missing`);
    const links = isObject(value['_links']) ? value['_links'] : {};
    const allowed = relations(className);
    for (const [name, held] of Object.entries(links)) {
      const relation = allowed.get(name);
      if (relation === undefined || !Array.isArray(held) || held.length === 0) {
        problems.push(`${where}: relation ${name}`);
        continue;
      }
      if (relation.max !== null && held.length > relation.max)
        problems.push(`${where}: ${held.length} links in ${name}`);
      for (const link of held) {
        if (isObject(link) && typeof link['href'] === 'string')
          found.push({ source, owner, relation, href: link['href'], nested });
        else problems.push(`${where}: ${name} holds no link`);
      }
    }
    for (const relation of allowed.values()) {
      if (relation.min === 0 || links[relation.jsonName] !== undefined) continue;
      // An attribute whose type is a main class (anmerkninger) or a complex value has nobody else to deliver its links.
      if (nested || !relation.bidirectional) problems.push(`${where}: relation ${relation.jsonName} is missing`);
      else owed.push({ source, owner, relation });
    }
  };

  /** Where a link leads: `collection field value` turned into the identifier the target is delivered under. */
  const resolve = ({
    source,
    relation,
    href,
  }: FoundLink): { readonly collection: string; readonly identifier: string } | undefined => {
    const collection = collectionOf(relation, source);
    if (collection === undefined) return undefined;
    const parts = href.split('/');
    const value = parts.at(-1) ?? '';
    const field = parts.at(-2) ?? '';
    const before = parts.slice(0, -2).join('/');
    const goal = classes.get(relation.target) ?? assert.fail();
    const placeholder = `\${${goal.common ? `felles.${goal.segment}` : collection.replaceAll('/', '.')}}`;
    if (!FORMS.test(href) || (before !== '' && before !== placeholder && before !== `/${collection}`))
      problems.push(`${source}.${relation.jsonName}: form of ${href}`);
    const identifier = identifiersOf.get(collection)?.get(`${field}/${value}`);
    if (identifier === undefined)
      problems.push(`${source}.${relation.jsonName}: ${href} leads nowhere in ${collection}`);
    return identifier === undefined ? undefined : { collection, identifier };
  };

  for (const { collection, entries } of county(options).collections) {
    const className = classOf(collection);
    const index = new Map<string, string>();
    identifiersOf.set(collection, index);
    for (const { identifier, resource } of entries()) {
      for (const { jsonName, isIdentifier } of attributes(className).values()) {
        const held = resource[jsonName];
        if (isIdentifier && isObject(held))
          index.set(`${jsonName.toLowerCase()}/${String(held['identifikatorverdi'])}`, identifier);
      }
      check(className, resource, `${collection}/${identifier}`, collection, identifier, false);
    }
  }

  const filled = new Map<string, number>();
  const delivered = new Set<string>();
  for (const link of found) {
    const goal = resolve(link);
    const { relation } = link;
    if (goal === undefined || !relation.bidirectional || link.nested) continue;
    delivered.add(`${classOf(link.source)} ${relation.jsonName}`);
    const inverse = relations(relation.target).get(relation.inverseName ?? '') ?? assert.fail();
    const key = `${goal.collection} ${goal.identifier} ${inverse.jsonName}`;
    filled.set(key, (filled.get(key) ?? 0) + 1);
    if (inverse.max === 1 && filled.get(key) === 2) problems.push(`${key}: more than one by way of ${link.source}`);
  }
  for (const side of delivered) {
    const [className = '', name = ''] = side.split(' ');
    const { target: goal, inverseName } = relations(className).get(name) ?? assert.fail();
    const other = `${goal} ${inverseName}`;
    if (other !== side && delivered.has(other)) problems.push(`${side} and ${other} are both delivered`);
  }
  for (const { source, owner, relation } of owed) {
    if (!filled.has(`${source} ${owner} ${relation.jsonName}`))
      problems.push(`${source} ${owner}: ${relation.jsonName} comes from nobody`);
  }
  return { problems, found };
};

const report = (list: readonly string[]): string =>
  `${list.length} problems, first:\n${[...new Set(list)].slice(0, 30).join('\n')}`;

for (const options of [
  { seed: 1, size: 'small' },
  { seed: 7, size: 'small', asOf: '2027-02-28', names: 'plausible' },
] as const) {
  const name = Object.values(options).join(' ');
  test(`county ${name}: entries are complete, known and well typed, every link leads to an entry`, { skip }, () => {
    const { problems, found } = survey(options);
    assert.ok(found.length > 50_000, 'links were seen');
    assert.equal(problems.length, 0, report(problems));
    for (const form of [/^\$\{/, /^[a-z]+\//, /^\//])
      assert.ok(
        found.some(({ href }) => form.test(href)),
        String(form),
      );
  });
}

test('the check sees what is wrong', { skip }, () => {
  assert.throws(() => classOf('utdanning/elev/skole'));
  assert.ok(!fits('dateTime', '2026-13-01T12:00:00Z') && !fits('long', 1.5) && !fits('string', '') && fits('int', 3));
});
