// Notices are brought at least once, in order for each receiver, again after failures and not for ever; nothing is lost whatever processes do and whenever they die; digests
// come on Mondays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { limits } from '#base/limits.ts';
import { nextDigest, pauseAfter, triesInAll } from '#catalogue/delivery.ts';
import { cases } from '../cases.ts';
import { announcedWorld, chief, day, draft, start, type AnnouncedWorld } from './announced-world.ts';

const subscribe = async (world: AnnouncedWorld, address: string, more: object = {}): Promise<string> => {
  const made = await world.ask('POST', '/admin/subscriptions', {
    organisation: 'vendor.test',
    channel: { kind: 'email', address },
    ...more,
  });
  assert.equal(made.status, 201, made.detail);
  return String(made.value['id']);
};

const announce = async (world: AnnouncedWorld, id: string): Promise<void> => {
  const made = await world.ask('POST', '/admin/changes', { ...draft, id });
  assert.equal(made.status, 201, made.detail);
};

const seen = ({ carried }: AnnouncedWorld, to: string): readonly string[] =>
  carried.filter((one) => one.to === to).map(({ message }) => message.id.split('.')[1] ?? '');

test('what fails is tried again later, what comes after it waits for it, and other receivers do not', async (context) => {
  const world = await announcedWorld(context);
  await world.use('timetable', 'GET /utdanning/elev/elev', 3);
  await subscribe(world, 'a@vendor.no');
  await subscribe(world, 'b@vendor.no');
  let works = false;
  world.answers.set('a@vendor.no', () =>
    works ? { kind: 'sent' } : { kind: 'failed', why: 'The receiver answered 503.' },
  );
  await announce(world, 'first');
  world.clock.now += 1_000;
  await announce(world, 'second');
  await world.notices.round();
  assert.deepEqual([seen(world, 'a@vendor.no'), seen(world, 'b@vendor.no')], [['first'], ['first', 'second']]);
  // Not before its time.
  world.clock.now += 29_000;
  await world.notices.round();
  assert.deepEqual(seen(world, 'a@vendor.no'), ['first']);
  const waiting = await world.ask('GET', '/admin/deliveries?state=waiting');
  assert.deepEqual(
    (waiting.value['items'] as { tries: number; failure: string | null }[]).map(({ tries, failure }) => [
      tries,
      failure,
    ]),
    [
      [1, 'The receiver answered 503.'],
      [0, null],
    ],
  );
  works = true;
  world.clock.now += 4_000;
  await world.notices.round();
  assert.deepEqual(seen(world, 'a@vendor.no'), ['first', 'first', 'second']);
  // By its id a receiver knows that it has been told.
  const ids = world.carried.filter(({ to }) => to === 'a@vendor.no').map(({ message }) => message.id);
  assert.equal(ids[0], ids[1]);
});

test('after ten tries within four days nobody tries any more, until somebody asks for it', async (context) => {
  const world = await announcedWorld(context);
  await world.use('timetable', 'GET /utdanning/elev/elev', 3);
  await subscribe(world, 'a@vendor.no');
  world.answers.set('a@vendor.no', () => ({ kind: 'failed', why: 'no' }));
  await announce(world, 'first');
  for (let hours = 0; hours < 24 * 5; hours += 1) {
    await world.notices.round();
    world.clock.now += 3_600_000;
  }
  assert.equal(world.carried.length, triesInAll);
  assert.equal(triesInAll, limits.deliveryTries);
  const dead = (await world.ask('GET', '/admin/deliveries?state=dead')).value['items'] as {
    id: string;
    tries: number;
  }[];
  assert.equal(dead.length, 1);
  const id = dead[0]?.id ?? '';
  world.answers.clear();
  assert.equal((await world.ask('POST', `/admin/deliveries/${id}/retry`)).value['state'], 'waiting');
  await world.notices.round();
  assert.equal((await world.ask('GET', '/admin/deliveries?state=sent')).value['next'], null);
  assert.equal((await world.ask('POST', `/admin/deliveries/${id}/retry`)).code, 'HUB-409');
  // A receiver that says that nobody is there is not tried again.
  world.answers.set('a@vendor.no', () => ({ kind: 'refused', why: 'The receiver answered 410.' }));
  await announce(world, 'second');
  await world.notices.round();
  world.clock.now += 2 * day;
  await world.notices.round();
  assert.equal(seen(world, 'a@vendor.no').filter((one) => one === 'second').length, 1);
});

test('whoever has ended a subscription is told no more', async (context) => {
  const world = await announcedWorld(context);
  await world.use('timetable', 'GET /utdanning/elev/elev', 3);
  const id = await subscribe(world, 'a@vendor.no');
  world.answers.set('a@vendor.no', () => ({ kind: 'failed', why: 'no' }));
  await announce(world, 'first');
  await world.notices.round();
  assert.equal((await world.ask('DELETE', `/admin/subscriptions/${id}`)).status, 200);
  world.clock.now += day;
  await world.notices.round();
  assert.equal(world.carried.length, 1);
  const items = (await world.ask('GET', '/admin/deliveries')).value['items'] as { state: string }[];
  assert.deepEqual(
    items.map(({ state }) => state),
    ['dropped'],
  );
});

test('what was claimed by a process that died is tried again', async (context) => {
  const world = await announcedWorld(context);
  await world.use('timetable', 'GET /utdanning/elev/elev', 3);
  await subscribe(world, 'a@vendor.no');
  await announce(world, 'first');
  // It dies in the middle of the try: nothing is written after it.
  world.answers.set('a@vendor.no', () => {
    throw new Error('killed');
  });
  await world.notices.round();
  assert.equal(world.broken.length, 1);
  world.answers.clear();
  await world.another().round();
  assert.equal(world.carried.length, 1);
  world.clock.now += 121_000;
  await world.another().round();
  assert.equal(world.carried.length, 2);
  await world.another().round();
  assert.equal(world.carried.length, 2);
});

test('a notice is never lost and never out of order, however many processes bring it and whatever fails', async (context) => {
  const steps = fc.array(
    fc.oneof(
      fc.constant({ kind: 'announce' } as const),
      fc.record({ kind: fc.constant('round' as const), processes: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 60_000, 3_600_000) }),
      fc.record({ kind: fc.constant('fail' as const), times: fc.integer({ min: 1, max: 3 }) }),
    ),
    { minLength: 4, maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const world = await announcedWorld(context);
      await world.use('timetable', 'GET /utdanning/elev/elev', 3);
      await subscribe(world, 'a@vendor.no');
      const processes = [world.notices, world.another(), world.another()];
      let failures = 0;
      const got: string[] = [];
      world.answers.set('a@vendor.no', (message) => {
        if (failures > 0) {
          failures -= 1;
          return { kind: 'failed', why: 'no' };
        }
        got.push(message.id);
        return { kind: 'sent' };
      });
      const announced: string[] = [];
      for (const step of plan) {
        world.clock.now += 1;
        if (step.kind === 'announce') {
          announced.push(`change-${announced.length}`);
          await announce(world, announced.at(-1) ?? '');
        } else if (step.kind === 'wait') world.clock.now += step.ms;
        else if (step.kind === 'fail') failures = step.times;
        else await Promise.all(processes.slice(0, step.processes).map(({ round }) => round()));
      }
      failures = 0;
      for (let rounds = 0; rounds < 3; rounds += 1) {
        world.clock.now += 6 * 3_600_000;
        await Promise.all(processes.map(({ round }) => round()));
      }
      assert.deepEqual(world.broken, []);
      assert.deepEqual(
        got.map((id) => id.split('.')[1]),
        announced,
      );
    }),
    { numRuns: cases(20) },
  );
});

test('what is not loud comes in a digest on Monday morning, a hundred at a time, and only of what was asked for', async (context) => {
  const world = await announcedWorld(context);
  const organisation = 'other.test';
  for (const [address, more] of [
    ['weekly@other.no', { digest: 'weekly' }],
    ['none@other.no', {}],
    ['else@other.no', { digest: 'weekly', apis: ['flyt-skole'] }],
    ['beta@other.no', { digest: 'weekly', statuses: ['beta'] }],
    ['small@other.no', { digest: 'weekly', topics: ['compatible'] }],
  ] as const)
    assert.equal(
      (await world.ask('POST', '/admin/subscriptions', { organisation, channel: { kind: 'email', address }, ...more }))
        .status,
      201,
    );
  const count = limits.noticesPerDigest + 1;
  for (let number = 0; number < count; number += 1) {
    world.clock.now += 1;
    await announce(world, `change-${number}`);
  }
  await world.notices.round();
  await world.notices.round();
  assert.equal(world.carried.length, 0);
  world.clock.now = Date.parse('2026-11-23T06:59:59Z');
  await world.notices.round();
  assert.equal(world.carried.length, 0);
  world.clock.now += 1_000;
  await world.notices.round();
  assert.deepEqual(
    world.carried.map(({ to, message }) => [
      to,
      (JSON.parse(message.json) as { data: { notices: unknown[] } }).data.notices.length,
    ]),
    [
      ['weekly@other.no', limits.noticesPerDigest],
      ['weekly@other.no', 1],
    ],
  );
});

const due = (text: string): string => new Date(nextDigest(Date.parse(text))).toISOString();

test('a round hands out and tries no more than it may, and the next one goes on', async (context) => {
  const world = await announcedWorld(context);
  for (const address of ['a@vendor.no', 'b@vendor.no', 'c@vendor.no']) await subscribe(world, address);
  const told = await world.ask('POST', '/admin/changes', { ...draft, dryRun: true });
  assert.equal(told.status, 200, told.detail);
  const { platform } = world.bench;
  const entries = Array.from({ length: limits.noticesPerSweep + 1 }, (_, index) => {
    const id = `change.change-${String(index).padStart(3, '0')}.announced`;
    const text = { nb: 'x', en: 'x' };
    const notice = {
      id,
      kind: 'announced',
      topic: 'breaking',
      at: start,
      api: 'fint',
      status: 'production',
      change: null,
    };
    return {
      kind: 'notice',
      id,
      revision: 1,
      organisation: null,
      application: null,
      state: 'waiting',
      createdAt: start,
      changedAt: start,
      value: { ...notice, subject: text, text, affected: ['timetable'], forAffected: false },
    } as const;
  });
  assert.equal(await platform.putRegister({ entries }), true);
  const waiting = async (): Promise<number> =>
    (await platform.registerEntries({ kind: 'notice', state: 'waiting' })).length;
  await world.notices.round();
  assert.deepEqual([await waiting(), world.carried.length], [1, limits.deliveriesPerSweep]);
  await world.notices.round();
  assert.deepEqual([await waiting(), world.carried.length], [0, 3 * entries.length]);
  assert.deepEqual(
    seen(world, 'c@vendor.no'),
    entries.map(({ id }) => id.split('.')[1]),
  );
});

test('digests are due on the next Monday at eight in Norway, on summer time too', () => {
  assert.equal(due('2026-11-22T11:00:00Z'), '2026-11-23T07:00:00.000Z');
  assert.equal(due('2026-11-23T06:59:59.999Z'), '2026-11-23T07:00:00.000Z');
  assert.equal(due('2026-11-23T07:00:00Z'), '2026-11-30T07:00:00.000Z');
  assert.equal(due('2027-03-28T10:00:00Z'), '2027-03-29T06:00:00.000Z');
  fc.assert(
    fc.property(fc.integer({ min: start, max: start + 4_000 * day }), (at) => {
      const next = nextDigest(at);
      assert.ok(next > at && next - at <= 7 * day + 3_600_000);
      const shown = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Oslo', weekday: 'short', hour: '2-digit' });
      assert.equal(shown.format(next), 'Mon, 08');
    }),
    { numRuns: cases(100) },
  );
});

test('pauses grow with every try, by a tenth at the most with chance, and end', () => {
  const pauses = Array.from({ length: triesInAll - 1 }, (_, index) => pauseAfter(index + 1, 0) ?? 0);
  assert.ok(pauses.every((pause, index) => pause > (pauses[index - 1] ?? 0)));
  assert.equal(pauseAfter(triesInAll, 0), null);
  for (const [index, pause] of pauses.entries()) {
    const most = pauseAfter(index + 1, 1) ?? 0;
    assert.ok(most > pause && most <= pause * 1.1 + 1);
  }
});

test('administrators see and end what is of their own organisation alone', async (context) => {
  const world = await announcedWorld(context);
  await world.use('timetable', 'GET /utdanning/elev/elev', 3);
  const id = await subscribe(world, 'a@vendor.no');
  await announce(world, 'first');
  await world.notices.round();
  const actor = { ...chief, organisation: 'other.test', scopes: ['admin.write'] };
  for (const [method, path] of [
    ['DELETE', `/admin/subscriptions/${id}`],
    ['POST', `/admin/deliveries/change.first.announced.${id}/retry`],
  ] as const)
    assert.equal((await world.ask(method, path, {}, actor)).code, 'HUB-204');
  for (const path of ['/admin/subscriptions', '/admin/deliveries'])
    assert.deepEqual((await world.ask('GET', path, {}, actor)).value['items'], []);
  // Whom a change hits is told of their own applications alone.
  assert.deepEqual((await world.ask('GET', '/admin/changes/first', {}, actor)).value['hits'], []);
  assert.equal((await world.ask('POST', '/admin/changes', draft, actor)).code, 'HUB-302');
  const own = { ...actor, organisation: 'vendor.test' };
  assert.equal(((await world.ask('GET', '/admin/changes/first', {}, own)).value['hits'] as object[]).length, 1);
});
