// Random grants over random data: nothing that a plainly written policy hides shows in any answer, and what it shows is there. Every value
// carries a marker of its own, so that a byte out of place is found wherever it stands.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Grant } from '#store/store.ts';
import type { HubQuery } from '#hub/query.ts';
import {
  ask,
  bySystemId,
  href,
  identified,
  listQuery,
  onlyGrants,
  openWorld,
  paths,
  personHref,
  nationalId,
  put,
  putCounty,
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

type Pupil = { readonly number: number; readonly schools: readonly string[] };
type Data = { readonly pupils: readonly Pupil[] };
type Access = Pick<Grant, 'collections' | 'fields' | 'withhold' | 'rows' | 'actions'>;

const schools = ['2001', '2002'];

const dataOf: fc.Arbitrary<Data> = fc.record({
  pupils: fc.tuple(
    ...[101, 102, 103].map((number) =>
      fc.record({
        number: fc.constant(number),
        schools: fc.subarray(schools),
      }),
    ),
  ),
});

const accessOf: fc.Arbitrary<Access> = fc.record({
  collections: fc.constantFrom(
    ['*'],
    ['utdanning/elev/*'],
    [paths.pupil],
    [paths.person],
    [paths.pupil, paths.enrolment],
    [paths.person, paths.enrolment],
  ),
  fields: fc.option(
    fc.subarray([
      'systemId',
      'feidenavn',
      'fodselsnummer',
      'navn',
      'beskrivelse',
      'person',
      'elev',
      'elevforhold',
      'skole',
    ]),
  ),
  withhold: fc.subarray(['national-id', 'protected', 'special', 'personal']),
  rows: fc.constantFrom(null, null, school('2001'), school('2002'), school('2001', '2002')),
  actions: fc.constantFrom(['read', 'list'], ['list'], ['read'], ['follow'], ['read', 'list', 'follow']),
});

// --- The policy, written without regard to how the hub does it ----------------------------------------------------------------

type Row = {
  readonly collection: string;
  readonly key: string;
  readonly schools: readonly string[];
  /** Attribute, its sensitivity, the marker in its value, and whether links use it. */
  readonly values: readonly {
    readonly name: string;
    readonly sensitivity: string;
    readonly marker: string;
    readonly identifier: boolean;
  }[];
};

const rowsOf = ({ pupils }: Data): readonly Row[] =>
  pupils.flatMap(({ number, schools: at }): Row[] => [
    {
      collection: paths.pupil,
      key: `E${number}`,
      schools: at,
      values: [
        { name: 'systemId', sensitivity: 'personal', marker: `EID${number}`, identifier: true },
        { name: 'feidenavn', sensitivity: 'personal', marker: `feide${number}`, identifier: true },
      ],
    },
    {
      collection: paths.person,
      key: `P${number}`,
      schools: at,
      values: [
        { name: 'fodselsnummer', sensitivity: 'national-id', marker: nationalId(number), identifier: true },
        { name: 'navn', sensitivity: 'personal', marker: `NAME${number}`, identifier: false },
        { name: 'bostedsadresse', sensitivity: 'protected', marker: `STREET${number}`, identifier: false },
      ],
    },
    ...schools.map((one): Row => {
      const id = `${number}x${one}`;
      return {
        collection: paths.enrolment,
        key: `F${id}`,
        schools: at.includes(one) ? [one] : [],
        values: at.includes(one)
          ? [
              { name: 'systemId', sensitivity: 'personal', marker: `FID${id}`, identifier: true },
              { name: 'beskrivelse', sensitivity: 'personal', marker: `DESC${id}`, identifier: false },
            ]
          : [],
      };
    }),
  ]);

const covered = (access: Access, collection: string): boolean =>
  access.collections.some((pattern) =>
    pattern.endsWith('*') ? collection.startsWith(pattern.slice(0, -1)) : pattern === collection,
  );

const inRows = (access: Access, row: Row): boolean =>
  access.rows === null || row.schools.some((one) => access.rows?.values.includes(one));

/** The markers that these accesses, for these actions, may show: as an attribute of its row, or as identifier in a link to it. */
const allowedMarkers = (accesses: readonly Access[], rows: readonly Row[]): ReadonlySet<string> => {
  const allowed = new Set<string>();
  for (const row of rows)
    for (const access of accesses)
      if (covered(access, row.collection) && inRows(access, row))
        for (const { name, sensitivity, marker } of row.values)
          if ((access.fields === null || access.fields.includes(name)) && !access.withhold.includes(sensitivity))
            allowed.add(marker);
  return allowed;
};

// --- The data -----------------------------------------------------------------------------------------------------------------

const putData = async (data: Data): Promise<void> => {
  await put(
    world,
    paths.school,
    schools.map((number) => ({ systemId: identified(`s${number}`), skolenummer: identified(number), navn: number })),
  );
  const tenant = await world.store.tenant('fjordheim.test');
  await tenant.write(async (tx) => {
    for (const { number } of data.pupils)
      for (const one of schools) {
        const [uid] = await tx.match(paths.enrolment, [{ field: 'systemid', value: `FID${number}x${one}` }]);
        if (typeof uid === 'number') await tx.remove(paths.enrolment, uid, 1);
      }
    await tx.settle();
  });
  await put(
    world,
    paths.person,
    data.pupils.map(({ number }) => ({
      fodselsnummer: identified(nationalId(number)),
      navn: { fornavn: `NAME${number}`, etternavn: 'X' },
      bostedsadresse: { adresselinje: [`STREET${number}`] },
    })),
  );
  await put(
    world,
    paths.pupil,
    data.pupils.map(({ number }) => ({
      systemId: identified(`EID${number}`),
      feidenavn: identified(`feide${number}@x.test`),
      links: { person: [personHref(number)] },
    })),
  );
  await put(
    world,
    paths.enrolment,
    data.pupils.flatMap(({ number, schools: at }) =>
      at.map((one) => ({
        systemId: identified(`FID${number}x${one}`),
        beskrivelse: `DESC${number}x${one}`,
        links: {
          // By either identifier of the pupil, so that links by hidden ones are met.
          elev: [
            number % 2 === 0
              ? bySystemId(paths.pupil, `EID${number}`)
              : href(paths.pupil, 'feidenavn', `feide${number}@x.test`),
          ],
          skole: [href(paths.school, 'skolenummer', one)],
        },
      })),
    ),
  );
};

// --- The questions ------------------------------------------------------------------------------------------------------------

const collections = [paths.pupil, paths.person, paths.enrolment];

type Question = Extract<HubQuery, { kind: 'read' | 'list' | 'changes' | 'state' }>;

const questions = (rows: readonly Row[]): readonly Question[] => [
  ...collections.flatMap((path): readonly Question[] => [
    listQuery(path),
    listQuery(path, { offset: 1, size: 2 }),
    listQuery(path, { since: start }),
    { kind: 'changes', collection: path, after: null, size: 10_000 },
    { kind: 'state', collection: path },
  ]),
  listQuery(paths.pupil, { filter: 'person/any()' }),
  listQuery(paths.pupil, { filter: 'not elevforhold/any()' }),
  listQuery(paths.pupil, { filter: `person eq '${personHref(101)}' or person eq '${personHref(102)}'` }),
  listQuery(paths.enrolment, { filter: "elev eq 'systemid/EID101'" }),
  listQuery(paths.enrolment, { filter: "not elev eq 'feidenavn/feide102@x.test'" }),
  listQuery(paths.person, { filter: "navn/fornavn startswith 'NAME'" }),
  ...rows.flatMap(({ collection, values }) =>
    values
      .filter(({ identifier }) => identifier)
      .map(({ name, marker }): Question => ({
        kind: 'read',
        collection,
        field: name.toLowerCase(),
        value: name === 'feidenavn' ? `${marker}@x.test` : marker,
      })),
  ),
];

/** All that an answer says, compressed forms left out; and how many resources of the test's own it holds. */
const told = async (query: HubQuery) => {
  const result = await ask(world.hub, query);
  switch (result.kind) {
    case 'found':
      return { text: result.body.toString(), total: 1 };
    case 'page': {
      const parts: string[] = [];
      for await (const { bytes } of result.body.plain()) parts.push(bytes.toString());
      return { text: JSON.stringify({ ...result, body: null }) + parts.join(','), total: result.total };
    }
    case 'changes':
      return {
        text: JSON.stringify(result.changes.map((one) => ({ ...one, body: one.body?.toString() }))),
        total: 0,
      };
    default:
      return { text: JSON.stringify(result), total: 0 };
  }
};

const actionsOf = { read: ['read', 'list'], state: ['read', 'list'], list: ['list'], changes: ['follow'] } as const;

test('nothing hidden is told by any answer, and what is allowed is told', async () => {
  await fc.assert(
    fc.asyncProperty(dataOf, fc.array(accessOf, { minLength: 1, maxLength: 3 }), async (data, accesses) => {
      await putData(data);
      await onlyGrants(world, ...accesses);
      const rows = rowsOf(data);
      const markers = rows.flatMap(({ values }) => values.map(({ marker }) => marker));
      for (const query of questions(rows)) {
        const acting = accesses.filter(({ actions }) =>
          actions.some((one) => actionsOf[query.kind].some((each) => each === one)),
        );
        const reading = accesses.filter(({ actions }) => actions.some((one) => one === 'read' || one === 'list'));
        const own = rows.filter(({ collection }) => collection === query.collection);
        const others = rows.filter(({ collection }) => collection !== query.collection);
        const allowed = new Set([...allowedMarkers(acting, own), ...allowedMarkers(reading, others)]);
        const { text, total } = await told(query);
        for (const marker of markers)
          if (!allowed.has(marker))
            assert.equal(text.includes(marker), false, `${JSON.stringify(query)} tells ${marker}`);
        if (query.kind === 'list' && query.filter === null && query.since === null && query.size === 0) {
          for (const marker of allowedMarkers(acting, own)) assert.ok(text.includes(marker), `${marker} is missing`);
          const seen = own.filter(
            (row) => row.values.length > 0 && acting.some((one) => covered(one, row.collection) && inRows(one, row)),
          );
          const present =
            seen.length +
            (acting.some((one) => covered(one, query.collection) && one.rows === null)
              ? countOfCounty(query.collection)
              : 0);
          assert.equal(total, present, JSON.stringify(query));
        }
        if (query.kind === 'read') {
          const row = own.find(({ values }) => values.some(({ marker }) => query.value.startsWith(marker)));
          const marker = row?.values.find(({ name }) => name.toLowerCase() === query.field)?.marker ?? '';
          assert.equal(
            total === 1,
            row !== undefined && allowedMarkers(acting, [row]).has(marker),
            JSON.stringify(query),
          );
        }
      }
    }),
    { numRuns: 150 },
  );
});

/** What putCounty has put: in nobody's rows here. */
const countOfCounty = (path: string): number => ({ [paths.pupil]: 4, [paths.person]: 5 })[path] ?? 5;
