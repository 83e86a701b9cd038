// Entries that are alike looked at once: most of a file are members that say the very same but for an id, and a check of the text takes longer than all else
// that is done with them. Used by the checks of the formats.
import type { RosterFinding } from './roster.ts';

/** How entries of a format begin, up to the id; `id` matches, from there on, one that is right and what closes it; then something up to `end`. */
export type AlikeEntries = {
  readonly start: RegExp;
  /** Sticky. Matches no id of which a check could say anything. */
  readonly id: RegExp;
  readonly end: string;
  /** What stands between one that ends and the next that begins. */
  readonly between: '' | '\n';
};

type Check = (document: Buffer) => readonly RosterFinding[];

/**
 * The check, asked of a document without entries that say the same as one that stays. It is to be one that finds nothing in the whole when it finds nothing
 * in that, whatever else there is; when it does find something it is asked of the whole.
 */
export const lookedAtOnce =
  (entries: AlikeEntries, check: Check): Check =>
  (document) => {
    const short = withoutAlike(entries, document);
    const found = check(short);
    return found.length > 0 && short !== document ? check(document) : found;
  };

const knownAtMost = 32;

/** The first of entries that follow each other stays, and so does the order of lines. */
const withoutAlike = ({ start: begins, id, end: ends, between }: AlikeEntries, document: Buffer): Buffer => {
  // One byte a letter: letters are not looked at.
  const text = document.toString('latin1');
  const { 0: start = '', index: first = 0 } = begins.exec(text) ?? {};
  if (start === '') return document;
  const before = ends + between;
  const known: string[] = [];
  let kept = '';
  let [from, at] = [0, first];
  while (at !== -1) {
    const end = text.indexOf(ends, at) + ends.length;
    if (end < at) break;
    id.lastIndex = at + start.length;
    if (id.test(text)) {
      const tail = id.lastIndex;
      const alike = known.some((one) => text.startsWith(one, tail) && one.length === end - tail);
      if (!alike && known.length < knownAtMost) known.push(text.slice(tail, end));
      else if (alike && text.startsWith(before, at - before.length) && text.startsWith(between, end)) {
        kept += text.slice(from, at);
        from = end + between.length;
      }
    }
    at = text.indexOf(start, end);
  }
  return from === 0 ? document : Buffer.from(kept + text.slice(from), 'latin1');
};
