// Schools of the municipality and what they offer: owner, SFO, subjects, classes, groups of all kinds, teaching staff, rooms and lessons.
// Called by municipality.ts. It must not know which pupil is in which group.

import { isoWeek, localMoment } from './calendar.ts';
import { schoolYearCode, termCode } from './code-collections.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { href, target, to, toAll, type Link, type Links } from './links.ts';
import { levelId, openYears } from './municipality-codes.ts';
import { MUNICIPALITY, REALM, staffFacts } from './municipality-people.ts';
import {
  middleMonday,
  yearTag,
  type ClassSlot,
  type MunicipalPlan,
  type MunicipalSchool,
} from './municipality-plan.ts';
import {
  addressOf,
  employeeNumber,
  employmentId,
  headOf,
  ORGANISATIONS,
  positionsOf,
  schoolLinks,
  schoolResourceId,
  schoolUnitId,
  staffUserName,
  teachingId,
  teachingPositions,
} from './municipality-staff.ts';
import type { LevelSubject } from './municipality-subjects.ts';
import { organisationNumber } from './organisation-number.ts';
import { phoneOf } from './person-resource.ts';
import { at } from './random.ts';

export const SCHOOL = target('utdanning/utdanningsprogram/skole');
export const SCHOOL_BY_NUMBER = target('utdanning/utdanningsprogram/skole', 'skolenummer');
export const SCHOOL_YEAR = target('utdanning/kodeverk/skolear');
export const LEVEL = target('utdanning/utdanningsprogram/arstrinn');
export const CLASS = target('utdanning/elev/klasse');
export const CONTACT_GROUP = target('utdanning/elev/kontaktlarergruppe');
export const TEACHING_GROUP = target('utdanning/timeplan/undervisningsgruppe');
export const SCHOOL_GROUP = target('grunnskole/gruppe/skolegruppe');
export const SFO = target('grunnskole/sfo/sfo');
export const SFO_GROUP = target('grunnskole/sfo/sfogruppe');
export const SCHOOL_RESOURCE = target('utdanning/elev/skoleressurs');
const TERM = target('utdanning/kodeverk/termin');
const SUBJECT = target('utdanning/timeplan/fag');
const LESSON = target('utdanning/timeplan/time');
const TEACHING = target('utdanning/elev/undervisningsforhold');
const UNIT = target('administrasjon/organisasjon/organisasjonselement', 'organisasjonsid');
const EMPLOYEE = target('administrasjon/personal/personalressurs', 'ansattnummer');
const EMPLOYMENT = target('administrasjon/personal/arbeidsforhold');
const PERSON = target('utdanning/elev/person', 'fodselsnummer', 'felles.person');
const OWNER_TYPE = target('utdanning/kodeverk/skoleeiertype');
const OFFER = target('grunnskole/kodeverk/skoleslag');
const GROUP_TYPE = target('grunnskole/kodeverk/skolegruppetype');
const LESSON_STATUS = target('grunnskole/kodeverk/timestatus');

export const schoolYear = (year: number): readonly Link[] => to(SCHOOL_YEAR, schoolYearCode(year));
const bothTerms = (year: number): readonly Link[] => toAll(TERM, [termCode(year, 1), termCode(year, 2)]);
export const schoolLink = (school: MunicipalSchool, variant: number): readonly Link[] =>
  variant % 3 === 0 ? to(SCHOOL_BY_NUMBER, school.number, variant) : to(SCHOOL, school.systemId, variant);

const stem = (slot: ClassSlot, year: number): string => `${slot.school.number}-${yearTag(year)}-${slot.name}`;
export const classId = (slot: ClassSlot, year: number): string => `K-${stem(slot, year)}`;
/** A class of more than twelve has two contact teachers, with half of the pupils each. */
export const contactGroups = (slot: ClassSlot): number => (slot.pupils > 12 ? 2 : 1);
export const contactGroupId = (slot: ClassSlot, year: number, half: number): string =>
  `KLG-${stem(slot, year)}-${half + 1}`;
export const teachingGroupId = (slot: ClassSlot, year: number, { code }: LevelSubject): string =>
  `UG-${stem(slot, year)}-${code}`;
const subjectId = (school: MunicipalSchool, { code }: LevelSubject): string => `F-${school.number}-${code}`;
export const sfoId = (school: MunicipalSchool): string => `SFO-${school.number}`;
/** The two groups of an SFO: of the first and second level, and of the third and fourth. */
export const sfoGroupId = (school: MunicipalSchool, year: number, level: number): string =>
  `SFG-${school.number}-${yearTag(year)}-${level <= 2 ? 1 : 2}`;

function* slots(plan: MunicipalPlan): Generator<ClassSlot> {
  for (const school of plan.schools) yield* school.classes;
}

/** The classes of this school year and of the one before. */
function* classes(plan: MunicipalPlan): Generator<{ readonly slot: ClassSlot; readonly year: number }> {
  for (const year of [plan.year, plan.year - 1]) for (const slot of slots(plan)) yield { slot, year };
}

/** The teacher who has a class and its even subjects, and the one who has the odd ones of it and of its neighbour. */
export const homeTeacher = ({ school, local }: ClassSlot): number => school.firstTeacher + local;
const sharedTeacher = ({ school, local }: ClassSlot): number =>
  school.firstTeacher + school.classes.length + (local >> 1);
export const subjectTeacher = (slot: ClassSlot, subject: number): number =>
  subject % 2 === 0 ? homeTeacher(slot) : sharedTeacher(slot);
const contactTeacher = (slot: ClassSlot, half: number): number =>
  half === 0 ? homeTeacher(slot) : sharedTeacher(slot);

const schoolEntry = (plan: MunicipalPlan, school: MunicipalSchool): SandboxEntry =>
  bySystemId(
    school.systemId,
    {
      skolenummer: identified(school.number),
      organisasjonsnummer: identified(organisationNumber(ORGANISATIONS + 1 + school.index)),
      navn: school.name,
      juridiskNavn: school.name,
      organisasjonsnavn: school.name,
      gsiNummer: String(8_990_001 + school.index),
      domenenavn: `skole${school.number}.${REALM}`,
      forretningsadresse: addressOf(plan, 1 + school.index),
      kontaktinformasjon: {
        epostadresse: `post@skole${school.number}.${REALM}`,
        telefonnummer: phoneOf(plan, 1_100_000_001 + school.index),
      },
    },
    {
      organisasjon: to(UNIT, schoolUnitId(school), school.index),
      skoleeierType: to(OWNER_TYPE, 'K', school.index),
      skoleslag: toAll(OFFER, [
        ...(school.levels.includes(1) ? ['BARNESKOLE'] : []),
        ...(school.levels.includes(10) ? ['UNGDOMSSKOLE'] : []),
        ...(school.sfo ? ['SFO'] : []),
      ]),
    },
  );

const ownerEntry = (plan: MunicipalPlan): SandboxEntry =>
  bySystemId(
    'KOMMUNE',
    {
      navn: `${MUNICIPALITY.name} kommune`,
      organisasjonsnavn: `${MUNICIPALITY.name} kommune`,
      organisasjonsnummer: identified(organisationNumber(ORGANISATIONS)),
      domenenavn: REALM,
      forretningsadresse: addressOf(plan, 0),
      kontaktinformasjon: { epostadresse: `post@${REALM}`, telefonnummer: phoneOf(plan, 1_100_000_000) },
    },
    {
      kommune: to(target('felles/kodeverk/kommune'), MUNICIPALITY.number),
      eiertype: to(OWNER_TYPE, 'K'),
      skole: toAll(
        SCHOOL,
        plan.schools.map(({ systemId }) => systemId),
      ),
      apentSkolear: toAll(SCHOOL_YEAR, openYears(plan).map(schoolYearCode)),
    },
  );

function* subjects(
  plan: MunicipalPlan,
): Generator<{ readonly school: MunicipalSchool; readonly subject: LevelSubject }> {
  for (const school of plan.schools) {
    const seen = new Set<string>();
    for (const { subjects: taught } of school.classes)
      for (const subject of taught)
        if (!seen.has(subject.code)) {
          seen.add(subject.code);
          yield { school, subject };
        }
  }
}

/** Who works in the SFO of a school, teachers who do so besides teaching among them. */
const sfoStaff = (plan: MunicipalPlan, school: MunicipalSchool): readonly string[] =>
  [...range(school.posts.length)]
    .map((index) => school.firstStaff + index)
    .filter((staff) => positionsOf(plan, staff).some(({ post }) => post === 'SFOLEDER' || post === 'SFOANSATT'))
    .map(schoolResourceId);

const offerCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'utdanning/utdanningsprogram/skole',
    () => plan.schools,
    (school) => schoolEntry(plan, school),
  ),
  collection(
    'grunnskole/kommune/skoleeier',
    () => [plan],
    (one) => ownerEntry(one),
  ),
  collection(
    'utdanning/timeplan/fag',
    () => subjects(plan),
    ({ school, subject }) =>
      bySystemId(
        subjectId(school, subject),
        { navn: subject.name, beskrivelse: `${subject.code} ${subject.name}` },
        {
          skole: to(SCHOOL, school.systemId, school.index),
          grepreferanse: [{ href: `https://grep.example.test/kl06/v201906/fagkoder/${subject.code}` }],
        },
      ),
  ),
  collection(
    'grunnskole/sfo/sfo',
    () => plan.schools.filter(({ sfo }) => sfo),
    (school) =>
      bySystemId(
        sfoId(school),
        {
          navn: `${school.place} SFO`,
          kontaktinformasjon: {
            epostadresse: `sfo@skole${school.number}.${REALM}`,
            telefonnummer: phoneOf(plan, 1_100_001_000 + school.index),
          },
        },
        { skole: schoolLink(school, school.index) },
      ),
  ),
  collection(
    'grunnskole/sfo/sfogruppe',
    () => plan.schools.filter(({ sfo }) => sfo).flatMap((school) => [1, 3].map((level) => ({ school, level }))),
    ({ school, level }) =>
      bySystemId(
        sfoGroupId(school, plan.year, level),
        { navn: `${school.place} SFO ${level}.-${level + 1}. trinn`, beskrivelse: 'Gruppe i SFO' },
        {
          sfo: to(SFO, sfoId(school), level),
          skolear: schoolYear(plan.year),
          skoleressurs: toAll(SCHOOL_RESOURCE, sfoStaff(plan, school)),
        },
      ),
  ),
];

const LESSONS_A_WEEK = 2;
const WEEKS = 3;

type Lesson = { readonly slot: ClassSlot; readonly subject: number; readonly week: number; readonly lesson: number };

const mondayOfLesson = (plan: MunicipalPlan, week: number): number => middleMonday(plan) + 7 * (week - 1);

const lessonId = (plan: MunicipalPlan, { slot, subject, week, lesson }: Lesson): string =>
  `T-${slot.school.number}-${slot.name}-${at(slot.subjects, subject).code}-${isoWeek(mondayOfLesson(plan, week))}-${lesson + 1}`;

function* lessonsOf(slot: ClassSlot, taught: (subject: number) => boolean = () => true): Generator<Lesson> {
  for (let week = 0; week < WEEKS; week += 1)
    for (let subject = 0; subject < slot.subjects.length; subject += 1)
      for (let lesson = 0; lesson < LESSONS_A_WEEK; lesson += 1)
        if (taught(subject)) yield { slot, subject, week, lesson };
}

const lessonLinks = (plan: MunicipalPlan, lessons: Iterable<Lesson>): readonly Link[] => {
  const links: Link[] = [];
  for (const lesson of lessons) links.push(href(LESSON, lessonId(plan, lesson), links.length));
  return links;
};

/** Every 41st lesson is cancelled and every 53rd is moved to the end of the day. */
const statusOf = ({ slot, subject, week, lesson }: Lesson): 'AVLYST' | 'FLYTTET' | undefined => {
  const number = ((slot.school.index * 31 + slot.local) * 8 + subject) * 6 + week * 2 + lesson;
  return number % 41 === 7 ? 'AVLYST' : number % 53 === 9 ? 'FLYTTET' : undefined;
};

const lessonEntry = (plan: MunicipalPlan, lesson: Lesson): SandboxEntry => {
  const { slot } = lesson;
  const subject = at(slot.subjects, lesson.subject);
  const status = statusOf(lesson);
  // Neighbouring classes begin with different subjects, so that the teacher they share is in one of them at a time.
  const order = (lesson.subject + (slot.local & 1)) % slot.subjects.length;
  const place = order * LESSONS_A_WEEK + lesson.lesson;
  const day = mondayOfLesson(plan, lesson.week) + (place % 5);
  const begin = status === 'FLYTTET' ? 13 * 60 + 15 : 8 * 60 + 30 + Math.floor(place / 5) * 75;
  const variant = slot.local + lesson.subject;
  return bySystemId(
    lessonId(plan, lesson),
    {
      navn: subject.name,
      tidsrom: { start: localMoment(day, begin), slutt: localMoment(day, begin + 60) },
      uke: isoWeek(day),
    },
    {
      undervisningsgruppe: to(TEACHING_GROUP, teachingGroupId(slot, plan.year, subject), variant),
      klasse: to(CLASS, classId(slot, plan.year), variant + 1),
      fag: to(SUBJECT, subjectId(slot.school, subject), variant + 2),
      skole: schoolLink(slot.school, variant),
      ...(status === undefined ? {} : { status: to(LESSON_STATUS, status) }),
    },
  );
};

/** The lessons of a teacher at the school of the main position. */
const lessonsOfTeacher = (plan: MunicipalPlan, school: MunicipalSchool, staff: number): readonly Link[] => {
  const teacher = staff - school.firstTeacher;
  const count = school.classes.length;
  if (teacher < count)
    return lessonLinks(
      plan,
      lessonsOf(at(school.classes, teacher), (subject) => subject % 2 === 0),
    );
  const first = (teacher - count) * 2;
  return lessonLinks(
    plan,
    school.classes.slice(first, first + 2).flatMap((slot) => [...lessonsOf(slot, (subject) => subject % 2 === 1)]),
  );
};

const teachingCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/skoleressurs',
    () => range(plan.schoolStaff),
    (staff) =>
      bySystemId(
        schoolResourceId(staff),
        { feidenavn: identified(`${staffUserName(plan, staff)}@${REALM}`) },
        {
          personalressurs: to(EMPLOYEE, employeeNumber(staff), staff),
          person: to(PERSON, staffFacts(plan, staff).nationalId, staff),
          skole: schoolLinks(plan, staff),
        },
      ),
  ),
  collection(
    'utdanning/elev/undervisningsforhold',
    () => teachingPositions(plan),
    ({ staff, number, school }) => {
      const lessons = number === 1 ? lessonsOfTeacher(plan, school, staff) : [];
      return bySystemId(
        teachingId(staff, number),
        { beskrivelse: number === 1 ? 'Undervisning' : 'Undervisning ved annen skole', hovedskole: number === 1 },
        {
          skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(staff), staff),
          arbeidsforhold: to(EMPLOYMENT, employmentId(staff, number), staff),
          skole: schoolLink(school, staff),
          ...(lessons.length === 0 ? {} : { time: lessons }),
        },
      );
    },
  ),
];

const groupCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/klasse',
    () => classes(plan),
    ({ slot, year }) =>
      bySystemId(
        classId(slot, year),
        {
          navn: slot.name,
          beskrivelse: slot.levels.length > 1 ? `Klasse for ${slot.name}. trinn` : `Klasse ${slot.name}`,
          aktiv: year === plan.year,
        },
        {
          skole: schoolLink(slot.school, slot.local),
          // Of a class with several levels the lowest one; the level of a pupil stands in the enrolment.
          trinn: to(LEVEL, levelId(at(slot.levels, 0)), slot.local),
          skolear: schoolYear(year),
          termin: bothTerms(year),
          undervisningsforhold: to(TEACHING, teachingId(homeTeacher(slot)), slot.local),
        },
      ),
  ),
  collection(
    'utdanning/elev/kontaktlarergruppe',
    function* () {
      for (const slot of slots(plan)) for (const half of range(contactGroups(slot))) yield { slot, half };
    },
    ({ slot, half }) =>
      bySystemId(
        contactGroupId(slot, plan.year, half),
        { navn: `${slot.name} kontaktlærer ${half + 1}`, beskrivelse: `Kontaktlærergruppe i ${slot.name}` },
        {
          klasse: to(CLASS, classId(slot, plan.year), slot.local),
          skole: schoolLink(slot.school, slot.local + 1),
          skolear: schoolYear(plan.year),
          termin: bothTerms(plan.year),
          undervisningsforhold: to(TEACHING, teachingId(contactTeacher(slot, half)), slot.local),
        },
      ),
  ),
  collection(
    'utdanning/timeplan/undervisningsgruppe',
    function* () {
      for (const slot of slots(plan)) for (const subject of range(slot.subjects.length)) yield { slot, subject };
    },
    ({ slot, subject }) => {
      const taught = at(slot.subjects, subject);
      return bySystemId(
        teachingGroupId(slot, plan.year, taught),
        { navn: `${slot.name} ${taught.code}`, beskrivelse: `${taught.name} i ${slot.name}` },
        {
          fag: to(SUBJECT, subjectId(slot.school, taught), subject),
          skole: schoolLink(slot.school, slot.local + subject),
          skolear: schoolYear(plan.year),
          termin: bothTerms(plan.year),
          undervisningsforhold: to(TEACHING, teachingId(subjectTeacher(slot, subject)), subject),
        },
      );
    },
  ),
];

export type GroupKind = 'TRINN' | 'FORESATTE' | 'SPRAK' | 'SAMMENSATT' | 'ELEVRAD' | 'FAU' | 'SU' | 'SMU';

/** The id of a group of a school: of a level (`5`), of a class (`5A`) or the only one of its kind. */
export const schoolGroupId = (plan: MunicipalPlan, school: MunicipalSchool, kind: GroupKind, of = ''): string =>
  `SG-${school.number}-${yearTag(plan.year)}-${kind}${of === '' ? '' : `-${of}`}`;

const ONE_EACH: readonly (readonly [kind: GroupKind, name: string, text: string])[] = [
  ['SPRAK', 'Særskilt norsk', 'Særskilt språkopplæring'],
  ['SAMMENSATT', 'Lesegruppe', 'Gruppe på tvers av klasser'],
  ['ELEVRAD', 'Elevråd', 'Elevrådet ved skolen'],
  ['FAU', 'FAU', 'Foreldrerådets arbeidsutvalg'],
  ['SU', 'Samarbeidsutvalg', 'Samarbeidsutvalget ved skolen'],
  ['SMU', 'Skolemiljøutvalg', 'Skolemiljøutvalget ved skolen'],
];

type SchoolGroup = {
  readonly school: MunicipalSchool;
  readonly kind: GroupKind;
  readonly of: string;
  readonly name: string;
  readonly text: string;
  readonly links: Links;
};

function* schoolGroups(plan: MunicipalPlan): Generator<SchoolGroup> {
  for (const school of plan.schools) {
    for (const level of school.levels)
      yield {
        school,
        kind: 'TRINN',
        of: String(level),
        name: `${level}. trinn`,
        text: `Alle på ${level}. trinn`,
        links: {
          trinn: to(LEVEL, levelId(level)),
          klasse: school.slotsAt(level).flatMap((slot) => to(CLASS, classId(slot, plan.year))),
        },
      };
    for (const slot of school.classes)
      yield {
        school,
        kind: 'FORESATTE',
        of: slot.name,
        name: `Foresatte ${slot.name}`,
        text: `Foresatte til elevene i ${slot.name}`,
        links: {
          trinn: toAll(LEVEL, slot.levels.map(levelId)),
          klasse: to(CLASS, classId(slot, plan.year)),
          skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(homeTeacher(slot))),
        },
      };
    for (const [kind, name, text] of ONE_EACH)
      yield {
        school,
        kind,
        of: '',
        name,
        text,
        links: { skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(headOf(school, plan))) },
      };
  }
}

const timetableCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'utdanning/timeplan/time',
    function* () {
      for (const slot of slots(plan)) yield* lessonsOf(slot);
    },
    (lesson) => lessonEntry(plan, lesson),
  ),
  collection(
    'utdanning/timeplan/rom',
    () => slots(plan),
    (slot) =>
      bySystemId(
        `R-${slot.school.number}-${101 + slot.local}`,
        { navn: `Rom ${101 + slot.local}` },
        { time: lessonLinks(plan, lessonsOf(slot)) },
      ),
  ),
];

/** Gives the collections of schools, who teaches there, and what is taught when. */
export const municipalitySchools = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  ...offerCollections(plan),
  ...teachingCollections(plan),
  ...groupCollections(plan),
  collection(
    'grunnskole/gruppe/skolegruppe',
    () => schoolGroups(plan),
    ({ school, kind, of, name, text, links }) =>
      bySystemId(
        schoolGroupId(plan, school, kind, of),
        { navn: name, beskrivelse: text },
        {
          type: to(GROUP_TYPE, kind),
          skole: schoolLink(school, school.index),
          skolear: schoolYear(plan.year),
          ...links,
        },
      ),
  ),
  ...timetableCollections(plan),
];
