// Finds entries with a link to something that has not been delivered. Called by run.ts for the collections that take no such entry; elsewhere
// such links are only counted, by the store. Targets on the same page count as delivered.
import type { EntryToWrite } from '#hub/write.ts';
import type { Collection } from '#model/model.ts';
import type { TenantReads } from '#store/store.ts';

export type Dangling = {
  readonly entry: EntryToWrite;
  /** Pointer to the relation inside the entry. */ readonly at: string;
};

type Reference = {
  readonly collection: string;
  readonly field: string;
  readonly value: string;
  readonly entry: EntryToWrite;
  readonly relation: string;
};

const batchSize = 256;
const referencesPerTurn = 1_024;

/** Gives the entries that have such a link, each with the first of them. */
export const createDanglingCheck =
  (reads: Pick<TenantReads, 'resolve'>, collection: Collection) =>
  async (entries: readonly EntryToWrite[], pause: () => Promise<void>): Promise<readonly Dangling[]> => {
    const here = new Set<string>();
    for (const { prepared } of entries)
      for (const { field, value } of prepared.identifiers) here.add(`${field}/${value}`);
    const found = new Map<EntryToWrite, string>();
    for (let from = 0; from < entries.length; from += batchSize) {
      const references = entries.slice(from, from + batchSize).flatMap(referencesOf);
      const open = references.filter(
        (one) => one.collection !== collection.path || !here.has(`${one.field}/${one.value}`),
      );
      // An entry may have thousands of links.
      for (let part = 0; part < open.length; part += referencesPerTurn) {
        const asked = open.slice(part, part + referencesPerTurn);
        const targets = await reads.resolve(asked);
        asked.forEach(({ entry, relation }, at) => {
          if ((targets[at]?.uid ?? null) === null && !found.has(entry)) found.set(entry, relation);
        });
        await pause();
      }
      await pause();
    }
    return [...found].map(([entry, relation]) => ({ entry, at: `/resource/_links/${relation}` }));
  };

const referencesOf = (entry: EntryToWrite): readonly Reference[] =>
  entry.prepared.links.flatMap(({ relation, targets }) =>
    targets.flatMap((target) =>
      target.kind === 'resource'
        ? [{ collection: target.collection, field: target.field, value: target.value, entry, relation }]
        : [],
    ),
  );
