// Changes of national ids (facts 4.2). The numbers are shown to those who see national ids.
import { value } from '#mappings/field.ts';
import { keyNumber } from '#mappings/natural-key.ts';
import { keyFields } from './field.ts';
import { lasting, link, ownKey, wholeNationalId, writes } from './writing.ts';
import { byPerson, table, type FsApiResource } from './resource.ts';

const describe = { nb: 'At en person har fått nytt fødselsnummer.', en: 'That a person has got another national id.' };

const seconds = keyNumber(1);

export const fnrendringer: FsApiResource = {
  name: 'fnrendringer',
  type: 'FnrEndring',
  describe,
  successor: 'Fodselsnummerendring',
  tables: [
    table('fnrendringer', 'FnrEndring', describe, {
      collection: 'fs/person/fodselsnummerendring',
      fields: {
        ...keyFields('fnrendringer'),
        datoForetatt: value(
          'Når endringen ble gjort.',
          'When the change was made.',
          'naturligNokkel.identifikatorverdi',
          {
            convert: {
              name: 'secondsAsDate',
              schema: { type: 'string', format: 'date' },
              apply: (key, now, row) => {
                const at = seconds.apply(key, now, row);
                return typeof at === 'number' && at < 32_503_680_000
                  ? new Date(at * 1_000).toISOString().slice(0, 10)
                  : undefined;
              },
            },
          },
        ),
        tidligereFodselsnummer: value('Nummeret før.', 'The number before.', 'tidligereFodselsnummer'),
        naverendeFodselsnummer: value('Nummeret etter.', 'The number after.', 'nyttFodselsnummer'),
      },
      filters: [byPerson('personProfil')],
      writes: writes(
        [
          ownKey('fnrendringer'),
          link('person', 'personer', 'personProfil', lasting),
          wholeNationalId('tidligereFodselsnummer', 'tidligereFodselsnummer', { required: true }),
          wholeNationalId('naverendeFodselsnummer', 'nyttFodselsnummer'),
        ],
        ['datoForetatt'],
      ),
    }),
  ],
};
