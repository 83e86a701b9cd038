// Answers of many objects: 1,000 on the top level, 8,000 in all, beside what the library makes of the same resources.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, isObjectType, parse } from 'graphql';
import { createGraphql } from '#graphql/answer-request.ts';
import type { Graph, GraphNode, GraphPage } from '#hub/graph/graph.ts';
import { request } from './asking.ts';
import { bySystemId, identified, model, paths } from './county.ts';
import { smallFace } from './small-face.ts';

const record = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null) as Record<string, T>, entries);

const node = (
  collection: string,
  values: Readonly<Record<string, unknown>>,
  edges: Readonly<Record<string, GraphPage>> = {},
  nested: GraphNode['nested'] = {},
): GraphNode => ({
  uid: 1,
  collection,
  values,
  hides: () => false,
  addresses: {},
  edges: record(edges),
  nested: record(nested),
});

const page = (...nodes: readonly GraphNode[]): GraphPage => ({
  nodes,
  more: false,
  total: nodes.length,
  place: String,
});

const href = bySystemId(paths.country, 'NO');
const country = node(paths.country, { systemId: identified('NO'), navn: 'Norge', kode: 'NO' });
const roots = Array.from({ length: 1_000 }, (_, at) => {
  const address = { adresselinje: ['Gate 1'], poststed: 'Prøvestad', _links: { land: [{ href }] } };
  const person = node(
    paths.person,
    { fodselsnummer: identified('01810000000'), navn: { fornavn: `F${at}`, etternavn: 'E' }, bostedsadresse: address },
    {},
    { 'bostedsadresse.land': new Map([[href, country]]) },
  );
  const school = node(paths.school, { skolenummer: identified('1001'), navn: 'Skole 1' });
  const pupil = node(
    paths.pupil,
    { systemId: identified(`e${at}`), feidenavn: identified(`elev${at}@x.test`) },
    { person: page(person) },
  );
  return node(
    paths.enrolment,
    { systemId: identified(`f-${at}`), beskrivelse: `forhold ${at}`, tosprakligFagopplaring: true },
    { elev: page(pupil), skole: page(school) },
  );
});
const graph: Graph = { read: async () => [{ kind: 'page', page: page(...roots) }] };

const query = `{ elevforhold(first: 1000) { totalCount nodes { beskrivelse tosprakligFagopplaring skole { navn skolenummer navnAlleSprak { nb nn } }
  elev { systemId feidenavn person { fodselsnummer navn { fornavn etternavn } bostedsadresse { adresselinje poststed land { kode navn } } } } } } }`;

const dataOf = (text: string): string => JSON.stringify((JSON.parse(text) as { readonly data: unknown }).data);

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : null;

/** The library, each field resolved in the shortest way. */
const byLibrary = (engine: ReturnType<typeof createGraphql>): (() => Promise<string>) => {
  const { schema, open } = engine.schemas(new Set());
  const document = parse(query);
  for (const type of Object.values(schema.getTypeMap())) {
    const known = open.types.get(type.name);
    if (!isObjectType(type) || known?.kind !== 'object') continue;
    for (const field of Object.values(type.getFields())) {
      const source = known.fields.find(({ name }) => name === field.name)?.source;
      if (source?.kind === 'value') {
        const { path } = source;
        field.resolve =
          known.of === 'node'
            ? (value: GraphNode) => path.reduce<unknown>(member, value.values)
            : (value: unknown) => path.reduce<unknown>(member, value);
      }
      if (source?.kind === 'made-of') field.resolve = (value: GraphNode) => source.from(value);
      if (source?.kind === 'link')
        field.resolve =
          known.of === 'value' ? () => country : (value: GraphNode) => value.edges[source.relation]?.nodes[0];
      if (source?.kind === 'root') field.resolve = () => ({ totalCount: roots.length, nodes: roots });
    }
  }
  return async () => JSON.stringify(await execute({ schema, document }));
};

const unforeseen = (error: unknown): void => assert.fail(String(error));

test('an answer of 8,000 objects is what the library makes of them', async () => {
  const engine = createGraphql({ face: smallFace, model, graph, observe: unforeseen });
  const { text } = await engine.answer(JSON.stringify({ query }), new Set(), request);
  assert.equal(dataOf(text), dataOf(await byLibrary(engine)()));
});
