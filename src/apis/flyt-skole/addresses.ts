// Where this API lies, and whether a client has what stands there already. Used by the routes, the description and whatever answers with an address.

/** Where the operations lie. */
export const prefix = '/vfs/v1';

/** The whole address of something in this API; `path` begins below the prefix (`/events`). */
export const addressOf = ({ baseUrl }: { readonly baseUrl: () => string }, path: string): string =>
  `${baseUrl()}${prefix}${path}`;

/** True when an If-None-Match header names the tag. */
export const sameTag = (header: string | null, etag: string): boolean =>
  header !== null && header.split(',').some((one) => one.trim() === '*' || weak(one.trim()) === weak(etag));

const weak = (tag: string): string => tag.replace(/^W\//, '');
