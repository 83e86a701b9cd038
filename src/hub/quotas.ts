// How much an application may ask for in an organisation: so many requests within a minute (a bucket that fills evenly) and within a civil day in
// Norway. Asked by the pipeline for every request that counts, in memory; what has been used is told to the platform store, and heard from there,
// about every second, so that all processes on the same data share one quota. Built by compose.ts; knows no HTTP. Exact within one process; of
// others what they let through in the last two seconds is not known, and a process that dies takes with it what it has not told.
import { civilDay, dayMs, formatInstant, type Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Environment, Link, PlatformStore, QuotaLimits, QuotaUse } from '#store/store.ts';
import type { Principal } from './principal.ts';

/** Requests within a minute and within a day; 0 = as many as are asked for. */
export type Quota = { readonly perMinute: number; readonly perDay: number };

/** How a limit stands: `left` requests now, all of them again in `seconds`. */
export type QuotaPart = { readonly limit: number; readonly left: number; readonly seconds: number };

/** How a quota stands after a request. A part without a limit is null. */
export type QuotaStanding = {
  readonly burst: QuotaPart | null;
  readonly day: QuotaPart | null;
  /** Null = let through; else the seconds after which one will be. */
  readonly retryAfter: number | null;
};

/** One limit as its holder is shown it; `limit` and `left` are null where there is none. */
export type QuotaUsagePart = {
  readonly limit: number | null;
  readonly used: number;
  readonly left: number | null;
  /** Seconds that the limit is for. */
  readonly window: number;
  /** When all of it is there again, if nothing more is asked for; an instant in UTC. */
  readonly resetAt: string;
};

export type QuotaUsage = {
  readonly application: string;
  readonly organisation: string;
  readonly environment: Environment;
  readonly burst: QuotaUsagePart;
  readonly day: QuotaUsagePart & { readonly date: string };
};

type Whose = Pick<Principal, 'client' | 'tenant'>;

export type Quotas = {
  /** Counts a request, unless it is one too many. */
  readonly take: (whose: Whose) => QuotaStanding;
  /** How it stands, without counting. */
  readonly look: (whose: Whose) => QuotaStanding;
  readonly usage: (whose: Whose) => QuotaUsage;
  /** Of everybody who has asked for something of an organisation today. */
  readonly usageOf: (organisation: string) => readonly QuotaUsage[];
  /** Tells and hears now. Never rejects. */
  readonly exchange: () => Promise<void>;
  /** Tells what is left to tell, and stops. */
  readonly close: () => Promise<void>;
};

export type QuotaDeps = {
  readonly platform: Pick<PlatformStore, 'revision' | 'links' | 'addQuotaUse' | 'quotaUse' | 'dropQuotaUse'>;
  readonly clock: Clock;
  readonly observe: Observe;
  readonly environment: Environment;
  /** Of whoever has no limits of its own. */
  readonly usual: Quota;
  /** Whether other processes work on the same data. */
  readonly others: boolean;
};

const minuteSeconds = 60;
const daySeconds = 86_400;
const exchangeMs = 1_000;
/** What others have told of is looked up this far back: their clocks and commits may be late. */
const lateMs = 120_000;
/** Days of use that are kept. */
const keptDays = 31;

/** One application in one organisation. */
type Pair = {
  readonly application: string;
  readonly organisation: string;
  quota: Quota;
  /** The civil date that the counts are of. */
  day: string;
  /** Of the day: by everyone as far as known, as the store last had it, and what of our own it has not been told. */
  used: number;
  told: number;
  untold: number;
  /** What the bucket lacks, at a monotonic moment. */
  weight: number;
  weighedAt: number;
};

const keyOf = (application: string, organisation: string): string => `${application} ${organisation}`;

/** Builds the quotas; rejects when what has been used today cannot be read. */
export const createQuotas = async (deps: QuotaDeps): Promise<Quotas> => {
  const { platform, clock, environment, usual } = deps;
  const pairs = new Map<string, Pair>();
  let today = civilDay(clock.now());
  let own = new Map<string, Quota>();
  let revision = -1;
  let heardAt = 0;
  /** Of days that are over. */
  let late: QuotaUse[] = [];

  const quotaOf = (key: string): Quota => own.get(key) ?? usual;

  const readLimits = async (): Promise<void> => {
    const now = await platform.revision();
    if (now === revision) return;
    own = limitsOf(await platform.links(), environment, usual);
    revision = now;
    for (const [key, pair] of pairs) pair.quota = quotaOf(key);
  };

  const useOf = (pair: Pair, used: number): QuotaUse => {
    const { application, organisation, day, weight } = pair;
    return { application, organisation, day, used, weight: Math.ceil(weight), at: clock.now() };
  };

  /** A new day: nothing is used of it; what is still to be told is of the day before. */
  const turn = (pair: Pair): void => {
    if (pair.untold > 0) late.push(useOf(pair, pair.untold));
    pair.day = today.date;
    pair.used = pair.told = pair.untold = 0;
  };

  const pairOf = (application: string, organisation: string): Pair => {
    const key = keyOf(application, organisation);
    let pair = pairs.get(key);
    if (pair === undefined) {
      const none = { used: 0, told: 0, untold: 0, weight: 0, weighedAt: clock.monotonic() };
      pair = { application, organisation, quota: quotaOf(key), day: today.date, ...none };
      pairs.set(key, pair);
    }
    if (clock.now() >= today.to) today = civilDay(clock.now());
    if (pair.day !== today.date) turn(pair);
    weigh(pair, clock.monotonic());
    return pair;
  };

  const standing = (pair: Pair, refused: boolean): QuotaStanding => {
    const { perMinute, perDay } = pair.quota;
    const rate = perMinute / minuteSeconds;
    const untilDay = Math.ceil((today.to - clock.now()) / 1_000);
    const overMinute = perMinute > 0 && pair.weight + 1 > perMinute + tiny;
    return {
      burst:
        perMinute === 0
          ? null
          : {
              limit: perMinute,
              left: Math.max(0, Math.floor(perMinute - pair.weight + tiny)),
              seconds: Math.ceil(pair.weight / rate - tiny),
            },
      day: perDay === 0 ? null : { limit: perDay, left: Math.max(0, perDay - pair.used), seconds: untilDay },
      retryAfter: !refused
        ? null
        : isUsedUp(pair)
          ? untilDay
          : overMinute
            ? Math.max(1, Math.ceil((pair.weight + 1 - perMinute) / rate))
            : 1,
    };
  };

  /** What one process has told of a pair, by all processes: the rest is new to us. */
  const hear = ({ application, organisation, day, used, weight, at }: QuotaUse): void => {
    if (day !== today.date) return;
    const isNew = !pairs.has(keyOf(application, organisation));
    const pair = pairOf(application, organisation);
    const more = used - pair.told;
    if (more <= 0) return;
    pair.told = used;
    pair.used += more;
    const heavy = isNew ? weight - (Math.max(0, clock.now() - at) / 60_000) * pair.quota.perMinute : more;
    pair.weight = Math.min(pair.quota.perMinute, pair.weight + Math.max(0, heavy));
  };

  const tell = async (): Promise<void> => {
    const telling = [...pairs.values()].filter(({ untold }) => untold > 0);
    const uses = [...late, ...telling.map((pair) => useOf(pair, pair.untold))];
    if (uses.length === 0) return;
    const sent = telling.map((pair) => ({ pair, day: pair.day, count: pair.untold }));
    const before = late;
    late = [];
    for (const pair of telling) {
      pair.told += pair.untold;
      pair.untold = 0;
    }
    try {
      await platform.addQuotaUse(environment, uses);
    } catch (error) {
      // It is told the next time. A day that has ended meanwhile is told of as such.
      late = [...before, ...late];
      for (const { pair, day, count } of sent)
        if (pair.day === day) {
          pair.told -= count;
          pair.untold += count;
        } else late.push({ ...useOf(pair, count), day });
      throw error;
    }
  };

  const listen = async (): Promise<void> => {
    const since = heardAt === 0 ? 0 : heardAt - lateMs;
    const asked = clock.now();
    for (const use of await platform.quotaUse(environment, since)) hear(use);
    heardAt = asked;
  };

  /** Drops what nobody asks about any more. */
  const forget = async (): Promise<void> => {
    for (const [key, { day, untold }] of pairs) if (day !== today.date && untold === 0) pairs.delete(key);
    await platform.dropQuotaUse(civilDay(clock.now() - keptDays * dayMs).date);
  };

  let forgotten = today.date;
  let failing = false;
  const work = async (): Promise<void> => {
    try {
      await readLimits();
      await tell();
      if (deps.others) await listen();
      if (forgotten !== today.date) {
        forgotten = today.date;
        await forget();
      }
      failing = false;
    } catch (error) {
      // Whoever is told that quotas are not shared need not hear it every second.
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!failing) deps.observe({ kind: 'setting', message: `What is used of quotas could not be shared: ${reason}` });
      failing = true;
    }
  };

  let working: Promise<void> | null = null;
  const exchange = (): Promise<void> => {
    working ??= work().finally(() => {
      working = null;
    });
    return working;
  };

  await readLimits();
  await listen();
  const stop = clock.every(exchangeMs, () => void exchange());

  const shown = (pair: Pair): QuotaUsage => {
    const { burst, day } = standing(pair, false);
    const { quota, weight, used } = pair;
    const { application, organisation } = pair;
    return {
      application,
      organisation,
      environment,
      burst: {
        limit: burst?.limit ?? null,
        used: burst === null ? 0 : Math.min(quota.perMinute, Math.ceil(weight - tiny)),
        left: burst?.left ?? null,
        window: minuteSeconds,
        resetAt: formatInstant(clock.now() + (burst?.seconds ?? 0) * 1_000),
      },
      day: {
        date: today.date,
        limit: day?.limit ?? null,
        used,
        left: day?.left ?? null,
        window: daySeconds,
        resetAt: formatInstant(today.to),
      },
    };
  };

  return {
    take: ({ client, tenant }) => {
      const pair = pairOf(client, tenant);
      const { perMinute } = pair.quota;
      if (isUsedUp(pair) || (perMinute > 0 && pair.weight + 1 > perMinute + tiny)) return standing(pair, true);
      pair.used += 1;
      pair.untold += 1;
      if (perMinute > 0) pair.weight += 1;
      return standing(pair, false);
    },
    look: ({ client, tenant }) => standing(pairOf(client, tenant), false),
    usage: ({ client, tenant }) => shown(pairOf(client, tenant)),
    usageOf: (organisation) =>
      [...pairs.values()]
        .filter((pair) => pair.organisation === organisation)
        .map(({ application }) => shown(pairOf(application, organisation)))
        .sort((a, b) => (a.application < b.application ? -1 : 1)),
    exchange,
    close: async () => {
      stop();
      await working;
      await exchange();
    },
  };
};

/** Sums of many small numbers are not whole to the last digit. */
const tiny = 1e-6;

const isUsedUp = ({ quota: { perDay }, used }: Pair): boolean => perDay > 0 && used >= perDay;

/** The bucket fills evenly, from empty to full in a minute. */
const weigh = (pair: Pair, now: number): void => {
  const passed = now - pair.weighedAt;
  if (passed > 0 && pair.weight > 0) pair.weight = Math.max(0, pair.weight - (passed / 60_000) * pair.quota.perMinute);
  pair.weighedAt = now;
};

const limitsOf = (links: readonly Link[], environment: Environment, usual: Quota): Map<string, Quota> => {
  const found = new Map<string, Quota>();
  for (const { application, organisation, environment: where, endedAt, quota = null } of links)
    if (quota !== null && endedAt === null && where === environment)
      found.set(keyOf(application, organisation), quotaWith(quota, usual));
  return found;
};

const quotaWith = ({ perMinute, perDay }: QuotaLimits, usual: Quota): Quota => ({
  perMinute: perMinute ?? usual.perMinute,
  perDay: perDay ?? usual.perDay,
});
