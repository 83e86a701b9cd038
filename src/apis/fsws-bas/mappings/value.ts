// What the mappings of this folder share: a short way to write fields that are one value, and periods as study administration has them.
import { civilDateOf, holdsOn } from '#mappings/converters.ts';
import { value } from '#mappings/field.ts';
import type { Converter, Field, MappingPath } from '#mappings/mapping.ts';

/** A value, found at a path, as it is or converted. */
export const oneOf = (nb: string, en: string, from: MappingPath, convert?: Converter): Field =>
  value(nb, en, from, convert === undefined ? {} : { convert });

/** Whether a period (`fraDato`, `tilDato`) holds on a civil date. One that is not there holds always. */
export const inForceOn = (period: unknown, date: string): boolean => {
  const { fraDato, tilDato } = (period ?? {}) as { readonly fraDato?: unknown; readonly tilDato?: unknown };
  return holdsOn({ from: civilDateOf(fraDato), to: civilDateOf(tilDato) }, date);
};
