// What a caller may not see is taken out of a stored body: attributes, links, self links, and links to rows that are hidden. The slow path of
// reading; callers with whole access get the stored bytes. Called by hub/rendering.ts; pure apart from asking which link targets exist.
import { yieldToLoop } from '#base/clock.ts';
import type { Collection, CollectionPath, LinkRule, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView, TargetPortion } from '#store/plan.ts';
import type { Resolved, StoredResource, TenantReads } from '#store/store.ts';
import { linkClearance } from './protection.ts';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
type JsonObject = { readonly [name: string]: Json };

/** The target of an href of this hub: collection, identifier segment and value; null for anything else. */
export type HrefParts = { readonly collection: string; readonly field: string; readonly value: string };

/** Reads an href that the store has made. */
export const partsOfHref = (base: string, href: string, target: string): HrefParts | null => {
  const prefix = `${base}/${target}/`;
  if (!href.startsWith(prefix)) return null;
  const rest = href.slice(prefix.length);
  const slash = rest.indexOf('/');
  if (slash < 1) return null;
  const value = decoded(rest.slice(slash + 1));
  return value === null ? null : { collection: target, field: rest.slice(0, slash), value };
};

/** Every path of a collection that an href of this hub may lead to: what is before any of its slashes. */
const pathsIn = (base: string, href: string): readonly string[] => {
  if (!href.startsWith(`${base}/`)) return [];
  const from = base.length + 1;
  const found: string[] = [];
  for (let slash = href.indexOf('/', from); slash !== -1; slash = href.indexOf('/', slash + 1))
    found.push(href.slice(from, slash));
  return found;
};

/** Links that the hub keeps as they were delivered may hold anything. */
const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** True when a link's target is visible, by the identifier that the link uses. What has not come yet is visible where every row is. */
export const showsTarget = (
  plan: AuthorizedPlan,
  path: CollectionPath,
  { uid, protection }: Resolved,
  field: string,
): boolean => {
  const uneven = plan.visibleTargets.get(path);
  if (uneven === undefined) return protection <= (plan.targetClearance.get(path) ?? 0);
  return uneven.some((portion) => holds(portion, uid, protection) && portion.segments.has(field));
};

const holds = (
  { rows, clearance }: Pick<TargetPortion, 'rows' | 'clearance'>,
  uid: number | null,
  protection: ProtectionLevel,
): boolean => clearance >= protection && (rows === 'all' || (uid !== null && rows.has(uid)));

/** The view through which a caller sees a row: the union of what the portions that hold it show; null when none does. */
export const viewOfRow = (plan: AuthorizedPlan, uid: number, protection: ProtectionLevel): FieldView | null => {
  const [only] = plan.portions;
  if (plan.portions.length === 1) return holds(only, uid, protection) ? only.view : null;
  return unionOfViews(plan.portions.filter((portion) => holds(portion, uid, protection)).map(({ view }) => view));
};

/** What several views show together; null of none. */
export const unionOfViews = (views: readonly FieldView[]): FieldView | null => {
  const [first, ...rest] = views;
  return first === undefined ? null : rest.reduce(union, first);
};

/** Says whether a view shows an identifier of the collection. */
export const showsIdentifier = (collection: Collection, view: FieldView, field: string): boolean => {
  const identifier = collection.identifierBySegment.get(field);
  return identifier !== undefined && view.attributes.has(identifier.attribute);
};

// Links whose targets are asked for before other work runs: a school may show tens of thousands.
const refsPerTurn = 1_024;

/** What prunes bodies to what the plan's portions show of them; null when no portion holds the row. */
export const createPruner = (base: string, plan: AuthorizedPlan, reads: Pick<TenantReads, 'resolve'>) => {
  const guardedPaths: ReadonlySet<CollectionPath> = new Set(guardedTargets(plan));
  const unevenPaths: ReadonlySet<CollectionPath> = new Set(plan.visibleTargets.keys());

  const prune = async (resource: StoredResource): Promise<Buffer | null> => {
    const view = viewOfRow(plan, resource.uid, resource.protection);
    if (view === null) return null;
    const guarded = resource.linked > linkClearance(plan);
    if (view.full && !guarded) return resource.body;
    const hidden = await hiddenTargets(resource.body.toString(), guarded);
    if (view.full && !guarded && hidden.size === 0) return resource.body;
    const value: Json = JSON.parse(resource.body.toString());
    if (!isObject(value)) return null;
    const foreign = view.full && guarded ? foreignRelations(value, plan.collection) : none;
    if (view.full && hidden.size === 0 && foreign.size === 0) return resource.body;
    const seen = view.full ? withoutLinks(value, hidden, foreign) : pruneResource(value, plan.collection, view, hidden);
    return Buffer.from(JSON.stringify(seen));
  };

  /** Hrefs in the body that lead to rows which the caller may not see: among those to collections whose rows are not seen alike. */
  const hiddenTargets = async (body: string, guarded: boolean): Promise<ReadonlySet<string>> => {
    const hidden = new Set<string>();
    const paths = guarded ? guardedPaths : unevenPaths;
    if (paths.size === 0) return hidden;
    const refs: { href: string; parts: HrefParts }[] = [];
    for (const match of body.matchAll(/"href":("(?:[^"\\]|\\.)*")/g)) {
      const href: unknown = JSON.parse(match[1] ?? '""');
      if (typeof href !== 'string') continue;
      for (const path of pathsIn(base, href)) {
        const parts = paths.has(path) ? partsOfHref(base, href, path) : null;
        if (parts !== null) refs.push({ href, parts });
      }
    }
    for (let from = 0; from < refs.length; from += refsPerTurn) {
      if (from > 0) await yieldToLoop();
      const some = refs.slice(from, from + refsPerTurn);
      const found = await reads.resolve(some.map(({ parts }) => parts));
      for (const [index, { href, parts }] of some.entries()) {
        const target = found[index] ?? { uid: null, protection: 3 };
        if (!showsTarget(plan, parts.collection, target, parts.field)) hidden.add(href);
      }
    }
    return hidden;
  };

  const pruneResource = (
    value: JsonObject,
    collection: Collection,
    view: FieldView,
    hidden: ReadonlySet<string>,
  ): JsonObject => {
    const kept: [string, Json][] = [];
    for (const [name, member] of Object.entries(value)) {
      if (name === '_links') {
        const links = isObject(member) ? pruneLinks(member, collection, view, hidden) : null;
        if (links !== null) kept.push([name, links]);
      } else if (view.attributes.has(name)) kept.push([name, pruneNested(member, collection, view, [name], hidden)]);
    }
    return Object.fromEntries(kept);
  };

  const pruneLinks = (
    links: JsonObject,
    collection: Collection,
    view: FieldView,
    hidden: ReadonlySet<string>,
  ): JsonObject | null => {
    const kept: [string, Json][] = [];
    for (const [relation, targets] of Object.entries(links)) {
      if (!Array.isArray(targets)) continue;
      const some =
        relation === 'self'
          ? targets.filter((link) => showsSelf(link, collection, view))
          : view.relations.has(relation)
            ? targets.filter((link) => showsLink(link, collection.links.get(relation), view, hidden))
            : [];
      if (some.length > 0) kept.push([relation, some]);
    }
    return kept.length === 0 ? null : Object.fromEntries(kept);
  };

  const showsSelf = (link: Json, collection: Collection, view: FieldView): boolean => {
    const parts = partsOfHref(base, hrefIn(link), collection.path);
    return parts !== null && showsIdentifier(collection, view, parts.field);
  };

  const showsLink = (link: Json, rule: LinkRule | undefined, view: FieldView, hidden: ReadonlySet<string>): boolean => {
    if (rule === undefined) return false;
    const href = hrefIn(link);
    // A reference leads out of the model; one that leads back into the hub is not what it says.
    if (rule.target === null) return href !== '' && !href.startsWith(`${base}/`);
    if (hidden.has(href)) return false;
    const parts = partsOfHref(base, href, rule.target);
    // What leads out of the known form cannot be judged, so it does not show.
    return parts !== null && view.targets.get(rule.target)?.has(parts.field) === true;
  };

  /** Value objects keep their members, but not links to what the caller may not see. */
  const pruneNested = (
    value: Json,
    collection: Collection,
    view: FieldView,
    path: readonly string[],
    hidden: ReadonlySet<string>,
  ): Json => {
    if (Array.isArray(value)) return value.map((each: Json) => pruneNested(each, collection, view, path, hidden));
    if (!isObject(value)) return value;
    const kept: [string, Json][] = [];
    for (const [name, member] of Object.entries(value)) {
      if (name !== '_links') {
        kept.push([name, pruneNested(member, collection, view, [...path, name], hidden)]);
        continue;
      }
      if (!isObject(member)) continue;
      const links: [string, Json][] = [];
      for (const [relation, targets] of Object.entries(member)) {
        const rule = collection.nestedLinks.get([...path, relation].join('.'));
        const some = Array.isArray(targets) ? targets.filter((link) => showsLink(link, rule, view, hidden)) : [];
        if (some.length > 0) links.push([relation, some]);
      }
      if (links.length > 0) kept.push([name, Object.fromEntries(links)]);
    }
    return Object.fromEntries(kept);
  };

  /**
   * Attributes of many resources of the plan's collection, each as its view shows it, with the links that hang on them: what these lead to is asked for
   * together. Index-aligned.
   */
  const attributes = async (
    some: readonly { readonly view: FieldView; readonly values: Readonly<Record<string, unknown>> }[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    // Guarded is what may be: rows do not say here what they lead to.
    const hidden =
      guardedPaths.size === 0 ? none : await hiddenTargets(JSON.stringify(some.map(({ values }) => values)), true);
    return some.map(({ view, values }) => {
      const kept: [string, unknown][] = [];
      // What is stored is JSON.
      for (const [name, value] of Object.entries(values as JsonObject)) {
        if (view.full) kept.push([name, hidden.size === 0 ? value : nestedWithoutLinks(value, hidden)]);
        else if (view.attributes.has(name))
          kept.push([name, pruneNested(value, plan.collection, view, [name], hidden)]);
      }
      return Object.fromEntries(kept);
    });
  };

  return { prune, attributes };
};

/** Collections that links lead to and whose rows may be hidden: by rows, or by protection. */
const guardedTargets = (plan: AuthorizedPlan): readonly CollectionPath[] => [
  ...plan.visibleTargets.keys(),
  ...[...plan.targetClearance]
    .filter(([path, clearance]) => clearance < 3 && !plan.visibleTargets.has(path))
    .map(([path]) => path),
];

const none: ReadonlySet<string> = new Set();

/** Relations that the model does not have: where their links lead is not known well enough to show some and not others. */
const foreignRelations = (value: JsonObject, { links }: Collection): ReadonlySet<string> => {
  const all = value['_links'];
  if (all === undefined || !isObject(all)) return none;
  return new Set(Object.keys(all).filter((relation) => relation !== 'self' && !links.has(relation)));
};

/** The same value without the links to some addresses, wherever they stand, and without some relations of its own. */
const withoutLinks = (value: JsonObject, hidden: ReadonlySet<string>, foreign = none): JsonObject => {
  const kept: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (name !== '_links' || !isObject(member)) {
      kept.push([name, nestedWithoutLinks(member, hidden)]);
      continue;
    }
    const links: [string, Json][] = [];
    for (const [relation, targets] of Object.entries(member)) {
      if (foreign.has(relation)) continue;
      const some = Array.isArray(targets) ? targets.filter((link: Json) => !hidden.has(hrefIn(link))) : [];
      if (some.length > 0) links.push([relation, some]);
    }
    if (links.length > 0) kept.push([name, Object.fromEntries(links)]);
  }
  return Object.fromEntries(kept);
};

const nestedWithoutLinks = (value: Json, hidden: ReadonlySet<string>): Json => {
  if (Array.isArray(value)) return value.map((each: Json) => nestedWithoutLinks(each, hidden));
  return isObject(value) ? withoutLinks(value, hidden) : value;
};

/** How those see something that is gone who see all rows that were no better protected; null when the plan has no such portion. */
export const viewOfFormer = ({ portions }: AuthorizedPlan, level: ProtectionLevel): FieldView | null =>
  unionOfViews(portions.filter(({ rows, clearance }) => rows === 'all' && clearance >= level).map(({ view }) => view));

const union = (a: FieldView, b: FieldView): FieldView => {
  const targets = new Map(a.targets);
  for (const [path, segments] of b.targets) targets.set(path, new Set([...(targets.get(path) ?? []), ...segments]));
  return {
    id: `${a.id}+${b.id}`,
    full: a.full || b.full,
    attributes: new Set([...a.attributes, ...b.attributes]),
    relations: new Set([...a.relations, ...b.relations]),
    linked: new Set([...a.linked, ...b.linked]),
    targets,
  };
};

/** The self links of a body, in its order. */
export const selfLinks = (body: Buffer): readonly string[] => {
  const value: Json = JSON.parse(body.toString());
  const links = isObject(value) ? value['_links'] : null;
  const self = links !== undefined && isObject(links) ? links['self'] : null;
  return Array.isArray(self) ? self.map((link: Json) => hrefIn(link)) : [];
};

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hrefIn = (link: Json): string => {
  if (!isObject(link)) return '';
  const href = link['href'];
  return typeof href === 'string' ? href : '';
};
