// How values of each primitive kind of the model are told in GraphQL. Used by fields.ts and face.ts. Knows no class.
import type { FaceType, Marks } from '#graphql/face.ts';
import { kinds, parseInstant } from '#model/kinds.ts';
import type { PrimitiveKind } from '#model/model.ts';

/** Nothing special: offered as the API is. */
export const plain: Marks = { contract: null, deprecated: null };

/** The type of a value. Decimals, times and durations are texts in JSON, and so here. */
export const scalarOf: Readonly<Record<PrimitiveKind, string>> = {
  string: 'String',
  boolean: 'Boolean',
  int: 'Int',
  long: 'Long',
  float: 'Float',
  double: 'Float',
  decimal: 'String',
  date: 'Date',
  dateTime: 'Date',
  time: 'String',
  duration: 'String',
};

/** The scalars that FINT has beside the standard ones (facts 7). Values go out as REST tells them. */
export const scalars: readonly FaceType[] = [
  {
    kind: 'scalar',
    name: 'Date',
    describe: {
      nb: 'En dato eller et tidspunkt i UTC, på formen `2026-01-31T12:00:00Z`.',
      en: 'A date or an instant in UTC, in the form `2026-01-31T12:00:00Z`.',
    },
    marks: plain,
    specifiedBy: null,
    read: (value) =>
      typeof value === 'string' && parseInstant(value) !== null
        ? { value }
        : { wrong: 'a date or an instant with zone is a text like 2026-01-31T12:00:00Z' },
    write: (value) => value,
  },
  {
    kind: 'scalar',
    name: 'Long',
    describe: {
      nb: 'Et heltall med inntil 53 bit, som tall i JSON.',
      en: 'A whole number of up to 53 bits, as a number in JSON.',
    },
    marks: plain,
    specifiedBy: null,
    read: (value) => (kinds.long.accepts(value) ? { value } : { wrong: 'it is no whole number of up to 53 bits' }),
    write: (value) => value,
  },
];
