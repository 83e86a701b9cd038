// Who takes part in courses of further education (facts 4.2).
import { value } from '#mappings/field.ts';
import { keyFields, reference } from './field.ts';
import { byPerson, byText, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'At noen deltar i et kurs.', en: 'That somebody takes part in a course of further education.' };

export const evukursdeltakelser: FsApiResource = {
  name: 'evukursdeltakelser',
  type: 'EvuKursDeltakelse',
  describe,
  successor: 'EvuKursdeltakelse',
  tables: [
    table('evukursdeltakelser', 'EvuKursDeltakelse', describe, {
      collection: 'fs/studietilbud/evukursdeltakelse',
      fields: {
        ...keyFields('evukursdeltakelser'),
        person: reference('Personen.', 'The person.', 'personer', 'personProfil'),
        godkjent: value(
          'Sann når gjennomføringen er godkjent.',
          'True when it has been approved.',
          'gjennomforingErGodkjent',
        ),
        soknadsstatus: value('Hvor søknaden står.', 'How the application stands.', 'kurssoknad.soknadsstatus'),
      },
      filters: [
        byPerson('personProfil'),
        byText('deltaker.deltakernummer', 'deltaker.deltakernummer'),
        byText('evukurs.kode', 'kurs.kode'),
        byText('evukurs.tidsangivelse', 'kurs.tidsangivelseskode'),
      ],
    }),
  ],
};
