// The columns that all figures begin with, and what they stand for in the model: codes as reports to the database of higher education have them. Our
// interpretation; used by the sheets beside it.
import { unshown } from '#mappings/field.ts';
import type { Field } from '#mappings/mapping.ts';
import { censusDay, type ReportedTerm } from '../release-days.ts';
import type { CountAt, SheetColumn } from '../sheet.ts';

/** Where those stand by which answers may be narrowed. */
export const unitColumn = 1;

export const commonColumns: readonly SheetColumn[] = [
  { name: 'institusjonsnr', describe: { nb: 'Institusjonens nummer.', en: 'Number of the institution.' } },
  {
    name: 'avdelingskode',
    describe: {
      nb: 'Fakultet, institutt og gruppe med to sifre hver; 000000 når enheten ikke er kjent.',
      en: 'Faculty, department and group with two digits each; 000000 where the unit is not known.',
    },
  },
  {
    name: 'nivakode',
    describe: {
      nb: 'Nivåkoden i DBH der den finnes, ellers koden for studienivået; tom når ingen er kjent.',
      en: 'The level code of DBH where there is one, else the code of the level of study; empty where none is known.',
    },
  },
  { name: 'arstall', describe: { nb: 'Året terminen ligger i.', en: 'The year of the term.' } },
  { name: 'semester', describe: { nb: '1 for vår, 3 for høst.', en: '1 for spring, 3 for autumn.' } },
];

export const programmeColumn: SheetColumn = {
  name: 'studieprogramkode',
  describe: { nb: 'Koden til studieprogrammet.', en: 'Code of the programme.' },
};

export const courseColumns: readonly SheetColumn[] = [
  { name: 'emnekode', describe: { nb: 'Koden til emnet.', en: 'Code of the course.' } },
  { name: 'versjonskode', describe: { nb: 'Emnets versjon.', en: 'Version of the course.' } },
];

export const genderColumn: SheetColumn = {
  name: 'kjonn',
  describe: { nb: 'K, M, eller U når det ikke er kjent.', en: 'K (female), M (male), or U where it is not known.' },
};

export const ageColumn: SheetColumn = {
  name: 'aldersgruppe',
  describe: {
    nb: 'Alder på tellingsdagen: 00-20, 21-25, 26-30, 31-40, 41-99, eller U når den ikke er kjent.',
    en: 'Age on the census day: 00-20, 21-25, 26-30, 31-40, 41-99, or U where it is not known.',
  },
};

export const countColumn: SheetColumn = {
  name: 'antall',
  describe: {
    nb: 'Antall personer, avrundet til nærmeste fem. Færre enn tre er utelatt.',
    en: 'Number of persons, rounded to the nearest five. Fewer than three are left out.',
  },
};

/** What the common columns are made of, wherever it stands in the model. */
export type Placed = { readonly unit?: string; readonly dbhLevel?: string; readonly level?: string };

export const commonCell = ({ unit, dbhLevel, level }: Placed, { term, institution }: CountAt): readonly string[] => [
  institution,
  unitCode(unit),
  dbhLevel ?? level ?? '',
  String(term.year),
  term.code === 'VÅR' ? '1' : '3',
];

/** From the key of a unit, `7777,59,7,0`; a key of another form is no unit of the institution. */
const unitCode = (key: string | undefined): string => {
  const [, faculty, department, group] = /^\d+,(\d{1,2}),(\d{1,2}),(\d{1,2})$/.exec(key ?? '') ?? [];
  return [faculty, department, group].map((part) => (part ?? '').padStart(2, '0')).join('');
};

export const genderCode = (gender: string | undefined): string =>
  gender === 'KVINNE' ? 'K' : gender === 'MANN' ? 'M' : 'U';

/** Whole years on the census day; `born` is a civil date. */
export const ageGroup = (born: string | undefined, term: ReportedTerm): string => {
  const day = censusDay(term);
  if (born === undefined || born > day) return 'U';
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
  return (
    [
      [20, '00-20'],
      [25, '21-25'],
      [30, '26-30'],
      [40, '31-40'],
    ] as const
  ).reduceRight((group, [most, name]) => (years <= most ? name : group), '41-99');
};

/** Where something is placed: by relations from the resource at hand to its unit and its level. */
export const placedFields = (unit: string, level: string): Readonly<Record<'unit' | 'dbhLevel' | 'level', Field>> => ({
  unit: unshown(`${unit}.naturligNokkel.identifikatorverdi`),
  dbhLevel: unshown(`${level}.dbhNiva.dbhNivakode`),
  level: unshown(`${level}.kode.identifikatorverdi`),
});
