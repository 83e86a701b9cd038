// Schools and what they offer: programmes, subjects, classes, groups, teaching staff, rooms, lessons, exams.
// Called by county.ts. It must not know which pupil is in which group.

import { civilDate, moment } from './calendar.ts';
import { schoolYearCode, termCode } from './code-collections.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import {
  employeeNumber,
  groupNumber,
  teachingPositionId,
  teachingPositions,
  type ClassPlan,
  type Plan,
  type SchoolPlan,
} from './county-plan.ts';
import { href, target, to, toAll, type Link } from './links.ts';
import { organisationNumber } from './organisation-number.ts';
import { addressOf, REALM, staffPerson } from './people.ts';
import { phoneOf } from './person-resource.ts';
import { PROGRAMMES, SUBJECTS_PER_PUPIL, type Programme, type Subject } from './programmes.ts';
import { at } from './random.ts';
import { positionId, schoolUnitId, staffUserName } from './staff-collections.ts';

export const SCHOOL = target('utdanning/utdanningsprogram/skole');
export const SCHOOL_BY_NUMBER = target('utdanning/utdanningsprogram/skole', 'skolenummer');
export const SCHOOL_YEAR = target('utdanning/kodeverk/skolear');
export const TERM = target('utdanning/kodeverk/termin');
export const SUBJECT = target('utdanning/timeplan/fag');
export const CLASS = target('utdanning/elev/klasse');
export const CONTACT_GROUP = target('utdanning/elev/kontaktlarergruppe');
export const TEACHING_GROUP = target('utdanning/timeplan/undervisningsgruppe');
export const SUBJECT_GROUP = target('utdanning/timeplan/faggruppe');
export const PROGRAMME_AREA = target('utdanning/utdanningsprogram/programomrade');
export const PERSON_GROUP = target('utdanning/elev/persongruppe');
export const EXAM_GROUP = target('utdanning/vurdering/eksamensgruppe');
export const SCHOOL_RESOURCE = target('utdanning/elev/skoleressurs');
const TEACHING_POSITION = target('utdanning/elev/undervisningsforhold');
const OWNER_TYPE = target('utdanning/kodeverk/skoleeiertype');
const UNIT = target('administrasjon/organisasjon/organisasjonselement', 'organisasjonsid');
const PROGRAMME = target('utdanning/utdanningsprogram/utdanningsprogram');
const YEAR = target('utdanning/utdanningsprogram/arstrinn');
const EMPLOYEE = target('administrasjon/personal/personalressurs', 'ansattnummer');
const POSITION = target('administrasjon/personal/arbeidsforhold');
const PERSON = target('utdanning/elev/person', 'fodselsnummer', 'felles.person');
const LESSON = target('utdanning/timeplan/time');
const ROOM = target('utdanning/timeplan/rom');
const EXAM = target('utdanning/timeplan/eksamen');
const EXAM_FORM = target('utdanning/kodeverk/eksamensform');

/** Links of classes that point outside the model; hubs keep them as they are. */
const grep = (path: string): readonly Link[] => [{ href: `https://grep.example.test/kl06/v201906/${path}` }];
const vigo = (path: string): readonly Link[] => [{ href: `https://kodeverk.vigo.test/${path}` }];

const programmeId = (programme: Programme): string => `UP-${programme.code.slice(0, 2)}`;
const yearId = (year: number): string => `VG${year + 1}`;

/** The systemId of a member of school staff as a teaching resource. */
export const schoolResourceId = (staff: number): string => `SR${employeeNumber(staff)}`;

const thisYear = (plan: Plan): readonly Link[] => to(SCHOOL_YEAR, schoolYearCode(plan.schoolYear));
const bothTerms = (plan: Plan): readonly Link[] =>
  toAll(TERM, [termCode(plan.schoolYear, 1), termCode(plan.schoolYear, 2)]);
const schoolLink = (school: SchoolPlan, variant: number): readonly Link[] =>
  variant % 3 === 0 ? to(SCHOOL_BY_NUMBER, school.schoolNumber, variant) : to(SCHOOL, school.systemId, variant);

const schoolEntry = (plan: Plan, school: SchoolPlan): SandboxEntry => {
  const navn = `${school.place} videregående skole`;
  return bySystemId(
    school.systemId,
    {
      skolenummer: identified(school.schoolNumber),
      organisasjonsnummer: identified(organisationNumber(1000 + school.index)),
      navn,
      juridiskNavn: navn,
      organisasjonsnavn: navn,
      domenenavn: `skole${school.schoolNumber}.${REALM}`,
      forretningsadresse: addressOf(plan, 800_000 + school.index),
      kontaktinformasjon: {
        epostadresse: `post@skole${school.schoolNumber}.${REALM}`,
        telefonnummer: phoneOf(plan, 800_000 + school.index),
        nettsted: `https://skole${school.schoolNumber}.${REALM}`,
      },
    },
    {
      organisasjon: to(UNIT, schoolUnitId(school), school.index),
      skoleeierType: to(OWNER_TYPE, 'F', school.index),
      vigoreferanse: vigo(`skole/${school.schoolNumber}`),
    },
  );
};

/** A subject that is offered and that nobody takes. */
const idleSubject = (number: number): Subject => ({ code: `VAL${1001 + number}`, name: `Valgfag ${number + 1}` });

/** How many of a school's idle programme areas are of its programme number `number`. */
const idleAreasOf = (plan: Plan, school: SchoolPlan, number: number): number => {
  const each = Math.floor(plan.density.idleAreas / school.programmes.length);
  return each + (number < plan.density.idleAreas % school.programmes.length ? 1 : 0);
};

const offerCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/utdanningsprogram/skole',
    () => plan.schools,
    (school) => schoolEntry(plan, school),
  ),
  collection(
    'utdanning/utdanningsprogram/utdanningsprogram',
    () => PROGRAMMES,
    (programme) => {
      const offeredAt = plan.schools.filter((school) => school.programmes.includes(programme));
      return bySystemId(
        programmeId(programme),
        { navn: programme.name, beskrivelse: `Utdanningsprogram for ${programme.name.toLowerCase()}` },
        {
          ...(offeredAt.length === 0
            ? {}
            : {
                skole: toAll(
                  SCHOOL,
                  offeredAt.map((school) => school.systemId),
                ),
              }),
          grepreferanse: grep(`utdanningsprogram/${programme.code}`),
          vigoreferanse: vigo(`utdanningsprogram/${programme.code}`),
        },
      );
    },
  ),
  collection(
    'utdanning/utdanningsprogram/arstrinn',
    () => range(3),
    (year) =>
      bySystemId(
        yearId(year),
        { navn: `Vg${year + 1}`, beskrivelse: `Videregående trinn ${year + 1}` },
        { grepreferanse: grep(`aarstrinn/vg${year + 1}`) },
      ),
  ),
  collection(
    'utdanning/timeplan/fag',
    function* () {
      for (const school of plan.schools) {
        for (const subject of school.subjects) yield { school, subject };
        for (const number of range(plan.density.idleSubjects)) yield { school, subject: idleSubject(number) };
      }
    },
    ({ school, subject }) =>
      bySystemId(
        `F-${school.schoolNumber}-${subject.code}`,
        { navn: subject.name, beskrivelse: `${subject.code} ${subject.name}` },
        {
          skole: to(SCHOOL, school.systemId, school.index),
          grepreferanse: grep(`fagkoder/${subject.code}`),
          vigoreferanse: vigo(`fag/${subject.code}`),
        },
      ),
  ),
  collection(
    'utdanning/utdanningsprogram/programomrade',
    function* () {
      for (const school of plan.schools)
        for (const [number, programme] of school.programmes.entries())
          for (let each = 0; each < 3 + idleAreasOf(plan, school, number); each += 1)
            yield { school, programme, year: each % 3, idle: Math.floor(each / 3) };
    },
    ({ school, programme, year, idle }) => {
      const code = `${programme.code}${year + 1}${idle === 0 ? '' : `-${idle}`}`;
      return bySystemId(
        `PO-${school.schoolNumber}-${code}`,
        { navn: `${programme.name}, Vg${year + 1}`, beskrivelse: `Programområde ${code} ved ${school.place}` },
        {
          utdanningsprogram: to(PROGRAMME, programmeId(programme), year),
          trinn: to(YEAR, yearId(year), year),
          fag: at(programme.years, year).map((subject, index) =>
            href(SUBJECT, `F-${school.schoolNumber}-${subject.code}`, index),
          ),
          grepreferanse: grep(`programomraader/${code}`),
        },
      );
    },
  ),
];

function* schoolStaff(plan: Plan): Generator<{ readonly staff: number; readonly school: SchoolPlan }> {
  for (const school of plan.schools) {
    const count = 1 + school.teachers + school.others;
    for (let n = 0; n < count; n += 1) yield { staff: school.firstStaff + n, school };
  }
}

const staffEntry = (plan: Plan, staff: number, school: SchoolPlan): SandboxEntry => {
  // Every fortieth member of staff works at the next school as well.
  const second = staff % 40 === 39 ? at(plan.schools, (school.index + 1) % plan.schools.length) : undefined;
  return bySystemId(
    schoolResourceId(staff),
    { feidenavn: identified(`${staffUserName(plan, staff)}@${REALM}`) },
    {
      personalressurs: to(EMPLOYEE, employeeNumber(staff), staff),
      person: to(PERSON, staffPerson(plan, staff).nationalId, staff),
      skole:
        second === undefined
          ? schoolLink(school, staff)
          : [href(SCHOOL, school.systemId, staff), href(SCHOOL_BY_NUMBER, second.schoolNumber, staff)],
    },
  );
};

// The lessons shown: two a week and group for three weeks, the week of `asOf` in the middle.
const LESSONS = 6;
const lessonId = (groupId: string, lesson: number): string => `T-${groupId.slice(3)}-${lesson + 1}`;

const groupAt = (school: SchoolPlan, group: number): { readonly planned: ClassPlan; readonly subject: number } => ({
  planned: at(school.classes, Math.floor(group / SUBJECTS_PER_PUPIL)),
  subject: group % SUBJECTS_PER_PUPIL,
});

const lessonsOfEvery = (school: SchoolPlan, first: number, step: number): readonly Link[] => {
  const links: Link[] = [];
  for (let group = first; group < school.classes.length * SUBJECTS_PER_PUPIL; group += step) {
    const { planned, subject } = groupAt(school, group);
    for (let lesson = 0; lesson < LESSONS; lesson += 1)
      links.push(href(LESSON, lessonId(at(planned.teachingGroupIds, subject), lesson), group));
  }
  return links;
};

const teachingCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/skoleressurs',
    () => schoolStaff(plan),
    ({ staff, school }) => staffEntry(plan, staff, school),
  ),
  collection(
    'utdanning/elev/undervisningsforhold',
    function* () {
      for (const school of plan.schools)
        for (const position of range(teachingPositions(school))) yield { school, position };
    },
    ({ school, position }) => {
      const staff = school.firstStaff + 1 + (position % school.teachers);
      const number = position < school.teachers ? 1 : 2;
      const lessons = lessonsOfEvery(school, position, teachingPositions(school));
      return bySystemId(
        teachingPositionId(school, position),
        { beskrivelse: number === 1 ? 'Undervisning' : 'Undervisning, tilleggsstilling', hovedskole: number === 1 },
        {
          skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(staff), position),
          arbeidsforhold: to(POSITION, positionId(staff, number), position),
          skole: schoolLink(school, position),
          ...(lessons.length === 0 ? {} : { time: lessons }),
        },
      );
    },
  ),
];

const teacherOf = (planned: ClassPlan, subject: number): string =>
  teachingPositionId(planned.school, groupNumber(planned, subject));

/** The teaching position of the contact teacher of a class; contact teachers come after the positions that the groups have taken. */
export const contactTeacherOf = (planned: ClassPlan): string =>
  teachingPositionId(planned.school, planned.school.classes.length * SUBJECTS_PER_PUPIL + planned.local);

type Group = { readonly planned: ClassPlan; readonly subject: number; readonly idle: number };

/** The groups of every class: one in each subject, then `idle` ones that nobody is in. */
function* groups(plan: Plan, idle = 0): Generator<Group> {
  for (const planned of plan.classes)
    for (let each = 0; each < SUBJECTS_PER_PUPIL + idle; each += 1)
      yield { planned, subject: each % SUBJECTS_PER_PUPIL, idle: each < SUBJECTS_PER_PUPIL ? 0 : each };
}

const groupId = (ids: readonly string[], { subject, idle }: Group): string =>
  idle === 0 ? at(ids, subject) : `${at(ids, subject)}-${idle}`;

const groupCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/klasse',
    () => plan.classes,
    (planned) =>
      bySystemId(
        planned.id,
        { navn: planned.name, beskrivelse: `${planned.programme.name}, klasse ${planned.name}` },
        {
          skole: schoolLink(planned.school, planned.number),
          trinn: to(YEAR, yearId(planned.year), planned.number),
          skolear: thisYear(plan),
          termin: bothTerms(plan),
          undervisningsforhold: to(TEACHING_POSITION, contactTeacherOf(planned), planned.number),
        },
      ),
  ),
  collection(
    'utdanning/elev/kontaktlarergruppe',
    () => plan.classes,
    (planned) =>
      bySystemId(
        planned.contactGroupId,
        { navn: `${planned.name} kontaktlærer`, beskrivelse: `Kontaktlærergruppe for ${planned.name}` },
        {
          klasse: to(CLASS, planned.id, planned.number),
          skole: schoolLink(planned.school, planned.number),
          skolear: thisYear(plan),
          termin: bothTerms(plan),
          undervisningsforhold: to(TEACHING_POSITION, contactTeacherOf(planned), planned.number),
        },
      ),
  ),
  collection(
    'utdanning/timeplan/undervisningsgruppe',
    () => groups(plan, plan.density.idleTeachingGroups),
    ({ planned, subject, idle }) =>
      bySystemId(
        groupId(planned.teachingGroupIds, { planned, subject, idle }),
        {
          navn: `${planned.name}/${at(planned.subjects, subject).code}`,
          beskrivelse: at(planned.subjects, subject).name,
        },
        {
          fag: to(SUBJECT, at(planned.subjectIds, subject), subject),
          skole: schoolLink(planned.school, planned.number + subject),
          skolear: thisYear(plan),
          termin: bothTerms(plan),
          undervisningsforhold: to(TEACHING_POSITION, teacherOf(planned, subject), subject),
        },
      ),
  ),
  collection(
    'utdanning/timeplan/faggruppe',
    () => groups(plan, plan.density.idleSubjectGroups),
    ({ planned, subject, idle }) =>
      bySystemId(
        groupId(planned.subjectGroupIds, { planned, subject, idle }),
        {
          navn: `${at(planned.subjects, subject).code} ${planned.name}`,
          beskrivelse: `Faggruppe i ${at(planned.subjects, subject).name}`,
        },
        {
          fag: to(SUBJECT, at(planned.subjectIds, subject), subject + 4),
          skole: schoolLink(planned.school, planned.number + subject),
          skolear: thisYear(plan),
        },
      ),
  ),
  collection(
    'utdanning/elev/persongruppe',
    () => plan.schools,
    (school) =>
      bySystemId(
        personGroupId(school),
        { navn: `Elevråd ${school.place}`, beskrivelse: 'Elevrådet ved skolen' },
        {
          skole: to(SCHOOL, school.systemId, school.index),
          skolear: thisYear(plan),
          skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(school.firstStaff), school.index),
        },
      ),
  ),
];

/** The pupils' council of a school. */
export const personGroupId = (school: SchoolPlan): string => `PG-${school.schoolNumber}-ELEVRAD`;

const roomId = (school: SchoolPlan, room: number): string => `R-${school.schoolNumber}-${101 + room}`;

const timetableCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/timeplan/time',
    function* () {
      for (const group of groups(plan)) for (let lesson = 0; lesson < LESSONS; lesson += 1) yield { ...group, lesson };
    },
    ({ planned, subject, lesson }) => {
      const number = groupNumber(planned, subject);
      const day = plan.monday - 7 + 7 * (lesson >> 1) + ((number + (lesson & 1) * 2) % 5);
      const start = 7 * 60 + ((number * 3 + lesson) % 6) * 60;
      return bySystemId(
        lessonId(at(planned.teachingGroupIds, subject), lesson),
        {
          navn: at(planned.subjects, subject).name,
          tidsrom: { start: moment(day, start), slutt: moment(day, start + 45) },
        },
        { undervisningsgruppe: to(TEACHING_GROUP, at(planned.teachingGroupIds, subject), number) },
      );
    },
  ),
  collection(
    'utdanning/timeplan/rom',
    function* () {
      for (const school of plan.schools) for (const room of range(school.rooms)) yield { school, room };
    },
    ({ school, room }) => {
      const lessons = lessonsOfEvery(school, room, school.rooms);
      return bySystemId(
        roomId(school, room),
        { navn: `${room < 20 ? 'A' : 'B'}${101 + room}` },
        lessons.length === 0 ? undefined : { time: lessons },
      );
    },
  ),
];

/** Exams are held in two of the seven subjects, the first before `asOf`, the second after it, in years two and three. */
export const EXAM_SUBJECTS = [0, 5] as const;
const PARTIES = 'ABCD';
const examDay = (plan: Plan, exam: number): number => (exam === 0 ? plan.asOf - 30 : plan.asOf + 200);
const examId = (planned: ClassPlan, exam: number): string => `EK-${planned.id.slice(2)}-${exam + 1}`;

/** The exam group of one party of an exam of a class. */
export const examGroupId = (planned: ClassPlan, exam: number, party: number): string =>
  `EG-${planned.id.slice(2)}-${exam + 1}${PARTIES[party] ?? ''}`;

const termOf = (day: number): string => {
  const { year, month } = civilDate(day);
  return month >= 8 ? termCode(year, 1) : termCode(year - 1, 2);
};
const schoolYearOf = (day: number): string => {
  const { year, month } = civilDate(day);
  return schoolYearCode(month >= 8 ? year : year - 1);
};

function* exams(plan: Plan): Generator<{ readonly planned: ClassPlan; readonly exam: number }> {
  for (const planned of plan.classes)
    if (planned.year > 0) for (const exam of EXAM_SUBJECTS.keys()) yield { planned, exam };
}

function* examGroups(
  plan: Plan,
): Generator<{ readonly planned: ClassPlan; readonly exam: number; readonly party: number }> {
  for (const { planned, exam } of exams(plan))
    for (let party = 0; party < plan.density.examParties; party += 1) yield { planned, exam, party };
}

const examCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/timeplan/eksamen',
    () => exams(plan),
    ({ planned, exam }) => {
      const day = examDay(plan, exam);
      const subject = at(planned.subjects, at(EXAM_SUBJECTS, exam));
      return bySystemId(
        examId(planned, exam),
        {
          navn: `Eksamen i ${subject.name}`,
          beskrivelse: subject.code,
          oppmotetidspunkt: moment(day, 450),
          tidsrom: { start: moment(day, 480), slutt: moment(day, 780) },
        },
        { rom: to(ROOM, roomId(planned.school, planned.local), planned.number) },
      );
    },
  ),
  collection(
    'utdanning/vurdering/eksamensgruppe',
    () => examGroups(plan),
    ({ planned, exam, party }) => {
      const day = examDay(plan, exam);
      const subject = at(EXAM_SUBJECTS, exam);
      return bySystemId(
        examGroupId(planned, exam, party),
        {
          navn: `${planned.name} ${at(planned.subjects, subject).code} ${PARTIES[party] ?? ''}`,
          beskrivelse: `Eksamensparti i ${at(planned.subjects, subject).name}`,
          eksamensdato: moment(day, 480),
        },
        {
          fag: to(SUBJECT, at(planned.subjectIds, subject), party),
          skole: schoolLink(planned.school, planned.number),
          termin: to(TERM, termOf(day), party),
          skolear: to(SCHOOL_YEAR, schoolYearOf(day), party),
          eksamensform: to(EXAM_FORM, exam === 0 ? 'S' : 'M', party),
          eksamen: to(EXAM, examId(planned, exam), party),
          undervisningsforhold: to(TEACHING_POSITION, teacherOf(planned, subject), party),
        },
      );
    },
  ),
  collection(
    'utdanning/vurdering/sensor',
    () => examGroups(plan),
    ({ planned, exam, party }) => {
      const { school } = planned;
      const number = groupNumber(planned, exam) * plan.density.examParties + party;
      const staff = school.firstStaff + 1 + (number % school.teachers);
      return bySystemId(
        `SE-${examGroupId(planned, exam, party).slice(3)}`,
        { aktiv: exam === 1, sensornummer: 10_000 + number },
        {
          skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(staff), party),
          eksamensgruppe: to(EXAM_GROUP, examGroupId(planned, exam, party), party + 2),
        },
      );
    },
  ),
];

/** Gives the collections of schools, what they teach and who teaches. */
export const schoolCollections = (plan: Plan): readonly SandboxCollection[] => [
  ...offerCollections(plan),
  ...teachingCollections(plan),
  ...groupCollections(plan),
  ...timetableCollections(plan),
  ...examCollections(plan),
];

/** Walks school staff for components that hold copies of them as persons. */
export const schoolStaffNumbers = (plan: Plan): Iterable<number> => range(plan.schoolStaff);

/** Gives the teacher of a subject to a class, as a member of staff. */
export const teacherStaffOf = (planned: ClassPlan, subject: number): number =>
  planned.school.firstStaff + 1 + (groupNumber(planned, subject) % planned.school.teachers);
