// The scopes of our own tokens: one for each kind of application, by FINT's names, and those of administrators. Used when tokens are issued
// and described.
import { adminScopes } from '#hub/principal.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import type { Application } from '#store/store.ts';

/** What a client and an adapter may ask for, and are given when they ask for nothing (facts 6). */
export const scopeOfKind: Readonly<Record<'client' | 'adapter', string>> = {
  client: 'fint-client',
  adapter: 'fint-adapter',
};

/** Every scope that an application may have: that of its kind; of an administrator those that stand in its record. */
export const scopesOf = ({ kind, scopes }: Pick<Application, 'kind' | 'scopes'>): readonly string[] =>
  kind === 'admin' ? adminScopes.filter((scope) => scopes?.includes(scope) === true) : [scopeOfKind[kind]];

/** Every scope that tokens here may carry: those of links are the model's to say, with their aliases. */
export const allScopes = ({ bundles, aliases }: ScopeBundles): readonly string[] => [
  ...Object.values(scopeOfKind),
  ...adminScopes,
  ...bundles.keys(),
  ...aliases.keys(),
];
