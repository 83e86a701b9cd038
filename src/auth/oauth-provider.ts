// The token endpoint on oidc-provider: client authentication and the client_credentials grant, everything else off. Built by
// token-server.ts, once per signing key and issuer. The library reads the system clock itself; what is decided here uses the injected one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { assertionFault } from './assertion.ts';
import { assertionAlgorithms, clientAuthMethods, grantTypes, tokenPaths } from './metadata.ts';
import { clientAdapter, useSecretCheck } from './oauth-clients.ts';
import { clientCredentialsGrant, grantParameters, type OwnClaims } from './oauth-grant.ts';
import { passwordGrant, passwordParameters } from './password-grant.ts';
import type { OauthLibrary, ProviderDeps } from './oauth-library.ts';
import { isOwnPage } from './own-page.ts';
import { allScopes } from './scopes.ts';
import { signingAlgorithm } from './signing-keys.ts';
import { HubError } from '#base/errors.ts';
import type { HubEvent } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import type { PlatformStore } from '#store/store.ts';

/** What the library throws; the detail is for logs and names no person. */
type OauthFailure = Error & { readonly error_detail?: string | undefined };

const off = { enabled: false } as const;

/** What a store says that may be better the next time. */
const passing: ReadonlySet<string> = new Set(['HUB-501', 'HUB-502', 'HUB-503', 'HUB-504']);

const configure = (library: OauthLibrary, deps: ProviderDeps, claimsOf: WeakMap<object, OwnClaims>): Configuration => ({
  adapter: clientAdapter(library, deps),
  jwks: { keys: [JSON.parse(deps.key.jwk) as { kty: 'EC' }] },
  clientAuthMethods: [...clientAuthMethods],
  enabledJWA: { clientAuthSigningAlgValues: [...assertionAlgorithms] },
  clientDefaults: {
    id_token_signed_response_alg: signingAlgorithm,
    grant_types: grantTypes(deps),
    response_types: [],
  },
  // The library's own skew would also lengthen `exp`; assertionFault takes that back.
  clockTolerance: 10,
  assertJwtClientAuthClaimsAndHeader: (_ctx, claims) => {
    const fault = assertionFault(claims, deps.issuer, deps.clock.now());
    if (fault !== null) throw new library.errors.InvalidClientAuth(fault);
  },
  scopes: [...allScopes(deps.bundles)],
  routes: { token: tokenPaths.token, jwks: tokenPaths.jwks },
  ttl: { ClientCredentials: limits.accessTokenSeconds },
  clientBasedCORS: (ctx, origin) => isOwnPage(origin, ctx.get('host'), deps.issuer),
  extraTokenClaims: (_ctx, token) => claimsOf.get(token),
  // FINT's clients know the scope as a list (facts 6).
  formats: {
    customizers: {
      jwt: (_ctx, token, parts) => {
        const { payload } = parts;
        if ('cn' in (claimsOf.get(token) ?? {}) && typeof payload['scope'] === 'string')
          payload['scope'] = payload['scope'].split(' ');
      },
    },
  },
  // Errors of the token endpoint keep OAuth's own form, whatever Accept says.
  renderError: (ctx, out) => {
    ctx.type = 'json';
    ctx.body = out;
  },
  features: {
    devInteractions: off,
    userinfo: off,
    rpInitiatedLogout: off,
    pushedAuthorizationRequests: off,
    dPoP: off,
    resourceIndicators: off,
    clientCredentials: off,
  },
});

// An id that no application has is left out: it may be anything.
const refusalEvent = async (
  ctx: KoaContextWithOIDC,
  error: OauthFailure,
  platform: PlatformStore,
): Promise<HubEvent> => {
  const tried = ctx.oidc.entities.Client?.clientId;
  const known = tried === undefined ? null : await platform.application(tried);
  return { kind: 'token-refused', client: known?.id ?? null, reason: error.error_detail ?? error.message };
};

/** Builds the provider and gives its request listener. Throws when the issuer is no web address or the key cannot be used. */
export const createOauthProvider = (
  library: OauthLibrary,
  deps: ProviderDeps,
): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const claimsOf = new WeakMap<object, OwnClaims>();
  const provider = new library.Provider(deps.issuer, configure(library, deps, claimsOf));
  provider.silent = true;
  const grant = { library, deps, claimsOf };
  provider.registerGrantType('client_credentials', clientCredentialsGrant(grant), grantParameters);
  if (deps.fintProfile !== null) {
    const parameters = [...grantParameters, ...passwordParameters];
    provider.registerGrantType('password', passwordGrant(grant, deps.fintProfile), parameters);
  }
  useSecretCheck(provider, library, deps);
  const refused = (ctx: KoaContextWithOIDC, error: OauthFailure): void => {
    refusalEvent(ctx, error, deps.platform).then(deps.observe, () => {
      deps.observe({ kind: 'token-refused', client: null, reason: error.message });
    });
  };
  provider.on('grant.error', refused);
  // Told after the library has put its answer down, and before that leaves.
  provider.on('server_error', (ctx, error) => {
    refused(ctx, error);
    if (!(error instanceof HubError) || !passing.has(error.problem.code)) return;
    ctx.status = 503;
    ctx.set('Retry-After', String(error.problem.retryAfter ?? 1));
    ctx.body = { error: 'temporarily_unavailable', error_description: 'try again later' };
  });
  return provider.callback();
};
