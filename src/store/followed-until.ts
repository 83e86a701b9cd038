// How long an application could follow changes by a grant, and for how long it can hear afterwards what that has cost it. Used by the platform
// stores, which keep the end of what is taken away, by auth/live-grants.ts and by the sweep of follow states. Pure.
import type { EndedFollow, Grant } from './store.ts';

const aDay = 86_400_000;

/**
 * How long what a follower could see is kept after it has asked last (ms), and how long after the end of its access it is still told what it
 * has lost. One number: without the one there is nothing to say in the other.
 */
export const followLifeMs = 60 * aDay;

/** Up to when (epoch ms, at most `now`) the grant has let its application follow; null for one that never has. */
export const followedUntil = (grant: Grant, now: number): number | null => {
  const begun = Math.max(grant.from ?? grant.createdAt, grant.createdAt);
  const end = grant.to ?? Number.POSITIVE_INFINITY;
  return grant.actions.includes('follow') && begun <= now && begun < end ? Math.min(end, now) : null;
};

/**
 * What is to be kept of a grant whose place is taken by another one (null = by nothing): the end of what it has let follow, and for whom. Null
 * when it has let nothing follow, or what takes its place says so itself.
 */
export const endToKeep = (
  before: Grant | null,
  next: Grant | null,
  now: number,
): (EndedFollow & Pick<Grant, 'application'>) | null => {
  const end = before === null ? null : followedUntil(before, now);
  if (before === null || end === null) return null;
  const { application, organisation, environment } = before;
  const same =
    next?.application === application && next.organisation === organisation && next.environment === environment;
  const told = same ? followedUntil(next, now) : null;
  return told !== null && told >= end ? null : { application, organisation, environment, at: end };
};
