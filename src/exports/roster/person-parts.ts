// Parts of persons, whatever their role: names, numbers, and what is left of somebody who is protected. Pure.
import { judgeNationalId, namesNationalId } from '#base/national-id.ts';
import { isOwnNumber } from '#formats/fit-value.ts';
import type { RosterPerson, RosterPhone } from '#formats/roster.ts';
import type { NamesRow, NumberRow } from './mappings/human.ts';
import { oneLine } from './plain-text.ts';

type Names = Pick<RosterPerson, 'given' | 'family' | 'full'>;

// What stands where somebody has one name only: formats want two.
const noName = '-';

/** Null when there is no name at all. */
export const namesOf = ({ given, family, full }: NamesRow): Names | null => {
  const [one, other] = [oneLine(given), oneLine(family)];
  if (one === '' && other === '') return null;
  const whole = oneLine(full);
  return {
    given: one === '' ? noName : one,
    family: other === '' ? noName : other,
    full: whole === '' ? oneLine(`${one} ${other}`) : whole,
  };
};

type Numbers = Pick<RosterPerson, 'nationalId' | 'localId'> & {
  /** A number that is said to be a national id, or has the form of one, and is none. */
  readonly misplaced: boolean;
};

const dufShape = /^\d{12}$/;

/**
 * What somebody is known by to authorities, and what a school has made up for want of that: a number is told as a national id only when it is one
 * (facts 2.4, 10).
 */
export const numbersOf = ({ number, numberKind }: NumberRow): Numbers => {
  const value = oneLine(number);
  if (value === '') return { nationalId: null, localId: null, misplaced: false };
  const { form, today, from2032 } = judgeNationalId(value);
  if ((today || from2032) && numberKind !== 'temporary')
    return {
      nationalId: { value, kind: Number(value.slice(0, 1)) > 3 ? 'd-number' : 'national' },
      localId: null,
      misplaced: false,
    };
  if (numberKind === 'duf-number' && dufShape.test(value))
    return { nationalId: { value, kind: 'duf' }, localId: null, misplaced: false };
  const isSaid = numberKind !== undefined && numberKind !== 'temporary';
  return { nationalId: null, localId: value, misplaced: isSaid || (form && numberKind === undefined) };
};

type Identifiers = Pick<RosterPerson, 'feideName' | 'userName' | 'pupilNumber' | 'employeeNumber'>;

/**
 * Identifiers of a school's own as they may go out. Those that hold a national id are left out, whatever scopes there are: it has a field and a scope of
 * its own (facts 11). `misused` says that there was one.
 */
export const identifiersOf = (row: { readonly [Name in keyof Identifiers]?: string | undefined }): Identifiers & {
  readonly misused: boolean;
} => {
  let misused = false;
  const own = (text: string | undefined): string | null => {
    const line = someText(text);
    if (line === null || !holdsOne(line)) return line;
    misused = true;
    return null;
  };
  const [feideName, userName] = [own(row.feideName), own(row.userName)];
  const [pupilNumber, employeeNumber] = [own(row.pupilNumber), own(row.employeeNumber)];
  return { feideName, userName, pupilNumber, employeeNumber, misused };
};

/** Eleven digits that are nobody's are a number of the school's own; within longer texts they are taken for somebody's. */
const holdsOne = (line: string): boolean => !isOwnNumber(line) || (line.length > 11 && namesNationalId(line));

export const phonesOf = (
  of: RosterPhone['of'],
  { phone, mobile }: { readonly phone?: string; readonly mobile?: string },
): readonly RosterPhone[] => {
  const [voice, cell] = [oneLine(phone), oneLine(mobile)];
  return [
    ...(cell === '' ? [] : [{ kind: 'mobile', of, number: cell } as const]),
    ...(voice === '' || voice === cell ? [] : [{ kind: 'voice', of, number: voice } as const]),
  ];
};

export const someText = (text: string | undefined): string | null => {
  const line = oneLine(text);
  return line === '' ? null : line;
};

export const genderOf = (text: string | undefined): RosterPerson['gender'] =>
  text === 'female' || text === 'male' ? text : 'unknown';

/** From this level on addresses are strictly confidential. */
const strictly = 3;

/**
 * What may go out of somebody who is protected at a level above 0, to those who are cleared for it: ids, name and groups, and nothing by which anybody is
 * reached or found. Strictly protected, the opaque id alone: other registers and services know the person by the others (facts 11).
 */
export const asProtected = (person: RosterPerson, level: number): RosterPerson => ({
  ...person,
  ...(level < strictly ? {} : noIdentifiers),
  gender: 'unknown',
  birthDate: null,
  email: null,
  phones: [],
  title: null,
  preferredLanguage: null,
  nativeLanguages: [],
  contacts: [],
});

const noIdentifiers = {
  nationalId: null,
  localId: null,
  feideName: null,
  userName: null,
  pupilNumber: null,
  employeeNumber: null,
} as const;
