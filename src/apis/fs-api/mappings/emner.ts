// Courses (facts 4.2).
import { object, value } from '#mappings/field.ts';
import { decimal, keyFields, lms, names, periods, reference, references, units } from './field.ts';
import { byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et emne i en versjon.', en: 'A course in a version.' };

export const emner: FsApiResource = {
  name: 'emner',
  type: 'Emne',
  describe,
  successor: 'Emne',
  tables: [
    table('emner', 'Emne', describe, {
      collection: 'fs/studietilbud/emne',
      fields: {
        ...keyFields('emner'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        kortnavn: names('Navnet, forkortet.', 'The name, shortened.', 'navnForkortetAlleSprak'),
        organisasjonsenheter: units({
          STUDIE: 'studieansvarligOrganisasjonsenhet',
          ADMINISTRATIVT: 'administrativtAnsvarligOrganisasjonsenhet',
        }),
        studiepoeng: value('Studiepoengene.', 'Credits.', 'vekting.vektingIStudiepoeng', { convert: decimal }),
        vekting: object('Omfanget i sin egen enhet.', 'The size in its own unit.', '@self', {
          verdi: value('Tallet.', 'The number.', 'vekting.verdi', { convert: decimal }),
        }),
        emnetype: value('Hva slags emne det er.', 'What kind of course it is.', 'emnetype'),
        nuskode: value('Koden i NUS.', 'Code in NUS (classification of education).', 'nusKode'),
        enkeltemne: value('Sann når det kan tas alene.', 'True when it may be taken by itself.', 'tilbysSomEnkeltemne'),
        oppgave: value('Sann for oppgaver.', 'True for theses.', 'erOppgave'),
        studieniva: reference('Studienivået.', 'Level of study.', 'studienivaer', 'studieniva'),
        fag: references('Fagene.', 'The subjects.', 'fag', 'fag'),
        perioder: periods({ LANEKASSEN: 'tilgjengeligHosLanekassenPeriode' }),
        lms: lms({ tjenestenummer: 'tjenestenummerForLms' }),
      },
      filters: [
        byText('kode', 'kode'),
        byText('versjon', 'versjonskode'),
        byText('studieniva.kode', 'studieniva.kode'),
        byText('emnetype', 'emnetype'),
        byTruth('enkeltemne', 'tilbysSomEnkeltemne'),
      ],
    }),
  ],
};
