// Reads what rules and parts are decided by: what the ids of all rows lead to, then what is looked for beside, each round as one question to the hub.
// Called by run-mutation.ts. Ids that lead nowhere, to something of another class, or to what the caller does not see, are one.
import { HubError } from '#base/errors.ts';
import type { Graph, GraphNode, GraphRoot, GraphSelection } from '#hub/graph/graph.ts';
import type { QueryContext } from '#hub/query.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Mutation, MutationFind, ValueOf } from '#model/graphql-mutation.ts';
import type { Collection, Model } from '#model/model.ts';
import { decodeNodeId } from '#mappings/node-ids.ts';
import { institutionNumber } from '../owner.ts';
import { idFields, idsOf, type GivenId } from './input.ts';
import { findKey, idKey, type Row, type Sight } from './sight.ts';
import { makeValue } from './values.ts';

export type Reading = {
  readonly graph: Graph;
  readonly model: Model;
  readonly roots: GraphqlRoots;
  readonly mutation: Mutation;
  readonly sight: Sight;
  readonly context: QueryContext;
  readonly own: string | null;
  /** Name of the fields that say whose the data are. */
  readonly owner: string;
  readonly now: number;
};

/** A value to look for, and who gets what is found. */
type Wanted = {
  readonly selection: GraphSelection;
  readonly by: { readonly identifier: string } | { readonly attribute: readonly string[] };
  readonly value: string;
  readonly take: (node: GraphNode | null) => void;
};

/** Looks for all at once; the same question is asked once. */
export const lookFor = async (
  { graph, context }: Pick<Reading, 'graph' | 'context'>,
  wanted: readonly Wanted[],
): Promise<void> => {
  const groups = Map.groupBy(wanted, ({ selection, by }) => JSON.stringify([selection, by]));
  const asked = [...groups.values()].map((group) => {
    const values = [...new Set(group.map(({ value }) => value))];
    return { group, values };
  });
  const roots = asked.flatMap(({ group: [first], values }): readonly GraphRoot[] =>
    first === undefined ? [] : [{ kind: 'named', selection: first.selection, by: first.by, values }],
  );
  const answers = roots.length === 0 ? [] : await graph.read(roots, context);
  for (const [index, { group, values }] of asked.entries()) {
    const answer = answers[index];
    if (answer?.kind === 'refused') throw new HubError(answer.problem);
    const found = new Map(
      values.map((value, at) => [value, answer?.kind === 'nodes' ? (answer.nodes[at] ?? null) : null]),
    );
    for (const { value, take } of group) take(found.get(value) ?? null);
  }
};

/** What an id says, when it is one of a class, of the caller's own organisation. */
const addressOf = (
  { roots, own }: Reading,
  { id, field }: GivenId,
): { readonly collection: Collection; readonly identifier: string; readonly value: string } | null => {
  const read = decodeNodeId(id);
  if (read === null || field.form.kind !== 'id') return null;
  const { collection } = field.form;
  if (read.number !== collection.class.number || own === null || institutionNumber(read.owner) !== own) return null;
  const attribute = 'key' in read.by ? (roots.ids.keyOf.get(collection.class.key) ?? null) : roots.ids.fallback;
  const identifier = collection.identifiers.find((one) => one.attribute === attribute)?.segment;
  if (identifier === undefined) return null;
  return { collection, identifier, value: 'key' in read.by ? read.by.key : read.by.fallback };
};

/** Reads what the ids lead to into the rows; gives the ids that lead to nothing, by row. */
export const readIds = async (
  reading: Reading,
  rows: readonly Row[],
): Promise<ReadonlyMap<number, readonly (readonly string[])[]>> => {
  const unknown = new Map<number, (readonly string[])[]>();
  const wanted: Wanted[] = [];
  const { mutation, sight } = reading;
  for (const row of rows) {
    for (const path of idFields(mutation.fields)) row.ids.set(path.join('.'), []);
    const nowhere: (readonly string[])[] = [];
    unknown.set(row.index, nowhere);
    for (const given of idsOf(mutation, row.input)) {
      const nodes = row.ids.get(given.path.join('.')) ?? [];
      const at = nodes.push(null) - 1;
      const take = (node: GraphNode | null): void => {
        nodes[at] = node;
        if (node === null) nowhere.push(given.at);
      };
      const address = addressOf(reading, given);
      if (address === null) take(null);
      else
        wanted.push({
          selection: sight.selection(idKey(given.path), address.collection),
          by: { identifier: address.identifier },
          value: address.value,
          take,
        });
    }
  }
  await lookFor(reading, wanted);
  return unknown;
};

/** Reads what is looked for, in rounds: what is looked for by what was found comes after that. */
export const readFinds = async (reading: Reading, rows: readonly Row[]): Promise<void> => {
  const { mutation, sight } = reading;
  for (let open = mutation.finds; open.length > 0;) {
    const names = new Set(open.map(({ name }) => name));
    const ready = open.filter((find) => !leansOn(find, names));
    if (ready.length === 0) throw new Error(`finds of ${mutation.name} lean on each other`);
    const wanted: Wanted[] = [];
    for (const find of ready)
      for (const row of rows) {
        if (find.kind === 'among') row.finds.set(find.name, among(find, row, sight));
        else {
          row.finds.set(find.name, null);
          const { value } = makeValue(find.value, { ...reading, row, whole: false }, null);
          if (value === undefined || value === null || value === '') continue;
          const by = 'identifier' in find.by ? find.by : { attribute: find.by.attribute };
          for (const one of spellings(reading, find.value, String(value)))
            wanted.push({
              selection: sight.selection(findKey(find.name), find.collection),
              by,
              value: one,
              take: (node) => {
                if (node !== null) row.finds.set(find.name, node);
              },
            });
        }
      }
    await lookFor(reading, wanted);
    open = open.filter((find) => !ready.includes(find));
  }
};

/** The number of the institution is the same with zeros before it and without (facts 2.4), however it is stored. */
const spellings = ({ own, owner }: Reading, of: ValueOf, value: string): readonly string[] => {
  const isOwner = of.kind === 'operand' && of.operand.kind === 'given' && of.operand.path.at(-1) === owner;
  return isOwner && own !== null ? [...new Set([value, own, own.padStart(4, '0')])] : [value];
};

const leansOn = (find: MutationFind, names: ReadonlySet<string>): boolean => {
  if (find.kind === 'among')
    return [find.nodes, ...find.where.map(({ is }) => is)].some(
      ({ source }) => source.kind === 'find' && names.has(source.name),
    );
  return valueLeansOn(find.value, names);
};

const valueLeansOn = (value: ValueOf, names: ReadonlySet<string>): boolean => {
  switch (value.kind) {
    case 'operand': {
      const { operand } = value;
      return operand.kind === 'nodes' && operand.source.kind === 'find' && names.has(operand.source.name);
    }
    case 'key':
      return value.parts.some((one) => valueLeansOn(one, names));
    case 'list':
    case 'first':
      return value.of.some((one) => valueLeansOn(one, names));
    case 'object':
      return [...value.members.values()].some((one) => valueLeansOn(one, names));
    default:
      return false;
  }
};

const among = (
  { nodes, where }: Extract<MutationFind, { kind: 'among' }>,
  row: Row,
  sight: Sight,
): GraphNode | null => {
  const held = sight.of(row, nodes).nodes;
  const found = held.find((node) =>
    where.every(({ relation, is }) => {
      const uids = new Set(sight.of(row, is).values);
      return node.edges[relation]?.nodes.some(({ uid }) => uids.has(uid)) === true;
    }),
  );
  return found ?? null;
};
