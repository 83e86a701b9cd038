// Valid results of courses of a term, by course and grade; and the credits that those of them come to that are shown.
import { unshown } from '#mappings/field.ts';
import type { FigureRow } from '../figures.ts';
import { keyOfTerm } from '../release-days.ts';
import type { DerivedSheet } from '../sheet.ts';
import { courseColumns, placedFields, type Placed } from './columns.ts';
import { ofTerm, personSheet } from './person-sheet.ts';

type Row = Placed & {
  readonly valid?: boolean;
  readonly term?: string;
  readonly partOf?: number;
  readonly course?: string;
  readonly version?: string;
  readonly credits?: string | number;
  readonly passed?: boolean;
  readonly grade?: string;
};

export const results = personSheet<Row>({
  name: 'resultater',
  describe: {
    nb: 'Gyldige resultater i emner, etter emne og karakter. En student teller én gang med hver karakter i et emne.',
    en: 'Valid results of courses, by course and grade. A student counts once with each grade of a course.',
  },
  before: [
    ...courseColumns,
    {
      name: 'vekt',
      describe: { nb: 'Emnets studiepoeng; 0 når de ikke er kjent.', en: 'Credits of the course; 0 where not known.' },
    },
  ],
  behind: [
    {
      name: 'bestatt',
      describe: { nb: 'J når emnet er bestått, ellers N.', en: 'J when the course is passed, else N.' },
    },
    { name: 'karakter', describe: { nb: 'Karakteren på bokmål.', en: 'The grade, in bokmål.' } },
  ],
  after: 'term',
  mapping: {
    name: 'bris-results',
    schema: 'BrisResults',
    collection: 'fs/vurdering/resultat',
    describe: { nb: 'Resultater som telles.', en: 'Results that are counted.' },
  },
  fields: {
    ...placedFields('emne.studieansvarligOrganisasjonsenhet', 'emne.studieniva'),
    valid: unshown('erGyldig'),
    term: unshown('vurderingsenhet.reellVurderingsperiode.gjelderTermin.naturligNokkel.identifikatorverdi'),
    partOf: unshown('parents.@uid'),
    course: unshown('emne.kode'),
    version: unshown('emne.versjonskode'),
    credits: unshown('emne.vekting.verdi'),
    passed: unshown('vurderingsresultatstatus.erBestatt'),
    grade: unshown('karakter.navnAlleSprak.nb'),
  },
  narrow: ofTerm('vurderingsenhet', 'reellVurderingsperiode', 'gjelderTermin'),
  standings: (row, { term }) =>
    // What is a part of another result is counted with that one.
    row.valid === false || row.partOf !== undefined || row.term !== keyOfTerm(term)
      ? []
      : [
          {
            placed: row,
            before: [row.course ?? '', row.version ?? '', String(Number(row.credits ?? 0))],
            behind: [row.passed === true ? 'J' : 'N', row.grade ?? ''],
          },
        ],
});

const at = (name: string): number => results.columns.findIndex((column) => column.name === name);

// Up to the gender: what is behind it is added up.
const kept = at('bestatt');

export const credits: DerivedSheet = {
  name: 'studiepoeng',
  describe: {
    nb: 'Studiepoeng som de beståtte resultatene i «resultater» gir. Laget av de tallene som vises der, og av ingenting annet.',
    en: 'Credits that the passed results of resultater come to. Made of the figures that are shown there, and of nothing else.',
  },
  columns: [
    ...results.columns.slice(0, kept),
    {
      name: 'studiepoeng',
      describe: {
        nb: 'Emnets studiepoeng ganger antallet beståtte som vises.',
        en: 'Credits of the course times the number of those shown who passed.',
      },
    },
  ],
  from: results,
  derive: (rows) => {
    const sums = new Map<string, { readonly cell: readonly string[]; readonly passed: number }>();
    for (const row of rows) {
      if (row[kept] !== 'J') continue;
      const cell = row.slice(0, kept).map(String);
      const key = JSON.stringify(cell);
      sums.set(key, { cell, passed: (sums.get(key)?.passed ?? 0) + Number(row.at(-1)) });
    }
    return [...sums.values()].map(({ cell, passed }): FigureRow => [...cell, passed * Number(cell[at('vekt')])]);
  },
};
