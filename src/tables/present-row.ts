// A row as it is before it is changed: where the resources are that are written together with it, and what of it may not change. Used by write-rows.ts;
// what the caller does not see of it is not there.
import type { DocumentNode, Projection } from '#hub/documents/document.ts';
import { civilDateOf } from '#mappings/converters.ts';
import type { Model } from '#model/model.ts';
import type { ReadTableMember, ReadTableWrites } from './table.ts';

export type PresentRow = {
  readonly uid: number;
  /** By place; null = there is nothing, absent = the caller may not see what is there. */
  readonly places: Readonly<Record<string, number | null>>;
  /** Of members that may not change, index-aligned with the members; undefined for others, and where the caller does not see it. */
  readonly fixed: readonly unknown[];
};

const made = new WeakMap<ReadTableWrites, Projection<PresentRow>>();

/** What reads it. The same object each time. */
export const presentRows = (writes: ReadTableWrites, { identifierValue }: Pick<Model, 'identifierValue'>) => {
  const known = made.get(writes);
  if (known !== undefined) return known;
  const projection: Projection<PresentRow> = {
    id: 'present',
    shape: writes.shape,
    facts: (root) => presentOf(writes, identifierValue, root),
    render: () => '',
  };
  made.set(writes, projection);
  return projection;
};

const presentOf = ({ places, members }: ReadTableWrites, inner: string, root: DocumentNode): PresentRow => {
  const nodes = new Map<string, DocumentNode>([['', root]]);
  const found: Record<string, number | null> = {};
  for (const { at, parent, relation } of places) {
    const there = nodes.get(parent)?.parts[relation];
    if (there === undefined) continue;
    const [node] = there;
    found[at] = node?.uid ?? null;
    if (node !== undefined) nodes.set(at, node);
  }
  const fixed = members.map((one) => (one.member.fixed === true ? fixedIn(one, nodes, inner) : undefined));
  return { uid: root.uid, places: found, fixed };
};

const fixedIn = (
  { place, target }: ReadTableMember,
  nodes: ReadonlyMap<string, DocumentNode>,
  inner: string,
): unknown => {
  const node = nodes.get(place);
  if (node === undefined) return undefined;
  if (target.kind === 'link') {
    const [end] = node.parts[target.relation] ?? [];
    return within(end?.values[target.identifier.attribute], inner);
  }
  const value = target.attributes.reduce<unknown>((here, name) => within(here, name), node.values);
  return target.identifier ? within(value, inner) : value;
};

const within = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** True when a value that is sent again says the same as the one that is there. */
export const saysTheSame = ({ target }: ReadTableMember, present: unknown, sent: unknown): boolean => {
  if (present === undefined) return false;
  if (target.kind === 'value' && target.date) return civilDateOf(present) === civilDateOf(sent);
  return JSON.stringify(present) === JSON.stringify(sent);
};
