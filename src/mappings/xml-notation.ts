// What a mapping gives as XML text: an element for each member, in the order of the mapping, without a namespace of its own (whoever writes the envelope
// gives one to all of it). Used by projections. Pure. Names of members are names of elements: they are the mapping's own, never data.
import { escapeAttribute, escapeText } from '#formats/xml/write-xml.ts';
import type { Notation } from './notation.ts';

/**
 * A value is the text of its element. An object has an element for each member; a member `@name` is an attribute of the element instead, and `#` its
 * text. A list is its elements one after another, or within one element where the field names the items.
 */
export const xmlNotation: Notation = {
  name: 'xml',
  between: '',
  member: ({ name, item }) => {
    const one = item ?? name;
    return {
      value: (value) => elementOf(name, value),
      object: (members) => `<${name}>${members}</${name}>`,
      item: (value) => elementOf(one, value),
      objectItem: (members) => `<${one}>${members}</${one}>`,
      list: (items) =>
        item === undefined ? (items.length === 0 ? undefined : items.join('')) : `<${name}>${items.join('')}</${name}>`,
    };
  },
  document:
    ({ schema }) =>
    (members) =>
      `<${schema}>${members}</${schema}>`,
};

/** Undefined for what is nothing. */
const elementOf = (name: string, value: unknown): string | undefined => {
  switch (typeof value) {
    case 'string':
      return `<${name}>${escapeText(value)}</${name}>`;
    case 'number':
    case 'boolean':
    case 'bigint':
      return `<${name}>${String(value)}</${name}>`;
    case 'object':
      return value === null ? undefined : Array.isArray(value) ? listOf(name, value) : objectOf(name, value);
    default:
      return undefined;
  }
};

const listOf = (name: string, values: readonly unknown[]): string | undefined => {
  const text = values.map((value) => elementOf(name, value) ?? '').join('');
  return text === '' ? undefined : text;
};

const objectOf = (name: string, value: object): string => {
  let attributes = '';
  let content = '';
  for (const [key, inner] of Object.entries(value) as (readonly [string, unknown])[])
    if (key === '#') content += plain(inner) === null ? '' : escapeText(plain(inner) ?? '');
    else if (key.startsWith('@')) {
      const text = plain(inner);
      if (text !== null) attributes += ` ${key.slice(1)}="${escapeAttribute(text)}"`;
    } else content += elementOf(key, inner) ?? '';
  return `<${name}${attributes}>${content}</${name}>`;
};

const plain = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
