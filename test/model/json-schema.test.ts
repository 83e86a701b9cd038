// JSON Schemas: sound as schemas, golden as texts, and judging deliveries as they should.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { exampleOf, ingestSchema, publishedClasses, publishedSchema, schemaId } from '#model/json-schema.ts';
import { ingestFormats } from '#model/kinds.ts';
import type { Model } from '#model/model.ts';
import { golden } from '../golden.ts';
import { entry, hubModel, modelOf, tinyFolder } from './models.ts';

const marks = [
  'x-nb',
  'x-kind',
  'x-sensitivity',
  'x-writeable',
  'x-extension',
  'x-bindeledd-status',
  'x-natural-key',
  'x-register',
  'x-deprecated',
  'x-identifier',
  'x-target',
  'x-multiplicity',
  'x-inverse',
];

/** Strict, so that a misspelt keyword fails; only our own marks are let through. */
const publishedAjv = (model: Model): Ajv2020 => {
  const ajv = new Ajv2020({ strict: true, formats: fullFormats });
  for (const mark of marks) ajv.addKeyword({ keyword: mark });
  for (const of of publishedClasses(model)) ajv.addSchema(publishedSchema(model, of));
  return ajv;
};

test('every published schema is a valid schema whose references resolve', () => {
  for (const model of [hubModel(), modelOf(tinyFolder)]) {
    const ajv = publishedAjv(model);
    for (const of of publishedClasses(model)) assert.equal(typeof ajv.getSchema(schemaId(of)), 'function', of.key);
  }
});

test('the example of every collection is valid by its published and by its ingest schema', () => {
  const model = hubModel();
  const published = publishedAjv(model);
  const lenient = new Ajv2020({ strict: true, allowUnionTypes: true, formats: ingestFormats });
  for (const collection of model.collections.values()) {
    const example = exampleOf(model, collection.class, collection.path, 'https://hub.example');
    for (const [ajv, schema] of [
      [published, publishedSchema(model, collection.class)],
      [lenient, ingestSchema(model, collection.class)],
    ] as const) {
      const id = String(schema['$id']);
      const validate = ajv.getSchema(id) ?? ajv.compile(schema);
      assert.ok(validate(example), `${collection.path} ${JSON.stringify(validate.errors)}`);
    }
  }
});

test('ingest: what is missing, null or unknown passes; what cannot be held does not', () => {
  const model = modelOf(tinyFolder);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: ingestFormats });
  const bok = ajv.compile(ingestSchema(model, entry(model.classes, 'bibliotek/utlan:Bok')));
  const person = ajv.compile(ingestSchema(model, entry(model.classes, 'felles:Person')));
  for (const good of [
    {},
    { ukjent: 1 },
    { navn: null, systemId: null, utgitt: null },
    { systemId: { verdi: 'A' }, sidetall: 3, pris: 12345, utsolgt: false, vekt: 0.5, utgitt: '2020-02-29' },
    { utgitt: '2020-02-29T00:00:00+01:00', _links: { katalog: [{ href: 'x' }, 'y'] } },
  ])
    assert.ok(bok(good), JSON.stringify(bok.errors));
  for (const bad of [
    null,
    [],
    'tekst',
    { navn: 1 },
    { systemId: 'A' },
    { systemId: { verdi: 1 } },
    { sidetall: 1.5 },
    { sidetall: '3' },
    { sidetall: 2 ** 31 },
    { pris: 2 ** 53 },
    { utsolgt: 'ja' },
    { utgitt: 1_582_934_400_000 },
    { utgitt: '2020-02-30' },
    { _links: [] },
  ])
    assert.equal(bok(bad), false, JSON.stringify(bad));
  assert.ok(person({ bosted: { linjer: ['a'], _links: { kommune: [] } } }));
  assert.ok(person({ bosted: null, navn: { etternavn: null } }));
  assert.equal(person({ bosted: { linjer: 'a' } }), false);
  assert.equal(person({ bosted: { linjer: [1] } }), false);
  assert.deepEqual(person.errors?.[0]?.instancePath, '/bosted/linjer/0');
});

test('every ingest schema compiles on its own', () => {
  const model = hubModel();
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: ingestFormats });
  for (const of of publishedClasses(model)) assert.equal(typeof ajv.compile(ingestSchema(model, of)), 'function');
});

test('the schemas of the tiny model, as a reader sees them', () => {
  const model = modelOf(tinyFolder);
  for (const key of ['bibliotek/utlan:Bok', 'felles:Person', 'felles:Adresse', 'felles:Katalogreferanse']) {
    const of = entry(model.classes, key);
    golden(`model/tiny/${of.segment}.schema.json`, `${JSON.stringify(publishedSchema(model, of), null, 2)}\n`);
  }
  golden(
    'model/tiny/person.ingest.json',
    `${JSON.stringify(ingestSchema(model, entry(model.classes, 'felles:Person')), null, 2)}\n`,
  );
});
