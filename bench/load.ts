// The client side of a measurement: keeps a number of connections busy, one request at a time on each, and reads every answer to its end.
// Run as a process of its own by processes.ts, so that what it costs is not counted. Speaks HTTP/1.1 on plain sockets, since the client of
// node would be busier than the server.
import { connect, type Socket } from 'node:net';

export type Load = {
  readonly port: number;
  readonly connections: number;
  readonly count: number;
  /** Whole request heads; taken in turn. */
  readonly requests: readonly string[];
  /** Each connection asks so often, milliseconds, or as soon as the answer before has come when that is later; absent = at once. */
  readonly everyMs?: number;
};

export type LoadReport = {
  readonly ms: number;
  readonly bytes: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds from request to last byte. */
  readonly p50: number;
  readonly p99: number;
};

type Reader = { take: (chunk: Buffer) => void };

/** Calls back once for each answer that has been read whole. */
const reader = (done: (status: string) => void): Reader => {
  let held: Buffer | null = null;
  let status = '';
  let mode: 'head' | 'length' | 'size' | 'chunk' | 'last' = 'head';
  let left = 0;
  const finish = (): void => {
    mode = 'head';
    done(status);
  };
  const take = (chunk: Buffer): void => {
    const bytes = held === null ? chunk : Buffer.concat([held, chunk]);
    held = null;
    let at = 0;
    while (at < bytes.length) {
      if (mode === 'length' || mode === 'chunk') {
        const taken = Math.min(left, bytes.length - at);
        at += taken;
        left -= taken;
        if (left > 0) return;
        if (mode === 'length') finish();
        else mode = 'size';
        continue;
      }
      if (mode === 'head') {
        const end = bytes.indexOf('\r\n\r\n', at, 'latin1');
        if (end === -1) break;
        const head = bytes.toString('latin1', at, end);
        status = head.slice(9, 12);
        at = end + 4;
        const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
        if (length !== undefined) left = Number(length);
        if (length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head)) mode = 'size';
        else if (length === undefined || left === 0) finish();
        else mode = 'length';
        continue;
      }
      const end = bytes.indexOf('\r\n', at, 'latin1');
      if (end === -1) break;
      if (mode === 'last') finish();
      else {
        const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
        mode = size === 0 ? 'last' : 'chunk';
        // The line end after the chunk belongs to it.
        left = size + 2;
      }
      at = end + 2;
    }
    if (at < bytes.length) held = bytes.subarray(at);
  };
  return { take };
};

/** Runs a load; rejects when a connection breaks. */
const run = ({ port, connections, count, requests, everyMs = 0 }: Load): Promise<LoadReport> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const times = new Float64Array(count);
    const statuses: Record<string, number> = {};
    const sockets: Socket[] = [];
    let sent = 0;
    let received = 0;
    let bytes = 0;
    const finish = (): void => {
      for (const socket of sockets) socket.destroy();
      const sorted = times.sort();
      const at = (share: number): number => sorted[Math.min(count - 1, Math.floor(count * share))] ?? 0;
      resolve({ ms: performance.now() - started, bytes, statuses, p50: at(0.5), p99: at(0.99) });
    };
    for (let index = 0; index < Math.min(connections, count); index += 1) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      sockets.push(socket);
      let begun = 0;
      const next = (): void => {
        if (sent === count) return;
        begun = performance.now();
        socket.write(requests[sent % requests.length] ?? '', 'latin1');
        sent += 1;
      };
      const answers = reader((status) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        times[received] = performance.now() - begun;
        received += 1;
        if (received === count) finish();
        else if (everyMs === 0) next();
        else setTimeout(next, Math.max(0, begun + everyMs - performance.now()));
      });
      // Those that ask now and then do not all ask at the same moment.
      socket.on('connect', () => setTimeout(next, (everyMs * index) / connections));
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        answers.take(chunk);
      });
      socket.on('error', reject);
      socket.on(
        'close',
        () => received < count && sent === count && reject(new Error('a connection was closed early')),
      );
    }
  });

process.on('message', (load: Load) => {
  run(load).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : 'unknown' }),
  );
});
