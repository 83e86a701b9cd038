// Finds the roots of documents by an identifier of theirs, or of what relations lead to from them: backwards from who has the identifier, each
// resource and each relation on the way as the caller sees it. Called by documents.ts; records nothing.
import type { Collection, Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';
import type { Authorizer } from '../authorize.ts';
import type { Principal } from '../principal.ts';
import { showsIdentifier, viewOfRow } from '../prune.ts';
import type { DocumentAccess } from './access.ts';
import type { DocumentQuery } from './document.ts';

export type FoundRoots = {
  readonly uids: readonly number[];
  /** Whom was asked for: a uid, or what names the identifier that nobody has. */
  readonly subjects: readonly (number | string)[];
  readonly details: string;
};

type Step = { readonly relation: string; readonly inverse: string | null; readonly plan: AuthorizedPlan };
type Asked = Pick<Extract<DocumentQuery<unknown>, { kind: 'by-identifier' }>, 'through' | 'field' | 'value'>;

/** No uids when there are none, and when the caller may not search by this identifier or see what leads to it. */
export const rootsByIdentifier = async (
  { model, authorizer }: { readonly model: Model; readonly authorizer: Pick<Authorizer, 'decide'> },
  principal: Principal,
  reads: Pick<TenantReads, 'read' | 'linkedFrom' | 'load'>,
  access: DocumentAccess,
  { through, field, value }: Asked,
): Promise<FoundRoots> => {
  const steps: Step[] = [];
  let plan: AuthorizedPlan | null = access.root;
  let collection: Collection = plan.collection;
  for (const relation of through) {
    const rule = collection.links.get(relation);
    const target = rule === undefined || rule.target === null ? undefined : model.collections.get(rule.target);
    if (rule === undefined || target === undefined)
      throw new Error(`${collection.path} has no relation ${relation} within the model`);
    if (plan !== null) steps.push({ relation, inverse: rule.inverse, plan });
    collection = target;
    const decision = await authorizer.decide(principal, collection.path, 'read');
    plan = decision.allowed && plan !== null ? decision.plan : null;
  }
  const details = collection.identifierBySegment.has(field) ? ` by ${field}` : ' by unknown identifier';
  const unknown = { uids: [], subjects: [`${collection.path} ${field} ${value}`], details };
  const target = plan;
  if (target === null || !target.portions.some(({ view }) => showsIdentifier(collection, view, field))) return unknown;
  const looked = reads.read(target, { field, value });
  const stored = looked instanceof Promise ? await looked : looked;
  if (stored === null) return unknown;
  const subjects = [stored.uid];
  // Whoever finds a row by an identifier learns whose it is: this row must show it.
  const view = viewOfRow(target, stored.uid, stored.protection);
  if (view === null || !showsIdentifier(collection, view, field)) return { uids: [], subjects, details };
  let uids: readonly number[] = [stored.uid];
  for (const step of steps.toReversed()) uids = uids.length === 0 ? uids : await back(reads, step, uids);
  return { uids, subjects, details };
};

/** Resources that the caller sees with a link by the relation to some others. */
const back = async (
  reads: Pick<TenantReads, 'linkedFrom' | 'load'>,
  { relation, inverse, plan }: Step,
  targets: readonly number[],
): Promise<readonly number[]> => {
  const ascending = Float64Array.from(targets).sort();
  const found = await reads.linkedFrom(relation, plan.collection.path, inverse, ascending);
  const stored = await reads.load(plan, [...found]);
  return stored
    .filter(({ uid, protection }) => viewOfRow(plan, uid, protection)?.linked.has(relation) === true)
    .map(({ uid }) => uid);
};
