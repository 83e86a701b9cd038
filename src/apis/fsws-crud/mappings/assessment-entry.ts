// Vurdkombmelding: a student who has signed up for an assessment; and StudentVurdKombProtokoll: the result of it, which is read. Read by tables.ts.
import type { CrudTable, CrudVariant } from '../crud-table.ts';
import { code, keyed, own, shown } from '../crud-table.ts';
import { date, decimal, text, year, yesNo } from '../column-forms.ts';
import { courseKey } from './course-columns.ts';
import { personOf } from './person-columns.ts';

const key = [
  'Personlopenr',
  'Institusjonsnr',
  'Emnekode',
  'Versjonskode',
  'Vurdkombkode',
  'Arstall',
  'Vurdtidkode',
] as const;

const common: CrudVariant['columns'] = {
  ...personOf('student.personProfil', 'student.naturligNokkel'),
  ...courseKey(1, 'emne'),
  Vurdkombkode: keyed('Vurderingskombinasjonen.', 'Combination of assessments.', 4, text(20), {
    sought: { path: 'vurderingsenhet.vurderingsoppbygningsdel.kode' },
  }),
  Arstall: keyed('Året for vurderingen.', 'Year of the assessment.', 5, year, {
    sought: { path: 'vurderingsenhet.vurderingsperiode.arstall' },
  }),
  Vurdtidkode: keyed('Tiden for vurderingen.', 'Time of the assessment.', 6, text(20), {
    sought: { path: 'vurderingsenhet.vurderingsperiode.kode' },
  }),
};

export const assessmentEntry: CrudTable = {
  name: 'Vurdkombmelding',
  describe: { nb: 'En students melding til vurdering.', en: 'A student who has signed up for an assessment.' },
  variants: [
    {
      name: '',
      collection: 'fs/vurdering/vurderingsmelding',
      key,
      writes: ['create', 'patch'],
      links: [
        { of: ['Personlopenr'], relation: 'student', identifier: 'naturligNokkel', fixed: true },
        {
          of: ['Institusjonsnr', 'Emnekode', 'Versjonskode'],
          relation: 'emne',
          identifier: 'naturligNokkel',
          fixed: true,
        },
        {
          of: ['Institusjonsnr', 'Emnekode', 'Versjonskode', 'Vurdkombkode', 'Arstall', 'Vurdtidkode'],
          relation: 'vurderingsenhet',
          identifier: 'naturligNokkel',
          fixed: true,
        },
      ],
      columns: {
        ...common,
        Kandidatlopenr: own('Kandidatnummeret.', 'Number as a candidate.', 'kandidatnummer', text(20)),
        Studieprogramkode: {
          ...code('Studieprogrammet.', 'The programme.', 'studieprogram', text(20), { finds: 'some' }),
          known: true,
        },
        Vurdstatkode: shown('Statusen til vurderingen.', 'Status of the assessment.', 'resultatstatus.kode', text(20)),
        Sprakkode: shown('Språket.', 'The language.', 'sprak.iso6392Kode', text(3)),
      },
    },
  ],
};

export const assessmentResult: CrudTable = {
  name: 'StudentVurdKombProtokoll',
  describe: { nb: 'En students resultat i protokollen.', en: 'The result of a student in the record.' },
  variants: [
    {
      name: '',
      collection: 'fs/vurdering/resultat',
      key,
      writes: [],
      columns: {
        ...common,
        Kandidatlopenr: shown('Kandidatnummeret.', 'Number as a candidate.', 'kandidatnummer', text(20)),
        Karakter: shown('Karakteren.', 'The grade.', 'karakter.navnAlleSprak.nb', text(100)),
        Karakter_Tall: shown('Karakteren som tall.', 'The grade as a number.', 'karakter.tall', decimal),
        Studiepoeng: shown('Studiepoengene som gjelder.', 'Credits that count.', 'gjeldendeVekting.verdi', decimal),
        Vurdstatkode: shown(
          'Statusen til resultatet.',
          'Status of the result.',
          'vurderingsresultatstatus.kode',
          text(20),
        ),
        Studieprogramkode: shown(
          'Studieprogrammet.',
          'The programme.',
          'studieprogram.kode.identifikatorverdi',
          text(20),
          {
            finds: 'some',
            by: 'studieprogram.kode',
            known: true,
          },
        ),
        Dato_Opprettet: shown(
          'Dagen resultatet ble ført.',
          'Day on which it was recorded.',
          'tidspunktOpprettet',
          date,
        ),
        Status_Gyldig: shown('Resultatet er gyldig.', 'The result is valid.', 'erGyldig', yesNo, { finds: 'some' }),
        Status_Oppnadd: shown('Resultatet er oppnådd.', 'The result is reached.', 'erOppnadd', yesNo),
        Status_Kunngjort: shown('Resultatet er kunngjort.', 'The result is announced.', 'erKunngjort', yesNo),
      },
    },
  ],
};
