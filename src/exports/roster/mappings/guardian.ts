// Guardians: a name, and how they are reached where a relation allows it. Never a national id and never an address (facts 5.3, 11).
import { fullName } from '#mappings/converters.ts';
import type { Fields } from '#mappings/mapping.ts';
import { personMayBeReached } from '#mappings/row-tests.ts';
import { value } from './from.ts';
import type { NamesRow } from './human.ts';

const reached = { on: { '@self': personMayBeReached } } as const;

/** Of the person at the other end of a guardianship that shows. */
export const guardianFields: Fields = {
  uid: value('@uid'),
  id: value('@id'),
  level: value('@level'),
  employee: value('personalressurs.@uid'),
  given: value('navn.fornavn'),
  family: value('navn.etternavn'),
  full: value('navn', fullName),
  mobile: value('kontaktinformasjon.mobiltelefonnummer', undefined, reached),
  phone: value('kontaktinformasjon.telefonnummer', undefined, reached),
};

export type GuardianRow = NamesRow & {
  readonly uid: number;
  readonly id: string;
  readonly level: number;
  readonly employee?: number;
  readonly mobile?: string;
  readonly phone?: string;
};
