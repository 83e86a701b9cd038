// How texts stand in columns of PostgreSQL, which cannot hold the character U+0000, and whose index keys are bounded. Used by everything here
// that writes or compares a text which came from outside; bodies and records are JSON text and need none of this. Pure.
import { hash } from 'node:crypto';

/** As it is kept: U+0000 and U+0001 stand behind a U+0001, as digits. Equal texts and only those give equal texts. */
export const keptText = (text: string): string => {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes(unholdable) || whole.includes(escape)
    ? whole.replaceAll(escape, `${escape}1`).replaceAll(unholdable, `${escape}0`)
    : whole;
};

/** The inverse of keptText. */
export const textKept = (kept: string): string =>
  kept.includes(escape) ? kept.replaceAll(`${escape}0`, unholdable).replaceAll(`${escape}1`, escape) : kept;

/** A folded value as the index of attributes has it: a long one as its digest, told by a U+0001 that no digit follows. */
export const indexedText = (folded: string): string => {
  const kept = keptText(folded);
  return kept.length <= longest && Buffer.byteLength(kept) <= longest
    ? kept
    : `${escape}#${hash('sha256', kept, 'base64url')}`;
};

const [unholdable, escape] = ['\u0000', '\u0001'] as const;

// Bytes: some 2,600 are the most that an index key may take together.
const longest = 500;
