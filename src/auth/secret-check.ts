// Is this secret one of the application's live ones? Used by the token endpoint and HTTP Basic. scrypt is paid once per secret and few minutes, never for
// more than a few callers at a time, and wrong secrets are slowed down. Knows nothing of OAuth.
import { createHmac } from 'node:crypto';
import { unmatchableHash, verifySecret } from './secrets.ts';
import { createTries, dropOldest, type Tries } from './tries.ts';
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Application } from '#store/store.ts';

export type SecretVerdict = 'right' | 'wrong' | 'slow-down' | 'busy';

export type SecretCheck = (
  application: Application | null,
  clientId: string,
  secret: string,
  from: string,
  /** Wrong tries that count for the address as a whole; absent = for client and address together alone. */
  elsewhere?: Tries,
) => Promise<SecretVerdict>;

// Since it was used last: longer than a token lives, so that a client at work is never turned away because strangers keep the hashing busy.
const rememberMs = 10 * 60_000;
const rememberedSecrets = 1_000;
/** Wrong tries per client and address: so many at once, then one per interval. */
export const triesAtOnce = 10;
export const retryAfterSeconds = 6;
const hashesAtOnce = 2;
const hashesWaiting = 64;
/** Of those places, the ones for ids that no application has: strangers invent as many as they like. That ids can be told apart so costs nothing, they are public. */
const strangersWaiting = 16;

/** Runs at most a few jobs at a time and lets no more than `places` wait; null when there is no place. */
const narrowGate = (): (<T>(places: number, job: () => Promise<T>) => Promise<T> | null) => {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running < hashesAtOnce) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  // Whoever leaves hands the place over, so that nobody slips in between.
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return (places, job) => {
    if (running >= hashesAtOnce && waiting.length >= places) return null;
    return enter().then(job).finally(leave);
  };
};

/**
 * Makes a check of its own, with its own memory. The check gives `slow-down` after too many wrong tries for the same client from the
 * same address, and `busy` when too many secrets are being hashed; a secret that was right lately passes in both cases.
 */
export const createSecretCheck = (clock: Clock, random: Random): SecretCheck => {
  // What is remembered is a keyed hash of secret and stored hash together: a rotated secret is forgotten by itself.
  const key = random.bytes(32);
  const remembered = new Map<string, number>();
  const wrongTries = createTries(clock, triesAtOnce, retryAfterSeconds * 1_000);
  const gate = narrowGate();

  const memoryOf = (hash: string, secret: string): string =>
    createHmac('sha256', key).update(hash).update('\0').update(secret).digest('base64');

  const remember = (memory: string, now: number): void => {
    remembered.delete(memory);
    remembered.set(memory, now + rememberMs);
    dropOldest(remembered, rememberedSecrets);
  };

  return async (application, clientId, secret, from, elsewhere) => {
    const now = clock.now();
    const live =
      application === null || application.disabled
        ? []
        : application.secrets.filter((one) => one.expiresAt === null || one.expiresAt > now);
    for (const { hash } of live) {
      const memory = memoryOf(hash, secret);
      const until = remembered.get(memory);
      if (until === undefined || until <= now) continue;
      remember(memory, now);
      return 'right';
    }
    const caller = `${clientId}\0${from}`;
    if (!wrongTries.left(caller) || elsewhere?.left(from) === false) return 'slow-down';
    const hashes = live.length > 0 ? live.map((one) => one.hash) : [unmatchableHash];
    const matching = gate(live.length > 0 ? hashesWaiting : strangersWaiting, async () => {
      for (const hash of hashes) if (await verifySecret(secret, hash)) return hash;
      return null;
    });
    if (matching === null) return 'busy';
    const hash = await matching;
    if (hash === null) {
      wrongTries.count(caller);
      elsewhere?.count(from);
      return 'wrong';
    }
    remember(memoryOf(hash, secret), now);
    return 'right';
  };
};
