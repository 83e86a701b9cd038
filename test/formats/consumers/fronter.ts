// A consumer played: Fronter, to which a file is posted as text whose first line says what it is (LMS facts 6, 9). Takes persons, groups below each other,
// and who is in them.
import { vigobas } from './vigobas-ims.ts';
import type { Vigobas } from './vigobas-ims.ts';

const firstLine = 'POSTXML';

/** What is posted, of a file. */
export const posted = (file: string): string => `${firstLine}\n${file}`;

/** Reads what was posted; null when it is no such text, or no XML comes next. */
export const fronter = (text: string): Vigobas | null => {
  const end = text.indexOf('\n');
  const file = text.slice(end + 1);
  return text.slice(0, end) === firstLine && file.startsWith('<?xml') ? vigobas(file) : null;
};
