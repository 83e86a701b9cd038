// Paths with names in braces, `/pupils/{pupilId}`: what a request gives for the names. Used by APIs whose operations are rows with a path each, and by the services of
// XML. Knows no API.

/** Whether a segment of a pattern stands for a value. */
export const isName = (segment: string): boolean => segment.startsWith('{');

/** The name that a segment gives a value: `pupilId` of `{pupilId}`. */
export const nameOf = (segment: string): string => segment.slice(1, -1);

/** The segments of a path below a prefix, decoded; null when they are not well-formed. */
export const segmentsBelow = (prefix: string, path: string): readonly string[] | null => {
  // Counted and not cut off: the prefix may have come percent-encoded.
  const segments = path.split('/').slice(prefix.split('/').length);
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return null;
  }
};

/** Values by name where the segments, decoded, fit the pattern; null where they do not, as where a value is empty. */
export const namesOf = (
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | null => {
  if (pattern.length !== segments.length) return null;
  const names: Record<string, string> = {};
  for (const [index, one] of pattern.entries()) {
    const given = segments[index] ?? '';
    if (isName(one) && given !== '') names[nameOf(one)] = given;
    else if (one !== given) return null;
  }
  return names;
};
