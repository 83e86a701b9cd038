// The ids under which what a file names stands in the hub: made of who gave the id and the id, so that they stay the same from file to file and two
// sources never meet. Called by the import. Pure.
import { createHash } from 'node:crypto';
import { holdsNationalId } from '#base/national-id.ts';
import type { PifuId } from '#formats/pifu/record.ts';

const longestKey = 200;
const readable = 'x';

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
 * An id that holds a national id is replaced by a digest: it would be shown wherever an id is.
 */
export const createKeys = (source: string | null): Keys => {
  let hidden = 0;
  return {
    of: (id) => {
      const from = source ?? id.source;
      const key = from === '' || from.startsWith(ownSource) ? id.id : `${from}:${id.id}`;
      if (holdsNationalId(id.id)) {
        hidden += 1;
        return `${readable}-${digest([from, id.id])}`;
      }
      return key.length > longestKey ? `${readable}-${digest([from, id.id])}` : key;
    },
    hidden: () => hidden,
  };
};

/** One key of several: readable while it is short. */
export const joinKeys = (...parts: readonly string[]): string => {
  const joined = parts.join('_');
  return joined.length > longestKey ? `${readable}-${digest(parts)}` : joined;
};
