// How a resource is addressed: the one place that builds an href from a collection, an identifier and its value. Used by the store (links
// in bodies), by ingest and by APIs; must agree with how apis/fint reads paths.

// What RFC 3986 lets stand in a path segment: clients that know FINT see `…/feidenavn/user@org` as it always was.
const plain = /^[A-Za-z0-9._~!$&'()*+,;=:@-]+$/;
const allowed = /%(?:2[46BC]|3[ABD]|40)/g;

/** Percent-encodes a value as one path segment (RFC 3986; space = %20, slash = %2F, `@` and `:` as they are). Expects well-formed text. */
export const encodeSegment = (value: string): string =>
  plain.test(value) ? value : encodeURIComponent(value).replace(allowed, decodeURIComponent);

/** The href of a resource: `{base}/{collection}/{field}/{value}`; `base` without trailing slash, `field` in lower case (facts 2.3). */
export const hrefOf = (base: string, collection: string, field: string, value: string): string =>
  `${base}/${collection}/${field}/${encodeSegment(value)}`;

/**
 * Takes link objects with these hrefs out of canonical JSON text. Exact: inside JSON text a quote is always escaped, so a link object cannot
 * stand in a value.
 */
export const withoutHrefs = (text: string, hrefs: Iterable<string>): string => {
  let left = text;
  for (const href of hrefs) {
    const link = `{"href":${JSON.stringify(href)}}`;
    if (left.includes(link)) left = left.replaceAll(`,${link}`, '').replaceAll(`${link},`, '').replaceAll(link, '');
  }
  return left;
};
