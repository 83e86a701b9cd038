// What a client may not do by writing, whatever its grant says of the class: reach outside of the rows that it was given, write about those whom it
// may not know, lower the protection of anybody, or remove more than it sees. Called by writing.ts; the levels are the store's.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import type { Collection, Model, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, Portion } from '#store/plan.ts';
import type { Grant, OwnLink, PreparedResource, StoredResource, TenantStore } from '#store/store.ts';
import { partsOfHref } from './prune.ts';
import type { Reference } from './query.ts';
import { rowsInScope } from './row-scope.ts';
import { hrefOfTarget, hrefsOf, notWritable } from './writing-body.ts';
import type { Present } from './writing-body.ts';

/** Whom a resource is about, by its own links. */
export const subjectsOf = (model: Model, collection: Collection, prepared: PreparedResource): readonly Reference[] => {
  const about = model.protection.about.get(collection.path) ?? [];
  const names = new Set(about.map(({ relation }) => relation));
  return [...prepared.links, ...(prepared.nested ?? [])].flatMap(({ relation, targets }: OwnLink) =>
    names.has(relation) ? targets.flatMap((target) => (target.kind === 'resource' ? [target] : [])) : [],
  );
};

/**
 * Refuses (HUB-400) a resource about somebody whom the caller may not know, in the same words whether that one is protected, has been erased or,
 * where persons are marked, is not there. Gives the highest protection among those whom it is about otherwise; whoever has never come counts
 * for nothing there, since what he will turn out to be may be less. `born` knows those whom the same request has made before; with `mayHide` these may
 * be better protected than the caller sees.
 */
export const judgeSubjects = async (
  model: Model,
  plan: AuthorizedPlan,
  { erasures, reads }: TenantStore,
  prepared: PreparedResource,
  born: (reference: Reference) => ProtectionLevel | null,
  mayHide: boolean,
): Promise<{ readonly level: ProtectionLevel } | { readonly refused: Problem }> => {
  const { collection } = plan;
  if (erasures.size() > 0 && erasures.isErased(namedIn(collection, prepared)).includes(true))
    return { refused: unknowable };
  const subjects = subjectsOf(model, collection, prepared);
  if (subjects.length === 0) return { level: 0 };
  const found = await reads.resolve(subjects);
  let level: ProtectionLevel = 0;
  for (const [at, { protection: stored, uid }] of found.entries()) {
    const named = subjects[at];
    const made = named === undefined ? null : born(named);
    const protection = made ?? stored;
    if (named === undefined) return { refused: unknowable };
    const isOwn = made !== null && mayHide;
    if (!isOwn && protection > (plan.targetClearance.get(named.collection) ?? 0)) return { refused: unknowable };
    if (
      protection > level &&
      (made !== null || uid !== null || (await reads.lastUid(named.collection, named)) !== null)
    )
      level = protection;
  }
  return { level };
};

const unknowable = problem('HUB-400', 'The resource would be about somebody whom this application may not know.');

/** What is told when a row would be removed with what the caller does not see of it: HUB-403. */
export const partlySeen = problem(
  'HUB-403',
  'What is removed goes whole, and the grants by which this application writes the class do not show all of it.',
);

/**
 * True when these portions together show every attribute and relation of the class. That some of what a relation leads to is out of sight counts for
 * nothing: a refusal for its sake would tell that it is there.
 */
export const showsWhole = ({ class: of, links }: Collection, portions: readonly Portion[]): boolean =>
  of.attributes.every(({ jsonName }) => portions.some(({ view }) => view.attributes.has(jsonName))) &&
  [...links.keys()].every((name) => portions.some(({ view }) => view.linked.has(name)));

/** Everything of the model that a resource names: itself, and what it links to. */
const namedIn = ({ path }: Collection, { identifiers, links, nested = [] }: PreparedResource): readonly Reference[] => [
  ...identifiers.map((identifier) => ({ collection: path, ...identifier })),
  ...[...links, ...nested].flatMap(({ targets }) =>
    targets.flatMap((target) => (target.kind === 'resource' ? [target] : [])),
  ),
];

/** Refuses (HUB-415) an update after which the resource would be less protected than it is; `level` is the highest among those whom it is about then. */
export const lowersProtection = async (
  model: Model,
  collection: Collection,
  base: string,
  { reads }: TenantStore,
  change: {
    readonly stored: StoredResource;
    readonly present: Present;
    readonly prepared: PreparedResource;
    readonly level: ProtectionLevel;
  },
): Promise<Problem | null> => {
  const { stored, present, prepared, level } = change;
  if (stored.protection === 0) return null;
  const marking = model.protection.markings.get(collection.path);
  // Without a marking where markings are carried it counts as the strictest.
  const own = marking === undefined ? 0 : (prepared.marking ?? 3);
  const brought = await reads.resolve(broughtSubjects(model, collection, base, present));
  const next = Math.max(own, level, ...brought.map(({ protection }) => protection));
  return next >= stored.protection && !letsGo(model, collection, base, change) ? null : lowering(model, collection);
};

/** True when links would go by which others are about this resource: they would be about somebody less protected, or nobody. */
const letsGo = (
  model: Model,
  collection: Collection,
  base: string,
  { present, prepared }: { readonly present: Present; readonly prepared: PreparedResource },
): boolean => {
  const kept = new Set(
    prepared.links.flatMap(({ relation, targets }) =>
      targets.map((target) => `${relation} ${hrefOfTarget(base, target)}`),
    ),
  );
  return [...present.own].some(([relation, hrefs]) => {
    const rule = collection.links.get(relation);
    const about = rule === undefined || rule.target === null ? [] : (model.protection.about.get(rule.target) ?? []);
    return (
      about.some((one) => one.relation === rule?.inverse) && hrefs.some((href) => !kept.has(`${relation} ${href}`))
    );
  });
};

/** What is told to one who knows whom it would expose: HUB-415. */
export const lowering = (model: Model, collection: Collection): Problem => {
  const marking = model.protection.markings.get(collection.path);
  const at = marking === undefined ? '/_links' : `/${marking.attribute}`;
  const message = 'protection can be raised by a client, and lowered by the source alone';
  return notWritable([{ at, message, code: 'HUB-606' }]);
};

/**
 * How protected those are, or were, whose identifiers a resource would take while it is less protected itself: whatever is about one who is gone
 * would count as about the newcomer. 0 = nobody. `level` is the highest among those whom the resource is about, `uid` the resource that is updated.
 */
export const protectedPlace = async (
  model: Model,
  collection: Collection,
  { reads }: TenantStore,
  { identifiers, marking }: PreparedResource,
  level: ProtectionLevel,
  uid: number | null,
): Promise<ProtectionLevel> => {
  const own = model.protection.markings.has(collection.path) ? (marking ?? 3) : 0;
  const found = await reads.resolve(identifiers.map((identifier) => ({ collection: collection.path, ...identifier })));
  let highest: ProtectionLevel = 0;
  for (const [at, { protection }] of found.entries()) {
    const identifier = identifiers[at];
    if (identifier === undefined || protection <= Math.max(own, level, highest)) continue;
    // Of an identifier that nobody has had there is nothing to lower.
    const last = await reads.lastUid(collection.path, identifier);
    if (last !== null && last !== uid) highest = protection;
  }
  return highest;
};

/** Whom a stored resource is about by links that others have brought: they stay whatever a client sends. */
const broughtSubjects = (
  model: Model,
  collection: Collection,
  base: string,
  { whole, own }: Present,
): readonly Reference[] => {
  const shown = hrefsOf(whole);
  return (model.protection.about.get(collection.path) ?? []).flatMap(({ relation }) => {
    const target = collection.links.get(relation)?.target ?? null;
    const delivered = new Set(own.get(relation));
    return (shown.get(relation) ?? []).flatMap((href) => {
      const parts = target === null || delivered.has(href) ? null : partsOfHref(base, href, target);
      return parts === null ? [] : [parts];
    });
  });
};

/**
 * True when a new resource belongs to the rows of one of the grants: some of them are not limited, or a link of it leads to a row within, or it
 * is itself what a grant names.
 */
export const isWithinGrants = async (
  model: Model,
  tenant: TenantStore,
  collection: Collection,
  prepared: PreparedResource,
  grants: readonly Grant[],
): Promise<boolean> => {
  for (const { rows, clearance = 0 } of grants) {
    if (rows === null) return true;
    const scope = model.scopes.get(rows.scope);
    if (scope === undefined) continue;
    if (scope.unaffected.has(collection.path)) return true;
    if (
      collection.path === scope.target &&
      prepared.identifiers.some(({ field, value }) => field === rows.field && rows.values.includes(value))
    )
      return true;
    const first = new Set((scope.paths.get(collection.path) ?? []).map((chain) => chain.split('.')[0]));
    for (const { relation, targets } of prepared.links) {
      const path = first.has(relation) ? (collection.links.get(relation)?.target ?? null) : null;
      if (path === null) continue;
      const within = await rowsInScope(model, tenant, path, rows, clearance);
      if (within === 'all') continue;
      const refs = targets.flatMap((target) => (target.kind === 'resource' ? [target] : []));
      const found = await tenant.reads.resolve(refs);
      if (found.some(({ uid }) => uid !== null && within.has(uid))) return true;
    }
  }
  return false;
};
