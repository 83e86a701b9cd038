// Mutations as a part of the face: the type of them all, types of input, payload and errors for each, and the field that tells of outcomes. Made once,
// given to fs-graphql-api.ts. Knows no class by name.
import { HubError } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { FaceField, FaceInput, FaceType, TypeRef } from '#graphql/face.ts';
import { createNodeRef } from '#graphql/node-ref.ts';
import type { Mutation, MutationField, Mutations, ScalarWord } from '#model/graphql-mutation.ts';
import type { Text } from '#model/model.ts';
import type { FaceParts } from '../face/fs-face.ts';
import { firm, marked } from '../face/marks.ts';
import { nodeInterface } from '../face/class-types.ts';
import type { MutationDeps } from './call.ts';
import { makes } from './call-entries.ts';
import { errorsOf } from './errors-of.ts';
import { createMutations, type RunMutation } from './run-mutation.ts';

const mutationName = 'Mutation';
const errorInterface = 'Error';

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const scalarTypes: Readonly<Record<ScalarWord, string>> = {
  text: 'String',
  boolean: 'Boolean',
  int: 'Int',
  decimal: 'BigDecimal',
  date: 'Date',
  time: 'Time',
  dateTime: 'DateTime',
};

/** What the face takes of mutations. */
export const mutationParts = (deps: MutationDeps): FaceParts => {
  const { mutations } = deps;
  const compile = createMutations(deps);
  const made = mutations.mutations.map((mutation) => typesOf(mutation, mutations));
  const root: FaceType = {
    kind: 'object',
    name: mutationName,
    describe: { nb: 'Alt som kan endres.', en: 'Everything that can be changed.' },
    marks: firm,
    interfaces: [],
    of: 'root',
    fields: mutations.mutations.map((mutation) => fieldOf(mutation, compile(mutation))),
  };
  const shared = new Map(made.flat().map((type) => [type.name, type]));
  return {
    mutation: mutations.mutations.length === 0 ? null : mutationName,
    fields: [outcomeField(deps)],
    types: [root, ...shared.values(), ...errorTypes(mutations), ...enumTypes(mutations), ...outcomeTypes(mutations)],
    connections: new Map(),
  };
};

const inputName = ({ name }: Mutation): string => `${pascal(name)}Input`;
const payloadName = ({ name }: Mutation): string => `${pascal(name)}Payload`;
const unionName = ({ name }: Mutation): string => `${pascal(name)}Error`;

const fieldOf = (mutation: Mutation, run: RunMutation): FaceField => {
  return {
    name: mutation.name,
    type: payloadName(mutation),
    args: [
      {
        name: 'input',
        type: `[${inputName(mutation)}!]!`,
        describe: {
          nb: `Inntil ${limits.mutationRows} rader. Er noe galt med én av dem, blir ingen skrevet.`,
          en: `Up to ${limits.mutationRows} rows. When anything is wrong with one of them, none is written.`,
        },
        marks: firm,
      },
    ],
    describe: mutation.describe,
    marks: marked(mutation.contract),
    source: { kind: 'produced', run },
  };
};

const typesOf = (mutation: Mutation, mutations: Mutations): readonly FaceType[] => {
  const marks = marked(mutation.contract);
  const { result } = mutation;
  const all: FaceType[] = [];
  inputTypes(inputName(mutation), mutation.describe, mutation.fields, all);
  return [
    ...all,
    {
      kind: 'object',
      name: payloadName(mutation),
      describe: mutation.describe,
      marks,
      interfaces: [],
      of: 'made',
      fields: [
        madeField(result.name, `[${result.collection.class.className}]`, {
          nb: 'Det som ble skrevet, slik du ser det nå; null når noe var galt.',
          en: 'What was written, as you see it now; null when something was wrong.',
        }),
        ...(makes(mutation) ? [madeField(mutations.ids.name, '[ID]', mutations.ids.describe)] : []),
        madeField('errors', `[${unionName(mutation)}]`, {
          nb: 'Alt som var galt, i alle radene; tom når alt ble skrevet.',
          en: 'Everything that was wrong, in all rows; empty when everything was written.',
        }),
      ],
    },
    {
      kind: 'union',
      name: unionName(mutation),
      describe: { nb: 'Det som kan være galt.', en: 'What can be wrong.' },
      marks,
      members: errorsOf(mutation, mutations),
    },
  ];
};

/** An input and those within it. */
const inputTypes = (name: string, describe: Text, fields: readonly MutationField[], into: FaceType[]): void => {
  for (const { form, describe: own } of fields)
    if (form.kind === 'input') inputTypes(typeNameOf(form.name), own, form.fields, into);
  into.push({
    kind: 'input',
    name,
    describe,
    marks: firm,
    fields: fields.map((field): FaceInput => ({
      name: field.name,
      type: refOf(field),
      describe: field.describe,
      marks: firm,
    })),
  });
};

const typeNameOf = (name: string): string => (name.endsWith('Input') ? name : `${name}Input`);

const refOf = ({ form, list, optional }: MutationField): TypeRef => {
  const name = ((): string => {
    switch (form.kind) {
      case 'id':
        return 'ID';
      case 'scalar':
        return scalarTypes[form.type];
      case 'enum':
        return form.name;
      case 'input':
        return typeNameOf(form.name);
    }
  })();
  return `${list ? `[${name}!]` : name}${optional ? '' : '!'}`;
};

const told: readonly (readonly [string, TypeRef, Text])[] = [
  ['message', 'String!', { nb: 'Hva som er galt.', en: 'What is wrong.' }],
  [
    'path',
    '[String!]!',
    { nb: 'Hvor i det som ble sendt: input, rad, felt.', en: 'Where in what was sent: input, row, field.' },
  ],
];

const errorTypes = ({ errors, outcome, roles }: Mutations): readonly FaceType[] => {
  const common = told.map(([name, type, describe]) => ({ name, type, args: [], describe, marks: firm }));
  const more = (name: string): readonly FaceField[] =>
    name !== roles.waiting
      ? []
      : [
          madeField(outcome.argument, 'ID!', { nb: 'Id-en å spørre med.', en: 'The id to ask by.' }),
          madeField(outcome.retry, 'Int!', {
            nb: 'Sekunder å vente før det spørres.',
            en: 'Seconds to wait before asking.',
          }),
        ];
  return [
    {
      kind: 'interface',
      name: errorInterface,
      describe: { nb: 'Noe som er galt med det som ble sendt.', en: 'Something wrong with what was sent.' },
      marks: firm,
      fields: common,
      apart: true,
    },
    ...[...errors].map(([name, describe]): FaceType => ({
      kind: 'object',
      name,
      describe,
      marks: firm,
      interfaces: [errorInterface],
      of: 'made',
      fields: [...told.map(([key, type, text]) => madeField(key, type, text)), ...more(name)],
    })),
  ];
};

const madeField = (name: string, type: TypeRef, describe: Text): FaceField => ({
  name,
  type,
  args: [],
  describe,
  marks: firm,
  source: { kind: 'value', path: [name] },
});

const enumTypes = ({ enums }: Mutations): readonly FaceType[] =>
  [...enums].map(([name, values]) => ({
    kind: 'enum',
    name,
    describe: { nb: `Verdiene av ${name}.`, en: `The values of ${name}.` },
    marks: firm,
    values: [...values].map(([value, describe]) => ({ name: value, describe, marks: firm })),
  }));

const outcomeTypes = ({ outcome }: Mutations): readonly FaceType[] => {
  const { argument, describe, messages, objects, retry, state, type } = outcome;
  return [
    {
      kind: 'enum',
      name: state.type,
      describe: { nb: 'Hva det ble til med en endring.', en: 'What became of a change.' },
      marks: firm,
      values: Object.values(state.values).map((name) => ({ name, describe: { nb: name, en: name }, marks: firm })),
    },
    {
      kind: 'object',
      name: type,
      describe,
      marks: firm,
      interfaces: [],
      of: 'made',
      fields: [
        madeField(argument, 'ID!', { nb: 'Id-en til endringen.', en: 'The id of the change.' }),
        madeField(state.name, `${state.type}!`, { nb: 'Utfallet så langt.', en: 'The outcome so far.' }),
        madeField(retry, 'Int', {
          nb: 'Sekunder å vente; null når det er avgjort.',
          en: 'Seconds to wait; null once it is decided.',
        }),
        madeField(messages, '[String!]!', { nb: 'Det kildesystemet sa.', en: 'What the source system said.' }),
        madeField(objects, `[${nodeInterface}]`, { nb: 'Det som ble skrevet.', en: 'What was written.' }),
      ],
    },
  ];
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What became of a change, for the application that asked and nobody else. */
const outcomeField = ({ hub, mutations }: MutationDeps): FaceField => {
  const { argument, contract, describe, field, messages, objects, retry, state, type } = mutations.outcome;
  return {
    name: field,
    type,
    args: [
      {
        name: argument,
        type: 'ID!',
        describe: { nb: 'Id-en til endringen.', en: 'The id of the change.' },
        marks: firm,
      },
    ],
    describe,
    marks: marked(contract),
    source: {
      kind: 'produced',
      run: async (args, { context }) => {
        const id = String(args[argument]);
        if (!uuid.test(id)) return null;
        const result = await hub.run({ kind: 'outcome-many', id }, context);
        if (result.kind === 'refused') throw new HubError(result.problem);
        if (result.kind !== 'outcome-many' || result.outcome.state === 'forgotten') return null;
        const { outcome } = result;
        const isOpen = outcome.state === 'waiting';
        const parts = isOpen ? [] : outcome.parts;
        return {
          [argument]: id,
          [state.name]: state.values[outcome.state],
          [retry]: isOpen ? outcome.retryAfter : null,
          [messages]: parts.flatMap(({ answer }) => (answer === null || answer.message === '' ? [] : [answer.message])),
          [objects]: parts.flatMap(({ collection, uid, state: became }) =>
            uid === null || became !== 'written' ? [] : [createNodeRef(collection, uid)],
          ),
        };
      },
    },
  };
};
