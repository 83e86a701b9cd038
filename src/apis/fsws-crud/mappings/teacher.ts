// Fagperson: somebody as academic staff of the institution. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, keyedBy, own } from '../crud-table.ts';
import { digits, text, yesNo } from '../column-forms.ts';
import { personOf } from './person-columns.ts';

export const teacher: CrudTable = {
  name: 'Fagperson',
  describe: { nb: 'En fagperson ved lærestedet.', en: 'Somebody of the academic staff.' },
  variants: [
    {
      name: '',
      collection: 'fs/person/fagperson',
      key: ['Personlopenr'],
      writes: ['create', 'patch'],
      links: [
        { of: ['Personlopenr'], relation: 'personProfil', identifier: 'personlopenummer', fixed: true },
        {
          of: ['Institusjonsnr_Ansatt', 'Faknr_Ansatt', 'Instituttnr_Ansatt', 'Gruppenr_Ansatt'],
          relation: 'ansattVed',
          identifier: 'naturligNokkel',
        },
      ],
      columns: {
        ...personOf('personProfil', 'naturligNokkel'),
        Stillingstittel: own(
          'Stillingstittelen på bokmål.',
          'Title in Bokmål.',
          'stillingstittelAlleSprak.nb',
          text(200),
        ),
        Stillingstittel_Engelsk: own(
          'Stillingstittelen på engelsk.',
          'Title in English.',
          'stillingstittelAlleSprak.en',
          text(200),
        ),
        Institusjonsnr_Ansatt: keyedBy(
          'Institusjonen til enheten.',
          'Institution of the unit.',
          'ansattVed',
          0,
          digits(8),
        ),
        Faknr_Ansatt: keyedBy('Fakultetet til enheten.', 'Faculty of the unit.', 'ansattVed', 1, digits(3)),
        Instituttnr_Ansatt: keyedBy('Instituttet til enheten.', 'Department of the unit.', 'ansattVed', 2, digits(3)),
        Gruppenr_Ansatt: keyedBy('Gruppen til enheten.', 'Group of the unit.', 'ansattVed', 3, digits(3)),
        Campuskode: code('Campusen.', 'The campus.', 'campus', text(20), { finds: 'some' }),
        Status_Aktiv: own('Fagpersonen er aktiv.', 'The person is active.', 'erAktiv', yesNo, { finds: 'some' }),
        Status_Ekstern: own('Fagpersonen er ekstern.', 'The person is external.', 'erEkstern', yesNo, {
          finds: 'some',
        }),
        Status_Permisjon: own('Fagpersonen har permisjon.', 'The person is on leave.', 'permisjon', yesNo),
        Status_Overfores_Lms: own(
          'Fagpersonen kan overføres til læringsplattformen.',
          'The person may be sent to the learning platform.',
          'kanOverforesTilLms',
          yesNo,
          { required: true },
        ),
      },
    },
  ],
};
