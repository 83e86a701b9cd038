// Who has seen this person, where it was not a read that showed the person: events for adapters, outcomes of writes and answers to live reads.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createAuditTrail } from '#hub/audit-trail.ts';
import { createTokens } from '#hub/tokens.ts';
import type { Tokens } from '#hub/tokens.ts';
import {
  entryOf,
  model,
  openWritingWorld,
  organisation,
  persons,
  pupil,
  pupils,
  start,
  target,
} from './writing-world.ts';
import type { WritingWorld } from './writing-world.ts';

let world: WritingWorld;
let tokens: Tokens;
before(async () => {
  world = await openWritingWorld();
  tokens = await createTokens(world.store.platform, systemRandom);
  await world.deliver(
    persons,
    [1, 2].map((number) =>
      entryOf({ fodselsnummer: { identifikatorverdi: `${number}` }, navn: { fornavn: 'A', etternavn: 'B' } }),
    ),
  );
  await world.deliver(pupils, [entryOf(pupil(1)), entryOf(pupil(2))]);
  await world.tenant.write(async (tx) => {
    await tx.putContract({
      client: 'adapter',
      adapterId: 'a',
      username: 'adapter',
      heartbeatIntervalInMinutes: 1,
      capabilities: [],
      eventCapabilities: [pupils, persons].map((collection) => ({
        collection,
        operations: ['create', 'update', 'delete', 'read'] as const,
      })),
      registeredAt: start,
      heartbeatAt: null,
    });
    await tx.settle();
  });
});
after(() => world.close());

/** Operations of the records that showed something of the person, oldest first. */
const seen = async (number: number): Promise<readonly string[]> => {
  const trail = createAuditTrail({
    model,
    clock: systemClock,
    random: systemRandom,
    platform: world.store.platform,
    tenant: world.store.tenant,
    record: () => Promise.resolve(),
    pseudonym: tokens.pseudonym,
    verify: () => Promise.reject(new Error('not asked for')),
  });
  const person = { collection: persons, field: 'fodselsnummer', value: `${number}` };
  const asker = { issuer: '', client: '', token: '', request: '', api: '', rule: '' };
  const found = await trail.search(organisation, { person, order: 'oldest' }, asker);
  assert.ok(found.ok);
  const operations: string[] = [];
  for await (const batch of found.value.entries) operations.push(...batch.map(({ record }) => record.operation));
  return operations;
};

test('an update: the adapter that gets it and the client that asks for its outcome have seen the person', async () => {
  assert.deepEqual(await seen(1), []);
  const id = await world.write({
    operation: 'update',
    collection: pupils,
    target: target('e-1'),
    body: JSON.stringify(pupil(1, 'ny@fjord.test')),
  });
  assert.deepEqual(await seen(1), []);
  await world.poll();
  assert.deepEqual(await seen(1), ['poll-events']);
  const other = await world.outcome(id, 'other', pupils);
  assert.equal(other.state, 'forgotten');
  assert.equal(await world.answer(id, { resources: [entryOf(pupil(1, 'ny@fjord.test'))] }), 'ok');
  assert.equal((await world.outcome(id, 'client', pupils)).state, 'written');
  assert.deepEqual(await seen(1), ['poll-events', 'outcome']);
  assert.deepEqual(await seen(2), []);
});

test('a live read: asking shows nobody; the adapter that is asked, and whoever fetches the answer, have seen the person', async () => {
  const known = await seen(1);
  const asked = await world.ask({
    kind: 'live',
    collection: pupils,
    by: { kind: 'identifier', field: 'systemid', value: 'e-1' },
  });
  assert.ok(asked.kind === 'accepted');
  assert.deepEqual(await seen(1), known);
  const [event] = await world.poll();
  assert.ok(event !== undefined);
  assert.equal(await world.answer(event.id, { resources: [entryOf(pupil(1))] }), 'ok');
  assert.equal((await world.outcome(asked.id, 'client', pupils)).state, 'read-one');
  assert.equal((await seen(1)).at(-1), 'outcome');
  assert.deepEqual(await seen(2), []);
});

test('somebody who is to come: the adapter that was handed the person has seen the person, also when nothing came of it', async () => {
  assert.deepEqual(await seen(3), []);
  await world.settings([{ pattern: persons, policy: 'source', deadlineMinutes: null }]);
  const id = await world.write({
    operation: 'create',
    collection: persons,
    body: JSON.stringify({ fodselsnummer: { identifikatorverdi: '3' }, navn: { fornavn: 'C', etternavn: 'D' } }),
  });
  assert.deepEqual(await seen(3), []);
  await world.poll(persons);
  assert.deepEqual(await seen(3), ['poll-events']);
  assert.equal(await world.answer(id, { state: 'rejected', message: 'nei' }), 'ok');
  assert.equal((await world.outcome(id, 'client', persons)).state, 'rejected');
  assert.deepEqual(await seen(3), ['poll-events']);
  assert.deepEqual(await seen(4), []);
});

test('a deletion: the adapter that gets it has seen whom it is about; the outcome shows nobody', async () => {
  const id = await world.write({ operation: 'delete', collection: pupils, target: target('e-2') });
  await world.poll();
  assert.equal(await world.answer(id), 'ok');
  assert.equal((await world.outcome(id, 'client', pupils)).state, 'deleted');
  assert.deepEqual(await seen(2), ['poll-events']);
});
