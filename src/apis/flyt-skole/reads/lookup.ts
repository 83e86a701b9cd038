// Finding one person by national id: the number stands in the body, never in the address. Used by the parts of the API that have such persons.
import { wrongNationalId } from '#hub/national-id-policy.ts';
import type { Kind } from '../mappings/kinds.ts';
import { byNationalId } from '../mappings/ways.ts';
import type { Operation, VfsDeps } from '../operation.ts';
import { turnedAway } from '../problem-answers.ts';
import { findByIdentifier, oneAnswer } from './answers.ts';
import { lookupBody } from './describe.ts';

type Lookup = Pick<
  Operation,
  'id' | 'tag' | 'path' | 'scopes' | 'also' | 'summary' | 'parameters' | 'answers' | 'examples'
>;

/** The operation that finds one of a kind. `own` is what it says of itself. */
export const lookupOperation = <Facts>(deps: VfsDeps, kind: Kind<Facts>, own: Lookup): Operation => ({
  ...own,
  method: 'POST',
  describe: {
    nb: 'Nummeret står i kroppen, aldri i adressen. Krever tilgang til fødselsnummer.',
    en: 'The number stands in the body, never in the address. Needs access to national ids.',
  },
  body: lookupBody,
  handle: async (call) => {
    const nin = String(call.body?.['nin']);
    const wrong = wrongNationalId(deps.environment, nin);
    if (wrong !== null) return turnedAway(wrong);
    return oneAnswer(call, await findByIdentifier(deps, call, kind, { ...byNationalId, value: nin }));
  },
});
