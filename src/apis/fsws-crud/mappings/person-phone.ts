// Persontelefon: a telephone number of somebody, a row for each sort. It is part of the person in the model. Read by tables.ts.
import type { CrudTable, CrudVariant } from '../crud-table.ts';
import { constantly, keyed, own } from '../crud-table.ts';
import { digits, text } from '../column-forms.ts';
import { nationalIdColumns } from './person-columns.ts';

const sorts = ['MOB', 'PRIV', 'ARB'] as const;

const variant = (sort: (typeof sorts)[number], attribute: string): CrudVariant => ({
  name: attribute,
  collection: 'fs/person/personprofil',
  key: ['Personlopenr'],
  // The person is there, or there is nobody to give a number to.
  writes: ['patch'],
  shows: {
    needs: [],
    holds: ({ values }) => (values[attribute] as { readonly nummer?: unknown } | undefined)?.nummer !== undefined,
  },
  chosenBy: { column: 'Telefonnrtypekode', value: sort },
  columns: {
    Personlopenr: keyed('Personens løpenummer.', 'Number of the person.', 0, digits(9), {
      sought: { path: 'personlopenummer', selective: true },
    }),
    ...nationalIdColumns(''),
    Telefonnrtypekode: constantly('Slag nummer.', 'Sort of number.', sort, sorts),
    Telefonlandnr: own('Landnummeret.', 'Country code.', `${attribute}.landnummer`, text(6)),
    Telefonnr: own('Telefonnummeret.', 'Telephone number.', `${attribute}.nummer`, text(20), { required: true }),
    Merknadtekst: own('Merknad.', 'Remark.', `${attribute}.merknad`, text(200)),
  },
});

export const personPhone: CrudTable = {
  name: 'Persontelefon',
  describe: { nb: 'Et telefonnummer til en person.', en: 'A telephone number of a person.' },
  variants: [variant('MOB', 'mobilTelefon'), variant('PRIV', 'privatTelefon'), variant('ARB', 'arbeidsTelefon')],
};
