// Administration: organisation, employees, positions, pay, absence and authority to sign. Called by county.ts.
// It must not know pupils.

import { moment, noon } from './calendar.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { responsibilityCode } from './code-collections.ts';
import { employeeNumber, schoolOfStaff, teaches, type Plan, type SchoolPlan } from './county-plan.ts';
import { target, to, type Link, type Links } from './links.ts';
import { organisationNumber } from './organisation-number.ts';
import { plainLetters } from './names.ts';
import { addressOf, personResource, REALM, staffPerson } from './people.ts';
import { mailOf, phoneOf } from './person-resource.ts';
import { markingOfStaff } from './protection.ts';
import { at, draw, drawBelow, drawFrom, drawPercent, salt } from './random.ts';

const admin = (list: string) => target(`administrasjon/kodeverk/${list}`);
const ACTIVITY = admin('aktivitet');
const RESPONSIBILITY = admin('ansvar');
const EMPLOYMENT_TYPE = admin('arbeidsforholdstype');
const ACCOUNT = admin('art');
const ABSENCE_REASON = admin('fravarsgrunn');
const ABSENCE_TYPE = admin('fravarstype');
const FUNCTION = admin('funksjon');
const WAGE_TYPE = admin('lonnsart');
const UNIT_TYPE = admin('organisasjonstype');
const STAFF_CATEGORY = admin('personalressurskategori');
const PROJECT = admin('prosjekt');
const PROJECT_KIND = admin('prosjektart');
const JOB_CODE = admin('stillingskode');
const WEEKLY_HOURS = admin('uketimetall');
const FRAME = admin('ramme');
const UNIT_BY_ID = target('administrasjon/organisasjon/organisasjonselement', 'organisasjonsid');
const UNIT_BY_CODE = target('administrasjon/organisasjon/organisasjonselement', 'organisasjonskode');
const WORKPLACE = target('administrasjon/organisasjon/arbeidslokasjon', 'lokasjonskode');
const EMPLOYEE = target('administrasjon/personal/personalressurs', 'ansattnummer');
const EMPLOYEE_BY_ID = target('administrasjon/personal/personalressurs');
const POSITION = target('administrasjon/personal/arbeidsforhold');
const ABSENCE = target('administrasjon/personal/fravar');
const PERSON = target('administrasjon/personal/person', 'fodselsnummer', 'felles.person');
const ROLE = target('administrasjon/fullmakt/rolle', 'navn');

const PART = salt('position.part');
const PAY = salt('position.pay');
const SINCE = salt('employee.since');
const CATEGORY = salt('employee.category');
const EXTRA = salt('pay.extra');
const HOURS = salt('pay.hours');
const SICK = salt('absence.sick');
const REASON = salt('absence.reason');
const LENGTH = salt('absence.length');

const SECTIONS = ['Opplæring', 'Økonomi', 'Personal', 'Digitalisering', 'Samferdsel', 'Kultur og tannhelse'];
const DEPARTMENTS = ['Studieforberedende', 'Yrkesfag', 'Administrasjon og drift'];
const JOB_TITLES = ['Lærer', 'Adjunkt', 'Adjunkt med tillegg', 'Lektor', 'Lektor med tillegg'];
const TEACHER_CODES = ['7960', '7961', '7962', '7963', '7966'];

/** The number of employees of the county: at schools and centrally. */
export const employees = (plan: Plan): number => plan.schoolStaff + plan.centralStaff;

/** The systemId of an employee, beside the employee number. */
export const employeeId = (staff: number): string => `P${employeeNumber(staff)}`;

/** The user name of an employee, which is the Feide name without its realm. */
export const staffUserName = (plan: Plan, staff: number): string => {
  const { name } = staffPerson(plan, staff);
  return `${plainLetters(name.fornavn).slice(0, 3)}${plainLetters(name.etternavn).slice(0, 3)}${employeeNumber(staff)}`;
};

type Unit = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly parent: string;
  readonly leader: number;
  readonly orgIndex: number | undefined;
  readonly responsibility: string;
};

/** The id of the unit of a school or of one of its three departments. */
export const schoolUnitId = (school: SchoolPlan, department?: number): string =>
  `ORG-${2000 + school.index * 10 + (department === undefined ? 0 : department + 1)}`;
const unitCode = (id: string): string => id.slice(4);
const TOP = 'ORG-1';

const sectionId = (section: number): string => `ORG-${100 + section}`;

function* units(plan: Plan): Generator<Unit> {
  const { schoolStaff } = plan;
  yield {
    id: TOP,
    code: '1',
    name: 'Fjordheim fylkeskommune',
    type: 'FYLKE',
    parent: TOP,
    leader: schoolStaff,
    orgIndex: 0,
    responsibility: '1000',
  };
  for (const [index, name] of SECTIONS.entries()) {
    yield {
      id: sectionId(index),
      code: String(100 + index),
      name,
      type: 'SEKSJON',
      parent: TOP,
      leader: schoolStaff + 1 + index,
      orgIndex: undefined,
      responsibility: index === 0 ? '4000' : '1000',
    };
  }
  for (const school of plan.schools) {
    const id = schoolUnitId(school);
    yield {
      id,
      code: unitCode(id),
      name: `${school.place} videregående skole`,
      type: 'VGS',
      parent: sectionId(0),
      leader: school.firstStaff,
      orgIndex: 10 + school.index,
      responsibility: responsibilityCode(school),
    };
    for (const [department, name] of DEPARTMENTS.entries()) {
      const own = schoolUnitId(school, department);
      yield {
        id: own,
        code: unitCode(own),
        name: `${name}, ${school.place}`,
        type: 'AVD',
        parent: id,
        leader: school.firstStaff + school.teachers + 1 + department,
        orgIndex: undefined,
        responsibility: responsibilityCode(school),
      };
    }
  }
}

const unitEntry = (plan: Plan, unit: Unit): SandboxEntry => ({
  identifier: unit.id,
  resource: {
    organisasjonsId: identified(unit.id),
    organisasjonsKode: identified(unit.code),
    ...(unit.orgIndex === undefined ? {} : { organisasjonsnummer: identified(organisationNumber(unit.orgIndex)) }),
    navn: unit.name,
    kortnavn: unit.name.slice(0, 12).trim(),
    organisasjonsnavn: unit.name,
    gyldighetsperiode: { start: '2020-01-01T12:00:00Z' },
    forretningsadresse: addressOf(plan, unit.leader + 500_000),
    kontaktinformasjon: { epostadresse: `post${unit.code}@${REALM}`, telefonnummer: phoneOf(plan, unit.leader) },
    _links: {
      // The top unit has nothing above it, and the relation is mandatory: it points to itself.
      overordnet: to(UNIT_BY_ID, unit.parent),
      organisasjonstype: to(UNIT_TYPE, unit.type),
      leder: to(EMPLOYEE, employeeNumber(unit.leader)),
      ansvar: to(RESPONSIBILITY, unit.responsibility),
    },
  },
});

const workplaceCode = (school: SchoolPlan | undefined): string =>
  school === undefined ? 'LOK-1' : `LOK-${school.schoolNumber}`;

const workplaces = (plan: Plan): SandboxCollection =>
  collection(
    'administrasjon/organisasjon/arbeidslokasjon',
    () => [undefined, ...plan.schools],
    (school) => ({
      identifier: workplaceCode(school),
      resource: {
        lokasjonskode: identified(workplaceCode(school)),
        lokasjonsnavn: school === undefined ? 'Fylkeshuset' : `${school.place} skolebygg`,
        forretningsadresse: addressOf(plan, 700_000 + (school?.index ?? -1)),
      },
    }),
  );

/** The first day of an employee's service. */
const serviceStart = (plan: Plan, staff: number): number =>
  plan.yearStart - drawBelow(plan.seed, SINCE, staff, 20) * 365;

const employeeEntry = (plan: Plan, staff: number): SandboxEntry => {
  const human = staffPerson(plan, staff);
  const school = schoolOfStaff(plan, staff);
  const since = serviceStart(plan, staff);
  const userName = staffUserName(plan, staff);
  return bySystemId(
    employeeId(staff),
    {
      ansattnummer: identified(employeeNumber(staff)),
      brukernavn: identified(userName),
      ansettelsesperiode: { start: noon(since) },
      ansiennitet: noon(since),
      jobbtittel: jobTitle(plan, school, staff),
      kontaktinformasjon: { epostadresse: mailOf(human, staff, REALM), telefonnummer: phoneOf(plan, staff) },
    },
    {
      person: to(PERSON, human.nationalId, staff),
      personalressurskategori: to(STAFF_CATEGORY, drawPercent(plan.seed, CATEGORY, staff, 88) ? 'F' : 'M'),
    },
  );
};

const jobTitle = (plan: Plan, school: SchoolPlan | undefined, staff: number): string => {
  if (school === undefined)
    return staff === plan.schoolStaff
      ? 'Fylkesdirektør'
      : staff <= plan.schoolStaff + SECTIONS.length
        ? 'Leder'
        : 'Rådgiver';
  if (staff === school.firstStaff) return 'Rektor';
  return teaches(school, staff) ? drawFrom(plan.seed, PAY, staff, JOB_TITLES) : 'Konsulent';
};

const jobCode = (plan: Plan, school: SchoolPlan | undefined, staff: number): string => {
  if (school === undefined) return staff <= plan.schoolStaff + SECTIONS.length ? '9451' : '8530';
  if (staff === school.firstStaff) return '9951';
  return teaches(school, staff) ? drawFrom(plan.seed, PAY, staff, TEACHER_CODES) : '6559';
};

type Position = { readonly staff: number; readonly number: 1 | 2; readonly serial: number };

/** The id of an employee's first or second position. */
export const positionId = (staff: number, number: number): string => `AF${employeeNumber(staff)}-${number}`;

// A teaching position stands for one position of employment (one to one in the model), so teachers have two of those.
function* positions(plan: Plan): Generator<Position> {
  let serial = 0;
  for (let staff = 0; staff < employees(plan); staff += 1) {
    yield { staff, number: 1, serial: serial++ };
    if (teaches(schoolOfStaff(plan, staff), staff)) yield { staff, number: 2, serial: serial++ };
  }
}

/** The unit an employee works in: a department of the school for teachers, a section for the central administration. */
export const workUnit = (plan: Plan, staff: number): string => {
  const school = schoolOfStaff(plan, staff);
  if (school === undefined)
    return staff === plan.schoolStaff ? TOP : sectionId((staff - plan.schoolStaff - 1) % SECTIONS.length);
  if (staff === school.firstStaff) return schoolUnitId(school);
  return schoolUnitId(school, teaches(school, staff) ? staff % 2 : 2);
};

/** The employee who leads the unit that another one works in; leaders answer to the leader above. */
export const managerOf = (plan: Plan, staff: number): number => {
  const school = schoolOfStaff(plan, staff);
  if (school === undefined)
    return staff <= plan.schoolStaff + SECTIONS.length
      ? plan.schoolStaff
      : plan.schoolStaff + 1 + ((staff - plan.schoolStaff - 1) % SECTIONS.length);
  return staff === school.firstStaff ? plan.schoolStaff + 1 : school.firstStaff;
};

const parts = (plan: Plan, { staff, number }: Position): { readonly percent: number; readonly yearly: number } => {
  const full = drawBelow(plan.seed, PART, staff, 10) < 7 ? 10_000 : 5000 + drawBelow(plan.seed, PART, staff, 5) * 1000;
  const teaching = teaches(schoolOfStaff(plan, staff), staff);
  const percent = teaching ? (number === 1 ? Math.round(full * 0.8) : full - Math.round(full * 0.8)) : full;
  return { percent, yearly: 48_000_000 + drawBelow(plan.seed, PAY, staff, 260) * 100_000 };
};

const positionEntry = (plan: Plan, position: Position): SandboxEntry => {
  const { staff, number, serial } = position;
  const school = schoolOfStaff(plan, staff);
  const { percent, yearly } = parts(plan, position);
  const start = noon(serviceStart(plan, staff));
  const unit = workUnit(plan, staff);
  return bySystemId(
    positionId(staff, number),
    {
      stillingsnummer: `${employeeNumber(staff)}${number}`,
      stillingstittel: jobTitle(plan, school, staff),
      hovedstilling: number === 1,
      ansettelsesprosent: percent,
      lonnsprosent: percent,
      tilstedeprosent: percent,
      arslonn: yearly,
      arbeidsforholdsperiode: { start },
      gyldighetsperiode: { start },
    },
    {
      personalressurs:
        serial % 5 === 0 ? to(EMPLOYEE_BY_ID, employeeId(staff), serial) : to(EMPLOYEE, employeeNumber(staff), serial),
      arbeidssted: serial % 3 === 0 ? to(UNIT_BY_CODE, unitCode(unit), serial) : to(UNIT_BY_ID, unit, serial),
      arbeidslokasjon: to(WORKPLACE, workplaceCode(school), serial),
      personalleder: to(EMPLOYEE, employeeNumber(managerOf(plan, staff)), serial),
      arbeidsforholdstype: to(EMPLOYMENT_TYPE, percent === 10_000 ? 'F' : 'FT'),
      stillingskode: to(JOB_CODE, jobCode(plan, school, staff)),
      timerPerUke: to(WEEKLY_HOURS, teaches(school, staff) ? '3360' : '3750'),
      ansvar: to(RESPONSIBILITY, responsibilityCode(school)),
      funksjon: to(FUNCTION, functionCode(school, staff)),
      art: to(ACCOUNT, '10100'),
    },
  );
};

const functionCode = (school: SchoolPlan | undefined, staff: number): string =>
  school === undefined ? '400' : staff === school.firstStaff ? '520' : staff % 2 === 0 ? '521' : '522';

const accountString = (plan: Plan, { staff, serial }: Position, account: string): Readonly<Record<string, unknown>> => {
  const school = schoolOfStaff(plan, staff);
  const links: Record<string, readonly Link[]> = {
    ansvar: to(RESPONSIBILITY, responsibilityCode(school), serial),
    art: to(ACCOUNT, account, serial),
    funksjon: to(FUNCTION, functionCode(school, staff), serial),
  };
  if (serial % 10 === 0)
    Object.assign(links, {
      aktivitet: to(ACTIVITY, '200'),
      prosjekt: to(PROJECT, 'P2600'),
      prosjektart: to(PROJECT_KIND, 'PA2'),
    });
  if (serial % 25 === 0) Object.assign(links, { ramme: to(FRAME, 'R1') });
  return { _links: links };
};

const pay = (
  plan: Plan,
  prefix: string,
  position: Position,
  beskrivelse: string,
  amounts: object,
  wageType: string,
  account: string,
): SandboxEntry => {
  const { staff, number, serial } = position;
  // Pay of the month before: earned then, attested on the fifth.
  const start = plan.monday - 28;
  const sourceId = `${prefix}-${employeeNumber(staff)}-${number}`;
  const manager = employeeNumber(managerOf(plan, staff));
  return bySystemId(
    sourceId,
    {
      kildesystemId: identified(`HR ${sourceId}`),
      beskrivelse,
      ...amounts,
      kontostreng: accountString(plan, position, account),
      opptjent: { start: noon(start), slutt: noon(start + 27) },
      periode: { start: noon(start), slutt: noon(start + 27) },
      attestert: moment(start + 20, 540),
      anvist: moment(start + 21, 600),
    },
    {
      arbeidsforhold: to(POSITION, positionId(staff, number), serial),
      lonnsart: to(WAGE_TYPE, wageType, serial),
      anviser: to(EMPLOYEE, manager, serial),
      attestant: to(EMPLOYEE, manager, serial + 1),
    },
  );
};

function* where<T>(items: Iterable<T>, keep: (item: T) => boolean): Generator<T> {
  for (const item of items) if (keep(item)) yield item;
}

const payCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'administrasjon/personal/fastlonn',
    () => positions(plan),
    (position) => pay(plan, 'FL', position, 'Månedslønn', { prosent: parts(plan, position).percent }, '1000', '10100'),
  ),
  collection(
    'administrasjon/personal/fasttillegg',
    () => where(positions(plan), ({ number, serial }) => number === 2 && drawPercent(plan.seed, EXTRA, serial, 40)),
    (position) => pay(plan, 'FT', position, 'Kontaktlærertillegg', { belop: 1_250_000 }, '1200', '10110'),
  ),
  collection(
    'administrasjon/personal/variabellonn',
    () => where(positions(plan), ({ serial }) => drawPercent(plan.seed, HOURS, serial, 25)),
    (position) => {
      const hours = 1 + ((draw(plan.seed, HOURS, position.serial) >>> 8) % 12);
      return pay(plan, 'VL', position, 'Vikartimer', { antall: hours * 100, belop: hours * 38_500 }, '2000', '10300');
    },
  ),
];

const absenceId = (staff: number, part: number): string => `FR-${employeeNumber(staff)}-${part}`;

// One employee in four was away; of those, one in five went on with a second, graded absence.
function* absences(
  plan: Plan,
): Generator<{ readonly staff: number; readonly part: 1 | 2; readonly continued: boolean }> {
  for (let staff = 0; staff < employees(plan); staff += 1) {
    if (!drawPercent(plan.seed, SICK, staff, 25)) continue;
    const continued = drawPercent(plan.seed, LENGTH, staff, 20);
    yield { staff, part: 1, continued };
    if (continued) yield { staff, part: 2, continued };
  }
}

const absenceCollection = (plan: Plan): SandboxCollection =>
  collection(
    'administrasjon/personal/fravar',
    () => absences(plan),
    ({ staff, part, continued }) => {
      const first = plan.asOf - 20 - drawBelow(plan.seed, LENGTH, staff, 60);
      const days = 1 + drawBelow(plan.seed, SICK, staff + 1, 9);
      const start = part === 1 ? first : first + days;
      const type = drawBelow(plan.seed, REASON, staff, 10) < 8 ? 'SYK' : 'PERM';
      return bySystemId(
        absenceId(staff, part),
        {
          kildesystemId: identified(`HR ${absenceId(staff, part)}`),
          periode: { start: noon(start), slutt: noon(start + days - 1) },
          prosent: part === 1 ? 10_000 : 5000,
          godkjent: moment(start + 1, 480),
        },
        {
          arbeidsforhold: to(POSITION, positionId(staff, 1), staff),
          fravarstype: to(ABSENCE_TYPE, type, staff),
          fravarsgrunn: to(ABSENCE_REASON, type === 'SYK' ? 'EGEN' : 'VELF', staff),
          godkjenner: to(EMPLOYEE, employeeNumber(managerOf(plan, staff)), staff),
          ...(continued && part === 1 ? { fortsettelse: to(ABSENCE, absenceId(staff, 2), staff) } : {}),
        },
      );
    },
  );

// Role names are identifiers with blanks and Norwegian letters.
const ROLES = ['Anviser', 'Attestant', 'Bestiller', 'Godkjenner lønn', 'Godkjenner fravær', 'Stedfortreder for leder'];

const authorityCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'administrasjon/fullmakt/rolle',
    () => ROLES,
    (name) => ({
      identifier: name,
      resource: { navn: identified(name), beskrivelse: `Kan opptre som: ${name.toLowerCase()}` },
    }),
  ),
  collection(
    'administrasjon/fullmakt/fullmakt',
    () => range(plan.schools.length * ROLES.length),
    (index) => {
      const school = at(plan.schools, Math.floor(index / ROLES.length));
      const links: Links = {
        rolle: to(ROLE, at(ROLES, index % ROLES.length), index % 4),
        fullmektig: to(EMPLOYEE, employeeNumber(school.firstStaff), index),
        stedfortreder: to(EMPLOYEE, employeeNumber(school.firstStaff + school.teachers + 1), index),
        organisasjonselement: to(UNIT_BY_ID, schoolUnitId(school), index),
        ansvar: to(RESPONSIBILITY, responsibilityCode(school), index),
      };
      return bySystemId(
        `FM-${school.schoolNumber}-${(index % ROLES.length) + 1}`,
        { gyldighetsperiode: { start: noon(plan.yearStart), slutt: noon(plan.yearEnd) } },
        links,
      );
    },
  ),
];

/** Writes an employee as a Person for any component that holds copies of staff. */
export const staffPersonEntry = (plan: Plan, staff: number): SandboxEntry => {
  const human = staffPerson(plan, staff);
  return {
    identifier: human.nationalId,
    resource: personResource(plan, human, {
      number: 2_000_000 + staff,
      household: 2_000_000 + staff,
      mailDomain: 'post.test',
      marking: markingOfStaff(plan, staff),
    }),
  };
};

/** Gives the collections of administration, people and units before what links to them. */
export const staffCollections = (plan: Plan): readonly SandboxCollection[] => [
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
  workplaces(plan),
  collection(
    'administrasjon/personal/arbeidsforhold',
    () => positions(plan),
    (position) => positionEntry(plan, position),
  ),
  ...payCollections(plan),
  absenceCollection(plan),
  ...authorityCollections(plan),
];
