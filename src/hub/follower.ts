// Who follows changes, and what it is told, in the forms that the files of following share. Types only, and the ways to name a resource.
import type { Clock } from '#base/clock.ts';
import { hrefOf } from '#model/href.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { CollectionStats, Guarded, IdentifierValue, StoredResource, TenantStore } from '#store/store.ts';
import { partsOfHref, selfLinks, showsIdentifier } from './prune.ts';
import type { ChangeKind, QueryContext } from './query.ts';
import type { Rendering } from './rendering.ts';

/** `ended`: no grant lets it follow any more, and the plan shows nothing. */
export type Follower = {
  readonly context: QueryContext;
  readonly tenant: TenantStore;
  /** What was read from when the query came (`history.ts`). */
  readonly history: string;
  readonly plan: AuthorizedPlan;
  readonly stats: CollectionStats;
  readonly guarded: Guarded;
  readonly rule: string;
  readonly ended: boolean;
};

/** One entry of an answer, before it has its place in the feed. `when` = epoch ms. */
export type Told = {
  readonly uid: number;
  readonly kind: ChangeKind;
  readonly when: number;
  readonly before: readonly string[];
  readonly body: Buffer | null;
};

export type TellingDeps = {
  readonly clock: Pick<Clock, 'now'>;
  readonly rendering: Rendering;
  readonly baseUrl: () => string;
};

/** Addresses of a resource by those of its identifiers that a view shows. */
export const addressesOf = (
  base: string,
  { collection }: AuthorizedPlan,
  view: FieldView,
  identifiers: readonly IdentifierValue[],
): readonly string[] =>
  identifiers
    .filter(({ field }) => showsIdentifier(collection, view, field))
    .map(({ field, value }) => hrefOf(base, collection.path, field, value));

/** The same of a resource as it is stored now. */
export const addressesNow = (
  base: string,
  { collection }: AuthorizedPlan,
  view: FieldView,
  stored: StoredResource,
): readonly string[] =>
  selfLinks(stored.body).filter((href) => {
    const parts = partsOfHref(base, href, collection.path);
    return parts !== null && showsIdentifier(collection, view, parts.field);
  });
