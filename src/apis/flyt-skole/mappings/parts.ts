// Parts that several types have: periods, addresses, schools. Used by the mappings alone.
import type { Fields } from '#mappings/mapping.ts';
import { civilDate, fullName } from '#mappings/converters.ts';
import { value, values } from '#mappings/field.ts';

/** First and last day of a period, which counts both. */
export const period = (from: string, nb: string, en: string, more: { readonly writable?: true } = {}): Fields => ({
  from: value(`Første dag for ${nb}.`, `First day of ${en}.`, `${from}.start`, { convert: civilDate, ...more }),
  to: value(
    `Siste dag for ${nb}; mangler når den er åpen.`,
    `Last day of ${en}; absent while it is open.`,
    `${from}.slutt`,
    {
      convert: civilDate,
      ...more,
    },
  ),
});

/** An address, whose parts stand in one attribute: lines, postal code and place. */
export const address = (from: string, nb: string, en: string): Fields => ({
  addressLines: values(`${nb}: linjer.`, `${en}: lines.`, `${from}.adresselinje`),
  postalCode: value(`${nb}: postnummer.`, `${en}: postal code.`, `${from}.postnummer`),
  postalPlace: value(`${nb}: poststed.`, `${en}: postal place.`, `${from}.poststed`),
});

/** What tells a school from others. */
export const schoolFields: Fields = {
  name: value('Skolens navn.', 'Name of the school.', 'navn'),
  number: value(
    'Skolens nummer i det nasjonale skoleregisteret.',
    'National number of the school.',
    'skolenummer.identifikatorverdi',
  ),
  organisationNumber: value('Organisasjonsnummer.', 'Organisation number.', 'organisasjonsnummer.identifikatorverdi'),
};

/** The names of a person to whom the path leads (a path ending in `.`, or nothing). */
export const names = (to: string): Fields => ({
  givenName: value('Fornavn.', 'Given name.', `${to}navn.fornavn`),
  middleName: value('Mellomnavn.', 'Middle name.', `${to}navn.mellomnavn`),
  familyName: value('Etternavn.', 'Family name.', `${to}navn.etternavn`),
  fullName: value('Hele navnet.', 'The whole name.', `${to}navn`, { convert: fullName }),
});

/** The names of a code in the three languages in which codes are shown. */
export const codeNames: Fields = {
  nb: value('Navnet på bokmål.', 'Name in Bokmål.', 'navn'),
  nn: value('Navnet på nynorsk.', 'Name in Nynorsk.', 'navnNynorsk'),
  en: value('Navnet på engelsk.', 'Name in English.', 'navnEngelsk'),
};
