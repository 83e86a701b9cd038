// FSWS-STUDINFO2 as one entry of the catalogue. Called by app/faces.ts.
import type { Api, CatalogueEntry } from '#apis/api.ts';
import type { Model } from '#model/model.ts';
import type { ServiceDeps } from '#services/service.ts';
import { serviceParts } from '#services/service-parts.ts';
import { courses } from './mappings/courses.ts';
import { programmes } from './mappings/programmes.ts';
import { shortCourses } from './mappings/short-courses.ts';
import { apiId, studinfoService, type StudinfoDeps } from './operations.ts';

const entry: CatalogueEntry = {
  id: apiId,
  name: { nb: 'FSWS-STUDINFO2', en: 'FSWS-STUDINFO2' },
  description: {
    nb: 'Studiekatalogen for nettsider: studieprogram, emner og kurs som XML.',
    en: 'The study catalogue for web pages: programmes, courses and short courses as XML.',
  },
  status: 'not-further-developed',
  version: '1.0.0',
};

/** Whether a model has what the catalogue is made of. */
export const bearsStudinfo = (model: Model): boolean =>
  [courses, programmes, shortCourses].every(({ collection }) => model.collections.has(collection));

/** Builds the API. Throws at start when the model does not bear out what is told. */
export const fswsStudinfo2Api = (deps: StudinfoDeps & ServiceDeps): Api => ({
  entry,
  ...serviceParts(studinfoService(deps), deps),
});
