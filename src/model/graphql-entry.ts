// Reads what is written in the data of a GraphQL API, and holds the names in it against the model: entries with complaints about what they should
// not hold, relation paths, attribute paths. Used by graphql-roots.ts and graphql-filters.ts; knows no key of their files.
import { didYouMean, nearest } from '#base/text.ts';
import type { FilterPath } from './filter.ts';
import { below, type At, type Complain } from './findings.ts';
import type { Attribute, Model, ModelClass, Text } from './model.ts';

/** A value of the files with where it stands. */
export type Entry = { readonly at: At; readonly value: unknown };

export type Reading = { readonly model: Model; readonly complain: Complain };

/** What it takes to read values that name nothing of the model. */
export type PlainReading = Pick<Reading, 'complain'>;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a map, [] where it is left out. Complains about another kind of value, and about keys beside `known`. */
export const membersOf = (
  { at, value }: Entry,
  { complain }: PlainReading,
  known: readonly string[] | null = null,
): readonly (readonly [string, Entry])[] => {
  if (value === undefined || value === null) return [];
  if (!isMap(value)) {
    complain(at, 'value-type', 'this takes a map');
    return [];
  }
  if (known !== null)
    for (const key of Object.keys(value))
      if (!known.includes(key)) complain(below(at, key), 'unknown-key', `unknown key '${key}'; ${hint(key, known)}`);
  return Object.entries(value).map(([key, held]) => [key, { at: below(at, key), value: held }]);
};

const hint = (name: string, known: Iterable<string>): string => {
  const near = nearest(name, known);
  return near === null ? `known are ${[...known].slice(0, 20).join(', ')}` : `did you mean '${near}'?`;
};

/** One member of a map; its value is undefined where it is left out. */
export const memberOf = (entry: Entry, key: string): Entry => ({
  at: below(entry.at, key),
  value: isMap(entry.value) ? entry.value[key] : undefined,
});

export const listOf = ({ at, value }: Entry, { complain }: PlainReading): readonly Entry[] => {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((each: unknown, index) => ({ at: below(at, index), value: each }));
  complain(at, 'value-type', 'this takes a list');
  return [];
};

/** Null where it is left out. */
export const textOf = ({ at, value }: Entry, { complain }: PlainReading): string | null => {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  complain(at, 'value-type', 'this takes a text');
  return null;
};

export const numberOf = ({ at, value }: Entry, { complain }: PlainReading): number | null => {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  complain(at, 'value-type', 'this takes a whole number');
  return null;
};

/** A text that has to be there; '' where it is not. */
export const textIn = (entry: Entry, key: string, reading: PlainReading): string => {
  const held = memberOf(entry, key);
  if (held.value === undefined) reading.complain(entry.at, 'missing-key', `'${key}' is missing`);
  return textOf(held, reading) ?? '';
};

/** What an entry says in both languages, which it has to. */
export const textsIn = (entry: Entry, reading: PlainReading): Text => ({
  nb: textIn(entry, 'nb', reading),
  en: textIn(entry, 'en', reading),
});

/** The same of each member of a map that holds nothing else. */
export const textsBy = (entry: Entry, reading: PlainReading): ReadonlyMap<string, Text> =>
  new Map(
    membersOf(entry, reading).map(([key, one]) => {
      membersOf(one, reading, ['nb', 'en']);
      return [key, textsIn(one, reading)];
    }),
  );

/** One of some words, or null where it is left out. */
export const wordOf = <W extends string>(entry: Entry, words: readonly W[], reading: PlainReading): W | null => {
  const text = textOf(entry, reading);
  if (text === null) return null;
  const found = words.find((word) => word === text);
  if (found === undefined) reading.complain(entry.at, 'value-type', `this takes ${words.join(', ')}`);
  return found ?? null;
};

/** The classes that a file is about, by the names that it calls them by. */
export type NamedClasses = ReadonlyMap<string, ModelClass>;

/** Those of the packages below the folder that the entry `packages` names. */
export const classesOf = (top: Entry, reading: Reading): NamedClasses => {
  const prefix = `${textIn(top, 'packages', reading)}/`;
  const own = [...reading.model.classes.values()].filter((one) => one.package.startsWith(prefix));
  return new Map(own.map((one) => [one.className, one]));
};

/** The class of a name; null where none is given and, with a complaint, where there is none. */
export const classNamed = (
  name: string | null,
  at: At,
  { reading, classes }: { readonly reading: Reading; readonly classes: NamedClasses },
): ModelClass | null => {
  if (name === null) return null;
  const found = classes.get(name);
  if (found !== undefined) return found;
  reading.complain(at, 'graphql', `there is no class '${name}'${didYouMean(name, classes.keys())}`);
  return null;
};

/** What a relation path leads to: names for the hub (`a.b` for what hangs on a complex value), and the class at its end. */
export type Way = { readonly relations: readonly string[]; readonly end: ModelClass };

/** Follows `emne.campuser` from a class. Null, with a complaint, where it leads to nothing. */
export const wayOf = (from: ModelClass, path: string, at: At, { model, complain }: Reading): Way | null => {
  const relations: string[] = [];
  let end = from;
  let within: { readonly of: ModelClass; readonly name: string } | null = null;
  for (const name of path.split('.')) {
    const holder: ModelClass = within?.of ?? end;
    const relation = holder.relationByName.get(name);
    const inner = holder.attributeByName.get(name);
    const value = inner?.type.kind === 'class' ? model.classes.get(inner.type.class) : undefined;
    const prefix: string = within === null ? '' : `${within.name}.`;
    const target = relation === undefined ? undefined : model.classes.get(relation.target);
    if (target !== undefined) {
      relations.push(prefix + name);
      [end, within] = [target, null];
    } else if (value !== undefined) within = { of: value, name: prefix + name };
    else {
      complain(at, 'graphql', `${holder.name} has no relation '${name}'; ${hint(name, holder.relationByName.keys())}`);
      return null;
    }
  }
  if (within === null) return { relations, end };
  complain(at, 'graphql', `'${path}' ends at a value`);
  return null;
};

/** An attribute within resources of a class, as filters and orders name it. */
export type Place = { readonly path: FilterPath; readonly attribute: Attribute };

/**
 * The values at an attribute path (`navn/etternavn`); at a complex value that holds texts alone, all of them. Empty, with a complaint, where there
 * are none or where a list is on the way.
 */
export const placesOf = (of: ModelClass, path: string, at: At, { model, complain }: Reading): readonly Place[] => {
  const names: string[] = [];
  let holder = of;
  for (const [index, name] of path.split('/').entries()) {
    const attribute = holder.attributeByName.get(name);
    if (attribute === undefined) {
      complain(
        at,
        'graphql',
        `${holder.name} has no attribute '${name}'; ${hint(name, holder.attributeByName.keys())}`,
      );
      return [];
    }
    if (attribute.list) {
      complain(at, 'graphql', `'${name}' is a list`);
      return [];
    }
    names.push(name);
    if (attribute.type.kind === 'primitive') {
      if (index === path.split('/').length - 1) return [{ path: { names, kind: attribute.type.primitive }, attribute }];
      complain(at, 'graphql', `'${name}' has no members`);
      return [];
    }
    const inner = model.classes.get(attribute.type.class);
    if (inner === undefined) return [];
    if (attribute.identifier)
      return [{ path: { names: [...names, model.identifierValue], kind: 'string' }, attribute }];
    holder = inner;
  }
  const texts = holder.attributes.filter(({ type }) => type.kind === 'primitive' && type.primitive === 'string');
  if (texts.length !== holder.attributes.length || texts.length === 0) {
    complain(at, 'graphql', `'${path}' holds more than texts: name a member of it`);
    return [];
  }
  return texts.map((attribute) => ({ path: { names: [...names, attribute.jsonName], kind: 'string' }, attribute }));
};

/** The one value at an attribute path. */
export const placeOf = (of: ModelClass, path: string, at: At, reading: Reading): Place | null => {
  const places = placesOf(of, path, at, reading);
  if (places.length > 1) reading.complain(at, 'graphql', `'${path}' holds several values`);
  return places.length === 1 ? (places[0] ?? null) : null;
};
