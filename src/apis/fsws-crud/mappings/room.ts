// Rom: a room of a building. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { keyed, own, shown } from '../crud-table.ts';
import { text, whole, yesNo } from '../column-forms.ts';

export const room: CrudTable = {
  name: 'Rom',
  describe: { nb: 'Et rom i en bygning.', en: 'A room of a building.' },
  bounded: true,
  variants: [
    {
      name: '',
      collection: 'fs/organisasjon/rom',
      key: ['Bygningskode', 'Romkode'],
      writes: ['create', 'patch'],
      links: [{ of: ['Bygningskode'], relation: 'bygning', identifier: 'naturligNokkel', fixed: true }],
      columns: {
        Bygningskode: keyed('Bygningen.', 'The building.', 0, text(20), {
          sought: { path: 'bygning.naturligNokkel', selective: true },
        }),
        Romkode: {
          ...keyed('Rommets kode.', 'Code of the room.', 1, text(20), { sought: { path: 'kode' } }),
          becomes: { to: 'kode' },
        },
        Romnavn: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(200)),
        Romnavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(200)),
        Etasje: own('Etasjen.', 'The floor.', 'etasje', whole(3)),
        Romtypekode: shown('Slag rom.', 'Sort of room.', 'romtype.kode', text(20)),
        Antall_Plasser_Undervisning: own(
          'Plasser til undervisning.',
          'Places for teaching.',
          'kapasitet.undervisning',
          whole(5),
        ),
        Antall_Plasser_Eksamen: own('Plasser til eksamen.', 'Places for exams.', 'kapasitet.eksamen', whole(5)),
        Status_Aktiv: own('Rommet er i bruk.', 'The room is in use.', 'erAktiv', yesNo, { finds: 'some' }),
      },
    },
  ],
};
