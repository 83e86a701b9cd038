// What the owner's questions about the audit do besides finding: each is recorded first, without whom it was about; what is wrong with one is
// said before anything is looked for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemRandom } from '#base/random.ts';
import { createAuditTrail } from '#hub/audit-trail.ts';
import type { AuditQuestion, AuditTrail } from '#hub/audit-trail.ts';
import type { AuditEntry } from '#store/store.ts';
import { ask, fjord, listQuery, model, nationalId, onlyGrants, openWorld, paths, putCounty, read } from './world.ts';
import type { World } from './world.ts';

let world: World;
let trail: AuditTrail;
const asker = { issuer: 'hub', client: 'admin', token: 't', request: 'q', api: 'admin', rule: 'admin.read' };

const trailWith = (record: Parameters<typeof createAuditTrail>[0]['record']): AuditTrail =>
  createAuditTrail({
    model,
    clock: world.clock,
    random: systemRandom,
    platform: world.store.platform,
    tenant: world.store.tenant,
    record,
    pseudonym: (_organisation, subject) => `pseudonym of ${subject}`,
    verify: () => Promise.reject(new Error('not asked for')),
  });

before(async () => {
  world = await openWorld();
  await putCounty(world);
  await onlyGrants(world, { actions: ['read', 'list', 'follow'] });
  trail = trailWith(async (organisation, record) => (await world.store.tenant(organisation)).appendAudit(record));
  for (let round = 0; round < 5; round += 1) {
    await read(world.hub, paths.person, 'fodselsnummer', nationalId(1 + round));
    await ask(world.hub, listQuery(paths.pupil));
    world.clock.move(1_000);
  }
});
after(() => world.close());

const found = async (question: AuditQuestion): Promise<readonly AuditEntry[]> => {
  const result = await trail.search(fjord, question, asker);
  assert.ok(result.ok, result.ok ? '' : result.problem.detail);
  const entries: AuditEntry[] = [];
  for await (const batch of result.value.entries) entries.push(...batch);
  return entries;
};

const newest = async () => {
  const [record] = await (await world.store.tenant(fjord)).audit({ limit: 1 });
  assert.ok(record);
  return record;
};

test('a search is recorded before it is answered, with what was asked and not whom it was about', async () => {
  const person = { collection: paths.person, field: 'fodselsnummer', value: nationalId(2) };
  const entries = await found({ person, class: 'Person', from: 5, decision: 'allow', application: 'app' });
  assert.equal(entries.length, 1);
  const record = await newest();
  assert.equal(record.operation, 'audit-search');
  assert.equal(record.collection, paths.person);
  assert.equal(record.details, 'person class Person application app from 5 decision allow');
  assert.equal(record.subjects.length, 1);
  assert.match(record.subjects[0] ?? '', /^pseudonym of \d+$/);
  assert.deepEqual([record.client, record.api, record.seen], ['admin', 'admin', null]);
  assert.equal(JSON.stringify(record).includes(nationalId(2)), false);
  // What somebody typed in the wrong place is not kept either.
  await found({ application: nationalId(3) });
  assert.equal((await newest()).details, 'application unknown');
});

test('where a search cannot be recorded nothing is found', async () => {
  const broken = new Error('full');
  const mute = trailWith(() => Promise.reject(broken));
  await assert.rejects(mute.search(fjord, {}, asker), broken);
  await assert.rejects(mute.export(fjord, 'json', {}, asker), broken);
});

test('records come newest first, at most as many as asked for, and go on from where they stopped', async () => {
  const all = await found({ application: 'app' });
  const sequences = all.map(({ sequence }) => sequence);
  assert.equal(all.length, 10);
  assert.deepEqual(
    sequences,
    sequences.toSorted((a, b) => b - a),
  );
  const some = await found({ application: 'app', limit: 4 });
  assert.deepEqual(some, all.slice(0, 4));
  const rest = await found({ application: 'app', limit: 100, beyond: some.at(-1)?.sequence ?? 0 });
  assert.deepEqual(rest, all.slice(4));
  assert.deepEqual(await found({ application: 'app', order: 'oldest', limit: 10 }), all.toReversed());
  assert.deepEqual(await found({ application: 'app', limit: 0 }), []);
});

test('a class is asked for by name, by collection or with what is below a path', async () => {
  assert.equal((await found({ class: 'elev', application: 'app' })).length, 5);
  assert.equal((await found({ class: paths.person, application: 'app' })).length, 5);
  assert.equal((await found({ class: 'utdanning/elev/*', application: 'app' })).length, 10);
  assert.equal((await found({ class: 'administrasjon/*', application: 'app' })).length, 0);
});

test('a person is asked for by an identifier of one collection or of any; one who was never here is not known', async () => {
  const value = nationalId(4);
  const anywhere = await found({ person: { collection: null, field: 'fodselsnummer', value } });
  const here = await found({ person: { collection: paths.person, field: 'fodselsnummer', value } });
  assert.deepEqual(anywhere, here);
  // One read, and five lists of pupils: the pupil is about the person.
  assert.equal(here.length, 6);
  const never = await trail.search(
    fjord,
    { person: { collection: null, field: 'fodselsnummer', value: nationalId(99) } },
    asker,
  );
  assert.deepEqual([never.ok, never.ok && never.value.known], [true, false]);
});

test('what the model or the platform does not know is refused, and repeats no person', async () => {
  const value = nationalId(4);
  for (const [question, code] of [
    [{ class: 'Finnesikke' }, 'HUB-103'],
    [{ class: 'finnes/ikke/*' }, 'HUB-103'],
    [{ person: { collection: paths.person, field: 'navn', value } }, 'HUB-103'],
    [{ person: { collection: 'finnes/ikke', field: 'fodselsnummer', value } }, 'HUB-103'],
  ] as const) {
    const refused = await trail.search(fjord, question, asker);
    assert.ok(!refused.ok);
    assert.equal(refused.problem.code, code);
    assert.equal(refused.problem.detail.includes(value), false);
  }
  const unknown = await trail.search('finnes.ikke', {}, asker);
  assert.deepEqual([unknown.ok, !unknown.ok && unknown.problem.code], [false, 'HUB-204']);
});

const lines = async (format: 'json' | 'ocsf') => {
  const result = await trail.export(fjord, format, { application: 'app' }, asker);
  assert.ok(result.ok);
  let text = '';
  for await (const part of result.value) text += part;
  assert.ok(text.endsWith('}\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

test('an export gives the oldest first, one JSON object a line', async () => {
  const written = await lines('json');
  assert.deepEqual(
    written.map(({ sequence }) => sequence),
    written.map(({ sequence }) => sequence).toSorted((a, b) => Number(a) - Number(b)),
  );
  assert.ok(written.every(({ organisation }) => organisation === fjord));
  const events = await lines('ocsf');
  assert.equal(events.length, written.length);
  assert.ok(events.every(({ type_uid: type }) => type === 600_302));
  assert.equal((await newest()).operation, 'audit-export');
});
