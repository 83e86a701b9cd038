// Operations on the keys that sign tokens, and on the caller itself. Rows of operations.ts. Shows ids and states, never a key.
import { formatInstant } from '#base/clock.ts';
import type { Result } from '#base/result.ts';
import { decide, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';

const listed = async ({ ports }: AdminCall): Promise<Result<AdminReply>> => {
  const items = (await ports.platform.signingKeys()).map(({ id, state, since, createdAt }) => ({
    id,
    state,
    since: formatInstant(since),
    createdAt: formatInstant(createdAt),
  }));
  return reply({ items, next: null }, { count: items.length });
};

const rotated = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { organisation } = call.actor;
  const organisations = organisation === null ? [] : [organisation];
  await decide(call, { subject: 'signing keys', organisations }, () => call.ports.rotateKeys());
  return listed(call);
};

const self = async ({ actor }: AdminCall): Promise<Result<AdminReply>> =>
  reply({ client: actor.client, organisation: actor.organisation, scopes: actor.scopes });

const common = { tag: 'The hub', status: 200 } as const;

/** The rows. */
export const keyOperations: readonly Operation[] = [
  {
    ...common,
    id: 'showSelf',
    word: 'self',
    method: 'GET',
    path: '/admin/self',
    needs: 'read',
    summary: 'Whom the hub takes the caller for.',
    reply: 'Self',
    handle: self,
  },
  {
    ...common,
    id: 'listKeys',
    word: 'key list',
    method: 'GET',
    path: '/admin/keys',
    needs: 'platform',
    summary: 'The keys that sign access tokens, the newest last; never a key itself.',
    reply: 'KeyList',
    handle: listed,
  },
  {
    ...common,
    id: 'rotateKeys',
    word: 'key rotate',
    method: 'POST',
    path: '/admin/keys/rotate',
    needs: 'platform',
    summary: 'Puts the next key to use and publishes another; tokens of the former live out their time.',
    reply: 'KeyList',
    handle: rotated,
  },
];
