// Raising what is promised: all that parts lean on is proposed with them, each condition is shown with its reason, institutions confirm, somebody else than the asker decides,
// and everybody sees it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { createAnnouncements } from '#catalogue/announcements.ts';
import { createNews } from '#catalogue/news.ts';
import { administratorOf } from '../apis/admin/bench.ts';
import { announcedWorld, chief, day, draft, parts } from './announced-world.ts';

const asked = {
  organisation: 'vendor.test',
  api: 'fint',
  coordinates: ['GET /utdanning/elev/fravar'],
  to: 'beta',
  need: 'Absence is fetched every night.',
  use: 'All absence of a school.',
  institution: 'Fjordheim',
};
const reasons = { nb: 'Alle vilkår er oppfylt.', en: 'Every condition holds.' };

type Check = { readonly id: string; readonly holds: boolean };
const failing = (value: Readonly<Record<string, unknown>>): readonly string[] =>
  (value['checks'] as Check[]).filter(({ holds }) => !holds).map(({ id }) => id);

test('parts are raised a step at a time, with what they lean on, after the conditions hold and by another than the asker', async (context) => {
  const world = await announcedWorld(context);
  const { ask, clock, notices, carried, use } = world;
  await use('timetable', 'GET /utdanning/elev/fravar', 3);
  await ask('POST', '/admin/subscriptions', {
    organisation: 'vendor.test',
    channel: { kind: 'email', address: 'drift@vendor.no' },
  });

  const dry = await ask('POST', '/admin/promotions', { ...asked, dryRun: true });
  assert.equal(dry.status, 200, dry.detail);
  assert.deepEqual(dry.value['coordinates'], ['Fravar', 'GET /utdanning/elev/fravar']);
  assert.deepEqual((await ask('GET', '/admin/promotions')).value['items'], []);
  const made = await ask('POST', '/admin/promotions', asked);
  assert.equal(made.status, 201, made.detail);
  const path = `/admin/promotions/${String(made.value['id'])}`;
  assert.deepEqual(failing(made.value), ['coverage']);

  // The asker does not decide, and nobody while a condition does not hold.
  const own = await ask('POST', `${path}/approve`, { reasons });
  assert.deepEqual([own.code, own.detail], ['HUB-409', 'Whoever asks does not decide: somebody else has to.']);
  assert.equal((await ask('POST', `${path}/refuse`, { reasons })).code, 'HUB-409');
  const early = await ask('POST', `${path}/approve`, { reasons }, chief);
  assert.match(early.detail, /coverage \(100 % of the parts are described: 50 %; 1 without a description\)/);
  world.undescribed.clear();
  assert.deepEqual(
    (await ask('POST', `${path}/approve`, {}, chief)).errors.map(({ at }) => at),
    ['/reasons/nb', '/reasons/en'],
  );
  const approved = await ask('POST', `${path}/approve`, { reasons }, chief);
  assert.deepEqual([approved.value['state'], failing(approved.value)], ['approved', []]);
  assert.equal((await ask('POST', `${path}/refuse`, { reasons }, chief)).code, 'HUB-409');
  await notices.round();
  assert.deepEqual(
    carried.map(({ to, message }) => [to, message.type]),
    [['drift@vendor.no', 'promotion.decided']],
  );

  // Production: 28 days in beta and an institution that has tried it, and nothing that is to break it.
  const more = { ...asked, to: 'production', coordinates: ['GET /utdanning/elev/elev?size'] };
  const over = await ask('POST', '/admin/promotions', { ...asked, to: 'production' });
  assert.match(over.detail, /in beta first/);
  world.structure.of.set('GET /utdanning/elev/fravar', 'beta');
  world.structure.of.set('Fravar', 'beta');
  assert.match((await ask('POST', '/admin/promotions', asked)).detail, /already/);
  clock.now += 1;
  assert.equal((await ask('POST', '/admin/promotions', more)).status, 201);
  clock.now += 1;
  const firm = await ask('POST', '/admin/promotions', { ...asked, to: 'production' });
  const firmPath = `/admin/promotions/${String(firm.value['id'])}`;
  assert.deepEqual(firm.value['coordinates'], ['Fravar', 'GET /utdanning/elev/fravar']);
  assert.deepEqual(failing(firm.value), ['confirmed', 'days-in-beta']);
  const institution = administratorOf('other.test', ['admin.write']);
  assert.equal((await ask('POST', `${firmPath}/confirm`, { text: 'Used since August.' }, institution)).status, 200);
  assert.equal((await ask('POST', `${firmPath}/confirm`, { text: 'Once more.' }, institution)).code, 'HUB-409');
  assert.equal((await ask('POST', `${firmPath}/approve`, { reasons }, institution)).code, 'HUB-302');
  clock.now += 28 * day - 3;
  assert.match(
    (await ask('POST', `${firmPath}/approve`, { reasons }, chief)).detail,
    /days-in-beta \(28 days in beta: 27 days\)/,
  );
  clock.now += 1;
  const breaking = { ...draft, coordinates: ['GET /utdanning/elev/fravar'], planned: { at: '2027-03-01' } };
  assert.equal((await ask('POST', '/admin/changes', breaking)).status, 201);
  assert.match((await ask('POST', `${firmPath}/approve`, { reasons }, chief)).detail, /changes-closed/);
  await ask('POST', '/admin/changes/hybelboer-goes/withdraw', { reason: 'It stays' });
  const done = await ask('POST', `${firmPath}/approve`, { reasons }, chief);
  assert.equal(done.value['state'], 'approved', done.detail);

  // Everybody sees what was decided and why, and not who it was that asked or decided.
  const { platform } = world.bench;
  const announcements = createAnnouncements({ platform, delivered: () => [] });
  const news = createNews({ platform, announcements, catalogue: world.catalogue, parts: { of: () => parts } });
  const { items, promotions } = await news();
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['promotion', 'withdrawn', 'announced', 'promotion'],
  );
  assert.deepEqual(
    promotions.map(({ to, state }) => [to, state]),
    [
      ['beta', 'approved'],
      ['production', 'asked'],
      ['production', 'approved'],
    ],
  );
  assert.equal(JSON.stringify([items, promotions]).includes('cli:'), false);
  assert.equal(JSON.stringify([items, promotions]).includes('timetable'), false);
  assert.equal((await news()).version, 1);
  await ask('POST', '/admin/promotions', { ...more, use: 'Another use.' });
  assert.equal((await news()).version, 2);
});

test('requests without a need, for parts that are not there, or for others are refused', async (context) => {
  const { ask, bench } = await announcedWorld(context);
  for (const [body, at] of [
    [{ ...asked, need: ' ' }, '/need'],
    [{ ...asked, need: 'For 01815012345 and others' }, '/need'],
    [{ ...asked, institution: 'Ola, 018150 12345' }, '/institution'],
    [{ ...asked, use: undefined }, '/use'],
    [{ ...asked, institution: undefined }, '/institution'],
    [{ ...asked, to: 'planned' }, '/to'],
    [{ ...asked, to: 'experimental' }, '/to'],
    [{ ...asked, api: 'fimt' }, '/api'],
    [{ ...asked, coordinates: [] }, '/coordinates'],
    [{ ...asked, coordinates: ['GET /nowhere'] }, '/coordinates/0'],
    [{ ...asked, coordinates: ['GET /utdanning/elev/elev'] }, '/to'],
    [{ ...asked, decision: { at: 1 } }, '/decision'],
  ] as const) {
    const answer = await ask('POST', '/admin/promotions', body);
    assert.equal(answer.code, 'HUB-103', JSON.stringify(body));
    assert.ok(
      answer.errors.some((one) => one.at === at),
      JSON.stringify([body, answer.errors]),
    );
  }
  const other = administratorOf('other.test', ['admin.write']);
  assert.equal((await ask('POST', '/admin/promotions', asked, other)).code, 'HUB-204');
  assert.equal((await ask('POST', '/admin/promotions/none/confirm', { text: 'x' }, other)).code, 'HUB-204');
  assert.deepEqual(await bench.platform.registerEntries({ kind: 'promotion' }), []);
});

test('what institutions say and what is decided holds nobody, since everybody sees it', async (context) => {
  const { ask } = await announcedWorld(context);
  const { value } = await ask('POST', '/admin/promotions', asked);
  const path = `/admin/promotions/${String(value['id'])}`;
  const institution = administratorOf('other.test', ['admin.write']);
  const said = await ask('POST', `${path}/confirm`, { text: 'Tried by 01815012345.' }, institution);
  assert.deepEqual([said.code, said.errors.map(({ at }) => at)], ['HUB-103', ['/text']]);
  const held = { nb: 'Som 01815012345 ba om.', nn: 'Som 01815012345 bad om.', en: 'As 01815012345 asked.' };
  const decided = await ask('POST', `${path}/refuse`, { reasons: held }, chief);
  assert.deepEqual(
    decided.errors.map(({ at }) => at),
    ['/reasons/nb', '/reasons/nn', '/reasons/en'],
  );
});

test("one organisation fills nobody's list: promotions that nobody has decided are bounded", async (context) => {
  const { ask } = await announcedWorld(context);
  const first = await ask('POST', '/admin/promotions', asked);
  for (let open = 1; open < limits.promotionsOpen; open += 1)
    assert.equal((await ask('POST', '/admin/promotions', asked)).status, 201);
  const beyond = await ask('POST', '/admin/promotions', asked);
  assert.deepEqual([beyond.code, /nobody has decided/.test(beyond.detail)], ['HUB-409', true]);
  assert.equal((await ask('POST', '/admin/promotions', { ...asked, organisation: 'other.test' })).status, 201);
  await ask('POST', `/admin/promotions/${String(first.value['id'])}/refuse`, { reasons }, chief);
  assert.equal((await ask('POST', '/admin/promotions', asked)).status, 201);
});
