// The keys that seal audits: made on first use, rotated by hand, their public halves kept for ever. Used by the stores and by the command
// that rotates. Keys live in the platform store, so that every process signs with the same one.
import { generateKeyPairSync, hash } from 'node:crypto';
import type { AuditKey, PlatformStore } from './store.ts';

type KeyDeps = { readonly platform: Pick<PlatformStore, 'auditKeys' | 'putAuditKey'>; readonly now: () => number };

const makeKey = (createdAt: number): AuditKey => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  const publicJwk = JSON.stringify({ crv, kty, x });
  return {
    id: hash('sha256', publicJwk, 'base64url'),
    publicJwk,
    privateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
    createdAt,
    retiredAt: null,
  };
};

/** The key that signs now; made when there is none. */
export const currentAuditKey = async ({ platform, now }: KeyDeps): Promise<AuditKey> => {
  const known = (await platform.auditKeys()).findLast(
    ({ retiredAt, privateJwk }) => retiredAt === null && privateJwk !== null,
  );
  if (known !== undefined) return known;
  const made = makeKey(now());
  await platform.putAuditKey(made);
  return made;
};

/** Puts a new key to use and drops the private halves of the others: what has been signed with them stays provable. Gives the new one. */
export const rotateAuditKey = async ({ platform, now }: KeyDeps): Promise<AuditKey> => {
  const before = await platform.auditKeys();
  const made = makeKey(now());
  // The new one first: whoever signs meanwhile finds a key.
  await platform.putAuditKey(made);
  for (const key of before)
    if (key.privateJwk !== null)
      await platform.putAuditKey({ ...key, privateJwk: null, retiredAt: key.retiredAt ?? now() });
  return made;
};
