// What is found in files that say what goes, and when, in a way that cannot be. When it may go at the earliest is the catalogue's.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { readGraphqlRoots } from '#model/graphql-roots.ts';
import { entry, modelOf, root } from './models.ts';

const folders = [...new Set([...bundledModel, join(root, 'model/fs')])];
const texts = readGraphqlFiles(folders);
const model = modelOf(...folders);

const found = (file: string, from: string, to: string): readonly string[] => {
  const name = `fs/graphql/${file}.yaml`;
  const changed = entry(texts, name).replace(from, to);
  assert.notEqual(changed, entry(texts, name));
  const read = readGraphqlRoots(new Map([...texts, [name, changed]]), model);
  assert.ok(!read.ok, 'nothing was found');
  return (read.problem.errors ?? []).map(({ message }) => message);
};

test('a removal before its announcement, an announcement that is missing and a day that is none are found', () => {
  const line = 'instead: emnerV2, announced: 2026-11-22, until: 2028-03-31';
  assert.match(
    found('roots', line, line.replace('2028', '2026')).join(),
    /what was announced on 2026-11-22 goes no sooner/,
  );
  assert.match(found('roots', line, 'instead: emnerV2, until: 2028-03-31').join(), /a day on which it was announced/);
  assert.match(found('roots', line, line.replace('2026-11-22', '2026-13-22')).join(), /takes a day, such as/);
  assert.match(found('contracts', 'since: 2026-11-22', 'since: yesterday').join(), /takes a day, such as/);
  assert.match(found('contracts', 'parts: {}', 'part: {}').join(), /unknown key 'part'/);
});

test('names that a class has already, members that it does not have, and two names that are one are found', () => {
  const names = 'Kodeverdi: { navn: navnAlleSprak, felleskode: erFelleskode }';
  assert.match(found('roots', names, 'Kodeverdi: { navn: erAktiv }').join(), /has a member 'erAktiv' already/);
  assert.match(
    found('roots', names, 'Kodeverdi: { nam: navnAlleSprak }').join(),
    /no member 'nam'; did you mean 'navn'/,
  );
  assert.match(found('roots', '{ kull: kullV2 }', '{ kode: kullV2 }').join(), /has a member 'kode' already/);
  assert.match(found('roots', 'locals: [Adresse', 'locals: [Emne').join(), /Emne is no complex class/);
  assert.match(found('roots', 'terms: {', 'termer: {').join(), /unknown key 'termer'/);
  assert.match(
    found('filters', 'from: Emne.studieansvarligOrganisasjonsenhet', 'from: Emne.studieniva').join(),
    /nothing leads to Organisasjonsenhet by 'Emne.studieniva'/,
  );
  assert.match(found('filters', ', words: [AKTIV, IKKE_AKTIV] }', ' }').join(), /takes two words/);
});
