// Parts of the teaching of a course (facts 4.2): lectures, groups, laboratories.
import { object, value } from '#mappings/field.ts';
import { codeValue, keyFields, lms, names, reference } from './field.ts';
import { count, flag, lasting, link, names as namesIn, ownKey, text, writes } from './writing.ts';
import { byCourse, bySemester, byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = {
  nb: 'En del av undervisningen, som en forelesning eller en gruppe.',
  en: 'A part of the teaching, such as a lecture or a group.',
};

export const undervisningsaktiviteter: FsApiResource = {
  name: 'undervisningsaktiviteter',
  type: 'Undervisningsaktivitet',
  describe,
  successor: 'Undervisningsaktivitet',
  tables: [
    table('undervisningsaktiviteter', 'Undervisningsaktivitet', describe, {
      collection: 'fs/undervisning/undervisningsaktivitet',
      fields: {
        ...keyFields('undervisningsaktiviteter'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        parti: value('Nummeret på partiet.', 'Number of the group.', 'partinummer'),
        nummer: value('Nummeret i rekken.', 'Number in the order.', 'sekvensnummer'),
        form: object('Undervisningsformen.', 'The way of teaching.', 'undervisningsform', {
          kode: value('Koden.', 'The code.', 'kode'),
        }),
        disiplin: codeValue('Disiplinen.', 'The discipline.', 'disiplin'),
        lukket: value('Sann når plassene er begrenset.', 'True when places are limited.', 'erLukket'),
        fellesaktivitet: value('Sann når alle er med.', 'True when all take part.', 'erFellesaktivitet'),
        publiseres: value('Sann når den kan vises.', 'True when it may be shown.', 'kanPubliseres'),
        kapasitet: value('Antall plasser.', 'Number of places.', 'antallPlasser'),
        timerPerUke: value('Timer i uken.', 'Hours a week.', 'timerPerUke'),
        eksporterTimeplan: value(
          'Sann når den skal til timeplansystemet.',
          'True when it goes to the timetable system.',
          'skalEksporteresTilTimeplansystem',
        ),
        campus: reference('Studiestedet.', 'The campus.', 'campuser', 'campus'),
        organisasjonsenhet: reference(
          'Enheten som underviser.',
          'The unit that teaches.',
          'organisasjonsenheter',
          'undervisesVedOrganisasjonsenhet',
        ),
        overordnet: reference(
          'Aktiviteten den er en del av.',
          'The activity of which it is a part.',
          'undervisningsaktiviteter',
          'parent',
        ),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode' }),
      },
      filters: [
        byText('aktivitet', 'kode'),
        ...bySemester('undervisning.semester', 'undervisningsenhet.termin'),
        ...byCourse('undervisning.emne', 'undervisningsenhet.emne'),
        byTruth('fellesaktivitet', 'erFellesaktivitet'),
      ],
      writes: writes(
        [
          ownKey('undervisningsaktiviteter'),
          link('undervisning', 'undervisning', 'undervisningsenhet', lasting),
          text('aktivitet', 'kode', lasting),
          namesIn('navn', 'navnAlleSprak'),
          text('parti', 'partinummer'),
          count('nummer', 'sekvensnummer'),
          flag('lukket', 'erLukket'),
          flag('fellesaktivitet', 'erFellesaktivitet'),
          flag('publiseres', 'kanPubliseres'),
          count('kapasitet', 'antallPlasser'),
          count('timerPerUke', 'timerPerUke'),
          flag('eksporterTimeplan', 'skalEksporteresTilTimeplansystem'),
          link('campus', 'campuser', 'campus'),
          link('organisasjonsenhet', 'organisasjonsenheter', 'undervisesVedOrganisasjonsenhet'),
          link('overordnet', 'undervisningsaktiviteter', 'parent'),
          flag('lms.eksport', 'skalEksporteresTilLms'),
          text('lms.romkode', 'lmsRomkode'),
        ],
        ['form', 'disiplin'],
      ),
    }),
  ],
};
