// Workers that use a hub as adapters and clients do, all at once, until they are told to stop: pages, full syncs, writes, conditional
// writes, reads, and a follower of the feed. They expect the hub to die under them: whatever is not answered is noted as unknown, and a write
// is tried again with its key after the next start. Used by kills.ts and planted.ts.
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { callerOf, tokenFor, type Answer, type Caller } from '../e2e/caller.ts';
import { json } from '../e2e/deliveries.ts';
import type { Credentials } from '../e2e/hub-under-test.ts';
import type { Entry, Followed, History, Operation } from './history.ts';
import {
  counters,
  followed,
  groupAt,
  groups,
  keyOf,
  members,
  page,
  pupilKey,
  pupils,
  serviceBody,
  services,
  staffEntries,
  teachers,
  versionOf,
} from './world.ts';

/** What the workers remember from one life of the hub to the next. */
export type Memory = {
  readonly versions: number[];
  round: number;
  created: number;
  /** A create whose answer never came: its name and key are used again. */
  pending: { readonly name: string; readonly key: string; attempt: number } | null;
  readonly raised: Map<string, number>;
  readonly positions: Map<string, string | null>;
  readonly told: Followed[];
};

export const freshMemory = (): Memory => ({
  versions: Array.from({ length: groups }, () => 0),
  round: 0,
  created: 0,
  pending: null,
  raised: new Map(),
  positions: new Map(),
  told: [],
});

type Work = {
  readonly adapter: Caller;
  readonly client: Caller;
  readonly memory: Memory;
  readonly history: History;
  readonly life: number;
  readonly stopped: () => boolean;
  readonly patient: boolean;
};

/**
 * Runs all workers until `stopped`; resolves when every one has come to rest. They go from one of `urls` to the next, and give up on the first
 * answer that does not come unless they are patient.
 */
export const runTraffic = async (options: {
  readonly urls: readonly string[];
  readonly patient?: boolean;
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly memory: Memory;
  readonly history: History;
  readonly life: number;
  readonly stopped: () => boolean;
}): Promise<void> => {
  const { urls, credentials, stopped, patient = false } = options;
  const callerFor = async (application: string): Promise<Caller> => {
    const { id, secret } = credentials.get(application) ?? { id: application, secret: '' };
    const [first = ''] = urls;
    return patient ? renewed(urls, id, secret) : callerOf(first, await tokenFor(first, id, secret));
  };
  let callers: readonly [Caller, Caller];
  try {
    callers = await Promise.all([callerFor('faults-adapter'), callerFor('faults-client')]);
  } catch (error) {
    if (stopped()) return;
    throw error;
  }
  const [adapter, client] = callers;
  const work: Work = { ...options, patient, adapter, client };
  await Promise.all([
    ...Array.from({ length: groups }, (_, group) => untilStopped(work, () => deliverGroup(work, group))),
    untilStopped(work, () => fullSync(work)),
    untilStopped(work, () => create(work)),
    ...counters.map((counter) => untilStopped(work, () => raise(work, counter))),
    untilStopped(work, () => read(work)),
    untilStopped(work, () => follow(work)),
  ]);
};

const untilStopped = async ({ stopped, patient }: Work, step: () => Promise<boolean>): Promise<void> => {
  while (!stopped())
    if (!(await step())) {
      if (!patient) return;
      await new Promise((resolve) => setTimeout(resolve, breathMs));
    }
};

const breathMs = 25;
const tokenMs = 60_000;

const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';

/**
 * A caller that asks each hub in turn, and the next one when nobody listens, as what stands before hubs does. Its token is renewed in time, by
 * whichever hub gives one.
 */
const renewed = (urls: readonly string[], id: string, secret: string): Caller => {
  let turn = 0;
  let token: Promise<string> | null = null;
  let until = 0;
  const tokenOf = async (url: string): Promise<string> => {
    if (token === null || performance.now() > until) {
      until = performance.now() + tokenMs;
      token = tokenFor(url, id, secret);
    }
    const mine = token;
    try {
      return await mine;
    } catch (error) {
      if (token === mine) token = null;
      throw error;
    }
  };
  const send: Caller['send'] = async (method, target, sent = {}) => {
    for (let tries = 1; ; tries += 1) {
      turn += 1;
      const url = urls[turn % urls.length] ?? '';
      try {
        return await callerOf(url, await tokenOf(url)).send(method, target, sent);
      } catch (error) {
        if (tries === urls.length || !isRefused(error)) throw error;
      }
    }
  };
  return { send, read: (target) => callerOf(urls[0] ?? '', null).read(target) };
};

/** Asks, and notes what came of it. Gives null when no answer came. */
const ask = async (
  { history, life }: Work,
  operation: Operation,
  send: (request: string) => Promise<Answer>,
  expected: readonly number[],
): Promise<Answer | null> => {
  const request = randomUUID();
  const from = performance.now();
  let answer: Answer | null = null;
  try {
    answer = await send(request);
  } catch {
    // The hub has died, or dies.
  }
  const status = answer?.status ?? 0;
  const outcome = outcomeOf(status, expected);
  history.add({ ...operation, request: idOf(answer, request), outcome, status, from, to: performance.now(), life });
  return answer;
};

/** Whether to go on at once; who is patient rests after a failure. */
const wentOn = ({ patient }: Work, answer: Answer | null): boolean =>
  answer !== null && !(patient && answer.status >= 500);

/** The id under which a request stands in the audit. */
export const idOf = (answer: Answer | null, sent: string): string => String(answer?.headers['x-request-id'] ?? sent);

/** A token that a shifted clock has outdated is no answer to what was asked; neither is a failure. */
export const outcomeOf = (status: number, expected: readonly number[]): Entry['outcome'] => {
  if (expected.includes(status)) return 'done';
  return status >= 400 && status < 500 && status !== 401 ? 'refused' : 'unknown';
};

const deliverGroup = async (work: Work, group: number): Promise<boolean> => {
  const { adapter, memory } = work;
  const version = (memory.versions[group] ?? 0) + 1;
  memory.versions[group] = version;
  const { headers, body } = page(groupAt(group, version));
  const answer = await ask(
    work,
    { kind: 'page', group, version },
    (request) =>
      adapter.send('PATCH', `/provider/${pupils}`, { headers: { ...headers, 'x-request-id': request }, body }),
    [201],
  );
  return wentOn(work, answer);
};

const fullSync = async (work: Work): Promise<boolean> => {
  const { adapter, memory } = work;
  memory.round += 1;
  const { round } = memory;
  const { headers, body } = page(staffEntries(round));
  const answer = await ask(
    work,
    { kind: 'full', round },
    (request) =>
      adapter.send('POST', `/provider/${teachers}`, { headers: { ...headers, 'x-request-id': request }, body }),
    [201],
  );
  return wentOn(work, answer);
};

const create = async (work: Work): Promise<boolean> => {
  const { client, memory } = work;
  if (memory.pending === null) {
    memory.created += 1;
    memory.pending = { name: `n-${memory.created}`, key: randomUUID(), attempt: 0 };
  }
  const { pending } = memory;
  pending.attempt += 1;
  const { name, key, attempt } = pending;
  const answer = await ask(
    work,
    { kind: 'create', name, attempt },
    (request) =>
      client.send('POST', `/${services}`, {
        headers: { ...json, 'x-request-id': request, 'idempotency-key': key },
        body: serviceBody(name, name),
      }),
    [202],
  );
  if (answer === null || answer.status >= 500) return wentOn(work, answer);
  memory.pending = null;
  return true;
};

const raise = async (work: Work, counter: string): Promise<boolean> => {
  const { client, memory } = work;
  const address = `/${services}/systemid/${counter}`;
  let seen: Answer;
  try {
    seen = await client.send('GET', address);
  } catch {
    return false;
  }
  const known = seen.status === 200;
  if (!known && seen.status !== 404) return seen.status !== 401 && wentOn(work, seen);
  const to = known ? Number(/(\d+)$/.exec((JSON.parse(seen.text) as { readonly navn: string }).navn)?.[1]) + 1 : 1;
  memory.raised.set(counter, to);
  const headers = { ...json, 'if-match': String(seen.headers['etag'] ?? '') };
  const answer = await ask(
    work,
    { kind: 'raise', counter, count: to },
    (request) =>
      known
        ? client.send('PUT', address, {
            headers: { ...headers, 'x-request-id': request },
            body: serviceBody(counter, `count ${to}`),
          })
        : client.send('POST', `/${services}`, {
            headers: { ...json, 'x-request-id': request },
            body: serviceBody(counter, `count ${to}`),
          }),
    [202],
  );
  return wentOn(work, answer);
};

const read = async (work: Work): Promise<boolean> => {
  const { client, history, life, patient } = work;
  const group = Math.floor(performance.now()) % groups;
  const member = Math.floor(performance.now() / groups) % members;
  const request = randomUUID();
  const from = performance.now();
  let answer: Answer;
  try {
    answer = await client.send('GET', `/${pupils}/systemid/${pupilKey(group, member)}`, {
      headers: { 'x-request-id': request },
    });
  } catch {
    return false;
  }
  const version = answer.status === 200 ? versionOf(JSON.parse(answer.text)) : null;
  const outcome = outcomeOf(answer.status, [200, 404]);
  const { status } = answer;
  const to = performance.now();
  history.add({
    kind: 'read',
    group,
    member,
    version,
    request: idOf(answer, request),
    outcome,
    status,
    from,
    to,
    life,
  });
  return !patient || status < 500;
};

type Feed = {
  readonly next: string;
  readonly _entries: readonly { readonly kind: string; readonly id: string; readonly resource?: unknown }[];
};

/** One poll of each collection; gives how many changes were told. */
export const followOnce = async (client: Caller, memory: Memory): Promise<number> => {
  let told = 0;
  for (const collection of followed) {
    const after = memory.positions.get(collection) ?? null;
    const query = after === null ? '?size=50' : `?size=50&after=${encodeURIComponent(after)}`;
    const answer = await client.send('GET', `/${collection}/changes${query}`);
    if (answer.status !== 200) throw new Error(`the feed answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    const feed = JSON.parse(answer.text) as Feed;
    for (const change of feed['_entries'])
      memory.told.push({
        collection,
        change: {
          kind: change.kind,
          uid: change.id,
          key: change.resource === undefined ? null : keyOf(change.resource),
          value: JSON.stringify(change.resource ?? null),
        },
      });
    memory.positions.set(collection, feed.next);
    told += feed['_entries'].length;
  }
  return told;
};

const follow = async (work: Work): Promise<boolean> => {
  try {
    await followOnce(work.client, work.memory);
  } catch (error) {
    // Cut in the middle or not answered: what has been taken is kept, the position is that of the last whole answer.
    if (error instanceof Error && /answered 4(?!01)/.test(error.message)) throw error;
    return false;
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
  return true;
};
