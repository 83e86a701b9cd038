// A root field that finds many at once, each by what is given: as long as what was asked for, null where nothing is found. Used by root-fields.ts.
import { limits } from '#base/limits.ts';
import type { Args, FaceError, FaceRequest, FaceType, RootAsk } from '#graphql/face.ts';
import type { LookupRoot } from '#model/graphql-roots.ts';
import type { Collection } from '#model/model.ts';
import { ownerText } from './filter-inputs.ts';
import { firm, marksOfOffer } from './marks.ts';
import { joinKey } from '#mappings/natural-key.ts';
import { input, mapOf, segmentOf, tooMany, wrongOwner, type MadeField, type RootDeps } from './root-field.ts';

/** By an identifier, by another attribute, or by the parts of a key. */
export const lookupField = (root: LookupRoot, deps: RootDeps): MadeField => {
  const { roots } = deps;
  const { collection, leads, list, parts } = root;
  const result = (leads?.collection ?? collection).class;
  const inputName = `${result.className}LegacyIdInput`;
  const types: FaceType[] =
    parts === null
      ? []
      : [
          {
            kind: 'input',
            name: inputName,
            describe: {
              nb: `Nøkkelen til ${result.name}, del for del.`,
              en: `The key of ${result.name}, part by part.`,
            },
            marks: firm,
            fields: parts.map(({ name, number }) =>
              input(name, number ? 'Int!' : 'String!', { nb: 'En del av nøkkelen.', en: 'A part of the key.' }),
            ),
          },
        ];
  const valuesOf = (given: readonly unknown[]): readonly string[] =>
    given.map((one) => (parts === null ? String(one) : joinKey(parts.map(({ name }) => String(mapOf(one)[name])))));
  const ask = async (given: Args, request: FaceRequest): Promise<RootAsk | FaceError> => {
    const wrong = await wrongOwner(given[roots.ownerArgument], deps, request);
    if (wrong !== null) return wrong;
    const values = valuesOf(Array.isArray(given[list]) ? given[list] : []);
    if (values.length > limits.graphqlListItems) return tooMany(list);
    const by =
      root.by.kind === 'identifier'
        ? { identifier: segmentOf(collection, root.by.attribute) }
        : { attribute: root.by.place.path.names };
    if (leads === null) return { kind: 'named', collection: collection.path, by, values };
    return ledTo(deps, request, { collection, by, values, leads });
  };
  return {
    field: {
      name: root.name,
      type: `[${result.className}]`,
      args: [
        input(roots.ownerArgument, 'String!', ownerText),
        input(list, parts === null ? '[String!]!' : `[${inputName}!]!`, {
          nb: 'Inntil 1000. Svaret er like langt og i samme rekkefølge.',
          en: 'Up to 1000. The answer is as long and in the same order.',
        }),
      ],
      describe: {
        nb: `Mange av typen ${result.name} på en gang, etter det som er gitt; null der ingen finnes.`,
        en: `Many of the type ${result.name} at once, by what is given; null where none is found.`,
      },
      marks: marksOfOffer(root),
      // What leads there is read, and what it leads to, before that is asked for.
      source: leads === null ? { kind: 'root', ask } : { kind: 'root', ask, besides: 2 },
    },
    types,
  };
};

type Led = {
  readonly collection: Collection;
  readonly by: { readonly identifier: string } | { readonly attribute: readonly string[] };
  readonly values: readonly string[];
  readonly leads: NonNullable<LookupRoot['leads']>;
};

/** What a relation leads to from each of those that are found: looked for first, then asked for by their identifiers. */
const ledTo = async (
  { graph, model, roots }: RootDeps,
  { context, signal }: FaceRequest,
  { collection, by, values, leads }: Led,
): Promise<RootAsk | FaceError> => {
  const { fallback } = roots.ids;
  const [answer] = await graph.read(
    [
      {
        kind: 'named',
        selection: {
          collection: collection.path,
          attributes: [],
          edges: [
            {
              name: leads.relation,
              relation: leads.relation,
              to: { collection: leads.collection.path, attributes: [fallback], edges: [] },
              narrow: null,
              order: null,
              page: null,
              count: false,
            },
          ],
        },
        by,
        values,
      },
    ],
    signal === undefined ? context : { ...context, signal },
  );
  if (answer?.kind === 'refused') return { error: answer.problem };
  if (answer?.kind !== 'nodes') return { kind: 'nodes', of: values.map(() => null) };
  return {
    kind: 'nodes',
    of: answer.nodes.map((node) => {
      const value = mapOf(node?.edges[leads.relation]?.nodes[0]?.values[fallback])[model.identifierValue];
      return typeof value === 'string'
        ? { collection: leads.collection.path, identifier: segmentOf(leads.collection, fallback), value }
        : null;
    }),
  };
};
