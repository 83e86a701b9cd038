// Columns by which tables name persons: their number, and the two halves of the national id as older tables have them. Used by the mappings alone.
import { birthNumber, personNumber } from '#mappings/fs-values.ts';
import type { MappingPath } from '#mappings/mapping.ts';
import { keyed, type Column } from '../crud-table.ts';
import { digits } from '../column-forms.ts';

const none = (): undefined => undefined;

/** The halves of the national id of the person at the end of a path; '' = of the row itself. The API makes a number of a person of them. */
export const nationalIdColumns = (path: MappingPath): { readonly Fodselsdato: Column; readonly Personnr: Column } => {
  const from = `${path === '' ? '' : `${path}.`}fodselsnummer.identifikatorverdi`;
  return {
    Fodselsdato: {
      describe: {
        nb: 'De seks første sifrene i fødselsnummeret som tall: uten null foran, så fem eller seks sifre.',
        en: 'The first six digits of the national id as a number: without a zero in front, hence five or six digits.',
      },
      from,
      convert: birthNumber,
      read: none,
      known: true,
    },
    Personnr: {
      describe: { nb: 'De fem siste sifrene i fødselsnummeret.', en: 'The last five digits of the national id.' },
      from,
      convert: personNumber,
      read: none,
      known: true,
    },
  };
};

/** All three, of a table whose key begins with the number of a person. `sought` leads to the number. */
export const personOf = (path: MappingPath, sought: MappingPath): Readonly<Record<string, Column>> => ({
  Personlopenr: keyed(
    'Personens løpenummer ved lærestedet.',
    'Number of the person at the institution.',
    0,
    digits(9),
    {
      sought: { path: sought, selective: true },
    },
  ),
  ...nationalIdColumns(path),
});
