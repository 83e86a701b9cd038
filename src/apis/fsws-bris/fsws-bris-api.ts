// FSWS-BRIS as one entry of the catalogue. Called by app/faces.ts.
import type { Api, CatalogueEntry } from '#apis/api.ts';
import type { Model } from '#model/model.ts';
import type { ServiceDeps } from '#services/service.ts';
import { serviceParts } from '#services/service-parts.ts';
import { createSheets, type SheetsDeps } from './kept-sheets.ts';
import { applicants } from './mappings/applicants.ts';
import { candidates } from './mappings/candidates.ts';
import { registered } from './mappings/registered.ts';
import { credits, results } from './mappings/results.ts';
import { apiId, brisService, type BrisDeps } from './operations.ts';

const entry: CatalogueEntry = {
  id: apiId,
  name: { nb: 'FSWS-BRIS', en: 'FSWS-BRIS' },
  description: {
    nb: 'Tall for rapportering, der små tall er skjult.',
    en: 'Figures for reporting, in which small numbers are hidden.',
  },
  status: 'not-further-developed',
  version: '1.0.0',
};

const counted = [registered, results, candidates, applicants];

/** Whether a model has what is counted. */
export const bearsBris = (model: Model): boolean =>
  counted.every(({ mapping }) => model.collections.has(mapping.collection));

/** Builds the API. Throws at start when the model does not bear out what is counted. */
export const fswsBrisApi = (deps: SheetsDeps & Omit<BrisDeps, 'sheets'> & ServiceDeps): Api => {
  const sheets = createSheets(counted, deps);
  const service = brisService([registered, credits, candidates, results, applicants], { ...deps, sheets });
  return { entry, ...serviceParts(service, deps) };
};
