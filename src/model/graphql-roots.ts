// What a GraphQL API offers at its root, beside what follows from the model: `graphql/roots.yaml` and `graphql/filters.yaml` of a model folder, held
// against the model. Read at the start by the composition; the API makes types and fields of it. Knows no request and no stored data.
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { below } from './findings.ts';
import {
  classesOf,
  classNamed,
  listOf,
  memberOf,
  membersOf,
  numberOf,
  placeOf,
  textIn,
  textOf,
  wordOf,
  type Entry,
  type NamedClasses,
  type Place,
  type Reading,
} from './graphql-entry.ts';
import { heldAs, readGraphqlFile } from './graphql-file.ts';
import { readContracts, readDeprecation, type Deprecation, type GraphqlContracts } from './graphql-contracts.ts';
import { contracts, readFilter, readTimes, type FilterMember, type Times } from './graphql-filters.ts';
import { readNames, type MemberNames } from './graphql-names.ts';
import type { ClassKey, Collection, ContractMark, Model, ModelClass, Text } from './model.ts';

/** How a field is offered. */
export type Offer = {
  readonly contract: ContractMark | null;
  /** Null = it stays. */
  readonly deprecated: Deprecation | null;
};

export type ConnectionRoot = Offer & {
  readonly name: string;
  /** Of one class, or of all that are of an abstract one. */
  readonly of: ModelClass;
  readonly collections: readonly Collection[];
  /** Null = by the leading identifier. */
  readonly order: Place | null;
  readonly orderBy: ReadonlyMap<string, Place>;
  readonly filter: readonly FilterMember[];
  /** What holds of all of them: facts, each of which is true. */
  readonly only: readonly FilterMember[];
  /** What they are, where that does not follow from the class. */
  readonly describe: Text | null;
};

/** Many at once, each by what is given. */
export type LookupRoot = Offer & {
  readonly name: string;
  /** Where they are looked for. */
  readonly collection: Collection;
  /** The argument that holds the list. */
  readonly list: string;
  readonly by:
    | { readonly kind: 'identifier'; readonly attribute: string }
    | { readonly kind: 'attribute'; readonly place: Place };
  /** What is wanted is what a relation leads to from there. */
  readonly leads: { readonly relation: string; readonly collection: Collection } | null;
  /** The parts of the key that are given one by one; null = the value as a whole. */
  readonly parts: readonly { readonly name: string; readonly number: boolean }[] | null;
};

/** One by an identifier, that of the owner where none is given. */
export type SingleRoot = Offer & {
  readonly name: string;
  readonly collection: Collection;
  readonly attribute: string;
  readonly argument: string;
};

/** Whoever is asking, where that is a person. */
export type SelfRoot = Offer & { readonly name: string; readonly of: ModelClass };

export type GraphqlRoots = {
  /** Classes that become types, as the model has them. */
  readonly classes: readonly ModelClass[];
  /** Name of the argument that says whose data are meant. */
  readonly ownerArgument: string;
  readonly ids: {
    /** The identifier (jsonName) that ids of a class are made of; null = the one that all have. */
    readonly keyOf: ReadonlyMap<ClassKey, string | null>;
    readonly fallback: string;
  };
  readonly first: number;
  /** The default of `first` of a nested collection. */
  readonly nestedFirst: (of: ModelClass, relation: string) => number;
  /** Marks of attributes (jsonNames) that are others than in the model. */
  readonly marks: ReadonlyMap<string, ContractMark>;
  /** Complex classes of which each class that holds them has a type of its own. */
  readonly locals: ReadonlySet<ClassKey>;
  /** Names of enumerations, by attribute. */
  readonly enums: ReadonlyMap<string, string>;
  readonly connections: readonly ConnectionRoot[];
  readonly lookups: readonly LookupRoot[];
  readonly singles: readonly SingleRoot[];
  readonly selves: readonly SelfRoot[];
  readonly names: MemberNames;
  readonly contracts: GraphqlContracts;
};

const files = ['graphql/roots.yaml', 'graphql/filters.yaml', 'graphql/contracts.yaml'] as const;

const topKeys = [
  'packages',
  'ids',
  'owner',
  'marks',
  'first',
  'nested',
  'nestedOf',
  'period',
  'terms',
  'names',
  'older',
  'locals',
  'enums',
  'plural',
  'numberParts',
  'connections',
  'active',
  'others',
  'without',
  'lookups',
  'singles',
  'selves',
];
const offerKeys = ['contract', 'instead', 'announced', 'until'];

/**
 * Takes the texts of the files by their names in findings; gives null where a model has none. Fails with HUB-200 and one item (`file:line`, rule and
 * message) per fault: keys that are not known, classes, attributes and relations that the model does not have, names that stand twice.
 */
export const readGraphqlRoots = (texts: ReadonlyMap<string, string>, model: Model): Result<GraphqlRoots | null> => {
  if (files.every((file) => heldAs(texts, file) === undefined)) return ok(null);
  return readGraphqlFile(texts, files, model, (topOf, reading) =>
    readRoots({ top: topOf(files[0]), filters: topOf(files[1]), contracts: topOf(files[2]) }, reading),
  );
};

/** What the parts of the files need to know of each other. */
type Known = {
  readonly reading: Reading;
  readonly classes: NamedClasses;
  readonly collectionsOf: (of: ModelClass) => readonly Collection[];
  readonly keyOf: ReadonlyMap<ClassKey, string | null>;
  readonly plural: (name: string) => string;
  readonly fallback: string;
  readonly owner: string;
  readonly times: Times;
  readonly others: ContractMark | null;
};

type Tops = { readonly top: Entry; readonly filters: Entry; readonly contracts: Entry };

const readRoots = ({ top, filters, contracts: kept }: Tops, reading: Reading): GraphqlRoots => {
  const { model } = reading;
  membersOf(top, reading, topKeys);
  const classes = classesOf(top, reading);
  const collectionsOf = (of: ModelClass): readonly Collection[] =>
    [...model.collections.values()].filter((one) => isA(model, one.class, of));
  const ids = memberOf(top, 'ids');
  const fallback = textIn(ids, 'else', reading);
  const known: Known = {
    reading,
    classes,
    collectionsOf,
    plural: pluralOf(memberOf(top, 'plural'), classes, reading),
    keyOf: keysOf(ids, classes, reading),
    fallback,
    owner: textIn(memberOf(top, 'owner'), 'argument', reading),
    times: readTimes(top, reading),
    others: wordOf(memberOf(top, 'others'), contracts, reading),
  };
  const nested = numberOf(memberOf(top, 'nested'), reading) ?? 10;
  const nestedOf = readNested(memberOf(top, 'nestedOf'), known);
  const connections = readConnections(top, memberOf(filters, 'filters'), known);
  const result: GraphqlRoots = {
    classes: [...classes.values()],
    ownerArgument: known.owner,
    ids: { keyOf: known.keyOf, fallback },
    first: numberOf(memberOf(top, 'first'), reading) ?? 100,
    nestedFirst: (of, relation) => nestedOf.get(`${of.key} ${relation}`) ?? nested,
    marks: new Map(
      membersOf(memberOf(top, 'marks'), reading).flatMap(([name, entry]) => {
        const mark = wordOf(entry, contracts, reading);
        return mark === null ? [] : [[name, mark] as const];
      }),
    ),
    locals: new Set(
      listOf(memberOf(top, 'locals'), reading).flatMap((entry) => {
        const of = classNamed(textOf(entry, reading), entry.at, known);
        if (of !== null && of.kind !== 'complex')
          reading.complain(entry.at, 'graphql', `${of.name} is no complex class`);
        return of === null ? [] : [of.key];
      }),
    ),
    enums: new Map(
      membersOf(memberOf(top, 'enums'), reading).map(([name, entry]) => [name, textOf(entry, reading) ?? name]),
    ),
    connections,
    lookups: [...readLookups(memberOf(top, 'lookups'), known), ...legacyLookups(top, known)],
    singles: readSingles(memberOf(top, 'singles'), known),
    selves: readSelves(memberOf(top, 'selves'), known),
    names: readNames(top, (name, at) => classNamed(name, at, known), reading),
    contracts: readContracts(kept, reading),
  };
  checkNames(result, top, reading);
  return result;
};

const isA = (model: Model, one: ModelClass, of: ModelClass): boolean => {
  for (let at: ModelClass | undefined = one; at !== undefined;) {
    if (at.key === of.key) return true;
    at = at.superclass === null ? undefined : model.classes.get(at.superclass);
  }
  return false;
};

const keysOf = (ids: Entry, classes: NamedClasses, reading: Reading): ReadonlyMap<ClassKey, string | null> => {
  const key = textIn(ids, 'key', reading);
  const own = new Map(
    membersOf(memberOf(ids, 'of'), reading).flatMap(([name, entry]) => {
      const of = classNamed(name, entry.at, { reading, classes });
      const attribute = textOf(entry, reading);
      if (of === null || attribute === null) return [];
      if (of.attributeByName.get(attribute)?.identifier !== true)
        reading.complain(entry.at, 'graphql', `'${attribute}' is no identifier of ${name}`);
      return [[of.key, attribute] as const];
    }),
  );
  return new Map(
    [...classes.values()].map((one) => [
      one.key,
      own.get(one.key) ?? (one.attributeByName.get(key)?.identifier === true ? key : null),
    ]),
  );
};

const pluralOf = (entry: Entry, classes: NamedClasses, reading: Reading): ((name: string) => string) => {
  const endings = listOf(memberOf(entry, 'endings'), reading).flatMap((one) => {
    const [from, to] = listOf(one, reading).map((each) => textOf(each, reading));
    return typeof from === 'string' && typeof to === 'string' ? [[from, to] as const] : [];
  });
  const names = new Map(
    membersOf(memberOf(entry, 'names'), reading).map(([name, held]) => {
      classNamed(name, held.at, { reading, classes });
      return [name, textOf(held, reading) ?? name];
    }),
  );
  return (name) => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const [from, to] = endings.find(([ending]) => name.toLowerCase().endsWith(ending)) ?? ['', ''];
    const stem = name.slice(0, name.length - from.length);
    const kept = name.slice(name.length - from.length);
    // An ending that stays as it is keeps its capitals.
    const many = stem + (from === to ? kept : to);
    return many.charAt(0).toLowerCase() + many.slice(1);
  };
};

const readNested = (entry: Entry, known: Known): ReadonlyMap<string, number> =>
  new Map(
    membersOf(entry, known.reading).flatMap(([name, held]) => {
      const [className = '', relation = ''] = name.split('.');
      const of = classNamed(className, held.at, known);
      if (of === null) return [];
      if (of.relationByName.get(relation)?.max !== null)
        known.reading.complain(held.at, 'graphql', `'${relation}' is no relation of ${className} to many`);
      return [[`${of.key} ${relation}`, numberOf(held, known.reading) ?? 0] as const];
    }),
  );

const readOffer = (entry: Entry, reading: Reading): Offer => {
  const instead = textOf(memberOf(entry, 'instead'), reading);
  const contract = wordOf(memberOf(entry, 'contract'), contracts, reading);
  return { contract, deprecated: instead === null ? null : readDeprecation(entry, instead, reading) };
};

const readConnections = (top: Entry, filters: Entry, known: Known): readonly ConnectionRoot[] => {
  const { reading, classes, collectionsOf } = known;
  const written = membersOf(memberOf(top, 'connections'), reading).flatMap(
    ([name, entry]): readonly ConnectionRoot[] => {
      membersOf(entry, reading, ['of', 'order', 'orderBy', 'only', 'describe', ...offerKeys]);
      const of = classNamed(textIn(entry, 'of', reading), entry.at, known);
      if (of === null) return [];
      const collections = collectionsOf(of);
      if (collections.length === 0) reading.complain(entry.at, 'graphql', `${of.name} has no collection`);
      const order = memberOf(entry, 'order');
      const path = textOf(order, reading);
      const orderBy = new Map(
        membersOf(memberOf(entry, 'orderBy'), reading).flatMap(([key, held]) => {
          const text = textOf(held, reading);
          const place = text === null ? null : placeOf(of, text, held.at, reading);
          return place === null ? [] : [[key, place] as const];
        }),
      );
      if (collections.length > 1 && (path !== null || orderBy.size > 0))
        reading.complain(entry.at, 'graphql', 'several collections come one after the other: no order can be given');
      const filter = memberOf(filters, name);
      return [
        {
          name,
          of,
          collections,
          order: path === null ? null : placeOf(of, path, order.at, reading),
          orderBy,
          filter:
            filter.value === undefined ? madeFilter(top, of, known) : readFilter(filter, of, known.times, reading),
          only: readOnly(memberOf(entry, 'only'), of, known),
          describe: readText(memberOf(entry, 'describe'), reading),
          ...readOffer(entry, reading),
        },
      ];
    },
  );
  const names = new Set(written.map(({ name }) => name));
  for (const [name, { at }] of membersOf(filters, reading))
    if (!names.has(name)) reading.complain(at, 'graphql', `no collection '${name}' has this filter`);
  const without = new Set(
    membersOf(memberOf(top, 'without'), reading).map(([name, { at }]) => classNamed(name, at, known)?.key),
  );
  const served = new Set(written.map(({ of }) => of.key));
  const rest = [...classes.values()].filter(
    (one) => one.kind === 'main' && !served.has(one.key) && !without.has(one.key) && collectionsOf(one).length > 0,
  );
  return [
    ...written,
    ...rest.map((of): ConnectionRoot => ({
      name: known.plural(of.className),
      of,
      collections: collectionsOf(of),
      order: null,
      orderBy: new Map(),
      filter: madeFilter(top, of, known),
      only: [],
      describe: null,
      contract: known.others,
      deprecated: null,
    })),
  ];
};

/** In both languages, or null where it is left out. */
const readText = (entry: Entry, reading: Reading): Text | null => {
  membersOf(entry, reading, ['nb', 'en']);
  return entry.value === undefined ? null : { nb: textIn(entry, 'nb', reading), en: textIn(entry, 'en', reading) };
};

const readOnly = (entry: Entry, of: ModelClass, { times, reading }: Known): readonly FilterMember[] => {
  const read = readFilter(entry, of, times, reading);
  for (const { name, form } of read)
    if (form.kind !== 'fact') reading.complain(below(entry.at, name), 'graphql', 'this takes what is true or false');
  return read;
};

/** A filter that is not written down: ids, identifiers, whether it is in use, and ids of what a relation leads to. */
const madeFilter = (top: Entry, of: ModelClass, known: Known): readonly FilterMember[] => {
  const { reading, plural, fallback, classes } = known;
  // What other folders of the model add may lead out of the packages that become types: nothing has ids of those.
  const named = new Set([...classes.values()].map(({ key }) => key));
  const plain = { contract: null, steps: [], default: undefined } as const;
  const own: FilterMember = { ...plain, name: 'ider', form: { kind: 'ids', of } };
  const identifiers = of.attributes
    .filter(({ identifier, jsonName }) => identifier && jsonName !== fallback)
    .flatMap(({ jsonName }): readonly FilterMember[] => {
      const place = placeOf(of, jsonName, top.at, reading);
      return place === null
        ? []
        : [{ ...plain, name: plural(jsonName), form: { kind: 'values', places: [place], one: false } }];
    });
  const active = textOf(memberOf(top, 'active'), reading);
  const flag = active === null || !of.attributeByName.has(active) ? null : placeOf(of, active, top.at, reading);
  const relations = of.relations
    .filter(({ max }) => max === 1)
    .flatMap(({ jsonName, target }): readonly FilterMember[] => {
      const end = reading.model.classes.get(target);
      return end === undefined || !named.has(end.key)
        ? []
        : [
            {
              ...plain,
              name: `${jsonName}Ider`,
              steps: [{ kind: 'through', relations: [jsonName] }],
              form: { kind: 'ids', of: end },
            },
          ];
    });
  const flags: readonly FilterMember[] =
    flag === null || active === null ? [] : [{ ...plain, name: active, form: { kind: 'flags', place: flag } }];
  return [own, ...identifiers, ...flags, ...relations];
};

const readLookups = (entry: Entry, known: Known): readonly LookupRoot[] =>
  membersOf(entry, known.reading).flatMap(([name, held]): readonly LookupRoot[] => {
    const { reading } = known;
    membersOf(held, reading, ['of', 'by', 'list', 'then', ...offerKeys]);
    const of = classNamed(textIn(held, 'of', reading), held.at, known);
    const [collection] = of === null ? [] : known.collectionsOf(of);
    if (of === null || collection === undefined) return [];
    const by = textIn(held, 'by', reading);
    const then = memberOf(held, 'then');
    const relation = textOf(then, reading);
    const target = relation === null ? null : collection.links.get(relation)?.target;
    const end = typeof target === 'string' ? reading.model.collections.get(target) : undefined;
    if (relation !== null && end === undefined)
      reading.complain(then.at, 'graphql', `'${relation}' is no relation of ${of.name}`);
    const place = placeOf(of, by, below(held.at, 'by'), reading);
    if (place === null) return [];
    return [
      {
        name,
        collection,
        list: textIn(held, 'list', reading),
        by:
          of.attributeByName.get(by)?.identifier === true
            ? { kind: 'identifier', attribute: by }
            : { kind: 'attribute', place },
        leads: relation === null || end === undefined ? null : { relation, collection: end },
        parts: null,
        ...readOffer(held, reading),
      },
    ];
  });

/** By the parts of their keys, for those who come with the keys of older systems. */
const legacyLookups = (top: Entry, known: Known): readonly LookupRoot[] => {
  const numbers = new Set(listOf(memberOf(top, 'numberParts'), known.reading).map((one) => textOf(one, known.reading)));
  const key = textOf(memberOf(memberOf(top, 'ids'), 'key'), known.reading) ?? '';
  return [...known.classes.values()].flatMap((of): readonly LookupRoot[] => {
    const [collection] = of.kind === 'main' ? known.collectionsOf(of) : [];
    const parts = of.naturalKey.filter((part) => part !== known.owner);
    if (collection === undefined || parts.length === 0 || of.attributeByName.get(key)?.identifier !== true) return [];
    return [
      {
        name: `${known.plural(of.className)}GittLegacyIder`,
        collection,
        list: 'legacyIder',
        by: { kind: 'identifier', attribute: key },
        leads: null,
        parts: parts.map((name) => ({ name, number: numbers.has(name) })),
        contract: known.others,
        deprecated: null,
      },
    ];
  });
};

const readSingles = (entry: Entry, known: Known): readonly SingleRoot[] =>
  membersOf(entry, known.reading).flatMap(([name, held]): readonly SingleRoot[] => {
    const { reading } = known;
    membersOf(held, reading, ['of', 'by', 'argument', ...offerKeys]);
    const of = classNamed(textIn(held, 'of', reading), held.at, known);
    const [collection] = of === null ? [] : known.collectionsOf(of);
    if (of === null || collection === undefined) return [];
    const attribute = textIn(held, 'by', reading);
    if (of.attributeByName.get(attribute)?.identifier !== true)
      reading.complain(held.at, 'graphql', `'${attribute}' is no identifier of ${of.name}`);
    return [{ name, collection, attribute, argument: textIn(held, 'argument', reading), ...readOffer(held, reading) }];
  });

const readSelves = (entry: Entry, known: Known): readonly SelfRoot[] =>
  membersOf(entry, known.reading).flatMap(([name, held]): readonly SelfRoot[] => {
    const { reading } = known;
    membersOf(held, reading, ['of', ...offerKeys]);
    const of = classNamed(textIn(held, 'of', reading), held.at, known);
    return of === null ? [] : [{ name, of, ...readOffer(held, reading) }];
  });

const checkNames = (roots: GraphqlRoots, top: Entry, reading: Reading): void => {
  const names = new Set<string>();
  const all = [...roots.connections, ...roots.lookups, ...roots.singles, ...roots.selves];
  for (const { name } of all) {
    if (names.has(name)) reading.complain(below(top.at, 'connections', name), 'duplicate', `'${name}' stands twice`);
    names.add(name);
  }
  for (const { name, deprecated } of all)
    if (deprecated !== null && !names.has(deprecated.instead))
      reading.complain(below(top.at, 'connections', name), 'graphql', `there is no '${deprecated.instead}'`);
};
