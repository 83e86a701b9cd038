// The scopes of our own tokens: one per kind of application, by FINT's names. Used when tokens are issued and described.

/** What each kind may ask for, and is given when it asks for nothing (facts 6). */
export const scopeOfKind: Readonly<Record<'client' | 'adapter', string>> = {
  client: 'fint-client',
  adapter: 'fint-adapter',
};

export const allScopes: readonly string[] = Object.values(scopeOfKind);
