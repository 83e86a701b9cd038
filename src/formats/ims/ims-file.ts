// What the parts of the writer of IMS Enterprise share: the file that is written, and how texts and changes stand in it.
import { exactValue, fitValue } from '../fit-value.ts';
import type { Place } from '../fit-value.ts';
import type { RosterWriterOptions } from '../roster.ts';
import { escapeText } from '../xml/write-xml.ts';
import type { ImsProfile } from './ims-profile.ts';

export type ImsFile = {
  readonly is: ImsProfile;
  readonly dropped: RosterWriterOptions['dropped'];
  /** A sourcedid of the file, made of an id as text. */
  readonly sourcedid: (id: string, type?: 'New' | 'Old') => string;
};

/** A text as it stands between tags, cut to its place; reported when the readers of the profile would not decode it. */
export const text = (file: ImsFile, value: string | null, place: Place): string => {
  const fit = fitValue(value, place, file.dropped);
  const escaped = escapeText(fit);
  if (!file.is.decodes && escaped !== fit) file.dropped({ code: 'not-decoded', field: place.field, value: '' });
  return escaped;
};

/** The same for a value that means nothing when it is cut, or that has to have a form: then '' and a report. */
export const exact = (file: ImsFile, value: string | null, place: Place, isRight?: (text: string) => boolean): string =>
  escapeText(exactValue(value, place, file.dropped, isRight));

/** `<name>text</name>` of what is escaped already, nothing for ''. */
export const tag = (name: string, escaped: string): string => (escaped === '' ? '' : `<${name}>${escaped}</${name}>`);
