// What the store is asked in the scenario of the engines, as the hub asks it: a plan that sees everything, pages of a delivery, a write that the
// hub owns with its event and its record. Called by scenarios/engines.ts.
import { applyEntries } from '#hub/write.ts';
import { createPreparer } from '#hub/prepare.ts';
import { systemRandom } from '#base/random.ts';
import type { Collection, Model } from '#model/model.ts';
import type { DeliverableCollection } from '#sandbox/adapter.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { AuditRecord, PreparedResource, TenantStore, WriteEvent } from '#store/store.ts';
import { planFor } from '../../test/store/conformance/world.ts';
import { organisation } from '../datasets.ts';
import { publicUrl } from '../processes.ts';

export const collectionAt = (model: Model, path: string): Collection => {
  const collection = model.collections.get(path);
  if (collection === undefined) throw new Error(`the model has no collection ${path}`);
  return collection;
};

/** What the hub's own decision would give to whoever may see everything: nothing is measured but the store. */
export const planOf = (collection: Collection): AuthorizedPlan => planFor(collection.path, organisation);

/** Entries as the hub has them after it has checked them, in pages. */
export const preparedPages = (
  model: Model,
  source: DeliverableCollection,
  size: number,
): readonly (readonly PreparedResource[])[] => {
  const prepare = createPreparer(collectionAt(model, source.collection), model, publicUrl);
  const pages: PreparedResource[][] = [];
  for (const { resource, identifier } of source.entries()) {
    const result = prepare(resource, identifier);
    if ('rejected' in result) throw new Error(`${source.collection}: ${result.rejected.message}`);
    let page = pages.at(-1);
    if (page === undefined || page.length === size) pages.push((page = []));
    page.push(result.prepared);
  }
  return pages;
};

/** Delivers pages, each a durable transaction of its own. Gives how many entries were found unchanged. */
export const deliver = async (
  tenant: TenantStore,
  path: string,
  pages: readonly (readonly PreparedResource[])[],
): Promise<number> => {
  let unchanged = 0;
  for (const page of pages) {
    const entries = page.map((prepared, index) => ({ index, prepared }));
    const report = await tenant.write(async (tx) => {
      const written = await applyEntries(tx, path, entries, { source: 'bench', later: null, pause: nobodyWaits });
      await tx.settle();
      return written;
    });
    if (report.findings.length > 0) throw new Error('an entry was kept back');
    unchanged += report.unchanged;
  }
  return unchanged;
};

const nobodyWaits = async (): Promise<void> => {};

/** Gives what makes one write that the hub owns: a new resource, the event that says so, and its record. */
export const createOwnedWrite = (model: Model, tenant: TenantStore, path: string): (() => Promise<void>) => {
  const prepare = createPreparer(collectionAt(model, path), model, publicUrl);
  let made = 0;
  return async () => {
    made += 1;
    const key = `bench-${made}`;
    const result = prepare({ systemId: { identifikatorverdi: key }, navn: `Tjeneste ${key}` }, key);
    if ('rejected' in result) throw new Error(result.rejected.message);
    const { prepared } = result;
    const id = systemRandom.uuid();
    await tenant.writeTogether(async (tx) => {
      await tx.match(path, prepared.identifiers);
      const { uid } = await tx.put(path, null, prepared, 'bench-client');
      await tx.putEvent(eventOf(id, path, uid));
      await tx.audit(recordOf(id, path));
      await tx.settle();
    });
  };
};

const at = Date.parse('2026-11-01T12:00:00Z');

const eventOf = (id: string, collection: string, uid: number): WriteEvent => ({
  id,
  order: 0,
  collection,
  operation: 'create',
  state: 'accepted',
  policy: 'hub',
  client: 'bench-client',
  issuer: publicUrl,
  api: 'fint',
  request: id,
  target: null,
  uid,
  value: null,
  filter: null,
  createdAt: at,
  deadline: at + 900_000,
  answeredAt: at,
  answeredBy: null,
  message: '',
  problems: [],
  answer: null,
  idempotency: null,
  retainUntil: at + 3_600_000,
});

const recordOf = (id: string, collection: string): AuditRecord => ({
  id,
  at,
  request: id,
  issuer: publicUrl,
  client: 'bench-client',
  token: 'bench-token',
  api: 'fint',
  operation: 'create',
  collection,
  decision: 'allow',
  rule: 'bench-client-grant',
  count: 1,
  subjects: ['bench'],
  seen: null,
  details: `event ${id} applied`,
});
