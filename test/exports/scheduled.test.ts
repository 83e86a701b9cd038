// Schedules over real exports: what is due is made, brought to a folder and told, and what could not be brought is in the next changes.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { systemRandom } from '#base/random.ts';
import { createTargets } from '#exports/delivery/targets.ts';
import { createSchedules, type Schedules } from '#exports/schedules.ts';
import type { Application, Link } from '#store/store.ts';
import { fjord } from '../hub/world.ts';
import { openExportsWorld, type ExportsWorld } from './exports-world.ts';
import { putPerson } from './municipality.ts';

const minute = 60_000;
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-scheduled-'));
const file = path.join(folder, 'lms.xml');
let w: ExportsWorld;
let schedules: Schedules;

before(async () => {
  w = await openExportsWorld();
  const environment = 'test';
  const application = { id: 'app', environment, disabled: false } as Application;
  const agreement = { reference: 'a', from: null, to: null };
  const link = {
    organisation: fjord,
    environment,
    scopes: ['vfs:lmsexport'],
    agreement,
    endedAt: null,
  } as unknown as Link;
  schedules = createSchedules({
    clock: w.clock,
    random: systemRandom,
    observe: () => {},
    exports: w.exports,
    storeOf: async () => w.store,
    platform: { application: async () => application, linksOf: async () => [link] },
    targets: createTargets([{ name: 'mappe', organisation: fjord, kind: 'folder', path: folder }], {
      readSecret: () => null,
      random: systemRandom,
    }),
    environment,
  });
});
after(async () => {
  await w.close();
  rmSync(folder, { recursive: true, force: true });
});

const one = async () => {
  const [schedule] = await schedules.list(w.owner);
  assert.ok(schedule);
  return schedule;
};

/** Looks until what was due is over: at once what is made, and minutes later what could not be brought. */
const settle = async (): Promise<void> => {
  const due = Date.parse((await one()).next);
  w.clock.move(due - w.clock.now());
  for (let looks = 0; looks < 2_000; looks += 1) {
    await schedules.tick(fjord);
    const { pending, last } = await one();
    if (pending === null && last !== null && Date.parse(last.at) >= due) return;
    if (pending !== null) {
      const report = await w.exports.report(pending, w.app);
      // What is being made takes real time, everything else the time of the clock.
      if (report.ok && ['queued', 'running'].includes(report.value.state)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        w.clock.move(5_000);
      } else w.clock.move(minute);
    }
  }
  assert.fail('it does not come to an end');
};

test('changes that could not be brought come with the next ones, and are told once they have been', async () => {
  const put = await schedules.put(
    null,
    {
      application: 'app',
      asked: { format: 'pifu', profile: null, type: 'delta', schools: null, schoolYear: null },
      at: '03:00',
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      target: 'mappe',
      fileName: 'lms.xml',
    },
    w.owner,
  );
  assert.ok(put.ok, JSON.stringify(put));

  await settle();
  assert.match((await one()).last?.message ?? '', /^A full file/);
  assert.match(readFileSync(file, 'utf8'), /<type>full<\/type>/);
  const { last: begun } = await one();
  const report = await w.exports.report(begun?.run ?? '', w.app);
  assert.deepEqual(report.ok && report.value.delivered.map(({ target, ok }) => [target, ok]), [['mappe', true]]);

  // Something that is no file stands in the way.
  const [uid] = [...w.place.persons.keys()];
  assert.ok(uid !== undefined);
  putPerson(w.place, uid, { family: 'Nyttnavn', roles: w.place.persons.get(uid)?.roles ?? [] });
  rmSync(file);
  mkdirSync(path.join(file, 'x'), { recursive: true });
  await settle();
  assert.equal((await one()).last?.ok, false);
  assert.deepEqual(readdirSync(folder), ['lms.xml']);

  rmSync(file, { recursive: true });
  await settle();
  assert.equal((await one()).last?.ok, true, JSON.stringify((await one()).last));
  const changes = readFileSync(file, 'utf8');
  assert.match(changes, /<type>delta<\/type>/);
  assert.match(changes, /Nyttnavn/);

  await settle();
  assert.doesNotMatch(readFileSync(file, 'utf8'), /Nyttnavn/);
});
