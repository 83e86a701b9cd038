// The scalars of FS GraphQL beside the standard ones (facts 2.4): what clients may send, and how stored values are written. Used by types.ts.
import { civilDateOf } from '#mappings/converters.ts';
import type { FaceType } from '#graphql/face.ts';
import { parseInstant } from '#model/kinds.ts';
import type { PrimitiveKind, Text } from '#model/model.ts';
import { firm } from './marks.ts';

type Scalar = Extract<FaceType, { readonly kind: 'scalar' }>;
type Read = Scalar['read'];

const scalar = (
  name: string,
  describe: Text,
  read: Read,
  write: Scalar['write'],
  specifiedBy: string | null = null,
): Scalar => ({
  kind: 'scalar',
  name,
  describe,
  marks: firm,
  specifiedBy,
  read,
  write,
});

const textRead =
  (accepts: (text: string) => boolean, wrong: string): Read =>
  (value) =>
    typeof value === 'string' && accepts(value) ? { value } : { wrong };

const dateForm = /^\d{4}-\d{2}-\d{2}$/;
const decimalForm = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const timeForm = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;
const durationForm =
  /^P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;

const asIs = (value: unknown): unknown => value;

/** A decimal as a JSON number, which holds it exactly: the model keeps no more digits. */
const writeDecimal = (value: unknown): unknown =>
  typeof value === 'string' && decimalForm.test(value) ? Number(value) : value;

const readDecimal: Read = (value) => {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  return typeof text === 'string' && decimalForm.test(text)
    ? { value: text }
    : { wrong: 'BigDecimal takes a number of at most 15 digits.' };
};

const readLong: Read = (value) => {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number)
    ? { value: number }
    : { wrong: 'Long takes a whole number between -9007199254740991 and 9007199254740991.' };
};

export const scalars: readonly Scalar[] = [
  scalar('BigDecimal', { nb: 'Desimaltall, nøyaktig.', en: 'A decimal number, exact.' }, readDecimal, writeDecimal),
  scalar(
    'Date',
    { nb: 'En dag, `2026-08-17`.', en: 'A day, `2026-08-17`.' },
    textRead(
      (text) => dateForm.test(text) && parseInstant(text) !== null,
      'Date takes a day that exists, such as 2026-08-17.',
    ),
    (value) => civilDateOf(value) ?? null,
  ),
  scalar(
    'DateTime',
    {
      nb: 'Et tidspunkt med tidssone, `2026-08-17T06:15:00Z`.',
      en: 'An instant with its zone, `2026-08-17T06:15:00Z`.',
    },
    textRead(
      (text) => text.includes('T') && parseInstant(text) !== null,
      'DateTime takes an instant with a zone, such as 2026-08-17T06:15:00Z.',
    ),
    asIs,
    'https://scalars.graphql.org/andimarek/date-time',
  ),
  scalar(
    'Duration',
    { nb: 'En varighet etter ISO 8601, `PT4H`.', en: 'A duration of ISO 8601, `PT4H`.' },
    textRead(
      (text) => text.length <= 64 && durationForm.test(text),
      'Duration takes a duration of ISO 8601, such as PT4H or P2D.',
    ),
    asIs,
  ),
  scalar('Long', { nb: 'Heltall på inntil 53 biter.', en: 'A whole number of up to 53 bits.' }, readLong, asIs),
  scalar(
    'Time',
    { nb: 'Et klokkeslett, `08:15`.', en: 'A time of day, `08:15`.' },
    textRead((text) => timeForm.test(text), 'Time takes a time of day, such as 08:15 or 08:15:30.'),
    asIs,
  ),
];

/** The type by which values of a kind are shown. */
export const typeOfKind: Readonly<Record<PrimitiveKind, string>> = {
  string: 'String',
  boolean: 'Boolean',
  int: 'Int',
  long: 'Long',
  float: 'Float',
  double: 'Float',
  decimal: 'BigDecimal',
  date: 'Date',
  dateTime: 'DateTime',
  time: 'Time',
  duration: 'Duration',
};
