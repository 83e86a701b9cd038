// What a caller needs in order to be let in: schemes, scopes, and how firm the mark of each operation is. Used by openapi-differences.ts.
import { isMap, listOf, mapOf, textOf, textsOf, type JsonMap } from './json-tree.ts';
import type { OperationPair, OperationWalk } from './operation-walk.ts';

const schemesOf = (document: JsonMap): JsonMap => mapOf(mapOf(document['components'])['securitySchemes']);

/** Tells where callers have to sign in in another way than before. */
export const schemeDifferences = (walk: OperationWalk): void => {
  const now = schemesOf(walk.after);
  for (const [name, one] of Object.entries(schemesOf(walk.before))) {
    const [was, is] = [mapOf(one), now[name]];
    if (!isMap(is)) {
      walk.report('breaking', 'authentication-changed', '*', `One cannot sign in by ${name} any more.`);
      continue;
    }
    for (const word of ['type', 'scheme', 'in', 'name'] as const)
      if (was[word] !== is[word])
        walk.report('breaking', 'authentication-changed', '*', `Signing in by ${name} has changed (${word}).`);
    for (const [flow, details] of Object.entries(mapOf(was['flows']))) {
      const other = mapOf(is['flows'])[flow];
      if (!isMap(other)) walk.report('breaking', 'authentication-changed', '*', `${name} has no ${flow} any more.`);
      else if (textOf(mapOf(details)['tokenUrl']) !== textOf(other['tokenUrl']))
        walk.report('breaking', 'authentication-changed', '*', `Tokens of ${name} are given at another address.`);
    }
  }
};

/** Ways in: each a set of `scheme scope` that a caller has; the empty one is open to all. */
const waysOf = (operation: JsonMap, document: JsonMap): readonly ReadonlySet<string>[] => {
  const said = operation['security'] ?? document['security'];
  const ways = listOf(said).map(
    (way) =>
      new Set(
        Object.entries(mapOf(way)).flatMap(([scheme, scopes]) => [
          scheme,
          ...textsOf(scopes).map((one) => `${scheme} ${one}`),
        ]),
      ),
  );
  return ways.length === 0 ? [new Set()] : ways;
};

/** Tells where an operation asks more of its callers than before, or promises them less. */
export const accessDifferences = (walk: OperationWalk, { coordinate, before, after }: OperationPair): void => {
  const [old, now] = [waysOf(before, walk.before), waysOf(after, walk.after)];
  // Whoever could come in by a way can come in by one that asks for no more.
  const raised = old.filter((way) => !now.some((other) => other.isSubsetOf(way)));
  if (raised.length > 0)
    walk.report(
      'breaking',
      'access-raised',
      coordinate,
      `More is asked of callers than before: ${told(now)} instead of ${told(old)}.`,
    );
  else if (now.some((way) => !old.some((other) => other.isSubsetOf(way))))
    walk.report('compatible', 'access-lowered', coordinate, `Less is asked of callers than before: ${told(now)}.`);
};

const told = (ways: readonly ReadonlySet<string>[]): string =>
  ways
    .map((way) =>
      way.size === 0
        ? 'nothing'
        : [...way].filter((one, _, all) => !all.some((other) => other.startsWith(`${one} `))).join(' and '),
    )
    .join(' or ');
