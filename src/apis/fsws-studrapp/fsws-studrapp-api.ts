// FSWS-STUDRAPP as one entry of the catalogue. Called by app/faces.ts.
import type { Api, CatalogueEntry } from '#apis/api.ts';
import type { Model } from '#model/model.ts';
import type { ServiceDeps } from '#services/service.ts';
import { serviceParts } from '#services/service-parts.ts';
import { placements } from './mappings/placements.ts';
import { stays } from './mappings/stays.ts';
import { apiId, studrappService, type StudrappDeps } from './operations.ts';

const entry: CatalogueEntry = {
  id: apiId,
  name: { nb: 'FSWS-STUDRAPP', en: 'FSWS-STUDRAPP' },
  description: {
    nb: 'Rapporter om studenter for timeplanlegging og Lånekassen.',
    en: 'Reports about students for timetabling and the state loan fund.',
  },
  status: 'not-further-developed',
  version: '1.0.0',
};

/** Whether a model has what is reported. */
export const bearsStudrapp = (model: Model): boolean =>
  [placements, stays.mapping].every(({ collection }) => model.collections.has(collection));

/** Builds the API. Throws at start when the model does not bear out what is reported. */
export const fswsStudrappApi = (deps: StudrappDeps & ServiceDeps): Api => ({
  entry,
  ...serviceParts(studrappService(deps), deps),
});
