// The contracts of the API for machines: which parts are offered under another contract than the API as a whole, since when, and which are to go, when at
// the earliest and what takes their place (facts 2.3, 13). Called by fs-graphql-api.ts.
import { contractIndex } from '#graphql/contract-index.ts';
import type { Face } from '#graphql/face.ts';
import type { Deprecation } from '#model/graphql-contracts.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';

/**
 * JSON, an element a line, with the main version of the catalogue (null = before the first). Throws where the data name a part that the face does not have.
 */
export const contractText = (face: Face, roots: GraphqlRoots, catalogueVersion: number | null): string => {
  const index = contractIndex(face);
  const known = new Set(index.map(({ coordinate }) => coordinate));
  const unknown = [...roots.contracts.parts.keys()].filter((coordinate) => !known.has(coordinate));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')} for a contract to tell of.`);
  const ending = deprecations(face, roots);
  const elements = index
    .filter(
      ({ coordinate, status, flags, deprecated }) =>
        status !== null || flags.length > 0 || deprecated !== null || roots.contracts.parts.has(coordinate),
    )
    .map(({ coordinate, status, flags, deprecated, since }) => {
      const next = ending.get(coordinate) ?? null;
      return JSON.stringify({
        coordinate,
        status: status ?? 'production',
        since,
        ...(flags.length === 0 ? {} : { flags }),
        deprecated,
        announced: next?.announced ?? null,
        earliestRemoval: next?.until ?? null,
        replacement: next?.instead ?? null,
      });
    });
  const whole = JSON.stringify({
    api: face.api,
    catalogueVersion,
    status: 'production',
    since: roots.contracts.since,
  });
  return `${whole.slice(0, -1)},"elements":[\n${elements.join(',\n')}\n]}\n`;
};

/** What is to go, by coordinate; what takes its place is one as well. */
export const deprecations = (face: Face, roots: GraphqlRoots): ReadonlyMap<string, Deprecation> =>
  new Map([
    ...[...roots.connections, ...roots.lookups, ...roots.singles, ...roots.selves].flatMap(({ name, deprecated }) =>
      going(face.query, name, deprecated),
    ),
    ...roots.classes.flatMap(({ key, className }) =>
      roots.names.olderOf(key).flatMap(({ name, deprecated }) => going(className, name, deprecated)),
    ),
  ]);

const going = (
  type: string,
  name: string,
  deprecated: Deprecation | null,
): readonly (readonly [string, Deprecation])[] =>
  deprecated === null ? [] : [[`${type}.${name}`, { ...deprecated, instead: `${type}.${deprecated.instead}` }]];
