// Which parts of APIs applications use: counted in memory by the pipeline for every request that succeeds, and told to the platform store every few
// seconds, day by day. Built by compose.ts; knows no HTTP. Of whose data was asked for, and for which organisation, it is told nothing. A process that
// dies takes with it what it had not told.
import { civilDay, type Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import { limits } from '#base/limits.ts';
import type { Environment, PartUse, PlatformStore } from '#store/store.ts';
import type { Coordinate } from './contract.ts';
import { hitDays, sinceDay } from './impact.ts';

export type PartUses = {
  /**
   * Counts one request. Several parts are known again by the list itself, so that a request costs the same however many it uses: whoever calls keeps
   * one list for all requests that are alike, and never changes it.
   */
  readonly count: (application: string, api: string, parts: Coordinate | readonly Coordinate[]) => void;
  /** Tells now. Never rejects. */
  readonly exchange: () => Promise<void>;
  /** Tells what is left to tell, and stops. */
  readonly close: () => Promise<void>;
};

export type PartUseDeps = {
  readonly platform: Pick<PlatformStore, 'addPartUse' | 'dropPartUse'>;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly observe: Observe;
};

const exchangeMs = 5_000;
/** Rows that are told of at once: while they are written nothing else may be. */
const rowsAtOnce = 1_000;

type Parts = Coordinate | readonly Coordinate[];
type Counted = { times: number };
/** By application, API and what was used. */
type Counts = Map<string, Map<string, Map<Parts, Counted>>>;

/** Counts the use of parts over a platform. */
export const createPartUse = ({ platform, clock, environment, observe }: PartUseDeps): PartUses => {
  let today = civilDay(clock.now());
  let counts: Counts = new Map();
  /** Parts that `counts` holds, as many as will be rows at most. */
  let held = 0;
  /** Rows that are still to be told: of days that are over, and those that could not be told. */
  let waiting: readonly PartUse[] = [];
  let dropped: string | null = null;
  let failing = false;
  let lost = 0;

  const setAside = (): void => {
    if (counts.size === 0) return;
    waiting = [...waiting, ...rowsOf(counts, today.date)];
    counts = new Map();
    held = 0;
  };

  const tell = async (): Promise<void> => {
    setAside();
    while (waiting.length > 0) {
      const rows = waiting.slice(0, rowsAtOnce);
      await platform.addPartUse(environment, rows);
      waiting = waiting.slice(rows.length);
    }
  };

  const work = async (): Promise<void> => {
    try {
      await tell();
      const day = civilDay(clock.now()).date;
      if (dropped !== day) await platform.dropPartUse(sinceDay(clock.now(), hitDays));
      dropped = day;
      failing = false;
    } catch (error) {
      // Whoever is told that it is not counted need not hear it every few seconds.
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!failing) observe({ kind: 'setting', message: `What is used of APIs could not be counted: ${reason}` });
      failing = true;
    }
    if (lost > 0) observe({ kind: 'setting', message: `Of what is used of APIs ${lost} requests were not counted.` });
    lost = 0;
  };

  let working: Promise<void> | null = null;
  const exchange = (): Promise<void> => {
    working ??= work().finally(() => {
      working = null;
    });
    return working;
  };
  const stop = clock.every(exchangeMs, () => void exchange());

  const add = (application: string, api: string, parts: Parts): void => {
    const size = typeof parts === 'string' ? 1 : parts.length;
    if (size === 0) return;
    if (held + waiting.length + size > limits.partUsesHeld) {
      // Told sooner than it would be; what does not fit meanwhile is lost.
      lost += 1;
      void exchange();
      return;
    }
    held += size;
    let ofApplication = counts.get(application);
    if (ofApplication === undefined) counts.set(application, (ofApplication = new Map()));
    let ofApi = ofApplication.get(api);
    if (ofApi === undefined) ofApplication.set(api, (ofApi = new Map()));
    ofApi.set(parts, { times: 1 });
  };

  return {
    count: (application, api, parts) => {
      if (clock.now() >= today.to) {
        setAside();
        today = civilDay(clock.now());
      }
      const counted = counts.get(application)?.get(api)?.get(parts);
      if (counted === undefined) add(application, api, parts);
      else counted.times += 1;
    },
    exchange,
    close: async () => {
      stop();
      await working;
      await exchange();
    },
  };
};

/** What was counted, part by part: different requests may have used the same. */
const rowsOf = (counts: Counts, day: string): readonly PartUse[] =>
  [...counts].flatMap(([application, ofApplication]) =>
    [...ofApplication].flatMap(([api, ofApi]) => {
      const sums = new Map<Coordinate, number>();
      for (const [parts, { times }] of ofApi)
        for (const part of typeof parts === 'string' ? [parts] : parts) sums.set(part, (sums.get(part) ?? 0) + times);
      return [...sums].map(([part, count]): PartUse => ({ application, api, part, day, count }));
    }),
  );
