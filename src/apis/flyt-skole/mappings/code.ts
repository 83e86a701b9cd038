// Codes, with their names in three languages, and the lists that they stand in (facts 2.6). School years and terms are codes with a period. Read by
// reads/metadata.ts; the names of lists are those of the API.
import type { Text } from '#model/model.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { inForceNow, schoolYear } from '#mappings/converters.ts';
import { value } from '#mappings/field.ts';
import { codeNames, period } from './parts.ts';

const code = (name: string, collection: string, describe: Text): Mapping => ({
  name: `code-${name}`,
  schema: 'Code',
  collection,
  describe,
  fields: {
    code: value('Koden.', 'The code.', 'kode'),
    ...codeNames,
    passive: value('Sann når koden ikke lenger skal velges.', 'True when the code must no longer be chosen.', 'passiv'),
    ...period('gyldighetsperiode', 'koden', 'the code'),
  },
});

const list = (name: string, collection: string, nb: string, en: string) => {
  const describe = { nb, en };
  return { name, describe, mapping: code(name, collection, describe) };
};

/** Every code list, by the name that the address has. */
export const codeLists = [
  list(
    'guardian-rights',
    'grunnskole/kodeverk/foresattrettighet',
    'Rettigheter en foresatt kan ha.',
    'Rights that a guardian may have.',
  ),
  list(
    'after-school-place-kinds',
    'grunnskole/kodeverk/sfoplasstype',
    'Slag plass i SFO.',
    'Kinds of place in SFO (after-school care).',
  ),
  list('countries', 'felles/kodeverk/iso/landkode', 'Land.', 'Countries.'),
  list(
    'employee-categories',
    'administrasjon/kodeverk/personalressurskategori',
    'Ansettelsesformer.',
    'Forms of employment.',
  ),
  list('genders', 'felles/kodeverk/iso/kjonn', 'Kjønn.', 'Sexes.'),
  list('group-kinds', 'grunnskole/kodeverk/skolegruppetype', 'Slag skolegrupper.', 'Kinds of school group.'),
  list('group-roles', 'grunnskole/kodeverk/skolegrupperolle', 'Roller i en skolegruppe.', 'Roles in a school group.'),
  list(
    'guardian-bases',
    'grunnskole/kodeverk/foresattgrunnlag',
    'Hvorfor noen er foresatt.',
    'Why somebody is a guardian.',
  ),
  list(
    'guardian-roles',
    'grunnskole/kodeverk/foresattrolle',
    'Roller en foresatt kan ha for et barn.',
    'Roles that a guardian may have for a child.',
  ),
  list(
    'guardian-sources',
    'grunnskole/kodeverk/foresattkilde',
    'Hvor opplysningen om et foresattforhold kommer fra.',
    'Where the knowledge of a guardianship comes from.',
  ),
  list('languages', 'felles/kodeverk/iso/sprak', 'Språk.', 'Languages.'),
  list(
    'lesson-statuses',
    'grunnskole/kodeverk/timestatus',
    'Hvordan det går med en økt.',
    'What has become of a lesson.',
  ),
  list('municipalities', 'felles/kodeverk/kommune', 'Kommuner.', 'Municipalities.'),
  list('owner-kinds', 'utdanning/kodeverk/skoleeiertype', 'Slag eiere.', 'Kinds of owner.'),
  list('position-kinds', 'grunnskole/kodeverk/stillingstype', 'Slag stillinger.', 'Kinds of position.'),
  list('pupil-categories', 'utdanning/kodeverk/elevkategori', 'Elevkategorier.', 'Categories of pupil.'),
  list(
    'register-statuses',
    'grunnskole/kodeverk/personstatus',
    'Hvor en person står i folkeregisteret.',
    "A person's standing in the population register.",
  ),
  list('school-offers', 'grunnskole/kodeverk/skoleslag', 'Det en skole kan tilby.', 'What a school may offer.'),
  list(
    'terms',
    'utdanning/kodeverk/termin',
    'Terminene skoleår består av.',
    'Terms of which school years are made up.',
  ),
] as const;

export const schoolYears: Mapping = {
  name: 'school-year',
  schema: 'SchoolYear',
  collection: 'utdanning/kodeverk/skolear',
  describe: { nb: 'Et skoleår, fra 1. august til 31. juli.', en: 'A school year, from 1 August to 31 July.' },
  fields: {
    schoolYear: value('Skoleåret, som filtre tar det.', 'School year, as filters take it.', 'kode', {
      convert: schoolYear,
    }),
    current: value('Sann for skoleåret som går nå.', 'True of the school year that runs now.', '@self', {
      convert: inForceNow('gyldighetsperiode'),
    }),
    ...codeNames,
    passive: value(
      'Sann når skoleåret ikke lenger skal velges.',
      'True when the school year must no longer be chosen.',
      'passiv',
    ),
    ...period('gyldighetsperiode', 'skoleåret', 'the school year'),
  },
};
