// Random data, some of it protected, random grants, random documents: GraphQL shows exactly what REST shows the same caller, and nothing that a plainly
// written policy hides.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { cases, few } from '../../cases.ts';
import { accessOf, allMarkers, dataOf, markersOf, numbers, putData, putSchools, rowsOf } from '../../hub/policy.ts';
import type { Access, Data } from '../../hub/policy.ts';
import { nationalId, onlyGrants, openWorld, paths, principal } from '../../hub/world.ts';
import type { World } from '../../hub/world.ts';
import { openGraphql, type Graphql } from './asking.ts';
import { comparable, restOracle, textOf, type Asked, type AskedField } from './rest-oracle.ts';

let world: World;
let graphql: Graphql;

before(async () => {
  world = await openWorld();
  await putSchools(world);
  // From here on a person without a marking is strictly protected.
  await putData(
    world,
    numbers.map((number, index) => ({
      number,
      marking: index === 0 ? 3 : 0,
      schools: [],
      parent: null,
      name: 0,
      feide: 0,
      there: index === 0,
    })),
  );
  graphql = await openGraphql(world);
});
after(() => world.close());

// --- Documents ----------------------------------------------------------------------------------------------------------------

type Kind = 'pupil' | 'person' | 'enrolment' | 'school';

const leaf = (name: string): AskedField => ({ kind: 'leaf', name });
const value = (name: string, ...parts: readonly string[]): AskedField => ({
  kind: 'value',
  name,
  asked: Object.fromEntries(parts.map((part) => [part, leaf(part)])),
});
const identifier = (name: string): AskedField => value(name, 'identifikatorverdi');

const values: Readonly<Record<Kind, readonly AskedField[]>> = {
  pupil: [identifier('systemId'), identifier('feidenavn'), leaf('gjest')],
  person: [
    identifier('fodselsnummer'),
    value('navn', 'fornavn', 'etternavn'),
    value('bostedsadresse', 'adresselinje'),
    leaf('adressebeskyttelse'),
  ],
  enrolment: [identifier('systemId'), leaf('beskrivelse')],
  school: [identifier('systemId'), identifier('skolenummer'), leaf('navn')],
};

const relations: Readonly<Record<Kind, readonly (readonly [name: string, kind: 'one' | 'many', to: Kind])[]>> = {
  pupil: [
    ['person', 'one', 'person'],
    ['elevforhold', 'many', 'enrolment'],
  ],
  person: [
    ['elev', 'one', 'pupil'],
    ['foreldre', 'many', 'person'],
    ['foreldreansvar', 'many', 'person'],
  ],
  enrolment: [
    ['elev', 'one', 'pupil'],
    ['skole', 'one', 'school'],
  ],
  school: [['elevforhold', 'many', 'enrolment']],
};

/** Fields of a resource of a kind, some under other names, down to so many relations. */
const askedOf = (kind: Kind, depth: number): fc.Arbitrary<Asked> => {
  const own = fc.subarray([...values[kind]], { minLength: 1 });
  const led =
    depth === 0
      ? fc.constant<AskedField[]>([])
      : fc
          .subarray([...relations[kind]])
          .chain((some) =>
            fc.tuple(
              ...some.map(([name, how, to]) =>
                askedOf(to, depth - 1).map((asked): AskedField => ({ kind: how, name, asked })),
              ),
            ),
          );
  return fc
    .tuple(own, led, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }))
    .map(([some, others, renamed]) =>
      Object.fromEntries(
        [...some, ...others].map((field, index) => [
          renamed[index] === true ? `a${index}_${field.name}` : field.name,
          field,
        ]),
      ),
    );
};

type Question = {
  readonly field: string;
  readonly path: string;
  readonly asked: Asked;
  readonly by:
    | { readonly argument: string; readonly value: string }
    | { readonly filter: string | null; readonly first: number };
};

const roots: readonly (readonly [
  Kind,
  field: string,
  path: string,
  by: readonly (readonly [string, readonly string[]])[],
  filters: readonly string[],
])[] = [
  [
    'pupil',
    'elev',
    paths.pupil,
    [
      ['systemId', numbers.map((number) => `EID${number}x`)],
      ['feidenavn', numbers.flatMap((number) => [0, 1, 2].map((feide) => `feide${number}v${feide}x@x.test`))],
    ],
    [
      "feidenavn/identifikatorverdi contains 'v1x'",
      'person/any()',
      'not elevforhold/any()',
      `person eq 'fodselsnummer/${nationalId(101)}'`,
    ],
  ],
  [
    'person',
    'person',
    paths.person,
    [['fodselsnummer', numbers.map(nationalId)]],
    ["navn/fornavn contains 'v1x'", "navn/etternavn eq 'X'", "not bostedsadresse/poststed eq 'By'", 'foreldre/any()'],
  ],
  [
    'enrolment',
    'elevforhold',
    paths.enrolment,
    [['systemId', numbers.map((number) => `FID${number}x2001`)]],
    [
      "beskrivelse startswith 'DESC101'",
      "skole eq 'skolenummer/2001'",
      `elev in ('systemid/EID101x', 'systemid/EID102x')`,
    ],
  ],
  [
    'school',
    'skole',
    paths.school,
    [
      ['systemId', ['SID2001']],
      ['skolenummer', ['2001', '2002', '9']],
    ],
    ["navn eq 'SNAME2002'"],
  ],
];

const questionOf: fc.Arbitrary<Question> = fc.constantFrom(...roots).chain(([kind, field, path, by, filters]) =>
  fc
    .tuple(
      askedOf(kind, 3),
      fc.oneof(
        fc
          .constantFrom(...by)
          .chain(([argument, all]) => fc.constantFrom(...all).map((one) => ({ argument, value: one }))),
        fc.record({ filter: fc.constantFrom(null, null, ...filters), first: fc.constantFrom(1, 2, 20) }),
      ),
    )
    .map(([asked, how]) => ({ field, path, asked, by: how })),
);

// --- Answers ------------------------------------------------------------------------------------------------------------------

type Connection = {
  readonly totalCount: number;
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

/** All pages of a connection, by the cursors that they give; null when no grant opens it. */
const pagesOf = async (
  question: Question,
  filter: string | null,
  first: number,
  as: string,
): Promise<unknown[] | null> => {
  const found: unknown[] = [];
  let place: string | null = null;
  for (;;) {
    const { data, errors } = await graphql.ask(
      `query($filter: String, $first: Int, $after: String) {
        all: ${question.field}Connection(filter: $filter, first: $first, after: $after) {
          totalCount pageInfo { hasNextPage endCursor } nodes ${textOf(question.asked)} } }`,
      { filter, first, after: place },
      principal(as),
    );
    const all = data?.['all'] as Connection | null | undefined;
    if (all === null || all === undefined) {
      assert.equal(errors?.[0]?.extensions.code, 'HUB-400', JSON.stringify(errors));
      return null;
    }
    assert.equal(errors, undefined, JSON.stringify(errors));
    found.push(...all.nodes);
    const { hasNextPage, endCursor } = all.pageInfo;
    if (!hasNextPage) {
      assert.equal(all.totalCount, found.length);
      return found;
    }
    assert.ok(all.nodes.length === first && endCursor !== null && found.length < 100);
    place = endCursor;
  }
};

const oneOf = async (question: Question, argument: string, text: string, as: string): Promise<unknown> => {
  const { data, errors } = await graphql.ask(
    `query($value: String) { one: ${question.field}(${argument}: $value) ${textOf(question.asked)} }`,
    { value: text },
    principal(as),
  );
  for (const { extensions } of errors ?? []) assert.equal(extensions.code, 'HUB-400');
  return data?.['one'] ?? null;
};

const sorted = (items: readonly unknown[], asked: Asked): unknown => comparable(items, asked);

/** Answers by GraphQL; fails where they are not what REST shows. Gives their text. */
const tried = async (question: Question, as: string): Promise<string> => {
  const { by, path, asked } = question;
  const oracle = restOracle(world.hub, principal(as));
  if ('argument' in by) {
    const told = await oneOf(question, by.argument, by.value, as);
    const wanted = await oracle.one(path, by.argument.toLowerCase(), by.value, asked);
    assert.deepEqual(comparable(told, asked), comparable(wanted, asked), textOf(asked));
    return JSON.stringify(told);
  }
  const told = await pagesOf(question, by.filter, by.first, as);
  const wanted = await oracle.many(path, by.filter, asked);
  if (wanted === 'missing') assert.equal(told, null);
  else if (wanted === 'refused') assert.ok(told !== null);
  else assert.deepEqual(sorted(told ?? [], asked), sorted(wanted, asked), `${by.filter} ${textOf(asked)}`);
  return JSON.stringify(told);
};

// --- The properties -----------------------------------------------------------------------------------------------------------

const identifiers = ['systemId', 'feidenavn', 'fodselsnummer', 'skolenummer', 'elevnummer', 'brukernavn'];

/** Whatever it opens shows by all its identifiers: then REST tells of a relation what there is to tell. */
const openIdentifiers = (access: Access): Access => ({
  ...access,
  fields: access.fields === null ? null : [...new Set([...access.fields, ...identifiers, 'organisasjonsnummer'])],
  withhold: access.withhold.filter((one) => one === 'protected' || one === 'special'),
});

const everything: Access = {
  collections: ['*'],
  fields: null,
  withhold: [],
  rows: null,
  actions: ['read', 'list'],
  clearance: 2,
};
const accesses: fc.Arbitrary<readonly Access[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(accessOf, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant([everything]) },
);
const questions = fc.array(questionOf, { minLength: 1, maxLength: 4 });

test('GraphQL shows what REST shows', async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(dataOf, accesses, questions, async (data, access, some) => {
      await putData(world, data);
      await onlyGrants(world, ...access.map(openIdentifiers));
      for (const question of some) told += (await tried(question, 'app')).length > 40 ? 1 : 0;
    }),
    { numRuns: cases(60) },
  );
  // A fifth of the cases may miss what is rare.
  assert.ok(few || told > 20, `only ${told} answers told anything`);
});

test('nothing that is hidden shows, whatever is hidden', async () => {
  let shown = 0;
  const check = async (data: Data, access: readonly Access[], some: readonly Question[]): Promise<void> => {
    await putData(world, data);
    await onlyGrants(world, ...access);
    const allowed = markersOf(access, rowsOf(data));
    for (const question of some) {
      const { by } = question;
      const text = JSON.stringify(
        'argument' in by
          ? await oneOf(question, by.argument, by.value, 'app')
          : await pagesOf(question, by.filter, by.first, 'app'),
      );
      for (const marker of allMarkers)
        if (text.includes(marker)) {
          shown += 1;
          assert.ok(allowed.has(marker), `${marker} in the answer of ${textOf(question.asked)}`);
        }
    }
  };
  await fc.assert(fc.asyncProperty(dataOf, accesses, questions, check), { numRuns: cases(60) });
  assert.ok(few || shown > 20, `only ${shown} markers shown`);
});

type Many = {
  readonly path: string;
  readonly field: string;
  readonly argument: string;
  readonly ids: readonly string[];
  readonly relation: string;
};

/** Relations to many, each from where it begins. */
const manys: readonly Many[] = [
  { path: paths.school, field: 'skole', argument: 'systemId', ids: ['SID2001', 'SID2002'], relation: 'elevforhold' },
  {
    path: paths.pupil,
    field: 'elev',
    argument: 'systemId',
    ids: numbers.map((number) => `EID${number}x`),
    relation: 'elevforhold',
  },
  {
    path: paths.person,
    field: 'person',
    argument: 'fodselsnummer',
    ids: numbers.map(nationalId),
    relation: 'foreldreansvar',
  },
];

test('connections of relations tell what their lists tell, a page at a time', async () => {
  let pages = 0;
  const check = async (
    data: Data,
    access: readonly Access[],
    { field, argument, ids, relation }: Many,
  ): Promise<void> => {
    await putData(world, data);
    await onlyGrants(world, ...access);
    for (const id of ids) {
      const from = async (asked: string) => {
        const { data: told, errors } = await graphql.ask(
          `query($id: String) { one: ${field}(${argument}: $id) { ${asked} } }`,
          { id },
          principal('app'),
          { 'feature-flags': 'experimental' },
        );
        for (const { extensions } of errors ?? []) assert.equal(extensions.code, 'HUB-400');
        return told?.['one'] as Readonly<Record<string, unknown>> | null | undefined;
      };
      const shown = `{ __typename ${field === 'person' ? 'fodselsnummer' : 'systemId'} { identifikatorverdi } }`;
      const list = (await from(`${relation} ${shown}`))?.[relation] as readonly unknown[] | null | undefined;
      const found: unknown[] = [];
      let place: string | null = null;
      let isClosed = false;
      do {
        const args = place === null ? 'first: 1' : `first: 1, after: ${JSON.stringify(place)}`;
        const page = (
          await from(
            `page: ${relation}Connection(${args}) { totalCount nodes ${shown} pageInfo { hasNextPage endCursor } }`,
          )
        )?.['page'] as Connection | null | undefined;
        if (page === null || page === undefined) {
          isClosed = true;
          break;
        }
        assert.equal(page.totalCount, list?.length ?? 0);
        found.push(...page.nodes);
        pages += page.nodes.length;
        place = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (place !== null && found.length < 50);
      if (isClosed) assert.ok((list ?? []).length === 0);
      else assert.deepEqual(texts(found), texts(list ?? []));
    }
  };
  await fc.assert(fc.asyncProperty(dataOf, accesses, fc.constantFrom(...manys), check), { numRuns: cases(40) });
  assert.ok(few || pages > 10, `only ${pages} pages`);
});

const texts = (items: readonly unknown[]): readonly string[] => items.map((one) => JSON.stringify(one)).toSorted();
