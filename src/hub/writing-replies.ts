// What is answered, and recorded, when a change is not carried out, or was carried out before under the same key. Called by writing.ts and
// writing-many.ts.
import { problem } from '#base/errors.ts';
import type { Action } from '#store/plan.ts';
import type { TenantStore, TenantWrite, WriteEvent } from '#store/store.ts';
import type { HubResult, QueryContext } from './query.ts';
import { nothingGiven } from './records.ts';
import { asked, record } from './writing-apply.ts';
import type { Verdict } from './writing-apply.ts';
import type { WritingContext } from './writing-context.ts';
import type { Change, Work } from './writing-work.ts';

type Asked = Pick<Change, 'operation' | 'collection'>;

/** Answers for what a decision denied: what the caller may not see is missing; who may read is told that it may not write. */
export const denied = async (
  { authorizer, records }: WritingContext,
  query: Asked,
  asking: QueryContext,
  tenant: TenantStore,
  rule: string,
): Promise<HubResult> => {
  await tenant.appendAudit(records.of(asked(query), asking, { allowed: false, rule }, nothingGiven('')));
  const reads = await Promise.all(
    (['read', 'list'] satisfies Action[]).map((action) =>
      authorizer.decide(asking.principal, query.collection, action),
    ),
  );
  return reads.some(({ allowed }) => allowed)
    ? { kind: 'refused', problem: problem('HUB-400', 'No grant lets this application write the class.') }
    : { kind: 'missing' };
};

/** What a record says beside the change itself: a note, and whom it concerns, by uid or as `subjectText` has it. */
type Told = { readonly note: string; readonly about: readonly (number | string)[] };

/** Most that a record of what was refused names. */
const namedSubjects = 100;

/** What is answered when a change was refused, or there is nothing to change; recorded. */
export const turnedDown = async (
  { records, tokens }: WritingContext,
  query: Asked,
  asking: QueryContext,
  tenant: TenantStore,
  decision: { readonly allowed: boolean; readonly rule: string },
  verdict: Exclude<Verdict, { readonly kind: 'accepted' }>,
  { note, about }: Told = { note: '', about: [] },
): Promise<HubResult> => {
  const refused = verdict.kind === 'refused';
  const { subject } = verdict;
  const named = [...new Set([...(subject === undefined ? [] : [subject]), ...about.map(String)])];
  await tenant.appendAudit(
    records.of(asked(query), asking, refused ? { allowed: false, rule: verdict.problem.code } : decision, {
      ...nothingGiven(note),
      subjects: named.slice(0, namedSubjects).map((one) => tokens.pseudonym(tenant.id, one)),
    }),
  );
  return refused ? { kind: 'refused', problem: verdict.problem } : { kind: 'missing' };
};

/** The answer of the first request under the key, when this is the same request. */
export const replay = async (work: Work, tx: TenantWrite, before: WriteEvent): Promise<Verdict> => {
  if (before.idempotency?.request !== work.idempotency?.request) {
    const detail = 'The Idempotency-Key came with another request within the last day.';
    return { kind: 'refused', problem: problem('HUB-413', detail) };
  }
  await record(work, tx, before, 'again');
  await tx.settle();
  return { kind: 'accepted', event: before, replayed: true };
};
