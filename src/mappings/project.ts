// Makes what the hub calls a projection from a mapping: which places are read and how the document is written, for the fields and includes that
// a request asks for, in the notation that it asks for. Called by read operations of mapped APIs; asks no hub.
import type { DocumentNode, Projection } from '#hub/documents/document.ts';
import { endsOf, rawOf } from './ends.ts';
import type { CivilNow, MappingPath } from './mapping.ts';
import type { MemberNotation, Notation } from './notation.ts';
import { placesOfField } from './read-mapping.ts';
import type { MappingReading, ReadField } from './read-mapping.ts';

/** What a request asks for. `fields` null = all that do not have to be asked for. */
export type Choice = {
  readonly fields: ReadonlySet<string> | null;
  readonly includes: ReadonlySet<string>;
  readonly now: CivilNow;
};

/** What filters are decided by: `name` tells it apart from others of the mapping, `needs` are the places that it looks at. */
export type FactsMaker<Facts> = {
  readonly name: string;
  readonly needs: readonly MappingPath[];
  readonly of: (root: DocumentNode, now: CivilNow) => Facts;
};

/** Filters that decide by nothing of the document: those that the choice of rows has decided already. */
export const noFacts: FactsMaker<null> = { name: 'none', needs: [], of: () => null };

/** How documents are written down. */
export type ProjectionForm = {
  readonly notation: Notation;
  /** The member that holds the opaque id, before all others; null = there is none. */
  readonly id: 'id' | null;
};

/** Text of the member of a field; undefined when there is nothing to show. */
type Write = (node: DocumentNode, now: CivilNow) => string | undefined;

type Shown = { readonly only: ReadonlySet<string>; readonly render: (root: DocumentNode, now: CivilNow) => string };

// What clients choose is theirs: no more than this many choices are kept for a mapping, and yesterday's go with them.
const keptChoices = 256;
type Kept = { readonly shown: Map<string, Shown>; readonly projections: Map<string, Projection<unknown>> };
const kept = new WeakMap<MappingReading, Kept>();

/**
 * The projection for a choice. The document holds the fields in the order of the mapping; a field is absent when the caller may not see it or
 * there is no value. A list that the caller may see and that is empty is an empty list, where the notation has one. A field named in `fields` is
 * shown even when it else has to be included. Equal choices on a day give the same object, for makers of facts of one name are one.
 */
export const projectionOf = <Facts>(
  reading: MappingReading,
  choice: Choice,
  facts: FactsMaker<Facts>,
  form: ProjectionForm,
): Projection<Facts> => {
  const held = kept.get(reading) ?? { shown: new Map(), projections: new Map() };
  kept.set(reading, held);
  const { now } = choice;
  const key = keyOf(choice, form);
  const id = `${reading.mapping.name}/${facts.name}/${now.today}/${key}`;
  const known = held.projections.get(id);
  // The name of the maker says which facts they are.
  if (known !== undefined) return known as Projection<Facts>;
  const shown = shownOf(held, reading, choice, form, key);
  const made: Projection<Facts> = {
    id,
    shape: reading.shape,
    only: facts.needs.length === 0 ? shown.only : new Set([...shown.only, ...facts.needs.flatMap(withParents)]),
    facts: (root) => facts.of(root, now),
    render: (root) => shown.render(root, now),
  };
  if (held.projections.size >= keptChoices) held.projections.clear();
  held.projections.set(id, made);
  return made;
};

const keyOf = ({ fields, includes }: Choice, { notation, id }: ProjectionForm): string =>
  `${notation.name}${id === null ? '' : ' id'} ${fields === null ? '*' : [...fields].toSorted().join(',')}+${includes.size === 0 ? '' : [...includes].toSorted().join(',')}`;

const shownOf = (
  held: Kept,
  reading: MappingReading,
  { fields, includes }: Choice,
  { notation, id }: ProjectionForm,
  key: string,
): Shown => {
  const known = held.shown.get(key);
  if (known !== undefined) return known;
  // The opaque id takes the place of a field of its name.
  const top = reading.fields.filter(({ name, field }) => name !== id && isShown(name, field.include, fields, includes));
  const writeId = id === null ? null : notation.member({ name: id }).value;
  const writers = top.map((field) => member(notation, field, includes));
  const members = joined(notation, writeId === null ? writers : [(root) => writeId(root.id), ...writers]);
  const document = notation.document(reading.mapping);
  const made: Shown = {
    only: new Set(['', ...top.flatMap((field) => placesShown(field, includes)).flatMap(withParents)]),
    render: (root, now) => document(members(root, now)),
  };
  if (held.shown.size >= keptChoices) held.shown.clear();
  held.shown.set(key, made);
  return made;
};

const isShown = (
  name: string,
  include: string | undefined,
  fields: ReadonlySet<string> | null,
  includes: ReadonlySet<string>,
): boolean =>
  include === undefined ? fields === null || fields.has(name) : includes.has(include) || fields?.has(name) === true;

const innerShown = ({ fields }: ReadField, includes: ReadonlySet<string>): readonly ReadField[] =>
  fields.filter(({ field }) => field.include === undefined || includes.has(field.include));

const placesShown = (field: ReadField, includes: ReadonlySet<string>): readonly string[] => [
  ...placesOfField(field),
  ...innerShown(field, includes).flatMap((one) => placesShown(one, includes)),
];

/** A place and those on the way to it: `a.b` is `a` and `a.b`. */
const withParents = (place: string): readonly string[] =>
  place.split('.').map((_, index, names) => names.slice(0, index + 1).join('.'));

/** The members that there is something to show of, as one text; '' when there is nothing. */
const joined = ({ between }: Notation, writers: readonly Write[]): ((node: DocumentNode, now: CivilNow) => string) => {
  return (node, now) => {
    let out = '';
    for (const write of writers) {
      const text = write(node, now);
      if (text !== undefined) out += out === '' ? text : between + text;
    }
    return out;
  };
};

const member = (notation: Notation, field: ReadField, includes: ReadonlySet<string>): Write => {
  const item = field.field.xml?.item;
  const write = notation.member({ name: field.name, ...(item === undefined ? {} : { item }) });
  switch (field.field.kind) {
    case 'value':
      return single(write, field);
    case 'values':
      return several(write, field);
    case 'object':
      return firstObject(write, field, membersOf(notation, field, includes));
    case 'objects':
      return objects(write, field, membersOf(notation, field, includes));
  }
};

const membersOf = (notation: Notation, field: ReadField, includes: ReadonlySet<string>) =>
  joined(
    notation,
    innerShown(field, includes).map((one) => member(notation, one, includes)),
  );

const written = (
  write: MemberNotation['value'],
  field: ReadField,
  raw: unknown,
  now: CivilNow,
  row: DocumentNode,
): string | undefined => {
  if (raw === undefined || raw === null) return undefined;
  const value = field.convert.apply(raw, now, row);
  return value === undefined || value === null ? undefined : write(value);
};

const single = ({ value }: MemberNotation, field: ReadField): Write => {
  const { tail, steps } = field;
  // Most fields: an attribute of the resource itself.
  if (
    steps.length === 0 &&
    field.self === null &&
    field.field.test === undefined &&
    tail.kind === 'attribute' &&
    tail.names.length === 1
  ) {
    const [name] = tail.names;
    return (node, now) => {
      const raw = node.values[name];
      return written(value, field, Array.isArray(raw) && tail.attribute.list ? raw[0] : raw, now, node);
    };
  }
  const ends = endsOf(field);
  return (node, now) => {
    for (const end of ends(node, now) ?? [])
      for (const raw of rawOf(field, end)) {
        const text = written(value, field, raw, now, end);
        if (text !== undefined) return text;
      }
    return undefined;
  };
};

const several = ({ item, list }: MemberNotation, field: ReadField): Write => {
  const ends = endsOf(field);
  return (node, now) => {
    const found = ends(node, now);
    if (found === null) return undefined;
    const texts = new Set<string>();
    for (const end of found)
      for (const raw of rawOf(field, end)) {
        const text = written(item, field, raw, now, end);
        if (text !== undefined) texts.add(text);
      }
    // Resources that show no value are no empty list: the value may be hidden.
    return texts.size === 0 && found.length > 0 ? undefined : list([...texts]);
  };
};

type Members = (node: DocumentNode, now: CivilNow) => string;

const firstObject = ({ object }: MemberNotation, field: ReadField, members: Members): Write => {
  const ends = endsOf(field);
  return (node, now) => {
    const [first] = ends(node, now) ?? [];
    if (first === undefined) return undefined;
    const text = members(first, now);
    return text === '' ? undefined : object(text);
  };
};

const objects = ({ objectItem, list }: MemberNotation, field: ReadField, members: Members): Write => {
  const ends = endsOf(field);
  return (node, now) => {
    const found = ends(node, now);
    if (found === null) return undefined;
    const texts: string[] = [];
    for (const end of found) {
      const text = members(end, now);
      if (text !== '') texts.push(objectItem(text));
    }
    return list(texts);
  };
};
