// Reads what adapters say to events, and how they ask for them, in both forms of facts 5.2 (Core 2 and the one after it). Called by events.ts.
// Pure; problems name members, never values.
import { problem } from '#base/errors.ts';
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { bodyOf, membersOf } from './body.ts';
import type { Members } from './body.ts';
import type { AnsweredResource, EventAnswer, EventOperation } from './ports.ts';

/** FINT's names of what may be asked of a source. */
export const operationNames: ReadonlyMap<string, EventOperation> = new Map([
  ['READ', 'read'],
  ['CREATE', 'create'],
  ['UPDATE', 'update'],
  ['DELETE', 'delete'],
  ['VALIDATE', 'validate'],
]);

export type PollParameters = { readonly size: number; readonly waitMs: number };

const digits = /^\d{1,9}$/;
const wanted = /(?:^|[,;\s])wait\s{0,9}=\s{0,9}"?(\d{1,9})"?(?=$|[,;\s])/i;

/** How many events, and how long to wait for the first: `?size=`, `?wait=` or `Prefer: wait=` (RFC 7240), in seconds. Fails with HUB-103. */
export const readPoll = (query: URLSearchParams, prefer: string | null): Result<PollParameters> => {
  const errors: ProblemItem[] = [];
  const number = (name: string): number | null => {
    const values = query.getAll(name);
    const [value] = values;
    if (value === undefined) return null;
    if (values.length === 1 && digits.test(value)) return Number(value);
    errors.push({ at: name, message: 'expected a whole number, once' });
    return null;
  };
  const size = number('size') ?? 0;
  const seconds = number('wait') ?? Number(wanted.exec(prefer ?? '')?.[1] ?? 0);
  return errors.length > 0
    ? failed(problem('HUB-103', 'A parameter is not right.', { errors }))
    : ok({ size, waitMs: Math.min(seconds * 1_000, limits.eventWaitMs) });
};

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** An answer as it was read; how long it was is not in it. */
export type ReadAnswer = Omit<EventAnswer, 'tooLarge'>;

type Common = Pick<EventAnswer, 'corrId' | 'orgId' | 'problems'>;

const textIn = (members: Members, name: string, errors: ProblemItem[]): string | null => {
  const value = members.of(name);
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  errors.push({ at: `/${name}`, message: 'expected text' });
  return null;
};

const readCommon = (members: Members, errors: ProblemItem[]): Common => {
  const corrId = members.of('corrId');
  if (typeof corrId !== 'string' || !uuid.test(corrId)) errors.push({ at: '/corrId', message: 'expected a UUID' });
  return {
    corrId: typeof corrId === 'string' ? corrId.toLowerCase() : '',
    orgId: textIn(members, 'orgId', errors),
    problems: readProblems(members.of('problems'), errors),
  };
};

const readProblems = (given: unknown, errors: ProblemItem[]): EventAnswer['problems'] => {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    errors.push({ at: '/problems', message: 'expected a list' });
    return [];
  }
  return given.map((one: unknown, index) => {
    const members = membersOf(one);
    if (members === null) errors.push({ at: `/problems/${index}`, message: 'expected an object' });
    const text = (name: string): string => {
      const value = members?.of(name);
      return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
    };
    return { field: text('field'), message: text('message'), code: text('code') };
  });
};

const readEntry = (given: unknown, at: string, errors: ProblemItem[]): AnsweredResource | null => {
  const members = membersOf(given);
  const identifier = members?.of('identifier') ?? null;
  if (members === null || (identifier !== null && typeof identifier !== 'string')) {
    errors.push({ at, message: 'expected an object with identifier and resource' });
    return null;
  }
  const resource = members.of('resource') ?? null;
  return resource === null ? null : { identifier, resource };
};

const wrong = (errors: readonly ProblemItem[]): Result<never> =>
  failed(problem('HUB-103', 'The answer is not right; the event still waits.', { errors: errors.slice(0, 100) }));

/** An answer of Core 2 (ResponseFintEvent). Fails with HUB-101, HUB-100 or HUB-103. Of the value only what the answer needs is looked at. */
export const readFirstAnswer = (text: string): Result<ReadAnswer> => {
  const body = bodyOf(text);
  if (!body.ok) return body;
  const errors: ProblemItem[] = [];
  const common = readCommon(body.value, errors);
  const name = body.value.of('operationType');
  const operation = typeof name === 'string' ? operationNames.get(name) : undefined;
  if (operation === undefined || operation === 'read')
    errors.push({ at: '/operationType', message: 'expected CREATE, UPDATE, DELETE or VALIDATE' });
  const adapterId = textIn(body.value, 'adapterId', errors);
  if (adapterId === null) errors.push({ at: '/adapterId', message: 'expected text' });
  const state = readState(body.value, errors);
  const reason = { failed: 'errorMessage', rejected: 'rejectReason', conflict: 'conflictReason', accepted: '' }[state];
  const message = reason === '' ? null : textIn(body.value, reason, errors);
  const stored = operation === 'create' || operation === 'update';
  const needed = state === 'conflict' || (state === 'accepted' && stored);
  const value = body.value.of('value');
  const given = value === undefined || value === null || !needed ? null : readEntry(value, '/value', errors);
  if (errors.length > 0 || operation === undefined) return wrong(errors);
  return ok({
    ...common,
    adapterId,
    operation,
    state,
    message: message ?? '',
    resources: given === null ? [] : [given],
  });
};

const flags = [
  ['failed', 'failed'],
  ['rejected', 'rejected'],
  ['conflicted', 'conflict'],
] as const;

const readState = (members: Members, errors: ProblemItem[]): EventAnswer['state'] => {
  const said = flags.filter(([name]) => {
    const flag = members.of(name);
    if (flag !== undefined && flag !== null && typeof flag !== 'boolean')
      errors.push({ at: `/${name}`, message: 'expected true or false' });
    return flag === true;
  });
  if (said.length > 1) errors.push({ at: '', message: 'failed, rejected and conflicted exclude each other' });
  return said[0]?.[1] ?? 'accepted';
};

const states: ReadonlyMap<unknown, EventAnswer['state']> = new Map([
  ['SUCCEEDED', 'accepted'],
  ['REJECTED', 'rejected'],
  ['CONFLICT', 'conflict'],
  ['ERROR', 'failed'],
]);

/** An answer of the second kind (EventResponse). Fails with HUB-101, HUB-100 or HUB-103. */
export const readSecondAnswer = (text: string): Result<ReadAnswer> => {
  const body = bodyOf(text);
  if (!body.ok) return body;
  const errors: ProblemItem[] = [];
  const common = readCommon(body.value, errors);
  const state = states.get(body.value.of('status'));
  if (state === undefined) errors.push({ at: '/status', message: `expected one of ${[...states.keys()].join(', ')}` });
  const message = textIn(body.value, 'message', errors) ?? '';
  const given = body.value.of('resources') ?? [];
  if (!Array.isArray(given)) errors.push({ at: '/resources', message: 'expected a list' });
  const resources: AnsweredResource[] = [];
  for (const [index, one] of (Array.isArray(given) ? given : []).entries()) {
    const entry = readEntry(one, `/resources/${index}`, errors);
    if (entry !== null) resources.push(entry);
    else if (membersOf(one) !== null)
      errors.push({ at: `/resources/${index}/resource`, message: 'expected an object' });
  }
  if (errors.length > 0 || state === undefined) return wrong(errors);
  return ok({ ...common, adapterId: null, operation: null, state, message, resources });
};
