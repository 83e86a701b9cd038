// Studieprogram: a study programme. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, keyed, own } from '../crud-table.ts';
import { responsibleUnit, responsibleUnitLink } from './responsible-unit.ts';
import { decimal, text, whole, word, yesNo } from '../column-forms.ts';

export const programme: CrudTable = {
  name: 'Studieprogram',
  describe: { nb: 'Et studieprogram.', en: 'A study programme.' },
  bounded: true,
  variants: [
    {
      name: '',
      collection: 'fs/studietilbud/studieprogram',
      key: ['Studieprogramkode'],
      writes: ['create', 'patch'],
      // There has to be a list, and no column fills it.
      makes: { utvekslingsavtalekoblinger: [] },
      links: [responsibleUnitLink],
      columns: {
        Studieprogramkode: {
          ...keyed('Studieprogrammets kode.', 'Code of the programme.', 0, text(20), {
            sought: { path: 'kode', selective: true },
            known: true,
          }),
          becomes: { to: 'kode' },
        },
        Studieprognavn: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(200)),
        Studieprognavn_Nynorsk: own('Navnet på nynorsk.', 'Name in Nynorsk.', 'navnAlleSprak.nn', text(200)),
        Studieprognavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(200)),
        Vitnemalsnavn: own(
          'Navnet på vitnemålet, på bokmål.',
          'Name on the diploma, in Bokmål.',
          'vitnemalsnavnAlleSprak.nb',
          text(200),
          { required: true },
        ),
        Studienivakode: code('Studienivået.', 'Level of study.', 'studieniva', text(10), { finds: 'some' }),
        Studienivaintervallkode: own(
          'Nivået i grove trekk.',
          'Level in broad terms.',
          'studienivaintervallkode',
          word('FAGSKOLE', 'BACHELOR', 'MASTER', 'PHD'),
          { finds: 'some' },
        ),
        Nuskode: own('NUS-koden.', 'NUS code.', 'nusKode', text(10), { finds: 'some' }),
        Studiepoeng: own('Studiepoeng.', 'Credits.', 'vekting.verdi', decimal),
        Prosent_Heltid: own('Andel av heltid.', 'Share of full time.', 'prosentHeltid', whole(3)),
        ...responsibleUnit,
        Status_Grunnstudium: own('Det er et grunnstudium.', 'It is a basic programme.', 'erGrunnstudium', yesNo, {
          finds: 'some',
        }),
        Status_Eksport_Lms: own(
          'Programmet overføres til læringsplattformen.',
          'The programme is sent to the learning platform.',
          'skalEksporteresTilLms',
          yesNo,
          { finds: 'some' },
        ),
        Status_Publiseres: own('Programmet publiseres.', 'The programme is published.', 'skalPubliseres', yesNo),
        Status_Utdplan: own(
          'Studentene skal ha utdanningsplan.',
          'Students have an education plan.',
          'studenterSkalHaUtdanningsplan',
          yesNo,
        ),
        Status_Aktiv: own('Programmet er i bruk.', 'The programme is in use.', 'erAktiv', yesNo, { finds: 'some' }),
      },
    },
  ],
};
