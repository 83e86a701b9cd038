// The events of a GraphQL API held against the model: what is sound is read, and every fault is found at its line.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import { readGraphqlEvents } from '#model/graphql-events.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { entry, modelOf, root } from './models.ts';

const folders = [...new Set([...bundledModel, join(root, 'model/fs')])];
const model = modelOf(...folders);
const texts = readGraphqlFiles(folders);
const file = 'fs/graphql/events.yaml';

/** What is found when the first place of a text is another. */
const findings = (from: string, to: string): readonly string[] => {
  const text = entry(texts, file);
  assert.ok(text.includes(from), from);
  const read = readGraphqlEvents(new Map([...texts, [file, text.replace(from, () => to)]]), model);
  assert.ok(!read.ok, 'nothing was found');
  return (read.problem.errors ?? []).map(({ at, message }) => `${at} ${message}`);
};

const lineOf = (text: string): number =>
  entry(texts, file).slice(0, entry(texts, file).indexOf(text)).split('\n').length;

test('a model without such data has no events', () => {
  const read = readGraphqlEvents(new Map(), model);
  assert.ok(read.ok && read.value === null);
});

test('families come as streams of the classes whose changes make their kinds', () => {
  const read = readGraphqlEvents(texts, model);
  assert.ok(read.ok && read.value !== null);
  const students = read.value.families.find(({ name }) => name === 'studenthendelser');
  assert.equal(students?.alias, 'hendelsestype');
  assert.deepEqual(
    students.sources.map(({ of, by, day }) =>
      [of.class.className, ...by, ...(day === null ? [] : [day.when, ...day.path.names])].join(' '),
    ),
    [
      'PersonProfil student',
      'StudentVedLarested',
      'Klassemedlemskap studentVedLarested',
      'ProgramStudierett student',
      'Semesterregistrering student',
      'ProgramStudierett student passed studierettperiode tilDato',
      'ProgramStudierett student reached studierettperiode fraDato',
      'Studentkort student passed gyldighetsperiode tilDato',
      'Studentkort student',
      'Vurderingsmelding student',
    ],
  );
});

const faults: readonly (readonly [from: string, to: string, message: string])[] = [
  ['changed: [bibliotek]', 'changed: [biblotek]', "did you mean 'bibliotek'?"],
  ['changed: [sprakvalg.periode', 'changed: [sprakvlg.periode', "no relation 'sprakvlg'"],
  ['of: Studentkort, by: student', 'of: Studntkort, by: student', "did you mean 'Studentkort'?"],
  ['of: Studentkort, by: student', 'of: Studentkort', 'does not lead to'],
  ['where: { erDod: true }', 'where: { erDd: true }', "no attribute 'erDd'"],
  ['where: { erDod: true }', 'where: { erDod: [true] }', 'takes a text, a number, true or false'],
  ['STUDENT_SLETTET: { removed: true', 'STUDENT_SLETTET: { removed: 1', 'takes true or false'],
  ['STUDENT_SLETTET: { removed: true, ', 'STUDENT_SLETTET: { ', 'nothing makes this kind'],
  ['STUDENTKORT_FORLENGET: { untold: before', 'STUDENTKORT_FORLENGET: { untold: for', "no reason is called 'for'"],
  ['passed: gyldighetsperiode/tilDato', 'passed: gyldighetsperiode/til', "no attribute 'til'"],
  ['passed: gyldighetsperiode/tilDato', 'passed: studentkortnummer', 'is no date'],
  [
    'passed: gyldighetsperiode/tilDato',
    'passed: gyldighetsperiode/tilDato, created: true',
    'takes one day, and no change',
  ],
  ['by: student, created: true', 'by: student, removed: true', 'leads to no'],
  ['contract: production', 'contract: firm', 'this takes'],
];

for (const [from, to, message] of faults) {
  test(`at its line: ${to}`, () => {
    const found = findings(from, to);
    const line = lineOf(from);
    assert.ok(
      found.some((one) => one.startsWith(`${file}:${line} `) && one.includes(message)),
      `${line}: ${found.join('\n')}`,
    );
  });
}

test('what is no YAML is said to be none', () => {
  assert.ok(findings('packages: fs', 'packages: [fs').length > 0);
});
