// What a caller may not see is taken out of a stored body: attributes, links, self links, and links to rows that are hidden. The slow path of
// reading; callers with whole access get the stored bytes. Called by hub/run.ts; pure apart from asking which link targets exist.
import type { Collection, LinkRule } from '#model/model.ts';
import type { AuthorizedPlan, FieldView, TargetPortion } from '#store/plan.ts';
import type { StoredResource, TenantReads } from '#store/store.ts';

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

/** Links that the hub keeps as they were delivered may hold anything. */
const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** True when a row of a link's target is visible, by the identifier that the link uses. */
export const showsTarget = (portions: readonly TargetPortion[], uid: number, field: string): boolean =>
  portions.some(({ rows, segments }) => segments.has(field) && (rows === 'all' || rows.has(uid)));

/** The view through which a caller sees a row: the union of what the portions that hold it show; null when none does. */
export const viewOfRow = (plan: AuthorizedPlan, uid: number): FieldView | null => {
  const views = plan.portions.filter(({ rows }) => rows === 'all' || rows.has(uid)).map(({ view }) => view);
  const [first, ...rest] = views;
  return first === undefined ? null : rest.reduce(union, first);
};

/** Says whether a view shows an identifier of the collection. */
export const showsIdentifier = (collection: Collection, view: FieldView, field: string): boolean => {
  const identifier = collection.identifierBySegment.get(field);
  return identifier !== undefined && view.attributes.has(identifier.attribute);
};

/** Prunes one body to what the plan's portions show of it; null when no portion holds the row. */
export const createPruner = (base: string, plan: AuthorizedPlan, reads: TenantReads) => {
  const prune = async (resource: StoredResource): Promise<Buffer | null> => {
    const view = viewOfRow(plan, resource.uid);
    if (view === null) return null;
    if (view.full) return resource.body;
    const hidden = await hiddenTargets(resource.body);
    const value: Json = JSON.parse(resource.body.toString());
    return isObject(value) ? Buffer.from(JSON.stringify(pruneResource(value, plan.collection, view, hidden))) : null;
  };

  /** Hrefs in the body that lead to rows which the caller may not see, of collections whose rows it does not see alike. */
  const hiddenTargets = async (body: Buffer): Promise<ReadonlySet<string>> => {
    const hidden = new Set<string>();
    if (plan.visibleTargets.size === 0) return hidden;
    const refs: { href: string; parts: HrefParts }[] = [];
    for (const match of body.toString().matchAll(/"href":("(?:[^"\\]|\\.)*")/g)) {
      const href: unknown = JSON.parse(match[1] ?? '""');
      if (typeof href !== 'string') continue;
      for (const path of plan.visibleTargets.keys()) {
        const parts = partsOfHref(base, href, path);
        if (parts !== null) refs.push({ href, parts });
      }
    }
    const uids = await reads.resolve(refs.map(({ parts }) => parts));
    for (const [index, ref] of refs.entries()) {
      const uid = uids[index] ?? null;
      const portions = plan.visibleTargets.get(ref.parts.collection) ?? [];
      // A link to something not delivered yet is hidden too: whether it will be visible is not known.
      if (uid === null || !showsTarget(portions, uid, ref.parts.field)) hidden.add(ref.href);
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

  return { prune };
};

const union = (a: FieldView, b: FieldView): FieldView => {
  const targets = new Map(a.targets);
  for (const [path, segments] of b.targets) targets.set(path, new Set([...(targets.get(path) ?? []), ...segments]));
  return {
    id: `${a.id}+${b.id}`,
    full: a.full || b.full,
    attributes: new Set([...a.attributes, ...b.attributes]),
    relations: new Set([...a.relations, ...b.relations]),
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
