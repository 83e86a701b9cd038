// Clients that ask for everything and then stop reading. They must be cut off, cost little memory, and slow nobody else down. Called by run.ts.
import { mkdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { callerOf, tokenFor } from '../e2e/caller.ts';
import { prepareFolder } from '../e2e/hub-under-test.ts';
import type { World } from './databases.ts';
import { startHurtHub } from './hub.ts';
import { applications, groupAt, organisation, page, pupilKey, pupils } from './world.ts';

const stalledReaders = 20;
// More than the kernel takes on both sides of a connection.
const rows = 120_000;
const perPage = 10_000;
// The hub cuts a reader after half a minute (limits.stalledReaderMs) and looks every few seconds.
const patienceMs = 50_000;
const mostMb = 150;

export type StalledReport = { readonly broken: readonly string[]; readonly cut: number; readonly risenMb: number };

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

/** Runs on a fresh folder, or on the database of a world; takes about a minute. */
export const runStalled = async (folder: string, world: World | null = null): Promise<StalledReport> => {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const credentials = world?.credentials ?? (await prepareFolder(data, [organisation], applications));
  const hub = await startHurtHub(world === null ? { folder: data } : { databaseUrl: world.databaseUrl });
  const broken: string[] = [];
  const sockets: Socket[] = [];
  const ended = new Set<number>();
  let risenMb = 0;
  try {
    const token = async (application: string): Promise<string> => {
      const { id, secret } = credentials.get(application) ?? { id: '', secret: '' };
      return tokenFor(hub.url, id, secret);
    };
    const adapter = callerOf(hub.url, await token('faults-adapter'));
    for (let from = 0; from < rows; from += perPage) {
      const many = Array.from({ length: perPage / groupAt(0, 1).length + 1 }, (_, at) => groupAt(from + at, 1)).flat();
      const { headers, body } = page(many);
      const answer = await adapter.send('PATCH', `/provider/${pupils}`, { headers, body });
      if (answer.status !== 201) throw new Error(answer.text);
    }
    const bearer = await token('faults-client');
    const client = callerOf(hub.url, bearer);
    const before = residentMb(hub.child.pid ?? 0);
    const { hostname, port } = new URL(hub.url);
    for (let reader = 0; reader < stalledReaders; reader += 1) {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => {});
      socket.on('close', () => ended.add(reader));
      socket.write(`GET /${pupils} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${bearer}\r\n\r\n`);
      // Takes nothing: the kernel's buffers fill, then the hub must wait.
      socket.pause();
      sockets.push(socket);
    }
    const waits: number[] = [];
    const until = performance.now() + patienceMs;
    while (performance.now() < until && ended.size < sockets.length) {
      const from = performance.now();
      const answer = await client.send('GET', `/${pupils}/systemid/${pupilKey(0, 0)}`);
      // Tokens live five minutes; anything else is a fault.
      if (answer.status !== 200) broken.push(`a well-behaved reader was answered ${answer.status}`);
      waits.push(performance.now() - from);
      risenMb = Math.max(risenMb, residentMb(hub.child.pid ?? 0) - before);
      await new Promise((resolve) => setTimeout(resolve, 25));
      // A paused socket hears nothing of its end: it is asked to look.
      for (const socket of sockets) if (socket.writable) socket.write('');
    }
    const slow = waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
    if (slow > 1_000) broken.push(`one read in a hundred took ${Math.round(slow)} ms beside the stalled readers`);
    if (risenMb > mostMb)
      broken.push(`the hub grew by ${Math.round(risenMb)} MB for ${stalledReaders} stalled readers`);
    await Promise.all(sockets.map((socket) => drained(socket)));
    if (ended.size < stalledReaders) broken.push(`${stalledReaders - ended.size} stalled readers were never cut off`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await hub.stop();
  }
  return { broken, cut: ended.size, risenMb: Math.round(risenMb) };
};

/** Reads what the kernel still holds, so that the end of the connection shows. */
const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const timer = setTimeout(resolve, 30_000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
  });
