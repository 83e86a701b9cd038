// Client ids and client secrets: made once, shown once, kept as scrypt hashes only. Used by the commands that register applications and
// by secret-check.ts. Knows no store and no protocol.
import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from '#base/random.ts';

// The secrets are 256 random bits, so the cost only has to make a stolen hash dearer to try than to ignore: 16 MB and some 30 ms.
const cost = { logN: 14, r: 8, p: 1 } as const;
const hashBytes = 32;
const form = /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** A new client id: the kind and 80 random bits in hex. It is public. */
export const makeClientId = (kind: 'client' | 'adapter' | 'admin', random: Random): string =>
  `${kind}-${random.bytes(10).toString('hex')}`;

/** A new client secret: 256 random bits, url-safe, with a prefix that secret scanners can look for. */
export const makeClientSecret = (random: Random): string => `bds_${random.bytes(32).toString('base64url')}`;

const derive = (secret: string, salt: Buffer, logN: number, r: number, p: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** logN, r, p, maxmem: 64 * 1024 * 1024 };
    scrypt(secret, salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** The scrypt hash of a secret as text, with its parameters and a fresh salt. */
export const hashSecret = async (secret: string, random: Random): Promise<string> => {
  const salt = random.bytes(16);
  const hash = await derive(secret, salt, cost.logN, cost.r, cost.p);
  return `scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
};

/** True when the secret is the one behind the hash; compared in constant time. False for a hash in an unknown form. */
export const verifySecret = async (secret: string, hash: string): Promise<boolean> => {
  const [, logN, r, p, salt, expected] = form.exec(hash) ?? [];
  if (salt === undefined || expected === undefined || Number(logN) > 15) return false;
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), Number(logN), Number(r), Number(p));
  // HMAC fills its key up with NULs: a secret and the same with NULs after it would be one.
  return timingSafeEqual(actual, Buffer.from(expected, 'base64url')) && !secret.includes('\0');
};

/** A well-formed hash that no secret has: unknown applications cost as much time as known ones. */
export const unmatchableHash = `scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
