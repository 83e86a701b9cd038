// Every kind of root field, end to end over a store: collections with pages and orders, look-ups, single ones, nodes; ids, cursors, owners.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { dal, grant, onlyGrants, principal, putApplication } from '../../hub/world.ts';
import { at, everyFlag, idOf, openFsWorld, plainId, type FsWorld, type Tree } from './fs-world.ts';

let world: FsWorld;
before(async () => {
  world = await openFsWorld();
});
after(() => world.close());

const own = 'eierOrganisasjonskode: "7777"';
const codes = (tree: Tree | undefined, of: string): readonly unknown[] =>
  (tree?.['nodes'] ?? []).map((node) => node[of]);

test('a collection comes by its order, a page at a time, with what its objects lead to', async () => {
  const query = `query($o: String!, $after: String) {
    emnerV2(filter: { eierOrganisasjonskode: $o, emnekodeStartsWith: "TST" }, first: 1, after: $after) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
      edges { cursor node { id } }
      nodes { id kode versjonskode navnAlleSprak { nb nn en } vekting { verdi } emnetype studieansvarligOrganisasjonsenhet { id forkortelse } }
    }
  }`;
  const first = await world.data(query, { o: '7777', after: null }, { headers: {} });
  const found = first['emnerV2'];
  assert.equal(found?.['totalCount'], 2);
  assert.deepEqual(found?.['nodes'], [
    {
      id: idOf(at.course, '7777,TST1000,1'),
      kode: 'TST1000',
      versjonskode: '1',
      navnAlleSprak: { nb: 'Testlære', nn: null, en: 'Testing' },
      vekting: { verdi: 7.5 },
      emnetype: 'UNDERVISN',
      studieansvarligOrganisasjonsenhet: { id: idOf(at.unit, '7777,59,0,0'), forkortelse: null },
    },
  ]);
  const info = found?.['pageInfo'];
  assert.equal(info?.['hasNextPage'], true);
  assert.equal(info?.['hasPreviousPage'], false);
  assert.equal(info?.['startCursor'], info?.['endCursor']);
  assert.equal(found?.['edges']?.[0]?.['cursor'], info?.['endCursor']);
  const next = await world.data(query, { o: '07777', after: info?.['endCursor'] });
  assert.deepEqual(codes(next['emnerV2'], 'kode'), ['TST2000']);
  assert.equal(next['emnerV2']?.['pageInfo']?.['hasNextPage'], false);
  assert.equal(next['emnerV2']?.['pageInfo']?.['hasPreviousPage'], true);
});

test('what hangs on a value is reached through it', async () => {
  const data = await world.data(
    `{ emnerGittEmnekoder(${own}, emnekoder: ["ABC"]) { undervisesIPeriode { fraTermin { arstall } tilTermin { id betegnelse { kode } } } } }`,
  );
  assert.deepEqual(data['emnerGittEmnekoder'], [
    {
      undervisesIPeriode: {
        fraTermin: { arstall: 2025 },
        tilTermin: { id: idOf(at.term, '2025,HØST'), betegnelse: { kode: 'HØST' } },
      },
    },
  ]);
});

test('an order can be chosen, either way', async () => {
  const query = `query($by: QueryEmnerV2OrderByInput) { emnerV2(filter: { ${own} }, orderBy: $by) { nodes { kode } } }`;
  const sorted = async (by: unknown) => codes((await world.data(query, { by }))['emnerV2'], 'kode');
  assert.deepEqual(await sorted(null), ['ABC', 'TST1000', 'TST2000']);
  assert.deepEqual(await sorted({ orderByField: 'KODE', direction: 'DESC' }), ['TST2000', 'TST1000', 'ABC']);
  assert.deepEqual(await sorted({ orderByField: 'NAVN' }), ['ABC', 'TST1000', 'TST2000']);
});

const page = (args: string) =>
  world.post({ query: `{ emnerV2(filter: { ${own} }, ${args}) { totalCount nodes { kode } } }` });

test('first may be none and up to a thousand; what is beyond, and what is no cursor, is an error that names it', async () => {
  const none = await page('first: 0');
  assert.deepEqual(none.body.data?.['emnerV2'], { totalCount: 3, nodes: [] });
  assert.equal((await page('first: 1000')).body.errors, undefined);
  for (const args of ['first: -1', 'first: 1001', 'after: "!!"', 'after: "AAAA"']) {
    const { body } = await page(args);
    const [error] = body.errors ?? [];
    assert.ok(error !== undefined, args);
    assert.match(error.message, args.startsWith('first') ? /first/ : /after|position/i);
  }
});

test('nested collections hold ten unless more is asked for, and can be gone on in', async () => {
  const data = await world.data(
    `query($id: ID!) { node(id: $id) { __typename id ... on Kull { klasser(first: 1) { totalCount pageInfo { hasNextPage endCursor } nodes { kode } } } } }`,
    { id: idOf(at.cohort, 'TEST-BA,2026,VÅR') },
  );
  const node = data['node'];
  assert.equal(node?.['__typename'], 'Kull');
  assert.equal(node?.['klasser']?.['totalCount'], 2);
  const cursor = node?.['klasser']?.['pageInfo']?.['endCursor'];
  const next = await world.data(
    `query($id: ID!, $c: String) { node(id: $id) { ... on Kull { klasser(after: $c) { nodes { kode } } } } }`,
    { id: idOf(at.cohort, 'TEST-BA,2026,VÅR'), c: cursor },
  );
  const seen = [...codes(node?.['klasser'], 'kode'), ...codes(next['node']?.['klasser'], 'kode')];
  assert.deepEqual(seen.toSorted(), ['A', 'B']);
});

test('what many are asked for comes in the order in which it was asked for, null where nothing is found', async () => {
  const data = await world.data(`{
    a: emnerGittEmnekoder(${own}, emnekoder: ["TST2000", "NONE", "TST1000", "TST2000"]) { kode }
    b: personProfilerGittFeideBrukere(${own}, feideBrukere: ["ola@test.no", "x@test.no", "kari@test.no"]) { personlopenummer }
    c: personProfilerGittPersonlopenumre(${own}, personlopenumre: ["101", "999"]) { feideBruker }
    d: studenterGittFeideBrukere(${own}, feideBrukere: ["lars@test.no", "kari@test.no"]) { studentnummer }
    e: studenterGittStudentnumre(${own}, studentnumre: ["500102", "1"]) { studentnummer }
    f: studenterGittPersonlopenumre(${own}, personlopenumre: ["102"]) { studentnummer }
    g: studieprogramGittStudieprogramkoderV2(${own}, studieprogramkoder: ["TEST-GML"]) { kode }
    h: organisasjonsenheterGittOrganisasjonsenhetskoder(${own}, organisasjonsenhetskoder: ["7777,59,0,0", "x"]) { id }
    i: undervisningsenheterGittLegacyIder(${own}, legacyIder: [{ institusjonsnummer: "7777", emnekode: "TST1000", emneversjonskode: "1", arstall: 2026, terminkode: "VÅR", terminnummer: 1 }, { institusjonsnummer: "7777", emnekode: "TST1000", emneversjonskode: "1", arstall: 2026, terminkode: "VÅR", terminnummer: 2 }]) { id terminnummer }
    j: emnerollerGittLegacyIder(${own}, legacyIder: [{ personlopenummer: "104", rollenummer: 1 }]) { emne { kode } }
    k: emnerGittEmnekoder(${own}, emnekoder: []) { kode }
  }`);
  assert.deepEqual(data, {
    a: [{ kode: 'TST2000' }, null, { kode: 'TST1000' }, { kode: 'TST2000' }],
    b: [{ personlopenummer: '102' }, null, { personlopenummer: '101' }],
    c: [{ feideBruker: 'kari@test.no' }, null],
    d: [null, { studentnummer: '500101' }],
    e: [{ studentnummer: '500102' }, null],
    f: [{ studentnummer: '500102' }],
    g: [{ kode: 'TEST-GML' }],
    h: [{ id: idOf(at.unit, '7777,59,0,0') }, null],
    i: [{ id: idOf(at.unitOfTeaching, '7777,TST1000,1,2026,VÅR,1'), terminnummer: 1 }, null],
    j: [{ emne: { kode: 'TST1000' } }],
    k: [],
  });
});

test('a list of more than a thousand is refused', async () => {
  const list = Array.from({ length: 1_001 }, (_, index) => String(index));
  const query = `query($l: [String!]!) { emnerGittEmnekoder(${own}, emnekoder: $l) { kode } }`;
  const { body } = await world.post({ query, variables: { l: list } });
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-103');
  const most = await world.data(query, { l: list.slice(1) });
  assert.equal(most['emnerGittEmnekoder']?.length, 1_000);
});

const costOf = async (query: string): Promise<unknown> => (await world.post({ query })).body.extensions?.['cost'];

test('what is led to costs what leads there too', async () => {
  assert.equal(await costOf(`{ studenterGittStudentnumre(${own}, studentnumre: ["1", "2"]) { id } }`), 2);
  assert.equal(await costOf(`{ studenterGittFeideBrukere(${own}, feideBrukere: ["a", "b"]) { id } }`), 6);
});

test('the institution itself, and another of the same owner', async () => {
  const data = await world.data(`{
    own: organisasjon(${own}) { organisasjonskode navnAlleSprak { nb } id }
    same: organisasjon(${own}, organisasjonskode: "07777") { organisasjonskode }
    other: organisasjon(${own}, organisasjonskode: "186") { organisasjonskode }
  }`);
  assert.deepEqual(data, {
    own: { organisasjonskode: '7777', navnAlleSprak: { nb: 'Sikthøyskolen' }, id: idOf(at.organisation, '7777') },
    same: { organisasjonskode: '7777' },
    other: null,
  });
});

test('who has logged in is nobody where an application asks, and an owner that is another is an error', async () => {
  const data = await world.data(`{ megVedLarested(${own}) { id personlopenummer } }`);
  assert.equal(data['megVedLarested'], null);
  const { body } = await world.post(
    { query: '{ megVedLarested(eierOrganisasjonskode: "186") { id } }' },
    { headers: everyFlag },
  );
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-204');
});

test('older names show what their successors show', async () => {
  const data = await world.data(`{
    emnerGittEmnekoder(${own}, emnekoder: ["TST1000"]) { navnAlleSprak { nb nob nn nno en eng se sme } }
    studieprogramV2(filter: { ${own} }) { nodes { kull(first: 1) { totalCount nodes { termin { arstall } terminV2 { arstall } } } } }
    studenter(filter: { ${own} }) { nodes { resultater { totalCount } semesterregistreringer { nodes { harBetaltSemesteravgift } } } }
    organisasjonsenheter(filter: { ${own} }) { nodes { organisasjonsnivaa { kode navnAlleSprak { nb } erFelleskode erAktiv } } }
  }`);
  assert.deepEqual(data, {
    emnerGittEmnekoder: [
      {
        navnAlleSprak: {
          nb: 'Testlære',
          nob: 'Testlære',
          nn: null,
          nno: null,
          en: 'Testing',
          eng: 'Testing',
          se: null,
          sme: null,
        },
      },
    ],
    studieprogramV2: {
      nodes: [{ kull: { totalCount: 1, nodes: [{ termin: { arstall: 2026 }, terminV2: { arstall: 2026 } }] } }],
    },
    studenter: {
      nodes: [
        { resultater: { totalCount: 0 }, semesterregistreringer: { nodes: [{ harBetaltSemesteravgift: true }] } },
      ],
    },
    organisasjonsenheter: {
      nodes: [
        { organisasjonsnivaa: { kode: '3', navnAlleSprak: { nb: 'Institutt' }, erFelleskode: true, erAktiv: null } },
      ],
    },
  });
});

test('everything is found by its id, and by nothing else: forged, foreign and closed ids are null', async () => {
  const known = [
    idOf(at.course, '7777,TST1000,1'),
    plainId(at.leave, 'D1'),
    plainId(at.course, 'E1'),
    idOf(at.organisation, '7777'),
  ];
  const padded = Buffer.from(known[0] ?? '', 'base64url').toString('base64');
  const wrong = [
    idOf(at.course, '7777,TST1000,2'),
    idOf(at.course, '7777,TST1000,1', '186'),
    idOf(at.student, '103'),
    plainId(at.leave, 'D9'),
    'MTI',
    '%%',
    Buffer.from('999999:7777,1').toString('base64url'),
  ];
  const data = await world.data(`query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`, {
    ids: [...known, padded, ...wrong],
  });
  const found = data['nodes'] ?? [];
  assert.deepEqual(
    found.map((node) => node?.['__typename'] ?? null),
    ['Emne', 'Permisjon', 'Emne', 'Organisasjon', 'Emne', ...wrong.map(() => null)],
  );
  assert.equal(found[2]?.['id'], known[0]);
  assert.equal((await world.data('{ node(id: "x") { id } }'))['node'], null);
});

test('an owner that is nobody and one that is somebody else get the same answer, which is no data', async () => {
  const ask = (number: string, as = principal()) =>
    world.post(
      { query: `{ emner(filter: { eierOrganisasjonskode: ${JSON.stringify(number)} }) { totalCount } }` },
      { as },
    );
  const unknown = await ask('1');
  const [error] = unknown.body.errors ?? [];
  assert.equal(error?.extensions.code, 'HUB-204');
  assert.deepEqual(unknown.body.data, { emner: null });
  for (const number of ['186', '0186', '', 'x', '77 77', '7777.0'])
    assert.equal((await ask(number)).text, unknown.text, number);
  const lookups = await world.post({
    query: `{ emnerGittEmnekoder(eierOrganisasjonskode: "186", emnekoder: ["TST1000"]) { kode } organisasjon(eierOrganisasjonskode: "186") { id } }`,
  });
  assert.deepEqual(
    lookups.body.errors?.map(({ extensions }) => extensions.code),
    ['HUB-204', 'HUB-204'],
  );
});

test('another organisation with the same client sees nothing of this one', async () => {
  await putApplication(world.store, 'app');
  await grant(world, { organisation: dal });
  const there = principal('app', dal);
  const { body } = await world.post(
    {
      query: `query($id: ID!) { node(id: $id) { id } emner(filter: { eierOrganisasjonskode: "186" }) { totalCount } }`,
      variables: { id: idOf(at.course, '7777,TST1000,1') },
    },
    { as: there },
  );
  assert.equal(body.errors, undefined);
  assert.deepEqual(body.data, { node: null, emner: { totalCount: 0 } });
});

test('without a grant for what a collection is of, the answer is that of an owner that does not exist', async () => {
  await onlyGrants(world, { collections: [at.programme] });
  const { body } = await world.post({
    query: `{ emner(filter: { ${own} }) { totalCount } studieprogramV2(filter: { ${own} }) { nodes { kode studieniva { kode } } } }`,
  });
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-204');
  assert.deepEqual(body.data, { emner: null, studieprogramV2: { nodes: [{ kode: 'TEST-BA', studieniva: null }] } });
  await onlyGrants(world, {});
});

test('a protected person is absent from every list, count, look-up, link and id', async () => {
  const data = await world.data(`{
    personProfiler(filter: { ${own}, inkluderAvdode: true }) { totalCount nodes { personlopenummer } }
    studenter(filter: { ${own}, inkluderAvdode: true }) { totalCount }
    programStudieretter(filter: { ${own} }) { totalCount }
    semesterregistreringer(filter: { ${own} }) { totalCount }
    personProfilerGittPersonlopenumre(${own}, personlopenumre: ["103"]) { id }
    kull(filter: { ${own} }) { nodes { studenter { totalCount nodes { student { studentnummer } } } } }
  }`);
  assert.deepEqual(codes(data['personProfiler'], 'personlopenummer').toSorted(), ['101', '102', '104']);
  assert.equal(data['studenter']?.['totalCount'], 2);
  assert.equal(data['programStudieretter']?.['totalCount'], 2);
  assert.equal(data['semesterregistreringer']?.['totalCount'], 2);
  assert.deepEqual(data['personProfilerGittPersonlopenumre'], [null]);
  const students = data['kull']?.['nodes']?.[0]?.['studenter'];
  assert.equal(students?.['totalCount'], 2);
  assert.equal(JSON.stringify(data).includes('500103'), false);
});

test('what is hidden is null, and the id is made of what shows', async () => {
  await onlyGrants(world, { withhold: ['national-id'] });
  const data = await world.data(
    `{ personProfiler(filter: { ${own} }, first: 1) { nodes { id fodselsnummer feideBruker } } }`,
  );
  assert.deepEqual(data['personProfiler']?.['nodes'], [
    { id: idOf(at.person, '101'), fodselsnummer: null, feideBruker: 'kari@test.no' },
  ]);
  await onlyGrants(world, {});
});

const lands = (fields: string) =>
  world.post({ query: `{ land(filter: { ${own} }) { totalCount nodes { ${fields} } } }` });

test('what is always there and a grant leaves out takes its object along, and says so; without it there is the rest', async () => {
  await onlyGrants(world, { fields: ['navnAlleSprak'] });
  const { body } = await lands('id');
  assert.deepEqual(body.data?.['land'], { totalCount: 2, nodes: [null, null] });
  assert.deepEqual(
    body.errors?.map(({ extensions, path }) => [extensions.code, path?.join('.')]),
    [
      ['HUB-206', 'land.nodes.0.id'],
      ['HUB-206', 'land.nodes.1.id'],
    ],
  );
  const rest = await lands('landkodeAlfa3');
  assert.equal(rest.body.errors, undefined);
  await onlyGrants(world, {});
});

test('documents may say how they are answered: nothing is deferred, errors may stay where they are', async () => {
  const deferred = await world.data(
    `query($d: Boolean!) { land(filter: { ${own} }, first: 1) { ... @defer(if: $d, label: "later") { totalCount } nodes { ...F @defer } } __typename __schema { ...S @defer } }
     fragment F on Land { landkodeAlfa3 } fragment S on __Schema { queryType { name } }`,
    { d: true },
  );
  assert.deepEqual(deferred, {
    land: { totalCount: 2, nodes: [{ landkodeAlfa3: 'NOR' }] },
    __typename: 'Query',
    __schema: { queryType: { name: 'Query' } },
  });
  await onlyGrants(world, { fields: ['navnAlleSprak'] });
  const { body } = await world.post(
    {
      query: `query @experimental_disableErrorPropagation { land(filter: { ${own} }, first: 1) { nodes { id navnAlleSprak { nb } } } }`,
    },
    { headers: everyFlag },
  );
  assert.deepEqual(body.data?.['land']?.['nodes'], [{ id: null, navnAlleSprak: { nb: 'Norge' } }]);
  assert.deepEqual(
    body.errors?.map(({ extensions, path }) => [extensions.code, path?.join('.')]),
    [['HUB-206', 'land.nodes.0.id']],
  );
  await onlyGrants(world, {});
});

test('values are written as their scalars say', async () => {
  const data = await world.data(
    `{ terminer(filter: { ${own} }, orderBy: { orderByField: FRA_DATO }, first: 1) { nodes { arstall studiesemesterPeriode { fraDato tilDato } betegnelse { kode } } } }`,
    {},
    { headers: everyFlag },
  );
  assert.deepEqual(data['terminer']?.['nodes'], [
    {
      arstall: 2025,
      studiesemesterPeriode: { fraDato: '2025-08-01', tilDato: '2025-12-31' },
      betegnelse: { kode: 'HØST' },
    },
  ]);
});

test('every collection can be asked for', async () => {
  const schema = await world.data('{ __schema { queryType { fields { name args { name } } } } }');
  const fields = schema['__schema']?.['queryType']?.['fields'] ?? [];
  const names = fields
    .filter((field) => field['args']?.some((arg) => String(arg['name']) === 'filter'))
    .map((field) => String(field['name']));
  assert.ok(names.length > 140);
  for (let from = 0; from < names.length; from += 25) {
    const part = names.slice(from, from + 25);
    const data = await world.data(
      `{ ${part.map((name) => `${name}(filter: { ${own} }, first: 2) { totalCount nodes { id } }`).join('\n')} }`,
    );
    for (const name of part) assert.ok(typeof data[name]?.['totalCount'] === 'number', name);
  }
});
