// Cursors: the place of a resource in its order, as text for clients (facts 2.5). They hold nothing but what the resource itself shows.
import { limits } from '#base/limits.ts';

/** The cursor of a place. */
export const cursorOf = (place: string): string => Buffer.from(place, 'utf8').toString('base64url');

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The place of a cursor, in either alphabet of base64, padded or not; null where it is none. */
export const placeOf = (cursor: string): string | null => {
  if (cursor.length > limits.cursorLength || !/^[\w+/-]+={0,2}$/.test(cursor)) return null;
  const bytes = Buffer.from(cursor, 'base64');
  if (bytes.toString('base64url') !== cursor.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
};
