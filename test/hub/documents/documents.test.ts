// Documents as callers get them: put together of several resources, each as its own plan shows it, found in three ways, recorded with all that they hold.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { unpackUids } from '#base/packed-uids.ts';
import type { ListPlace } from '#hub/documents/document.ts';
import {
  fjord,
  list,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  pupil,
  put,
  putCounty,
  remove,
  school,
} from '../world.ts';
import type { World } from '../world.ts';
import {
  byUid,
  find,
  found,
  groups,
  idsIn,
  listOf,
  countingStore,
  openDocuments,
  parentShape,
  pupils,
  pupilShape,
  trees,
  whole,
} from './document-world.ts';
import type { DocumentWorld, Facts, Tree } from './document-world.ts';

let world: World;
let hub: DocumentWorld;
before(async () => {
  world = await openWorld();
  await putCounty(world);
  hub = await openDocuments(world);
});
after(() => world.close());
beforeEach(() => onlyGrants(world, {}));

const pupilUid = (number: number): Promise<number> => hub.uid(paths.pupil, 'systemid', `e${number}`);

const first = (result: Parameters<typeof trees>[0]): Tree => {
  const [tree] = trees(result);
  assert.ok(tree !== undefined);
  return tree;
};

type Page = Awaited<ReturnType<typeof found<Facts>>>;

const at = (tree: Tree, ...path: readonly string[]): readonly Tree[] =>
  path.reduce<readonly Tree[]>((level, name) => level.flatMap((each) => (each[name] ?? []) as readonly Tree[]), [tree]);

const lastRecord = async () => {
  const tenant = await world.store.tenant(fjord);
  const [record] = await tenant.audit({ limit: 1 });
  assert.ok(record !== undefined);
  return record;
};

test('a document holds what its shape says, without links', async () => {
  const uid = await pupilUid(1);
  const result = await found(hub, byUid(pupils, uid));
  const [document] = result.documents;
  const tree = first(result);
  assert.equal(tree['@id'], hub.sealing.id(fjord, uid));
  assert.equal(document?.id, tree['@id']);
  assert.deepEqual(tree['feidenavn'], { identifikatorverdi: 'elev1@fjordheim.test' });
  assert.deepEqual(
    at(tree, 'person').map((one) => one['navn']),
    [{ fornavn: 'Fornavn1', etternavn: 'Etternavn1' }],
  );
  assert.deepEqual(
    at(tree, 'person', 'foreldre').map((one) => one['fodselsnummer']),
    [{ identifikatorverdi: nationalId(5) }],
  );
  assert.deepEqual(
    at(tree, 'elevforhold', 'skole').map((one) => one['navn']),
    ['Skole 1001'],
  );
  assert.deepEqual(
    at(tree, 'elevforhold', 'klassemedlemskap', 'klasse').map((one) => one['navn']),
    ['Klasse 1'],
  );
  assert.ok(!document.bytes.includes('_links'));
  assert.deepEqual(document.facts.schools, ['Skole 1001']);
  assert.equal(result.sensitive, true);
});

test('only the places that are asked for are read', async () => {
  const only = new Set(['elevforhold.skole']);
  const tree = first(await found(hub, byUid(whole(pupilShape, only), await pupilUid(1))));
  assert.deepEqual(
    Object.keys(tree).filter((name) => Array.isArray(tree[name])),
    ['elevforhold'],
  );
  assert.deepEqual(
    at(tree, 'elevforhold').flatMap((one) => Object.keys(one).filter((name) => Array.isArray(one[name]))),
    ['skole'],
  );
});

test('a list is in order of creation and goes on where it ended', async () => {
  const all = await found(hub, listOf(pupils));
  assert.deepEqual([idsIn(all), all.next], [['e1', 'e2', 'e3', 'e4'], null]);
  const seen: unknown[] = [];
  let place: ListPlace | null = null;
  for (let pages = 0; pages < 10; pages += 1) {
    const page: Page = await found(hub, listOf(pupils, { after: place, size: 3 }));
    seen.push(...idsIn(page));
    place = page.next;
    if (place === null) break;
  }
  assert.deepEqual(seen, ['e1', 'e2', 'e3', 'e4']);
  const exact = await found(hub, listOf(pupils, { size: 4 }));
  assert.deepEqual([exact.documents.length, exact.next], [4, null]);
});

test('several projections are one list', async () => {
  const query = { projections: [groups, pupils], narrow: [null, null] };
  const seen: unknown[] = [];
  let place: ListPlace | null = null;
  for (let pages = 0; pages < 10; pages += 1) {
    const page: Page = await found(hub, listOf(pupils, { ...query, after: place, size: 1 }));
    seen.push(...idsIn(page));
    place = page.next;
    if (place === null) break;
  }
  assert.deepEqual(seen, ['k1', 'k2', 'e1', 'e2', 'e3', 'e4']);
  await onlyGrants(world, { collections: [paths.pupil] });
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, query))), ['e1', 'e2', 'e3', 'e4']);
});

const of1002 = ({ schools }: Facts): boolean => schools.includes('Skole 1002');

test('facts decide what a list holds', async () => {
  const page = await found(hub, listOf(pupils, { accept: of1002, size: 1 }));
  assert.deepEqual(idsIn(page), ['e3']);
  assert.ok(page.next !== null);
  const rest = await found(hub, listOf(pupils, { accept: of1002, size: 1, after: page.next }));
  assert.deepEqual([idsIn(rest), rest.next], [['e4'], null]);
  assert.deepEqual(idsIn(await found(hub, { ...byUid(pupils, await pupilUid(1)), accept: of1002 })), []);
});

const accept = (): boolean => true;

test('rows are found by relations and filters, and decided by what is seen', async () => {
  const schoolUid = await hub.uid(paths.school, 'skolenummer', '1002');
  const at1002 = {
    kind: 'through',
    relation: 'elevforhold',
    to: { kind: 'through', relation: 'skole', to: { kind: 'rows', uids: [schoolUid] } },
  } as const;
  const named = {
    kind: 'where',
    filter: {
      kind: 'compare',
      path: { names: ['feidenavn', 'identifikatorverdi'], kind: 'string' },
      operator: 'eq',
      value: { kind: 'text', value: 'elev4@fjordheim.test' },
    },
  } as const;
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, { narrow: [at1002], accept }))), ['e3', 'e4']);
  const both = { kind: 'all', of: [at1002, named] } as const;
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, { narrow: [both], accept }))), ['e4']);
  const either = { kind: 'any', of: [named, { kind: 'rows', uids: [await pupilUid(1)] }] } as const;
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, { narrow: [either], accept }))), ['e1', 'e4']);
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, { narrow: [{ kind: 'all', of: [] }] }))).length, 4);
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, { narrow: [{ kind: 'any', of: [] }] }))).length, 0);
  // What is found by what the caller cannot see must be decided by what it can.
  await assert.rejects(find(hub, listOf(pupils, { narrow: [at1002] })));
  // Of a collection that the caller sees nothing of nothing is found.
  await onlyGrants(world, { collections: [paths.pupil, paths.enrolment] });
  assert.deepEqual(idsIn(await found(hub, listOf(pupils, { narrow: [at1002], accept }))), []);
});

const by = (through: readonly string[], field: string, value: string) =>
  ({ kind: 'by-identifier', projection: pupils, through, field, value, accept: null }) as const;

test('a resource is found by an identifier of its own, and of what it leads to', async () => {
  assert.deepEqual(idsIn(await found(hub, by([], 'feidenavn', 'elev2@fjordheim.test'))), ['e2']);
  assert.deepEqual(idsIn(await found(hub, by(['person'], 'fodselsnummer', nationalId(3)))), ['e3']);
  assert.deepEqual(idsIn(await found(hub, by(['person', 'foreldre'], 'fodselsnummer', nationalId(5)))), ['e1', 'e3']);
  assert.deepEqual(idsIn(await found(hub, by(['person'], 'fodselsnummer', nationalId(9)))), []);
  assert.deepEqual(idsIn(await found(hub, by(['person'], 'systemid', nationalId(3)))), []);
  const record = await lastRecord();
  assert.ok(!JSON.stringify(record).includes(nationalId(3)));
  // Who does not see the identifier does not find by it; who does not see the relation neither.
  await onlyGrants(world, { withhold: ['national-id'] });
  assert.deepEqual(idsIn(await found(hub, by(['person'], 'fodselsnummer', nationalId(3)))), []);
  await onlyGrants(world, { collections: [paths.pupil], fields: ['systemId'] }, { collections: [paths.person] });
  assert.deepEqual(idsIn(await found(hub, by(['person'], 'fodselsnummer', nationalId(3)))), []);
  await onlyGrants(world, { collections: [paths.pupil] });
  assert.deepEqual(idsIn(await found(hub, by(['person'], 'fodselsnummer', nationalId(3)))), []);
});

const named = (number: number, name: string) => ({
  ...pupil(number),
  feidenavn: { identifikatorverdi: `${name}@fjordheim.test` },
});

test('who had an identifier is not found by it when another has it, and nobody is when it is gone', async () => {
  const asked = by([], 'feidenavn', 'vandrer@fjordheim.test');
  const ids = async (): Promise<readonly unknown[]> => idsIn(await found(hub, asked));
  assert.deepEqual(await ids(), []);
  await put(world, paths.pupil, [named(1, 'vandrer')]);
  assert.deepEqual([await ids(), await ids()], [['e1'], ['e1']]);
  await put(world, paths.pupil, [named(1, 'elev1')]);
  assert.deepEqual(await ids(), []);
  await put(world, paths.pupil, [named(2, 'vandrer')]);
  assert.deepEqual([await ids(), await ids()], [['e2'], ['e2']]);
  await put(world, paths.pupil, [named(2, 'elev2'), named(3, 'vandrer')]);
  assert.deepEqual([await ids(), await ids()], [['e3'], ['e3']]);
  await put(world, paths.pupil, [named(3, 'elev3')]);
  assert.deepEqual(await ids(), []);
});

test('a step shows as far as its own collection and the relation do', async () => {
  const uid = await pupilUid(1);
  const shown = async (): Promise<Tree> => first(await found(hub, byUid(pupils, uid)));
  await onlyGrants(world, { collections: [paths.pupil] });
  assert.equal((await shown())['person'], undefined);
  await onlyGrants(world, { collections: [paths.pupil], fields: ['systemId'] }, { collections: [paths.person] });
  assert.equal((await shown())['person'], undefined);
  await onlyGrants(
    world,
    { collections: [paths.pupil], fields: ['systemId', 'person'] },
    { collections: [paths.person] },
  );
  const tree = await shown();
  assert.equal(tree['feidenavn'], undefined);
  assert.equal(at(tree, 'person').length, 1);
  // Its identifier is withheld, the person is not.
  await onlyGrants(world, { withhold: ['national-id'] });
  const [seen] = at(await shown(), 'person');
  assert.deepEqual(
    [seen?.['fodselsnummer'], seen?.['navn']],
    [undefined, { fornavn: 'Fornavn1', etternavn: 'Etternavn1' }],
  );
  assert.equal(at(await shown(), 'person', 'foreldre').length, 1);
});

test('a resource in a document holds what the other APIs show of it', async () => {
  for (const some of [
    {},
    { withhold: ['national-id'] },
    { withhold: ['protected', 'personal'] },
    { fields: ['navn', 'bostedsadresse'] },
    { rows: school('1001') },
    { collections: [paths.person], clearance: 3 as const },
  ]) {
    await onlyGrants(world, some);
    const shown = (await list(world.hub, paths.person)).entries.map(withoutLinks);
    const only = new Set(['']);
    assert.deepEqual(
      trees(await found(hub, listOf(whole(parentShape, only)))).map((tree) => ({ ...tree, '@id': undefined })),
      shown.map((one) => ({ ...(one as Tree), '@id': undefined })),
    );
  }
});

const withoutLinks = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== '_links');
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutLinks(member)]));
};

test('no grant for the root is a miss, and is recorded', async () => {
  await onlyGrants(world, { collections: [paths.person] });
  for (const query of [byUid(pupils, await pupilUid(1)), listOf(pupils)]) {
    assert.deepEqual(await find(hub, query), { kind: 'missing' });
    const { decision, collection, seen } = await lastRecord();
    assert.deepEqual([decision, collection, seen], ['deny', paths.pupil, null]);
  }
});

test('rows of a limited grant are those of its schools, at every step', async () => {
  await onlyGrants(world, { rows: school('1002') });
  const page = await found(hub, listOf(pupils));
  assert.deepEqual(idsIn(page), ['e3', 'e4']);
  assert.deepEqual(
    trees(page).map((tree) => at(tree, 'elevforhold').map((one) => one['beskrivelse'])),
    [['forhold f-3'], ['forhold f-4b']],
  );
  assert.deepEqual(idsIn(await found(hub, byUid(pupils, await pupilUid(1)))), []);
});

test("another collection's id, another organisation's and one that is gone are nothing", async () => {
  const other = await hub.uid(paths.person, 'fodselsnummer', nationalId(1));
  assert.deepEqual(idsIn(await found(hub, byUid(pupils, other, 1, Number.MAX_SAFE_INTEGER))), []);
  await put(world, paths.pupil, [pupil(9)]);
  const uid = await pupilUid(9);
  assert.deepEqual(idsIn(await found(hub, byUid(pupils, uid))), ['e9']);
  await remove(world, paths.pupil, 'systemid', 'e9');
  assert.deepEqual(idsIn(await found(hub, byUid(pupils, uid))), []);
});

test('one record says all that an answer holds', async () => {
  await onlyGrants(world, { clearance: 3 });
  const uids = [await pupilUid(1), await pupilUid(2)];
  const result = await found(hub, byUid(pupils, ...uids));
  const record = await lastRecord();
  assert.deepEqual(
    [record.operation, record.collection, record.decision, record.count, record.subjects.length],
    ['read', paths.pupil, 'allow', 2, 2],
  );
  assert.ok(record.seen?.kind === 'uids');
  const seen = [...unpackUids(Buffer.from(record.seen.uids, 'base64url'))];
  const shown = new Set(
    trees(result).flatMap((tree) =>
      [...JSON.stringify(tree).matchAll(/"@id":"([^"]+)"/g)].map(([, id]) => hub.sealing.readId(fjord, id ?? '')),
    ),
  );
  assert.deepEqual(
    seen,
    [...shown].sort((a, b) => (a ?? 0) - (b ?? 0)),
  );
});

test('how many statements a page takes does not follow from how many rows it holds', async () => {
  const numbers = Array.from({ length: 500 }, (_, index) => 1_000 + index);
  await put(
    world,
    paths.person,
    numbers.map((number) => person(number, {}, { adressebeskyttelse: 'ugradert' })),
  );
  await put(
    world,
    paths.pupil,
    numbers.map((number) => pupil(number)),
  );
  const asked: string[] = [];
  const counted = await countingStore(world.store, asked);
  const statements = async (size: number): Promise<readonly string[]> => {
    asked.length = 0;
    await found(await openDocuments(world, { store: counted }), listOf(pupils, { size }));
    return [...asked];
  };
  await found(await openDocuments(world), listOf(pupils));
  const one = await statements(1);
  assert.deepEqual(await statements(10), one);
  assert.deepEqual(await statements(500), one);
  assert.deepEqual(
    one.filter((name) => name === 'related' || name === 'load').length,
    // Root, then three depths: each a load for every collection there and a look for every step.
    1 + (2 + 2) + (3 + 3) + (1 + 1),
  );
});

test('who is protected shows to nobody without clearance, and counts nowhere', async () => {
  await put(world, paths.person, [
    person(6, {}, { adressebeskyttelse: 'strengtFortrolig' }),
    person(7, {}, { adressebeskyttelse: 'ugradert' }),
  ]);
  for (const number of [1, 2, 3, 4, 5])
    await put(world, paths.person, [
      person(number, number === 1 || number === 3 ? { foreldre: [] } : {}, { adressebeskyttelse: 'ugradert' }),
    ]);
  await put(world, paths.pupil, [pupil(6), pupil(7)]);
  const uid = await pupilUid(6);
  assert.deepEqual(idsIn(await found(hub, byUid(pupils, uid))), []);
  const place = { projection: 0, uid: (await pupilUid(6)) - 2 };
  const page = await found(hub, listOf(pupils, { after: place, size: 2 }));
  assert.deepEqual([idsIn(page).at(-1), page.documents.length, page.next], ['e7', 2, null]);
  await remove(world, paths.pupil, 'systemid', 'e7');
  const rest = await found(hub, listOf(pupils, { after: place, size: 1 }));
  assert.deepEqual([rest.documents.length, rest.next], [1, null]);
  await onlyGrants(world, { clearance: 3 });
  assert.deepEqual(idsIn(await found(hub, byUid(pupils, uid))), ['e6']);
});

test('a filter that leaves few looks at so many rows, and says where to go on', async () => {
  await onlyGrants(world, { clearance: 3 });
  const numbers = Array.from({ length: 1_000 }, (_, index) => 2_000 + index);
  await put(
    world,
    paths.pupil,
    numbers.map((number) => pupil(number, {})),
  );
  const all = await walked(await openDocuments(world), () => true, 400);
  const last = all.ids.at(-1);
  assert.equal(last, 'e2999');
  assert.ok(all.made.every((count) => count <= 500));
  const cold = await openDocuments(world);
  const few = await walked(cold, ({ schools }) => schools.length > 1, 10);
  assert.deepEqual(few.ids, ['e4']);
  assert.ok(few.made.length > 2, `${few.made.length} pages`);
  // What is remembered costs next to nothing: then more rows are looked at.
  const warm = await walked(cold, ({ schools }) => schools.length > 1, 10);
  assert.deepEqual([warm.ids, warm.made.length], [['e4'], 1]);
  await onlyGrants(world, {});
});

/** All pages of a list of pupils, and how many rows each has looked at. */
const walked = async (over: DocumentWorld, isWanted: (facts: Facts) => boolean, size: number) => {
  const ids: unknown[] = [];
  const made: number[] = [];
  let place: ListPlace | null = null;
  do {
    let looked = 0;
    const counted = (facts: Facts): boolean => {
      looked += 1;
      return isWanted(facts);
    };
    const page: Page = await found(over, listOf(pupils, { after: place, size, accept: counted }));
    assert.ok(looked <= 5_000);
    ids.push(...idsIn(page));
    made.push(looked);
    place = page.next;
  } while (place !== null);
  assert.equal(new Set(ids).size, ids.length);
  return { ids, made };
};
