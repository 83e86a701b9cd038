// The public keys by which an application proves who it is (private_key_jwt), checked before they are stored. Used by the commands that
// register applications. Knows no store.
import { importJWK, type JWK } from 'jose';
import { assertionAlgorithms } from './metadata.ts';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';

const keysAtMost = 10;
const textAtMost = 65_536;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;
const remoteMembers = ['x5u', 'jku'] as const;

const algorithmsOf = (key: JWK): readonly string[] => {
  if (key.kty === 'EC' && key.crv === 'P-256') return ['ES256'];
  if (key.kty === 'OKP' && key.crv === 'Ed25519') return ['EdDSA', 'Ed25519'];
  return key.kty === 'RSA' ? ['PS256'] : [];
};

const faultOf = async (key: JWK): Promise<string | null> => {
  if (privateMembers.some((member) => key[member] !== undefined))
    return 'holds a private part: send the public key only';
  if (remoteMembers.some((member) => member in key)) return 'points to an address elsewhere';
  const algorithms = algorithmsOf(key);
  const [algorithm] = algorithms;
  if (algorithm === undefined) return 'must be EC on P-256, OKP with Ed25519, or RSA';
  if (key.alg !== undefined && !algorithms.includes(key.alg))
    return `has alg ${key.alg}; taken are ${assertionAlgorithms.join(', ')}`;
  if (key.use !== undefined && key.use !== 'sig') return 'is not for signing';
  if (key.kid !== undefined && typeof key.kid !== 'string') return 'has a kid that is no text';
  // Base64url: 342 characters are 2048 bits.
  if (key.kty === 'RSA' && String(key.n ?? '').length < 342) return 'is shorter than 2048 bits';
  try {
    await importJWK(key, algorithm);
    return null;
  } catch {
    return 'cannot be read as a key';
  }
};

const readKeys = (text: string): readonly JWK[] | null => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const keys: unknown = 'keys' in value ? value.keys : [value];
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null) ? (keys as JWK[]) : null;
  } catch {
    return null;
  }
};

/** Reads a JWK set, or one JWK, as JSON text and gives the set as it is to be stored. Fails with HUB-103 that names the key at fault, never its content. */
export const readPublicKeys = async (text: string): Promise<Result<string>> => {
  const keys = text.length > textAtMost ? null : readKeys(text);
  if (keys === null || keys.length === 0 || keys.length > keysAtMost) {
    return failed(problem('HUB-103', `A JWK set with one to ${keysAtMost} public keys is needed.`));
  }
  const faults = await Promise.all(keys.map(faultOf));
  const errors = faults.flatMap((fault, index) => (fault === null ? [] : [{ at: `/keys/${index}`, message: fault }]));
  const kids = keys.map((key) => key.kid ?? null);
  if (keys.length > 1 && (kids.includes(null) || new Set(kids).size < kids.length)) {
    errors.push({ at: '/keys', message: 'with more than one key, each needs a kid of its own' });
  }
  return errors.length > 0
    ? failed(problem('HUB-103', 'The keys cannot be used.', { errors }))
    : ok(JSON.stringify({ keys }));
};
