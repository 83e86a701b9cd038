// The checks of a resource's own links: where they lead, what is missing, and whether they are answered. Compiled once per collection. Called by
// examine.ts; what is stored is asked for through the narrow contract.
import { readReference } from '#hub/prepare-links.ts';
import type { Collection, Model } from '#model/model.ts';
import type { NamedLink, QualitySource, WholeResource } from '#store/quality.ts';
import type { Found } from './findings.ts';
import { hrefsOf } from './value-checks.ts';

export type LinkChecker = (
  resource: WholeResource,
  source: Pick<QualitySource, 'delivers'>,
  extraBackLinks: boolean,
  found: Found,
) => Promise<void> | void;

type Reading = {
  readonly name: string;
  readonly target: Collection | null;
  readonly mandatory: boolean;
  readonly single: boolean;
  /** The relation that must lead back where the hub adds none itself; null when there is none, or the hub always adds it. */
  readonly inverse: string | null;
};

const noLinks: readonly NamedLink[] = [];

/** Compiles the checks of a collection. */
export const createLinkChecker = (collection: Collection, model: Model): LinkChecker => {
  const readings = [...collection.links.values()].map((rule): Reading => ({
    name: rule.relation.jsonName,
    target: rule.target === null ? null : (model.collections.get(rule.target) ?? null),
    mandatory: rule.relation.min === 1,
    single: rule.relation.max === 1,
    inverse: rule.fintBackLink ? null : rule.inverse,
  }));

  return (resource, source, extraBackLinks, found) => {
    const own = JSON.parse(resource.ownLinks) as Readonly<Record<string, unknown>>;
    const byRelation = Map.groupBy(resource.links, (link) => link.relation);
    const shown = shownRelations(resource.shownLinks);
    let questions: (() => Promise<void>)[] | null = null;
    for (const reading of readings) {
      const { name, target } = reading;
      const place = shown.get(name);
      if (place === undefined) {
        if (reading.mandatory) found.add('missing-mandatory', name);
        continue;
      }
      const hrefs = hrefsOf(own[name]);
      const links = byRelation.get(name) ?? noLinks;
      if (target !== null)
        for (const href of hrefs) if (readReference(href, target) === null) found.add('unknown-form', name);
      for (const { uid } of links) {
        if (uid === null) found.add('missing-target', name);
        // What the model requires of all, the top of a tree can only say of itself.
        else if (uid === resource.uid && !reading.mandatory) found.add('own-target', name);
      }
      // Two identifiers of one target are one target; what the hub adds is never one of them.
      if (reading.single && distinct(links) + countLinks(resource.shownLinks, place) - links.length > 1)
        found.add('too-many', name);
      const { inverse } = reading;
      if (inverse !== null && !extraBackLinks && links.length > 0)
        (questions ??= []).push(async () => {
          const asked = new Set<number>();
          for (const { uid } of links) {
            if (uid === null || asked.has(uid)) continue;
            asked.add(uid);
            if (!(await source.delivers(uid, inverse, resource.uid))) found.add('missing-inverse', name);
          }
        });
    }
    if (questions !== null) return askAll(questions);
  };
};

const askAll = async (questions: readonly (() => Promise<void>)[]): Promise<void> => {
  for (const ask of questions) await ask();
};

const distinct = (links: readonly NamedLink[]): number => {
  const uids = new Set<number>();
  let nobody = 0;
  for (const { uid } of links) {
    if (uid === null) nobody += 1;
    else uids.add(uid);
  }
  return uids.size + nobody;
};

/** Where the links of each relation stand in a canonical text of `_links`: from the first one's brace to the closing bracket. */
export type ShownRelations = ReadonlyMap<string, readonly [from: number, to: number]>;

/**
 * Finds the relations that a canonical text of `_links` shows, `self` left out. Without parsing, since a resource may show tens of thousands of
 * links. Exact: `self` comes first, and inside JSON text a quote is always escaped, so that `],"` stands in no address.
 */
export const shownRelations = (text: string): ShownRelations => {
  const found = new Map<string, readonly [number, number]>();
  for (let head = text.indexOf('],"'); head >= 0;) {
    const nameEnd = text.indexOf('":[', head + 3);
    const next = text.indexOf('],"', nameEnd + 3);
    found.set(text.slice(head + 3, nameEnd), [nameEnd + 3, next < 0 ? text.length - 2 : next]);
    head = next;
  }
  return found;
};

const opening = '{"href":"';

/** How many links stand in a stretch of such a text. */
export const countLinks = (text: string, [from, to]: readonly [number, number]): number => {
  let count = 0;
  // An opening inside an address would be escaped.
  for (let at = text.indexOf(opening, from); at >= 0 && at < to; at = text.indexOf(opening, at + opening.length))
    count += 1;
  return count;
};
