// A store of one organisation in memory, for tests of ingest: the contract of the store without its files, links and bodies. Transactions work
// on a copy, so that a throw leaves nothing behind and reads show what is committed.
import type { Collection } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type {
  AdapterContract,
  AuditRecord,
  IdentifierValue,
  PreparedResource,
  Rejection,
  SyncPage,
  SyncRun,
  TenantStore,
  TenantWrite,
} from '#store/store.ts';

export type MemoryResource = {
  readonly collection: string;
  readonly resource: PreparedResource;
  readonly source: string;
};
type Page = SyncPage & { readonly receipt: number };

type State = {
  readonly resources: Map<number, MemoryResource>;
  readonly owners: Map<string, number>;
  readonly removedBy: Map<string, number>;
  readonly runs: Map<string, SyncRun>;
  readonly opened: Map<string, number>;
  readonly pages: Map<string, Map<number, Page>>;
  readonly rejections: Map<string, readonly Rejection[]>;
  readonly contracts: Map<string, AdapterContract>;
  readonly audit: AuditRecord[];
  nextUid: number;
  nextReceipt: number;
};

const copyOf = (state: State): State => ({
  resources: new Map(state.resources),
  owners: new Map(state.owners),
  removedBy: new Map(state.removedBy),
  runs: new Map(state.runs),
  opened: new Map(state.opened),
  pages: new Map([...state.pages].map(([key, pages]) => [key, new Map(pages)])),
  rejections: new Map(state.rejections),
  contracts: new Map(state.contracts),
  audit: [...state.audit],
  nextUid: state.nextUid,
  nextReceipt: state.nextReceipt,
});

export type MemoryTenant = TenantStore & {
  /** Everything of a collection by its primary value. */
  readonly contents: (collection: string) => ReadonlyMap<string, MemoryResource>;
  readonly uidOf: (collection: string, field: string, value: string) => number | null;
  readonly audited: () => readonly AuditRecord[];
  /** How many transactions have been committed. */
  readonly commits: () => number;
  /** Makes the next transaction fail when it is committed. */
  readonly breakNext: (error: Error) => void;
  /** Drops what pages have seen, as stores do in time. */
  readonly forgetSeen: () => void;
};

const keyOf = (collection: string, { field, value }: IdentifierValue): string => `${collection}\n${field}\n${value}`;
const textOf = ({ identifiers, primary, attributes, links }: PreparedResource): string =>
  JSON.stringify([identifiers, primary, attributes, links]);

const never = (): never => {
  throw new Error('not needed by ingest');
};

/** Makes an empty store. */
export const createMemoryTenant = (id: string): MemoryTenant => {
  let state: State = {
    resources: new Map(),
    owners: new Map(),
    removedBy: new Map(),
    runs: new Map(),
    opened: new Map(),
    pages: new Map(),
    rejections: new Map(),
    contracts: new Map(),
    audit: [],
    nextUid: 1,
    nextReceipt: 1,
  };
  let queue: Promise<unknown> = Promise.resolve();
  let commits = 0;
  let broken: Error | null = null;

  const write = <T>(work: (tx: TenantWrite) => Promise<T>): Promise<T> => {
    const turn = queue.then(async () => {
      const draft = copyOf(state);
      const transaction = begin(draft);
      const value = await work(transaction.tx);
      if (!transaction.settled()) throw new Error('settle was not called');
      if (broken !== null) {
        const error = broken;
        broken = null;
        throw error;
      }
      state = draft;
      commits += 1;
      return value;
    });
    queue = turn.catch(() => {});
    return turn;
  };

  const pagesOf = (corrId: string): readonly Page[] => [...(state.pages.get(corrId)?.values() ?? [])];
  const newestFirst = (): readonly SyncRun[] => [...state.runs.values()].sort((a, b) => b.order - a.order);
  const uidsOf = (collection: string): number[] =>
    [...state.resources].filter(([, one]) => one.collection === collection).map(([uid]) => uid);

  return {
    id,
    reads: {
      stats: never,
      guarded: never,
      aboutOf: never,
      lastUid: never,
      lives: never,
      follow: never,
      epochs: never,
      read: never,
      page: never,
      select: never,
      uids: (plan) => Float64Array.from(uidsOf(plan.collection.path)).sort(),
      load: never,
      heads: never,
      changes: never,
      changesOf: never,
      uidsAfter: never,
      related: never,
      behind: never,
      ordered: never,
      placesAfter: never,
      placesOf: never,
      unnamed: never,
      named: never,
      lastPosition: never,
      resolve: (refs) =>
        refs.map((one) => ({ uid: state.owners.get(keyOf(one.collection, one)) ?? null, protection: 0 as const })),
      linkedFrom: never,
      dangling: (plan) => {
        const counts = new Map<string, number>();
        for (const { collection, resource } of state.resources.values())
          if (collection === plan.collection.path)
            for (const { relation, targets } of resource.links)
              for (const target of targets)
                if (target.kind === 'resource' && !state.owners.has(keyOf(target.collection, target)))
                  counts.set(relation, (counts.get(relation) ?? 0) + 1);
        return [...counts].map(([relation, count]) => ({ relation, count }));
      },
    },
    runs: {
      run: (corrId) => state.runs.get(corrId) ?? null,
      runs: ({ collection, state: wanted, limit }) =>
        newestFirst()
          .filter(
            (run) =>
              (collection === undefined || run.collection === collection) &&
              (wanted === undefined || run.state === wanted),
          )
          .slice(0, limit),
      lastCompleted: (collection, type) =>
        newestFirst().find((run) => run.collection === collection && run.type === type && run.state === 'completed') ??
        null,
      pages: pagesOf,
      page: (corrId, page) => state.pages.get(corrId)?.get(page) ?? null,
      seenSince: (collection, order) => {
        const own = newestFirst().find((run) => run.order === order);
        const since = own === undefined ? 0 : (state.opened.get(own.corrId) ?? 0);
        const seen = newestFirst()
          .filter((run) => run.collection === collection && run.order !== order)
          .flatMap((run) =>
            pagesOf(run.corrId).filter((page) => run.order > order || (run.type !== 'FULL' && page.receipt >= since)),
          )
          .flatMap((page) => [...page.seen]);
        return Float64Array.from(new Set(seen)).sort();
      },
      rejections: ({ corrId, collection, limit }) =>
        [...state.rejections.values()]
          .flat()
          .filter(
            (one) =>
              (corrId === undefined || one.corrId === corrId) &&
              (collection === undefined || one.collection === collection),
          )
          .slice(0, limit),
      contracts: () => [...state.contracts.values()],
    },
    write,
    writeTogether: write,
    events: { event: never, waiting: never, waitingCount: never, events: never },
    erasures: { isErased: (refs) => refs.map(() => false), size: () => 0, list: () => [], lift: never },
    trail: { scan: never, checkpoints: never, seal: never, trim: never, chain: never, chainPart: never },
    appendAudit: async (record) => {
      state.audit.push(record);
    },
    audit: ({ limit }) => state.audit.toReversed().slice(0, limit),
    close: async () => {},
    contents: (collection) =>
      new Map(
        uidsOf(collection).flatMap((uid) => {
          const one = state.resources.get(uid);
          return one === undefined ? [] : [[one.resource.primary.value, one] as const];
        }),
      ),
    uidOf: (collection, field, value) => state.owners.get(keyOf(collection, { field, value })) ?? null,
    audited: () => state.audit,
    commits: () => commits,
    breakNext: (error) => {
      broken = error;
    },
    forgetSeen: () => {
      for (const pages of state.pages.values())
        for (const [page, one] of pages) pages.set(page, { ...one, seen: new Float64Array() });
    },
  };
};

const begin = (draft: State): { readonly tx: TenantWrite; readonly settled: () => boolean } => {
  let done = false;
  const release = (collection: string, resource: PreparedResource, order: number | null): void => {
    for (const identifier of resource.identifiers) {
      draft.owners.delete(keyOf(collection, identifier));
      if (order !== null) draft.removedBy.set(keyOf(collection, identifier), order);
    }
  };
  const tx: TenantWrite = {
    // Deliveries of pages ask for none of these.
    read: never,
    delivered: never,
    event: never,
    eventByKey: never,
    putEvent: never,
    hasWaitingChange: never,
    forgetEvents: never,
    putFollow: never,
    forgetFollows: never,
    erase: never,
    marked: (collection) =>
      [...draft.resources.values()].some((one) => one.collection === collection && one.resource.marking !== null),
    match: (collection, identifiers) => identifiers.map((one) => draft.owners.get(keyOf(collection, one)) ?? null),
    removedOrder: (collection, identifiers) =>
      identifiers.map((one) => draft.removedBy.get(keyOf(collection, one)) ?? null),
    put: (collection, given, resource, source) => {
      const uid = given ?? draft.nextUid;
      const old = draft.resources.get(uid);
      if (given !== null && old === undefined) throw new Error('put to a uid that is not there');
      for (const identifier of resource.identifiers) {
        const owner = draft.owners.get(keyOf(collection, identifier));
        if (owner !== undefined && owner !== uid) throw new Error('an identifier that another resource has was put');
      }
      if (old !== undefined && textOf(old.resource) === textOf(resource)) return { uid, outcome: 'unchanged' };
      if (given === null) draft.nextUid += 1;
      if (old !== undefined) release(collection, old.resource, null);
      for (const identifier of resource.identifiers) {
        draft.owners.set(keyOf(collection, identifier), uid);
        draft.removedBy.delete(keyOf(collection, identifier));
      }
      draft.resources.set(uid, { collection, resource, source });
      return { uid, outcome: given === null ? 'created' : 'updated' };
    },
    remove: (collection, uid, order) => {
      const old = draft.resources.get(uid);
      if (old === undefined) throw new Error('removed twice');
      release(collection, old.resource, order);
      draft.resources.delete(uid);
    },
    settle: () => {
      if (done) throw new Error('settled twice');
      done = true;
    },
    audit: (record) => {
      draft.audit.push(record);
    },
    putRun: (run) => {
      const order = draft.runs.get(run.corrId)?.order ?? draft.runs.size + 1;
      if (!draft.runs.has(run.corrId)) {
        draft.opened.set(run.corrId, draft.nextReceipt);
        draft.nextReceipt += 1;
      }
      const stored = { ...run, order };
      draft.runs.set(run.corrId, stored);
      return stored;
    },
    putPage: (corrId, page) => {
      for (let at = 1; at < page.seen.length; at += 1)
        if ((page.seen[at - 1] ?? 0) >= (page.seen[at] ?? 0)) throw new Error('seen is not ascending');
      const pages = draft.pages.get(corrId) ?? new Map<number, Page>();
      pages.set(page.page, { ...page, receipt: draft.nextReceipt });
      draft.nextReceipt += 1;
      draft.pages.set(corrId, pages);
    },
    putRejections: (corrId, page, rejections) => {
      draft.rejections.set(`${corrId}\n${page}`, rejections);
    },
    putContract: (contract) => {
      draft.contracts.set(contract.client, contract);
    },
  };
  return { tx, settled: () => done };
};

/** A plan for tests: only hub/authorize.ts makes real ones. */
export const testPlan = (tenant: string, collection: Collection): AuthorizedPlan => {
  const plan: unknown = {
    tenant,
    collection,
    action: 'deliver',
    portions: [
      {
        rows: 'all',
        view: { id: 'full', full: true, attributes: new Set(), relations: new Set(), targets: new Map() },
      },
    ],
    plain: true,
    visibleTargets: new Map(),
  };
  return plan as AuthorizedPlan;
};
