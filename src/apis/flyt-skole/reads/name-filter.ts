// Filters by name: equal without regard to case, or beginning with what stands before a `*`; and words of which each begins some part of a name.
// Called by the operations of this folder.
import type { Narrow } from '#hub/documents/document.ts';
import { folded, type Names } from '../mappings/facts.ts';
import { texts, through } from '#mappings/narrowing.ts';

/** Says that a folded name is the one asked for; anything is when nothing is asked. */
export const matchesName = (name: string, asked: string | undefined): boolean => {
  if (asked === undefined) return true;
  const text = folded(asked);
  return text.endsWith('*') ? name.startsWith(text.slice(0, -1)) : name === text;
};

/** Rows with exactly the name, which the store has an index for; null when nothing is asked, or only how the name begins. */
export const namedExactly = (
  relations: readonly string[],
  part: 'fornavn' | 'etternavn',
  asked: string | undefined,
): Narrow | null =>
  asked === undefined || asked.endsWith('*')
    ? null
    : through(relations, texts(['navn', part], 'eq', asked.normalize('NFC')));

/** Says that every word begins a given, middle or family name. */
export const matchesWords = ({ words }: Names, asked: string | undefined): boolean =>
  asked === undefined ||
  folded(asked)
    .split(/\s+/)
    .every((text) => words.some((word) => word.startsWith(text)));
