// Announcements held to their contracts: what is found in a list of changes, when each may take effect, and how far it has come.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { startOfDay } from '#catalogue/calendar.ts';
import {
  breachesAmong,
  checkChanges,
  contractOf,
  dueAt,
  isAllowed,
  isLawful,
  lawfulFrom,
  noticeOf,
  plannedMoment,
  stageOf,
  stages,
  standingAt,
  type ChangeRules,
} from '#catalogue/change-log.ts';
import { changeKinds, statuses, type Change, type Status } from '#catalogue/contract.ts';
import { policies } from '#catalogue/policies.ts';
import { calendars, moments } from './catalogue-cases.ts';

const words = { nb: 'Ny form', en: 'A new form' };
const dayMs = 86_400_000;

/** Coordinates are called by their status; the API `halfyear` keeps the other policy. */
const rules: ChangeRules = {
  releases: [
    { version: 0, at: startOfDay('2026-11-22') },
    { version: 1, at: startOfDay('2027-03-31') },
    { version: 2, at: startOfDay('2028-05-02') },
  ],
  policyOf: (api) => (api === 'halfyear' ? policies.flyt : policies.sikt),
  statusOf: (_, coordinate) => statuses.find((status) => status === coordinate) ?? 'production',
};

const change = (more: Partial<Change> = {}): Change => ({
  id: 'one',
  api: 'courses',
  coordinates: ['production'],
  kind: 'breaking',
  text: words,
  migration: null,
  replacement: 'another',
  withoutReplacement: null,
  announcedAt: startOfDay('2026-12-01'),
  planned: { release: 2 },
  emergency: null,
  doneAt: null,
  ...more,
});

const found = (...changes: readonly Partial<Change>[]): readonly string[] =>
  checkChanges(
    changes.map((one) => change(one)),
    rules,
  ).map(({ rule, at }) => `${at}: ${rule}`);

const emergency = { reason: 'Personal data were shown', approver: 'operator:kari' };

test('the firmest part that a change is about makes the contract', () => {
  const contract = (...coordinates: readonly Status[]): unknown => contractOf(change({ coordinates }), rules);
  assert.equal(contract('experimental', 'beta'), 'beta');
  assert.equal(contract('beta', 'retiring', 'planned'), 'production');
  assert.equal(contract('not-further-developed'), 'production');
  assert.equal(contract('planned', 'retired'), null);
  assert.deepEqual(noticeOf(change({ coordinates: ['planned'] }), rules), { kind: 'none' });
  assert.deepEqual(noticeOf(change({ kind: 'dangerous' }), rules), { kind: 'hours', hours: 336 });
  assert.deepEqual(noticeOf(change({ kind: 'compatible' }), rules), { kind: 'none' });
});

test('an announcement says what goes, by what it is replaced, and when, in a way that is lawful', () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ replacement: null, withoutReplacement: words }), []);
  assert.deepEqual(found({ replacement: null }), ['one: no-replacement']);
  assert.deepEqual(found({ withoutReplacement: words }), ['one: two-replacements']);
  assert.deepEqual(found({ replacement: null, kind: 'compatible' }), []);
  assert.deepEqual(found({}, {}), ['one: id-twice']);
  assert.deepEqual(found({}, { id: 'two' }), []);
  assert.deepEqual(found({ id: 'One' }, { id: 'a--b' }, { id: '1a' }, { id: 'a-1' }), [
    'One: id-form',
    'a--b: id-form',
    '1a: id-form',
  ]);
  assert.deepEqual(found({ coordinates: [] }), ['one: no-coordinates']);
});

test('what is planned earlier than its contract allows is found; the day of a release that is told beforehand is the first of its spring', () => {
  assert.deepEqual(found({ planned: { release: 1 } }), ['one: planned-too-early']);
  assert.deepEqual(found({ planned: { release: 7 } }), []);
  assert.deepEqual(found({ planned: { release: -1 } }), ['one: planned-unknown-release']);
  assert.deepEqual(found({ planned: { at: startOfDay('2028-03-31') } }), []);
  assert.deepEqual(found({ planned: { at: startOfDay('2028-03-31') - 1_000 } }), ['one: planned-too-early']);
  // The notice was out after release 1 had come.
  const late = { announcedAt: startOfDay('2027-03-31') };
  assert.deepEqual(found(late), ['one: planned-too-early']);
  assert.deepEqual(found({ ...late, planned: { release: 3 } }), []);
  assert.deepEqual(found({ announcedAt: late.announcedAt - 1_000 }), []);
  const half = { api: 'halfyear', announcedAt: startOfDay('2026-12-01') };
  assert.deepEqual(found({ ...half, planned: { at: startOfDay('2027-06-01') } }), ['one: planned-too-early']);
  assert.deepEqual(found({ ...half, planned: { at: startOfDay('2027-06-02') } }), []);
  const beta = { coordinates: ['beta'], announcedAt: Date.parse('2026-12-01T12:00:00Z') };
  assert.deepEqual(found({ ...beta, planned: { at: Date.parse('2026-12-15T11:59:59Z') } }), ['one: planned-too-early']);
  assert.deepEqual(found({ ...beta, planned: { at: Date.parse('2026-12-15T12:00:00Z') } }), []);
  // A draft announces nothing, and so nothing of it is too early.
  assert.deepEqual(found({ announcedAt: null, planned: { release: 1 } }), []);
  assert.deepEqual(
    checkChanges([change({ planned: { release: 1 } })], rules).map(({ text }) => text),
    ['It may take effect on 2028-05-02 at the earliest.'],
  );
});

test('what was done too early, or without having been announced, is found unless somebody answers for it', () => {
  const second = startOfDay('2028-05-02');
  assert.deepEqual(found({ doneAt: second }), []);
  assert.deepEqual(found({ doneAt: second - 1_000 }), ['one: done-too-early']);
  assert.deepEqual(found({ doneAt: second, announcedAt: null }), ['one: done-unannounced']);
  assert.deepEqual(found({ doneAt: 0, announcedAt: null, kind: 'compatible' }), []);
  assert.deepEqual(found({ doneAt: 0, announcedAt: null, coordinates: ['experimental'] }), []);
  assert.deepEqual(found({ doneAt: 0, coordinates: ['experimental'] }), []);
  const at = startOfDay('2026-12-02');
  assert.deepEqual(found({ doneAt: at, emergency, planned: { at } }), []);
  assert.deepEqual(found({ doneAt: at, emergency: { ...emergency, approver: ' ' } }), [
    'one: emergency-incomplete',
    'one: done-too-early',
  ]);
  assert.deepEqual(found({ doneAt: at, emergency: { ...emergency, reason: '' } }), [
    'one: emergency-incomplete',
    'one: done-too-early',
  ]);
  // Notice is immediate: not afterwards.
  assert.deepEqual(found({ doneAt: at, emergency, announcedAt: at + dayMs, planned: { at } }), ['one: done-too-early']);
});

test('breaches stand in the record with when they would have been lawful', () => {
  const at = startOfDay('2026-12-02');
  const done = change({ doneAt: at, emergency, planned: { at } });
  const coming = change({ id: 'two', emergency, planned: { at } });
  const silent = change({ id: 'three', doneAt: at, announcedAt: null });
  const lawful = change({ id: 'four', doneAt: startOfDay('2028-05-02'), emergency });
  assert.deepEqual(
    breachesAmong([done, coming, silent, lawful, change({ id: 'five' })], rules).map((breach) => [
      breach.change.id,
      breach.at,
      breach.lawfulFrom,
    ]),
    [
      ['one', at, startOfDay('2028-05-02')],
      ['two', at, startOfDay('2028-05-02')],
      ['three', at, null],
    ],
  );
  assert.equal(standingAt(done, at, rules), 'emergency');
  assert.equal(standingAt(silent, at, rules), 'unannounced');
  assert.equal(standingAt(change(), at, rules), 'too-early');
  assert.equal(isLawful(done, at, rules), false);
  assert.equal(isAllowed(done, at, rules), true);
  assert.equal(isAllowed(change(), at, rules), false);
});

test('a change is announced, due with a release, overdue when the next one has come and it has not been made, and then done', () => {
  const at = startOfDay;
  assert.equal(stageOf(change({ announcedAt: null }), at('2030-01-01'), rules), 'draft');
  assert.equal(stageOf(change(), at('2026-12-01'), rules), 'announced');
  assert.equal(stageOf(change(), at('2028-05-02') - 1, rules), 'announced');
  assert.equal(stageOf(change(), at('2028-05-02'), rules), 'due');
  assert.equal(stageOf(change(), at('2029-03-31') - 1, rules), 'due');
  assert.equal(stageOf(change(), at('2029-03-31'), rules), 'overdue');
  assert.equal(stageOf(change({ doneAt: at('2029-04-30') }), at('2029-05-01'), rules), 'done');
  // Planned between releases: with the one after. Planned too early: when it is lawful.
  assert.equal(dueAt(change({ planned: { at: at('2028-06-01') } }), rules), at('2029-03-31'));
  assert.equal(dueAt(change({ planned: { release: 1 } }), rules), at('2028-05-02'));
  assert.equal(dueAt(change({ planned: { release: 4 } }), rules), at('2030-03-31'));
  assert.equal(dueAt(change({ kind: 'dangerous', planned: { at: 0 } }), rules), at('2026-12-15'));
  assert.equal(dueAt(change({ emergency, planned: { at: at('2026-12-02') } }), rules), at('2026-12-02'));
  assert.equal(plannedMoment(change({ planned: { release: -1 } }), rules), null);
});

const changes: fc.Arbitrary<Change> = fc
  .record({
    api: fc.constantFrom('courses', 'halfyear'),
    coordinates: fc.array(fc.constantFrom<string>(...statuses), { minLength: 1, maxLength: 3 }),
    kind: fc.constantFrom(...changeKinds),
    announcedAt: fc.option(moments, { freq: 5 }),
    planned: fc.oneof(
      moments.map((at) => ({ at })),
      fc.integer({ min: 0, max: 20 }).map((release) => ({ release })),
    ),
    emergency: fc.option(fc.constant(emergency), { freq: 2 }),
    doneAt: fc.option(moments, { freq: 2 }),
  })
  .map((one) => change(one));

test('what is due may be done and breaks nothing; what broke something is found or answered for; time turns no stage back', () => {
  fc.assert(
    fc.property(calendars, changes, moments, moments, (releases, one, a, b) => {
      const all: ChangeRules = { ...rules, releases };
      const due = dueAt(one, all);
      assert.equal(due === null, one.announcedAt === null);
      if (due !== null) {
        assert.ok(isAllowed(one, due, all));
        if (one.emergency === null) assert.ok(isLawful(one, due, all));
      }
      const [sooner, later] = a < b ? [a, b] : [b, a];
      const order = (now: number): number => stages.indexOf(stageOf(one, now, all));
      assert.ok(order(sooner) <= order(later));
      // What is lawful stays so.
      assert.ok(!isLawful(one, sooner, all) || isLawful(one, later, all));
      const from = lawfulFrom(one, all);
      if (from !== null) assert.ok(isLawful(one, from, all));

      const breaches = breachesAmong([one], all);
      const early = checkChanges([one], all).some(({ rule }) => rule.startsWith('done-'));
      if (early) assert.equal(breaches.length, 1);
      if (one.doneAt !== null && breaches.length === 1)
        assert.equal(early, standingAt(one, one.doneAt, all) !== 'emergency');
    }),
  );
});

test('a plan that is found to be in order is due as planned, or with the first release of that spring or after it', () => {
  fc.assert(
    fc.property(calendars, changes, (releases, one) => {
      const all: ChangeRules = { ...rules, releases };
      const due = dueAt(one, all);
      const planned = plannedMoment(one, all);
      if (due === null || planned === null || one.emergency !== null) return;
      const early = checkChanges([one], all).some(({ rule }) => rule === 'planned-too-early');
      if (noticeOf(one, all).kind !== 'second-release') assert.equal(early, due > planned);
      // Between the first day of a spring and its release lie three months at the most, and up to fifteen to the release after.
      else if (!early) assert.ok(due >= planned && due - planned < 457 * dayMs);
    }),
  );
});
