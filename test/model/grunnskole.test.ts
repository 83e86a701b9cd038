// What the model of primary schools adds to the published one: every class of it has texts, is judged for protection and for scopes; it changes
// nothing of the published model but by optional members that say whose they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkModel } from '#model/load.ts';
import type { Collection } from '#model/model.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { entry, fintFolder, hubModel, modelOf } from './models.ts';

const model = hubModel();
const ours = (path: string): boolean => path.startsWith('grunnskole/');
const own: readonly Collection[] = [...model.collections.values()].filter(({ path }) => ours(path));
const targetOf = (at: string, relation: string): string | null =>
  entry(entry(model.collections, at).links, relation).target;

test('the bundled folders are sound together, and there is something in them', () => {
  assert.deepEqual(checkModel(...bundledModel), { ok: true, value: [] });
  assert.deepEqual([...model.parts.keys()], ['FINT', 'Grunnskole', 'FS', 'Høyere utdanning']);
  assert.deepEqual([model.name, model.version], ['FINT', '4.1.0']);
  assert.equal(own.length, 23);
});

test('the published model is what it is alone, but for optional members that name their extension', () => {
  const fint = modelOf(fintFolder);
  for (const [key, of] of fint.classes) {
    const now = entry(model.classes, key);
    const [attributes, relations] = [
      now.attributes.filter(({ extension }) => extension === null || fint.extensions.has(extension)),
      now.relations.filter(({ extension }) => extension === null),
    ];
    assert.deepEqual({ ...now, attributes, relations }.attributes, of.attributes, key);
    assert.deepEqual(relations, of.relations, key);
    assert.deepEqual([now.writeable, now.writeableInherited, now.kind], [of.writeable, of.writeableInherited, of.kind]);
    for (const attribute of now.attributes) assert.ok(attribute.extension === null || attribute.optional, key);
    for (const relation of now.relations) assert.ok(relation.extension === null || relation.min === 0, key);
  }
  for (const path of fint.collections.keys()) assert.ok(model.collections.has(path), path);
  const higher = ['fs/', 'hoyereutdanning/'];
  const others = [...model.collections.keys()].filter(
    (path) => !fint.collections.has(path) && !higher.some((prefix) => path.startsWith(prefix)),
  );
  assert.deepEqual(
    others.filter((path) => !ours(path)),
    [],
    'a collection of the published domains has come',
  );
});

test('everything is described: classes, relations, and attributes that do not explain themselves', () => {
  const plain = new Set(['navn', 'systemId']);
  for (const of of model.classes.values()) {
    const added = [...of.ownAttributes, ...of.ownRelations].filter(({ extension }) => extension !== null);
    const members = ours(of.package) ? [...of.ownAttributes, ...of.ownRelations] : added;
    for (const { jsonName, description } of members)
      assert.ok(plain.has(jsonName) || description !== null, `${of.key}.${jsonName}`);
    if (ours(of.package) && of.kind === 'main')
      assert.ok(entry(of.attributeByName, 'systemId').identifier, `${of.key} has no systemId`);
  }
});

test('every class is about somebody, or somebody has said why not, or it leads to nobody', () => {
  const { about, markings } = model.protection;
  const relations = (path: string): readonly string[] =>
    (about.get(path) ?? []).map(({ relation, required }) => `${relation}${required ? '!' : ''}`);
  for (const [path, names] of [
    ['grunnskole/foresatt/foresattforhold', ['barn!', 'foresatt!']],
    ['grunnskole/gruppe/skolegruppemedlemskap', ['elevforhold', 'foresattforhold', 'skoleressurs']],
    ['grunnskole/gruppe/sprakgruppemedlemskap', ['elevforhold!']],
    ['grunnskole/sfo/sfogruppemedlemskap', ['sfoplass!']],
    ['grunnskole/sfo/sfoplass', ['elevforhold!']],
    ['grunnskole/stilling/skolestilling', ['skoleressurs!']],
    ['grunnskole/tilgang/tilgangsgruppemedlemskap', ['personalressurs!']],
  ] as const)
    assert.deepEqual(relations(path), names, path);
  const silent = own
    .filter(({ path }) => !markings.has(path) && !about.has(path))
    .filter(({ class: of }) => of.attributes.some(({ sensitivity }) => sensitivity !== 'open'));
  // Groups have notes, owners have telephones.
  assert.deepEqual(
    silent.map(({ path }) => path),
    ['grunnskole/gruppe/skolegruppe', 'grunnskole/kommune/skoleeier', 'grunnskole/sfo/sfogruppe'],
  );
});

test('a membership that tells of origin is special as a whole', () => {
  const { attributes } = entry(model.classes, 'grunnskole/gruppe:Sprakgruppemedlemskap');
  assert.deepEqual(new Set(attributes.map(({ sensitivity }) => sensitivity)), new Set(['special']));
});

test('a grant for one school reaches every class, or shows it whole', () => {
  const { paths, unaffected } = entry(model.scopes, 'skole');
  for (const { path } of own) assert.ok(paths.has(path) !== unaffected.has(path), path);
  assert.deepEqual(
    own.filter(({ path }) => unaffected.has(path) && !path.startsWith('grunnskole/kodeverk/')).map(({ path }) => path),
    ['grunnskole/tilgang/tilgangsgruppe'],
  );
  // Who has access to the whole municipality is nothing of one school.
  assert.deepEqual(paths.get('grunnskole/tilgang/tilgangsgruppemedlemskap'), ['skole']);
  assert.deepEqual(paths.get('utdanning/elev/person')?.at(-1), 'foresattFor.barn.elev.elevforhold.skole');
});

test('guardians and children are the persons of the pupils, not copies of their own', () => {
  for (const relation of ['barn', 'foresatt'])
    assert.equal(targetOf('grunnskole/foresatt/foresattforhold', relation), 'utdanning/elev/person');
  const { links } = entry(model.collections, 'utdanning/elev/person');
  assert.equal(entry(links, 'foresattFor').inverse, 'foresatt');
  assert.equal(entry(links, 'foresattforhold').inverse, 'barn');
});

test('a lesson can be asked for by its week', () => {
  assert.ok(entry(model.collections, 'utdanning/timeplan/time').indexed.includes('uke'));
});
