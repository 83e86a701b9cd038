// Collections and documents as clients of the original read them: their forms, what is asked for, what is found, and what is not there for whoever may not see it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { limits } from '#base/limits.ts';
import { fsResources } from '#mappings/fs-resources.ts';
import { dal, fjord, identified, nationalId, onlyGrants, principal, put } from '../../hub/world.ts';
import { at } from '../fs-graphql/fs-world.ts';
import { api, openFsApiWorld, type FsApiWorld, type Tree } from './fs-api-world.ts';
import { places, teaching } from './teaching.ts';

let world: FsApiWorld;
before(async () => {
  world = await openFsApiWorld(teaching);
});
after(() => world.close());

const all = { actions: ['read', 'list'] } as const;
const found = (address: string): Promise<readonly string[]> => world.items(`${address}&limit=0`);
const coursePage = (number: number): string => `${api}/emner?limit=2&page=${number}&dbId=true`;
const autumn = 'H%C3%98ST';

test('a document is its address, its members and its references; the parts of keys come when they are asked for', async () => {
  const address = `/undervisning/7777,TST2000,1,2026,${autumn},1`;
  const emne = { href: `${api}/emner/7777,TST2000,1` };
  const semester = { href: `${api}/semestre/2026,${autumn}` };
  assert.deepEqual(await world.get(address), { href: api + address, emne, semester, campuser: [] });
  assert.deepEqual(await world.get(`${address}?dbId=true`), {
    href: api + address,
    emne: { ...emne, institusjon: 7777, kode: 'TST2000', versjon: '1' },
    semester: { ...semester, ar: 2026, termin: 'HØST' },
    terminnummer: 1,
    campuser: [],
  });
  assert.deepEqual(await world.get(`${address}?refId=true&fields=semester`), {
    href: api + address,
    semester: { ...semester, ar: 2026, termin: 'HØST' },
  });
});

test('texts, periods and units are lists that say what each is; what has no value is left out', async () => {
  assert.deepEqual(await world.get('/emner/7777,TST1000,1'), {
    href: `${api}/emner/7777,TST1000,1`,
    navn: [
      { lang: 'nb', value: 'Testlære' },
      { lang: 'en', value: 'Testing' },
    ],
    organisasjonsenheter: [{ href: `${api}/organisasjonsenheter/7777,59,0,0`, type: 'STUDIE' }],
    vekting: { verdi: 7.5 },
    emnetype: 'UNDERVISN',
    studieniva: { href: `${api}/studienivaer/B` },
    fag: [],
  });
  const { organisasjonsenheter } = await world.get('/emner/7777,TST1000,1?refId=true&fields=organisasjonsenheter');
  assert.deepEqual(organisasjonsenheter, [
    {
      href: `${api}/organisasjonsenheter/7777,59,0,0`,
      institusjon: 7777,
      fakultet: 59,
      institutt: 0,
      gruppe: 0,
      type: 'STUDIE',
    },
  ]);
  assert.deepEqual(await world.get(`/semestre/2026,${autumn}?fields=perioder`), {
    href: `${api}/semestre/2026,${autumn}`,
    perioder: [{ type: 'STUDIESEMESTER', fraDato: '2026-08-01', tilDato: '2026-12-31' }],
  });
});

test('a collection is a page of addresses with the true size, and leads to the pages before and behind', async () => {
  const link = (rel: string, number: number) => ({ href: coursePage(number), rel: [rel] });
  assert.deepEqual(await world.get('/emner?limit=2&page=2&dbId=true'), {
    href: coursePage(2),
    rel: ['self'],
    page: 2,
    limit: 2,
    size: 5,
    first: link('first', 1),
    previous: link('previous', 1),
    next: link('next', 3),
    last: link('last', 3),
    items: [
      { href: `${api}/emner/7777,ABC,1`, institusjon: 7777, kode: 'ABC', versjon: '1' },
      { href: `${api}/emner/7777,A%2CB%2F%C3%98,1`, institusjon: 7777, kode: 'A,B/Ø', versjon: '1' },
    ],
  });
  const first = await world.get('/emner?limit=2');
  assert.deepEqual([first['previous'], first['next'] === undefined], [undefined, false]);
  const last = await world.get('/emner?limit=2&page=3');
  assert.deepEqual([last['next'], (last['items'] ?? []).length], [undefined, 1]);
});

test('a page behind the last has no items and the true size, and leads back to the last', async () => {
  for (const address of ['/emner?limit=2&page=4', '/emner?limit=2&page=999999999', '/emner?limit=0&page=2']) {
    const { items, size, next, previous } = await world.get(address);
    assert.deepEqual([items, size, next], [[], 5, undefined], address);
    assert.ok(String(previous?.['href']).includes(address.includes('limit=0') ? 'page=1' : 'page=3'), address);
  }
});

test('limit=0 gives all of them as a stream, in the form of a page', async () => {
  const { page, limit, size, items, first, last, next } = await world.get('/emner?limit=0&dbId=true');
  assert.deepEqual([page, limit, size, next], [1, 0, 5, undefined]);
  assert.equal(first?.['href'], last?.['href']);
  const paged = [
    ...((await world.get('/emner?limit=3&dbId=true'))['items'] ?? []),
    ...((await world.get('/emner?limit=3&page=2&dbId=true'))['items'] ?? []),
  ];
  assert.deepEqual(items, paged);
});

test('every document is at the address that its collection gives, and says the same of itself', async () => {
  let seen = 0;
  for (const { name } of fsResources)
    for (const address of await world.items(`/${name}?limit=0`)) {
      const { href } = await world.get(`${address}?dbId=true`);
      assert.equal(href, api + address);
      assert.match(address, new RegExp(`^/${name}/[\\x21-\\x7e]+$`));
      seen += 1;
    }
  assert.ok(seen > 40, `only ${seen}`);
});

test('codes of admission are found by their code, whatever letters it has, and narrowed to those in use', async () => {
  assert.deepEqual(await world.items('/kvalifikasjonsgrunnlag?limit=0'), [
    '/kvalifikasjonsgrunnlag/GSK',
    '/kvalifikasjonsgrunnlag/23%2F5',
  ]);
  assert.deepEqual(await world.items('/kvalifikasjonsgrunnlag?aktiv=false&limit=0'), [
    '/kvalifikasjonsgrunnlag/23%2F5',
  ]);
  assert.deepEqual(await world.get('/tilbudstatuser/TILBUD?dbId=true'), {
    href: `${api}/tilbudstatuser/TILBUD`,
    kode: 'TILBUD',
    navn: [
      { lang: 'nb', value: 'Tilbud' },
      { lang: 'en', value: 'Offer' },
    ],
    aktiv: true,
  });
});

test('a collection of several tables is one: its pages go on from one to the next, and its size is that of all', async () => {
  const whole = await world.items('/personroller?limit=0');
  assert.deepEqual(whole, ['/personroller/104,3', '/personroller/104,4', '/personroller/104,1', '/personroller/104,2']);
  const pages: string[] = [];
  for (const page of [1, 2, 3, 4, 5]) {
    const one = await world.get(`/personroller?limit=1&page=${page}`);
    assert.equal(one['size'], 4);
    pages.push(...(one['items'] ?? []).map(({ href }) => String(href).replace(api, '')));
  }
  assert.deepEqual(pages, whole);
  assert.equal((await world.get('/personroller/104,2'))['kull']?.['href'], `${api}/kull/TEST-BA,2026,V%C3%85R`);
});

test('an application that has led to a right is told by the right, and once', async () => {
  assert.deepEqual(await world.items('/studentundervisning'), [
    '/studentundervisning/101,7777,TST1000,1,2026,V%C3%85R,1',
    '/studentundervisning/102,7777,TST1000,1,2026,V%C3%85R,1',
    `/studentundervisning/102,7777,TST2000,1,2026,${autumn},1`,
  ]);
  const right = await world.get('/studentundervisning/101,7777,TST1000,1,2026,VAR,1');
  assert.deepEqual([right['opptatt'], right['soknadsstatus']], [true, undefined]);
  const waiting = await world.get(`/studentundervisning/102,7777,TST2000,1,2026,${autumn},1?dbId=true`);
  assert.deepEqual(
    [waiting['opptatt'], waiting['soknadsstatus'], waiting['tilbudstatus'], waiting['semester']],
    [
      false,
      'PA_VENTELISTE',
      { kode: 'VENT', navn: [{ lang: 'nb', value: 'Venteliste' }] },
      { href: `${api}/semestre/2026,${autumn}`, ar: 2026, termin: 'HØST' },
    ],
  );
});

test('rows are found by equalities, on dotted paths too; terms in either spelling', async () => {
  assert.deepEqual(await found('/undervisning?semester.termin=HOST'), [
    `/undervisning/7777,TST2000,1,2026,${autumn},1`,
  ]);
  assert.deepEqual(await found(`/undervisning?semester.termin=${autumn}&semester.ar=2026`), [
    `/undervisning/7777,TST2000,1,2026,${autumn},1`,
  ]);
  assert.deepEqual(await found('/undervisning?semester.termin=VAR&semester.ar=2025'), []);
  assert.deepEqual(await found('/undervisning?emne.kode=TST1000'), ['/undervisning/7777,TST1000,1,2026,V%C3%85R,1']);
  assert.deepEqual(await found('/emner?kode=A%2CB%2F%C3%98'), ['/emner/7777,A%2CB%2F%C3%98,1']);
  // NFD.
  assert.deepEqual(await found('/emner?kode=VA%CC%8ARKURS'), ['/emner/7777,V%C3%85RKURS,2']);
  assert.deepEqual(await found('/studieprogrammer?utgatt=true'), ['/studieprogrammer/TEST-GML']);
  assert.deepEqual(await found('/kull?aktiv=J'), ['/kull/TEST-BA,2026,V%C3%85R']);
  assert.deepEqual(await found('/personroller?semester.ar=2026&semester.termin=HOST'), ['/personroller/104,4']);
  assert.deepEqual(await found('/evukursdeltakelser?evukurs.kode=X'), []);
});

test('clients of the original find what they come for: a person, what is taught to and by him, and each document', async () => {
  const [person] =
    (await world.get('/personer?fodselsdato0=18190&personnummer0=00001&dbId=true&limit=0'))['items'] ?? [];
  assert.deepEqual(person, { href: `${api}/personer/101`, personlopenummer: 101 });
  const follow = async (items: readonly string[]): Promise<readonly Tree[]> =>
    Promise.all(items.map((address) => world.get(`${address}?dbId=true`)));
  const taught = await follow(
    await world.items(
      '/studentundervisning?dbId=true&limit=0&person.personlopenummer=101&undervisning.semester.ar=2026',
    ),
  );
  assert.deepEqual(
    taught.map(({ undervisning }) => undervisning?.['emne']?.['kode']),
    ['TST1000'],
  );
  const roles = await follow(
    await world.items('/personroller?dbId=true&limit=0&person.personlopenummer=104&semester.ar=2026'),
  );
  assert.deepEqual(
    roles.map(({ rolle, rollenummer }) => [rolle?.['kode'], rollenummer]),
    [
      ['LÆRER', 3],
      ['LÆRER', 4],
      ['LÆRER', 2],
    ],
  );
  // Reading lists: teaching of a term, its activities, their roles, and how many students there are.
  const [teachingAt = ''] = await world.items('/undervisning?semester.ar=2026&semester.termin=V%C3%85R&limit=0');
  const activities = await world.items(
    '/undervisningsaktiviteter?undervisning.emne.kode=TST1000&undervisning.semester.ar=2026&limit=0',
  );
  assert.deepEqual(activities, [teachingAt.replace('undervisning', 'undervisningsaktiviteter') + ',F1']);
  assert.equal(
    (
      await world.get(
        '/personroller?undervisningsaktivitet.aktivitet=F1&undervisningsaktivitet.undervisning.emne.kode=TST1000',
      )
    )['size'],
    1,
  );
  const { size, items } = await world.get(
    '/studentundervisning?undervisning.emne.kode=TST1000&undervisning.semester.ar=2026&limit=1',
  );
  // One of the three is protected.
  assert.deepEqual([size, items?.length], [2, 1]);
});

test('a national id stands in no address, and finds nobody for those who do not see national ids', async () => {
  const ids = [nationalId(1), nationalId(2), nationalId(4)];
  for (const { name } of fsResources) {
    const { text } = await world.ask(`/${name}?limit=0&dbId=true`);
    for (const id of ids) assert.ok(!text.includes(id) && !text.includes(id.slice(1)), name);
  }
  const lookup = '/personer?fodselsdato0=018190&personnummer0=00001&limit=1';
  const answer = await world.get(lookup);
  assert.deepEqual(
    [answer['size'], answer['href'], answer['first'], answer['last']],
    [1, `${api}/personer?limit=1&page=1`, undefined, undefined],
  );
  await onlyGrants(world, { ...all, withhold: ['national-id'] });
  assert.equal((await world.get(lookup))['size'], 0);
  const { personnummer, fodselsdato, etternavn } = await world.get('/personer/101');
  assert.deepEqual([personnummer, fodselsdato, etternavn], [undefined, undefined, 'Åsen']);
  const [change] = await world.items('/fnrendringer');
  assert.deepEqual(Object.keys(await world.get(`${change}`)), ['href', 'person', 'datoForetatt']);
  await onlyGrants(world, { actions: ['read', 'list', 'write'] });
  assert.deepEqual((await world.get(`${change}`))['datoForetatt'], '2026-11-21');
});

test('protected persons, other institutions and collections without a grant are not there', async () => {
  const nothing = (await world.ask('/personer/999')).text;
  for (const address of [
    '/personer/103',
    '/studieretter/103,TEST-BA,2026,VAR',
    '/studentundervisning/103,7777,TST1000,1,2026,VAR,1',
  ])
    assert.deepEqual([(await world.ask(address)).status, (await world.ask(address)).text], [404, nothing], address);
  assert.equal((await world.get('/personer?limit=1'))['size'], 3);
  assert.equal((await world.get('/personer?etternavn=Person'))['size'], 0);
  assert.equal((await world.ask('/emner', { as: principal('app', dal) })).status, 404);
  await onlyGrants(world, { ...all, collections: [at.course, places.activityRole] });
  assert.equal((await world.ask('/personer')).status, 404);
  assert.equal((await world.ask('/personer?limit=0')).status, 404);
  // Of several tables those are shown that may be.
  assert.deepEqual(await world.items('/personroller?limit=0'), ['/personroller/104,3']);
  assert.deepEqual(await world.items('/personroller'), ['/personroller/104,3']);
  await onlyGrants(world, { actions: ['read', 'list', 'write'] });
});

test('what is asked for wrongly is refused by its name, with what is taken', async () => {
  const refused = async (address: string): Promise<readonly unknown[]> => {
    const { status, body, text } = await world.ask(address);
    assert.equal(status, 400, `${address}: ${text}`);
    assert.equal(body['status'], 400);
    assert.match(String(body['created']), /^\d{4}-\d\d-\d\dT/);
    return (body['errors'] ?? []).map(
      ({ code, errorCorrection }) => `${String(code)} ${String(errorCorrection).split(' ')[0]}`,
    );
  };
  for (const limit of ['-1', 'x', '1.5', '', '%2B1', '1e3', '10001', '٣'])
    assert.deepEqual(await refused(`/emner?limit=${limit}`), ['HUB-103 limit'], limit);
  for (const page of ['0', '-1', 'x', '1000000000'])
    assert.deepEqual(await refused(`/emner?page=${page}`), ['HUB-103 page'], page);
  assert.deepEqual(await refused('/emner?dbId=yes&limit=x'), ['HUB-103 dbId', 'HUB-103 limit']);
  assert.deepEqual(await refused('/emner?limit=1&limit=2'), ['HUB-103 limit']);
  assert.deepEqual(await refused('/emner?semester.ar=2026'), ['HUB-103 semester.ar']);
  assert.deepEqual(await refused('/emner?fields=navn,nope'), ['HUB-103 fields']);
  assert.deepEqual(await refused('/emner/7777,ABC,1?limit=1'), ['HUB-103 limit']);
  assert.deepEqual(await refused('/semestre?termin=SOMMER'), ['HUB-103 termin']);
  assert.deepEqual(await refused('/personer?fodselsdato0=18190'), ['HUB-103 personnummer0']);
  assert.deepEqual(await refused('/personer?fodselsdato0=x&personnummer0=1'), [
    'HUB-103 fodselsdato0',
    'HUB-103 personnummer0',
  ]);
  assert.equal((await world.ask(`/emner?limit=${limits.fsApiPageSize}`)).status, 200);
});

test('a page has as many as it may when nothing is said', async () => {
  const codes = Array.from({ length: limits.fsApiPageDefault }, (_, index) => `Q${String(index).padStart(2, '0')}`);
  await put(
    world,
    at.country,
    codes.map((code) => ({ systemId: identified(code), landkodeAlfa3: identified(code), navnAlleSprak: { nb: code } })),
  );
  const { items, size, limit } = await world.get('/land');
  assert.deepEqual(
    [items?.length, size, limit],
    [limits.fsApiPageDefault, limits.fsApiPageDefault + 2, limits.fsApiPageDefault],
  );
});

test('members are chosen by name, in collections too', async () => {
  assert.deepEqual((await world.get('/emner?limit=1&fields=emnetype'))['items'], [
    { href: `${api}/emner/7777,TST1000,1`, emnetype: 'UNDERVISN' },
  ]);
  const [item] = (await world.get('/emner?limit=1&fields=*&dbId=true'))['items'] ?? [];
  assert.deepEqual(item, await world.get('/emner/7777,TST1000,1?dbId=true'));
  assert.deepEqual(await world.get('/emner/7777,TST1000,1?fields=emnetype'), {
    href: `${api}/emner/7777,TST1000,1`,
    emnetype: 'UNDERVISN',
  });
});

test('who is looked up is in the audit by another name, and no national id is', async () => {
  const tenant = await world.store.tenant(fjord);
  await world.get('/personer?fodselsdato0=18190&personnummer0=00001');
  const text = JSON.stringify(await tenant.audit({ limit: 10_000 }));
  assert.ok(text.includes('"fs-api"'));
  for (const part of [nationalId(1), '018190', '00001"', '18190']) assert.ok(!text.includes(part), part);
});
