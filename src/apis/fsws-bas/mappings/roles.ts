// Roles of persons. The model keeps them by what they are about: one table for each, whose rows are of one type. Read by tables.ts.
import { civilDate } from '#mappings/converters.ts';
import type { Fields } from '#mappings/mapping.ts';
import { keyNumber } from '#mappings/natural-key.ts';
import type { Table } from '#tables/table.ts';
import { whose } from './people.ts';
import { oneOf } from './value.ts';

const key = 'naturligNokkel.identifikatorverdi';

/** What a role can be about: the collection of such roles, and the relation to it. */
const kinds = [
  ['organisasjonsenhetsrolle', 'organisasjonsenhet', 'sted'],
  ['studieprogramrolle', 'studieprogram', 'studieprogram'],
  ['kullrolle', 'kull', 'kull'],
  ['klasserolle', 'klasse', 'klasse'],
  ['emnerolle', 'emne', 'emne'],
  ['undervisningsenhetsrolle', 'undervisningsenhet', 'undervisningsenhet'],
  ['undervisningsaktivitetsrolle', 'undervisningsaktivitet', 'undervisningsaktivitet'],
] as const;

const about = (relation: string): Fields =>
  Object.fromEntries(
    kinds.map(([, one, name]) => [
      name,
      // Of the other kinds the element is never there; it is described all the same, for the rows are of one type.
      oneOf(
        `Nøkkelen til det rollen gjelder: ${one}.`,
        `Key of what the role is about: ${one}.`,
        one === relation ? `${one}.${key}` : '@self',
        one === relation ? undefined : never,
      ),
    ]),
  );

const never = {
  name: 'bas-never',
  schema: { type: 'string' },
  looksAt: [],
  apply: () => undefined,
};

/** Roles, one table for each kind. */
export const roles: readonly Table[] = kinds.map(([collection, relation]) => ({
  mapping: {
    name: `bas-${collection}`,
    schema: 'personrolle',
    collection: `fs/rolle/${collection}`,
    describe: { nb: 'En persons rolle.', en: 'The role of a person.' },
    fields: {
      ...whose('personProfil'),
      rollenr: oneOf('Rollens nummer hos personen.', 'Number of the role of the person.', key, keyNumber(1)),
      rollekode: oneOf('Rollen.', 'The role.', 'fsRolle.kode.identifikatorverdi'),
      datoFra: oneOf('Fra.', 'From.', 'gyldighetsperiode.fraDato', civilDate),
      datoTil: oneOf('Til.', 'To.', 'gyldighetsperiode.tilDato', civilDate),
      ...about(relation),
    },
  },
  key: 'naturligNokkel',
  filters: [],
}));
