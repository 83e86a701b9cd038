// Who is in groups: the classes of membership of the model, each by the enrolment, guardianship or role at school that somebody is in a group by.
import type { Narrow } from '#hub/documents/document.ts';
import { rows, through } from '#mappings/narrowing.ts';
import { lastDay, mapping, period, value } from './from.ts';

export type MemberRow = {
  readonly group?: number;
  readonly enrolment?: number;
  readonly guardianship?: number;
  readonly resource?: number;
  readonly from?: string;
  readonly to?: string;
  /** Last day of the place that the membership rests on. */
  readonly placeTo?: string;
};

const pupils = (name: string, collection: string, group: string) => ({
  group,
  mapping: mapping(`member-${name}`, collection, {
    group: value(`${group}.@uid`),
    enrolment: value('elevforhold.@uid'),
    ...period('gyldighetsperiode'),
  }),
});

/** By the source of the groups that they are of (group.ts). */
export const memberSources = {
  class: pupils('class', 'utdanning/elev/klassemedlemskap', 'klasse'),
  contact: pupils('contact', 'utdanning/elev/kontaktlarergruppemedlemskap', 'kontaktlarergruppe'),
  teaching: pupils('teaching', 'utdanning/timeplan/undervisningsgruppemedlemskap', 'undervisningsgruppe'),
  'after-school': {
    group: 'sfogruppe',
    mapping: mapping('member-after-school', 'grunnskole/sfo/sfogruppemedlemskap', {
      group: value('sfogruppe.@uid'),
      enrolment: value('sfoplass.elevforhold.@uid'),
      placeTo: lastDay('sfoplass.gyldighetsperiode'),
      ...period('gyldighetsperiode'),
    }),
  },
  'school-group': {
    group: 'skolegruppe',
    mapping: mapping('member-school-group', 'grunnskole/gruppe/skolegruppemedlemskap', {
      group: value('skolegruppe.@uid'),
      enrolment: value('elevforhold.@uid'),
      guardianship: value('foresattforhold.@uid'),
      resource: value('skoleressurs.@uid'),
      ...period('gyldighetsperiode'),
    }),
  },
} as const;

/** Special in every attribute, so that it stands for itself: may only be walked by those who see it (`GroupRow.trained`). */
export const languageSource = pupils('language', 'grunnskole/gruppe/sprakgruppemedlemskap', 'skolegruppe');

/** Memberships of some groups, by the relation that leads to the group. */
export const membersOf = (group: string, groups: readonly number[]): Narrow => through([group], rows(...groups));
