// The loaded FINT model held against the facts file, member by member; and what loading promises: speed, a stable hash, frozenness.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadModel, readModelFiles } from '#model/load.ts';
import type { Attribute, Model, ModelClass, Relation } from '#model/model.ts';
import { entry, examineOne, fintFolder, modelOf, root, tinyFolder } from './models.ts';

type FactAttribute = {
  name: string;
  jsonName: string;
  type: string;
  primitive: boolean;
  optional: boolean;
  list: boolean;
  isIdentifier: boolean;
  writeable: boolean;
  deprecated: boolean;
};
type FactRelation = {
  name: string;
  jsonName: string;
  target: string;
  multiplicity: string;
  min: number;
  max: number | null;
  isSource: boolean;
  bidirectional: boolean;
  inverseName: string | null;
  deprecated: boolean;
};
type FactMember = { from: string; name: string };
type FactClass = {
  name: string;
  className: string;
  segment: string;
  package: string;
  kind: string;
  superclass: string | null;
  deprecated: boolean;
  common: boolean;
  path: string | null;
  identifiers: string[];
  writeable: boolean;
  writeableInherited: boolean;
  attributes: FactAttribute[];
  relations: FactRelation[];
  inherited: { attributes: FactMember[]; relations: FactMember[] };
};
type Facts = {
  version: string;
  counts: Record<string, unknown>;
  packages: { path: string; name: string[]; isComponent: boolean; served: string[]; classes: string[] }[];
  classes: FactClass[];
};

const factsFile = path.join(root, '..', 'shared', 'facts', 'fint-model.json');
const missing = existsSync(factsFile)
  ? false
  : 'SKIPPED: the facts folder is missing, so the model is NOT held against its source';
if (missing !== false) console.error(`\n!!! ${missing} !!!\n`);
const readFacts = (): Facts => JSON.parse(readFileSync(factsFile, 'utf8')) as Facts;

const factAttribute = (one: Attribute): FactAttribute => ({
  name: one.name,
  jsonName: one.jsonName,
  type: one.type.kind === 'primitive' ? one.type.primitive : one.type.class,
  primitive: one.type.kind === 'primitive',
  optional: one.optional,
  list: one.list,
  isIdentifier: one.identifier,
  writeable: one.writeable,
  deprecated: one.deprecated,
});

const factRelation = (one: Relation): FactRelation => ({
  name: one.name,
  jsonName: one.jsonName,
  target: one.target,
  multiplicity: one.multiplicity,
  min: one.min,
  max: one.max,
  isSource: one.source,
  bidirectional: one.inverse !== null,
  inverseName: one.inverse,
  deprecated: one.deprecated,
});

/** False for what an extension adds: the published model knows nothing of it. */
const isPublished = (member: Attribute | Relation): boolean => member.extension === null;

const factClass = (one: ModelClass): FactClass => {
  const inherited = (list: readonly (Attribute | Relation)[]): FactMember[] =>
    list
      .filter((member) => member.from !== one.key && isPublished(member))
      .map((member) => ({ from: member.from, name: member.jsonName }));
  return {
    name: one.name,
    className: one.className,
    segment: one.segment,
    package: one.package,
    kind: one.kind,
    superclass: one.superclass,
    deprecated: one.deprecated,
    common: one.common,
    path: one.kind === 'main' && !one.common ? `${one.package}/${one.segment}` : null,
    identifiers: one.attributes.filter((attribute) => attribute.identifier).map((attribute) => attribute.jsonName),
    writeable: one.writeable,
    writeableInherited: one.writeableInherited,
    attributes: one.ownAttributes.filter(isPublished).map(factAttribute),
    relations: one.ownRelations.filter(isPublished).map(factRelation),
    inherited: { attributes: inherited(one.attributes), relations: inherited(one.relations) },
  };
};

const byName = <T extends { name: string }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The order of members carries no meaning in the facts (12.2: alphabetical but for one class), so sets are compared. */
const unordered = (one: FactClass): FactClass => ({
  ...one,
  attributes: byName(one.attributes),
  relations: byName(one.relations),
  inherited: { attributes: byName(one.inherited.attributes), relations: byName(one.inherited.relations) },
});

test('every class, attribute and relation is as in the facts', { skip: missing }, () => {
  const model = modelOf(fintFolder);
  const facts = readFacts();
  assert.equal(`v${model.version}`, facts.version);
  assert.deepEqual([...model.classes.keys()], facts.classes.map((one) => `${one.package}:${one.className}`).sort());
  for (const fact of facts.classes)
    assert.deepEqual(
      unordered(factClass(entry(model.classes, `${fact.package}:${fact.className}`))),
      unordered(fact),
      `${fact.package}:${fact.className}`,
    );
});

test('every package and what it serves is as in the facts', { skip: missing }, () => {
  const model = modelOf(fintFolder);
  const facts = readFacts();
  assert.deepEqual(
    [...model.packages.values()].map((one) => ({
      path: one.path,
      name: one.name,
      isComponent: one.component,
      served: (model.components.get(one.path)?.collections ?? []).map((collection) => collection.segment),
      classes: one.classes.map((key) => key.split(':')[1]).sort(),
    })),
    facts.packages.map((one) => ({ ...one, classes: one.classes.toSorted() })),
  );
});

const tally = (list: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of list) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};

const countsOf = (model: Model): Record<string, unknown> => {
  const classes = [...model.classes.values()];
  const main = classes.filter((one) => one.kind === 'main');
  const own = classes.flatMap((one) => one.ownAttributes).filter(isPublished);
  const relations = classes.flatMap((one) => one.ownRelations);
  return {
    packages: model.packages.size,
    domains: model.domains.size,
    components: model.components.size,
    classes: classes.length,
    classesByKind: tally(classes.map((one) => one.kind)),
    commonMainClasses: main.filter((one) => one.common).length,
    ownAttributes: own.length,
    flattenedAttributes: classes.flatMap((one) => one.attributes).filter(isPublished).length,
    ownRelations: relations.length,
    flattenedRelations: classes.flatMap((one) => one.relations).length,
    bidirectionalOwnRelations: relations.filter((one) => one.inverse !== null).length,
    identifierAttributesOnMainClasses: main.flatMap((one) => one.attributes).filter((one) => one.identifier).length,
    ownIdentifierAttributes: own.filter((one) => one.identifier).length,
    writeableAttributes: own.filter((one) => one.writeable).length,
    writeableMainClasses: main.filter((one) => one.writeable).length,
    writeableMainClassesInclInherited: main.filter((one) => one.writeableInherited).length,
    deprecatedClasses: classes.filter((one) => one.deprecated).length,
    deprecatedAttributes: own.filter((one) => one.deprecated).length,
    deprecatedRelations: relations.filter((one) => one.deprecated).length,
    attributeTypes: tally(own.flatMap((one) => (one.type.kind === 'primitive' ? [one.type.primitive] : []))),
    relationMultiplicities: tally(relations.map((one) => one.multiplicity)),
  };
};

test('the counts are those of the facts', { skip: missing }, () => {
  assert.deepEqual(countsOf(modelOf(fintFolder)), readFacts().counts);
});

test('180 collections are served', () => {
  const model = modelOf(fintFolder);
  assert.equal(model.collections.size, 180);
  assert.equal([...model.components.values()].flatMap((one) => one.collections).length, 180);
  for (const collection of model.collections.values()) assert.ok(collection.identifiers.length > 0, collection.path);
});

test('the back-link rules are the 117 of FINT: 74 from to-one, 43 from to-many relations', () => {
  const rules = [...modelOf(fintFolder).collections.values()]
    .flatMap((one) => [...one.links.values()])
    .filter((one) => one.fintBackLink);
  assert.equal(rules.filter((one) => one.relation.max === 1).length, 74);
  assert.equal(rules.filter((one) => one.relation.max === null).length, 43);
});

test('an inverse always leads back to where the link began', () => {
  for (const model of [modelOf(fintFolder), modelOf(tinyFolder)])
    for (const collection of model.collections.values())
      for (const rule of collection.links.values()) {
        if (rule.inverse === null) continue;
        assert.ok(rule.target !== null);
        const back = entry(entry(model.collections, rule.target).links, rule.inverse);
        assert.equal(back.target, collection.path);
        assert.equal(back.inverse, rule.relation.jsonName);
      }
});

test('every link but those to references leads to a collection, nested ones too', () => {
  const model = modelOf(fintFolder);
  for (const collection of model.collections.values())
    for (const rule of [...collection.links.values(), ...collection.nestedLinks.values()]) {
      const reference = entry(model.classes, rule.relation.target).kind === 'reference';
      assert.equal(rule.target === null, reference, `${collection.path} ${rule.relation.jsonName}`);
      if (rule.target !== null) assert.ok(model.collections.has(rule.target), rule.target);
    }
});

test('common classes resolve into the component that links to them, else to the nearest one that serves them', () => {
  const { collections } = modelOf(fintFolder);
  const target = (at: string, relation: string): string | null => entry(entry(collections, at).links, relation).target;
  assert.equal(target('utdanning/elev/elev', 'person'), 'utdanning/elev/person');
  assert.equal(target('utdanning/larling/larling', 'bedrift'), 'utdanning/larling/virksomhet');
  assert.equal(target('administrasjon/personal/person', 'foreldre'), 'administrasjon/personal/person');
  assert.equal(target('administrasjon/personal/person', 'elev'), 'utdanning/elev/elev');
  const nested = entry(entry(collections, 'okonomi/faktura/fakturagrunnlag').nestedLinks, 'mottaker.person');
  assert.equal(nested.target, 'okonomi/regnskap/person');
  assert.deepEqual(nested.at, ['mottaker']);
});

test('links hang up to four levels down', () => {
  const { nestedLinks } = entry(modelOf(fintFolder).collections, 'arkiv/noark/sak');
  assert.ok(nestedLinks.has('journalpost.dokumentbeskrivelse.part.adresse.land'));
  assert.equal(
    entry(entry(modelOf(fintFolder).collections, 'utdanning/elev/elev').nestedLinks, 'hybeladresse.land').target,
    'felles/kodeverk/iso/landkode',
  );
});

test('indexes hold every identifier and what the file names, abstract classes included', () => {
  const { collections } = modelOf(fintFolder);
  assert.deepEqual(entry(collections, 'utdanning/kodeverk/termin').indexed, [
    'systemId/identifikatorverdi',
    'kode',
    'navn',
  ]);
  assert.ok(entry(collections, 'utdanning/elev/person').indexed.includes('navn/etternavn'));
});

test('no collection that says something about persons is unaffected by a scope', () => {
  for (const scope of modelOf(fintFolder).scopes.values()) {
    assert.deepEqual(scope.paths.get(scope.target), ['']);
    for (const covered of scope.unaffected)
      for (const attribute of entry(modelOf(fintFolder).collections, covered).class.attributes)
        assert.equal(attribute.sensitivity, 'open', `${scope.name} ${covered} ${attribute.jsonName}`);
  }
});

test('the model is frozen all the way down', () => {
  const model = modelOf(tinyFolder);
  const bok = entry(model.classes, 'bibliotek/utlan:Bok');
  assert.throws(() => Object.assign(bok, { name: 'x' }), TypeError);
  assert.throws(() => (bok.attributes as unknown[]).push(1), TypeError);
  assert.throws(() => (model.classes as Map<string, unknown>).set('x', 1), TypeError);
  assert.throws(() => (bok.attributeByName as Map<string, unknown>).clear(), TypeError);
  const scope = entry(model.scopes, 'filial');
  assert.throws(() => (scope.unaffected as Set<string>).add('x'), TypeError);
});

test('the hash follows the content of every file, and only that', () => {
  const files = readModelFiles(tinyFolder);
  const { hash } = modelOf(tinyFolder);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(examineOne(new Map(files)).model?.hash, hash);
  for (const [name, text] of files)
    assert.notEqual(examineOne(new Map([...files, [name, `${text}# x\n`]])).model?.hash, hash, name);
});

test('a folder that is not there is a problem, not a crash', () => {
  const result = loadModel(path.join(root, 'model', 'nowhere'));
  assert.equal(result.ok, false);
  assert.equal(result.ok ? '' : result.problem.code, 'HUB-200');
});

test('the real model loads in well under a second of CPU', () => {
  // 250 ms is the aim on a quiet machine; the bound leaves room for a loaded one. In a process of its own, in which nothing is left of what the
  // runner of the tests has parsed before; the second time, as everything here was loaded before.
  const script = `import { loadModel } from '#model/load.ts';
    const load = () => { if (!loadModel(${JSON.stringify(fintFolder)}).ok) throw new Error('it is unsound'); };
    load();
    const before = process.cpuUsage();
    load();
    const used = process.cpuUsage(before);
    console.log((used.user + used.system) / 1000);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
  });
  const ms = Number(stdout.trim() || Number.NaN);
  assert.ok(ms > 0 && ms < 750, `${ms} ms ${stderr}`);
});
