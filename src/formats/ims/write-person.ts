// Persons of IMS Enterprise 1.1 (LMS facts 6, 9.1). The order of elements is the format's. Never addresses, photos, passwords. Called by write-ims.ts.
import { holdsNationalId } from '#base/national-id.ts';
import { isDate } from '../dates.ts';
import { digitsOnly, isBlank, isEmail, isOwnNumber, isPhone } from '../fit-value.ts';
import type { Place } from '../fit-value.ts';
import type { PersonRole, RosterChange, RosterPerson } from '../roster.ts';
import { genderCodes, recstatus } from '../school-words.ts';
import { elementIf } from '../xml/write-xml.ts';
import { institutionRoles, telephones, userIdTypes } from './codes.ts';
import { exact, tag, text } from './ims-file.ts';
import type { ImsFile } from './ims-file.ts';
import { loginOf } from './ims-profile.ts';

const places = {
  full: { field: 'person.fn', most: 256 },
  family: { field: 'person.family', most: 256 },
  given: { field: 'person.given', most: 256 },
  userId: { field: 'person.userid', most: 256 },
  email: { field: 'person.email', most: 256 },
  born: { field: 'person.bday', most: 10 },
  phone: { field: 'person.tel', most: 32 },
} as const satisfies Record<string, Place>;

/** Stands for the name of somebody who has gone: the format demands one, and nobody is to be told it any more. */
export const nobody = '-';

type PersonWriter = {
  /** `id`: what stands for them in this file; null writes nothing. `former`: what stood there before. */
  readonly person: (person: RosterPerson, id: string | null, former: string | null, change: RosterChange) => string;
  readonly gone: (id: string, login: string | null) => string;
};

/** Writes the persons of a file. */
export const personWriter = (file: ImsFile): PersonWriter => ({
  person: (person, id, former, change) => {
    if (id === null) return '';
    unplaced(file, person);
    const ids = former === null ? file.sourcedid(id) : `${file.sourcedid(id, 'New')}${file.sourcedid(former, 'Old')}`;
    return `<person${recstatus(change)}>${ids}${userIds(file, person)}${name(file, person)}${details(file, person)}${institution(file, person.roles)}</person>\n`;
  },
  gone: (id, login) =>
    `<person recstatus="3">${file.sourcedid(id)}${elementIf('userid', login)}${names(nobody, nobody, nobody)}</person>\n`,
});

const names = (full: string, family: string, given: string): string =>
  `<name><fn>${full}</fn><n>${tag('family', family)}${tag('given', given)}</n></name>`;

const name = (file: ImsFile, person: RosterPerson): string => {
  const family = text(file, person.family, places.family);
  const given = text(file, person.given, places.given);
  const full = text(file, isBlank(person.full) ? `${person.given} ${person.family}` : person.full, places.full);
  return names(full, family, given);
};

const userIds = (file: ImsFile, person: RosterPerson): string => {
  if (file.is.userIds === 'login') {
    const login = loginOf(person);
    if (login === null && (person.feideName ?? person.userName) !== null)
      file.dropped({ code: 'bad-form', field: places.userId.field, value: '' });
    return tag('userid', text(file, login, places.userId));
  }
  const nationalId = file.is.id === 'national-id' ? null : (person.nationalId?.value ?? null);
  return `${named(file, 'feide', person.feideName)}${named(file, 'userName', person.userName)}${named(file, 'pupilNumber', person.pupilNumber)}${named(file, 'employeeNumber', person.employeeNumber)}${typed(file, 'nationalId', nationalId)}${typed(file, 'localId', person.localId, isOwnNumber)}`;
};

/** A name or number that is no national id: those stand where their type says what they are, and nowhere else. */
const named = (file: ImsFile, type: keyof typeof userIdTypes, value: string | null): string => {
  if (value === null || !holdsNationalId(value)) return typed(file, type, value);
  file.dropped({ code: 'bad-form', field: places.userId.field, value: '' });
  return '';
};

const typed = (
  file: ImsFile,
  type: keyof typeof userIdTypes,
  value: string | null,
  isRight?: (text: string) => boolean,
): string => {
  const fit = exact(file, value, places.userId, isRight);
  return fit === '' ? '' : `<userid useridtype="${userIdTypes[type]}">${fit}</userid>`;
};

/** The e-mail address; demographics and telephones for consumers that read them. */
const details = (file: ImsFile, person: RosterPerson): string => {
  const email = tag('email', exact(file, person.email, places.email, isEmail));
  if (!file.is.details) return email;
  const born = tag('bday', exact(file, person.birthDate, places.born, isDate));
  let phones = '';
  for (const { kind, number } of person.phones) {
    const digits = exact(file, digitsOnly(number), places.phone, isPhone);
    if (digits !== '') phones += `<tel teltype="${telephones[kind]}">${digits}</tel>`;
  }
  return `<demographics><gender>${genderCodes[person.gender]}</gender>${born}</demographics>${email}${phones}`;
};

/** The first role is what somebody is to the consumer; what else they are follows, where there is a word for it. */
const institution = ({ is }: ImsFile, roles: readonly PersonRole[]): string => {
  if (is.institutionRoles === null) return '';
  const words = institutionRoles[is.institutionRoles];
  const types = new Set(roles.filter((role) => role !== 'guardian').map((role) => words[role]));
  let written = '';
  for (const type of types)
    written += `<institutionrole primaryrole="${written === '' ? 'Yes' : 'No'}" institutionroletype="${type}"/>`;
  return written;
};

/** Reports what the format has no place for. */
const unplaced = (file: ImsFile, person: RosterPerson): void => {
  const say = (field: string): void => file.dropped({ code: 'no-place', field, value: '' });
  if (person.title !== null) say('person.title');
  if (person.preferredLanguage !== null) say('person.preferredLanguage');
  if (person.nativeLanguages.length > 0) say('person.nativeLanguages');
  if (person.contacts.length > 0) say('person.contacts');
  if (!file.is.details) {
    if (person.gender !== 'unknown') say('person.gender');
    if (person.birthDate !== null) say('person.bday');
    if (person.phones.length > 0) say('person.tel');
  }
  if (file.is.userIds === 'typed') return;
  if (person.nationalId !== null) say('person.nationalId');
  if (person.localId !== null) say('person.localId');
  if (person.pupilNumber !== null) say('person.pupilNumber');
  if (person.employeeNumber !== null) say('person.employeeNumber');
};
