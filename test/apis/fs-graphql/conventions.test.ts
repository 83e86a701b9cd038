// The conventions of the original, held against everything that introspection shows (facts 2.3 to 2.5, 2.7).
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  getNamedType,
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { createSchemas } from '#graphql/build-schema.ts';
import { faceUnderTest, fsModel, fsRoots } from './face-under-test.ts';

const schemas = createSchemas(faceUnderTest());
const schemaOf = (...flags: readonly string[]): GraphQLSchema => schemas(new Set(flags)).schema;
const whole = schemaOf('beta', 'experimental');
const queryOf = (schema: GraphQLSchema): Readonly<Record<string, GraphQLField<unknown, unknown>>> =>
  schema.getQueryType()?.getFields() ?? {};
const objects = (schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const production = words(`emner emnerV2 emnerGittEmnekoder evuKurs klasser land oppmoterTilUndervisning organisasjon
  organisasjonsenheter personProfiler personProfilerGittFeideBrukere personProfilerGittFodselsnumre
  personProfilerGittPersonlopenumre programStudieretter publiseringsklareEmner publiseringsklareStudieprogram studenter
  studenterGittFeideBrukere studenterGittPersonlopenumre studenterGittStudentnumre studentgrunnlag studienivaer
  studieoppbygninger studieprogram studieprogramV2 studieprogramGittStudieprogramkoder
  studieprogramGittStudieprogramkoderV2 terminer undervisningsenheter undervisningsterminerForEmner node nodes`);
const beta =
  words(`biblioteker campuser emneSoknader emneroller esiKandidater evuKursSoknader evuKursroller klasseroller kull kullroller megVedLarested
  organisasjonsenheterGittOrganisasjonsenhetskoder studentStatuser studieprogramroller terminbetegnelser timeplanroller
  undervisningsaktivitetsroller undervisningsenhetsroller vektingsreduksjonsregler`);
const experimental =
  words(`undervisningsaktiviteter vurderingsenheter vurderingsmeldinger resultater semesterregistreringer rom
  personroller emnerGittLegacyIder kullGittLegacyIder personProfilerGittLegacyIder resultaterGittLegacyIder`);

test('root fields are there under the flags that they belong to, and under no others', () => {
  assert.deepEqual(Object.keys(queryOf(schemaOf())).toSorted(), production.toSorted());
  assert.deepEqual(Object.keys(queryOf(schemaOf('beta'))).toSorted(), [...production, ...beta].toSorted());
  const all = Object.keys(queryOf(whole));
  for (const name of [...production, ...beta, ...experimental]) assert.ok(all.includes(name), name);
  const alone = Object.keys(queryOf(schemaOf('experimental')));
  for (const name of beta) assert.ok(!alone.includes(name), name);
});

test('every class of the model that is served can be reached at the root', () => {
  const reached = new Set(fsRoots().connections.flatMap(({ collections }) => collections.map(({ path }) => path)));
  const missing = [...fsModel().collections.values()].filter(
    ({ path, component }) => component.startsWith('fs/') && component !== 'fs/hendelse' && !reached.has(path),
  );
  assert.deepEqual(
    missing.map(({ path }) => path),
    [],
  );
  assert.equal([...fsModel().collections.keys()].filter((path) => path.startsWith('fs/')).length, 145);
});

test('names are ASCII, fields in camelCase, types in PascalCase, and everything is described in both languages', () => {
  for (const type of Object.values(whole.getTypeMap())) {
    if (type.name.startsWith('__') || ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)) continue;
    assert.match(type.name, /^[A-Z][A-Za-z0-9]*$/);
    assert.ok((type.description ?? '').length > 0, type.name);
    const fields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields() : {};
    for (const [name, field] of Object.entries(fields)) {
      assert.match(name, /^[a-z][A-Za-z0-9]*$/, `${type.name}.${name}`);
      assert.ok((field.description ?? '').length > 0, `${type.name}.${name}`);
    }
    if (isEnumType(type))
      for (const { name } of type.getValues()) assert.match(name, /^[A-Z][A-Z0-9_]*$/, `${type.name}.${name}`);
  }
});

test('what the flags do not open is mentioned nowhere', () => {
  const visible = Object.keys(schemaOf().getTypeMap());
  for (const name of [
    'QueryResultaterConnection',
    'QueryRomFilterInput',
    'Sensurkommisjon',
    'Kullcampus',
    'AktivStatus',
  ])
    assert.ok(!visible.includes(name), name);
  const emne = schemaOf().getType('Emne');
  assert.ok(isObjectType(emne));
  assert.ok(!('vurderingsenheter' in emne.getFields()));
  assert.ok(!('undervisningsenheter' in emne.getFields()));
  assert.ok('beskrivelsesavsnitt' in emne.getFields());
});

const connectionOf = (field: GraphQLField<unknown, unknown>): GraphQLObjectType | null => {
  const type = getNamedType(field.type);
  return isObjectType(type) && type.name.endsWith('Connection') ? type : null;
};

test('connections have edges, nodes, page info and a count, and go forward only', () => {
  let seen = 0;
  for (const type of objects(whole))
    for (const field of Object.values(type.getFields())) {
      const connection = connectionOf(field);
      if (connection === null) continue;
      seen += 1;
      assert.deepEqual(
        Object.keys(connection.getFields()),
        ['edges', 'nodes', 'pageInfo', 'totalCount'],
        connection.name,
      );
      const edge = getNamedType(connection.getFields()['edges']?.type ?? field.type);
      assert.ok(isObjectType(edge) && edge.name === `${connection.name}Edge`);
      assert.deepEqual(Object.keys(edge.getFields()), ['cursor', 'node']);
      const args = new Map(field.args.map((arg) => [arg.name, arg]));
      assert.equal(String(args.get('first')?.type), 'Int');
      assert.equal(String(args.get('after')?.type), 'String');
      assert.ok(!args.has('last') && !args.has('before'));
    }
  assert.ok(seen > 250, String(seen));
  const info = whole.getType('PageInfo');
  assert.ok(isObjectType(info));
  assert.deepEqual(
    Object.values(info.getFields()).map(({ name, type }) => `${name}: ${String(type)}`),
    ['hasNextPage: Boolean!', 'hasPreviousPage: Boolean!', 'startCursor: String', 'endCursor: String'],
  );
});

test('root collections take a filter that names the owner, and nested ones are named after what they are in', () => {
  let ordered = 0;
  for (const [name, field] of Object.entries(queryOf(whole))) {
    const connection = connectionOf(field);
    if (connection === null) continue;
    const pascal = name.charAt(0).toUpperCase() + name.slice(1);
    assert.equal(connection.name, `Query${pascal}Connection`);
    const [filter, first] = ['filter', 'first'].map((one) => field.args.find((arg) => arg.name === one));
    assert.equal(String(filter?.type), `Query${pascal}FilterInput!`);
    assert.deepEqual(first?.default, { value: 100 });
    const input = filter === undefined ? undefined : getNamedType(filter.type);
    assert.ok(isInputObjectType(input));
    assert.equal(String(input.getFields()['eierOrganisasjonskode']?.type), 'String!');
    if (field.args.some((arg) => arg.name === 'orderBy')) ordered += 1;
  }
  assert.equal(ordered, 11);
  const emne = whole.getType('Emne');
  assert.ok(isObjectType(emne));
  assert.equal(String(emne.getFields()['campuser']?.type), 'EmneCampuserConnection');
});

test('nested collections hold ten unless the data say 50 or 100', () => {
  const counts = new Map<unknown, number>();
  for (const type of objects(whole).filter(({ name }) => name !== 'Query'))
    for (const field of Object.values(type.getFields())) {
      if (connectionOf(field) === null) continue;
      const first = field.args.find(({ name }) => name === 'first')?.default?.value;
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
  assert.deepEqual(
    [...counts.keys()].toSorted((a, b) => Number(a) - Number(b)),
    [10, 50, 100],
  );
  assert.ok((counts.get(10) ?? 0) > 100);
});

test('look-ups take the owner and one list, and give a list that may hold null', () => {
  const lookups = Object.values(queryOf(whole)).filter(({ name }) => name.includes('Gitt'));
  assert.ok(lookups.length > 50, String(lookups.length));
  for (const field of lookups) {
    const [owner, list] = field.args;
    assert.equal(`${owner?.name}: ${String(owner?.type)}`, 'eierOrganisasjonskode: String!');
    assert.match(String(list?.type), /^\[\w+!\]!$/);
    assert.match(String(field.type), /^\[\w+\]$/);
    assert.equal(field.args.length, 2);
  }
});

test('everything with an id is a Node, and ids alone are sure to be there beside open keys', () => {
  const node = whole.getType('Node');
  assert.ok(isInterfaceType(node));
  const nodes = whole.getPossibleTypes(node);
  assert.ok(nodes.length >= 141, String(nodes.length));
  for (const type of objects(whole)) {
    const id = type.getFields()['id'];
    assert.equal(id !== undefined, type.getInterfaces().includes(node), type.name);
    if (id === undefined) continue;
    assert.equal(String(id.type), 'ID!');
  }
});

test('multilingual texts have five languages; codes are objects and no enumerations', () => {
  const text = whole.getType('FlerspraakligTekst');
  assert.ok(isObjectType(text));
  assert.deepEqual(Object.keys(text.getFields()).toSorted(), words('en eng nb nn nno nob se sme und'));
  for (const [older, successor] of Object.entries({ eng: 'en', nno: 'nn', nob: 'nb', sme: 'se' }))
    assert.equal(text.getFields()[older]?.deprecationReason, `Bruk ${successor}. Fjernes tidligst 31.03.2028.`, older);
  const code = whole.getType('Kodeverdi');
  assert.ok(isObjectType(code));
  assert.deepEqual(Object.keys(code.getFields()).toSorted(), ['erAktiv', 'erFelleskode', 'kode', 'navnAlleSprak']);
  const enums = Object.values(whole.getTypeMap()).filter(isEnumType);
  for (const name of ['Kjonn', 'Maalform', 'Fodselsnummertype', 'ImsRolle', 'StudienivaIntervall', 'Pameldingsform'])
    assert.ok(
      enums.some((one) => one.name === name),
      name,
    );
  for (const name of ['BigDecimal', 'Date', 'DateTime', 'Duration', 'Time'])
    assert.ok(whole.getType(name) !== undefined, name);
});

test('what has a successor says which, and from when it may be gone', () => {
  const gone = Object.values(queryOf(whole)).filter(({ deprecationReason }) => typeof deprecationReason === 'string');
  assert.deepEqual(gone.map(({ name }) => name).toSorted(), [
    'emner',
    'studieprogram',
    'studieprogramGittStudieprogramkoder',
  ]);
  for (const { deprecationReason } of gone)
    assert.match(String(deprecationReason), /^Bruk \w+V2\. Fjernes tidligst 31\.03\.\d{4}\.$/);
});

test('members that end in V2 have their predecessors, deprecated', () => {
  let seen = 0;
  for (const type of objects(whole))
    for (const [name, field] of Object.entries(type.getFields())) {
      if (!name.endsWith('V2') || type.name === 'Query') continue;
      seen += 1;
      const older = type.getFields()[name.slice(0, -2)];
      assert.equal(older?.deprecationReason, `Bruk ${name}. Fjernes tidligst 31.03.2028.`, `${type.name}.${name}`);
      assert.equal(getNamedType(field.type).name.replace('V2', ''), getNamedType(older.type).name);
    }
  assert.equal(seen, 4);
});

test('types of values that are local are named after what holds them', () => {
  for (const [of, field, type] of [
    ['Emne', 'vekting', 'EmneVekting'],
    ['PersonProfil', 'postadresse', 'PersonProfilAdresse'],
    ['PersonProfil', 'folkeregistrertAdresse', 'PersonProfilAdresse'],
  ] as const) {
    const held = whole.getType(of);
    assert.ok(isObjectType(held));
    assert.equal(String(held.getFields()[field]?.type), type);
  }
  for (const shared of ['Vekting', 'Adresse']) assert.equal(whole.getType(shared), undefined);
});

test('documents may defer, and keep errors where they are; inputs may be one of several', () => {
  const names = whole.getDirectives().map(({ name }) => name);
  for (const name of ['defer', 'experimental_disableErrorPropagation', 'oneOf', 'feature', 'contract'])
    assert.ok(names.includes(name), name);
});

test('what is not production says so where it stands', () => {
  const field = queryOf(whole)['resultater'];
  assert.match(field?.description ?? '', /contracts\.json#experimental/);
  assert.doesNotMatch(queryOf(whole)['emnerV2']?.description ?? '', /contracts\.json#/);
});

test('a filter that hides what is not in use says so, and says what it is', () => {
  const input = whole.getType('QueryKlasserFilterInput');
  assert.ok(isInputObjectType(input));
  const flag = input.getFields()['erAktiv'];
  assert.deepEqual(flag?.default, { value: [true] });
  assert.match(flag?.description ?? '', /only true when nothing is said/);
  assert.ok(!(flag?.type instanceof GraphQLNonNull));
});
