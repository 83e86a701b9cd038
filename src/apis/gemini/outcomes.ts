// What became of a change that a source system decides. The original has no such address; changes that were not decided at once need one. Called by
// operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import type { ManyOutcome } from '#hub/query.ts';
import type { Call, GeminiParts, Operations } from './operation.ts';
import { missing } from './problems.ts';

/** The words for how far a change has come. */
export const changeStates = ['VENTER', 'UTFORT', 'AVVIST', 'FEILET', 'UTLOPT'] as const;

const words: Readonly<Record<Exclude<ManyOutcome['state'], 'forgotten'>, (typeof changeStates)[number]>> = {
  waiting: 'VENTER',
  written: 'UTFORT',
  rejected: 'AVVIST',
  conflict: 'AVVIST',
  failed: 'FEILET',
  expired: 'UTLOPT',
};

const getChange = async ({ hub }: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const id = call.path['endringId'] ?? '';
  const result = await hub.run({ kind: 'outcome-many', id }, call.context);
  if (result.kind === 'refused') return { kind: 'problem', problem: result.problem };
  if (result.kind !== 'outcome-many' || result.outcome.state === 'forgotten') return missing;
  const { outcome } = result;
  const said =
    outcome.state === 'waiting'
      ? undefined
      : outcome.parts.map(({ answer }) => answer?.message).find((message) => message !== undefined && message !== '');
  return {
    kind: 'json',
    status: 200,
    headers: {
      'cache-control': 'no-store',
      ...(outcome.state === 'waiting' ? { 'retry-after': String(outcome.retryAfter) } : {}),
    },
    value: { endringId: id, status: words[outcome.state], ...(said === undefined ? {} : { melding: said }) },
  };
};

/** The operation. */
export const outcomeOperations: Operations = (parts) => [
  {
    id: 'getEndring',
    tag: 'Endringer',
    method: 'GET',
    path: '/endringer/{endringId}',
    summary: { nb: 'Hva det ble av en endring.', en: 'What became of a change.' },
    describe: {
      nb: 'Endringer som kildesystemet ikke har avgjort, svares med 202 og en adresse hit.',
      en: 'Changes that the source system has not decided are answered with 202 and an address here.',
    },
    goal: 'application',
    reconstructed: { nb: 'Vår egen: originalen har den ikke.', en: 'Our own: the original does not have it.' },
    answers: { 200: { describe: { nb: 'Endringen.', en: 'The change.' }, schema: 'Endring' } },
    examples: [{ summary: 'En id av ingen', path: { endringId: 'ukjent' }, status: 404 }],
    handle: (call) => getChange(parts, call),
  },
];
