// A root field that gives a collection: filter, page and order. Used by root-fields.ts.
import type { Args, FaceError, FaceInput, FaceRequest, FaceType, RootAsk } from '#graphql/face.ts';
import type { GraphOrder } from '#hub/graph/graph.ts';
import { allOf } from '#mappings/narrowing.ts';
import type { ConnectionRoot } from '#model/graphql-roots.ts';
import type { Text } from '#model/model.ts';
import { pageArgs } from './class-types.ts';
import { chosen } from './filter-choice.ts';
import { filterInputs } from './filter-inputs.ts';
import { idChoice } from './id-choice.ts';
import { firm, marksOfOffer } from './marks.ts';
import { termDays } from './term-days.ts';
import { input, lowered, mapOf, pascal, wrongOwner, type MadeField, type RootDeps } from './root-field.ts';

const directionName = 'Sorteringsretning';
/** Needed once, where any collection can be ordered. */
export const directions: FaceType = {
  kind: 'enum',
  name: directionName,
  describe: { nb: 'Hvilken vei en liste er sortert.', en: 'Which way a list is sorted.' },
  marks: firm,
  values: [
    { name: 'ASC', describe: { nb: 'Stigende.', en: 'Ascending.' }, marks: firm },
    { name: 'DESC', describe: { nb: 'Synkende.', en: 'Descending.' }, marks: firm },
  ],
};

/** `Query<Field>Connection` of a class, by `Query<Field>FilterInput`. */
export const connectionField = (root: ConnectionRoot, deps: RootDeps): MadeField => {
  const { roots } = deps;
  const filter = filterInputs(root, roots.ownerArgument, deps.valueType);
  const prefix = `Query${pascal(root.name)}`;
  const defaults = Object.fromEntries(
    root.filter.flatMap((member) => (member.default === undefined ? [] : [[member.name, member.default] as const])),
  );
  const args: FaceInput[] = [
    input('filter', `${filter.name}!`, {
      nb: 'Hvem som eier dataene, og hva som er med.',
      en: 'Who owns the data, and what counts.',
    }),
    ...pageArgs(roots.first),
  ];
  const always = Object.fromEntries(root.only.map(({ name }) => [name, true]));
  const types = [...filter.types];
  if (root.orderBy.size > 0) {
    args.push(input('orderBy', `${prefix}OrderByInput`, { nb: 'Rekkefølgen.', en: 'The order.' }));
    types.push(...orderTypes(prefix, [...root.orderBy.keys()]));
  }
  const ask = async (given: Args, request: FaceRequest): Promise<RootAsk | FaceError> => {
    const values = mapOf(given['filter']);
    const wrong = await wrongOwner(values[roots.ownerArgument], deps, request);
    if (wrong !== null) return wrong;
    const own = deps.owners.known(request.context.principal.tenant);
    const ids = idChoice(deps, own);
    const terms = await termDays(root.filter, values, deps, { ids, own, request });
    if (!terms.ok) return { error: terms.problem };
    const context = { now: request.now, ids, termBegins: terms.value };
    const [only, asked] = [chosen(root.only, always, '', context), chosen(root.filter, values, 'filter', context)];
    if (!only.ok) return { error: only.problem };
    if (!asked.ok) return { error: asked.problem };
    const narrow = allOf([only.value, asked.value]);
    const { collections } = root;
    const inForce = Object.fromEntries(Object.entries(defaults).filter(([name, usual]) => isSame(values[name], usual)));
    return {
      kind: 'list',
      collections: collections.map(({ path }) => path),
      narrow: collections.map(() => narrow),
      order: orderOf(root, mapOf(given['orderBy'])),
      first: typeof given['first'] === 'number' ? given['first'] : roots.first,
      after: typeof given['after'] === 'string' ? given['after'] : null,
      ...(Object.keys(inForce).length === 0 ? {} : { defaults: inForce }),
    };
  };
  return {
    field: {
      name: root.name,
      type: `${prefix}Connection`,
      args,
      describe: root.describe ?? madeText(root),
      marks: marksOfOffer(root),
      source: { kind: 'root', ask },
    },
    types,
  };
};

const madeText = ({ of }: ConnectionRoot): Text => ({
  nb: `Alle av typen ${of.name}: ${lowered(of.description.nb)}`,
  en: `All of the type ${of.name}: ${lowered(of.description.en)}`,
});

const isSame = (value: unknown, usual: unknown): boolean => JSON.stringify(value) === JSON.stringify(usual);

const orderOf = ({ order, orderBy }: ConnectionRoot, given: Readonly<Record<string, unknown>>): GraphOrder | null => {
  const asked = orderBy.get(String(given['orderByField']));
  if (asked !== undefined)
    return { path: asked.path.names, direction: given['direction'] === 'DESC' ? 'descending' : 'ascending' };
  return order === null ? null : { path: order.path.names, direction: 'ascending' };
};

const orderTypes = (prefix: string, names: readonly string[]): readonly FaceType[] => [
  {
    kind: 'enum',
    name: `${prefix}OrderByField`,
    describe: { nb: 'Hva en liste kan sorteres etter.', en: 'What a list can be sorted by.' },
    marks: firm,
    values: names.map((name) => ({ name, describe: { nb: name, en: name }, marks: firm })),
  },
  {
    kind: 'input',
    name: `${prefix}OrderByInput`,
    describe: { nb: 'En rekkefølge.', en: 'An order.' },
    marks: firm,
    fields: [
      { ...input('direction', directionName, { nb: 'Hvilken vei.', en: 'Which way.' }), default: 'ASC' },
      input('orderByField', `${prefix}OrderByField!`, { nb: 'Etter hva.', en: 'By what.' }),
    ],
  },
];
