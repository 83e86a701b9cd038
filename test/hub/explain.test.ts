// Why answers were empty, refused or smaller: each reason where it holds and not where it does not; to whom it is told; and that nothing about those
// who are hidden can be read from any explanation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { limits } from '#base/limits.ts';
import { systemRandom } from '#base/random.ts';
import { createAuthorizer } from '#hub/authorize.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createExplainer, type ExplainAsker, type Explainer, type Explanation } from '#hub/explain.ts';
import { reasonTable, type Reason } from '#hub/explain-reasons.ts';
import { createGraph } from '#hub/graph/create-graph.ts';
import type { Graph, GraphRoot, GraphSelection } from '#hub/graph/graph.ts';
import type { Principal } from '#hub/principal.ts';
import type { HubQuery } from '#hub/query.ts';
import { createTokens } from '#hub/tokens.ts';
import type { AuditRecord, SyncRun } from '#store/store.ts';
import { cases } from '../cases.ts';
import {
  accessOf,
  allMarkers,
  collections,
  dataOf,
  levelOf,
  numbers,
  pupilOf,
  putData,
  putSchools,
  rowsOf,
  scopedAccessOf,
} from './policy.ts';
import type { Data } from './policy.ts';
import {
  base,
  bySystemId,
  dal,
  fjord,
  grant,
  listQuery,
  model,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  personHref,
  principal,
  put,
  pupil,
  putCounty,
  school,
  start,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
let explainer: Explainer;
let graph: Graph;

before(async () => {
  world = await openWorld();
  await putCounty(world);
  await put(world, paths.pupil, [pupil(77, {})], dal);
  const { store, clock } = world;
  explainer = createExplainer({ model, clock, platform: store.platform, environment: 'test', tenant: store.tenant });
  graph = createGraph({
    model,
    store,
    clock,
    authorizer: createAuthorizer({ model, store, clock, environment: 'test' }),
    tokens: await createTokens(store.platform, systemRandom),
    sealing: await createSealing(store.platform, systemRandom),
    baseUrl: () => base,
  });
});
after(() => world.close());

const day = 86_400_000;
const self: ExplainAsker = { kind: 'application', application: 'app' };
const owner: ExplainAsker = { kind: 'owner', application: null };

let number = 0;

/** Asks, and gives the id of the request. */
const asked = async (query: HubQuery, as: Principal = principal()): Promise<string> => {
  number += 1;
  await world.hub.run(query, { principal: as, requestId: `q${number}`, api: 'test' });
  return `q${number}`;
};

const explained = async (request: string, asker: ExplainAsker = self): Promise<Explanation> => {
  const found = await explainer.explain(fjord, request, asker);
  assert.ok(found !== null, `nothing about ${request}`);
  return found;
};

const reasonsOf = async (query: HubQuery, as?: Principal): Promise<readonly Reason[]> =>
  (await explained(await asked(query, as))).parts.flatMap(({ reasons }) => reasons);

const codesOf = async (query: HubQuery, as?: Principal): Promise<readonly string[]> =>
  (await reasonsOf(query, as)).map(({ code }) => code);

const read = (value: string, field = 'systemid', collection: string = paths.pupil): HubQuery => ({
  kind: 'read',
  collection,
  field,
  value,
});

const all = { clearance: 3 } as const;

test('an answer that is whole has no reason against it', async () => {
  await onlyGrants(world, all);
  for (const query of [listQuery(paths.school), read('e1'), { kind: 'state', collection: paths.pupil } as const])
    assert.deepEqual(await codesOf(query), []);
  const { parts, grants } = await explained(await asked(listQuery(paths.school)));
  assert.deepEqual(
    parts.map(({ operation, collection, decision, answer }) => [operation, collection, decision, answer]),
    [['list', paths.school, 'allow', 'something']],
  );
  assert.deepEqual([grants.length, grants[0]?.clearance], [1, 3]);
});

test('without a grant it is said which action of what, and of grants that are near why they did not count', async () => {
  await onlyGrants(world);
  const [none, ...rest] = await reasonsOf(listQuery(paths.pupil));
  assert.deepEqual([none?.code, none?.actions, none?.collections, rest], ['no-grant', ['list'], [paths.pupil], []]);
  assert.deepEqual([none?.part, none?.effect], ['grant', 'refused']);
  assert.deepEqual(none?.text, reasonTable['no-grant'].text);

  const now = world.clock.now();
  await onlyGrants(
    world,
    { id: 'over', to: now },
    { id: 'coming', from: now + 1 },
    { id: 'reading', actions: ['read'] },
    { id: 'scoped', scope: 'vfs:pupils.read' },
    { id: 'elsewhere', collections: [paths.school] },
    { id: 'others', application: 'other' },
    { id: 'neighbours', organisation: dal },
    { id: 'produced', environment: 'production' },
  );
  const found = await reasonsOf(listQuery(paths.pupil));
  const grantsOf = (code: string) => found.find((one) => one.code === code)?.grants;
  assert.deepEqual(
    found.map(({ code }) => code),
    ['no-grant', 'scope-lacking', 'grant-ended', 'grant-not-begun', 'other-actions'],
  );
  assert.deepEqual(grantsOf('grant-ended'), ['over']);
  assert.deepEqual(grantsOf('grant-not-begun'), ['coming']);
  assert.deepEqual(grantsOf('other-actions'), ['reading']);
  assert.deepEqual(grantsOf('scope-lacking'), ['scoped']);
  assert.deepEqual(found.find(({ code }) => code === 'scope-lacking')?.scopes, ['vfs:pupils.read']);
  assert.deepEqual(await codesOf({ ...listQuery('finnes/ikke/her') }), ['no-such-collection']);
});

test('a grant that was given, changed or withdrawn since is said to be', async () => {
  await onlyGrants(world);
  const earlier = await asked(listQuery(paths.pupil));
  world.clock.move(1);
  const id = await grant(world, { createdAt: world.clock.now(), ...all });
  assert.deepEqual(
    (await explained(earlier)).parts[0]?.reasons.map(({ code }) => code),
    ['no-grant', 'grant-later'],
  );
  const then = await asked(listQuery(paths.pupil));
  assert.deepEqual((await explained(then)).parts[0]?.reasons, []);
  world.clock.move(1);
  await grant(world, { id, createdAt: world.clock.now() - 1, changedAt: world.clock.now(), ...all });
  const [changed] = (await explained(then)).parts[0]?.reasons ?? [];
  assert.deepEqual([changed?.code, changed?.effect, changed?.grants], ['grant-changed', 'notice', [id]]);
  await world.store.platform.removeGrant(id);
  const [gone] = (await explained(then)).parts[0]?.reasons ?? [];
  assert.deepEqual([gone?.code, gone?.grants], ['grant-withdrawn', [id]]);
});

test('fields that do not show are named, with why; those of a wider grant are not', async () => {
  await onlyGrants(world, { ...all, withhold: ['national-id', 'protected'], fields: null });
  const withheld = (await reasonsOf(listQuery(paths.person))).find(({ code }) => code === 'fields-withheld');
  assert.deepEqual(
    ['fodselsnummer', 'bostedsadresse', 'navn'].map((name) => withheld?.fields?.includes(name)),
    [true, true, false],
  );
  assert.deepEqual(withheld?.sensitivities, ['national-id', 'protected']);

  await onlyGrants(world, { ...all, fields: ['navn', 'foreldre'] });
  const ungiven = (await reasonsOf(listQuery(paths.person))).find(({ code }) => code === 'fields-not-granted');
  assert.deepEqual(
    ['fodselsnummer', 'elev', 'navn', 'foreldre'].map((name) => ungiven?.fields?.includes(name)),
    [true, true, false, false],
  );

  await onlyGrants(world, { ...all, fields: ['navn'] }, all);
  assert.deepEqual(await codesOf(listQuery(paths.person)), []);
  await onlyGrants(world, { ...all, fields: ['navn'] }, { ...all, rows: school('1001') });
  const uneven = (await reasonsOf(listQuery(paths.person))).find(({ code }) => code === 'fields-by-row');
  assert.deepEqual(
    ['fodselsnummer', 'navn'].map((name) => uneven?.fields?.includes(name)),
    [true, false],
  );
});

test('an identifier that does not show finds nothing, and neither does one that the class does not have', async () => {
  await onlyGrants(world, { ...all, withhold: ['national-id'] });
  const codes = await codesOf(read(nationalId(1), 'fodselsnummer', paths.person));
  assert.ok(codes.includes('identifier-withheld'), codes.join());
  assert.ok(codes.includes('nothing-visible'));
  assert.ok((await codesOf(read('x', 'navn', paths.person))).includes('identifier-unknown'));
});

test('rows, protection, links, filters, times and pages are said where they narrowed the answer', async () => {
  await onlyGrants(world, { rows: school('1001') });
  assert.deepEqual(await codesOf(listQuery(paths.pupil)), ['rows-limited', 'protected-hidden']);
  await onlyGrants(world, { rows: school('1001') }, {});
  assert.deepEqual(await codesOf(listQuery(paths.pupil)), ['protected-hidden']);
  // What the scope does not concern is whole.
  await onlyGrants(world, { rows: school('1001'), ...all });
  assert.deepEqual(await codesOf(listQuery(paths.country)), []);

  await onlyGrants(world, { collections: [paths.pupil], ...all });
  const [closed] = await reasonsOf(listQuery(paths.pupil));
  assert.equal(closed?.code, 'links-unopened');
  assert.ok(closed.collections?.includes(paths.person));

  await onlyGrants(world, all);
  assert.deepEqual(await codesOf(listQuery(paths.pupil, { filter: "systemId/identifikatorverdi eq 'e1'" })), [
    'filter',
  ]);
  const nobody = listQuery(paths.pupil, { filter: "systemId/identifikatorverdi eq 'nobody'" });
  assert.deepEqual(await codesOf(nobody), ['filter', 'nothing-visible']);
  assert.equal((await reasonsOf(nobody))[0]?.effect, 'empty');
  assert.deepEqual(await codesOf(listQuery(paths.pupil, { since: start })), ['since']);
  assert.deepEqual(await codesOf(listQuery(paths.pupil, { offset: 900, size: 2 })), ['page-beyond', 'nothing-visible']);
  assert.deepEqual(await codesOf({ kind: 'changes', collection: paths.pupil, after: 'no position', size: 5 }), [
    'no-grant',
    'other-actions',
  ]);
  await onlyGrants(world, { ...all, actions: ['follow'] });
  assert.deepEqual(await codesOf({ kind: 'changes', collection: paths.pupil, after: 'no position', size: 5 }), [
    'position-unknown',
  ]);
  await onlyGrants(world, { ...all, withhold: ['national-id'] });
  const byNumber = listQuery(paths.person, { filter: `fodselsnummer/identifikatorverdi eq '${nationalId(1)}'` });
  assert.deepEqual(await codesOf(byNumber), ['filter-unseen', 'fields-withheld']);
});

test('where being there tells all, a grant that withholds such data is said to', async () => {
  await onlyGrants(world, { ...all, withhold: ['special'] });
  assert.deepEqual(await codesOf(listQuery(paths.measure)), ['no-grant', 'existence-withheld']);
});

test('a scope that a token lacks makes an answer smaller, where another grant opens a part', async () => {
  await onlyGrants(world, { ...all, fields: ['navn'] }, { ...all, id: 'more', scope: 'a:read b:read' });
  const found = await reasonsOf(listQuery(paths.person), {
    ...principal(),
    scopes: new Set(['fint-client', 'a:read']),
  });
  const lacking = found.find(({ code }) => code === 'scope-lacking');
  assert.deepEqual([lacking?.effect, lacking?.scopes, lacking?.grants], ['smaller', ['a:read', 'b:read'], ['more']]);
  const carried = { ...principal(), scopes: new Set(['fint-client', 'a:read', 'b:read']) };
  assert.deepEqual(await codesOf(listQuery(paths.person), carried), []);
});

test('what the pipeline turned away is explained by its code', async () => {
  const tenant = await world.store.tenant(fjord);
  for (const [rule, code] of [
    ['HUB-108', 'quota-used-up'],
    ['HUB-302', 'address-scope'],
    ['HUB-401', 'other-organisation'],
    ['HUB-111', 'refused'],
  ] as const) {
    number += 1;
    await tenant.appendAudit({ ...denied(`q${number}`), rule });
    const { parts } = await explained(`q${number}`);
    const [reason] = parts[0]?.reasons ?? [];
    assert.deepEqual([reason?.code, reason?.error, parts.length], [code, rule, 1]);
  }
});

test('a removal that was refused is explained by the fields that the grants to write do not show', async () => {
  await onlyGrants(
    world,
    { id: 'all', ...all },
    { id: 'some', ...all, actions: ['write'], fields: ['systemId', 'elevnummer'] },
    { id: 'safe', ...all, actions: ['write'], withhold: ['protected'], collections: [paths.person] },
  );
  const tenant = await world.store.tenant(fjord);
  const [of, at] = [{ rule: 'HUB-403', operation: 'delete' }, (number += 1)];
  await tenant.appendAudit({ ...denied(`q${at}`), ...of, collection: paths.pupil });
  const [pupilPart] = (await explained(`q${at}`)).parts;
  assert.deepEqual(
    pupilPart?.reasons.map(({ code, effect, error, grants }) => [code, effect, error, grants]),
    [
      ['removal-partly-seen', 'refused', 'HUB-403', undefined],
      ['fields-not-granted', 'smaller', undefined, ['some']],
    ],
  );
  const ungiven = pupilPart?.reasons[1]?.fields ?? [];
  assert.ok(ungiven.includes('feidenavn') && ungiven.includes('person') && !ungiven.includes('elevnummer'));
  await tenant.appendAudit({ ...denied(`q${at}p`), ...of, collection: paths.person });
  const [personPart] = (await explained(`q${at}p`)).parts;
  assert.deepEqual(
    personPart?.reasons.map(({ code, sensitivities }) => [code, sensitivities]),
    [
      ['removal-partly-seen', undefined],
      ['fields-withheld', ['protected']],
    ],
  );
});

test('fields that show for fewer of the protected than others do are told by the grants, whoever it was about', async () => {
  const few = { ...all, id: 'few', actions: ['write'], fields: ['systemId', 'elevnummer', 'person'] } as const;
  await onlyGrants(world, { id: 'whole', clearance: 0, actions: ['read', 'list', 'write'] }, few);
  const tenant = await world.store.tenant(fjord);
  const refused = async (collection: string) => {
    const at = (number += 1);
    await tenant.appendAudit({ ...denied(`q${at}`), rule: 'HUB-403', operation: 'delete', collection });
    return (await explained(`q${at}`)).parts[0]?.reasons ?? [];
  };
  const told = await refused(paths.pupil);
  assert.deepEqual(
    told.map(({ code, part, effect, grants, clearance }) => [code, part, effect, grants, clearance]),
    [
      ['removal-partly-seen', 'fields', 'refused', undefined, undefined],
      ['fields-by-clearance', 'protection', 'smaller', ['whole'], 0],
    ],
  );
  assert.deepEqual(
    ['feidenavn', 'elevforhold', 'elevnummer', 'person'].map((name) => told[1]?.fields?.includes(name)),
    [true, true, false, false],
  );
  // Of what is about nobody clearance says nothing.
  assert.deepEqual(
    (await refused(paths.subject)).map(({ code }) => code),
    ['removal-partly-seen'],
  );
  await onlyGrants(world, { ...all, id: 'whole', actions: ['write'] }, few);
  assert.deepEqual(
    (await refused(paths.pupil)).map(({ code }) => code),
    ['removal-partly-seen'],
  );
});

const denied = (request: string): AuditRecord => ({
  id: request,
  at: world.clock.now(),
  request,
  issuer: base,
  client: 'app',
  token: 't1',
  api: '/x',
  operation: 'GET',
  collection: 'unknown',
  decision: 'deny',
  rule: 'HUB-108',
  count: 0,
  subjects: [],
  seen: null,
  details: '',
});

const run = (more: Partial<SyncRun>): Omit<SyncRun, 'order'> => ({
  corrId: `run-${(number += 1)}`,
  adapter: 'a1',
  client: 'a1',
  collection: paths.subject,
  type: 'FULL',
  state: 'completed',
  totalSize: 1,
  totalPages: 1,
  receivedEntries: 1,
  pages: 1,
  created: 0,
  updated: 0,
  unchanged: 1,
  removed: 0,
  rejected: 0,
  warnings: 0,
  wouldRemove: 0,
  openedAt: world.clock.now(),
  touchedAt: world.clock.now(),
  closedAt: world.clock.now(),
  reason: null,
  ...more,
});

test('staleness is told as it was when the answer was made', async () => {
  await onlyGrants(world, all);
  const tenant = await world.store.tenant(fjord);
  const capabilities = [paths.subject, paths.group].map((collection) => ({
    collection,
    fullSyncIntervalInDays: 2,
    deltaSyncInterval: 'NONE' as const,
  }));
  await tenant.write(async (tx) => {
    await tx.putContract({
      client: 'a1',
      adapterId: 'a1',
      username: 'a1',
      heartbeatIntervalInMinutes: 5,
      capabilities,
      registeredAt: world.clock.now(),
      heartbeatAt: null,
    });
    await tx.putRun(run({}));
  });
  const syncedAt = new Date(world.clock.now()).toISOString().replace('.000', '').replace(/\.\d+/, '');
  world.clock.move(2 * day);
  const fresh = await asked(listQuery(paths.subject));
  world.clock.move(1);
  const old = await asked(listQuery(paths.subject));
  await tenant.write(async (tx) =>
    tx.putRun(run({ openedAt: world.clock.now() + 1, closedAt: world.clock.now() + 1 })),
  );
  assert.deepEqual((await explained(fresh)).parts[0]?.reasons, []);
  const [stale] = (await explained(old)).parts[0]?.reasons ?? [];
  assert.deepEqual(
    [stale?.code, stale?.effect, stale?.promisedDays, stale?.sources, stale?.fullSyncAt],
    ['stale', 'notice', 2, ['a1'], syncedAt],
  );
  world.clock.move(2);
  await tenant.write(async (tx) => tx.putRun(run({ state: 'held', touchedAt: world.clock.now(), closedAt: null })));
  assert.deepEqual(await codesOf(listQuery(paths.subject)), ['sync-held']);
  const none = { ...listQuery(paths.group, { filter: "systemId/identifikatorverdi eq 'nobody'" }) };
  assert.deepEqual(await codesOf(none), ['filter', 'nothing-visible', 'never-delivered']);
  // Whoever may not see the collection is not told how old it is.
  await onlyGrants(world);
  assert.deepEqual(await codesOf(listQuery(paths.subject)), ['no-grant']);
});

const idsOf = (collection: string): GraphSelection => ({ collection, attributes: ['systemId'], edges: [] });

const rootOf = (collection: string): GraphRoot => ({
  kind: 'list',
  selections: [idsOf(collection)],
  narrow: [null],
  order: null,
  page: { first: 10, after: null },
  count: false,
});

test('of what was asked in a tree each decision is explained', async () => {
  await onlyGrants(world, { ...all, collections: [paths.pupil, paths.school] });
  number += 1;
  const context = { principal: principal(), requestId: `q${number}`, api: 'test' };
  await graph.read([rootOf(paths.pupil), rootOf(paths.group), rootOf(paths.school)], context);
  const { parts } = await explained(`q${number}`);
  assert.deepEqual(
    parts.map(({ collection, answer }) => [collection, answer]),
    [
      [paths.pupil, 'something'],
      [paths.group, 'refused'],
      [paths.school, 'something'],
    ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );
});

test('a collection that was reached by relations only, and of which nothing is shown, is not named', async () => {
  const tenant = await world.store.tenant(fjord);
  const reached = { ...denied('reached'), decision: 'allow', api: 'test', operation: 'read', rule: 'g' } as const;
  await tenant.appendAudit({ ...reached, collection: paths.pupil, details: 'graph list', count: 0 });
  await tenant.appendAudit({ ...reached, collection: paths.person, details: 'graph', count: 0 });
  await tenant.appendAudit({ ...reached, collection: paths.school, details: 'graph', count: 1 });
  const { parts } = await explained('reached');
  assert.deepEqual(
    parts.map(({ collection }) => collection),
    [paths.pupil, paths.school],
  );
});

test('only the application itself and the owner are told, and of another there is nothing', async () => {
  await onlyGrants(world, all, { application: 'other' });
  const mine = await asked(listQuery(paths.pupil));
  const others = await asked(listQuery(paths.pupil), principal('other'));
  const elsewhere = await asked(listQuery(paths.pupil), principal('app', dal));
  for (const request of [others, elsewhere, 'never', '', 'x'.repeat(limits.requestIdLength + 1), `${mine} `])
    assert.equal(await explainer.explain(fjord, request, self), null);
  assert.equal((await explained(mine)).application, 'app');
  assert.equal((await explained(others, owner)).application, 'other');
  assert.equal(await explainer.explain(fjord, others, { kind: 'owner', application: 'app' }), null);
  assert.equal(await explainer.explain(dal, mine, owner), null);
});

test('an id of the longest form is explained', async () => {
  await onlyGrants(world, all);
  const requestId = 'r'.repeat(limits.requestIdLength);
  await world.hub.run(listQuery(paths.pupil), { principal: principal(), requestId, api: 'test' });
  assert.equal((await explained(requestId)).request, requestId);
});

test('an answer is explained for some days, and then it is as if it had never been', async () => {
  await onlyGrants(world, all);
  const request = await asked(listQuery(paths.pupil));
  world.clock.move(limits.explainDays * day);
  assert.ok((await explainer.explain(fjord, request, self)) !== null);
  world.clock.move(1);
  assert.equal(await explainer.explain(fjord, request, self), null);
  assert.equal(await explainer.explain(fjord, request, owner), null);
});

test('of ids that are used twice the newest is meant, and of one token only', async () => {
  await onlyGrants(world, all);
  const ask = (collection: string, token: string) =>
    world.hub.run(listQuery(collection), { principal: { ...principal(), token }, requestId: 'twice', api: 'test' });
  await ask(paths.pupil, 'first');
  world.clock.move(1);
  await ask(paths.person, 'second');
  const { parts } = await explained('twice');
  assert.deepEqual(
    parts.map(({ collection }) => collection),
    [paths.person],
  );
  const tenant = await world.store.tenant(fjord);
  await tenant.appendAudit({ ...denied('twice'), api: 'explain', decision: 'allow' });
  assert.deepEqual(await explained('twice'), await explained('twice'));
  assert.equal((await explained('twice')).parts[0]?.collection, paths.person);
});

test('as many decisions are explained as one request may have', async () => {
  const tenant = await world.store.tenant(fjord);
  await Promise.all(
    Array.from({ length: limits.explainParts + 1 }, (_, index) =>
      tenant.appendAudit({ ...denied('many'), id: `${index}`, operation: `${index}` }),
    ),
  );
  assert.equal((await explained('many')).parts.length, limits.explainParts);
});

test('the owner is told more of its grants than the application is', async () => {
  await onlyGrants(world, { rows: school('1001', '1002'), purpose: 'Why', agreement: 'DBA-1' });
  const request = await asked(listQuery(paths.pupil));
  const [mine] = (await explained(request)).grants;
  const [its] = (await explained(request, owner)).grants;
  assert.deepEqual(mine?.rows, { scope: 'skole', field: 'skolenummer', count: 2 });
  assert.equal(JSON.stringify(mine).includes('1001'), false);
  assert.deepEqual([mine?.purpose, mine?.agreement, mine?.rowValues], [undefined, undefined, undefined]);
  assert.deepEqual([its?.purpose, its?.agreement, its?.rowValues], ['Why', 'DBA-1', ['1001', '1002']]);
});

// --- Nothing of those who are hidden ------------------------------------------------------------------------------------------

const edge = (relation: string, to: GraphSelection) => ({
  name: relation,
  relation,
  to,
  narrow: null,
  order: null,
  page: null,
  count: true,
});

const list = (selection: GraphSelection): GraphRoot => ({
  kind: 'list',
  selections: [selection],
  narrow: [null],
  order: null,
  page: { first: 3, after: null },
  count: true,
});

const named = (selection: GraphSelection, identifier: string, values: readonly string[]): GraphRoot => ({
  kind: 'named',
  selection,
  by: { identifier },
  values,
});

const roots: readonly GraphRoot[] = (() => {
  const persons: GraphSelection = { collection: paths.person, attributes: ['navn', 'fodselsnummer'], edges: [] };
  const pupils: GraphSelection = {
    collection: paths.pupil,
    attributes: ['systemId'],
    edges: [
      edge('person', { ...persons, edges: [edge('foreldre', persons)] }),
      edge('elevforhold', { collection: paths.enrolment, attributes: ['beskrivelse'], edges: [] }),
    ],
  };
  return [
    list(pupils),
    list(persons),
    named(pupils, 'systemid', ['EID101x']),
    named(pupils, 'systemid', ['EID102x', 'EID404x']),
    named(persons, 'fodselsnummer', [nationalId(101)]),
  ];
})();

const questions: readonly HubQuery[] = [
  ...collections.flatMap((path): readonly HubQuery[] => [
    listQuery(path),
    listQuery(path, { offset: 1, size: 2 }),
    listQuery(path, { since: start }),
    { kind: 'changes', collection: path, after: null, size: 10_000 },
    { kind: 'state', collection: path },
  ]),
  listQuery(paths.pupil, { filter: 'person/any()' }),
  listQuery(paths.pupil, { filter: 'not elevforhold/any()' }),
  listQuery(paths.person, { filter: 'foreldre/any() or foreldreansvar/any()' }),
  listQuery(paths.school, { filter: `elevforhold eq '${bySystemId(paths.enrolment, 'FID101x2001')}'` }),
  listQuery(paths.pupil, { filter: `person eq '${personHref(101)}' or person eq '${personHref(102)}'` }),
  listQuery(paths.enrolment, { filter: "elev eq 'systemid/EID102x'" }),
  listQuery(paths.person, { filter: "navn/fornavn startswith 'NAME'" }),
  ...numbers.flatMap((each): readonly HubQuery[] => [
    read(`EID${each}x`),
    read(`feide${each}v0x@x.test`, 'feidenavn'),
    read(nationalId(each), 'fodselsnummer', paths.person),
    read(`FID${each}x2001`, 'systemid', paths.enrolment),
  ]),
  read('EID404x'),
];

/** Explanations of everything, to the application and to the owner, as text. `token` tells rounds apart. */
const explanations = async (token: string): Promise<readonly string[]> => {
  const as = { ...principal(), token };
  const requests: string[] = [];
  for (const [index, query] of questions.entries()) {
    requests.push(`oracle-${index}`);
    await world.hub.run(query, { principal: as, requestId: `oracle-${index}`, api: 'test' });
  }
  for (const [index, root] of roots.entries()) {
    requests.push(`tree-${index}`);
    await graph.read([root], { principal: as, requestId: `tree-${index}`, api: 'test' });
  }
  const told: string[] = [];
  for (const request of requests)
    for (const asker of [self, owner]) told.push(JSON.stringify(await explained(request, asker)));
  return told;
};

const hiddenFrom = (data: Data, accesses: readonly { readonly clearance: number }[]): readonly number[] =>
  data.filter((one) => accesses.every(({ clearance }) => clearance < levelOf(one))).map((one) => one.number);

const strictly = (of: number) =>
  pupilOf(of).map((one) => ({ ...one, marking: one.marking === null ? null : (3 as const), parent: null }));

const belowStrict = accessOf.map((one) => ({ ...one, clearance: one.clearance === 3 ? (2 as const) : one.clearance }));

test('of two worlds that differ in what is hidden every explanation is the same, byte for byte', async () => {
  await putSchools(world);
  let compared = 0;
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(
      dataOf,
      fc.tuple(...numbers.map(strictly)),
      fc.array(fc.tuple(belowStrict, scopedAccessOf), { minLength: 1, maxLength: 2 }),
      async ([one, ...rest], others, given) => {
        if (one === undefined) return;
        const accesses = given.map(([access, { scope }]) => ({ ...access, scope }));
        const mixed: Data = [{ ...one, marking: 3, there: true }, ...rest];
        const hidden = hiddenFrom(mixed, accesses);
        const first = mixed.map((each) => (hidden.includes(each.number) ? { ...each, parent: null } : each));
        await putData(world, first);
        await onlyGrants(world, ...accesses);
        world.clock.move(limits.explainDays * day + 1);
        const shownFirst = await explanations('first');
        const second = first.map((each, index) =>
          hidden.includes(each.number) && each.there ? (others[index] ?? each) : each,
        );
        if (JSON.stringify(rowsOf(second)) !== JSON.stringify(rowsOf(first))) changed += 1;
        await putData(world, second);
        const then = await explanations('second');
        for (const [index, text] of shownFirst.entries()) {
          assert.equal(then[index], text);
          for (const marker of allMarkers) assert.equal(text.includes(marker), false, `${marker} in ${text}`);
          compared += 1;
        }
      },
    ),
    { numRuns: cases(30) },
  );
  assert.ok(compared >= cases(30) * questions.length, `${compared} compared`);
  assert.ok(changed > 0);
});
