// What the source says to one event: the whole of an adapter's judgement, without a network. Called by event-adapter.ts, which speaks both forms of
// events on the wire; here an event and its answer are the same for both. Read it for what an answer has to hold, then write your own.

import type { Operation } from './adapter.ts';
import { identifiersOf, type Source, type SourceEntry } from './source.ts';

export type SourceEvent = {
  readonly corrId: string;
  /** `utdanning/elev/elev` */
  readonly collection: string;
  readonly operation: Operation;
  /** The resource as the client wants it; null for reads and removals. */
  readonly resource: Readonly<Record<string, unknown>> | null;
  /** The identifier that the client addressed; null when the event does not say, and for reads by filter. */
  readonly target: { readonly field: string | null; readonly value: string } | null;
  /** A read by filter; null otherwise. */
  readonly filter: string | null;
  readonly maxResults: number;
};

export type Problem = { readonly field: string; readonly message: string; readonly code: string };

/** What the source says. `resources` has exactly what the outcome calls for: see `answerTo`. */
export type SourceAnswer = {
  readonly outcome: 'accepted' | 'rejected' | 'conflict' | 'failed';
  readonly message: string;
  readonly problems: readonly Problem[];
  readonly resources: readonly SourceEntry[];
};

/**
 * How the sandbox treats an event: as a source would (`accept`, which still rejects what cannot be), or with trouble: `slow` accepts after a
 * while, `silent` never answers.
 */
export type Behaviour = 'accept' | 'reject' | 'conflict' | 'fail' | 'slow' | 'silent';

const MARK = /sandbox:(accept|reject|conflict|fail|slow|silent)\b/;

/**
 * The behaviour that an event asks for itself: the first text `sandbox:reject` (or `:conflict`, `:fail`, `:slow`, `:silent`, `:accept`) in any
 * attribute of its resource. Reads and removals carry no resource, so the one in the source counts; a filter counts as it is written. Undefined
 * when there is none.
 */
export const behaviourIn = (source: Source, event: SourceEvent): Behaviour | undefined => {
  const text =
    event.resource === null
      ? `${event.filter ?? ''}${JSON.stringify(entryOf(source, event)?.resource ?? '')}`
      : JSON.stringify(event.resource);
  return MARK.exec(text)?.[1] as Behaviour | undefined;
};

/** The entry that an event is about, as the source has it; undefined when it has none. */
const entryOf = (source: Source, { collection, target, resource }: SourceEvent): SourceEntry | undefined => {
  const named = target === null ? undefined : source.find(collection, target.field, target.value);
  if (named !== undefined || resource === null) return named;
  for (const [field, value] of identifiersOf(resource)) {
    const found = source.find(collection, field, value);
    if (found !== undefined) return found;
  }
  return undefined;
};

const answer = (
  outcome: SourceAnswer['outcome'],
  message: string,
  resources: readonly SourceEntry[] = [],
  problems: readonly Problem[] = [],
): SourceAnswer => ({ outcome, message, problems, resources });

/**
 * Judges an event and, when it is accepted, carries it out in the source. An accepted create or update holds the resource as the source has it
 * now, exactly one; a conflict holds the one that stands in the way; a validation and a removal hold none; a read holds what was found.
 */
export const answerTo = (source: Source, event: SourceEvent, behaviour: Behaviour): SourceAnswer => {
  const { collection, operation } = event;
  const known = entryOf(source, event);
  if (behaviour === 'reject') return rejected(event);
  if (behaviour === 'fail') return answer('failed', 'Kildesystemet svarte ikke.');
  if (behaviour === 'conflict' && operation !== 'READ') return conflict(event, known);
  switch (operation) {
    case 'READ':
      return event.filter === null
        ? answer('accepted', '', known === undefined ? [] : [known])
        : byFilter(source, event);
    case 'VALIDATE':
      return answer('accepted', 'Ville blitt godtatt.');
    case 'CREATE': {
      if (event.resource === null) return answer('failed', 'Hendelsen har ingen ressurs.');
      if (known !== undefined) return conflict(event, known);
      const made = named(event.resource, event.corrId);
      source.put(collection, made);
      return answer('accepted', '', [made]);
    }
    case 'UPDATE': {
      if (event.resource === null) return answer('failed', 'Hendelsen har ingen ressurs.');
      if (known === undefined) return answer('rejected', 'Ressursen finnes ikke i kildesystemet.');
      // The same entry goes on being delivered under the same identifier.
      const changed = { identifier: known.identifier, resource: event.resource };
      source.put(collection, changed);
      return answer('accepted', '', [changed]);
    }
    case 'DELETE':
      if (known === undefined) return answer('rejected', 'Ressursen finnes ikke i kildesystemet.');
      source.remove(collection, known.identifier);
      return answer('accepted', '');
  }
};

const rejected = ({ resource }: SourceEvent): SourceAnswer => {
  const field = Object.entries(resource ?? {}).find(([, value]) => MARK.test(JSON.stringify(value)))?.[0];
  const problems = field === undefined ? [] : [{ field, message: 'Verdien er ikke tillatt.', code: 'sandbox' }];
  return answer('rejected', 'Kildesystemet godtar ikke endringen.', [], problems);
};

/** What stands in the way: the entry of the source, else (nothing does, but conflict was asked for) the resource that was sent. */
const conflict = (event: SourceEvent, known: SourceEntry | undefined): SourceAnswer => {
  const standing = known ?? (event.resource === null ? undefined : named(event.resource, event.corrId));
  return standing === undefined
    ? answer('rejected', 'Ressursen finnes ikke i kildesystemet.')
    : answer('conflict', 'Ressursen er endret i kildesystemet.', [standing]);
};

/** A new resource as the source keeps it: it gives an identifier to one that has none. */
const named = (resource: Readonly<Record<string, unknown>>, corrId: string): SourceEntry => {
  const identifiers = identifiersOf(resource);
  const [, value] = identifiers.find(([field]) => field === 'systemId') ?? identifiers[0] ?? [];
  if (value !== undefined) return { identifier: value, resource };
  const given = `SANDBOX-${corrId.slice(0, 8)}`;
  return { identifier: given, resource: { systemId: { identifikatorverdi: given }, ...resource } };
};

const EQUALITY = /^\s*([A-Za-z][\w/]*)\s+eq\s+(?:'((?:[^']|'')*)'|(true|false)|(-?\d+(?:\.\d+)?))\s*$/;

/** Answers `navn/etternavn eq 'Berg'`; a real source would turn the filter into a query of its own, or refuse what it cannot. */
const byFilter = (source: Source, { collection, filter, maxResults }: SourceEvent): SourceAnswer => {
  const [, path, text, flag, number] = EQUALITY.exec(filter ?? '') ?? [];
  if (path === undefined) return answer('rejected', 'Kildesystemet svarer bare på likhet: sti eq verdi.');
  const wanted = text?.replaceAll("''", "'") ?? (flag === undefined ? Number(number) : flag === 'true');
  const steps = path.split('/');
  const found = source.filter(collection, ({ resource }) => valueAt(resource, steps) === wanted, maxResults + 1);
  return found.length > maxResults
    ? answer('rejected', `Flere enn ${maxResults} treff.`)
    : answer('accepted', '', found);
};

const valueAt = (value: unknown, [step, ...rest]: readonly string[]): unknown => {
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return valueAt((value as Readonly<Record<string, unknown>>)[step], rest);
};
