// What the model says about protected persons: the extension that brings the marking, the levels of its codes, and what is about whom over
// all collections; and that nothing which leads to a person can be forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModelFiles } from '#model/load.ts';
import { explainClass, showClass } from '#model/explain.ts';
import { publishedSchema } from '#model/json-schema.ts';
import { entry, examineOne, fintFolder, modelOf, tinyFolder } from './models.ts';

const fint = () => modelOf(fintFolder);
const about = (path: string): readonly string[] =>
  (fint().protection.about.get(path) ?? []).map(({ relation, required }) => `${relation}${required ? '!' : ''}`);

test('every copy of Person carries the marking, and its codes have levels', () => {
  const { markings } = fint().protection;
  const persons = [...fint().collections.keys()].filter((path) => path.endsWith('/person'));
  assert.deepEqual([...markings.keys()].sort(), persons.sort());
  assert.equal(persons.length, 7);
  for (const { attribute, levels } of markings.values()) {
    assert.equal(attribute, 'adressebeskyttelse');
    assert.deepEqual(
      [...levels],
      [
        ['ugradert', 0],
        ['klientadresse', 1],
        ['fortrolig', 2],
        ['strengtFortrolig', 3],
      ],
    );
  }
});

test('the marking is of an extension, and says so wherever the class is told', () => {
  const model = fint();
  const person = entry(model.classes, 'felles:Person');
  const added = entry(person.attributeByName, 'adressebeskyttelse');
  assert.deepEqual([added.extension, added.optional, added.sensitivity], ['beskyttelse', true, 'protected']);
  assert.ok(person.attributes.every((one) => one === added || one.extension === null));
  assert.ok(model.extensions.has('beskyttelse'));
  const report = explainClass(model, person);
  assert.equal(report.attributes.find((one) => one.jsonName === 'adressebeskyttelse')?.extension, 'beskyttelse');
  assert.match(showClass(report, 'nb'), /adressebeskyttelse .*fra utvidelsen beskyttelse/);
  const schema = publishedSchema(model, person) as { properties: Record<string, Record<string, unknown>> };
  assert.equal(schema.properties['adressebeskyttelse']?.['x-extension'], 'beskyttelse');
  assert.equal(schema.properties['navn']?.['x-extension'], undefined);
});

test('what is about a person leads there, with the relations that the model demands marked', () => {
  for (const [path, relations] of [
    ['utdanning/elev/elev', ['person!']],
    ['utdanning/elev/elevforhold', ['elev!']],
    ['utdanning/elev/elevtilrettelegging', ['elev!']],
    ['utdanning/elev/kontaktperson', ['kontaktperson']],
    ['utdanning/elev/persongruppemedlemskap', ['elevforhold']],
    ['utdanning/elev/varsel', ['faggruppemedlemskap!']],
    ['utdanning/elev/skoleressurs', ['person', 'personalressurs!']],
    ['utdanning/elev/undervisningsforhold', ['skoleressurs!', 'arbeidsforhold!']],
    ['utdanning/vurdering/fravarsregistrering', ['elevfravar!']],
    ['utdanning/larling/avlagtprove', ['larling!']],
    ['administrasjon/personal/fastlonn', ['arbeidsforhold!']],
    ['administrasjon/fullmakt/fullmakt', ['fullmektig', 'stedfortreder']],
    ['arkiv/personal/personalmappe', ['person!', 'personalressurs!']],
    ['okonomi/faktura/fakturagrunnlag', ['mottaker.person!']],
    ['ressurs/tilgang/identitet', ['personalressurs']],
    ['utdanning/elev/klasse', []],
    ['utdanning/elev/person', []],
  ] as const)
    assert.deepEqual(about(path), relations, path);
});

test('every class whose own attributes say something of persons is marked, about somebody, or known to lead to nobody', () => {
  const { markings, about: abouts } = fint().protection;
  const silent = [...fint().collections.values()]
    .filter(({ path }) => !markings.has(path) && !abouts.has(path))
    .filter(({ class: of }) => of.attributes.some(({ sensitivity }) => sensitivity !== 'open'))
    .map(({ path }) => path);
  // Places and firms have telephones; cases hold parties as text; remarks and mark changes have no way to their pupil.
  assert.deepEqual(silent.sort(), [
    'administrasjon/organisasjon/arbeidslokasjon',
    'administrasjon/organisasjon/organisasjonselement',
    'arkiv/kulturminnevern/dispensasjonautomatiskfredakulturminne',
    'arkiv/kulturminnevern/tilskuddfartoy',
    'arkiv/kulturminnevern/tilskuddfredabygningprivateie',
    'arkiv/noark/dokumentfil',
    'arkiv/noark/klassifikasjonssystem',
    'arkiv/noark/sak',
    'arkiv/samferdsel/soknaddrosjeloyve',
    'okonomi/regnskap/virksomhet',
    'utdanning/larling/virksomhet',
    'utdanning/utdanningsprogram/skole',
    'utdanning/vurdering/anmerkninger',
    'utdanning/vurdering/karakterhistorie',
  ]);
});

test('a class that is added and leads to persons stops the model until somebody says what it is', () => {
  const files = new Map(readModelFiles(fintFolder));
  const file = 'utdanning/elev.yaml';
  const added = `  Skoleskyss:
    kind: main
    nb: "Rett til skyss."
    en: "A right to transport."
    attributes:
      systemId: { type: felles/kompleksedatatyper:Identifikator, sensitivity: personal }
    relations:
      elevforhold:
        target: utdanning/elev:Elevforhold
        multiplicity: "1"
        source: true
        nb: "Eleven."
        en: "The pupil."
`;
  files.set(file, `${files.get(file)}${added}`);
  const forgotten = examineOne(files);
  assert.equal(forgotten.model, null);
  assert.deepEqual(
    forgotten.findings.map(({ rule, file: where }) => [rule, where]),
    [['protection-gap', 'protection.yaml']],
  );
  assert.match(forgotten.findings[0]?.message ?? '', /utdanning\/elev:Skoleskyss/);
  files.set(
    'protection.yaml',
    (files.get('protection.yaml') ?? '').replace('\nabout:', '\nabout:\n  utdanning/elev:Skoleskyss: [elevforhold]'),
  );
  const said = examineOne(files).model;
  assert.deepEqual(said?.protection.about.get('utdanning/elev/skoleskyss'), [
    { relation: 'elevforhold', required: true },
  ]);
});

test('a model without protection.yaml protects nobody and loads', () => {
  const files = new Map(readModelFiles(tinyFolder));
  files.delete('protection.yaml');
  const { model, findings } = examineOne(files);
  assert.deepEqual(findings, []);
  assert.equal(model?.protection.markings.size, 0);
  assert.equal(model?.protection.about.size, 0);
});
