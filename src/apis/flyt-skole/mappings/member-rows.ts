// Which memberships are of whom: relations from each class of membership to groups, pupils, guardians, employees and schools. Called by the operations
// that list memberships; index-aligned with the kinds of memberships.
import type { Narrow } from '#hub/documents/document.ts';
import { rows, through } from '#mappings/narrowing.ts';
import { groupTypes } from './group.ts';

type Way = { readonly group: string; readonly enrolment: readonly string[]; readonly any: boolean };

const ways: readonly Way[] = [
  { group: 'klasse', enrolment: ['elevforhold'], any: false },
  { group: 'kontaktlarergruppe', enrolment: ['elevforhold'], any: false },
  { group: 'undervisningsgruppe', enrolment: ['elevforhold'], any: false },
  { group: 'sfogruppe', enrolment: ['sfoplass', 'elevforhold'], any: false },
  { group: 'skolegruppe', enrolment: ['elevforhold'], any: true },
  { group: 'skolegruppe', enrolment: ['elevforhold'], any: false },
];

const none: Narrow = { kind: 'rows', uids: [] };

/** Memberships of a kind that lead to a resource, as what it is. */
export const membersThrough = (
  index: number,
  to: 'group' | 'pupil' | 'guardian' | 'employee' | 'school',
  uid: number,
): Narrow => {
  const way = ways[index];
  if (way === undefined) return none;
  switch (to) {
    case 'group':
      return through([way.group], rows(uid));
    case 'pupil':
      return through([...way.enrolment, 'elev'], rows(uid));
    case 'guardian':
      return way.any ? through(['foresattforhold', 'foresatt'], rows(uid)) : none;
    case 'employee':
      return way.any ? through(['skoleressurs', 'personalressurs'], rows(uid)) : none;
    case 'school':
      return through([way.group, ...(way.group === 'sfogruppe' ? ['sfo', 'skole'] : ['skole'])], rows(uid));
  }
};

/** The place of a type of group among the kinds of memberships; language training has the type of school groups. */
export const membershipsOf = (type: (typeof groupTypes)[number]): readonly number[] =>
  type === 'school-group' ? [4, 5] : [groupTypes.indexOf(type)];
