// Takes the database away at the n-th statement of a page, a full sync, a read with its audit, and a write, for every n and in every way. What was
// answered must hold, what failed must be answered with 503 and have left nothing by half, a write tried again must happen once, and the hub must
// be well again at once. Called by run.ts.
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { json } from '../e2e/deliveries.ts';
import { check } from './checker.ts';
import type { HurtServer } from './databases.ts';
import { readEnd } from './end-state.ts';
import { createHistory } from './history.ts';
import { startHurtHub } from './hub.ts';
import { fates, startStatementProxy, type StatementProxy } from './statement-proxy.ts';
import { callersOf, deliver, lastOf, note, readOne, rest, wellAgain, type Hurt, type Step } from './steps.ts';
import { freshMemory } from './traffic.ts';
import { page, serviceBody, services, staffEntries, teachers } from './world.ts';

export type StatementsReport = {
  readonly broken: readonly string[];
  readonly points: number;
  readonly operations: number;
};

/** A step, and what is done once the database is back. */
type Swept = { readonly name: string; readonly step: Step; readonly after: Step };

const nothing: Step = () => Promise.resolve();

const sweptSteps = (): readonly Swept[] => {
  let round = 0;
  const full: Step = async (hurt) => {
    round += 1;
    const { headers, body } = page(staffEntries(round));
    const send = (request: string): ReturnType<Hurt['adapter']['send']> =>
      hurt.adapter.send('POST', `/provider/${teachers}`, { headers: { ...headers, 'x-request-id': request }, body });
    await note(hurt, { kind: 'full', round }, send, [201]);
  };
  let key = '';
  const write = async (hurt: Hurt, attempt: number): Promise<void> => {
    const name = `st-${hurt.created}`;
    const send = (request: string): ReturnType<Hurt['client']['send']> =>
      hurt.client.send('POST', `/${services}`, {
        headers: { ...json, 'x-request-id': request, 'idempotency-key': key },
        body: serviceBody(name, name),
      });
    await note(hurt, { kind: 'create', name, attempt }, send, [202]);
  };
  const create: Step = async (hurt) => {
    hurt.created += 1;
    key = randomUUID();
    await write(hurt, 1);
  };
  return [
    { name: 'page', step: deliver, after: nothing },
    { name: 'full sync', step: full, after: nothing },
    { name: 'read', step: readOne, after: nothing },
    { name: 'write', step: create, after: (hurt) => write(hurt, 2) },
  ];
};

const costOf = async (hurt: Hurt, proxy: StatementProxy, step: Step): Promise<number> => {
  const before = proxy.seen();
  await step(hurt);
  await rest();
  return proxy.seen() - before;
};

const sweep = async (
  hurt: Hurt,
  proxy: StatementProxy,
  broken: string[],
  { only, report }: StatementsOptions,
): Promise<number> => {
  let points = 0;
  for (const { name, step, after } of sweptSteps().filter((one) => only === undefined || one.name === only))
    for (const fate of fates) {
      // The first one makes what the others find.
      await step(hurt);
      const cost = await costOf(hurt, proxy, step);
      const met = new Set<string>();
      for (let nth = 1; nth <= cost + 1; nth += 1) {
        points += 1;
        proxy.arm(nth, fate);
        await step(hurt);
        const { status = 0, outcome } = lastOf(hurt) ?? {};
        await rest();
        proxy.disarm();
        met.add(proxy.met());
        const where = `${fate} at statement ${nth} of a ${name} (${proxy.met()})`;
        if (outcome !== 'done' && status !== 503) broken.push(`${where}: answered ${status}`);
        if (!(await wellAgain(hurt))) broken.push(`${where}: the hub stayed ill (I8)`);
        await after(hurt);
        const later = lastOf(hurt);
        if (after !== nothing && later?.outcome !== 'done')
          broken.push(`${where}: answered ${later?.status} when tried again (I3)`);
      }
      report?.(`${name}, ${fate}: ${[...met].join(', ')}`);
    }
  return points;
};

export type StatementsOptions = {
  readonly server: HurtServer;
  readonly folder: string;
  /** One step alone. */
  readonly only?: string;
  readonly plant?: string;
  readonly report?: (line: string) => void;
};

/** Runs the sweep on a fresh database. */
export const runStatements = async (options: StatementsOptions): Promise<StatementsReport> => {
  const { server, folder, plant } = options;
  const planted = plant === undefined ? {} : { plant };
  mkdirSync(folder, { recursive: true });
  const { databaseUrl, adminUrl, credentials } = await server.world();
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const broken: string[] = [];
  let points = 0;
  {
    await using proxy = await startStatementProxy(databaseUrl, adminUrl);
    const hub = await startHurtHub({ databaseUrl: proxy.url, ...planted });
    try {
      const hurt = { ...(await callersOf(hub.url, credentials)), history, version: 0, created: 0 };
      points = await sweep(hurt, proxy, broken, options);
    } finally {
      const code = await hub.stop();
      if (code !== 0) broken.push(`the hub ended with ${code}`);
    }
  }
  const memory = freshMemory();
  const end = await readEnd({
    databaseUrl,
    ...planted,
    credentials,
    memory,
    failedStarts: 0,
    seen: { adminUrl, scratch: folder },
  });
  return {
    broken: [...broken, ...check(history.entries(), memory.told, end)],
    points,
    operations: history.entries().length,
  };
};
