// One page from the wire to the store: permission, receiving, refusal or application, and what is told of it. Built by run.ts.
import type { Readable } from 'node:stream';
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode, Problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Failed, Result } from '#base/result.ts';
import { nationalIdGuard } from '#hub/national-id-policy.ts';
import { createPreparer } from '#hub/prepare.ts';
import type { Preparer } from '#hub/prepare.ts';
import { patternCovers } from '#hub/authorize.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import { writePolicy } from '#hub/writing-policy.ts';
import type { Collection, CollectionPath } from '#model/model.ts';
import type { OrganisationSettings, Strictness, SyncType, TenantStore } from '#store/store.ts';
import { applyPage } from './apply-page.ts';
import type { Applied, PageJob } from './apply-page.ts';
import type { Asking } from './audit.ts';
import type { Budget } from './budget.ts';
import type { IngestContext, Permit } from './context.ts';
import type { PageForm } from './entries.ts';
import { receivePage } from './page.ts';
import type { ReceivedPage } from './page.ts';
import { refusedPage } from './run-notes.ts';
import type { PageClaim } from './run-state.ts';

export type Delivery = Asking & {
  readonly collection: CollectionPath;
  readonly type: SyncType;
  readonly form: PageForm;
  readonly stream: Readable;
  readonly signal: AbortSignal;
};

/** Warnings that the stricter modes turn into reasons to keep an entry back. */
export const strictCodes: ReadonlySet<ErrorCode> = new Set(['HUB-613', 'HUB-614', 'HUB-615', 'HUB-616']);

/** Where a page is to go, and what holds there. */
type Destination = Permit & {
  readonly tenant: TenantStore;
  readonly collection: Collection;
  readonly mode: Strictness;
  readonly removalGuard: number;
  readonly operation: string;
};

/** Builds the delivery of pages. */
export const createDeliver = (
  context: IngestContext,
  budget: Budget,
): ((delivery: Delivery) => Promise<Result<null>>) => {
  const preparerOf = createPreparers(context);
  return async (delivery) => {
    const destination = await destinationOf(context, delivery);
    if (!destination.ok) return destination;
    const started = context.clock.monotonic();
    const lease = budget.open(delivery.principal.tenant);
    try {
      const received = await receivePage({
        stream: delivery.stream,
        form: delivery.form,
        type: delivery.type,
        collection: destination.value.collection,
        model: context.model,
        prepare: preparerOf(destination.value.collection),
        keepsBack: (code) => destination.value.mode === 'keep-back' && strictCodes.has(code),
        lease,
        signal: delivery.signal,
        pause: context.turns(delivery.principal.tenant),
      });
      if (!received.ok) return await refused(context, destination.value, delivery, received.problem);
      const refusal = refusalOf(received.value, delivery.principal.tenant, destination.value.mode);
      if (refusal !== null) return await refused(context, destination.value, delivery, refusal);
      const applied = await apply(context, destination.value, delivery, received.value);
      announce(context, delivery, received.value, applied, context.clock.monotonic() - started);
      return applied.answer;
    } finally {
      lease.release();
    }
  };
};

/** Gives the preparer of each collection, compiled when first asked for. */
export const createPreparers = ({
  model,
  baseUrl,
  environment = 'test',
}: Pick<IngestContext, 'model' | 'baseUrl' | 'environment'>): ((collection: Collection) => Preparer) => {
  const guard = nationalIdGuard(environment);
  const made = new Map<CollectionPath, Preparer>();
  return (collection) => {
    const known = made.get(collection.path);
    if (known !== undefined) return known;
    const preparer = createPreparer(collection, model, baseUrl(), guard);
    made.set(collection.path, preparer);
    return preparer;
  };
};

const destinationOf = async (context: IngestContext, delivery: Delivery): Promise<Result<Destination>> => {
  const collection = context.model.collections.get(delivery.collection);
  if (collection === undefined) return failed(problem('HUB-204', 'The model has no such class at this address.'));
  const operation = `deliver-${delivery.type.toLowerCase()}`;
  const permit = await context.permitted(delivery, collection.path, operation);
  if (!permit.ok) return permit;
  const settings = await context.settings(delivery.principal.tenant);
  const tenant = await context.tenant(delivery.principal.tenant);
  const mode = strictnessOf(settings, collection.path);
  const destination = { ...permit.value, tenant, collection, mode, removalGuard: settings.removalGuard, operation };
  return writePolicy(settings, collection).policy === 'hub'
    ? refused(context, destination, delivery, problem('HUB-605', 'Clients write this class; it takes no deliveries.'))
    : ok(destination);
};

const refused = async (
  { audit }: IngestContext,
  { tenant, collection, operation }: Destination,
  asking: Asking,
  why: Problem,
): Promise<Failed> => {
  await tenant.appendAudit(audit(asking, { operation, collection: collection.path, decision: 'deny', rule: why.code }));
  return failed(why);
};

const apply = async (
  context: IngestContext,
  destination: Destination,
  delivery: Delivery,
  page: ReceivedPage,
): Promise<Applied> => {
  const { tenant } = destination;
  const pseudonym = await context.pseudonym(tenant.id);
  const job: PageJob = { ...destination, asking: delivery, claim: claimOf(delivery, page), page, pseudonym };
  try {
    return await tenant.write((tx) => applyPage(context, job, tx));
  } catch (error) {
    // Thrown to roll the page back; a broken store goes on to the pipeline.
    if (!(error instanceof HubError) || !refusals.has(error.problem.code)) throw error;
    const answer = await refused(context, destination, delivery, error.problem);
    return { answer, changed: [], rejected: page.count };
  }
};

/** Codes by which a page is rolled back for what it holds; others are the store's. */
const refusals: ReadonlySet<ErrorCode> = new Set(['HUB-600', 'HUB-107']);

const announce = (
  context: IngestContext,
  delivery: Delivery,
  page: ReceivedPage,
  applied: Applied,
  ms: number,
): void => {
  const { collection, type, principal } = delivery;
  const { changed, rejected } = applied;
  context.observe({ kind: 'sync-page', tenant: principal.tenant, collection, type, entries: page.count, rejected, ms });
  for (const run of changed) context.announce(principal.tenant, run);
};

export const strictnessOf = (settings: OrganisationSettings, path: CollectionPath): Strictness =>
  settings.strictness.find(({ pattern }) => patternCovers(pattern, path))?.mode ?? 'lenient';

const refusalOf = (page: ReceivedPage, tenant: string, mode: Strictness): Problem | null => {
  const { orgId } = page.metadata;
  if (orgId !== null && normaliseOrganisationId(orgId) !== tenant)
    return problem('HUB-401', 'The organisation in the metadata is not that of the token.');
  return mode === 'refuse-page' && page.notes.kept.length > 0 ? refusedPage(page.notes) : null;
};

const claimOf = (delivery: Delivery, page: ReceivedPage): PageClaim => ({
  client: delivery.principal.client,
  collection: delivery.collection,
  type: delivery.type,
  corrId: page.metadata.corrId,
  adapterId: page.metadata.adapterId,
  totalSize: page.metadata.totalSize,
  totalPages: page.metadata.totalPages,
  page: page.metadata.page,
  hash: page.hash,
  count: page.count,
});
