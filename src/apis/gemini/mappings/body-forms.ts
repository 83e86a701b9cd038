// Forms of what stands in more than one body: ids, and sizes with the unit that they are in. Used by the operations beside it.
import { idSchema } from '../ids.ts';
import type { Schema } from '../operation.ts';

/** A size and the id of its unit. */
export const sizeForm: Schema = {
  type: 'object',
  properties: { vektingstypeId: idSchema, verdi: { type: 'number', minimum: 0, maximum: 1_000 } },
  required: ['vektingstypeId', 'verdi'],
  additionalProperties: false,
};

/** The same as it was given: both are there, or neither. */
export type GivenSize = { readonly vektingstypeId?: unknown; readonly verdi?: unknown };
