// What hangs on values: the unit of a size, the country of a passport. Documents hold values without their links, so that these are read by the trees of the
// hub and put into what is shown. Called where things are listed or shown; knows no type by name.
import type { GraphEdge, GraphNode, GraphSelection } from '#hub/graph/graph.ts';
import type { Hanging } from './mappings/field.ts';
import type { GeminiType } from './mappings/gemini-type.ts';
import type { Call, GeminiParts } from './operation.ts';

type Item = Record<string, unknown>;
type Row = { readonly uid: number; readonly bytes: Buffer };

/** The same rows with the ids of what hangs on their values; what the caller does not see stays away. */
export const withHanging = async (
  parts: GeminiParts,
  call: Call,
  type: GeminiType,
  rows: readonly Row[],
): Promise<readonly Buffer[]> => {
  const plain = rows.map(({ bytes }) => bytes);
  if (rows.length === 0 || ((type.hanging ?? []).length === 0 && (type.within ?? []).length === 0)) return plain;
  const selection = selectionOf(parts, type);
  const [answer] = await parts.graph.read(
    [{ kind: 'uids', selection, uids: rows.map(({ uid }) => uid) }],
    call.context,
  );
  if (answer?.kind !== 'nodes') return plain;
  return rows.map(({ bytes }, index) => {
    const node = answer.nodes[index] ?? null;
    if (node === null) return bytes;
    const item = JSON.parse(bytes.toString()) as Item;
    fill(parts, call, type.hanging ?? [], node, item);
    for (const { relation, member, id, collection, hanging } of type.within ?? []) {
      const held = new Map(
        (node.edges[relation]?.nodes ?? []).map((one) => [parts.ids.show(call.owner, collection, one.values), one]),
      );
      for (const inner of listOf(item[member])) {
        const of = held.get(String(inner[id]));
        if (of !== undefined) fill(parts, call, hanging, of, inner);
      }
    }
    return Buffer.from(JSON.stringify(item));
  });
};

const listOf = (held: unknown): readonly Item[] => (Array.isArray(held) ? (held as Item[]) : []);

const edge = (name: string, to: GraphSelection): GraphEdge => ({
  name,
  relation: name,
  to,
  narrow: null,
  order: null,
  page: null,
  count: false,
});

const nameOf = ({ attribute, relation }: Hanging): string => `${attribute}.${relation}`;

const readOf = ({ ids }: GeminiParts, collection: string, hanging: readonly Hanging[]): GraphSelection => ({
  collection,
  attributes: [...new Set([...ids.looksAt(collection), ...hanging.map(({ attribute }) => attribute)])],
  edges: hanging.map((one) => edge(nameOf(one), { collection: one.to, attributes: ids.looksAt(one.to), edges: [] })),
});

const selectionOf = (parts: GeminiParts, { collection, hanging = [], within = [] }: GeminiType): GraphSelection => {
  const own = readOf(parts, collection, hanging);
  const inner = within.map((one) => edge(one.relation, readOf(parts, one.collection, one.hanging)));
  return { ...own, edges: [...own.edges, ...inner] };
};

const fill = (
  { ids }: GeminiParts,
  { owner }: Call,
  hanging: readonly Hanging[],
  node: GraphNode,
  item: Item,
): void => {
  for (const one of hanging) {
    const held = [node.values[one.attribute]].flat();
    const shown = [item[one.member]].flat();
    for (const [index, value] of held.entries()) {
      const into = shown[index];
      const href = addressIn(value, one.relation);
      const target = href === null ? undefined : node.nested[nameOf(one)]?.get(href);
      if (typeof into !== 'object' || into === null || target === undefined) continue;
      const id = ids.show(owner, one.to, target.values);
      if (id !== undefined) (into as Item)[one.as] = id;
    }
  }
};

const memberOf = (held: unknown, name: string): unknown =>
  typeof held === 'object' && held !== null ? (held as Readonly<Record<string, unknown>>)[name] : undefined;

/** The address that a relation of a value leads to. */
const addressIn = (value: unknown, relation: string): string | null => {
  const [first] = [memberOf(memberOf(value, '_links'), relation)].flat();
  const href = memberOf(first, 'href');
  return typeof href === 'string' ? href : null;
};
