// Events as a part of the face: a root field for each family, with the types of its events and kinds. Made once, given to fs-graphql-api.ts. Knows no
// class by name.
import { HubError, problem } from '#base/errors.ts';
import type { EventKindsDescription } from '#catalogue/gate/event-kinds.ts';
import type { FaceField, FaceInput, FaceType, Marks, TypeRef } from '#graphql/face.ts';
import type { EventFamily, EventKind, GraphqlEvents } from '#model/graphql-events.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model, Text } from '#model/model.ts';
import type { FaceParts } from '../face/fs-face.ts';
import { firm, marked } from '../face/marks.ts';
import { input, mapOf, pascal, wrongOwner } from '../face/root-field.ts';
import type { Owners } from '../owner.ts';
import { familyStreams } from './event-streams.ts';
import { pagesOf, type TellDeps } from './tell-events.ts';

export type EventPartsDeps = TellDeps & {
  readonly model: Model;
  readonly data: GraphqlEvents;
  readonly roots: GraphqlRoots;
  readonly owners: Owners;
};

const usualFirst = 100;

/** What the face takes of events. Throws when the model does not bear out what the data say. */
export const eventParts = (deps: EventPartsDeps): FaceParts => {
  const { data } = deps;
  return {
    mutation: null,
    events: eventKindsOf(data),
    fields: data.families.map((family) => fieldOf(family, deps)),
    types: [commonType(data), ...data.families.flatMap((family) => typesOf(family, data))],
    connections: new Map(
      data.families.map((family) => [connectionName(family), { node: family.type, marks: marked(family.contract) }]),
    ),
  };
};

const connectionName = ({ type }: EventFamily): string => `${type}Connection`;
const filterName = ({ name }: EventFamily): string => `Query${pascal(name)}FilterInput`;

const fieldOf = (family: EventFamily, deps: EventPartsDeps): FaceField => {
  const { data, roots } = deps;
  const pages = pagesOf(family, familyStreams(family, deps.model), deps, data);
  return {
    name: family.name,
    type: connectionName(family),
    args: [
      input('filter', `${filterName(family)}!`, {
        nb: 'Hvem sine, og hvilke slag.',
        en: 'Whose, and of which kinds.',
      }),
      {
        ...input('first', 'Int', { nb: 'Høyeste antall hendelser.', en: 'Events, at most.' }),
        default: usualFirst,
      },
      input('after', 'String', {
        nb: 'Markøren å gå videre etter. Uten den: fra nå av, og ingen hendelser.',
        en: 'The cursor to go on after. Without it: from now on, and no events.',
      }),
    ],
    describe: family.describe,
    marks: marked(family.contract),
    source: {
      kind: 'produced',
      run: async (args, request) => {
        const filter = mapOf(args['filter']);
        const wrong = await wrongOwner(filter[roots.ownerArgument], deps, request);
        if (wrong !== null) throw new HubError(wrong.error);
        const kinds = [...listIn(filter[data.names.kinds]), ...listIn(filter[family.alias ?? ''])];
        if (kinds.length === 0) throw new HubError(noKinds(data.names.kinds));
        const { first, after } = args;
        return pages(
          {
            kinds: new Set(kinds),
            first: typeof first === 'number' ? first : usualFirst,
            after: typeof after === 'string' ? after : null,
          },
          request.context,
        );
      },
    },
  };
};

const listIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const noKinds = (argument: string) =>
  problem('HUB-103', `${argument} names no kind.`, {
    errors: [{ at: argument, message: 'takes at least one kind', code: 'HUB-103' }],
  });

const texts: Readonly<Record<'id' | 'kind' | 'time' | 'about' | 'kinds' | 'subject', Text>> = {
  id: { nb: 'Den samme hver gang hendelsen fortelles.', en: 'The same whenever the event is told.' },
  kind: { nb: 'Hva som har hendt.', en: 'What has happened.' },
  time: { nb: 'Når endringen kom til huben.', en: 'When the change came to the hub.' },
  about: {
    nb: 'En ugjennomsiktig id for det hendelsen gjelder, den samme i alle hendelser om det, også når det er borte. Null når du ikke ser det.',
    en: 'An opaque id of what the event is about, the same in all events about it, also when it is gone. Null when you do not see it.',
  },
  kinds: { nb: 'Slagene som skal fortelles, minst ett.', en: 'The kinds to be told, at least one.' },
  subject: {
    nb: 'Det hendelsen gjelder, slik du ser det nå; null når det er borte, eller ikke er for deg lenger.',
    en: 'What the event is about, as you see it now; null when it is gone, or not for you any more.',
  },
};

type Shown = readonly [name: string, type: TypeRef, describe: Text];

const commonFields = ({ names }: GraphqlEvents): readonly Shown[] => [
  ['id', 'ID!', texts.id],
  [names.time, 'DateTime!', texts.time],
  [names.about, 'ID', texts.about],
];

const commonType = (data: GraphqlEvents): FaceType => ({
  kind: 'interface',
  name: data.names.common,
  describe: { nb: 'Det som er felles for alle hendelser.', en: 'What all events have in common.' },
  marks: firm,
  fields: commonFields(data).map(bareField),
  apart: true,
});

const bareField = ([name, type, describe]: Shown): Omit<FaceField, 'source'> => ({
  name,
  type,
  args: [],
  describe,
  marks: firm,
});

const madeField = (shown: Shown): FaceField => ({
  ...bareField(shown),
  source: { kind: 'value', path: [shown[0]] },
});

/** What an event of a family holds, by GraphQL type. */
const shownOf = (family: EventFamily, data: GraphqlEvents): readonly Shown[] => [
  ...commonFields(data),
  [data.names.kind, `${family.kindType}!`, texts.kind],
  [family.subject.name, family.subject.of.className, texts.subject],
];

/** Every kind of event that is told, for those who hold releases to it: `studenthendelser/DODSFALL`. */
const eventKindsOf = (data: GraphqlEvents): EventKindsDescription => ({
  kinds: Object.fromEntries(
    data.families.flatMap((family) =>
      family.kinds
        .filter(({ untold }) => untold === null)
        .map((kind) => [
          `${family.name}/${kind.name}`,
          {
            members: Object.fromEntries(shownOf(family, data).map(([name, type]) => [name, String(type)])),
            key: data.names.about,
            order: 'feed',
          },
        ]),
    ),
  ),
});

const typesOf = (family: EventFamily, data: GraphqlEvents): readonly FaceType[] => {
  const { names } = data;
  const marks = marked(family.contract);
  const shown = shownOf(family, data);
  const common = { describe: family.describe, marks };
  return [
    { kind: 'interface', name: family.type, ...common, fields: shown.map(bareField) },
    {
      kind: 'object',
      name: `${family.type}${names.item}`,
      ...common,
      interfaces: [names.common, family.type],
      of: 'made',
      fields: shown.map(madeField),
    },
    {
      kind: 'enum',
      name: family.kindType,
      describe: { nb: `Slagene av ${family.name}.`, en: `The kinds of ${family.name}.` },
      marks,
      values: family.kinds.map((kind) => ({
        name: kind.name,
        describe: kindText(kind),
        marks: kindMarks(kind, family),
      })),
    },
    { kind: 'input', name: filterName(family), ...common, fields: filterFields(family, data) },
  ];
};

const kindMarks = ({ contract }: EventKind, family: EventFamily): Marks =>
  contract === null ? firm : marked(contract === family.contract ? null : contract);

const kindText = ({ name, untold }: EventKind): Text =>
  untold === null ? { nb: name, en: name } : { nb: `Fortelles ikke: ${untold.nb}`, en: `Not told: ${untold.en}` };

const filterFields = (family: EventFamily, { names, owner }: GraphqlEvents): readonly FaceInput[] => {
  const owned = input(owner, 'String!', { nb: 'Institusjonens nummer.', en: 'The number of the institution.' });
  const list = `[${family.kindType}!]`;
  if (family.alias === null) return [owned, input(names.kinds, `${list}!`, texts.kinds)];
  const deprecated = `Bruk ${names.kinds}. Use ${names.kinds}.`;
  return [
    owned,
    input(names.kinds, list, texts.kinds),
    { ...input(family.alias, list, texts.kinds), marks: { contract: null, deprecated } },
  ];
};
