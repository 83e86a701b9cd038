// What the owner has had erased does not come back by a delivery: entries of erased persons are kept back, and links to them are left out of
// other entries. Called by run-page.ts; costs nothing where nothing has been erased.
import type { EntryToWrite } from '#hub/write.ts';
import { hrefOf, withoutHrefs } from '#model/href.ts';
import type { Collection } from '#model/model.ts';
import type { LinkTarget, OwnLink, TenantErasures } from '#store/store.ts';
import { addNote } from './page.ts';
import type { Notes } from './page.ts';

export type ErasedWork = {
  readonly erasures: TenantErasures;
  readonly collection: Collection;
  /** The public address: links inside values begin with it. */
  readonly base: string;
  readonly pause: () => Promise<void>;
  /** Added to. */
  readonly notes: Notes;
};

type Target = Extract<LinkTarget, { kind: 'resource' }>;

/** The entries without those of erased persons (HUB-607), in their order, and without links to any. */
export const withoutErased = async (
  work: ErasedWork,
  entries: readonly EntryToWrite[],
): Promise<readonly EntryToWrite[]> => {
  const { erasures, collection, notes, pause } = work;
  if (erasures.size() === 0) return entries;
  const left: EntryToWrite[] = [];
  for (const entry of entries) {
    await pause();
    const { identifiers, primary } = entry.prepared;
    const refs = identifiers.map(({ field, value }) => ({ collection: collection.path, field, value }));
    if (!erasures.isErased(refs).includes(true)) {
      left.push(withoutLinks(work, entry));
      continue;
    }
    const message = 'the organisation has had what this identifier stands for erased';
    addNote(notes, {
      index: entry.index,
      severity: 'rejected',
      code: 'HUB-607',
      at: '',
      message,
      identifier: primary.value,
    });
  }
  return left;
};

const isResource = (target: LinkTarget): target is Target => target.kind === 'resource';

/** The entry without links to what was erased; the same object when there are none. */
const withoutLinks = ({ erasures, base, notes }: ErasedWork, entry: EntryToWrite): EntryToWrite => {
  const { prepared } = entry;
  const [links, nested] = [prepared.links, prepared.nested ?? []];
  const targets = [...links, ...nested].flatMap((link) => link.targets.filter(isResource));
  const flags = erasures.isErased(targets);
  const erased = new Set<LinkTarget>(targets.filter((_, index) => flags[index] === true));
  if (erased.size === 0) return entry;
  const message = 'leads to what the organisation has had erased, and was left out';
  const identifier = prepared.primary.value;
  for (const { relation, targets: all } of [...links, ...nested])
    if (all.some((target) => isResource(target) && erased.has(target)))
      addNote(notes, {
        index: entry.index,
        severity: 'warning',
        code: 'HUB-607',
        at: `/_links/${relation}`,
        message,
        identifier,
      });
  const hrefs = nested
    .flatMap((link) => link.targets.filter(isResource))
    .filter((target) => erased.has(target))
    .map(({ collection, field, value }) => hrefOf(base, collection, field, value));
  return {
    ...entry,
    prepared: {
      ...prepared,
      attributes: withoutHrefs(prepared.attributes, hrefs),
      links: without(links, erased),
      ...(prepared.nested === undefined ? {} : { nested: without(nested, erased) }),
    },
  };
};

const without = (links: readonly OwnLink[], erased: ReadonlySet<LinkTarget>): readonly OwnLink[] =>
  links
    .map(({ relation, targets }) => ({ relation, targets: targets.filter((target) => !erased.has(target)) }))
    .filter(({ targets }) => targets.length > 0);
