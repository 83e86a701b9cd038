// Gemini as its routes give it: ids, pages, filters, writes with the number of their case, and what nobody is told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { order } from '#apis/gemini/mappings/recognition.ts';
import { limits } from '#base/limits.ts';
import { systemRandom, type Random } from '#base/random.ts';
import { dal, fjord, nationalId, onlyGrants, principal } from '../../hub/world.ts';
import { everything, hubOwned, sourceOwned } from '../fs-graphql/mutations/mutation-world.ts';
import {
  at,
  faults,
  idOf,
  journal,
  more,
  openGeminiWorld,
  owner,
  plainId,
  type Answered,
  type GeminiWorld,
  type Sent,
  type Tree,
} from './gemini-world.ts';

let world: GeminiWorld;
/** Serial numbers that come before those by chance. */
const serials: number[] = [];
const random: Random = {
  ...systemRandom,
  bytes: (count) => {
    const next = serials.shift();
    if (next === undefined) return systemRandom.bytes(count);
    const bytes = Buffer.alloc(count);
    bytes.writeUIntBE(next, 0, 6);
    return bytes;
  },
};
before(async () => {
  world = await openGeminiWorld(random);
});
after(() => world.close());

const kari = idOf(at.person, '101');
const ola = idOf(at.person, '102');
const hidden = idOf(at.person, '103');
const teacher = idOf(at.person, '104');
const plan = plainId(more.plan, 'UP1');
const course = idOf(at.course, '7777,TST1000,1');
const term = idOf(at.term, '2026,VÅR');
const other = idOf(at.organisation, '186');
const ofKari = `/gemini/personer/${kari}`;
const plansOf = `${ofKari}/utdanningsplaner/${plan}`;

/** The client may do everything, and an adapter may answer. */
const usualGrants = () => onlyGrants(world, everything, { application: 'adapter', actions: ['deliver'] });

const get = (path: string, query: Readonly<Record<string, string>> = {}, sent: Sent = {}): Promise<Answered> =>
  world.ask('GET', path, { query, ...sent });
const items = ({ status, body, text }: Answered): readonly Tree[] => {
  assert.equal(status, 200, text);
  return body['items'] as unknown as readonly Tree[];
};
const texts = (list: readonly Tree[], name: string): readonly string[] => list.map((one) => String(one[name]));
const persons = (query: Readonly<Record<string, string>> = {}) =>
  get('/gemini/personer', { eierinstitusjonsnummer: owner, ...query });

test('ids are those by which FS GraphQL knows the same things', async () => {
  const [found] = items(await get('/gemini/kull', { pageSize: '1' }));
  assert.deepEqual(found, {
    kullId: idOf(at.cohort, 'TEST-BA,2026,VÅR'),
    studieprogramId: idOf(at.programme, 'TEST-BA'),
    terminId: term,
    navn: { nob: 'Kull vår 2026' },
    aktiv: true,
  } as unknown as Tree);
  const { kull } = await world.data(
    'query($o: String!) { kull(filter: { eierOrganisasjonskode: $o }, first: 1) { nodes { id } } }',
    { o: owner },
  );
  assert.equal(String(kull?.['nodes']?.[0]?.['id']), String(found?.['kullId']));
});

test('pages go on where the one before ended, and nextPage is absent on the last', async () => {
  const all = texts(items(await get('/gemini/landtyper')), 'kode');
  assert.deepEqual(all, ['STAT', 'OMR', 'HAV']);
  const seen: string[] = [];
  let page = await get('/gemini/landtyper', { pageSize: '2' });
  for (let count = 0; count < 5; count += 1) {
    seen.push(...texts(items(page), 'kode'));
    const next = page.body['nextPage'] as unknown as string | undefined;
    if (next === undefined) break;
    const address = new URL(next);
    assert.equal(address.origin, 'https://hub.test');
    page = await get(address.pathname, Object.fromEntries(address.searchParams));
  }
  assert.deepEqual(seen, all);
  assert.equal(page.body['nextPage'], undefined);
  // As many as there are: there is nothing more.
  assert.equal((await get('/gemini/landtyper', { pageSize: '3' })).body['nextPage'], undefined);
});

test('a place is good for the same caller and the same question only', async () => {
  const next = new URL(String((await get('/gemini/landtyper', { pageSize: '1' })).body['nextPage']));
  const query = { after: next.searchParams.get('after') ?? '' };
  assert.equal((await get('/gemini/landtyper', query)).status, 200);
  assert.deepEqual(faults(await get('/gemini/terminer', query)), ['after']);
  assert.deepEqual(faults(await get('/gemini/landtyper', query, { as: principal('other') })), ['after']);
  assert.deepEqual(faults(await get('/gemini/landtyper', { after: 'noe annet' })), ['after']);
});

test('the size of a page has bounds, and every fault of a query is told at once', async () => {
  assert.equal((await get('/gemini/land', { pageSize: String(limits.geminiItems) })).status, 200);
  assert.deepEqual(faults(await get('/gemini/land', { pageSize: String(limits.geminiItems + 1) })), ['pageSize']);
  for (const pageSize of ['0', '-1', 'ti', '1.5', ''])
    assert.deepEqual(faults(await get('/gemini/land', { pageSize })), ['pageSize']);
  assert.deepEqual(faults(await get('/gemini/land', { pageSize: '0', after: 'x y', annet: '1' })).toSorted(), [
    'after',
    'annet',
    'pageSize',
  ]);
  const { body, type } = await get('/gemini/land', { pageSize: '0' });
  assert.match(type, /^application\/problem\+json/);
  assert.deepEqual(Object.keys(body), ['type', 'title', 'status', 'detail', 'instance', 'invalidParameters']);
  assert.equal(String(body['title']), 'Ugyldig forespørsel');
  assert.equal(String(body['type']), 'https://hub.test/problems/HUB-103');
  assert.equal(limits.geminiItemsDefault, 100);
});

test('persons are found by what they equal, and the institution has to be the own', async () => {
  assert.deepEqual(texts(items(await persons()), 'personlopenummer'), ['101', '102', '104', '109']);
  assert.deepEqual(texts(items(await persons({ etternavn: 'Åsen' })), 'fornavn'), ['Kari']);
  assert.deepEqual(texts(items(await persons({ fodselsnummer: nationalId(2) })), 'fornavn'), ['Ola']);
  assert.deepEqual(texts(items(await persons({ fodselsdato: '2001-01-09' })), 'fornavn'), ['Kari']);
  assert.deepEqual(texts(items(await persons({ personlopenummer: '104', fornavn: 'Lars' })), 'fornavn'), ['Lars']);
  assert.deepEqual(items(await persons({ fornavn: 'Lars', etternavn: 'Åsen' })), []);
  assert.deepEqual(faults(await get('/gemini/personer')), ['eierinstitusjonsnummer']);
  assert.deepEqual(faults(await persons({ fodselsnummer: '123', fodselsdato: '2001-13-01' })).toSorted(), [
    'fodselsdato',
    'fodselsnummer',
  ]);
  assert.equal((await get('/gemini/personer', { eierinstitusjonsnummer: '186' })).status, 404);
  assert.equal((await get('/gemini/personer', { eierinstitusjonsnummer: '0007777' })).status, 200);
  assert.equal((await persons()).headers['cache-control'], 'no-store');
});

test('who is protected, who is another institution’s and who never was are one answer', async () => {
  const asked = [
    hidden,
    idOf(at.person, '999'),
    idOf(at.person, '101', '186'),
    idOf(at.student, '101'),
    'ukjent',
    'MTM6',
  ];
  const answers = await Promise.all(asked.map((id) => get(`/gemini/personer/${id}`)));
  const alike = answers.map(({ status, body }) => ({ status, ...(body as unknown as object), instance: '' }));
  for (const answer of alike) assert.deepEqual(answer, alike[0]);
  assert.equal(alike[0]?.status, 404);
  for (const below of [
    'utdanningsplaner',
    'emnefritak',
    'eksternresultater',
    'resultatutveksling',
    'utvekslingsopphold',
  ])
    for (const id of asked) assert.equal((await get(`/gemini/personer/${id}/${below}`)).status, 404, below);
  // Found by nothing.
  assert.deepEqual(items(await persons({ fodselsnummer: nationalId(3) })), []);
  // Who may see him does.
  await onlyGrants(world, { ...everything, clearance: 3 });
  assert.equal((await get(`/gemini/personer/${hidden}`)).status, 200);
  assert.deepEqual(texts(items(await get(`/gemini/personer/${hidden}/eksternresultater`)), 'kode'), ['HIS3']);
  await usualGrants();
  assert.equal((await get(`/gemini/personer/${hidden}`)).status, 404);
});

test('who has no grant finds nothing, and an organisation that is another institution has its own', async () => {
  assert.equal((await get('/gemini/land', {}, { as: principal('other') })).status, 404);
  assert.equal((await get(`/gemini/personer/${kari}`, {}, { as: principal('app', dal) })).status, 404);
});

test('what hangs on a value is named by its id: units of sizes, countries of passports', async () => {
  const unit = plainId(more.weighting, 'SP');
  const courses = items(await get('/gemini/emner'));
  const one = courses.find((each) => String(each['kode']) === 'VEKT');
  assert.deepEqual(one?.['vekting'], { verdi: 10, vektingstypeId: unit } as unknown as Tree);
  // Without a unit there is none.
  assert.deepEqual(courses[0]?.['vekting'], { verdi: 7.5 } as unknown as Tree);
  const [shown] = items(await get(`${ofKari}/utdanningsplaner`));
  const place = (shown?.['emner'] ?? []).find(
    (each) => String(each['emneIUtdanningsplanId']) === plainId(more.place, 'UPE1'),
  );
  assert.deepEqual(place?.['planlagtVekting'], { verdi: 7.5, vektingstypeId: unit } as unknown as Tree);
  const { body } = await get(`/gemini/personer/${idOf(at.person, '109')}`);
  assert.deepEqual(body['pass'], [
    { nummer: 'A1', landId: plainId(at.country, 'L1') },
    { nummer: 'B2', landId: plainId(at.country, 'L2') },
  ] as unknown as Tree);
});

test('stays in both directions are one list, page by page', async () => {
  const both = items(await get(`${ofKari}/utvekslingsopphold`));
  assert.deepEqual(texts(both, 'retning'), ['UTREISENDE', 'INNREISENDE']);
  const first = await get(`${ofKari}/utvekslingsopphold`, { pageSize: '1' });
  assert.deepEqual(texts(items(first), 'retning'), ['UTREISENDE']);
  const next = new URL(String(first.body['nextPage']));
  const second = await get(next.pathname, Object.fromEntries(next.searchParams));
  assert.deepEqual(texts(items(second), 'retning'), ['INNREISENDE']);
});

test('somebody who is no student has empty lists, and cannot be given anything of one', async () => {
  assert.deepEqual(items(await get(`/gemini/personer/${teacher}/emnefritak`)), []);
  const body = { emneId: course, fritakstype: 'INTERN' };
  const { status, body: told } = await world.ask('POST', `/gemini/personer/${teacher}/emnefritak`, {
    body,
    headers: journal,
  });
  assert.equal(status, 422);
  assert.equal(String(told['detail']), 'Personen er ikke student ved lærestedet.');
});

test('a person who is made has a serial number and an id, and is there', async () => {
  const made = await world.ask('POST', '/gemini/personer', {
    body: {
      fornavn: 'Per',
      etternavn: 'Ny',
      fodselsnummer: nationalId(51),
      telefon: { mobil: { landnummer: '47', nummer: '40000000' } },
      maalform: 'NNO',
      adressebeskyttelse: 'ugradert',
    },
  });
  assert.equal(made.status, 201, made.text);
  const id = String(made.body['personId']);
  assert.equal(made.headers['location'], `/gemini/personer/${id}`);
  const found = await get(`/gemini/personer/${id}`);
  assert.deepEqual(found.body, made.body);
  assert.equal(String(found.body['maalform']), 'NNO');
  assert.equal(String(found.body['telefon']?.['mobil']?.['nummer']), '40000000');
  // Digit nine of the number says so.
  assert.equal(String(found.body['kjonn']), Number(nationalId(51)[8]) % 2 === 1 ? 'MANN' : 'KVINNE');
  assert.deepEqual(items(await persons({ fodselsnummer: nationalId(51) })).length, 1);
  // Nobody has the number of another.
  const again = await world.ask('POST', '/gemini/personer', {
    body: { fornavn: 'Per', etternavn: 'To', fodselsnummer: nationalId(51) },
  });
  assert.ok(again.status === 409 || again.status === 400, again.text);
});

const newPerson = { fornavn: 'Per', etternavn: 'Ny', kjonn: 'MANN', adressebeskyttelse: 'ugradert' } as const;
const makePerson = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  world.ask('POST', '/gemini/personer', { body: { ...newPerson, ...body }, headers });

test('a person who is made has the language, the passports and the institution that were given', async () => {
  const institution = idOf(at.organisation, '7777');
  const pass = [
    { landId: plainId(at.country, 'L2'), nummer: 'AB12' },
    { nummer: 'CD34' },
    { landId: plainId(at.country, 'L1'), nummer: 'EF56' },
  ];
  const { status, body, text } = await makePerson({ morsmaal: 'swe', pass, institusjonsId: institution });
  assert.equal(status, 201, text);
  assert.equal(String(body['morsmaal']), 'swe');
  assert.deepEqual([body['institusjonId'], body['institusjonsId']], [institution, institution]);
  const countries = items(await get('/gemini/land'));
  const shown = body['pass'] as unknown as readonly { readonly landId?: string; readonly nummer: string }[];
  assert.deepEqual(
    shown.map(({ nummer }) => nummer),
    ['AB12', 'CD34', 'EF56'],
  );
  assert.equal(shown[1]?.landId, undefined);
  assert.ok([0, 2].every((index) => texts(countries, 'landId').includes(shown[index]?.landId ?? '')));
  assert.notEqual(shown[0]?.landId, shown[2]?.landId);
  assert.equal((await makePerson({ pass: Array(limits.geminiPassports).fill(pass[0]) })).status, 201);
  for (const [wrong, name] of [
    [{ morsmaal: 'xyz' }, 'morsmaal'],
    [{ morsmaal: 'NB' }, 'morsmaal'],
    [{ institusjonId: other }, 'institusjonId'],
    [{ institusjonsId: idOf(at.course, '7777') }, 'institusjonsId'],
    [{ pass: [pass[0], { landId: course, nummer: 'X' }] }, 'pass.1.landId'],
    [{ pass: [{ landId: plainId(at.country, 'L9'), nummer: 'X' }] }, 'pass.0.landId'],
    [{ pass: [{ landId: pass[0]?.landId }] }, 'pass.0.nummer'],
    [{ pass: Array(limits.geminiPassports + 1).fill(pass[0]) }, 'pass'],
  ] as const)
    assert.deepEqual(faults(await makePerson(wrong)), [name], JSON.stringify(wrong).slice(0, 80));
});

/** The same number so many times. */
const sevens = (many: number): readonly number[] => Array.from({ length: many }, () => 7);

test('a serial number that somebody has is not given to another: others are tried, a few times', async () => {
  serials.push(7);
  const first = await makePerson({});
  assert.equal(first.status, 201, first.text);
  const sent = { 'idempotency-key': 'numbers' };
  serials.push(...sevens(limits.geminiSerialTries - 1));
  const second = await makePerson({}, sent);
  assert.equal(second.status, 201, second.text);
  assert.equal(serials.length, 0);
  assert.notEqual(second.body['personId'], first.body['personId']);
  assert.deepEqual((await makePerson({}, sent)).body['personId'], second.body['personId']);
  serials.push(...sevens(limits.geminiSerialTries));
  assert.ok((await makePerson({})).status >= 400);
  assert.equal(serials.length, 0);
  // What else is taken is said at once.
  const mine = { fodselsnummer: nationalId(52) };
  assert.equal((await makePerson(mine)).status, 201);
  serials.push(8, 9);
  assert.ok((await makePerson(mine)).status >= 400);
  assert.deepEqual(serials.splice(0), [9]);
});

test('somebody of whom nobody has said how protected the address is, is made and not shown', async () => {
  const { status, body, headers } = await world.ask('POST', '/gemini/personer', {
    body: { fornavn: 'Ukjent', etternavn: 'Merking', kjonn: 'MANN' },
  });
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(body), ['personId']);
  assert.equal((await get(headers['location'] ?? '')).status, 404);
});

test('bodies are held against what is described', async () => {
  const post = (body: unknown) => world.ask('POST', '/gemini/personer', { body });
  assert.deepEqual(faults(await post({ fornavn: 'A' })), ['etternavn']);
  assert.deepEqual(faults(await post({ fornavn: 'A', etternavn: 'B' })), ['kjonn']);
  assert.deepEqual(faults(await post({ fornavn: 'A', etternavn: 'B', kjonn: 'X', personId: '1' })).toSorted(), [
    'kjonn',
    'personId',
  ]);
  assert.deepEqual(faults(await post('{')), ['body']);
  assert.deepEqual(faults(await post([])), ['body']);
  assert.equal(
    (await world.ask('POST', '/gemini/personer', { body: '<a/>', headers: { 'content-type': 'text/xml' } })).status,
    415,
  );
  assert.equal((await world.ask('PUT', '/gemini/personer')).status, 405);
  assert.equal((await world.ask('GET', '/gemini/finnes-ikke')).status, 404);
});

test('changes of plans and exemptions need the number of a case, which is kept with the change', async () => {
  const body = { emneId: course, fritakstype: 'EKSTERN' };
  const post = (headers: Readonly<Record<string, string>>) =>
    world.ask('POST', `${ofKari}/emnefritak`, { body, headers });
  const position = await world.position();
  for (const number of [undefined, '', ' ', '1234', '2026-12', nationalId(1), '2026/12345678'])
    assert.deepEqual(
      faults(await post(number === undefined ? {} : { 'x-journalnummer': number })),
      ['X-Journalnummer'],
      number ?? 'none',
    );
  for (const [method, path] of [
    ['DELETE', `${ofKari}/emnefritak`],
    ['POST', `${plansOf}/emner`],
    ['POST', `${plansOf}/eksternresultater`],
  ] as const)
    assert.ok(
      faults(
        await world.ask(method, path, method === 'POST' ? { body: {} } : { query: { emnefritakId: 'x' } }),
      ).includes('X-Journalnummer'),
      path,
    );
  assert.equal(await world.position(), position);
  const made = await post({ 'x-journalnummer': '2026/1234567-99999' });
  assert.equal(made.status, 201, made.text);
  const tenant = await world.store.tenant(fjord);
  const [record] = (await tenant.audit({ limit: 1_000 })).filter(({ details }) =>
    details.includes('2026/1234567-99999'),
  );
  assert.ok(record !== undefined);
  const id = String(made.body['emnefritakId']);
  assert.deepEqual(texts(items(await get(`${ofKari}/emnefritak`)), 'emnefritakId'), [id]);
  // Not by way of another person.
  assert.equal(
    (await world.ask('DELETE', `/gemini/personer/${ola}/emnefritak`, { query: { emnefritakId: id }, headers: journal }))
      .status,
    404,
  );
  assert.equal(
    (await world.ask('DELETE', `${ofKari}/emnefritak`, { query: { emnefritakId: id }, headers: journal })).status,
    204,
  );
  assert.equal(
    (await world.ask('DELETE', `${ofKari}/emnefritak`, { query: { emnefritakId: id }, headers: journal })).status,
    404,
  );
  assert.deepEqual(items(await get(`${ofKari}/emnefritak`)), []);
});

const addExternal = (body: object) =>
  world.ask('POST', `${ofKari}/eksternresultater`, { body: { kode: 'X', ...body } });

test('both names of what was renamed are taken, and two that differ are not', async () => {
  for (const body of [
    { institusjonId: other },
    { institusjonsId: other },
    { institusjonId: other, institusjonsId: other },
  ]) {
    const { status, body: made, text } = await addExternal(body);
    assert.equal(status, 201, text);
    assert.equal(String(made['institusjonId']), other);
    assert.equal(String(made['institusjonsId']), other);
  }
  assert.deepEqual(faults(await addExternal({ institusjonId: other, institusjonsId: idOf(at.organisation, '7777') })), [
    'institusjonsId',
  ]);
  assert.deepEqual(faults(await addExternal({ institusjonsId: course })), ['institusjonsId']);
  assert.deepEqual(faults(await addExternal({})), ['institusjonId']);
  // An institution that is not there is told by the name that it was given under.
  assert.deepEqual(faults(await addExternal({ institusjonId: idOf(at.organisation, '9999') })), ['institusjonId']);
});

test('a course and an external result go into a plan and out again, and into no plan of another', async () => {
  const planned = { vektingstypeId: plainId(more.weighting, 'SP'), verdi: 7.5 };
  const body = { emneId: course, undervisningsTerminId: term, eksamensTerminId: term, planlagtVekting: planned };
  const foreign = plainId(more.plan, 'UP3');
  for (const path of [
    `${ofKari}/utdanningsplaner/${foreign}/emner`,
    `/gemini/personer/${ola}/utdanningsplaner/${plan}/emner`,
  ])
    assert.equal((await world.ask('POST', path, { body, headers: journal })).status, 404, path);
  const made = await world.ask('POST', `${plansOf}/emner`, { body, headers: journal });
  assert.equal(made.status, 201, made.text);
  const place = String(made.body['emneIUtdanningsplanId']);
  assert.deepEqual(made.body['planlagtVekting'], planned as unknown as Tree);
  for (const [size, name] of [
    [{ ...planned, vektingstypeId: course }, 'planlagtVekting.vektingstypeId'],
    [{ ...planned, vektingstypeId: plainId(more.weighting, 'NO') }, 'planlagtVekting.vektingstypeId'],
    [{ verdi: 1 }, 'planlagtVekting.vektingstypeId'],
    [{ ...planned, verdi: '1' }, 'planlagtVekting.verdi'],
  ] as const) {
    const sent = { body: { ...body, planlagtVekting: size }, headers: journal };
    assert.deepEqual(faults(await world.ask('POST', `${plansOf}/emner`, sent)), [name]);
  }
  const result = await world.ask('POST', `${plansOf}/eksternresultater`, {
    body: {
      eksternresultatId: plainId(more.external, 'ER1'),
      vektingIUtdanningsplan: { vektingstypeId: plainId(more.weighting, 'SP'), verdi: 2.5 },
    },
    headers: journal,
  });
  assert.equal(result.status, 201, result.text);
  const [shown] = items(await get(`${ofKari}/utdanningsplaner`));
  assert.ok(texts(shown?.['emner'] ?? [], 'emneIUtdanningsplanId').includes(place));
  const [counted] = (shown?.['eksternresultater'] ?? []) as readonly Tree[];
  assert.deepEqual(counted?.['vektingIUtdanningsplan'], {
    vektingstypeId: plainId(more.weighting, 'SP'),
    verdi: 2.5,
  } as unknown as Tree);
  // A result of somebody else counts in nobody's plan.
  assert.deepEqual(
    faults(
      await world.ask('POST', `${plansOf}/eksternresultater`, {
        body: { eksternresultatId: plainId(more.external, 'ER3') },
        headers: journal,
      }),
    ),
    ['eksternresultatId'],
  );
  const out = { emneIUtdanningsplanId: place };
  assert.equal((await world.ask('DELETE', `${plansOf}/emner`, { query: out, headers: journal })).status, 204);
  assert.equal((await world.ask('DELETE', `${plansOf}/emner`, { query: out, headers: journal })).status, 404);
  const [left] = items(await get(`${ofKari}/utdanningsplaner`));
  assert.ok(!texts(left?.['emner'] ?? [], 'emneIUtdanningsplanId').includes(place));
});

test('an order of results is taken, and can be asked about as it comes along', async () => {
  const path = `${ofKari}/resultatutveksling`;
  const taken = await world.ask('POST', path, { body: { institusjonId: other } });
  assert.equal(taken.status, 202, taken.text);
  assert.equal(String(taken.body['status']), 'BESTILT');
  const [found] = items(await get(path));
  assert.deepEqual(found, taken.body);
  // Whoever carries it out writes to the same resource, as any client does that may.
  const holding = world.parts.holdings.of(owner, order);
  const orders = await world.parts.tables.list(
    holding.by('systemId'),
    holding.projection(),
    { given: {}, page: { offset: 0, size: 10 } },
    { principal: principal(), requestId: 'r', api: 'test' },
  );
  assert.ok(orders.kind === 'rows');
  const done = await world.hubOfWrites.run(
    {
      kind: 'write-many',
      parts: [
        {
          collection: more.order,
          operation: 'patch',
          target: { uid: orders.rows[0]?.uid ?? -1 },
          values: { status: 'FULLFORT', antallResultater: 2 },
          links: {},
        },
      ],
      idempotency: null,
      unchanged: null,
      note: 'test',
      about: [],
    },
    { principal: principal(), requestId: 'r2', api: 'test' },
  );
  assert.equal(done.kind, 'accepted');
  const [later] = items(await get(path));
  assert.equal(String(later?.['status']), 'FULLFORT');
  assert.equal(Number(later?.['antallResultater']), 2);
  for (const [body, who] of [
    [{ institusjonId: idOf(at.organisation, '7777') }, kari],
    [{ institusjonId: other }, teacher],
  ] as const)
    assert.equal((await world.ask('POST', `/gemini/personer/${who}/resultatutveksling`, { body })).status, 422);
});

test('where a source decides, a change is taken and its outcome told', async () => {
  await world.owned(sourceOwned);
  const body = { emneId: course, fritakstype: 'INTERN' };
  const taken = await world.ask('POST', `${ofKari}/emnefritak`, { body, headers: journal });
  assert.equal(taken.status, 202, taken.text);
  const place = taken.headers['location'] ?? '';
  assert.match(place, /^\/gemini\/endringer\/[\w-]+$/);
  assert.deepEqual(await get(place).then(({ body: told }) => String(told['status'])), 'VENTER');
  const [event] = await world.poll(more.exemption);
  assert.ok(event !== undefined);
  assert.equal(await world.answer(event.id, { state: 'rejected', message: 'Ikke hos oss.' }), 'ok');
  const { status, body: told } = await get(place);
  assert.equal(status, 200);
  assert.equal(String(told['status']), 'AVVIST');
  assert.equal(String(told['melding']), 'Ikke hos oss.');
  assert.equal((await get(place, {}, { as: principal('other') })).status, 404);
  await world.owned(hubOwned);
});

test('a source is waited for to the last moment, and no longer', async () => {
  await world.owned(sourceOwned);
  const body = { emneId: course, fritakstype: 'EKSTERN' };
  const asked = async (answerAfter: number) => {
    const from = world.clock.now();
    world.waits.woken = async () => {
      if (world.clock.now() - from !== answerAfter) return;
      const event = (await world.poll(more.exemption)).at(-1);
      assert.ok(event !== undefined);
      assert.equal(await world.answer(event.id, { state: 'rejected', message: 'Ikke hos oss.' }), 'ok');
    };
    const { status, text } = await world.ask('POST', `${ofKari}/emnefritak`, { body, headers: journal });
    return { status, text, waited: world.clock.now() - from };
  };
  try {
    const inTime = await asked(limits.geminiWaitMs);
    assert.deepEqual([inTime.status, inTime.waited], [422, limits.geminiWaitMs], inTime.text);
    assert.match(inTime.text, /Ikke hos oss\./);
    const late = await asked(limits.geminiWaitMs + 1);
    assert.deepEqual([late.status, late.waited], [202, limits.geminiWaitMs], late.text);
  } finally {
    world.waits.woken = null;
    await world.owned(hubOwned);
  }
});

test('what a source makes of a change has its own status of HTTP, and words also where it gives none', async () => {
  await world.owned(sourceOwned);
  const body = { emneId: course, fritakstype: 'EKSTERN' };
  try {
    for (const [state, expected] of [
      ['rejected', 422],
      ['failed', 502],
      ['conflict', 409],
    ] as const) {
      let answered = false;
      world.waits.woken = async () => {
        if (answered) return;
        answered = true;
        const event = (await world.poll(more.exemption)).at(-1);
        // Beside a conflict stands what the source has.
        const has =
          state === 'conflict' ? [{ identifier: null, resource: JSON.parse(event?.value ?? '') as unknown }] : [];
        assert.equal(await world.answer(event?.id ?? '', { state, message: '', resources: has }), 'ok');
      };
      const { status, text } = await world.ask('POST', `${ofKari}/emnefritak`, { body, headers: journal });
      assert.equal(status, expected, text);
      assert.match(text, /"detail":"Kildesystemet [^"]+\."/);
    }
  } finally {
    world.waits.woken = null;
    await world.owned(hubOwned);
  }
});

test('who may not write is told like one for whom there is nothing, and changes nothing', async () => {
  await onlyGrants(world, { actions: ['read', 'list'] });
  const position = await world.position();
  const refused = await world.ask('POST', `${ofKari}/emnefritak`, {
    body: { emneId: course, fritakstype: 'INTERN' },
    headers: journal,
  });
  assert.ok(refused.status === 404 || refused.status === 403, refused.text);
  assert.equal(await world.position(), position);
  await usualGrants();
});

test('what is shown in part is not removed', async () => {
  const made = await world.ask('POST', `${ofKari}/emnefritak`, {
    body: { emneId: course, fritakstype: 'INTERN' },
    headers: journal,
  });
  assert.equal(made.status, 201, made.text);
  const emnefritakId = String(made.body['emnefritakId']);
  const remove = (id: string) =>
    world.ask('DELETE', `${ofKari}/emnefritak`, { query: { emnefritakId: id }, headers: journal });
  await onlyGrants(
    world,
    { actions: ['read', 'list'] },
    { id: 'some', actions: ['write'], fields: ['systemId', 'student', 'emne'] },
  );
  const position = await world.position();
  const refused = await remove(emnefritakId);
  assert.equal(refused.status, 403, refused.text);
  assert.match(String(refused.body['type']), /HUB-403$/);
  assert.equal((await remove(plainId(more.exemption, 'none'))).status, 404);
  assert.equal(await world.position(), position);
  await usualGrants();
  assert.equal((await remove(emnefritakId)).status, 204);
});

test('a key stands for one change: what is to go is part of it, and what is no key is refused', async () => {
  const ids: string[] = [];
  for (const fritakstype of ['INTERN', 'EKSTERN']) {
    const made = await world.ask('POST', `${ofKari}/emnefritak`, {
      body: { emneId: course, fritakstype },
      headers: journal,
    });
    assert.equal(made.status, 201, made.text);
    ids.push(String(made.body['emnefritakId']));
  }
  const remove = (id: string, key: string) =>
    world.ask('DELETE', `${ofKari}/emnefritak`, {
      query: { emnefritakId: id },
      headers: { ...journal, 'idempotency-key': key },
    });
  const [first = '', second = ''] = ids;
  assert.equal((await remove(first, 'gone')).status, 204);
  assert.equal((await remove(second, 'gone')).status, 422);
  assert.deepEqual(texts(items(await get(`${ofKari}/emnefritak`)), 'emnefritakId'), [second]);
  for (const key of ['', 'k'.repeat(limits.idempotencyKeyLength + 1)])
    assert.deepEqual(faults(await remove(second, key)), ['Idempotency-Key']);
  assert.equal((await remove(second, 'k'.repeat(limits.idempotencyKeyLength))).status, 204);
});

test('what is wrong is named in the detail as it is named in the list', async () => {
  const { body } = await world.ask('POST', `${ofKari}/emnefritak`, { body: {}, headers: journal });
  assert.equal(String(body['detail']), 'Ugyldige parametre: emneId, fritakstype.');
});
