// The audit of reads: one record for each decision, durable before the answer, and nothing in it that tells about a person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HubError, problem } from '#base/errors.ts';
import type { HubQuery } from '#hub/query.ts';
import type { AuditRecord, Store, TenantStore } from '#store/store.ts';
import {
  ask,
  filterOf,
  fjord,
  listQuery,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  principal,
  putCounty,
  read,
  school,
  start,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await putCounty(world);
});
after(() => world.close());

const records = async (): Promise<readonly AuditRecord[]> => (await world.store.tenant(fjord)).audit({ limit: 10_000 });

const latest = async (query: HubQuery) => {
  const count = (await records()).length;
  const { kind } = await ask(world.hub, query);
  const now = await records();
  assert.equal(now.length, count + 1, 'one record for one decision');
  const [record] = now;
  assert.ok(record);
  return { kind, record };
};

const person = (value: string): HubQuery => ({
  kind: 'read',
  collection: paths.person,
  field: 'fodselsnummer',
  value,
});

test('every outcome leaves exactly one record', async () => {
  const all = { actions: ['read', 'list', 'follow'] } as const;
  await onlyGrants(world, all);
  const filter = "navn/fornavn eq 'Fornavn1'";
  const cases: readonly (readonly [HubQuery, string, string, number | null])[] = [
    [person(nationalId(1)), 'found', 'allow', 1],
    [person(nationalId(404)), 'missing', 'allow', 0],
    [listQuery(paths.person), 'page', 'allow', 5],
    [listQuery(paths.person, { offset: 3, size: 10 }), 'page', 'allow', 2],
    [listQuery(paths.person, { offset: 30, size: 10 }), 'page', 'allow', 0],
    [listQuery(paths.person, { filter }), 'page', 'allow', 1],
    [{ kind: 'changes', collection: paths.person, after: null, size: 2 }, 'changes', 'allow', 2],
    [{ kind: 'changes', collection: paths.person, after: 'x', size: 2 }, 'refused', 'deny', 0],
    [{ kind: 'state', collection: paths.person }, 'state', 'allow', 0],
    [listQuery('utdanning/elev/finnesikke'), 'missing', 'deny', 0],
  ];
  for (const [query, kind, decision, count] of cases) {
    const { kind: given, record } = await latest(query);
    assert.deepEqual([given, record.decision, record.count], [kind, decision, count]);
    assert.deepEqual(
      [record.client, record.token, record.issuer, record.api],
      ['app', 't1', principal().issuer, 'test'],
    );
    assert.deepEqual([record.at, record.operation], [start, query.kind]);
  }
  await onlyGrants(world, { fields: ['navn'] });
  const denied = await latest(listQuery(paths.person, { filter: "bilde eq 'x'" }));
  assert.deepEqual([denied.kind, denied.record.decision, denied.record.rule], ['refused', 'deny', 'no-grant']);
  await onlyGrants(world);
  const none = await latest(person(nationalId(1)));
  assert.deepEqual([none.kind, none.record.decision, none.record.rule], ['missing', 'deny', 'no-grant']);
});

test('a record names the grants that it rests on, and the same person always by the same pseudonym', async () => {
  await onlyGrants(world, {}, { rows: school('1001'), collections: [paths.person] });
  const ids = (await world.store.platform.grants()).map(({ id }) => id);
  const first = (await latest(person(nationalId(1)))).record;
  assert.equal(first.rule, ids.join(' '));
  const again = (await latest(person(nationalId(1)))).record;
  const other = (await latest(person(nationalId(2)))).record;
  assert.deepEqual(again.subjects, first.subjects);
  assert.notDeepEqual(other.subjects, first.subjects);
  const looked = (await latest(listQuery(paths.person, { filter: "navn/fornavn eq 'Fornavn1'" }))).record;
  assert.deepEqual(looked.subjects, first.subjects);
});

const filtered = async (filter: string) => (await latest(listQuery(paths.person, { filter }))).record.subjects;
const askedBy = async (number: number) => (await latest(person(nationalId(number)))).record.subjects;
const named = (number: number): string => `fodselsnummer/identifikatorverdi eq '${nationalId(number)}'`;

test('whom a filter asks for by name is named, whether anybody is there or not', async () => {
  await onlyGrants(world, { actions: ['read', 'list'] });
  const [known, unknown] = [await askedBy(1), await askedBy(404)];
  assert.deepEqual(await filtered(named(1)), known);
  assert.deepEqual(await filtered(named(404)), unknown);
  assert.deepEqual(await filtered(`${named(404)} or ${named(1)}`), [...unknown, ...known]);
  assert.deepEqual(await filtered(`${named(404)} and navn/fornavn eq 'Fornavn1'`), unknown);
  assert.deepEqual(await filtered(`not (${named(404)}) and navn/fornavn eq 'Ingen'`), []);
});

test('no record holds a value, a name or a national id, whatever was asked for', async () => {
  await onlyGrants(world, { actions: ['read', 'list', 'follow'] });
  const secrets = [nationalId(1), 'Fornavn1', 'Etternavn1', 'elev1@fjordheim.test', 'Gate 1', 'e1'];
  for (const secret of secrets) {
    await read(world.hub, paths.person, 'fodselsnummer', secret);
    await read(world.hub, paths.person, secret, 'x');
    await ask(world.hub, listQuery(`utdanning/elev/${secret}`));
    await ask(world.hub, listQuery(paths.person, { filter: filterOf(paths.person, `navn/fornavn eq '${secret}'`) }));
    await ask(world.hub, { kind: 'changes', collection: paths.person, after: secret, size: 1 });
  }
  const text = JSON.stringify(
    // Uids are numbers of the hub's own.
    (await records()).map(({ at: _at, seen: _seen, subjects, ...rest }) => {
      for (const subject of subjects) assert.match(subject, /^[\w-]{20}$/);
      return rest;
    }),
  );
  for (const secret of secrets.slice(0, -1)) assert.equal(text.includes(secret), false, secret);
  assert.equal(text.includes('"e1"'), false);
  assert.equal(/\d{11}/.test(text), false);
});

/** The store with its audit in other hands. */
const withAudit = (append: (real: TenantStore, record: AuditRecord) => Promise<void>): Store => ({
  ...world.store,
  tenant: async (id) => {
    const real = await world.store.tenant(id);
    return { ...real, appendAudit: (record) => append(real, record) };
  },
});

const queries: readonly HubQuery[] = [
  person(nationalId(1)),
  person(nationalId(404)),
  listQuery(paths.person),
  listQuery('utdanning/elev/finnesikke'),
  { kind: 'changes', collection: paths.person, after: null, size: 2 },
  { kind: 'changes', collection: paths.person, after: 'x', size: 2 },
  { kind: 'state', collection: paths.person },
];

test('where nothing can be recorded nothing is answered', async () => {
  await onlyGrants(world, { actions: ['read', 'list', 'follow'] });
  const broken = new HubError(problem('HUB-504', 'The access cannot be recorded, so nothing is answered.'));
  const hub = await world.hubOver(withAudit(() => Promise.reject(broken)));
  for (const query of queries) await assert.rejects(ask(hub, query), broken);
});

test('the record is durable before the answer is given', async () => {
  const waiting: (() => void)[] = [];
  const hub = await world.hubOver(withAudit(() => new Promise((resolve) => waiting.push(resolve))));
  for (const query of queries) {
    let answered = false;
    const answer = ask(hub, query).then(() => {
      answered = true;
    });
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answered, false, query.kind);
    waiting.pop()?.();
    await answer;
  }
});

test('many reads at once are all recorded', async () => {
  const count = (await records()).length;
  const asked = Array.from({ length: 300 }, () => ask(world.hub, person(nationalId(1))));
  const answers = await Promise.all(asked);
  assert.equal(answers.filter(({ kind }) => kind === 'found').length, 300);
  assert.equal((await records()).length, count + 300);
});
