// What a client assertion (private_key_jwt) must hold beyond its signature, which the OAuth library has checked. Used by oauth-provider.ts.
// Follows FAPI 2.0: one audience, the issuer; a short life; clocks at most 10 s apart.
import { limits } from '#base/limits.ts';

const skewSeconds = 10;

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** Says what is wrong with the claims at `now` (epoch ms), for the log; null when nothing is. */
export const assertionFault = (
  claims: Readonly<Record<string, unknown>>,
  issuer: string,
  now: number,
): string | null => {
  const { aud, exp, iat, nbf, jti } = claims;
  const seconds = now / 1_000;
  if (aud !== issuer) return 'aud must be the issuer, as a single string';
  if (!isSeconds(exp) || exp <= seconds) return 'exp has passed or is no whole number';
  if (exp > seconds + limits.assertionSeconds + skewSeconds) return 'exp is too far ahead';
  if (iat !== undefined && (!isSeconds(iat) || iat > seconds + skewSeconds || exp - iat > limits.assertionSeconds))
    return 'iat does not fit';
  if (nbf !== undefined && (!isSeconds(nbf) || nbf > seconds + skewSeconds)) return 'nbf does not fit';
  return typeof jti === 'string' && jti.length <= 256 ? null : 'jti must be a short text';
};
