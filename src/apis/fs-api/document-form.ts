// How documents of the API are written: JSON whose addresses begin with the hub's own, and references with the parts of their keys or without. Used by reads;
// knows no type.
import { jsonNotation } from '#mappings/json-notation.ts';
import type { MemberNotation, Notation } from '#mappings/notation.ts';
import type { ProjectionForm } from '#mappings/project.ts';
import { prefix } from './addresses.ts';

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The form, for a hub at an address. Mappings write addresses from the name of the collection on. A list of references is a value to them, so that what is
 * asked for of it is decided here.
 */
export const documentForm = (baseUrl: () => string, withKeys: boolean): ProjectionForm => {
  const whole = (value: unknown): unknown => (typeof value === 'string' ? `${baseUrl()}${prefix}${value}` : value);
  const each = (value: unknown): unknown => {
    if (!isValues(value) || value['href'] === undefined) return value;
    const { href, type, ...keys } = value;
    return { href: whole(href), ...(withKeys ? keys : {}), ...(type === undefined ? {} : { type }) };
  };
  const list = (value: unknown): unknown => (Array.isArray(value) ? value.map(each) : value);
  const written = (write: MemberNotation, isAddress: boolean): MemberNotation => ({
    ...write,
    value: (value) => write.value(isAddress ? whole(value) : list(value)),
  });
  const notation: Notation = {
    ...jsonNotation,
    name: withKeys ? 'fs-api keys' : 'fs-api',
    member: (form) => written(jsonNotation.member(form), form.name === 'href'),
  };
  return { notation, id: null };
};
