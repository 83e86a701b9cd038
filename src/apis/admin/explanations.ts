// Why an answer of an organisation's data was empty, refused or smaller, for its owner. A row of operations.ts. Thin over hub/explain.ts, which tells
// nothing of any person.
import { reply, missing, notHere, type AdminCall, type AdminReply, type Operation } from './call.ts';
import type { Result } from '#base/result.ts';
import { findOrganisation } from './organisations.ts';

const explained = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const { explain } = call.ports;
  if (explain === null) return notHere();
  const request = call.params['request'] ?? '';
  const explanation = await explain(found.value.id, request, call.query.get('application'));
  if (explanation === null) return missing(`There is no request ${request} that can be explained.`);
  return reply(explanation, { organisation: found.value.id, details: explanation.request });
};

/** The rows. */
export const explanationOperations: readonly Operation[] = [
  {
    id: 'explainRequest',
    word: 'explain',
    method: 'GET',
    path: '/admin/organisations/{organisation}/explanations/{request}',
    needs: 'read',
    tag: 'Audit',
    summary:
      'Why an answer of the last 14 days was empty, refused or smaller, by its X-Request-Id: grants, scopes, filters, rows, withheld fields, quotas and stale syncs. Nothing of whom it was about.',
    query: [
      {
        name: 'application',
        description: 'Only a request of this application: ids are chosen by clients, and two may choose the same.',
        schema: { type: 'string' },
      },
    ],
    reply: 'Explanation',
    status: 200,
    handle: explained,
  },
];
