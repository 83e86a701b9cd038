// Schedules over an exporter that does as it is told: what is due is made once and brought, what fails is tried again, what is held waits, and nothing goes
// to an application whose link has ended.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { DeliveryTarget, ExportCaller, ExportContent, ExportReport, Outcome } from '#exports/export.ts';
import { createSchedules, type ScheduleAsked, type SchedulesDeps } from '#exports/schedules.ts';
import type { ExportSchedule, ExportState, ExportStore } from '#store/exports.ts';
import type { Application, Link } from '#store/store.ts';

const organisation = 'elvebyen.test';
const minute = 60_000;
let now = 0;
let kept = new Map<string, ExportSchedule>();
let state: ExportState = 'ready';
let started: { readonly asked: unknown; readonly caller: ExportCaller }[] = [];
let brought: string[] = [];
let told: unknown[] = [];
let answers: Outcome<null>[] = [];
let comparable = true;
let reason: Problem | null = null;
let link: Link;
let application: Application;

const admin: ExportCaller = {
  principal: {
    kind: 'admin',
    client: 'owner',
    tenant: organisation,
    scopes: new Set(['admin.write']),
    issuer: 'x',
    token: 't',
    expiresAt: 0,
  },
  trace: 'r',
};

beforeEach(() => {
  now = Date.parse('2026-11-22T12:00:00Z');
  kept = new Map();
  state = 'ready';
  started = [];
  brought = [];
  told = [];
  answers = [];
  comparable = true;
  reason = null;
  link = {
    id: 'l',
    application: 'lms',
    organisation,
    environment: 'test',
    scopes: ['vfs:lmsexport'],
    schools: null,
    agreement: { reference: 'a', from: null, to: null },
    purpose: 'p',
    clearance: 0,
    createdAt: 0,
    endedAt: null,
  };
  application = {
    id: 'lms',
    name: 'LMS',
    kind: 'client',
    owner: 'x',
    describe: '',
    environment: 'test',
    secrets: [],
    jwks: null,
    disabled: false,
    createdAt: 0,
  } as Application;
});

const store = {
  schedules: () => [...kept.values()],
  putSchedule: (schedule: ExportSchedule) => void kept.set(schedule.id, schedule),
  removeSchedule: (id: string) => kept.delete(id),
  advanceSchedule: (id: string, from: number, to: number | null) => {
    const one = kept.get(id);
    if (one?.next !== from) return false;
    kept.set(id, { ...one, next: to });
    return true;
  },
} as unknown as ExportStore;

const target: DeliveryTarget = {
  name: 'mappe',
  organisation,
  deliver: async (_content, fileName) => {
    brought.push(fileName);
    return answers.shift() ?? { ok: true, value: null };
  },
};

const typeOf = (one: { readonly asked: unknown }) => (one.asked as { readonly type: string }).type;

const reportOf = (id: string) => ({ id, state, reason }) as unknown as ExportReport;

const deps = (): SchedulesDeps => ({
  clock: { now: () => now, every: () => () => {} },
  random: { bytes: (length) => Buffer.alloc(length, kept.size + 1) },
  observe: () => {},
  exports: {
    start: async (asked, caller) => {
      if (asked.type === 'delta' && !comparable) return { ok: false, problem: problem('HUB-419', 'Nothing was told.') };
      started.push({ asked, caller });
      return { ok: true, value: reportOf(`run${started.length}`) };
    },
    report: async (id) => ({ ok: true, value: reportOf(id) }),
    content: async () => ({ ok: true, value: { fileName: 'usual.xml' } as unknown as ExportContent }),
    delivered: async (id, delivery) => void told.push([id, delivery.ok, delivery.message]),
  },
  storeOf: async () => store,
  platform: { linksOf: async () => [link], application: async () => application },
  targets: [target, { ...target, name: 'andres', organisation: 'fjordheim.test' }],
  environment: 'test',
});

const asked: ScheduleAsked = {
  application: 'lms',
  asked: { format: 'pifu', profile: null, type: 'full', schools: null, schoolYear: null },
  at: '03:00',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  target: 'mappe',
  fileName: null,
};

const due = Date.parse('2026-11-23T02:00:00Z');
const add = async (schedules: ReturnType<typeof createSchedules>, more: Partial<ScheduleAsked> = {}) => {
  const added = await schedules.put(null, { ...asked, ...more }, admin);
  assert.ok(added.ok, JSON.stringify(added));
  return added.value;
};
/** Time goes on, with a look now and then. */
const run = async (schedules: ReturnType<typeof createSchedules>, until: number, every = 5_000): Promise<void> => {
  for (; now < until; now += every) await schedules.tick(organisation);
  await schedules.tick(organisation);
};

test('what is due is made for the application, with the scopes of its link, and brought once a day', async () => {
  const schedules = createSchedules(deps());
  assert.equal((await add(schedules)).next, '2026-11-23T02:00:00.000Z');
  await run(schedules, due - minute, minute);
  assert.equal(started.length, 0);
  await run(schedules, due + minute);
  assert.equal(started.length, 1);
  const { caller } = started[0] ?? {};
  assert.deepEqual(
    [caller?.principal.kind, caller?.principal.client, [...(caller?.principal.scopes ?? [])]],
    ['client', 'lms', ['vfs:lmsexport']],
  );
  assert.deepEqual(brought, ['usual.xml']);
  assert.deepEqual(told, [['run1', true, null]]);
  const [one] = await schedules.list(admin);
  assert.equal(one?.next, '2026-11-24T02:00:00.000Z');
  assert.deepEqual([one?.last?.run, one?.last?.ok, one?.pending], ['run1', true, null]);
  await run(schedules, due + 25 * 60 * minute, minute);
  assert.equal(started.length, 2);
});

test('of several processes one does it, and where that one is gone another goes on', async () => {
  const [one, other] = [createSchedules(deps()), createSchedules(deps())];
  await add(one);
  now = due;
  await Promise.all([one.tick(organisation), other.tick(organisation)]);
  assert.equal(started.length, 1);
  // The first is gone now; the second finds the run that was started.
  await run(other, due + 5 * minute);
  assert.equal(started.length, 1);
  assert.equal(brought.length, 1);
});

test('a file that could not be brought is tried again three times, then it is told', async () => {
  const schedules = createSchedules(deps());
  await add(schedules, { fileName: 'lms.xml' });
  const broken = { ok: false, problem: problem('HUB-422', 'The server answered 503.') } as const;
  answers = [broken, broken];
  await run(schedules, due + 10 * minute);
  assert.deepEqual(brought, ['lms.xml', 'lms.xml', 'lms.xml']);
  assert.equal((await schedules.list(admin))[0]?.last?.ok, true);
  answers = [broken, broken, broken, broken];
  await run(schedules, due + 26 * 60 * minute, minute);
  assert.equal(brought.length, 7);
  const [one] = await schedules.list(admin);
  assert.deepEqual(
    [one?.last?.ok, one?.last?.message, one?.next],
    [false, 'The server answered 503.', '2026-11-25T02:00:00.000Z'],
  );
});

test('changes begin with a whole file where there is nothing to compare with, and go on as changes', async () => {
  const schedules = createSchedules(deps());
  await add(schedules, { asked: { ...asked.asked, type: 'delta' } });
  comparable = false;
  await run(schedules, due + minute);
  comparable = true;
  assert.match((await schedules.list(admin))[0]?.last?.message ?? '', /^A full file/);
  await run(schedules, due + 25 * 60 * minute, minute);
  assert.equal((await schedules.list(admin))[0]?.last?.message, null);
  assert.deepEqual(started.map(typeOf), ['full', 'delta']);
  // What was to be compared with may go between the question and the answer.
  state = 'failed';
  reason = problem('HUB-419', 'It is not kept any more.');
  now = due + 48 * 60 * minute;
  await schedules.tick(organisation);
  now += minute;
  await schedules.tick(organisation);
  assert.deepEqual(started.map(typeOf).at(-1), 'full');
});

test('two schedules do not bring files of one name to one target', async () => {
  const schedules = createSchedules(deps());
  const { id } = await add(schedules);
  const same = await schedules.put(null, { ...asked, at: '05:00' }, admin);
  assert.ok(!same.ok && same.problem.code === 'HUB-103');
  assert.ok((await schedules.put(null, { ...asked, fileName: 'annen.xml' }, admin)).ok);
  assert.ok((await schedules.put(null, { ...asked, asked: { ...asked.asked, format: 'abc' } }, admin)).ok);
  assert.equal((await schedules.put(null, { ...asked, fileName: 'annen.xml' }, admin)).ok, false);
  assert.ok((await schedules.put(id, { ...asked, at: '05:00' }, admin)).ok);
});

test('a run that is held waits for whoever confirms it, until the next time', async () => {
  const schedules = createSchedules(deps());
  await add(schedules);
  state = 'held';
  await run(schedules, due + 60 * minute, minute);
  assert.equal(brought.length, 0);
  assert.equal((await schedules.list(admin))[0]?.pending, 'run1');
  state = 'ready';
  await run(schedules, due + 62 * minute, minute);
  assert.equal(brought.length, 1);
  state = 'held';
  await run(schedules, due + 49 * 60 * minute, minute);
  assert.equal(brought.length, 1);
  assert.equal(started.length, 3);
  assert.match((await schedules.list(admin))[0]?.last?.message ?? '', /nobody confirmed/);
});

test('nothing is made without a link that stands, for an application that is shut out, or without the target', async () => {
  const schedules = createSchedules(deps());
  await add(schedules);
  link = { ...link, endedAt: now };
  await run(schedules, due + minute);
  assert.equal(started.length, 0);
  assert.match((await schedules.list(admin))[0]?.last?.message ?? '', /no link/);
  link = { ...link, endedAt: null };
  application = { ...application, disabled: true };
  await run(schedules, due + 25 * 60 * minute, minute);
  assert.equal(started.length, 0);
  application = { ...application, disabled: false };
  const without = createSchedules({ ...deps(), targets: [] });
  await run(without, due + 49 * 60 * minute, minute);
  assert.equal(started.length, 0);
  assert.match((await schedules.list(admin))[0]?.last?.message ?? '', /target/);
});

test('what is not right is refused, and targets of others are as if they were not there', async () => {
  const schedules = createSchedules(deps());
  assert.deepEqual(schedules.targets(admin), ['mappe']);
  for (const wrong of [
    { at: '25:00' },
    { days: [] },
    { target: 'andres' },
    { target: 'ingen' },
    { fileName: '../x' },
    { fileName: 'a'.repeat(101) },
  ]) {
    const refused = await schedules.put(null, { ...asked, ...wrong }, admin);
    assert.ok(!refused.ok && refused.problem.code === 'HUB-103', JSON.stringify(wrong));
  }
  assert.equal((await schedules.put('nobody', asked, admin)).ok, false);
  assert.equal((await schedules.remove('nobody', admin)).ok, false);
  const { id } = await add(schedules);
  assert.ok((await schedules.put(id, { ...asked, at: '04:00' }, admin)).ok);
  assert.equal((await schedules.list(admin))[0]?.at, '04:00');
  assert.ok((await schedules.remove(id, admin)).ok);
  await run(schedules, due + 60 * minute, minute);
  assert.equal(started.length, 0);
  for (let index = 0; index < limits.exportSchedules; index += 1)
    kept.set(`s${index}`, { id: `s${index}`, application: 'lms', next: null, record: '{"asked":{}}' });
  const full = await schedules.put(null, asked, admin);
  assert.ok(!full.ok && full.problem.code === 'HUB-103');
  kept.delete('s0');
  assert.ok((await schedules.put(null, asked, admin)).ok);
});
