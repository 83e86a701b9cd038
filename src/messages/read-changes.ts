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

type ReadPage =
  | { readonly kind: 'page'; readonly steps: readonly ChangeStep[]; readonly next: string; readonly more: boolean }
  /** Nothing of it may be followed. */
  | { readonly kind: 'missing' }
  /** The position is older than what is kept. */
  | { readonly kind: 'expired' };

export type Asker = { readonly context: QueryContext; readonly issuer: string };

/** What comes of a resource next. */
export type Batch =
  /** To be told in this order. */
  | { readonly kind: 'steps'; readonly steps: readonly ChangeStep[] }
  /** Nothing to tell: the collection stands here now. */
  | { readonly kind: 'moved'; readonly collection: CollectionPath; readonly position: string | null }
  /** There is more by now than was asked for: to be asked again. */
  | { readonly kind: 'again' }
  /** A position is older than what is kept: nothing more comes. */
  | { readonly kind: 'expired' };

export type ReadChanges = {
  /**
   * Everything that has happened to a resource in those collections of it that are named, batch by batch. Its parts are read before the whole and told after it, so
   * that nobody hears that something has changed before hearing of it.
   */
  readonly batches: (
    resource: FsResource,
    from: readonly { readonly collection: CollectionPath; readonly after: string | null | undefined }[],
    size: number,
    asker: Asker,
  ) => AsyncGenerator<Batch, void, void>;
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

  /** Changes of one collection of a resource after a position (null = from the beginning, undefined = from now on). */
  const page = async (
    resource: FsResource,
    collection: CollectionPath,
    after: string | null | undefined,
    size: number,
    asker: Asker,
  ): Promise<ReadPage> => {
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
  };

  async function* batches(
    ...[resource, from, size, asker]: Parameters<ReadChanges['batches']>
  ): AsyncGenerator<Batch, void, void> {
    const parts: ChangeStep[] = [];
    let more = false;
    for (const { collection, after } of from.filter((one) => resource.within.includes(one.collection))) {
      const found = await page(resource, collection, after, size, asker);
      if (found.kind === 'expired') return yield { kind: 'expired' };
      if (found.kind === 'missing') {
        // What it may follow from some day on it is told from its beginning then.
        if (after === undefined) yield { kind: 'moved', collection, position: null };
        continue;
      }
      parts.push(...found.steps);
      if (found.steps.length === 0 && found.next !== after) yield { kind: 'moved', collection, position: found.next };
      more ||= found.more;
    }
    const toldNow = new Set<string>();
    for (const { collection, after: first } of from.filter((one) => resource.collections.includes(one.collection)))
      for (let after = first, goesOn = true; goesOn;) {
        const found = await page(resource, collection, after, size, asker);
        if (found.kind === 'expired') return yield { kind: 'expired' };
        if (found.kind === 'missing') {
          if (after === undefined) yield { kind: 'moved', collection, position: null };
          break;
        }
        for (const { messages } of found.steps) for (const { subject } of messages) toldNow.add(subject);
        if (found.steps.length > 0) yield { kind: 'steps', steps: found.steps };
        else if (found.next !== after) yield { kind: 'moved', collection, position: found.next };
        after = found.next;
        goesOn = found.more;
      }
    // Whoever was just told of the whole asks for it later than the part has changed.
    const left = parts.map((step) => ({
      ...step,
      messages: step.messages.filter(({ subject }) => !toldNow.has(subject)),
    }));
    if (left.length > 0) yield { kind: 'steps', steps: left };
    if (more) yield { kind: 'again' };
  }

  return { batches };
};
