// Live reads (facts 4.4): with `Prefer: respond-async` a read goes to the source itself, where its adapter answers such questions. Called by
// reads.ts before it reads what is stored.
import type { ApiAnswer } from '#apis/api.ts';
import type { LiveQuery } from '#hub/query.ts';
import type { Collection } from '#model/model.ts';
import { otherwise } from './answers.ts';
import { contextOf } from './request.ts';
import type { FintCall, FintDeps } from './request.ts';
import { takenAnswer } from './writes.ts';

const async = /(?:^|[,\s])respond-async(?=$|[,;\s])/i;
const quoted = /"[^"]*"/g;
const paging = ['size', 'offset', 'sinceTimeStamp'];

/** True when the client would rather ask the source, and asks for nothing that only stored data have. */
const prefersLive = ({ request }: FintCall): boolean => {
  const prefer = request.header('prefer');
  return (
    prefer !== null && async.test(prefer.replaceAll(quoted, '')) && paging.every((name) => !request.query.has(name))
  );
};

/** The answer of a read that goes to the source; null when it is to be answered with what is stored. */
export const answerLive = async (
  deps: FintDeps,
  call: FintCall,
  collection: Collection,
  by: LiveQuery['by'],
): Promise<ApiAnswer | null> => {
  if (!prefersLive(call)) return null;
  const result = await deps.hub.run({ kind: 'live', collection: collection.path, by }, contextOf(call));
  if (result.kind === 'not-live') return null;
  return result.kind === 'accepted'
    ? takenAnswer(deps, collection, result, { 'preference-applied': 'respond-async' })
    : otherwise(result);
};
