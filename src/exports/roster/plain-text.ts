// Texts as they go out: one line each, short where they have to be, and without numbers that may be somebody's national id. Pure.
import { withoutNationalIds } from '#base/national-id.ts';

/** One line; '' for nothing. */
export const oneLine = (text: string | undefined): string => (text ?? '').replaceAll(/\s+/g, ' ').trim();

/** Of what people type for groups: nothing that looks like a national id is left in it (facts 11). */
export const withoutNumbers = (text: string | undefined): string => oneLine(withoutNationalIds(text ?? ''));

/** The first characters of a text, whole ones: never half of a surrogate pair. */
export const cutTo = (text: string, length: number): string => {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd();
};
