// The demo, whole: for every class that a client of it sees, GraphQL tells what REST tells, every attribute and every relation.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { classNames } from '#apis/fint-graphql/names.ts';
import type { Attribute, ModelClass } from '#model/model.ts';
import { entry, hubModel } from '../model/models.ts';
import type { Caller } from '../e2e/caller.ts';
import { startDemo, type DemoHub } from './demo-hub.ts';

const model = hubModel();
const names = classNames(model);

type Node = Readonly<Record<string, unknown>>;
type Link = { readonly href: string };
type Resource = Node & { readonly _links?: Readonly<Record<string, readonly Link[]>> };

// --- What is asked ------------------------------------------------------------------------------------------------------------

const identifiersOf = (of: ModelClass): readonly Attribute[] => of.attributes.filter(({ identifier }) => identifier);
const addressed = (of: ModelClass): string =>
  identifiersOf(of)
    .map(({ jsonName }) => `${jsonName} { identifikatorverdi }`)
    .join(' ');

/** All attributes, however deep; `__typename` for values that have none. */
const attributesOf = (of: ModelClass): string =>
  [
    '__typename',
    ...of.attributes.map(({ jsonName, type }) =>
      type.kind === 'class' ? `${jsonName} { ${attributesOf(entry(model.classes, type.class))} }` : jsonName,
    ),
  ].join(' ');

const relationsOf = (of: ModelClass): string =>
  of.relations
    .map(({ jsonName, target }) => {
      const to = entry(model.classes, target);
      return `link_${jsonName}: ${jsonName}${to.kind === 'main' ? ` { ${addressed(to)} }` : ''}`;
    })
    .join(' ');

type Told = {
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly data?: {
    readonly all: {
      readonly totalCount: number;
      readonly nodes: readonly Node[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    } | null;
  };
};

const mostPages = 3;

/** The first pages of a class, as many resources at a time as the limits let through; null when no grant opens it. */
const nodesOf = async (
  caller: Caller,
  of: ModelClass,
): Promise<{ readonly nodes: readonly Node[]; readonly total: number } | null> => {
  for (const first of [400, 20]) {
    const query = `query($after: String) { all: ${names.rootOf(of)}Connection(first: ${first}, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { ${attributesOf(of)} ${relationsOf(of)} } } }`;
    const nodes: Node[] = [];
    let place: string | null = null;
    for (let page = 0; ; page += 1) {
      const body = JSON.stringify({ query, variables: { after: place } });
      const answer = await caller.send('POST', '/graphql/graphql', {
        headers: { 'content-type': 'application/json' },
        body,
      });
      const told = JSON.parse(answer.text) as Told;
      const [code] = (told.errors ?? []).map(({ extensions }) => extensions.code);
      if (code === 'HUB-400') return null;
      if (code === 'HUB-132') break;
      const all = told.data?.all;
      assert.ok(code === undefined && all !== null && all !== undefined, `${of.key}: ${JSON.stringify(told.errors)}`);
      nodes.push(...all.nodes);
      place = all.pageInfo.endCursor;
      if (page + 1 === mostPages || !all.pageInfo.hasNextPage) return { nodes, total: all.totalCount };
    }
  }
  return assert.fail(`${of.key} is too large to be asked for`);
};

// --- What REST tells ----------------------------------------------------------------------------------------------------------

const resourcesOf = async (caller: Caller, of: ModelClass): Promise<readonly Resource[]> => {
  const all: Resource[] = [];
  for (const { path } of [...model.collections.values()].filter((one) => one.class.key === of.key)) {
    const { status, text } = await caller.send('GET', `/${path}`);
    if (status === 200)
      all.push(
        ...(JSON.parse(text) as { readonly _embedded: { readonly _entries: readonly Resource[] } })['_embedded'][
          '_entries'
        ],
      );
  }
  return all;
};

// --- Held against each other --------------------------------------------------------------------------------------------------

/** Attributes alone, in one order: without links, names of types and what is not there. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, inner]) => name !== '_links' && name !== '__typename' && !name.startsWith('link_') && inner !== null,
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, bare(inner)]),
  );
};

const textOf = (value: unknown): string => JSON.stringify(bare(value));

const asList = (value: unknown): readonly unknown[] =>
  value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];

/** What the links of a resource by this identifier may end in; empty where none of them shows. */
const endsOf = (of: ModelClass, node: Node): readonly string[] =>
  identifiersOf(of).flatMap(({ jsonName }) => {
    const found = node[jsonName] as { readonly identifikatorverdi: string } | null | undefined;
    return found === null || found === undefined ? [] : [`/${jsonName.toLowerCase()}/${found.identifikatorverdi}`];
  });

/** Every link leads to one that is told, every one that is told has a link, save those whose identifiers are all withheld. */
const sameLinks = (to: ModelClass, told: unknown, links: readonly Link[]): boolean => {
  const hrefs = links.map(({ href }) => decodeURIComponent(href));
  if (to.kind !== 'main') return JSON.stringify(asList(told).toSorted()) === JSON.stringify(hrefs.toSorted());
  const ends = asList(told).map((node) => endsOf(to, node as Node));
  const shown = ends.filter((each) => each.length > 0);
  return (
    shown.every((each) => each.some((end) => hrefs.some((href) => href.endsWith(end)))) &&
    hrefs.every((href) => shown.some((each) => each.some((end) => href.endsWith(end))))
  );
};

const sameRelations = (of: ModelClass, node: Node, { _links: links = {} }: Resource): string | null =>
  of.relations.find(
    ({ jsonName, target }) => !sameLinks(entry(model.classes, target), node[`link_${jsonName}`], links[jsonName] ?? []),
  )?.jsonName ?? null;

describe('GraphQL of the demo', () => {
  let hub: DemoHub;
  before(async () => {
    hub = await startDemo();
  });
  after(() => hub?.stop());

  for (const [client, least] of [
    ['demo-fint-client', 10_000],
    ['demo-school', 5_000],
    ['demo-lms', 5_000],
    ['demo-protected', 5_000],
  ] as const)
    it(`tells ${client} what REST tells`, { timeout: 240_000 }, async () => {
      const caller = await hub.as(client);
      let told = 0;
      for (const of of model.classes.values()) {
        if (of.kind !== 'main') continue;
        const resources = await resourcesOf(caller, of);
        const found = await nodesOf(caller, of);
        assert.equal(found?.total ?? 0, resources.length, of.key);
        const byText = Map.groupBy(resources, textOf);
        for (const node of found?.nodes ?? []) {
          const alike = byText.get(textOf(node)) ?? [];
          assert.ok(alike.length > 0, `${of.key}: ${textOf(node)} is not what REST tells`);
          const [wrong] = alike
            .map((resource) => sameRelations(of, node, resource))
            .toSorted((a, b) => Number(a !== null) - Number(b !== null));
          assert.equal(wrong, null, `${of.key}: ${textOf(node)}`);
          told += 1;
        }
      }
      assert.ok(told > least, `only ${told} resources`);
    });
});
