// What the API can do, as data: one row for each collection and way to call it. The routes, the description and the count of use are made of these.
import { fsResources } from '#mappings/fs-resources.ts';
import type { Model, Text } from '#model/model.ts';
import { readTable } from '#tables/read-table.ts';
import { resources } from './mappings/resources.ts';
import type { FsApiResource } from './mappings/resource.ts';
import type { ServedResource } from './reading.ts';

export type OperationKind = 'list' | 'one' | 'create' | 'patch' | 'delete';

export type FsApiOperation = {
  /** `listEmner`: the name in the description. */
  readonly id: string;
  readonly kind: OperationKind;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the prefix: `/emner/{key}`. */
  readonly path: string;
  readonly served: ServedResource;
  /** Its address or its form is not known of the original. */
  readonly reconstructed: boolean;
  readonly summary: Text;
};

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

const served = (resource: FsApiResource, model: Model): ServedResource => {
  const readings = resource.tables.map((table) => readTable(table, model));
  return {
    resource,
    readings,
    known: {
      // Documents have no opaque id.
      fields: unique(readings.flatMap(({ mapping }) => mapping.fieldNames)).filter((name) => name !== 'id'),
      filters: unique(readings.flatMap(({ filterNames }) => filterNames)),
    },
  };
};

/** True for a model that has what the API tells of. */
export const bearsFsApi = (model: Model): boolean =>
  resources.every(({ tables }) => tables.every(({ mapping }) => model.collections.has(mapping.collection)));

/** Every collection, held against the model. Throws a HubError when a mapping does not fit it. */
export const serveResources = (model: Model): readonly ServedResource[] =>
  resources.map((resource) => served(resource, model));

const ways: Readonly<
  Record<OperationKind, { readonly method: FsApiOperation['method']; readonly verb: string; readonly words: Text }>
> = {
  list: { method: 'GET', verb: 'list', words: { nb: 'Alle', en: 'All' } },
  one: { method: 'GET', verb: 'get', words: { nb: 'Én av', en: 'One of' } },
  create: { method: 'POST', verb: 'create', words: { nb: 'Ny i', en: 'A new one of' } },
  patch: { method: 'PATCH', verb: 'change', words: { nb: 'Endre en av', en: 'Change one of' } },
  delete: { method: 'DELETE', verb: 'remove', words: { nb: 'Fjern en av', en: 'Remove one of' } },
};

/** What can be written, by any table of the resource. */
export const writesOf = ({ readings }: ServedResource): ReadonlySet<OperationKind> =>
  new Set(readings.flatMap(({ writes }) => writes?.writes.operations ?? []));

/** The operations of the collections, in their order. */
export const operationsOf = (all: readonly ServedResource[]): readonly FsApiOperation[] =>
  all.flatMap((one) => {
    const { name } = one.resource;
    const drawn = fsResources.find((other) => other.name === name)?.reconstructed ?? true;
    const writes = writesOf(one);
    return (Object.keys(ways) as readonly OperationKind[])
      .filter((kind) => kind === 'list' || kind === 'one' || writes.has(kind))
      .map((kind): FsApiOperation => {
        const { method, verb, words } = ways[kind];
        return {
          id: `${verb}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
          kind,
          method,
          path: kind === 'list' || kind === 'create' ? `/${name}` : `/${name}/{key}`,
          served: one,
          // Writes are told of the original, without what they take.
          reconstructed: drawn || (kind !== 'list' && kind !== 'one'),
          summary: { nb: `${words.nb} ${name}`, en: `${words.en} ${name}` },
        };
      });
  });
