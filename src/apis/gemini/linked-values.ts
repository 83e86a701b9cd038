// Values that lead to something: the unit of a size, the country of a passport. Tables write links of rows and not of values, so that these stand in the
// value, as addresses of what the caller sees. Called by operations that write such values.
import type { ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { problem } from '#base/errors.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Call, GeminiParts } from './operation.ts';

/** An id as it was given, and the name that it was given under. */
export type GivenId = { readonly at: string; readonly id: unknown };

/** What stands in a value that leads to something. */
export type ValueLinks = { readonly _links: Readonly<Record<string, readonly { readonly href: string }[]>> };

/**
 * The links of values, each by one relation to what its id stands for: index-aligned with the ids. Fails with the names of ids that stand for nothing of
 * the collection that the caller sees.
 */
export const linksOfValues = async (
  { ids, graph, model, keys }: GeminiParts,
  call: Call,
  { relation, to }: { readonly relation: string; readonly to: CollectionPath },
  given: readonly GivenId[],
): Promise<Result<readonly ValueLinks[]>> => {
  const fields = model.collections.get(to)?.identifiers ?? [];
  const segmentOf = (attribute: string): string | undefined =>
    fields.find((field) => field.attribute === attribute)?.segment;
  const fallback = segmentOf(keys.fallback);
  const asked = given.map(({ at, id }) => {
    const named = ids.read(call.owner, to, id);
    const identifier = named === null ? undefined : segmentOf(named.attribute);
    return { at, identifier, value: named?.value ?? '' };
  });
  const answers = await graph.read(
    asked.flatMap(({ identifier, value }) =>
      identifier === undefined
        ? []
        : [
            {
              kind: 'named' as const,
              selection: { collection: to, attributes: [keys.fallback], edges: [] },
              by: { identifier },
              values: [value],
            },
          ],
    ),
    call.context,
  );
  const errors: ProblemItem[] = [];
  const links: ValueLinks[] = [];
  let read = 0;
  for (const { at, identifier } of asked) {
    const answer = identifier === undefined ? undefined : answers[read++];
    if (answer?.kind === 'refused') return failed(answer.problem);
    const held = answer?.kind === 'nodes' ? answer.nodes[0]?.values[keys.fallback] : undefined;
    const value = (held as Readonly<Record<string, unknown>> | undefined)?.[model.identifierValue];
    if (fallback === undefined || typeof value !== 'string') errors.push({ at, message: 'er ingen id av rett slag' });
    else links.push({ _links: { [relation]: [{ href: `${fallback}/${value}` }] } });
  }
  return errors.length === 0 ? ok(links) : failed(problem('HUB-103', 'Ugyldige parametre.', { errors }));
};
