// A family of events as streams for the hub: one for each class whose changes make some of its kinds, with the kinds as the names of what has changed.
// Made once for each family, by event-parts.ts; knows no class by name.
import { dayMs, formatInstant } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { DatedRows, EntityEvent, EventStream, ShapePart, ShapeStep } from '#hub/documents/document.ts';
import { compileShape } from '#hub/documents/shape.ts';
import { civilDateOf } from '#mappings/converters.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { EventDay, EventFamily, EventRule, EventSource } from '#model/graphql-events.ts';
import type { Model } from '#model/model.ts';

/** What is known of a resource as it is now, and as the caller sees it. */
export type EventFacts = {
  /** Kinds whose conditions hold. */
  readonly fits: readonly string[];
  /** The subject; null where the caller sees none. */
  readonly subject: number | null;
  /** From which civil day on it is due, where its stream is one of days and the conditions hold; else null. */
  readonly due: string | null;
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

const streamOf = (family: EventFamily, source: EventSource, model: Model): EventStream<EventFacts> => {
  const { of, by, day, rules } = source;
  const name = [family.name, of.class.className, ...by, ...dayWords(source)].join(' ');
  const ways = [by, ...rules.flatMap(({ changed }) => changed.map(({ way }) => way))];
  const steps = ways.reduce(withWay, {});
  const looked = [
    ...rules.flatMap(({ where }) => where.map(({ path }) => path)),
    ...(day === null ? [] : [day.path.names]),
  ];
  const attributes = [...new Set(looked.flatMap((path) => path.slice(0, 1)))];
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
          const fitting = namesOf(rules, (rule) => fits(rule, root.values));
          const due = day === null || fitting.length === 0 ? null : dueOn(day, root.values);
          return { fits: fitting, subject: found[0]?.uid ?? null, due };
        },
        render: () => '',
      },
    ],
    fieldsOf: (_, part, names) =>
      namesOf(rules, ({ changed }) => changed.some(({ way, name: one }) => isAt(part, way) && names.includes(one))),
    ...(day === null ? {} : { dated: datedBy(day) }),
  };
};

/** Streams have names of their own, and cursors are of streams: what decides is a part of the name. */
const dayWords = ({ day, rules }: EventSource): readonly string[] =>
  day === null ? [] : [...rules.map(({ kind }) => kind), day.when, day.path.names.join('/')];

/** The civil day in Norway from which on a value counts: a day that counts when it is over does so from the next one. */
const dueOn = ({ path, when }: EventDay, values: Readonly<Record<string, unknown>>): string | null => {
  const held = valueAt(values, path.names);
  const date = typeof held === 'string' ? civilDateOf(held) : undefined;
  if (date === undefined) return null;
  return when === 'reached' ? date : dateOf(Date.parse(date) + dayMs);
};

const dateOf = (ms: number): string => formatInstant(ms).slice(0, 10);

const datedBy = ({ path }: EventDay): DatedRows<EventFacts> => {
  const compare = (operator: 'ge' | 'le', ms: number): FilterExpr => ({
    kind: 'compare',
    path,
    operator,
    value: { kind: 'instant', value: ms },
  });
  return {
    isDue: ({ due }, day) => due !== null && due <= day,
    // A day to spare at either end, since the store knows moments and no civil days, and another for days that have to be over.
    narrow: (after, day) => {
      const until = compare('le', Date.parse(day) + dayMs);
      if (after === null) return { kind: 'where', filter: until };
      return { kind: 'where', filter: { kind: 'and', terms: [compare('ge', Date.parse(after) - 2 * dayMs), until] } };
    },
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
  where.every(({ path, value }) => (valueAt(values, path) ?? null) === value);

const valueAt = (values: Readonly<Record<string, unknown>>, path: readonly string[]): unknown => {
  let held: unknown = values;
  for (const name of path) held = typeof held === 'object' && held !== null ? Reflect.get(held, name) : undefined;
  return held;
};
