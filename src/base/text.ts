// Text at the edges: one normal form, one comparison. Used by ingest, filters and names; knows no locale.

/** True when the text is well-formed Unicode and holds no NUL. */
export const isCleanText = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/** NFC, the one normal form of the product. */
export const normalise = (text: string): string => text.normalize('NFC');

/** The form in which texts are compared without regard to case: NFC, full lower case, no locale. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** Transliterates Norwegian letters as FINT does in JSON names and paths: æ→a, ø→o, å→a, both cases (facts 1.3). */
export const transliterate = (name: string): string =>
  name.replace(/[æøåÆØÅ]/g, (letter) => transliteration[letter as keyof typeof transliteration]);

const transliteration = { æ: 'a', ø: 'o', å: 'a', Æ: 'A', Ø: 'O', Å: 'A' } as const;

/** A text as it stands in HTML, in attributes too. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The entry of `candidates` nearest to `text` by edit distance, or null when none is near. For hints in error texts. */
export const nearest = (text: string, candidates: Iterable<string>): string | null => {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(text.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(fold(text), fold(candidate), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
};

/** What is put behind an error text about a name that nobody knows: `; did you mean 'x'?`, or nothing when no name is near. */
export const didYouMean = (name: string, known: Iterable<string>): string => {
  const near = nearest(name, known);
  return near === null ? '' : `; did you mean '${near}'?`;
};

const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? limit;
};
