// Wake-ups: whoever waits for something (an adapter for events) is told at once when it may be there, also by other processes where there is a
// way to hear of them. Told by the hub's writers. Holds no data and no policy.

/** One who waits. What is told between two waits is not lost. */
export type Listener = {
  /** True when the topic has been told since the last wait; false after `ms` milliseconds, when the signal aborts, or when all is closed. */
  readonly next: (ms: number, signal: AbortSignal) => Promise<boolean>;
  /** Must be called when done. */
  readonly close: () => void;
};

export type Signals = {
  /** Says that something has happened under a topic. Costs nothing when nobody listens. */
  readonly tell: (topic: string) => void;
  readonly listen: (topics: readonly string[]) => Listener;
  /** How many listen to a topic. */
  readonly listeners: (topic: string) => number;
  /** Wakes everybody and lets nobody wait any more: the hub is stopping. */
  readonly close: () => void;
};

/** Other processes that work on the same data. What they hear may be late, and may be lost: then `lost` is called. */
export type OtherProcesses = {
  readonly tell: (topic: string) => void;
  readonly listen: (heard: (topic: string) => void, lost: () => void) => void;
};

export type SignalDeps = {
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Absent = this process is the only one. */
  readonly others?: OtherProcesses;
};

/** The topic of new events of a collection. */
export const eventsTopic = (tenant: string, collection: string): string => `events ${tenant} ${collection}`;

/** The topic of everything that is committed for an organisation: told after each write, also when nothing anybody follows has changed. */
export const changesTopic = (tenant: string): string => `changes ${tenant}`;

/** Makes the signals of one process. */
export const createSignals = ({ sleep, others }: SignalDeps): Signals => {
  const topics = new Map<string, Set<() => void>>();
  let closed = false;

  const listen = (wanted: readonly string[]): Listener => {
    let told = false;
    let wake: (() => void) | null = null;
    const hear = (): void => {
      told = true;
      wake?.();
    };
    for (const topic of wanted) topics.set(topic, (topics.get(topic) ?? new Set()).add(hear));
    return {
      next: async (ms, signal) => {
        if (!told && !closed && ms > 0 && !signal.aborted) {
          const stop = new AbortController();
          const end = (): void => stop.abort();
          wake = end;
          signal.addEventListener('abort', end, { once: true });
          await sleep(ms, stop.signal);
          signal.removeEventListener('abort', end);
          wake = null;
        }
        const news = told && !closed;
        told = false;
        return news;
      },
      close: () => {
        for (const topic of wanted) {
          const here = topics.get(topic);
          here?.delete(hear);
          if (here?.size === 0) topics.delete(topic);
        }
      },
    };
  };

  const tellHere = (topic: string): void => {
    for (const hear of topics.get(topic) ?? []) hear();
  };
  const tellAll = (): void => {
    for (const here of topics.values()) for (const hear of here) hear();
  };
  // Who may have missed something looks for itself.
  others?.listen(tellHere, tellAll);

  return {
    tell: (topic) => {
      tellHere(topic);
      others?.tell(topic);
    },
    listen,
    listeners: (topic) => topics.get(topic)?.size ?? 0,
    close: () => {
      closed = true;
      tellAll();
    },
  };
};
