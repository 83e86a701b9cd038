// Valid results of a term, for the state loan fund.
import { civilDate } from '#mappings/converters.ts';
import { value } from '#mappings/field.ts';
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
      fnr: value('Fødselsnummeret.', 'The national id.', 'student.personProfil.fodselsnummer.identifikatorverdi'),
      studentnr: value('Studentnummeret.', 'The student number.', 'student.studentnummer.identifikatorverdi'),
      studieprogramkode: value(
        'Koden til studieprogrammet.',
        'Code of the programme.',
        'studieprogram.kode.identifikatorverdi',
      ),
      emnekode: value('Koden til emnet.', 'Code of the course.', 'emne.kode'),
      versjonskode: value('Emnets versjon.', 'Version of the course.', 'emne.versjonskode'),
      studiepoeng: value('Studiepoengene resultatet gir.', 'Credits that the result gives.', 'gjeldendeVekting.verdi'),
      bestatt: value('J når det er bestått.', 'J when it is a pass.', 'vurderingsresultatstatus.erBestatt', {
        convert: flag,
      }),
      dato: value(
        'Dagen resultatet ble registrert.',
        'The day on which the result was recorded.',
        'tidspunktOpprettet',
        { convert: civilDate },
      ),
    },
  },
};
