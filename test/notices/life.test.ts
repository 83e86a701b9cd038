// The life of an announcement over a clock that is moved: who is hit is shown before, who is told and when, reminders to those who still use it, done on its day and not
// before, and what is on record for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfDay } from '#catalogue/calendar.ts';
import { read as readYaml } from '../catalogue/changes-text.ts';
import { announcedWorld, day, draft, start } from './announced-world.ts';

const email = (address: string): object => ({ kind: 'email', address });

test('a change is shown with those whom it hits, announced, brought to mind, done on its day, and stays on record', async (context) => {
  const world = await announcedWorld(context);
  const { ask, clock, carried, notices, use } = world;
  await use('timetable', 'GET /utdanning/elev/elev', 300);
  await use('absence', 'GET /utdanning/elev/fravar', 1);
  await use('library', 'GET /utdanning/elev/elev', 401);
  for (const [organisation, address, digest] of [
    ['vendor.test', 'drift@vendor.no', 'none'],
    ['other.test', 'it@other.no', 'weekly'],
  ] as const)
    assert.equal(
      (await ask('POST', '/admin/subscriptions', { organisation, channel: email(address), digest })).status,
      201,
    );

  // Before: whom it would hit, and nobody is told.
  const dry = await ask('POST', '/admin/changes', { ...draft, dryRun: true });
  assert.equal(dry.status, 200, dry.detail);
  assert.deepEqual(
    (dry.value['hits'] as { application: string; told: string[] }[]).map(({ application, told }) => [
      application,
      told,
    ]),
    [['timetable', ['email']]],
  );
  assert.deepEqual([dry.value['published'], dry.value['announcedAt']], [false, null]);
  await notices.round();
  assert.deepEqual([(await ask('GET', '/admin/changes')).value['items'], carried], [[], []]);

  // Announced: at once to those whom it hits, and to others on Monday.
  const made = await ask('POST', '/admin/changes', draft);
  assert.equal(made.status, 201, made.detail);
  assert.equal(made.value['earliest'], '2028-03-30T22:00:00Z');
  assert.equal(made.value['status'], 'production');
  await notices.round();
  assert.deepEqual(
    carried.map(({ to, message }) => [to, message.type]),
    [['drift@vendor.no', 'change.announced']],
  );
  assert.match(carried[0]?.message.text ?? '', /Dette treffer applikasjonene deres: timetable/);
  assert.match(carried[0]?.message.text ?? '', /The field hybelboer goes\./);
  await notices.round();
  assert.equal(carried.length, 1);
  clock.now = start + day;
  await notices.round();
  assert.deepEqual(
    carried.map(({ to, message }) => [to, message.type]),
    [
      ['drift@vendor.no', 'change.announced'],
      ['it@other.no', 'change.digest'],
    ],
  );

  // Not done before its day, not with an emergency that nobody else answers for.
  const early = await ask('POST', '/admin/changes/hybelboer-goes/done');
  assert.equal(early.code, 'HUB-409');
  assert.match(early.detail, /2028-03-30T22:00:00Z/);
  const alone = await ask('POST', '/admin/changes/hybelboer-goes/done', {
    emergency: { reason: 'A leak', approver: 'cli:tester' },
  });
  assert.deepEqual(
    alone.errors.map(({ at }) => at),
    ['/emergency/approver'],
  );

  // Reminders: to those who use it then, once for each distance.
  const due = startOfDay('2028-03-31');
  const tellings: [number, number][] = [];
  for (const distance of [200, 180, 179, 100, 30, 29, 7, 1]) {
    clock.now = due - distance * day;
    if (distance > 20) await use('timetable', 'GET /utdanning/elev/elev', 1);
    const before = carried.length;
    await notices.round();
    await notices.round();
    tellings.push([distance, carried.length - before]);
  }
  assert.deepEqual(tellings, [
    [200, 0],
    [180, 1],
    [179, 0],
    [100, 0],
    [30, 1],
    [29, 0],
    [7, 1],
    [1, 0],
  ]);
  assert.ok(
    carried.slice(2).every(({ to, message }) => to === 'drift@vendor.no' && message.type === 'change.reminder'),
  );
  const again = await ask('POST', '/admin/changes/hybelboer-goes/remind');
  assert.equal(again.value['reminded'], 1);
  assert.equal((await ask('POST', '/admin/changes/hybelboer-goes/remind')).code, 'HUB-409');

  // A second too early, and the moment itself.
  clock.now = due - 1;
  assert.equal((await ask('POST', '/admin/changes/hybelboer-goes/done')).code, 'HUB-409');
  clock.now = due;
  const done = await ask('POST', '/admin/changes/hybelboer-goes/done');
  assert.deepEqual([done.value['state'], done.value['breach']], ['done', false]);
  assert.equal((await ask('POST', '/admin/changes/hybelboer-goes/done')).code, 'HUB-409');
  await notices.round();
  assert.equal(carried.at(-1)?.message.type, 'change.done');
  assert.deepEqual(world.broken, []);

  const trail = await world.bench.platform.platformAudit(20);
  assert.deepEqual(
    trail.map(({ operation }) => operation).filter((one) => one.startsWith('change')),
    ['change done', 'change remind', 'change announce'],
  );
});

test('an emergency is done at once, is told at once, and is shown as a breach for ever', async (context) => {
  const { ask, clock, carried, notices, use } = await announcedWorld(context);
  await use('timetable', 'GET /utdanning/elev/elev', 3);
  await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', channel: email('drift@vendor.no') });
  await ask('POST', '/admin/changes', draft);
  const emergency = { reason: 'It shows protected addresses', approver: 'Director of the county' };
  const done = await ask('POST', '/admin/changes/hybelboer-goes/done', { emergency });
  assert.deepEqual([done.value['state'], done.value['breach'], done.value['emergency']], ['done', true, emergency]);
  await notices.round();
  assert.deepEqual(
    carried.map(({ message }) => message.type),
    ['change.announced', 'change.done'],
  );
  assert.match(carried[1]?.message.subject ?? '', /Brudd på kontrakten/);
  clock.now = startOfDay('2031-01-01');
  assert.equal((await ask('GET', '/admin/changes/hybelboer-goes')).value['breach'], true);
});

test('what is called off is told to those who were told, and stands in no export', async (context) => {
  const { ask, clock, carried, notices, use } = await announcedWorld(context);
  await use('timetable', 'GET /utdanning/elev/elev', 3);
  await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', channel: email('drift@vendor.no') });
  await ask('POST', '/admin/changes', draft);
  await ask('POST', '/admin/changes', { ...draft, id: 'other-goes' });
  clock.now += 1;
  assert.deepEqual(
    (await ask('POST', '/admin/changes/hybelboer-goes/withdraw')).errors.map(({ at }) => at),
    ['/reason'],
  );
  const off = await ask('POST', '/admin/changes/hybelboer-goes/withdraw', { reason: 'It stays after all' });
  assert.equal(off.value['state'], 'withdrawn');
  await notices.round();
  assert.deepEqual(
    carried.map(({ message }) => message.type),
    ['change.announced', 'change.announced', 'change.withdrawn'],
  );
  const text = String((await ask('GET', '/admin/changes?format=yaml')).value['text']);
  const changes = readYaml(text);
  assert.deepEqual(
    changes.map(({ id }) => id),
    ['other-goes'],
  );
  const [{ api, coordinates, planned, announcedAt, migration } = changes[0] ?? {}] = changes;
  assert.deepEqual(
    [api, coordinates, planned, migration],
    [draft.api, draft.coordinates, draft.planned, draft.migration],
  );
  assert.equal(announcedAt, start);
});

test('a change that came with the catalogue is told of once, by whichever process, and is changed there alone', async (context) => {
  const delivered = {
    ...draft,
    kind: 'breaking',
    withoutReplacement: null,
    emergency: null,
    announcedAt: start - day,
    doneAt: null,
  } as const;
  const world = await announcedWorld(context, { delivered: [delivered] });
  const { ask, carried, notices, use } = world;
  await use('timetable', 'GET /utdanning/elev/elev', 3);
  await ask('POST', '/admin/subscriptions', { organisation: 'vendor.test', channel: email('drift@vendor.no') });
  const other = world.another();
  await Promise.all([notices.round(), other.round()]);
  await Promise.all([notices.round(), other.round()]);
  assert.deepEqual(
    carried.map(({ message }) => message.type),
    ['change.announced'],
  );
  const refused = await ask('POST', '/admin/changes/hybelboer-goes/withdraw', { reason: 'It stays' });
  assert.equal(refused.code, 'HUB-409');
  assert.match(refused.detail, /changes\.yaml/);
});
