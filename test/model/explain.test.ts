// The model in words, as the command line prints it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  explainClass,
  findClasses,
  listModel,
  nearestClass,
  showClass,
  showFindings,
  showList,
} from '#model/explain.ts';
import { golden } from '../golden.ts';
import { entry, fintFolder, modelOf, tinyFolder } from './models.ts';

test('the tiny model in words', () => {
  const model = modelOf(tinyFolder);
  golden('model/tiny/list.nb.txt', showList(listModel(model), 'nb'));
  for (const key of ['felles:Person', 'bibliotek/utlan:Bok', 'felles:Navngitt']) {
    const of = entry(model.classes, key);
    golden(`model/tiny/${of.segment}.en.txt`, showClass(explainClass(model, of), 'en'));
    golden(`model/tiny/${of.segment}.nb.txt`, showClass(explainClass(model, of), 'nb'));
  }
  golden(
    'model/tiny/person.json',
    `${JSON.stringify(explainClass(model, entry(model.classes, 'felles:Person')), null, 2)}\n`,
  );
});

test('classes are found by key, path, package and name, without regard to case', () => {
  const model = modelOf(fintFolder);
  const keys = (text: string): readonly string[] => findClasses(model, text).map((one) => one.key);
  assert.deepEqual(keys('utdanning/elev:Elev'), ['utdanning/elev:Elev']);
  assert.deepEqual(keys('utdanning/elev/PERSON'), ['felles:Person']);
  assert.deepEqual(keys('felles/kodeverk/iso/landkode'), ['felles/kodeverk/iso:Landkode']);
  assert.deepEqual(keys('SKOLEÅR'), ['utdanning/kodeverk:Skolear']);
  assert.deepEqual(keys('klasse'), ['arkiv/noark:Klasse', 'utdanning/elev:Klasse']);
  assert.deepEqual(keys('nei'), []);
  assert.equal(nearestClass(model, 'elevforhol'), 'Elevforhold');
  assert.equal(nearestClass(model, 'utdanning/elev/elevforhol'), 'utdanning/elev/elevforhold');
});

test('a list can be narrowed to a domain or package', () => {
  const model = modelOf(fintFolder);
  assert.deepEqual(
    listModel(model, 'felles/kodeverk').map((one) => one.path),
    ['felles/kodeverk', 'felles/kodeverk/iso'],
  );
  assert.equal(listModel(model).length, 32);
});

test('findings in words', () => {
  assert.equal(showFindings([], 'nb'), 'Modellen er i orden.\n');
  assert.equal(
    showFindings([{ file: 'a.yaml', line: 3, rule: 'name', message: 'x' }], 'en'),
    'a.yaml:3 name: x\n1 finding(s).\n',
  );
});
