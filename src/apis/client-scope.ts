// The scope of FINT's client tokens (facts 6), and what it means to come with others besides. Used by the APIs that take it.
import type { Principal } from '#hub/principal.ts';
import { clientScope } from '#model/openapi.ts';

const ownScopes: ReadonlySet<string> = new Set([clientScope]);

/**
 * The caller with this scope alone, whatever else the token carries: grants that stand for another scope show whole resources here, which the API they are
 * meant for shows only in part.
 */
export const callerHere = (principal: Principal): Principal =>
  principal.scopes.size === 1 ? principal : { ...principal, scopes: ownScopes };
