// Reads the parameters of a request: from a query and a path over REST, from elements over SOAP. Called by rest.ts and soap.ts. Pure; never repeats a value.
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { ServiceOperation } from './service.ts';
import { trimmed, valueFault } from './value-forms.ts';

type Takes = Pick<ServiceOperation, 'parameters' | 'exactlyOne'>;

/**
 * Holds what was given against the parameters: each at most once, none that is not known, all that have to be. Empty is as not given. Fails with HUB-103
 * that names each parameter at fault.
 */
export const readParameters = (
  { parameters, exactlyOne }: Takes,
  given: Iterable<readonly [string, string]>,
): Result<Readonly<Record<string, string>>> => {
  const errors: ProblemItem[] = [];
  const seen = new Set<string>();
  const values: Record<string, string> = {};
  for (const [name, text] of given) {
    const form = parameters.find((one) => one.name === name);
    if (form === undefined) {
      // A name that nobody knows may be anything.
      if (!seen.has(''))
        errors.push({ at: '/', message: `holds a parameter that is not known here: ${names(parameters)}` });
      seen.add('');
      continue;
    }
    if (seen.has(name)) {
      errors.push({ at: `/${name}`, message: 'is given twice' });
      continue;
    }
    seen.add(name);
    const value = trimmed(form, text);
    if (value === '') continue;
    const fault = valueFault(form, value);
    if (fault !== null) errors.push({ at: `/${name}`, message: fault });
    else values[name] = value;
  }
  for (const { name, required } of parameters)
    if (required === true && values[name] === undefined && !errors.some(({ at }) => at === `/${name}`))
      errors.push({ at: `/${name}`, message: 'is missing' });
  const chosen = exactlyOne?.filter((name) => values[name] !== undefined) ?? [];
  if (exactlyOne !== undefined && chosen.length !== 1 && errors.length === 0)
    errors.push({ at: '/', message: `must hold exactly one of ${exactlyOne.join(', ')}` });
  return errors.length === 0
    ? ok(values)
    : failed(problem('HUB-103', 'The parameters are not as the operation wants them.', { errors }));
};

const names = (parameters: Takes['parameters']): string =>
  parameters.length === 0
    ? 'it takes none'
    : `only ${parameters.map(({ name }) => name).join(', ')} ${parameters.length === 1 ? 'is' : 'are'}`;
