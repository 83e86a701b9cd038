// What the model becomes as GraphQL: every class, attribute and relation by the same rules, under names that clients of FINT's GraphQL know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fintFace } from '#apis/fint-graphql/face.ts';
import { classNames } from '#apis/fint-graphql/names.ts';
import type { FaceField, FaceType, RootAsk } from '#graphql/face.ts';
import { createSchemas } from '#graphql/build-schema.ts';
import type { Model, ModelClass } from '#model/model.ts';
import { entry, fintFolder, hubModel, modelOf } from '../../model/models.ts';
import { context } from './asking.ts';

const model = hubModel();
const face = fintFace(model);
const types = new Map(face.types.map((type) => [type.name, type]));

const fieldsOf = (name: string): ReadonlyMap<string, FaceField> => {
  const type = entry(types, name);
  assert.ok(type.kind === 'object');
  return new Map(type.fields.map((field) => [field.name, field]));
};
const typeOf = (type: string, field: string): string => entry(fieldsOf(type), field).type;

test('it is a schema, with and without what is tried out', () => {
  const schemas = createSchemas(face);
  const [firm, tried] = [schemas(new Set()), schemas(new Set(['experimental']))];
  assert.notEqual(firm.key, tried.key);
  assert.equal(firm.schema.getQueryType()?.getFields()['elevConnection']?.type.toString(), 'ElevConnection');
  const nested = (schema: typeof firm.schema): boolean => {
    const type = schema.getType('Elev');
    return type !== undefined && 'getFields' in type && 'elevforholdConnection' in type.getFields();
  };
  assert.deepEqual([nested(firm.schema), nested(tried.schema)], [false, true]);
});

test('every main class of every part has a field that finds one and a field that lists', () => {
  const query = fieldsOf('Query');
  const names = classNames(model);
  const main = [...model.classes.values()].filter(({ kind }) => kind === 'main');
  assert.ok(new Set(main.map((of) => model.packages.get(of.package)?.part)).size === model.parts.size);
  for (const of of main) {
    const one = entry(query, names.rootOf(of));
    assert.equal(one.type, names.typeOf(of));
    assert.deepEqual(
      one.args.map(({ name, type }) => [name, type]),
      of.attributes.filter(({ identifier }) => identifier).map(({ jsonName }) => [jsonName, 'String']),
    );
    const many = entry(query, `${names.rootOf(of)}Connection`);
    assert.equal(many.type, `${names.typeOf(of)}Connection`);
    assert.deepEqual(
      many.args.map(({ name, type }) => `${name}: ${type}`),
      ['first: Int', 'after: String', 'filter: String'],
    );
  }
  assert.equal(query.size, main.length * 2);
});

test('the names of FINT are those that clients know (facts 7)', () => {
  const query = fieldsOf('Query');
  const known: readonly (readonly [string, string])[] = [
    ['elev', 'Elev'],
    ['personalressurs', 'Personalressurs'],
    ['organisasjonselement', 'Organisasjonselement'],
    ['skole', 'Skole'],
    ['klasse', 'Klasse'],
    ['person', 'Person'],
    ['kontaktperson', 'Kontaktperson'],
    ['virksomhet', 'Virksomhet'],
    ['rolle', 'Rolle'],
    ['fullmakt', 'Fullmakt'],
    ['termin', 'Termin'],
    ['samtykke', 'Samtykke'],
    ['arkivkodeverkrolle', 'ArkivKodeverkRolle'],
    ['utdanningkodeverkfravarstype', 'UtdanningKodeverkFravarstype'],
    ['administrasjonkodeverkfravarstype', 'AdministrasjonKodeverkFravarstype'],
  ];
  for (const [field, type] of known) assert.equal(entry(query, field).type, type);
});

test('no part that is added changes a name of those before it', () => {
  const alone = modelOf(fintFolder);
  const [before, after] = [classNames(alone), classNames(model)];
  for (const of of alone.classes.values()) {
    if (of.kind !== 'main' && of.kind !== 'complex') continue;
    const now = entry(model.classes, of.key);
    assert.equal(after.typeOf(now), before.typeOf(of));
    assert.equal(after.rootOf(now), before.rootOf(of));
  }
});

test('attributes have the names of JSON, and every one may be null', () => {
  assert.equal(typeOf('Elev', 'feidenavn'), 'Identifikator');
  assert.equal(typeOf('Identifikator', 'identifikatorverdi'), 'String');
  assert.equal(typeOf('Identifikator', 'gyldighetsperiode'), 'Periode');
  assert.equal(typeOf('Periode', 'start'), 'Date');
  assert.equal(typeOf('Person', 'navn'), 'Personnavn');
  assert.equal(typeOf('Adresse', 'adresselinje'), '[String]');
  assert.equal(typeOf('Fakturagrunnlag', 'fakturalinjer'), '[Fakturalinje]');
  assert.equal(typeOf('Fastlonn', 'prosent'), 'Long');
  for (const type of face.types)
    if (type.kind === 'object' && type.of !== 'root')
      for (const field of type.fields) assert.ok(!field.type.includes('!'), `${type.name}.${field.name}`);
});

test('relations have the names of the model, and references show where they lead', () => {
  assert.equal(typeOf('Elevforhold', 'elev'), 'Elev');
  assert.equal(typeOf('Elev', 'elevforhold'), '[Elevforhold]');
  assert.equal(typeOf('Elev', 'elevforholdConnection'), 'ElevforholdConnection');
  assert.equal(typeOf('Adresse', 'land'), 'Landkode');
  assert.equal(typeOf('Fag', 'grepreferanse'), 'String');
  assert.equal(entry(fieldsOf('Fag'), 'grepreferanse').source.kind, 'address');
  assert.equal(typeOf('Fakturamottaker', 'person'), 'Person');
});

test('a main class that stands as a value is a type of its own there', () => {
  assert.equal(typeOf('Elevforhold', 'anmerkninger'), '[AnmerkningerVerdi]');
  const value = entry(types, 'AnmerkningerVerdi');
  assert.ok(value.kind === 'object' && value.of === 'value');
  assert.equal(entry(fieldsOf('Query'), 'anmerkninger').type, 'Anmerkninger');
});

test('everything of the model is there, under a description in two languages', () => {
  const names = classNames(model);
  for (const of of model.classes.values()) {
    if (of.kind !== 'main') continue;
    const fields = fieldsOf(names.typeOf(of));
    for (const { jsonName } of [...of.attributes, ...of.relations]) assert.ok(fields.has(jsonName), jsonName);
  }
  const texts = face.types.flatMap((type: FaceType) => [
    type.describe,
    ...(type.kind === 'object' ? type.fields.map(({ describe }) => describe) : []),
  ]);
  for (const { nb, en } of texts) assert.ok(nb !== '' && en !== '');
});

const ask = async (field: string, args: Readonly<Record<string, unknown>>): Promise<RootAsk> => {
  const { source } = entry(fieldsOf('Query'), field);
  assert.ok(source.kind === 'root');
  const asked = await source.ask(args, { context: context(), now: 0 });
  assert.ok(!('error' in asked), JSON.stringify(asked));
  return asked;
};

const pupil = (identifier: string, value: string): RootAsk => ({
  kind: 'named',
  collection: 'utdanning/elev/elev',
  by: { identifier },
  values: [value],
});

test('the first identifier that is not empty counts', async () => {
  assert.deepEqual(await ask('elev', { feidenavn: 'a@b.test' }), pupil('feidenavn', 'a@b.test'));
  assert.deepEqual(await ask('elev', { systemId: '', elevnummer: null, feidenavn: 'x' }), pupil('feidenavn', 'x'));
  const all = await ask('elev', { systemId: 's', elevnummer: 'e', feidenavn: 'f', brukernavn: 'b' });
  assert.deepEqual(all, await ask('elev', { brukernavn: 'b' }));
  assert.deepEqual(await ask('elev', {}), { kind: 'nothing' });
  assert.deepEqual(await ask('elev', { systemId: '' }), { kind: 'nothing' });
  assert.deepEqual(await ask('elev', { systemId: 'a\0b' }), { kind: 'nothing' });
  assert.deepEqual(await ask('elev', { systemId: 'x'.repeat(2_000) }), { kind: 'nothing' });
});

test('a common class is looked for in every component that has it, by path', async () => {
  const asked = await ask('person', { fodselsnummer: '01810112345' });
  assert.ok(asked.kind === 'nodes');
  const paths = asked.of.map((one) => one?.collection ?? '');
  assert.deepEqual(paths, paths.toSorted());
  assert.deepEqual(
    paths,
    [...model.collections.values()]
      .filter((one) => one.class.key === 'felles:Person')
      .map(({ path }) => path)
      .toSorted(),
  );
});

test('a list is chosen by the filter of FINT, in each collection', async () => {
  const asked = await ask('personConnection', { first: 3, after: 'x', filter: "navn/etternavn eq 'Dal'" });
  assert.ok(asked.kind === 'list');
  assert.deepEqual([asked.first, asked.after, asked.order], [3, 'x', null]);
  assert.equal(asked.narrow.length, asked.collections.length);
  assert.ok(asked.narrow.every((one) => one?.kind === 'where'));
  const bare = await ask('elevConnection', {});
  assert.ok(bare.kind === 'list');
  assert.deepEqual([bare.first, bare.after, bare.narrow], [100, null, [null]]);
});

test('a filter that cannot be read is an error that says where', async () => {
  const { source } = entry(fieldsOf('Query'), 'elevConnection');
  assert.ok(source.kind === 'root');
  const asked = await source.ask({ filter: 'gjest eq' }, { context: context(), now: 0 });
  assert.ok('error' in asked);
  assert.equal(asked.error.code, 'HUB-120');
  assert.equal(asked.error.errors?.[0]?.at, 'filter');
  const unknown = await source.ask({ filter: "fodselsdato eq '2000-01-01'" }, { context: context(), now: 0 });
  assert.ok('error' in unknown && unknown.error.code === 'HUB-205');
});

const one = (part: string, kind: ModelClass['kind'], aliases: Readonly<Record<string, string>> = {}): ModelClass =>
  ({
    ...entry(model.classes, 'utdanning/elev:Elev'),
    key: `${part}/x${kind}:Ting`,
    name: 'Ting',
    className: 'Ting',
    package: `${part}/x${kind}`,
    kind,
    aliases: new Map(Object.entries(aliases)),
  }) satisfies ModelClass;
const namesOf = (...classes: readonly ModelClass[]): readonly string[] => {
  const small: Model = {
    ...model,
    parts: new Map(
      ['a', 'b', 'c'].map((name) => [name, { name, version: '1', description: { nb: '', en: '' }, buildsOn: null }]),
    ),
    packages: new Map(
      classes.map((of) => [
        of.package,
        { ...entry(model.packages, 'utdanning/elev'), path: of.package, part: of.package.slice(0, 1) },
      ]),
    ),
    classes: new Map(classes.map((of) => [of.key, of])),
  };
  const names = classNames(small);
  return classes.map((of) => `${names.typeOf(of)} ${names.rootOf(of)}`);
};

test('names give way by part and by kind, and the model has the last word', () => {
  assert.deepEqual(namesOf(one('a', 'main')), ['Ting ting']);
  assert.deepEqual(namesOf(one('a', 'main'), one('a', 'complex')), ['Ting ting', 'AXcomplexTing axcomplexting']);
  assert.deepEqual(namesOf(one('a', 'complex'), one('b', 'main')), ['Ting ting', 'BXmainTing bxmainting']);
  assert.deepEqual(namesOf(one('a', 'main'), one('b', 'main'), one('c', 'main')), [
    'Ting ting',
    'BXmainTing bxmainting',
    'CXmainTing cxmainting',
  ]);
  assert.deepEqual(namesOf(one('a', 'main', { 'fint-graphql': 'Sak' }), one('a', 'complex')), [
    'Sak sak',
    'AXcomplexTing axcomplexting',
  ]);
});
