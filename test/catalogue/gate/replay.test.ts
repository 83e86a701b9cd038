// Registered documents and recorded use held against what changes: whose documents break, and who has used what is hit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentEntry, documentOf, removedDocument, type ClientDocument } from '#catalogue/client-document.ts';
import { compareReleases } from '#catalogue/gate/compare-releases.ts';
import type { ReleaseSet } from '#catalogue/gate/release-set.ts';
import { hitParts, replayDocuments } from '#catalogue/gate/replay.ts';
import { documentTrier } from '#catalogue/gate/try-document.ts';
import { hitsOf } from '#catalogue/impact.ts';
import { limits } from '#base/limits.ts';

const firm = `
type Query { emner(filter: Filter!, first: Int = 100): EmneConnection! niva: Niva treff: Treff node(id: ID!): Node }
type EmneConnection { nodes: [Emne!]! edges: [Kant!] totalCount: Int }
type Kant { node: Emne cursor: String }
interface Node { id: ID! }
type Emne implements Node { id: ID! navn: String larere: [Larer!]! undervisning(first: Int = 10): EmneConnection! }
type Larer { navn: String }
union Treff = Emne | Larer
enum Niva { LAV HOY }
input Filter { eier: String! og: Ogsa }
input Ogsa { koder: [String!] }
`;
const wide = firm.replace('niva: Niva', 'niva: Niva kommende: String');

const release = (production: string, experimental: string = production): ReleaseSet => ({
  release: 1,
  day: '2027-03-31',
  apis: new Map([['fs', { status: 'production', policy: 'sikt' }]]),
  artefacts: [
    ['fs/production.graphql', production] as const,
    ['fs/beta.graphql', experimental] as const,
    ['fs/experimental.graphql', experimental] as const,
  ].map(([name, text]) => ({ name, api: 'fs', type: 'application/graphql', text })),
});

const document = (id: string, text: string, flags: readonly string[] = []): ClientDocument => ({
  id,
  application: `app-${id}`,
  owner: 'vendor.no',
  api: 'fs',
  name: `spørring ${id}`,
  flags,
  text,
  createdAt: 1_000,
});

const documents = [
  document('names', 'query ($eier: String!) { emner(filter: { eier: $eier }) { nodes { navn } } }'),
  document('count', '{ emner(filter: { eier: "186" }) { totalCount } }'),
  document('coming', '{ kommende }', ['beta']),
  document('wrong', '{ aldri }'),
];

const broken = (before: ReleaseSet, after: ReleaseSet, most?: number): readonly string[] =>
  replayDocuments(documents, before, after, most).map(({ application }) => application);

test('nothing breaks where nothing changes', () => {
  assert.deepEqual(broken(release(firm, wide), release(firm, wide)), []);
});

test('a document that does not validate any more names whose it is, and why', () => {
  const found = replayDocuments(
    documents,
    release(firm, wide),
    release(firm.replace('id: ID! navn: String', 'id: ID!'), wide),
  );
  assert.deepEqual(
    found.map(({ document: id, name, application, owner, api }) => ({ id, name, application, owner, api })),
    [{ id: 'names', name: 'spørring names', application: 'app-names', owner: 'vendor.no', api: 'fs' }],
  );
  assert.match(found[0]?.errors.join() ?? '', /Cannot query field "navn" on type "Emne"/);
});

test('a document is tried with the flags that it is sent with', () => {
  assert.deepEqual(broken(release(firm, wide), release(firm, firm)), ['app-coming']);
  // Opened to all: who sends the flag finds it still.
  assert.deepEqual(broken(release(firm, wide), release(wide, wide)), []);
});

test('a flag opens what is less firm and not what is firmer', () => {
  const marked = (status: string): string =>
    `directive @contract(status: String!) on FIELD_DEFINITION directive @feature(flags: [String!]!) on FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE
    ${firm.replace(
      'niva: Niva',
      `niva: Niva kommende(av: Niva @feature(flags: ["pilot", "experimental"])): String @contract(status: "${status}") @feature(flags: ["${status}"])`,
    )}`;
  const [before, after] = [release(firm, marked('experimental')), release(firm, marked('beta'))];
  const sent = (flags: readonly string[], text = '{ kommende }'): readonly string[] =>
    replayDocuments([document('coming', text, flags)], before, after).flatMap(({ errors }) => errors);
  assert.deepEqual(sent(['experimental']), ['Query.kommende asks for one of the flags beta.']);
  assert.deepEqual(sent(['beta', 'experimental']), []);
  assert.deepEqual(sent(['beta', 'experimental'], '{ kommende(av: LAV) }'), []);
  // Wrong before already: it is nobody's fault now.
  assert.deepEqual(replayDocuments([document('coming', '{ kommende }', ['beta'])], after, after), []);
  assert.deepEqual(replayDocuments([document('coming', '{ kommende }', ['experimental'])], after, after), []);
});

test('an API that describes no schema any more breaks all that could be run', () => {
  assert.deepEqual(broken(release(firm, wide), { ...release(firm), artefacts: [] }), [
    'app-names',
    'app-count',
    'app-coming',
  ]);
});

test('a document that asks for more than is taken breaks, unless it did before', () => {
  const more = firm.replace('first: Int = 100', 'first: Int = 1000');
  assert.deepEqual(broken(release(firm, wide), release(more, wide), 500), ['app-names']);
  assert.deepEqual(broken(release(firm, wide), release(more, wide), 5_000), []);
  assert.deepEqual(broken(release(more, wide), release(more.replace('1000', '2000'), wide), 500), []);
});

test('what a document asks for is counted as far as it says', () => {
  const trier = documentTrier(firm);
  const cost = (text: string): number | null => trier(text).cost;
  assert.equal(cost('{ niva }'), 0);
  assert.equal(cost('{ node(id: 1) { id } }'), 1);
  assert.equal(cost('{ emner(filter: { eier: "1" }) { nodes { navn } } }'), 100);
  assert.equal(cost('{ emner(filter: { eier: "1" }, first: 7) { nodes { navn } edges { cursor } } }'), 7);
  assert.equal(cost('query ($n: Int = 3) { emner(filter: { eier: "1" }, first: $n) { nodes { navn } } }'), 3);
  assert.equal(
    cost('{ emner(filter: { eier: "1" }, first: 2) { nodes { undervisning { nodes { navn } } } } }'),
    2 * (1 + 10),
  );
  assert.equal(
    cost('{ emner(filter: { eier: "1" }, first: 2) { nodes { larere { navn } } } }'),
    2 * (1 + limits.graphqlListCost),
  );
  const spread = 'fragment f on Emne { undervisning(first: 5) { nodes { id } } }';
  assert.equal(
    cost(`{ node(id: 1) { ...f ... on Emne { larere { navn } } } } ${spread}`),
    1 + 5 + limits.graphqlListCost,
  );
  assert.equal(cost('{ aldri }'), null);
  assert.deepEqual(trier('{').cost, null);
});

const padded = (length: number): string => '{ niva }'.padEnd(length);

test('a document longer than is taken is not read', () => {
  const trier = documentTrier(firm);
  assert.deepEqual(trier(padded(limits.graphqlLength)).errors, []);
  assert.match(trier(padded(limits.graphqlLength + 1)).errors.join(), /longer/);
});

const day = '2027-01-02';
const uses = [
  ['lists', 'Query.emner'],
  ['lists', 'Query.emner(filter:)'],
  ['lists', 'Filter.eier'],
  ['lists', 'Emne.navn'],
  ['nested', 'Filter.og'],
  ['levels', 'Query.niva'],
  ['hits', 'Query.treff'],
].map(([application = '', part = '']) => ({ application, api: 'fs', part, day, count: 3 }));

const hit = (from: string, to: string): readonly string[] => {
  const before = release(firm);
  const partsOf = hitParts(before);
  const found = compareReleases(before, release(firm.replace(from, to)));
  assert.ok(found.length > 0);
  return [...new Set(found.flatMap((one) => hitsOf(partsOf(one), uses)).map(({ application }) => application))];
};

test('who has used a part is hit when it changes', () => {
  assert.deepEqual(hit('id: ID! navn: String', 'id: ID!'), ['lists']);
  assert.deepEqual(hit('enum Niva { LAV HOY }', 'enum Niva { LAV }'), ['levels']);
  assert.deepEqual(hit('union Treff = Emne | Larer', 'union Treff = Emne'), ['hits']);
});

test('what must be given, or counts where it is left out, hits who has used what it belongs to', () => {
  assert.deepEqual(hit('first: Int = 100', 'first: Int = 50'), ['lists']);
  assert.deepEqual(hit('niva: Niva', 'niva(av: String!): Niva'), ['levels']);
  assert.deepEqual(hit('input Filter { eier: String!', 'input Filter { eier: String! ny: Int!'), ['lists']);
  assert.deepEqual(hit('koder: [String!]', 'koder: [String!] = ["A"]'), ['nested']);
});

test('what nobody has used hits nobody', () => {
  assert.deepEqual(hit('type Larer { navn: String }', 'type Larer { navn: Int }'), []);
});

test('a document comes out of the register as it went in, and does not when it is removed', () => {
  const one = document('names', '{ niva }', ['beta']);
  const entry = documentEntry(one);
  assert.deepEqual(documentOf(entry), one);
  const removed = removedDocument(entry, 2_000);
  assert.deepEqual([removed.revision, removed.changedAt, removed.value, documentOf(removed)], [2, 2_000, null, null]);
});

test('fragments that unfold to more than anybody could count are counted', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, at) => `fragment f${at} on EmneConnection { totalCount ...f${at + 1} ...f${at + 1} }`,
  );
  const text = `{ emner(filter: { eier: "1" }) { ...f0 } } ${fragments.join(' ')} fragment f60 on EmneConnection { totalCount }`;
  const tried = documentTrier(firm)(text);
  assert.ok(tried.cost === 1 || tried.errors.length > 0, JSON.stringify(tried));
});
