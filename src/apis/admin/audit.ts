// Operations on the audit of an organisation: who has seen what, checkpoints, proof. Rows of operations.ts. Thin over hub/audit-trail.ts, which
// records every search itself.
import { formatInstant, midnight } from '#base/clock.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { AuditedPerson, AuditQuestion, AuditTrail } from '#hub/audit-trail.ts';
import { badMembers, isMembers, readBody, type Body } from './body.ts';
import {
  decide,
  notHere,
  pageOf,
  placeNumber,
  readPaging,
  reply,
  ruleOf,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { findOrganisation } from './organisations.ts';

const dayMs = 86_400_000;
const answerMost = 1_000;
const answerDefault = 100;

type Asked = { readonly id: string; readonly trail: AuditTrail };

/** The organisation of the address and its audit. */
const trailOf = async (call: AdminCall): Promise<Result<Asked>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const { audit } = call.ports;
  return audit === null ? notHere() : ok({ id: found.value.id, trail: audit });
};

const instantForm = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?Z)?$/;

/** A day in Norway, its first or last moment, or an instant in UTC. */
const readMoment = (body: Body, name: 'from' | 'to'): number | null => {
  const text = body.textOrNull(name, 40) ?? null;
  if (text === null) return null;
  const [, date, time] = instantForm.exec(text) ?? [];
  const moment = date === undefined ? Number.NaN : Date.parse(text);
  if (Number.isNaN(moment)) {
    body.errors.push({
      at: `/${name}`,
      message: 'must be a date as 2026-08-01, or an instant as 2026-08-01T06:00:00Z',
    });
    return null;
  }
  if (time !== undefined) return moment;
  return name === 'from' ? midnight(moment) : midnight(moment + dayMs) - 1;
};

const readPerson = (body: Body): AuditedPerson | null => {
  const given = body.value('person');
  if (given === undefined || given === null) return null;
  if (!isMembers(given)) {
    body.errors.push({ at: '/person', message: 'must be field and value, and may name a collection' });
    return null;
  }
  const person = readBody(given, ['collection', 'field', 'value'], body.errors, '/person');
  const field = person.text('field', 200)?.toLowerCase() ?? '';
  const value = person.text('value', 512) ?? '';
  if (field === '' || value === '') body.errors.push({ at: '/person', message: 'must have field and value' });
  return { collection: person.text('collection', 200)?.toLowerCase() ?? null, field, value };
};

const oneOf = <T extends string>(body: Body, name: string, values: readonly T[]): T | null => {
  const given = body.text(name, 20);
  if (given === undefined) return null;
  const known = values.find((value) => value === given);
  if (known === undefined) body.errors.push({ at: `/${name}`, message: `must be one of ${values.join(', ')}` });
  return known ?? null;
};

const readQuestion = (body: Body): AuditQuestion & { readonly limit: number } => {
  const limit = body.number('limit') ?? answerDefault;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > answerMost)
    body.errors.push({ at: '/limit', message: `must be 1 to ${answerMost}` });
  const beyond = body.number('beyond') ?? null;
  if (beyond !== null && !Number.isSafeInteger(beyond))
    body.errors.push({ at: '/beyond', message: 'must be a whole number' });
  return {
    application: body.text('application', 200) ?? null,
    class: body.text('class', 200) ?? null,
    from: readMoment(body, 'from'),
    to: readMoment(body, 'to'),
    decision: oneOf(body, 'decision', ['allow', 'deny']),
    person: readPerson(body),
    order: oneOf(body, 'order', ['newest', 'oldest']) ?? 'newest',
    beyond,
    limit,
  };
};

const members = ['application', 'class', 'from', 'to', 'decision', 'person', 'order', 'beyond', 'limit'] as const;

const searched = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await trailOf(call);
  if (!asked.ok) return asked;
  const body = readBody(call.body, members);
  const question = readQuestion(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const { issuer, client, token } = call.actor;
  const asker = { issuer, client, token, request: call.requestId, api: 'admin', rule: ruleOf(call) };
  const found = await asked.value.trail.search(asked.value.id, { ...question, limit: question.limit + 1 }, asker);
  if (!found.ok) return failed(found.problem);
  const entries: { readonly sequence: number; readonly item: object }[] = [];
  for await (const batch of found.value.entries)
    for (const { sequence, record } of batch) {
      const { at, seen: _seen, ...shown } = record;
      entries.push({ sequence, item: { sequence, at: formatInstant(at), ...shown } });
    }
  const page = entries.slice(0, question.limit);
  const beyond = entries.length > question.limit ? (page.at(-1)?.sequence ?? null) : null;
  return reply({ known: found.value.known, items: page.map(({ item }) => item), beyond }, { recorded: true });
};

const checkpoints = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await trailOf(call);
  if (!asked.ok) return asked;
  const paging = readPaging(call, placeNumber);
  if (!paging.ok) return paging;
  const { limit, cursor } = paging.value;
  const query = { before: cursor === null ? null : Number(cursor), limit: limit + 1 };
  const all = await asked.value.trail.checkpoints(asked.value.id, query);
  const page = all.slice(0, limit);
  return pageOf(call, page, all.length > limit ? String(page.at(-1)?.number ?? 0) : null);
};

const sealed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await trailOf(call);
  if (!asked.ok) return asked;
  const { id, trail } = asked.value;
  await decide(call, { subject: id, organisations: [id] }, () => trail.seal(id));
  const newest = await trail.checkpoints(id, { limit: 1 });
  return reply({ items: newest, next: null });
};

const verified = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await trailOf(call);
  return asked.ok ? reply(await asked.value.trail.verify(asked.value.id)) : asked;
};

// What the store calls a place; the store itself looks at it closely.
const chainPlace = /^[\d.]{1,120}$/;

const told = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await trailOf(call);
  if (!asked.ok) return asked;
  const from = call.query.get('from');
  if (from !== null && !chainPlace.test(from))
    return badMembers([{ at: 'from', message: 'is not one that an answer gave' }]);
  return reply(await asked.value.trail.chainPart(asked.value.id, from));
};

const path = '/admin/organisations/{organisation}/audit';
const common = { needs: 'read', tag: 'Audit', status: 200 } as const;

/** The rows. */
export const auditOperations: readonly Operation[] = [
  {
    ...common,
    id: 'searchAudit',
    word: 'audit search',
    method: 'POST',
    path: `${path}/search`,
    summary:
      'Who has done what, and who has seen a person. The question is in the body, so that no identifier stands in an address; it is itself recorded.',
    body: 'AuditQuestion',
    reply: 'AuditAnswer',
    handle: searched,
  },
  {
    ...common,
    id: 'listCheckpoints',
    word: 'audit checkpoints',
    method: 'GET',
    path: `${path}/checkpoints`,
    summary: 'Signed statements about the audit, the newest first: keep them elsewhere.',
    reply: 'CheckpointList',
    paged: true,
    handle: checkpoints,
  },
  {
    ...common,
    id: 'sealAudit',
    word: 'audit seal',
    method: 'POST',
    path: `${path}/checkpoints`,
    needs: 'write',
    summary: 'Signs the audit as it is now, and gives the newest checkpoint.',
    reply: 'CheckpointList',
    handle: sealed,
  },
  {
    ...common,
    id: 'verifyAudit',
    word: 'audit verify',
    method: 'GET',
    path: `${path}/verify`,
    summary: 'Runs the independent verifier over the whole audit.',
    reply: 'AuditVerdict',
    handle: verified,
  },
  {
    ...common,
    id: 'readAuditChain',
    word: 'audit chain',
    method: 'GET',
    path: `${path}/chain`,
    summary:
      'A piece of the whole audit as text; all of them joined are what the independent verifier proves elsewhere.',
    query: [
      {
        name: 'from',
        description: 'Where the last piece ended; the first piece without.',
        schema: { type: 'string' },
      },
    ],
    reply: 'AuditChainPart',
    handle: told,
  },
];
