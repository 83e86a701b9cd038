// The primitive kinds: what each accepts, and that the ingest schema says the same as the check function.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert as hold, date, jsonValue, oneof, property } from 'fast-check';
import { ingestFormats, kinds, parseInstant } from '#model/kinds.ts';
import type { PrimitiveKind } from '#model/model.ts';

const ajv = new Ajv2020({ formats: ingestFormats });
const names = Object.keys(kinds) as PrimitiveKind[];

const edges: readonly unknown[] = [
  null,
  '',
  'tekst',
  '2024-02-29',
  '2023-02-29',
  '2025-08-18T06:30:00Z',
  '2025-08-18',
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 53,
  2 ** 53 - 1,
  1e308,
  '0',
  '-7.50',
  '007',
  '1234567890.12345',
  '1234567890.123456',
  '1.',
  '08:15',
  '08:15:59',
  '24:00',
  'PT45M',
  'P1Y2M3DT4H5M6S',
  'P',
  'PT',
  [],
  {},
];

test('the check function and the ingest schema of every kind agree', () => {
  for (const name of names) {
    const { accepts, ingest } = kinds[name];
    const validate = ajv.compile(ingest);
    for (const value of edges) assert.equal(validate(value), accepts(value), `${name} ${JSON.stringify(value)}`);
    hold(
      property(
        oneof(
          jsonValue(),
          date({ noInvalidDate: true }).map((one) => one.toISOString()),
        ),
        (value) => {
          assert.equal(validate(value), accepts(value), `${name} ${JSON.stringify(value)}`);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  }
});

test('every kind has an example that it accepts and texts in both languages', () => {
  for (const name of names) {
    const { accepts, example, description } = kinds[name];
    assert.ok(accepts(example), name);
    assert.notEqual(description.nb, '');
    assert.notEqual(description.en, '');
  }
});

test('instants: dates, date-times with a zone, and nothing else', () => {
  const good: readonly (readonly [string, string])[] = [
    ['1990-03-29', '1990-03-29T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['1990-03-29T12:00Z', '1990-03-29T12:00:00.000Z'],
    ['1990-03-29T12:00:00.123456789Z', '1990-03-29T12:00:00.123Z'],
    ['1990-03-29T12:00:00.5+01:00', '1990-03-29T11:00:00.500Z'],
    ['1990-03-29T00:00:00+0200', '1990-03-28T22:00:00.000Z'],
    ['1990-03-29T00:00:00-05', '1990-03-29T05:00:00.000Z'],
  ];
  for (const [given, expected] of good) {
    const ms = parseInstant(given);
    assert.ok(ms !== null, given);
    assert.equal(new Date(ms).toISOString(), expected, given);
  }
  const wrong = [
    '',
    '1990',
    '1990-13-01',
    '1990-00-10',
    '2023-02-29',
    '1990-04-31',
    '1990-03-29T24:00:00Z',
    '1990-03-29T12:60:00Z',
    '1990-03-29T12:00:60Z',
    '1990-03-29T12:00:00',
    '1990-03-29T12Z',
    '1990-03-29 12:00:00Z',
    '1990-03-29T12:00:00+25:00',
    '1990-03-29Z',
    '638668800000',
    '29.03.1990',
    '1990-03-29T12:00:00Z ',
    '+1990-03-29',
  ];
  for (const given of wrong) assert.equal(parseInstant(given), null, given);
  for (const value of [638_668_800_000, null, new Date(0), ['1990-03-29']])
    assert.equal(kinds.date.accepts(value), false);
});

test('instants agree with the platform for every date-time it writes', () => {
  hold(
    property(
      date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
      (one) => {
        assert.equal(parseInstant(one.toISOString()), one.getTime());
      },
    ),
    { seed: 7 },
  );
});
