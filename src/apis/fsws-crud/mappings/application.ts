// Soknad: an application for admission. The published model keeps no key of it, and what is added to a class may be none: rows are read. Read by tables.ts.
import type { CrudTable } from '../crud-table.ts';
import { shown } from '../crud-table.ts';
import { digits, text } from '../column-forms.ts';
import { nationalIdColumns } from './person-columns.ts';

export const application: CrudTable = {
  name: 'Soknad',
  describe: { nb: 'En søknad om opptak.', en: 'An application for admission.' },
  variants: [
    {
      name: '',
      collection: 'fs/studierett/fssoknad',
      key: [],
      writes: [],
      columns: {
        Personlopenr: shown(
          'Søkerens løpenummer.',
          'Number of the applicant.',
          'personProfil.personlopenummer.identifikatorverdi',
          digits(9),
          { finds: 'few', by: 'personProfil.personlopenummer' },
        ),
        ...nationalIdColumns('personProfil'),
        Sokernr: shown('Søkernummeret.', 'Number as an applicant.', 'sokernummer', text(20), { finds: 'some' }),
        Institusjonsnr_Behandler: shown(
          'Lærestedet som behandler søknaden.',
          'Institution that handles the application.',
          'behandlendeLarested.organisasjonskode.identifikatorverdi',
          digits(8),
          { finds: 'some', by: 'behandlendeLarested.organisasjonskode' },
        ),
      },
    },
  ],
};
