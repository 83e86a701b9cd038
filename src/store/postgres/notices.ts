// What processes over one database tell each other: that the platform has changed, that an organisation has committed, that somebody may wake
// up. Small, coalesced, and never to be relied on: whoever hears of a loss looks again, and looks now and then anyway. Told by platform.ts and
// by the writers of organisations; knows nothing of what hangs on it.
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Database } from './database.ts';

/**
 * `platform`: look at its revision. `committed`: the organisation of this number has this many commits now. `signal`: whoever waits for the
 * topic of this name may find something (the names are those of hub/signals.ts).
 */
export type Notice =
  | { readonly kind: 'platform' }
  | { readonly kind: 'committed'; readonly tenant: number; readonly commits: number }
  | { readonly kind: 'signal'; readonly topic: string };

export type NoticeListener = {
  /** What another process has told; never what this one has. */
  readonly heard: (notice: Notice) => void;
  /** Some may have been missed: all that is known from notices is to be looked at again. */
  readonly lost: () => void;
};

export type Notices = {
  /** Told within some milliseconds; lost when the database is away. Costs no time of the caller. */
  readonly tell: (notice: Notice) => void;
  /** Gives what ends it. */
  readonly listen: (listener: NoticeListener) => () => void;
  /** Tells what waits, and hears nothing any more. */
  readonly close: () => void;
};

export type NoticeDeps = {
  readonly database: Pick<Database, 'listen' | 'notify'>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Pick<Random, 'uuid'>;
};

const channel = 'bindeledd';

// A commit that tells takes a lock which all commits of the server that tell share: a process tells a hundred times a second at most.
const pauseMs = 10;

// PostgreSQL takes payloads below 8,000 bytes.
const payloadBytes = 7_500;

/** Starts to hear, over a connection of its own. */
export const createNotices = ({ database, clock, random }: NoticeDeps): Notices => {
  const self = random.uuid();
  const listeners = new Set<NoticeListener>();
  const waiting = new Map<string, Notice>();
  let resting = false;
  let closed = false;

  const send = (): void => {
    const parts = [...waiting.values()].map(encode);
    waiting.clear();
    for (const payload of packed(self, parts)) database.notify(channel, payload);
  };
  const rest = (): void => {
    resting = true;
    // What comes in the same turn goes along.
    setImmediate(() => {
      if (closed) return;
      send();
      void clock.sleep(pauseMs).then(() => {
        resting = false;
        if (waiting.size > 0 && !closed) rest();
      });
    });
  };

  const hear = (payload: string): void => {
    const { from, notices } = decode(payload);
    if (from === self) return;
    for (const notice of notices) for (const listener of listeners) listener.heard(notice);
  };
  const stop = database.listen(channel, hear, () => {
    for (const listener of listeners) listener.lost();
  });

  return {
    tell: (notice) => {
      if (closed) return;
      const key = keyOf(notice);
      const told = waiting.get(key);
      if (told?.kind !== 'committed' || notice.kind !== 'committed' || told.commits < notice.commits)
        waiting.set(key, notice);
      if (!resting) rest();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      if (closed) return;
      send();
      closed = true;
      listeners.clear();
      stop();
    },
  };
};

const keyOf = (notice: Notice): string => {
  switch (notice.kind) {
    case 'platform':
      return 'p';
    case 'committed':
      return `c${notice.tenant}`;
    case 'signal':
      return `s${notice.topic}`;
  }
};

// On the wire: a list that begins with who tells; then 0 = platform, [number, commits], or a topic.
type Encoded = 0 | readonly [number, number] | string;

const encode = (notice: Notice): Encoded => {
  switch (notice.kind) {
    case 'platform':
      return 0;
    case 'committed':
      return [notice.tenant, notice.commits];
    case 'signal':
      return notice.topic;
  }
};

/** As few payloads as hold them all. A topic that none can hold is left out: whoever waits for it looks by itself after a while. */
const packed = (self: string, parts: readonly Encoded[]): readonly string[] => {
  const payloads: string[] = [];
  const beginning = Buffer.byteLength(JSON.stringify([self]));
  let some: Encoded[] = [];
  let bytes = beginning;
  const end = (): void => {
    if (some.length > 0) payloads.push(JSON.stringify([self, ...some]));
    some = [];
    bytes = beginning;
  };
  for (const part of parts) {
    const size = Buffer.byteLength(JSON.stringify(part)) + 1;
    if (beginning + size > payloadBytes) continue;
    if (bytes + size > payloadBytes) end();
    some.push(part);
    bytes += size;
  }
  end();
  return payloads;
};

/** What a payload says; of one in no form of ours nothing. Newer versions may tell more than is understood here. */
const decode = (payload: string): { readonly from: string; readonly notices: readonly Notice[] } => {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return nothing;
  }
  if (!Array.isArray(value) || typeof value[0] !== 'string') return nothing;
  return { from: value[0], notices: value.slice(1).flatMap((part: unknown) => noticeOf(part) ?? []) };
};

const nothing = { from: '', notices: [] };

const noticeOf = (part: unknown): Notice | null => {
  if (part === 0) return { kind: 'platform' };
  if (typeof part === 'string') return { kind: 'signal', topic: part };
  if (!Array.isArray(part)) return null;
  const [tenant, commits]: readonly unknown[] = part;
  return Number.isSafeInteger(tenant) && Number.isSafeInteger(commits)
    ? { kind: 'committed', tenant: Number(tenant), commits: Number(commits) }
    : null;
};
