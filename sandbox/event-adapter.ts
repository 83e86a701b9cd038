// An adapter that answers: what clients write, check and read live comes to it as events, and it says what the source makes of them. The second
// half of the example in adapter.ts. Events come in two forms (of FINT's Core 2, and of what follows it, which also knows live reads); a source
// needs to speak one of them.
//
// One round goes like this:
//   1. register, naming the operations that are answered       (POST /provider/register, as in adapter.ts)
//   2. ask for events, and wait a while for the first           (GET /provider/v2/event/{domain}, Prefer: wait=20)
//   3. judge each of them in the source                         (answers.ts)
//   4. answer                                                   (POST /provider/v2/event)
//   5. and deliver what has changed by it                       (deliverChanges in adapter.ts)
//
// The hub hands an event out until it is answered, so the same one can come again while it is being judged: corrId tells. An answer that
// arrives after the deadline, or a second time, is refused with 404; nothing is lost by it.

import { answerTo, behaviourIn, type Behaviour, type SourceAnswer, type SourceEvent } from './answers.ts';
import { deliverChanges, heart, register, type AdapterOptions, type Operation } from './adapter.ts';
import { Refusal, sender, type Send } from './hub-client.ts';
import type { Source } from './source.ts';

export type EventAdapterOptions = Omit<AdapterOptions, 'collections'> & {
  readonly source: Source;
  /** 1: events of Core 2. 2: the form that follows it. */
  readonly generation: 1 | 2;
  /** Chooses the behaviour of each event that does not ask for one itself (`behaviourIn`); `accept` when left out. */
  readonly behave?: (event: SourceEvent) => Behaviour;
  /** How long `slow` takes. */
  readonly slowMilliseconds?: number;
  /** How long one poll may wait for an event. */
  readonly waitSeconds?: number;
  /** Whether what was accepted is delivered as a delta at once; otherwise it comes with the next full delivery. */
  readonly deltas?: boolean;
  /** Told of every event and of what became of it: `silent`, what was answered, or that the hub would not have the answer. */
  readonly onEvent?: (event: SourceEvent, outcome: SourceAnswer['outcome'] | 'silent' | 'too late' | 'refused') => void;
};

/** Refused answers that are no reason to stop: the deadline has passed or somebody has answered, and what the hub could not take as an answer. */
const REFUSED: Readonly<Record<number, 'too late' | 'refused'>> = { 404: 'too late', 400: 'refused', 409: 'refused' };

const ALL: readonly Operation[] = ['READ', 'CREATE', 'UPDATE', 'DELETE', 'VALIDATE'];
/** Rest between polls that brought nothing new: events that stay unanswered come with every poll, at once. */
const REST = 250;

// --- The two forms on the wire ------------------------------------------------------------------------------------

type Wire = {
  /** Below `/provider/`. */
  readonly path: string;
  readonly read: (given: Readonly<Record<string, unknown>>) => SourceEvent;
  readonly write: (event: SourceEvent, answer: SourceAnswer, who: EventAdapterOptions) => object;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const resourceOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'string' ? (JSON.parse(value) as Record<string, unknown>) : null;
const collectionOf = (given: Readonly<Record<string, unknown>>): string =>
  [given['domainName'], given['packageName'], given['resourceName']].join('/');

/** Core 2: the resource is a JSON string, removals name their identifier in it, and flags say what became of it. */
const first: Wire = {
  path: 'event',
  read: (given) => {
    const operation = textOf(given['operationType']) as Operation;
    const value = resourceOf(given['value']);
    const [identifier] = Object.entries(value ?? {});
    const held = identifier?.[1] as { readonly identifikatorverdi?: string } | undefined;
    return {
      corrId: textOf(given['corrId']),
      collection: collectionOf(given),
      operation,
      resource: operation === 'DELETE' ? null : value,
      target:
        operation === 'DELETE' && held?.identifikatorverdi !== undefined
          ? { field: identifier?.[0] ?? null, value: held.identifikatorverdi }
          : null,
      filter: null,
      maxResults: 0,
    };
  },
  write: ({ corrId, operation, resource }, { outcome, message, problems, resources }, { adapterId, now, orgId }) => ({
    corrId,
    orgId,
    adapterId,
    handledAt: now(),
    operationType: operation,
    // Core 2 wants a value even with what was not accepted.
    value: resources[0] ?? { identifier: '', resource },
    failed: outcome === 'failed',
    rejected: outcome === 'rejected',
    conflicted: outcome === 'conflict',
    ...(outcome === 'failed' ? { errorMessage: message } : {}),
    ...(outcome === 'rejected' ? { rejectReason: message } : {}),
    ...(outcome === 'conflict' ? { conflictReason: message } : {}),
    problems,
  }),
};

const STATUS = { accepted: 'SUCCEEDED', rejected: 'REJECTED', conflict: 'CONFLICT', failed: 'ERROR' } as const;

/** What follows Core 2: identifier and filter stand by themselves, one status says what became of it, and resources are a list. */
const second: Wire = {
  path: 'v2/event',
  read: (given) => {
    const id = given['id'] as { readonly idField: string; readonly idValue: string } | null | undefined;
    return {
      corrId: textOf(given['corrId']),
      collection: collectionOf(given),
      operation: textOf(given['operation']) as Operation,
      resource: resourceOf(given['value']),
      target: id === null || id === undefined ? null : { field: id.idField, value: id.idValue },
      filter: typeof given['filter'] === 'string' ? given['filter'] : null,
      maxResults: Number(given['maxResults'] ?? 0),
    };
  },
  write: ({ corrId }, { outcome, message, problems, resources }, { orgId }) => ({
    corrId,
    orgId,
    status: STATUS[outcome],
    message,
    problems,
    resources,
  }),
};

// --- One event ----------------------------------------------------------------------------------------------------

/** Judges and answers one event. Resolves when the hub has taken the answer or does not want it any more. */
const handle = async (options: EventAdapterOptions, send: Send, wire: Wire, event: SourceEvent): Promise<void> => {
  const behaviour = behaviourIn(options.source, event) ?? options.behave?.(event) ?? 'accept';
  if (behaviour === 'silent') return options.onEvent?.(event, 'silent');
  if (behaviour === 'slow') await options.sleep(options.slowMilliseconds ?? 2000);
  const answer = answerTo(options.source, event, behaviour);
  try {
    const response = await send('POST', wire.path, wire.write(event, answer, options));
    await response.body?.cancel();
  } catch (error) {
    const outcome = error instanceof Refusal ? REFUSED[error.status ?? 0] : undefined;
    if (outcome === undefined) throw error;
    return options.onEvent?.(event, outcome);
  }
  if (options.deltas === true) await deliverChanges(deliveryOf(options), options.source.takeChanges());
  options.onEvent?.(event, answer.outcome);
};

const deliveryOf = (options: EventAdapterOptions): AdapterOptions => ({
  ...options,
  collections: options.source.collections,
  operations: options.operations ?? (options.generation === 2 ? ALL : ALL.filter((one) => one !== 'READ')),
});

// --- The rounds ---------------------------------------------------------------------------------------------------

/**
 * Registers, then answers events of every domain that the source has until the signal says stop. Events are handled side by side, so a slow one
 * holds up no other. Rejects when the hub refuses the adapter or cannot be reached after six attempts.
 */
export const answerEvents = async (options: EventAdapterOptions, signal: AbortSignal): Promise<void> => {
  const delivery = deliveryOf(options);
  const send = sender(delivery);
  const beat = heart(delivery, send);
  const wire = options.generation === 1 ? first : second;
  await register(delivery, send);

  const stopping = new AbortController();
  const stop = AbortSignal.any([signal, stopping.signal]);
  // Events that have been met, so that one which comes again is left alone.
  const met = new Set<string>();
  const open = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const give = (error: unknown): void => {
    failure ??= { error };
    stopping.abort();
  };

  const round = async (domain: string): Promise<void> => {
    await beat();
    const response = await send('GET', `${wire.path}/${domain}`, undefined, {
      headers: { prefer: `wait=${options.waitSeconds ?? 20}` },
      signal: stop,
    });
    const given = (await response.json()) as readonly Readonly<Record<string, unknown>>[];
    const fresh = given.map(wire.read).filter(({ corrId }) => !met.has(corrId));
    for (const event of fresh) {
      met.add(event.corrId);
      const handled = handle(options, send, wire, event).catch(give);
      open.add(handled);
      void handled.then(() => open.delete(handled));
    }
    if (given.length > 0 && fresh.length === 0) await options.sleep(REST);
  };
  const ask = async (domain: string): Promise<void> => {
    while (!stop.aborted)
      try {
        await round(domain);
      } catch (error) {
        if (!stop.aborted) give(error);
      }
  };

  const domains = new Set(options.source.collections.map(({ collection }) => collection.split('/', 1)[0] ?? ''));
  await Promise.all([...domains].map(ask));
  await Promise.all(open);
  if (failure !== undefined) throw failure.error;
};
