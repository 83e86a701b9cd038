// What a PIFU-IMS file says, record by record, in the words of no model: the contract between the reader and whoever takes files in. Types only.
// Every record knows the line it begins on. Nothing of a password is in any of them.
import type { ErrorCode } from '#base/errors.ts';
import type { MemberSubrole, RosterChange, RosterDate, SchoolKind } from '../roster.ts';
import type { PifuGroupType, PifuRoleType, PifuVersion } from './read-words.ts';

/** Who gave the id, and the id: the same for as long as what it names is there. */
export type PifuId = { readonly source: string; readonly id: string };

export type PifuHead = {
  readonly kind: 'head';
  readonly line: number;
  readonly version: PifuVersion;
  readonly source: string;
  readonly target: string | null;
  readonly type: 'full' | 'delta' | 'event';
  /** As it stands, when it is a date or an instant. */
  readonly at: string | null;
};

/** A value of one of the extensions, with its type as it stands. */
export type Typed = { readonly type: string; readonly value: string };

/** Ids beside the one that counts: those that it has taken the place of, and others for the same. */
type Identified = {
  readonly line: number;
  readonly change: RosterChange;
  readonly id: PifuId;
  readonly former: readonly PifuId[];
  readonly duplicates: readonly PifuId[];
};

export type PifuPerson = Identified & {
  readonly kind: 'person';
  readonly userIds: readonly Typed[];
  readonly given: string;
  readonly family: string;
  readonly full: string;
  readonly gender: 'female' | 'male' | 'unknown';
  readonly birthDate: RosterDate | null;
  readonly email: string | null;
  readonly emails: readonly Typed[];
  readonly phones: readonly { readonly kind: 'voice' | 'mobile'; readonly number: string }[];
  readonly typedPhones: readonly Typed[];
  readonly preferredLanguage: string | null;
  readonly nativeLanguages: readonly string[];
  readonly contacts: readonly { readonly id: PifuId; readonly kind: 'guardian' | 'next-of-kin' }[];
  /** Elements of it that are never read: addresses of homes, pictures, what it prefers to be told. */
  readonly unread: readonly string[];
};

export type PifuAddress = {
  readonly type: string;
  readonly lines: readonly string[];
  readonly postalCode: string | null;
  readonly place: string | null;
};

export type PifuGroup = Identified & {
  readonly kind: 'group';
  readonly type: PifuGroupType;
  readonly short: string;
  readonly long: string | null;
  readonly full: string | null;
  readonly begin: RosterDate | null;
  readonly end: RosterDate | null;
  /** `2026/2027`, `2026`, `H2026` or `V2027`. */
  readonly adminPeriod: string | null;
  readonly email: string | null;
  readonly url: string | null;
  /** What it is part of; of an owner often itself. */
  readonly parents: readonly PifuId[];
  readonly ids: readonly Typed[];
  readonly names: readonly Typed[];
  readonly emails: readonly Typed[];
  readonly urls: readonly Typed[];
  readonly phones: readonly Typed[];
  readonly addresses: readonly PifuAddress[];
  readonly schoolKinds: readonly SchoolKind[];
};

export type PifuAbsence = {
  readonly line: number;
  readonly id: PifuId | null;
  readonly mode: 'aggregate' | 'occurrence';
  readonly unit: 'days' | 'hours';
  readonly valid: boolean | null;
  readonly begin: RosterDate;
  readonly end: RosterDate;
  /** A decimal number as it stands. */
  readonly value: string;
  readonly comment: string | null;
};

export type PifuResult = {
  readonly line: number;
  readonly final: boolean;
  readonly type: string | null;
  readonly mode: string | null;
  readonly value: string;
  readonly comment: string | null;
};

export type PifuRole = {
  readonly line: number;
  readonly change: RosterChange;
  readonly type: PifuRoleType;
  readonly subrole: MemberSubrole | null;
  readonly active: boolean;
  readonly begin: RosterDate | null;
  readonly end: RosterDate | null;
  /** Date of the record, when it has one. */
  readonly date: RosterDate | null;
  readonly primary: boolean;
  readonly absences: readonly PifuAbsence[];
  readonly results: readonly PifuResult[];
};

/** One who is in a group or at a school. */
export type PifuMember = {
  readonly kind: 'member';
  readonly line: number;
  readonly holder: PifuId;
  readonly person: PifuId;
  readonly roles: readonly PifuRole[];
};

export type PifuRecord = PifuHead | PifuPerson | PifuGroup | PifuMember;

/** What was wrong on a line: kept back, or taken and told. The reason names elements, never values. */
export type PifuFinding = {
  readonly severity: 'kept-back' | 'warning';
  readonly code: ErrorCode;
  readonly line: number;
  readonly what: 'file' | 'person' | 'group' | 'membership' | 'absence' | 'result';
  readonly reason: string;
};
