// Schools, with what they offer.
import type { SchoolKind } from '#formats/roster.ts';
import { mapping, value, values } from './from.ts';
import { unitFields, type UnitRow } from './unit.ts';

export const school = mapping('school', 'utdanning/utdanningsprogram/skole', {
  ...unitFields,
  legalName: value('juridiskNavn'),
  gsiNumber: value('gsiNummer'),
  offers: values('skoleslag.kode'),
});

export type SchoolRow = UnitRow & {
  readonly legalName?: string;
  readonly gsiNumber?: string;
  readonly offers?: readonly string[];
};

/** By the code of what is offered. */
export const schoolKinds: Readonly<Record<string, SchoolKind>> = {
  BARNESKOLE: 'primary',
  UNGDOMSSKOLE: 'lower-secondary',
  VIDEREGAENDE: 'upper-secondary',
  SFO: 'after-school',
};
