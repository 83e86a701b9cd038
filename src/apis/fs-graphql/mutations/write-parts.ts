// From rows to what the hub is asked to write: parts in an order in which each links to what is there, changes of one resource put together, and for
// each part the rows it came from. Called by run-mutation.ts; pure.
import type { GraphNode } from '#hub/graph/graph.ts';
import type { PartLink, WritePart } from '#hub/query.ts';
import type { LinkOperand, Mutation, MutationPart, ValueOf } from '#model/graphql-mutation.ts';
import type { Model } from '#model/model.ts';
import type { RowError } from './row-error.ts';
import { isMet } from './rules.ts';
import type { Row, Sight } from './sight.ts';
import { makeValue, type Making } from './values.ts';

/** A part of a row, before it has a place among all. */
export type BuiltPart = {
  readonly row: Row;
  readonly part: MutationPart;
  readonly uid: number | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly links: ReadonlyMap<string, readonly (BuiltPart | { readonly uid: number })[]>;
  /** Its natural key, as text; null = it has none. */
  readonly key: string | null;
};

export type RowsBuilt = {
  readonly parts: readonly BuiltPart[];
  /** Rows with what cannot be made of them, as the caller does not see what it is made of. */
  readonly unseen: readonly { readonly row: Row; readonly at: RowError['at'] }[];
};

export type Building = {
  readonly sight: Sight;
  readonly model: Model;
  readonly now: number;
  readonly mutation: Mutation;
};

/** Makes the parts of all rows. */
export const buildParts = (rows: readonly Row[], building: Building): RowsBuilt => {
  const parts: BuiltPart[] = [];
  const unseen: { readonly row: Row; readonly at: RowError['at'] }[] = [];
  for (const row of rows) {
    const made = new Map<string, BuiltPart>();
    for (const part of building.mutation.parts) {
      if (!isMet(part.when, row, building.sight)) continue;
      for (const item of itemsOf(part, row, building.sight)) {
        const targets = part.target === null ? [null] : building.sight.of(row, part.target, item).nodes;
        for (const target of targets) {
          const built = build({ part, row, item, target, made }, building);
          if (built.isUnseen) unseen.push({ row, at: placeOf(part, building.mutation) });
          made.set(part.name, built.part);
          parts.push(built.part);
        }
      }
    }
  }
  return { parts, unseen };
};

/** The field that is named when all of a part is meant. */
export const placeOf = ({ taken }: MutationPart, { fields }: Mutation): readonly string[] =>
  taken?.at ?? [fields[0]?.name ?? ''];

/** Whether a value of a part was made of a number that was made up, and not of what is given, or is there. */
export const isMadeUp = (value: ValueOf, from: BuiltPart): boolean => {
  switch (value.kind) {
    case 'operand':
      return value.operand.kind === 'number';
    case 'key':
      return value.parts.some((one) => isMadeUp(one, from));
    case 'first': {
      // The number is the last resort.
      const texts = [from.key ?? '', ...Object.values(from.values).map((one) => JSON.stringify(one))];
      return value.of.some((one) => {
        if (one.kind !== 'operand' || one.operand.kind !== 'number') return false;
        const number = from.row.numbers.get(one.operand.name);
        return number !== undefined && texts.some((text) => text.includes(number));
      });
    }
    default:
      return false;
  }
};

/** What a part is carried out for: once, or for each of what is left. */
const itemsOf = ({ each, without }: MutationPart, row: Row, sight: Sight): readonly (GraphNode | undefined)[] => {
  if (each === null) return [undefined];
  const all = [...new Map(sight.of(row, each).nodes.map((node) => [node.uid, node])).values()];
  if (without === null) return all;
  const [left, right] = without;
  const kept = new Set(sight.of(row, right).values);
  return all.filter((item) => !sight.of(row, left, item).values.some((value) => kept.has(value)));
};

type One = {
  readonly part: MutationPart;
  readonly row: Row;
  readonly item: GraphNode | undefined;
  readonly target: GraphNode | null;
  readonly made: ReadonlyMap<string, BuiltPart>;
};

const build = (
  { part, row, item, target, made }: One,
  { sight, model, now }: Building,
): { readonly part: BuiltPart; readonly isUnseen: boolean } => {
  const isPatch = part.operation === 'patch';
  const making: Making = { sight, row, now, model, whole: isPatch, ...(item === undefined ? {} : { item }) };
  const values: Record<string, unknown> = {};
  let isUnseen = false;
  const put = (name: string, value: ValueOf): unknown => {
    const result = makeValue(value, making, part.collection.class.attributeByName.get(name) ?? null);
    isUnseen ||= result.unseen;
    if (result.value === undefined || (result.value === null && !isPatch)) return undefined;
    values[name] = result.value;
    return result.value;
  };
  for (const [name, value] of part.values) put(name, value);
  const key = part.key === null ? null : makeValue(part.key.value, making, null);
  if (part.key !== null) put(part.key.attribute.jsonName, part.key.value);
  const links = new Map<string, readonly (BuiltPart | { readonly uid: number })[]>();
  for (const [relation, operands] of part.links) {
    const targets = linkTargets(operands, { row, item, made, sight });
    isUnseen ||= targets.isUnseen;
    // What is not given stays as it is; null takes it away.
    if (targets.all.length > 0 || (isPatch && operands.some((one) => isTakenAway(one, row, sight))))
      links.set(relation, targets.all);
  }
  const text = key === null || key.value === undefined ? null : String(key.value);
  return { part: { row, part, uid: target?.uid ?? null, values, links, key: text }, isUnseen };
};

type Linking = Pick<One, 'row' | 'item' | 'made'> & { readonly sight: Sight };

const linkTargets = (
  operands: readonly LinkOperand[],
  { row, item, made, sight }: Linking,
): { readonly all: readonly (BuiltPart | { readonly uid: number })[]; readonly isUnseen: boolean } => {
  let isUnseen = false;
  const all = operands.flatMap((one): readonly (BuiltPart | { readonly uid: number })[] => {
    if (one.kind === 'part') {
      const part = made.get(one.part);
      return part === undefined ? [] : [part];
    }
    const seen = sight.of(row, one, item);
    isUnseen ||= seen.unseen;
    return seen.nodes.map(({ uid }) => ({ uid }));
  });
  return { all, isUnseen };
};

/** True when the client has sent null for what is to be linked. */
const isTakenAway = (operand: LinkOperand, row: Row, sight: Sight): boolean =>
  operand.kind === 'nodes' &&
  operand.source.kind === 'id' &&
  operand.relations.length === 0 &&
  sight.given(row, operand.source.path) === null;

/** Parts for the hub, and where each came from. */
export type Ordered = {
  readonly parts: readonly WritePart[];
  /** Index-aligned: what was put together to make it. */
  readonly origins: readonly (readonly BuiltPart[])[];
};

const isBuilt = (link: BuiltPart | { readonly uid: number }): link is BuiltPart => 'part' in link;

/**
 * What is created comes first, in the order of the rows, then changes, then removals. Gives the parts that change the same attribute of the same
 * resource as an earlier one, or remove the same: they cannot both be meant.
 */
export const orderParts = (
  built: readonly BuiltPart[],
): { readonly ordered: Ordered; readonly clashes: readonly BuiltPart[] } => {
  const clashes: BuiltPart[] = [];
  const groups: BuiltPart[][] = built.filter(({ part }) => part.operation === 'create').map((one) => [one]);
  const changes = Map.groupBy(
    built.filter(({ part }) => part.operation === 'patch'),
    ({ uid }) => uid,
  );
  for (const group of changes.values()) {
    const seen = new Set<string>();
    for (const one of group) {
      const names = Object.keys(one.values);
      // A change of nothing but links may be one of several that add to them.
      const places = names.length > 0 ? names : one.links.size === 1 ? [] : [...one.links.keys()];
      if (places.some((name) => seen.has(name)) || (names.length === 0 && replaces(one, group))) clashes.push(one);
      for (const name of places) seen.add(name);
    }
    groups.push(group);
  }
  const removed = Map.groupBy(
    built.filter(({ part }) => part.operation === 'delete'),
    ({ uid }) => uid,
  );
  for (const group of removed.values()) {
    clashes.push(...group.slice(1));
    groups.push(group);
  }
  const places = new Map(groups.flatMap((group, index) => group.map((one) => [one, index] as const)));
  const parts = groups.map((group) => together(group, places));
  return { ordered: { parts, origins: groups }, clashes };
};

/** True when an earlier change of the resource sets the same single link to something else. */
const replaces = (one: BuiltPart, group: readonly BuiltPart[]): boolean => {
  const earlier = group.slice(0, group.indexOf(one));
  return [...one.links.keys()].some(
    (relation) =>
      one.part.collection.links.get(relation)?.relation.max === 1 && earlier.some(({ links }) => links.has(relation)),
  );
};

const together = (group: readonly BuiltPart[], places: ReadonlyMap<BuiltPart, number>): WritePart => {
  const [first] = group;
  if (first === undefined) throw new Error('a part of nothing');
  const { part, uid } = first;
  const links: Record<string, readonly PartLink[]> = {};
  for (const one of group)
    for (const [relation, targets] of one.links) {
      const held = links[relation] ?? [];
      const added = targets.map((target): PartLink =>
        isBuilt(target)
          ? target.part.operation === 'create'
            ? { part: places.get(target) ?? -1 }
            : { uid: target.uid ?? -1 }
          : { uid: target.uid },
      );
      links[relation] = [...new Map([...held, ...added].map((link) => [JSON.stringify(link), link])).values()];
    }
  return {
    collection: part.collection.path,
    operation: part.operation,
    target: uid === null ? null : { uid },
    values: Object.assign({}, ...group.map(({ values }) => values)) as Readonly<Record<string, unknown>>,
    links,
  };
};
