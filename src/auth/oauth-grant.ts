// The tokens of the hub: one organisation, one short token; and the client_credentials grant. Called by the OAuth library for every client that
// has proved who it is. Replaces the library's own handler, which knows no organisations.
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { standingOf, usableApplication } from './live-grants.ts';
import type { OauthLibrary, ProviderDeps } from './oauth-library.ts';
import { chooseLinked, type LinkedToken } from './linked-choice.ts';
import { chooseOrganisation, organisationResource } from './organisation-choice.ts';
import { scopesOf } from './scopes.ts';
import { signingAlgorithm } from './signing-keys.ts';
import { limits } from '#base/limits.ts';
import { countsFor } from '#hub/authorize.ts';
import { canonicalScope } from '#hub/link-grants.ts';
import type { Application } from '#store/store.ts';

/** Parameters of the request that the grant reads. */
export const grantParameters: readonly string[] = ['scope', 'organisation', 'resource', 'tenant_id'];

export type GrantContext = TokenEndpointGrantContext<{
  organisation?: string;
  tenant_id?: string;
  username?: string;
  password?: string;
}>;

/** Claims of a token beyond the standard ones; more in the FINT profile. */
export type OwnClaims = { readonly organisation: string; readonly kind: Application['kind'] };

/** What the handlers of all grants are made from. `claimsOf` receives what a token is to say beyond the standard claims. */
export type GrantDeps = {
  readonly library: OauthLibrary;
  readonly deps: ProviderDeps;
  readonly claimsOf: WeakMap<object, OwnClaims>;
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The organisation of a FINT user name, `name@client.<org>`; null when it names none. */
const organisationOfLogin = (username: string | null): string | null =>
  /@(?:client|adapter)\.(.+)$/.exec(username ?? '')?.[1] ?? null;

const pickOrganisation = async (
  ctx: GrantContext,
  application: Application,
  scopes: readonly string[],
  { errors }: OauthLibrary,
  { platform, clock, issuer }: ProviderDeps,
): Promise<string> => {
  const { organisation: named, resource: address } = ctx.oidc.params;
  const byLogin =
    named === undefined && address === undefined ? organisationOfLogin(text(ctx.oidc.params.username)) : null;
  const asked = { organisation: text(named) ?? byLogin, resource: text(address) };
  const { grants, ended } = await standingOf(platform, application.id);
  // What counts for other tokens only gives none of this kind.
  const standing = { grants: grants.filter((grant) => countsFor(grant, new Set(scopes))), ended };
  const choice = chooseOrganisation(asked, application, standing, clock.now(), issuer);
  switch (choice.kind) {
    case 'chosen':
      return choice.organisation;
    case 'ambiguous':
      throw new errors.InvalidRequest(
        `name one organisation by the parameter organisation: ${choice.organisations.join(', ')}`,
      );
    case 'contradiction':
      throw new errors.InvalidRequest('organisation and resource name different organisations');
    case 'refused':
      throw new errors.InvalidTarget('the organisation is unknown or has given this application no grant');
  }
};

/**
 * Organisation and scopes of a token that is asked for as links are: with a `tenant_id`, or with scopes that only links give. Null when it is not. All
 * scopes of the link without a wish, else those asked for that it has. Unknown organisations and those that have not let the application in are one
 * answer, invalid_client; so is none.
 */
const pickLinked = async (
  ctx: GrantContext,
  application: Application,
  { errors }: OauthLibrary,
  { platform, clock, issuer, bundles }: ProviderDeps,
): Promise<LinkedToken | null> => {
  const { scope, tenant_id: tenant, organisation, resource } = ctx.oidc.params;
  const asked = text(scope)
    ?.split(' ')
    .filter((one) => one !== '');
  const wished = asked?.some((one) => canonicalScope(bundles, one) !== null) === true;
  if (application.kind !== 'client' || (text(tenant) === null && !wished)) return null;
  const named = { tenant: text(tenant), organisation: text(organisation), resource: text(resource) };
  const { grants } = await standingOf(platform, application.id);
  const links = await platform.linksOf(application.id);
  const choice = chooseLinked(named, asked ?? null, { application, grants, links, bundles, issuer }, clock.now());
  switch (choice.kind) {
    case 'chosen':
      return choice;
    case 'refused':
      throw new errors.InvalidClientAuth('no organisation that has let this application in');
    case 'no-scope':
      throw new errors.InvalidScope('none of these scopes is open to this application', asked?.join(' ') ?? '');
  }
};

/** What the application asked for, or all that it has. */
const pickScopes = (asked: string | null, application: Application, { errors }: OauthLibrary): readonly string[] => {
  const has = scopesOf(application);
  const wanted = asked?.split(' ').filter((scope) => scope !== '') ?? has;
  const foreign = wanted.find((scope) => !has.includes(scope));
  if (foreign !== undefined || wanted.length === 0)
    throw new errors.InvalidScope(`this application may have ${has.join(' ')} only`, foreign ?? '');
  return [...new Set(wanted)];
};

/**
 * Issues one token to an application that has proved who it is: organisation, scopes, and further claims. Fails with invalid_scope,
 * invalid_request when several organisations are possible and none is named, and invalid_target alike for unknown organisations and those
 * that have given no grant; with a `tenant_id` or scopes of links with invalid_client for both (flyt-skole facts 1).
 */
export const issueToken = async (
  ctx: GrantContext,
  application: Application,
  { library, deps, claimsOf }: GrantDeps,
  profile?: (organisation: string, scopes: readonly string[]) => Promise<Readonly<Record<string, unknown>>>,
): Promise<void> => {
  const { client, params, provider } = ctx.oidc;
  const linked = profile === undefined ? await pickLinked(ctx, application, library, deps) : null;
  const scopes = linked?.scopes ?? pickScopes(text(params.scope), application, library);
  const scope = scopes.join(' ');
  const organisation = linked?.organisation ?? (await pickOrganisation(ctx, application, scopes, library, deps));
  const more = profile === undefined ? {} : await profile(organisation, scopes);
  const token = new provider.ClientCredentials({ client, scope });
  token.resourceServer = new provider.ResourceServer(organisationResource(deps.issuer, organisation), {
    scope,
    audience: deps.issuer,
    accessTokenFormat: 'jwt',
    accessTokenTTL: limits.accessTokenSeconds,
    jwt: { sign: { alg: signingAlgorithm, kid: deps.key.id } },
  });
  claimsOf.set(token, { organisation, kind: application.kind, ...more });
  ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType, scope };
  deps.observe({ kind: 'token-issued', client: application.id, tenant: organisation });
};

/** The handler of client_credentials: whoever is authenticated gets a token, or what `issueToken` refuses. */
export const clientCredentialsGrant =
  (grant: GrantDeps): ((ctx: GrantContext) => Promise<void>) =>
  async (ctx) => {
    const { library, deps } = grant;
    const application = await usableApplication(deps.platform, ctx.oidc.client.clientId, deps.environment);
    if (application === null) throw new library.errors.InvalidClientAuth('application is gone');
    await issueToken(ctx, application, grant);
  };
