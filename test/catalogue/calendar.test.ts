// When main versions come and when what is announced may take effect: the examples of the rules, their edges to the second, and laws that hold for every calendar.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { civilDay, dayMs } from '#base/clock.ts';
import {
  announceBefore,
  checkReleases,
  earliest,
  firstReleaseMoment,
  lastSecondOf,
  norwegianTime,
  releaseAfter,
  releaseInForce,
  releaseOf,
  startOfDay,
  type Announced,
} from '#catalogue/calendar.ts';
import type { Release } from '#catalogue/contract.ts';
import { policies } from '#catalogue/policies.ts';
import { calendars, moments } from './catalogue-cases.ts';

const hour = 3_600_000;

/** One release on 31 March of each of these years, numbered from 1. */
const yearly = (from: number, to: number): readonly Release[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    version: index + 1,
    at: startOfDay(`${from + index}-03-31`),
  }));

const preview: Release = { version: 0, at: startOfDay('2026-11-22') };
const first: Release = { version: 1, at: startOfDay('2027-03-31') };

const when = (announcedAt: number, more: Partial<Announced> = {}): string =>
  norwegianTime(
    earliest({ announcedAt, contract: 'production', policy: policies.sikt, releases: yearly(2020, 2025), ...more }),
  );

test('what is announced before a release goes with the next one, what is announced after it with the one after that', () => {
  for (const [announced, expected] of [
    ['2026-03-30', '2027-03-31'],
    ['2026-03-31', '2028-03-31'],
    ['2026-04-01', '2028-03-31'],
    ['2027-01-01', '2028-03-31'],
    ['2019-01-01', '2021-03-31'],
  ] as const) {
    assert.equal(when(startOfDay(announced)), expected, announced);
    assert.equal(when(lastSecondOf(announced)), expected, `${announced}, in the evening`);
  }
  // Twelve months for who hurries, twenty-four for who has just missed it.
  assert.equal(when(lastSecondOf('2026-03-30')), '2027-03-31');
  assert.equal(when(lastSecondOf('2026-03-30') + 1_000), '2028-03-31');
});

test('what is announced in the preview goes with the second release at the earliest, whenever in spring that comes', () => {
  const announcedAt = startOfDay('2026-11-22');
  assert.equal(when(announcedAt, { releases: [preview, first] }), '2028-03-31');
  assert.equal(when(announcedAt, { releases: [preview] }), '2028-03-31');
  const later = { version: 2, at: startOfDay('2028-05-02') };
  assert.equal(when(announcedAt, { releases: [preview, first, later] }), '2028-05-02');
  assert.equal(when(first.at - 1, { releases: [preview, first, later] }), '2028-05-02');
  assert.equal(when(first.at, { releases: [preview, first, later] }), '2029-03-31');
});

test('midnight is that of Norway, before and after the clocks are changed on the last Sunday of March', () => {
  // The clocks were changed two days before in 2029, on the day itself in 2030, and on 28 March in 2027.
  for (const [year, utc] of [
    [2027, '2027-03-30T22:00:00.000Z'],
    [2029, '2029-03-30T22:00:00.000Z'],
    [2030, '2030-03-30T23:00:00.000Z'],
    [2024, '2024-03-30T23:00:00.000Z'],
  ] as const) {
    const at = firstReleaseMoment(year);
    assert.equal(new Date(at).toISOString(), utc);
    assert.equal(releaseInForce(yearly(2020, 2035), at)?.version, year - 2019);
    assert.equal(releaseInForce(yearly(2020, 2035), at - 1_000)?.version, year - 2020);
    assert.equal(when(at - 1_000, { releases: yearly(2020, 2035) }), `${year + 1}-03-31`);
    assert.equal(when(at, { releases: yearly(2020, 2035) }), `${year + 2}-03-31`);
  }
});

test('beta takes fourteen times twenty-four hours to the second, whatever the clocks do; experimental takes nothing', () => {
  const told = Date.parse('2027-03-20T12:00:05Z');
  assert.equal(when(told), '2028-03-31');
  const beta = { contract: 'beta', announcedAt: told, policy: policies.sikt, releases: [preview, first] } as const;
  assert.equal(earliest(beta), Date.parse('2027-04-03T12:00:05Z'));
  assert.equal(when(told, { contract: 'beta' }), '2027-04-03 14:00:05');
  assert.equal(when(told, { contract: 'experimental' }), '2027-03-20 13:00:05');
  assert.equal(when(told, { contract: null }), '2027-03-20 13:00:05');
});

test('a dangerous change takes the notice of beta, or less where less is promised; a compatible one takes none', () => {
  const told = startOfDay('2027-01-11');
  assert.equal(when(told, { kind: 'dangerous' }), '2027-01-25');
  assert.equal(when(told, { kind: 'dangerous', contract: 'beta' }), '2027-01-25');
  assert.equal(when(told, { kind: 'dangerous', contract: 'experimental' }), '2027-01-11');
  assert.equal(when(told, { kind: 'compatible' }), '2027-01-11');
  assert.equal(when(told, { kind: 'dangerous', policy: policies.flyt }), '2027-01-25');
});

test('half a year runs to the end of the day with the same number, or of the last day of a shorter month', () => {
  for (const [announced, expected] of [
    ['2026-11-22', '2027-05-23'],
    ['2026-08-31', '2027-03-01'],
    ['2026-08-28', '2027-03-01'],
    ['2026-08-27', '2027-02-28'],
    ['2027-08-31', '2028-03-01'],
    ['2027-08-28', '2028-02-29'],
    ['2026-12-31', '2027-07-01'],
    ['2026-03-29', '2026-09-30'],
  ] as const)
    for (const at of [startOfDay(announced), lastSecondOf(announced)])
      assert.equal(when(at, { policy: policies.flyt }), expected, announced);
});

test('releases that are not dated come on 31 March, one a year, with the numbers that follow', () => {
  const releases = [preview, first];
  assert.deepEqual(releaseOf(releases, 1), { ...first, dated: true });
  assert.deepEqual(releaseOf(releases, 3), { version: 3, at: startOfDay('2029-03-31'), dated: false });
  assert.deepEqual(releaseAfter(releases, first.at - 1), { ...first, dated: true });
  assert.deepEqual(releaseAfter(releases, first.at), { version: 2, at: startOfDay('2028-03-31'), dated: false });
  assert.deepEqual(releaseAfter(releases, startOfDay('2029-03-31')), releaseOf(releases, 4));
  assert.equal(releaseOf([first], 0), null);
  assert.equal(releaseOf(releases, 1.5), null);
  assert.equal(releaseOf(releases, 7_973)?.version, 7_973);
  assert.equal(releaseOf(releases, 7_974), null);
  assert.equal(releaseOf(releases, Number.MAX_SAFE_INTEGER), null);
  assert.equal(releaseInForce(releases, preview.at - 1), null);
  // A preview in winter and the first release may share a year; two releases may not.
  assert.equal(releaseAfter([{ version: 0, at: startOfDay('2027-01-15') }], startOfDay('2027-01-16')).at, first.at);
  const late = { version: 1, at: startOfDay('2027-06-30') };
  assert.equal(releaseAfter([preview, late], late.at).at, startOfDay('2028-03-31'));
  assert.equal(announceBefore(releases, 2), first.at);
  assert.equal(announceBefore(releases, 3), startOfDay('2028-03-31'));
  assert.equal(announceBefore(releases, 0), null);
});

const rulesBroken = (...releases: readonly (readonly [number, string])[]): readonly string[] =>
  checkReleases(releases.map(([version, date]) => ({ version, at: startOfDay(date) }))).map(
    ({ rule, at }) => `${at}: ${rule}`,
  );

test('releases out of season, two in a year, numbers that are skipped and days out of order are found', () => {
  const good = [0, '2026-11-22'] as const;
  assert.deepEqual(rulesBroken(good, [1, '2027-03-31'], [2, '2028-06-30'], [3, '2029-05-02']), []);
  // The preview takes no year's place.
  assert.deepEqual(rulesBroken([0, '2027-01-15'], [1, '2027-03-31']), []);
  assert.deepEqual(rulesBroken(good, [1, '2027-02-28']), ['release 1: release-season']);
  assert.deepEqual(rulesBroken(good, [1, '2027-03-30']), ['release 1: release-season']);
  assert.deepEqual(rulesBroken(good, [1, '2027-07-01']), ['release 1: release-season']);
  assert.deepEqual(rulesBroken(good, [1, '2027-03-31'], [2, '2027-06-30']), ['release 2: release-year']);
  assert.deepEqual(rulesBroken(good, [1, '2027-03-31'], [3, '2028-03-31']), ['release 3: release-number']);
  assert.deepEqual(rulesBroken(good, [1, '2028-03-31'], [2, '2027-04-01']), ['release 2: release-order']);
  assert.deepEqual(rulesBroken(good, [1, '2027-03-31'], [1, '2027-03-31']), [
    'release 1: release-number',
    'release 1: release-order',
    'release 1: release-year',
  ]);
  assert.deepEqual(rulesBroken([0.5, '2027-03-31'], [-1, '2028-03-31']), [
    'release 0.5: release-number',
    'release -1: release-number',
    'release -1: release-number',
  ]);
  assert.deepEqual(rulesBroken(), ['releases: release-none']);
  assert.deepEqual(
    checkReleases([{ version: 1, at: first.at + 1_000 }]).map(({ rule }) => rule),
    ['release-midnight'],
  );
});

test('announcing later never lets anything take effect sooner, and firmer never sooner than less firm', () => {
  const order = [null, 'experimental', 'beta', 'production'] as const;
  fc.assert(
    fc.property(calendars, moments, moments, fc.constantFrom('sikt', 'flyt'), (releases, one, other, id) => {
      const [sooner, later] = one < other ? [one, other] : [other, one];
      for (const kind of ['breaking', 'dangerous', 'compatible'] as const) {
        const from = (announcedAt: number, contract: Announced['contract']): number =>
          earliest({ announcedAt, contract, kind, policy: policies[id], releases });
        for (const [index, contract] of order.entries()) {
          assert.ok(from(sooner, contract) <= from(later, contract));
          assert.ok(from(sooner, contract) >= sooner);
          const firmer = order[index + 1];
          if (firmer !== undefined) assert.ok(from(one, contract) <= from(one, firmer));
        }
        assert.ok(
          from(one, 'production') <=
            earliest({ announcedAt: one, contract: 'production', policy: policies[id], releases }),
        );
      }
    }),
  );
});

test('production outlives two releases after its announcement began: the second is the first lawful moment', () => {
  fc.assert(
    fc.property(calendars, moments, (releases, announcedAt) => {
      assert.deepEqual(checkReleases(releases), []);
      const at = earliest({ announcedAt, contract: 'production', policy: policies.sikt, releases });
      const day = civilDay(at);
      assert.equal(day.from, at);
      assert.ok(day.date.slice(5) >= '03-31' && day.date.slice(5) <= '06-30', day.date);
      const next = releaseAfter(releases, announcedAt);
      const second = releaseAfter(releases, next.at);
      assert.deepEqual([second.at, second.version], [at, next.version + 1]);
      assert.deepEqual(releaseOf(releases, second.version), second);
      // From 30 June to the next 31 March there are nine months, from 31 March to the 30 June after the next twenty-seven. Before the first there was nothing to end.
      if (announcedAt < (releases[0]?.at ?? 0)) return;
      const months = (at - announcedAt) / (365.25 * dayMs) / (1 / 12);
      assert.ok(months > 8.9 && months < 27.1, `${months}`);
    }),
  );
});

test('with a release each 31 March there are twelve to twenty-four months between an announcement and its effect', () => {
  fc.assert(
    fc.property(moments, (announcedAt) => {
      const at = earliest({ announcedAt, contract: 'production', policy: policies.sikt, releases: yearly(1999, 1999) });
      const days = (at - announcedAt) / dayMs;
      assert.ok(days > 365 - 1 / 24 && days <= 731 + 1 / 24, `${days}`);
    }),
  );
});

test('half a year is never less than its months, and never a day more than it has to be', () => {
  fc.assert(
    fc.property(moments, (announcedAt) => {
      const at = earliest({ announcedAt, contract: 'production', policy: policies.flyt, releases: [] });
      assert.equal(civilDay(at).from, at);
      const days = (at - announcedAt) / dayMs;
      assert.ok(days > 181 - 1 / 24 && days <= 185 + 1 / 24, `${days}`);
      const last = civilDay(at - 1).date;
      const said = civilDay(announcedAt).date;
      const [year, month] = said.split('-').map(Number);
      assert.equal(last.slice(0, 7), new Date(Date.UTC(year ?? 0, (month ?? 0) - 1 + 6, 1)).toISOString().slice(0, 7));
      assert.ok(last.slice(8) === said.slice(8) || civilDay(at).date.endsWith('-01'));
    }),
  );
});

test('a fortnight has as many hours in weeks in which the clocks are changed', () => {
  fc.assert(
    fc.property(moments, (announcedAt) => {
      const at = earliest({ announcedAt, contract: 'beta', policy: policies.sikt, releases: [] });
      assert.equal(at - announcedAt, 336 * hour);
    }),
  );
});
