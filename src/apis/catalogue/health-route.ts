// How the application that asks stands with what will go of the APIs that it uses. The one address of the catalogue that takes a token. Called by catalogue-api.ts.
import type { Route } from '#apis/api.ts';
import { problem } from '#base/errors.ts';
import type { UseHealth } from '#catalogue/use-health.ts';

export const healthPath = '/catalogue/health';

/** The route; clients and adapters may ask, each for itself. */
export const healthRoute = (health: (application: string) => Promise<UseHealth>): Route => ({
  methods: ['GET'],
  path: healthPath,
  access: 'any',
  scopes: [],
  body: 'none',
  bodyLimit: 0,
  part: () => `GET ${healthPath}`,
  handle: async ({ principal }) =>
    principal === null
      ? { kind: 'problem', problem: problem('HUB-300', 'This address needs an access token.') }
      : { kind: 'json', status: 200, value: await health(principal.client) },
});
