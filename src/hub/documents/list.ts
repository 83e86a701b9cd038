// A page of documents: rows that may match in the order of the projections and of creation, each decided by what the caller sees of it. Called by
// documents.ts; records nothing.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Model } from '#model/model.ts';
import type { Eventually, Guarded, TenantStore } from '#store/store.ts';
import type { Authorizer } from '../authorize.ts';
import type { Principal } from '../principal.ts';
import type { Accesses, DocumentAccess } from './access.ts';
import { candidatesOf } from './candidates.ts';
import type { Candidates } from './candidates.ts';
import type { HeldDocument } from './document-cache.ts';
import type { DocumentQuery, ListPlace, Narrow } from './document.ts';
import { narrowed, narrowPlans } from './narrow.ts';
import { uidsAfter } from './reader.ts';
import type { DocumentReader, Known } from './reader.ts';

export type ListDeps = {
  readonly model: Model;
  readonly clock: Clock;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly accesses: Accesses;
  readonly reader: DocumentReader;
};

export type Listed =
  | {
      readonly kind: 'documents';
      readonly documents: readonly HeldDocument[];
      readonly next: ListPlace | null;
      readonly rule: string;
      readonly sensitive: boolean;
    }
  | { readonly kind: 'missing' | 'too-slow'; readonly rule: string };

type ListQuery<Facts> = Extract<DocumentQuery<Facts>, { kind: 'list' }>;
type Place = { readonly index: number; readonly access: DocumentAccess };

/** What a page has taken so far: rows looked at, and documents made for it that were not remembered. */
type Effort = { readonly looked: number; readonly made: number };

// Rows that are decided at a time.
const rowsAtOnce = 500;
const fewRows = 50;

/** How many rows to look at next. One more than is asked for tells whether there is another page; of a filter as many as it takes by what it has left so far. */
const rowsToTake = (isFiltered: boolean, wanted: number, found: number, { looked, made }: Effort): number => {
  if (!isFiltered || looked === 0) return Math.min(wanted, rowsAtOnce + 1);
  const likely = Math.ceil((wanted * 1.1 * (looked + 1)) / (found + 1));
  const most = made === 0 ? rowsAtOnce : Math.max(fewRows, limits.documentsMade - made);
  return Math.min(Math.max(likely, fewRows), most, rowsAtOnce);
};

/** Makes the function that gives a page; it says so when no projection may be read, and when finding the rows takes too long. */
export const createListing = ({ model, clock, authorizer, accesses, reader }: ListDeps) => {
  return async <Facts>(query: ListQuery<Facts>, principal: Principal, tenant: TenantStore): Promise<Listed> => {
    const { projections, accept, after } = query;
    const places: Place[] = [];
    let denied = 'no-grant';
    for (const [index, projection] of projections.entries()) {
      const narrow = query.narrow[index] ?? null;
      if (narrow !== null && accept === null && !namesRowsOnly(narrow))
        throw new Error('rows that the store finds must be decided by what the caller sees of them');
      const decided = accesses.decide(principal, 'list', projection);
      const access = decided instanceof Promise ? await decided : decided;
      if ('denied' in access) denied = access.denied;
      else places.push({ index, access });
    }
    const [first] = places;
    if (first === undefined) return { kind: 'missing', rule: denied };

    const documents: HeldDocument[] = [];
    const size = Math.max(1, query.size);
    const effort = { looked: 0, made: 0 };
    const rules = new Set<string>();
    let sensitive = false;
    let next: ListPlace | null = null;
    for (const { index, access } of places) {
      if (after !== null && index < after.projection) continue;
      const projection = projections[index];
      if (projection === undefined || next !== null) break;
      const narrow = query.narrow[index] ?? null;
      const plans =
        narrow === null ? access.plans : await narrowPlans({ model, authorizer }, principal, access, narrow);
      // Asked for together, where asking takes time.
      const looks = [
        reader.begin(tenant, { plans, places: access.places }),
        tenant.reads.guarded(access.root.collection.path),
      ] as const;
      const [known, guarded] = isSettled(looks) ? looks : await Promise.all(looks);
      const rows =
        narrow === null ? null : await narrowed({ model, clock }, known, plans, access.root.collection, narrow);
      if (narrow !== null && rows === null) return { kind: 'too-slow', rule: access.rule };
      const take: Candidates = candidatesOf(
        (from, some) => uidsAfter(known, access, from, some),
        access,
        guarded,
        rows,
      );
      for (const rule of access.rule.split(' ')) rules.add(rule);
      sensitive ||= access.sensitive;
      let last = after?.projection === index ? after.uid : 0;
      for (let more = true; more && next === null;) {
        const some = rowsToTake(accept !== null, size + 1 - documents.length, documents.length, effort);
        const taken = take(last, some);
        const uids = [...(taken instanceof Promise ? await taken : taken)];
        more = uids.length === some;
        const before = reader.made();
        const reading = reader.find(known, access, projection, uids);
        for (const document of reading instanceof Promise ? await reading : reading) {
          if (document.serial > before) effort.made += 1;
          // Documents are remembered by projection.
          const isAccepted = accept === null || accept(document.facts as Facts);
          if (isAccepted && documents.length === size) {
            next = { projection: index, uid: last };
            break;
          }
          if (isAccepted) documents.push(document);
          last = document.uid;
        }
        if (next !== null) break;
        last = uids.at(-1) ?? last;
        effort.looked += uids.length;
        const isEnough =
          effort.looked >= limits.documentRows || (accept !== null && effort.made >= limits.documentsMade);
        if (isEnough && (more || index < (places.at(-1)?.index ?? 0))) next = { projection: index, uid: last };
      }
    }
    const rule = rules.size === 0 ? first.access.rule : [...rules].join(' ');
    return { kind: 'documents', documents, next, rule, sensitive };
  };
};

const isSettled = (looks: readonly [Eventually<Known>, Eventually<Guarded>]): looks is readonly [Known, Guarded] =>
  !looks.some((look) => look instanceof Promise);

const namesRowsOnly = (narrow: Narrow): boolean =>
  narrow.kind === 'rows' || ((narrow.kind === 'all' || narrow.kind === 'any') && narrow.of.every(namesRowsOnly));
