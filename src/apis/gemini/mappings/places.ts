// Institutions, what they consist of, and where they are. Read by registers.ts.
import { value } from '#mappings/field.ts';
import { at } from './at.ts';
import { named, refers, text } from './field.ts';
import type { Register } from './gemini-type.ts';
import { address } from './values.ts';

const active = value('Om den er i bruk.', 'Whether it is in use.', 'erAktiv');

export const places: readonly Register[] = [
  {
    path: 'campuser',
    schema: 'Campus',
    collection: at.campus,
    id: 'campusId',
    describe: text('Et studiested.', 'A campus.'),
    fields: () => ({
      kode: value('Koden.', 'The code.', 'kode.identifikatorverdi'),
      navn: named('Navnet.', 'The name.'),
      organisasjonsnummer: value('Organisasjonsnummeret.', 'The organisation number.', 'organisasjonsnummer'),
    }),
  },
  {
    path: 'bygninger',
    schema: 'Bygning',
    collection: at.building,
    id: 'bygningId',
    describe: text('En bygning.', 'A building.'),
    fields: (ids) => ({
      kode: value('Koden.', 'The code.', 'kode'),
      navn: named('Navnet.', 'The name.'),
      adresse: value('Adressen.', 'The address.', 'adresse'),
      aktiv: active,
      campusId: refers(ids)('Studiestedet.', 'The campus.', 'campus', at.campus),
    }),
  },
  {
    path: 'rom',
    schema: 'Rom',
    collection: at.room,
    id: 'romId',
    describe: text('Et rom.', 'A room.'),
    fields: (ids) => ({
      kode: value('Koden i bygningen.', 'The code within the building.', 'kode'),
      navn: named('Navnet.', 'The name.'),
      etasje: value('Etasjen.', 'The floor.', 'etasje'),
      aktiv: active,
      bygningId: refers(ids)('Bygningen.', 'The building.', 'bygning', at.building),
      romtypeId: refers(ids)('Slaget rom.', 'The kind of room.', 'romtype', at.roomKind),
    }),
  },
  {
    path: 'organisasjonsenheter',
    schema: 'Organisasjonsenhet',
    collection: at.unit,
    id: 'organisasjonsenhetId',
    describe: text('En enhet av et lærested.', 'A unit of an institution.'),
    fields: (ids) => {
      const institution = refers(ids)('Lærestedet.', 'The institution.', 'organisasjon', at.institution);
      return {
        institusjonId: institution,
        institusjonsId: institution,
        fakultetId: refers(ids)('Fakultetet.', 'The faculty.', 'fakultet', at.faculty),
        instituttnummer: value('Nummeret til instituttet.', 'The number of the department.', 'instituttnummer'),
        gruppenummer: value('Nummeret til gruppen.', 'The number of the group.', 'gruppenummer'),
        navn: named('Navnet.', 'The name.'),
        forkortelse: value('Forkortelsen.', 'The abbreviation.', 'forkortelse'),
        aktiv: active,
        overordnetOrganisasjonsenhetId: refers(ids)('Enheten over.', 'The unit above.', 'parent', at.unit),
      };
    },
  },
  {
    path: 'institusjoner',
    schema: 'Institusjon',
    collection: at.institution,
    id: 'institusjonId',
    describe: text('Et lærested, her i landet eller ute.', 'An institution, at home or abroad.'),
    fields: () => ({
      institusjonsnummer: value('Nummeret.', 'The number.', 'organisasjonskode.identifikatorverdi'),
      navn: named('Navnet.', 'The name.'),
      forkortelse: value('Forkortelsen.', 'The abbreviation.', 'forkortelse'),
      url: value('Nettstedet.', 'The web site.', 'url'),
      besoksadresse: value('Besøksadressen.', 'Visiting address.', 'besoksadresse', { convert: address }),
    }),
  },
  {
    path: 'fakulteter',
    schema: 'Fakultet',
    collection: at.faculty,
    id: 'fakultetId',
    describe: text('Et fakultet.', 'A faculty.'),
    fields: () => ({
      fakultetsnummer: value('Nummeret.', 'The number.', 'fakultetsnummer'),
      navn: named('Navnet.', 'The name.'),
    }),
  },
];
