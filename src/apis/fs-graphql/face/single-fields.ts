// Root fields that give one: by an identifier that the owner has as well, who asks, and anything by its id. Used by root-fields.ts.
import { limits } from '#base/limits.ts';
import type { Args, FaceError, FaceField, FaceRequest, RootAsk } from '#graphql/face.ts';
import type { SelfRoot, SingleRoot } from '#model/graphql-roots.ts';
import { institutionNumber } from '../owner.ts';
import { nodeInterface } from './class-types.ts';
import { ownerText } from './filter-inputs.ts';
import { firm, marksOfOffer } from './marks.ts';
import { decodeNodeId } from '#mappings/node-ids.ts';
import { input, lowered, segmentOf, tooMany, wrongOwner, type RootDeps } from './root-field.ts';

/** One by an identifier. */
export const singleField = (root: SingleRoot, deps: RootDeps): FaceField => {
  const { roots } = deps;
  const ask = async (given: Args, request: FaceRequest): Promise<RootAsk | FaceError> => {
    const wrong = await wrongOwner(given[roots.ownerArgument], deps, request);
    if (wrong !== null) return wrong;
    const asked = given[root.argument] ?? given[roots.ownerArgument];
    const text = String(asked).trim();
    // A number may be stored with leading zeros or without.
    const values = [...new Set([text, institutionNumber(text) ?? text])];
    const identifier = segmentOf(root.collection, root.attribute);
    return { kind: 'nodes', of: values.map((value) => ({ collection: root.collection.path, identifier, value })) };
  };
  return {
    name: root.name,
    type: root.collection.class.className,
    args: [
      input(roots.ownerArgument, 'String!', ownerText),
      input(root.argument, 'String', {
        nb: 'Hvilken; eieren selv når det ikke er sagt.',
        en: 'Which; the owner itself when nothing is said.',
      }),
    ],
    describe: root.collection.class.description,
    marks: marksOfOffer(root),
    source: { kind: 'root', ask },
  };
};

/**
 * Whoever asks, where that is a person. Tokens here are those of applications, which are nobody: null, whatever the application may see. It is there so
 * that documents that ask for it run, and say who asks to those who can be somebody.
 */
export const selfField = (root: SelfRoot, deps: RootDeps): FaceField => ({
  name: root.name,
  type: root.of.className,
  args: [input(deps.roots.ownerArgument, 'String!', ownerText)],
  describe: {
    nb: `Den innloggede ved institusjonen: ${lowered(root.of.description.nb)} Null for en applikasjon, som ikke er noen person.`,
    en: `Who has logged in, at the institution: ${lowered(root.of.description.en)} Null for an application, which is no person.`,
  },
  marks: marksOfOffer(root),
  source: {
    kind: 'root',
    ask: async (given, request): Promise<RootAsk | FaceError> =>
      (await wrongOwner(given[deps.roots.ownerArgument], deps, request)) ?? { kind: 'nothing' },
  },
});

/** Any object by its id: null for what is none, for what does not exist and for what is another owner's. */
export const nodeFields = (deps: RootDeps): readonly FaceField[] => {
  const { model, roots, owners } = deps;
  const byNumber = new Map(
    [...model.collections.values()].flatMap((one) =>
      one.class.number === null || !roots.classes.includes(one.class) ? [] : [[one.class.number, one] as const],
    ),
  );
  const asked = (id: unknown, own: string | null) => {
    const read = decodeNodeId(String(id));
    const collection = read === null ? undefined : byNumber.get(read.number);
    if (read === null || collection === undefined || own === null || institutionNumber(read.owner) !== own) return null;
    const key = roots.ids.keyOf.get(collection.class.key) ?? null;
    const attribute = 'key' in read.by ? key : roots.ids.fallback;
    if (attribute === null) return null;
    const value = 'key' in read.by ? read.by.key : read.by.fallback;
    return { collection: collection.path, identifier: segmentOf(collection, attribute), value };
  };
  const node: FaceField = {
    name: 'node',
    type: nodeInterface,
    args: [input('id', 'ID!', { nb: 'Id-en.', en: 'The id.' })],
    describe: {
      nb: 'Det som har id-en; null når ingenting har den, eller du ikke har tilgang til det.',
      en: 'What has the id; null when nothing has it, or you may not see it.',
    },
    marks: firm,
    source: {
      kind: 'root',
      ask: async (args, request) => {
        const own = await owners.numberOf(request.context.principal.tenant);
        return { kind: 'nodes', of: [asked(args['id'], own)], quiet: true };
      },
    },
  };
  const nodes: FaceField = {
    name: 'nodes',
    type: `[${nodeInterface}]!`,
    args: [input('ids', '[ID!]!', { nb: 'Id-ene, inntil 1000.', en: 'The ids, up to 1000.' })],
    describe: {
      nb: 'Det som har id-ene, i samme rekkefølge; null der ingenting har den.',
      en: 'What has the ids, in the same order; null where nothing has it.',
    },
    marks: firm,
    source: {
      kind: 'root',
      ask: async (args, request) => {
        const ids = Array.isArray(args['ids']) ? args['ids'] : [];
        if (ids.length > limits.graphqlListItems) return tooMany('ids');
        const own = await owners.numberOf(request.context.principal.tenant);
        return { kind: 'nodes', of: ids.map((id: unknown) => asked(id, own)), quiet: true };
      },
    },
  };
  return [node, nodes];
};
