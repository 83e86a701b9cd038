// The commands by which owners look after exports: what they ask, what they say, and what they refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminDoor } from '#app/cli/admin-door.ts';
import {
  decideExport,
  exportSettings,
  listExports,
  listSchedules,
  listTargets,
  putSchedule,
  removeSchedule,
  showExport,
  type ExportPlace,
} from '#app/cli/export.ts';
import type { CommandOutput } from '#app/cli/command.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { administratorOf } from '../../apis/admin/bench.ts';
import { exportWorld, type ExportWorld } from '../../apis/admin/fake-exports.ts';
import { reportOf } from '../../apis/flyt-skole/exports/fake-exports.ts';

const owner = administratorOf('tindvag.test', ['admin.write']);

const placeOver = (world: ExportWorld): ExportPlace => {
  const door: AdminDoor = {
    ask: async (method, path, body) => {
      const answer = await world.ask({
        actor: owner,
        method,
        path,
        text: body === undefined ? '' : JSON.stringify(body),
      });
      if (answer.kind === 'problem') return failed(answer.problem);
      return ok(answer.kind === 'json' ? (JSON.parse(JSON.stringify(answer.value)) as unknown) : null);
    },
  };
  return { door, organisation: undefined, language: 'en' };
};

const said = async (output: Promise<Result<CommandOutput>>): Promise<string> => {
  const result = await output;
  assert.ok(result.ok, result.ok ? '' : result.problem.detail);
  return result.value.text;
};
const refused = async (output: Promise<Result<CommandOutput>>): Promise<string> => {
  const result = await output;
  return result.ok ? '' : `${result.problem.code} ${result.problem.detail}`;
};

test('runs are listed, shown and decided about', async (context) => {
  const world = await exportWorld(context);
  const place = placeOver(world);
  assert.match(await said(listExports(place, {})), /^ID .*\nr1 .* held .*\nr2 .* ready .*\nr3 .* running /);
  assert.equal((await said(listExports(place, { application: 'bas' }))).split('\n').length, 2);
  assert.equal(await said(listExports({ ...place, language: 'nb' }, { state: 'failed' })), 'Ingen eksporter.');
  assert.match(await refused(listExports(place, { state: 'odd' })), /^HUB-103/);
  assert.match(await refused(showExport(place, 'none')), /^HUB-204/);
  assert.match(await refused(decideExport(place, 'r1', 'confirm', undefined)), /^HUB-103 .*reason/);
  assert.equal(await said(decideExport(place, 'r1', 'confirm', 'The school was closed')), 'r1: ready');
  assert.match(await refused(decideExport(place, 'r2', 'reject', undefined)), /^HUB-409/);
  // Of a whole report; the runs of this world hold only what administration looks at.
  const whole: AdminDoor = { ask: async () => ok(reportOf({ application: 'lms' })) };
  assert.match(
    await said(showExport({ ...place, door: whole, organisation: 'tindvag.test' }, 'r1')),
    /^Export\n[^]*12 345/,
  );
});

test('settings are shown, and changed part by part', async (context) => {
  const place = placeOver(await exportWorld(context));
  assert.match(await said(exportSettings(place, 'lms', {})), /drop-guard {3}5 %/);
  const set = await said(
    exportSettings(place, 'lms', { profiles: ['pifu-ims-1.1,ims-1.1-moodle'], target: 'moodle', dropGuard: '12.5%' }),
  );
  assert.match(set, /pifu-ims-1\.1, ims-1\.1-moodle[^]*moodle[^]*12\.5 %/);
  assert.match(
    await said(exportSettings(place, 'lms', { profiles: ['pifu='], target: '', dropGuard: '0.2' })),
    /profiles {5}ims-1\.1-moodle\n[^]*target {7}-\n[^]*20 %/,
  );
  for (const args of [
    { dropGuard: 'much' },
    { dropGuard: '101%' },
    { profiles: ['csv-1'] },
    { profiles: ['pifu-ims-9'] },
  ])
    assert.match(await refused(exportSettings(place, 'lms', args)), /^HUB-103/, JSON.stringify(args));
  assert.match(await refused(exportSettings(place, 'stranger', {})), /^HUB-204/);
});

test('schedules are added, changed, listed and removed', async (context) => {
  const place = placeOver(await exportWorld(context));
  assert.equal(await said(listSchedules(place)), 'There are no schedules.');
  assert.match(await said(listTargets(place)), /^NAME\nlms$/);
  const made = { application: 'lms', format: 'pifu', at: '02:30', target: 'lms', days: ['mon,tue'], schools: ['all'] };
  assert.match(await said(putSchedule(place, null, made)), /^sch-1: pifu full for lms at 02:30 mon,tue to lms, next /);
  assert.match(await said(putSchedule(place, 'sch-1', { profile: 'pifu-ims-1.1' })), /^sch-1: pifu-ims-1\.1 full/);
  assert.match(await said(listSchedules(place)), /sch-1 +lms +pifu-ims-1\.1/);
  assert.match(await refused(putSchedule(place, null, { ...made, at: '25:00' })), /^HUB-103 .*\/at/);
  assert.match(await refused(putSchedule(place, 'none', { at: '02:00' })), /^HUB-204/);
  assert.equal(await said(removeSchedule(place, 'sch-1', undefined)), 'sch-1: removed');
  assert.match(await refused(removeSchedule(place, 'sch-1', undefined)), /^HUB-204/);
});
