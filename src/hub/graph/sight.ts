// What a plan lets see of rows, put so that thousands of them are looked at quickly: the view of each, and by which identifier a list may be ordered
// so that its order tells nothing. Used by the other files here; pure.
import { lowerBound } from '#base/uid-sets.ts';
import type { Collection, IdentifierField, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView, Portion } from '#store/plan.ts';
import type { Guarded } from '#store/store.ts';
import { leadingIdentifier } from '../prepare.ts';
import { showsIdentifier, unionOfViews } from '../prune.ts';

export type Sight = {
  readonly plan: AuthorizedPlan;
  /** As the caller sees a row; null when it does not. The same object for all rows that are seen alike. */
  readonly viewOf: (uid: number, level: ProtectionLevel) => FieldView | null;
  /** The clearance that alone decides whether a row is seen; null where rows count as well. */
  readonly whole: ProtectionLevel | null;
  /** What lists are ordered by: every row that the caller sees shows it, if it has it. Null when there is no such identifier. */
  readonly leading: IdentifierField | null;
};

/** Segment of the identifier that is put together of the natural key. */
const naturalKey = 'naturlignokkel';

const known = new WeakMap<AuthorizedPlan, Sight>();

/** Worked out once for a plan. */
export const sightOf = (plan: AuthorizedPlan): Sight => {
  let sight = known.get(plan);
  if (sight === undefined) known.set(plan, (sight = makeSight(plan)));
  return sight;
};

const makeSight = (plan: AuthorizedPlan): Sight => {
  const { portions, collection } = plan;
  const [first] = portions;
  const views = new Map<string, FieldView | null>();
  const viewOf: Sight['viewOf'] =
    portions.length === 1
      ? (uid, level) => (holds(first, uid, level) ? first.view : null)
      : (uid, level) => {
          // A sign for each portion: as a number, sets of more than 53 would pass for each other.
          let held = '';
          for (const portion of portions) held += holds(portion, uid, level) ? '1' : '0';
          const seen = views.get(held);
          if (seen !== undefined) return seen;
          const view = unionOfViews(portions.filter((portion) => holds(portion, uid, level)).map((each) => each.view));
          if (views.size < viewsKept) views.set(held, view);
          return view;
        };
  const top = Math.max(...portions.map(({ clearance }) => clearance));
  const all = portions.filter(({ rows, clearance }) => rows === 'all' && clearance === top);
  return { plan, viewOf, whole: all[0]?.clearance ?? null, leading: leadingOf(collection, portions) };
};

const viewsKept = 1_000;

const holds = ({ rows, clearance }: Portion, uid: number, level: ProtectionLevel): boolean =>
  clearance >= level && (rows === 'all' || rows.has(uid));

const leadingOf = (collection: Collection, portions: readonly Portion[]): IdentifierField | null => {
  const isAlwaysThere = ({ attribute }: IdentifierField): boolean =>
    collection.class.attributeByName.get(attribute)?.optional === false;
  const all = [
    ...collection.identifiers.filter(({ segment }) => segment === naturalKey),
    ...collection.identifiers.filter(isAlwaysThere),
    ...collection.identifiers.filter(({ segment }) => segment === leadingIdentifier),
    ...collection.identifiers,
  ];
  return all.find(({ segment }) => portions.every(({ view }) => showsIdentifier(collection, view, segment))) ?? null;
};

/** How rows are protected, as the store last said of the collection. */
export const levelsIn = ({ uids, own }: Guarded): ((uid: number) => ProtectionLevel) => {
  if (uids.length === 0) return () => 0;
  return (uid) => {
    const at = lowerBound(uids, uid);
    return uids[at] === uid ? (levels[own[at] ?? 3] ?? 3) : 0;
  };
};

export const levels: readonly [0, 1, 2, 3] = [0, 1, 2, 3];
