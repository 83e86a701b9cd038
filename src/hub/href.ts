// The one place that builds the address of a resource. Used when links are stored and when they are rendered. Knows no HTTP request;
// the base is the public address of the hub, without a slash at its end.
import type { CollectionPath } from '#model/model.ts';

// What RFC 3986 lets stand in a path segment. Kept readable on purpose: `@` and `:` are common in identifiers, and FINT leaves them.
const readable = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]*$/;
const overEncoded = /%(?:24|26|2B|2C|3B|3D|3A|40)/g;

/** Encodes a value as one path segment (RFC 3986, a blank is %20). The result is ASCII and needs no escaping in JSON. Never fails. */
export const encodeSegment = (value: string): string =>
  readable.test(value)
    ? value
    : encodeURIComponent(value.toWellFormed()).replaceAll(overEncoded, (code) => decodeURIComponent(code));

/** `{base}/{collection path}/{field}/{value}`: `field` is the identifier's URL segment (lower case), `value` as stored (facts 2.3). */
export const hrefOf = (base: string, collection: CollectionPath, field: string, value: string): string =>
  `${base}/${collection}/${field}/${encodeSegment(value)}`;
