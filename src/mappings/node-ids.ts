// Ids of objects of study administration as text, the same in every API that has them: `<number of the class>:<owner>,<natural key>` in base64url without
// padding (facts 2.5), or with `~` and the identifier that all resources have where there is no key or the caller does not see it. Pure. What is no id is
// null: whoever asks decides what that means.

export type NodeId = {
  /** Of the class. */
  readonly number: number;
  /** Number of the institution, as it is written. */
  readonly owner: string;
  /** The value of the natural key (its parts joined by commas), or of the identifier that all have. */
  readonly by: { readonly key: string } | { readonly fallback: string };
};

/** Gives the id. The owner is a number as text, and holds no comma. */
export const encodeNodeId = ({ number, owner, by }: NodeId): string => {
  // A key that begins with the sign of the other form is told apart by a backslash, and so is one that begins with a backslash.
  const value = 'fallback' in by ? `~${by.fallback}` : /^[~\\]/.test(by.key) ? `\\${by.key}` : by.key;
  return Buffer.from(`${number}:${owner},${value}`, 'utf8').toString('base64url');
};

const form = /^(\d{1,9}):(\d{1,9}),(.+)$/su;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads an id of either alphabet, with padding or without; null for what is none. */
export const decodeNodeId = (id: string): NodeId | null => {
  if (id.length > 2_048 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(id)) return null;
  let text: string;
  try {
    text = utf8.decode(Buffer.from(id, 'base64'));
  } catch {
    return null;
  }
  const [, number, owner, value] = form.exec(text) ?? [];
  if (number === undefined || owner === undefined || value === undefined) return null;
  if (value.startsWith('~'))
    return value === '~' ? null : { number: Number(number), owner, by: { fallback: value.slice(1) } };
  const key = value.startsWith('\\') ? value.slice(1) : value;
  return key === '' ? null : { number: Number(number), owner, by: { key } };
};
