// Units of the institution (facts 4.2).
import { value } from '#mappings/field.ts';
import { addresses, keyFields, lms, names, units } from './field.ts';
import { byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'En organisasjonsenhet ved institusjonen.', en: 'An organisational unit of the institution.' };

export const organisasjonsenheter: FsApiResource = {
  name: 'organisasjonsenheter',
  type: 'Organisasjonsenhet',
  describe,
  successor: 'Organisasjonsenhet',
  tables: [
    table('organisasjonsenheter', 'Organisasjonsenhet', describe, {
      collection: 'fs/organisasjon/organisasjonsenhet',
      fields: {
        ...keyFields('organisasjonsenheter'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        akronym: value('Forkortelsen.', 'The abbreviation.', 'forkortelse'),
        aktiv: value('Usann når enheten er nedlagt.', 'False when the unit has been closed.', 'erAktiv'),
        organisasjonsnivakode: value('Koden for nivået.', 'Code of the level.', 'organisasjonsnivaa.kode'),
        organisasjonsnivanavn: names('Navnet på nivået.', 'Name of the level.', 'organisasjonsnivaa.navn'),
        organisasjonsenheter: units({ OVERORDNET: 'parent' }),
        adresser: addresses({ BESOK: 'besoksadresse', POST: 'postadresse' }),
        urler: names('Nettsidene.', 'The web pages.', 'urlAlleSprak'),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode' }),
      },
      filters: [byTruth('aktiv', 'erAktiv'), byText('akronym', 'forkortelse')],
    }),
  ],
};
