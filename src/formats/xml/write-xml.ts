// XML as strings: escaping, elements, and texts made fit for XML first. Called by the writers of the formats for every value of every entry, so nothing
// here makes an object. Line feeds in texts become character references: an entry never breaks over lines, and readers get the same text.

/** Letters that XML 1.0 cannot carry, not even as references: control characters, halves of surrogate pairs, and two that are no characters. */
const unfit =
  // oxlint-disable-next-line no-control-regex
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// Whether a text has to be looked at more closely. Pairs of surrogates do too: seldom, and the quick look knows no pairs.
// oxlint-disable-next-line no-control-regex
const unfitPerhaps = /[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/;
const textSpecial = /[&<>\r\n]/;
const textSpecials = /[&<>\r\n]/g;
const attributeSpecial = /[&<>"\r\n\t]/;
const attributeSpecials = /[&<>"\r\n\t]/g;

const reference = (letter: string): string => {
  switch (letter) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return '&quot;';
    case '\r':
      return '&#13;';
    case '\n':
      return '&#10;';
    default:
      return '&#9;';
  }
};

/** The text without what XML cannot carry: the very same text when nothing has to go. */
export const fitText = (text: string): string => (unfitPerhaps.test(text) ? text.replace(unfit, '') : text);

/** The text cut to `most` characters as schemas count them (code points; never half a pair): the very same text when it is no longer. */
export const cutText = (text: string, most: number): string => {
  if (text.length <= most) return text;
  let end = 0;
  for (let count = 0; count < most && end < text.length; count += 1)
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return end >= text.length ? text : text.slice(0, end);
};

/** A text between tags. What XML cannot carry is left out. */
export const escapeText = (text: string): string => {
  const fit = fitText(text);
  return textSpecial.test(fit) ? fit.replace(textSpecials, reference) : fit;
};

/** A text between double quotes. What XML cannot carry is left out. */
export const escapeAttribute = (text: string): string => {
  const fit = fitText(text);
  return attributeSpecial.test(fit) ? fit.replace(attributeSpecials, reference) : fit;
};

/** `<name>text</name>`, the text escaped. The name is the format's own, never data. */
export const element = (name: string, text: string): string => `<${name}>${escapeText(text)}</${name}>`;

/** The same, or nothing for null and for a text with nothing in it. */
export const elementIf = (name: string, text: string | null): string =>
  text === null || text === '' ? '' : `<${name}>${escapeText(text)}</${name}>`;

/** `<name attribute="value">text</name>`, both values escaped. */
export const elementWith = (name: string, attribute: string, value: string, text: string): string =>
  `<${name} ${attribute}="${escapeAttribute(value)}">${escapeText(text)}</${name}>`;

/** What every file begins with. */
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
