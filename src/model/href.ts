// How a resource is addressed: the one place that builds an href from a collection, an identifier and its value. Used by the store (links
// in bodies), by ingest and by APIs; must agree with how apis/fint reads paths.

const unreserved = /^[A-Za-z0-9._~-]+$/;

/** Percent-encodes a value as one path segment (RFC 3986; space = %20). Expects well-formed text. */
export const encodeSegment = (value: string): string =>
  unreserved.test(value) ? value : encodeURIComponent(value).replace(/[!'()*]/g, percent);

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** The href of a resource: `{base}/{collection}/{field}/{value}`; `base` without trailing slash, `field` in lower case (facts 2.3). */
export const hrefOf = (base: string, collection: string, field: string, value: string): string =>
  `${base}/${collection}/${field}/${encodeSegment(value)}`;
