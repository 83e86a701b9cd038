// What a link opens: the grants that are made of it by the bundles of the model, and the scopes that tokens may have by it. Used by the admin API,
// by the token endpoint and by the demo, so that one rule holds wherever a link is made. Pure.
import { covers } from '#model/derive-scopes.ts';
import type { Model } from '#model/model.ts';
import { withheldByDefault, type BundlePart, type ScopeBundles } from '#model/scope-bundles.ts';
import type { Grant, Link } from '#store/store.ts';

/** True when a link stands and its agreement is in force at a moment (epoch ms). */
export const isLinkInForce = (
  { agreement: { from, to }, endedAt }: Pick<Link, 'agreement' | 'endedAt'>,
  now: number,
): boolean => endedAt === null && (from === null || from <= now) && (to === null || now < to);

/** The scope that a name stands for: itself, or that of which it is an alias; null when there is none. */
export const canonicalScope = ({ bundles, aliases }: ScopeBundles, name: string): string | null =>
  bundles.has(name) ? name : (aliases.get(name) ?? null);

/** The scopes of a token with those that its aliases stand for. */
export const withCanonical = (bundles: ScopeBundles, scopes: Iterable<string>): ReadonlySet<string> =>
  new Set([...scopes].flatMap((scope) => [scope, bundles.aliases.get(scope) ?? scope]));

type Rule = Pick<Grant, 'collections' | 'actions' | 'fields' | 'withhold' | 'clearance' | 'scope'>;

/**
 * Takes a link, the bundles and the model; gives the grants of the link, none for scopes that the bundles do not know. Their ids say link, scope and place,
 * and are the same whenever they are made, so that what stays of a changed link is the same grant. Of a link that has ended they ended with it.
 */
export const grantsOfLink = (link: Link, bundles: ScopeBundles, model: Model): readonly Grant[] => {
  const known = link.scopes.flatMap((scope) => bundles.bundles.get(scope) ?? []);
  const following = known.filter(({ follows }) => follows).map(({ scope }) => scope);
  const { agreement } = link;
  const to = link.endedAt === null ? agreement.to : Math.min(link.endedAt, agreement.to ?? Number.POSITIVE_INFINITY);
  return known.flatMap(({ scope, opens }) =>
    opens
      .flatMap((part) => rulesOf(scope, part, link, following, model))
      .map((rule, index): Grant => ({
        ...rule,
        id: `${link.id}/${scope}/${index + 1}`,
        application: link.application,
        organisation: link.organisation,
        rows:
          link.schools === null || bundles.rows === null
            ? null
            : { scope: bundles.rows.scope, field: bundles.rows.field, values: link.schools },
        environment: link.environment,
        from: agreement.from,
        to,
        purpose: link.purpose,
        agreement: agreement.reference,
        link: link.id,
        createdAt: link.createdAt,
        ...(link.changedAt === undefined ? {} : { changedAt: link.changedAt }),
      })),
  );
};

const rulesOf = (
  scope: string,
  part: BundlePart,
  link: Link,
  following: readonly string[],
  model: Model,
): readonly Rule[] => {
  const asRead = shownTo(link, part, model).map((one): Rule => ({ ...one, actions: part.actions, scope }));
  if (!part.actions.includes('list')) return asRead;
  const followed = following.flatMap((each) =>
    asRead.map((one): Rule => ({ ...one, actions: ['follow'], scope: `${scope} ${each}` })),
  );
  return [...asRead, ...followed];
};

/**
 * A part for those who are not protected and, with a clearance, for those who are: never with what tells where they live or how they are reached, but
 * with their marking (facts 11).
 */
export const shownTo = (
  { clearance }: Pick<Link, 'clearance'>,
  { collections, fields, shows, unprotected }: BundlePart,
  model: Model,
): readonly Omit<Rule, 'actions' | 'scope'>[] => {
  const withhold = withheldByDefault.filter((one) => !shows.includes(one));
  const plain = { collections, fields, withhold, clearance: 0 } as const;
  if (clearance === 0 || unprotected) return [plain];
  const marked = [...model.protection.markings].filter(([path]) => collections.some((one) => covers(one, path)));
  return [
    ...(shows.includes('protected') ? [plain] : []),
    { ...plain, withhold: [...new Set([...withhold, 'protected'])], clearance },
    ...marked.map(([path, { attribute }]) => ({
      collections: [path],
      fields: [attribute],
      withhold: withhold.filter((one) => one !== 'protected'),
      clearance,
    })),
  ];
};
