// Fails the n-th write and the n-th sync of a page, of a read with its audit, and of a write, for every n; then a disk that is full and freed.
// What was answered must hold, what failed must have left nothing by half, and the hub must be well again at once. Called by run.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { callerOf, tokenFor, type Answer, type Caller } from '../e2e/caller.ts';
import { json } from '../e2e/deliveries.ts';
import { prepareFolder, type Credentials } from '../e2e/hub-under-test.ts';
import { check } from './checker.ts';
import { readEnd } from './end-state.ts';
import { createHistory, type History, type Operation } from './history.ts';
import { startHurtHub } from './hub.ts';
import { createFaults, errors, type Faults } from './shim.ts';
import { freshMemory, idOf, outcomeOf } from './traffic.ts';
import {
  applications,
  groupAt,
  organisation,
  page,
  pupilKey,
  pupils,
  serviceBody,
  services,
  versionOf,
} from './world.ts';

export type IoReport = { readonly broken: readonly string[]; readonly points: number; readonly operations: number };

type Hurt = {
  readonly adapter: Caller;
  readonly client: Caller;
  readonly history: History;
  readonly faults: Faults;
  version: number;
  created: number;
};

type Step = (hurt: Hurt) => Promise<void>;

const note = async (
  { history }: Hurt,
  operation: Operation,
  send: (request: string) => Promise<Answer>,
  expected: readonly number[],
): Promise<Answer> => {
  const request = randomUUID();
  const from = performance.now();
  const answer = await send(request);
  const outcome = outcomeOf(answer.status, expected);
  history.add({
    ...operation,
    request: idOf(answer, request),
    outcome,
    status: answer.status,
    from,
    to: performance.now(),
    life: 1,
  });
  return answer;
};

const deliver: Step = async (hurt) => {
  hurt.version += 1;
  const { headers, body } = page(groupAt(0, hurt.version));
  const send = (request: string): Promise<Answer> =>
    hurt.adapter.send('PATCH', `/provider/${pupils}`, { headers: { ...headers, 'x-request-id': request }, body });
  await note(hurt, { kind: 'page', group: 0, version: hurt.version }, send, [201]);
};

const readOne: Step = async (hurt) => {
  const request = randomUUID();
  const from = performance.now();
  const headers = { 'x-request-id': request };
  const answer = await hurt.client.send('GET', `/${pupils}/systemid/${pupilKey(0, 3)}`, { headers });
  const { status } = answer;
  const version = status === 200 ? versionOf(JSON.parse(answer.text)) : null;
  const outcome = outcomeOf(status, [200]);
  const to = performance.now();
  hurt.history.add({
    kind: 'read',
    group: 0,
    member: 3,
    version,
    request: idOf(answer, request),
    outcome,
    status,
    from,
    to,
    life: 1,
  });
};

const create: Step = async (hurt) => {
  hurt.created += 1;
  const name = `io-${hurt.created}`;
  const key = randomUUID();
  const send = (request: string): Promise<Answer> =>
    hurt.client.send('POST', `/${services}`, {
      headers: { ...json, 'x-request-id': request, 'idempotency-key': key },
      body: serviceBody(name, name),
    });
  await note(hurt, { kind: 'create', name, attempt: 1 }, send, [202]);
};

/** The number of operations of a kind that a healthy step takes, with what goes on in the background. */
const costOf = async (hurt: Hurt, kind: 'write' | 'sync', step: Step): Promise<number> => {
  const count = (): number => (kind === 'write' ? hurt.faults.seen().writes : hurt.faults.seen().syncs);
  const before = count();
  await step(hurt);
  await rest();
  return count() - before;
};

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));

const steps: readonly (readonly [string, Step])[] = [
  ['page', deliver],
  ['read', readOne],
  ['write', create],
];

const sweep = async (hurt: Hurt, broken: string[]): Promise<number> => {
  let points = 0;
  for (const [name, step] of steps)
    for (const kind of ['write', 'sync'] as const)
      for (const how of kind === 'write'
        ? [{ error: errors.inputOutput }, { error: errors.noSpace }, { torn: true }]
        : [{}]) {
        const cost = await costOf(hurt, kind, step);
        for (let nth = 1; nth <= cost + 1; nth += 1) {
          points += 1;
          hurt.faults.arm(kind, nth, how);
          await step(hurt);
          await rest();
          hurt.faults.disarm();
          if (!(await wellAgain(hurt)))
            broken.push(`after the ${nth}. ${kind} of a ${name} had failed, the hub stayed ill (I8)`);
        }
      }
  return points;
};

/** A page and a read that must be taken, now or within a few seconds. */
const wellAgain = async (hurt: Hurt): Promise<boolean> => {
  for (let tries = 0; tries < 40; tries += 1) {
    await deliver(hurt);
    const taken = hurt.history.entries().at(-1)?.outcome === 'done';
    await readOne(hurt);
    if (taken && hurt.history.entries().at(-1)?.outcome === 'done') return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
};

const fullDisk = async (hurt: Hurt, broken: string[]): Promise<void> => {
  hurt.faults.arm('write', 1, { error: errors.noSpace, always: true });
  for (const [name, step] of steps) {
    await step(hurt);
    const { status = 0, outcome } = hurt.history.entries().at(-1) ?? {};
    if (outcome === 'done') broken.push(`a ${name} was answered ${status} on a full disk`);
    else if (status !== 503) broken.push(`a ${name} was answered ${status} instead of 503 on a full disk`);
  }
  hurt.faults.disarm();
  if (!(await wellAgain(hurt))) broken.push('the hub stayed ill after the disk had been freed (I8)');
};

/** Runs the sweep on a fresh folder. */
export const runIo = async (folder: string, library: string): Promise<IoReport> => {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const credentials = await prepareFolder(data, [organisation], applications);
  const faults = createFaults(library, folder, data);
  const history = createHistory(path.join(folder, 'history.jsonl'));
  const hub = await startHurtHub({ folder: data, environment: faults.environment });
  const broken: string[] = [];
  let points = 0;
  try {
    const hurt = { ...(await callers(hub.url, credentials)), history, faults, version: 0, created: 0 };
    await deliver(hurt);
    points = await sweep(hurt, broken);
    await fullDisk(hurt, broken);
  } finally {
    await hub.stop();
    faults.close();
  }
  const memory = freshMemory();
  const end = await readEnd({ folder: data, credentials, memory, failedStarts: 0 });
  return {
    broken: [...broken, ...check(history.entries(), memory.told, end)],
    points,
    operations: history.entries().length,
  };
};

const callers = async (
  url: string,
  credentials: ReadonlyMap<string, Credentials>,
): Promise<{ readonly adapter: Caller; readonly client: Caller }> => {
  const callerFor = async (application: string): Promise<Caller> => {
    const { id, secret } = credentials.get(application) ?? { id: '', secret: '' };
    return callerOf(url, await tokenFor(url, id, secret));
  };
  return { adapter: await callerFor('faults-adapter'), client: await callerFor('faults-client') };
};
