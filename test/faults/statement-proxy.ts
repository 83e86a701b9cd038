// Stands between a hub and its database, counts the statements that pass on any connection, and makes something happen at the n-th. Used by
// postgres-statements.ts. Knows the frames of PostgreSQL's protocol, nothing of the hub.
import { connect, createServer, type Socket } from 'node:net';
import { Client } from 'pg';

/**
 * What becomes of a statement: the server ends its session before it; its connection is cut before it, in the middle of it, or when it has been
 * sent and before it is answered.
 */
export const fates = ['ended', 'cut', 'torn', 'unanswered'] as const;
export type Fate = (typeof fates)[number];

export type StatementProxy = AsyncDisposable & {
  readonly url: string;
  readonly arm: (nth: number, fate: Fate) => void;
  readonly disarm: () => void;
  /** Statements that have passed. */
  readonly seen: () => number;
  /** The text or name of the last one that was met. */
  readonly met: () => string;
};

/** What a hub asks by itself, at any time. */
const background = /^(?:beat|probe|scope|scope_until)$/;
const [bind, execute, simple, parse] = [0x42, 0x45, 0x51, 0x50];
const [keyData, ready] = [0x4b, 0x5a];
/** Of what the server needs to do what it was asked. */
const unansweredMs = 60;

const textAt = (message: Buffer, from: number): string => message.toString('utf8', from, message.indexOf(0, from));

/** Starts in front of the server of an address; `adminUrl` is of the role that may end the sessions of others. */
export const startStatementProxy = async (url: string, adminUrl: string): Promise<StatementProxy> => {
  const target = new URL(url);
  const admin = new Client({ connectionString: adminUrl });
  admin.on('error', () => {});
  await admin.connect();
  const sockets = new Set<Socket>();
  let seen = 0;
  let armed: { nth: number; readonly fate: Fate } | null = null;
  let met = '';

  const server = createServer((down) => {
    const up = connect(Number(target.port), target.hostname);
    const end = (): void => {
      down.destroy();
      up.destroy();
    };
    for (const socket of [down, up]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    let pid = 0;
    let dumb = false;
    let greeted = false;
    let greeting = Buffer.alloc(0);
    up.on('data', (chunk: Buffer) => {
      if (!greeted) {
        greeting = Buffer.concat([greeting, chunk]);
        for (let at = 0; at + 5 <= greeting.length; at += 1 + greeting.readUInt32BE(at + 1)) {
          if (greeting[at] === keyData && at + 9 <= greeting.length) pid = greeting.readInt32BE(at + 5);
          if (greeting[at] === ready) greeted = true;
        }
      }
      if (!dumb) down.write(chunk);
    });

    let name = '';
    /** Whether the message is a statement that counts, and is the one that something happens to. */
    const fateOf = (message: Buffer): Fate | null => {
      const kind = message[0];
      if (kind === bind) name = textAt(message, 1 + message.indexOf(0, 5));
      if (kind === parse && textAt(message, 5) === '') name = '';
      if (kind !== execute && kind !== simple) return null;
      if (kind === execute && background.test(name)) return null;
      seen += 1;
      if (armed === null || (armed.nth -= 1) > 0) return null;
      const { fate } = armed;
      armed = null;
      met = kind === simple ? textAt(message, 5) : name;
      return fate;
    };
    const meet = async (message: Buffer, fate: Fate): Promise<void> => {
      if (fate === 'cut') return end();
      if (fate === 'ended') await admin.query('SELECT pg_terminate_backend($1, 2000)', [pid]).catch(() => {});
      if (fate === 'torn') {
        up.write(message.subarray(0, Math.max(1, message.length >> 1)), end);
        return;
      }
      dumb = fate === 'unanswered';
      if (dumb) setTimeout(end, unansweredMs);
      if (!up.destroyed) up.write(message);
    };

    let started = false;
    let left: Buffer = Buffer.alloc(0);
    let passing: Promise<void> = Promise.resolve();
    const pass = async (chunk: Buffer): Promise<void> => {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      for (;;) {
        const head = started ? 1 : 0;
        if (left.length < head + 4) return;
        const length = head + left.readUInt32BE(head);
        if (left.length < length) return;
        const message = left.subarray(0, length);
        left = left.subarray(length);
        const fate = started ? fateOf(message) : null;
        started = true;
        if (up.destroyed) return;
        if (fate === null) up.write(message);
        else await meet(message, fate);
      }
    };
    down.on('data', (chunk: Buffer) => {
      passing = passing.then(() => pass(chunk)).catch(end);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    url: through.href,
    arm: (nth, fate) => {
      armed = { nth, fate };
    },
    disarm: () => {
      armed = null;
    },
    seen: () => seen,
    met: () => met,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await admin.end();
    },
  };
};
