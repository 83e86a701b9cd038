// What is given by approved terms: grants, one for each part of a package that is left. Used by decisions on requests and by delegations. Pure.
import type { AccessTerms } from '#catalogue/access/access-request.ts';
import { partsOf, type AccessPackages } from '#catalogue/access/packages.ts';
import { shownTo } from '#hub/link-grants.ts';
import type { Model } from '#model/model.ts';
import type { Grant } from './ports.ts';

/** What grants say beside what the terms open. */
export type GrantFrame = Pick<
  Grant,
  'application' | 'organisation' | 'environment' | 'purpose' | 'agreement' | 'agreementId' | 'createdAt'
> & {
  /** Ids of the grants begin with it. */
  readonly id: string;
} & Partial<Pick<Grant, 'request' | 'delegation'>>;

/** Takes terms and gives their grants; none of packages that there are not. Protected persons show as by links: never where they live. */
export const grantsOfTerms = (
  terms: AccessTerms,
  frame: GrantFrame,
  { packages, model }: { readonly packages: AccessPackages; readonly model: Model },
): readonly Grant[] =>
  terms.packages.flatMap((one) =>
    partsOf(packages, one)
      .flatMap(({ actions, scope, ...part }) =>
        shownTo(terms, { ...part, actions: [] }, model).map((shown) => ({
          ...shown,
          actions,
          ...(scope === null ? {} : { standsFor: scope }),
        })),
      )
      .map((rule, index): Grant => ({
        ...frame,
        ...rule,
        id: `${frame.id}/${one.package}/${index + 1}`,
        rows: terms.rows,
        from: terms.from,
        to: terms.to,
        scope: null,
        link: null,
      })),
  );
