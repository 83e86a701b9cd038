// What clients that write and adapters that answer say on the wire, written by hand after FINT. Used by the end-to-end tests of writes and events.
import assert from 'node:assert/strict';
import type { Answer, Caller, Sent } from './caller.ts';
import { adapterId, json } from './deliveries.ts';

/** RequestFintEvent. */
export type FirstEvent = {
  readonly corrId: string;
  readonly orgId: string;
  readonly domainName: string;
  readonly packageName: string;
  readonly resourceName: string;
  readonly operationType: string;
  readonly created: number;
  readonly timeToLive: number;
  readonly value: string;
};

/** EventRequest. */
export type SecondEvent = {
  readonly corrId: string;
  readonly orgId: string;
  readonly domainName: string;
  readonly packageName: string;
  readonly resourceName: string;
  readonly operation: string;
  readonly created: number;
  readonly deadline: number;
  readonly value: string | null;
  readonly filter: string | null;
  readonly id: { readonly idField: string; readonly idValue: string } | null;
  readonly maxResults: number | null;
};

export const bodyOf = <T>(answer: Answer): T => JSON.parse(answer.text) as T;

/** Registers with the adapterId of the tests. */
export const register = async (adapter: Caller, more: object = {}): Promise<void> => {
  const { corePrincipal } = await adapter.read<{ readonly corePrincipal: { readonly username: string } }>(
    '/provider/status',
  );
  const contract = {
    adapterId,
    orgId: 'fjord.test',
    username: corePrincipal.username,
    heartbeatIntervalInMinutes: 1,
    capabilities: [],
    ...more,
  };
  const answer = await adapter.send('POST', '/provider/register', { headers: json, body: JSON.stringify(contract) });
  assert.equal(answer.status, 200, answer.text);
};

export const write = (
  client: Caller,
  method: string,
  target: string,
  body: object | string | null = null,
  headers: Sent['headers'] = {},
): Promise<Answer> =>
  client.send(method, target, {
    headers: { ...(body === null ? {} : json), ...headers },
    ...(body === null ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

/** A write that must be taken; gives the address of its status. */
export const writeTo = async (...asked: Parameters<typeof write>): Promise<string> => {
  const answer = await write(...asked);
  assert.equal(answer.status, 202, answer.text);
  assert.equal(answer.text, '');
  return String(answer.headers['location']);
};

export const statusOf = (client: Caller, status: string): Promise<Answer> => client.send('GET', status);

/** A write that must be taken, and what its status says at once. */
export const outcomeOf = async (...asked: Parameters<typeof write>): Promise<Answer> =>
  statusOf(asked[0], await writeTo(...asked));

export const eventsOf = (adapter: Caller, address: string, query = ''): Promise<readonly FirstEvent[]> =>
  adapter.read(`/provider/event/${address}${query}`);

export const laterEventsOf = (adapter: Caller, address: string, query = ''): Promise<readonly SecondEvent[]> =>
  adapter.read(`/provider/v2/event/${address}${query}`);

/** ResponseFintEvent to an event. */
export const answerEvent = (
  adapter: Caller,
  event: Pick<FirstEvent, 'corrId' | 'operationType'>,
  more: object = {},
): Promise<Answer> =>
  adapter.send('POST', '/provider/event', {
    headers: json,
    body: JSON.stringify({
      corrId: event.corrId,
      orgId: 'fjord.test',
      adapterId,
      handledAt: 0,
      operationType: event.operationType,
      failed: false,
      rejected: false,
      conflicted: false,
      ...more,
    }),
  });

/** EventResponse to an event. */
export const answerLater = (
  adapter: Caller,
  event: Pick<SecondEvent, 'corrId'>,
  status: string,
  more: object = {},
): Promise<Answer> =>
  adapter.send('POST', '/provider/v2/event', {
    headers: json,
    body: JSON.stringify({ corrId: event.corrId, orgId: 'fjord.test', status, resources: [], ...more }),
  });
