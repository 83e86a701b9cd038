// Writes through the API as its clients see them, over a whole hub with the municipality: what is taken, what is refused by name, what a source is
// asked, and what is left in the audit.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { answerEvents } from '#sandbox/event-adapter.ts';
import { createSource } from '#sandbox/source.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import type { WriteRule } from '#store/store.ts';
import type { Answer, Caller } from '../../../e2e/caller.ts';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { temporaryPlace } from '../../../e2e/place.ts';
import { prefix, startVfsWorld, today, valueOf, type VfsWorld } from '../vfs-world.ts';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };
type Problem = {
  readonly code: string;
  readonly status: number;
  readonly errors?: readonly { readonly at?: string; readonly pointer?: string; readonly message?: string }[];
};

const place = await temporaryPlace();
let world: VfsWorld;
let hr: Caller;
let freshNumber = 0;

const fresh = () => {
  freshNumber += 1;
  const nin = nationalIds[freshNumber] ?? '';
  return {
    nin,
    givenName: 'Ronja',
    familyName: `Granskog${freshNumber}`,
    employeeNumber: `9${String(freshNumber).padStart(5, '0')}`,
    category: 'F',
    protectionGrade: 'none',
  };
};

const typeOf: Readonly<Record<string, string>> = { PATCH: 'application/merge-patch+json' };

const send = (
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
  who: Caller = hr,
): Promise<Answer> =>
  who.send(method, `${prefix}${path}`, {
    headers: { ...(body === undefined ? {} : { 'content-type': typeOf[method] ?? 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const items = async (path: string, who: Caller = hr): Promise<readonly Item[]> =>
  valueOf(await send('GET', path, undefined, {}, who))['items'] as readonly Item[];

const read = async (path: string, who: Caller = hr): Promise<{ readonly value: Item; readonly etag: string }> => {
  const answer = await send('GET', path, undefined, {}, who);
  return { value: valueOf(answer) as Item, etag: String(answer.headers['etag']) };
};

const refused = (answer: Answer, status: number, code: string, ...names: readonly string[]): void => {
  assert.equal(answer.status, status, answer.text);
  const problem = JSON.parse(answer.text) as Problem;
  assert.equal(problem.code, code, answer.text);
  for (const name of names) assert.ok(JSON.stringify(problem.errors ?? []).includes(name), `${name}: ${answer.text}`);
};

const employeeOf = async (number: string): Promise<Item> => {
  const found = (await items('/employees?limit=500&fields=employeeNumber,positions')).find(
    (one) => one['employeeNumber'] === number,
  );
  assert.ok(found !== undefined, number);
  return found;
};

const schoolsOf = async (): Promise<readonly Item[]> => items('/metadata/schools');
const groupNamed = async (code: string): Promise<string> => {
  const found = (await items('/metadata/access-groups')).find((one) => one['code'] === code);
  assert.ok(found !== undefined, code);
  return found.id;
};

const hire = async (more: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Item> =>
  valueOf(await send('POST', '/employees', { ...fresh(), ...more }, headers), 201) as Item;

const rules = (policy: 'hub' | 'source', ...patterns: readonly string[]): readonly WriteRule[] =>
  patterns.map((pattern) => ({ pattern, policy, deadlineMinutes: null }));

const withRules = async (writes: readonly WriteRule[], work: () => Promise<void>): Promise<void> => {
  const organisation = await world.hub.platform.organisation(world.organisation);
  assert.ok(organisation !== null);
  await world.hub.platform.putOrganisation({ ...organisation, settings: { ...organisation.settings, writes } });
  try {
    await work();
  } finally {
    await world.hub.platform.putOrganisation(organisation);
  }
};

/** Answers as the municipality's own system does, for as long as the work takes. */
const answering = async (work: () => Promise<void>): Promise<void> => {
  const stop = new AbortController();
  const { id, secret } = world.hub.credentials.get('adapter') ?? { id: '', secret: '' };
  const source = createSource(world.world.collections);
  const answers = answerEvents(
    {
      baseUrl: world.hub.url,
      tokenEndpoint: `${world.hub.url}/oauth/token`,
      clientId: id,
      clientSecret: secret,
      scope: 'fint-adapter',
      orgId: world.organisation,
      adapterId: `https://sandbox.test/${world.organisation}`,
      operations: ['READ', 'CREATE', 'UPDATE', 'DELETE', 'VALIDATE'],
      pageSize: 1_000,
      concurrency: 1,
      gzip: true,
      fetch,
      now: systemClock.now,
      sleep: systemClock.sleep,
      source,
      generation: 2,
    },
    stop.signal,
  ).catch(() => {});
  try {
    await work();
  } finally {
    stop.abort();
    await answers;
  }
};

const outcome = async (location: string): Promise<Item> => {
  for (let count = 0; count < 100; count += 1) {
    const value = valueOf(await hr.send('GET', location)) as Item;
    if (value['state'] !== 'waiting') return value;
    await systemClock.sleep(100);
  }
  throw new Error('no outcome');
};

before(
  async () => {
    world = await startVfsWorld(place, ['hr'], ['reader', 'school', 'other']);
    hr = await world.as('hr');
  },
  { timeout: 120_000 },
);
after(async () => {
  await world?.close();
  await place.remove();
});

describe('employees', () => {
  it('are made whole: person, employment, role and positions', async () => {
    const [school] = await schoolsOf();
    const given = fresh();
    const answer = await send('POST', '/employees', {
      ...given,
      workEmail: 'ronja@tindvag.test',
      feideName: `${given.employeeNumber}@tindvag.test`,
      positions: [{ schoolId: school?.id, kind: 'LAERER', percentage: 80.5, main: true }],
    });
    const made = valueOf(answer, 201);
    assert.equal(answer.headers['location'], `${world.hub.url}${prefix}/employees/${String(made['id'])}`);
    assert.equal(made['givenName'], given.givenName);
    assert.equal(made['employeeNumber'], given.employeeNumber);
    assert.equal(made['workEmail'], 'ronja@tindvag.test');
    assert.equal(made['from'], today());
    assert.equal(made['active'], true);
    const [position] = made['positions'] as readonly Item[];
    assert.deepEqual(
      [position?.['schoolId'], position?.['kind'], position?.['percentage'], position?.['main'], position?.['active']],
      [school?.id, 'LAERER', 80.5, true, true],
    );
    const again = await read(`/employees/${String(made['id'])}`);
    assert.deepEqual(again.value, made);
    assert.equal(again.etag, answer.headers['etag']);
  });

  it('are made once under a key', async () => {
    const body = fresh();
    const headers = { 'idempotency-key': 'hire-1' };
    const first = await send('POST', '/employees', body, headers);
    const second = await send('POST', '/employees', body, headers);
    assert.equal(valueOf(first, 201)['id'], valueOf(second, 201)['id']);
    refused(await send('POST', '/employees', { ...body, givenName: 'Annen' }, headers), 422, 'HUB-413');
    refused(await send('POST', '/employees', body), 409, 'HUB-612');
    refused(
      await send('POST', '/employees', fresh(), { 'idempotency-key': 'x'.repeat(300) }),
      400,
      'HUB-103',
      'Idempotency-Key',
    );
  });

  it('are refused by name, and nothing is there then', async () => {
    const count = (await items('/employees?limit=500')).length;
    const good = fresh();
    const { nin: _nin, ...without } = good;
    refused(await send('POST', '/employees', without), 400, 'HUB-103', 'nin');
    const { protectionGrade: _grade, ...unsaid } = good;
    refused(await send('POST', '/employees', unsaid), 400, 'HUB-103', 'protectionGrade');
    refused(await send('POST', '/employees', { ...good, fullName: 'X' }), 400, 'HUB-103', 'fullName', 'read only');
    refused(await send('POST', '/employees', { ...good, hobby: 'X' }), 400, 'HUB-103', 'hobby');
    refused(await send('POST', '/employees', { ...good, givenName: 7 }), 400, 'HUB-103', 'givenName');
    refused(await send('POST', '/employees', { ...good, givenName: 'A'.repeat(201) }), 400, 'HUB-103', 'givenName');
    refused(await send('POST', '/employees', { ...good, givenName: 'A\u0000B' }), 400, 'HUB-103', 'givenName');
    refused(await send('POST', '/employees', { ...good, category: 'UKJENT' }), 400, 'HUB-103', 'category');
    refused(await send('POST', '/employees', { ...good, from: '2026-02-30' }), 400, 'HUB-103', 'from');
    refused(await send('POST', '/employees', { ...good, positions: [{ kind: 'LAERER' }] }), 400, 'HUB-103', 'schoolId');
    refused(
      await send('POST', '/employees', { ...good, positions: [{ schoolId: 'A'.repeat(22) }] }),
      400,
      'HUB-103',
      '/positions/0/schoolId',
    );
    refused(await send('POST', '/employees', { ...good, employeeNumber: good.nin }), 400, 'HUB-103', 'employeeNumber');
    // Not synthetic: a sandbox takes none.
    refused(await send('POST', '/employees', { ...good, nin: '01019000083' }), 422, 'HUB-417');
    const [group] = await items('/groups?limit=1');
    refused(
      await send('POST', '/employees', { ...good, positions: [{ schoolId: group?.id }] }),
      400,
      'HUB-415',
      'schoolId',
    );
    assert.equal((await items('/employees?limit=500')).length, count);
    await hire();
    assert.equal((await items('/employees?limit=500')).length, count + 1);
  });

  it('change by what is named; null takes away', async () => {
    const { id } = await hire({ title: 'Lærer', workPhone: '22 00 00 00', mobile: '+47 900 00 000' });
    const changed = valueOf(
      await send('PATCH', `/employees/${id}`, {
        familyName: 'Borkason',
        middleName: 'Matt',
        title: null,
        mobile: null,
        workEmail: 'r@tindvag.test',
        feideName: 'ronja.b@tindvag.test',
        employeeNumber: `8${String(freshNumber).padStart(5, '0')}`,
        to: '2030-07-31',
      }),
    );
    assert.deepEqual(
      ['givenName', 'middleName', 'familyName', 'title', 'workPhone', 'mobile', 'workEmail', 'feideName', 'to'].map(
        (name) => changed[name],
      ),
      [
        'Ronja',
        'Matt',
        'Borkason',
        undefined,
        '22 00 00 00',
        undefined,
        'r@tindvag.test',
        'ronja.b@tindvag.test',
        '2030-07-31',
      ],
    );
    const nothing = valueOf(await send('PATCH', `/employees/${id}`, {}));
    assert.deepEqual(nothing, changed);
    refused(await send('PATCH', `/employees/${id}`, { nin: nationalIds[150] }), 400, 'HUB-103', 'nin', 'read only');
    refused(await send('PATCH', `/employees/${id}`, { active: false }), 400, 'HUB-103', 'active', 'read only');
    refused(await send('PATCH', `/employees/${id}`, { familyName: null }), 400, 'HUB-415', 'familyName');
    refused(await send('PATCH', `/employees/${id}`, { category: null }), 400, 'HUB-415', 'category');
    refused(await send('PATCH', `/employees/${id}`, { workEmail: 'not mail' }), 400, 'HUB-103', 'workEmail');
    assert.deepEqual((await read(`/employees/${id}`)).value, changed);
  });

  it('that come after a page make it another page, with one to follow', async () => {
    await hire();
    const all = await items('/employees?limit=500&fields=employeeNumber');
    const page = `/employees?limit=${all.length}&fields=employeeNumber`;
    const before1 = await read(page);
    assert.equal('next' in before1.value, false);
    await hire();
    const answer = await send('GET', page, undefined, { 'if-none-match': before1.etag });
    assert.equal(typeof valueOf(answer)['next'], 'string');
  });

  it('are changed under If-Match once: of two at once the second is refused', async () => {
    const { id } = await hire();
    const { etag } = await read(`/employees/${id}`);
    const headers = { 'if-match': etag };
    const both = await Promise.all([
      send('PATCH', `/employees/${id}`, { title: 'En' }, headers),
      send('PATCH', `/employees/${id}`, { familyName: 'To' }, headers),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412]);
    refused(await send('PATCH', `/employees/${id}`, { title: 'Tre' }, headers), 412, 'HUB-412');
    const now = await read(`/employees/${id}`);
    valueOf(await send('PATCH', `/employees/${id}`, { title: 'Fire' }, { 'if-match': now.etag }));
    valueOf(await send('PATCH', `/employees/${id}`, { title: 'Fem' }, { 'if-match': '*' }));
    refused(
      await send('PATCH', `/employees/${id}`, { title: 'Seks' }, { 'if-match': `W/${now.etag}` }),
      412,
      'HUB-412',
    );
  });

  it('are not there for those who may not see them, or who may only read', async () => {
    const teacher = world.world.known.employees.teacher;
    const { id } = await employeeOf(teacher.ansattnummer);
    const unknown = 'A'.repeat(22);
    refused(await send('PATCH', `/employees/${unknown}`, { title: 'X' }), 404, 'HUB-204');
    const [pupil] = await items('/pupils?limit=1');
    refused(await send('PATCH', `/employees/${pupil?.id ?? ''}`, { title: 'X' }), 404, 'HUB-204');
    await world.link('reader', { scopes: ['vfs:employees.read', 'vfs:groups.read'] });
    const reader = await world.as('reader');
    refused(await send('PATCH', `/employees/${id}`, { title: 'X' }, {}, reader), 403, 'HUB-302');
    // Ids of another municipality are ids of nobody.
    const sealing = await createSealing(world.hub.platform, systemRandom);
    const foreign = sealing.id('other.test', sealing.readId(world.organisation, id) ?? 0);
    for (const [method, path, body] of [
      ['PATCH', `/employees/${foreign}`, { title: 'X' }],
      ['POST', `/employees/${foreign}/positions`, { schoolId: (await schoolsOf())[0]?.id }],
      ['PUT', `/employees/${foreign}/access-groups/${await groupNamed('K-LES')}`, undefined],
      ['DELETE', `/employees/${foreign}/access-groups/${await groupNamed('K-LES')}`, undefined],
      ['PATCH', `/groups/${foreign}`, { name: 'X' }],
    ] as const)
      refused(await send(method, path, body), 404, 'HUB-204');
    const narrow = await world.as('hr', ['vfs:employees.read']);
    refused(await send('PATCH', `/employees/${id}`, { title: 'X' }, {}, narrow), 403, 'HUB-302');
  });

  it('who are protected are not there', async () => {
    const all = await items('/employees?limit=500&fields=employeeNumber');
    await world.link('other', { clearance: 3 });
    const cleared = await world.as('other');
    const seen = await items('/employees?limit=500&fields=employeeNumber', cleared);
    const hidden = seen.find(({ id }) => !all.some((one) => one.id === id));
    assert.ok(hidden !== undefined);
    refused(await send('PATCH', `/employees/${hidden.id}`, { title: 'X' }), 404, 'HUB-204');
    refused(
      await send('POST', `/employees/${hidden.id}/positions`, { schoolId: (await schoolsOf())[0]?.id }),
      404,
      'HUB-204',
    );
    refused(await send('PUT', `/employees/${hidden.id}/access-groups/${await groupNamed('K-LES')}`), 404, 'HUB-204');
    // An employment about somebody who is protected above one's own clearance is made by those who may know of it.
    const marked = { ...fresh(), protectionGrade: 'confidential' };
    refused(await send('POST', '/employees', marked), 403, 'HUB-400');
    const made = valueOf(await send('POST', '/employees', marked, {}, cleared), 201);
    assert.equal(made['protectionGrade'], 'confidential');
    refused(await send('PATCH', `/employees/${String(made['id'])}`, { title: 'X' }), 404, 'HUB-204');
    refused(await send('POST', '/employees', { ...marked, protectionGrade: 'none' }), 409, 'HUB-612');
  });

  it('tell of nobody by a request that is refused in any case, and of whom a conflict told is on record', async () => {
    const { confidentialTeacher } = world.world.known.protected;
    const { teacher } = world.world.known.employees;
    const nowhere = { positions: [{ schoolId: (await items('/pupils?limit=1'))[0]?.id }] };
    for (const nin of [confidentialTeacher.nationalId, teacher.fodselsnummer, fresh().nin]) {
      const answer = await send('POST', '/employees', { ...fresh(), nin, ...nowhere });
      refused(answer, 400, 'HUB-415', 'schoolId');
      const both = { ...fresh(), nin, employeeNumber: teacher.ansattnummer };
      refused(await send('POST', '/employees', both), 409, 'HUB-612');
    }
    refused(
      await send('POST', '/employees', { ...fresh(), nin: confidentialTeacher.nationalId, positions: [] }),
      409,
      'HUB-612',
    );
    const record = (await place.records(world.organisation, 'hr')).findLast(({ rule }) => rule === 'HUB-612');
    assert.equal(record?.subjects.length, 1);
  });

  it('of a link for one school are those with a position there', async () => {
    const [first, second] = world.world.known.schools;
    await world.link('school', { schools: [first?.systemId ?? ''] });
    const school = await world.as('school');
    const schools = await schoolsOf();
    const idOf = (number: string | undefined) => schools.find((one) => one['number'] === number)?.id;
    const mine = { schoolId: idOf(first?.skolenummer) };
    const others = { schoolId: idOf(second?.skolenummer) };
    refused(await send('POST', '/employees', fresh(), {}, school), 403, 'HUB-400');
    refused(await send('POST', '/employees', { ...fresh(), positions: [others] }, {}, school), 400, 'HUB-415');
    const made = valueOf(await send('POST', '/employees', { ...fresh(), positions: [mine] }, {}, school), 201);
    assert.equal((made['positions'] as readonly Item[]).length, 1);
    refused(
      await send('POST', `/employees/${String(made['id'])}/positions`, others, {}, school),
      400,
      'HUB-415',
      'schoolId',
    );
    const reads = `/employees/${String(made['id'])}/access-groups/${await groupNamed('K-LES')}`;
    refused(await send('PUT', reads, undefined, {}, school), 403, 'HUB-400');
    // Nor does the refusal tell whether the access is held already where only others see it.
    valueOf(await send('PUT', reads), 201);
    refused(await send('PUT', reads, undefined, {}, school), 403, 'HUB-400');
    const guest = `/employees/${String(made['id'])}/access-groups/${await groupNamed('S-GJEST')}?schoolId=`;
    refused(await send('PUT', `${guest}${String(others.schoolId)}`, undefined, {}, school), 400, 'HUB-103', 'schoolId');
    valueOf(await send('PUT', `${guest}${String(mine.schoolId)}`, undefined, {}, school), 201);
    const elsewhere = await hire({ positions: [others] });
    refused(await send('PATCH', `/employees/${elsewhere.id}`, { title: 'X' }, {}, school), 404, 'HUB-204');
  });
});

describe('positions', () => {
  it('are given and changed, and belong to their employee', async () => {
    const [school, other] = await schoolsOf();
    const { id } = await hire();
    const answer = await send('POST', `/employees/${id}/positions`, {
      schoolId: school?.id,
      title: 'Assistent',
      percentage: 50,
      from: '2026-08-01',
    });
    const made = valueOf(answer, 201);
    const path = `/employees/${id}/positions/${String(made['id'])}`;
    assert.equal(answer.headers['location'], `${world.hub.url}${prefix}${path}`);
    assert.equal(made['employeeId'], id);
    const { value, etag } = await read(path);
    assert.deepEqual(value, made);
    const changed = valueOf(
      await send(
        'PATCH',
        path,
        { percentage: 100, kind: 'LAERER', to: '2027-07-31', schoolId: other?.id, title: null },
        { 'if-match': etag },
      ),
    );
    assert.deepEqual(
      ['percentage', 'kind', 'from', 'to', 'schoolId', 'title'].map((name) => changed[name]),
      [100, 'LAERER', '2026-08-01', '2027-07-31', other?.id, undefined],
    );
    refused(await send('PATCH', path, { percentage: 10 }, { 'if-match': etag }), 412, 'HUB-412');
    refused(await send('PATCH', path, { schoolId: null }), 400, 'HUB-415', 'schoolId');
    refused(await send('PATCH', path, { percentage: 201 }), 400, 'HUB-103', 'percentage');
    refused(await send('PATCH', path, { employeeId: id }), 400, 'HUB-103', 'employeeId', 'read only');
    const stranger = await hire();
    refused(
      await send('PATCH', `/employees/${stranger.id}/positions/${String(made['id'])}`, { percentage: 1 }),
      404,
      'HUB-204',
    );
    refused(await send('POST', `/employees/${'A'.repeat(22)}/positions`, { schoolId: school?.id }), 404, 'HUB-204');
    const open = valueOf(await send('PATCH', path, { to: null }));
    assert.equal(open['to'], undefined);
  });
});

describe('groups', () => {
  it('of every kind are named, noted and taken out of use', async () => {
    for (const type of ['class', 'contact-group', 'teaching-group', 'sfo-group']) {
      const [group] = await items(`/groups?type=${type}&limit=1`);
      assert.ok(group !== undefined, type);
      const path = `/groups/${group.id}`;
      const { etag, value } = await read(path);
      const changed = valueOf(
        await send(
          'PATCH',
          path,
          { name: `Ny ${type}`, notes: 'Møtes\nhver tirsdag', active: false },
          { 'if-match': etag },
        ),
      );
      assert.deepEqual(
        [changed['name'], changed['notes'], changed['active']],
        [`Ny ${type}`, 'Møtes\nhver tirsdag', false],
      );
      assert.deepEqual([changed['schoolId'], changed['employees']], [value['schoolId'], value['employees']]);
      refused(await send('PATCH', path, { name: 'X' }, { 'if-match': etag }), 412, 'HUB-412');
      const back = valueOf(await send('PATCH', path, { active: null, notes: null }));
      assert.deepEqual([back['active'], back['notes']], [true, undefined]);
      refused(await send('PATCH', path, { name: null }), 400, 'HUB-415', 'name');
      refused(await send('PATCH', path, { schoolId: 'x' }), 400, 'HUB-103', 'schoolId', 'read only');
      refused(await send('PATCH', path, { members: [] }), 400, 'HUB-103', 'members');
      refused(await send('PATCH', path, { notes: 'x'.repeat(4001) }), 400, 'HUB-103', 'notes');
      refused(await send('PATCH', path, { active: 'no' }), 400, 'HUB-103', 'active');
    }
    refused(await send('PATCH', `/groups/${'A'.repeat(22)}`, { name: 'X' }), 404, 'HUB-204');
  });

  it('that a source owns wait for it', async () => {
    const [group] = await items('/groups?type=school-group&limit=1');
    const path = `/groups/${group?.id ?? ''}`;
    const answer = await send('PATCH', path, { name: 'FAU og venner' });
    assert.equal(answer.status, 202, answer.text);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    const location = String(answer.headers['location']);
    assert.match(location, /\/vfs\/v1\/writes\/[0-9a-f-]{36}$/);
    assert.deepEqual(valueOf(await hr.send('GET', location))['state'], 'waiting');
    assert.notEqual((await read(path)).value['name'], 'FAU og venner');
    const { etag } = await read(path);
    refused(await send('PATCH', path, { name: 'Igjen' }, { 'if-match': etag }), 412, 'HUB-412');
    const other = await world.as('other');
    refused(await other.send('GET', location), 404, 'HUB-204');
    await answering(async () => {
      const told = await outcome(location);
      assert.equal(told['state'], 'written', JSON.stringify(told));
      assert.deepEqual(told['parts'], [{ type: 'group', change: 'update', state: 'written', id: group?.id }]);
    });
    assert.equal((await read(path)).value['name'], 'FAU og venner');
    refused(await send('GET', '/writes/00000000-0000-4000-8000-000000000000'), 404, 'HUB-204');
    refused(await send('GET', '/writes/x'), 404, 'HUB-204');
  });
});

describe('what sources own', () => {
  const employees = [
    'administrasjon/personal/person',
    'administrasjon/personal/personalressurs',
    'utdanning/elev/skoleressurs',
    'grunnskole/stilling/skolestilling',
    'grunnskole/tilgang/tilgangsgruppemedlemskap',
  ];

  it('is one request to them, with one outcome', async () => {
    await withRules(rules('source', ...employees), async () => {
      const [school] = await schoolsOf();
      const answer = await send(
        'POST',
        '/employees',
        { ...fresh(), positions: [{ schoolId: school?.id }] },
        { 'idempotency-key': 'src' },
      );
      assert.equal(answer.status, 202, answer.text);
      const location = String(answer.headers['location']);
      const again = await send(
        'POST',
        '/employees',
        { ...fresh(), positions: [{ schoolId: school?.id }] },
        { 'idempotency-key': 'src' },
      );
      refused(again, 422, 'HUB-413');
      await answering(async () => {
        const told = await outcome(location);
        assert.equal(told['state'], 'written', JSON.stringify(told));
        const parts = told['parts'] as readonly Item[];
        assert.deepEqual(
          parts.map(({ type, state }) => [type, state]),
          [
            ['person', 'written'],
            ['employee', 'written'],
            ['employee', 'written'],
            ['position', 'written'],
          ],
        );
        const made = await read(`/employees/${String(parts[1]?.id)}`);
        assert.equal((made.value['positions'] as readonly Item[]).length, 1);
        const position = (made.value['positions'] as readonly Item[])[0];
        const changed = await send('PATCH', `/employees/${made.value.id}/positions/${String(position?.id)}`, {
          percentage: 40,
        });
        assert.equal(changed.status, 202);
        assert.equal((await outcome(String(changed.headers['location'])))['state'], 'written');
        const given = await send(
          'PUT',
          `/employees/${made.value.id}/access-groups/${await groupNamed('S-GJEST')}?schoolId=${String(school?.id)}`,
        );
        assert.equal(given.status, 202, given.text);
        assert.equal((await outcome(String(given.headers['location'])))['state'], 'written');
        const taken = await send(
          'DELETE',
          `/employees/${made.value.id}/access-groups/${await groupNamed('S-GJEST')}?schoolId=${String(school?.id)}`,
        );
        assert.equal(taken.status, 202, taken.text);
        assert.equal((await outcome(String(taken.headers['location'])))['state'], 'written');
      });
    });
  });

  it('is not mixed with what the hub owns', async () => {
    const [first = '', ...rest] = employees;
    await withRules([...rules('source', first), ...rules('hub', ...rest)], async () => {
      const count = (await items('/employees?limit=500')).length;
      refused(await send('POST', '/employees', fresh()), 400, 'HUB-415');
      assert.equal((await items('/employees?limit=500')).length, count);
    });
    await withRules(
      rules('source', '*').map((one) => ({ ...one, policy: 'closed' as const })),
      async () => {
        refused(await send('POST', '/employees', fresh()), 405, 'HUB-105');
      },
    );
  });
});

const holdings = async (id: string): Promise<readonly Item[]> =>
  (await items(`/employees/${id}/access-groups`)).filter((one) => one['active'] === true);

describe('access', () => {
  it('is given and taken, at a school and globally, as often as one likes', async () => {
    const [school] = await schoolsOf();
    const guest = await groupNamed('S-GJEST');
    const reads = await groupNamed('K-LES');
    const { id } = await hire();
    const path = `/employees/${id}/access-groups/${guest}?schoolId=${String(school?.id)}`;
    const first = await send('PUT', path);
    const made = valueOf(first, 201);
    assert.deepEqual(
      [made['employeeId'], made['accessGroupId'], made['schoolId'], made['from']],
      [id, guest, school?.id, today()],
    );
    assert.equal(first.headers['location'], `${world.hub.url}${prefix}${path}`);
    assert.deepEqual(valueOf(await send('PUT', path)), made);
    assert.deepEqual((await read(path)).value, made);
    valueOf(await send('PUT', `/employees/${id}/access-groups/${reads}`), 201);
    assert.equal((await holdings(id)).length, 2);
    assert.equal((await send('DELETE', path)).status, 204);
    assert.equal((await send('DELETE', path)).status, 204);
    assert.deepEqual(
      (await holdings(id)).map((one) => one['accessGroupId']),
      [reads],
    );
    const many = await Promise.all([0, 1, 2, 3].map(() => send('PUT', path)));
    assert.deepEqual(
      many.map(({ status }) => status).toSorted(),
      [200, 200, 200, 201],
      many.map(({ text }) => text).join('\n'),
    );
    assert.equal((await holdings(id)).length, 2);
    await Promise.all([0, 1, 2].map(async () => assert.equal((await send('DELETE', path)).status, 204)));
    assert.equal((await holdings(id)).length, 1);
  });

  it('is given by the rules of the group, each by name', async () => {
    const schools = await schoolsOf();
    const [school, other] = schools;
    const { id } = await hire({ positions: [{ schoolId: school?.id, kind: 'SFOANSATT' }] });
    const put = async (code: string, at?: string | undefined) =>
      send(
        'PUT',
        `/employees/${id}/access-groups/${await groupNamed(code)}${at === undefined ? '' : `?schoolId=${at}`}`,
      );
    refused(await put('S-GJEST'), 422, 'HUB-418', 'level');
    refused(await put('K-LES', school?.id), 422, 'HUB-418', 'level');
    refused(await put('S-LAERER', school?.id), 422, 'HUB-418', 'positionKinds');
    refused(await put('S-SFO', other?.id), 422, 'HUB-418', 'requiresPosition');
    assert.equal((await put('S-SFO', school?.id)).status, 201);
    refused(await put('S-SFO', 'A'.repeat(22)), 400, 'HUB-103', 'schoolId');
    refused(await send('PUT', `/employees/${id}/access-groups/${'A'.repeat(22)}`), 404, 'HUB-204');
    refused(await send('PUT', `/employees/${id}/access-groups/${String(school?.id)}`), 404, 'HUB-204');
    const [position] = (await read(`/employees/${id}`)).value['positions'] as readonly Item[];
    valueOf(
      await send('PATCH', `/employees/${id}/positions/${String(position?.id)}`, {
        from: '2020-01-01',
        to: '2020-12-31',
      }),
    );
    assert.equal(
      (
        await send(
          'DELETE',
          `/employees/${id}/access-groups/${await groupNamed('S-SFO')}?schoolId=${String(school?.id)}`,
        )
      ).status,
      204,
    );
    refused(await put('S-SFO', school?.id), 422, 'HUB-418', 'requiresPosition');
  });
});

describe('the audit of it', () => {
  it('tells before and after of access, and no value of anybody', async () => {
    const guest = await groupNamed('S-GJEST');
    const [school] = await schoolsOf();
    const { id } = await hire({ givenName: 'Hemmelighet', workEmail: 'hemmelig@tindvag.test' });
    const path = `/employees/${id}/access-groups/${guest}?schoolId=${String(school?.id)}`;
    await send('PUT', path);
    await send('DELETE', path);
    await send('PATCH', `/employees/${id}`, { mobile: '+47 911 22 333' });
    const records = (await place.records(world.organisation, 'hr')).slice(-200);
    const details = records.map((one) => one.details);
    const where = `employee ${id} access-group ${guest} school ${String(school?.id)}`;
    assert.ok(
      details.some((one) => one.endsWith(`applied ${where} before none after held`)),
      details.join('\n'),
    );
    assert.ok(details.some((one) => one.endsWith(`applied ${where} before held after none`)));
    const text = JSON.stringify(await place.records(world.organisation));
    assert.doesNotMatch(text, /Hemmelighet|hemmelig@|911 22 333|Granskog|Ronja/);
    for (const nin of nationalIds.slice(0, freshNumber + 1)) assert.ok(!text.includes(nin));
  });
});
