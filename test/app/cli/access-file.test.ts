// Access as a file: what is exported is taken in again without a change, elsewhere it gives the same, and what differs is changed or, when asked, ended.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { accessOverview, confirmAccess } from '#app/cli/access-overview.ts';
import { exportAccess, importAccess, readAccessFile } from '#app/cli/access-file.ts';
import type { AdminDoor } from '#app/cli/admin-door.ts';
import {
  approveDelegation,
  giveDelegation,
  grantByDelegation,
  listDelegations,
  showDelegation,
  withdrawDelegation,
} from '#app/cli/delegation.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { adminBench, emptyTenant, operator, type AdminBench } from '../../apis/admin/bench.ts';

const start = Date.parse('2026-11-22T08:00:00Z');
const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };

const setUp = async (context: TestContext): Promise<{ readonly bench: AdminBench; readonly door: AdminDoor }> => {
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => start,
  );
  for (const id of ['owner.test', 'vendor.test'])
    await bench.platform.putOrganisation({ id, name: id, orgNumber: null, settings, createdAt: 1 });
  for (const id of ['lms', 'timetable'])
    await bench.platform.putApplication({
      id,
      name: id,
      kind: 'client',
      owner: 'vendor.test',
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
    });
  const door: AdminDoor = {
    ask: async (method, path, body) => {
      const answer = await bench.ask({
        actor: operator,
        method,
        path,
        text: body === undefined ? '' : JSON.stringify(body),
      });
      if (answer.kind === 'problem') return failed(answer.problem);
      return ok(answer.kind === 'json' ? (JSON.parse(JSON.stringify(answer.value)) as unknown) : null);
    },
  };
  return { bench, door };
};

const valueOf = <T>(result: Result<T>): T => {
  assert.ok(result.ok, result.ok ? '' : result.problem.detail);
  return result.value;
};

const given = async (door: AdminDoor): Promise<void> => {
  const organisation = 'owner.test';
  const grant = { organisation, collections: ['utdanning/elev/*'], actions: ['read', 'list'], purpose: 'Timetables' };
  for (const [path, body] of [
    ['/admin/agreements', { organisation, processor: 'vendor.test', reference: 'DBA-1', to: '2027-07-31' }],
    ['/admin/grants', { ...grant, application: 'timetable', fields: ['navn', 'systemId'], agreement: 'DBA-1' }],
    ['/admin/grants', { ...grant, application: 'lms', rows: { scope: 'skole', field: 'systemid', values: ['S1'] } }],
    [
      '/admin/links',
      {
        organisation,
        application: 'lms',
        scopes: ['vfs:pupils.read'],
        agreement: { reference: 'DBA-1' },
        purpose: 'LMS',
      },
    ],
  ] as const)
    valueOf(await door.ask('POST', path, body));
};

const bare = (list: readonly object[]): readonly string[] =>
  list.map((one) => JSON.stringify({ ...one, id: '' })).sort();

const whole = { prune: true, dryRun: false } as const;

test('what is exported is taken in without a change, and elsewhere gives the same', async (context) => {
  const [here, there] = [await setUp(context), await setUp(context)];
  await given(here.door);
  const file = valueOf(await exportAccess(here.door, 'owner.test'));
  assert.match(file.text, /^organisation: owner\.test\n/);
  assert.deepEqual(valueOf(await importAccess(here.door, { text: file.text, ...whole })).json.done, []);
  const dry = valueOf(await importAccess(there.door, { text: file.text, prune: true, dryRun: true }));
  assert.deepEqual(
    dry.json.done.map(({ act, what }) => `${act} ${what}`),
    ['give agreement', 'give grant', 'give grant', 'give link'],
  );
  assert.deepEqual(valueOf(await exportAccess(there.door, 'owner.test')).json.grants, [], 'nothing was done');
  valueOf(await importAccess(there.door, { text: file.text, ...whole }));
  const same = valueOf(await exportAccess(there.door, 'owner.test')).json;
  for (const name of ['agreements', 'grants', 'links'] as const)
    assert.deepEqual(bare(same[name]), bare(file.json[name]), name);
});

test('what differs is changed, what is not there is ended only when asked', async (context) => {
  const { door } = await setUp(context);
  await given(door);
  const file = valueOf(await exportAccess(door, 'owner.test')).json;
  const grants = file.grants.map((one) =>
    one['application'] === 'lms' ? { ...one, rows: null } : { ...one, fields: ['navn'] },
  );
  const links = file.links.map((one) => ({ ...one, schools: ['S1'] }));
  const text = stringify({ ...file, grants, links });
  const acts = valueOf(await importAccess(door, { text, prune: false, dryRun: false })).json.done;
  assert.deepEqual(
    acts.map(({ act, what }) => `${act} ${what}`),
    ['change grant', 'change grant', 'change link'],
  );
  assert.deepEqual(valueOf(await importAccess(door, { text, ...whole })).json.done, []);
  const none = 'organisation: owner.test';
  assert.deepEqual(valueOf(await importAccess(door, { text: none, prune: false, dryRun: false })).json.done, []);
  const ended = valueOf(await importAccess(door, { text: none, ...whole })).json.done;
  assert.deepEqual(
    ended.map(({ act, what }) => `${act} ${what}`),
    ['end link', 'end grant', 'end grant', 'end agreement'],
  );
  const left = valueOf(await exportAccess(door, 'owner.test')).json;
  assert.deepEqual([left.agreements, left.grants, left.links], [[], [], []]);
});

test('a file that is none is refused before anything is done', async (context) => {
  for (const text of ['', '[]', 'organisation: 1', 'a: [', 'organisation: o\ngrants: 1', 'organisation: o\nlinks: [1]'])
    assert.equal(readAccessFile(text).ok, false, text);
  assert.equal(readAccessFile('organisation: &a o\ngrants: [*a, *a]').ok, false, 'aliases');
  fc.assert(
    fc.property(fc.string(), (text) => {
      readAccessFile(text);
    }),
  );
  const { door } = await setUp(context);
  const bad = 'organisation: owner.test\ngrants: [{ application: lms, collections: [nowhere], actions: [read] }]';
  const refused = await importAccess(door, { text: bad, ...whole });
  assert.match(refused.ok ? '' : refused.problem.detail, /grant lms: .*Nothing was done before it/);
  await given(door);
  const other = 'organisation: owner.test\nagreements: [{ processor: vendor.test, reference: DBA-1, to: 2028-01-01 }]';
  const differs = await importAccess(door, { text: other, ...whole });
  assert.equal(differs.ok ? '' : differs.problem.code, 'HUB-409');
});

test('delegations are given, passed on, approved, used, seen and withdrawn by commands', async (context) => {
  const { bench, door } = await setUp(context);
  valueOf(
    await door.ask('POST', '/admin/agreements', {
      organisation: 'owner.test',
      processor: 'vendor.test',
      reference: 'DBA-1',
    }),
  );
  const args = {
    organisation: 'owner.test',
    supplier: 'vendor.test',
    environment: 'test',
    purpose: 'Timetables',
    legalBasis: 'GDPR art. 6 (1) e',
  };
  assert.equal((await giveDelegation(door, { ...args, packages: ['nothing'] })).ok, false);
  assert.equal(
    (await giveDelegation(door, { ...args, packages: ['county.pupils-basic'], clearance: 'all' })).ok,
    false,
  );
  const made = valueOf(await giveDelegation(door, { ...args, packages: ['county.pupils-basic'] }));
  assert.match(made.text, /owner\.test > vendor\.test: county\.pupils-basic, live/);
  const { id } = made.json;
  assert.match(
    valueOf(await grantByDelegation(door, id, { application: 'lms' })).text,
    /lms has \d+ grants of owner\.test/,
  );
  assert.match(
    valueOf(await accessOverview(door, { organisation: 'owner.test' })).text,
    /lms +vendor\.test +delegation-.* never/,
  );
  valueOf(await confirmAccess(door, { organisation: 'owner.test', kind: 'delegation', id }));
  assert.match(valueOf(await listDelegations(door)).text, new RegExp(id));
  assert.equal(valueOf(await showDelegation(door, id)).json.live, true);
  assert.match(valueOf(await withdrawDelegation(door, id, 'The contract is over')).text, /withdrawn/);
  assert.match(valueOf(await listDelegations(door)).text, /no such delegations/);
  assert.ok((await bench.platform.grantsOf('lms')).every(({ to }) => to === start));
  const two = valueOf(await giveDelegation(door, { ...args, packages: ['county.staff-national-id'] }));
  assert.match(two.text, /Somebody else has to approve it/);
  assert.equal((await approveDelegation(door, two.json.id)).ok, false);
  assert.match(
    valueOf(await accessOverview(door, { organisation: 'owner.test', reminders: true })).text,
    /Nobody has anything/,
  );
});
