// Terms, and how periods name them.
import { unshown } from '#mappings/field.ts';
import type { Mapping } from '#mappings/mapping.ts';

const undescribed = { nb: '', en: '' };

export const termMapping: Mapping = {
  name: 'studinfo-term',
  schema: 'termin',
  collection: 'fs/termin/termin',
  describe: undescribed,
  fields: { key: unshown('naturligNokkel.identifikatorverdi') },
};

/** Only which texts they are. */
export const textMapping = (collection: string): Mapping => ({
  name: `studinfo-texts ${collection}`,
  schema: 'tekst',
  collection,
  describe: undescribed,
  fields: { at: unshown('@uid') },
});

/** Codes of terms, in the order of the year. */
export const codesInOrder: readonly string[] = ['VIT', 'VÅR', 'VÅT', 'SOM', 'HØT', 'HØST'];

/** Where a period names its first and its last term. */
export const periodLinks = (attribute: string): readonly [string, string] => [
  `${attribute}.fraTermin`,
  `${attribute}.tilTermin`,
];

/** The attribute of a text that holds its period. */
export const periodOfTexts = 'periode';
