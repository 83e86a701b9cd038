// How persons of a file are written: the person, the role of pupil or employee, guardianships and next of kin. Which number stands as the national id.
// Called by the import. What PIFU-IMS says of homes and pictures has no place here: it cannot say whose address is protected.
import { judgeNationalId, namesNationalId } from '#base/national-id.ts';
import type { PifuPerson, Typed } from '#formats/pifu/record.ts';
import { collectionOf, identified, link, links, noon, type Links } from './links.ts';

export const personCollection = collectionOf('person');
export const staffPersonCollection = collectionOf('staffPerson');
export const pupilCollection = collectionOf('pupil');
export const employeeCollection = collectionOf('employee');
export const schoolResourceCollection = collectionOf('schoolResource');
export const guardianshipCollection = collectionOf('guardianship');
export const contactCollection = 'utdanning/elev/kontaktperson';

/** What stands as the national id of somebody, and of what kind it is. */
export type Number = {
  readonly value: string;
  readonly kind: 'fodselsnummer' | 'dnummer' | 'dufnummer' | 'midlertidig';
};

const userId = (person: PifuPerson, type: string): string | null =>
  person.userIds.find((one) => one.type === type)?.value ?? null;

/** The numbers that the file gives: a national id when it is one, else a number of the school's own. `wrong`: it gave one that cannot be. */
export const numberOf = (person: PifuPerson): { readonly number: Number | null; readonly wrong: boolean } => {
  const given = userId(person, 'personnin')?.replaceAll(/\s/g, '') ?? null;
  if (given !== null) {
    if (/^\d{12}$/.test(given)) return { number: { value: given, kind: 'dufnummer' }, wrong: false };
    if (judgeNationalId(given).fault === '')
      return {
        number: { value: given, kind: given.charCodeAt(0) >= 0x34 ? 'dnummer' : 'fodselsnummer' },
        wrong: false,
      };
  }
  const local = userId(person, 'personlin');
  // A national id where none belongs would be told as one.
  const usable = local !== null && !namesNationalId(local);
  return {
    number: usable ? { value: local, kind: 'midlertidig' } : null,
    wrong: given !== null || (local !== null && !usable),
  };
};

// What is a national id by its kind: nothing else may hold one.
const numberTypes = new Set(['personnin', 'personlin', 'personfin', 'personninencrypted']);

/** The person without user ids and e-mail addresses that hold a national id, which would be shown as if they held none; and whether any did. */
export const withoutNumbers = (person: PifuPerson): { readonly person: PifuPerson; readonly left: boolean } => {
  const userIds = person.userIds.filter(({ type, value }) => numberTypes.has(type) || !namesNationalId(value));
  const emails = person.emails.filter(({ value }) => !namesNationalId(value));
  const email = person.email !== null && namesNationalId(person.email) ? null : person.email;
  const left = userIds.length < person.userIds.length || emails.length < person.emails.length || email !== person.email;
  return { person: left ? { ...person, userIds, emails, email } : person, left };
};

/** Numbers that say what somebody is, where no membership does. */
export const isPupilByNumber = (person: PifuPerson): boolean => userId(person, 'studentid') !== null;
export const isStaffByNumber = (person: PifuPerson): boolean => userId(person, 'workforceid') !== null;

/** Types of user ids that have a place, beside those that are the id itself. */
const placedUserIds = new Set(['personnin', 'personlin', 'studentid', 'workforceid', 'username', 'feideid', 'sisid']);

/** What is said of somebody and has no place in the model, by element. */
export const unplacedOf = (person: PifuPerson): readonly string[] => [
  ...person.unread,
  ...person.userIds.flatMap(({ type }) => (placedUserIds.has(type) ? [] : [knownUserIds.get(type) ?? 'userid'])),
  ...(person.nativeLanguages.length > 1 ? ['pifu_nativeTongue'] : []),
];
const knownUserIds: ReadonlyMap<string, string> = new Map([
  ['personninencrypted', 'personNINencrypted'],
  ['personfin', 'personFIN'],
  ['microsoftupn', 'microsoftUPN'],
]);

type Reach = { readonly email: string | null; readonly voice: string | null; readonly mobile: string | null };

const typedValue = (list: readonly Typed[], type: string): string | null =>
  list.find((one) => one.type.toLowerCase() === type)?.value ?? null;

const reachable = ({ email, voice, mobile }: Reach): object | null =>
  email === null && voice === null && mobile === null
    ? null
    : {
        ...(email === null ? {} : { epostadresse: email }),
        ...(voice === null ? {} : { telefonnummer: voice }),
        ...(mobile === null ? {} : { mobiltelefonnummer: mobile }),
      };

const plainPhone = (person: PifuPerson, kind: 'voice' | 'mobile'): string | null =>
  person.phones.find((one) => one.kind === kind)?.number ?? null;

/** At school or at work. What is said without a kind is taken for this. */
const atSchool = (person: PifuPerson): Reach => ({
  email: typedValue(person.emails, 'personemailatorg') ?? person.email,
  voice: typedValue(person.typedPhones, 'persontelephoneatorg') ?? plainPhone(person, 'voice'),
  mobile: typedValue(person.typedPhones, 'personmobileatorg') ?? plainPhone(person, 'mobile'),
});

/** In private: of those who are neither pupils nor staff, what is said without a kind is taken for this. */
const inPrivate = (person: PifuPerson, plain: boolean): Reach => ({
  email: typedValue(person.emails, 'personemailprivate') ?? (plain ? person.email : null),
  voice: typedValue(person.typedPhones, 'persontelephoneprivate') ?? (plain ? plainPhone(person, 'voice') : null),
  mobile: typedValue(person.typedPhones, 'personmobileprivate') ?? (plain ? plainPhone(person, 'mobile') : null),
});

/** A pupil's own telephone is private and the school has it. */
const ofPupil = (person: PifuPerson): Reach => {
  const [school, own] = [atSchool(person), inPrivate(person, false)];
  return { email: school.email, voice: own.voice ?? school.voice, mobile: own.mobile ?? school.mobile };
};

/** Codes of ISO 5218. */
const genderCodes = { male: '1', female: '2', unknown: null } as const;

const language = (code: string | null | undefined): string | null => {
  const known = code?.trim().toLowerCase() ?? '';
  return /^[a-z]{2,3}$/.test(known) ? known : null;
};

/** What somebody is in the file. */
export type Roles = { readonly pupil: boolean; readonly staff: boolean };

/** The person. `employee`: key of the employee that he is, where the collection says it. */
export const personResource = (person: PifuPerson, number: Number, roles: Roles, employee: string | null): object => {
  const gender = genderCodes[person.gender];
  const written = language(person.preferredLanguage);
  const native = language(person.nativeLanguages[0]);
  const contact = reachable(inPrivate(person, !roles.pupil && !roles.staff));
  const relations: Links = {
    ...(gender === null ? {} : { kjonn: link('gender', gender) }),
    ...(written === null ? {} : { malform: link('language', written) }),
    ...(native === null ? {} : { morsmal: link('language', native) }),
    ...(employee === null ? {} : { personalressurs: link('employee', employee) }),
  };
  return {
    fodselsnummer: identified(number.value),
    nummertype: number.kind,
    navn: { fornavn: person.given, etternavn: person.family },
    ...(person.birthDate === null ? {} : { fodselsdato: noon(person.birthDate) }),
    ...(contact === null || roles.pupil ? {} : { kontaktinformasjon: contact }),
    _links: relations,
  };
};

const identifiers = (person: PifuPerson, list: Readonly<Record<string, string>>): object =>
  Object.fromEntries(
    Object.entries(list).flatMap(([name, type]) => {
      const value = userId(person, type);
      return value === null ? [] : [[name, identified(value)]];
    }),
  );

/** The role of pupil. */
export const pupilResource = (person: PifuPerson, key: string, number: Number): object => {
  const contact = reachable(ofPupil(person));
  return {
    systemId: identified(key),
    ...identifiers(person, { elevnummer: 'studentid', brukernavn: 'username', feidenavn: 'feideid' }),
    ...(contact === null ? {} : { kontaktinformasjon: contact }),
    _links: { person: link('person', number.value) },
  };
};

/** The employee. */
export const employeeResource = (person: PifuPerson, key: string, number: Number, alsoPupil: boolean): object => {
  const contact = reachable(atSchool(person));
  return {
    systemId: identified(key),
    // Every employee has a number; without one it is the id.
    ansattnummer: identified(userId(person, 'workforceid') ?? key),
    ...(alsoPupil ? {} : identifiers(person, { brukernavn: 'username' })),
    ...(contact === null ? {} : { kontaktinformasjon: contact }),
    _links: { person: link('staffPerson', number.value) },
  };
};

/** The employee's role at schools. */
export const schoolResourceOf = (
  person: PifuPerson,
  key: string,
  number: Number,
  schools: readonly string[],
): object => ({
  systemId: identified(key),
  ...identifiers(person, { feidenavn: 'feideid' }),
  _links: {
    personalressurs: link('employee', key),
    person: link('person', number.value),
    ...(schools.length === 0 ? {} : { skole: links('school', schools) }),
  },
});

/** A guardianship as PIFU-IMS can tell of it: that it is there. Without rights it opens nothing; those are given by whoever knows. */
export const guardianshipResource = (key: string, child: string, guardian: string): object => ({
  systemId: identified(key),
  _links: {
    barn: link('person', child),
    foresatt: link('person', guardian),
    kilde: link('bondSource', 'SKOLE'),
  },
});

/** Somebody to call who is no guardian. */
export const contactResource = (person: PifuPerson, key: string, of: readonly string[]): object => {
  const contact = reachable(inPrivate(person, true));
  return {
    systemId: identified(key),
    type: 'Pårørende',
    navn: { fornavn: person.given, etternavn: person.family },
    ...(contact === null ? {} : { kontaktinformasjon: contact }),
    _links: { kontaktperson: links('person', of) },
  };
};
