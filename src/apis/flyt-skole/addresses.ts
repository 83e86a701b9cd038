// Where this API lies. Used by the routes, the description and whatever answers with an address.

/** Where the operations lie. */
export const prefix = '/vfs/v1';

/** The whole address of something in this API; `path` begins below the prefix (`/events`). */
export const addressOf = ({ baseUrl }: { readonly baseUrl: () => string }, path: string): string =>
  `${baseUrl()}${prefix}${path}`;
