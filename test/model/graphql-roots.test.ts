// The data of a GraphQL API held against the model: what is sound gives roots, and every fault is found at its line.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { readGraphqlRoots, type GraphqlRoots } from '#model/graphql-roots.ts';
import { entry, modelOf, root } from './models.ts';

const folders = [...new Set([...bundledModel, join(root, 'model/fs')])];
const model = modelOf(...folders);
const texts = readGraphqlFiles(folders);
const [rootsFile, filtersFile] = ['fs/graphql/roots.yaml', 'fs/graphql/filters.yaml'];

const sound = (): GraphqlRoots => {
  const read = readGraphqlRoots(texts, model);
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem, null, 1));
  assert.ok(read.value !== null);
  return read.value;
};

/** What is found when a part of a file is another. */
const findings = (file: string, from: string | RegExp, to: string): readonly string[] => {
  const text = entry(texts, file);
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  const read = readGraphqlRoots(new Map([...texts, [file, changed]]), model);
  assert.ok(!read.ok, 'nothing was found');
  return (read.problem.errors ?? []).map(({ at, message }) => `${at} ${message}`);
};

const lineOf = (file: string, text: string): number =>
  entry(texts, file).slice(0, entry(texts, file).indexOf(text)).split('\n').length;

const oneFinding = (file: string, line: string, from: string | RegExp, to: string, message: RegExp): void => {
  const [found = '', ...more] = findings(file, from, to);
  assert.deepEqual(more, []);
  assert.match(found, message);
  assert.ok(found.startsWith(`${file}:${lineOf(file, line)} `), found);
};

test('a model without such data has no roots', () => {
  const read = readGraphqlRoots(new Map(), model);
  assert.ok(read.ok && read.value === null);
});

test('collections that the data do not name are there under derived names, as are look-ups by key', () => {
  const roots = sound();
  const named = (name: string) => roots.connections.find((one) => one.name === name);
  assert.equal(named('emnerV2')?.contract, null);
  assert.deepEqual(named('emner')?.deprecated, {
    instead: 'emnerV2',
    announced: '2026-11-22',
    until: '2028-03-31',
  });
  assert.equal(named('kull')?.contract, 'beta');
  for (const name of [
    'fagpersoner',
    'permisjoner',
    'emnevalgregler',
    'anbefalteForkunnskaper',
    'fsRoller',
    'fag',
    'emneSprakvalg',
  ])
    assert.equal(named(name)?.contract, 'experimental', name);
  assert.equal(named('personroller')?.collections.length, 9);
  const lookup = roots.lookups.find(({ name }) => name === 'undervisningsenheterGittLegacyIder');
  assert.deepEqual(lookup?.parts, [
    { name: 'institusjonsnummer', number: false },
    { name: 'emnekode', number: false },
    { name: 'emneversjonskode', number: false },
    { name: 'arstall', number: true },
    { name: 'terminkode', number: false },
    { name: 'terminnummer', number: true },
  ]);
});

test('a filter that is not written down holds ids, identifiers and what leads to one', () => {
  const made = sound().connections.find(({ name }) => name === 'klassemedlemskap');
  const names = made?.filter.map(({ name }) => name) ?? [];
  for (const name of ['ider', 'naturligeNokler', 'erAktiv', 'klasseIder', 'programStudierettIder'])
    assert.ok(names.includes(name), `${name} of ${names.join(' ')}`);
});

test('a class, a relation, an attribute and a collection that do not exist are found where they stand', () => {
  oneFinding(
    rootsFile,
    '  campuser: {',
    'campuser: { of: Campus',
    'campuser: { of: Campuss',
    /no class 'Campuss'; did you mean 'Campus'/,
  );
  oneFinding(
    filtersFile,
    '    campusIder: {',
    'campuser.campus, is: id',
    'campuser.camp, is: id',
    /EmneCampus has no relation 'camp'/,
  );
  oneFinding(
    filtersFile,
    '    emnekoder: {',
    'emnekoder: { is: kode }',
    'emnekoder: { is: kod }',
    /Emne has no attribute 'kod'; did you mean 'kode'/,
  );
  oneFinding(filtersFile, '  emner:', /^ {2}emner:$/m, '  emnerV7:', /no collection 'emnerV7' has this filter/);
  oneFinding(rootsFile, '  emner: {', 'instead: emnerV2', 'instead: emnerV9', /there is no 'emnerV9'/);
});

test('a key that is not known, a kind that is another and a form that is none are found', () => {
  oneFinding(
    rootsFile,
    '    order: kode',
    'order: kode\n    orderBy: { KODE',
    'ordre: kode\n    orderBy: { KODE',
    /unknown key 'ordre'; did you mean 'order'/,
  );
  oneFinding(
    rootsFile,
    '  campuser: {',
    'order: kode, contract: beta }',
    'order: kode, contract: gamma }',
    /takes production, beta, experimental/,
  );
  oneFinding(filtersFile, '    inkluderAvdode: {', 'unless: erDod }', 'unless: navn }', /holds several values/);
  oneFinding(filtersFile, '    harStudierettMedMerknad', ', holds: {} }', ' }', /takes one of is, contains/);
  oneFinding(
    filtersFile,
    '    emnenavnContains',
    'contains: navnAlleSprak }',
    'contains: vekting }',
    /holds more than texts/,
  );
});

test('what is no YAML is found at its line', () => {
  const [found] = findings(rootsFile, 'packages: fs', 'packages: [fs');
  assert.match(found ?? '', /^fs\/graphql\/roots\.yaml:\d+ yaml-syntax/);
});

test('a name that stands twice is found', () => {
  oneFinding(rootsFile, '  kull: {', '  organisasjon: { of', '  kull: { of', /'kull' stands twice/);
});
