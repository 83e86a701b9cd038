// A mapping read against the model: what is refused at start, what is rendered, described and told of as changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { changedNames } from '#apis/flyt-skole/changed-names.ts';
import { schemasOf } from '#mappings/mapping-schema.ts';
import type { Fields, Mapping, RowTest } from '#mappings/mapping.ts';
import { documentForm } from '#apis/flyt-skole/reads/answers.ts';
import { projectionOf } from '#mappings/project.ts';
import { readMapping } from '#mappings/read-mapping.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { HubError } from '#base/errors.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import { hubModel } from '../../model/models.ts';

const words = { nb: 'Noe.', en: 'Something.' };
const inForce: RowTest = {
  looksAt: ['gyldighetsperiode'],
  holds: (values) => values['gyldighetsperiode'] !== 'over',
};

const fields: Fields = {
  number: { kind: 'value', from: 'elevnummer.identifikatorverdi', describe: words, writable: true },
  familyName: { kind: 'value', from: 'person.navn.etternavn', describe: words, writable: true },
  schoolIds: { kind: 'values', from: 'elevforhold.skole.@id', on: { elevforhold: inForce }, describe: words },
  school: {
    kind: 'object',
    from: 'elevforhold.skole',
    on: { elevforhold: inForce },
    describe: words,
    fields: {
      id: { kind: 'value', from: '@id', describe: words },
      name: { kind: 'value', from: 'navn', describe: words },
    },
  },
  enrolments: {
    kind: 'objects',
    from: 'elevforhold',
    test: inForce,
    include: 'enrolments',
    describe: words,
    fields: {
      id: { kind: 'value', from: '@id', describe: words },
      main: { kind: 'value', from: 'hovedskole', describe: words },
      school: { kind: 'value', from: 'skole.navn', describe: words },
    },
  },
};

const mapping = (over: Partial<Mapping> = {}): Mapping => ({
  name: 'try',
  schema: 'Try',
  collection: 'utdanning/elev/elev',
  describe: words,
  fields,
  ...over,
});

const now = { today: '2026-11-02' };
const everything = { fields: null, includes: new Set(['enrolments']), now };
const noFacts = { name: 'none', needs: [], of: () => null };

const node = (
  uid: number,
  values: Readonly<Record<string, unknown>>,
  parts: Readonly<Record<string, readonly DocumentNode[]>> = {},
): DocumentNode => ({
  uid,
  id: `id${uid}`,
  collection: 'x/y/z',
  level: 0,
  values,
  parts,
  hides: () => false,
});

const school = node(7, { navn: 'Ås "skole"' });
const pupil = node(
  1,
  { elevnummer: { identifikatorverdi: '42' } },
  {
    person: [node(2, { navn: { fornavn: 'Kari', etternavn: 'Nordmann' } })],
    elevforhold: [
      node(3, { gyldighetsperiode: 'over' }, { skole: [node(8, { navn: 'Gamle' })] }),
      node(4, { hovedskole: true }, { skole: [school] }),
      node(5, {}, { skole: [school] }),
    ],
  },
);

const render = (root: DocumentNode, choice = everything): unknown =>
  JSON.parse(projectionOf(readMapping(mapping(), hubModel()), choice, noFacts, documentForm).render(root));

void test('a document holds the id and the fields in the order of the mapping, tests on the way included', () => {
  const text = projectionOf(readMapping(mapping(), hubModel()), everything, noFacts, documentForm).render(pupil);
  assert.equal(
    text,
    JSON.stringify({
      id: 'id1',
      number: '42',
      familyName: 'Nordmann',
      schoolIds: ['id7'],
      school: { id: 'id7', name: 'Ås "skole"' },
      enrolments: [
        { id: 'id4', main: true, school: 'Ås "skole"' },
        { id: 'id5', school: 'Ås "skole"' },
      ],
    }),
  );
});

void test('what the caller may not see is absent, what leads nowhere is an empty list', () => {
  assert.deepEqual(render(node(1, {})), { id: 'id1' });
  assert.deepEqual(render(node(1, {}, { elevforhold: [], person: [] })), { id: 'id1', schoolIds: [], enrolments: [] });
  // The school of the enrolment may not be seen.
  assert.deepEqual(render(node(1, {}, { elevforhold: [node(4, {})] })), { id: 'id1', enrolments: [{ id: 'id4' }] });
});

void test('rendering some fields gives the part of the whole that has them, and reads no more than their places', () => {
  const reading = readMapping(mapping(), hubModel());
  const whole = render(pupil) as Readonly<Record<string, unknown>>;
  fc.assert(
    fc.property(fc.subarray([...reading.fieldNames]), (names) => {
      const projection = projectionOf(
        reading,
        { fields: new Set(names), includes: new Set(), now },
        noFacts,
        documentForm,
      );
      const part: unknown = JSON.parse(projection.render(pupil));
      const expected = Object.fromEntries(
        Object.entries(whole).filter(([name]) => name === 'id' || names.includes(name)),
      );
      assert.deepEqual(part, expected);
      const places = new Set(projection.only);
      assert.equal(places.has('person'), names.includes('familyName'));
      for (const place of places) assert.ok(reading.shape.all.some(({ at }) => at === place));
    }),
  );
});

void test('what has to be included is there only when it is asked for', () => {
  const without = render(pupil, { fields: null, includes: new Set<string>(), now }) as object;
  assert.ok(!('enrolments' in without));
  assert.deepEqual(readMapping(mapping(), hubModel()).includeNames, ['enrolments']);
});

void test('projections of different choices, days and facts have different names, and equal ones the same', () => {
  const reading = readMapping(mapping(), hubModel());
  const id = (names: readonly string[] | null, today = '2026-11-02', facts = 'none'): string =>
    projectionOf(
      reading,
      { fields: names && new Set(names), includes: new Set(), now: { today } },
      { ...noFacts, name: facts },
      documentForm,
    ).id;
  assert.equal(id(['number', 'school']), id(['school', 'number']));
  assert.equal(
    new Set([id(null), id([]), id(['number']), id(['number'], '2026-11-03'), id(['number'], undefined, 'f')]).size,
    5,
  );
});

void test('facts add the places that they look at', () => {
  const reading = readMapping(mapping(), hubModel(), ['elevforhold.klassemedlemskap']);
  const choice = { fields: new Set<string>(), includes: new Set<string>(), now };
  const facts = { name: 'f', needs: ['elevforhold.klassemedlemskap'], of: ({ uid }: DocumentNode) => uid };
  const projection = projectionOf(reading, choice, facts, documentForm);
  assert.deepEqual([...(projection.only ?? [])].toSorted(), ['', 'elevforhold', 'elevforhold.klassemedlemskap']);
  assert.equal(projection.facts(pupil), 1);
});

void test('changes are called by the fields whose paths go through them', () => {
  const reading = readMapping(mapping(), hubModel());
  const names = changedNames([reading]);
  const at = (place: string, ...changed: readonly string[]): readonly string[] => {
    const part = reading.shape.all.find((one) => one.at === place);
    assert.ok(part);
    return names(reading.shape, part, changed);
  };
  assert.deepEqual(at('', 'elevnummer'), ['number']);
  assert.deepEqual(at('', 'brukernavn'), []);
  assert.deepEqual(at('', 'elevforhold'), ['enrolments', 'school', 'schoolIds']);
  assert.deepEqual(at('person', 'navn'), ['familyName']);
  assert.deepEqual(at('person', 'fodselsdato', 'bilde'), []);
  assert.deepEqual(at('elevforhold', 'gyldighetsperiode'), ['enrolments', 'school', 'schoolIds']);
  assert.deepEqual(at('elevforhold', 'hovedskole'), ['enrolments']);
  assert.deepEqual(at('elevforhold.skole', 'navn'), ['enrolments', 'school']);
});

void test('the schema has every field with its description, objects under names of their own', () => {
  const schemas = schemasOf([readMapping(mapping(), hubModel())]);
  assert.deepEqual(Object.keys(schemas), ['Try', 'TryEnrolments', 'TrySchool']);
  const { properties, required } = schemas['Try'] as { properties: Record<string, unknown>; required: unknown };
  assert.deepEqual(required, ['id']);
  assert.deepEqual(properties['number'], {
    description: 'Something.',
    'x-nb': 'Noe.',
    type: 'string',
    'x-data-class': 'open',
    'x-writable': true,
  });
  assert.deepEqual(Object.keys(properties), ['id', 'number', 'familyName', 'schoolIds', 'school', 'enrolments']);
});

void test('a type or a field that is offered otherwise than the API says so by the word that the gate of the catalogue knows', () => {
  const whole = schemasOf([readMapping(mapping(), hubModel())]);
  assert.ok(!JSON.stringify(whole).includes(partMark));
  const usual = mapping().fields;
  const { number } = usual;
  assert.ok(number !== undefined);
  const marked = schemasOf([
    readMapping(
      mapping({ contract: 'beta', fields: { ...usual, number: { ...number, contract: 'experimental' } } }),
      hubModel(),
    ),
  ]);
  assert.equal(marked['Try']?.[partMark], 'beta');
  const { properties } = marked['Try'] as { properties: Record<string, Record<string, unknown>> };
  assert.equal(properties['number']?.[partMark], 'experimental');
  assert.equal(properties['familyName']?.[partMark], undefined);
  assert.equal(partMark, 'x-bindeledd-status');
});

const refused = (field: Fields[string], message: RegExp): void => {
  assert.throws(
    () => readMapping(mapping({ fields: { broken: field } }), hubModel()),
    (error: unknown) =>
      error instanceof HubError && message.test(error.problem.detail) && /broken/.test(error.problem.detail),
    message.source,
  );
};

void test('a path that the model does not bear out stops the start, and says where it is', () => {
  const describe = words;
  refused({ kind: 'value', from: 'person.navnet', describe }, /no attribute or relation navnet/);
  refused({ kind: 'value', from: 'person.navn.kallenavn', describe }, /no attribute kallenavn/);
  refused({ kind: 'value', from: 'person.navn', describe }, /no plain value/);
  refused({ kind: 'value', from: 'person', describe }, /ends at a resource/);
  refused({ kind: 'value', from: '@navn', describe }, /not known/);
  refused({ kind: 'value', from: '@self', describe }, /needs a converter/);
  refused({ kind: 'objects', from: 'elevnummer', describe, fields: {} }, /relations only/);
  refused({ kind: 'object', from: 'elevforhold.skolen', describe, fields: {} }, /skolen/);
  refused({ kind: 'values', from: 'elevforhold.@id', test: { ...inForce, looksAt: ['slutt'] }, describe }, /slutt/);
  refused({ kind: 'values', from: 'elevforhold.@id', on: { person: inForce }, describe }, /does not pass/);
  assert.throws(() => readMapping(mapping({ collection: 'a/b/c' }), hubModel()), HubError);
  assert.throws(() => readMapping(mapping(), hubModel(), ['person.navn']), HubError);
});
