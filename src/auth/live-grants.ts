// Which grants of an application count at this moment, and so for which organisations it may hold tokens; and where none counts any more, whether
// there is something left to hear. Used when tokens are issued and when they are verified. What a token opens is decided in hub/authorize.ts.
import { isInForce } from '#hub/authorize.ts';
import { followedUntil, followLifeMs } from '#store/followed-until.ts';
import type { Application, EndedFollow, Environment, Grant, PlatformStore } from '#store/store.ts';

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

/** What there is to know of an application's access: its grants, and what is left of those that were taken away. */
export type Standing = { readonly grants: readonly Grant[]; readonly ended: readonly EndedFollow[] };

/** Reads it as it is now. */
export const standingOf = async (platform: PlatformStore, application: string): Promise<Standing> => ({
  grants: await platform.grantsOf(application),
  ended: await platform.endedFollows(application),
});

/**
 * By organisation, until when (epoch ms) a client that could follow its changes may still be told what it has lost, reckoned as if that
 * had ended now where it has not. No other kind of application follows.
 */
export const farewells = (
  { grants, ended }: Standing,
  application: Application,
  now: number,
): ReadonlyMap<string, number> => {
  const until = new Map<string, number>();
  if (application.kind !== 'client') return until;
  const note = (organisation: string, end: number): void => {
    const last = end + followLifeMs;
    if (now < last) until.set(organisation, Math.max(until.get(organisation) ?? 0, last));
  };
  for (const grant of grants) {
    const mine = grant.application === application.id && grant.environment === application.environment;
    const end = mine ? followedUntil(grant, now) : null;
    if (end !== null) note(grant.organisation, end);
  }
  for (const { organisation, environment, at } of ended)
    if (environment === application.environment) note(organisation, at);
  return until;
};
