// What the profiles of IMS Enterprise 1.1 differ in, as data (LMS facts 6, 9, 9.1): one row for each, one column for each rule of some consumer. Used by
// the writer, the schema and the rules of this folder.
import { holdsNationalId } from '#base/national-id.ts';
import type { RosterPerson, RosterProfile } from '../roster.ts';
import { fitValue } from '../fit-value.ts';

export type ImsProfileName = Extract<RosterProfile, `ims-${string}`>;

export type ImsProfile = {
  readonly name: ImsProfileName;
  /** What stands in `sourcedid/id` of persons. */
  readonly id: 'opaque' | 'national-id';
  /** Schools and the owner as groups to which others point, or as words on each group. */
  readonly schools: 'groups' | 'words';
  /** `typed` = all that there are, each with its type; `login` = the one that people log in with, without attributes. */
  readonly userIds: 'typed' | 'login';
  /** Demographics and telephones: not written for consumers that read none. */
  readonly details: boolean;
  readonly institutionRoles: 'faculty' | 'staff' | null;
  readonly subroles: boolean;
  /** Whether consumers let people in by the periods of memberships. */
  readonly restrict: '0' | '1';
  /** Short names are led by that of the school: all groups of the file share one place. */
  readonly schoolInShortName: boolean;
  /** Family and given name both have to be there. */
  readonly wholeNames: boolean;
  /** Consumers know XML, and so references in texts. */
  readonly decodes: boolean;
};

const plain = {
  id: 'opaque',
  schools: 'groups',
  userIds: 'typed',
  details: true,
  institutionRoles: 'faculty',
  subroles: true,
  restrict: '0',
  schoolInShortName: false,
  wholeNames: false,
  decodes: true,
} as const;

export const imsProfiles: Readonly<Record<ImsProfileName, ImsProfile>> = {
  'ims-1.1': { ...plain, name: 'ims-1.1' },
  // Its reader matches patterns line by line: it finds the first sourcedid and the first userid whatever stands around them, and decodes nothing (9.1).
  'ims-1.1-moodle': {
    ...plain,
    name: 'ims-1.1-moodle',
    schools: 'words',
    userIds: 'login',
    details: false,
    institutionRoles: null,
    subroles: false,
    restrict: '1',
    schoolInShortName: true,
    decodes: false,
  },
  'ims-1.1-itslearning': {
    ...plain,
    name: 'ims-1.1-itslearning',
    userIds: 'login',
    institutionRoles: 'staff',
    subroles: false,
    wholeNames: true,
  },
  'ims-1.1-legacy-nin': { ...plain, name: 'ims-1.1-legacy-nin', id: 'national-id' },
};

/** True for one of the profiles of this folder. */
export const isImsProfile = (profile: RosterProfile): profile is ImsProfileName => Object.hasOwn(imsProfiles, profile);

const elevenDigits = /^\d{11}$/;

/** The national id that stands for somebody: F- and D-numbers only (LMS facts 2.4, 10). Null when there is none. */
export const nationalIdOf = ({ nationalId }: RosterPerson): string | null =>
  nationalId !== null && nationalId.kind !== 'duf' && elevenDigits.test(nationalId.value) ? nationalId.value : null;

const userIdPlace = { field: '', most: Infinity };
const userIdLength = 256;

/**
 * What people log in with: the Feide name, which says whose the name is, else the user name. Null when there is none, and for one that holds a national
 * id: nothing in the file would say that it is.
 */
export const loginOf = ({ feideName, userName }: RosterPerson): string | null => {
  for (const name of [feideName, userName]) {
    const login = fitValue(name, userIdPlace, () => undefined);
    if (login !== '' && login.length <= userIdLength && !holdsNationalId(login)) return login;
  }
  return null;
};
