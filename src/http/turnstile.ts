// How much of a process an organisation has at a time while others ask as well: so many requests in work, the rest in a row of its own, and no more
// waiting than can be served soon. Used by the pipeline. An organisation that is alone has all there is.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Shares } from '#base/shares.ts';

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
  /** What a request is counted as at least, milliseconds of the loop. */
  readonly requestMsBeside: number;
  /** The same for a sync page: what it costs where the loop does not see it. */
  readonly deliveryMsBeside: number;
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
  /** To wait for before the next slice of a piece; null = go on, since nobody else asks. */
  readonly turn: (organisation: string) => Promise<void> | null;
  /** Turns away who has waited too long. */
  readonly sweep: () => void;
};

type Waiter = { readonly until: number; readonly go: (admitted: boolean) => void };
type Row = { inWork: number; readonly waiting: Waiter[]; admitting: boolean };

/** Makes one with nobody in it; keeps a few numbers for every organisation that has ever asked. */
export const createTurnstile = (
  limits: TurnstileLimits,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  shares: Shares,
): Turnstile => {
  const rows: Readonly<Record<Lane, Map<string, Row>>> = { work: new Map(), delivery: new Map() };
  /** Organisations with requests in work. */
  let busy = 0;
  const steps = new Map<string, Promise<void>>();

  const placesOf = (organisation: string, lane: Lane): number => {
    if (shares.alone(organisation)) return Number.POSITIVE_INFINITY;
    if (lane === 'delivery') return limits.deliveriesBeside;
    return Math.max(2, Math.min(limits.placesBeside, Math.floor(limits.placesOfAll / Math.max(1, busy))));
  };

  const leastOf = (lane: Lane): number => (lane === 'work' ? limits.requestMsBeside : limits.deliveryMsBeside);

  const begin = (lane: Lane, row: Row): void => {
    if (row.inWork === 0 && lane === 'work') busy += 1;
    row.inWork += 1;
  };

  /** Lets in whom there are places for: all at once when the organisation is alone, each in its turn when it is not. */
  const admit = async (organisation: string, lane: Lane, row: Row): Promise<void> => {
    if (row.admitting) return;
    row.admitting = true;
    const leastMs = leastOf(lane);
    while (row.waiting.length > 0 && row.inWork < placesOf(organisation, lane)) {
      if (!shares.alone(organisation)) await shares.turn(organisation, leastMs);
      const next = row.waiting.shift();
      if (next === undefined) break;
      begin(lane, row);
      next.go(true);
    }
    row.admitting = false;
  };

  /** The pause after a piece: its length at the speed of the share, one turn of the loop at least. */
  const rest = ({ done, value }: IteratorResult<Buffer>): Promise<void> => {
    const ms = done === true ? 0 : Math.floor((value.length / limits.bytesBeside) * 1_000);
    return ms < 1 ? yieldToLoop() : clock.sleep(ms);
  };

  return {
    enter: (organisation, lane) => {
      shares.asks(organisation);
      let row = rows[lane].get(organisation);
      if (row === undefined) rows[lane].set(organisation, (row = { inWork: 0, waiting: [], admitting: false }));
      const { waiting } = row;
      const alone = shares.alone(organisation);
      const place = waiting.length === 0 && (alone || row.inWork < placesOf(organisation, lane));
      if (place && (alone || shares.ready(organisation))) {
        if (!alone) shares.spend(organisation, leastOf(lane));
        begin(lane, row);
        return true;
      }
      if (waiting.length >= limits.waitingRequests) return false;
      const until = clock.monotonic() + (lane === 'work' ? limits.placeWaitMs : limits.deliveryWaitMs);
      const told = new Promise<boolean>((go) => waiting.push({ until, go }));
      if (place) void admit(organisation, lane, row);
      return told;
    },
    leave: (organisation, lane) => {
      const row = rows[lane].get(organisation);
      if (row === undefined) return;
      row.inWork -= 1;
      if (row.inWork === 0 && lane === 'work') busy -= 1;
      if (row.waiting.length > 0) void admit(organisation, lane, row);
    },
    step: async (organisation, work) => {
      if (shares.alone(organisation)) return work();
      const before = steps.get(organisation) ?? Promise.resolve();
      const mine = before.then(() => shares.turn(organisation)).then(work);
      const done = mine.then(rest, yieldToLoop);
      steps.set(organisation, done);
      void done.then(() => {
        if (steps.get(organisation) === done) steps.delete(organisation);
      });
      return mine;
    },
    turn: (organisation) => (shares.alone(organisation) ? null : shares.turn(organisation)),
    sweep: () => {
      const now = clock.monotonic();
      for (const all of Object.values(rows))
        for (const { waiting } of all.values())
          while (waiting[0] !== undefined && waiting[0].until <= now) waiting.shift()?.go(false);
    },
  };
};
