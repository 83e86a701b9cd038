// Quality, put together: the work in the background, a slice at a time where nobody is in its way, and the port that tells the results. Built by
// app/compose.ts, and by the command line over the files of a hub. Never fails a delivery: what goes wrong here is noticed and tried again.
import { hash } from 'node:crypto';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Model } from '#model/model.ts';
import type { QualityRules } from '#model/quality-rules.ts';
import type { QualityStore } from '#store/quality.ts';
import type { Cell } from './csv.ts';
import { toCsv, toNdjson } from './csv.ts';
import { createExaminer } from './examine.ts';
import type { Quality, QualityExport, QualityQuery, QualitySummary, QualityTrendQuery } from './quality.ts';
import { dayOf, sampleOf, summarise, trendOf } from './report.ts';
import type { ReportDeps } from './report.ts';
import { runSlice } from './slice.ts';
import type { Slice } from './slice.ts';

export type QualityDeps = Omit<ReportDeps, 'organisation'> & {
  readonly rules: QualityRules;
  readonly clock: Clock;
  /** The store of an organisation; null while it has no data. */
  readonly open: (organisation: string) => Promise<QualityStore | null>;
};

export type QualityWorker = Quality & {
  /**
   * Works on these organisations in turn until nothing is left, or until stopped. When a store throws the others are worked on all the same;
   * then it rejects with the first of what was thrown.
   */
  readonly work: (organisations: readonly string[]) => Promise<void>;
  /** The same for one organisation without pauses; gives how many resources it looked at. For tests and tools. */
  readonly catchUp: (organisation: string) => Promise<number>;
  /** Stops the work at the end of the slice under way, and closes the stores. */
  readonly close: () => Promise<void>;
};

/** Grows when the code of the rules changes, so that everything is looked at anew. */
const rulesVersion = 1;
type Pace = {
  /** How long a slice takes, about. */
  readonly sliceMs: number;
  /** How much longer others get then; more while somebody keeps the loop busy. */
  readonly restShare: number;
  readonly smallest: number;
  readonly largest: number;
};
// In this process a slice holds everybody up. Far away it only waits: a slice is as large as its transaction may be, and leaves the database
// half of the time of one connection.
const near: Pace = { sliceMs: 4, restShare: 3, smallest: 64, largest: 512 };
const far: Pace = { sliceMs: 150, restShare: 1, smallest: 128, largest: 1_024 };
// After so long without a rest others are let in.
const heldMs = 4;
const busyMs = 8;
const busyRestMs = 50;
// While data are coming in, they go first; a page takes a while until it shows.
const deliveryRestMs = 250;
const deliveryMs = 1_000;
const slicesPerTurn = 32;
const trendEveryMs = 60_000;
const trendKeptDays = 400;
const dayMs = 86_400_000;

type Open = {
  readonly store: QualityStore;
  readonly pace: Pace;
  /** Resources of a slice. */
  size: number;
  /** The end of the change feed when it was last seen, and when it last moved. */
  head: number;
  receivedAt: number;
  trendAt: number;
  trendDay: string;
};

/** Names a model and its rules: when it changes, everything is looked at anew. */
export const markOf = (model: Model, rules: QualityRules): string =>
  `${rulesVersion} ${hash('sha1', `${model.hash} ${JSON.stringify([...rules])}`)}`;

/** Builds quality over an opener of stores. */
export const createQuality = (deps: QualityDeps): QualityWorker => {
  const { model, clock } = deps;
  const examiner = createExaminer(model, deps.rules);
  const mark = markOf(model, deps.rules);
  const stores = new Map<string, Promise<Open | null>>();
  const stop = new AbortController();
  let working: Promise<unknown> = Promise.resolve();

  const open = (organisation: string): Promise<Open | null> => {
    const known = stores.get(organisation);
    if (known !== undefined) return known;
    const opening = deps.open(organisation).then((store): Open | null =>
      store === null
        ? null
        : {
            store,
            pace: store.far ? far : near,
            size: (store.far ? far : near).smallest,
            head: Number.POSITIVE_INFINITY,
            receivedAt: Number.NEGATIVE_INFINITY,
            trendAt: Number.NEGATIVE_INFINITY,
            trendDay: '',
          },
    );
    stores.set(organisation, opening);
    const forget = (): void => void stores.delete(organisation);
    opening.then((opened) => opened === null && forget(), forget);
    return opening;
  };

  /** One slice, its size fitted to the time that it should take. */
  const slice = async (one: Open): Promise<Slice & { readonly ms: number; readonly receiving: boolean }> => {
    const started = clock.monotonic();
    let [since, waited] = [started, 0];
    const pause = async (): Promise<void> => {
      const asked = clock.monotonic();
      if (asked - since < heldMs) return;
      await yieldToLoop();
      since = clock.monotonic();
      waited += since - asked;
    };
    const done = await runSlice({ store: one.store, examiner, mark, pause }, Math.round(one.size));
    const ms = clock.monotonic() - started - waited;
    const { sliceMs, smallest, largest } = one.pace;
    if (ms > sliceMs * 1.5) one.size = Math.max(smallest, one.size / 2);
    else if (ms < sliceMs / 2) one.size = Math.min(largest, one.size * 1.5);
    const now = clock.monotonic();
    if (done.head > one.head) one.receivedAt = now;
    one.head = done.head;
    return { ...done, ms, receiving: now - one.receivedAt < deliveryMs };
  };

  const rest = async (worked: number, receiving: boolean, { restShare }: Pace): Promise<void> => {
    await clock.sleep(receiving ? deliveryRestMs : worked * restShare, stop.signal);
    const asked = clock.monotonic();
    await yieldToLoop();
    if (clock.monotonic() - asked > busyMs) await clock.sleep(busyRestMs, stop.signal);
  };

  /** Every day has a row; it is renewed when something was found out, but only now and then while there is much to find out. */
  const keepTrend = async (one: Open, state: 'caught-up' | 'behind' | 'idle'): Promise<void> => {
    const [now, at] = [clock.now(), clock.monotonic()];
    const day = dayOf(now);
    if (one.trendDay === '') one.trendDay = await one.store.results.lastDay();
    const due = state === 'caught-up' || (state === 'behind' && at - one.trendAt >= trendEveryMs);
    if (!due && day === one.trendDay) return;
    await one.store.results.putTrend(day, dayOf(now - trendKeptDays * dayMs));
    one.trendDay = day;
    one.trendAt = at;
  };

  /** Some slices of one organisation; true when there is more. */
  const turn = async (organisation: string): Promise<boolean> => {
    const one = await open(organisation);
    if (one === null) return false;
    let changed = false;
    for (let count = 0; count < slicesPerTurn; count += 1) {
      if (stop.signal.aborted) return false;
      const done = await one.store.alone(() => slice(one));
      // Another process is at it.
      if (done === null) return false;
      const { worked, ms, receiving } = done;
      if (!worked) {
        await keepTrend(one, changed ? 'caught-up' : 'idle');
        return false;
      }
      changed = true;
      await rest(ms, receiving, one.pace);
    }
    await keepTrend(one, 'behind');
    return true;
  };

  const workThrough = async (organisations: readonly string[]): Promise<void> => {
    const failures: unknown[] = [];
    let left = organisations;
    while (left.length > 0 && !stop.signal.aborted) {
      const next: string[] = [];
      for (const organisation of left) {
        try {
          if (await turn(organisation)) next.push(organisation);
        } catch (error) {
          // The others' data are as good as before.
          failures.push(error);
        }
      }
      left = next;
    }
    if (failures.length > 0) throw failures[0];
  };

  const exclusively = <T>(task: () => Promise<T>): Promise<T> => {
    const result = working.then(task);
    working = result.catch(() => {});
    return result;
  };

  const reportDeps = (organisation: string): ReportDeps => ({ ...deps, organisation });

  const summary: Quality['summary'] = async (organisation, query) => {
    const one = await open(organisation);
    return one === null
      ? nothingYet(organisation, clock.now())
      : summarise(reportDeps(organisation), one.store, clock.now(), query);
  };
  const samples: Quality['samples'] = async (organisation, query) => {
    const one = await open(organisation);
    return one === null ? [] : sampleOf(reportDeps(organisation), one.store, query);
  };
  const trend: Quality['trend'] = async (organisation, query) => {
    const one = await open(organisation);
    return one === null ? [] : trendOf(one.store, clock.now(), query);
  };

  const rowsOf = async (
    organisation: string,
    what: QualityExport,
    query: QualityQuery & QualityTrendQuery,
  ): Promise<readonly Readonly<Record<string, Cell>>[]> => {
    switch (what) {
      case 'summary':
        return (await summary(organisation, query)).lines.map(({ target, explanation, ...line }) => ({
          ...line,
          target: target?.collection ?? null,
          targetSyncedAt: target?.syncedAt ?? null,
          explanation: explanation.en,
        }));
      case 'samples':
        return samples(organisation, query);
      case 'trend':
        return trend(organisation, query);
    }
  };

  return {
    summary,
    samples,
    trend,
    text: async (organisation, what, format, query) => {
      const rows = await rowsOf(organisation, what, query);
      return format === 'csv' ? toCsv(columns[what], rows) : toNdjson(rows);
    },
    work: (organisations) => exclusively(() => workThrough(organisations)),
    catchUp: (organisation) =>
      exclusively(async () => {
        const one = await open(organisation);
        if (one === null) return 0;
        let examined = 0;
        for (;;) {
          const done = await one.store.alone(() => slice(one));
          if (done === null) break;
          examined += done.examined;
          if (!done.worked) break;
          await yieldToLoop();
        }
        await keepTrend(one, 'caught-up');
        return examined;
      }),
    close: async () => {
      stop.abort();
      await working;
      for (const opening of stores.values()) await (await opening.catch(() => null))?.store.close();
      stores.clear();
    },
  };
};

/** The columns of each export, in order. */
const columns: Readonly<Record<QualityExport, readonly string[]>> = {
  summary: [
    'collection',
    'source',
    'part',
    'rule',
    'place',
    'detail',
    'resources',
    'count',
    'target',
    'targetSyncedAt',
    'explanation',
  ],
  samples: ['collection', 'rule', 'place', 'detail', 'count', 'resource', 'subject', 'self'],
  trend: ['day', 'collection', 'rule', 'count', 'examined'],
};

const nothingYet = (organisation: string, at: number): QualitySummary => ({
  organisation,
  at,
  examined: false,
  backlog: { changes: 0, resources: 0, collections: [], complete: false },
  score: { examined: 0, flawed: 0, score: null },
  collections: [],
  sources: [],
  lines: [],
});
