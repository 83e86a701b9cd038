// An organisation's share of the event loop of a process: while others ask too, its work beyond the share goes piece by piece, with time between the
// pieces in which the others are served. One for the process, built by app/compose.ts; asked by http/turnstile.ts and ingest/turns.ts. Knows neither
// requests nor deliveries.
import { yieldToLoop, type Clock } from './clock.ts';
import { limits } from './limits.ts';

export type ShareLimits = {
  /** Whoever has asked within this time counts as asking, milliseconds. */
  readonly besideMs: number;
  /** The part of its time that the loop works for one organisation beside others. */
  readonly share: number;
  /** What it may use at once after it has used nothing for a while, milliseconds of the loop. */
  readonly savedMs: number;
  /** How long nobody is let on when nobody who waits has any of its share left, milliseconds. */
  readonly restMs: number;
};

export type Shares = {
  /** Counts the organisation among those who ask. */
  readonly asks: (organisation: string) => void;
  /** True when nobody else has asked lately: then it has all there is. */
  readonly alone: (organisation: string) => boolean;
  /** True when it may go on at once: it has something of its share left, and nothing of it waits. */
  readonly ready: (organisation: string) => boolean;
  /** Takes milliseconds of the loop from its share. */
  readonly spend: (organisation: string, ms: number) => void;
  /**
   * Resolves when it may go on with one piece of work, in the order of asking: each piece in a turn of the loop of its own, one organisation after
   * the other, and not before it has something of its share left. What the piece takes until it waits for something is taken from the share, and
   * at least `leastMs`.
   */
  readonly turn: (organisation: string, leastMs?: number) => Promise<void>;
};

/** The shares of the product. */
export const shareLimits: ShareLimits = {
  besideMs: 1_000,
  share: limits.loopShareBeside,
  savedMs: limits.loopSavedBesideMs,
  // Long enough that what goes on after a rest is recorded in one commit, short enough for nobody to notice.
  restMs: 1,
};

type Waiting = { readonly leastMs: number; readonly go: () => void };
type Account = { readonly organisation: string; left: number; at: number; readonly waiting: Waiting[] };
type Asked = { organisation: string; at: number };

/** Makes one where nobody has asked; keeps a few numbers for every organisation that has ever asked. */
export const createShares = (
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  { besideMs, share, savedMs, restMs }: ShareLimits = shareLimits,
): Shares => {
  const accounts = new Map<string, Account>();
  /** Those with something that waits; the first is served next. */
  const line: Account[] = [];
  let serving = false;
  // The two that asked last are enough to know whether anybody else does.
  const last: Asked = { organisation: '', at: Number.NEGATIVE_INFINITY };
  const other: Asked = { organisation: '', at: Number.NEGATIVE_INFINITY };

  const aloneAt = (organisation: string, now: number): boolean =>
    now - (last.organisation === organisation ? other : last).at >= besideMs;

  const accountOf = (organisation: string): Account => {
    let account = accounts.get(organisation);
    if (account === undefined) {
      account = { organisation, left: savedMs, at: clock.monotonic(), waiting: [] };
      accounts.set(organisation, account);
    }
    return account;
  };

  const leftOf = (account: Account, now: number): number => {
    account.left = Math.min(savedMs, account.left + (now - account.at) * share);
    account.at = now;
    return account.left;
  };

  /** The next in line who may go on, taken out of it. */
  const next = (now: number): Account | null => {
    for (let count = line.length; count > 0; count -= 1) {
      const account = line.shift();
      if (account === undefined) return null;
      if (leftOf(account, now) > 0 || aloneAt(account.organisation, now)) return account;
      line.push(account);
    }
    return null;
  };

  const serve = async (): Promise<void> => {
    while (line.length > 0) {
      const began = clock.monotonic();
      const account = next(began);
      const waiting = account?.waiting.shift();
      if (account === null || waiting === undefined) {
        await clock.sleep(restMs);
        await yieldToLoop();
        continue;
      }
      if (account.waiting.length > 0) line.push(account);
      waiting.go();
      // Whatever the piece does until it waits is done when the loop comes round.
      await yieldToLoop();
      account.left -= Math.max(waiting.leastMs, clock.monotonic() - began);
    }
    serving = false;
  };

  return {
    asks: (organisation) => {
      if (organisation !== last.organisation) {
        other.organisation = last.organisation;
        other.at = last.at;
        last.organisation = organisation;
      }
      last.at = clock.monotonic();
    },
    alone: (organisation) => aloneAt(organisation, clock.monotonic()),
    ready: (organisation) => {
      const account = accountOf(organisation);
      return account.waiting.length === 0 && leftOf(account, clock.monotonic()) > 0;
    },
    spend: (organisation, ms) => {
      const account = accountOf(organisation);
      account.left = leftOf(account, clock.monotonic()) - ms;
    },
    turn: (organisation, leastMs = 0) =>
      new Promise((go) => {
        const account = accountOf(organisation);
        if (account.waiting.push({ leastMs, go }) === 1) line.push(account);
        if (serving) return;
        serving = true;
        void yieldToLoop().then(serve);
      }),
  };
};
