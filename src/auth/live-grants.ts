// Which grants of an application count at this moment, and so for which organisations it may hold tokens. Used when tokens are issued and
// when they are verified. What a grant opens is decided in hub/authorize.ts.
import { isInForce } from '#hub/authorize.ts';
import type { Application, Environment, Grant, PlatformStore } from '#store/store.ts';

/** The application when it may do anything at all here: known, enabled and of this hub's environment; null otherwise, whatever the reason. */
export const usableApplication = async (
  platform: PlatformStore,
  id: string,
  environment: Environment,
): Promise<Application | null> => {
  const application = await platform.application(id);
  return application === null || application.disabled || application.environment !== environment ? null : application;
};

/** True when the grant is the application's, of its environment, and its period holds now (epoch ms). */
export const isLiveGrant = (grant: Grant, application: Application, now: number): boolean =>
  grant.application === application.id && grant.environment === application.environment && isInForce(grant, now);

/** Ids of the organisations that have given the application a live grant, sorted. */
export const grantingOrganisations = (
  grants: readonly Grant[],
  application: Application,
  now: number,
): readonly string[] =>
  [
    ...new Set(grants.filter((grant) => isLiveGrant(grant, application, now)).map((grant) => grant.organisation)),
  ].sort();

/** Until when (epoch ms, possibly Infinity) the application has some live grant from the organisation; null when it has none now. */
export const grantedUntil = (
  grants: readonly Grant[],
  application: Application,
  organisation: string,
  now: number,
): number | null => {
  const ends = grants
    .filter((grant) => grant.organisation === organisation && isLiveGrant(grant, application, now))
    .map((grant) => grant.to ?? Number.POSITIVE_INFINITY);
  return ends.length === 0 ? null : Math.max(...ends);
};
