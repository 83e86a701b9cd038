// The mutations of a GraphQL API held against the model: what is sound is read, and every fault is found at its line.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import type { Mutations } from '#model/graphql-mutation.ts';
import { readGraphqlMutations } from '#model/graphql-mutations.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { entry, modelOf, root } from './models.ts';

const folders = [...new Set([...bundledModel, join(root, 'model/fs')])];
const model = modelOf(...folders);
const texts = readGraphqlFiles(folders);
const file = 'fs/graphql/mutations.yaml';

const sound = (): Mutations => {
  const read = readGraphqlMutations(texts, model);
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem, null, 1));
  assert.ok(read.value !== null);
  return read.value;
};

/** What is found when the first place of a text is another. */
const findings = (from: string, to: string): readonly string[] => {
  const text = entry(texts, file);
  assert.ok(text.includes(from), from);
  const read = readGraphqlMutations(new Map([...texts, [file, text.replace(from, () => to)]]), model);
  assert.ok(!read.ok, 'nothing was found');
  return (read.problem.errors ?? []).map(({ at, message }) => `${at} ${message}`);
};

const lineOf = (text: string): number =>
  entry(texts, file).slice(0, entry(texts, file).indexOf(text)).split('\n').length;

test('a model without such data has no mutations', () => {
  const read = readGraphqlMutations(new Map(), model);
  assert.ok(read.ok && read.value === null);
});

test('mutations of the original are there, under the contracts that they have there', () => {
  const contracts = new Map(sound().mutations.map(({ name, contract }) => [name, contract ?? 'production']));
  const named = (contract: string): readonly string[] =>
    [...contracts].filter(([, one]) => one === contract).map(([name]) => name);
  assert.deepEqual(named('production'), [
    'opprettStudenter',
    'taOppStudenterTilStudieprogrammer',
    'fordelStudenterIKlasser',
    'angiCampusForProgramStudieretter',
    'aktiverFagpersoner',
    'deaktiverFagpersoner',
    'opprettFagpersonerGittFodselsnumre',
    'opprettFagpersonerGittPass',
    'angiBrukerinformasjonForPersonProfiler',
    'leggTilStatsborgerskap',
    'fjernStatsborgerskap',
    'angiStatsborgerskap',
  ]);
  assert.deepEqual(named('beta'), ['registrerEsiForStudenter']);
  assert.equal(named('experimental').length, 17);
});

test('every field of every input is described in both languages', () => {
  const check = (fields: Mutations['mutations'][number]['fields'], at: string): void => {
    for (const { name, describe, form } of fields) {
      assert.ok(describe.nb !== '' && describe.en !== '', `${at}.${name}`);
      if (form.kind === 'input') check(form.fields, `${at}.${name}`);
    }
  };
  for (const { name, fields } of sound().mutations) check(fields, name);
});

test('every declared error can be given, and every given one is declared', () => {
  const { errors, roles, checks, mutations } = sound();
  const given = new Set([
    ...Object.values(roles),
    ...[...checks.values()].map(({ error }) => error),
    ...mutations.flatMap(({ rules, parts }) => [
      ...rules.map(({ error }) => error),
      ...parts.flatMap(({ taken }) => (taken === null ? [] : [taken.error])),
    ]),
  ]);
  assert.deepEqual([...given].toSorted(), [...errors.keys()].toSorted());
});

test('faults are found where they stand', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'programStudierettId: { id: ProgramStudierett }',
      'programStudierettId: { id: ProgramStudieret }',
      /there is no class 'ProgramStudieret'; did you mean 'ProgramStudierett'\?/,
    ],
    [
      'same: [kullklasseId.kull, programStudierettId.kull]',
      'same: [kullklasseId.kul, programStudierettId.kull]',
      /Klasse has no 'kul'/,
    ],
    [
      'error: TerminenErSperret, at: undervisningsenhetId',
      'error: TerminenErSperet, at: undervisningsenhetId',
      /no error is called 'TerminenErSperet'; did you mean 'TerminenErSperret'\?/,
    ],
    ['at: undervisningsenhetId, nb: "Terminen', 'at: enhetId, nb: "Terminen', /the input has no 'enhetId'/],
    ['values: { erDod: true }', 'values: { erDød: true }', /PersonProfil has no attribute 'erDød'/],
    [
      'links: { student: studentVedLarestedId }',
      'links: { studenten: studentVedLarestedId }',
      /Studentkort has no relation 'studenten'/,
    ],
    [
      'nyttFodselsnummer: { check: nationalId }',
      'nyttFodselsnummer: { check: national }',
      /no check is called 'national'/,
    ],
    ['by: europeanStudentId.esiId', 'by: europeanStudentId.esi', /EuropeanStudentIdentifier has no attribute 'esi'/],
    ['result: { kull: kull }', 'result: { kull: kullet }', /nothing is called 'kullet' here/],
    ['    contract: beta', '    contract: gamma', /this takes production, beta, experimental/],
    ['{ fraTermin: terminId }', '{ forsteTermin: terminId }', /Terminperiode has no relation 'forsteTermin' here/],
    ['  invalid: UgyldigInput', '  ugyldig: UgyldigInput', /unknown key 'ugyldig'/],
  ];
  for (const [from, to, message] of cases) {
    const found = findings(from, to);
    assert.match(found.join('\n'), message, from);
    assert.ok(
      found.some((one) => one.startsWith(`${file}:${lineOf(from)} `)),
      `${from}: ${found.join('; ')}`,
    );
  }
});

test('a part that does not exist, and a file that is none', () => {
  assert.match(findings('"part:person"', '"part:persn"').join('\n'), /no part is called 'persn'/);
  const read = readGraphqlMutations(new Map([[file, 'mutations: [']]), model);
  assert.ok(!read.ok);
  assert.match(read.problem.errors?.[0]?.message ?? '', /yaml-syntax/);
});
