// The API as its clients meet it: bodies, statuses, errors; one resource and all that it hangs together with, lists, pages; what is withheld.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  bySystemId,
  grant,
  href,
  identified,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  personHref,
  principal,
  put,
} from '../../hub/world.ts';
import type { World } from '../../hub/world.ts';
import { openGraphql, type Graphql } from './asking.ts';

let world: World;
let graphql: Graphql;

const staff = 'administrasjon/personal/person';

before(async () => {
  world = await openWorld();
  await put(world, paths.country, [{ systemId: identified('NO'), kode: 'NO', navn: 'Norge' }]);
  await put(world, paths.school, [
    { systemId: identified('S1'), skolenummer: identified('1001'), navn: 'Fjord skole' },
    { systemId: identified('S2'), skolenummer: identified('1002'), navn: 'Dal skole' },
  ]);
  await put(world, paths.subject, [
    {
      systemId: identified('FAG1'),
      navn: 'Norsk',
      beskrivelse: 'Faget',
      links: { grepreferanse: ['https://psi.udir.no/kl06/NOR1'] },
    },
  ]);
  await put(
    world,
    paths.person,
    [1, 2, 3].map((number) => ({
      fodselsnummer: identified(nationalId(number)),
      navn: { fornavn: `Ada${number}`, etternavn: 'Dal' },
      fodselsdato: '2008-03-29T12:00:00Z',
      adressebeskyttelse: number === 3 ? 'strengtFortrolig' : 'ugradert',
      bostedsadresse: {
        adresselinje: ['Veien 1', 'Oppgang B'],
        poststed: 'By',
        _links: { land: [{ href: bySystemId(paths.country, 'NO') }] },
      },
      links: { foreldre: number === 1 ? [personHref(2)] : [] },
    })),
  );
  await put(world, staff, [
    { fodselsnummer: identified(nationalId(2)), navn: { fornavn: 'Ansatt', etternavn: 'To' } },
    { fodselsnummer: identified(nationalId(9)), navn: { fornavn: 'Bare', etternavn: 'Ansatt' } },
  ]);
  await put(
    world,
    paths.pupil,
    [1, 2, 3].map((number) => ({
      systemId: { identifikatorverdi: `E${number}`, gyldighetsperiode: { start: '2025-08-01T00:00:00Z' } },
      feidenavn: identified(`e${number}@fjord.test`),
      gjest: false,
      links: { person: [personHref(number)] },
    })),
  );
  await put(
    world,
    paths.enrolment,
    [1, 2, 3].flatMap((number) =>
      ['1001', '1002'].map((at) => ({
        systemId: identified(`F${number}${at}`),
        hovedskole: at === '1001',
        anmerkninger: [{ systemId: identified(`A${number}`), atferd: 2, orden: 1 }],
        links: { elev: [bySystemId(paths.pupil, `E${number}`)], skole: [href(paths.school, 'skolenummer', at)] },
      })),
    ),
  );
  graphql = await openGraphql(world);
  await onlyGrants(world, {});
});
after(() => world.close());

const data = async (query: string, variables?: Readonly<Record<string, unknown>>, flags?: string): Promise<unknown> => {
  const told = await graphql.ask(query, variables, principal(), flags === undefined ? {} : { 'feature-flags': flags });
  assert.equal(told.errors, undefined, JSON.stringify(told.errors));
  assert.equal(told.status, 200);
  return told.data;
};

test('one resource and what it hangs together with', async () => {
  const found = await data(
    `query($feide: String) { elev(feidenavn: $feide) {
      systemId { identifikatorverdi gyldighetsperiode { start slutt } } gjest brukernavn { identifikatorverdi }
      person { navn { fornavn etternavn mellomnavn } fodselsdato bostedsadresse { adresselinje land { navn } } foreldre { navn { fornavn } } }
      elevforhold { hovedskole skole { navn skolenummer { identifikatorverdi } } anmerkninger { atferd orden } } } }`,
    { feide: 'e1@fjord.test' },
  );
  assert.deepEqual(found, {
    elev: {
      systemId: { identifikatorverdi: 'E1', gyldighetsperiode: { start: '2025-08-01T00:00:00Z', slutt: null } },
      gjest: false,
      brukernavn: null,
      person: {
        navn: { fornavn: 'Ada1', etternavn: 'Dal', mellomnavn: null },
        fodselsdato: '2008-03-29T12:00:00Z',
        bostedsadresse: { adresselinje: ['Veien 1', 'Oppgang B'], land: { navn: 'Norge' } },
        foreldre: [{ navn: { fornavn: 'Ada2' } }],
      },
      elevforhold: [
        {
          hovedskole: true,
          skole: { navn: 'Fjord skole', skolenummer: { identifikatorverdi: '1001' } },
          anmerkninger: [{ atferd: 2, orden: 1 }],
        },
        {
          hovedskole: false,
          skole: { navn: 'Dal skole', skolenummer: { identifikatorverdi: '1002' } },
          anmerkninger: [{ atferd: 2, orden: 1 }],
        },
      ],
    },
  });
});

test('what leads out of the model is told as its address', async () => {
  assert.deepEqual(await data('{ fag(systemId: "FAG1") { navn grepreferanse vigoreferanse } }'), {
    fag: { navn: 'Norsk', grepreferanse: 'https://psi.udir.no/kl06/NOR1', vigoreferanse: null },
  });
});

const pupilBy = (args: string): Promise<unknown> => data(`{ elev${args} { systemId { identifikatorverdi } } }`);

test('the first argument that is not empty counts, and without one there is nothing', async () => {
  const second = { elev: { systemId: { identifikatorverdi: 'E2' } } };
  assert.deepEqual(await pupilBy('(feidenavn: "e2@fjord.test")'), second);
  assert.deepEqual(await pupilBy('(systemId: "", elevnummer: null, feidenavn: "e2@fjord.test")'), second);
  for (const none of ['', '(systemId: "")', '(systemId: "E9")', '(systemId: "e2")', '(systemId: "E3")'])
    assert.deepEqual(await pupilBy(none), { elev: null }, none);
});

const personBy = (number: number): Promise<unknown> =>
  data(
    'query($id: String) { person(fodselsnummer: $id) { navn { fornavn } elev { systemId { identifikatorverdi } } } }',
    {
      id: nationalId(number),
    },
  );

test('a common class is found in the first component that has it, and nothing is merged', async () => {
  assert.deepEqual(await personBy(1), {
    person: { navn: { fornavn: 'Ada1' }, elev: { systemId: { identifikatorverdi: 'E1' } } },
  });
  assert.deepEqual(await personBy(2), { person: { navn: { fornavn: 'Ansatt' }, elev: null } });
  await onlyGrants(world, { collections: ['utdanning/*'] });
  assert.deepEqual(await personBy(2), {
    person: { navn: { fornavn: 'Ada2' }, elev: { systemId: { identifikatorverdi: 'E2' } } },
  });
  assert.deepEqual(await personBy(9), { person: null });
  await onlyGrants(world, {});
});

type Listed = {
  readonly totalCount?: number;
  readonly nodes: readonly { readonly navn: { readonly fornavn: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
};

test('lists go on over components, by their cursors', async () => {
  const found: string[] = [];
  let place: string | null = null;
  for (let page = 0; page < 10; page += 1) {
    const { personConnection } = (await data(
      `query($after: String) { personConnection(first: 1, after: $after) {
        totalCount nodes { navn { fornavn } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
      { after: place },
    )) as { readonly personConnection: Listed };
    assert.equal(personConnection.totalCount, 4);
    assert.equal(personConnection.pageInfo.hasPreviousPage, place !== null);
    found.push(...personConnection.nodes.map(({ navn }) => navn.fornavn));
    place = personConnection.pageInfo.endCursor;
    if (!personConnection.pageInfo.hasNextPage) break;
  }
  assert.deepEqual(found, ['Ansatt', 'Bare', 'Ada1', 'Ada2']);
});

const namesBy = async (filter: string): Promise<unknown> => {
  const { personConnection } = (await data(
    'query($filter: String) { personConnection(filter: $filter) { totalCount nodes { navn { fornavn } } } }',
    { filter },
  )) as { readonly personConnection: Listed };
  assert.equal(personConnection.totalCount, personConnection.nodes.length);
  return personConnection.nodes.map(({ navn }) => navn.fornavn);
};

test('a filter chooses, in every component', async () => {
  assert.deepEqual(await namesBy("navn/etternavn eq 'dal'"), ['Ada1', 'Ada2']);
  assert.deepEqual(await namesBy("navn/etternavn in ('Dal', 'To')"), ['Ansatt', 'Ada1', 'Ada2']);
  assert.deepEqual(await namesBy(`foreldre eq 'fodselsnummer/${nationalId(2)}'`), ['Ada1']);
  assert.deepEqual(await namesBy('elev/any()'), ['Ada1', 'Ada2']);
});

test('with the flag, relations can be read a page at a time', async () => {
  const query = `{ elev(systemId: "E1") { elevforholdConnection(first: 1) {
    totalCount edges { cursor node { hovedskole } } pageInfo { hasNextPage endCursor } } } }`;
  const closed = await graphql.ask(query);
  assert.equal(closed.errors?.[0]?.extensions.code, 'HUB-131');
  const { elev } = (await data(query, {}, 'experimental')) as {
    readonly elev: {
      readonly elevforholdConnection: { readonly totalCount: number; readonly pageInfo: Listed['pageInfo'] };
    };
  };
  const { totalCount, pageInfo } = elev.elevforholdConnection;
  assert.deepEqual([totalCount, pageInfo.hasNextPage], [2, true]);
  const rest = await data(
    `query($after: String) { elev(systemId: "E1") { elevforholdConnection(after: $after) { nodes { hovedskole } } } }`,
    { after: pageInfo.endCursor },
    'experimental',
  );
  assert.deepEqual(rest, { elev: { elevforholdConnection: { nodes: [{ hovedskole: false }] } } });
});

const schoolOf = (...ids: readonly string[]) => ({
  elevforhold: ids.map((id) => ({ elev: { systemId: { identifikatorverdi: id } } })),
});

test('what is protected is not there, by no way', async () => {
  const all = `{ a: elev(systemId: "E3") { gjest } b: elevConnection { totalCount }
    c: elevforhold(systemId: "F31001") { hovedskole } d: person(fodselsnummer: "${nationalId(3)}") { fodselsdato }
    e: skole(systemId: "S1") { elevforhold { elev { systemId { identifikatorverdi } } } } }`;
  assert.deepEqual(await data(all), { a: null, b: { totalCount: 2 }, c: null, d: null, e: schoolOf('E1', 'E2') });
  await onlyGrants(world, { clearance: 3 });
  assert.deepEqual(await data(all), {
    a: { gjest: false },
    b: { totalCount: 3 },
    c: { hovedskole: true },
    d: { fodselsdato: '2008-03-29T12:00:00Z' },
    e: schoolOf('E1', 'E2', 'E3'),
  });
  await onlyGrants(world, {});
});

test('fields that a grant leaves out are null, and their relations lead nowhere', async () => {
  await onlyGrants(world, { fields: ['systemId', 'elevforhold', 'navn'] });
  assert.deepEqual(
    await data(
      '{ elev(systemId: "E1") { gjest feidenavn { identifikatorverdi } person { navn { fornavn } } elevforhold { systemId { identifikatorverdi } skole { navn } } } }',
    ),
    {
      elev: {
        gjest: null,
        feidenavn: null,
        person: null,
        elevforhold: [
          { systemId: { identifikatorverdi: 'F11001' }, skole: null },
          { systemId: { identifikatorverdi: 'F11002' }, skole: null },
        ],
      },
    },
  );
  // By an identifier that does not show, nobody is found.
  assert.deepEqual(await data('{ elev(feidenavn: "e1@fjord.test") { gjest } }'), { elev: null });
  await onlyGrants(world, {});
});

test('a filter finds nobody by what is hidden, asked straight or turned round', async () => {
  await onlyGrants(world, { collections: ['utdanning/*'], withhold: ['personal'] });
  for (const filter of ["navn/etternavn eq 'Dal'", "not navn/etternavn eq 'Nei'", "navn/fornavn startswith 'Ada'"]) {
    const { data: told } = await graphql.ask(
      'query($filter: String) { personConnection(filter: $filter) { totalCount } }',
      {
        filter,
      },
    );
    assert.deepEqual(told, { personConnection: { totalCount: 0 } }, filter);
  }
  assert.deepEqual((await graphql.ask('{ personConnection { totalCount } }')).data, {
    personConnection: { totalCount: 2 },
  });
  await onlyGrants(world, {});
});

test('a relation that is open is followed without the identifier that its link would show', async () => {
  await onlyGrants(world, { withhold: ['national-id'] });
  assert.deepEqual(
    await data('{ elev(systemId: "E1") { person { navn { fornavn } fodselsnummer { identifikatorverdi } } } }'),
    {
      elev: { person: { navn: { fornavn: 'Ada1' }, fodselsnummer: null } },
    },
  );
  await onlyGrants(world, {});
});

test('a class that no grant opens is told of; where that is all, by 401', async () => {
  await onlyGrants(world, { collections: ['utdanning/elev/elev'] });
  const some = await graphql.ask(
    '{ elev(systemId: "E1") { gjest person { fodselsdato } } skole(systemId: "S1") { navn } person(fodselsnummer: "x") { fodselsdato } }',
  );
  assert.equal(some.status, 200);
  assert.deepEqual(some.data, { elev: { gjest: false, person: null }, skole: null, person: null });
  assert.deepEqual(
    some.errors?.map(({ path, extensions }) => [path, extensions.code, extensions['classification']]),
    [
      [['skole'], 'HUB-400', 'UNAUTHORIZED'],
      [['person'], 'HUB-400', 'UNAUTHORIZED'],
    ],
  );
  const none = await graphql.ask('{ skole(systemId: "S1") { navn } skoleConnection { totalCount } }');
  assert.equal(none.status, 401);
  assert.deepEqual(none.data, { skole: null, skoleConnection: null });
  assert.equal(none.errors?.length, 2);
  // Where nothing is asked, nothing is refused.
  assert.equal((await graphql.ask('{ skole { navn } }')).status, 200);
  assert.equal((await graphql.ask('{ __typename }')).status, 200);
  await onlyGrants(world, {});
});

test('a grant to list opens all, one to read alone no list', async () => {
  const both = '{ elev(systemId: "E1") { gjest } elevConnection { totalCount } }';
  await onlyGrants(world, { actions: ['list'] });
  assert.deepEqual((await graphql.ask(both)).data, { elev: { gjest: false }, elevConnection: { totalCount: 2 } });
  await onlyGrants(world, { actions: ['read'] });
  assert.deepEqual((await graphql.ask(both)).data, { elev: { gjest: false }, elevConnection: null });
  await onlyGrants(world, {});
});

test('another application and another organisation see what is theirs', async () => {
  assert.equal((await graphql.ask('{ elevConnection { totalCount } }', {}, principal('other'))).status, 401);
  await grant(world, { organisation: 'dalen.test' });
  const theirs = await graphql.ask(
    '{ elevConnection { totalCount } elev(systemId: "E1") { gjest } }',
    {},
    principal('app', 'dalen.test'),
  );
  assert.deepEqual(theirs.data, { elevConnection: { totalCount: 0 }, elev: null });
  await onlyGrants(world, {});
});

test('grants for other scopes count for nothing here', async () => {
  await onlyGrants(world, { scope: 'vfs:students:read' });
  const as = { ...principal(), scopes: new Set(['fint-client', 'vfs:students:read']) };
  assert.equal((await graphql.ask('{ elevConnection { totalCount } }', {}, as)).status, 401);
  await onlyGrants(world, {});
});

const errorsOf = async (query: string, variables?: Readonly<Record<string, unknown>>) => {
  const { status, errors } = await graphql.ask(query, variables);
  return [status, ...(errors ?? []).map(({ extensions }) => [extensions.code, extensions['classification']])];
};

test('what is wrong is told with a code and a classification', async () => {
  assert.deepEqual(await errorsOf('{ elev('), [200, ['HUB-130', 'InvalidSyntax']]);
  assert.deepEqual(await errorsOf('{ eleven { x } }'), [200, ['HUB-131', 'ValidationError']]);
  assert.deepEqual(await errorsOf('query($a: String) { elev(systemId: $a) { gjest } }', { a: 1 }), [
    200,
    ['HUB-133', 'ValidationError'],
  ]);
  assert.deepEqual(await errorsOf('query a { __typename } query b { __typename }'), [
    200,
    ['HUB-135', 'OperationNotSupported'],
  ]);
  assert.deepEqual(await errorsOf('{ elevConnection(filter: "gjest eq") { totalCount } }'), [
    200,
    ['HUB-120', 'DataFetchingException'],
  ]);
  assert.deepEqual(await errorsOf('{ elevConnection(filter: "alder eq 3") { totalCount } }'), [
    200,
    ['HUB-205', 'DataFetchingException'],
  ]);
  assert.deepEqual(
    await errorsOf(
      '{ elevConnection(first: 1000) { nodes { elevforhold { skole { elevforhold { elev { elevforhold { hovedskole } } } } } } } }',
    ),
    [200, ['HUB-132', 'ValidationError']],
  );
  assert.deepEqual(await errorsOf('mutation { elev { gjest } }'), [200, ['HUB-131', 'ValidationError']]);
});

test('pages that cannot be are refused', async () => {
  for (const args of ['first: -1', 'first: 1001', 'after: "å"', 'after: "!"']) {
    const { errors } = await graphql.ask(`{ elevConnection(${args}) { totalCount } }`);
    assert.ok(['HUB-103', 'HUB-410'].includes(errors?.[0]?.extensions.code ?? ''), `${args} ${JSON.stringify(errors)}`);
  }
  assert.deepEqual(await data('{ elevConnection(first: 0) { totalCount nodes { gjest } pageInfo { hasNextPage } } }'), {
    elevConnection: { totalCount: 2, nodes: [], pageInfo: { hasNextPage: true } },
  });
});

const accept = (type: string) => (name: string) => (name === 'accept' ? type : null);

test('bodies that are none are refused by status; media types as asked for', async () => {
  const bad = async (text: string) => {
    const { status, body } = await graphql.send({ text });
    return [status, (body as { errors: readonly { extensions: { code: string } }[] }).errors[0]?.extensions.code];
  };
  assert.deepEqual(await bad('{'), [400, 'HUB-101']);
  assert.deepEqual(await bad('[]'), [400, 'HUB-100']);
  assert.deepEqual(await bad('{}'), [400, 'HUB-100']);
  const text = JSON.stringify({ query: '{ nothing }' });
  const plain = await graphql.send({ text });
  assert.deepEqual([plain.status, plain.type], [200, 'application/json; charset=utf-8']);
  const strict = await graphql.send({ text, header: accept('application/graphql-response+json, application/json') });
  assert.deepEqual([strict.status, strict.type], [400, 'application/graphql-response+json; charset=utf-8']);
});

test('what pages of other sites can send without being asked is no operation', async () => {
  const text = JSON.stringify({ query: '{ __typename }' });
  const sent = async (type: string) =>
    (await graphql.send({ text, header: (name) => (name === 'content-type' ? type : null) })).status;
  for (const type of [
    'text/plain',
    'text/plain; x=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
  ])
    assert.equal(await sent(type), 415, type);
  for (const type of ['application/json', 'Application/JSON ; charset=utf-8', 'application/graphql+json'])
    assert.equal(await sent(type), 200, type);
  const { body } = await graphql.send({ text, header: (name) => (name === 'content-type' ? 'text/plain' : null) });
  assert.deepEqual((body as { readonly errors: readonly { readonly extensions: unknown }[] }).errors[0]?.extensions, {
    code: 'HUB-104',
    classification: 'InvalidSyntax',
  });
});

test('the schema can be asked for', async () => {
  const { __type: found } = (await data('{ __type(name: "Elev") { kind fields { name type { name kind } } } }')) as {
    readonly __type: { readonly fields: readonly { readonly name: string }[] };
  };
  const names = found.fields.map(({ name }) => name);
  assert.ok(names.includes('feidenavn') && names.includes('elevforhold') && !names.includes('elevforholdConnection'));
});

test('every class answers, by one and by many', async () => {
  assert.ok(world.store.capabilities.dialect.length > 0);
  const { __schema: schema } = (await data(
    '{ __schema { queryType { fields { name args { name } type { name } } } } }',
  )) as {
    readonly __schema: {
      readonly queryType: {
        readonly fields: readonly { readonly name: string; readonly args: readonly { readonly name: string }[] }[];
      };
    };
  };
  const { fields } = schema.queryType;
  assert.ok(fields.length > 300);
  for (let from = 0; from < fields.length; from += 40) {
    const asked = fields
      .slice(from, from + 40)
      .map(({ name, args }) =>
        name.endsWith('Connection')
          ? `${name}(first: 1) { nodes { __typename } }`
          : `${name}(${args[0]?.name}: "none") { __typename }`,
      );
    const told = (await data(`{ ${asked.join(' ')} }`)) as Readonly<Record<string, unknown>>;
    assert.equal(Object.keys(told).length, asked.length);
  }
});
