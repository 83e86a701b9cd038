// The root fields: collections with filters, look-ups of many, single ones, and nodes by id; each says which resources the hub is asked for. Made of
// the roots as data, by face.ts; knows no class by name.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok } from '#base/result.ts';
import type { Args, FaceError, FaceField, FaceInput, FaceRequest, FaceType, Marks, RootAsk } from '#graphql/face.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { Graph, GraphOrder } from '#hub/graph/graph.ts';
import type { ConnectionRoot, GraphqlRoots, LookupRoot, SingleRoot } from '#model/graphql-roots.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Attribute, Collection, Model, ModelClass, Text } from '#model/model.ts';
import { institutionNumber, type Owners } from '../owner.ts';
import { chosen, type IdChoice } from './filter-choice.ts';
import { filterInputs, ownerText } from './filter-inputs.ts';
import { firm, marksOfOffer } from './marks.ts';
import { decodeNodeId, joinedKey } from './node-ids.ts';
import { nodeInterface, pageArgs } from './class-types.ts';

export type RootDeps = {
  readonly model: Model;
  readonly roots: GraphqlRoots;
  readonly owners: Owners;
  readonly graph: Graph;
  readonly valueType: (attribute: Attribute) => string;
};

export type RootFields = {
  readonly fields: readonly FaceField[];
  readonly types: readonly FaceType[];
  readonly connections: ReadonlyMap<string, { readonly node: string; readonly marks: Marks }>;
};

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** All root fields, in the order of the data. */
export const rootFields = (deps: RootDeps): RootFields => {
  const { roots } = deps;
  const types: FaceType[] = [];
  const connections = new Map<string, { readonly node: string; readonly marks: Marks }>();
  const fields = [
    ...roots.connections.map((root) => {
      const made = connectionField(root, deps);
      types.push(...made.types);
      // Types cannot be deprecated.
      connections.set(made.field.type, {
        node: root.of.className,
        marks: { ...made.field.marks, deprecated: null },
      });
      return made.field;
    }),
    ...roots.lookups.map((root) => {
      const made = lookupField(root, deps);
      types.push(...made.types);
      return made.field;
    }),
    ...roots.singles.map((root) => singleField(root, deps)),
    ...nodeFields(deps),
  ];
  if (roots.connections.some(({ orderBy }) => orderBy.size > 0)) types.push(directions);
  return { fields, types, connections };
};

const directionName = 'Sorteringsretning';
const directions: FaceType = {
  kind: 'enum',
  name: directionName,
  describe: { nb: 'Hvilken vei en liste er sortert.', en: 'Which way a list is sorted.' },
  marks: firm,
  values: [
    { name: 'ASC', describe: { nb: 'Stigende.', en: 'Ascending.' }, marks: firm },
    { name: 'DESC', describe: { nb: 'Synkende.', en: 'Descending.' }, marks: firm },
  ],
};

const input = (name: string, type: string, describe: Text): FaceInput => ({ name, type, describe, marks: firm });

/** One answer for an owner that nobody is and for one that is somebody else. */
export const noOwner = (argument: string): FaceError => ({
  error: problem('HUB-204', `${argument} names no institution that this access is for.`),
});

/** Null when the argument names the owner that the token is bound to. */
export const wrongOwner = async (
  given: unknown,
  { roots, owners }: Pick<RootDeps, 'roots' | 'owners'>,
  request: FaceRequest,
): Promise<FaceError | null> => {
  const own = await owners.numberOf(request.context.principal.tenant);
  return own !== null && institutionNumber(given) === own ? null : noOwner(roots.ownerArgument);
};

const segmentOf = (collection: Collection, attribute: string): string =>
  collection.identifiers.find((one) => one.attribute === attribute)?.segment ?? attribute;

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const connectionField = (
  root: ConnectionRoot,
  deps: RootDeps,
): { readonly field: FaceField; readonly types: readonly FaceType[] } => {
  const { roots } = deps;
  const filter = filterInputs(root, roots.ownerArgument, deps.valueType);
  const prefix = `Query${pascal(root.name)}`;
  const defaults = Object.fromEntries(
    root.filter.flatMap((member) => (member.default === undefined ? [] : [[member.name, member.default] as const])),
  );
  const args: FaceInput[] = [
    input('filter', `${filter.name}!`, {
      nb: 'Hvem som eier dataene, og hva som er med.',
      en: 'Who owns the data, and what counts.',
    }),
    ...pageArgs(roots.first),
  ];
  const types = [...filter.types];
  if (root.orderBy.size > 0) {
    args.push(input('orderBy', `${prefix}OrderByInput`, { nb: 'Rekkefølgen.', en: 'The order.' }));
    types.push(...orderTypes(prefix, [...root.orderBy.keys()]));
  }
  const ask = async (given: Args, request: FaceRequest): Promise<RootAsk | FaceError> => {
    const values = mapOf(given['filter']);
    const wrong = await wrongOwner(values[roots.ownerArgument], deps, request);
    if (wrong !== null) return wrong;
    const own = deps.owners.known(request.context.principal.tenant);
    const narrow = chosen(root.filter, values, 'filter', { now: request.now, ids: idChoice(deps, own) });
    if (!narrow.ok) return { error: narrow.problem };
    const { collections } = root;
    const inForce = Object.fromEntries(Object.entries(defaults).filter(([name, usual]) => isSame(values[name], usual)));
    return {
      kind: 'list',
      collections: collections.map(({ path }) => path),
      narrow: collections.map(() => narrow.value),
      order: orderOf(root, mapOf(given['orderBy'])),
      first: typeof given['first'] === 'number' ? given['first'] : roots.first,
      after: typeof given['after'] === 'string' ? given['after'] : null,
      ...(Object.keys(inForce).length === 0 ? {} : { defaults: inForce }),
    };
  };
  return {
    field: {
      name: root.name,
      type: `${prefix}Connection`,
      args,
      describe: {
        nb: `Alle av typen ${root.of.name}: ${lowered(root.of.description.nb)}`,
        en: `All of the type ${root.of.name}: ${lowered(root.of.description.en)}`,
      },
      marks: marksOfOffer(root),
      source: { kind: 'root', ask },
    },
    types,
  };
};

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const isSame = (value: unknown, usual: unknown): boolean => JSON.stringify(value) === JSON.stringify(usual);

const orderOf = ({ order, orderBy }: ConnectionRoot, given: Readonly<Record<string, unknown>>): GraphOrder | null => {
  const asked = orderBy.get(String(given['orderByField']));
  if (asked !== undefined)
    return { path: asked.path.names, direction: given['direction'] === 'DESC' ? 'descending' : 'ascending' };
  return order === null ? null : { path: order.path.names, direction: 'ascending' };
};

const orderTypes = (prefix: string, names: readonly string[]): readonly FaceType[] => [
  {
    kind: 'enum',
    name: `${prefix}OrderByField`,
    describe: { nb: 'Hva en liste kan sorteres etter.', en: 'What a list can be sorted by.' },
    marks: firm,
    values: names.map((name) => ({ name, describe: { nb: name, en: name }, marks: firm })),
  },
  {
    kind: 'input',
    name: `${prefix}OrderByInput`,
    describe: { nb: 'En rekkefølge.', en: 'An order.' },
    marks: firm,
    fields: [
      { ...input('direction', directionName, { nb: 'Hvilken vei.', en: 'Which way.' }), default: 'ASC' },
      input('orderByField', `${prefix}OrderByField!`, { nb: 'Etter hva.', en: 'By what.' }),
    ],
  },
];

/** What ids in filters stand for: rows with these keys, of this owner. Ids of another owner stand for nothing; what is no id is an error. */
const idChoice =
  ({ model, roots }: RootDeps, own: string | null): IdChoice =>
  (of, ids, at) => {
    const numbers = numbersUnder(model, of);
    const [keys, others]: [string[], string[]] = [[], []];
    for (const [index, id] of ids.entries()) {
      const read = decodeNodeId(id);
      if (read === null || !numbers.has(read.number)) {
        const message = read === null ? 'is no id.' : `is an id of something else than ${of.name}.`;
        const place = `${at}[${index}]`;
        return {
          ok: false,
          problem: problem('HUB-103', `${place} ${message}`, { errors: [{ at: place, message, code: 'HUB-103' }] }),
        };
      }
      if (own === null || institutionNumber(read.owner) !== own) continue;
      if ('key' in read.by) keys.push(read.by.key);
      else others.push(read.by.fallback);
    }
    const key = roots.ids.keyOf.get(of.key) ?? null;
    const terms = [
      ...(key === null || keys.length === 0 ? [] : [isIn(model, key, keys)]),
      ...(others.length === 0 ? [] : [isIn(model, roots.ids.fallback, others)]),
    ];
    const nothing: Narrow = { kind: 'rows', uids: [] };
    if (terms.length === 0) return ok(nothing);
    const narrow: Narrow = { kind: 'any', of: terms.map((filter) => ({ kind: 'where', filter })) };
    return ok(terms.length === 1 ? (narrow.of[0] ?? nothing) : narrow);
  };

const isIn = (model: Model, attribute: string, values: readonly string[]): FilterExpr => ({
  kind: 'in',
  path: { names: [attribute, model.identifierValue], kind: 'string' },
  values: values.map((value) => ({ kind: 'text', value })),
});

/** Numbers of the class, or of all that are of it. */
const numbersUnder = (model: Model, of: ModelClass): ReadonlySet<number> =>
  new Set(
    [...model.classes.values()].flatMap((one) => {
      if (one.number === null) return [];
      for (let at: ModelClass | undefined = one; at !== undefined;) {
        if (at.key === of.key) return [one.number];
        at = at.superclass === null ? undefined : model.classes.get(at.superclass);
      }
      return [];
    }),
  );

const tooMany = (at: string): FaceError => ({
  error: problem('HUB-103', `${at} takes at most ${limits.graphqlListItems} values.`, {
    errors: [{ at, message: `takes at most ${limits.graphqlListItems} values`, code: 'HUB-103' }],
  }),
});

const lookupField = (
  root: LookupRoot,
  deps: RootDeps,
): { readonly field: FaceField; readonly types: readonly FaceType[] } => {
  const { roots } = deps;
  const { collection, leads, list, parts } = root;
  const result = (leads?.collection ?? collection).class;
  const inputName = `${result.className}LegacyIdInput`;
  const types: FaceType[] =
    parts === null
      ? []
      : [
          {
            kind: 'input',
            name: inputName,
            describe: {
              nb: `Nøkkelen til ${result.name}, del for del.`,
              en: `The key of ${result.name}, part by part.`,
            },
            marks: firm,
            fields: parts.map(({ name, number }) =>
              input(name, number ? 'Int!' : 'String!', { nb: 'En del av nøkkelen.', en: 'A part of the key.' }),
            ),
          },
        ];
  const valuesOf = (given: readonly unknown[]): readonly string[] =>
    given.map((one) => (parts === null ? String(one) : joinedKey(parts.map(({ name }) => String(mapOf(one)[name])))));
  const ask = async (given: Args, request: FaceRequest): Promise<RootAsk | FaceError> => {
    const wrong = await wrongOwner(given[roots.ownerArgument], deps, request);
    if (wrong !== null) return wrong;
    const values = valuesOf(Array.isArray(given[list]) ? given[list] : []);
    if (values.length > limits.graphqlListItems) return tooMany(list);
    const by =
      root.by.kind === 'identifier'
        ? { identifier: segmentOf(collection, root.by.attribute) }
        : { attribute: root.by.place.path.names };
    if (leads === null) return { kind: 'named', collection: collection.path, by, values };
    return ledTo(deps, request, { collection, by, values, leads });
  };
  return {
    field: {
      name: root.name,
      type: `[${result.className}]`,
      args: [
        input(roots.ownerArgument, 'String!', ownerText),
        input(list, parts === null ? '[String!]!' : `[${inputName}!]!`, {
          nb: 'Inntil 1000. Svaret er like langt og i samme rekkefølge.',
          en: 'Up to 1000. The answer is as long and in the same order.',
        }),
      ],
      describe: {
        nb: `Mange av typen ${result.name} på en gang, etter det som er gitt; null der ingen finnes.`,
        en: `Many of the type ${result.name} at once, by what is given; null where none is found.`,
      },
      marks: marksOfOffer(root),
      source: { kind: 'root', ask },
    },
    types,
  };
};

type Led = {
  readonly collection: Collection;
  readonly by: { readonly identifier: string } | { readonly attribute: readonly string[] };
  readonly values: readonly string[];
  readonly leads: NonNullable<LookupRoot['leads']>;
};

/** What a relation leads to from each of those that are found: looked for first, then asked for by their identifiers. */
const ledTo = async (
  { graph, model, roots }: RootDeps,
  { context }: FaceRequest,
  { collection, by, values, leads }: Led,
): Promise<RootAsk | FaceError> => {
  const { fallback } = roots.ids;
  const [answer] = await graph.read(
    [
      {
        kind: 'named',
        selection: {
          collection: collection.path,
          attributes: [],
          edges: [
            {
              name: leads.relation,
              relation: leads.relation,
              to: { collection: leads.collection.path, attributes: [fallback], edges: [] },
              narrow: null,
              order: null,
              page: null,
              count: false,
            },
          ],
        },
        by,
        values,
      },
    ],
    context,
  );
  if (answer?.kind === 'refused') return { error: answer.problem };
  if (answer?.kind !== 'nodes') return { kind: 'nodes', of: values.map(() => null) };
  return {
    kind: 'nodes',
    of: answer.nodes.map((node) => {
      const value = mapOf(node?.edges[leads.relation]?.nodes[0]?.values[fallback])[model.identifierValue];
      return typeof value === 'string'
        ? { collection: leads.collection.path, identifier: segmentOf(leads.collection, fallback), value }
        : null;
    }),
  };
};

const singleField = (root: SingleRoot, deps: RootDeps): FaceField => {
  const { roots } = deps;
  const ask = async (given: Args, request: FaceRequest): Promise<RootAsk | FaceError> => {
    const wrong = await wrongOwner(given[roots.ownerArgument], deps, request);
    if (wrong !== null) return wrong;
    const asked = given[root.argument] ?? given[roots.ownerArgument];
    const text = String(asked).trim();
    // A number may be stored with leading zeros or without.
    const values = [...new Set([text, institutionNumber(text) ?? text])];
    const identifier = segmentOf(root.collection, root.attribute);
    return { kind: 'nodes', of: values.map((value) => ({ collection: root.collection.path, identifier, value })) };
  };
  return {
    name: root.name,
    type: root.collection.class.className,
    args: [
      input(roots.ownerArgument, 'String!', ownerText),
      input(root.argument, 'String', {
        nb: 'Hvilken; eieren selv når det ikke er sagt.',
        en: 'Which; the owner itself when nothing is said.',
      }),
    ],
    describe: root.collection.class.description,
    marks: marksOfOffer(root),
    source: { kind: 'root', ask },
  };
};

/** Any object by its id: null for what is none, for what does not exist and for what is another owner's. */
const nodeFields = (deps: RootDeps): readonly FaceField[] => {
  const { model, roots, owners } = deps;
  const byNumber = new Map(
    [...model.collections.values()].flatMap((one) =>
      one.class.number === null || !roots.classes.includes(one.class) ? [] : [[one.class.number, one] as const],
    ),
  );
  const asked = (id: unknown, own: string | null) => {
    const read = decodeNodeId(String(id));
    const collection = read === null ? undefined : byNumber.get(read.number);
    if (read === null || collection === undefined || own === null || institutionNumber(read.owner) !== own) return null;
    const key = roots.ids.keyOf.get(collection.class.key) ?? null;
    const attribute = 'key' in read.by ? key : roots.ids.fallback;
    if (attribute === null) return null;
    const value = 'key' in read.by ? read.by.key : read.by.fallback;
    return { collection: collection.path, identifier: segmentOf(collection, attribute), value };
  };
  const node: FaceField = {
    name: 'node',
    type: nodeInterface,
    args: [input('id', 'ID!', { nb: 'Id-en.', en: 'The id.' })],
    describe: {
      nb: 'Det som har id-en; null når ingenting har den, eller du ikke har tilgang til det.',
      en: 'What has the id; null when nothing has it, or you may not see it.',
    },
    marks: firm,
    source: {
      kind: 'root',
      ask: async (args, request) => {
        const own = await owners.numberOf(request.context.principal.tenant);
        return { kind: 'nodes', of: [asked(args['id'], own)], quiet: true };
      },
    },
  };
  const nodes: FaceField = {
    name: 'nodes',
    type: `[${nodeInterface}]!`,
    args: [input('ids', '[ID!]!', { nb: 'Id-ene, inntil 1000.', en: 'The ids, up to 1000.' })],
    describe: {
      nb: 'Det som har id-ene, i samme rekkefølge; null der ingenting har den.',
      en: 'What has the ids, in the same order; null where nothing has it.',
    },
    marks: firm,
    source: {
      kind: 'root',
      ask: async (args, request) => {
        const ids = Array.isArray(args['ids']) ? args['ids'] : [];
        if (ids.length > limits.graphqlListItems) return tooMany('ids');
        const own = await owners.numberOf(request.context.principal.tenant);
        return { kind: 'nodes', of: ids.map((id: unknown) => asked(id, own)), quiet: true };
      },
    },
  };
  return [node, nodes];
};
