// A hub in memory for the tests of this folder: it keeps parsed resources, runs queries naively and remembers what it was asked.
import { deflateSegment } from '#base/gzip.ts';
import { problem } from '#base/errors.ts';
import type {
  Freshness,
  Hub,
  HubChange,
  HubQuery,
  HubResult,
  PageBody,
  QueryContext,
  WriteOutcome,
} from '#hub/query.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import { evaluateFilter } from '../../evaluate-filter.ts';

export type FakeResource = {
  readonly changedAt: number;
  readonly ids: Readonly<Record<string, string>>;
  readonly body: object;
};

export type FakeHub = Hub & {
  readonly asked: { readonly query: HubQuery; readonly context: QueryContext }[];
  /** Bodies made of pages; stays when a 304 needs none. */
  readonly made: { plain: number; deflated: number };
};

export type FakeData = {
  readonly model: Model;
  readonly collections: ReadonlyMap<CollectionPath, readonly FakeResource[]>;
  readonly changes?: readonly HubChange[];
  readonly freshness?: Partial<Freshness>;
  readonly sensitive?: ReadonlySet<CollectionPath>;
  /** Entries in a chunk of a page. */
  readonly chunk?: number;
  /** An adapter answers live reads. */
  readonly live?: boolean;
  /** By event. */
  readonly outcomes?: ReadonlyMap<string, WriteOutcome>;
  /** Pages fail after their first chunk. */
  readonly broken?: boolean;
};

/** The id of every write and live read. */
export const eventId = '6a0f4a0e-9a55-4a7e-8a34-0d4a3f0f5b11';

export const fakeHub = (data: FakeData): FakeHub => {
  const freshness: Freshness = {
    sources: ['https://vendor.test/fjordheim.test/utdanning'],
    fullSyncAt: 1_700_000_000_000,
    deliveredAt: 1_700_000_600_000,
    promisedMs: 900_000,
    stale: false,
    held: false,
    ...data.freshness,
  };
  const asked: { readonly query: HubQuery; readonly context: QueryContext }[] = [];
  const made = { plain: 0, deflated: 0 };

  function* unbroken<T>(chunks: readonly T[]): Generator<T> {
    for (const [index, chunk] of chunks.entries()) {
      if (index > 0 && data.broken === true) throw new Error('store is gone');
      yield chunk;
    }
  }

  const bodyOf = (resources: readonly FakeResource[]): PageBody => {
    const size = data.chunk ?? 3;
    const chunks = Array.from({ length: Math.ceil(resources.length / size) }, (_, index) => {
      const part = resources.slice(index * size, (index + 1) * size);
      return { bytes: Buffer.from(part.map((one) => JSON.stringify(one.body)).join(',')), count: part.length };
    });
    return {
      plain: async function* plain() {
        made.plain += 1;
        for (const chunk of unbroken(chunks)) yield chunk;
      },
      deflated: async function* deflated() {
        made.deflated += 1;
        for (const chunk of unbroken(chunks)) yield { segment: await deflateSegment(chunk.bytes), count: chunk.count };
      },
    };
  };

  const answer = (query: HubQuery): HubResult => {
    if (query.kind === 'position' || query.kind === 'write-many' || query.kind === 'outcome-many')
      return { kind: 'missing' };
    const resources = data.collections.get(query.collection);
    if (resources === undefined) return { kind: 'missing' };
    const sensitive = data.sensitive?.has(query.collection) ?? false;
    switch (query.kind) {
      case 'read': {
        const found = resources.find((one) => one.ids[query.field] === query.value);
        if (found === undefined) return { kind: 'missing' };
        const { body, changedAt } = found;
        return {
          kind: 'found',
          body: Buffer.from(JSON.stringify(body)),
          etag: `r${changedAt}`,
          changedAt,
          freshness,
          sensitive,
        };
      }
      case 'list': {
        const { filter, since, offset, size } = query;
        const matching = resources.filter(
          (one) => (since === null || one.changedAt >= since) && (filter === null || evaluateFilter(filter, one.body)),
        );
        const body = bodyOf(matching.slice(offset, size === 0 ? undefined : offset + size));
        return { kind: 'page', total: matching.length, offset, body, etag: 'page7', freshness, sensitive };
      }
      case 'changes': {
        if (query.after !== null && !/^\d+$/.test(query.after))
          return { kind: 'refused', problem: problem('HUB-410', 'The position is not one of this feed.') };
        const all = (data.changes ?? []).filter((change) => Number(change.position) > Number(query.after ?? 0));
        const changes = all.slice(0, query.size);
        return {
          kind: 'changes',
          changes,
          next: changes.at(-1)?.position ?? query.after ?? '0',
          more: all.length > changes.length,
          freshness,
        };
      }
      case 'state': {
        const changedAt = Math.max(0, ...resources.map((one) => one.changedAt));
        return { kind: 'state', state: { count: resources.length, changedAt, freshness }, etag: 's1' };
      }
      case 'write':
        return { kind: 'accepted', id: eventId, replayed: false, retryAfter: 2 };
      case 'live':
        return data.live === true
          ? { kind: 'accepted', id: eventId, replayed: false, retryAfter: 1 }
          : { kind: 'not-live' };
      case 'outcome':
        return { kind: 'outcome', outcome: data.outcomes?.get(query.id) ?? { state: 'forgotten' } };
    }
  };

  return {
    asked,
    made,
    run: async (query, context) => {
      asked.push({ query, context });
      return answer(query);
    },
    visible: async (component): Promise<readonly Collection[]> =>
      (data.model.components.get(component)?.collections ?? []).filter((one) => data.collections.has(one.path)),
  };
};
