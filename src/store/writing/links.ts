// The `_links` of a stored body: own links as delivered, inverse links as the link table has them, merged per relation in model order.
// Used by the writing half of a tenant; pure text work.
import type { Collection } from '#model/model.ts';
import { hrefOf } from '#model/href.ts';
import type { IdentifierValue, OwnLink } from '../store.ts';

/** Hrefs per relation, `self` first. */
export type LinkMap = Map<string, string[]>;

/** Self links (one per identifier, model order) and the delivered links of a resource. */
export const ownLinks = (
  base: string,
  collection: string,
  identifiers: readonly IdentifierValue[],
  links: readonly OwnLink[],
): LinkMap => {
  const map: LinkMap = new Map();
  map.set(
    'self',
    identifiers.map(({ field, value }) => hrefOf(base, collection, field, value)),
  );
  for (const { relation, targets } of links) {
    if (targets.length === 0) continue;
    const hrefs = targets.map((target) =>
      target.kind === 'verbatim' ? target.href : hrefOf(base, target.collection, target.field, target.value),
    );
    map.set(relation, hrefs.length === 1 ? hrefs : [...new Set(hrefs)]);
  }
  return map;
};

/** The text of `_links`: self, then the model's relations in model order, then what the model does not know. */
export const renderLinks = (collection: Collection, own: LinkMap, inverse: LinkMap | null): string => {
  let text = `{${member('self', own.get('self') ?? [])}`;
  for (const relation of collection.class.relations) {
    const mine = own.get(relation.jsonName);
    const others = inverse?.get(relation.jsonName);
    if (mine === undefined && others === undefined) continue;
    text += `,${member(relation.jsonName, merge(mine, others))}`;
  }
  for (const [relation, hrefs] of own) {
    if (relation !== 'self' && !collection.class.relationByName.has(relation)) text += `,${member(relation, hrefs)}`;
  }
  return `${text}}`;
};

const merge = (mine: string[] | undefined, others: string[] | undefined): readonly string[] => {
  if (others === undefined) return mine ?? [];
  // A source may name its target by two identifiers, and so bring the same inverse link twice.
  return [...new Set(mine === undefined ? others : [...mine, ...others])];
};

const member = (relation: string, hrefs: readonly string[]): string => {
  let text = `${JSON.stringify(relation)}:[`;
  for (let index = 0; index < hrefs.length; index += 1)
    text += `${index === 0 ? '' : ','}{"href":${JSON.stringify(hrefs[index])}}`;
  return `${text}]`;
};

/** Reads the text of `_links` back; the inverse of renderLinks. */
export const parseLinks = (text: string): LinkMap => {
  const value: unknown = JSON.parse(text);
  const map: LinkMap = new Map();
  if (typeof value !== 'object' || value === null) return map;
  for (const [relation, links] of Object.entries(value)) {
    if (Array.isArray(links))
      map.set(
        relation,
        links.flatMap((link: unknown) => hrefOfLink(link)),
      );
  }
  return map;
};

const hrefOfLink = (link: unknown): readonly string[] =>
  typeof link === 'object' && link !== null && 'href' in link && typeof link.href === 'string' ? [link.href] : [];
