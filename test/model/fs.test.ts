// The model of study administration held against the facts file, member by member, with what is otherwise on purpose as a list; and what it
// promises: numbers that never change, nothing about a person without a way to him, checks of values that say what they must.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bundledModel } from '#app/bundled-model.ts';
import { readQualityFiles } from '#model/load.ts';
import type { Attribute, ModelClass, Relation } from '#model/model.ts';
import { readQualityRules } from '#model/quality-rules.ts';
import { createFound } from '#quality/findings.ts';
import { createValueChecker } from '#quality/value-checks.ts';
import { entry, hubModel, root } from './models.ts';

type FactAttribute = {
  name: string;
  type: string;
  optional: boolean;
  list: boolean;
  isIdentifier: boolean;
  contract?: string;
  enum?: string[];
};
type FactRelation = {
  name: string;
  target: string;
  multiplicity: string;
  bidirectional: boolean;
  inverseName?: string;
  contract?: string;
};
type FactClass = {
  name: string;
  package: string;
  segment: string;
  kind: string;
  superclass: string | null;
  core: boolean;
  naturalKey: string[];
  aliases?: Record<string, string>;
  hendelsestyper?: string[];
  identifiers: string[];
  attributes: FactAttribute[];
  relations: FactRelation[];
};
type Facts = { packages: { path: string; served: string[]; classes: string[] }[]; classes: FactClass[] };

const factsFile = path.join(root, '..', 'shared', 'facts', 'fs-model.json');
const missing = existsSync(factsFile)
  ? false
  : 'NOT RUN: the facts file of the FS model is not beside the repository; the model is held against nothing';

const model = hubModel();
const ours = (of: { readonly package: string }): boolean => of.package.startsWith('fs/');
const own: readonly ModelClass[] = [...model.classes.values()].filter(ours);
const identifier = 'felles/kompleksedatatyper:Identifikator';
const marks: Readonly<Record<string, string>> = {
  produksjon: 'production',
  beta: 'beta',
  experimental: 'experimental',
};

const typeOf = ({ type }: Attribute): string => (type.kind === 'primitive' ? type.primitive : type.class);

const attributeOf = (one: Attribute): unknown => ({
  name: one.name,
  type: typeOf(one),
  optional: one.optional,
  list: one.list,
  contract: one.contract,
  values: one.values,
});

const relationOf = (one: Relation): unknown => ({
  name: one.name,
  target: one.target,
  multiplicity: one.multiplicity,
  contract: one.contract,
  inverse: one.inverse,
});

/** Relations of the facts in one direction to which the model adds the way back: `class.relation`, and what the other end is called. */
const waysBack: ReadonlyMap<string, string> = new Map(
  own.flatMap((of) =>
    of.ownRelations.flatMap((one): (readonly [string, string])[] =>
      one.extension === null ? [] : [[`${one.target}.${one.inverse ?? ''}`, one.jsonName]],
    ),
  ),
);

// What is otherwise than in the facts, on purpose:
// - identifiers are of the class that all identifiers of a hub are of, not texts;
// - code tables and registers are main classes (`register`), since "reference" means something else in the published model;
// - `waysBack`, and the marking of persons.
test('every class, attribute and relation is what the facts say', { skip: missing }, () => {
  const facts = JSON.parse(readFileSync(factsFile, 'utf8')) as Facts;
  assert.equal(facts.classes.length, 193);
  assert.deepEqual(
    own.map(({ key }) => key).sort(),
    facts.classes.map((one) => `${one.package}:${one.name}`).sort(),
    'classes',
  );
  const classKeys = new Set(facts.classes.map((one) => `${one.package}:${one.name}`));
  for (const fact of facts.classes) {
    const key = `${fact.package}:${fact.name}`;
    const of = entry(model.classes, key);
    assert.equal(of.kind, fact.kind === 'reference' ? 'main' : fact.kind, key);
    assert.equal(of.register, fact.kind === 'reference', key);
    assert.equal(of.core, fact.core, key);
    assert.equal(of.superclass, fact.superclass, key);
    assert.deepEqual(of.naturalKey, fact.naturalKey, key);
    assert.deepEqual(Object.fromEntries(of.aliases), fact.aliases ?? {}, key);
    assert.deepEqual(of.events, (fact.hendelsestyper ?? []).toSorted(), key);
    // Segments are told of every class there; they show of those that are served.
    if (of.kind === 'main') assert.equal(of.segment, fact.segment, key);
    assert.deepEqual(
      of.ownAttributes.filter(({ extension }) => extension === null).map(attributeOf),
      fact.attributes.map((one) => ({
        name: one.name,
        type: one.isIdentifier ? identifier : one.type,
        optional: one.optional,
        list: one.list,
        contract: one.contract === undefined ? null : marks[one.contract],
        values: one.enum ?? null,
      })),
      key,
    );
    assert.deepEqual(
      of.ownAttributes.filter((one) => one.identifier).map(({ name }) => name),
      fact.identifiers,
      key,
    );
    assert.deepEqual(
      of.ownRelations.filter(({ extension }) => extension === null).map(relationOf),
      fact.relations.map((one) => ({
        name: one.name,
        target: one.target,
        multiplicity: one.multiplicity,
        contract: one.contract === undefined ? null : marks[one.contract],
        inverse: one.bidirectional ? one.inverseName : (waysBack.get(`${key}.${one.name}`) ?? null),
      })),
      key,
    );
    for (const one of fact.relations) assert.ok(classKeys.has(one.target), `${key}.${one.name}`);
  }
  const members = (kind: 'attributes' | 'relations'): number =>
    facts.classes.reduce((count, one) => count + one[kind].length, 0);
  assert.deepEqual([members('attributes'), members('relations')], [946, 475]);
});

test('what is served where is what the facts say', { skip: missing }, () => {
  const facts = JSON.parse(readFileSync(factsFile, 'utf8')) as Facts;
  for (const one of facts.packages)
    assert.deepEqual(
      entry(model.components, one.path)
        .collections.map(({ segment }) => segment)
        .sort(),
      one.served.toSorted(),
      one.path,
    );
  assert.equal([...model.collections.keys()].filter((each) => each.startsWith('fs/')).length, 145);
});

test('of every association one end is the source, and only one', () => {
  for (const of of own)
    for (const one of of.ownRelations) {
      if (one.inverse === null) {
        assert.ok(one.source, `${of.key}.${one.name} is the only end`);
        continue;
      }
      const back = entry(entry(model.classes, one.target).relationByName, one.inverse);
      assert.notEqual(one.source, back.source, `${of.key}.${one.name}`);
      if (one.max === 1 && back.max === null) assert.ok(one.source, `${of.key}.${one.name}`);
    }
});

// Ids that clients have kept are made of these numbers. A class that is added gets the next one; this list grows at its end and changes nowhere else.
test('numbers of classes never change', () => {
  const numbered = own.flatMap(({ key, number }) => (number === null ? [] : [[number, key] as const]));
  numbered.sort(([a], [b]) => a - b);
  assert.deepEqual(
    numbered.map(([number]) => number),
    numbered.map((_, at) => at + 1),
  );
  assert.equal(entry(model.classes, 'fs/studietilbud:Emne').number, 12);
  assert.ok(own.every(({ kind, number }) => (kind === 'main') === (number !== null)));
  const first = numbered.slice(0, 145).map(([number, key]) => `${number} ${key}`);
  assert.equal(
    createHash('sha256').update(first.join('\n')).digest('hex'),
    '75cd1850415f25fbde192d22b4b9d2be856558a4a1f263082ff059e07456c604',
  );
});

test('everything is described in both languages, and no two members of a class alike', () => {
  for (const of of own) {
    const told = [...of.ownAttributes, ...of.ownRelations].map(({ jsonName, description }) => {
      assert.ok(description !== null, `${of.key}.${jsonName}`);
      assert.notEqual(description.nb, description.en, `${of.key}.${jsonName}`);
      assert.match(description.nb, /\S.*\.$/, `${of.key}.${jsonName}`);
      assert.match(description.en, /\S.*\.$/, `${of.key}.${jsonName}`);
      return description.nb;
    });
    assert.equal(new Set(told).size, told.length, of.key);
  }
});

const { about, markings, somebody } = model.protection;
const collections = [...model.collections.values()].filter(({ class: of }) => ours(of));

const pathOf = (key: string): string =>
  [...model.collections.values()].find((one) => one.class.key === key)?.path ?? '';

test('whatever is about a person leads to one, by some relation of it, and what leads to nobody counts as protected', () => {
  assert.deepEqual(
    [...markings.keys()].filter((one) => one.startsWith('fs/')),
    ['fs/person/personprofil'],
  );
  const leadsToPerson = (at: string): boolean =>
    at === 'fs/person/personprofil' ||
    (about.get(at) ?? []).some(({ relation }) => {
      const target = entry(model.collections, at).links.get(relation)?.target ?? null;
      return target !== null && leadsToPerson(target);
    });
  const named = collections.filter(({ path: at }) => about.has(at));
  assert.equal(named.length, 56);
  for (const { path: at } of named) assert.ok(leadsToPerson(at) && somebody.has(at), at);
  // Everything else with a value that is not open, and why it may be.
  const others = collections.filter(
    ({ path: at, class: of }) =>
      !about.has(at) && !markings.has(at) && of.attributes.some(({ sensitivity }) => sensitivity !== 'open'),
  );
  assert.deepEqual(
    others.map(({ path: at }) => at),
    [
      // What every event has, also those about a course or a programme.
      'fs/hendelse/emnehendelse',
      'fs/hendelse/studieprogramhendelse',
      // Who can be written to about an application, and who has let it in.
      'fs/tilgang/applikasjon',
      'fs/tilgang/tilgang',
      // Counts and averages: of few candidates they tell of each.
      'fs/vurdering/vurderingsenhet',
    ],
  );
});

test('what the facts reach from a person alone, and is not shared by many, is about that person', () => {
  const people = ['fs/person:PersonProfil', 'fs/person:StudentVedLarested'].map((key) => entry(model.classes, key));
  const shared = new Set([
    'fs/felles/sprak',
    'fs/organisasjon/bibliotek',
    'fs/organisasjon/organisasjon',
    'fs/studietilbud/studieniva',
  ]);
  for (const of of people)
    for (const { jsonName, target } of of.ownRelations) {
      const at = pathOf(target);
      assert.ok(shared.has(at) || about.has(at) || markings.has(at), `${of.key}.${jsonName} leads to ${at}`);
    }
});

test('adaptation is special as a whole: that it was asked for tells enough', () => {
  for (const key of [
    'fs/person:Studietilpasning',
    'fs/undervisning:Undervisningstilpasning',
    'fs/vurdering:Eksamenstilpasningssoknad',
  ])
    for (const { jsonName, sensitivity } of entry(model.classes, key).attributes)
      assert.equal(sensitivity, 'special', `${key}.${jsonName}`);
});

const isAboutPerson = (key: string): boolean => about.has(pathOf(key)) || markings.has(pathOf(key));

test('addresses and telephones of persons are protected where they are used, those of institutions are open', () => {
  let seen = 0;
  for (const of of own)
    for (const one of of.ownAttributes)
      if (['fs/felles:Adresse', 'fs/felles:Telefonnummer'].includes(typeOf(one))) {
        assert.equal(one.sensitivity, isAboutPerson(of.key) ? 'protected' : 'open', `${of.key}.${one.jsonName}`);
        seen += 1;
      }
  assert.ok(seen > 8);
});

test('no scope of rows of schools shows anything of higher education', () => {
  for (const [name, scope] of model.scopes)
    for (const { path: at } of collections)
      assert.ok(!scope.paths.has(at) && !scope.unaffected.has(at), `${name} reaches ${at}`);
});

const id = (value: string): object => ({ identifikatorverdi: value });
const text = (place: string): string => `text-form ${place}`;
const range = (place: string): string => `number-range ${place}`;

test('values are held to the rules that say more than their type, on both sides of each', () => {
  const rules = readQualityRules(readQualityFiles(bundledModel), model);
  assert.ok(rules.ok, JSON.stringify(rules));
  const allOf = (at: string, attributes: object): readonly string[] => {
    const found = createFound();
    createValueChecker(
      entry(model.collections, at),
      model,
      rules.value,
    )(JSON.stringify(attributes).slice(1, -1), found);
    return found.list().map(({ rule, place }) => `${rule} ${place}`);
  };
  const faults = (at: string, attributes: object): readonly string[] =>
    allOf(at, attributes).filter((fault) => !fault.startsWith('missing-attribute'));
  const cases: readonly (readonly [string, string, readonly object[], readonly object[]])[] = [
    [
      'fs/termin/terminbetegnelse',
      text('kode'),
      ['VÅR', 'HØST', 'SOM', 'VIT', 'VÅT', 'HØT'].map((kode) => ({ kode: id(kode) })),
      [{ kode: id('VAR') }],
    ],
    [
      'fs/termin/termin',
      range('arstall'),
      [{ arstall: 1900 }, { arstall: 2100 }],
      [{ arstall: 1899 }, { arstall: 2101 }, { arstall: 26 }],
    ],
    ['fs/undervisning/undervisningsenhet', range('terminnummer'), [{ terminnummer: 1 }, {}], [{ terminnummer: 0 }]],
    ['fs/undervisning/emnesoknad', range('terminnummer'), [{ terminnummer: 1 }], [{ terminnummer: -1 }]],
    ['fs/undervisning/emnestudierett', range('terminnummer'), [{ terminnummer: 12 }], [{ terminnummer: 0 }]],
    ['fs/studietilbud/emne', text('kode'), [{ kode: 'TST1000-ÆØÅ4' }], [{ kode: 'TST1000-ÆØÅ45' }]],
    ['fs/studietilbud/emne', text('versjonskode'), [{ versjonskode: '001' }], [{ versjonskode: '0001' }]],
    [
      'fs/studietilbud/emne',
      text('navnAlleSprak/nb'),
      [{ navnAlleSprak: { nb: 'ø'.repeat(120) } }],
      [{ navnAlleSprak: { nb: 'ø'.repeat(121) } }],
    ],
    [
      'fs/studietilbud/emne',
      text('vekting/verdi'),
      [{ vekting: { verdi: '7.5' } }, { vekting: { verdi: '0' } }],
      [{ vekting: { verdi: '-1' } }, { vekting: { verdi: '7.55' } }],
    ],
    [
      'fs/person/personprofil',
      text('feideBruker'),
      [{ feideBruker: id('kari.o@sikthoyskolen.test') }],
      [{ feideBruker: id('Kari@x.test') }, { feideBruker: id('kari') }],
    ],
    [
      'fs/person/personprofil',
      text('fodselsnummer'),
      [{ fodselsnummer: id('10881050019') }],
      [{ fodselsnummer: id('1088105001') }],
    ],
    [
      'fs/person/personprofil',
      text('personlopenummer'),
      [{ personlopenummer: id('185498') }],
      [{ personlopenummer: id('A1') }],
    ],
    ['fs/person/personprofil', 'email privatEpost', [{ privatEpost: 'a@b.no' }], [{ privatEpost: 'a hos b' }]],
    ['fs/person/student', text('studentnummer'), [{ studentnummer: id('500001') }], [{ studentnummer: id('s500001') }]],
    [
      'fs/person/student',
      text('europeanStudentId/esiId'),
      [{ europeanStudentId: { esiId: id('urn:schac:personalUniqueCode:int:esi:x.test:1') } }],
      [{ europeanStudentId: { esiId: id('esi:1') } }],
    ],
    ['fs/vurdering/vurderingsperiode', range('arstall'), [{ arstall: 2026 }], [{ arstall: 20_261 }]],
    ['fs/studierett/permisjon', range('permisjonsprosent'), [{ permisjonsprosent: 100 }], [{ permisjonsprosent: 101 }]],
    [
      'fs/studierett/permisjon',
      'date-order permisjonsperiode/tilDato',
      [{ permisjonsperiode: { fraDato: '2026-01-01T00:00:00Z', tilDato: '2026-01-01T00:00:00Z' } }],
      [{ permisjonsperiode: { fraDato: '2026-01-02T00:00:00Z', tilDato: '2026-01-01T00:00:00Z' } }],
    ],
  ];
  for (const [at, fault, good, bad] of cases) {
    for (const one of good) assert.deepEqual(faults(at, one), [], JSON.stringify(one));
    for (const one of bad) assert.deepEqual(faults(at, one), [fault], JSON.stringify(one));
  }
  // A list that is always there may be empty, and is missing when it is not there.
  for (const [at, name] of [
    ['fs/person/personprofil', 'pass'],
    ['fs/studietilbud/studieprogram', 'utvekslingsavtalekoblinger'],
    ['fs/studietilbud/evukurs', 'beskrivelsesavsnitt'],
  ] as const) {
    assert.ok(!allOf(at, { [name]: [] }).includes(`missing-attribute ${name}`), name);
    assert.ok(allOf(at, {}).includes(`missing-attribute ${name}`), name);
  }
});
