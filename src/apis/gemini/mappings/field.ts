// Short ways to write what many types have: ids of other things, codes with names, periods of terms. Used by the mappings
// alone. Ids are those of one institution, so that types are made for each.
import { object, value, values } from '#mappings/field.ts';
import type { Converter, Field, MappingPath } from '#mappings/mapping.ts';
import { at } from './at.ts';
import { decimal } from './values.ts';
import { languageObject } from '#mappings/fs-values.ts';
import type { CollectionPath, Text } from '#model/model.ts';

/** Writes ids of things of a collection, for the institution that the types are made for. */
export type IdsOf = (collection: CollectionPath) => Converter;

/** A relation of a value, shown as the id of what it leads to. */
export type Hanging = {
  /** The attribute that holds the value, or a list of values. */
  readonly attribute: string;
  readonly relation: string;
  readonly to: CollectionPath;
  /** The member that shows the value, and the member within that holds the id. */
  readonly member: string;
  readonly as: string;
};

/** The id of the thing itself. */
export const own = (ids: IdsOf, collection: CollectionPath): Field =>
  value('Id-en, ugjennomsiktig og den samme i FS GraphQL.', 'The id, opaque and the same in FS GraphQL.', '@self', {
    convert: ids(collection),
  });

/** Writes fields that name other things: the relations that lead there, and of which collection they are. */
export const refers =
  (ids: IdsOf) =>
  (nb: string, en: string, from: MappingPath, collection: CollectionPath): Field =>
    value(nb, en, `${from}.@self`, { convert: ids(collection) });

/** The same for all that the relations lead to. */
export const refersToAll =
  (ids: IdsOf) =>
  (nb: string, en: string, from: MappingPath, collection: CollectionPath): Field =>
    values(nb, en, `${from}.@self`, { convert: ids(collection) });

// Which languages a text may be in is told by its set.
const norwegianAndMore = { nb: 'nob', nn: 'nno', en: 'eng', se: 'sme', und: 'und' } as const;
/** Names of what Norwegian institutions offer. */
export const names = languageObject(norwegianAndMore);
/** Names that stand in one Norwegian and in English. */
export const plainNames = languageObject({ nb: 'nor', en: 'eng' });
/** Names of what is taken elsewhere, also in the language that they were given in. */
export const originalNames = languageObject({ und: 'original', nb: 'nob', nn: 'nno', en: 'eng' });

/** The names by which a request gives a text, by the language of the model. */
export const languageNames: Readonly<Record<string, string>> = {
  original: 'und',
  und: 'und',
  nob: 'nb',
  nor: 'nb',
  nno: 'nn',
  eng: 'en',
  sme: 'se',
};

export const named = (nb: string, en: string, from = 'navnAlleSprak', convert: Converter = names): Field =>
  value(nb, en, from, { convert });

/** The id of what hangs on a value: described here, put in by whoever shows the whole. */
export const hung = (nb: string, en: string): Field =>
  value(nb, en, '@self', {
    convert: { name: 'hung', schema: { type: 'string' }, looksAt: [], apply: () => undefined },
  });

/** A size of the model as an object, with its unit. */
export const sized = (nb: string, en: string, from: string): Field =>
  object(nb, en, '@self', {
    vektingstypeId: hung('Enheten.', 'The unit.'),
    verdi: value('Hvor mye.', 'How much.', `${from}.verdi`, { convert: decimal }),
  });

/** Where the unit of such a size comes from. */
export const unitOf = (attribute: string, member: string): Hanging => ({
  attribute,
  relation: 'vektingstype',
  to: at.weighting,
  member,
  as: 'vektingstypeId',
});

/** A text of its own in both languages. */
export const text = (nb: string, en: string): Text => ({ nb, en });
