// One of several processes that share a port: what it says to the process that started it, and what it hears from there. Used by `bindeledd
// start`; the other side is workers.ts.
import type { Colleague } from './running.ts';

export type ToWorker =
  | { readonly kind: 'stop'; readonly replaced: boolean }
  /** How much has been counted? */
  | { readonly kind: 'count'; readonly asked: number }
  | { readonly kind: 'metrics'; readonly asked: number; readonly text: string };

export type FromWorker =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'counted'; readonly asked: number; readonly counts: readonly object[] }
  /** What have all of us counted? */
  | { readonly kind: 'metrics'; readonly asked: number };

export type WorkerSide = {
  readonly colleague: Colleague;
  readonly ready: (url: string) => void;
  /** Resolves when the process shall stop. */
  readonly told: Promise<{ readonly replaced: boolean }>;
  /** Hands over what has been counted, at the end. */
  readonly farewell: () => Promise<void>;
};

const say = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, {}, () => resolve());
  });

const nothing = (): Promise<readonly object[]> => Promise.resolve([]);

/** Begins to listen to the process that started this one. */
export const joinWorkers = (): WorkerSide => {
  const told = Promise.withResolvers<{ readonly replaced: boolean }>();
  const pages = new Map<number, (text: string) => void>();
  let asking = 0;
  let own = nothing;

  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'stop':
        return told.resolve({ replaced: message.replaced });
      case 'count':
        return void own().then((counts) => say({ kind: 'counted', asked: message.asked, counts }));
      case 'metrics':
        pages.get(message.asked)?.(message.text);
        pages.delete(message.asked);
    }
  });
  // A terminal that is closed says so to all of its processes: only the one that started the others acts on it.
  process.on('SIGHUP', () => {});

  return {
    colleague: {
      metrics: () =>
        new Promise((resolve) => {
          asking += 1;
          pages.set(asking, resolve);
          void say({ kind: 'metrics', asked: asking });
        }),
      counted: (take) => {
        own = take;
      },
    },
    ready: (url) => void say({ kind: 'ready', url }),
    told: told.promise,
    farewell: async () => say({ kind: 'counted', asked: 0, counts: await own() }),
  };
};
