// Teaching activities of a term with their timetables.
import type { Converter } from '#mappings/mapping.ts';
import { timeOf, minutesOf } from '../collisions.ts';
import type { TermList } from '../term-list.ts';

/** `2026-34` of a week in which there is teaching. */
export const teachingWeek: Converter = {
  name: 'teachingWeek',
  schema: { type: 'string', examples: ['2026-34'] },
  apply: (value) => {
    const { arstall, ukenummer, harUndervisning } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof arstall !== 'number' || typeof ukenummer !== 'number' || harUndervisning === false) return undefined;
    return `${arstall}-${String(ukenummer).padStart(2, '0')}`;
  },
};

/** `08:15`, whatever the seconds. */
export const timeOfDay: Converter = {
  name: 'timeOfDay',
  schema: { type: 'string', examples: ['08:15'] },
  apply: (value) => {
    const minutes = minutesOf(value);
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
      aktivitet: {
        kind: 'value',
        from: 'naturligNokkel.identifikatorverdi',
        describe: {
          nb: 'Nøkkelen som andre lister viser til: 7777,TST1000,1,2026,VÅR,1,F1.',
          en: 'The key by which other lists refer to it: 7777,TST1000,1,2026,VÅR,1,F1.',
        },
      },
      emnekode: {
        kind: 'value',
        from: 'undervisningsenhet.emne.kode',
        describe: { nb: 'Koden til emnet.', en: 'Code of the course.' },
      },
      versjonskode: {
        kind: 'value',
        from: 'undervisningsenhet.emne.versjonskode',
        describe: { nb: 'Emnets versjon.', en: 'Version of the course.' },
      },
      terminnr: {
        kind: 'value',
        from: 'undervisningsenhet.terminnummer',
        describe: { nb: 'Hvilken termin av emnet det er.', en: 'Which term of the course it is.' },
      },
      aktivitetskode: { kind: 'value', from: 'kode', describe: { nb: 'Aktivitetens kode.', en: 'Its code.' } },
      aktivitetsnavn: {
        kind: 'value',
        from: 'navnAlleSprak.nb',
        describe: { nb: 'Navnet på bokmål.', en: 'Its name, in bokmål.' },
      },
      antall_plasser: {
        kind: 'value',
        from: 'antallPlasser',
        describe: { nb: 'Hvor mange det er plass til.', en: 'How many there is room for.' },
      },
      timer_per_uke: {
        kind: 'value',
        from: 'timerPerUke',
        describe: { nb: 'Timer i uken.', en: 'Hours a week.' },
      },
      timeplan: {
        kind: 'objects',
        from: 'timeplaner',
        describe: { nb: 'Når og hvor den holdes.', en: 'When and where it is held.' },
        fields: {
          timeplannr: {
            kind: 'value',
            from: 'timeplannummer',
            describe: { nb: 'Nummeret under aktiviteten.', en: 'Number within the activity.' },
          },
          ukedag: {
            kind: 'value',
            from: 'ukedag.ukedagnummer',
            describe: { nb: '1 er mandag.', en: '1 is Monday.' },
          },
          fra: {
            kind: 'value',
            from: 'klokkeslett.fra',
            convert: timeOfDay,
            describe: { nb: 'Klokkeslettet den begynner.', en: 'Time of day of its beginning.' },
          },
          til: {
            kind: 'value',
            from: 'klokkeslett.til',
            convert: timeOfDay,
            describe: { nb: 'Klokkeslettet den slutter.', en: 'Time of day of its end.' },
          },
          romkode: { kind: 'values', from: 'rom.kode', describe: { nb: 'Rommene.', en: 'The rooms.' } },
          uke: {
            kind: 'values',
            from: 'undervisningsuker',
            convert: teachingWeek,
            describe: { nb: 'År og uke med undervisning.', en: 'Year and week with teaching.' },
          },
        },
      },
    },
  },
};
