// A small GraphQL API over the county of test/hub/world.ts: with every kind of source, type and mark. Used by the tests of this folder.
import type { Face, FaceField, FaceInput, FaceType, Marks, Source, RootAsk, FaceError } from '#graphql/face.ts';
import { createNodeRef } from '#graphql/node-ref.ts';
import type { GraphNode } from '#hub/graph/graph.ts';
import { problem } from '#base/errors.ts';
import { paths } from './county.ts';

export const firm: Marks = { contract: null, deprecated: null };
export const beta: Marks = { contract: 'beta', deprecated: null };
export const experimental: Marks = { contract: 'experimental', deprecated: null };
export const described = { nb: 'Beskrevet.', en: 'Described.' };

export const input = (name: string, type: string, more: Partial<FaceInput> = {}): FaceInput => ({
  name,
  type,
  describe: described,
  marks: firm,
  ...more,
});

export const field = (name: string, type: string, source: Source, more: Partial<FaceField> = {}): FaceField => ({
  name,
  type,
  args: [],
  describe: described,
  marks: firm,
  source,
  ...more,
});

type ObjectFace = Extract<FaceType, { kind: 'object' }>;

export const object = (
  name: string,
  of: ObjectFace['of'],
  fields: readonly FaceField[],
  more: Partial<ObjectFace> = {},
): ObjectFace => ({ kind: 'object', name, describe: described, marks: firm, interfaces: [], of, fields, ...more });

const value = (...path: readonly string[]): Source => ({ kind: 'value', path });
const text = (name: string, ...path: readonly string[]): FaceField => field(name, 'String', value(...path));
const id = field('id', 'ID!', { kind: 'id' });
const paging = [input('first', 'Int'), input('after', 'String')];
const one = (relation: string, collection: string): Source => ({
  kind: 'link',
  relation,
  many: false,
  collections: [collection],
});
const many = (relation: string, collection: string): Source => ({
  kind: 'link',
  relation,
  many: true,
  collections: [collection],
});
const pages = (relation: string, collection: string, defaultFirst = 10): Source => ({
  kind: 'connection',
  relation,
  collections: [collection],
  defaultFirst,
  ask: null,
});

const leading = new Map<string, string>([
  [paths.person, 'fodselsnummer'],
  [paths.school, 'skolenummer'],
]);

export const leadingOf = (collection: string): string => leading.get(collection) ?? 'systemId';

const typeNames = new Map<string, string>([
  [paths.school, 'Skole'],
  [paths.enrolment, 'Elevforhold'],
  [paths.pupil, 'Elev'],
  [paths.person, 'Person'],
  [paths.group, 'Klasse'],
  [paths.membership, 'Klassemedlemskap'],
  [paths.country, 'Land'],
  [paths.subject, 'Fag'],
  [paths.measure, 'Tiltak'],
]);

const identified = (node: GraphNode, attribute: string): string | null => {
  const found = node.values[attribute];
  if (typeof found !== 'object' || found === null || !('identifikatorverdi' in found)) return null;
  return typeof found.identifikatorverdi === 'string' ? found.identifikatorverdi : null;
};

export const idOf = (node: GraphNode): string | null => {
  const own = identified(node, leadingOf(node.collection));
  const type = typeNames.get(node.collection);
  return own === null || type === undefined ? null : Buffer.from(`${type}:${own}`).toString('base64url');
};

const readId = (
  text_: unknown,
): { readonly collection: string; readonly identifier: string; readonly value: string } | null => {
  const [type = '', ...rest] = Buffer.from(String(text_), 'base64url').toString().split(':');
  const found = [...typeNames].find(([, name]) => name === type);
  if (found === undefined || rest.length === 0) return null;
  return { collection: found[0], identifier: leadingOf(found[0]).toLowerCase(), value: rest.join(':') };
};

const first = (args: Readonly<Record<string, unknown>>): number =>
  typeof args['first'] === 'number' ? args['first'] : 100;
const after = (args: Readonly<Record<string, unknown>>): string | null =>
  typeof args['after'] === 'string' ? args['after'] : null;

const listOf =
  (...collections: readonly string[]) =>
  (args: Readonly<Record<string, unknown>>): RootAsk | FaceError => {
    const filter = args['filter'] as { readonly eier?: string } | undefined;
    if (filter?.eier !== undefined && filter.eier !== 'fjordheim')
      return { error: problem('HUB-204', 'No such owner for this application.') };
    return {
      kind: 'list',
      collections,
      narrow: collections.map(() => null),
      order: null,
      first: first(args),
      after: after(args),
    };
  };

const query = object('Query', 'root', [
  field(
    'skoler',
    'SkoleConnection',
    { kind: 'root', ask: listOf(paths.school) },
    { args: [...paging, input('filter', 'SkoleFilter')] },
  ),
  field(
    'elevforhold',
    'ElevforholdConnection',
    { kind: 'root', ask: listOf(paths.enrolment) },
    { args: [input('first', 'Int', { default: 100 }), input('after', 'String')] },
  ),
  field('alle', 'NodeConnection', { kind: 'root', ask: listOf(paths.school, paths.group) }, { args: paging }),
  field('personListe', '[Person!]', { kind: 'root', ask: listOf(paths.person) }, { args: paging }),
  field(
    'elever',
    '[Elev]!',
    {
      kind: 'root',
      ask: ({ ider }) => ({
        kind: 'named',
        collection: paths.pupil,
        by: { identifier: 'systemid' },
        values: ider as readonly string[],
      }),
    },
    { args: [input('ider', '[String!]!')] },
  ),
  field(
    'elev',
    'Elev',
    {
      kind: 'root',
      ask: ({ systemId }) =>
        typeof systemId === 'string'
          ? { kind: 'named', collection: paths.pupil, by: { identifier: 'systemid' }, values: [systemId] }
          : { kind: 'nothing' },
    },
    { args: [input('systemId', 'String')] },
  ),
  field(
    'node',
    'Node',
    { kind: 'root', ask: ({ id: asked }) => ({ kind: 'nodes', of: [readId(asked)] }) },
    { args: [input('id', 'ID!')] },
  ),
  field(
    'nodes',
    '[Node]!',
    { kind: 'root', ask: ({ ider }) => ({ kind: 'nodes', of: (ider as readonly unknown[]).map(readId) }) },
    { args: [input('ider', '[ID!]!')] },
  ),
  field('treff', '[Treff]', { kind: 'root', ask: listOf(paths.school, paths.person) }, { args: paging }),
  field(
    'rapport',
    'Rapport',
    {
      kind: 'produced',
      run: async ({ uid }) => ({
        tekst: 'funnet',
        antall: 3,
        skole: typeof uid === 'number' ? createNodeRef(paths.school, uid) : null,
        funn: [
          { __typename: 'Funn', tekst: 'en' },
          { __typename: 'Feil', tekst: 'to', sti: ['a', '1'] },
        ],
      }),
    },
    { args: [input('uid', 'Int')] },
  ),
  field('tiltak', '[Tiltak!]', { kind: 'root', ask: listOf(paths.measure) }, { marks: experimental }),
  field('fag', '[Fag!]', { kind: 'root', ask: listOf(paths.subject) }),
  field('kommende', 'String', { kind: 'produced', run: async () => 'beta' }, { marks: beta }),
  field(
    'prøve'.replace('ø', 'o'),
    'String',
    { kind: 'produced', run: async ({ sort, sok }) => `${String(sort)} ${JSON.stringify(sok ?? null)}` },
    {
      args: [
        input('sort', 'Sortering', { default: 'NAVN' }),
        input('sok', 'Sok'),
        input('prove', 'Int', { marks: beta }),
      ],
    },
  ),
]);

const mutation = object('Mutation', 'root', [
  field(
    'nevn',
    'Nevnt',
    {
      kind: 'produced',
      run: async ({ uid, feil }) => {
        if (feil === true) throw new Error('boom of somewhere');
        return { skoler: [createNodeRef(paths.school, Number(uid)), null], errors: [] };
      },
    },
    { args: [input('uid', 'Int!'), input('feil', 'Boolean')] },
  ),
]);

const nodeType = (name: string, collection: string, fields: readonly FaceField[], more: Partial<ObjectFace> = {}) =>
  object(name, 'node', [id, ...fields], { interfaces: ['Node'], collections: [collection], ...more });

const name = field('navn', 'String', value('navn'));

export const smallFace: Face = {
  api: 'small',
  query: 'Query',
  mutation: 'Mutation',
  types: [
    query,
    mutation,
    nodeType(
      'Skole',
      paths.school,
      [
        name,
        text('skolenummer', 'skolenummer', 'identifikatorverdi'),
        field('elevforhold', 'ElevforholdConnection', pages('elevforhold', paths.enrolment), { args: paging }),
        field('klasser', '[Klasse!]', many('klasse', paths.group)),
        field('navnAlleSprak', 'Sprak', {
          kind: 'made-of',
          attributes: ['navn'],
          from: ({ values }) => ({ nb: values['navn'], nn: null }),
        }),
      ],
      { interfaces: ['Node', 'Navngitt'] },
    ),
    nodeType(
      'Klasse',
      paths.group,
      [
        name,
        field('beskrivelse', 'String!', value('beskrivelse'), { marks: { contract: null, deprecated: 'Bruk navn.' } }),
        field('skole', 'Skole', one('skole', paths.school)),
        field('medlemskap', 'KlassemedlemskapConnection', pages('klassemedlemskap', paths.membership, 2), {
          args: paging,
        }),
      ],
      { interfaces: ['Node', 'Navngitt'] },
    ),
    nodeType('Klassemedlemskap', paths.membership, [
      field('elevforhold', 'Elevforhold!', one('elevforhold', paths.enrolment)),
      field('klasse', 'Klasse!', one('klasse', paths.group)),
    ]),
    nodeType('Elevforhold', paths.enrolment, [
      text('beskrivelse', 'beskrivelse'),
      field('tosprakligFagopplaring', 'Boolean', value('tosprakligFagopplaring')),
      field('elev', 'Elev!', one('elev', paths.pupil)),
      field('skole', 'Skole', one('skole', paths.school)),
    ]),
    nodeType('Elev', paths.pupil, [
      text('feidenavn', 'feidenavn', 'identifikatorverdi'),
      text('systemId', 'systemId', 'identifikatorverdi'),
      field('person', 'Person', one('person', paths.person)),
      field('elevforhold', '[Elevforhold!]!', many('elevforhold', paths.enrolment)),
    ]),
    nodeType('Person', paths.person, [
      field('fodselsnummer', 'String!', value('fodselsnummer', 'identifikatorverdi')),
      field('navn', 'Personnavn!', value('navn')),
      field('bostedsadresse', 'Adresse', value('bostedsadresse')),
      field('foreldre', '[Person]', many('foreldre', paths.person)),
      field('fodselsdato', 'Dato', value('fodselsdato')),
    ]),
    nodeType(
      'Tiltak',
      paths.measure,
      [
        field('elevforhold', 'Elevforhold', one('elev', paths.enrolment)),
        field('fag', '[Fag!]', many('fag', paths.subject)),
      ],
      { marks: experimental },
    ),
    object('Personnavn', 'value', [
      text('fornavn', 'fornavn'),
      text('etternavn', 'etternavn'),
      text('mellomnavn', 'mellomnavn'),
    ]),
    object('Adresse', 'value', [
      field('adresselinje', '[String!]', value('adresselinje')),
      text('poststed', 'poststed'),
      field('land', 'Land', one('land', paths.country)),
      field('adresser', '[String]', { kind: 'address', relation: 'land', many: true }),
    ]),
    nodeType('Land', paths.country, [name, text('kode', 'kode')]),
    nodeType('Fag', paths.subject, [
      name,
      field('grepreferanse', '[String]', { kind: 'address', relation: 'grepreferanse', many: true }),
    ]),
    object('Sprak', 'made', [text('nb', 'nb'), text('nn', 'nn')]),
    object('Rapport', 'made', [
      text('tekst', 'tekst'),
      field('antall', 'Int!', value('antall')),
      field('skole', 'Skole', value('skole')),
      field('funn', '[Merknad!]', value('funn')),
    ]),
    object('Nevnt', 'made', [
      field('skoler', '[Skole]', value('skoler')),
      field('errors', '[Merknad!]', value('errors')),
    ]),
    object('Funn', 'made', [text('tekst', 'tekst')], { interfaces: ['Tekst'] }),
    object('Feil', 'made', [text('tekst', 'tekst'), field('sti', '[String!]!', value('sti'))], {
      interfaces: ['Tekst'],
    }),
    {
      kind: 'interface',
      name: 'Node',
      describe: described,
      marks: firm,
      fields: [{ name: 'id', type: 'ID!', args: [], describe: described, marks: firm }],
    },
    {
      kind: 'interface',
      name: 'Navngitt',
      describe: described,
      marks: firm,
      fields: [{ name: 'navn', type: 'String', args: [], describe: described, marks: firm }],
    },
    {
      kind: 'interface',
      name: 'Tekst',
      describe: described,
      marks: firm,
      fields: [{ name: 'tekst', type: 'String', args: [], describe: described, marks: firm }],
    },
    { kind: 'union', name: 'Treff', describe: described, marks: firm, members: ['Skole', 'Person'] },
    { kind: 'union', name: 'Merknad', describe: described, marks: firm, members: ['Funn', 'Feil'] },
    {
      kind: 'enum',
      name: 'Sortering',
      describe: described,
      marks: firm,
      values: [
        { name: 'NAVN', describe: described, marks: firm },
        { name: 'NUMMER', describe: described, marks: beta },
      ],
    },
    {
      kind: 'input',
      name: 'SkoleFilter',
      describe: described,
      marks: firm,
      fields: [input('eier', 'String!'), input('navn', '[String!]')],
    },
    {
      kind: 'input',
      name: 'Sok',
      describe: described,
      marks: firm,
      fields: [
        input('tekst', 'String'),
        input('dato', 'Dato'),
        input('og', '[Sok!]'),
        input('hemmelig', 'String', { marks: experimental }),
      ],
    },
    {
      kind: 'input',
      name: 'Ett',
      describe: described,
      marks: firm,
      fields: [input('a', 'String'), input('b', 'Int')],
      oneOf: true,
    },
    {
      kind: 'scalar',
      name: 'Dato',
      describe: described,
      marks: firm,
      specifiedBy: 'https://example.org/dato',
      read: (given) =>
        typeof given === 'string' && /^\d{4}-\d\d-\d\d$/.test(given) ? { value: given } : { wrong: 'Must be a date.' },
      write: (stored) => (typeof stored === 'string' ? stored.slice(0, 10) : null),
    },
  ],
  connections: new Map([
    ['SkoleConnection', { node: 'Skole', marks: firm }],
    ['ElevforholdConnection', { node: 'Elevforhold', marks: firm }],
    ['KlassemedlemskapConnection', { node: 'Klassemedlemskap', marks: firm }],
    ['NodeConnection', { node: 'Node', marks: firm }],
  ]),
  typeOf: (collection) => typeNames.get(collection) ?? 'Ukjent',
  ids: { attributes: (collection) => [leadingOf(collection)], of: idOf },
};
