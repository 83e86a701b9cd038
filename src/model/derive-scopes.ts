// Row scopes: patterns of scopes.yaml turned into sets of collections. Called by derive only. Pure; check-extras says what is wrong.
import type { Collection, CollectionPath, RowScope } from './model.ts';
import type { Sources, SourceScope } from './source.ts';

/** True when a pattern, a collection path or `package/*`, covers the collection; `felles/kodeverk/*` covers `felles/kodeverk/iso/…` too. */
export const covers = (pattern: string, path: CollectionPath): boolean =>
  pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;

/** Gives every scope with its paths; the target itself is reached by the empty path. */
export const deriveScopes = (
  sources: Sources,
  collections: ReadonlyMap<CollectionPath, Collection>,
): ReadonlyMap<string, RowScope> =>
  new Map(
    sources.scopes.map((source) => [
      source.name,
      {
        name: source.name,
        description: { nb: source.nb, en: source.en },
        target: source.target,
        paths: new Map([[source.target, ['']], ...routesOf(source)]),
        unaffected: new Set(
          [...collections.keys()].filter((path) => source.unaffected.some(({ pattern }) => covers(pattern, path))),
        ),
      },
    ]),
  );

/** The routes of each collection, those that other folders add after its own. */
const routesOf = ({ paths }: SourceScope): ReadonlyMap<CollectionPath, readonly string[]> => {
  const routes = new Map<CollectionPath, readonly string[]>();
  for (const one of paths) routes.set(one.collection, [...(routes.get(one.collection) ?? []), ...one.routes]);
  return routes;
};
