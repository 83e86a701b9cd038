// Documents for APIs: authorise, find, record, answer. Which rows a document begins with is found here, what is in it by reader.ts; one record tells of
// all resources that the answer carries, durable before the answer is given. Called by mapped APIs; knows no HTTP and no name of the model.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Model } from '#model/model.ts';
import type { Store, TenantStore } from '#store/store.ts';
import type { Authorizer } from '../authorize.ts';
import type { QueryContext } from '../query.ts';
import { createRecords, nothingGiven } from '../records.ts';
import type { Tokens } from '../tokens.ts';
import type { Accesses } from './access.ts';
import { rootsByIdentifier } from './by-identifier.ts';
import type { HeldDocument } from './document-cache.ts';
import type { DocumentQuery, DocumentResult, Documents, FoundDocument, ListPlace } from './document.ts';
import { createListing } from './list.ts';
import type { DocumentReader } from './reader.ts';

export type DocumentsDeps = {
  readonly model: Model;
  readonly store: Store;
  readonly clock: Clock;
  readonly authorizer: Pick<Authorizer, 'decide'>;
  readonly tokens: Pick<Tokens, 'pseudonym'>;
  readonly accesses: Accesses;
  readonly reader: DocumentReader;
};

/** What was found, before it is recorded. */
type Looked = LookedAt | { readonly kind: 'missing' | 'too-slow'; readonly rule: string };
type LookedAt = {
  readonly kind: 'documents';
  readonly documents: readonly HeldDocument[];
  readonly next: ListPlace | null;
  readonly rule: string;
  readonly sensitive: boolean;
  /** What the record says of whom was asked for, and how. */
  readonly subjects: readonly string[];
  readonly details: string;
};

/** Makes them over what decides and what reads. */
export const createDocuments = (deps: DocumentsDeps): Documents => {
  const { model, store, clock, authorizer, tokens, accesses, reader } = deps;
  const tenants = new Map<string, TenantStore>();
  const records = createRecords(model, clock);
  const list = createListing({ model, clock, authorizer, accesses, reader });

  const tenantOf = async (id: string): Promise<TenantStore> => {
    const tenant = await store.tenant(id);
    tenants.set(id, tenant);
    return tenant;
  };

  const look = async <Facts>(
    query: DocumentQuery<Facts>,
    context: QueryContext,
    tenant: TenantStore,
  ): Promise<Looked> => {
    const { principal } = context;
    if (query.kind === 'list') {
      const found = await list(query, principal, tenant);
      if (found.kind !== 'documents') return found;
      const isFiltered = query.accept !== null || query.narrow.some((narrow) => narrow !== null);
      // A filter is not kept, so what it found must be: else nobody could tell afterwards who has been looked up.
      const named = isFiltered && found.documents.length <= namedSubjects ? found.documents : [];
      return {
        ...found,
        subjects: named.map(({ uid }) => tokens.pseudonym(principal.tenant, `${uid}`)),
        details: `documents ${query.projections.map(({ shape }) => shape.name).join(' ')} size ${query.size}${isFiltered ? ' filtered' : ''}`,
      };
    }
    // Here and below: what is there at once is not waited for.
    const action = query.kind === 'by-uid' && query.listed === true ? 'list' : 'read';
    const decided = accesses.decide(principal, action, query.projection);
    const access = decided instanceof Promise ? await decided : decided;
    if ('denied' in access) return { kind: 'missing', rule: access.denied };
    const begun = reader.begin(tenant, access);
    const known = begun instanceof Promise ? await begun : begun;
    const { uids, subjects, details } =
      query.kind === 'by-uid'
        ? { uids: query.uids.length > 1 ? [...new Set(query.uids)] : query.uids, subjects: query.uids, details: '' }
        : await rootsByIdentifier({ model, authorizer }, principal, known, access, query);
    const reading = reader.find(known, access, query.projection, uids);
    const found = reading instanceof Promise ? await reading : reading;
    const { accept } = query;
    return {
      kind: 'documents',
      documents: accept === null ? found : found.filter((one) => accept(factsOf<Facts>(one).facts)),
      next: null,
      rule: access.rule,
      sensitive: access.sensitive,
      subjects: subjects.slice(0, namedSubjects).map((subject) => tokens.pseudonym(access.tenant, `${subject}`)),
      details: `document ${query.projection.shape.name}${details}`,
    };
  };

  return {
    find: async <Facts>(query: DocumentQuery<Facts>, context: QueryContext): Promise<DocumentResult<Facts>> => {
      const tenant = tenants.get(context.principal.tenant) ?? (await tenantOf(context.principal.tenant));
      const looked = await look(query, context, tenant);
      const asked = { kind: query.kind === 'list' ? 'list' : 'read', collection: rootOf(query) };
      if (looked.kind !== 'documents') {
        const allowed = looked.kind === 'too-slow';
        const outcome = nothingGiven(allowed ? 'filter stopped' : '');
        await tenant.appendAudit(records.of(asked, context, { allowed, rule: looked.rule }, outcome));
        return allowed ? tooSlow : missing;
      }
      const { next, rule, sensitive, subjects, details } = looked;
      const { documents, seen } = reader.page(looked.documents);
      const outcome = { count: documents.length, subjects, details, seen };
      await tenant.appendAudit(records.of(asked, context, { allowed: true, rule }, outcome));
      // The projection that they were remembered for is the one asked for.
      return { kind: 'documents', documents: documents as readonly FoundDocument<Facts>[], next, sensitive };
    },
  };
};

// Most documents of an answer that are named in the audit one by one, beside being in what was seen.
const namedSubjects = 100;

const missing = { kind: 'missing' } as const;

const tooSlow = {
  kind: 'refused',
  problem: problem('HUB-121', `The filter took longer than ${limits.filterMs} ms.`),
} as const;

/** With the facts that its projection has made: documents are remembered by projection. */
const factsOf = <Facts>(document: HeldDocument): FoundDocument<Facts> => document as FoundDocument<Facts>;

const rootOf = <Facts>(query: DocumentQuery<Facts>): string =>
  query.kind === 'list'
    ? (query.projections[0]?.shape.root.collection.path ?? '')
    : query.projection.shape.root.collection.path;
