// Columns by which tables name courses, terms and what is taught or assessed of them. Used by the mappings alone.
import type { MappingPath } from '#mappings/mapping.ts';
import { keyed, keyedBy } from '../crud-table.ts';
import { digits, term, text, whole, year } from '../column-forms.ts';

/** Number of the institution, code and version of a course as parts of the key, from the place given. `relation` leads to the course; '' = the row is one. */
export const courseKey = (at: number, relation: string) => {
  const path = (name: string): MappingPath => (relation === '' ? name : `${relation}.${name}`);
  return {
    Institusjonsnr: keyed('Institusjonens nummer.', 'Number of the institution.', at, digits(8)),
    Emnekode: keyed('Emnekoden.', 'Code of the course.', at + 1, text(12), {
      sought: { path: path('kode'), selective: true },
    }),
    Versjonskode: keyed('Versjonen av emnet.', 'Version of the course.', at + 2, text(3), {
      sought: { path: path('versjonskode') },
    }),
  };
};

/** The same of what a relation leads to. */
export const courseBy = (relation: MappingPath) => ({
  Institusjonsnr: keyedBy('Institusjonens nummer.', 'Number of the institution.', relation, 0, digits(8)),
  Emnekode: keyedBy('Emnekoden.', 'Code of the course.', relation, 1, text(12), {
    sought: { path: `${relation}.kode`, selective: true },
  }),
  Versjonskode: keyedBy('Versjonen av emnet.', 'Version of the course.', relation, 2, text(3), {
    sought: { path: `${relation}.versjonskode` },
  }),
});

/** Year and code of a term as parts of the key. `relation` leads to the term; null = there is none, and the parts are not searched by. */
export const termKey = (at: number, relation: MappingPath | null) => ({
  Arstall: keyed('Året.', 'The year.', at, year, relation === null ? {} : { sought: { path: `${relation}.arstall` } }),
  Terminkode: keyed(
    'Terminen: VÅR, HØST og så videre.',
    'The term: VÅR (spring), HØST (autumn) and so on.',
    at + 1,
    term,
    relation === null ? {} : { sought: { path: `${relation}.betegnelse.kode` } },
  ),
});

/** Which time in a row the student or the teaching is in, as a part of the key. */
export const termNumber = (at: number, sought: MappingPath) => ({
  Terminnr: keyed('Terminens nummer i undervisningen.', 'Number of the term in the teaching.', at, whole(2), {
    sought: { path: sought },
  }),
});
