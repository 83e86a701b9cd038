// The organisation that owns the schools: the municipality (facts 2.6). Read by reads/metadata.ts.
import type { Mapping } from '#mappings/mapping.ts';
import { schoolYear } from '#mappings/converters.ts';
import { objects, value, values } from '#mappings/field.ts';
import { address, schoolFields } from './parts.ts';

export const organisation: Mapping = {
  name: 'organization',
  schema: 'Organization',
  collection: 'grunnskole/kommune/skoleeier',
  describe: {
    nb: 'Kommunen eller den private eieren som har ansvaret for skolene.',
    en: 'The municipality or private owner that answers for the schools.',
  },
  fields: {
    name: value('Eierens navn.', 'Name of the owner.', 'navn'),
    organisationNumber: value('Organisasjonsnummer.', 'Organisation number.', 'organisasjonsnummer.identifikatorverdi'),
    kind: value('Kode for slag eier.', 'Code of the kind of owner.', 'eiertype.kode'),
    municipalityNumber: value('Kommunenummeret.', 'Number of the municipality.', 'kommune.kode'),
    domain: value('Internettdomenet, også i Feide-navn.', 'Internet domain, in Feide names too.', 'domenenavn'),
    ...address('forretningsadresse', 'Besøksadressen', 'Visiting address'),
    email: value('E-postadressen.', 'E-mail address.', 'kontaktinformasjon.epostadresse'),
    phone: value('Telefonnummeret.', 'Telephone number.', 'kontaktinformasjon.telefonnummer'),
    openSchoolYears: values(
      'Skoleårene som er åpne for dem som arbeider i skolene.',
      'School years that are open to those who work in the schools.',
      'apentSkolear.kode',
      { convert: schoolYear },
    ),
    schools: objects('Skolene.', 'The schools.', 'skole', {
      schoolId: value('Skolens id.', 'Id of the school.', '@id'),
      ...schoolFields,
    }),
  },
};
