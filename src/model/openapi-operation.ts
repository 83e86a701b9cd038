// One operation of the OpenAPI documents: what it is called, what it takes, and every answer that it may give. Used by openapi.ts and
// openapi-writes.ts; knows no class.
import type { JsonObject } from './kinds.ts';
import type { Sensitivity, Text } from './model.ts';
import { ref } from './openapi-parts.ts';

export type Operation = {
  readonly id: string;
  readonly tag?: string;
  readonly summary: Text;
  readonly dataClass: Sensitivity;
  readonly parameters?: readonly string[];
  /** Of success, when it is 200. */
  readonly answer?: JsonObject;
  /** Further answers by status; they stand in the place of those that every operation has. */
  readonly others?: JsonObject;
  readonly gone?: boolean;
  readonly conditional?: boolean;
  readonly more?: JsonObject;
};

/** What the operations of a collection share. */
export type Shared = Pick<Operation, 'dataClass'> & { readonly tag: string };

export const operation = (one: Operation): JsonObject => ({
  operationId: one.id,
  ...(one.tag === undefined ? {} : { tags: [one.tag] }),
  summary: one.summary.en,
  'x-summary-nb': one.summary.nb,
  'x-data-class': one.dataClass,
  parameters: [...(one.parameters ?? []), ...(one.conditional === true ? ['ifNoneMatch'] : [])].map((name) =>
    ref('parameters', name),
  ),
  responses: {
    ...(one.answer === undefined ? {} : { 200: one.answer }),
    ...(one.conditional === true ? { 304: ref('responses', 'NotModified') } : {}),
    400: ref('responses', 'BadRequest'),
    401: ref('responses', 'Unauthorised'),
    403: ref('responses', 'Forbidden'),
    404: ref('responses', 'NotFound'),
    405: ref('responses', 'NotAllowed'),
    ...(one.gone === true ? { 410: ref('responses', 'Gone') } : {}),
    429: ref('responses', 'TooMany'),
    500: ref('responses', 'Failure'),
    503: ref('responses', 'Unavailable'),
    ...one.others,
  },
  ...one.more,
});

/** `utdanning/elev` and `list` → `utdanning_elev_list`; unique because paths are. */
export const operationId = (path: string, action: string): string => `${path.replaceAll('/', '_')}_${action}`;
