// A TCP proxy that does what networks do: cuts, refuses, swallows. Called by tests that stand between the hub and its database.
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type Proxy = {
  /** The address that was given, through the proxy. */
  readonly url: string;
  /** Ends every connection, as a crashed machine does. */
  readonly cut: () => void;
  /** Takes no connection until `open`, and ends those that are there. */
  readonly refuse: () => void;
  /** Lets nothing through until `open`, and says nothing. */
  readonly freeze: () => void;
  readonly open: () => void;
  /** Cuts the connection that sends so many bytes more towards the server. */
  readonly cutAfter: (bytes: number) => void;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/**
 * What becomes of a commit: it goes through; it never arrives and the connection ends; it arrives, and instead of its answer the connection
 * ends; it arrives after so many ms.
 */
export type CommitFate = 'through' | 'lost' | 'unanswered' | { readonly heldMs: number };

const commitWord = Buffer.from('COMMIT\0');
/** Of what the server needs to commit. */
const unansweredMs = 60;

/** As long as the channel that processes tell each other on, and not it. */
const [channel, nobodys] = [Buffer.from('LISTEN "bindeledd"'), Buffer.from('LISTEN "nobodytel"')];

/** Starts a proxy in front of the server of an address. `atCommit` decides on every commit that is sent as text. `deaf`: whoever listens hears nothing. */
export const startProxy = async (
  url: string,
  atCommit?: () => CommitFate,
  deaf = false,
): Promise<Proxy & AsyncDisposable> => {
  const target = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  let mode: 'open' | 'refuse' | 'freeze' = 'open';
  let left = Infinity;

  const end = (pair: readonly [Socket, Socket]): void => {
    pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  };

  const server = createServer((socket) => {
    if (mode === 'refuse') return void socket.resetAndDestroy();
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [socket, upstream] as const;
    let dumb = false;
    pairs.add(pair);
    for (const one of pair) {
      // Small messages are not to wait for each other: the two ends do not either.
      one.setNoDelay(true);
      one.on('error', () => end(pair));
      one.on('close', () => end(pair));
    }
    socket.on('data', (chunk: Buffer) => {
      if (mode === 'freeze') return;
      const listening = deaf ? chunk.indexOf(channel) : -1;
      if (listening >= 0) nobodys.copy(chunk, listening);
      left -= chunk.length;
      if (left < 0) {
        left = Infinity;
        return end(pair);
      }
      const fate = atCommit !== undefined && chunk.includes(commitWord) ? atCommit() : 'through';
      if (fate === 'lost') return end(pair);
      if (typeof fate === 'object') return void setTimeout(() => upstream.write(chunk), fate.heldMs);
      if (fate === 'unanswered') {
        dumb = true;
        setTimeout(() => end(pair), unansweredMs);
      }
      if (!upstream.write(chunk)) {
        socket.pause();
        upstream.once('drain', () => socket.resume());
      }
    });
    upstream.on('data', (chunk: Buffer) => {
      if (mode !== 'freeze' && !dumb) socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  const cut = (): void => {
    for (const pair of pairs) end(pair);
  };
  const close = (): Promise<void> => {
    cut();
    return new Promise((resolve) => {
      server.close(() => resolve());
    });
  };
  return {
    url: through.href,
    cut,
    refuse: () => {
      mode = 'refuse';
      cut();
    },
    freeze: () => {
      mode = 'freeze';
    },
    open: () => {
      mode = 'open';
    },
    cutAfter: (bytes) => {
      left = bytes;
    },
    connections: () => pairs.size,
    close,
    [Symbol.asyncDispose]: close,
  };
};
