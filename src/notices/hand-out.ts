// Hands notices out: makes of each one delivery for every subscription that it is for, or puts it into the digest of the week. Run by create-notices.ts, by as many
// processes as there are: the register lets one of them hand each notice out, and in order.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { wayOf, type Notice, type Subscription } from '#catalogue/subscription.ts';
import type { PlatformStore, RegisterEntry } from '#store/store.ts';
import { keptDelivery, nextDelivery, nextDigest, type Delivery, type KeptDelivery } from '#catalogue/delivery.ts';

export type HandOutDeps = {
  readonly platform: Pick<PlatformStore, 'registerEntries' | 'registerEntry' | 'putRegister' | 'applications'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** The subscriptions that stand, by id. */
export const standingSubscriptions = async (
  platform: Pick<PlatformStore, 'registerEntries'>,
): Promise<ReadonlyMap<string, Subscription>> =>
  new Map(
    (await platform.registerEntries({ kind: 'subscription', state: 'standing' })).map(({ id, value }) => [
      id,
      value as Subscription,
    ]),
  );

/** Who answers for each application. */
export const ownersOf = async (platform: Pick<PlatformStore, 'applications'>): Promise<ReadonlyMap<string, string>> =>
  new Map((await platform.applications()).map(({ id, owner }) => [id, owner]));

const newDelivery = (id: string, notice: RegisterEntry, organisation: string, value: Delivery): RegisterEntry => ({
  kind: 'delivery',
  id,
  revision: 1,
  organisation,
  application: null,
  state: 'waiting',
  // In the order of the notices, whoever hands them out and when.
  createdAt: notice.createdAt,
  changedAt: notice.createdAt,
  value,
});

/** The digest of a subscription that a notice goes into: the first of the week that has room. */
const digestFor = async (
  { platform, clock }: HandOutDeps,
  { id, organisation }: Subscription,
  notice: RegisterEntry,
): Promise<RegisterEntry> => {
  const dueAt = nextDigest(clock.now());
  const base = `digest.${new Date(dueAt).toISOString().slice(0, 10)}.${id}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}.${number}`;
    const entry = await platform.registerEntry('delivery', name);
    if (entry === null)
      return newDelivery(name, notice, organisation, {
        subscription: id,
        loud: false,
        notices: [notice.id],
        tries: 0,
        nextAt: dueAt,
        failure: null,
        sentAt: null,
      });
    const kept: KeptDelivery = keptDelivery(entry);
    const { delivery } = kept;
    if (entry.state === 'waiting' && delivery.tries === 0 && delivery.notices.length < limits.noticesPerDigest)
      return nextDelivery(kept, 'waiting', clock.now(), { notices: [...delivery.notices, notice.id] }).entry;
  }
};

/** Hands out what waits, oldest first, and gives how much. Stops at what another process is handing out: the next round goes on there. */
export const handOut = async (deps: HandOutDeps): Promise<number> => {
  const { platform, clock } = deps;
  const waiting = await platform.registerEntries({ kind: 'notice', state: 'waiting', limit: limits.noticesPerSweep });
  if (waiting.length === 0) return 0;
  const [subscriptions, owners] = [await standingSubscriptions(platform), await ownersOf(platform)];
  let handed = 0;
  for (const entry of waiting) {
    const notice = entry.value as Notice;
    const entries: RegisterEntry[] = [];
    for (const subscription of subscriptions.values()) {
      const way = wayOf(subscription, notice, owners);
      const { id, organisation } = subscription;
      if (way === 'loud')
        entries.push(
          newDelivery(`${notice.id}.${id}`, entry, organisation, {
            subscription: id,
            loud: true,
            notices: [notice.id],
            tries: 0,
            nextAt: notice.at,
            failure: null,
            sentAt: null,
          }),
        );
      else if (way === 'digest') entries.push(await digestFor(deps, subscription, entry));
    }
    const told = { ...entry, revision: entry.revision + 1, state: 'told', changedAt: clock.now() };
    if (!(await platform.putRegister({ entries: [...entries, told] }))) break;
    handed += 1;
  }
  return handed;
};
