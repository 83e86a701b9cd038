// What the model says of classes and members for APIs that make ids, events and contracts of it: read from files, told by the report of a
// class and by its schemas. What is refused stands among the bad models.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createPreparer } from '#hub/prepare.ts';
import { explainClass, showClass } from '#model/explain.ts';
import { exampleOf, ingestSchema, publishedSchema } from '#model/json-schema.ts';
import { ingestFormats, kinds } from '#model/kinds.ts';
import { readModelFiles } from '#model/load.ts';
import type { Model, ModelClass } from '#model/model.ts';
import { utlan } from './bad-models.ts';
import { entry, examineOne, tinyFolder } from './models.ts';

const edited = (): Model => {
  const files = new Map(readModelFiles(tinyFolder));
  const text = entry(files, utlan)
    .replace(
      '  Bok:\n    kind: main\n',
      '  Bok:\n    number: 12\n    segment: verk\n    key: [isbn, opplag]\n    register: true\n    core: true\n    aliases: { annet: Book }\n    events: [BOK_SOLGT, BOK_KASSERT]\n    kind: main\n',
    )
    .replace(
      '      isbn: {',
      '      farge: { type: string, optional: true, sensitivity: open, values: [rød, blå], contract: beta }\n' +
        '      mål: { type: string, list: true, optional: true, sensitivity: open, values: [a, b] }\n' +
        '      høyde: { type: decimal, optional: true, sensitivity: open }\n' +
        '      åpner: { type: time, optional: true, sensitivity: open }\n' +
        '      lånetid: { type: duration, optional: true, sensitivity: open }\n' +
        '      isbn: {',
    )
    .replace('        inverse: bok\n', '        inverse: bok\n        contract: experimental\n');
  files.set(utlan, text);
  files.set('scopes.yaml', entry(files, 'scopes.yaml').replaceAll('bibliotek/utlan/bok', 'bibliotek/utlan/verk'));
  const { model, findings } = examineOne(files);
  assert.ok(model !== null, JSON.stringify(findings));
  return model;
};

const model = edited();
const bok = entry(model.classes, 'bibliotek/utlan:Bok');
const filial = entry(model.classes, 'bibliotek/utlan:Filial');

const wholeOf = (of: ModelClass): unknown => [
  of.number,
  of.naturalKey,
  of.segment,
  of.register,
  of.core,
  [...of.aliases],
  of.events,
];

test('a class has a number, a key, a segment, other names and events when its file says so, and none when it does not', () => {
  assert.deepEqual(wholeOf(bok), [
    12,
    ['isbn', 'opplag'],
    'verk',
    true,
    true,
    [['annet', 'Book']],
    ['BOK_KASSERT', 'BOK_SOLGT'],
  ]);
  assert.deepEqual(wholeOf(filial), [null, [], 'filial', false, false, [], []]);
  assert.ok(model.collections.has('bibliotek/utlan/verk') && !model.collections.has('bibliotek/utlan/bok'));
});

test('members have a contract and values where the file says so, and none elsewhere', () => {
  assert.deepEqual(entry(bok.attributeByName, 'farge').values, ['rød', 'blå']);
  assert.equal(entry(bok.attributeByName, 'farge').contract, 'beta');
  assert.equal(entry(bok.relationByName, 'lan').contract, 'experimental');
  assert.equal(entry(bok.attributeByName, 'isbn').values, null);
  assert.equal(entry(bok.attributeByName, 'isbn').contract, null);
  assert.equal(entry(bok.relationByName, 'katalog').contract, null);
});

test('the report of a class and its schema tell of it', () => {
  const report = explainClass(model, bok);
  assert.deepEqual(report.aliases, { annet: 'Book' });
  assert.equal(report.number, 12);
  assert.match(showClass(report, 'en'), /Key: isbn, opplag\nOther names: annet Book\nEvents: BOK_KASSERT, BOK_SOLGT\n/);
  assert.match(showClass(report, 'nb'), /farge +string +open +beta, rød \| blå/);
  assert.doesNotMatch(showClass(explainClass(model, filial), 'en'), /Key|Other names|Events/);
  const { properties, ...head } = publishedSchema(model, bok);
  const told = (name: string): unknown => (properties as Record<string, unknown>)[name];
  assert.equal(head['x-register'], true);
  assert.deepEqual(head['x-natural-key'], ['isbn', 'opplag']);
  assert.deepEqual(told('farge'), {
    type: 'string',
    enum: ['rød', 'blå'],
    'x-sensitivity': 'open',
    'x-bindeledd-status': 'beta',
  });
  assert.deepEqual(told('mal'), {
    type: 'array',
    items: { type: 'string', enum: ['a', 'b'] },
    'x-sensitivity': 'open',
  });
  assert.deepEqual(told('apner'), { ...kinds.time.published, 'x-sensitivity': 'open' });
  assert.ok(!JSON.stringify(publishedSchema(model, filial)).includes('x-bindeledd-status'));
});

test('an example has one of the values', () => {
  const example = exampleOf(
    model,
    { ...bok, attributes: bok.attributes.map((one) => ({ ...one, optional: false })) },
    '',
    '',
  );
  assert.equal(example['farge'], 'rød');
  assert.deepEqual(example['mal'], ['a']);
  assert.equal(example['hoyde'], '7.5');
});

const given = (more: object): Record<string, unknown> => ({
  navn: 'Bok',
  isbn: { [model.identifierValue]: 'A-1' },
  ...more,
});

test('a delivered value is one of those that the model names and of the form of its kind; the schema says the same', () => {
  const collection = entry(model.collections, 'bibliotek/utlan/verk');
  const prepare = createPreparer(collection, model, 'https://hub.test');
  const validate = new Ajv2020({ formats: ingestFormats }).compile(ingestSchema(model, bok));
  const good: readonly (readonly [object, string])[] = [
    [{ farge: 'rød' }, '"farge":"rød"'],
    [{ mål: ['a', 'b'] }, '"mal":["a","b"]'],
    [{ høyde: '-0.50' }, '"hoyde":"-0.50"'],
    [{ høyde: '123456789.123456' }, '"hoyde":"123456789.123456"'],
    [{ åpner: '08:15' }, '"apner":"08:15"'],
    [{ åpner: '23:59:59' }, '"apner":"23:59:59"'],
    [{ lånetid: 'P3Y6M4DT12H30M5.5S' }, '"lanetid":"P3Y6M4DT12H30M5.5S"'],
    [{ lånetid: 'PT45M' }, '"lanetid":"PT45M"'],
    [{ farge: null, høyde: null }, ''],
  ];
  for (const [more, text] of good) {
    const result = prepare(given(more), null);
    assert.ok('prepared' in result, JSON.stringify([more, result]));
    assert.ok(result.prepared.attributes.includes(text), `${text} in ${result.prepared.attributes}`);
    assert.ok(validate(given(more)), JSON.stringify(more));
  }
  const decomposed = prepare(given({ farge: 'blå'.normalize('NFD') }), null);
  assert.ok('prepared' in decomposed && decomposed.prepared.attributes.includes('"farge":"blå"'));
  const bad: readonly (readonly [object, string, RegExp])[] = [
    [{ farge: 'grønn' }, '/farge', /^expected one of rød, blå, got other text$/],
    [{ farge: 1 }, '/farge', /^expected string, got a number/],
    [{ mal: ['a', 'c'] }, '/mal/1', /^expected one of a, b/],
    [{ hoyde: 7.5 }, '/hoyde', /^expected decimal as text, got a number$/],
    [{ hoyde: '7,5' }, '/hoyde', /^expected decimal as text, got other text$/],
    [{ hoyde: '1234567890.123456' }, '/hoyde', /^expected decimal/],
    [{ hoyde: '1e5' }, '/hoyde', /^expected decimal/],
    [{ hoyde: '01' }, '/hoyde', /^expected decimal/],
    [{ hoyde: '1.' }, '/hoyde', /^expected decimal/],
    [{ hoyde: '' }, '/hoyde', /^expected decimal/],
    [{ apner: '24:00' }, '/apner', /^expected time/],
    [{ apner: '8:15' }, '/apner', /^expected time/],
    [{ apner: '08:60' }, '/apner', /^expected time/],
    [{ lanetid: 'P' }, '/lanetid', /^expected duration/],
    [{ lanetid: 'PT' }, '/lanetid', /^expected duration/],
    [{ lanetid: 'P1H' }, '/lanetid', /^expected duration/],
    [{ lanetid: '45' }, '/lanetid', /^expected duration/],
  ];
  for (const [more, at, says] of bad) {
    const result = prepare(given(more), null);
    assert.ok('rejected' in result, JSON.stringify(more));
    assert.equal(result.rejected.code, 'HUB-611');
    assert.equal(result.rejected.at, at);
    assert.match(result.rejected.message, says);
    assert.ok(!validate(given(more)), JSON.stringify(more));
  }
});
