// Position: what an employee holds at a school (facts 2.1, 10). Part of the employee, and a type of its own where it is created or changed.
import type { Fields, Mapping } from '#mappings/mapping.ts';
import { inForceNow, percentage, trueWhenSaid } from '#mappings/converters.ts';
import { object, value } from '#mappings/field.ts';
import { period, schoolFields } from './parts.ts';

export const positionFields: Fields = {
  schoolId: value('Skolen stillingen er ved.', 'School of the position.', 'skole.@id', { writable: true }),
  school: object('Skolen.', 'The school.', 'skole', schoolFields, { include: 'school' }),
  title: value('Stillingens tittel.', 'Title of the position.', 'tittel', { writable: true }),
  kind: value(
    'Kode for slag stilling, fra kodelisten position-kinds.',
    'Code of the kind of position, of the code list position-kinds.',
    'stillingstype.kode',
    { writable: true },
  ),
  percentage: value('Omfanget i prosent.', 'Extent in per cent.', 'stillingsprosent', {
    convert: percentage,
    writable: true,
  }),
  main: value('Sann for hovedstillingen.', 'True for the main position.', '@self', {
    convert: trueWhenSaid('hovedstilling'),
    writable: true,
  }),
  ...period('gyldighetsperiode', 'stillingen', 'the position', { writable: true }),
  active: value('Sann når stillingen gjelder i dag.', 'True when the position is held today.', '@self', {
    convert: inForceNow('gyldighetsperiode'),
  }),
};

export const position: Mapping = {
  name: 'position',
  schema: 'Position',
  collection: 'grunnskole/stilling/skolestilling',
  describe: { nb: 'En stilling en ansatt har ved en skole.', en: 'A position that an employee holds at a school.' },
  fields: {
    employeeId: value('Den ansatte.', 'The employee.', 'skoleressurs.personalressurs.@id'),
    ...positionFields,
  },
};
