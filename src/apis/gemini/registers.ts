// The registers: each is listed whole, page by page. Called by operations.ts.
import { registers } from './mappings/registers.ts';
import type { Operation, Operations } from './operation.ts';
import { pageAnswer } from './pages.ts';
import { pageParameters } from './parameters.ts';

/** One operation for each register. */
export const registerOperations: Operations = (parts) =>
  registers.map((register): Operation => {
    const { path, schema, describe } = register;
    return {
      id: `list${schema}`,
      tag: 'Felleskoder og registre',
      method: 'GET',
      path: `/${path}`,
      summary: { nb: `Registeret ${path}.`, en: `The register ${path}.` },
      describe,
      query: pageParameters,
      goal: 'integration',
      answers: { 200: { describe: { nb: 'En side.', en: 'A page.' }, schema: `${schema}Side` } },
      examples: [{ summary: 'De første', query: { pageSize: '2' }, status: 200 }],
      handle: (call) => pageAnswer(parts, call, [parts.holdings.of(call.owner, register)], {}),
    };
  });
