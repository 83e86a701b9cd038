// The operations by which clients write a class and ask what became of it, as OpenAPI describes them (facts 4). Used by openapi.ts. Every class has
// them: which ones an organisation has written, and by whom, is its own to say.
import type { JsonObject } from './kinds.ts';
import type { Collection, IdentifierField } from './model.ts';
import { operation, operationId } from './openapi-operation.ts';
import type { Shared } from './openapi-operation.ts';
import { describe, ref, statusAnswer, text } from './openapi-parts.ts';

/** A read that has been sent on to the source. */
export const liveAnswer: JsonObject = { 202: ref('responses', 'Live') };

const taken: JsonObject = {
  202: ref('responses', 'Taken'),
  409: ref('responses', 'IdentifierTaken'),
  412: ref('responses', 'Changed'),
  413: ref('responses', 'TooLarge'),
  415: ref('responses', 'WrongType'),
  422: ref('responses', 'KeyUsed'),
};

const bodyOf = (item: JsonObject): JsonObject => ({
  requestBody: {
    required: true,
    ...describe(
      text('Hele ressursen, med lenkene den selv har.', 'The whole resource, with the links that it has itself.'),
    ),
    content: { 'application/json': { schema: item } },
  },
});

/** `POST` to the collection. */
export const createOperation = (collection: Collection, item: JsonObject, shared: Shared): JsonObject =>
  operation({
    ...shared,
    id: operationId(collection.path, 'create'),
    summary: text(`Be om en ny ${collection.class.className}`, `Ask for a new ${collection.class.className}`),
    parameters: ['validate', 'idempotencyKey'],
    others: taken,
    more: bodyOf(item),
  });

/** `PUT` and `DELETE` by an identifier. */
export const identifierWrites = (
  collection: Collection,
  field: IdentifierField,
  item: JsonObject,
  shared: Shared,
): JsonObject => {
  const name = collection.class.className;
  return {
    put: operation({
      ...shared,
      id: operationId(collection.path, `update_by_${field.segment}`),
      summary: text(`Be om å endre en ${name}`, `Ask for a change of a ${name}`),
      parameters: ['identifierValue', 'validate', 'idempotencyKey', 'ifMatch'],
      others: taken,
      more: bodyOf(item),
    }),
    delete: operation({
      ...shared,
      id: operationId(collection.path, `delete_by_${field.segment}`),
      summary: text(`Be om å slette en ${name}`, `Ask for a ${name} to be removed`),
      parameters: ['identifierValue', 'idempotencyKey', 'ifMatch'],
      others: taken,
    }),
  };
};

/** Where the outcome of a write or live read is told. */
export const statusPath = (collection: Collection, item: JsonObject, page: JsonObject, shared: Shared): JsonObject => ({
  [`/${collection.path}/status/{corrId}`]: {
    get: operation({
      ...shared,
      id: operationId(collection.path, 'status'),
      summary: text(
        `Hva det ble av det klienten ba om for ${collection.class.className}`,
        `What became of what the client asked of ${collection.class.className}`,
      ),
      parameters: ['corrId'],
      answer: statusAnswer(
        text(
          'Kontrollen gikk bra, eller svaret fra kilden på en direkte lesing.',
          'The check went well, or what the source answered to a live read.',
        ),
        { anyOf: [ref('schemas', 'EventBody'), item, page] },
      ),
      others: {
        201: statusAnswer(text('Gjort: ressursen som den er nå.', 'Done: the resource as it is now.'), item, 'written'),
        202: ref('responses', 'Waiting'),
        204: ref('responses', 'Removed'),
        400: ref('responses', 'Rejected'),
        409: statusAnswer(
          text('Konflikt: ressursen slik kilden har den.', 'In conflict: the resource as the source has it.'),
          { anyOf: [ref('schemas', 'EventBody'), item] },
        ),
        410: ref('responses', 'Forgotten'),
        500: ref('responses', 'Failed'),
      },
    }),
  },
});
