// How much of a process an organisation has at a time while others ask as well: so many requests in work, the rest in a row of its own, and no more
// waiting than can be served soon. Used by the pipeline. An organisation that is alone has all there is.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';

export type TurnstileLimits = {
  /** Requests of one organisation in work at once while others ask too, when there are few others. */
  readonly placesBeside: number;
  /** Of all organisations together; each has two at least. */
  readonly placesOfAll: number;
  /** Bodies of one organisation that are taken in at once while others ask too. */
  readonly deliveriesBeside: number;
  /** Bytes of long answers of one organisation in a second while others ask too. */
  readonly bytesBeside: number;
  /** Requests of one organisation that wait for a place. */
  readonly waitingRequests: number;
  /** A request waits so long for a place, a delivery so long; milliseconds. */
  readonly placeWaitMs: number;
  readonly deliveryWaitMs: number;
  /** Whoever has asked within this time counts as asking. */
  readonly besideMs: number;
};

/** `work`: answered as soon as it can be. `delivery`: its body comes as the sender likes, and takes long. */
export type Lane = 'work' | 'delivery';

/** Makes the next piece of an answer. */
export type Step = () => Promise<IteratorResult<Buffer>>;

export type Turnstile = {
  /** True = go on; false = turned away. Later when it has to wait first. Whoever went on has to `leave`. */
  readonly enter: (organisation: string, lane: Lane) => boolean | Promise<boolean>;
  readonly leave: (organisation: string, lane: Lane) => void;
  /** Runs one step of a long answer: while others ask too, one of each organisation at a time, and no more bytes in a second than its share. */
  readonly step: (organisation: string, work: Step) => ReturnType<Step>;
  /** Turns away who has waited too long. */
  readonly sweep: () => void;
};

type Waiter = { readonly until: number; readonly go: (admitted: boolean) => void };
type Row = { inWork: number; readonly waiting: Waiter[] };
type Asked = { organisation: string; at: number };

/** Makes one with nobody in it; keeps a few numbers for every organisation that has ever asked. */
export const createTurnstile = (limits: TurnstileLimits, clock: Pick<Clock, 'monotonic' | 'sleep'>): Turnstile => {
  const rows: Readonly<Record<Lane, Map<string, Row>>> = { work: new Map(), delivery: new Map() };
  /** Organisations with requests in work. */
  let busy = 0;
  const steps = new Map<string, Promise<void>>();
  // The two that asked last are enough to know whether anybody else does.
  const last: Asked = { organisation: '', at: Number.NEGATIVE_INFINITY };
  const other: Asked = { organisation: '', at: Number.NEGATIVE_INFINITY };

  const note = (organisation: string, now: number): void => {
    if (organisation !== last.organisation) {
      other.organisation = last.organisation;
      other.at = last.at;
      last.organisation = organisation;
    }
    last.at = now;
  };

  const othersAsk = (organisation: string, now: number): boolean =>
    now - (last.organisation === organisation ? other : last).at < limits.besideMs;

  const placesOf = (organisation: string, lane: Lane, now: number): number => {
    if (!othersAsk(organisation, now)) return Number.POSITIVE_INFINITY;
    if (lane === 'delivery') return limits.deliveriesBeside;
    return Math.max(2, Math.min(limits.placesBeside, Math.floor(limits.placesOfAll / Math.max(1, busy))));
  };

  const begin = (lane: Lane, row: Row): void => {
    if (row.inWork === 0 && lane === 'work') busy += 1;
    row.inWork += 1;
  };

  const admit = (organisation: string, lane: Lane, row: Row): void => {
    const places = placesOf(organisation, lane, clock.monotonic());
    while (row.inWork < places) {
      const next = row.waiting.shift();
      if (next === undefined) return;
      begin(lane, row);
      next.go(true);
    }
  };

  /** The pause after a piece: its length at the speed of the share, one turn of the loop at least. */
  const rest = ({ done, value }: IteratorResult<Buffer>): Promise<void> => {
    const ms = done === true ? 0 : Math.floor((value.length / limits.bytesBeside) * 1_000);
    return ms < 1 ? yieldToLoop() : clock.sleep(ms);
  };

  return {
    enter: (organisation, lane) => {
      const now = clock.monotonic();
      note(organisation, now);
      let row = rows[lane].get(organisation);
      if (row === undefined) rows[lane].set(organisation, (row = { inWork: 0, waiting: [] }));
      const { waiting } = row;
      if (waiting.length === 0 && row.inWork < placesOf(organisation, lane, now)) {
        begin(lane, row);
        return true;
      }
      if (waiting.length >= limits.waitingRequests) return false;
      const until = now + (lane === 'work' ? limits.placeWaitMs : limits.deliveryWaitMs);
      return new Promise((go) => waiting.push({ until, go }));
    },
    leave: (organisation, lane) => {
      const row = rows[lane].get(organisation);
      if (row === undefined) return;
      row.inWork -= 1;
      if (row.inWork === 0 && lane === 'work') busy -= 1;
      if (row.waiting.length > 0) admit(organisation, lane, row);
    },
    step: async (organisation, work) => {
      if (!othersAsk(organisation, clock.monotonic())) return work();
      const mine = (steps.get(organisation) ?? Promise.resolve()).then(work);
      const done = mine.then(rest, yieldToLoop);
      steps.set(organisation, done);
      void done.then(() => {
        if (steps.get(organisation) === done) steps.delete(organisation);
      });
      return mine;
    },
    sweep: () => {
      const now = clock.monotonic();
      for (const all of Object.values(rows))
        for (const { waiting } of all.values())
          while (waiting[0] !== undefined && waiting[0].until <= now) waiting.shift()?.go(false);
    },
  };
};
