// The ids under which what a file names stands in the hub: made of who gave the id and the id, so that they stay the same from file to file and two
// sources never meet. Called by the import. Pure.
import { createHash, createHmac } from 'node:crypto';
import { namesNationalId } from '#base/national-id.ts';
import type { PifuId } from '#formats/pifu/record.ts';

const longestKey = 200;
const replaced = 'x';

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\u0000')).digest('base64url').slice(0, 32);

export type Keys = {
  readonly of: (id: PifuId) => string;
  /** How many ids held a national id and were made unreadable. */
  readonly hidden: () => number;
};

/** How the hub calls itself as a source, before the part that says whose hub it is. */
const ownSource = 'bindeledd@';

/**
 * Keys of the ids of a file. `source` stands instead of the sources that it names; null = as it says. Files that a hub has made itself keep their ids.
 * An id that holds a national id would be shown wherever an id is: in its place stands an HMAC, which nobody who lacks the secret can find the number
 * by, and which stays the same as long as the secret does. `secret` is asked when there is the first of them, and fails by throwing.
 */
export const createKeys = (source: string | null, secret: () => Buffer): Keys => {
  let hidden = 0;
  let known: Buffer | null = null;
  const concealed = (parts: readonly string[]): string => {
    known ??= secret();
    return createHmac('sha256', known).update(parts.join('\u0000')).digest('base64url').slice(0, 32);
  };
  return {
    of: (id) => {
      const from = source ?? id.source;
      const key = from === '' || from.startsWith(ownSource) ? id.id : `${from}:${id.id}`;
      if (namesNationalId(key)) {
        hidden += 1;
        return `${replaced}-${concealed([from, id.id])}`;
      }
      return key.length > longestKey ? `${replaced}-${digest([from, id.id])}` : key;
    },
    hidden: () => hidden,
  };
};

/** One key of several: readable while it is short. */
export const joinKeys = (...parts: readonly string[]): string => {
  const joined = parts.join('_');
  return joined.length > longestKey ? `${replaced}-${digest(parts)}` : joined;
};
