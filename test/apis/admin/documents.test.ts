// The documents that applications register: who may, what is taken, what is kept when they are taken away.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { limits } from '#base/limits.ts';
import { documentOf } from '#catalogue/client-document.ts';
import { documentFaults } from '#graphql/document-faults.ts';
import { createSchemas } from '#graphql/build-schema.ts';
import { readFlags } from '#graphql/marks.ts';
import { smallFace } from '../../graphql/small-face.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const vendor = administratorOf('vendor.test', ['admin.read', 'admin.write']);
const reader = administratorOf('vendor.test', ['admin.read']);
const other = administratorOf('other.test', ['admin.read', 'admin.write']);
const schemas = createSchemas(smallFace);

const setUp = async (context: TestContext): Promise<AdminBench> => {
  const bench = await adminBench(context, () => emptyTenant, undefined, {
    documents: {
      apis: () => ['small'],
      faults: (_api, flags, text) => documentFaults(text, schemas(readFlags(flags.join()))),
    },
  });
  const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };
  for (const id of ['vendor.test', 'other.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  for (const [id, owner] of [
    ['lms', 'vendor.test'],
    ['sis', 'other.test'],
  ] as const)
    await bench.platform.putApplication({
      id,
      name: id,
      kind: 'client',
      owner,
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
    });
  return bench;
};

type Told = { readonly told: string; readonly value: Readonly<Record<string, unknown>> };

const path = '/admin/applications/lms/documents';

const ask = async (
  bench: AdminBench,
  method: string,
  at: string,
  body: object | null,
  actor = vendor,
): Promise<Told> => {
  const answer = await bench.ask({ actor, method, path: at, text: body === null ? '' : JSON.stringify(body) });
  if (answer.kind === 'problem')
    return {
      told: `${answer.problem.code} ${answer.problem.errors?.map(({ at: place, message }) => `${place} ${message}`).join('; ') ?? ''}`.trim(),
      value: {},
    };
  return { told: String(answer.status), value: answer.kind === 'json' ? (answer.value as Told['value']) : {} };
};

const kept = { api: 'small', name: 'Schools', text: '{ skoler { nodes { navn } } }' };
const list = async (bench: AdminBench): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await ask(bench, 'GET', path, null)).value['items'] as readonly Readonly<Record<string, unknown>>[];

test('a document is registered, shown, replaced by one of its name, and taken away with its text', async (context) => {
  const bench = await setUp(context);
  const made = await ask(bench, 'POST', path, { ...kept, flags: ['Beta', 'beta'] });
  assert.equal(made.told, '201');
  assert.partialDeepStrictEqual(made.value, { ...kept, application: 'lms', flags: ['beta'] });
  assert.deepEqual(await list(bench), [made.value]);
  const again = await ask(bench, 'POST', path, { ...kept, text: '{ skoler { totalCount } }' });
  assert.equal(again.told, '201');
  assert.equal(again.value['id'], made.value['id']);
  assert.deepEqual(await list(bench), [again.value]);
  const id = String(made.value['id']);
  const entry = await bench.platform.registerEntry('document', id);
  assert.ok(entry !== null);
  assert.partialDeepStrictEqual(documentOf(entry), { owner: 'vendor.test', text: '{ skoler { totalCount } }' });
  assert.equal((await ask(bench, 'DELETE', `${path}/${id}`, null)).told, '200');
  assert.deepEqual(await list(bench), []);
  const after = await bench.platform.registerEntry('document', id);
  assert.deepEqual([after?.state, after?.value], ['removed', null]);
  assert.match((await ask(bench, 'DELETE', `${path}/${id}`, null)).told, /^HUB-204/);
  // A name that is free again.
  const anew = await ask(bench, 'POST', path, kept);
  assert.notEqual(anew.value['id'], id);
  // What is done is on record with whoever has the application; the text is not.
  const notices = await bench.platform.auditNotices(100);
  assert.deepEqual(
    notices.map(({ organisation, record }) => `${organisation} ${record.operation}`),
    [
      ...Array<string>(2).fill('vendor.test document register'),
      'vendor.test document remove',
      'vendor.test document register',
    ],
  );
  assert.doesNotMatch(JSON.stringify(notices), /skoler/);
});

test('a document that cannot be run is not taken', async (context) => {
  const bench = await setUp(context);
  const refused = async (body: object, told: RegExp): Promise<void> => {
    assert.match((await ask(bench, 'POST', path, { ...kept, ...body })).told, told);
  };
  await refused({ text: '{ skoler { nodes { aldri } } }' }, /^HUB-103 \/text Cannot query field "aldri"/);
  await refused({ text: '{' }, /^HUB-103 \/text /);
  await refused({ text: 'fragment a on Skole { navn }' }, /^HUB-103 \/text .*no operation/);
  await refused({ text: '' }, /^HUB-103 \/text must be a GraphQL document/);
  await refused({ text: 'x'.repeat(limits.graphqlLength + 1) }, /^HUB-103 \/text must be at most/);
  await refused({ text: `${'{ a '.repeat(200)}${'}'.repeat(200)}` }, /^HUB-103 \/text .*nested brackets/);
  await refused({ text: '{ skoler { nodes { navn } } } # 01819012345' }, /^HUB-103 \/text must not hold a national id/);
  await refused({ api: 'smal' }, /^HUB-103 \/api must be an API that takes documents: small/);
  await refused({ name: ' ' }, /^HUB-103 \/name/);
  await refused({ flags: ['no flag'] }, /^HUB-103 \/flags/);
  await refused({ flags: Array.from({ length: 21 }, (_, at) => `f${at}`) }, /^HUB-103 \/flags/);
  await refused({ more: 1 }, /^HUB-103 \/more/);
  await refused({ reason: 'for 01819012345' }, /^HUB-103 \/reason/);
  assert.deepEqual(await list(bench), []);
});

test('a document is checked with its flags', async (context) => {
  const bench = await setUp(context);
  const marked = { ...kept, text: '{ kommende }' };
  assert.match((await ask(bench, 'POST', path, marked)).told, /^HUB-103 \/text Cannot query field "kommende"/);
  assert.equal((await ask(bench, 'POST', path, { ...marked, flags: ['beta'] })).told, '201');
});

test('nobody else registers, sees or removes the documents of an application', async (context) => {
  const bench = await setUp(context);
  const made = await ask(bench, 'POST', path, kept);
  const at = `${path}/${String(made.value['id'])}`;
  assert.match((await ask(bench, 'GET', path, null, other)).told, /^HUB-204/);
  assert.match((await ask(bench, 'POST', path, kept, other)).told, /^HUB-204/);
  assert.match((await ask(bench, 'DELETE', at, null, other)).told, /^HUB-204/);
  // By the address of an application of one's own, neither.
  const own = at.replace('/lms/', '/sis/');
  assert.match((await ask(bench, 'DELETE', own, null, other)).told, /^HUB-204/);
  assert.equal((await ask(bench, 'GET', path, null, reader)).told, '200');
  assert.match((await ask(bench, 'POST', path, kept, reader)).told, /^HUB-302/);
  assert.equal((await ask(bench, 'DELETE', at, null, operator)).told, '200');
});

test('an application has so many documents and no more', async (context) => {
  const bench = await setUp(context);
  const first = await ask(bench, 'POST', path, kept);
  const entry = await bench.platform.registerEntry('document', String(first.value['id']));
  assert.ok(entry !== null);
  const more = Array.from({ length: limits.documentsPerApplication - 2 }, (_, at) => ({
    ...entry,
    id: `document-${at}`,
    value: { ...kept, flags: [], name: `No. ${at}` },
  }));
  assert.equal(await bench.platform.putRegister({ entries: more }), true);
  assert.equal((await ask(bench, 'POST', path, { ...kept, name: 'The last' })).told, '201');
  assert.match((await ask(bench, 'POST', path, { ...kept, name: 'One more' })).told, /^HUB-409/);
  assert.equal((await ask(bench, 'POST', path, { ...kept, text: '{ skoler { totalCount } }' })).told, '201');
});

test('where no API runs nothing can be registered', async (context) => {
  const bench = await adminBench(context, () => emptyTenant);
  const before = await setUp(context);
  const application = await before.platform.application('lms');
  assert.ok(application !== null);
  await bench.platform.putApplication(application);
  assert.match((await ask(bench, 'POST', path, kept, operator)).told, /^HUB-409/);
});
