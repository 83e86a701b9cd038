// Random markings, random grants, random documents: GraphQL shows exactly what the FINT-style API shows the same caller (values, links, counts), and a
// protected person nowhere. Documents are made of the model; the oracle reads resource by resource and follows addresses.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import * as fc from 'fast-check';
import { civilDateOf } from '#mappings/converters.ts';
import type { ConnectionRoot } from '#model/graphql-roots.ts';
import type { Attribute, Collection, Relation } from '#model/model.ts';
import type { Grant } from '#store/store.ts';
import { cases } from '../../cases.ts';
import { ask, base, linksOf, list, listQuery, model, onlyGrants, put, read, type Shown } from '../../hub/world.ts';
import { listOf, page, select } from '../../hub/graph/graph-world.ts';
import { entry } from '../../model/models.ts';
import { at, everyFlag, idOf, markedPersons, openFsWorld, plainId, type FsWorld, type Tree } from './fs-world.ts';
import { fsRoots } from './face-under-test.ts';

let world: FsWorld;
before(async () => {
  world = await openFsWorld();
});
after(() => world.close());

const paths: readonly string[] = Object.values(at);
const collectionAt = (path: string): Collection => entry(model.collections, path);
const { connections, names: calledBy } = fsRoots();
/** Every field at the root that gives resources of one collection, by its path. */
const rootsOf = Map.groupBy(
  connections.filter(({ collections }) => collections.length === 1),
  ({ collections }) => collections[0]?.path ?? '',
);

// --- What is asked -------------------------------------------------------------------------------------------------------------

type Asked = { readonly path: string; readonly values: readonly Valued[]; readonly links: readonly Led[] };
/** Under the name that it is asked for by: its own, or an older one. */
type Valued = { readonly name: string; readonly attribute: Attribute };
type Led = { readonly name: string; readonly relation: Relation; readonly to: Asked };

const identifierClass = (attribute: Attribute): boolean => attribute.identifier;

const isPlain = (attribute: Attribute): boolean =>
  !attribute.list && (attribute.type.kind === 'primitive' || identifierClass(attribute));

const askedOf = (path: string, depth: number): fc.Arbitrary<Asked> => {
  const { class: of, links } = collectionAt(path);
  const namesOf = (member: string): readonly string[] => [
    calledBy.nameOf(of.key, member),
    ...calledBy.olderOf(of.key).flatMap((older) => (older.of === member ? [older.name] : [])),
  ];
  const plain = of.attributes
    .filter(isPlain)
    .flatMap((attribute) => namesOf(attribute.jsonName).map((name) => ({ name, attribute })));
  const led = of.relations
    .filter(({ jsonName }) => paths.includes(links.get(jsonName)?.target ?? ''))
    .flatMap((relation) => namesOf(relation.jsonName).map((name) => ({ name, relation })));
  return fc
    .tuple(fc.subarray(plain), depth === 0 ? fc.constant([]) : fc.subarray(led, { maxLength: Math.min(4, led.length) }))
    .chain(([values, relations]) =>
      fc
        .tuple(...relations.map(({ relation }) => askedOf(links.get(relation.jsonName)?.target ?? '', depth - 1)))
        .map((to) => ({
          path,
          values,
          links: relations.flatMap((one, index) => {
            const next = to[index];
            return next === undefined ? [] : [{ ...one, to: next }];
          }),
        })),
    );
};

const textOf = ({ values, links }: Asked): string =>
  `{ id ${values.map(({ name }) => name).join(' ')} ${links
    .map(({ name, relation: { max }, to }) =>
      max === 1 ? `${name} ${textOf(to)}` : `${name}(first: 9) { totalCount nodes ${textOf(to)} }`,
    )
    .join(' ')} }`;

const namesIn = ({ values, links }: Asked): readonly string[] => [
  ...values.map(({ name }) => name),
  ...links.flatMap(({ name, to }) => [name, ...namesIn(to)]),
];

/** What leaves out some unless it is asked for is asked for. */
const openFilter = ({ filter }: ConnectionRoot): string =>
  filter
    .flatMap(({ name, form, default: usual }) => {
      if (form.kind === 'unless') return [`${name}: true`];
      return usual === undefined ? [] : [`${name}: null`];
    })
    .join(', ');

// --- What the FINT-style API shows -----------------------------------------------------------------------------------------------

type Told = Readonly<Record<string, unknown>>;

const sorted = (all: readonly unknown[]): readonly unknown[] =>
  all.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

const identifierOf = (resource: Shown, name: string): string | null => {
  const value = (resource[name] as { readonly identifikatorverdi?: unknown } | undefined)?.identifikatorverdi;
  return typeof value === 'string' ? value : null;
};

const valueOf = (resource: Shown, attribute: Attribute): unknown => {
  if (identifierClass(attribute)) return identifierOf(resource, attribute.jsonName);
  const value = resource[attribute.jsonName] ?? null;
  return attribute.type.kind === 'primitive' && attribute.type.primitive === 'date'
    ? (civilDateOf(value) ?? null)
    : value;
};

const keyOf = fsRoots().ids.keyOf;

const expectedId = (resource: Shown, path: string): string => {
  const name = keyOf.get(collectionAt(path).class.key) ?? null;
  const key = name === null ? null : identifierOf(resource, name);
  return key === null ? plainId(path, identifierOf(resource, 'systemId') ?? '') : idOf(path, key);
};

const follow = async (href: string): Promise<Shown | null> => {
  const parts = href.slice(base.length + 1).split('/');
  const [field = '', value = ''] = parts.slice(-2);
  return read(world.hub, parts.slice(0, -2).join('/'), field, decodeURIComponent(value));
};

const shownAs = async (resource: Shown, asked: Asked): Promise<Told> => {
  const told: Record<string, unknown> = { id: expectedId(resource, asked.path) };
  for (const { name, attribute } of asked.values) told[name] = valueOf(resource, attribute);
  for (const { name, relation, to } of asked.links) {
    const targets = (await Promise.all(linksOf(resource, relation.jsonName).map(follow))).filter((one) => one !== null);
    const nodes = await Promise.all(targets.map((one) => shownAs(one, to)));
    told[name] = relation.max === 1 ? (nodes[0] ?? null) : { totalCount: nodes.length, nodes: sorted(nodes) };
  }
  return told;
};

/** The same form; a collection of which nothing may be known is empty. */
const comparable = (node: Tree | null, asked: Asked): Told | null => {
  if (node === null) return null;
  const told: Record<string, unknown> = { id: node['id'] };
  for (const { name } of asked.values) told[name] = node[name];
  for (const { name, relation, to } of asked.links) {
    const held = node[name] ?? null;
    told[name] =
      relation.max === 1
        ? comparable(held, to)
        : {
            totalCount: held?.['totalCount'] ?? 0,
            nodes: sorted((held?.['nodes'] ?? []).map((one) => comparable(one, to))),
          };
  }
  return told;
};

// --- Who may see what ----------------------------------------------------------------------------------------------------------------

const names = [
  ...new Set(
    paths.flatMap((path) => {
      const { attributes, relations } = collectionAt(path).class;
      return [...attributes.filter(({ identifier }) => !identifier), ...relations].map(({ jsonName }) => jsonName);
    }),
  ),
];
const identifiers = [
  ...new Set(paths.flatMap((path) => collectionAt(path).identifiers.map(({ attribute }) => attribute))),
];

const accessOf: fc.Arbitrary<Partial<Grant>> = fc.record({
  collections: fc.oneof(
    fc.constant(['*']),
    fc.constant(['fs/person/*', 'fs/studierett/*']),
    fc.subarray([...paths], { minLength: 4 }),
  ),
  fields: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.subarray(names, { minLength: 20 }).map((some) => [...identifiers, ...some]) },
  ),
  withhold: fc.subarray(['national-id', 'protected', 'special']),
});

const codes = ['ugradert', 'klientadresse', 'fortrolig', 'strengtFortrolig'] as const;

const caseOf = (some: readonly ConnectionRoot[]) =>
  fc
    .record({
      grants: fc.array(accessOf, { minLength: 1, maxLength: 2 }),
      markings: fc.tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(...codes, 'ugradert', 'ugradert'))),
      root: fc.constantFrom(...some),
    })
    .chain(({ root, ...rest }) =>
      askedOf(root.collections[0]?.path ?? '', 2).map((asked) => ({ ...rest, root, asked })),
    );

/**
 * Leaves those of which holds what always does of a root: here that there is no value, which is not known of what is hidden.
 */
const counted = async (
  { only }: ConnectionRoot,
  path: string,
  entries: readonly Shown[],
): Promise<readonly Shown[]> => {
  let left = entries;
  for (const { form } of only) {
    assert.ok(form.kind === 'fact' && form.fact.kind === 'lacks');
    const within = form.fact.place.path.names;
    const [attribute = ''] = within;
    const { nodes } = await page(world.graph, listOf(select(path, ['systemId', attribute])));
    const open = new Set(
      nodes.filter((node) => !node.hides(attribute)).map(({ values }) => identifierOf(values, 'systemId')),
    );
    const valueIn = (resource: Shown): unknown =>
      within.reduce<unknown>((held, name) => (held as Shown | undefined)?.[name], resource);
    left = left.filter((one) => open.has(identifierOf(one, 'systemId')) && valueIn(one) === undefined);
  }
  return left;
};

type Case = {
  readonly grants: readonly Partial<Grant>[];
  readonly markings: readonly string[];
  readonly root: ConnectionRoot;
  readonly asked: Asked;
};

/** Gives how many resources were compared; 0 where nothing may be known of them. */
const showsTheSame = async ({ grants, markings, root, asked }: Case): Promise<number> => {
  await put(world, at.person, markedPersons(markings));
  await onlyGrants(world, ...grants);
  const filter = ['eierOrganisasjonskode: "7777"', openFilter(root)].filter((one) => one !== '').join(', ');
  const { body, text } = await world.post(
    { query: `{ all: ${root.name}(filter: { ${filter} }, first: 9) { totalCount nodes ${textOf(asked)} } }` },
    { headers: everyFlag },
  );
  const { kind } = await ask(world.hub, listQuery(asked.path));
  if (kind === 'missing') {
    assert.equal(body.errors?.[0]?.extensions.code, 'HUB-204', text);
    return 0;
  }
  assert.equal(body.errors, undefined, text.slice(0, 1_000));
  const { entries } = await list(world.hub, asked.path);
  const counting = await counted(root, asked.path, entries);
  const expected = sorted(await Promise.all(counting.map((one) => shownAs(one, asked))));
  const got = body.data?.['all'];
  assert.equal(got?.['totalCount'], expected.length);
  assert.deepEqual(sorted((got?.['nodes'] ?? []).map((one) => comparable(one, asked))), expected);
  markings.forEach((marking, index) => {
    if (marking === 'ugradert') return;
    for (const trace of [`50010${index + 1}`, `"10${index + 1}"`]) assert.ok(!text.includes(trace), trace);
  });
  return expected.length;
};

/** The field of each collection that is asked for as a rule, and those that give the same under other names or conditions. */
const usual = paths.flatMap((path) =>
  (rootsOf.get(path) ?? []).filter(({ deprecated }) => deprecated === null).slice(0, 1),
);
const others = paths.flatMap((path) => rootsOf.get(path) ?? []).filter((root) => !usual.includes(root));

for (const [title, roots, least] of [
  ['GraphQL shows what the FINT-style API shows, and nobody who is protected', usual, 50],
  ['the same holds of fields that give a part, or the same as others', others, 1],
] as const)
  test(title, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(caseOf(roots), async (one) => {
        compared += await showsTheSame(one);
      }),
      { numRuns: cases(150) },
    );
    assert.ok(compared >= cases(least), String(compared));
  });

test('documents ask for all fields of the kind, and for older names', () => {
  const named = others.map(({ name }) => name);
  for (const name of ['emner', 'studieprogram', 'esiKandidater', 'undervisningsterminerForEmner'])
    assert.ok(named.includes(name), name);
  const met = fc.sample(askedOf(at.cohort, 1), { numRuns: 50, seed: 7 }).flatMap(namesIn);
  assert.ok(met.includes('termin') && met.includes('terminV2'));
});
