// Finds the roots of documents by an identifier of theirs, or of what relations lead to from them: backwards from who has the identifier, each
// resource and each relation on the way as the caller sees it. Called by documents.ts; records nothing.
import type { Collection, Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { Eventually, IdentifierValue, TenantReads, TreeRows } from '#store/store.ts';
import type { Authorizer } from '../authorize.ts';
import { levels } from '../graph/sight.ts';
import type { Principal } from '../principal.ts';
import { showsIdentifier, viewOfRow } from '../prune.ts';
import type { DocumentAccess } from './access.ts';
import type { DocumentQuery } from './document.ts';
import type { Known, NamedResource } from './reader.ts';

export type FoundRoots = {
  readonly uids: readonly number[];
  /** Whom was asked for: a uid, or what names the identifier that nobody has. */
  readonly subjects: readonly (number | string)[];
  readonly details: string;
};

type Step = { readonly relation: string; readonly inverse: string | null; readonly plan: AuthorizedPlan };
type Memories = Pick<Known, 'reads' | 'touched' | 'named'>;
type Asked = Pick<Extract<DocumentQuery<unknown>, { kind: 'by-identifier' }>, 'through' | 'field' | 'value'>;

/** No uids when there are none, and when the caller may not search by this identifier or see what leads to it. */
export const rootsByIdentifier = async (
  { model, authorizer }: { readonly model: Model; readonly authorizer: Pick<Authorizer, 'decide'> },
  principal: Principal,
  known: Memories,
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
  const key = `${collection.path} ${field} ${value}`;
  // Whoever finds a row by an identifier learns whose it is: this row must show it.
  const shows = ({ uid, protection }: NamedResource): boolean => {
    const view = viewOfRow(target, uid, protection);
    return view !== null && showsIdentifier(collection, view, field);
  };
  const looked = holderOf(known, target, { field, value }, key, shows);
  const holder = looked instanceof Promise ? await looked : looked;
  if (holder === null) return unknown;
  const { uid } = holder;
  const subjects = [uid];
  if (!shows(holder)) return { uids: [], subjects, details };
  // Changes are looked for in the collections that the access reads, as far up as its caller is cleared: of a row that it sees, all of them.
  if (access.plans.has(collection.path)) known.named.set(key, holder);
  let uids: readonly number[] = [uid];
  for (const step of steps.toReversed()) uids = uids.length === 0 ? uids : await back(known.reads, step, uids);
  return { uids, subjects, details };
};

/**
 * Who has an identifier; null when nobody does. Remembered for as long as nothing has happened to that resource: to lose an identifier is a change of it, as
 * is another protection. Of others no more is looked at than who they are: what stands in a row may be long. Whom the caller does not see is looked for by the
 * same question as nobody is, whoever has asked before, so that no time tells the two apart.
 */
const holderOf = (
  { reads, touched, named }: Memories,
  plan: AuthorizedPlan,
  { field, value }: IdentifierValue,
  key: string,
  shows: (holder: NamedResource) => boolean,
): Eventually<NamedResource | null> => {
  const now = touched.upTo();
  const held = named.get(key);
  if (held !== undefined && touched.stands(held.uids, held.checkedAt) && shows(held)) {
    held.checkedAt = now;
    return held;
  }
  // What is read may be newer than `now`, never older.
  const holderIn = ({ uids: [uid], protection: [level] }: TreeRows): NamedResource | null =>
    uid === undefined ? null : { uid, protection: levels[level ?? 3] ?? 3, uids: Float64Array.of(uid), checkedAt: now };
  const looked = reads.named(plan, field, [value], 'levels');
  return looked instanceof Promise ? looked.then(holderIn) : holderIn(looked);
};

/** Resources that the caller sees with a link by the relation to some others. */
const back = async (
  reads: Pick<TenantReads, 'linkedFrom' | 'heads'>,
  { relation, inverse, plan }: Step,
  targets: readonly number[],
): Promise<readonly number[]> => {
  const ascending = Float64Array.from(targets).sort();
  const found = await reads.linkedFrom(relation, plan.collection.path, inverse, ascending);
  const { uids, protection } = await reads.heads(plan, [...found], 'levels');
  return [...uids].filter(
    (uid, index) => viewOfRow(plan, uid, levels[protection[index] ?? 3] ?? 3)?.linked.has(relation) === true,
  );
};
