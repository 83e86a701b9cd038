// What a file for learning platforms and identity systems holds, whichever format it is written in: owner, schools, persons, groups and who is in
// them. The contract between exports (which fill it from the model), the writers of the formats, and the reader of files that come in. Words here are
// those of no format and of no model.

/** Opaque, the same for as long as what it names is there; made of nothing personal. */
export type RosterId = string;

/** `YYYY-MM-DD`. */
export type RosterDate = string;

/** First and last day, both counted; null = open. */
export type RosterPeriod = { readonly begin: RosterDate | null; readonly end: RosterDate | null };

/** What a delta says of an entry; null in a full file. */
export type RosterChange = 'add' | 'update' | 'delete' | null;

export type RosterHead = {
  /** Names system and owner, the same for every file of the kind: at most 32 characters. */
  readonly source: string;
  readonly target: string | null;
  readonly type: 'full' | 'delta';
  /** Epoch ms. */
  readonly at: number;
  /** `2026/2027`. */
  readonly schoolYear: string;
};

export type RosterAddress = {
  readonly lines: readonly string[];
  readonly postalCode: string | null;
  readonly place: string | null;
};

/** Named where a file has to have a target and nobody has said which: consumers that compare it have been told which theirs is. */
export const targetOfNobody = 'lms';

/** What owners and schools have in common. Nothing of it is about persons. */
type RosterUnit = {
  readonly uid: number;
  readonly id: RosterId;
  readonly name: string;
  readonly legalName: string | null;
  /** Nine digits. */
  readonly organisationNumber: string | null;
  readonly domain: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly url: string | null;
  readonly address: RosterAddress | null;
};

export type RosterOwner = RosterUnit & { readonly municipalityNumber: string | null };

export type SchoolKind = 'primary' | 'lower-secondary' | 'upper-secondary' | 'after-school';

export type RosterSchool = RosterUnit & {
  readonly owner: RosterId | null;
  /** Short, and no other school of the owner has it. */
  readonly shortName: string;
  readonly gsiNumber: string | null;
  readonly kinds: readonly SchoolKind[];
};

export type RosterSubject = {
  /** The code as people write it, `MAT0005`. */
  readonly code: string;
  readonly name: string | null;
  /** Years of school for which it is taught: 1 to 10. */
  readonly levels: readonly number[];
};

export type GroupType =
  | 'class'
  | 'teaching'
  | 'contact'
  | 'level'
  | 'guardians'
  | 'language'
  | 'composite'
  | 'pupil-council'
  | 'parents-council'
  | 'school-board'
  | 'school-environment-board'
  | 'after-school';

export type RosterGroup = {
  readonly uid: number;
  readonly id: RosterId;
  readonly school: RosterId;
  readonly type: GroupType;
  /** At most 60 characters; no other group of the type at the school has it. */
  readonly shortName: string;
  readonly name: string;
  readonly description: string | null;
  readonly period: RosterPeriod;
  /** `2026/2027`; null when the group is of no one year. */
  readonly schoolYear: string | null;
  readonly subjects: readonly RosterSubject[];
  /** Years of school, 1 to 10, that the group is for. */
  readonly levels: readonly number[];
};

/** What somebody is to the schools of the file: the first is what counts where only one may be said. */
export type PersonRole = 'pupil' | 'teacher' | 'leader' | 'staff' | 'guardian';

export type RosterPhone = {
  readonly kind: 'voice' | 'mobile';
  readonly of: 'work' | 'private';
  readonly number: string;
};

export type RosterPerson = {
  readonly uid: number;
  readonly id: RosterId;
  readonly given: string;
  readonly family: string;
  readonly full: string;
  /** Only when the caller may have it. */
  readonly nationalId: { readonly value: string; readonly kind: 'national' | 'd-number' | 'duf' } | null;
  /** What the consumer was told before as `RosterWriter.keyOf`, where that is another: put there by exports, null as it is read. */
  readonly formerKey: string | null;
  /** A number of the school's own making, which stands instead of a national id. */
  readonly localId: string | null;
  readonly feideName: string | null;
  readonly userName: string | null;
  readonly pupilNumber: string | null;
  readonly employeeNumber: string | null;
  readonly gender: 'female' | 'male' | 'unknown';
  readonly birthDate: RosterDate | null;
  readonly email: string | null;
  readonly phones: readonly RosterPhone[];
  readonly roles: readonly PersonRole[];
  /** What an employee is called at work. */
  readonly title: string | null;
  readonly preferredLanguage: 'nb' | 'nn' | null;
  /** Codes of ISO 639. */
  readonly nativeLanguages: readonly string[];
  /** Persons of the same file. */
  readonly contacts: readonly { readonly person: RosterId; readonly kind: 'guardian' | 'next-of-kin' }[];
};

export type MemberRole =
  | 'pupil'
  | 'teacher'
  | 'contact-teacher'
  | 'leader'
  | 'assistant'
  | 'administrator'
  | 'guardian'
  | 'other';

/** More exactly, where the source says it. */
export type MemberSubrole =
  | 'subject-teacher'
  | 'student-teacher'
  | 'substitute'
  | 'adviser'
  | 'clerk'
  | 'school-health'
  | 'librarian'
  | 'caretaker'
  | 'cleaner'
  | 'guardian-representative'
  | 'social-teacher'
  | 'examiner'
  | 'educational-psychologist'
  | 'head-teacher'
  | 'deputy-head'
  | 'it-manager';

export type RosterMember = {
  readonly person: RosterId;
  readonly role: MemberRole;
  readonly subrole: MemberSubrole | null;
  /** False when the membership has ended, or has not begun. */
  readonly active: boolean;
  readonly period: RosterPeriod;
  readonly change: RosterChange;
};

/** What members are of: a group, or a school. */
export type RosterHolder = { readonly id: RosterId; readonly kind: 'group' | 'school' };

/** A value that a format has no place for; counted by code and field. */
export type DroppedValue = { readonly code: DropCode; readonly field: string; readonly value: string };
export type DropCode =
  /** The version of the format does not know the value. */
  | 'unknown-to-version'
  /** The format has no place for it. */
  | 'no-place'
  /** It does not have the form that the format demands. */
  | 'bad-form'
  /** Longer than the format takes: it was cut. */
  | 'cut'
  /** Characters that XML cannot carry were left out. */
  | 'characters'
  /** Written as XML demands, but those who read the format take it as it stands: `&amp;` stays `&amp;`. */
  | 'not-decoded';

/** Why something is left out of a file. */
export type ExclusionCode =
  | 'no-name'
  | 'no-national-id'
  /** Where the national id is the id: somebody else in the file has it too. */
  | 'national-id-twice'
  /** A national id stands in a field for something else: the field is left out. */
  | 'national-id-elsewhere'
  | 'not-enrolled'
  | 'not-employed'
  | 'no-role'
  | 'no-school'
  | 'school-outside'
  | 'year-outside'
  | 'not-active'
  | 'no-short-name'
  | 'no-grep-code'
  | 'type-unknown-to-version'
  | 'ends-before-it-starts'
  | 'has-ended'
  | 'person-left-out'
  /** Guardians, and groups of theirs, in a format that takes none. */
  | 'guardian-outside'
  | 'group-left-out'
  | 'no-organisation-number';

/**
 * Writes one file, as text. Called in this order, each part once or many times: begin, persons, startGroups, groups, members, end. What it gives is always a whole
 * number of elements below the root, so that text can be checked and stored part by part. Gives lines that hold one entry each.
 */
export type RosterWriter = {
  /**
   * Asked of everything that is read, before anything is written of it and also where nothing is (in a delta); null = it can be written. Whatever is
   * refused is left out with all that refers to it.
   */
  readonly refuses: {
    readonly person: (person: RosterPerson) => ExclusionCode | null;
    readonly school: (school: RosterSchool) => ExclusionCode | null;
    readonly group: (group: RosterGroup) => ExclusionCode | null;
  };
  readonly begin: (head: RosterHead, owner: RosterOwner | null, schools: readonly RosterSchool[]) => string;
  /**
   * What consumers know somebody by that is not the id and may change (a national id, a user name), where the profile has such a thing. It is kept
   * with what was told, and comes back as `formerKey` when it has changed and when the person is gone.
   */
  readonly keyOf: (person: RosterPerson) => string | null;
  readonly person: (person: RosterPerson, change: RosterChange) => string;
  /** In a delta, instead of `person`: somebody of whom nothing is told anew, but to whom memberships may refer. */
  readonly unchanged: (person: RosterPerson) => void;
  /** In a delta: somebody who has gone out of what the consumer sees, whatever the reason. Tells nothing but that. */
  readonly gone: (person: GonePerson) => string;
  /** `changes`: of the owner and the schools, by id, in a delta; what is absent there is not written again. */
  readonly startGroups: (changes: ReadonlyMap<RosterId, RosterChange> | null) => string;
  readonly group: (group: RosterGroup, change: RosterChange) => string;
  /**
   * The members of a holder as the format can tell them apart, all of them at once: of roles that it has one word for, a person has one, and that one is
   * in force when any of them is. What was told is kept and compared in this form, or the end of one role would be told as the end of another.
   */
  readonly distinct: (holder: RosterHolder, members: readonly RosterMember[]) => readonly RosterMember[];
  /** Of one holder, as `distinct` gives them; several calls may be of the same. */
  readonly members: (holder: RosterHolder, members: readonly RosterMember[]) => string;
  readonly end: () => string;
  /** What stands before and after parts of a file so that they are a document of their own, which is valid when the parts are. */
  readonly frame: () => { readonly before: string; readonly after: string };
};

/** Somebody who was told of and has gone since: enough to write that, and nothing else. */
export type GonePerson = { readonly id: RosterId; readonly formerKey: string | null };

/** Everything that a writer is made with. */
export type RosterWriterOptions = {
  readonly profile: RosterProfile;
  readonly dropped: (value: DroppedValue) => void;
};

export const rosterProfiles = [
  'pifu-ims-1.3',
  'pifu-ims-1.2',
  'pifu-ims-1.1',
  'ims-1.1',
  'ims-1.1-moodle',
  'ims-1.1-itslearning',
  'ims-1.1-legacy-nin',
  'abc-1',
] as const;
export type RosterProfile = (typeof rosterProfiles)[number];

/** Something wrong with a file. `at` = the id of the entry, where there is one; never a name or a national id. */
export type RosterFinding = { readonly rule: string; readonly at: RosterId | null; readonly message: string };

/** The rules that no schema can say, held against what is written, entry by entry. */
export type RosterRules = {
  readonly begin: (head: RosterHead, owner: RosterOwner | null, schools: readonly RosterSchool[]) => void;
  readonly person: (person: RosterPerson, change: RosterChange) => void;
  readonly group: (group: RosterGroup, change: RosterChange) => void;
  readonly members: (holder: RosterHolder, members: readonly RosterMember[]) => void;
  /** How many findings there are so far: asked before anything leaves. */
  readonly found: () => number;
  /** All findings: no more than are kept (`limits.exportFindings`), and how many there were. */
  readonly end: () => { readonly findings: readonly RosterFinding[]; readonly count: number };
};

/** Holds parts of a file against the schema of its profile. */
export type SchemaCheck = {
  /** A whole document; [] when it is valid. */
  readonly check: (document: Buffer) => readonly RosterFinding[];
  readonly close: () => void;
};
