// Which one organisation a token is for: named in the request, or the only one that has given the application a live grant; where all grants
// have ended, the only one whose feed has something left to say. Used by the grant of oauth-provider.ts. Pure.
import type { Application } from '#store/store.ts';
import { farewells, grantingOrganisations } from './live-grants.ts';
import type { Standing } from './live-grants.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';

export type OrganisationChoice =
  | { readonly kind: 'chosen'; readonly organisation: string }
  /** Unknown and without a grant are one answer, so that nobody learns which organisations exist. */
  | { readonly kind: 'refused' }
  /** Several have given grants and none was named. */
  | { readonly kind: 'ambiguous'; readonly organisations: readonly string[] }
  | { readonly kind: 'contradiction' };

/** The address that names an organisation as a resource (RFC 8707). */
export const organisationResource = (issuer: string, id: string): string => `${issuer}/organisations/${id}`;

/** undefined: names no organisation of this hub; null: names the hub itself. */
export const organisationOf = (resource: string, issuer: string): string | null | undefined => {
  if (resource === issuer || resource === `${issuer}/`) return null;
  const prefix = organisationResource(issuer, '');
  return resource.startsWith(prefix) ? resource.slice(prefix.length) : undefined;
};

/** Chooses from the request's `organisation` and `resource` parameters (null when absent) and the application's access as it is now. */
export const chooseOrganisation = (
  asked: { readonly organisation: string | null; readonly resource: string | null },
  application: Application,
  standing: Standing,
  now: number,
  issuer: string,
): OrganisationChoice => {
  const byResource = asked.resource === null ? null : organisationOf(asked.resource, issuer);
  if (byResource === undefined) return { kind: 'refused' };
  const named = [asked.organisation, byResource].filter((id) => id !== null).map(normaliseOrganisationId);
  const [first, second] = named;
  if (second !== undefined && first !== second) return { kind: 'contradiction' };
  // An administrator needs no grant: it acts for the organisation that it belongs to, and for no other.
  const granting =
    application.kind === 'admin' ? [application.owner] : grantingOrganisations(standing.grants, application, now);
  const left = [...farewells(standing, application, now).keys()].sort();
  if (first !== undefined)
    return granting.includes(first) || left.includes(first)
      ? { kind: 'chosen', organisation: first }
      : { kind: 'refused' };
  // What has ended makes nobody choose between what has not.
  const possible = granting.length > 0 ? granting : left;
  const [only, other] = possible;
  if (only === undefined) return { kind: 'refused' };
  return other === undefined ? { kind: 'chosen', organisation: only } : { kind: 'ambiguous', organisations: possible };
};
