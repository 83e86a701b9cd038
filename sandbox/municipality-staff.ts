// Administration of the municipality: units, employees, their employments and positions at schools, and who is in which access group.
// Called by municipality.ts. It must not know pupils.

import { dayNumber, noon } from './calendar.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { target, to, toAll, type Link } from './links.ts';
import { MUNICIPALITY, REALM, settingOf, staffFacts } from './municipality-people.ts';
import type { MunicipalPlan, MunicipalSchool, Post } from './municipality-plan.ts';
import { plainLetters } from './names.ts';
import { organisationNumber } from './organisation-number.ts';
import { mailOf, phoneOf, writeAddress, writePerson, type Marking } from './person-resource.ts';
import { at, drawBelow, drawPercent, salt } from './random.ts';

const EMPLOYEE = target('administrasjon/personal/personalressurs', 'ansattnummer');
const EMPLOYEE_BY_ID = target('administrasjon/personal/personalressurs');
const EMPLOYMENT = target('administrasjon/personal/arbeidsforhold');
const PERSON = target('administrasjon/personal/person', 'fodselsnummer', 'felles.person');
const UNIT = target('administrasjon/organisasjon/organisasjonselement', 'organisasjonsid');
const UNIT_TYPE = target('administrasjon/kodeverk/organisasjonstype');
const CATEGORY = target('administrasjon/kodeverk/personalressurskategori');
const EMPLOYMENT_TYPE = target('administrasjon/kodeverk/arbeidsforholdstype');
const JOB_CODE = target('administrasjon/kodeverk/stillingskode');
const WEEKLY_HOURS = target('administrasjon/kodeverk/uketimetall');
const POSITION_TYPE = target('grunnskole/kodeverk/stillingstype');
const ACCESS_GROUP = target('grunnskole/tilgang/tilgangsgruppe');
const SCHOOL_RESOURCE = target('utdanning/elev/skoleressurs');
const SCHOOL = target('utdanning/utdanningsprogram/skole');

const SINCE = salt('municipality.since');
const PAY = salt('municipality.pay');
const TEMPORARY = salt('municipality.temporary');

/** The organisation numbers of the municipality and its schools are counted from here. */
export const ORGANISATIONS = 20_000;

/** The school of few pupils has no head of its own: that of the first school is its head too. */
const HEADLESS = 2;

type Work = { readonly title: string; readonly jobCode: string; readonly hours: string };

const WORK: Readonly<Record<Post, Work>> = {
  REKTOR: { title: 'Rektor', jobCode: '9951', hours: '3750' },
  INSPEKTOR: { title: 'Inspektør', jobCode: '9954', hours: '3750' },
  LAERER: { title: 'Lærer', jobCode: '7961', hours: '3750' },
  RADGIVER: { title: 'Rådgiver', jobCode: '8530', hours: '3750' },
  SFOLEDER: { title: 'SFO-leder', jobCode: '7451', hours: '3750' },
  SFOANSATT: { title: 'Barneveileder', jobCode: '7517', hours: '3750' },
  KONTOR: { title: 'Konsulent', jobCode: '6559', hours: '3750' },
};

/** The employee number of a member of staff. */
export const employeeNumber = (staff: number): string => String(300_001 + staff);
export const employeeId = (staff: number): string => `P${employeeNumber(staff)}`;
export const schoolResourceId = (staff: number): string => `SR${employeeNumber(staff)}`;
export const positionId = (staff: number, number: number): string => `ST${employeeNumber(staff)}-${number}`;
export const employmentId = (staff: number, number: number): string => `AF${employeeNumber(staff)}-${number}`;
/** The teaching position of a teacher at the school where most of the work is. */
export const teachingId = (staff: number, number = 1): string => `UF${employeeNumber(staff)}-${number}`;

/** The user name of an employee, which is the Feide name without its realm. */
export const staffUserName = (plan: MunicipalPlan, staff: number): string => {
  const { name } = staffFacts(plan, staff);
  return `${plainLetters(name.fornavn).slice(0, 3)}${plainLetters(name.etternavn).slice(0, 3)}${employeeNumber(staff)}`;
};

/** All employees: first those at schools, then those of the school office. */
export const employees = (plan: MunicipalPlan): number => plan.schoolStaff + plan.centralStaff;

export type Position = {
  readonly staff: number;
  readonly number: number;
  readonly post: Post | undefined;
  /** Undefined for the school office. */
  readonly school: MunicipalSchool | undefined;
  readonly percent: number;
};

/** The post of a member of school staff and, of a teacher, the number among the teachers of the school. */
const postOf = (school: MunicipalSchool, staff: number): Post => at(school.posts, staff - school.firstStaff);

/** The positions of an employee, the main one first. Several have two: the head of two schools, teachers who work in SFO or at a second school too. */
export const positionsOf = (plan: MunicipalPlan, staff: number): readonly Position[] => {
  const school = plan.schoolOfStaff(staff);
  if (school === undefined) return [{ staff, number: 1, post: undefined, school, percent: 10_000 }];
  const post = postOf(school, staff);
  const own = (percent: number): Position => ({ staff, number: 1, post, school, percent });
  const other = (second: MunicipalSchool, as: Post, percent: number): Position => ({
    staff,
    number: 2,
    post: as,
    school: second,
    percent,
  });
  if (post === 'REKTOR' && school.index === 0) return [own(6000), other(at(plan.schools, HEADLESS), 'REKTOR', 4000)];
  const teacher = staff - school.firstTeacher;
  if (post === 'LAERER' && school.sfo && teacher % 10 === 3) return [own(8000), other(school, 'SFOANSATT', 2000)];
  if (post === 'LAERER' && teacher % 20 === 7)
    return [own(6000), other(at(plan.schools, (school.index + 1) % plan.schools.length), 'LAERER', 4000)];
  return [own(post === 'SFOANSATT' ? 5000 : 10_000)];
};

function* positions(plan: MunicipalPlan): Generator<Position> {
  for (let staff = 0; staff < employees(plan); staff += 1) yield* positionsOf(plan, staff);
}

function* schoolPositions(
  plan: MunicipalPlan,
): Generator<Position & { readonly school: MunicipalSchool; readonly post: Post }> {
  for (const position of positions(plan)) {
    const { school, post } = position;
    if (school !== undefined && post !== undefined) yield { ...position, school, post };
  }
}

/** Walks the teaching positions. */
export function* teachingPositions(plan: MunicipalPlan): Generator<Position & { readonly school: MunicipalSchool }> {
  for (const position of schoolPositions(plan)) if (position.post === 'LAERER') yield position;
}

/** The schools at which a member of staff works. */
export const schoolsOf = (plan: MunicipalPlan, staff: number): readonly MunicipalSchool[] => [
  ...new Set(positionsOf(plan, staff).flatMap(({ school }) => (school === undefined ? [] : [school]))),
];

/** The protected member of staff: a teacher of the first school. */
export const PROTECTED_STAFF = 5;
export const markingOfStaff = (staff: number): Marking => (staff === PROTECTED_STAFF ? 'fortrolig' : 'ugradert');

const TOP = 'ORG-1';
const SECTOR = 'ORG-2';
const unitId = (school: MunicipalSchool | undefined): string =>
  school === undefined ? SECTOR : `ORG-${2001 + school.index}`;

export const schoolUnitId = (school: MunicipalSchool): string => unitId(school);

type Unit = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly parent: string;
  readonly leader: number;
  readonly organisation?: number;
};

/** The head of a school, which is that of the first school for the one without. */
export const headOf = (school: MunicipalSchool, plan: MunicipalPlan): number =>
  school.posts[0] === 'REKTOR' ? school.firstStaff : at(plan.schools, 0).firstStaff;

function* units(plan: MunicipalPlan): Generator<Unit> {
  const leader = plan.schoolStaff;
  const name = `${MUNICIPALITY.name} kommune`;
  yield { id: TOP, name, type: 'KOMM', parent: TOP, leader, organisation: ORGANISATIONS };
  yield { id: SECTOR, name: 'Oppvekst', type: 'SEKTOR', parent: TOP, leader };
  for (const school of plan.schools)
    yield {
      id: unitId(school),
      name: school.name,
      type: 'SKOLE',
      parent: SECTOR,
      leader: headOf(school, plan),
      organisation: ORGANISATIONS + 1 + school.index,
    };
}

const unitEntry = (plan: MunicipalPlan, { id, name, type, parent, leader, organisation }: Unit): SandboxEntry => ({
  identifier: id,
  resource: {
    organisasjonsId: identified(id),
    organisasjonsKode: identified(id.slice(4)),
    ...(organisation === undefined ? {} : { organisasjonsnummer: identified(organisationNumber(organisation)) }),
    navn: name,
    organisasjonsnavn: name,
    gyldighetsperiode: { start: '2020-01-01T12:00:00Z' },
    kontaktinformasjon: { epostadresse: `post${id.slice(4)}@${REALM}`, telefonnummer: phoneOf(plan, leader) },
    _links: {
      overordnet: to(UNIT, parent),
      organisasjonstype: to(UNIT_TYPE, type),
      leder: to(EMPLOYEE, employeeNumber(leader)),
    },
  },
});

/** Service began on a first of August that does not depend on the date the municipality stands at. */
const serviceStart = (plan: MunicipalPlan, staff: number): number =>
  dayNumber(2017 - drawBelow(plan.seed, SINCE, staff, 12), 8, 1);

const titleOf = (plan: MunicipalPlan, { staff, post }: Position): string =>
  post !== undefined ? WORK[post].title : staff === plan.schoolStaff ? 'Kommunalsjef oppvekst' : 'Rådgiver oppvekst';

const employeeEntry = (plan: MunicipalPlan, staff: number): SandboxEntry => {
  const human = staffFacts(plan, staff);
  const since = noon(serviceStart(plan, staff));
  const [main] = positionsOf(plan, staff);
  return bySystemId(
    employeeId(staff),
    {
      ansattnummer: identified(employeeNumber(staff)),
      brukernavn: identified(staffUserName(plan, staff)),
      ansettelsesperiode: { start: since },
      ...(main === undefined ? {} : { jobbtittel: titleOf(plan, main) }),
      kontaktinformasjon: { epostadresse: mailOf(human, staff, REALM), telefonnummer: phoneOf(plan, staff) },
    },
    {
      person: to(PERSON, human.nationalId, staff),
      personalressurskategori: to(CATEGORY, drawPercent(plan.seed, TEMPORARY, staff, 90) ? 'F' : 'M'),
    },
  );
};

const employmentEntry = (plan: MunicipalPlan, position: Position): SandboxEntry => {
  const { staff, number, post, school, percent } = position;
  const start = noon(serviceStart(plan, staff));
  const work =
    post === undefined ? { jobCode: staff === plan.schoolStaff ? '9451' : '8530', hours: '3750' } : WORK[post];
  return bySystemId(
    employmentId(staff, number),
    {
      stillingsnummer: `${employeeNumber(staff)}${number}`,
      stillingstittel: titleOf(plan, position),
      hovedstilling: number === 1,
      ansettelsesprosent: percent,
      lonnsprosent: percent,
      tilstedeprosent: percent,
      arslonn: 46_000_000 + drawBelow(plan.seed, PAY, staff, 260) * 100_000,
      arbeidsforholdsperiode: { start },
      gyldighetsperiode: { start },
    },
    {
      personalressurs:
        staff % 5 === 0 ? to(EMPLOYEE_BY_ID, employeeId(staff), staff) : to(EMPLOYEE, employeeNumber(staff), staff),
      arbeidssted: to(UNIT, unitId(school), staff + number),
      personalleder: to(
        EMPLOYEE,
        employeeNumber(school === undefined ? plan.schoolStaff : headOf(school, plan)),
        staff,
      ),
      arbeidsforholdstype: to(EMPLOYMENT_TYPE, percent === 10_000 ? 'F' : 'FT'),
      stillingskode: to(JOB_CODE, work.jobCode),
      timerPerUke: to(WEEKLY_HOURS, work.hours),
    },
  );
};

const positionEntry = (
  plan: MunicipalPlan,
  position: Position & { readonly school: MunicipalSchool; readonly post: Post },
): SandboxEntry => {
  const { staff, number, post, school, percent } = position;
  return bySystemId(
    positionId(staff, number),
    {
      tittel: WORK[post].title,
      stillingsprosent: percent,
      hovedstilling: number === 1,
      gyldighetsperiode: { start: noon(serviceStart(plan, staff)) },
    },
    {
      skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(staff), staff),
      skole: to(SCHOOL, school.systemId, staff + 1),
      arbeidsforhold: to(EMPLOYMENT, employmentId(staff, number), staff),
      stillingstype: to(POSITION_TYPE, post),
    },
  );
};

type AccessGroup = {
  readonly id: string;
  readonly name: string;
  readonly nynorsk: string;
  readonly english: string;
  readonly text: string;
  readonly level: 'kommune' | 'skole';
  readonly needsPosition: boolean;
  readonly allYears?: true;
  readonly posts: readonly Post[];
};

const ACCESS_GROUPS: readonly AccessGroup[] = [
  {
    id: 'K-ADMIN',
    name: 'Kommuneadministrator',
    nynorsk: 'Kommuneadministrator',
    english: 'Administrator of the municipality',
    text: 'Setter opp skoler, skoleår og tilganger; opptrer som skoleadministrator ved hver skole.',
    level: 'kommune',
    needsPosition: false,
    allYears: true,
    posts: [],
  },
  {
    id: 'K-LES',
    name: 'Innsyn i alle skoler',
    nynorsk: 'Innsyn i alle skular',
    english: 'Insight in all schools',
    text: 'Leser elever og grupper ved alle skolene.',
    level: 'kommune',
    needsPosition: false,
    posts: [],
  },
  {
    id: 'S-ADMIN',
    name: 'Skoleadministrator',
    nynorsk: 'Skuleadministrator',
    english: 'Administrator of a school',
    text: 'Setter opp grupper og timeplan og gir tilganger ved skolen.',
    level: 'skole',
    needsPosition: true,
    posts: ['REKTOR', 'INSPEKTOR', 'KONTOR'],
  },
  {
    id: 'S-LAERER',
    name: 'Lærer',
    nynorsk: 'Lærar',
    english: 'Teacher',
    text: 'Ser elevene i egne grupper, fører fravær og skriver til foresatte.',
    level: 'skole',
    needsPosition: true,
    posts: ['LAERER', 'RADGIVER', 'REKTOR', 'INSPEKTOR'],
  },
  {
    id: 'S-SFO',
    name: 'SFO',
    nynorsk: 'SFO',
    english: 'After-school care',
    text: 'Ser barna i SFO, hvem som henter dem, og hvilke dager de er der.',
    level: 'skole',
    needsPosition: true,
    posts: ['SFOLEDER', 'SFOANSATT'],
  },
  {
    id: 'S-GJEST',
    name: 'Gjest ved skolen',
    nynorsk: 'Gjest ved skulen',
    english: 'Guest at a school',
    text: 'Leser timeplanen ved skolen; også for dem som ikke har stilling der.',
    level: 'skole',
    needsPosition: false,
    posts: [],
  },
];

const GROUP_OF: Readonly<Record<Post, string>> = {
  REKTOR: 'S-ADMIN',
  INSPEKTOR: 'S-ADMIN',
  KONTOR: 'S-ADMIN',
  LAERER: 'S-LAERER',
  RADGIVER: 'S-LAERER',
  SFOLEDER: 'S-SFO',
  SFOANSATT: 'S-SFO',
};

type Access = {
  readonly staff: number;
  readonly number: number;
  readonly group: string;
  readonly school: MunicipalSchool | undefined;
};

/** What an employee may: one group for every position, for the school office the whole municipality, and one guest. */
function* accesses(plan: MunicipalPlan): Generator<Access> {
  for (const { staff, number, post, school } of positions(plan)) {
    const central = staff - plan.schoolStaff;
    const group = post !== undefined ? GROUP_OF[post] : central === 1 ? 'K-ADMIN' : 'K-LES';
    yield { staff, number, group, school };
    if (central === 2) yield { staff, number: 2, group: 'S-GJEST', school: at(plan.schools, 0) };
  }
}

/** The id of the access that comes with a position. */
export const accessId = (staff: number, number: number): string => `TM${employeeNumber(staff)}-${number}`;

const accessCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'grunnskole/tilgang/tilgangsgruppe',
    () => ACCESS_GROUPS,
    ({ id, name, nynorsk, english, text, level, needsPosition, allYears = false, posts }) =>
      bySystemId(
        id,
        {
          kode: id,
          navn: name,
          navnNynorsk: nynorsk,
          navnEngelsk: english,
          beskrivelse: text,
          niva: level,
          kreverStilling: needsPosition,
          alleSkolear: allYears,
        },
        posts.length === 0 ? undefined : { tillattStillingstype: toAll(POSITION_TYPE, posts) },
      ),
  ),
  collection(
    'grunnskole/tilgang/tilgangsgruppemedlemskap',
    () => accesses(plan),
    ({ staff, number, group, school }) =>
      bySystemId(
        accessId(staff, number),
        { gyldighetsperiode: { start: noon(serviceStart(plan, staff)) } },
        {
          personalressurs: to(EMPLOYEE, employeeNumber(staff), staff),
          tilgangsgruppe: to(ACCESS_GROUP, group, staff + 1),
          ...(school === undefined ? {} : { skole: to(SCHOOL, school.systemId, staff) }),
        },
      ),
  ),
];

/** Writes an employee as a Person for any component that holds copies of staff. */
export const staffPersonEntry = (plan: MunicipalPlan, staff: number): SandboxEntry => {
  const human = staffFacts(plan, staff);
  return {
    identifier: human.nationalId,
    resource: writePerson(settingOf(plan), human, {
      number: 1_000_000_000 + staff,
      household: 1_000_000_000 + staff,
      mailDomain: 'post.test',
      marking: markingOfStaff(staff),
      attributes: { nummertype: 'fodselsnummer' },
    }),
  };
};

/** Where a school and its owner are visited. */
export const addressOf = (plan: MunicipalPlan, number: number): Readonly<Record<string, unknown>> =>
  writeAddress(settingOf(plan), 1_100_000_000 + number);

/** Gives the collections of administration, people and units before what links to them. */
export const municipalityStaff = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'administrasjon/personal/person',
    () => range(employees(plan)),
    (staff) => staffPersonEntry(plan, staff),
  ),
  collection(
    'administrasjon/personal/personalressurs',
    () => range(employees(plan)),
    (staff) => employeeEntry(plan, staff),
  ),
  collection(
    'administrasjon/organisasjon/organisasjonselement',
    () => units(plan),
    (unit) => unitEntry(plan, unit),
  ),
  collection(
    'administrasjon/personal/arbeidsforhold',
    () => positions(plan),
    (position) => employmentEntry(plan, position),
  ),
  collection(
    'grunnskole/stilling/skolestilling',
    () => schoolPositions(plan),
    (position) => positionEntry(plan, position),
  ),
  ...accessCollections(plan),
];

/** Links to the schools at which somebody works. */
export const schoolLinks = (plan: MunicipalPlan, staff: number): readonly Link[] =>
  schoolsOf(plan, staff).flatMap(({ systemId }, index) => to(SCHOOL, systemId, staff + index));
