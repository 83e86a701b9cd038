// That a parameter of a request cannot be as it is, for what only the handler of an operation can know. Called by handlers; what their descriptions say of parameters is
// held by parameters.ts before.
import { problem } from '#base/errors.ts';
import type { Handled } from './service.ts';

/** Takes the name of the parameter and what is wrong with it, or what is taken; never what was given. */
export const refusedParameter = (name: string, message: string): Handled => ({
  kind: 'problem',
  problem: problem('HUB-103', 'A parameter is not as the operation wants it.', {
    errors: [{ at: `/${name}`, message }],
  }),
});
