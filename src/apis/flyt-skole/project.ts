// Makes what the hub calls a projection from a mapping: which places are read and how the document is written, for the fields and includes that
// a request asks for. Called by read operations; asks no hub.
import type { DocumentNode, Projection } from '#hub/documents/document.ts';
import { endsOf, rawOf } from '#mappings/ends.ts';
import type { CivilNow, MappingPath } from '#mappings/mapping.ts';
import { placesOfField } from '#mappings/read-mapping.ts';
import type { MappingReading, ReadField } from '#mappings/read-mapping.ts';

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

/** JSON text of the value of a field; undefined when there is nothing to show. */
type Write = (node: DocumentNode, now: CivilNow) => string | undefined;

type Shown = { readonly only: ReadonlySet<string>; readonly write: readonly Write[] };

// What clients choose is theirs: no more than this many choices are kept for a mapping, and yesterday's go with them.
const keptChoices = 256;
type Kept = { readonly shown: Map<string, Shown>; readonly projections: Map<string, Projection<unknown>> };
const kept = new WeakMap<MappingReading, Kept>();

/**
 * The projection for a choice. The document holds `id` first and then the fields in the order of the mapping; a field is absent when the caller
 * may not see it or there is no value. A list that the caller may see and that is empty is an empty list. A field named in `fields` is shown
 * even when it else has to be included. Equal choices on a day give the same object, for makers of facts of one name are one.
 */
export const projectionOf = <Facts>(
  reading: MappingReading,
  choice: Choice,
  facts: FactsMaker<Facts>,
): Projection<Facts> => {
  const held = kept.get(reading) ?? { shown: new Map(), projections: new Map() };
  kept.set(reading, held);
  const { now } = choice;
  const key = keyOf(choice);
  const id = `${reading.mapping.name}/${facts.name}/${now.today}/${key}`;
  const known = held.projections.get(id);
  // The name of the maker says which facts they are.
  if (known !== undefined) return known as Projection<Facts>;
  const shown = shownOf(held, reading, choice, key);
  const made: Projection<Facts> = {
    id,
    shape: reading.shape,
    only: facts.needs.length === 0 ? shown.only : new Set([...shown.only, ...facts.needs.flatMap(withParents)]),
    facts: (root) => facts.of(root, now),
    render: (root) => {
      let out = `{"id":${JSON.stringify(root.id)}`;
      for (const write of shown.write) {
        const text = write(root, now);
        if (text !== undefined) out += `,${text}`;
      }
      return `${out}}`;
    },
  };
  if (held.projections.size >= keptChoices) held.projections.clear();
  held.projections.set(id, made);
  return made;
};

const keyOf = ({ fields, includes }: Choice): string =>
  `${fields === null ? '*' : [...fields].toSorted().join(',')}+${includes.size === 0 ? '' : [...includes].toSorted().join(',')}`;

const shownOf = (held: Kept, reading: MappingReading, { fields, includes }: Choice, key: string): Shown => {
  const known = held.shown.get(key);
  if (known !== undefined) return known;
  const top = reading.fields.filter(
    ({ name, field }) => name !== 'id' && isShown(name, field.include, fields, includes),
  );
  const made: Shown = {
    only: new Set(['', ...top.flatMap((field) => placesShown(field, includes)).flatMap(withParents)]),
    write: top.map((field) => member(field, includes)),
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

const member = (field: ReadField, includes: ReadonlySet<string>): Write => {
  const start = `${JSON.stringify(field.name)}:`;
  const write = valueOf(field, includes);
  return (node, now) => {
    const text = write(node, now);
    return text === undefined ? undefined : start + text;
  };
};

const valueOf = (field: ReadField, includes: ReadonlySet<string>): Write => {
  switch (field.field.kind) {
    case 'value':
      return single(field);
    case 'values':
      return several(field);
    case 'object':
      return firstObject(field, includes);
    case 'objects':
      return objects(field, includes);
  }
};

const written = (field: ReadField, raw: unknown, now: CivilNow, row: DocumentNode): string | undefined => {
  if (raw === undefined || raw === null) return undefined;
  const value = field.convert.apply(raw, now, row);
  return value === undefined || value === null ? undefined : JSON.stringify(value);
};

const single = (field: ReadField): Write => {
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
      return written(field, Array.isArray(raw) && tail.attribute.list ? raw[0] : raw, now, node);
    };
  }
  const ends = endsOf(field);
  return (node, now) => {
    for (const end of ends(node, now) ?? [])
      for (const raw of rawOf(field, end)) {
        const text = written(field, raw, now, end);
        if (text !== undefined) return text;
      }
    return undefined;
  };
};

const several = (field: ReadField): Write => {
  const ends = endsOf(field);
  return (node, now) => {
    const found = ends(node, now);
    if (found === null) return undefined;
    const texts = new Set<string>();
    for (const end of found)
      for (const raw of rawOf(field, end)) {
        const text = written(field, raw, now, end);
        if (text !== undefined) texts.add(text);
      }
    // Resources that show no value are no empty list: the value may be hidden.
    return texts.size === 0 && found.length > 0 ? undefined : `[${[...texts].join(',')}]`;
  };
};

const objectOf = (field: ReadField, includes: ReadonlySet<string>): Write => {
  const members = innerShown(field, includes).map((one) => member(one, includes));
  return (node, now) => {
    let out = '';
    for (const write of members) {
      const text = write(node, now);
      if (text !== undefined) out += out === '' ? text : `,${text}`;
    }
    return out === '' ? undefined : `{${out}}`;
  };
};

const firstObject = (field: ReadField, includes: ReadonlySet<string>): Write => {
  const ends = endsOf(field);
  const object = objectOf(field, includes);
  return (node, now) => {
    const [first] = ends(node, now) ?? [];
    return first === undefined ? undefined : object(first, now);
  };
};

const objects = (field: ReadField, includes: ReadonlySet<string>): Write => {
  const ends = endsOf(field);
  const object = objectOf(field, includes);
  return (node, now) => {
    const found = ends(node, now);
    if (found === null) return undefined;
    const texts: string[] = [];
    for (const end of found) {
      const text = object(end, now);
      if (text !== undefined) texts.push(text);
    }
    return `[${texts.join(',')}]`;
  };
};
