// The largest county has the volumes of production, class by class (fint.md 10).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { county } from '#sandbox/county.ts';

/** Below `utdanning/`: the largest number of any county. */
const PRODUCTION: Readonly<Record<string, number>> = {
  'elev/elev': 39_511,
  'elev/elevforhold': 44_322,
  'elev/person': 71_038,
  'elev/kontaktperson': 46_709,
  'elev/klassemedlemskap': 35_374,
  'elev/kontaktlarergruppemedlemskap': 35_374,
  'elev/skoleressurs': 7_709,
  'elev/undervisningsforhold': 16_083,
  'timeplan/fag': 10_679,
  'timeplan/faggruppe': 13_610,
  'timeplan/faggruppemedlemskap': 263_748,
  'timeplan/undervisningsgruppe': 12_555,
  'timeplan/undervisningsgruppemedlemskap': 272_891,
  'utdanningsprogram/programomrade': 4_701,
  'utdanningsprogram/programomrademedlemskap': 46_356,
  'utdanningsprogram/skole': 41,
  'vurdering/eksamensgruppe': 8_521,
  'vurdering/eksamensgruppemedlemskap': 55_413,
  'vurdering/elevfravar': 35_576,
  'vurdering/elevvurdering': 44_270,
  'vurdering/fravarsoversikt': 166_448,
  'vurdering/fravarsregistrering': 2_945_297,
  'vurdering/halvarsfagvurdering': 260_533,
  'vurdering/sluttfagvurdering': 179_806,
  'vurdering/underveisfagvurdering': 762_729,
  'kodeverk/skolear': 41,
  'kodeverk/termin': 82,
  'larling/larling': 3_252,
};

test('county-full: every class within six per cent of production, 5.4 million entries and more, none kept', () => {
  const made = county({ seed: 1, size: 'county-full' });
  const before = process.memoryUsage().heapUsed;
  const totals = new Map(made.collections.map(({ collection, total }) => [collection, total]));
  for (const [path, count] of Object.entries(PRODUCTION)) {
    const total = totals.get(`utdanning/${path}`) ?? 0;
    assert.ok(Math.abs(total / count - 1) < 0.06, `${path}: ${total}, not about ${count}`);
  }
  const sum = [...totals.values()].reduce((all, one) => all + one, 0);
  assert.ok(sum > 5_400_000 && sum < 5_800_000, String(sum));
  assert.ok(process.memoryUsage().heapUsed - before < 100_000_000);
});

test('the largest county begins as the small one does, and its fixed pupils are the same', () => {
  const small = county({ seed: 1, size: 'small' });
  const full = county({ seed: 1, size: 'county-full' });
  assert.deepEqual(full.known.protected.strictPupil.persons, small.known.protected.strictPupil.persons);
  assert.deepEqual(full.known.edgeCases, small.known.edgeCases);
});
