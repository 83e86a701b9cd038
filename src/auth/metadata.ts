// What the token server says of itself: addresses of its endpoints and what they take. Served by token-server.ts. It is made from the issuer
// setting alone, never from the Host header of the request, so nobody can make it name other addresses.
import { allScopes } from './scopes.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';

export const tokenPaths = {
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  oauthMetadata: '/.well-known/oauth-authorization-server',
  openidMetadata: '/.well-known/openid-configuration',
} as const;

export const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

/** Algorithms of client assertions: those of FAPI 2.0, and EdDSA's newer name. */
export const assertionAlgorithms = ['ES256', 'PS256', 'EdDSA', 'Ed25519'] as const;

/** The grants that the token endpoint takes; the password grant in the FINT profile only. */
export const grantTypes = ({ fintProfile }: { readonly fintProfile: object | null }): string[] =>
  fintProfile === null ? ['client_credentials'] : ['client_credentials', 'password'];

/** The metadata document of RFC 8414, which also answers at OpenID's address: there are no users, so nothing of OpenID is in it. */
export const authorizationServerMetadata = (
  issuer: string,
  profile: { readonly fintProfile: object | null; readonly bundles: ScopeBundles },
): Readonly<Record<string, unknown>> => ({
  issuer,
  token_endpoint: `${issuer}${tokenPaths.token}`,
  jwks_uri: `${issuer}${tokenPaths.jwks}`,
  scopes_supported: allScopes(profile.bundles),
  response_types_supported: [],
  grant_types_supported: grantTypes(profile),
  token_endpoint_auth_methods_supported: clientAuthMethods,
  token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
});
