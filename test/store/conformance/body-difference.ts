// The reference for names of changes: which attributes and relations of a class are not the same in two stored bodies, worked out by parsing both.
import { collectionAt } from './world.ts';

type Body = { readonly _links?: Readonly<Record<string, readonly { readonly href: string }[]>> } & Readonly<
  Record<string, unknown>
>;

const linksIn = (body: Body, relation: string): string =>
  (body['_links']?.[relation] ?? [])
    .map(({ href }) => href)
    .sort()
    .join(' ');

/** Names in order; links in another order are the same. */
export const differingNames = (path: string, before: string, after: string): readonly string[] => {
  const [was, is]: readonly [Body, Body] = [JSON.parse(before), JSON.parse(after)];
  const { attributes, relations } = collectionAt(path).class;
  return [
    ...attributes
      .filter(({ jsonName }) => JSON.stringify(was[jsonName]) !== JSON.stringify(is[jsonName]))
      .map(({ jsonName }) => jsonName),
    ...relations
      .filter(({ jsonName }) => linksIn(was, jsonName) !== linksIn(is, jsonName))
      .map(({ jsonName }) => jsonName),
  ].sort();
};
