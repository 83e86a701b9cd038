// What became of several changes that were asked for as one, for the one who asked and nobody else. Called by writing.ts. Each part is judged as
// it is when it stands alone.
import { limits } from '#base/limits.ts';
import type { WriteEvent } from '#store/store.ts';
import type { HubResult, ManyOutcome, OutcomeManyQuery, PartOutcome, QueryContext, WriteOutcome } from './query.ts';
import { nothingGiven } from './records.ts';
import type { WritingContext } from './writing-context.ts';
import { isWaiting } from './writing-events.ts';
import { eventsOf } from './writing-many.ts';
import { isMine, judgeOutcome } from './writing-outcome.ts';

const forgotten: ManyOutcome = { state: 'forgotten' };

/** The outcome of a request of the caller's own application and organisation; anything else, live reads among it, is forgotten. */
export const runOutcomeMany = async (
  context: WritingContext,
  query: OutcomeManyQuery,
  asking: QueryContext,
): Promise<HubResult> => {
  const { records, store } = context;
  const tenant = await store.tenant(asking.principal.tenant);
  const first = await tenant.events.event(query.id);
  const events = first === null ? [] : await eventsOf(first, limits.writeParts, tenant.events.event);
  const named = { kind: 'outcome', collection: first?.collection ?? '' };
  const notOwn = (rule: string): Promise<void> =>
    tenant.appendAudit(records.of(named, asking, { allowed: false, rule }, nothingGiven('')));
  if (first === null) await notOwn('not-own');
  // As long as one part waits nothing of the others is told: they need neither be judged nor recorded, however often it is asked.
  const open = events.find((event) => isWaiting(event, context.clock.now()));
  const isAllMine = events.every((event) => event.operation !== 'read' && isMine(context, asking, event));
  if (open !== undefined && isAllMine) {
    const judged = await judgeOutcome(context, tenant, asking, open);
    if (judged.decision.allowed && judged.outcome.state === 'waiting') {
      const { collection } = open;
      await tenant.appendAudit(records.of({ ...named, collection }, asking, judged.decision, judged.record));
      return { kind: 'outcome-many', outcome: judged.outcome };
    }
  }
  const parts: { readonly event: WriteEvent; readonly outcome: WriteOutcome }[] = [];
  for (const event of events) {
    const judged =
      event.operation !== 'read' && isMine(context, asking, event)
        ? await judgeOutcome(context, tenant, asking, event)
        : null;
    if (judged === null || !judged.decision.allowed) {
      await notOwn(judged?.decision.rule ?? 'not-own');
      return { kind: 'outcome-many', outcome: forgotten };
    }
    parts.push({ event, outcome: judged.outcome });
    await tenant.appendAudit(
      records.of({ ...named, collection: event.collection }, asking, judged.decision, judged.record),
    );
  }
  return { kind: 'outcome-many', outcome: together(parts) };
};

const together = (parts: readonly { readonly event: WriteEvent; readonly outcome: WriteOutcome }[]): ManyOutcome => {
  const told: PartOutcome[] = [];
  let retryAfter: number | null = null;
  for (const [part, { event, outcome }] of parts.entries()) {
    if (outcome.state === 'waiting') retryAfter = outcome.retryAfter;
    // What is gone since, or out of sight, is left out: the others are told of all the same.
    else if (outcome.state !== 'forgotten')
      told.push({
        part,
        collection: event.collection,
        operation: event.operation === 'create' || event.operation === 'delete' ? event.operation : 'update',
        uid: event.uid,
        state: outcome.state,
        answer: 'answer' in outcome ? outcome.answer : null,
      });
  }
  if (told.length === 0 && retryAfter === null) return forgotten;
  if (retryAfter !== null) return { state: 'waiting', retryAfter };
  const failed = told.find(({ state }) => !['written', 'deleted', 'valid'].includes(state))?.state;
  switch (failed) {
    case 'rejected':
    case 'failed':
    case 'expired':
    case 'conflict':
      return { state: failed, parts: told };
    default:
      return { state: 'written', parts: told };
  }
};
