// A compact JWS taken apart strictly, before anything in it is believed. Used by verify.ts. Checks form only: no signature, no claim.
import { limits } from '#base/limits.ts';

export type CompactToken = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
};

const form = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** Base64url text that has exactly one spelling: no padding, no stray bits at the end. */
const decodeCanonical = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
};

const readObject = (part: string): Record<string, unknown> | null => {
  const bytes = decodeCanonical(part);
  if (bytes === null) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || hasRepeatedMember(text)) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
};

/** True when some object of a JSON text that is known to be well-formed has the same member twice. */
export const hasRepeatedMember = (json: string): boolean => {
  // One entry per open bracket: the names seen in an object, null for an array.
  const open: (Set<string> | null)[] = [];
  let nameComes = false;
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
  for (let match = tokens.exec(json); match !== null; match = tokens.exec(json)) {
    const token = match[0];
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      nameComes = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      nameComes = false;
    } else if (token === ',') {
      nameComes = open.at(-1) instanceof Set;
    } else if (nameComes) {
      nameComes = false;
      const names = open.at(-1);
      const name = JSON.parse(token) as string;
      if (names?.has(name) === true) return true;
      names?.add(name);
    }
  }
  return false;
};

/** Reads header and claims of a token; null when it is too long, not three canonical base64url parts, or not two objects without repeated members. */
export const readCompactToken = (token: string): CompactToken | null => {
  if (token.length > limits.tokenBytes) return null;
  const [, first, second, third] = form.exec(token) ?? [];
  if (first === undefined || second === undefined || third === undefined || decodeCanonical(third) === null)
    return null;
  const header = readObject(first);
  const claims = header === null ? null : readObject(second);
  return header === null || claims === null ? null : { header, claims };
};
