// The life of an event (a write or live read of a client): made, waiting, answered, expired, forgotten. Used by every file of writing and by
// ingest, which brings the answers. Pure; times are epoch ms.
import type { IdentifierValue, WriteEvent } from '#store/store.ts';

/** Seconds after which a waiting outcome may have come. */
export const askAgainSeconds = 2;

/** How long an answer must come before, and how long the outcome may be asked for, milliseconds. */
export type EventTimes = { readonly answerMs: number; readonly statusMs: number };

/** A status is kept this much longer than the deadline at least, so that whoever asked can hear of a late answer. */
const graceMs = 300_000;

/** How long what is left of an event is kept for the owner. */
export const eventLifeMs = 30 * 86_400_000;

export type Asked = Pick<
  WriteEvent,
  'id' | 'collection' | 'operation' | 'policy' | 'client' | 'issuer' | 'api' | 'request'
> &
  Partial<Pick<WriteEvent, 'target' | 'uid' | 'value' | 'filter' | 'idempotency'>>;

/** A new event that waits; order 0 = not stored yet. */
export const newEvent = (asked: Asked, now: number, { answerMs, statusMs }: EventTimes): WriteEvent => ({
  target: null,
  uid: null,
  value: null,
  filter: null,
  idempotency: null,
  ...asked,
  order: 0,
  state: 'waiting',
  createdAt: now,
  deadline: now + answerMs,
  answeredAt: null,
  answeredBy: null,
  message: '',
  problems: [],
  answer: null,
  retainUntil: now + Math.max(statusMs, answerMs + graceMs),
});

/** True as long as an adapter may still answer. A deadline that has passed counts at once, whether or not anybody has looked. */
export const isWaiting = ({ state, deadline }: WriteEvent, now: number): boolean =>
  state === 'waiting' && now < deadline;

/** What an event becomes when nobody has answered in time. */
export const expired = (event: WriteEvent): WriteEvent => ({ ...event, state: 'expired' });

/** The words under which a resource that has no uid yet stands in the audit. */
export const subjectText = (collection: string, { field, value }: IdentifierValue): string =>
  `${collection} ${field} ${value}`;
