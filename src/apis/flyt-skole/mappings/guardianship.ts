// The relation between a child and a guardian, as pupils and guardians show it: what it is, what it gives, and how the other is reached when it
// allows that. A guardian is never shown beyond what the relation allows (facts 10, 11, 12). Used by pupil.ts and guardian.ts.
import type { Fields } from '#mappings/mapping.ts';
import { trueWhenSaid } from '#mappings/converters.ts';
import { value, values } from '#mappings/field.ts';
import { names, period } from './parts.ts';
import { guardianMayBeReached } from '#mappings/row-tests.ts';

const relationFields: Fields = {
  relationId: value('Forholdets id.', 'Id of the relation.', '@id'),
  role: value(
    'Kode for rollen den foresatte har for barnet.',
    'Code of the role of the guardian for the child.',
    'rolle.kode',
  ),
  basis: value('Kode for hvorfor personen er foresatt.', 'Code of why the person is a guardian.', 'grunnlag.kode'),
  source: value('Kode for hvor opplysningen kommer fra.', 'Code of where the knowledge comes from.', 'kilde.kode'),
  parentalResponsibility: value(
    'Sann når den foresatte har foreldreansvar; det gir alene ingen rettigheter her.',
    'True when the guardian has parental responsibility, which alone gives no rights here.',
    '@self',
    { convert: trueWhenSaid('foreldreansvar') },
  ),
  rights: values(
    'Koder for det forholdet gir adgang til.',
    'Codes of what the relation gives access to.',
    'rettighet.kode',
  ),
  callOrder: value(
    'Hvilken plass den foresatte har når skolen ringer hjem.',
    'Place of the guardian when the school calls home.',
    'kontaktrekkefolge',
  ),
  ...period('gyldighetsperiode', 'forholdet', 'the relation'),
};

/** The relation, the name of the one at its other end and, of a guardian, how he is reached when a right says that he may be. */
export const guardianshipFields = (other: 'foresatt' | 'barn'): Fields => ({
  ...relationFields,
  ...names(`${other}.`),
  ...(other === 'barn'
    ? {}
    : {
        mobile: value(
          'Mobilnummeret, når forholdet gir rett til varsler, meldinger eller kriseinformasjon.',
          'Mobile number, when the relation gives a right to alerts, messages or emergency messages.',
          'foresatt.kontaktinformasjon.mobiltelefonnummer',
          { on: { '@self': guardianMayBeReached } },
        ),
        phone: value(
          'Telefonnummeret, på samme vilkår.',
          'Telephone number, on the same conditions.',
          'foresatt.kontaktinformasjon.telefonnummer',
          { on: { '@self': guardianMayBeReached } },
        ),
        email: value(
          'E-postadressen, på samme vilkår.',
          'E-mail address, on the same conditions.',
          'foresatt.kontaktinformasjon.epostadresse',
          {
            on: { '@self': guardianMayBeReached },
          },
        ),
      }),
});
