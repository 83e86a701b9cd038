// Random interleavings of writes, answers, syncs, waiting, sweeps and restarts, against a model that knows nothing but what FINT promises: every
// accepted write has one outcome, what was applied is in the feed exactly once and in its order, and nothing else is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cases } from '../cases.ts';
import { entryOf, minutes, openWritingWorld, pupil, pupils, subject, subjects, target } from './writing-world.ts';
import type { WritingWorld } from './writing-world.ts';

type Owner = 'hub' | 'source';
type Operation = 'create' | 'update' | 'delete' | 'validate';

type Delivery =
  | { readonly kind: 'delta' | 'remove'; readonly number: number; readonly version: number }
  | { readonly kind: 'full'; readonly numbers: readonly number[]; readonly version: number };

type Step =
  | Delivery
  | {
      readonly kind: 'write';
      readonly owner: Owner;
      readonly operation: Operation;
      readonly number: number;
      readonly version: number;
      readonly key: number | null;
    }
  | { readonly kind: 'answer'; readonly which: number; readonly state: 'accepted' | 'rejected' | 'failed' | 'conflict' }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'restart' };

const number = fc.integer({ min: 0, max: 3 });
const version = fc.integer({ min: 0, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      owner: fc.constantFrom<Owner>('hub', 'source'),
      operation: fc.constantFrom<Operation>('create', 'update', 'delete', 'validate'),
      number,
      version,
      key: fc.option(fc.integer({ min: 0, max: 3 })),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat({ max: 9 }),
      state: fc.constantFrom('accepted', 'accepted', 'rejected', 'failed', 'conflict'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('delta', 'remove'), number, version }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('full' as const), numbers: fc.uniqueArray(number), version }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 8, 20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('sweep', 'restart') }) },
);

/** What the model knows of one accepted write. */
type Event = {
  readonly id: string;
  readonly owner: Owner;
  readonly operation: Operation;
  readonly number: number;
  readonly body: string | null;
  readonly at: number;
  state: 'waiting' | 'accepted' | 'rejected' | 'failed' | 'conflict';
};

type Change = readonly [kind: string, number: number];

const collectionOf = { hub: subjects, source: pupils } as const;
const letterOf = { hub: 'f', source: 'e' } as const;

const resourceOf = (owner: Owner, one: number, of: number): object =>
  owner === 'hub' ? subject(one, `v${of}`) : pupil(one, `v${of}@fjord.test`);

/** The naive hub: what is there by number, and what has happened. */
class Model {
  readonly there = { hub: new Map<number, string>(), source: new Map<number, string>() };
  readonly feed: Readonly<Record<Owner, Change[]>> = { hub: [], source: [] };
  readonly events: Event[] = [];
  readonly keys = new Map<number, { readonly asked: string; readonly event: Event }>();

  put(owner: Owner, one: number, body: string): void {
    const before = this.there[owner].get(one);
    if (before === body) return;
    this.there[owner].set(one, body);
    this.feed[owner].push([before === undefined ? 'created' : 'updated', one]);
  }

  remove(owner: Owner, one: number): void {
    if (this.there[owner].delete(one)) this.feed[owner].push(['removed', one]);
  }
}

const stateOf = (event: Event, now: number): string => {
  if (now >= event.at + minutes(30)) return 'forgotten';
  if (event.state === 'waiting') return now >= event.at + minutes(15) ? 'expired' : 'waiting';
  if (event.state !== 'accepted') return event.state;
  if (event.operation === 'validate') return 'valid';
  if (event.operation === 'delete') return 'deleted';
  return 'written';
};

const write = async (world: WritingWorld, model: Model, asked: Extract<Step, { kind: 'write' }>): Promise<void> => {
  const { owner, operation, number: one, key } = asked;
  const resource = resourceOf(owner, one, asked.version);
  const body = operation === 'delete' ? null : JSON.stringify(resource);
  const addressed = operation === 'update' || operation === 'delete';
  const result = await world.ask({
    kind: 'write',
    collection: collectionOf[owner],
    operation,
    target: addressed ? target(`${letterOf[owner]}-${one}`) : null,
    body,
    idempotencyKey: key === null ? null : `${key}`,
    ifMatch: null,
  });
  const given = result.kind === 'refused' ? result.problem.code : result.kind;
  const sameAsked = JSON.stringify([owner, operation, one, body]);
  const known = key === null ? undefined : model.keys.get(key);
  if (known !== undefined && world.now() < known.event.at + minutes(24 * 60)) {
    assert.equal(given, known.asked === sameAsked ? 'accepted' : 'HUB-413');
    if (result.kind === 'accepted') assert.deepEqual([result.id, result.replayed], [known.event.id, true]);
    return;
  }
  const there = model.there[owner].has(one);
  if (addressed && !there) return assert.equal(given, 'missing');
  if (owner === 'hub' && !addressed && there) return assert.equal(given, 'HUB-612');
  assert.ok(result.kind === 'accepted', `${given} for ${sameAsked}`);
  const event: Event = {
    id: result.id,
    owner,
    operation,
    number: one,
    body,
    at: world.now(),
    state: owner === 'hub' ? 'accepted' : 'waiting',
  };
  model.events.push(event);
  if (key !== null) model.keys.set(key, { asked: sameAsked, event });
  if (owner === 'source' || operation === 'validate') return;
  if (operation === 'delete') model.remove(owner, one);
  else model.put(owner, one, body ?? '');
};

const answer = async (world: WritingWorld, model: Model, asked: Extract<Step, { kind: 'answer' }>): Promise<void> => {
  const ofSource = model.events.filter(({ owner }) => owner === 'source');
  const event = ofSource[asked.which % Math.max(1, ofSource.length)];
  if (event === undefined) return;
  const { operation, state, number: one } = event;
  const stored = operation === 'create' || operation === 'update';
  const value = asked.state === 'accepted' ? (event.body ?? '') : JSON.stringify(resourceOf('source', one, 9));
  const holds = asked.state === 'conflict' || (asked.state === 'accepted' && stored);
  const resources = holds ? [entryOf(JSON.parse(value) as object)] : [];
  const given = await world.answer(event.id, { state: asked.state, resources });
  const open = state === 'waiting' && world.now() < event.at + minutes(15);
  assert.equal(given, open ? 'ok' : 'HUB-621');
  if (!open) return;
  event.state = asked.state;
  if (asked.state === 'accepted' && stored) model.put('source', one, value);
  if (asked.state === 'accepted' && operation === 'delete') model.remove('source', one);
  if (asked.state === 'conflict' && (operation === 'update' || operation === 'delete')) model.put('source', one, value);
};

const deliver = async (world: WritingWorld, model: Model, asked: Delivery): Promise<void> => {
  if (asked.kind === 'full') {
    const bodies = asked.numbers.map((one) => [one, resourceOf('source', one, asked.version)] as const);
    const entries = bodies.map(([, body]) => entryOf(body));
    assert.equal(await world.deliver(pupils, entries, { type: 'FULL' }), 'ok');
    for (const [one, body] of bodies) model.put('source', one, JSON.stringify(body));
    for (const one of model.there.source.keys()) if (!asked.numbers.includes(one)) model.remove('source', one);
    return;
  }
  const body = resourceOf('source', asked.number, asked.version);
  const entry = asked.kind === 'delta' ? entryOf(body) : { identifier: `e-${asked.number}`, resource: null };
  assert.equal(await world.deliver(pupils, [entry], { type: asked.kind === 'delta' ? 'DELTA' : 'DELETE' }), 'ok');
  if (asked.kind === 'delta') model.put('source', asked.number, JSON.stringify(body));
  else model.remove('source', asked.number);
};

const check = async (world: WritingWorld, model: Model, uids: Map<number, number>): Promise<void> => {
  for (const owner of ['hub', 'source'] as const) {
    const changes = await world.changes(collectionOf[owner]);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      model.feed[owner].map(([kind]) => kind),
      `feed of ${owner}`,
    );
    // A resource has one uid from its creation to its removal.
    for (const [at, { uid, kind }] of changes.entries()) {
      const one = model.feed[owner][at]?.[1] ?? -1;
      const name = (owner === 'hub' ? 0 : 100) + one;
      if (kind === 'created') uids.set(name, uid);
      else assert.equal(uid, uids.get(name), `${kind} of ${owner} ${one}`);
    }
  }
  for (const event of model.events) {
    const wanted = stateOf(event, world.now());
    const told = (await world.outcome(event.id, 'client', collectionOf[event.owner])).state;
    // What has gone since cannot be shown any more.
    const gone = wanted === 'written' && told === 'forgotten';
    assert.ok(told === wanted || gone, `${event.operation} of ${event.owner} ${event.number}: ${told}, not ${wanted}`);
    assert.equal((await world.outcome(event.id, 'other', collectionOf[event.owner])).state, 'forgotten');
  }
  const waiting = model.events.filter((event) => stateOf(event, world.now()) === 'waiting').map(({ id }) => id);
  assert.deepEqual(
    (await world.poll()).map(({ id }) => id),
    waiting,
  );
};

const walk = async (steps: readonly Step[]): Promise<void> => {
  let world = await openWritingWorld();
  const model = new Model();
  try {
    for (const one of steps) {
      if (one.kind === 'write') await write(world, model, one);
      else if (one.kind === 'answer') await answer(world, model, one);
      else if (one.kind === 'wait') world.wait(minutes(one.minutes));
      else if (one.kind === 'sweep') await world.sweep();
      else if (one.kind === 'restart') world = await world.reopened();
      else await deliver(world, model, one);
    }
    await check(world, model, new Map());
  } finally {
    await world.close();
  }
};

void test('any order of writes, answers, syncs, time and restarts', { timeout: 120_000 }, () =>
  fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), walk), { numRuns: cases(60) }),
);
