// Events to adapters and their answers on the wire, in both forms of facts 5.1 and 5.2. Called by provider-api.ts; ingest decides what is handed
// out and what an answer means.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { Result } from '#base/result.ts';
import { operationNames, readFirstAnswer, readPoll, readSecondAnswer } from './events-parse.ts';
import type { ReadAnswer } from './events-parse.ts';
import { collectionAt, segmentsOf } from './parse.ts';
import type { AdapterEvent, Asking, EventsPort } from './ports.ts';
import { emptyOr, nothingNamed, refuse, turnAway } from './provider-answers.ts';

export type EventHandler = (asking: Asking, request: ApiRequest) => Promise<ApiAnswer>;

/** Answers `GET …/event/{domain}[/{package}[/{resource}]]`. */
export const pollOf =
  (model: Model, events: EventsPort, generation: 1 | 2): EventHandler =>
  async (asking, request) => {
    const segments = segmentsOf(request.rest);
    const collections = segments === null ? [] : collectionsBelow(model, segments);
    if (collections.length === 0) return nothingNamed;
    const parameters = readPoll(request.query, request.header('prefer'));
    if (!parameters.ok) return turnAway(parameters.problem);
    const { size, waitMs } = parameters.value;
    const found = await events.poll({ ...asking, collections, generation, size, waitMs, signal: request.leaving });
    if (!found.ok) return refuse(found.problem);
    const tenant = asking.principal.tenant;
    const shown = found.value.map((event) =>
      generation === 1 ? firstForm(model, tenant, event) : secondForm(tenant, event),
    );
    return { kind: 'json', status: 200, value: shown };
  };

/** An answer twice as long as may be is still read, so that it is known whose it is. */
export const longestAnswer = limits.eventAnswerBytes * 2;

const tooLong = problem('HUB-102', `An answer is at most ${limits.eventAnswerBytes} bytes long.`);

/** Answers `POST …/event`. */
export const answerOf = (events: EventsPort, generation: 1 | 2): EventHandler => {
  const read: (text: string) => Result<ReadAnswer> = generation === 1 ? readFirstAnswer : readSecondAnswer;
  return async (asking, request) => {
    const answer = read(request.text);
    const tooLarge = Buffer.byteLength(request.text) > limits.eventAnswerBytes;
    if (!answer.ok) return turnAway(tooLarge ? tooLong : answer.problem);
    return emptyOr(await events.answer({ ...asking, ...answer.value, tooLarge }), 200);
  };
};

/** Collections at or below an address of one to four segments; case does not matter. */
const collectionsBelow = (model: Model, segments: readonly string[]): readonly CollectionPath[] => {
  const one = collectionAt(model, segments);
  if (one !== null) return [one.path];
  const start = `${segments.join('/').toLowerCase()}/`;
  return segments.length === 0 ? [] : [...model.collections.keys()].filter((path) => path.startsWith(start));
};

const nameOf = (operation: AdapterEvent['operation']): string =>
  [...operationNames].find(([, known]) => known === operation)?.[0] ?? '';

/** `felles/kodeverk/iso/landkode`: what stands between domain and resource is the package. */
const placeOf = (collection: CollectionPath): object => {
  const [domainName = '', ...rest] = collection.split('/');
  return { domainName, packageName: rest.slice(0, -1).join('/'), resourceName: rest.at(-1) ?? '' };
};

/** RequestFintEvent: the resource is a JSON string; of what is to be removed it has nothing but the identifier. */
const firstForm = (model: Model, orgId: string, event: AdapterEvent): object => ({
  corrId: event.id,
  orgId,
  ...placeOf(event.collection),
  operationType: nameOf(event.operation),
  created: event.createdAt,
  timeToLive: event.deadline,
  value: event.value ?? identifierOnly(model, model.collections.get(event.collection), event.target),
});

const identifierOnly = (
  { identifierValue }: Model,
  collection: Collection | undefined,
  target: AdapterEvent['target'],
): string | null => {
  const field = target === null ? undefined : collection?.identifierBySegment.get(target.field);
  return target === null || field === undefined
    ? null
    : JSON.stringify({ [field.attribute]: { [identifierValue]: target.value } });
};

/** EventRequest. */
const secondForm = (orgId: string, event: AdapterEvent): object => ({
  corrId: event.id,
  orgId,
  ...placeOf(event.collection),
  operation: nameOf(event.operation),
  created: event.createdAt,
  deadline: event.deadline,
  value: event.value,
  filter: event.filter,
  id: event.target === null ? null : { idField: event.target.field, idValue: event.target.value },
  maxResults: event.operation !== 'read' ? null : event.target === null ? limits.liveReadResources : 1,
});
