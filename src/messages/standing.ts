// Whether there may be something new in a collection for an application, without asking for it: what is asked for stands in the audit, and most of the time there is
// nothing. Used by telling.
import type { Clock } from '#base/clock.ts';
import type { Authorizer } from '#hub/authorize.ts';
import type { Store } from '#store/store.ts';
import type { TellDeps } from './tell.ts';

// Grants that begin or end by themselves are noticed within this.
const hourMs = 3_600_000;

/** Tells how a collection stands. */
export const createStanding =
  ({
    authorizer,
    store,
    clock,
  }: {
    readonly authorizer: Pick<Authorizer, 'decide'>;
    readonly store: Pick<Store, 'tenant' | 'platform'>;
    readonly clock: Pick<Clock, 'now'>;
  }): TellDeps['standing'] =>
  async ({ principal }, collection) => {
    // Read before what they are marks of, so that a mark is never newer.
    const revision = await store.platform.revision();
    const tenant = await store.tenant(principal.tenant);
    const position = await tenant.reads.lastPosition();
    const decision = await authorizer.decide(principal, collection, 'follow');
    if (!decision.allowed) return null;
    const { plan } = decision;
    // Which of the rows it sees may hang on anything in the organisation.
    const whole = plan.portions.every(({ rows }) => rows === 'all');
    const at = whole ? (await tenant.reads.stats(plan)).position : position;
    return `${at} ${revision} ${Math.floor(clock.now() / hourMs)}`;
  };
