// Persons of PIFU-IMS (LMS facts 5.1 to 5.3, 11). The order of elements is the format's. Called by write-pifu.ts. National ids stand as user ids of their
// own type and nowhere else: a name or number that holds one is left out.
import { holdsNationalId } from '#base/national-id.ts';
import { isDate } from '../dates.ts';
import { fitValue, isBlank, isEmail, isOwnNumber } from '../fit-value.ts';
import type { Place } from '../fit-value.ts';
import type { ExclusionCode, RosterChange, RosterId, RosterPerson } from '../roster.ts';
import { genderCodes, recstatus } from '../school-words.ts';
import { element, elementIf, elementWith } from '../xml/write-xml.ts';
import { contactTypes, languageSources, personPhones, telephones, userIdTypes } from './codes.ts';
import { isNationalId, phoneNumber } from './pifu-forms.ts';
import type { PifuFile } from './pifu-file.ts';

const places = {
  full: { field: 'person.fn', most: 256 },
  family: { field: 'person.family', most: 256 },
  given: { field: 'person.given', most: 256 },
  userId: { field: 'person.userid', most: 256 },
} as const satisfies Record<string, Place>;

/** Stands for the name of somebody who has gone: the format demands one, and nobody is to be told it any more. */
export const nobody = '-';

/** The format demands a name. */
export const refusesPerson = (person: RosterPerson): ExclusionCode | null =>
  isBlank(person.full) && isBlank(person.family) && isBlank(person.given) ? 'no-name' : null;

type PersonWriter = {
  readonly person: (person: RosterPerson, change: RosterChange) => string;
  readonly gone: (id: RosterId) => string;
};

/** Writes the persons of a file. */
export const personWriter = (file: PifuFile): PersonWriter => ({
  person: (person, change) =>
    `<person${recstatus(change)}>${file.sourcedid(person.id)}${userIds(file, person)}${name(file, person)}${details(file, person)}${extension(file, person)}</person>\n`,
  gone: (id) => `<person recstatus="3">${file.sourcedid(id)}${names(nobody, nobody, nobody)}</person>\n`,
});

const names = (full: string, family: string, given: string): string =>
  `<name>${element('fn', full)}<n>${element('family', family)}${element('given', given)}</n></name>`;

const name = (file: PifuFile, person: RosterPerson): string => {
  const family = fitValue(person.family, places.family, file.dropped);
  const given = fitValue(person.given, places.given, file.dropped);
  const full = fitValue(person.full, places.full, file.dropped);
  // Who has one name only has it as both: readers demand both.
  const either = family === '' ? (given === '' ? full : given) : family;
  return names(
    full === '' ? fitValue(`${given} ${family}`, places.full, file.dropped) : full,
    family === '' ? either : family,
    given === '' ? either : given,
  );
};

const userIds = (file: PifuFile, person: RosterPerson): string => {
  const { nationalId, localId, feideName, userName, pupilNumber, employeeNumber } = person;
  if (
    nationalId === null &&
    localId === null &&
    feideName === null &&
    userName === null &&
    pupilNumber === null &&
    employeeNumber === null
  )
    return '';
  const knowsFeide = userIdTypes.feideName.since <= file.is.version;
  const login = knowsFeide ? userName : (feideName ?? userName);
  if (!knowsFeide && feideName !== null && userName !== null && feideName !== userName)
    file.dropped({ code: 'unknown-to-version', field: 'person.userName', value: '' });
  return `${numbered(file, nationalId?.value ?? null)}${local(file, localId)}${named(file, 'pupilNumber', pupilNumber)}${named(file, 'employeeNumber', employeeNumber)}${named(file, 'userName', login)}${knowsFeide ? named(file, 'feideName', feideName) : ''}`;
};

const badForm = (file: PifuFile, field: string): '' => {
  file.dropped({ code: 'bad-form', field, value: '' });
  return '';
};

const numbered = (file: PifuFile, nationalId: string | null): string => {
  if (nationalId === null) return '';
  if (!isNationalId(nationalId)) return badForm(file, 'person.nationalId');
  return elementWith('userid', 'useridtype', userIdTypes.nationalId.type, nationalId);
};

const local = (file: PifuFile, localId: string | null): string => {
  if (localId === null) return '';
  if (!isOwnNumber(localId)) return badForm(file, 'person.localId');
  return typed(file, 'localId', localId);
};

const named = (file: PifuFile, type: keyof typeof userIdTypes, value: string | null): string => {
  if (value === null) return '';
  return holdsNationalId(value) ? badForm(file, `person.${type}`) : typed(file, type, value);
};

const typed = (file: PifuFile, type: keyof typeof userIdTypes, value: string): string => {
  const row = userIdTypes[type];
  if (row.since > file.is.version) {
    file.dropped({ code: 'unknown-to-version', field: `person.${type}`, value: '' });
    return '';
  }
  const fit = fitValue(value, places.userId, file.dropped);
  return fit === '' ? '' : elementWith('userid', 'useridtype', row.type, fit);
};

/** Demographics, e-mail and telephones. Of guardians nothing is said of gender when it is not known: they are name and telephone (5.3). */
const details = (file: PifuFile, person: RosterPerson): string => {
  const { gender, birthDate, email, phones } = person;
  const born = birthDate === null || isDate(birthDate) ? birthDate : badForm(file, 'person.birthDate');
  const plain =
    gender === 'unknown' && elementIf('bday', born) === '' && person.roles.every((role) => role === 'guardian');
  const demographics = plain
    ? ''
    : `<demographics><gender>${genderCodes[gender]}</gender>${elementIf('bday', born)}</demographics>`;
  let numbers = '';
  for (const phone of phones) {
    const number = phoneNumber(phone.number);
    if (number === null) badForm(file, 'person.phone');
    else numbers += elementWith('tel', 'teltype', telephones[phone.kind], number);
  }
  return `${demographics}${emailOf(file, email, 'person.email')}${numbers}`;
};

/** `<email>`, or nothing and a report. */
export const emailOf = (file: PifuFile, email: string | null, field: string): string => {
  if (email === null || email === '') return '';
  const fit = fitValue(email, { field, most: 1_024 }, file.dropped);
  return isEmail(fit) ? element('email', fit) : badForm(file, field);
};

const extension = (file: PifuFile, person: RosterPerson): string => {
  if (person.title !== null) file.dropped({ code: 'no-place', field: 'person.title', value: '' });
  const { phones, preferredLanguage, nativeLanguages, contacts } = person;
  let inside = '';
  for (const { kind, of, number } of phones) {
    const formed = phoneNumber(number);
    if (formed !== null) inside += elementWith('pifu_tel', 'type', personPhones[of][kind], formed);
  }
  if (preferredLanguage !== null) inside += language(file, 'pifu_preferredLanguage', preferredLanguage);
  for (const code of nativeLanguages) inside += language(file, 'pifu_nativeTongue', code);
  for (const contact of contacts)
    inside += `<pifu_hasContactPerson type="${contactTypes[contact.kind]}">${file.sourcedid(contact.person)}</pifu_hasContactPerson>`;
  return inside === '' ? '' : `<extension>${inside}</extension>`;
};

const language = (file: PifuFile, tag: string, code: string): string => {
  const source = /^[a-z]+$/.test(code) ? languageSources[code.length] : undefined;
  return source === undefined ? badForm(file, 'person.languages') : elementWith(tag, 'source', source, code);
};
