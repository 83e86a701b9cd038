// The client_credentials grant of the hub: one organisation, one scope, one short token. Called by the OAuth library for every client that
// has proved who it is. Replaces the library's own handler, which knows no organisations.
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { usableApplication } from './live-grants.ts';
import type { OauthLibrary, ProviderDeps } from './oauth-library.ts';
import { chooseOrganisation, organisationResource } from './organisation-choice.ts';
import { scopeOfKind } from './scopes.ts';
import { signingAlgorithm } from './signing-keys.ts';
import { limits } from '#base/limits.ts';
import type { Application } from '#store/store.ts';

/** Parameters of the request that the grant reads. */
export const grantParameters: readonly string[] = ['scope', 'organisation', 'resource'];

type GrantContext = TokenEndpointGrantContext<{ organisation?: string }>;

/** Claims of a token beyond the standard ones. */
export type OwnClaims = { readonly organisation: string; readonly kind: Application['kind'] };

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const pickOrganisation = async (
  ctx: GrantContext,
  application: Application,
  { errors }: OauthLibrary,
  { platform, clock, issuer }: ProviderDeps,
): Promise<string> => {
  const asked = { organisation: text(ctx.oidc.params.organisation), resource: text(ctx.oidc.params.resource) };
  const grants = await platform.grantsOf(application.id);
  const choice = chooseOrganisation(asked, application, grants, clock.now(), issuer);
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
 * Makes the handler. It fails with invalid_scope for a scope of another kind, invalid_request when several organisations are possible and
 * none is named, and invalid_target alike for unknown organisations and those that have given no grant. `claimsOf` receives what the
 * token is to say beyond the standard claims.
 */
export const clientCredentialsGrant =
  (
    library: OauthLibrary,
    deps: ProviderDeps,
    claimsOf: WeakMap<object, OwnClaims>,
  ): ((ctx: GrantContext) => Promise<void>) =>
  async (ctx) => {
    const { errors } = library;
    const { client, params, provider } = ctx.oidc;
    const application = await usableApplication(deps.platform, client.clientId, deps.environment);
    if (application === null) throw new errors.InvalidClientAuth('application is gone');
    const scope = scopeOfKind[application.kind];
    const foreign = text(params.scope)
      ?.split(' ')
      .find((asked) => asked !== scope);
    if (foreign !== undefined) throw new errors.InvalidScope(`this application may have ${scope} only`, foreign);
    const organisation = await pickOrganisation(ctx, application, library, deps);
    const token = new provider.ClientCredentials({ client, scope });
    token.resourceServer = new provider.ResourceServer(organisationResource(deps.issuer, organisation), {
      scope,
      audience: deps.issuer,
      accessTokenFormat: 'jwt',
      accessTokenTTL: limits.accessTokenSeconds,
      jwt: { sign: { alg: signingAlgorithm, kid: deps.key.id } },
    });
    claimsOf.set(token, { organisation, kind: application.kind });
    ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType, scope };
    deps.observe({ kind: 'token-issued', client: application.id, tenant: organisation });
  };
