// Courses of further education (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, lms, names, periods, units } from './field.ts';
import { byNumber, byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et kurs i etter- og videreutdanning.', en: 'A course of further education.' };

export const evukurs: FsApiResource = {
  name: 'evukurs',
  type: 'EvuKurs',
  describe,
  successor: 'EvuKurs',
  tables: [
    table('evukurs', 'EvuKurs', describe, {
      collection: 'fs/studietilbud/evukurs',
      fields: {
        ...keyFields('evukurs'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        aktiv: value('Usann når kurset er avsluttet.', 'False when the course has ended.', 'erAktiv'),
        avholdes: value('Usann når kurset er avlyst.', 'False when the course has been cancelled.', 'avholdes'),
        itKonto: value(
          'Sann når deltakere skal ha konto.',
          'True when participants are to have an account.',
          'deltakereSkalHaItKonto',
        ),
        rapporteringsar: value('Året det rapporteres for.', 'Year of reporting.', 'rapporteringsar'),
        perioder: periods({ KURS: 'kursperiode' }),
        organisasjonsenheter: units({
          FAGLIG: 'fagligAnsvarligEnhet',
          ADMINISTRATIVT: 'administrativtAnsvarligOrganisasjonsEnhet',
        }),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode', tjenestenummer: 'tjenestenummerForLms' }),
      },
      filters: [
        byText('kode', 'kode'),
        byText('tidsangivelse', 'tidsangivelseskode'),
        byTruth('aktiv', 'erAktiv'),
        byNumber('rapporteringsar', 'rapporteringsar'),
      ],
    }),
  ],
};
