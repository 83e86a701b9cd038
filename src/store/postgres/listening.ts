// Notices of channels over one connection that comes and goes. Used by driver.ts, which says when there is one.
import type { Sql } from './database.ts';
import type { Wire } from './wire.ts';

type Listener = { readonly channel: string; readonly heard: (payload: string) => void; readonly lost: () => void };

export type Notices = {
  readonly listen: (channel: string, heard: (payload: string) => void, lost: () => void) => () => void;
  readonly notify: (channel: string, payload: string) => void;
  /** A connection to listen on from now on: everybody is told that something may have been missed. */
  readonly start: (wire: Wire) => void;
};

const tell: Sql = { name: 'tell', text: 'SELECT pg_notify($1, $2)::text AS told' };

/** Makes the listening half of a driver. */
export const createNotices = (): Notices => {
  const listeners = new Set<Listener>();
  let wire: Wire | null = null;
  /** What has been told in this turn of the loop: the same is told once. */
  let told: Set<string> | null = null;

  const subscribe = async (on: Wire, channel: string): Promise<void> => {
    await on.command(`LISTEN "${channel.replaceAll('"', '""')}"`);
    // Only now is nothing missed any more; what was told before has to be looked up.
    if (wire === on) for (const one of listeners) if (one.channel === channel) one.lost();
  };

  return {
    listen: (channel, heard, lost) => {
      const listener = { channel, heard, lost };
      listeners.add(listener);
      if (wire !== null) subscribe(wire, channel).catch(() => {});
      return () => void listeners.delete(listener);
    },
    notify: (channel, payload) => {
      const on = wire;
      if (on === null || on.broken) return;
      const key = `${channel} ${payload}`;
      if (told?.has(key) === true) return;
      if (told === null) {
        told = new Set();
        queueMicrotask(() => {
          told = null;
        });
      }
      told.add(key);
      on.query(tell, [channel, payload], null).catch(() => {});
    },
    start: (on) => {
      wire = on;
      on.onNotice((channel, payload) => {
        for (const one of listeners) if (one.channel === channel) one.heard(payload);
      });
      for (const channel of new Set([...listeners].map((one) => one.channel))) subscribe(on, channel).catch(() => {});
    },
  };
};
