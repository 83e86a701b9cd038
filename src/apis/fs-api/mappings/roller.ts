// Codes of roles (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, names } from './field.ts';
import { byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En rolle som personer kan ha.', en: 'A role that persons may have.' };

export const roller: FsApiResource = {
  name: 'roller',
  type: 'Rolle',
  describe,
  successor: 'FsRolle',
  tables: [
    table('roller', 'Rolle', describe, {
      collection: 'fs/rolle/fsrolle',
      fields: {
        ...keyFields('roller'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        publiseringsRollenavn: names('Navnet på nettsider.', 'The name on web pages.', 'publiseringsnavnAlleSprak'),
        lmsRollenavn: names('Navnet i læringsplattformen.', 'The name in the learning platform.', 'lmsNavnAlleSprak'),
        publisering: value('Sann når den kan vises.', 'True when it may be shown.', 'kanPubliseres'),
        undervisning: value(
          'Sann når den gjelder undervisning.',
          'True when it is about teaching.',
          'gjelderUndervisning',
        ),
        aktiv: value('Usann når den ikke gis lenger.', 'False when it is given no more.', 'erAktiv'),
        fagpersonWebTilgang: value(
          'Sann når den åpner Fagpersonweb.',
          'True when it opens Fagpersonweb.',
          'harTilgangTilFagpersonweb',
        ),
        imsRolle: value('Rollen i IMS.', 'The role in IMS.', 'imsRolle'),
      },
      filters: [byTruth('aktiv', 'erAktiv'), byTruth('undervisning', 'gjelderUndervisning')],
    }),
  ],
};
