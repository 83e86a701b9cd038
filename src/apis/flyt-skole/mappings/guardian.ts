// Guardian: a person with a relation to a child that gives at least one right today. Read by reads/guardians.ts and by the events.
import { objects, value } from '#mappings/field.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { guardianshipFields } from './guardianship.ts';
import { names } from './parts.ts';
import { guardianshipShows, personMayBeReached } from '#mappings/row-tests.ts';

const reached = { on: { '@self': personMayBeReached } } as const;

export const guardian: Mapping = {
  name: 'guardian',
  schema: 'Guardian',
  collection: 'utdanning/elev/person',
  describe: {
    nb: 'En foresatt med minst én rettighet for et barn i dag; uten det finnes den foresatte ikke her.',
    en: 'A guardian who has at least one right for a child today; without any there is no guardian here.',
  },
  fields: {
    ...names(''),
    mobile: value(
      'Mobilnummeret, når et forhold gir rett til varsler, meldinger eller kriseinformasjon.',
      'Mobile number, when a relation gives a right to alerts, messages or emergency messages.',
      'kontaktinformasjon.mobiltelefonnummer',
      reached,
    ),
    phone: value(
      'Telefonnummeret, på samme vilkår.',
      'Telephone number, on the same conditions.',
      'kontaktinformasjon.telefonnummer',
      reached,
    ),
    email: value(
      'E-postadressen, på samme vilkår.',
      'E-mail address, on the same conditions.',
      'kontaktinformasjon.epostadresse',
      reached,
    ),
    children: objects(
      'Barna, gjennom forhold som gjelder i dag og gir minst én rettighet.',
      'Children, through relations that are in force today and give at least one right.',
      'foresattFor',
      {
        pupilId: value('Elevens id.', 'Id of the pupil.', 'barn.elev.@id'),
        ...guardianshipFields('barn'),
      },
      { test: guardianshipShows },
    ),
  },
};
