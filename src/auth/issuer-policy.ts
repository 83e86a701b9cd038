// What a token of one issuer must look like and what its claims mean here. verify.ts walks a list of these; ours is the first. A claim means
// only what the policy of the issuer that signed it says.
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { isPublished, publicJwk, signingAlgorithm } from './signing-keys.ts';
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { withCanonical } from '#hub/link-grants.ts';
import type { Principal } from '#hub/principal.ts';
import { noBundles, type ScopeBundles } from '#model/scope-bundles.ts';
import type { PlatformStore } from '#store/store.ts';

/** Who a verified token speaks for, before the application and its grants have been looked up. */
export type TokenSubject = {
  readonly client: string;
  readonly tenant: string;
  readonly kind: Principal['kind'];
  readonly scopes: ReadonlySet<string>;
};

export type IssuerPolicy = {
  /** Compared with `iss` exactly. */
  readonly issuer: () => string;
  readonly algorithms: readonly string[];
  /** Header `typ`, exactly; a JWT made for another purpose is never an access token. */
  readonly type: string;
  /** The only header members allowed: anything that points to a key elsewhere is not among them. */
  readonly headers: ReadonlySet<string>;
  readonly acceptsAudience: (audience: unknown) => boolean;
  /** Longest time between `iat` and `exp`, seconds. */
  readonly maxAgeSeconds: number;
  /** How far `iat` and `nbf` may lie ahead, seconds: the clock of whoever signs is not ours. */
  readonly skewSeconds: number;
  /** The issuer's keys as they are now. Called when a token is not in the cache; remembers what is dear to fetch. */
  readonly keys: () => Promise<JWTVerifyGetKey>;
  /** Maps claims; null when one is missing or odd. */
  readonly subject: (claims: Readonly<Record<string, unknown>>) => TokenSubject | null;
};

/** By how much clocks of machines are assumed to differ, seconds (trust facts 2, 3.1). */
export const usualSkewSeconds = 10;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 256;

/** Scopes as text (RFC 9068), or in the FINT profile as a list (facts 6); null when they are neither. */
const scopesIn = (claim: unknown, fintProfile: boolean): ReadonlySet<string> | null => {
  // All of them together are longer than any one may be; what a token holds is bounded as a whole.
  const list: readonly unknown[] =
    fintProfile && Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : [];
  return list.length > 0 && list.every(isText) ? new Set(list) : null;
};

/**
 * Our own tokens: at+jwt by RFC 9068, ES256, for this hub alone, naming one organisation. Keys come from the platform store and are read
 * again when it has changed.
 */
export const ownIssuerPolicy = (deps: {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly issuer: () => string;
  readonly bundles?: ScopeBundles;
  readonly skewSeconds?: number;
}): IssuerPolicy => {
  let revision = -1;
  let keySet: JWTVerifyGetKey = createLocalJWKSet({ keys: [] });
  return {
    issuer: deps.issuer,
    algorithms: [signingAlgorithm],
    type: 'at+jwt',
    headers: new Set(['alg', 'typ', 'kid']),
    acceptsAudience: (audience) => audience === deps.issuer(),
    maxAgeSeconds: limits.accessTokenSeconds,
    skewSeconds: deps.skewSeconds ?? usualSkewSeconds,
    keys: async () => {
      const now = await deps.platform.revision();
      if (now !== revision) {
        const keys = await deps.platform.signingKeys();
        keySet = createLocalJWKSet({ keys: keys.filter((key) => isPublished(key, deps.clock.now())).map(publicJwk) });
        revision = now;
      }
      return keySet;
    },
    subject: (claims) => {
      const { client_id: client, sub, organisation: tenant, kind, scope } = claims;
      const scopes = scopesIn(scope, isText(claims['cn']));
      if (!isText(client) || sub !== client || !isText(tenant) || scopes === null) return null;
      if (kind !== 'client' && kind !== 'adapter' && kind !== 'admin') return null;
      return { client, tenant, kind, scopes: withCanonical(deps.bundles ?? noBundles, scopes) };
    },
  };
};
