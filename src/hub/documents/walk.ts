// All documents of a projection from the first to the last, a page at a time: for what goes out as a whole. Every page is authorised when it is asked for, and recorded
// before it is given, so that a walk of minutes shows nothing that could not be seen when its page was; of none but texts anything is remembered. Called by whoever
// makes exports and by tables that are told whole; knows no name of the model.
import { yieldToLoop, type Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { unionOf } from '#base/uid-sets.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { AuditSeen, Guarded, Store, TenantReads, TenantStore } from '#store/store.ts';
import { askedFor, subjectsAsked } from '../asked-for.ts';
import type { Authorizer } from '../authorize.ts';
import { chosen } from '../graph/choice.ts';
import type { QueryContext } from '../query.ts';
import { createRecords, nothingGiven, packed } from '../records.ts';
import type { Tokens } from '../tokens.ts';
import type { Accesses, DocumentAccess, Place } from './access.ts';
import { candidatesOf } from './candidates.ts';
import type { Candidates } from './candidates.ts';
import type { Narrow, Sealing, Walk, WalkedDocuments, WalkQuery } from './document.ts';
import { narrowed, narrowPlans } from './narrow.ts';
import { readPage } from './walk-page.ts';
import { createWalkTexts, type KeptPage, type WalkTexts } from './walk-texts.ts';
import type { WalkPage } from './walk-page.ts';

export type WalkDeps = {
  readonly model: Model;
  readonly store: Pick<Store, 'tenant'>;
  readonly clock: Clock;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly accesses: Accesses;
  readonly sealing: Pick<Sealing, 'id'>;
  /** Documents that are given together at most; for tests. */
  readonly rootsAtOnce?: number;
  /** By which exact choices are decided; absent = none are asked for. */
  readonly choosing?: { readonly baseUrl: () => string; readonly tokens: Pick<Tokens, 'pseudonym'> };
  /** Whether whoever asks gets to see what is read, or records that of all of it later: asked for each page. Absent = at once. */
  readonly isSeen?: () => boolean;
};

/**
 * Documents of a page. Where each is put together of many resources a page is long in the memory for what is young, and is moved about in it; of those of
 * which next to nothing is read many make as much, and there are fewer records.
 */
const pageOf = ({ root }: DocumentAccess['places']): number => {
  const read = readPlaces(root);
  return read <= 1 ? 4_000 : read <= 4 ? 1_000 : 300;
};

const readPlaces = ({ part, below }: Place): number =>
  below.reduce((sum, [, next]) => sum + readPlaces(next), part.bare ? 0 : 1);

// Texts that are made before other work runs.
const rendersAtOnce = 256;
// Documents of kept pages that are recorded together, until there are as many: what is kept is given in less time than a record takes. No more than the longest page
// has: whoever leaves in the middle of it is recorded with all of it.
const keptAtOnce = 4_000;

/** Makes the walk over what decides and what reads. Its pages end with a HubError when the caller may not go on (HUB-400) or the data are others (HUB-501). */
export const createWalk = (deps: WalkDeps): Walk => {
  const { model, store, clock, accesses, authorizer, sealing, rootsAtOnce, isSeen = () => true } = deps;
  const texts = createWalkTexts(limits.walkTextBytes);
  const records = createRecords(model, clock);

  return async (query, context) => {
    const tenant = await store.tenant(context.principal.tenant);
    const { reads } = tenant;
    const asked = { kind: 'list', collection: query.projection.shape.root.collection.path };
    const access = await accesses.decide(context.principal, 'list', query.projection);
    if ('denied' in access) {
      const decision = { allowed: false, rule: access.denied };
      await tenant.appendAudit(records.of(asked, context, decision, nothingGiven('')));
      return { kind: 'missing' };
    }

    const { narrow } = query;
    let found: Float64Array | null = null;
    let subjects: readonly string[] = [];
    if (narrow !== null) {
      if (query.exact === true) {
        ({ found, subjects } = await chosenExactly(deps, context, reads, access, narrow));
      } else {
        const plans = await narrowPlans({ model, authorizer }, context.principal, access, narrow);
        const searched = { reads, touched: { versionOf: () => null }, sets: forgetful };
        found = await narrowed({ model, clock }, searched, plans, access.root.collection, narrow);
      }
      if (found === null) {
        const decision = { allowed: true, rule: access.rule };
        await tenant.appendAudit(records.of(asked, context, decision, { ...nothingGiven('filter stopped'), subjects }));
        return tooSlow;
      }
    }

    const details = `walk ${query.projection.shape.name}${narrow === null ? '' : ' filtered'}`;
    const reading = readingOf({ accesses, sealing, texts, reads, rootsAtOnce }, tenant, found, query, context);
    const record = (page: Page): Promise<void> => {
      const all = isSeen() ? page.seen() : null;
      const seen: AuditSeen | null = all === null || all.length === 0 ? null : { kind: 'uids', uids: packed(all) };
      const outcome = { count: countIn(page), subjects, details, seen };
      return tenant.appendAudit(records.of(asked, context, { allowed: true, rule: page.rule }, outcome));
    };
    return { kind: 'walk', pages: pagesOf(reading, record) };
  };
};

/** The rows that the caller sees match, and whom the choice names, for the record. */
const chosenExactly = async (
  { model, clock, authorizer, choosing }: WalkDeps,
  { principal }: QueryContext,
  reads: TenantReads,
  { root }: DocumentAccess,
  narrow: Narrow,
): Promise<{ readonly found: Float64Array | null; readonly subjects: readonly string[] }> => {
  if (choosing === undefined) throw new Error('a walk that decides no choices was asked for one');
  const asked = await subjectsAsked(reads, askedFor(model, root.collection.path, narrow));
  const planOf = async (path: CollectionPath): Promise<AuthorizedPlan | null> => {
    const decision = await authorizer.decide(principal, path, 'list');
    return decision.allowed ? decision.plan : null;
  };
  const deadline = clock.monotonic() + limits.filterMs;
  const found = await chosen({ model, reads, clock, planOf, baseUrl: choosing.baseUrl(), deadline }, root, narrow);
  return { found, subjects: asked.map((one) => choosing.tokens.pseudonym(root.tenant, one)) };
};

const forgetful = { get: () => undefined, set: () => {} } as const;

const tooSlow = {
  kind: 'refused',
  problem: problem('HUB-121', `The filter took longer than ${limits.filterMs} ms.`),
} as const;

type Page = Pick<WalkPage, 'seen'> & {
  /** One page, or several that were kept, in their order. `next` is the uid that what comes after begins above; null when there is nothing. */
  readonly pages: readonly [Part, ...Part[]];
  readonly rule: string;
  /** What it rests on: the decision, and the newest change before it was read. */
  readonly access: DocumentAccess;
  readonly position: number;
};

type Part = { readonly documents: WalkedDocuments; readonly next: number | null };

const countIn = ({ pages }: Pick<Page, 'pages'>): number =>
  pages.reduce((sum, { documents }) => sum + documents.length, 0);

type Reading = {
  /** The page above a uid, as the caller sees it now. */
  readonly read: (after: number) => Promise<Page>;
  /** Says whether it would be read the same now. */
  readonly stands: (page: Page) => Promise<boolean>;
};

/**
 * While a page is recorded, which takes longer than the disk does for anything else, the next is read. It is given as it is only where nothing has
 * changed until it is asked for; where much is written, nothing is read ahead.
 */
const pagesOf = async function* (
  { read, stands }: Reading,
  record: (page: Page) => Promise<void>,
): AsyncGenerator<WalkedDocuments> {
  let ahead: Promise<Page> | null = null;
  let isFirst = true;
  for (let after: number | null = 0; after !== null;) {
    const held: Page | null = ahead === null ? null : await ahead.catch(() => null);
    const isHeld: boolean = held !== null && (await stands(held));
    const page: Page = held !== null && isHeld ? held : await read(after);
    const isCalm: boolean = isHeld || (ahead === null && (isFirst || (await stands(page))));
    after = (page.pages.at(-1) ?? page.pages[0]).next;
    ahead = null;
    // That somebody looked is recorded where there was nothing to see.
    const recorded = countIn(page) > 0 || isFirst ? record(page) : null;
    isFirst = false;
    if (after !== null && isCalm) {
      ahead = read(after);
      // Whoever stops here never asks for it.
      ahead.catch(() => {});
    }
    await recorded;
    let last: Part | null = null;
    for (const part of page.pages) {
      // What was read together may be given over minutes: each page as it may be seen then.
      if (last !== null && !(await stands(page))) {
        [after, ahead] = [last.next, null];
        break;
      }
      last = part;
      if (part.documents.length > 0) yield part.documents;
    }
  }
};

const putBack = (): HubError => new HubError(problem('HUB-501', 'Other data were put back meanwhile.'));

const pageOfTexts = (first: KeptPage, more: readonly KeptPage[]): Pick<Page, 'pages' | 'seen'> => ({
  pages: [partOfText(first), ...more.map(partOfText)],
  seen: () => unionOf([first, ...more].map(({ seen }) => seen)),
});

const partOfText = ({ text, count, next }: KeptPage): Part => ({
  documents: { length: count, text, [Symbol.iterator]: () => [][Symbol.iterator]() },
  next,
});

type ReadingDeps = Required<Pick<WalkDeps, 'accesses' | 'sealing'>> & {
  readonly rootsAtOnce: number | undefined;
  readonly texts: WalkTexts;
} & Pick<TenantStore, 'reads'>;

const readingOf = (
  { accesses, sealing, texts, reads, rootsAtOnce }: ReadingDeps,
  tenant: TenantStore,
  found: Float64Array | null,
  { projection, render }: WalkQuery,
  { principal }: QueryContext,
): Reading => {
  const next: (access: DocumentAccess) => Candidates = (access) => async (after, size) =>
    Float64Array.from(await reads.uidsAfter(access.root, after, size));
  /** Pages that are kept from one on, as long as one is followed by another. */
  const keptFrom = (keyOf: (after: number) => string, from: number, position: number): readonly KeptPage[] => {
    const kept: KeptPage[] = [];
    let count = 0;
    for (let after: number | null = from; after !== null && count < keptAtOnce;) {
      const page = texts.find(keyOf(after), reads, position);
      if (page === null) break;
      kept.push(page);
      count += page.count;
      after = page.next;
    }
    return kept;
  };
  let known: { readonly access: DocumentAccess; readonly guarded: Guarded; readonly take: Candidates } | null = null;

  return {
    read: async (after) => {
      const access = await accesses.decide(principal, 'list', projection);
      if ('denied' in access) throw new HubError(problem('HUB-400', 'What is read may not be read any more.'));
      const position = await reads.lastPosition();
      // The same number may stand for somebody else.
      if (tenant.reads !== reads) throw putBack();
      const keyOf = (from: number): string => `${access.tenant} ${access.sight} ${projection.id} ${from}`;
      // Of chosen rows nothing is remembered: there are too many choices.
      const isKept = render !== undefined && found === null;
      const [first, ...more] = isKept ? keptFrom(keyOf, after, position) : [];
      if (first !== undefined) return { ...pageOfTexts(first, more), rule: access.rule, access, position };
      const guarded = await reads.guarded(access.root.collection.path);
      if (known === null || known.access !== access || known.guarded !== guarded)
        known = { access, guarded, take: candidatesOf(next(access), access, guarded, found) };
      const most = rootsAtOnce ?? pageOf(access.places);
      const uids = [...(await known.take(after, most))];
      const { documents, seen } = await readPage(reads, access, uids, (uid) => sealing.id(access.tenant, uid));
      if (tenant.reads !== reads) throw putBack();
      const last = uids.length < most ? null : (uids.at(-1) ?? null);
      if (render === undefined)
        return { pages: [{ documents, next: last }], seen, rule: access.rule, access, position };
      const parts: string[] = [];
      for (const document of documents) {
        parts.push(render(document));
        if (parts.length % rendersAtOnce === 0) await yieldToLoop();
      }
      const made = { text: Buffer.from(parts.join(',')), count: parts.length, seen: seen(), next: last };
      if (isKept) texts.keep(keyOf(after), reads, position, made);
      return { ...pageOfTexts(made, []), rule: access.rule, access, position };
    },
    stands: async ({ access, position }) => {
      const now = await accesses.decide(principal, 'list', projection);
      if ('denied' in now || now.sight !== access.sight || now.rule !== access.rule) return false;
      return (await reads.lastPosition()) === position && tenant.reads === reads;
    },
  };
};
