// Programmes of study (facts 4.2).
import { value } from '#mappings/field.ts';
import { decimal, keyFields, lms, names, negated, reference, units } from './field.ts';
import { byText, byTruth, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'Et studieprogram.', en: 'A programme of study.' };

export const studieprogrammer: FsApiResource = {
  name: 'studieprogrammer',
  type: 'Studieprogram',
  describe,
  successor: 'Studieprogram',
  tables: [
    table('studieprogrammer', 'Studieprogram', describe, {
      collection: 'fs/studietilbud/studieprogram',
      fields: {
        ...keyFields('studieprogrammer'),
        navn: names('Navnet.', 'The name.', 'navnAlleSprak'),
        utgatt: value('Sann når programmet er nedlagt.', 'True when the programme has been closed.', 'erAktiv', {
          convert: negated,
        }),
        studiepoeng: value('Studiepoengene.', 'Credits.', 'vekting.vektingIStudiepoeng', { convert: decimal }),
        nuskode: value('Koden i NUS.', 'Code in NUS (classification of education).', 'nusKode'),
        studieniva: reference('Studienivået.', 'Level of study.', 'studienivaer', 'studieniva'),
        organisasjonsenheter: units({ STUDIE: 'studieansvarligOrganisasjonsenhet' }),
        lms: lms({ eksport: 'skalEksporteresTilLms', romkode: 'lmsRomkode' }),
      },
      filters: [
        byText('studieniva.kode', 'studieniva.kode'),
        { of: ['utgatt'], path: 'erAktiv', read: (text) => ended.get(text?.toLowerCase() ?? '') },
        byTruth('lms.eksport', 'skalEksporteresTilLms'),
      ],
    }),
  ],
};

/** Whether it goes on, by whether it has ended. */
const ended: ReadonlyMap<string, boolean> = new Map([
  ['true', false],
  ['false', true],
  ['j', false],
  ['n', true],
]);
