// Sted: a unit of the organisation, by four numbers. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { keyed, keyedBy, own, shown } from '../crud-table.ts';
import { digits, text, yesNo } from '../column-forms.ts';

export const place: CrudTable = {
  name: 'Sted',
  describe: { nb: 'En organisasjonsenhet.', en: 'A unit of the organisation.' },
  bounded: true,
  variants: [
    {
      name: '',
      collection: 'fs/organisasjon/organisasjonsenhet',
      key: ['Institusjonsnr', 'Faknr', 'Instituttnr', 'Gruppenr'],
      writes: ['create', 'patch'],
      links: [
        {
          of: ['Institusjonsnr_Overordnet', 'Faknr_Overordnet', 'Instituttnr_Overordnet', 'Gruppenr_Overordnet'],
          relation: 'parent',
          identifier: 'naturligNokkel',
        },
      ],
      columns: {
        Institusjonsnr: keyed('Institusjonens nummer.', 'Number of the institution.', 0, digits(8)),
        Faknr: keyed('Fakultetets nummer.', 'Number of the faculty.', 1, digits(3)),
        Instituttnr: keyed('Instituttets nummer.', 'Number of the department.', 2, digits(3)),
        Gruppenr: keyed('Gruppens nummer.', 'Number of the group.', 3, digits(3)),
        Stedsnavn_Bokmal: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(200)),
        Stedsnavn_Nynorsk: own('Navnet på nynorsk.', 'Name in Nynorsk.', 'navnAlleSprak.nn', text(200)),
        Stedsnavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(200)),
        Stedakronym: own('Forkortelsen.', 'The short name.', 'forkortelse', text(40), { finds: 'some' }),
        Organisasjonsniva: shown(
          'Nivået i organisasjonen.',
          'Level in the organisation.',
          'organisasjonsnivaa.kode',
          text(20),
        ),
        Institusjonsnr_Overordnet: keyedBy(
          'Institusjonen til enheten over.',
          'Institution of the unit above.',
          'parent',
          0,
          digits(8),
        ),
        Faknr_Overordnet: keyedBy('Fakultetet til enheten over.', 'Faculty of the unit above.', 'parent', 1, digits(3)),
        Instituttnr_Overordnet: keyedBy(
          'Instituttet til enheten over.',
          'Department of the unit above.',
          'parent',
          2,
          digits(3),
        ),
        Gruppenr_Overordnet: keyedBy('Gruppen til enheten over.', 'Group of the unit above.', 'parent', 3, digits(3)),
        Adresse_Gate_Post: own('Gate i postadressen.', 'Street of the postal address.', 'postadresse.gate', text(200)),
        Postnr_Sted_Post: own(
          'Postnummer og sted.',
          'Postal code and place.',
          'postadresse.postnummerOgSted',
          text(100),
        ),
        Status_Eksport_Lms: own(
          'Enheten overføres til læringsplattformen.',
          'The unit is sent to the learning platform.',
          'skalEksporteresTilLms',
          yesNo,
        ),
        Status_Aktiv: own('Enheten er i bruk.', 'The unit is in use.', 'erAktiv', yesNo, { finds: 'some' }),
      },
    },
  ],
};
