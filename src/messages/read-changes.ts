// What has happened to a resource of the old FS-API, as messages, read from the hub's feed of changes with somebody's own rights: nothing is told that this
// application could not read. Used by telling and by streams; keeps nothing: the caller holds the positions.
import type { FsResource } from '#mappings/fs-resources.ts';
import type { Hub, HubChange, QueryContext } from '#hub/query.ts';
import { partsOfHref, selfLinks } from '#hub/prune.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import { messageOf, type ChangeMessage } from './message.ts';

/** Position by collection; null = from the beginning, a collection that is absent = from now on. */
export type Positions = Readonly<Record<CollectionPath, string | null>>;

/** Messages of one change, and where its collection stands once they have been taken. */
export type ChangeStep = {
  readonly collection: CollectionPath;
  readonly position: string;
  readonly messages: readonly ChangeMessage[];
};

export type ReadPage =
  | { readonly kind: 'page'; readonly steps: readonly ChangeStep[]; readonly next: string; readonly more: boolean }
  /** Nothing of it may be followed. */
  | { readonly kind: 'missing' }
  /** The position is older than what is kept. */
  | { readonly kind: 'expired' };

export type Asker = { readonly context: QueryContext; readonly issuer: string };

export type ReadChanges = {
  /** Changes of one collection of a resource after a position (null = from the beginning, undefined = from now on). */
  readonly page: (
    resource: FsResource,
    collection: CollectionPath,
    after: string | null | undefined,
    size: number,
    asker: Asker,
  ) => Promise<ReadPage>;
};

type Told = { readonly operation: 'create' | 'update' | 'delete'; readonly key: string };

/** What the change of one of its own resources is, by their keys before and now. */
const toldOf = ({ kind }: HubChange, before: string | null, now: string | null): readonly Told[] => {
  if (now === null) return before === null ? [] : [{ operation: 'delete', key: before }];
  switch (kind) {
    case 'identifier-changed':
      if (before === now) return [{ operation: 'update', key: now }];
      return [
        ...(before === null ? [] : [{ operation: 'delete', key: before } as const]),
        { operation: 'create', key: now },
      ];
    case 'created':
    case 'access-gained':
      return [{ operation: 'create', key: now }];
    case 'updated':
    case 'access-lost':
    case 'removed':
      return [{ operation: 'update', key: now }];
  }
};

/** Reads over the hub. `baseUrl` is what addresses in resources begin with. */
export const createReadChanges = ({
  model,
  hub,
  baseUrl,
}: {
  readonly model: Model;
  readonly hub: Pick<Hub, 'run'>;
  readonly baseUrl: () => string;
}): ReadChanges => {
  const segmentOf = (collection: CollectionPath, key: string): string | null =>
    model.collections
      .get(collection)
      ?.identifierBySegment.values()
      .find((field) => field.attribute === key)?.segment ?? null;

  const keyIn = (resource: FsResource, collection: CollectionPath, hrefs: readonly string[]): string | null => {
    const segment = segmentOf(collection, resource.key);
    for (const href of hrefs) {
      const parts = partsOfHref(baseUrl(), href, collection);
      if (parts !== null && parts.field === segment) return parts.value;
    }
    return null;
  };

  /** Whether the caller finds the key in one of these collections now. */
  const isThere = async (
    resource: FsResource,
    collections: readonly CollectionPath[],
    key: string,
    { context }: Asker,
  ): Promise<boolean> => {
    for (const collection of collections) {
      const field = segmentOf(collection, resource.key);
      if (field === null) continue;
      const found = await hub.run({ kind: 'read', collection, field, value: key }, context);
      if (found.kind === 'found') return true;
    }
    return false;
  };

  const messagesOf = async (
    resource: FsResource,
    collection: CollectionPath,
    change: HubChange,
    asker: Asker,
  ): Promise<readonly ChangeMessage[]> => {
    const before = keyIn(resource, collection, change.before);
    const now = change.body === null ? null : keyIn(resource, collection, selfLinks(change.body));
    const { at, mark = '' } = change;
    const message = ({ operation, key }: Told): ChangeMessage =>
      messageOf(resource, asker.issuer, { operation, key, at, mark });
    if (resource.within.includes(collection)) {
      // A part has changed: whoever is told can ask for the whole, or is told nothing.
      const keys = new Set([before, now].filter((key) => key !== null));
      const found: ChangeMessage[] = [];
      for (const key of keys)
        if (await isThere(resource, resource.collections, key, asker))
          found.push(message({ operation: 'update', key }));
      return found;
    }
    const others = resource.collections.filter((one) => one !== collection);
    const found: ChangeMessage[] = [];
    for (const told of toldOf(change, before, now)) {
      // What is gone from one collection may be in another one still, and is the same to the API.
      const stays =
        told.operation === 'delete' && others.length > 0 && (await isThere(resource, others, told.key, asker));
      found.push(message(stays ? { operation: 'update', key: told.key } : told));
    }
    return found;
  };

  return {
    page: async (resource, collection, after, size, asker) => {
      const result = await hub.run(
        {
          kind: 'changes',
          collection,
          after: after ?? null,
          size,
          marked: true,
          ...(after === undefined ? { begin: 'end' as const } : {}),
        },
        asker.context,
      );
      if (result.kind === 'refused') return { kind: 'expired' };
      if (result.kind !== 'changes') return { kind: 'missing' };
      const steps: ChangeStep[] = [];
      for (const change of result.changes)
        steps.push({
          collection,
          position: change.position,
          messages: await messagesOf(resource, collection, change, asker),
        });
      return { kind: 'page', steps, next: result.next, more: result.more };
    },
  };
};
