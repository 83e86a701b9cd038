// Valid results of a term, for the state loan fund.
import { civilDate } from '#mappings/converters.ts';
import { flag } from '#mappings/fs-values.ts';
import type { TermList } from '../term-list.ts';

export const results: TermList = {
  name: 'lanekassenResultater',
  path: '/lanekassen/resultater',
  list: 'resultater',
  summary: { nb: 'Gyldige resultater i en termin.', en: 'Valid results of a term.' },
  term: ['vurderingsenhet', 'reellVurderingsperiode', 'gjelderTermin'],
  counts: ({ values }) => values['erGyldig'] !== false,
  mapping: {
    name: 'studrapp-resultat',
    schema: 'resultat',
    collection: 'fs/vurdering/resultat',
    describe: { nb: 'Et resultat i et emne eller en del av det.', en: 'A result of a course or of a part of it.' },
    fields: {
      fnr: {
        kind: 'value',
        from: 'student.personProfil.fodselsnummer.identifikatorverdi',
        describe: { nb: 'Fødselsnummeret.', en: 'The national id.' },
      },
      studentnr: {
        kind: 'value',
        from: 'student.studentnummer.identifikatorverdi',
        describe: { nb: 'Studentnummeret.', en: 'The student number.' },
      },
      studieprogramkode: {
        kind: 'value',
        from: 'studieprogram.kode.identifikatorverdi',
        describe: { nb: 'Koden til studieprogrammet.', en: 'Code of the programme.' },
      },
      emnekode: { kind: 'value', from: 'emne.kode', describe: { nb: 'Koden til emnet.', en: 'Code of the course.' } },
      versjonskode: {
        kind: 'value',
        from: 'emne.versjonskode',
        describe: { nb: 'Emnets versjon.', en: 'Version of the course.' },
      },
      studiepoeng: {
        kind: 'value',
        from: 'gjeldendeVekting.verdi',
        describe: { nb: 'Studiepoengene resultatet gir.', en: 'Credits that the result gives.' },
      },
      bestatt: {
        kind: 'value',
        from: 'vurderingsresultatstatus.erBestatt',
        convert: flag,
        describe: { nb: 'J når det er bestått.', en: 'J when it is a pass.' },
      },
      dato: {
        kind: 'value',
        from: 'tidspunktOpprettet',
        convert: civilDate,
        describe: { nb: 'Dagen resultatet ble registrert.', en: 'The day on which the result was recorded.' },
      },
    },
  },
};
