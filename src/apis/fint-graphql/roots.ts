// The fields that a query begins with: for each main class one that finds a resource by any of its identifiers, as FINT has it (facts 7), and one
// that lists them a page at a time. Called by face.ts. Knows no class; what a caller may see is the hub's matter.
import { limits } from '#base/limits.ts';
import { isCleanText, normalise } from '#base/text.ts';
import { parseFilter } from '#filters/parse-filter.ts';
import type { Args, FaceError, FaceField, FaceInput, RootAsk } from '#graphql/face.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { Collection, Model, ModelClass } from '#model/model.ts';
import { graphqlField } from '#model/naming.ts';
import type { ClassNames } from './names.ts';
import { plain } from './scalars.ts';
import { connectionOf, pageArgs, usualFirst, type CollectionsOf } from './class-types.ts';

/** One and many of every main class, in the order of their names. */
export const rootFields = (model: Model, names: ClassNames, collectionsOf: CollectionsOf): readonly FaceField[] =>
  [...model.classes.values()]
    .flatMap((of) => {
      const collections = collectionsOf(of);
      return collections.length === 0
        ? []
        : [oneField(of, names, collections), manyField(of, names, collections, model)];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

const oneField = (of: ModelClass, names: ClassNames, collections: readonly Collection[]): FaceField => {
  const identifiers = of.attributes.filter(({ identifier }) => identifier);
  return {
    name: names.rootOf(of),
    type: names.typeOf(of),
    args: identifiers.map(({ name, description }): FaceInput => ({
      name: graphqlField(name),
      type: 'String',
      describe: description ?? {
        nb: `Finner den som har denne \`${name}\`.`,
        en: `Finds the one with this \`${name}\`.`,
      },
      marks: plain,
    })),
    describe: of.description,
    marks: plain,
    source: { kind: 'root', ask: (args) => askOne(args, collections) },
  };
};

/** The first argument that is not empty counts (facts 7); without one there is nothing. */
const askOne = (args: Args, collections: readonly Collection[]): RootAsk => {
  const [first] = collections;
  for (const { attribute, segment } of first?.identifiers ?? []) {
    const value = args[graphqlField(attribute)];
    if (typeof value !== 'string' || value === '') continue;
    if (!isCleanText(value) || value.length > limits.identifierBytes) return { kind: 'nothing' };
    const text = normalise(value);
    return first !== undefined && collections.length === 1
      ? { kind: 'named', collection: first.path, by: { identifier: segment }, values: [text] }
      : {
          kind: 'nodes',
          of: collections.map(({ path }) => ({ collection: path, identifier: segment, value: text })),
        };
  }
  return { kind: 'nothing' };
};

const manyField = (of: ModelClass, names: ClassNames, collections: readonly Collection[], model: Model): FaceField => ({
  name: connectionOf(names.rootOf(of)),
  type: connectionOf(names.typeOf(of)),
  args: [...pageArgs, filterArg],
  describe: {
    nb: `Alle av typen \`${names.typeOf(of)}\`, en side om gangen.`,
    en: `All of the type \`${names.typeOf(of)}\`, a page at a time.`,
  },
  marks: plain,
  source: { kind: 'root', ask: (args) => askMany(args, collections, model) },
});

const filterArg: FaceInput = {
  name: 'filter',
  type: 'String',
  describe: {
    nb: "Hvilke, i filterspråket til FINT: `navn/etternavn eq 'Dal'`.",
    en: "Which ones, in the filter language of FINT: `navn/etternavn eq 'Dal'`.",
  },
  marks: plain,
};

const askMany = (args: Args, collections: readonly Collection[], model: Model): RootAsk | FaceError => {
  const { first, after, filter } = args;
  const narrow: (Narrow | null)[] = [];
  for (const collection of collections) {
    if (typeof filter !== 'string') {
      narrow.push(null);
      continue;
    }
    const read = parseFilter(filter, collection, model, filterArg.name);
    if (!read.ok) return { error: read.problem };
    narrow.push({ kind: 'where', filter: read.value });
  }
  return {
    kind: 'list',
    collections: collections.map(({ path }) => path),
    narrow,
    order: null,
    first: typeof first === 'number' ? first : usualFirst,
    after: typeof after === 'string' ? after : null,
  };
};
