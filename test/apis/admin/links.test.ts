// Links: an owner lets an application in by itself, whole or not at all; what that opens, what is refused, what is on record, and how it ends.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { tenantUuid } from '#hub/principal.ts';
import type { Application } from '#store/store.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const now = Date.parse('2026-11-02T08:00:00Z');
const owner = administratorOf('tindvag.test', ['admin.write']);
const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
const application = (id: string, kind: Application['kind'] = 'client'): Application => ({
  id,
  name: id,
  kind,
  owner: 'vendor.test',
  describe: '',
  environment: 'test',
  secrets: [],
  jwks: null,
  disabled: false,
  createdAt: 1,
});

const terms = {
  application: 'lms',
  organisation: 'tindvag.test',
  scopes: ['vfs:pupils.read', 'vfs:events.read'],
  agreement: { reference: 'DBA-2026-17', to: '2027-07-31' },
  purpose: 'Timetables',
};

const setUp = async (context: TestContext, known: (value: string) => boolean = () => true): Promise<AdminBench> => {
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => now,
    { knows: async (_organisation, { value }) => known(value) },
  );
  for (const id of ['tindvag.test', 'nabo.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  await bench.platform.putApplication(application('lms'));
  await bench.platform.putApplication(application('source', 'adapter'));
  return bench;
};

type Shown = Readonly<Record<string, unknown>>;

const send = async (
  bench: AdminBench,
  method: string,
  path: string,
  body: object = {},
  more: { readonly actor?: typeof operator; readonly header?: (name: string) => string | null } = {},
): Promise<{
  readonly status: number;
  readonly value: Shown;
  readonly code: string;
  readonly at: readonly string[];
}> => {
  const answer = await bench.ask({ actor: owner, method, path, text: JSON.stringify(body), ...more });
  if (answer.kind === 'problem') {
    const { code, errors = [] } = answer.problem;
    return { status: 0, value: {}, code, at: errors.map(({ at }) => at) };
  }
  assert.equal(answer.kind, 'json');
  return { status: answer.status ?? 200, value: answer.value as Shown, code: '', at: [] };
};

test('an owner lets an application in: all its grants are there at once, and it is on record', async (context) => {
  const bench = await setUp(context);
  const made = await send(bench, 'POST', '/admin/links', { ...terms, schools: ['SK1'] });
  assert.equal(made.status, 201);
  const { id, tenantId, live, opens, scopes, agreement } = made.value;
  assert.equal(tenantId, tenantUuid('tindvag.test'));
  assert.equal(live, true);
  assert.deepEqual(scopes, ['vfs:events.read', 'vfs:pupils.read']);
  assert.deepEqual(agreement, { reference: 'DBA-2026-17', from: null, to: '2027-07-31T22:00:00Z' });
  assert.deepEqual(
    (opens as readonly { scope: string }[]).map(({ scope }) => scope),
    scopes,
  );
  const grants = await bench.platform.grantsOf('lms');
  assert.ok(grants.length > 10);
  for (const grant of grants) {
    assert.equal(grant.link, id);
    assert.equal(grant.agreement, 'DBA-2026-17');
    assert.deepEqual(grant.rows, { scope: 'skole', field: 'systemid', values: ['SK1'] });
    assert.ok(grant.withhold.includes('national-id'));
    const follows = grant.actions.includes('follow');
    assert.equal(grant.scope, follows ? 'vfs:pupils.read vfs:events.read' : 'vfs:pupils.read');
  }
  assert.deepEqual(
    bench.recorded.filter(({ record }) => record.operation === 'link give').map(({ organisation }) => organisation),
    [],
    'what is recorded before it is made waits in the platform',
  );
  const notices = await bench.platform.auditNotices(10);
  assert.deepEqual(
    notices.map(({ organisation, record }) => [organisation, record.operation, record.details.includes(String(id))]),
    [['tindvag.test', 'link give', true]],
  );
  const explained = await send(bench, 'GET', `/admin/links/${String(id)}/explain`);
  const items = explained.value['items'] as readonly {
    collection: string;
    actions: readonly string[];
    attributes: readonly string[];
    sensitive: readonly object[];
  }[];
  const person = items.find(({ collection }) => collection === 'utdanning/elev/person');
  assert.deepEqual(person?.actions, ['follow', 'list', 'read']);
  assert.ok(person?.attributes.includes('navn'));
  assert.ok(!person?.attributes.includes('fodselsnummer') && !person?.attributes.includes('bostedsadresse'));
  assert.ok(items.every(({ sensitive }) => sensitive.length === 0));
  assert.ok(!items.some(({ collection }) => collection === 'grunnskole/foresatt/foresattforhold'));
});

test('what makes no sense, or stands on no agreement, is refused by pointer, and nothing is there', async (context) => {
  const bench = await setUp(context);
  const refused: readonly (readonly [object, readonly string[]])[] = [
    [{ agreement: undefined }, ['/agreement/reference']],
    [{ agreement: { reference: 'DBA-1', to: '2026-10-31' } }, ['/agreement']],
    [{ agreement: { reference: 'DBA-1', from: '2026-12-01' } }, ['/agreement']],
    [{ agreement: { reference: 'DBA-1', to: '2027-02-30' } }, ['/agreement/to']],
    [{ agreement: 'DBA-1' }, ['/agreement']],
    [{ purpose: ' ' }, ['/purpose']],
    [{ scopes: [] }, ['/scopes']],
    [{ scopes: ['vfs:pupil.read'] }, ['/scopes', '/scopes']],
    [{ scopes: ['vfs:events.read'] }, ['/scopes']],
    [{ schools: [] }, ['/schools']],
    [{ clearance: 2 }, ['/reason']],
    [{ clearance: 7 }, ['/clearance']],
    [{ application: 'source' }, ['/application']],
    [{ application: 'nobody' }, ['/application']],
    [{ colour: 'blue' }, ['/colour']],
  ];
  for (const [change, at] of refused) {
    const answer = await send(bench, 'POST', '/admin/links', { ...terms, ...change });
    assert.deepEqual([answer.code, [...new Set(answer.at)]], ['HUB-103', [...new Set(at)]], JSON.stringify(change));
  }
  const other = administratorOf('nabo.test', ['admin.write']);
  assert.equal((await send(bench, 'POST', '/admin/links', terms, { actor: other })).code, 'HUB-204');
  const reader = administratorOf('tindvag.test', ['admin.read']);
  assert.equal((await send(bench, 'POST', '/admin/links', terms, { actor: reader })).code, 'HUB-302');
  assert.deepEqual(await bench.platform.links(), []);
  assert.deepEqual(await bench.platform.grants(), []);
});

const header = (name: string): string | null => (name === 'idempotency-key' ? 'once' : null);

test('a link is changed in place, once per application, and its grants with it', async (context) => {
  const bench = await setUp(context, (value) => value === 'SK1');
  const made = await send(bench, 'POST', '/admin/links', { ...terms, schools: ['SK1', 'SK2'] }, { header });
  const again = await send(bench, 'POST', '/admin/links', { ...terms, schools: ['SK1', 'SK2'] }, { header });
  assert.equal(again.value['id'], made.value['id']);
  assert.deepEqual(
    (made.value['warnings'] as readonly { message: string }[]).map(({ message }) => message.split(' ')[0]),
    ['SK2'],
  );
  assert.equal((await send(bench, 'POST', '/admin/links', terms)).code, 'HUB-409');
  const path = `/admin/links/${String(made.value['id'])}`;
  const changed = await send(bench, 'PATCH', path, {
    scopes: ['vfsapi:lmsexport', 'vfs:pupils.nin'],
    schools: null,
    agreement: { to: '2026-12-31' },
    clearance: 2,
    reason: 'Case 7',
  });
  assert.equal(changed.status, 200);
  assert.deepEqual(changed.value['scopes'], ['vfs:lmsexport', 'vfs:pupils.nin'], 'kept by the name it stands for');
  assert.deepEqual(changed.value['agreement'], {
    reference: 'DBA-2026-17',
    from: null,
    to: '2026-12-31T23:00:00Z',
  });
  const grants = await bench.platform.grantsOf('lms');
  assert.ok(grants.every(({ rows, actions }) => rows === null && !actions.includes('follow')));
  assert.ok(grants.some(({ clearance }) => clearance === 2));
  assert.ok(
    grants.every(({ clearance = 0, withhold, fields }) => {
      const bare = fields?.join() === 'adressebeskyttelse';
      return clearance === 0 || withhold.includes('protected') || bare;
    }),
    'nothing tells where a protected person is',
  );
  assert.equal((await bench.platform.endedFollows('lms')).length, 1, 'what could be followed has ended');
  const [grant] = grants;
  assert.equal(
    (await send(bench, 'PATCH', `/admin/grants/${encodeURIComponent(grant?.id ?? '')}`, {})).code,
    'HUB-409',
  );
  assert.equal((await send(bench, 'POST', `/admin/grants/${encodeURIComponent(grant?.id ?? '')}/end`)).code, 'HUB-409');
  assert.deepEqual((await send(bench, 'GET', '/admin/grants')).value['items'], []);
  const listed = await send(bench, 'GET', `/admin/grants?limit=1000&link=${String(made.value['id'])}`);
  assert.equal((listed.value['items'] as readonly unknown[]).length, grants.length);
});

test('a link that has ended opens nothing, stays on record, and may be followed by a new one', async (context) => {
  const bench = await setUp(context);
  const made = await send(bench, 'POST', '/admin/links', terms);
  const path = `/admin/links/${String(made.value['id'])}`;
  const stranger = administratorOf('nabo.test', ['admin.write']);
  for (const method of ['GET', 'PATCH', 'DELETE'])
    assert.equal((await send(bench, method, path, {}, { actor: stranger })).code, 'HUB-204');
  const ended = await send(bench, 'DELETE', path, { reason: 'The agreement has ended' });
  assert.equal(ended.status, 200);
  assert.equal(ended.value['live'], false);
  assert.ok((await bench.platform.grantsOf('lms')).every(({ to }) => to === now));
  assert.deepEqual((await send(bench, 'GET', `${path}/explain`)).value['items'], []);
  assert.equal((await send(bench, 'PATCH', path, { schools: null })).code, 'HUB-409');
  assert.equal((await send(bench, 'DELETE', path)).value['endedAt'], ended.value['endedAt']);
  assert.deepEqual((await send(bench, 'GET', '/admin/links')).value['items'], []);
  const second = await send(bench, 'POST', '/admin/links', terms);
  assert.equal(second.status, 201);
  const all = await send(bench, 'GET', '/admin/links?all=true');
  assert.deepEqual(
    (all.value['items'] as readonly Shown[]).map(({ id }) => id).sort(),
    [made.value['id'], second.value['id']].sort(),
  );
  const elsewhere = await send(bench, 'GET', '/admin/links?all=true', {}, { actor: stranger });
  assert.deepEqual(elsewhere.value['items'], []);
});
