// Holds a table against the model, once at start: its mapping, its key, what its filters look at and what its members write. Called by the APIs that tell
// types as tables; knows no request. What the model does not bear out stops the start.
import { HubError, problem } from '#base/errors.ts';
import type { Shape } from '#hub/documents/document.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { ListedPath } from '#mappings/equality.ts';
import type { MappingPath } from '#mappings/mapping.ts';
import { readMapping } from '#mappings/read-mapping.ts';
import type { Attribute, Collection, IdentifierField, LinkRule, Model, ModelClass } from '#model/model.ts';
import type {
  ReadTableFilter,
  ReadTableMember,
  ReadTableWrites,
  Table,
  TableFilter,
  TableMember,
  TableReading,
  TableWrites,
  WritePlace,
} from './table.ts';

/** Gives the table with everything that it names found in the model. Throws a HubError (HUB-200) that names the table, the column and what is lacking. */
export const readTable = (table: Table, model: Model): TableReading => {
  const mapping = readMapping(table.mapping, model);
  const reader = readerOf(table, model, mapping.shape.root.collection);
  const filters = table.filters.map((filter) => readFilter(reader, filter));
  const filterNames = filters.flatMap(({ filter }) => filter.of);
  reader.onlyOnce('filter', filterNames);
  return {
    table,
    mapping,
    filterNames,
    key: reader.identifier(reader.root, table.key, 'the key'),
    filters,
    writes: table.writes === undefined ? null : readWrites(reader, table.writes),
  };
};

type Reader = {
  readonly name: string;
  readonly model: Model;
  readonly root: Collection;
  readonly refuse: (message: string) => never;
  readonly identifier: (of: Collection, attribute: string, called: string) => IdentifierField;
  readonly onlyOnce: (what: string, names: readonly string[]) => void;
};

const readerOf = (table: Table, model: Model, root: Collection): Reader => {
  const refuse = (message: string): never => {
    throw new HubError(problem('HUB-200', `The table ${table.mapping.name}: ${message}`));
  };
  return {
    name: table.mapping.name,
    model,
    root,
    refuse,
    identifier: (of, attribute, called) =>
      of.identifiers.find((one) => one.attribute === attribute) ??
      refuse(`${called}: ${of.path} has no identifier ${attribute}.`),
    onlyOnce: (what, names) => {
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) refuse(`two ${what}s take ${twice}.`);
    },
  };
};

// --- Filters --------------------------------------------------------------------------------------------------------------------

const readFilter = (reader: Reader, filter: TableFilter): ReadTableFilter => {
  const called = `the filter ${filter.of.join(', ')}`;
  const { relations, end, rest } = walk(reader, filter.path, called);
  return { filter, relations, path: listedPath(reader, end, rest, called) };
};

type Walked = { readonly relations: readonly string[]; readonly end: Collection; readonly rest: readonly string[] };

/** Goes as far as names are relations, those on complex values among them. */
const walk = (reader: Reader, path: MappingPath, called: string): Walked => {
  const names = path.split('.');
  const relations: string[] = [];
  let end = reader.root;
  let at = 0;
  while (at < names.length) {
    const step = relationAt(end, names.slice(at));
    if (step === null) break;
    end = targetOf(reader, end, step.rule, called);
    relations.push(step.key);
    at += step.length;
  }
  const rest = names.slice(at);
  const [first] = rest;
  if (first !== undefined && !end.class.attributeByName.has(first))
    return reader.refuse(`${called}: ${end.path} has no attribute or relation ${first}.`);
  return { relations, end, rest };
};

type RelationStep = { readonly key: string; readonly rule: LinkRule; readonly length: number };

const relationAt = (of: Collection, names: readonly string[]): RelationStep | null => {
  const [first = ''] = names;
  const own = of.class.attributeByName.has(first) ? undefined : of.links.get(first);
  if (own !== undefined) return { key: first, rule: own, length: 1 };
  for (let length = 2; length <= names.length; length += 1) {
    const key = names.slice(0, length).join('.');
    const rule = of.nestedLinks.get(key);
    if (rule !== undefined) return { key, rule, length };
  }
  return null;
};

const targetOf = ({ model, refuse }: Reader, of: Collection, { relation, target }: LinkRule, called: string) =>
  (target === null ? undefined : model.collections.get(target)) ??
  refuse(`${called}: ${relation.jsonName} of ${of.path} leads out of the model.`);

const listedPath = (reader: Reader, end: Collection, names: readonly string[], called: string): ListedPath => {
  const { refuse, model } = reader;
  let here: ModelClass | undefined = end.class;
  let found: Attribute | undefined;
  let list: readonly string[] | null = null;
  let way: string[] = [];
  for (const name of names) {
    found = here?.attributeByName.get(name);
    if (found === undefined)
      return refuse(`${called}: ${here?.className ?? 'a plain value'} has no attribute ${name}.`);
    way.push(found.jsonName);
    if (found.list) {
      if (list !== null) return refuse(`${called}: a list within a list cannot be looked through.`);
      [list, way] = [way, []];
    }
    here = found.type.kind === 'class' ? model.classes.get(found.type.class) : undefined;
  }
  if (found === undefined) return refuse(`${called}: the path ends at a resource; name an attribute.`);
  if (found.type.kind === 'primitive') return { list, path: { names: way, kind: found.type.primitive } };
  if (here?.attributeByName.has(model.identifierValue) === true)
    return { list, path: { names: [...way, model.identifierValue], kind: 'string' } };
  return refuse(`${called}: ${found.type.class} is no plain value; name an attribute of it.`);
};

// --- Writes ---------------------------------------------------------------------------------------------------------------------

const readWrites = (reader: Reader, writes: TableWrites): ReadTableWrites => {
  const places = new Map<MappingPath, WritePlace>();
  const members = writes.members.map((member) => readMember(reader, member, places));
  const names = new Set(members.flatMap(({ member }) => member.of));
  const both = writes.readOnly.find((name) => names.has(name));
  if (both !== undefined) reader.refuse(`${both} is written, and is said not to be.`);
  reader.onlyOnce('read-only column', writes.readOnly);
  for (const name of Object.keys(writes.makes ?? {}))
    if (!reader.root.class.attributes.some(({ jsonName }) => jsonName === name))
      reader.refuse(`rows are made with ${name}, which ${reader.root.path} does not have.`);
  const made = [...places.values()];
  return { writes, members, places: made, names, shape: readShape(reader, members, made) };
};

type Steps = { [name: string]: { relation: string; attributes: string[]; steps: Steps } };

/** What a change looks at before it is made. */
const readShape = (reader: Reader, members: readonly ReadTableMember[], places: readonly WritePlace[]): Shape => {
  const root = { relation: '', attributes: new Array<string>(), steps: {} as Steps };
  const at = (place: MappingPath): Steps[string] =>
    (place === '' ? [] : place.split('.')).reduce((here, relation) => {
      const step = here.steps[relation] ?? { relation, attributes: [], steps: {} };
      here.steps[relation] = step;
      return step;
    }, root);
  for (const place of places) at(place.at);
  for (const { member, place, target } of members) {
    if (member.fixed !== true) continue;
    if (target.kind === 'value') at(place).attributes.push(target.attributes[0]);
    else at(target.relation).attributes.push(target.identifier.attribute);
  }
  const { steps, attributes } = root;
  const shape = compileShape(
    { name: `${reader.name}-write`, collection: reader.root.path, steps, attributes },
    reader.model,
  );
  return shape.ok ? shape.value : reader.refuse(shape.problem.detail);
};

const readMember = (reader: Reader, member: TableMember, places: Map<MappingPath, WritePlace>): ReadTableMember => {
  const called = `the column ${member.of.join(', ')}`;
  if ('relation' in member) {
    const rule = reader.root.links.get(member.relation);
    if (rule === undefined) return reader.refuse(`${called}: ${reader.root.path} has no relation ${member.relation}.`);
    const target = targetOf(reader, reader.root, rule, called);
    return {
      member,
      place: '',
      target: {
        kind: 'link',
        relation: member.relation,
        collection: target.path,
        identifier: reader.identifier(target, member.identifier, called),
      },
    };
  }
  const { place, end, rest } = placeOf(reader, member.to, places, called);
  const [first] = rest;
  if (first === undefined) return reader.refuse(`${called}: the path ends at a resource; name an attribute.`);
  let here: ModelClass | undefined = end.class;
  const attributes: string[] = [];
  let [isIdentifier, isDate] = [false, false];
  for (const name of rest) {
    const found: Attribute | undefined = here?.attributeByName.get(name);
    if (found === undefined)
      return reader.refuse(`${called}: ${here?.className ?? 'a plain value'} has no attribute ${name}.`);
    attributes.push(found.jsonName);
    here = found.type.kind === 'class' ? reader.model.classes.get(found.type.class) : undefined;
    isDate = found.type.kind === 'primitive' && found.type.primitive === 'date';
    isIdentifier = !found.list && here?.attributeByName.has(reader.model.identifierValue) === true;
  }
  const [attribute = first, ...inner] = attributes;
  return {
    member,
    place,
    target: { kind: 'value', attributes: [attribute, ...inner], identifier: isIdentifier, date: isDate },
  };
};

/** The resource that a path begins to write at, entered among the places with those on the way to it. */
const placeOf = (
  reader: Reader,
  path: MappingPath,
  places: Map<MappingPath, WritePlace>,
  called: string,
): { readonly place: MappingPath; readonly end: Collection; readonly rest: readonly string[] } => {
  const names = path.split('.');
  let end = reader.root;
  let place = '';
  for (const [index, name] of names.entries()) {
    const rule = end.class.attributeByName.has(name) ? undefined : end.links.get(name);
    if (rule === undefined) return { place, end, rest: names.slice(index) };
    if (rule.relation.max !== 1) return reader.refuse(`${called}: ${name} of ${end.path} may lead to several.`);
    const collection = targetOf(reader, end, rule, called);
    const at = place === '' ? name : `${place}.${name}`;
    if (!places.has(at)) places.set(at, { at, parent: place, relation: name, collection });
    [place, end] = [at, collection];
  }
  return { place, end, rest: [] };
};
