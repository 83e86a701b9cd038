// Texts of records made fit for a place in a file: no letters that XML cannot carry, no blanks that readers would trim, no longer than the place. What is
// lost is reported by field, never by value: most of it is about persons. Used by the writers of formats.
import { holdsNationalId, nationalIdKind } from '#base/national-id.ts';
import type { DroppedValue } from './roster.ts';
import { cutText, fitText } from './xml/write-xml.ts';

/** A place in a file: what reports call it, and how many characters it holds. */
export type Place = { readonly field: string; readonly most: number };

// Blanks at an end, two together, or others than the plain one; anything that a look at the letters of XML is needed for.
// oxlint-disable-next-line no-control-regex
const unfit = /[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|[^\S ]|^ | $| {2}/;
// oxlint-disable-next-line no-control-regex
const blanks = /[\s\x7f-\x9f]+/g;

/** The text as it can stand in a file, trimmed, '' for null. The very same text when nothing has to be done. */
export const fitValue = (text: string | null, place: Place, dropped: (value: DroppedValue) => void): string => {
  if (text === null || text === '') return '';
  const clean = unfit.test(text) ? cleaned(text, place, dropped) : text;
  if (clean.length <= place.most) return clean;
  const cut = cutText(clean, place.most);
  if (cut.length < clean.length) dropped({ code: 'cut', field: place.field, value: '' });
  return cut.trimEnd();
};

const cleaned = (text: string, place: Place, dropped: (value: DroppedValue) => void): string => {
  const fit = fitText(text);
  if (fit.length < text.length) dropped({ code: 'characters', field: place.field, value: '' });
  return fit.replace(blanks, ' ').trim();
};

/** Whether anything would be left of a text. */
export const isBlank = (text: string): boolean => fitValue(text, { field: '', most: 1 }, () => undefined) === '';

/** The same for a value that means nothing when it is cut, or that has to have a form: then '' and a report. */
export const exactValue = (
  text: string | null,
  place: Place,
  dropped: (value: DroppedValue) => void,
  isRight: (text: string) => boolean = anything,
): string => {
  if (text === null || text === '') return '';
  const fit = fitValue(text, { field: place.field, most: Infinity }, dropped);
  if (fit === '' || (fit.length <= place.most && isRight(fit))) return fit;
  dropped({ code: 'bad-form', field: place.field, value: '' });
  return '';
};

const anything = (): boolean => true;

/** A telephone number without what people set between digits. */
export const digitsOnly = (number: string): string => number.replaceAll(/[\s().-]/g, '');

const emailForm = /^[^@\s]+@[^@\s]+\.[^@\s.]+$/;
const phoneForm = /^\+?\d{3,31}$/;

/** An address that readers take for one, and that says no national id (LMS facts 5.1, 11). */
export const isEmail = (text: string): boolean =>
  text.length <= emailLength && emailForm.test(text) && !holdsNationalId(text);

const emailLength = 256;

const elevenDigits = /^\d{11}$/;

/** A number of a school's own: eleven digits too, as long as they are nobody's (LMS facts 2.4, 3). */
export const isOwnNumber = (text: string): boolean =>
  elevenDigits.test(text) ? nationalIdKind(text) === 'none' : !holdsNationalId(text) && nationalIdKind(text) === 'none';

export const isPhone = (text: string): boolean => phoneForm.test(text);
