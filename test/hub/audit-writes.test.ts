// A write is recorded together with its effect: where nothing can be recorded nothing is answered, and nothing has happened.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HubError, problem } from '#base/errors.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { LiveQuery, OutcomeQuery, WriteQuery, Writing } from '#hub/query.ts';
import { createSignals } from '#hub/signals.ts';
import { createTokens } from '#hub/tokens.ts';
import { createWriting } from '#hub/writing.ts';
import type { Store } from '#store/store.ts';
import { base, model, minutes, openWritingWorld, organisation, pupils, start, subjects } from './writing-world.ts';
import type { WritingWorld } from './writing-world.ts';

let world: WritingWorld;
before(async () => {
  world = await openWritingWorld();
  const grade = { systemId: { identifikatorverdi: 'f1' }, navn: 'Norsk', beskrivelse: '' };
  await world.write({ operation: 'create', collection: subjects, body: JSON.stringify(grade) });
  await world.tenant.write(async (tx) => {
    await tx.putContract({
      client: 'adapter',
      adapterId: 'https://vendor.test/fjord.test/utdanning/elev',
      username: 'adapter',
      heartbeatIntervalInMinutes: 1,
      capabilities: [],
      eventCapabilities: [{ collection: pupils, operations: ['create', 'read'] }],
      registeredAt: start,
      heartbeatAt: null,
    });
    await tx.settle();
  });
});
after(() => world.close());

const broken = new HubError(problem('HUB-504', 'The access cannot be recorded, so nothing is answered.'));

const refuse = (): Promise<never> => Promise.reject(broken);

/** The store with an audit that takes nothing. */
const mute = (store: Store): Store => ({
  ...store,
  tenant: async (id) => {
    const real = await store.tenant(id);
    return {
      ...real,
      appendAudit: refuse,
      write: (work) => real.write((tx) => work({ ...tx, audit: refuse })),
      writeTogether: (work) => real.writeTogether((tx) => work({ ...tx, audit: refuse })),
    };
  },
});

const writingOver = async (store: Store): Promise<Writing> =>
  createWriting({
    model,
    store,
    clock: { ...systemClock, now: world.now },
    random: systemRandom,
    authorizer: world.authorizer,
    tokens: await createTokens(store.platform, systemRandom),
    signals: createSignals(systemClock),
    baseUrl: () => base,
    times: { answerMs: minutes(15), statusMs: minutes(30) },
  });

const query = (more: Partial<WriteQuery> & Pick<WriteQuery, 'operation'>): WriteQuery => ({
  kind: 'write',
  collection: subjects,
  target: null,
  body: null,
  idempotencyKey: null,
  ifMatch: null,
  ...more,
});

const subjectBody = (id: string, name: string): string =>
  JSON.stringify({ systemId: { identifikatorverdi: id }, navn: name, beskrivelse: '' });

const target = { field: 'systemid', value: 'f1' };

const asked: readonly (WriteQuery | LiveQuery | OutcomeQuery)[] = [
  query({ operation: 'create', body: subjectBody('f2', 'Engelsk') }),
  query({ operation: 'update', target, body: subjectBody('f1', 'Kroppsøving') }),
  query({ operation: 'delete', target }),
  query({ operation: 'validate', body: subjectBody('f3', 'Musikk') }),
  query({ operation: 'update', target: { field: 'systemid', value: 'nobody' }, body: subjectBody('nobody', 'X') }),
  query({ operation: 'create', collection: 'utdanning/elev/finnesikke', body: '{}' }),
  query({ operation: 'create', collection: pupils, body: '{"systemId":{"identifikatorverdi":"e9"}}' }),
  { kind: 'live', collection: pupils, by: { kind: 'identifier', field: 'systemid', value: 'e1' } },
  { kind: 'outcome', collection: subjects, id: '6f3c8a50-8c0e-4d7a-9a55-5d6a3c1b2e4f' },
];

test('where a write cannot be recorded it is not answered, and has not happened', async () => {
  const writing = await writingOver(mute(world.store));
  const principal = {
    kind: 'client',
    client: 'client',
    tenant: organisation,
    scopes: new Set<string>(),
    issuer: base,
    token: 'token',
    expiresAt: start * 2,
  } as const;
  const changes = await world.changes(subjects);
  const events = await world.tenant.events.events({ limit: 100 });
  const records = await world.tenant.audit({ limit: 100 });
  for (const one of asked)
    await assert.rejects(
      writing.run(one, { principal, requestId: 'r', api: 'test' }),
      broken,
      `${one.kind} ${'operation' in one ? one.operation : ''}`,
    );
  assert.deepEqual(await world.changes(subjects), changes);
  assert.deepEqual(await world.tenant.events.events({ limit: 100 }), events);
  assert.deepEqual(await world.tenant.audit({ limit: 100 }), records);
});
