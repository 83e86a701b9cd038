// The owner of schools, from the one who answers for them.
import { mapping, value, values } from './from.ts';
import { unitFields, type UnitRow } from './unit.ts';

export const owner = mapping('owner', 'grunnskole/kommune/skoleeier', {
  ...unitFields,
  municipalityNumber: value('kommune.kode'),
  schools: values('skole.@uid'),
});

export type OwnerRow = UnitRow & { readonly municipalityNumber?: string; readonly schools?: readonly number[] };
