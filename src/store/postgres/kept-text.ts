// How texts stand in columns of PostgreSQL, which cannot hold the character U+0000, and whose index keys are bounded. Used by everything here
// that writes or compares a text which came from outside; bodies and records are JSON text and need none of this. Pure.
import { hash } from 'node:crypto';

/** As it is kept: U+0000 and U+0001 stand behind a U+0001, as digits. Equal texts and only those give equal texts. */
export const keptText = (text: string): string => {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return special.test(whole)
    ? whole.replaceAll(/[\u0000\u0001]/g, (each) => (each === '\u0000' ? '\u00010' : '\u00011'))
    : whole;
};

/** The inverse of keptText. */
export const textKept = (kept: string): string =>
  kept.includes('\u0001')
    ? kept.replaceAll(/\u0001([01])/g, (_, digit) => (digit === '0' ? '\u0000' : '\u0001'))
    : kept;

/** A folded value as the index of attributes has it: a long one as its digest, told by a U+0001 that no digit follows. */
export const indexedText = (folded: string): string => {
  const kept = keptText(folded);
  return kept.length <= longest && Buffer.byteLength(kept) <= longest
    ? kept
    : `\u0001#${hash('sha256', kept, 'base64url')}`;
};

const special = /[\u0000\u0001]/;

// Bytes: some 2,600 are the most that an index key may take together.
const longest = 500;
