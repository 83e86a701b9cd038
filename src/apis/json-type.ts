// What a request says that it sends. Used by the APIs that take operations as JSON: a page of another site can send texts and forms without being asked,
// JSON it cannot.

/** True for JSON, with any parameters; a client that does not say what it sends is taken at its word. */
export const isJson = (contentType: string | null): boolean =>
  contentType === null || /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim());
