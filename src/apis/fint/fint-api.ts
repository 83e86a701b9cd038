// The FINT client API as one entry of the catalogue. Called by app/faces.ts. Generated from the model: it holds no class name.
import type { Api } from '#apis/api.ts';
import { contractMarks } from '#model/contract-marks.ts';
import { apiId } from './request.ts';
import type { FintDeps } from './request.ts';
import { fintRoutes } from './routes.ts';

/** Takes the hub and what the API must know besides; wire forms follow facts 2 (Core 2). Its descriptions are those of the model. */
export const fintApi = (deps: FintDeps): Api => ({
  entry: {
    id: apiId,
    name: { nb: 'FINT klient-API', en: 'FINT client API' },
    description: {
      nb: 'Alle klassene i informasjonsmodellen som REST med HAL-lenker, slik FINT-klienter kjenner det.',
      en: 'Every class of the information model as REST with HAL links, as FINT clients know it.',
    },
    status: 'production',
    version: '2.0.0',
  },
  routes: fintRoutes(deps),
  describe: () => [],
  marks: () => contractMarks(deps.model),
});
