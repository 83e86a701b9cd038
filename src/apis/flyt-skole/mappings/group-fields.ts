// Which fields of a group may be changed: the same of every kind of group. Data; read by writes/groups.ts.
import { handle, prose, truth } from '#mappings/to-model.ts';
import type { WriteFields } from '../writes/write-fields.ts';

export const groupFields: WriteFields = {
  name: { to: 'navn', when: 'change', convert: handle(200) },
  notes: { to: 'notat', when: 'change', convert: prose() },
  active: { to: 'aktiv', when: 'change', convert: truth },
};
