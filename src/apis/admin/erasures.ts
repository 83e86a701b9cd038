// Operations on erasures: persons who have been erased for good, and whose deliveries are kept back until that is lifted. Rows of operations.ts.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { ok, type Result } from '#base/result.ts';
import { badMembers, readBody, readReason } from './body.ts';
import {
  decide,
  missing,
  notHere,
  pageOfList,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import { findOrganisation } from './organisations.ts';
import type { Erasure, ErasurePort } from './ports.ts';

const showErasure = ({ at, liftedAt, ...erasure }: Erasure): object => ({
  ...erasure,
  at: formatInstant(at),
  liftedAt: liftedAt === null ? null : formatInstant(liftedAt),
});

type Asked = { readonly id: string; readonly erasures: ErasurePort };

const askedOf = async (call: AdminCall): Promise<Result<Asked>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const { erasures } = call.ports;
  return erasures === null ? notHere() : ok({ id: found.value.id, erasures });
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const all = await asked.value.erasures.list(asked.value.id);
  return pageOfList(call, all, ({ at, id }) => `${String(at).padStart(15, '0')} ${id}`, showErasure);
};

const erased = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const { id, erasures } = asked.value;
  const body = readBody(call.body, ['collection', 'field', 'value', 'about', 'reason']);
  const about = body.flag('about') ?? false;
  const reason = readReason(body, 'when a person is erased');
  const path = body.text('collection', 200)?.toLowerCase() ?? '';
  const field = body.text('field', 200)?.toLowerCase() ?? '';
  const value = body.text('value', 512) ?? '';
  const collection = call.ports.model.collections.get(path);
  if (collection === undefined) body.errors.push({ at: '/collection', message: 'the model has no such class' });
  else if (!collection.identifiers.some(({ segment }) => segment === field))
    body.errors.push({ at: '/field', message: 'is no identifier of the class' });
  if (value === '') body.errors.push({ at: '/value', message: 'is needed' });
  if (body.errors.length > 0) return badMembers(body.errors);
  const named = { collection: path, field, value };
  if (!(await erasures.knows(id, named))) return missing();
  let made: Erasure | null = null;
  await decide(call, { subject: id, reason, organisations: [id], collection: path }, async () => {
    made = await erasures.erase(id, named, { about, reason });
  });
  const done: Erasure | null = made;
  return done === null ? refuse(problem('HUB-409', 'It has been erased already.')) : reply(showErasure(done));
};

const lifted = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const { id, erasures } = asked.value;
  const wanted = call.params['erasure'] ?? '';
  const before = (await erasures.list(id)).find((one) => one.id === wanted);
  if (before === undefined) return missing(`There is no erasure ${wanted}.`);
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body, 'when an erasure is lifted');
  if (body.errors.length > 0) return badMembers(body.errors);
  if (before.liftedAt !== null) return refuse(problem('HUB-409', 'It has been lifted already.'));
  await decide(call, { subject: `${wanted} ${id}`, reason, organisations: [id] }, () => erasures.lift(id, wanted));
  const after = (await erasures.list(id)).find((one) => one.id === wanted);
  return after === undefined ? missing() : reply(showErasure(after));
};

const path = '/admin/organisations/{organisation}/erasures';
const common = { needs: 'write', tag: 'Erasures', status: 200, reply: 'Erasure' } as const;

/** The rows. */
export const erasureOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listErasures',
    word: 'erasure list',
    method: 'GET',
    path,
    needs: 'read',
    summary: 'Who has been erased, by case: the ledger knows keyed hashes only.',
    reply: 'ErasureList',
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'erasePerson',
    word: 'erasure make',
    method: 'POST',
    path,
    summary:
      'Erases a person, or any resource, and keeps back what is delivered of it later; with `about` everything that is or was about it goes too. Cannot be undone. Needs a reason.',
    body: 'NewErasure',
    status: 201,
    handle: erased,
  },
  {
    ...common,
    id: 'liftErasure',
    word: 'erasure lift',
    method: 'POST',
    path: `${path}/{erasure}/lift`,
    summary: 'Takes deliveries of the erased again; nothing comes back by itself. Needs a reason.',
    body: 'NeededReason',
    handle: lifted,
  },
];
