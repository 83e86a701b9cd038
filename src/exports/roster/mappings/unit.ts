// What owners and schools have in common: nothing of it is about persons.
import type { Fields } from '#mappings/mapping.ts';
import { object, value, values } from './from.ts';

const address = (from: string) =>
  object('@self', {
    lines: values(`${from}.adresselinje`),
    postalCode: value(`${from}.postnummer`),
    place: value(`${from}.poststed`),
  });

export const unitFields: Fields = {
  uid: value('@uid'),
  id: value('@id'),
  name: value('navn'),
  registeredName: value('organisasjonsnavn'),
  organisationNumber: value('organisasjonsnummer.identifikatorverdi'),
  domain: value('domenenavn'),
  email: value('kontaktinformasjon.epostadresse'),
  phone: value('kontaktinformasjon.telefonnummer'),
  url: value('kontaktinformasjon.nettsted'),
  postal: address('postadresse'),
  visited: address('forretningsadresse'),
};

type AddressRow = { readonly lines?: readonly string[]; readonly postalCode?: string; readonly place?: string };

export type UnitRow = {
  readonly uid: number;
  readonly id: string;
  readonly name?: string;
  readonly registeredName?: string;
  readonly organisationNumber?: string;
  readonly domain?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly url?: string;
  readonly postal?: AddressRow;
  readonly visited?: AddressRow;
};
