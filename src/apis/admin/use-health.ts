// How applications stand with what will go of the APIs that they use. Rows of operations.ts. Which parts and how often only: whose data was asked for is in the audit.
import type { Result } from '#base/result.ts';
import { findApplication } from './applications.ts';
import { notHere, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';

const shown = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findApplication(call);
  if (!found.ok) return found;
  const { useHealth } = call.ports;
  if (useHealth === null) return notHere();
  const health = await useHealth(found.value.id);
  return reply(health, { organisation: found.value.owner, details: found.value.id, count: health.parts.length });
};

/** The rows. */
export const useHealthOperations: readonly Operation[] = [
  {
    id: 'showApplicationHealth',
    word: 'app health',
    method: 'GET',
    path: '/admin/applications/{application}/health',
    needs: 'read',
    tag: 'Applications',
    summary:
      'What an application uses that will go: how often in the last 400 days, until when it is there, what takes its place.',
    reply: 'ApplicationHealth',
    status: 200,
    handle: shown,
  },
];
