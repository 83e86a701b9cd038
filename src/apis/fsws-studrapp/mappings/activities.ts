// Teaching activities of a term with their timetables.
import { objects, value, values } from '#mappings/field.ts';
import type { Converter } from '#mappings/mapping.ts';
import { timeOf, minutesOf } from '../collisions.ts';
import type { TermList } from '../term-list.ts';

/** `2026-34` of a week in which there is teaching. */
export const teachingWeek: Converter = {
  name: 'teachingWeek',
  schema: { type: 'string', examples: ['2026-34'] },
  apply: (given) => {
    const { arstall, ukenummer, harUndervisning } = (given ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof arstall !== 'number' || typeof ukenummer !== 'number' || harUndervisning === false) return undefined;
    return `${arstall}-${String(ukenummer).padStart(2, '0')}`;
  },
};

/** `08:15`, whatever the seconds. */
export const timeOfDay: Converter = {
  name: 'timeOfDay',
  schema: { type: 'string', examples: ['08:15'] },
  apply: (given) => {
    const minutes = minutesOf(given);
    return minutes === undefined ? undefined : timeOf(minutes);
  },
};

export const activities: TermList = {
  name: 'timeplanUndervisningsaktiviteter',
  path: '/timeplan/undervisningsaktiviteter',
  list: 'undervisningsaktiviteter',
  summary: {
    nb: 'Undervisningsaktivitetene i en termin, med timeplanene.',
    en: 'Teaching activities of a term, with their timetables.',
  },
  term: ['undervisningsenhet', 'termin'],
  counts: () => true,
  mapping: {
    name: 'studrapp-undervisningsaktivitet',
    schema: 'undervisningsaktivitet',
    collection: 'fs/undervisning/undervisningsaktivitet',
    describe: { nb: 'En undervisningsaktivitet.', en: 'A teaching activity.' },
    fields: {
      aktivitet: value(
        'Nøkkelen som andre lister viser til: 7777,TST1000,1,2026,VÅR,1,F1.',
        'The key by which other lists refer to it: 7777,TST1000,1,2026,VÅR,1,F1.',
        'naturligNokkel.identifikatorverdi',
      ),
      emnekode: value('Koden til emnet.', 'Code of the course.', 'undervisningsenhet.emne.kode'),
      versjonskode: value('Emnets versjon.', 'Version of the course.', 'undervisningsenhet.emne.versjonskode'),
      terminnr: value(
        'Hvilken termin av emnet det er.',
        'Which term of the course it is.',
        'undervisningsenhet.terminnummer',
      ),
      aktivitetskode: value('Aktivitetens kode.', 'Its code.', 'kode'),
      aktivitetsnavn: value('Navnet på bokmål.', 'Its name, in bokmål.', 'navnAlleSprak.nb'),
      antall_plasser: value('Hvor mange det er plass til.', 'How many there is room for.', 'antallPlasser'),
      timer_per_uke: value('Timer i uken.', 'Hours a week.', 'timerPerUke'),
      timeplan: objects('Når og hvor den holdes.', 'When and where it is held.', 'timeplaner', {
        timeplannr: value('Nummeret under aktiviteten.', 'Number within the activity.', 'timeplannummer'),
        ukedag: value('1 er mandag.', '1 is Monday.', 'ukedag.ukedagnummer'),
        fra: value('Klokkeslettet den begynner.', 'Time of day of its beginning.', 'klokkeslett.fra', {
          convert: timeOfDay,
        }),
        til: value('Klokkeslettet den slutter.', 'Time of day of its end.', 'klokkeslett.til', { convert: timeOfDay }),
        romkode: values('Rommene.', 'The rooms.', 'rom.kode'),
        uke: values('År og uke med undervisning.', 'Year and week with teaching.', 'undervisningsuker', {
          convert: teachingWeek,
        }),
      }),
    },
  },
};
