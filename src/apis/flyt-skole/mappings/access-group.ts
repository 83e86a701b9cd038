// Access groups of the school system with the rules for who may hold them, and the holding of one by an employee (facts 2.6, 2.7). The holding is
// part of the employee, and a type of its own where access is given and taken away.
import type { Fields, Mapping } from '#mappings/mapping.ts';
import { accessLevel, inForceNow, trueWhenSaid } from '#mappings/converters.ts';
import { object, value, values } from '#mappings/field.ts';
import { codeNames, period, schoolFields } from './parts.ts';

export const accessGroup: Mapping = {
  name: 'access-group',
  schema: 'AccessGroup',
  collection: 'grunnskole/tilgang/tilgangsgruppe',
  describe: {
    nb: 'En gruppe som gir ansatte innlogging og innsyn i skolesystemet, med reglene for hvem som kan være i den.',
    en: 'A group that gives employees sign-in and insight in the school system, with the rules for who may be in it.',
  },
  fields: {
    code: value('Gruppens kode.', 'Code of the group.', 'kode'),
    ...codeNames,
    description: value('Hva gruppen gir adgang til.', 'What the group gives access to.', 'beskrivelse'),
    level: value(
      'Om gruppen gjelder hele kommunen eller én skole.',
      'Whether the group counts for the whole municipality or for one school.',
      'niva',
      { convert: accessLevel },
    ),
    requiresPosition: value(
      'Sann når bare den som har en gjeldende stilling der gruppen skal gjelde, kan være i den.',
      'True when only those with a current position where the group is to count may be in it.',
      '@self',
      { convert: trueWhenSaid('kreverStilling') },
    ),
    positionKinds: values(
      'Koder for slag stillinger som kan ha gruppen; tom liste er alle.',
      'Codes of the kinds of position that may have the group; an empty list is all of them.',
      'tillattStillingstype.kode',
    ),
    allSchoolYears: value(
      'Sann når gruppen også åpner skoleår som ellers er lukket.',
      'True when the group also opens school years that are closed otherwise.',
      '@self',
      { convert: trueWhenSaid('alleSkolear') },
    ),
  },
};

export const accessHoldingFields: Fields = {
  accessGroupId: value('Tilgangsgruppen.', 'The access group.', 'tilgangsgruppe.@id'),
  code: value('Tilgangsgruppens kode.', 'Code of the access group.', 'tilgangsgruppe.kode'),
  name: value('Tilgangsgruppens navn på bokmål.', 'Name of the access group in Bokmål.', 'tilgangsgruppe.navn'),
  level: value('Hvor gruppen kan gjelde.', 'Where the group may count.', 'tilgangsgruppe.niva', {
    convert: accessLevel,
  }),
  schoolId: value(
    'Skolen tilgangen gjelder ved; mangler når den gjelder hele kommunen.',
    'School at which the access counts; absent when it counts for the whole municipality.',
    'skole.@id',
  ),
  school: object('Skolen.', 'The school.', 'skole', schoolFields, { include: 'school' }),
  ...period('gyldighetsperiode', 'tilgangen', 'the access'),
  active: value('Sann når tilgangen gjelder i dag.', 'True when the access holds today.', '@self', {
    convert: inForceNow('gyldighetsperiode'),
  }),
};

export const accessHolding: Mapping = {
  name: 'access-holding',
  schema: 'AccessHolding',
  collection: 'grunnskole/tilgang/tilgangsgruppemedlemskap',
  describe: { nb: 'At en ansatt er i en tilgangsgruppe.', en: 'The fact that an employee is in an access group.' },
  fields: {
    employeeId: value('Den ansatte.', 'The employee.', 'personalressurs.@id'),
    ...accessHoldingFields,
  },
};
