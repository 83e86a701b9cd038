// Emne: a course, in one version of it. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { code, own } from '../crud-table.ts';
import { responsibleUnit, responsibleUnitLink } from './responsible-unit.ts';
import { decimal, text, word, yesNo } from '../column-forms.ts';
import { courseKey } from './course-columns.ts';

const withValues = courseKey(0, '');

export const course: CrudTable = {
  name: 'Emne',
  describe: { nb: 'Et emne i en versjon.', en: 'A course in one version.' },
  variants: [
    {
      name: '',
      collection: 'fs/studietilbud/emne',
      key: ['Institusjonsnr', 'Emnekode', 'Versjonskode'],
      writes: ['create', 'patch'],
      links: [responsibleUnitLink],
      columns: {
        ...withValues,
        Emnekode: { ...withValues.Emnekode, becomes: { to: 'kode' } },
        Versjonskode: { ...withValues.Versjonskode, becomes: { to: 'versjonskode' } },
        Emnenavn_Bokmal: own('Navnet på bokmål.', 'Name in Bokmål.', 'navnAlleSprak.nb', text(120)),
        Emnenavn_Nynorsk: own('Navnet på nynorsk.', 'Name in Nynorsk.', 'navnAlleSprak.nn', text(120)),
        Emnenavn_Engelsk: own('Navnet på engelsk.', 'Name in English.', 'navnAlleSprak.en', text(120)),
        Emnenavnfork: own('Kort navn på bokmål.', 'Short name in Bokmål.', 'navnForkortetAlleSprak.nb', text(40)),
        Emnetypekode: own(
          'Slag emne.',
          'Sort of course.',
          'emnetype',
          word('ADMIN', 'FORDYPNING', 'PRAKSIS', 'UNDERVISN', 'VURDERING'),
          { finds: 'some' },
        ),
        Studienivakode: code('Studienivået.', 'Level of study.', 'studieniva', text(10), { finds: 'some' }),
        Studiepoeng: own('Studiepoeng.', 'Credits.', 'vekting.verdi', decimal),
        Nuskode: own('NUS-koden.', 'NUS code.', 'nusKode', text(10)),
        ...responsibleUnit,
        Status_Oppgave: own('Emnet er en oppgave.', 'The course is a thesis.', 'erOppgave', yesNo),
        Status_Enkeltemne: own(
          'Emnet tilbys som enkeltemne.',
          'The course is offered by itself.',
          'tilbysSomEnkeltemne',
          yesNo,
        ),
        Status_Krever_Studierett: own(
          'Emnet krever studierett.',
          'The course asks for a right to study.',
          'kreverStudierett',
          yesNo,
        ),
      },
    },
  ],
};
