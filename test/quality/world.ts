// What tests of quality need: a store (of either engine), entries delivered as adapters write them, and quality over it.
import assert from 'node:assert/strict';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { applyEntries } from '#hub/write.ts';
import { createPreparer } from '#hub/prepare.ts';
import type { Preparer } from '#hub/prepare.ts';
import { readQualityFiles } from '#model/load.ts';
import type { Model } from '#model/model.ts';
import { readQualityRules } from '#model/quality-rules.ts';
import { createQuality, markOf } from '#quality/create-quality.ts';
import type { QualityWorker } from '#quality/create-quality.ts';
import { createExaminer } from '#quality/examine.ts';
import { runSlice } from '#quality/slice.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { fintFolder, modelOf } from '../model/models.ts';
import { beneath } from '../store/beneath.ts';
import { testDialect } from '../store/conformance/dialects.ts';

export const model: Model = modelOf(fintFolder);
export const base = 'https://hub.test';
export const organisation = 'fjordheim.test';
/** An organisation whose data cannot be opened. */
export const damaged = 'skadet.test';

export const rules = (() => {
  const read = readQualityRules(readQualityFiles([fintFolder]), model);
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem.errors));
  return read.value;
})();

const examiner = createExaminer(model, rules);

export type Delivered = { readonly identifier: string; readonly resource: Readonly<Record<string, unknown>> };

export type World = {
  /** Where the data are: a folder, or the address of a database. */
  readonly at: string;
  readonly clock: Clock & { readonly move: (ms: number) => void };
  readonly store: Store;
  readonly tenant: TenantStore;
  readonly quality: QualityWorker;
  /** Delivers entries in one transaction. */
  readonly deliver: (collection: string, entries: readonly Delivered[], source?: string) => Promise<void>;
  readonly remove: (collection: string, field: string, value: string) => Promise<void>;
  /** Some slices of the work, each of about so many resources. */
  readonly slices: (count: number, size: number) => Promise<void>;
  readonly extraBackLinks: (on: boolean) => Promise<void>;
  /** Quality closed and opened again, as by a restart; `drop` without what it has found. */
  readonly again: (drop?: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

const preparers = new Map<string, Preparer>();
const preparerOf = (collection: string): Preparer => {
  const known = preparers.get(collection);
  if (known !== undefined) return known;
  const found = model.collections.get(collection);
  assert.ok(found !== undefined, `no collection ${collection}`);
  const made = createPreparer(found, model, base);
  preparers.set(collection, made);
  return made;
};

const start = Date.UTC(2026, 0, 5, 8);

/** An organisation without data. */
export const openWorld = async (extraBackLinks = true): Promise<World> => {
  const { at, dispose } = await testDialect.place();
  let now = start;
  const clock = { ...systemClock, now: () => now, move: (ms: number) => void (now += ms) };
  const store = await testDialect.open(at, { model, clock, baseUrl: base });
  const organise = async (on: boolean): Promise<void> =>
    store.platform.putOrganisation({
      id: organisation,
      name: organisation,
      orgNumber: null,
      settings: { removalGuard: 1, extraBackLinks: on, strictness: [] },
      createdAt: 1,
    });
  await organise(extraBackLinks);
  const tenant = await store.tenant(organisation);
  const openQuality = (): QualityWorker =>
    createQuality({
      model,
      rules,
      clock,
      opaque: (_, uid) => `u${uid}`,
      pseudonym: (_, text) => `p${text.length}`,
      open: async (id) => {
        if (id === damaged) throw new HubError(problem('HUB-512', 'It is damaged.'));
        return testDialect.openQuality(at, id);
      },
    });
  let quality = openQuality();
  const deliver: World['deliver'] = (collection, entries, source = 'adapter') =>
    tenant.write(async (tx) => {
      const prepare = preparerOf(collection);
      const prepared = entries.map(({ identifier, resource }, index) => {
        const result = prepare(resource, identifier);
        assert.ok('prepared' in result, 'rejected' in result ? `${collection}: ${result.rejected.message}` : '');
        return { index, prepared: result.prepared };
      });
      await applyEntries(tx, collection, prepared, { source, later: null, pause: async () => {} });
      await tx.settle();
    });
  return {
    at,
    clock,
    store,
    tenant,
    get quality() {
      return quality;
    },
    deliver,
    remove: (collection, field, value) =>
      tenant.write(async (tx) => {
        const [uid] = await tx.match(collection, [{ field, value }]);
        assert.ok(uid !== null && uid !== undefined, 'nothing to remove');
        await tx.remove(collection, uid, 1);
        await tx.settle();
      }),
    slices: async (count, size) => {
      const opened = await testDialect.openQuality(at, organisation);
      assert.ok(opened !== null);
      for (let done = 0; done < count; done += 1)
        await runSlice({ store: opened, examiner, mark: markOf(model, rules), pause: () => {} }, size);
      await opened.close();
    },
    extraBackLinks: async (on) => {
      await organise(on);
      // Taken up by the next write.
      await tenant.write(async (tx) => tx.settle());
    },
    again: async (drop = false) => {
      await quality.close();
      if (drop) await beneath.dropQuality(at, organisation);
      quality = openQuality();
    },
    close: async () => {
      await quality.close();
      await store.close();
      await dispose();
    },
  };
};

/** What is found now, as `collection rule place detail`, with how many resources and how many links or values. */
export const found = async ({ quality }: World, collection?: string): Promise<Readonly<Record<string, string>>> => {
  const { lines } = await quality.summary(organisation, collection === undefined ? {} : { collection });
  return Object.fromEntries(
    lines
      .map((line): [string, string] => [
        [line.collection, line.rule, line.place, line.detail].join(' ').trim(),
        `${line.resources}/${line.count}`,
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
};

/** `systemId` as resources carry it. */
export const systemId = (value: string): Readonly<Record<string, unknown>> => ({
  systemId: { identifikatorverdi: value },
});

/** Links as adapters write them: relation, identifier and value. */
export const links = (all: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, unknown>> => ({
  _links: Object.fromEntries(Object.entries(all).map(([relation, to]) => [relation, to.map((href) => ({ href }))])),
});
