// Values of study administration: whatever clients write for the same is read as the same, and each API writes one of the ways.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { DocumentNode } from '#hub/documents/document.ts';
import {
  asciiTermCode,
  asNumber,
  asText,
  birthNumber,
  flag,
  flagOf,
  fromFlag,
  languageList,
  languageObject,
  nationalIdOf,
  padded,
  personNumber,
  readFlag,
  readTermCode,
  termCode,
  textIn,
  toTermCode,
  unpadded,
} from '#mappings/fs-values.ts';
import type { Converter } from '#mappings/mapping.ts';

const shown = (converter: Converter, value: unknown): unknown =>
  converter.apply(value, { today: '2026-11-02' }, {} as DocumentNode);

const codes = ['VÅR', 'HØST', 'SOM', 'VIT', 'VÅT', 'HØT'] as const;
const ascii = ['VAR', 'HOST', 'SOM', 'VIT', 'VAT', 'HOT'] as const;

test('a term is the same in either spelling, in any case, however its letters are composed', () => {
  for (const [index, code] of codes.entries()) {
    const plain = ascii[index] ?? '';
    for (const spelling of [code, plain, code.toLowerCase(), plain.toLowerCase(), code.normalize('NFD')]) {
      assert.equal(readTermCode(spelling), code, spelling);
      assert.equal(toTermCode.apply(spelling), code);
      assert.equal(shown(termCode, spelling), code);
      assert.equal(shown(asciiTermCode, spelling), plain);
    }
  }
  for (const none of ['', 'HØS', 'VINTER', 7, null, undefined]) assert.equal(readTermCode(none), undefined);
  // What institutions have of their own is shown as it is.
  assert.deepEqual([shown(termCode, 'KVART1'), shown(asciiTermCode, 'KVART1')], ['KVART1', 'KVART1']);
});

test('J and N are yes and no, in and out; nothing else is', () => {
  for (const is of [true, false]) assert.equal(readFlag(shown(flag, is)), is);
  assert.deepEqual(['j', 'N', 'true', false].map(readFlag), [true, false, true, false]);
  for (const none of ['', 'JA', '1', 1, null, undefined]) {
    assert.equal(readFlag(none), undefined);
    assert.equal(fromFlag.apply(none), undefined);
  }
  assert.equal(shown(flag, undefined), undefined);
  assert.deepEqual(
    [{ erAktiv: true }, { erAktiv: false }, {}].map((values) => shown(flagOf('erAktiv'), values)),
    ['J', 'N', 'N'],
  );
});

test('texts in several languages, as a list, as an object and as one of them', () => {
  const names = { nb: 'nob', nn: 'nno', en: 'eng' };
  const text = { en: 'Testing', nb: 'Testlære', nn: '', se: 'x' };
  assert.deepEqual(shown(languageList(names), text), [
    { lang: 'nob', value: 'Testlære' },
    { lang: 'eng', value: 'Testing' },
  ]);
  assert.deepEqual(shown(languageList({ en: 'en' }, 'sprak', 'tekst'), text), [{ sprak: 'en', tekst: 'Testing' }]);
  assert.deepEqual(shown(languageObject(names), text), { nob: 'Testlære', eng: 'Testing' });
  assert.deepEqual([shown(textIn('nn', 'en', 'nb'), text), shown(textIn('nn'), text)], ['Testing', undefined]);
  for (const none of [{}, { nb: '' }, null, 'Testlære', undefined]) {
    assert.equal(shown(languageList(names), none), undefined);
    assert.equal(shown(languageObject(names), none), undefined);
  }
});

test('digits with zeros in front and without are the same number', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 5 }), (number, zeros) => {
      const text = '0'.repeat(zeros) + String(number);
      assert.equal(unpadded(text), String(number));
      assert.equal(unpadded(number), String(number));
      assert.equal(padded(12, text), String(number).padStart(12, '0'));
      assert.equal(shown(asNumber, text), number);
      assert.equal(shown(asText, number), String(number));
    }),
  );
  assert.deepEqual(
    [unpadded('000'), unpadded(''), unpadded('1a'), unpadded('-1'), unpadded(1.5)],
    ['0', undefined, undefined, undefined, undefined],
  );
  assert.deepEqual([padded(3, '1234'), padded(3, '0123'), padded(3, '')], [undefined, '123', undefined]);
});

test('a national id is its two parts, with the zero that tables leave out or with it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), fc.nat({ max: 99_999 }), (birth, person) => {
      const id = String(birth).padStart(6, '0') + String(person).padStart(5, '0');
      const parts = [shown(birthNumber, id), shown(personNumber, id)] as const;
      assert.equal(parts[0], String(birth));
      assert.equal(nationalIdOf(...parts), id);
      assert.equal(nationalIdOf(birth, person), id);
    }),
  );
  assert.equal(nationalIdOf('018190', '12345'), '01819012345');
  for (const [birth, person] of [
    ['', '12345'],
    ['0', '12345'],
    ['1234567', '12345'],
    ['18190', '123456'],
    ['18190', undefined],
    ['1819x', '12345'],
  ] as const)
    assert.equal(nationalIdOf(birth, person), undefined, `${birth} ${person}`);
  for (const none of ['1819012345', 'x', null]) assert.equal(shown(birthNumber, none), undefined);
});
