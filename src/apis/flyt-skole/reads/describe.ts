// What operations of this folder have in common where they are described: answers, parameters that many take. Called by the operations; asks nothing.
import type { Text } from '#model/model.ts';
import type { Schema } from '#mappings/mapping-schema.ts';
import { schemaRef } from '#mappings/mapping-schema.ts';
import type { Answer, Operation, Parameter } from '../operation.ts';
import {
  cursorParameter,
  fieldsParameter,
  formParameter,
  idParameter,
  includeParameter,
  limitParameter,
  textParameter,
} from '../parameters.ts';
import type { MappingReading } from '#mappings/read-mapping.ts';

const etag = { ETag: 'What the answer is a version of; send it back as If-None-Match.' } as const;

/** The schema of a list answer. */
const listSchema = (item: string): Schema => ({
  type: 'object',
  properties: {
    items: { type: 'array', items: schemaRef(item), description: 'What the page holds.', 'x-nb': 'Det siden har.' },
    next: {
      type: 'string',
      description: 'Cursor of the next page, as in the Link header; absent on the last one.',
      'x-nb': 'Markøren til neste side, som i Link; mangler på den siste.',
    },
  },
  required: ['items'],
});

export const listAnswers = (item: string): Readonly<Record<number, Answer>> => ({
  200: {
    describe: {
      nb: 'En side. Gå videre med Link til det ikke er noen.',
      en: 'A page. Go on by Link until there is none.',
    },
    schema: listSchema(item),
    headers: { ...etag, Link: 'The next page, `rel="next"`; absent on the last one.' },
  },
  304: notModified,
});

const notModified: Answer = { describe: { nb: 'Uendret siden sist.', en: 'Unchanged since.' }, schema: null };

/** A list that is answered whole. */
export const partAnswers = (item: Schema): Readonly<Record<number, Answer>> => ({
  200: {
    describe: { nb: 'Alle.', en: 'All of them.' },
    schema: {
      type: 'object',
      properties: { items: { type: 'array', items: item, description: 'All of them.', 'x-nb': 'Alle.' } },
      required: ['items'],
    },
    headers: etag,
  },
  304: notModified,
});

export const oneAnswers = (schema: string): Readonly<Record<number, Answer>> => ({
  200: { describe: { nb: 'Funnet.', en: 'Found.' }, schema, headers: etag },
  304: notModified,
});

/** `fields` and `include` of types. */
export const shownParameters = (readings: readonly MappingReading[]): readonly Parameter[] => {
  const includes = [...new Set(readings.flatMap(({ includeNames }) => includeNames))].toSorted();
  return [
    fieldsParameter([...new Set(readings.flatMap(({ fieldNames }) => fieldNames))]),
    ...(includes.length === 0 ? [] : [includeParameter(includes)]),
  ];
};

export const pageParameters: readonly Parameter[] = [limitParameter, cursorParameter];

export const schoolParameter = idParameter('schoolId', { nb: 'Bare ved denne skolen.', en: 'Only at this school.' });

const yearShape = /^(\d{4})\/(\d{4})$/;

/** A school year, `2026/2027`. */
export const schoolYearParameter = (describe: Text): Parameter =>
  formParameter(
    {
      name: 'schoolYear',
      describe,
      schema: { type: 'string', pattern: '^\\d{4}/\\d{4}$', examples: ['2026/2027'] },
    },
    'takes a school year, like 2026/2027',
    (text) => {
      const [, from, to] = yearShape.exec(text) ?? [];
      return from !== undefined && Number(to) === Number(from) + 1 ? text : undefined;
    },
  );

export const nameParameter = (name: 'firstName' | 'lastName', nb: string, en: string): Parameter =>
  textParameter(name, {
    nb: `${nb}, uten hensyn til store og små bokstaver. Med * til slutt: navn som begynner slik.`,
    en: `${en}, without regard to case. With * at the end: names that begin so.`,
  });

/** The body of a lookup by national id, which never stands in an address. */
export const lookupBody: NonNullable<Operation['body']> = {
  schema: {
    type: 'object',
    properties: {
      nin: {
        type: 'string',
        pattern: '^\\d{11}$',
        description: 'National identity number or D-number: eleven digits.',
        'x-nb': 'Fødselsnummer eller D-nummer: elleve sifre.',
      },
    },
    required: ['nin'],
    additionalProperties: false,
  },
  type: 'application/json',
};
