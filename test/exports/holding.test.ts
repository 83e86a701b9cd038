// What holds a file back, and what tells of it: who may have it, for how long, who has seen whom, what counts as told.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { dayMs } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { unpackUids } from '#base/packed-uids.ts';
import type { ExportCaller, ExportContent, Outcome } from '#exports/export.ts';
import { fjord, grant } from '../hub/world.ts';
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
import { putPerson } from './municipality.ts';

let w: ExportsWorld;
before(async () => {
  w = await openExportsWorld();
});
after(() => w.close());
beforeEach(() => {
  restored(w);
  w.audits.length = 0;
});

const codeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? 'allowed' : outcome.problem.code);
const contentOf = async (id: string, caller = w.app): Promise<ExportContent> => {
  const content = await w.exports.content(id, caller);
  if (!content.ok) throw new Error(content.problem.code);
  return content.value;
};
const whole = ({ plain, bytes }: ExportContent): Promise<Buffer> => bytesOf(plain(0, bytes - 1));
const isTold = async (id: string): Promise<boolean | undefined> => (await w.store.run(id))?.told;
const delta = () => w.exports.start({ ...asked, type: 'delta' }, w.app, 'request');
const withScopes = (...scopes: readonly string[]): ExportCaller => ({
  ...w.app,
  principal: { ...w.app.principal, scopes: new Set(scopes) },
});
const scheduled = (): ExportCaller => ({ ...w.app, principal: { ...w.app.principal, issuer: 'schedule' } });
const aborts = (): AbortSignal => new AbortController().signal;

test('a file that is taken away while it is read ends with an error, and is not told', async () => {
  const run = await made(w);
  const content = await contentOf(run.id);
  await w.store.dropContents('erased meanwhile');
  await assert.rejects(whole(content), /HUB-419/);
  await assert.rejects(bytesOf(content.plain(5, 10)), /HUB-419/);
  await assert.rejects(bytesOf(content.gzip()), /HUB-419/);
  assert.equal(await isTold(run.id), false);
});

test('what a schedule reads is told once it has been brought, and not before', async () => {
  const run = await made(w);
  await whole(await contentOf(run.id, scheduled()));
  await bytesOf((await contentOf(run.id, scheduled())).gzip());
  await w.exports.delivered(run.id, { target: 'folder', ok: false, message: 'no room' }, scheduled());
  assert.equal(await isTold(run.id), false);
  await w.exports.delivered(run.id, { target: 'folder', ok: true, message: null }, scheduled());
  assert.equal(await isTold(run.id), true);
});

test('an emptied run tells of nothing, now or after its time', async () => {
  const run = await made(w);
  await fileOf(w, run.id);
  await w.store.dropContents('erased once more');
  const begun = w.clock.now();
  for (const ms of [0, limits.exportContentDays * dayMs + 1]) {
    w.clock.set(begun + ms);
    assert.equal(codeOf(await delta()), 'HUB-419', `after ${ms} ms`);
    const since = await w.exports.start({ ...asked, type: 'delta', since: run.position }, w.app, 'request');
    assert.equal(codeOf(since), 'HUB-419', `after ${ms} ms`);
  }
  w.clock.set(begun);
});

test('a token that carries less than the run was made with gets nothing of it', async () => {
  const wide = withScopes('vfs:lmsexport', 'vfs:pupils.nin');
  const run = await until(w, (await started(w, {}, wide)).id);
  assert.equal(codeOf(await w.exports.content(run.id, w.app)), 'HUB-204');
  assert.equal(codeOf(await w.exports.stream(run.id, w.app, aborts())), 'HUB-204');
  assert.equal(codeOf(await w.exports.content(run.id, wide)), 'allowed');
  assert.equal(
    codeOf(await w.exports.content(run.id, withScopes('vfs:pupils.nin', 'vfs:lmsexport', 'vfs:more'))),
    'allowed',
  );
});

test('a delta without a position is since a run of the same scopes', async () => {
  const more = { profile: 'pifu-ims-1.1' } as const;
  const [one, other] = [withScopes('vfs:lmsexport', 'a'), withScopes('a', 'vfs:lmsexport')];
  const run = await until(w, (await started(w, more, one)).id);
  await whole(await contentOf(run.id, one));
  const since = { ...asked, ...more, type: 'delta' } as const;
  assert.equal(codeOf(await w.exports.start(since, w.app, 'request')), 'HUB-419');
  const same = await w.exports.start(since, other, 'request');
  assert.ok(same.ok);
  await until(w, same.value.id);
});

const seenBy = (operation: string): readonly (readonly number[])[] =>
  w.audits
    .filter((one) => one.operation === operation)
    .map(({ seen }) => (seen?.kind === 'uids' ? [...unpackUids(Buffer.from(seen.uids, 'base64url'))] : []));

test('whoever stands in a file is seen when it is fetched, brought or streamed, and not when it is made', async () => {
  const run = await made(w);
  assert.ok(w.audits.every(({ seen }) => seen === null));
  const all = [...w.place.persons.keys()].sort((one, other) => one - other);
  await contentOf(run.id);
  await contentOf(run.id, scheduled());
  assert.deepEqual(seenBy('export-fetch'), [all, all]);
  await w.exports.stream(run.id, w.app, aborts());
  assert.deepEqual(seenBy('export-stream'), [all]);
  // A delta: those whom it says something of, whoever they point to, and who is deleted.
  w.audits.length = 0;
  const person = w.place.persons.get(100);
  assert.ok(person !== undefined);
  w.place.persons.set(100, { ...person, given: 'Another' });
  w.place.persons.delete(139);
  const changed = await made(w, { type: 'delta', since: run.position });
  await contentOf(changed.id);
  const contacts = person.contacts.map(({ person: id }) => w.sealing.readId(fjord, id) ?? 0);
  assert.deepEqual(seenBy('export-fetch'), [[100, 139, ...contacts]]);
});

test('of an application the newest files are kept, and what reached nobody tells nothing then', async () => {
  const { exportsKept } = limits;
  const first = await made(w);
  const second = await made(w);
  await fileOf(w, second.id);
  for (let more = 2; more < exportsKept; more += 1) await made(w);
  assert.equal(codeOf(await w.exports.content(first.id, w.app)), 'allowed', 'as many as may');
  const others = await until({ ...w, app: w.other }, (await started(w, {}, w.other)).id);
  assert.equal(codeOf(await w.exports.content(first.id, w.app)), 'allowed', 'those of others do not count');
  await made(w);
  await made(w);
  for (let tries = 0; (await w.store.run(second.id))?.state !== 'expired' && tries < 200; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  for (const { id } of [first, second]) {
    assert.equal(codeOf(await w.exports.content(id, w.app)), 'HUB-419');
    assert.deepEqual(await w.store.parts(id), []);
  }
  for (let tries = 0; (await w.store.manifest(first.id)).length > 0 && tries < 200; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(await w.store.manifest(first.id), []);
  assert.ok((await w.store.manifest(second.id)).length > 0);
  const since = (position: string | null) =>
    w.exports.start({ ...asked, type: 'delta', since: position }, w.app, 'request');
  assert.equal(codeOf(await since(first.position)), 'HUB-419');
  const told = await since(second.position);
  assert.ok(told.ok);
  await until(w, told.value.id);
  assert.equal(codeOf(await w.exports.content(others.id, w.other)), 'allowed');
});

test('a fetch that has begun is broken off within a second of what ends it', async () => {
  const run = await made(w);
  let more: Awaited<ReturnType<typeof grant>>;
  const ends: readonly [() => Promise<unknown>, () => Promise<unknown>][] = [
    [
      async () => (more = await grant(w.world, { collections: ['utdanning/elev/elev'] })),
      async () => w.world.store.platform.removeGrant(more),
    ],
    [async () => w.place.hidden.add(100), async () => w.place.hidden.delete(100)],
  ];
  for (const [end, mend] of ends) {
    const [plain, gzip] = [await contentOf(run.id), await contentOf(run.id)];
    await end();
    assert.equal((await whole(plain)).length, plain.bytes, 'within the second');
    w.clock.move(1_000);
    await assert.rejects(whole(plain), /HUB-419/);
    await assert.rejects(bytesOf(gzip.gzip()), /HUB-419/);
    await mend();
    assert.equal((await whole(await contentOf(run.id))).length, plain.bytes);
  }
});

test('a stream is broken off when somebody becomes protected, and ends like no file', async () => {
  for (const end of ['protected', 'granted'] as const) {
    const step = Promise.withResolvers<void>();
    let pages = 0;
    w.place.between = () => ((pages += 1) > 6 ? step.promise : undefined);
    const run = await started(w, {}, w.app, 'stream');
    const stream = await w.exports.stream(run.id, w.app, aborts());
    assert.ok(stream.ok);
    const chunks = stream.value[Symbol.asyncIterator]();
    await chunks.next();
    if (end === 'protected') w.place.hidden.add(100);
    const more = end === 'granted' ? await grant(w.world, { collections: ['utdanning/elev/elev'] }) : null;
    w.clock.move(1_000);
    step.resolve();
    await assert.rejects(bytesOf({ [Symbol.asyncIterator]: () => chunks }), /HUB-419/);
    await until(w, run.id);
    // He was read before he was protected.
    for (const caller of [w.app, scheduled()]) assert.equal(codeOf(await w.exports.content(run.id, caller)), 'HUB-419');
    assert.equal(await isTold(run.id), false);
    if (more !== null) await w.world.store.platform.removeGrant(more);
    restored(w);
  }
});

test('a run that is made for later is followed only once it is ready, and names whom it shows', async () => {
  const step = Promise.withResolvers<void>();
  let pages = 0;
  w.place.between = () => ((pages += 1) > 6 ? step.promise : undefined);
  const run = await started(w);
  const streaming = w.exports.stream(run.id, w.app, aborts());
  await until(w, run.id, ['running']);
  const early = await Promise.race([streaming, new Promise<null>((resolve) => setTimeout(resolve, 100, null))]);
  assert.equal(early, null);
  step.resolve();
  const stream = await streaming;
  assert.ok(stream.ok);
  assert.equal(seenBy('export-stream')[0]?.length, w.place.persons.size);
  await bytesOf(stream.value);
});

test('who was left out is named while the application may have the file, less who is protected since; counts stay', async () => {
  for (const uid of [100, 101]) putPerson(w.place, uid, { given: '', family: '', full: '' });
  const run = await made(w);
  const persons = async (caller = w.app): Promise<readonly string[]> => {
    const report = await w.exports.report(run.id, caller);
    assert.ok(report.ok);
    assert.equal(report.value.excluded.counts.find(({ code }) => code === 'no-name')?.count, 2);
    return report.value.excluded.list.filter(({ code }) => code === 'no-name').map(({ id }) => id);
  };
  const both = [100, 101].map(w.place.id).sort();
  assert.deepEqual([...(await persons())].sort(), both);
  w.place.hidden.add(100);
  assert.deepEqual(await persons(), [w.place.id(101)]);
  assert.deepEqual([...(await persons(w.owner))].sort(), both);
  w.place.hidden.delete(100);
  assert.deepEqual(await persons(withScopes()), []);
  const more = await grant(w.world, { collections: ['utdanning/elev/elev'] });
  assert.deepEqual(await persons(), []);
  await w.world.store.platform.removeGrant(more);
  assert.equal((await persons()).length, 2);
  const now = w.clock.now();
  w.clock.set(now + limits.exportContentDays * dayMs);
  assert.deepEqual(await persons(), []);
  w.clock.set(now);
});
