// FS GraphQL as data: the types of the model's classes, the root fields of its data files, and what mutations and events add. Made once, by
// fs-graphql-api.ts; read by src/graphql/.
import type { EventKindsDescription } from '#catalogue/gate/event-kinds.ts';
import type { Face, FaceField, FaceType } from '#graphql/face.ts';
import type { Graph, GraphNode } from '#hub/graph/graph.ts';
import type { QueryContext } from '#hub/query.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model } from '#model/model.ts';
import type { Owners } from '../owner.ts';
import { firm } from './marks.ts';
import { encodeNodeId } from '#mappings/node-ids.ts';
import { noOwner } from './root-field.ts';
import { rootFields } from './root-fields.ts';
import { scalars } from './scalars.ts';
import { classTypes } from './class-types.ts';

/** What is added to the face by others: further root fields, and the type of mutations. */
export type FaceParts = {
  readonly mutation: string | null;
  readonly fields: readonly FaceField[];
  readonly types: readonly FaceType[];
  readonly connections: Face['connections'];
  /** The kinds of events that are told through the part; absent = none. */
  readonly events?: EventKindsDescription;
};

export const noParts: FaceParts = { mutation: null, fields: [], types: [], connections: new Map() };

export type FsFaceDeps = {
  readonly model: Model;
  readonly roots: GraphqlRoots;
  readonly owners: Owners;
  readonly graph: Graph;
};

const queryName = 'Query';

export const fsFace = (api: string, deps: FsFaceDeps, parts: readonly FaceParts[] = []): Face => {
  const classes = classTypes(deps.model, deps.roots);
  const roots = rootFields({ ...deps, valueType: classes.valueType });
  const { contracts } = deps.roots;
  const added = parts.flatMap(({ types }) => types);
  // What parts add under the name of a class stands for it.
  const names = new Set(added.map(({ name }) => name));
  const query: FaceType = {
    kind: 'object',
    name: queryName,
    describe: { nb: 'Alt det kan spørres etter.', en: 'Everything that can be asked for.' },
    marks: firm,
    interfaces: [],
    of: 'root',
    fields: [...roots.fields, ...parts.flatMap(({ fields }) => fields)].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  return {
    api,
    query: queryName,
    mutation: parts.find(({ mutation }) => mutation !== null)?.mutation ?? null,
    types: [query, ...classes.types.filter(({ name }) => !names.has(name)), ...scalars, ...roots.types, ...added],
    connections: new Map([
      ...classes.connections,
      ...roots.connections,
      ...parts.flatMap(({ connections }) => [...connections]),
    ]),
    typeOf: classes.typeOf,
    ids: faceIds(deps),
    answering: true,
    since: (coordinate) => contracts.parts.get(coordinate) ?? contracts.since,
    missing: noOwner(deps.roots.ownerArgument).error,
  };
};

/** Ids are made of the natural key, or of the identifier that all have where there is none or where the caller does not see it. */
const faceIds = ({ model, roots, owners }: FsFaceDeps): NonNullable<Face['ids']> => {
  const keyOf = (path: string): string | null =>
    roots.ids.keyOf.get(model.collections.get(path)?.class.key ?? '') ?? null;
  const valueOf = (node: GraphNode, attribute: string): string | null => {
    const held = node.values[attribute];
    const value =
      typeof held === 'object' && held !== null ? (held as Record<string, unknown>)[model.identifierValue] : null;
    return typeof value === 'string' ? value : null;
  };
  return {
    attributes: (path) => {
      const key = keyOf(path);
      return key === null ? [roots.ids.fallback] : [key, roots.ids.fallback];
    },
    of: (node, { principal }: QueryContext) => {
      const number = model.collections.get(node.collection)?.class.number ?? null;
      const owner = owners.known(principal.tenant);
      if (number === null || owner === null) return null;
      const attribute = keyOf(node.collection);
      const key = attribute === null ? null : valueOf(node, attribute);
      if (key !== null) return encodeNodeId({ number, owner, by: { key } });
      const fallback = valueOf(node, roots.ids.fallback);
      return fallback === null ? null : encodeNodeId({ number, owner, by: { fallback } });
    },
  };
};
