// Personrolle: what somebody is to something. The model keeps the roles by what they are about; a row is of the sort whose columns are given. Read by
// tables.ts.
import type { CrudTable, CrudVariant, ColumnLink } from '../crud-table.ts';
import { code, keyed, keyedBy, own } from '../crud-table.ts';
import { date, digits, term, text, whole, year } from '../column-forms.ts';
import { courseBy } from './course-columns.ts';
import { personOf } from './person-columns.ts';

type Columns = CrudVariant['columns'];

const common: Columns = {
  ...personOf('personProfil', 'personProfil.personlopenummer'),
  Rollenr: keyed('Rollens nummer hos personen.', 'Number of the role of the person.', 1, whole(6)),
  Rollekode: code('Rollen.', 'The role.', 'fsRolle', text(20), { finds: 'some' }),
  Dato_Fra: own('Første dag i rollen.', 'First day in the role.', 'gyldighetsperiode.fraDato', date),
  Dato_Til: own('Siste dag i rollen.', 'Last day in the role.', 'gyldighetsperiode.tilDato', date),
};

const variant = (
  collection: string,
  columns: Columns,
  about: Pick<ColumnLink, 'relation' | 'of'>,
  more: readonly ColumnLink[] = [],
): CrudVariant => ({
  name: collection,
  collection: `fs/rolle/${collection}`,
  key: ['Personlopenr', 'Rollenr'],
  writes: ['create', 'patch'],
  own: about.of,
  links: [
    { of: ['Personlopenr'], relation: 'personProfil', identifier: 'personlopenummer', fixed: true },
    { of: ['Personlopenr'], relation: 'fagperson', identifier: 'naturligNokkel', fixed: true },
    { ...about, identifier: 'naturligNokkel' },
    ...more,
  ],
  columns: { ...common, ...columns },
});

const programmeBy = (path: string): Columns => ({
  Studieprogramkode: {
    ...keyedBy('Studieprogrammet.', 'The programme.', path, 0, text(20), {
      sought: { path: 'studieprogram.kode', selective: true },
    }),
    known: true,
  },
});

const cohortBy = (path: string): Columns => ({
  Studieprogramkode: {
    ...keyedBy('Studieprogrammet.', 'The programme.', path, 0, text(20)),
    sought: { path: `${path}.studieprogram.kode`, selective: true },
    known: true,
  },
  Arstall: keyedBy('Kullets år.', 'Year of the cohort.', path, 1, year, {
    sought: { path: `${path}.terminV2.arstall` },
  }),
  Terminkode: keyedBy('Kullets termin.', 'Term of the cohort.', path, 2, term, {
    sought: { path: `${path}.terminV2.betegnelse.kode` },
  }),
});

const klass = 'klasse';
const teaching = 'undervisningsenhet';
const activity = 'undervisningsaktivitet';

/** Year, term and number of a unit of teaching, of what a relation leads to. */
const inTerm = (relation: string, unit: string): Columns => ({
  Arstall: keyedBy('Året.', 'The year.', relation, 3, year, { sought: { path: `${unit}.termin.arstall` } }),
  Terminkode: keyedBy('Terminen.', 'The term.', relation, 4, term, {
    sought: { path: `${unit}.termin.betegnelse.kode` },
  }),
  Terminnr: keyedBy('Terminens nummer.', 'Number of the term.', relation, 5, whole(2), {
    sought: { path: `${unit}.terminnummer` },
  }),
});

const courseOf = (relation: string, course: string): Columns => ({
  Institusjonsnr: keyedBy('Institusjonens nummer.', 'Number of the institution.', relation, 0, digits(8)),
  Emnekode: keyedBy('Emnekoden.', 'Code of the course.', relation, 1, text(12), {
    sought: { path: `${course}.kode`, selective: true },
  }),
  Versjonskode: keyedBy('Versjonen av emnet.', 'Version of the course.', relation, 2, text(3), {
    sought: { path: `${course}.versjonskode` },
  }),
});

const units: Columns = {
  Institusjonsnr: keyedBy('Institusjonens nummer.', 'Number of the institution.', 'organisasjonsenhet', 0, digits(8)),
  Faknr: keyedBy('Fakultetets nummer.', 'Number of the faculty.', 'organisasjonsenhet', 1, digits(3)),
  Instituttnr: keyedBy('Instituttets nummer.', 'Number of the department.', 'organisasjonsenhet', 2, digits(3)),
  Gruppenr: keyedBy('Gruppens nummer.', 'Number of the group.', 'organisasjonsenhet', 3, digits(3)),
};

export const personRole: CrudTable = {
  name: 'Personrolle',
  describe: { nb: 'En persons rolle.', en: 'The role of a person.' },
  variants: [
    variant(
      'undervisningsaktivitetsrolle',
      {
        ...courseOf(activity, `${activity}.${teaching}.emne`),
        ...inTerm(activity, `${activity}.${teaching}`),
        Aktivitetkode: keyedBy('Aktivitetens kode.', 'Code of the activity.', activity, 6, text(20), {
          sought: { path: `${activity}.kode` },
        }),
      },
      {
        relation: activity,
        of: ['Institusjonsnr', 'Emnekode', 'Versjonskode', 'Arstall', 'Terminkode', 'Terminnr', 'Aktivitetkode'],
      },
    ),
    variant(
      'undervisningsenhetsrolle',
      {
        ...courseOf(teaching, `${teaching}.emne`),
        ...inTerm(teaching, teaching),
      },
      { relation: teaching, of: ['Institusjonsnr', 'Emnekode', 'Versjonskode', 'Arstall', 'Terminkode', 'Terminnr'] },
    ),
    variant('emnerolle', courseBy('emne'), { relation: 'emne', of: ['Institusjonsnr', 'Emnekode', 'Versjonskode'] }),
    variant(
      'klasserolle',
      {
        ...cohortBy('klasse.kull'),
        Klassekode: keyedBy('Klassen.', 'The class.', klass, 3, text(20), { sought: { path: 'klasse.kode' } }),
      },
      { relation: klass, of: ['Studieprogramkode', 'Arstall', 'Terminkode', 'Klassekode'] },
    ),
    variant('kullrolle', cohortBy('kull'), { relation: 'kull', of: ['Studieprogramkode', 'Arstall', 'Terminkode'] }),
    variant('studieprogramrolle', programmeBy('studieprogram'), {
      relation: 'studieprogram',
      of: ['Studieprogramkode'],
    }),
    variant(
      'organisasjonsenhetsrolle',
      units,
      { relation: 'organisasjonsenhet', of: ['Institusjonsnr', 'Faknr', 'Instituttnr', 'Gruppenr'] },
      [{ of: ['Institusjonsnr'], relation: 'organisasjon', identifier: 'organisasjonskode' }],
    ),
  ],
};
