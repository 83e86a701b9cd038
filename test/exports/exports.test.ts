// What becomes of exports from asking to fetching: who may do what, what is refused, what waits, what expires.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { dayMs } from '#base/clock.ts';
import type { ErrorCode } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { ExportAsked, ExportSettings, Outcome } from '#exports/export.ts';
import { schoolYearOf } from '#exports/ask.ts';
import { defaultSource } from '#exports/export-settings.ts';
import { grant, onlyGrants } from '../hub/world.ts';
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
import { putPerson, putSchool, removeMember } from './municipality.ts';

let w: ExportsWorld;
before(async () => {
  w = await openExportsWorld();
});
after(() => w.close());
beforeEach(() => {
  restored(w);
  w.audits.length = 0;
});

const refused = (outcome: Outcome<unknown>): ErrorCode | 'allowed' => (outcome.ok ? 'allowed' : outcome.problem.code);
const set = async (settings: Partial<ExportSettings>): Promise<void> => {
  const all = { profiles: {}, source: null, target: null, dropGuard: 0.05, ...settings };
  assert.equal(refused(await w.exports.putSettings('app', all, w.owner)), 'allowed');
};

test('a file is made, and is what its report says, whole, in part and compressed', async () => {
  const report = await made(w);
  assert.equal(report.state, 'ready', JSON.stringify(report));
  const text = await fileOf(w, report.id);
  assert.equal(createHash('sha256').update(text).digest('hex'), report.sha256);
  assert.equal(Buffer.byteLength(text), report.bytes);
  assert.deepEqual(report.exported, {
    persons: 84,
    pupils: 40,
    employees: 4,
    guardians: 40,
    schools: 2,
    groups: 4,
    memberships: 88,
  });
  assert.equal(text.match(/<person\b/g)?.length, 84);
  assert.equal(text.match(/<role\b/g)?.length, 88);
  const content = await w.exports.content(report.id, w.app);
  assert.ok(content.ok);
  assert.equal(gunzipSync(await bytesOf(content.value.gzip())).toString(), text);
  const bytes = Buffer.from(text);
  for (const [from, to] of [
    [0, 0],
    [10, 99],
    [bytes.length - 5, bytes.length - 1],
    [1_000, bytes.length - 2],
  ] as const)
    assert.deepEqual(await bytesOf(content.value.plain(from, to)), bytes.subarray(from, to + 1));
  await content.value.sent('app', bytes.length, true);
  const again = await w.exports.report(report.id, w.app);
  assert.ok(again.ok);
  assert.deepEqual(
    again.value.fetched.map(({ by, whole }) => [by, whole]),
    [['app', true]],
  );
  assert.deepEqual(
    w.audits.filter(({ details }) => details.includes(report.id)).map(({ operation }) => operation),
    ['export-start', 'export-made', 'export-fetch', 'export-fetch'],
  );
  assert.ok(
    w.audits.some(({ operation, details }) => operation === 'export-fetch' && details.includes(report.sha256 ?? '-')),
  );
});

test('what cannot be made is refused before it waits', async () => {
  const start = async (more: Partial<ExportAsked>, caller = w.app): Promise<string> =>
    refused(await w.exports.start({ ...asked, ...more }, caller, 'request'));
  const wrong: readonly Partial<Record<keyof ExportAsked, unknown>>[] = [
    { format: 'csv' },
    { profile: 'pifu-ims-2.0' },
    { profile: 'ims-1.1' },
    { format: 'ims', profile: 'ims-1.1-legacy-nin' },
    { type: 'some' },
    { since: 'x' },
    { format: 'abc', type: 'delta' },
    { schools: [] },
    { schools: ['nothing'] },
    { schools: [w.place.id(999)] },
    { schools: [w.sealing.id('dalen.test', 10)] },
    { schools: Array.from({ length: limits.exportSchools + 1 }, () => w.place.id(10)) },
    { schoolYear: '2026' },
    { schoolYear: '2026/2028' },
  ];
  for (const more of wrong)
    assert.equal(await start(more as Partial<ExportAsked>), 'HUB-103', JSON.stringify(more).slice(0, 80));
  assert.equal(await start({ type: 'delta', since: 'never-given' }), 'HUB-419');
  assert.equal(await start({}, w.owner), 'HUB-400');
  w.place.closed = true;
  assert.equal(await start({}), 'HUB-204');
  w.place.closed = false;
  assert.equal(w.audits.length, 0, 'nothing has been allowed');
  const many = { schools: Array.from({ length: limits.exportSchools }, () => w.place.id(10)) };
  const run = await made(w, many);
  assert.equal(run.exported?.schools, 1);
  // A position is of one profile and choice of schools.
  for (const more of [{ profile: 'pifu-ims-1.2' }, { schools: null }] as const)
    assert.equal(await start({ ...many, type: 'delta', since: run.position, ...more }), 'HUB-103');
  assert.equal(await start({ ...many, type: 'delta', since: run.position }, w.other), 'HUB-419', 'another’s position');
  assert.equal((await until(w, (await started(w, { ...many, type: 'delta', since: run.position })).id)).state, 'ready');
});

test('one school: its pupils, groups and memberships alone', async () => {
  const run = await made(w, { schools: [w.place.id(11)] });
  const text = await fileOf(w, run.id);
  assert.equal(run.exported?.memberships, 44);
  assert.ok(!text.includes(w.place.id(20)) && text.includes(w.place.id(23)));
});

test('runs of others do not exist, and the owner sees all and fetches none', async () => {
  const run = await made(w);
  for (const outcome of [
    await w.exports.report(run.id, w.other),
    await w.exports.content(run.id, w.other),
    await w.exports.stream(run.id, w.other, new AbortController().signal),
    await w.exports.decide(run.id, 'cancel', w.other, ''),
    await w.exports.report('none', w.app),
    await w.exports.report('none', w.owner),
  ])
    assert.equal(refused(outcome), 'HUB-204');
  const seen = await w.exports.report(run.id, w.owner);
  assert.ok(seen.ok);
  assert.equal(seen.value.position, null, 'a position is for whoever goes on from it');
  assert.equal(refused(await w.exports.content(run.id, w.owner)), 'HUB-400');
  assert.equal(refused(await w.exports.stream(run.id, w.owner, new AbortController().signal)), 'HUB-400');
  const all = await w.exports.reports(w.owner, 10);
  assert.ok(all.ok && all.value.some(({ id }) => id === run.id));
  const others = await w.exports.reports(w.other, 10);
  assert.ok(others.ok && others.value.every(({ application }) => application === 'other'));
});

test('settings are of the owner, checked, and decide profile and names', async () => {
  assert.equal(
    refused(await w.exports.putSettings('app', { profiles: {}, source: null, target: null, dropGuard: 0.05 }, w.app)),
    'HUB-400',
  );
  assert.equal(refused(await w.exports.settings('nobody', w.owner)), 'HUB-204');
  assert.equal(refused(await w.exports.settings('app', w.other)), 'HUB-204');
  const bad: readonly object[] = [
    { profiles: { pifu: 'ims-1.1' } },
    { source: 'x'.repeat(limits.exportSourceLength + 1) },
    { source: 'no-owner' },
    { target: '' },
    { target: 'a<b' },
    { dropGuard: 1.1 },
    { dropGuard: -0.1 },
    { dropGuard: Number.NaN },
  ];
  for (const more of bad)
    assert.equal(
      refused(
        await w.exports.putSettings(
          'app',
          { profiles: {}, source: null, target: null, dropGuard: 0.05, ...more },
          w.owner,
        ),
      ),
      'HUB-103',
      JSON.stringify(more),
    );
  const source = `${'x'.repeat(limits.exportSourceLength - 4)}@own`;
  await set({ profiles: { pifu: 'pifu-ims-1.1' }, source, target: 'feide' });
  const run = await made(w);
  assert.equal(run.profile, 'pifu-ims-1.1');
  const text = await fileOf(w, run.id);
  assert.match(text, new RegExp(`<datasource>${source}</datasource><target>feide</target>`));
  await set({});
  assert.equal(defaultSource('fjordheim.test'), 'bindeledd@fjordheim.test');
  const [long, longer] = [defaultSource(`${'a'.repeat(40)}.no`), defaultSource(`${'a'.repeat(41)}.no`)];
  assert.equal(long.length, limits.exportSourceLength);
  assert.notEqual(long, longer);
  assert.deepEqual(['2026-07-31', '2026-08-01', '2027-01-01'].map(schoolYearOf), [
    '2025/2026',
    '2026/2027',
    '2026/2027',
  ]);
});

test('national ids as ids are for whom the owner has turned them on', async () => {
  const legacy = { ...asked, format: 'ims', profile: 'ims-1.1-legacy-nin' } as const;
  assert.equal(refused(await w.exports.start(legacy, w.app, 'request')), 'HUB-103');
  const settings = await w.exports.settings('app', w.owner);
  assert.ok(settings.ok);
  const turnedOn = { ...settings.value, profiles: { ims: 'ims-1.1-legacy-nin' } } as const;
  assert.ok((await w.exports.putSettings('app', turnedOn, w.owner)).ok);
  const report = await made(w, legacy);
  assert.equal(report.state, 'ready', JSON.stringify(report.reason));
  assert.ok(report.excluded.counts.some(({ code }) => code === 'no-national-id'));
  assert.equal(refused(await w.exports.start(legacy, w.other, 'request')), 'HUB-103');
  assert.ok((await w.exports.putSettings('app', settings.value, w.owner)).ok);
});

test('of many that are asked for at once no more wait than may', async () => {
  const quiet = await openExportsWorld({ making: false });
  try {
    const answers = await Promise.all(
      Array.from({ length: limits.exportsPerApplication + 5 }, () => quiet.exports.start(asked, quiet.app, 'request')),
    );
    assert.equal(answers.filter(({ ok }) => ok).length, limits.exportsPerApplication);
    assert.ok(answers.every((one) => one.ok || one.problem.code === 'HUB-107'));
    assert.ok((await quiet.exports.start(asked, quiet.other, 'request')).ok);
  } finally {
    await quiet.close();
  }
});

test('a key gives the same run again', async () => {
  const once = { key: 'k1', request: 'r1' };
  const first = await w.exports.start(asked, w.app, 'request', once);
  const again = await w.exports.start(asked, w.app, 'request', once);
  assert.ok(first.ok && again.ok);
  assert.equal(first.value.id, again.value.id);
  assert.equal(refused(await w.exports.start(asked, w.app, 'request', { ...once, request: 'r2' })), 'HUB-413');
  const other = await w.exports.start(asked, w.other, 'request', once);
  assert.ok(other.ok && other.value.id !== first.value.id);
  await until(w, first.value.id);
});

test('a run that would drop too much waits, and nothing of it is given out', async () => {
  const more = { profile: 'pifu-ims-1.2' } as const;
  const full = await made(w, more);
  await fileOf(w, full.id);
  // 88 memberships: four are within five per cent, five are not.
  for (const pupil of [100, 101]) for (const holder of [10, 20]) removeMember(w.place, holder, pupil);
  const within = await made(w, { ...more, type: 'delta', since: full.position });
  assert.equal(within.state, 'ready');
  assert.equal(within.changes?.memberships.removed, 4);
  removeMember(w.place, 10, 102);
  for (const type of ['full', 'delta'] as const) {
    const held = await made(w, { ...more, type, since: type === 'delta' ? full.position : null });
    assert.equal(held.state, 'held');
    assert.equal(held.reason?.code, 'HUB-420');
    assert.equal(held.position, null);
    assert.equal(held.sha256, null);
    assert.equal(refused(await w.exports.content(held.id, w.app)), 'HUB-420');
    // What was made goes once the state tells that it is not given out.
    for (let times = 0; times < 500 && (await w.store.parts(held.id)).length > 0; times += 1) await sleep(20);
    assert.deepEqual(await w.store.parts(held.id), []);
    const decided = await w.exports.decide(held.id, type === 'full' ? 'confirm' : 'reject', w.owner, 'as it is');
    assert.equal(refused(decided), 'allowed');
    const then = await until(w, held.id, ['ready', 'rejected', 'failed']);
    assert.equal(then.state, type === 'full' ? 'ready' : 'rejected');
    assert.equal(refused(await w.exports.content(held.id, w.app)), type === 'full' ? 'allowed' : 'HUB-409');
    assert.equal(refused(await w.exports.decide(held.id, 'confirm', w.owner, '')), 'HUB-409');
    if (type === 'full') assert.equal(then.confirmedBy, 'owner');
  }
});

test('what was confirmed is confirmed as it was: more is asked about once more', async () => {
  const more = { profile: 'pifu-ims-1.3' } as const;
  const full = await made(w, more);
  for (let pupil = 100; pupil < 106; pupil += 1) removeMember(w.place, 10, pupil);
  const held = await made(w, { ...more, type: 'delta', since: full.position });
  assert.equal(held.state, 'held');
  for (let pupil = 106; pupil < 112; pupil += 1) removeMember(w.place, 10, pupil);
  await w.exports.decide(held.id, 'confirm', w.app, '');
  const again = await until(w, held.id);
  assert.equal(again.state, 'held');
  await w.exports.decide(held.id, 'confirm', w.app, '');
  assert.equal((await until(w, held.id)).state, 'ready');
});

test('in another school year nothing is held against the year before', async () => {
  const full = await made(w);
  for (const members of w.place.members.values()) members.length = 0;
  const delta = await made(w, { schoolYear: '2027/2028', type: 'delta', since: full.position });
  assert.equal(delta.state, 'ready');
  assert.equal(delta.changes?.memberships.removed, 88);
});

test('whatever is refused is left out with all that refers to it, and said', async () => {
  const nobody = { given: '', family: '', full: '' };
  putPerson(w.place, 100, nobody);
  putPerson(w.place, 201, nobody);
  await set({ dropGuard: 1 });
  putSchool(w.place, 11, { organisationNumber: null });
  const run = await made(w);
  assert.equal(run.state, 'ready', JSON.stringify(run));
  const text = await fileOf(w, run.id);
  for (const uid of [100, 201, 11, 22, 23]) assert.ok(!text.includes(w.place.id(uid)), String(uid));
  const count = (code: string, what: string): number =>
    run.excluded.counts.find((one) => one.code === code && one.what === what)?.count ?? 0;
  assert.equal(count('no-name', 'person'), 2);
  assert.equal(count('person-left-out', 'membership'), 2);
  assert.equal(count('no-organisation-number', 'school'), 1);
  assert.equal(count('no-school', 'group'), 2);
  assert.equal(count('no-school', 'membership'), 22);
  assert.equal(count('group-left-out', 'membership'), 22);
  assert.deepEqual(
    run.excluded.list
      .filter(({ what }) => what !== 'membership')
      .map(({ id }) => id)
      .sort(),
    [100, 201, 11, 22, 23].map(w.place.id).sort(),
  );
  assert.equal(text.match(/<role\b/g)?.length, run.exported?.memberships);
  assert.equal(text.match(/<person\b/g)?.length, run.exported?.persons);
  const listed = await w.exports.reports(w.app, 1);
  assert.ok(listed.ok);
  assert.equal(listed.value[0]?.id, run.id);
  assert.deepEqual(listed.value[0].excluded.list, []);
  await set({});
});

test('contacts who come after those that point to them are waited for', async () => {
  const [[pupil], guardian] = [[w.place.id(100)], w.place.id(200)];
  const persons = [...w.place.persons.values()].sort((one, other) => one.uid - other.uid);
  w.place.persons.clear();
  for (const person of persons) w.place.persons.set(person.uid, person);
  const text = await fileOf(w, (await made(w)).id);
  assert.match(text, new RegExp(`<person>[^\n]*<id>${pupil}</id>[^\n]*${guardian}`));
});

test('a file expires after a week, what it told after a month, the run after three', async () => {
  const run = await made(w);
  await fileOf(w, run.id);
  const begun = w.clock.now();
  const at = (ms: number): void => w.clock.set(begun + ms);
  const delta = { ...asked, type: 'delta', since: run.position } as const;
  at(limits.exportContentDays * dayMs - 1);
  await w.queue.sweep('fjordheim.test');
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'allowed');
  at(limits.exportContentDays * dayMs);
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'HUB-419', 'whether or not anybody has swept');
  await w.queue.sweep('fjordheim.test');
  assert.deepEqual(await w.store.parts(run.id), []);
  const expired = await w.exports.report(run.id, w.app);
  assert.ok(expired.ok && expired.value.state === 'expired' && expired.value.position !== null);
  at(limits.exportManifestDays * dayMs - 2);
  await w.queue.sweep('fjordheim.test');
  assert.equal((await made(w, delta)).state, 'ready');
  at(limits.exportManifestDays * dayMs);
  assert.equal(refused(await w.exports.start(delta, w.app, 'request')), 'HUB-419');
  await w.queue.sweep('fjordheim.test');
  assert.deepEqual(await w.store.manifest(run.id), []);
  at(limits.exportRunDays * dayMs);
  await w.queue.sweep('fjordheim.test');
  assert.equal(refused(await w.exports.report(run.id, w.app)), 'allowed');
  at(limits.exportRunDays * dayMs + 1);
  await w.queue.sweep('fjordheim.test');
  assert.equal(refused(await w.exports.report(run.id, w.app)), 'HUB-204');
  at(0);
});

test('a file is given out only while what was granted is granted still', async () => {
  const run = await made(w);
  const more = await grant(w.world, { collections: ['utdanning/elev/elev'] });
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'HUB-419');
  await w.world.store.platform.removeGrant(more);
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'allowed');
  await onlyGrants(w.world, { application: 'other' });
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'HUB-419');
  await onlyGrants(w.world, {}, { application: 'other' });
});

test('a file with somebody who has become protected since is not given out', async () => {
  w.place.hidden.add(139);
  const run = await made(w);
  const other = await made(w, { schools: [w.place.id(11)] });
  w.place.hidden.add(999);
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'allowed', 'nobody in the file');
  w.place.hidden.add(100);
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'HUB-419');
  assert.equal(refused(await w.exports.stream(run.id, w.app, new AbortController().signal)), 'HUB-419');
  assert.equal((await made(w, { type: 'delta', since: run.position })).state, 'ready');
  w.place.hidden.delete(100);
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'allowed');
  assert.equal(refused(await w.exports.content(other.id, w.app)), 'allowed');
});

test('after an erasure nothing is left, and the position has expired', async () => {
  const run = await made(w);
  await w.store.dropContents('erased');
  assert.equal(refused(await w.exports.content(run.id, w.app)), 'HUB-419');
  assert.equal(
    refused(await w.exports.start({ ...asked, type: 'delta', since: run.position }, w.app, 'request')),
    'HUB-419',
  );
});

test('a report names the latest fetches, and a list no more runs than it may', async () => {
  const run = await made(w);
  const content = await w.exports.content(run.id, w.app);
  assert.ok(content.ok);
  for (let n = 0; n <= limits.exportFetches; n += 1) await content.value.sent(`fetch ${n}`, n, false);
  await w.exports.delivered(run.id, { target: 'folder', ok: true, message: null }, w.app);
  const report = await w.exports.report(run.id, w.app);
  assert.ok(report.ok);
  assert.equal(report.value.fetched.length, limits.exportFetches);
  assert.deepEqual(
    [report.value.fetched[0]?.by, report.value.fetched.at(-1)?.by],
    ['fetch 1', `fetch ${limits.exportFetches}`],
  );
  assert.deepEqual(
    report.value.delivered.map(({ target }) => target),
    ['folder'],
  );
  const kept = await w.store.run(run.id);
  assert.ok(kept !== null);
  for (let n = 0; n <= limits.exportRuns; n += 1) await w.store.putRun({ ...kept, id: `copy-${n}` });
  const many = await w.exports.reports(w.app, 100_000);
  assert.ok(many.ok && many.value.length === limits.exportRuns);
});
