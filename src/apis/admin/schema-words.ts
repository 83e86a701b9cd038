// Short ways to write the schemas of the admin API. Used by the files of its schemas alone.

/** A schema with what it looks like. */
export type NamedSchema = { readonly schema: object; readonly example: unknown };

export const text = { type: 'string' } as const;
export const whole = { type: 'integer', minimum: 0 } as const;
export const flag = { type: 'boolean' } as const;
export const instant = { type: 'string', format: 'date-time' } as const;
export const day = { type: 'string', format: 'date' } as const;
export const orNull = (schema: { readonly type: string }): object => ({ ...schema, type: [schema.type, 'null'] });
export const list = (items: object): object => ({ type: 'array', items });
export const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** What is answered: all of it but what is named is always there. */
export const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
  additionalProperties: false,
});

/** A body of which nothing need be given but what is named. */
export const body = (properties: Readonly<Record<string, object>>, needed: readonly string[] = []): object => ({
  ...object(properties),
  required: needed,
});

export const moment = {
  type: ['string', 'null'],
  description: 'A date, which begins and ends at midnight in Norway, or an instant in UTC.',
};
export const reason = {
  type: 'string',
  maxLength: 500,
  description: 'Why; stands in the audit. Holds no national id.',
};
