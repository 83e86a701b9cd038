// Persons and groups of an ABC file (LMS facts 7). A person has several ids, of which the one that relations use comes first and is always there. Never an
// address. Called by write-abc.ts.
import { holdsNationalId } from '#base/national-id.ts';
import { isDate } from '../dates.ts';
import { digitsOnly, exactValue, fitValue, isBlank, isEmail, isOwnNumber, isPhone } from '../fit-value.ts';
import type { Place } from '../fit-value.ts';
import type { DroppedValue, RosterGroup, RosterPerson, RosterPhone } from '../roster.ts';
import { groupWords } from '../school-words.ts';
import { element, elementIf, elementWith } from '../xml/write-xml.ts';
import { types } from './codes.ts';

type Dropped = (value: DroppedValue) => void;

const places = {
  id: { field: 'person.personid', most: 256 },
  full: { field: 'person.fn', most: 256 },
  family: { field: 'person.family', most: 256 },
  given: { field: 'person.given', most: 256 },
  title: { field: 'person.title', most: 256 },
  born: { field: 'person.birthdate', most: 10 },
  email: { field: 'person.email', most: 256 },
  phone: { field: 'person.phone', most: 32 },
  description: { field: 'group.description', most: 256 },
  subject: { field: 'group.subject', most: 64 },
  year: { field: 'group.schoolYear', most: 16 },
} as const satisfies Record<string, Place>;

/** One person on a line. */
export const writePerson = (dropped: Dropped, person: RosterPerson): string => {
  unplaced(dropped, person);
  const born = exactValue(person.birthDate, places.born, dropped, isDate);
  const email = contact(types.email, exactValue(person.email, places.email, dropped, isEmail));
  let phones = '';
  for (const phone of person.phones)
    phones += contact(phoneType(phone), exactValue(digitsOnly(phone.number), places.phone, dropped, isPhone));
  return `<person>${personIds(dropped, person)}${name(dropped, person)}${elementIf('birthdate', born)}<gender>${person.gender}</gender>${email}${phones}</person>\n`;
};

const personIds = (dropped: Dropped, person: RosterPerson): string => {
  const typed = (type: string, value: string | null, isRight?: (text: string) => boolean): string => {
    const fit = exactValue(value, places.id, dropped, isRight);
    return fit === '' ? '' : elementWith('personid', 'personidtype', type, fit);
  };
  // A national id stands where its type says what it is, and nowhere else.
  const named = (type: string, value: string | null): string => {
    if (value === null || !holdsNationalId(value)) return typed(type, value);
    dropped({ code: 'bad-form', field: places.id.field, value: '' });
    return '';
  };
  const { nationalId } = person;
  const national = nationalId?.kind === 'duf' ? types.dufNumber : types.nationalId;
  return `${elementWith('personid', 'personidtype', types.personId, person.id)}${typed(national, nationalId?.value ?? null)}${typed(types.localId, person.localId, isOwnNumber)}${named(types.employeeNumber, person.employeeNumber)}${named(types.pupilNumber, person.pupilNumber)}${named(types.feideName, person.feideName)}${named(types.userName, person.userName)}`;
};

const name = (dropped: Dropped, person: RosterPerson): string => {
  const full = isBlank(person.full) ? `${person.given} ${person.family}` : person.full;
  const title = fitValue(person.title, places.title, dropped);
  const part = title === '' ? '' : elementWith('partname', 'partnametype', types.title, title);
  const parts = `${elementIf('family', fitValue(person.family, places.family, dropped))}${elementIf('given', fitValue(person.given, places.given, dropped))}${part}`;
  return `<name>${element('fn', fitValue(full, places.full, dropped))}${parts === '' ? '' : `<n>${parts}</n>`}</name>`;
};

const contact = (type: string, text: string): string =>
  text === '' ? '' : elementWith('contactinfo', 'contacttype', type, text);

const phoneType = ({ kind, of }: RosterPhone): string =>
  kind === 'mobile' ? types.mobile : of === 'work' ? types.officePhone : types.homePhone;

const unplaced = (dropped: Dropped, person: RosterPerson): void => {
  const say = (field: string): void => dropped({ code: 'no-place', field, value: '' });
  if (person.preferredLanguage !== null) say('person.preferredLanguage');
  if (person.nativeLanguages.length > 0) say('person.nativeLanguages');
};

const tag = (type: string, text: string): string => (text === '' ? '' : elementWith('tag', 'tagtype', type, text));

/** One group on a line: its members stand in relations. */
export const writeGroup = (dropped: Dropped, group: RosterGroup): string => {
  const say = (field: string): void => dropped({ code: 'no-place', field, value: '' });
  if (group.period.begin !== null || group.period.end !== null) say('group.period');
  if (group.levels.length > 0) say('group.levels');
  const subjects = group.subjects.map(({ code }) => tag(types.groupSubject, fitValue(code, places.subject, dropped)));
  const description = fitValue(group.name, places.description, dropped);
  return `<group>${elementWith('groupid', 'groupidtype', types.groupId, group.id)}${tag(types.groupSchool, group.school)}${tag(types.groupType, groupWords[group.type].text)}${subjects.join('')}${tag(types.groupYear, fitValue(group.schoolYear, places.year, dropped))}${elementIf('description', description)}</group>\n`;
};
