// A family of events as streams for the hub: one for each class whose changes make some of its kinds, with the kinds as the names of what has changed.
// Made once for each family, by event-parts.ts; knows no class by name.
import { HubError } from '#base/errors.ts';
import type { EntityEvent, EventStream, ShapePart, ShapeStep } from '#hub/documents/document.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { EventFamily, EventRule, EventSource } from '#model/graphql-events.ts';
import type { Model } from '#model/model.ts';

/** What is known of a resource as it is now, and as the caller sees it. */
export type EventFacts = {
  /** Kinds whose conditions hold. */
  readonly fits: readonly string[];
  /** The subject; null where the caller sees none. */
  readonly subject: number | null;
};

export type FamilyStream = {
  readonly source: EventSource;
  readonly stream: EventStream<EventFacts>;
};

/** The streams of a family, those of its subject first. Throws when the model does not bear out a path. */
export const familyStreams = (family: EventFamily, model: Model): readonly FamilyStream[] =>
  family.sources
    .toSorted((a, b) => a.by.length - b.by.length)
    .map((source) => ({ source, stream: streamOf(family, source, model) }));

/**
 * The kinds that an event makes, in the order of the data. `changedFields` are kinds already, since streams name changes so; what has come or gone has
 * kinds of its own.
 */
export const kindsOf = ({ rules }: EventSource, event: EntityEvent<EventFacts>): readonly string[] => {
  const { change, changedFields, facts } = event;
  if (change === 'updated')
    return namesOf(rules, ({ kind }) => changedFields.includes(kind) && facts?.fits.includes(kind) === true);
  if (change === 'created')
    return namesOf(rules, ({ kind, created }) => created && facts?.fits.includes(kind) === true);
  return namesOf(rules, ({ removed }) => removed);
};

const namesOf = (rules: readonly EventRule[], holds: (rule: EventRule) => boolean): readonly string[] => [
  ...new Set(rules.flatMap((rule) => (holds(rule) ? [rule.kind] : []))),
];

type Steps = { readonly [name: string]: Steps };

const streamOf = (family: EventFamily, { of, by, rules }: EventSource, model: Model): EventStream<EventFacts> => {
  const name = [family.name, of.class.className, ...by].join(' ');
  const ways = [by, ...rules.flatMap(({ changed }) => changed.map(({ way }) => way))];
  const steps = ways.reduce(withWay, {});
  const attributes = [...new Set(rules.flatMap(({ where }) => where.flatMap(({ path }) => path.slice(0, 1))))];
  const shape = compileShape({ name, collection: of.path, attributes, steps: shapeSteps(steps) }, model);
  if (!shape.ok) throw new HubError(shape.problem);
  return {
    type: name,
    projections: [
      {
        id: name,
        shape: shape.value,
        facts: (root) => {
          let found = [root];
          for (const relation of by) found = found.flatMap(({ parts }) => parts[relation] ?? []);
          return { fits: namesOf(rules, (rule) => fits(rule, root.values)), subject: found[0]?.uid ?? null };
        },
        render: () => '',
      },
    ],
    fieldsOf: (_, part, names) =>
      namesOf(rules, ({ changed }) => changed.some(({ way, name: one }) => isAt(part, way) && names.includes(one))),
  };
};

const isAt = ({ at }: ShapePart, way: readonly string[]): boolean => at === way.join('.');

const withWay = (steps: Steps, [first, ...rest]: readonly string[]): Steps =>
  first === undefined ? steps : { ...steps, [first]: withWay(steps[first] ?? {}, rest) };

/** Nothing of what is led through is read: which it is suffices. */
const shapeSteps = (steps: Steps): { readonly [name: string]: ShapeStep } =>
  Object.fromEntries(
    Object.entries(steps).map(([relation, below]) => [
      relation,
      { relation, steps: shapeSteps(below), attributes: [] },
    ]),
  );

const fits = ({ where }: EventRule, values: Readonly<Record<string, unknown>>): boolean =>
  where.every(({ path, value }) => {
    let held: unknown = values;
    for (const name of path) held = typeof held === 'object' && held !== null ? Reflect.get(held, name) : undefined;
    return held === value;
  });
