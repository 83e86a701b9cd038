// How files are made: one at a time, whoever dies; followed while they come; checked before anything of them leaves; stopped and cancelled.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { ExportAsked, ExportOrder, ExportReport } from '#exports/export.ts';
import { MakerGone, type MakeExport } from '#exports/queue.ts';
import { rulesOf, writerOf } from '#formats/roster-format.ts';
import type { RosterRules } from '#formats/roster.ts';
import {
  asked,
  bytesOf,
  fileOf,
  made,
  openExportsWorld,
  restored,
  started,
  until,
  type ExportsWorld,
} from './exports-world.ts';
import { removeMember } from './municipality.ts';

let w: ExportsWorld;
before(async () => {
  w = await openExportsWorld();
});
after(() => w.close());
afterEach(() => {
  restored(w);
  Object.assign(w.deps, { writerOf, rulesOf });
});

/** Lets nobody on before it is opened. */
const gate = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
};
/** Asked for so that it can be followed while it is made. */
const streamed = (on: ExportsWorld, more: Partial<ExportAsked> = {}): Promise<ExportReport> =>
  started(on, more, on.app, 'stream');
const running = (id: string) => until(w, id, ['running']);

test('a file is followed while it is made, and ends when it is ready', async () => {
  const step = gate();
  let pages = 0;
  w.place.between = () => ((pages += 1) > 6 ? step.passed : undefined);
  const run = await streamed(w);
  const stream = await w.exports.stream(run.id, w.app, new AbortController().signal);
  assert.ok(stream.ok);
  const chunks = stream.value[Symbol.asyncIterator]();
  const first = await chunks.next();
  assert.match(String(first.value), /<person\b/, 'the first of it comes while the rest is made');
  assert.equal((await running(run.id)).state, 'running');
  const rest = bytesOf({ [Symbol.asyncIterator]: () => chunks });
  step.open();
  const whole = `${String(first.value)}${(await rest).toString()}`;
  const report = await until(w, run.id);
  assert.equal(whole, await fileOf(w, run.id));
  assert.equal(report.fetched.length, 1);
  assert.equal(report.fetched[0]?.whole, true);
});

test('a consumer that goes away stops nothing', async () => {
  const step = gate();
  let pages = 0;
  w.place.between = () => ((pages += 1) > 6 ? step.passed : undefined);
  const run = await streamed(w);
  const leaving = new AbortController();
  const stream = await w.exports.stream(run.id, w.app, leaving.signal);
  assert.ok(stream.ok);
  const chunks = stream.value[Symbol.asyncIterator]();
  await chunks.next();
  const next = chunks.next();
  leaving.abort();
  await assert.rejects(next);
  step.open();
  const report = await until(w, run.id);
  assert.equal(report.state, 'ready');
  assert.deepEqual(report.fetched, [], 'what was not taken whole was not fetched');
});

test('a stream of a run that is held breaks off before any membership', async () => {
  const first = await made(w);
  await fileOf(w, first.id);
  for (let pupil = 100; pupil < 110; pupil += 1) removeMember(w.place, 10, pupil);
  // Not held before anybody follows it.
  const step = gate();
  let pages = 0;
  w.place.between = () => ((pages += 1) > 6 ? step.passed : undefined);
  const run = await streamed(w);
  const stream = await w.exports.stream(run.id, w.app, new AbortController().signal);
  step.open();
  assert.ok(stream.ok);
  const taken: Buffer[] = [];
  await assert.rejects(async () => {
    for await (const chunk of stream.value) taken.push(chunk);
  }, /HUB-420/);
  assert.doesNotMatch(Buffer.concat(taken).toString(), /<membership|<\/enterprise>/);
  assert.equal((await until(w, run.id)).state, 'held');
  const again = await w.exports.stream(run.id, w.app, new AbortController().signal);
  assert.ok(!again.ok && again.problem.code === 'HUB-420');
  await w.exports.decide(run.id, 'reject', w.owner, '');
});

test('a part that is not valid goes nowhere', async () => {
  Object.assign(w.deps, {
    writerOf: (options: Parameters<typeof writerOf>[0]) => {
      const writer = writerOf(options);
      return {
        ...writer,
        person: (...given: Parameters<typeof writer.person>) =>
          writer
            .person(...given)
            .replace('<name>', '<naem>')
            .replace('</name>', '</naem>'),
      };
    },
  });
  const run = await streamed(w, { profile: 'pifu-ims-1.2' });
  const report = await until(w, run.id);
  assert.equal(report.state, 'failed');
  assert.equal(report.reason?.code, 'HUB-421');
  assert.equal(report.check.schema, 'invalid');
  assert.ok(report.check.findings.length > 0 && report.check.count > 0);
  assert.doesNotMatch(JSON.stringify(report.check), /Given|Family/, 'what is found is named by id');
  assert.equal(report.sha256, null);
  assert.deepEqual(await w.store.parts(run.id), []);
  const content = await w.exports.content(run.id, w.app);
  assert.ok(!content.ok && content.problem.code === 'HUB-421');
  const stream = await w.exports.stream(run.id, w.app, new AbortController().signal);
  assert.ok(!stream.ok && stream.problem.code === 'HUB-421');
});

const planted =
  (at: 'person' | 'end') =>
  (profile: Parameters<typeof rulesOf>[0]): RosterRules => {
    const rules = rulesOf(profile);
    const finding = { rule: 'planted', at: null, message: 'A planted finding.' };
    let found = 0;
    return {
      ...rules,
      person: (...given) => {
        if (at === 'person') found = 1;
        rules.person(...given);
      },
      found: () => found,
      end: () => ({ findings: [finding], count: 1 }),
    };
  };

test('a rule that is broken keeps the part back, and one of the whole keeps the end back', async () => {
  for (const at of ['person', 'end'] as const) {
    Object.assign(w.deps, { rulesOf: planted(at) });
    const step = gate();
    let pages = 0;
    w.place.between = () => ((pages += 1) > 6 ? step.passed : undefined);
    const run = await streamed(w, { profile: 'pifu-ims-1.1' });
    const streaming = w.exports.stream(run.id, w.app, new AbortController().signal);
    const stream = at === 'person' ? await streaming : await streaming;
    step.open();
    if (at === 'person') assert.ok(!stream.ok && stream.problem.code === 'HUB-421', 'nothing has been given out');
    else {
      assert.ok(stream.ok);
      const taken: Buffer[] = [];
      await assert.rejects(async () => {
        for await (const chunk of stream.value) taken.push(chunk);
      }, /HUB-421/);
      assert.doesNotMatch(Buffer.concat(taken).toString(), /<\/enterprise>/);
    }
    const report = await until(w, run.id);
    assert.deepEqual([report.state, report.check.rules, report.check.count], ['failed', 'broken', 1]);
  }
});

test('so many may wait, and no more', async () => {
  const step = gate();
  w.place.between = () => step.passed;
  const runs = [];
  for (let count = 0; count < limits.exportsPerApplication; count += 1) runs.push(await streamed(w));
  const more = await w.exports.start(asked, w.app, 'request', { key: 'full', request: 'r' });
  assert.ok(!more.ok && more.problem.code === 'HUB-107' && (more.problem.retryAfter ?? 0) > 0);
  const other = await w.exports.start(asked, w.other, 'request');
  assert.ok(other.ok, 'another application has room of its own');
  const states = await Promise.all(
    runs.map(async ({ id }) => (await w.exports.report(id, w.app)).ok && (await w.store.run(id))?.state),
  );
  assert.ok(states.filter((state) => state === 'running').length <= limits.exportsAtOnce);
  step.open();
  for (const { id } of runs) assert.equal((await until(w, id)).state, 'ready');
  assert.equal((await until({ ...w, app: w.other }, other.value.id)).state, 'ready');
});

test('a run can be cancelled while it waits and while it is made', async () => {
  const step = gate();
  w.place.between = () => step.passed;
  const [first, second] = [await streamed(w), await streamed(w)];
  await running(first.id);
  for (const { id } of [second, first]) {
    const decided = await w.exports.decide(id, 'cancel', w.app, 'not needed');
    assert.ok(decided.ok && decided.value.state === 'cancelled');
  }
  step.open();
  const third = await made(w);
  assert.equal(third.state, 'ready');
  for (const { id } of [first, second]) {
    assert.equal((await until(w, id)).state, 'cancelled');
    assert.deepEqual(await w.store.parts(id), []);
    const over = await w.exports.decide(id, 'cancel', w.app, '');
    assert.ok(!over.ok && over.problem.code === 'HUB-409');
    const content = await w.exports.content(id, w.app);
    assert.ok(!content.ok && content.problem.code === 'HUB-409');
  }
});

test('who dies while it is made is followed by another, once', async () => {
  const lone = await openExportsWorld({ making: false });
  try {
    let deaths = 1;
    const dying: MakeExport = (order, holder, watch) => {
      deaths -= 1;
      return deaths >= 0 ? Promise.reject(new MakerGone('gone')) : lone.make(order, holder, watch);
    };
    const queue = lone.queueBeside(dying);
    const run = await started(lone);
    queue.queued('fjordheim.test');
    assert.equal((await until(lone, run.id)).state, 'ready');
    deaths = 2;
    const next = await started(lone);
    queue.queued('fjordheim.test');
    const failed = await until(lone, next.id);
    assert.deepEqual([failed.state, failed.reason?.code], ['failed', 'HUB-500']);
    assert.equal(failed.reason?.internal, undefined, 'what is for the log stays there');
  } finally {
    await lone.close();
  }
});

const never: MakeExport = (_order, _holder, { signal }) =>
  new Promise((_, fail) => {
    // It may have been stopped before it began.
    if (signal.aborted) return fail(signal.reason as Error);
    signal.addEventListener('abort', () => fail(signal.reason as Error));
  });

test('a process that is gone loses its run to another', async () => {
  const lone = await openExportsWorld({ making: false });
  try {
    const run = await started(lone);
    // As a process that has died leaves it.
    await lone.store.claim({ holder: 'gone', now: lone.clock.now(), lostBefore: 0, atOnce: 1 });
    const beside = lone.queueBeside(lone.make);
    beside.queued('fjordheim.test');
    lone.clock.move(limits.exportLostMs);
    beside.queued('fjordheim.test');
    assert.equal((await lone.store.run(run.id))?.state, 'running');
    lone.clock.move(1);
    await beside.look();
    assert.equal((await until(lone, run.id)).state, 'ready');
  } finally {
    await lone.close();
  }
});

test('a process that stops gives its run back', async () => {
  // Without anybody who might take it before.
  const lone = await openExportsWorld({ making: false });
  try {
    const stopping = lone.queueBeside(never);
    const next = await started(lone);
    stopping.queued('fjordheim.test');
    await until(lone, next.id, ['running']);
    lone.queueBeside(lone.make);
    await stopping.stop();
    // Whoever has room has heard of it; who had heard of something else before looks again in a moment.
    const moments = setInterval(() => lone.clock.move(1_000), 100);
    try {
      assert.equal((await until(lone, next.id)).state, 'ready');
    } finally {
      clearInterval(moments);
    }
    assert.equal((await lone.store.run(next.id))?.attempt, 2);
  } finally {
    await lone.close();
  }
});

test('a process that stops while it claims a run gives it back, too', async () => {
  const lone = await openExportsWorld({ making: false });
  try {
    const stopping = lone.queueBeside(never);
    const next = await started(lone);
    stopping.queued('fjordheim.test');
    await stopping.stop();
    // Whoever has room takes it: nobody does as long as who was stopped holds it.
    assert.equal((await until(lone, next.id)).state, 'ready');
    assert.equal((await lone.store.run(next.id))?.attempt, 2);
  } finally {
    await lone.close();
  }
});

test('a stream that waits too long for its turn is told to come again, and its run is made', async () => {
  const step = gate();
  w.place.between = () => step.passed;
  const [first, second] = [await streamed(w), await streamed(w)];
  await running(first.id);
  const stream = w.exports.stream(second.id, w.app, new AbortController().signal);
  // It has begun to wait by then.
  await systemClock.sleep(500);
  w.clock.move(limits.exportStreamWaitMs);
  const outcome = await stream;
  assert.ok(!outcome.ok && outcome.problem.code === 'HUB-501');
  step.open();
  for (const { id } of [first, second]) assert.equal((await until(w, id)).state, 'ready');
});

test('what is in force is decided by the day on which it is made', async () => {
  const lone = await openExportsWorld({ making: false });
  try {
    const orders: ExportOrder[] = [];
    const queue = lone.queueBeside((order, holder, watch) => {
      orders.push(order);
      return lone.make(order, holder, watch);
    });
    const run = await started(lone);
    lone.clock.move(86_400_000);
    queue.queued('fjordheim.test');
    const report = await until(lone, run.id);
    assert.equal(orders[0]?.today, new Date(lone.clock.now()).toISOString().slice(0, 10));
    assert.ok(report.fileName.includes(orders[0]?.today ?? '-'));
  } finally {
    await lone.close();
  }
});
