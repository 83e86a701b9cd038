// Time, injected. The only file of the product that reads the system clock or sets a timer.

export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that never go backwards; only differences mean something. */
  readonly monotonic: () => number;
  /** Resolves after the given milliseconds; rejects never. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Calls back every `ms` milliseconds until the returned function is called. Does not keep the process alive. */
  readonly every: (ms: number, call: () => void) => () => void;
};

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done, { once: true });
    }),
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Lets other work of the event loop run before the next slice of a long job. */
export const yieldToLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** FINT's one rendering of dates and date-times: UTC to the second, no milliseconds (facts 2.3). */
export const formatInstant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The date form of HTTP headers (RFC 9110, 5.6.7). */
export const formatHttpDate = (ms: number): string => {
  // What came in one page has one time: the text of before is often the one that is asked for.
  if (ms !== formatted.ms) formatted = { ms, text: new Date(ms).toUTCString() };
  return formatted.text;
};

let formatted = { ms: Number.NaN, text: '' };

const norway = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Oslo', timeZoneName: 'longOffset' });

/**
 * The first moment (epoch ms) in Norwegian civil time of the date that UTC has at `ms`: access by date begins and ends there (trust facts 3.2).
 * Clocks are changed at one in the morning UTC, so what holds at midnight UTC held at midnight in Norway.
 */
export const midnight = (ms: number): number => {
  const date = new Date(ms).toISOString().slice(0, 10);
  const zone = norway.formatToParts(Date.parse(date)).find(({ type }) => type === 'timeZoneName')?.value;
  return Date.parse(`${date}T00:00:00${zone?.slice('GMT'.length) || 'Z'}`);
};

/** A day of 24 hours. */
export const dayMs = 86_400_000;

/**
 * The civil date that Norway has at a moment (epoch ms), `2026-11-22`, with its first moment and that of the next one: 23 to 25 hours. Norway is
 * ahead of UTC all year, so its date is that of UTC or the one after.
 */
export const civilDay = (ms: number): { readonly date: string; readonly from: number; readonly to: number } => {
  const tomorrow = midnight(ms + dayMs);
  const at = ms >= tomorrow ? ms + dayMs : ms;
  const from = at === ms ? midnight(at) : tomorrow;
  return { date: new Date(at).toISOString().slice(0, 10), from, to: midnight(at + dayMs) };
};
