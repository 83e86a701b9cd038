// What applications have used of their quotas in an organisation, and the limits of a link as they are given. Rows of operations.ts. Numbers of
// requests only: which they were is in the audit.
import { limits } from '#base/limits.ts';
import type { Result } from '#base/result.ts';
import { may } from './actor.ts';
import { isMembers, readBody, type Body } from './body.ts';
import { notHere, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';
import { findOrganisation } from './organisations.ts';
import type { QuotaLimits } from './ports.ts';

/**
 * Reads the member `quota` of a link on top of what it was. Only who runs the hub may give more than others have, for it is the hub that the limits
 * protect. Findings go into the body's list.
 */
export const readQuota = (
  { ports, actor }: AdminCall,
  body: Body,
  before: QuotaLimits | null | undefined,
): QuotaLimits | null => {
  const given = body.value('quota');
  if (given === undefined) return before ?? null;
  if (given === null) return null;
  if (!isMembers(given)) {
    body.errors.push({ at: '/quota', message: 'must be perMinute and perDay, or null' });
    return null;
  }
  const members = readBody(given, ['perMinute', 'perDay'], body.errors, '/quota');
  const limit = (name: keyof QuotaLimits): number | null => {
    const value = members.value(name);
    if (value === null || value === undefined) return null;
    const usual = ports.quotas?.usual[name] ?? 0;
    const say = (message: string): null => (body.errors.push({ at: `/quota/${name}`, message }), null);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > limits.quotaAtMost)
      return say(`must be a whole number from 0 to ${limits.quotaAtMost}, or null`);
    if (!may(actor, 'platform') && usual > 0 && (value === 0 || value > usual))
      return say(`must be 1 to ${usual}: more is given by those who run the hub`);
    return value;
  };
  return { perMinute: limit('perMinute'), perDay: limit('perDay') };
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const { quotas } = call.ports;
  if (quotas === null) return notHere();
  const items = quotas.usageOf(found.value.id);
  return reply({ usual: quotas.usual, items }, { organisation: found.value.id, count: items.length });
};

/** The rows. */
export const usageOperations: readonly Operation[] = [
  {
    id: 'listUsage',
    word: 'usage list',
    method: 'GET',
    path: '/admin/organisations/{organisation}/usage',
    needs: 'read',
    tag: 'Links',
    summary:
      'What applications have used today of their quotas in the organisation, what is left, and when it begins anew. By all processes together, two seconds late at most.',
    reply: 'UsageList',
    status: 200,
    handle: listed,
  },
];
