// Trees over a small county: what lists, edges, look-ups, pages, orders and choices give, how many looks that takes, and what of it is recorded.
import assert from 'node:assert/strict';
import { after as afterAll, before, describe, test } from 'node:test';
import { unpackUids } from '#base/packed-uids.ts';
import { limits } from '#base/limits.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { Graph, GraphNode, GraphPage, GraphRoot } from '#hub/graph/graph.ts';
import type { Store, TenantReads } from '#store/store.ts';
import {
  bySystemId,
  enrolment,
  filterOf,
  fjord,
  identified,
  nationalId,
  onlyGrants,
  openWorld,
  paths,
  person,
  personHref,
  pupil,
  put,
  putCounty,
  school,
} from '../world.ts';
import type { World } from '../world.ts';
import { edge, listOf, nodes, openGraph, page, read, rowsOf, select, treeOf, treesOf } from './graph-world.ts';

let world: World;
let graph: Graph;

before(async () => {
  world = await openWorld();
  await putCounty(world);
  graph = await openGraph(world);
});
afterAll(() => world.close());

const pupils = select(
  paths.pupil,
  ['systemId'],
  edge('person', select(paths.person, ['navn'])),
  edge('elevforhold', select(paths.enrolment, ['systemId'], edge('skole', select(paths.school, ['navn'])))),
);

const ids = ({ nodes: some }: Pick<GraphPage, 'nodes'>): readonly unknown[] =>
  some.map(
    ({ values }) => (values['systemId'] as { readonly identifikatorverdi?: unknown } | undefined)?.identifikatorverdi,
  );

const behind = (node: GraphNode | null | undefined, name: string): readonly GraphNode[] =>
  node?.edges[name]?.nodes ?? [];

const severalFrom = (after: string | null): GraphRoot => ({
  ...listOf(pupils),
  selections: [select(paths.school, ['systemId']), select(paths.pupil, ['systemId'])],
  narrow: [null, null],
  page: { first: 3, after },
  count: true,
});

const firstNames = (found: GraphPage): readonly (string | null)[] =>
  found.nodes.map(({ values }) => (values['navn'] as { readonly fornavn?: string } | undefined)?.fornavn ?? null);

describe('what is read', () => {
  before(() => onlyGrants(world, {}));

  test('a list with what is behind it, each in the order of its identifier', async () => {
    const found = await page(graph, listOf(pupils, { count: true }));
    assert.deepEqual(ids(found), ['e1', 'e2', 'e3', 'e4']);
    assert.deepEqual([found.total, found.more, found.place(2)], [4, false, 'e3']);
    assert.deepEqual(treesOf(found)[3], {
      systemId: identified('e4'),
      '@person': [{ navn: { fornavn: 'Fornavn4', etternavn: 'Etternavn4' } }],
      '@elevforhold': [
        { systemId: identified('f-4a'), '@skole': [{ navn: 'Skole 1001' }] },
        { systemId: identified('f-4b'), '@skole': [{ navn: 'Skole 1002' }] },
      ],
    });
  });

  test('the same resource is one node, wherever it stands', async () => {
    const found = await page(graph, listOf(select(paths.enrolment, [], edge('skole', select(paths.school)))));
    const schools = found.nodes.flatMap((node) => behind(node, 'skole'));
    assert.deepEqual([schools.length, new Set(schools).size], [5, 2]);
  });

  test('pages of a list, and of what is behind each', async () => {
    const first = await page(graph, listOf(pupils, { page: { first: 3, after: null }, count: true }));
    assert.deepEqual([ids(first), first.more, first.total], [['e1', 'e2', 'e3'], true, 4]);
    const rest = await page(graph, listOf(pupils, { page: { first: 3, after: first.place(2) } }));
    assert.deepEqual([ids(rest), rest.more, rest.total], [['e4'], false, null]);
    const none = await page(graph, listOf(pupils, { page: { first: 0, after: null }, count: true }));
    assert.deepEqual([ids(none), none.more, none.total], [[], true, 4]);
    for (const [size, after, expected, more] of [
      [1, null, ['f-4a'], true],
      [2, null, ['f-4a', 'f-4b'], false],
      [1, 'f-4a', ['f-4b'], false],
      [0, null, [], true],
      [5, 'g', [], false],
    ] as const) {
      const to = select(paths.enrolment, ['systemId']);
      const asked = select(paths.pupil, [], edge('elevforhold', to, { page: { first: size, after }, count: true }));
      const [, , , fourth] = (await page(graph, listOf(asked))).nodes;
      const part = fourth?.edges['elevforhold'];
      assert.deepEqual([part === undefined ? null : ids(part), part?.more, part?.total], [expected, more, 2]);
    }
  });

  test('many behind each are put into pages by the store, to the same end', async () => {
    const alone = await openWorld();
    try {
      await putCounty(alone);
      await onlyGrants(alone, {});
      const numbers = Array.from({ length: 1_200 }, (_, index) => index);
      await put(
        alone,
        paths.enrolment,
        numbers.map((each) => enrolment(`x${String((each * 37) % 1_200).padStart(4, '0')}`, 1, '1001')),
      );
      const over = await openGraph(alone);
      const to = select(paths.enrolment, ['systemId']);
      const whole = await page(over, listOf(select(paths.school, [], edge('elevforhold', to))));
      const expected = ids({ nodes: behind(whole.nodes[0], 'elevforhold') });
      assert.equal(expected.length, 1_203);
      const pages = [
        [3, null],
        [3, 'x0007'],
        [7, 'f-2'],
        [0, null],
        [2, 'x1198'],
      ] as const;
      const edges = pages.map(([first, after], index) =>
        edge('elevforhold', to, { name: `${index}`, page: { first, after }, count: true }),
      );
      // Each alone, and all of them at once: so many that they are made of the whole.
      const asked = [...edges.map((one) => [one]), edges];
      for (const some of asked) {
        const [node] = (await page(over, listOf(select(paths.school, [], ...some)))).nodes;
        for (const { name } of some) {
          const [first, after] = pages[Number(name)] ?? [0, null];
          const part = node?.edges[name];
          const from = after === null ? 0 : expected.indexOf(after) + 1;
          assert.deepEqual(part === undefined ? null : ids(part), expected.slice(from, from + first));
          assert.deepEqual([part?.more, part?.total], [from + first < expected.length, 1_203]);
        }
      }
    } finally {
      await alone.close();
    }
  });

  test('by identifiers, by an attribute and by uid, in the order asked, null where there is nothing', async () => {
    const selection = select(paths.person, ['fodselsnummer']);
    const values = [nationalId(3), 'nobody', nationalId(1), nationalId(3)];
    const named = await nodes(graph, { kind: 'named', selection, by: { identifier: 'fodselsnummer' }, values });
    assert.deepEqual(
      named.map((node) => (node === null ? null : treeOf(node))),
      [
        { fodselsnummer: identified(nationalId(3)) },
        null,
        { fodselsnummer: identified(nationalId(1)) },
        { fodselsnummer: identified(nationalId(3)) },
      ],
    );
    assert.equal(named[0], named[3]);
    const by = { attribute: ['navn', 'fornavn'] } as const;
    const byName = await nodes(graph, { kind: 'named', selection, by, values: ['Fornavn3', 'fornavn1', 'x'] });
    assert.deepEqual([byName[0]?.uid, byName[1], byName[2]], [named[0]?.uid, null, null]);
    const uids = [named[2]?.uid ?? 0, 12, named[0]?.uid ?? 0];
    const byUid = await nodes(graph, { kind: 'uids', selection, uids });
    assert.deepEqual(
      byUid.map((node) => node?.uid ?? null),
      [uids[0], null, uids[2]],
    );
  });

  test('what hangs on complex values, by its address', async () => {
    const asked = select(paths.person, ['navn'], edge('bostedsadresse.land', select(paths.country, ['kode'])));
    const [first] = (await page(graph, listOf(asked))).nodes;
    assert.deepEqual(treeOf(first ?? assert.fail()), {
      navn: { fornavn: 'Fornavn1', etternavn: 'Etternavn1' },
      '#bostedsadresse.land': { [bySystemId(paths.country, 'NO')]: { kode: 'NO' } },
    });
    const [whole] = (await page(graph, listOf(select(paths.person, ['bostedsadresse'])))).nodes;
    assert.deepEqual((whole?.values['bostedsadresse'] as Readonly<Record<string, unknown>> | undefined)?.['_links'], {
      land: [{ href: bySystemId(paths.country, 'NO') }],
    });
  });

  test('addresses that lead out of the model', async () => {
    const asked = { ...select(paths.subject, ['navn']), addresses: ['grepreferanse', 'skole'] };
    const [subject] = (await page(graph, listOf(asked))).nodes;
    assert.deepEqual({ ...subject?.addresses }, { grepreferanse: ['https://psi.udir.no/kl06/NOR0214'] });
  });

  test('several collections one after the other', async () => {
    const first = await page(graph, severalFrom(null));
    assert.deepEqual([ids(first), first.total, first.more], [['s1001', 's1002', 'e1'], 6, true]);
    const rest = await page(graph, severalFrom(first.place(2)));
    assert.deepEqual([ids(rest), rest.total, rest.more], [['e2', 'e3', 'e4'], 6, false]);
    assert.deepEqual(ids(await page(graph, severalFrom(first.place(0)))), ['s1002', 'e1', 'e2']);
  });
});

test('what hangs on complex values shows as far as the caller sees it', async () => {
  const asked = select(paths.person, ['bostedsadresse'], edge('bostedsadresse.land', select(paths.country, ['kode'])));
  const value = { adresselinje: ['Gate 1'], postnummer: '0001', poststed: 'Prøvestad' };
  const at = bySystemId(paths.country, 'NO');
  const linked = { ...value, _links: { land: [{ href: at }] } };
  for (const [grants, expected] of [
    [[{ collections: [paths.person] }], { bostedsadresse: value }],
    [
      [{ collections: [paths.person] }, { collections: [paths.country], fields: ['navn'] }],
      { bostedsadresse: value, '#bostedsadresse.land': {} },
    ],
    [
      [{ collections: [paths.person] }, { collections: [paths.country] }],
      { bostedsadresse: linked, '#bostedsadresse.land': { [at]: { kode: 'NO' } } },
    ],
    [[{ fields: ['fodselsnummer', 'systemId', 'kode'] }], { '#bostedsadresse.land': {} }],
  ] as const) {
    await onlyGrants(world, ...grants);
    const [first] = (await page(graph, listOf(asked))).nodes;
    assert.deepEqual(treeOf(first ?? assert.fail()), expected);
  }
});

describe('orders', () => {
  test('names as people sort them, what has none last, in either direction, page by page', async () => {
    const alone = await openWorld();
    try {
      await onlyGrants(alone, { clearance: 3 });
      const names = ['Åse', 'aa', 'Berit', 'Ørjan', 'ågot', 'Ærlig', 'Anne', 'anne', null, 'Zoe', null];
      await put(
        alone,
        paths.person,
        names.map((fornavn, index) =>
          person(10 + index, {}, { navn: fornavn === null ? undefined : { fornavn, etternavn: 'X' } }),
        ),
      );
      const over = await openGraph(alone);
      const selection = select(paths.person, ['navn']);
      const expected = ['anne', 'Anne', 'Berit', 'Zoe', 'Ærlig', 'Ørjan', 'aa', 'ågot', 'Åse', null, null];
      for (const direction of ['ascending', 'descending'] as const) {
        const root = listOf(selection, { order: { path: ['navn', 'fornavn'], direction } });
        const sorted = [
          ...(direction === 'ascending' ? expected.slice(0, 9) : expected.slice(0, 9).toReversed()),
          null,
          null,
        ];
        assert.deepEqual(firstNames(await page(over, root)), sorted);
        const all: (string | null)[] = [];
        for (let place: string | null = null; ;) {
          const next: GraphPage = await page(over, { ...root, page: { first: 2, after: place } });
          all.push(...firstNames(next));
          if (!next.more) break;
          place = next.place(1);
        }
        assert.deepEqual(all, sorted);
      }
    } finally {
      await alone.close();
    }
  });

  test('an order by what a row hides puts it last, and its place does not tell', async () => {
    await onlyGrants(
      world,
      { fields: ['fodselsnummer'], collections: [paths.person] },
      { rows: school('1002'), collections: [paths.person] },
    );
    const order = { path: ['navn', 'fornavn'], direction: 'descending' } as const;
    const found = await page(graph, listOf(select(paths.person, ['navn']), { order }));
    assert.deepEqual(
      found.nodes.map(({ values }) => (values['navn'] as { readonly fornavn?: string } | undefined)?.fornavn ?? null),
      ['Fornavn5', 'Fornavn4', 'Fornavn3', null, null],
    );
    assert.equal(found.place(3), nationalId(1));
  });
});

describe('refusals', () => {
  before(() => onlyGrants(world, {}));

  test('places that are none, more than may be read; the others are answered', async () => {
    const small = await openGraph(world, { mostNodes: 12 });
    const bad = { first: 1, after: 'a\u0000b' };
    const [first, second, third] = await read(graph, [
      listOf(pupils, { page: bad }),
      listOf(pupils),
      listOf(select(paths.pupil, [], edge('elevforhold', select(paths.enrolment), { page: bad }))),
    ]);
    assert.deepEqual([first?.kind, second?.kind, third?.kind], ['refused', 'page', 'refused']);
    assert.equal(first?.kind === 'refused' ? first.problem.code : '', 'HUB-410');
    // Four pupils with four persons are eight, the enrolments make thirteen.
    const persons = select(paths.pupil, [], edge('person', select(paths.person, [])));
    const [enough] = await read(small, [listOf(persons)]);
    assert.equal(enough?.kind, 'page');
    const [more] = await read(small, [
      listOf({ ...persons, edges: [...persons.edges, edge('elevforhold', select(paths.enrolment, []))] }),
    ]);
    assert.equal(more?.kind === 'refused' ? more.problem.code : more?.kind, 'HUB-424');
    // As often as they stand there: two schools behind five enrolments are five.
    const behindFive = listOf(
      select(
        paths.enrolment,
        [],
        edge('skole', select(paths.school, []), { name: 'a' }),
        edge('skole', select(paths.school, []), { name: 'b' }),
      ),
    );
    assert.equal((await read(small, [behindFive]))[0]?.kind, 'refused');
    assert.equal((await read(await openGraph(world, { mostNodes: 15 }), [behindFive]))[0]?.kind, 'page');
  });

  test('more than may be put into an order, and a choice that takes too long', async () => {
    const order = { path: ['navn', 'fornavn'], direction: 'ascending' } as const;
    const root = listOf(select(paths.person, []), { order });
    assert.equal((await read(await openGraph(world, { mostSorted: 5 }), [root]))[0]?.kind, 'page');
    const [refused] = await read(await openGraph(world, { mostSorted: 4 }), [root]);
    assert.equal(refused?.kind === 'refused' ? refused.problem.code : '', 'HUB-424');
    let now = 0;
    const slow = await openGraph({
      ...world,
      clock: { ...world.clock, monotonic: () => (now += limits.filterMs + 1) },
    });
    const narrow: Narrow = { kind: 'through', relation: 'person', to: { kind: 'all', of: [] } };
    const choosing = edge('elev', select(paths.pupil, []), { narrow });
    for (const asked of [
      root,
      listOf(select(paths.pupil, []), { narrow: [narrow] }),
      listOf(select(paths.person, [], choosing)),
    ]) {
      const [late, other] = await read(slow, [asked, listOf(select(paths.school, []))]);
      assert.equal(late?.kind === 'refused' ? late.problem.code : '', 'HUB-121');
      assert.equal(other?.kind, 'page');
    }
  });

  test('no grant is missing, and is recorded as denied; an edge to what is not granted is not there', async () => {
    await onlyGrants(world, { collections: [paths.pupil, paths.school] });
    const [answer] = await read(graph, [listOf(select(paths.person))]);
    assert.deepEqual(answer, { kind: 'missing' });
    const tenant = await world.store.tenant(fjord);
    const [record] = await tenant.audit({ limit: 1 });
    assert.deepEqual([record?.decision, record?.collection, record?.operation], ['deny', paths.person, 'list']);
    const [node] = (await page(graph, listOf(pupils))).nodes;
    assert.deepEqual(Object.keys(node?.edges ?? {}), []);
  });
});

const feide = ({ nodes: some }: Pick<GraphPage, 'nodes'>): readonly unknown[] =>
  some.map(
    ({ values }) => (values['feidenavn'] as { readonly identifikatorverdi?: unknown } | undefined)?.identifikatorverdi,
  );

test('what the caller does not see behind a resource takes nothing of what may be read', async () => {
  // The subject is taught at two schools, of which the caller sees one.
  await onlyGrants(world, { rows: school('1001') });
  const root = listOf(select(paths.subject, [], edge('skole', select(paths.school, []))));
  for (const [mostNodes, kind] of [
    [2, 'page'],
    [1, 'refused'],
  ] as const)
    assert.equal((await read(await openGraph(world, { mostNodes }), [root]))[0]?.kind, kind);
});

test('more grants than a number has bits: a row shows what the grants show that hold it', async () => {
  const fields = ['systemId'];
  const others = Array.from({ length: 54 }, (_, index) => ({
    id: `m${10 + index}`,
    rows: school(`9${index}`),
    fields,
  }));
  await onlyGrants(world, { id: 'm', rows: school('1001') }, ...others, { id: 'n', rows: school('1002'), fields });
  const selection = select(paths.pupil);
  const found = await nodes(graph, { kind: 'named', selection, by: { identifier: 'systemid' }, values: ['e4', 'e3'] });
  assert.deepEqual(
    found.map((node) => Object.keys(node?.values ?? {}).toSorted()),
    [['feidenavn', 'systemId'], ['systemId']],
  );
});

test('rows without the identifier of the order come last, and once', async () => {
  const alone = await openWorld();
  try {
    await onlyGrants(alone, { fields: ['feidenavn', 'elevforhold'] });
    const numbers = Array.from({ length: 9 }, (_, index) => index);
    await put(
      alone,
      paths.pupil,
      numbers.map((each) => ({
        systemId: identified(`e${each}`),
        ...(each % 3 === 0 ? {} : { feidenavn: identified(`f${9 - each}`) }),
        links: {},
      })),
    );
    const over = await openGraph(alone);
    const expected = ['f1', 'f2', 'f4', 'f5', 'f7', 'f8', undefined, undefined, undefined];
    const everybody: Narrow = { kind: 'not', of: { kind: 'rows', uids: [] } };
    for (const narrow of [null, everybody])
      for (const first of [1, 2, 4, 7, 9, 20]) {
        const seen: GraphNode[] = [];
        for (let place: string | null = null; ;) {
          const root = listOf(select(paths.pupil, ['feidenavn']), {
            narrow: [narrow],
            page: { first, after: place },
            count: true,
          });
          const next: GraphPage = await page(over, root);
          assert.equal(next.total, 9);
          seen.push(...next.nodes);
          if (!next.more) break;
          place = next.place(next.nodes.length - 1);
          // What is not shown stands in no place.
          assert.ok(!/e\d$/.test(place), place);
        }
        assert.deepEqual([feide({ nodes: seen }), new Set(seen.map(({ uid }) => uid)).size], [expected, 9]);
      }
  } finally {
    await alone.close();
  }
});

test('one record for each collection that showed something, with exactly what it showed', async () => {
  await onlyGrants(world, {});
  const tenant = await world.store.tenant(fjord);
  const asked = select(
    paths.pupil,
    ['systemId'],
    edge('person', select(paths.person, [])),
    edge('elevforhold', select(paths.enrolment, []), { page: { first: 1, after: null } }),
  );
  const found = await page(graph, listOf(asked, { page: { first: 3, after: null } }));
  const shown = new Map<string, number[]>([
    [paths.pupil, found.nodes.map(({ uid }) => uid)],
    [paths.person, found.nodes.flatMap((node) => behind(node, 'person').map(({ uid }) => uid))],
    [paths.enrolment, found.nodes.flatMap((node) => behind(node, 'elevforhold').map(({ uid }) => uid))],
  ]);
  const records = (await tenant.audit({ limit: 3 })).toSorted((a, b) => (a.collection < b.collection ? -1 : 1));
  assert.equal(new Set(records.map(({ request }) => request)).size, 1);
  assert.deepEqual(
    records.map(({ collection, operation, seen }) => [
      collection,
      operation,
      seen?.kind === 'uids' ? [...unpackUids(Buffer.from(seen.uids, 'base64url'))] : null,
    ]),
    [...shown]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, uids]) => [path, path === paths.pupil ? 'list' : 'read', uids.toSorted((a, b) => a - b)]),
  );
});

test('who matches is recorded where only that they do is told', async () => {
  await onlyGrants(world, {});
  const tenant = await world.store.tenant(fjord);
  const filter = filterOf(paths.person, "navn/fornavn eq 'Fornavn3'");
  for (const count of [true, false]) {
    const asked = { narrow: [{ kind: 'where', filter }], page: { first: 0, after: null }, count } as const;
    const found = await page(graph, listOf(select(paths.person, []), asked));
    assert.deepEqual([found.nodes.length, found.total, found.more], [0, count ? 1 : null, true]);
    const [record] = await tenant.audit({ limit: 1 });
    assert.equal(record?.count, 1);
  }
});

describe('rows', () => {
  const all = { collection: paths.pupil, narrow: null };

  test('are recorded like a list, with those that are given and, of few, those that match', async () => {
    await onlyGrants(world, {});
    const tenant = await world.store.tenant(fjord);
    const lastRecord = async () => {
      const [record] = await tenant.audit({ limit: 1 });
      assert.ok(record !== undefined);
      const seen = record.seen?.kind === 'uids' ? [...unpackUids(Buffer.from(record.seen.uids, 'base64url'))] : null;
      return { ...record, seen };
    };
    const first = await rowsOf(graph, { ...all, page: { after: null, size: 2 } });
    assert.equal(first.uids.length, 2);
    assert.equal(first.more, true);
    const { operation, collection, details, seen, subjects } = await lastRecord();
    assert.deepEqual([operation, collection, details], ['list', paths.pupil, 'graph rows 2']);
    assert.deepEqual([seen, subjects], [first.uids, []]);
    const narrow: Narrow = { kind: 'rows', uids: first.uids };
    // Nothing is given, and yet it is told how many match.
    const none = await rowsOf(graph, { ...all, narrow, page: { offset: 0, size: 0 } });
    assert.deepEqual([none.uids, none.total, none.more], [[], 2, true]);
    const filtered = await lastRecord();
    assert.deepEqual([filtered.details, filtered.seen], ['graph rows 0 filtered', first.uids]);
  });

  test('behind the last there are none, and places that are nowhere give what is behind them', async () => {
    await onlyGrants(world, {});
    const whole = await rowsOf(graph, { ...all, page: { offset: 0, size: 1_000 } });
    assert.equal(whole.uids.length, whole.total);
    const last = whole.uids.at(-1) ?? 0;
    for (const beyond of [
      { after: last, size: 5 },
      { offset: whole.total, size: 5 },
      { offset: 1e15, size: 5 },
    ])
      assert.deepEqual(await rowsOf(graph, { ...all, page: beyond }), {
        kind: 'rows',
        uids: [],
        total: whole.total,
        more: false,
      });
    assert.deepEqual((await rowsOf(graph, { ...all, page: { after: -7, size: 1_000 } })).uids, whole.uids);
    assert.deepEqual((await rowsOf(graph, { ...all, page: { offset: -7, size: 1_000 } })).uids, whole.uids);
  });

  test('of what is not granted are missing, which is recorded; too many at once, and a choice that takes too long, are refused', async () => {
    await onlyGrants(world, { collections: [paths.school] });
    const [answer] = await read(graph, [{ kind: 'rows', ...all, page: { after: null, size: 5 } }]);
    assert.deepEqual(answer, { kind: 'missing' });
    const [record] = await (await world.store.tenant(fjord)).audit({ limit: 1 });
    assert.deepEqual([record?.decision, record?.operation, record?.collection], ['deny', 'list', paths.pupil]);
    await onlyGrants(world, {});
    const small = await openGraph(world, { mostNodes: 3 });
    assert.equal((await rowsOf(small, { ...all, page: { after: null, size: 3 } })).uids.length, 3);
    const [much] = await read(small, [{ kind: 'rows', ...all, page: { after: null, size: 4 } }]);
    assert.equal(much?.kind === 'refused' ? much.problem.code : '', 'HUB-424');
    let now = 0;
    const slow = await openGraph({
      ...world,
      clock: { ...world.clock, monotonic: () => (now += limits.filterMs + 1) },
    });
    const narrow: Narrow = { kind: 'through', relation: 'person', to: { kind: 'all', of: [] } };
    const [late] = await read(slow, [{ kind: 'rows', ...all, narrow, page: { after: null, size: 1 } }]);
    assert.equal(late?.kind === 'refused' ? late.problem.code : '', 'HUB-121');
  });
});

test('as many looks as there are levels and relations, however many resources', async () => {
  const alone = await openWorld();
  try {
    await putCounty(alone);
    await onlyGrants(alone, {});
    const asked: string[] = [];
    const tenant = await alone.store.tenant(fjord);
    const counted = new Proxy(tenant.reads, {
      get: (reads, name: keyof TenantReads) => {
        const method = reads[name];
        return (...values: never[]) => {
          asked.push(name);
          return Reflect.apply(method, reads, values) as unknown;
        };
      },
    });
    const over: Store = { ...alone.store, tenant: async () => ({ ...tenant, reads: counted }) };
    const counting = await openGraph(alone, { over });
    const looks = async (): Promise<readonly string[]> => {
      asked.length = 0;
      const found = await page(counting, listOf(pupils, { page: { first: 3, after: null } }));
      assert.equal(found.nodes.length, 3);
      return [...asked];
    };
    const few = await looks();
    assert.deepEqual(few, ['ordered', 'behind', 'behind', 'behind']);
    const numbers = Array.from({ length: 300 }, (_, index) => index + 100);
    await put(
      alone,
      paths.person,
      numbers.map((each) => person(each)),
    );
    await put(
      alone,
      paths.pupil,
      numbers.map((each) => pupil(each, { person: [personHref(each)] })),
    );
    await put(
      alone,
      paths.enrolment,
      numbers.map((each) => enrolment(`n-${each}`, each, '1001')),
    );
    asked.length = 0;
    const many = await page(counting, listOf(pupils, { page: { first: 300, after: null } }));
    assert.deepEqual([many.nodes.length, asked], [300, few]);
    // What is asked twice at once is looked for once.
    asked.length = 0;
    await read(counting, [
      listOf(pupils, { page: { first: 2, after: null } }),
      listOf(pupils, { page: { first: 3, after: null } }),
    ]);
    assert.deepEqual(asked.toSorted(), ['behind', 'behind', 'behind', 'ordered', 'ordered']);
    // Nor does a client make work by pages of one relation that all differ.
    asked.length = 0;
    const pages = Array.from({ length: 50 }, (_, index) =>
      edge('elevforhold', select(paths.enrolment), { name: `${index}`, page: { first: index, after: null } }),
    );
    await read(counting, [listOf(select(paths.pupil, [], ...pages))]);
    assert.deepEqual(
      asked.filter((name) => name === 'behind'),
      ['behind'],
    );
  } finally {
    await alone.close();
  }
});
