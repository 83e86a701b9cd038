// The header `Idempotency-Key`, as every API over HTTP reads it. Used by APIs that write; what a key does is the hub's to know.
import { limits } from '#base/limits.ts';

const visible = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** The key of a header, with or without the quotes of the draft; null when there is no header, undefined when what it holds is no key. */
export const readIdempotencyKey = (header: string | null): string | null | undefined => {
  if (header === null) return null;
  const text = header.trim();
  const key = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  return visible.test(key) && key.length <= limits.idempotencyKeyLength ? key : undefined;
};
