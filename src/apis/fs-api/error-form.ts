// Problems as the API writes them: a status, what is wrong, what helps, and when. A caller who is not let in is answered by the form of the gateway in front of the
// original (facts 4.1). Used by every route. The codes are the hub's: those of the original are not public.
import type { ShownProblem, WrittenProblem } from '#apis/api.ts';
import { formatInstant, type Clock } from '#base/clock.ts';
import { errorTable } from '#base/errors.ts';

const type = 'application/json; charset=utf-8';

/** How somebody is found by a national id here (facts 4.1). */
const byHalves =
  'Find persons by fodselsdato0 and personnummer0: whole national ids would end up in logs. Nothing of this one was kept.';

/** Makes the form. */
export const errorForm =
  (clock: Pick<Clock, 'now'>) =>
  ({ problem, status, title }: ShownProblem): WrittenProblem => {
    if (status === 401)
      return { type, bytes: JSON.stringify({ message: `${title}: ${problem.detail}`, http_status_code: status }) };
    const { code, detail, errors = [] } = problem;
    const hint = code === 'HUB-111' ? byHalves : errorTable[code].hint;
    const told =
      errors.length === 0
        ? [{ code, message: detail, errorCorrection: hint }]
        : errors.map(({ at, message, code: own }) => {
            const name = at.replace(/^\//, '').replaceAll('/', '.');
            return {
              code: own ?? code,
              message: detail,
              errorCorrection: name === '' ? message : `${name} ${message}`,
            };
          });
    return { type, bytes: JSON.stringify({ status, errors: told, created: formatInstant(clock.now()) }) };
  };
