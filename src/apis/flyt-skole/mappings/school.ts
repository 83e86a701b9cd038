// School: what is told of a school as such (facts 2.6). Read by reads/metadata.ts.
import { objects, value, values } from '#mappings/field.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { address, schoolFields } from './parts.ts';

export const school: Mapping = {
  name: 'school',
  schema: 'School',
  collection: 'utdanning/utdanningsprogram/skole',
  describe: { nb: 'En skole i kommunen.', en: 'A school of the municipality.' },
  fields: {
    ...schoolFields,
    legalName: value('Navnet i offentlige registre.', 'Name in public registers.', 'juridiskNavn'),
    gsiNumber: value('Nummeret i GSI.', 'Number in GSI (statistics of primary schools).', 'gsiNummer'),
    domain: value('Internettdomenet.', 'Internet domain.', 'domenenavn'),
    offers: values('Koder for det skolen tilbyr.', 'Codes of what the school offers.', 'skoleslag.kode'),
    ...address('forretningsadresse', 'Besøksadressen', 'Visiting address'),
    email: value('Skolens e-postadresse.', 'E-mail address of the school.', 'kontaktinformasjon.epostadresse'),
    phone: value('Skolens telefonnummer.', 'Telephone number of the school.', 'kontaktinformasjon.telefonnummer'),
    afterSchool: objects('SFO ved skolen.', 'SFO (after-school care) of the school.', 'sfo', {
      id: value('Id for SFO.', 'Id of the SFO.', '@id'),
      name: value('Navnet på SFO.', 'Name of the SFO.', 'navn'),
      email: value('E-postadressen til SFO.', 'E-mail address of the SFO.', 'kontaktinformasjon.epostadresse'),
      phone: value('Telefonnummeret til SFO.', 'Telephone number of the SFO.', 'kontaktinformasjon.telefonnummer'),
    }),
  },
};
