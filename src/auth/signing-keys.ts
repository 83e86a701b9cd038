// The signing keys of the token server: made, published ahead, put to use, retired, dropped. Used by token-server.ts, verify.ts and the
// command that rotates keys. Keys live in the platform store, so every process sees a rotation at once.
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { PlatformStore, SigningKey } from '#store/store.ts';

/** The algorithm of our own tokens. */
export const signingAlgorithm = 'ES256';

/** Age at which the active key is replaced by itself. */
const signingKeyLifeMs = 90 * 24 * 3_600_000;

type KeyDeps = { readonly platform: PlatformStore; readonly clock: Clock; readonly random: Random };

const skewMs = 60_000;

const makeKey = async (state: 'next' | 'active', { clock, random }: KeyDeps): Promise<SigningKey> => {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const id = random.bytes(12).toString('base64url');
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid: id, alg: signingAlgorithm, use: 'sig' };
  const now = clock.now();
  return { id, jwk: JSON.stringify(jwk), state, since: now, createdAt: now };
};

/** The key that signs: the one that became active last. Two are active for a moment while a rotation is under way. */
export const activeKey = (keys: readonly SigningKey[]): SigningKey | null =>
  keys
    .filter((key) => key.state === 'active')
    .sort((a, b) => b.since - a.since || (a.id < b.id ? 1 : -1))
    .at(0) ?? null;

/** True while tokens of the key may be about: always, but for a retired key whose last token has expired. */
export const isPublished = (key: SigningKey, now: number): boolean =>
  key.state !== 'retired' || now < key.since + limits.accessTokenSeconds * 1_000 + skewMs;

/** The public half of a key as JWK: never `d`. */
export const publicJwk = (key: SigningKey): JWK => {
  const { kty, crv, x, y } = JSON.parse(key.jwk) as JWK;
  return { kty, crv, x, y, kid: key.id, alg: signingAlgorithm, use: 'sig' } as JWK;
};

/**
 * Puts the next key to use and publishes a new one ahead; the former active keys are retired. Each step leaves a state in which every
 * live token verifies and new ones can be signed, so a crash between steps does no harm. Makes the first keys when there are none.
 */
export const rotateKeys = async (deps: KeyDeps): Promise<void> => {
  const { platform, clock } = deps;
  const before = await platform.signingKeys();
  const next = before.filter((key) => key.state === 'next').at(0) ?? (await makeKey('next', deps));
  await platform.putSigningKey(await makeKey('next', deps));
  await platform.putSigningKey({ ...next, state: 'active', since: clock.now() });
  for (const key of before) {
    if (key.state === 'active') await platform.putSigningKey({ ...key, state: 'retired', since: clock.now() });
  }
};

/** True when `maintainKeys` would change something. */
export const keysNeedCare = async ({ platform, clock }: Pick<KeyDeps, 'platform' | 'clock'>): Promise<boolean> => {
  const keys = await platform.signingKeys();
  const now = clock.now();
  const active = activeKey(keys);
  return active === null || now - active.since > signingKeyLifeMs || keys.some((key) => !isPublished(key, now));
};

/** Makes the first keys, rotates an active key past its age, and drops retired ones that no token needs. Run at start and now and then. */
export const maintainKeys = async (deps: KeyDeps): Promise<void> => {
  const now = deps.clock.now();
  const active = activeKey(await deps.platform.signingKeys());
  if (active === null || now - active.since > signingKeyLifeMs) await rotateKeys(deps);
  for (const key of await deps.platform.signingKeys()) {
    if (!isPublished(key, now)) await deps.platform.removeSigningKey(key.id);
  }
};
