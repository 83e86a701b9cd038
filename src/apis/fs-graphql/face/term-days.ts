// When the terms begin that a filter names by their ids: read of the hub before a choice is made of the filter, as the caller sees them. Used by
// connection-field.ts.
import { ok, type Result } from '#base/result.ts';
import type { FaceRequest } from '#graphql/face.ts';
import { civilDateOf } from '#mappings/converters.ts';
import type { GraphRoot } from '#hub/graph/graph.ts';
import type { FilterMember } from '#model/graphql-filters.ts';
import { institutionNumber } from '../owner.ts';
import type { ChoiceContext, IdChoice } from './filter-choice.ts';
import { decodeNodeId } from '#mappings/node-ids.ts';
import { mapOf, segmentOf, type RootDeps } from './root-field.ts';

type Form = Extract<FilterMember['form'], { readonly kind: 'unexpired' }>;
type Named = { readonly id: string; readonly at: string; readonly form: Form };

/** Reads nothing where no term is named. Fails with HUB-103 for what is no id of one. `own` is the number of the caller's institution. */
export const termDays = async (
  members: readonly FilterMember[],
  values: Readonly<Record<string, unknown>>,
  deps: Pick<RootDeps, 'model' | 'roots' | 'graph'>,
  { ids, own, request }: { readonly ids: IdChoice; readonly own: string | null; readonly request: FaceRequest },
): Promise<Result<ChoiceContext['termBegins']>> => {
  const named = namedIn(members, values, 'filter');
  const begins = new Map<string, string>();
  const asked: { readonly of: Named; readonly root: GraphRoot }[] = [];
  for (const one of named) {
    const known = ids(one.form.of, [one.id], one.at);
    if (!known.ok) return known;
    const root = rootOf(one, own, deps);
    if (root !== null) asked.push({ of: one, root });
  }
  const answers =
    asked.length === 0
      ? []
      : await deps.graph.read(
          asked.map(({ root }) => root),
          request.context,
        );
  for (const [index, { of }] of asked.entries()) {
    const answer = answers[index];
    let value: unknown = answer?.kind === 'nodes' ? answer.nodes[0]?.values : null;
    for (const name of of.form.periods[0]?.dates.from.path.names ?? []) value = mapOf(value)[name];
    const day = civilDateOf(value);
    if (day !== undefined) begins.set(of.id, day);
  }
  return ok((id) => begins.get(id) ?? null);
};

const namedIn = (
  members: readonly FilterMember[],
  values: Readonly<Record<string, unknown>>,
  at: string,
): readonly Named[] =>
  members.flatMap(({ name, form }) => {
    const value = values[name];
    if (value === undefined || value === null) return [];
    if (form.kind === 'members') return namedIn(form.members, mapOf(value), `${at}.${name}`);
    return form.kind === 'unexpired' ? [{ id: String(value), at: `${at}.${name}`, form }] : [];
  });

/** Null for what is another owner's. */
const rootOf = (
  { id, form }: Named,
  own: string | null,
  { model, roots }: Pick<RootDeps, 'model' | 'roots'>,
): GraphRoot | null => {
  const read = decodeNodeId(id);
  const collection = [...model.collections.values()].find((one) => one.class.key === form.of.key);
  if (read === null || collection === undefined || own === null || institutionNumber(read.owner) !== own) return null;
  const attribute = 'key' in read.by ? (roots.ids.keyOf.get(form.of.key) ?? null) : roots.ids.fallback;
  const [wanted] = form.periods[0]?.dates.from.path.names ?? [];
  if (attribute === null || wanted === undefined) return null;
  return {
    kind: 'named',
    selection: { collection: collection.path, attributes: [wanted], edges: [] },
    by: { identifier: segmentOf(collection, attribute) },
    values: ['key' in read.by ? read.by.key : read.by.fallback],
  };
};
