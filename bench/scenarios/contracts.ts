// What contracts cost a request by identifier: to find out which operation it calls, what its answer has to say of an announcement, to count it, to hold it to a quota,
// and to write the headers of both. In this process, as the pipeline does it, beside the request as a whole in a hub of its own.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { systemClock } from '#base/clock.ts';
import { fintRoutes } from '#apis/fint/routes.ts';
import type { FintDeps } from '#apis/fint/request.ts';
import { createContractNotes } from '#catalogue/contract-notes.ts';
import type { Change } from '#catalogue/contract.ts';
import { createPartUse } from '#catalogue/part-use.ts';
import { writeAnswer, type Edge } from '#http/answer.ts';
import { Exchange } from '#http/exchange.ts';
import { buildEntries } from '#http/routes.ts';
import type { Principal } from '#hub/principal.ts';
import { createQuotas } from '#hub/quotas.ts';
import { authorization, collectionOf, dataset, exactly, model } from '../datasets.ts';
import { get, startHub, startLoad } from '../processes.ts';
import { median, sideBySide, spreadOf } from '../rounds.ts';
import { ratioFigure, type Scenario } from '../scenario.ts';

const path = 'utdanning/elev/elevforhold';
const requests = 20_000;
const rounds = 21;
const connections = 32;
/** Of the CPU of a request by identifier. */
const most = 0.05;

const announced: Change = {
  id: 'by-system-id',
  api: 'fint',
  coordinates: [`GET /${path}/systemid/{value}`],
  kind: 'breaking',
  text: { nb: 'Går ut.', en: 'Goes.' },
  migration: { nb: 'Bruk den andre.', en: 'Use the other one.' },
  replacement: 'GET /other',
  withoutReplacement: null,
  announcedAt: Date.parse('2026-11-22T11:00:00Z'),
  planned: { at: Date.parse('2038-03-30T22:00:00Z') },
  emergency: null,
  doneAt: null,
};

type Page = {
  readonly _embedded: { readonly _entries: readonly { readonly systemId: { readonly identifikatorverdi: string } }[] };
};

/** Takes everything and keeps nothing. */
const nowhere = (): Socket => {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  return Object.assign(sink, {
    setTimeout: () => sink,
    cork: () => undefined,
    uncork: () => undefined,
  }) as unknown as Socket;
};

const edge: Edge = {
  publicUrl: 'http://hub.fjordheim.test',
  closing: false,
  stalledReaderMs: 30_000,
  begun: () => undefined,
  step: (_exchange, work) => work(),
  turn: () => null,
  ownForm: () => null,
};

const answer = {
  kind: 'bytes',
  status: 200,
  type: 'application/hal+json',
  bytes: JSON.stringify({ systemId: { identifikatorverdi: 'x'.repeat(800) } }),
} as const;

/** The parts that the pipeline has, over a platform that keeps nothing. */
const partsOf = async () => {
  const common = { clock: systemClock, observe: () => undefined, environment: 'test' } as const;
  const notes = createContractNotes({
    ...common,
    catalogue: { apis: new Map(), releases: [] },
    announcements: { current: async () => ({ version: 1, changes: [announced], kept: [] }) },
    partsOf: () => null,
  });
  await notes.refresh();
  const uses = createPartUse({ ...common, platform: { addPartUse: () => undefined, dropPartUse: () => undefined } });
  const quotas = await createQuotas({
    ...common,
    platform: {
      revision: () => 0,
      links: () => [],
      addQuotaUse: () => undefined,
      quotaUse: () => [],
      dropQuotaUse: () => undefined,
    },
    usual: { perMinute: 1_000_000_000, perDay: 1_000_000_000 },
    others: false,
  });
  const close = async (): Promise<void> => {
    notes.close();
    await uses.close();
    await quotas.close();
  };
  return { notes, uses, quotas, close };
};

/** Microseconds of CPU that contracts add to an answer, round by round: the same answers with them and without. */
const addedCosts = async (): Promise<readonly number[]> => {
  const { notes, uses, quotas, close } = await partsOf();
  // Only the address is asked of the routes; nothing is read.
  const entries = buildEntries(fintRoutes({ model: model() } as FintDeps), []);
  const entry = entries.find(({ pattern }) => pattern === `/${path.split('/').slice(0, 2).join('/')}/*`);
  const route = entry?.methods.get('GET');
  if (entry === undefined || route === undefined) throw new Error(`nothing serves ${path}`);
  const callers = Array.from({ length: 50 }, (_, at): Principal => ({
    kind: 'client',
    client: `client-${at}`,
    tenant: 'fjordheim.test',
    scopes: new Set(),
    issuer: '',
    token: '',
    expiresAt: 0,
  }));
  const socket = nowhere();
  const once = (at: number, withThem: boolean): void => {
    const incoming = new IncomingMessage(socket);
    incoming.method = 'GET';
    incoming.url = `/${path}/systemid/EF-${at}`;
    const outgoing = new ServerResponse(incoming);
    outgoing.assignSocket(socket);
    const exchange = new Exchange(incoming, outgoing, entry, 'request', 0, 0);
    const caller = callers[at % callers.length];
    if (withThem && caller !== undefined) {
      exchange.standing = quotas.take(caller);
      exchange.part = route.part?.(exchange) ?? null;
      exchange.notes = notes.headersOf('fint', exchange.part, exchange);
      if (exchange.part !== null) uses.count(caller.client, 'fint', exchange.part);
      if (exchange.notes === null) throw new Error('nothing is said of what was announced');
    }
    void writeAnswer(exchange, answer, edge);
    outgoing.detachSocket(socket);
  };
  const round = async (withThem: boolean): Promise<number> => {
    const before = process.cpuUsage();
    for (let at = 0; at < requests; at += 1) {
      once(at, withThem);
      // What answers leave to the next turn is theirs too.
      if (at % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / requests;
  };
  for (const withThem of [true, false, true, false]) await round(withThem);
  const added: number[] = [];
  for (let index = 0; index < rounds; index += 1) {
    // In turn, and each first as often as the other.
    const [first, second] = [await round(index % 2 === 0), await round(index % 2 !== 0)];
    added.push(index % 2 === 0 ? first - second : second - first);
  }
  await close();
  return added;
};

export const contracts: Scenario = {
  name: 'contracts',
  describe: 'what contract headers, counted use and a quota cost a request by identifier',
  run: async (context) => {
    const place = await dataset(context, 'single', () => [exactly(collectionOf('county', path), 20_000)]);
    const hub = await startHub(place, context.nodeFlags);
    const load = startLoad();
    try {
      const login = authorization(hub.port, 'client');
      const header = await login();
      const page = await fetch(`http://127.0.0.1:${hub.port}/${path}?size=2000`, { headers: header });
      const found = (await page.json()) as Page;
      const ids = found['_embedded']['_entries'].map(
        ({ systemId }) => `/${path}/systemid/${encodeURIComponent(systemId.identifikatorverdi)}`,
      );
      const side = async () => {
        const fresh = await login();
        return ids.map((address) => get(address, fresh));
      };
      const [request] = await sideBySide(load, [
        { server: hub, requests: side, connections, count: requests, status: 200 },
      ]);
      const added = await addedCosts();
      const pair = { ours: median(added), floor: request?.cpu ?? 0, spread: spreadOf(added) };
      const note = `beside ${pair.floor.toFixed(1)} µs of a whole request; ${rounds} rounds of ${requests.toLocaleString('en')} with and without, in turn`;
      return [ratioFigure('contracts', 'CPU added to a request by identifier', pair, most, note)];
    } finally {
      await load.stop();
      await hub.stop();
    }
  },
};
