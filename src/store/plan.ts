// The authorised plan: the only thing that a store accepts for domain data. Only hub/authorize.ts makes one (the layer check sees to
// it), so that no API, job or dialect can forget the policy.
import type { Collection, CollectionPath, ProtectionLevel } from '#model/model.ts';

declare const authorised: unique symbol;

/** What may be done with a collection. `read` one by identifier, `list` many, `follow` the changes, `write`, `deliver` as its source. */
export type Action = 'read' | 'list' | 'follow' | 'write' | 'deliver';

/** The set of fields that a caller sees of a collection. Views are few and shared: prepared bytes are kept per `id`. */
export type FieldView = {
  /** Equal ids give equal bytes. `full` is the stored text as it is. */
  readonly id: string;
  /** True when nothing is pruned: stored bytes may be sent as they are. */
  readonly full: boolean;
  readonly attributes: ReadonlySet<string>;
  /** Those whose links may show: some identifier of what they lead to does. */
  readonly relations: ReadonlySet<string>;
  /** Those that may be followed: the grants let them through, whether or not an identifier shows at the other end. At least `relations`. */
  readonly linked: ReadonlySet<string>;
  /** Per collection that links may lead to: identifier segments that may show in an href; a collection that is absent shows no link. */
  readonly targets: ReadonlyMap<CollectionPath, ReadonlySet<string>>;
};

/** Uids in ascending order. */
export type RowSet = { readonly uids: Float64Array; readonly has: (uid: number) => boolean };

/** One grant's worth of access: those of these rows that are protected no higher than the clearance, seen through this view. */
export type Portion = { readonly rows: 'all' | RowSet; readonly view: FieldView; readonly clearance: ProtectionLevel };

/** Some rows of a collection that links lead to, and the identifier segments by which links to them may show. */
export type TargetPortion = {
  readonly rows: 'all' | RowSet;
  readonly segments: ReadonlySet<string>;
  readonly clearance: ProtectionLevel;
};

export type AuthorizedPlan = {
  readonly [authorised]: true;
  readonly tenant: string;
  readonly collection: Collection;
  readonly action: Action;
  /** At least one. More than one when grants differ in rows: a row shows the union of the views of the portions that hold it. */
  readonly portions: readonly [Portion, ...Portion[]];
  /**
   * True when there is one portion, with all rows and a full view: the stored bytes may be sent as they are, apart from rows that
   * `TenantReads.guarded` names for a clearance below 3.
   */
  readonly plain: boolean;
  /** The highest clearance of the portions, and for links to what can be protected: what needs more cannot be noticed. Of a plain plan that of its portion. */
  readonly clearance: ProtectionLevel;
  /** The clearance for links, per collection that they may lead to: the highest of the portions that show it. */
  readonly targetClearance: ReadonlyMap<CollectionPath, ProtectionLevel>;
  /**
   * Collections that links may lead to and that the caller does not see alike in all rows: a link shows when some portion holds its row and
   * lets its identifier show. Of a collection that is absent here all rows show, by the segments of the views' targets.
   */
  readonly visibleTargets: ReadonlyMap<CollectionPath, readonly TargetPortion[]>;
};
