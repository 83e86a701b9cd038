// Which organisation and scopes a token has that is asked for by a link: the organisation named as tenant_id, and of the scopes what its link with the
// application holds. Used by oauth-grant.ts. Pure.
import { isLiveGrant } from './live-grants.ts';
import { organisationOf } from './organisation-choice.ts';
import { scopeOfKind } from './scopes.ts';
import { countsFor } from '#hub/authorize.ts';
import { canonicalScope, isLinkInForce } from '#hub/link-grants.ts';
import { normaliseOrganisationId, tenantUuid } from '#hub/principal.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import type { Application, Grant, Link } from '#store/store.ts';

export type LinkedToken = { readonly organisation: string; readonly scopes: readonly string[] };

export type LinkedChoice =
  | ({ readonly kind: 'chosen' } & LinkedToken)
  /** Unknown, not linked and not named are one answer, so that nobody learns which organisations exist. */
  | { readonly kind: 'refused' }
  /** Nothing is left of the scopes asked for. */
  | { readonly kind: 'no-scope' };

type Known = {
  readonly application: Application;
  readonly grants: readonly Grant[];
  readonly links: readonly Link[];
  readonly bundles: ScopeBundles;
  readonly issuer: string;
};

const usual = scopeOfKind.client;

/**
 * Chooses from what the request names (null when absent; all that name an organisation must name the same) and the application's links and grants
 * as they are at `now` (epoch ms). `asked` null = all that the link holds. Scopes stay as they were asked for, aliases too; FINT's is left out beside
 * those of a link.
 */
export const chooseLinked = (
  named: { readonly tenant: string | null; readonly organisation: string | null; readonly resource: string | null },
  asked: readonly string[] | null,
  { application, grants, links, bundles, issuer }: Known,
  now: number,
): LinkedChoice => {
  const linked = new Map(
    links
      .filter((link) => link.environment === application.environment && isLinkInForce(link, now))
      .map(({ organisation, scopes }) => [organisation, scopes] as const),
  );
  for (const [organisation, scopes] of scopesOfGrants(grants, application, bundles, now))
    linked.set(organisation, [...new Set([...(linked.get(organisation) ?? []), ...scopes])]);
  const granting = new Set(
    grants
      .filter((grant) => countsFor(grant, new Set([usual])) && isLiveGrant(grant, application, now))
      .map(({ organisation }) => organisation),
  );
  const byResource = named.resource === null ? null : organisationOf(named.resource, issuer);
  const organisation = [...new Set([...linked.keys(), ...granting])].find(
    (id) =>
      (named.tenant === null || answersTo(id, named.tenant)) &&
      (named.organisation === null || normaliseOrganisationId(named.organisation) === id) &&
      (byResource === null || (byResource !== undefined && normaliseOrganisationId(byResource) === id)),
  );
  const isNamed = named.tenant !== null || named.organisation !== null || byResource !== null;
  if (organisation === undefined || !isNamed) return { kind: 'refused' };
  const has = linked.get(organisation) ?? [];
  const isOpen = (scope: string): boolean =>
    has.includes(canonicalScope(bundles, scope) ?? '') || (scope === usual && granting.has(organisation));
  const wanted = asked ?? has;
  const open = [...new Set(wanted)].filter(isOpen);
  // FINT's scope goes with no other: what a link opens is for the API whose scopes it names.
  const scopes = open.length > 1 ? open.filter((scope) => scope !== usual) : open;
  if (scopes.length > 0) return { kind: 'chosen', organisation, scopes };
  // Where there is no link, what is asked for is nobody's to tell.
  return has.length === 0 ? { kind: 'refused' } : { kind: 'no-scope' };
};

/** Scopes that grants stand for, by organisation. What may be listed by them may be followed, too. */
const scopesOfGrants = (
  grants: Known['grants'],
  application: Known['application'],
  { bundles }: ScopeBundles,
  now: number,
): ReadonlyMap<string, ReadonlySet<string>> => {
  const following = [...bundles.values()].filter(({ follows }) => follows).map(({ scope }) => scope);
  const found = new Map<string, Set<string>>();
  for (const grant of grants) {
    const scope = grant.standsFor ?? null;
    if (scope === null || !bundles.has(scope) || !isLiveGrant(grant, application, now)) continue;
    const scopes = found.get(grant.organisation) ?? new Set();
    found.set(grant.organisation, scopes.add(scope));
    if (grant.actions.includes('follow')) for (const one of following) scopes.add(one);
  }
  return found;
};

/** True when a tenant_id names the organisation: as a UUID, or by its id in any spelling. */
const answersTo = (id: string, tenant: string): boolean =>
  tenant.trim().toLowerCase() === tenantUuid(id) || normaliseOrganisationId(tenant) === id;
