// Bounded connections, shared fairly: who asks for much waits behind nobody but itself. Used by driver.ts for each kind: a few connections with many
// statements under way on each, and more connections with one user at a time. Knows no SQL.
import type { Clock } from '#base/clock.ts';
import { awayError, overloaded, translate } from './errors.ts';
import type { Wire } from './wire.ts';

export type PoolOptions = {
  readonly clock: Clock;
  /** Connections at most. */
  readonly size: number;
  /** Users of one connection at once. */
  readonly depth: number;
  /** How many may wait for one; the next is refused. */
  readonly waiting: number;
  /** How many of one key may wait. */
  readonly waitingOfOne: number;
  /** Longest wait in ms. */
  readonly waitMs: number;
  /** Part of all places that one key may have at once, when others could want some. */
  readonly share: number;
  readonly open: () => Promise<Wire>;
};

type Waiter = {
  readonly until: number;
  readonly resolve: (wire: Wire) => void;
  readonly reject: (error: unknown) => void;
};

export type Pool = {
  /** A connection to be given back; at once where there is one. Fails with HUB-501 or 503. */
  readonly take: (key: number | null, deadline: number | undefined) => Wire | Promise<Wire>;
  readonly giveBack: (key: number | null, wire: Wire) => void;
  /** Ends every connection now, and refuses all who wait. */
  readonly drop: (error: Error) => void;
  /** Refuses all who wait, and ends every connection when its users are done. */
  readonly close: () => Promise<void>;
  /** Opens connections that nobody waits for yet. */
  readonly warm: (count: number) => void;
  /** Has every statement planned anew on every connection. */
  readonly replan: () => void;
};

/** Makes a pool without any connection. */
export const createPool = (options: PoolOptions): Pool => {
  const { clock, size, depth } = options;
  const wires = new Map<Wire, number>();
  const queues = new Map<number | null, Waiter[]>();
  const held = new Map<number | null, number>();
  const part = Math.max(1, Math.floor(size * depth * options.share));
  // The tables of the platform are nobody's: who holds their lock in one transaction may need them in another.
  const mostOf = (key: number | null): number => (key === null ? Math.max(2, part) : part);
  let opening = 0;
  let waiters = 0;
  let closed = false;

  const freest = (): Wire | null => {
    let best: Wire | null = null;
    let users = depth;
    for (const [wire, count] of wires) if (count < users && !wire.broken) [best, users] = [wire, count];
    return best;
  };

  const hold = (key: number | null, wire: Wire): Wire => {
    wires.set(wire, (wires.get(wire) ?? 0) + 1);
    held.set(key, (held.get(key) ?? 0) + 1);
    return wire;
  };

  const grow = (): void => {
    if (closed || wires.size + opening >= size) return;
    opening += 1;
    options.open().then(
      (wire) => {
        opening -= 1;
        if (closed) return void wire.close();
        wires.set(wire, 0);
        wire.onLost(() => {
          wires.delete(wire);
          if (waiters > 0) grow();
        });
        serve();
      },
      (error: unknown) => {
        opening -= 1;
        // Those who wait are told why when no connection is left that could serve them.
        if (wires.size + opening === 0) refuse(translate(error));
      },
    );
  };

  const serve = (): void => {
    for (const [key, queue] of queues) {
      while (queue.length > 0 && (held.get(key) ?? 0) < mostOf(key)) {
        const wire = freest();
        if (wire === null) return;
        queue.shift()?.resolve(hold(key, wire));
        waiters -= 1;
        // To the end of the row.
        queues.delete(key);
        if (queue.length > 0) queues.set(key, queue);
        if (queues.size > 1) break;
      }
    }
  };

  const refuse = (error: unknown): void => {
    const all = [...queues.values()].flat();
    queues.clear();
    waiters = 0;
    for (const { reject } of all) reject(error);
  };

  const sweep = clock.every(100, () => {
    if (waiters === 0) return;
    const now = clock.monotonic();
    for (const [key, queue] of queues) {
      const late = queue.filter(({ until }) => until <= now);
      if (late.length === 0) continue;
      waiters -= late.length;
      queues.set(
        key,
        queue.filter(({ until }) => until > now),
      );
      for (const { reject } of late) reject(overloaded('waited too long for a connection'));
    }
  });

  return {
    take: (key, deadline) => {
      if (closed) throw awayError('closed');
      if (waiters === 0 && (held.get(key) ?? 0) < mostOf(key)) {
        const wire = freest();
        if (wire !== null) {
          // Another connection is opened before the present ones are full to the brim.
          if ((wires.get(wire) ?? 0) > 0 && wires.size + opening < size) grow();
          return hold(key, wire);
        }
      }
      const queue = queues.get(key) ?? [];
      if (waiters >= options.waiting || queue.length >= options.waitingOfOne)
        throw overloaded(`${queue.length} wait beside ${waiters - queue.length} of others`);
      grow();
      const until = Math.min(clock.monotonic() + options.waitMs, deadline ?? Infinity);
      return new Promise((resolve, reject) => {
        queue.push({ until, resolve, reject });
        queues.set(key, queue);
        waiters += 1;
      });
    },
    giveBack: (key, wire) => {
      const users = wires.get(wire);
      if (users !== undefined) wires.set(wire, users - 1);
      const left = (held.get(key) ?? 1) - 1;
      if (left === 0) held.delete(key);
      else held.set(key, left);
      if (waiters > 0) serve();
    },
    drop: (error) => {
      const all = [...wires.keys()];
      wires.clear();
      refuse(error);
      for (const wire of all) wire.destroy(error);
    },
    close: async () => {
      closed = true;
      sweep();
      refuse(awayError('closed'));
      await Promise.all([...wires.keys()].map((wire) => wire.close()));
    },
    replan: () => {
      for (const wire of wires.keys()) wire.replan();
    },
    warm: (count) => {
      for (let left = count - wires.size - opening; left > 0; left -= 1) grow();
    },
  };
};
