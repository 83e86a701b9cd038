// Single steps of an adapter and a client, one after the other, each noted in the history: for parts of the fault suite that break one thing at a
// time. Used by io.ts, postgres-statements.ts and postgres-disk.ts.
import { randomUUID } from 'node:crypto';
import { callerOf, tokenFor, type Answer, type Caller } from '../e2e/caller.ts';
import { json } from '../e2e/deliveries.ts';
import type { Credentials } from '../e2e/hub-under-test.ts';
import type { Entry, History, Operation } from './history.ts';
import { idOf, outcomeOf } from './traffic.ts';
import { groupAt, page, pupilKey, pupils, serviceBody, services, versionOf } from './world.ts';

export type Hurt = {
  readonly adapter: Caller;
  readonly client: Caller;
  readonly history: History;
  version: number;
  created: number;
};

export type Step = (hurt: Hurt) => Promise<void>;

/** Asks, and notes what came of it. */
export const note = async (
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

/** One page that sets the pupils of the first group to the next version. */
export const deliver: Step = async (hurt) => {
  hurt.version += 1;
  const { headers, body } = page(groupAt(0, hurt.version));
  const send = (request: string): Promise<Answer> =>
    hurt.adapter.send('PATCH', `/provider/${pupils}`, { headers: { ...headers, 'x-request-id': request }, body });
  await note(hurt, { kind: 'page', group: 0, version: hurt.version }, send, [201]);
};

/** One read of a pupil. */
export const readOne: Step = async (hurt) => {
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

/** One write of the client, with a key of its own. */
export const create: Step = async (hurt) => {
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

/** Until what goes on in the background has been done. */
export const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));

export const steps: readonly (readonly [string, Step])[] = [
  ['page', deliver],
  ['read', readOne],
  ['write', create],
];

export const lastOf = ({ history }: Hurt): Entry | undefined => history.entries().at(-1);

/** A page and a read that must be taken, now or within a few seconds. */
export const wellAgain = async (hurt: Hurt): Promise<boolean> => {
  for (let tries = 0; tries < 40; tries += 1) {
    await deliver(hurt);
    const taken = hurt.history.entries().at(-1)?.outcome === 'done';
    await readOne(hurt);
    if (taken && hurt.history.entries().at(-1)?.outcome === 'done') return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
};

/** The adapter and the client of the world, at one hub. */
export const callersOf = async (
  url: string,
  credentials: ReadonlyMap<string, Credentials>,
): Promise<{ readonly adapter: Caller; readonly client: Caller }> => {
  const callerFor = async (application: string): Promise<Caller> => {
    const { id, secret } = credentials.get(application) ?? { id: '', secret: '' };
    return callerOf(url, await tokenFor(url, id, secret));
  };
  return { adapter: await callerFor('faults-adapter'), client: await callerFor('faults-client') };
};
