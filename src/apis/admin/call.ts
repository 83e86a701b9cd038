// What an operation is, what its handler is given and gives, and the steps that handlers share: recording a change, conditions, repeated
// requests, pages of a list. Used by every file of the folder.
import { hash } from 'node:crypto';
import { formatInstant } from '#base/clock.ts';
import { problem, type Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Failed, type Result } from '#base/result.ts';
import { administers, type Need } from './actor.ts';
import type { Members } from './body.ts';
import type { Actor, AdminPorts, AdminRecord } from './ports.ts';

export type Parameter = { readonly name: string; readonly description: string; readonly schema: object };

/** One operation: its address, who may call it, how it is described, and what it does. */
export type Operation = {
  /** Unique; the operationId of the description. */
  readonly id: string;
  /** What the audits call it. */
  readonly word: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `{name}` stands for one segment. */
  readonly path: string;
  readonly needs: Need;
  readonly tag: string;
  readonly summary: string;
  readonly query?: readonly Parameter[];
  /** Names of schemas; `reply` null = an empty answer. */
  readonly body?: string;
  readonly reply: string | null;
  readonly status: number;
  /** A list that is paged by `limit` and `cursor`. */
  readonly paged?: true;
  /** Takes an Idempotency-Key. */
  readonly repeatable?: true;
  /** Its answer has an ETag, and the change of it takes If-Match. */
  readonly versioned?: true;
  readonly handle: (call: AdminCall) => Promise<Result<AdminReply>>;
};

export type AdminCall = {
  readonly ports: AdminPorts;
  readonly actor: Actor;
  readonly requestId: string;
  readonly operation: Operation;
  /** Segments of the address that stood for `{name}`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Members;
  readonly header: (name: string) => string | null;
};

export type AdminReply = {
  readonly value: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The organisation in whose audit the answer belongs; the one of the address, else the actor's own, unless named. */
  readonly organisation?: string;
  /** How many things the answer showed, for the audit. */
  readonly count?: number;
  readonly details?: string;
  /** Resources of which the answer shows something. */
  readonly shown?: readonly number[];
  /** The answer is on record already. */
  readonly recorded?: true;
  /** The value is a text of this media type, not JSON. */
  readonly type?: string;
};

export const reply = (value: unknown, more: Omit<AdminReply, 'value'> = {}): Result<AdminReply> =>
  ok({ value, ...more });

export const refuse = (value: Problem): Failed => failed(value);

/** What does not exist, or is not the caller's to see. The detail is for the command line; over HTTP every such answer is the same. */
export const missing = (detail = 'There is nothing at this address.'): Failed => failed(problem('HUB-204', detail));

// What was just made and what is read back differ in the order of members, and in members that hold nothing.
const inOrder = (_name: string, value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== undefined && member !== null)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );

/** The name of a version of a stored thing: equal for equal content. */
export const etagOf = (stored: unknown): string =>
  `"${hash('sha256', JSON.stringify(stored, inOrder), 'base64url').slice(0, 22)}"`;

/** Fails with HUB-412 when If-Match names other versions than the present one. */
export const checkMatch = (call: AdminCall, stored: unknown): Failed | null => {
  const wanted = call.header('if-match');
  if (wanted === null || wanted.trim() === '*') return null;
  const present = etagOf(stored);
  return wanted.split(',').some((one) => one.trim() === present)
    ? null
    : failed(problem('HUB-412', 'It has been changed since it was read.'));
};

export type Decision = {
  readonly subject: string;
  readonly reason?: string;
  /** Organisations whose audit is to hold it. */
  readonly organisations: readonly string[];
  readonly collection?: string;
};

/** Records a change and then makes it: in this order, so that nothing changes unrecorded. */
export const decide = async (call: AdminCall, decision: Decision, work: () => unknown): Promise<void> => {
  const { ports, actor, operation } = call;
  const { subject, reason = '' } = decision;
  const details = reason === '' ? subject : `${subject}: ${reason}`;
  const records = [...new Set(decision.organisations)].map((organisation) => ({
    ...recordOf(call, organisation, 'allow', ruleOf(call)),
    collection: decision.collection ?? '',
    details,
  }));
  await ports.record({ actor, operation: operation.word, subject, reason, records });
  await work();
};

/** The scopes by which the caller may do it: what the audit names as the rule. */
export const ruleOf = ({ actor }: AdminCall): string => actor.scopes.join(' ');

/** A record of this call for the audit of an organisation. */
export const recordOf = (
  { actor, requestId, operation }: Pick<AdminCall, 'actor' | 'requestId' | 'operation'>,
  organisation: string,
  decision: AdminRecord['decision'],
  rule: string,
): AdminRecord => ({
  organisation,
  actor,
  requestId,
  operation: operation.word,
  decision,
  rule,
  collection: '',
  count: null,
  details: '',
  shown: [],
  ofData: operation.path.startsWith('/admin/organisations/{organisation}/'),
});

const claimMs = 86_400_000;
const keyForm = /^[\u0021-\u007e]+$/;

/**
 * The id for something new: the one given, or the one that an earlier request with the same Idempotency-Key got. Fails with HUB-413 when the
 * key came with another request, HUB-103 for a key that is none.
 */
export const claimId = async (call: AdminCall, fresh: string): Promise<Result<string>> => {
  const key = call.header('idempotency-key');
  if (key === null) return ok(fresh);
  if (!keyForm.test(key) || key.length > limits.idempotencyKeyLength)
    return failed(
      problem('HUB-103', 'The Idempotency-Key is not right.', {
        errors: [
          { at: 'Idempotency-Key', message: `must be 1 to ${limits.idempotencyKeyLength} printable characters` },
        ],
      }),
    );
  const { ports, actor, operation, params, body } = call;
  const name = hash('sha256', [actor.issuer, actor.client, operation.id, key].join('\n'), 'base64url');
  const request = hash('sha256', JSON.stringify([params, body]), 'base64url');
  const expiresAt = ports.clock.now() + claimMs;
  const first = await ports.platform.claim(name, { request, subject: fresh, expiresAt });
  return first.request === request
    ? ok(first.subject)
    : failed(problem('HUB-413', 'The Idempotency-Key has been used for another request.'));
};

const pageDefault = 100;
const pageMost = 1_000;
const anyPlace = /^/;

/** The form of a place that is a number in an order. */
export const placeNumber = /^\d{1,15}$/;

/** `limit` and `cursor` of a list whose places have a form: anybody can make up a cursor. Fails with HUB-103. */
export const readPaging = (
  call: AdminCall,
  form = anyPlace,
): Result<{ readonly limit: number; readonly cursor: string | null }> => {
  const given = call.query.get('limit') ?? String(pageDefault);
  const cursor = call.query.get('cursor');
  const place = cursor === null ? null : decoded(cursor);
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  const errors = [
    ...(limit < 1 || limit > pageMost ? [{ at: 'limit', message: `must be 1 to ${pageMost}` }] : []),
    ...(cursor !== null && (place === null || !form.test(place))
      ? [{ at: 'cursor', message: 'is not one that this list gave' }]
      : []),
  ];
  if (errors.length > 0) return failed(problem('HUB-103', 'A parameter is not right.', { errors }));
  return ok({ limit, cursor: place });
};

const encoded = (place: string): string => Buffer.from(place).toString('base64url');
const decoded = (cursor: string): string | null => {
  const place = Buffer.from(cursor, 'base64url');
  return place.length > 0 && place.toString('base64url') === cursor ? place.toString() : null;
};

/** The member `changedAt` of a grant or a link that has been changed; none of others. */
export const changedAtOf = ({ changedAt = null }: { readonly changedAt?: number | null }): object =>
  changedAt === null ? {} : { changedAt: formatInstant(changedAt) };

/** A page as answered: the items, and where to go on, in the body and in the Link header. `next` is the place after the last item, or null. */
export const pageOf = (
  call: AdminCall,
  items: readonly unknown[],
  next: string | null,
  more: Omit<AdminReply, 'value' | 'headers'> = {},
): Result<AdminReply> => {
  const cursor = next === null ? null : encoded(next);
  const query = new URLSearchParams(call.query);
  if (cursor !== null) query.set('cursor', cursor);
  const path = call.operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(call.params[name] ?? ''),
  );
  return reply(
    { items, next: cursor },
    {
      count: items.length,
      ...more,
      ...(cursor === null ? {} : { headers: { link: `<${path}?${query.toString()}>; rel="next"` } }),
    },
  );
};

/** One page of a list that is at hand whole, in the order of its places (texts that sort). Fails with HUB-103. */
export const pageOfList = <T>(
  call: AdminCall,
  list: readonly T[],
  placeOf: (item: T) => string,
  show: (item: T) => unknown,
): Result<AdminReply> => {
  const paging = readPaging(call);
  if (!paging.ok) return paging;
  const { limit, cursor } = paging.value;
  const after = list
    .map((item) => ({ item, place: placeOf(item) }))
    .filter(({ place }) => cursor === null || place > cursor)
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const page = after.slice(0, limit);
  return pageOf(
    call,
    page.map(({ item }) => show(item)),
    after.length > limit ? (page.at(-1)?.place ?? null) : null,
  );
};

/** A place in the order of creation. */
export const placeByAge = ({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string =>
  `${String(createdAt).padStart(15, '0')} ${id}`;

/** What only a running hub can do. */
export const notHere = (): Failed =>
  failed(problem('HUB-409', 'Only a running hub can tell: ask it with the credentials of an administrator.'));

/** The organisation of the address when it exists and the actor administers it; else missing, whichever it was. */
export const organisationOf = async (call: AdminCall, id: string): Promise<Result<string>> => {
  if (!administers(call.actor, id)) return missing();
  return (await call.ports.platform.organisation(id)) === null ? missing(`There is no organisation ${id}.`) : ok(id);
};
