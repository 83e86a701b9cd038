// What is kept of bringing notices to a subscription: rows of the register, from the moment that a notice is handed out until its receiver has it or nobody tries any
// more. Used by src/notices/ and shown by the admin API.
import { civilDay } from '#base/clock.ts';
import type { RegisterEntry } from '#store/store.ts';

/** `dead` = tried often enough, or refused for good. `dropped` = nobody wants it any more. */
export const deliveryStates = ['waiting', 'sent', 'dead', 'dropped'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export type Delivery = {
  readonly subscription: string;
  /** One notice that hits the receiver; otherwise a digest. */
  readonly loud: boolean;
  readonly notices: readonly string[];
  readonly tries: number;
  /** Not tried before, epoch ms. */
  readonly nextAt: number;
  /** Why the last try failed; null = it did not. */
  readonly failure: string | null;
  readonly sentAt: number | null;
};

export type KeptDelivery = { readonly entry: RegisterEntry; readonly delivery: Delivery };

export const keptDelivery = (entry: RegisterEntry): KeptDelivery => ({ entry, delivery: entry.value as Delivery });

/** A delivery in its next state. */
export const nextDelivery = (
  { entry, delivery }: KeptDelivery,
  state: DeliveryState,
  now: number,
  change: Partial<Delivery>,
): KeptDelivery =>
  keptDelivery({
    ...entry,
    revision: entry.revision + 1,
    state,
    changedAt: now,
    value: { ...delivery, ...change },
  });

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

// After each try that failed, the time to the next. Beyond the last it is dead: four days in all.
const pauses: readonly number[] = [
  30 * seconds,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  14 * hours,
  20 * hours,
  24 * hours,
];

/** How long after a failed try the next one is made; null = it was the last. `share` (0..1) parts those that failed together. */
export const pauseAfter = (tries: number, share: number): number | null => {
  const pause = pauses[tries - 1];
  return pause === undefined ? null : Math.round(pause * (1 + share / 10));
};

/** How often a notice is tried. */
export const triesInAll = pauses.length + 1;

/** The next Monday at eight in the morning in Norway, after a moment. */
export const nextDigest = (now: number): number => {
  for (let day = civilDay(now); ; day = civilDay(day.to)) {
    const due = day.from + 8 * hours;
    if (due > now && new Date(`${day.date}T00:00:00Z`).getUTCDay() === 1) return due;
  }
};
