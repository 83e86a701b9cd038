// Which fields of a position may be written, and where each goes. Data; read by writes/positions.ts and, for the positions of a new employee,
// writes/employees.ts.
import { day, hundredths, line, truth } from '#mappings/to-model.ts';
import type { WriteFields } from '../writes/write-fields.ts';

export const positionFields: WriteFields = {
  schoolId: { to: 'skole', when: 'both', required: true, by: 'id' },
  kind: { to: 'stillingstype', when: 'both', by: 'code' },
  title: { to: 'tittel', when: 'both', convert: line() },
  percentage: { to: 'stillingsprosent', when: 'both', convert: hundredths },
  main: { to: 'hovedstilling', when: 'both', convert: truth },
  from: { to: 'gyldighetsperiode.start', when: 'both', convert: day },
  to: { to: 'gyldighetsperiode.slutt', when: 'both', convert: day },
};
