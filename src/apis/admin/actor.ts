// What an actor may do: the one place that decides who administers what. Called by admin-api.ts for every call, and by handlers for objects
// that a body names. Pure.
import type { Principal } from '#hub/principal.ts';
import type { Actor } from './ports.ts';

/** What an operation asks of its caller: to look, to change, or to run the hub. */
export type Need = 'read' | 'write' | 'platform';

/** Which scopes answer a need; one is enough. */
export const scopesFor: Readonly<Record<Need, readonly string[]>> = {
  read: ['admin.read', 'admin.write', 'admin.platform'],
  write: ['admin.write', 'admin.platform'],
  platform: ['admin.platform'],
};

export const may = (actor: Actor, need: Need): boolean => scopesFor[need].some((scope) => actor.scopes.includes(scope));

/** True when the organisation is the actor's own, or the actor runs the hub. */
export const administers = (actor: Actor, organisation: string): boolean =>
  may(actor, 'platform') || actor.organisation === organisation;

/** True when the actor may read what persons wrote: of its own organisation only, with the right to change. Operators may not (trust facts 2). */
export const mayReadTexts = (actor: Actor, organisation: string): boolean =>
  actor.scopes.includes('admin.write') && (actor.organisation === null || actor.organisation === organisation);

/** The actor that a verified token stands for. */
export const actorOf = ({ client, issuer, token, tenant, scopes }: Principal): Actor => ({
  name: `admin:${client}`,
  client,
  issuer,
  token,
  organisation: tenant,
  scopes: [...scopes],
});

/** The operator at the machine itself: whoever may read the data directory may do everything with it. */
export const operatorAt = (user: string): Actor => ({
  name: `cli:${user}`,
  client: `cli:${user}`,
  issuer: 'local',
  token: '',
  organisation: null,
  scopes: ['admin.read', 'admin.write', 'admin.platform'],
});
