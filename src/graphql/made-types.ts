// The types that the engine makes itself: connections, their edges, and the place within them. As types of a face, so that whatever reads faces
// reads them too.
import type { Text } from '#model/model.ts';
import type { Face, FaceField, FaceType, Marks } from './face.ts';

export type ObjectType = Extract<FaceType, { kind: 'object' }>;

export const pageInfoName = 'PageInfo';

/** The name of the edges of a connection. */
export const edgeName = (connection: string): string => `${connection}Edge`;

const plain: Marks = { contract: null, deprecated: null };

const field = (name: string, type: string, describe: Text): FaceField => ({
  name,
  type,
  args: [],
  describe,
  marks: plain,
  source: { kind: 'value', path: [name] },
});

const object = (name: string, marks: Marks, describe: Text, fields: readonly FaceField[]): ObjectType => ({
  kind: 'object',
  name,
  describe,
  marks,
  interfaces: [],
  of: 'made',
  fields,
});

/** The types that the connections of a face need, marked as the connections are. */
export const madeTypes = ({ connections }: Pick<Face, 'connections'>): readonly ObjectType[] => [
  ...(connections.size === 0 ? [] : [pageInfo]),
  ...[...connections].flatMap(([name, { node, marks }]) => [
    object(name, marks, { nb: 'En side av en liste.', en: 'A page of a list.' }, [
      field('edges', `[${edgeName(name)}!]!`, {
        nb: 'Det som står på siden, med hvert sitt merke.',
        en: 'What stands on the page, each with its cursor.',
      }),
      field('nodes', `[${node}]!`, { nb: 'Det som står på siden.', en: 'What stands on the page.' }),
      field('pageInfo', `${pageInfoName}!`, { nb: 'Om siden.', en: 'About the page.' }),
      field('totalCount', 'Int', {
        nb: 'Hvor mange det er i hele listen. Telles bare når feltet er med i spørringen.',
        en: 'How many there are in the whole list. Counted only when asked for.',
      }),
    ]),
    object(edgeName(name), marks, { nb: 'Ett ledd i en liste.', en: 'One item of a list.' }, [
      field('cursor', 'String!', {
        nb: 'Merket til leddet: `after` med dette går videre etter det.',
        en: 'Its cursor: `after` with it goes on after the item.',
      }),
      field('node', node, { nb: 'Det som står her.', en: 'What stands here.' }),
    ]),
  ]),
];

const pageInfo = object(pageInfoName, plain, { nb: 'Hvor i en liste en side er.', en: 'Where in a list a page is.' }, [
  field('hasNextPage', 'Boolean!', { nb: 'Det er mer etter siden.', en: 'There is more after the page.' }),
  field('hasPreviousPage', 'Boolean!', {
    nb: 'Siden ble spurt etter med `after`: det er noe foran den.',
    en: 'The page was asked for with `after`: something stands before it.',
  }),
  field('startCursor', 'String', { nb: 'Merket til det første på siden.', en: 'The cursor of the first on the page.' }),
  field('endCursor', 'String', { nb: 'Merket til det siste på siden.', en: 'The cursor of the last on the page.' }),
]);
