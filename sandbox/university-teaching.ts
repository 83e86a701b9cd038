// Teaching at the university as collections: units of teaching, activities and timetables, and who applied for, has a right to and a place in them.
// Called by university.ts. It must not know names of people.

import { isoWeek, noon } from './calendar.ts';
import { collection, range, type SandboxCollection } from './collection.ts';
import { target, to, toAll, type Links } from './links.ts';
import { at, draw, drawPercent, salt } from './random.ts';
import { trilingual } from './university-catalogue.ts';
import { hasCoursework, signingUp, taught, type Roll } from './university-courses.ts';
import {
  buildingId,
  buildingOfRoom,
  campusId,
  instituteUnit,
  organisationId,
  roomCount,
  roomId,
  toCampus,
  toUnit,
} from './university-organisation.ts';
import {
  isAutumn,
  isTaught,
  standingIn,
  termCode,
  termNumberOf,
  termStart,
  termTag,
  termYear,
  type Course,
  type Student,
  type TermNumber,
  type UniversityPlan,
} from './university-plan.ts';
import { outcomeOf, resultId } from './university-outcomes.ts';
import { profileNumber, studentNumber } from './university-people.ts';
import {
  activityId,
  code,
  courseKey,
  days,
  entity,
  profileId,
  studentId,
  TARGETS,
  teachingUnitId,
  teachingUnitKey,
  text,
  toCourse,
  toTerm,
} from './university-values.ts';

const GROUP_SIZE = 25;
const GROUP = salt('university.group');
const EXTRA = salt('university.extra-application');
const STATUS = salt('university.application-status');

/** One activity of a unit of teaching. */
export type Activity = {
  readonly course: Course;
  readonly term: TermNumber;
  readonly unit: string;
  readonly kode: string;
  readonly kind: 'FOR' | 'GRP' | 'LAB' | 'VEIL';
  /** Of a group, its number from 1. */
  readonly group: number;
  readonly places: number;
  /** A number of its own among the activities of all terms, which decides rooms and hours. */
  readonly number: number;
};

/** How many groups a course has in a term. */
const groupsOf = (roll: Roll, course: Course, term: TermNumber): number =>
  Math.max(1, Math.ceil(roll.of(course, term).length / GROUP_SIZE));

/** The activities of a unit: lectures, which all share, and groups, of which one has a place in one. Theses are supervised and no more. */
export const activitiesOf = (roll: Roll, course: Course, term: TermNumber): readonly Activity[] => {
  const unit = teachingUnitId(course, term, termNumberOf(course, term));
  const number = (course.index * 8 + (term % 2) * 4) % 100_000;
  const own = { course, term, unit };
  if (course.pool === 'thesis' || course.pool === 'phd')
    return [{ ...own, kode: 'VEIL', kind: 'VEIL', group: 0, places: 200, number }];
  return [
    { ...own, kode: 'FOR', kind: 'FOR', group: 0, places: 400, number },
    ...Array.from(range(groupsOf(roll, course, term)), (index): Activity => ({
      ...own,
      kode: `GRP${index + 1}`,
      kind: hasCoursework(course) && course.institute.faculty === 1 ? 'LAB' : 'GRP',
      group: index + 1,
      places: GROUP_SIZE + 10,
      number: number + index + 1,
    })),
  ];
};

/** Walks the activities of this term and the one before. */
export function* activities(plan: UniversityPlan, roll: Roll): Generator<Activity> {
  for (const { course, term } of taught(plan)) yield* activitiesOf(roll, course, term);
}

/** The code of the activity in which a student has a place. */
const placeOf = (plan: UniversityPlan, roll: Roll, student: Student, course: Course, term: TermNumber): string => {
  if (course.pool === 'thesis' || course.pool === 'phd') return 'VEIL';
  const groups = groupsOf(roll, course, term);
  return `GRP${(draw(plan.seed, GROUP, student.number * 8192 + course.index) % groups) + 1}`;
};

/** What marks somebody's part in a unit of teaching: `1500001-INF1005-1-26H-1`. */
export const partTag = (student: Student, course: Course, term: TermNumber): string =>
  `${profileNumber(student)}-${course.code}-${course.version}-${termTag(term)}-${termNumberOf(course, term)}`;
export const courseRightId = (student: Student, course: Course, term: TermNumber): string =>
  `ESR-${partTag(student, course, term)}`;
export const placementId = (student: Student, course: Course, term: TermNumber): string =>
  `PP-${partTag(student, course, term)}`;
export const applicationId = (student: Student, course: Course, term: TermNumber): string =>
  `EMS-${partTag(student, course, term)}`;
const wishId = (student: Student, course: Course, term: TermNumber): string => `UAO-${partTag(student, course, term)}`;

/** Links to a student, by the systemId or by the number on the card. */
export const toStudent = (student: Student, variant = student.number): Links[string] =>
  variant % 5 === 4
    ? to(TARGETS.studentByNumber, studentNumber(student), variant)
    : to(TARGETS.student, studentId(student.number), variant);

/** Links to a student as a person. */
export const toProfile = (student: Student, variant = student.number): Links[string] =>
  variant % 5 === 3
    ? to(TARGETS.profileByNumber, String(profileNumber(student)), variant)
    : to(TARGETS.profile, profileId(profileNumber(student)), variant);

type Application = {
  readonly student: Student;
  readonly course: Course;
  readonly term: TermNumber;
  readonly status: string;
};

const OTHER_STATUS = [
  'AVSLAG',
  'PA_VENTELISTE',
  'IKKE_TILBUD',
  'TAKKET_NEI',
  'TILBUD',
  'SOKNAD_REGISTRERT',
  'IKKE_MOTT',
  'TAKKET_JA',
];

/** The application of a student who did not get into a course this term: in one of sixteen of the others. */
const extraApplication = (plan: UniversityPlan, roll: Roll, student: Student): Application | undefined => {
  if (standingIn(plan, student, plan.now) !== 'active' || !drawPercent(plan.seed, EXTRA, student.number, 6))
    return undefined;
  const { institute } = student.programme;
  const course = plan.courses.find(
    (one) =>
      one.institute === institute && signingUp(one) === 'SOKNAD' && isTaught(one, plan.now) && one.pool !== 'thesis',
  );
  if (course === undefined || roll.of(course, plan.now).includes(student)) return undefined;
  return {
    student,
    course,
    term: plan.now,
    status: at(OTHER_STATUS, draw(plan.seed, STATUS, student.number) % OTHER_STATUS.length),
  };
};

/** Walks all applications for courses: of those who have the right, and of some who have not. */
export function* applications(plan: UniversityPlan, roll: Roll): Generator<Application> {
  for (const { student, course, term } of roll.walk())
    if (signingUp(course) === 'SOKNAD') yield { student, course, term, status: 'TATT_OPP' };
  for (const student of plan.students) {
    const extra = extraApplication(plan, roll, student);
    if (extra !== undefined) yield extra;
  }
}

/** Which students have wished for a group: of courses that one applies for, this term. */
const hasWish = (plan: UniversityPlan, course: Course, term: TermNumber): boolean =>
  signingUp(course) === 'SOKNAD' && term === plan.now && course.pool !== 'thesis' && course.pool !== 'phd';

const HOURS = [8, 10, 12, 14];
const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:15:00`;

const weeksOf = (
  term: TermNumber,
): readonly { readonly arstall: number; readonly ukenummer: number; readonly harUndervisning: boolean }[] =>
  Array.from(range(12), (index) => {
    const week = isoWeek(termStart(term) + (isAutumn(term) ? 21 : 14) + index * 7);
    return { arstall: Number(week.slice(0, 4)), ukenummer: Number(week.slice(6)), harUndervisning: index !== 6 };
  });

const timetableId = (activity: string): string => `TP-${activity.slice(3)}`;
/** The timetable of an activity. */
export const timetableOf = ({ unit, kode }: Activity): string => timetableId(activityId(unit, kode));

const structure = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => {
  const weeks = new Map([plan.now - 1, plan.now].map((term) => [term, weeksOf(term)]));
  const applied = (course: Course, term: TermNumber): readonly string[] =>
    signingUp(course) === 'SOKNAD' ? roll.of(course, term).map((student) => applicationId(student, course, term)) : [];
  return [
    collection(
      'fs/undervisning/undervisningsenhetsprakvalg',
      () => taught(plan),
      ({ course, term }) =>
        entity(
          `US-${course.code}-${termTag(term)}`,
          null,
          { erUndervisningssprak: true },
          { sprak: to(TARGETS.language, course.pool === 'bachelor' ? 'nob' : 'eng') },
        ),
    ),
    collection(
      'fs/undervisning/undervisningsenhet',
      () => taught(plan),
      ({ course, term }) => {
        const number = termNumberOf(course, term);
        const students = roll.of(course, term);
        const waiting = applied(course, term);
        return entity(
          teachingUnitId(course, term, number),
          teachingUnitKey(course, term, number),
          {
            terminnummer: number,
            erLukket: term < plan.now,
            lmsRomkode: `UE-${course.code}-${termTag(term)}`,
            oppmeldingsperiode: days(termStart(term) - 60, termStart(term) + 31),
            skalEksporteresTilLms: true,
            skalEksporteresTilTimeplansystem: course.pool !== 'thesis',
            startForEnkeltemneopptak: noon(termStart(term) - 30),
            studentKanVelgeCampus: false,
          },
          {
            emne: toCourse(course, course.index),
            termin: toTerm(term, course.index),
            sisteTermin: toTerm(course.pool === 'thesis' && number === 1 ? term + 1 : term),
            campuser: toCampus(course.institute.campus),
            sprakvalg: to(target('fs/undervisning/undervisningsenhetsprakvalg'), `US-${course.code}-${termTag(term)}`),
            ...(students.length === 0
              ? {}
              : {
                  studieretter: toAll(
                    TARGETS.courseRight,
                    students.map((student) => courseRightId(student, course, term)),
                  ),
                }),
            ...(waiting.length === 0 ? {} : { soknader: toAll(TARGETS.courseApplication, waiting) }),
            // Two courses that are taught as one.
            ...(course.index % 16 === 2
              ? { undervisningenFolgesAv: toCourse(at(plan.courses, course.index + 1)) }
              : {}),
            ...(course.index % 16 === 3 ? { undervisningenFolger: toCourse(at(plan.courses, course.index - 1)) } : {}),
            ...(term === plan.now && students.length > 0 && course.index % 20 === 0
              ? { oppmote: to(target('fs/undervisning/oppmote'), `OM-${course.code}-${termTag(term)}`) }
              : {}),
          },
        );
      },
    ),
    collection(
      'fs/undervisning/campusundervisningsenhet',
      () => taught(plan),
      ({ course, term }) =>
        entity(
          `CU-${course.code}-${termTag(term)}`,
          null,
          { skalEksporteresTilUtdanningsregisteret: course.index % 2 === 0 },
          {
            campus: to(TARGETS.campus, campusId(course.institute.campus)),
            undervisningsenhet: to(TARGETS.teachingUnit, teachingUnitId(course, term, termNumberOf(course, term))),
          },
        ),
    ),
    collection(
      'fs/undervisning/opptaksgruppe',
      () => [...taught(plan)].filter(({ course, term }) => signingUp(course) === 'SOKNAD' && term === plan.now),
      ({ course, term }) =>
        entity(
          `OG-${course.code}-${termTag(term)}`,
          null,
          {
            antallTilbud: 40,
            kreverStudierett: true,
            opptaksgruppe: code(
              '1',
              trilingual('Studenter med studierett;Studentar med studierett;Students with a study right'),
            ),
            poenggrenseForOpptak: '42.5',
            sorteringsretningForPoengskala: 'SYNKENDE',
          },
          { undervisningsenhet: to(TARGETS.teachingUnit, teachingUnitId(course, term, termNumberOf(course, term))) },
        ),
    ),
    collection(
      'fs/undervisning/undervisningsaktivitet',
      () => activities(plan, roll),
      ({ course, term, unit, kode, kind, group, places, number }) =>
        entity(
          activityId(unit, kode),
          [...teachingUnitKey(course, term, termNumberOf(course, term)), kode],
          {
            kode,
            antallPlasser: places,
            disiplin: code(course.institute.discipline.code, course.institute.discipline.name, false),
            erFellesaktivitet: group === 0,
            erLukket: term < plan.now,
            kanAvlysesVedForFaaSokere: group > 1,
            kanPubliseres: true,
            lmsRomkode: `${course.code}-${termTag(term)}-${kode}`,
            navnAlleSprak: text(
              kind === 'FOR'
                ? trilingual('Forelesning;Førelesing;Lecture')
                : kind === 'VEIL'
                  ? trilingual('Veiledning;Rettleiing;Supervision')
                  : { nb: `Gruppe ${group}`, nn: `Gruppe ${group}`, en: `Group ${group}` },
            ),
            ...(group === 0 ? {} : { partinummer: String(group) }),
            sekvensnummer: group + 1,
            skalEksporteresTilLms: true,
            skalEksporteresTilTimeplansystem: kind !== 'VEIL',
            timerPerUke: 2,
            underliggendeAktiviteterErEkvivalente: group === 0,
            ...(number % 13 === 0
              ? { undervisningskommentarAlleSprak: text(trilingual('Ta med datamaskin;;Bring a computer')) }
              : {}),
          },
          {
            campus: toCampus(course.institute.campus, number),
            ...(group === 0 ? {} : { parent: to(TARGETS.activity, activityId(unit, 'FOR'), number) }),
            undervisesVedOrganisasjon: to(TARGETS.organisation, organisationId()),
            undervisesVedOrganisasjonsenhet: toUnit(instituteUnit(course.institute), number),
            undervisningsenhet: to(TARGETS.teachingUnit, unit, number),
            undervisningsform: to(target('fs/undervisning/undervisningsform'), kind),
          },
        ),
    ),
    collection(
      'fs/undervisning/timeplan',
      () => activities(plan, roll),
      (activity) => {
        const { unit, kode, kind, group, term, number, course } = activity;
        const room = number % roomCount(plan);
        const hour = at(HOURS, number % HOURS.length);
        return entity(
          timetableOf(activity),
          null,
          {
            timeplannummer: group + 1,
            navnAlleSprak: text({
              nb: `${course.code} ${kode}`,
              nn: `${course.code} ${kode}`,
              en: `${course.code} ${kode}`,
            }),
            harObligatoriskOppmote: kind === 'LAB',
            klokkeslett: { fra: clock(hour), til: `${String(hour + 2).padStart(2, '0')}:00:00` },
            undervisningsuker: weeks.get(term) ?? [],
          },
          {
            rom: to(TARGETS.room, roomId(plan, room), number),
            onsketBygning: to(TARGETS.building, buildingId(buildingOfRoom(plan, room))),
            ukedag: to(target('fs/undervisning/ukedag'), String((number % 5) + 1)),
            undervisningsform: to(target('fs/undervisning/undervisningsform'), kind),
            undervisningsaktivitet: to(TARGETS.activity, activityId(unit, kode), number),
            fag: to(TARGETS.subject, `FAG-${course.institute.discipline.code}`),
            ...(group > 1
              ? {
                  folgerUndervisningenTil: to(
                    target('fs/undervisning/timeplan'),
                    timetableId(activityId(unit, 'GRP1')),
                  ),
                }
              : {}),
          },
        );
      },
    ),
  ];
};

/** The parts of the key of somebody's part in a unit of teaching. */
const keyOf = (student: Student, course: Course, term: TermNumber): readonly (string | number)[] => [
  profileNumber(student),
  ...courseKey(course),
  termYear(term),
  termCode(term),
  termNumberOf(course, term),
];

const taking = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => {
  const placed = (student: Student, course: Course, term: TermNumber): string =>
    activityId(teachingUnitId(course, term, termNumberOf(course, term)), placeOf(plan, roll, student, course, term));
  return [
    collection(
      'fs/undervisning/undervisningsaktivitetsonske',
      () => [...roll.walk()].filter(({ course, term }) => hasWish(plan, course, term)),
      ({ student, course, term }) =>
        entity(
          wishId(student, course, term),
          [...keyOf(student, course, term), placeOf(plan, roll, student, course, term)],
          { harFattPlass: true, harSpesialtilbud: false, prioritetsnummer: 1 },
          { student: toStudent(student), undervisningsaktivitet: to(TARGETS.activity, placed(student, course, term)) },
        ),
    ),
    collection(
      'fs/undervisning/partiplassering',
      () => roll.walk(),
      ({ student, course, term }) =>
        entity(
          placementId(student, course, term),
          [...keyOf(student, course, term), placeOf(plan, roll, student, course, term)],
          {},
          {
            personProfil: toProfile(student),
            student: toStudent(student),
            undervisningsaktivitet: to(TARGETS.activity, placed(student, course, term), student.number),
          },
        ),
    ),
    collection(
      'fs/undervisning/emnestudierett',
      () => roll.walk(),
      ({ student, course, term }) =>
        entity(
          courseRightId(student, course, term),
          keyOf(student, course, term),
          { opptakKanPubliseres: true, terminnummer: termNumberOf(course, term) },
          {
            emne: toCourse(course, student.number),
            student: toStudent(student),
            termin: toTerm(term, student.number),
            campus: toCampus(course.institute.campus, student.number),
            undervisningspartiPlasseringer: to(TARGETS.placement, placementId(student, course, term)),
            ...(course.pool === 'thesis' || course.pool === 'phd'
              ? {}
              : { fellesundervisning: to(TARGETS.activity, activityId(teachingUnitId(course, term, 1), 'FOR')) }),
            ...(hasWish(plan, course, term)
              ? {
                  undervisningsaktivitetsonsker: to(
                    target('fs/undervisning/undervisningsaktivitetsonske'),
                    wishId(student, course, term),
                  ),
                }
              : {}),
            ...(term < plan.now && outcomeOf(plan, student, course, { term, again: false }).status !== 'T'
              ? { resultater: to(TARGETS.result, resultId(student, course, 'E', { term, again: false })) }
              : {}),
          },
        ),
    ),
    collection(
      'fs/undervisning/emnesoknad',
      () => applications(plan, roll),
      ({ student, course, term, status }) =>
        entity(
          applicationId(student, course, term),
          keyOf(student, course, term),
          {
            soknadsstatus: status,
            terminnummer: termNumberOf(course, term),
            mott: status === 'TATT_OPP',
            opptakKanPubliseres: status !== 'AVSLAG',
            ...(status === 'TATT_OPP' || status === 'TAKKET_JA'
              ? {
                  svarPaTilbud: code('JA', trilingual('Ja;;Yes')),
                  tilbudstatus: code('TILBUD', trilingual('Tilbud;Tilbod;Offer')),
                }
              : status === 'TAKKET_NEI'
                ? { svarPaTilbud: code('NEI', trilingual('Nei;;No')) }
                : {}),
          },
          {
            emne: toCourse(course, student.number),
            personProfil: toProfile(student),
            student: toStudent(student),
            termin: toTerm(term),
            ...(status === 'TATT_OPP'
              ? { emneStudierett: to(TARGETS.courseRight, courseRightId(student, course, term)) }
              : {}),
            ...(status === 'TATT_OPP' && hasWish(plan, course, term)
              ? {
                  aktivitetsonsker: to(
                    target('fs/undervisning/undervisningsaktivitetsonske'),
                    wishId(student, course, term),
                  ),
                }
              : {}),
          },
        ),
    ),
    collection(
      'fs/undervisning/oppmote',
      () => plan.courses.filter((course) => course.index % 20 === 0 && roll.of(course, plan.now).length > 0),
      (course) => {
        const student = at(roll.of(course, plan.now), 0);
        const activity = placed(student, course, plan.now);
        return entity(
          `OM-${course.code}-${termTag(plan.now)}`,
          null,
          {
            harMott: true,
            merknad: 'Møtt',
            tidspunkt: noon(termStart(plan.now) + 20),
            undervisningsuke: at(weeksOf(plan.now), 0),
          },
          {
            personProfil: toProfile(student),
            student: toStudent(student),
            timeplan: to(target('fs/undervisning/timeplan'), timetableId(activity)),
            undervisningsaktivitet: to(TARGETS.activity, activity),
          },
        );
      },
    ),
  ];
};

/** Gives the collections of teaching. */
export const universityTeaching = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => [
  ...structure(plan, roll),
  ...taking(plan, roll),
];
