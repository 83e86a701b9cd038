// What has to be asked for to run an operation, held against the hub: with exactly that it runs and shows every field, and without any one piece of it, it
// does not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { accessAnswerSchema, type AccessAnswer, type AccessQuestion } from '#apis/access-answer.ts';
import { createAccessFor, type AccessFor } from '#app/access-for.ts';
import { bundledModel } from '#app/bundled-model.ts';
import { bundledPackages } from '#app/bundled-packages.ts';
import type { HubQuery } from '#hub/query.ts';
import { readGraphqlRoots } from '#model/graphql-roots.ts';
import { readBundleFiles, readGraphqlFiles } from '#model/load.ts';
import { readScopeBundles } from '#model/scope-bundles.ts';
import type { Grant } from '#store/store.ts';
import { cases } from '../cases.ts';
import { ask, model, nationalId, onlyGrants, openWorld, paths, putCounty } from '../hub/world.ts';
import type { World } from '../hub/world.ts';

let world: World;
let accessFor: AccessFor;
before(async () => {
  world = await openWorld();
  await putCounty(world);
  const bundles = readScopeBundles(readBundleFiles(bundledModel), model);
  const roots = readGraphqlRoots(readGraphqlFiles(bundledModel), model);
  assert.ok(bundles.ok && roots.ok);
  const packages = bundledPackages(model, bundles.value);
  accessFor = createAccessFor({ model, bundles: bundles.value, packages, roots: roots.value });
});
after(() => world.close());

const isAnswer = new Ajv2020({ strict: false }).compile(accessAnswerSchema);

const asked = async (question: AccessQuestion): Promise<AccessAnswer> => {
  const found = await accessFor(question);
  assert.ok(found.ok, found.ok ? '' : found.problem.detail);
  assert.ok(isAnswer(found.value), JSON.stringify(isAnswer.errors));
  return found.value;
};

const operation = (text: string): AccessQuestion => ({ kind: 'operation', operation: text });
const document = (text: string, more: Partial<Extract<AccessQuestion, { kind: 'document' }>> = {}): AccessQuestion => ({
  kind: 'document',
  document: text,
  api: null,
  operationName: null,
  variables: {},
  ...more,
});

const grantsOf = ({ collections }: AccessAnswer): readonly Partial<Grant>[] =>
  collections.map(({ collection, actions, fields }) => ({
    collections: [collection],
    actions: actions as Grant['actions'],
    fields: fields.map(({ name }) => name),
    clearance: 3,
  }));

/** What is said of resources beside links. */
const shown = async (query: HubQuery): Promise<string> => {
  const result = await ask(world.hub, query);
  switch (result.kind) {
    case 'found': {
      const { _links: _none, ...rest } = JSON.parse(result.body.toString()) as Record<string, unknown>;
      return JSON.stringify(Object.keys(rest).toSorted());
    }
    case 'page': {
      const parts: string[] = [];
      for await (const { bytes } of result.body.plain()) parts.push(bytes.toString());
      const entries = JSON.parse(`[${parts.join(',')}]`) as readonly Record<string, unknown>[];
      return JSON.stringify(entries.map(({ _links: _none, ...rest }) => Object.keys(rest).toSorted()));
    }
    case 'changes':
      return `${result.changes.length} changes of ${Object.keys(
        JSON.parse(result.changes[0]?.body?.toString() ?? '{}') as object,
      )
        .toSorted()
        .join()}`;
    case 'state':
      return `${result.state.count}`;
    default:
      return result.kind;
  }
};

const operations: readonly (readonly [string, HubQuery])[] = [
  ...[paths.pupil, paths.person, paths.school, paths.enrolment].flatMap((path) => [
    [`GET /${path}`, { kind: 'list', collection: path, filter: null, since: null, offset: 0, size: 0 }] as const,
    [`GET /${path}/changes`, { kind: 'changes', collection: path, after: null, size: 100 }] as const,
    [`GET /${path}/last-updated`, { kind: 'state', collection: path }] as const,
  ]),
  [`GET /${paths.pupil}/systemId/{verdi}`, { kind: 'read', collection: paths.pupil, field: 'systemid', value: 'e1' }],
  [
    `/${paths.person}/fodselsnummer/${nationalId(1)}`,
    { kind: 'read', collection: paths.person, field: 'fodselsnummer', value: nationalId(1) },
  ],
];

test('with exactly what is said an operation shows every field, and without a piece of it, it does not', async () => {
  let pieces = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...operations), fc.nat(), async ([text, query], at) => {
      const answer = await asked(operation(text));
      await onlyGrants(world, { clearance: 3, actions: ['read', 'list', 'follow'] });
      const whole = await shown(query);
      const grants = grantsOf(answer);
      await onlyGrants(world, ...grants);
      assert.equal(await shown(query), whole, text);
      const [grant] = grants;
      assert.ok(grant !== undefined && grants.length === 1);
      // A field that nobody has a value of shows nowhere.
      const fields = (grant.fields ?? []).filter((name) => whole.includes(`"${name}"`));
      const field = fields[at % Math.max(1, fields.length)];
      const less: readonly Partial<Grant>[] = [
        { ...grant, actions: grant.actions?.includes('list') === true ? ['read'] : ['deliver'] },
        ...(field === undefined ? [] : [{ ...grant, fields: (grant.fields ?? []).filter((one) => one !== field) }]),
      ];
      for (const one of less) {
        pieces += 1;
        await onlyGrants(world, one);
        assert.notEqual(await shown(query), whole, `${text} ${JSON.stringify(one)}`);
      }
    }),
    { numRuns: cases(60) },
  );
  assert.ok(pieces > cases(60));
});

test('an operation is named by address, by template and by operationId', async () => {
  const wanted = await asked(operation(`GET /${paths.pupil}/systemid/e1`));
  for (const text of [
    `/${paths.pupil}/systemid/e1`,
    `get /${paths.pupil}/{felt}/{verdi}`,
    'utdanning_elev_elev_by_systemid',
    ` GET /${paths.pupil}/SystemId/x?unused=1 `,
  ])
    assert.deepEqual((await asked(operation(text))).collections, wanted.collections, text);
  assert.deepEqual(wanted.tokenScopes, [['fint-client']]);
  assert.deepEqual(wanted.collections[0]?.actions, ['read']);
  assert.ok(wanted.links.includes(paths.person));
  assert.deepEqual((await asked(operation(`POST /${paths.pupil}`))).collections[0]?.actions, ['write']);
  assert.deepEqual((await asked(operation(`POST /${paths.pupil}/$query`))).collections[0]?.actions, ['list']);
  for (const text of ['', 'GET /nothing', 'GET /utdanning/elev/nothing', `PATCH /${paths.pupil}`, 'nothing'])
    assert.equal((await accessFor(operation(text))).ok, false, text);
});

test('packages are named, with what takes two to approve', async () => {
  const person = await asked(operation(`GET /${paths.person}`));
  assert.ok(person.packages.length > 0);
  assert.deepEqual(person.fourEyes.includes('national-id'), true);
  const school = await asked(operation(`GET /${paths.subject}`));
  assert.deepEqual(school.fourEyes, []);
  // What is sensitive stands beside its field.
  const number = person.collections[0]?.fields.find(({ name }) => name === 'fodselsnummer');
  assert.deepEqual(number?.sensitivities, ['national-id']);
});

test('an operation of Flyt Skole needs the scopes of a link, and what these open', async () => {
  const list = await asked(operation('listPupils'));
  assert.deepEqual([list.api, list.tokenScopes], ['flyt-skole', [['vfs:pupils.read']]]);
  assert.ok(
    list.collections.some(({ collection }) => collection.startsWith('grunnskole/') || collection === paths.pupil),
  );
  for (const text of ['GET /vfs/v1/pupils', 'GET /vfs/v1/pupils?limit=5'])
    assert.deepEqual((await asked(operation(text))).collections, list.collections);
  const shows = list.collections.flatMap(({ fields }) => fields.flatMap(({ sensitivities }) => sensitivities));
  assert.equal(shows.includes('national-id'), false);
});

test('a document is read by the API that takes it, under the flags that it takes', async () => {
  const text =
    'query Emner($o: String!) { emnerV2(filter: { eierOrganisasjonskode: $o, emnekodeStartsWith: "INF" }, first: 2) { nodes { kode navnAlleSprak { nb } } } }';
  const found = await asked(document(text));
  assert.deepEqual([found.api, found.flags, found.undetermined], ['fs-graphql', [], []]);
  assert.deepEqual(
    found.collections.map(({ collection, actions, fields }) => [collection, actions, fields.map(({ name }) => name)]),
    [['fs/studietilbud/emne', ['list'], ['kode', 'navnAlleSprak']]],
  );
  assert.deepEqual(
    found.packages.map((one) => one.package),
    ['university.study-offer'],
  );
  const given = await asked(document(text, { variables: { o: '7777' }, operationName: 'Emner', api: 'fs-graphql' }));
  assert.deepEqual(given.collections, found.collections);
  const fint = await asked(document('{ elev(systemId: "x") { feidenavn { identifikatorverdi } } }'));
  assert.deepEqual([fint.api, fint.collections[0]?.collection], ['fint-graphql', paths.pupil]);
  assert.equal((await accessFor(document(text, { api: 'fint-graphql' }))).ok, false);
  assert.equal((await accessFor(document('{ nothing }'))).ok, false);
});
