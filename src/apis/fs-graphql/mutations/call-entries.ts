// What a call has come to, row by row: the resource that was written, to be shown as the caller sees it, and the id of what was made, which is told to
// whoever made it also when it may not be seen. Used by run-mutation.ts; holds no name of the model.
import type { TakenPart } from '#hub/query.ts';
import type { Mutation, MutationPart } from '#model/graphql-mutation.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Collection, Model } from '#model/model.ts';
import { encodeNodeId } from '#mappings/node-ids.ts';
import type { Row, Sight } from './sight.ts';
import type { BuiltPart } from './write-parts.ts';

/** One of the list of a payload. */
export type Entry = {
  /** Null for what is not there: a source has it in another way, or it is gone. */
  readonly uid: number | null;
  /** Of what the call has made where the hub owns it; null of everything else. */
  readonly id: string | null;
};

/** Whether something of its list is made by a mutation. */
export const makes = (mutation: Mutation): boolean =>
  resultParts(mutation).some(({ operation }) => operation === 'create');

const resultParts = ({ parts, result: { of } }: Mutation): readonly MutationPart[] =>
  'nodes' in of ? [] : parts.filter(({ name }) => of.parts.includes(name));

export type EntryPort = {
  readonly mutation: Mutation;
  readonly sight: Sight;
  readonly model: Model;
  readonly roots: Pick<GraphqlRoots, 'ids'>;
  /** The number of the institution. */
  readonly own: string | null;
};

/** By row: what has been made or changed, or what a path leads to. */
export const entriesOf = (
  port: EntryPort,
  rows: readonly Row[],
  built: readonly BuiltPart[],
  taken: ReadonlyMap<BuiltPart, TakenPart>,
): readonly Entry[] => {
  const { of } = port.mutation.result;
  if ('nodes' in of) return ledTo(port, rows);
  const byRow = Map.groupBy(
    built.filter(({ part }) => of.parts.includes(part.name)),
    ({ row }) => row,
  );
  return rows.flatMap((row) =>
    (byRow.get(row) ?? []).map((one): Entry => {
      const part = taken.get(one);
      return part === undefined
        ? { uid: one.uid, id: null }
        : { uid: part.uid ?? one.uid, id: one.part.operation === 'create' ? idOf(port, part) : null };
    }),
  );
};

/** The same of a call that was carried out before, from its parts then: rows are found again by what they change, and by their order among what was made. */
export const entriesAgain = (port: EntryPort, rows: readonly Row[], parts: readonly TakenPart[]): readonly Entry[] => {
  const { mutation, sight } = port;
  if ('nodes' in mutation.result.of) return ledTo(port, rows);
  const own = parts.filter(({ collection }) => collection === mutation.result.collection.path);
  const byUid = new Map(own.map((part) => [part.uid, part]));
  const changing = resultParts(mutation).flatMap(({ target }) => target ?? []);
  const found = rows.map((row) =>
    changing.flatMap((target) => sight.of(row, target).nodes.flatMap(({ uid }) => byUid.get(uid) ?? [])).at(0),
  );
  const known = new Set(found);
  const others = own.filter((part) => part.operation === 'create' && !known.has(part)).values();
  return found.map((one): Entry => {
    const part = one ?? others.next().value;
    if (part === undefined) return { uid: null, id: null };
    return { uid: part.uid, id: part.operation === 'create' ? idOf(port, part) : null };
  });
};

const ledTo = ({ mutation: { result }, sight }: EntryPort, rows: readonly Row[]): readonly Entry[] => {
  const { of } = result;
  if (!('nodes' in of)) return [];
  return rows.flatMap((row) => sight.of(row, of.nodes).nodes.map(({ uid }): Entry => ({ uid, id: null })));
};

/** The id by which the API names it; null where the hub has not made it, or it is gone. */
const idOf = ({ model, roots, own }: EntryPort, { collection: path, identifiers }: TakenPart): string | null => {
  const collection = model.collections.get(path);
  const number = collection?.class.number ?? null;
  if (collection === undefined || number === null || own === null) return null;
  const valueOf = (attribute: string | undefined): string | undefined =>
    identifiers.find(({ field }) => field === segmentOf(collection, attribute))?.value;
  const key = valueOf(roots.ids.keyOf.get(collection.class.key) ?? undefined);
  if (key !== undefined) return encodeNodeId({ number, owner: own, by: { key } });
  const fallback = valueOf(roots.ids.fallback);
  return fallback === undefined ? null : encodeNodeId({ number, owner: own, by: { fallback } });
};

const segmentOf = ({ identifiers }: Collection, attribute: string | undefined): string | undefined =>
  identifiers.find((one) => one.attribute === attribute)?.segment;
