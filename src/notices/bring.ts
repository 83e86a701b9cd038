// Brings deliveries to their receivers: in order for each of them, several at once, and again later what failed. Run by create-notices.ts. Each try is claimed in the
// register before it is made, so that of several processes one makes it, and what a process that died had claimed is tried again.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { Random } from '#base/random.ts';
import type { MailChannel, Notice, Subscription, WebhookChannel } from '#catalogue/subscription.ts';
import type { PlatformStore } from '#store/store.ts';
import type { Carrier, Sent } from './channel.ts';
import { keptDelivery, nextDelivery, pauseAfter, type KeptDelivery } from '#catalogue/delivery.ts';
import { ownersOf, standingSubscriptions } from './hand-out.ts';
import { messageOf } from './message-of.ts';

export type BringDeps = {
  readonly platform: Pick<PlatformStore, 'registerEntries' | 'registerEntry' | 'putRegister' | 'applications'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
  /** Null = this hub sends no e-mail: what is to go by it waits. */
  readonly mail: Carrier<MailChannel> | null;
  readonly webhook: Carrier<WebhookChannel>;
  /** Where the feeds are. */
  readonly baseUrl: () => string;
};

// Longer than any try takes: after it whoever claimed it is taken to be gone.
const claimMs = 120_000;
const readAtOnce = 500;

type Around = {
  readonly deps: BringDeps;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly owners: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
};

/** Everything that waits, in order, by receiver: what is loud does not wait for a digest that is not due. */
const lanesOf = async (platform: BringDeps['platform']): Promise<readonly (readonly KeptDelivery[])[]> => {
  const lanes = new Map<string, KeptDelivery[]>();
  for (let after: { createdAt: number; id: string } | undefined; ;) {
    const page = await platform.registerEntries({
      kind: 'delivery',
      state: 'waiting',
      limit: readAtOnce,
      ...(after === undefined ? {} : { after }),
    });
    for (const entry of page) {
      const kept = keptDelivery(entry);
      const lane = `${kept.delivery.subscription} ${kept.delivery.loud}`;
      const before = lanes.get(lane);
      if (before === undefined) lanes.set(lane, [kept]);
      else before.push(kept);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < readAtOnce) return [...lanes.values()];
    after = { createdAt: last.createdAt, id: last.id };
  }
};

const noticesOf = async ({ platform }: BringDeps, ids: readonly string[]): Promise<readonly Notice[]> => {
  const found: Notice[] = [];
  for (const id of ids) {
    const entry = await platform.registerEntry('notice', id);
    if (entry !== null) found.push(entry.value as Notice);
  }
  return found;
};

const carry = async (
  { deps, signal, owners }: Around,
  subscription: Subscription,
  kept: KeptDelivery,
): Promise<Sent> => {
  const { entry, delivery } = kept;
  const notices = await noticesOf(deps, delivery.notices);
  const { organisation, application, channel } = subscription;
  const yours = (notices[0]?.affected ?? []).filter((id) =>
    application === null ? owners.get(id) === organisation : id === application,
  );
  const message = messageOf(
    { id: entry.id, loud: delivery.loud, now: deps.clock.now(), feed: deps.baseUrl() },
    notices,
    yours,
  );
  if (message === null) return { kind: 'refused', why: 'What it was about is not kept any more.' };
  if (channel.kind === 'webhook') return deps.webhook(channel, message, signal);
  return deps.mail === null
    ? { kind: 'failed', why: 'This hub sends no e-mail.' }
    : deps.mail(channel, message, signal);
};

/** Makes one try. Gives whether the next one of the same receiver may be made now. */
const attempt = async (around: Around, kept: KeptDelivery): Promise<boolean> => {
  const { platform, clock, random, mail } = around.deps;
  const subscription = around.subscriptions.get(kept.delivery.subscription);
  if (subscription === undefined)
    return platform.putRegister({ entries: [nextDelivery(kept, 'dropped', clock.now(), {}).entry] });
  if (subscription.channel.kind === 'email' && mail === null) return false;
  const tries = kept.delivery.tries + 1;
  const claimed = nextDelivery(kept, 'waiting', clock.now(), { tries, nextAt: clock.now() + claimMs });
  // Another process has it.
  if (!(await platform.putRegister({ entries: [claimed.entry] }))) return false;
  const sent = await carry(around, subscription, claimed);
  const now = clock.now();
  const pause = sent.kind === 'failed' ? pauseAfter(tries, (random.bytes(1)[0] ?? 0) / 256) : null;
  const after =
    sent.kind === 'sent'
      ? nextDelivery(claimed, 'sent', now, { sentAt: now, failure: null })
      : pause === null
        ? nextDelivery(claimed, 'dead', now, { failure: sent.why })
        : nextDelivery(claimed, 'waiting', now, { failure: sent.why, nextAt: now + pause });
  return (await platform.putRegister({ entries: [after.entry] })) && after.entry.state !== 'waiting';
};

/** Brings what is due, and gives how many tries were made. What is left when `signal` is aborted waits. */
export const bringDeliveries = async (deps: BringDeps, signal: AbortSignal): Promise<number> => {
  const lanes = await lanesOf(deps.platform);
  if (lanes.length === 0) return 0;
  const around: Around = {
    deps,
    signal,
    subscriptions: await standingSubscriptions(deps.platform),
    owners: await ownersOf(deps.platform),
  };
  let tries = 0;
  const waiting = [...lanes];
  const work = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift())
      for (const kept of lane) {
        if (signal.aborted || tries >= limits.deliveriesPerSweep || kept.delivery.nextAt > deps.clock.now()) break;
        tries += 1;
        if (!(await attempt(around, kept))) break;
      }
  };
  await Promise.all(Array.from({ length: limits.deliveriesAtOnce }, work));
  return tries;
};
