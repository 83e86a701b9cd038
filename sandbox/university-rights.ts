// Study rights at the university as collections: rights, classes, registration for terms, leaves of absence, plans of education, exchange and invoices.
// Called by university.ts. It must not know names of people.

import { noon } from './calendar.ts';
import { collection, type SandboxCollection } from './collection.ts';
import { target, to, toAll, type Link } from './links.ts';
import { at } from './random.ts';
import { KINDS, trilingual } from './university-catalogue.ts';
import { dayOfTerm, signingUp, type Roll } from './university-courses.ts';
import { instituteUnit, organisationId, PARTNERS, toCampus, toUnit } from './university-organisation.ts';
import { outcomeOf, resultId } from './university-outcomes.ts';
import {
  abroadOf,
  coursesIn,
  endOf,
  leaveOf,
  standingIn,
  termCode,
  termEnd,
  termStart,
  termTag,
  termYear,
  type Course,
  type Programme,
  type Student,
  type TermNumber,
  type UniversityPlan,
} from './university-plan.ts';
import { directionOf, hasPlans, subjectId } from './university-programmes.ts';
import { profileNumber } from './university-people.ts';
import { applicationId, courseRightId, placementId, toProfile, toStudent } from './university-teaching.ts';
import {
  classCode,
  classId,
  code,
  cohortId,
  cohortKey,
  courseId,
  credits,
  days,
  decimal,
  entity,
  rightId,
  TARGETS,
  terms,
  text,
  toCourse,
  toProgramme,
  toTerm,
} from './university-values.ts';

const PLAN = target('fs/studierett/utdanningsplan');
const STANDING = target('fs/studierett/studentstatus');
const RIGHT_STATUS = target('fs/studierett/studierettstatus');
const COURSE_IN_PLAN = target('fs/studierett/emneiutdanningsplan');
const AGREEMENT = target('fs/studierett/utvekslingsavtale');
const CHOICE_STATUS = target('hoyereutdanning/register/emnevalgstatus');
const PLAN_ELEMENT = target('hoyereutdanning/register/utdanningsplanelement');
const CATEGORY = target('fs/studietilbud/emnekategori');

/** One right to study on a programme. */
export type Right = {
  readonly student: Student;
  readonly programme: Programme;
  readonly start: TermNumber;
  /** The one that the student was admitted with. */
  readonly main: boolean;
};

/** The second programme of those who study on two: the one-year programme nearest to their own. */
const secondProgramme = (plan: UniversityPlan, { programme, what, number }: Student): Programme | undefined =>
  what === 'twoProgrammes' || (what === undefined && number % 60 === 7)
    ? plan.programmes.find((one) => one.kind === 'year' && one !== programme && !one.expired)
    : undefined;

/** The rights of a student. */
export const rightsOf = (plan: UniversityPlan, student: Student): readonly Right[] => {
  const main: Right = { student, programme: student.programme, start: student.start, main: true };
  const second = secondProgramme(plan, student);
  return second === undefined || standingIn(plan, student, plan.now) === 'future'
    ? [main]
    : [main, { student, programme: second, start: plan.admission * 2 + 1, main: false }];
};

/** Walks all rights. */
export function* rights(plan: UniversityPlan): Generator<Right> {
  for (const student of plan.students) yield* rightsOf(plan, student);
}

const idOf = ({ student, programme, start }: Right): string => rightId(profileNumber(student), programme, start);
const classOf = ({ student, programme }: Right): number => student.position % programme.classes;
export const leaveId = (student: Student): string => `PERM-${profileNumber(student)}`;
export const educationPlanId = (student: Student): string => `UP-${profileNumber(student)}`;
const remarkId = (student: Student): string => `SRM-${profileNumber(student)}`;

const lastTerm = ({ student, programme, start, main }: Right): TermNumber =>
  main ? (student.leaves ?? start + programme.terms + 2) - 1 : start + programme.terms - 1;

const statusOf = (plan: UniversityPlan, { student, main, start, programme }: Right): string => {
  if (!main) return start + programme.terms <= plan.now ? 'SLUTTET' : 'AKTIV';
  const standing = standingIn(plan, student, plan.now);
  return {
    future: 'FREMTIDIG',
    active: 'AKTIV',
    unpaid: 'AKTIV',
    abroad: 'AKTIV',
    leave: 'PERM',
    left: 'SLUTTET',
    graduated: 'FULLFØRT',
    dead: 'DØD',
  }[standing];
};

const kindOfRight = ({ student: { what }, programme: { kind } }: Right): string =>
  what === 'privateCandidate' ? 'PRIVATIST' : what === 'visiting' ? 'UTVEKSL' : kind === 'phd' ? 'PHD' : 'OPPTATT';

const isOpen = (plan: UniversityPlan, right: Right): boolean => {
  const status = statusOf(plan, right);
  return status === 'AKTIV' || status === 'PERM';
};

const hasRemark = ({ what, number }: Student): boolean =>
  what === 'privateCandidate' || (what === undefined && number % 80 === 12);
/** A study right that is limited to some courses. */
const isLimited = ({ what }: Student): boolean => what === 'privateCandidate' || what === 'visiting';

const studyRights = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/studierett/programstudierettmerknad',
    () => plan.students.filter(hasRemark),
    (student) =>
      entity(
        remarkId(student),
        null,
        {
          dato: noon(termStart(student.start) + 10),
          journalnummer: `${termYear(student.start)}/${student.serial + 1}`,
          merknadstekstAlleSprak: text(trilingual('Innpassing godkjent;Innpassing godkjend;Recognition approved')),
        },
        { programStudierett: to(TARGETS.right, rightId(profileNumber(student), student.programme, student.start)) },
      ),
  ),
  collection(
    'fs/studierett/permisjon',
    () => plan.students.filter((student) => leaveOf(plan, student) !== undefined),
    (student) => {
      const leave = leaveOf(plan, student);
      const from = leave?.from ?? plan.now;
      const cause =
        student.number % 3 === 0
          ? code('ARBEID', trilingual('Arbeid;;Work'))
          : code('ANNET', trilingual('Annet;Anna;Other'));
      const later = student.start + 2;
      return entity(
        leaveId(student),
        null,
        {
          arsak: cause,
          journalnummer: `${termYear(from)}/${student.serial + 5000}`,
          merknad: text(trilingual('Innvilget etter søknad;Innvilga etter søknad;Granted on application')),
          permisjonsperiode: days(termStart(from), termEnd(from + (leave?.terms ?? 1) - 1)),
          permisjonsprosent: student.number % 4 === 1 ? 50 : 100,
        },
        {
          student: toStudent(student),
          programStudieretter: to(TARGETS.right, rightId(profileNumber(student), student.programme, student.start)),
          studieprogram: toProgramme(student.programme, student.number),
          ...(student.what === 'onLeave' && !student.programme.expired
            ? {
                forventetNyttKull: to(
                  TARGETS.cohort,
                  cohortId(student.programme, Math.min(later, plan.admission * 2 + 3)),
                ),
                forventetNyKlasse: to(
                  TARGETS.class,
                  classId(student.programme, Math.min(later, plan.admission * 2 + 3), 0),
                ),
              }
            : {}),
        },
      );
    },
  ),
  collection(
    'fs/studierett/programstudierett',
    () => rights(plan),
    (right) => {
      const { student, programme, start, main } = right;
      const direction = directionOf(programme, classOf(right));
      const last = lastTerm(right);
      const limited = main && isLimited(student);
      return entity(
        idOf(right),
        [profileNumber(student), programme.code, termYear(start), termCode(start)],
        {
          erPrivatist: student.what === 'privateCandidate',
          studierettperiode: days(termStart(start), termEnd(last)),
          studierettTerminperiode: terms(start, last),
          ...(limited
            ? {
                studierettsbegrensning: text(
                  trilingual('Begrenset til noen emner;Avgrensa til nokre emne;Limited to some courses'),
                ),
              }
            : {}),
          ...(programme.kind === 'phd'
            ? {
                phd: {
                  beregnetSluttdato: noon(termEnd(start + programme.terms - 1)),
                  phdReglement: code('2018', trilingual('Forskrift av 2018;;Regulation of 2018')),
                  _links: { organisasjonsenhet: toUnit(instituteUnit(programme.institute)) },
                },
              }
            : {}),
        },
        {
          personProfil: toProfile(student),
          student: toStudent(student),
          studieprogram: toProgramme(programme, student.number),
          kull:
            student.number % 3 === 0
              ? to(TARGETS.cohortByKey, cohortKey(programme, start).join(','), student.number)
              : to(TARGETS.cohort, cohortId(programme, start), student.number),
          campus: toCampus(programme.institute.campus, student.number),
          studentstatus: to(STANDING, statusOf(plan, right), student.number),
          studierettstatus: to(RIGHT_STATUS, kindOfRight(right), student.number),
          ...(direction === undefined ? {} : { studieretning: to(TARGETS.direction, direction) }),
          ...(limited
            ? {
                begrensetTilEmner: toAll(
                  TARGETS.course,
                  [0, 1].map((place) => courseId(at(plan.courses, programme.institute.firstCourse + place))),
                ),
                begrensetTilFag: to(TARGETS.subject, subjectId(programme.institute.discipline.code)),
              }
            : {}),
          ...(main && isPlanned(plan, student) ? { utdanningsplan: to(PLAN, educationPlanId(student)) } : {}),
        },
      );
    },
  ),
  collection(
    'fs/studierett/klassemedlemskap',
    () => rights(plan),
    (right) => {
      const { student, programme, start } = right;
      const number = classOf(right);
      return entity(
        `KM-${idOf(right).slice(3)}-${classCode(number)}`,
        [profileNumber(student), ...cohortKey(programme, start), classCode(number)],
        {
          erAktiv: isOpen(plan, right),
          ...(student.number % 90 === 4
            ? { merknad: text(trilingual('Byttet klasse;Bytt klasse;Has changed class')) }
            : {}),
        },
        {
          klasse: to(TARGETS.class, classId(programme, start, number), student.number),
          programStudierett: to(TARGETS.right, idOf(right), student.number),
          studentVedLarested: toStudent(student),
        },
      );
    },
  ),
];

type Registered = { readonly student: Student; readonly term: TermNumber };

/** Walks the terms for which students are, or should be, registered: of this one and the one before. */
export function* registrations(plan: UniversityPlan): Generator<Registered> {
  for (const student of plan.students) for (const term of registeredTerms(plan, student)) yield { student, term };
}

/** The terms for which a student is, or should be, registered. */
export const registeredTerms = (plan: UniversityPlan, student: Student): readonly TermNumber[] =>
  [plan.now - 1, plan.now].filter((term) =>
    ['active', 'leave', 'abroad', 'unpaid'].includes(standingIn(plan, student, term)),
  );

export const registrationId = (student: Student, term: TermNumber): string =>
  `SEM-${profileNumber(student)}-${termTag(term)}`;
const onProgrammeId = (student: Student, term: TermNumber): string => `SPI-${profileNumber(student)}-${termTag(term)}`;
export const invoiceId = (student: Student, term: TermNumber): string =>
  `FAK-${profileNumber(student)}-${termTag(term)}`;

const FEE = 840;

/** Invoices are of this term. */
const invoiced = (plan: UniversityPlan): readonly Registered[] =>
  [...registrations(plan)].filter(({ term }) => term === plan.now);

const registering = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/studierett/semesterregistrering',
    () => registrations(plan),
    ({ student, term }) => {
      const paid = standingIn(plan, student, term) !== 'unpaid';
      const exempt = standingIn(plan, student, term) === 'leave';
      const invalid = student.what === 'invalidated';
      return entity(
        registrationId(student, term),
        [profileNumber(student), termYear(term), termCode(term)],
        {
          erSemesterregistrert: paid && !exempt,
          erUgyldiggjort: invalid,
          harBetaltSemesteravgiftV2: paid && !exempt,
          ...(paid && !exempt ? { betaltSemesteravgiftDato: dayOfTerm(term, student.number % 30) } : {}),
        },
        {
          student: toStudent(student),
          termin: toTerm(term, student.number),
          campus: toCampus(student.programme.institute.campus, student.number),
          ...(paid
            ? {
                registreringsform: to(target('fs/studierett/registreringsform'), invalid ? 'ADM' : 'WEB'),
                betalingsform: to(
                  target('fs/studierett/betalingsform'),
                  exempt ? 'FRITATT' : student.number % 8 === 0 ? 'GIRO' : 'NETT',
                ),
                ...(exempt ? {} : { betaltSemesteravgiftVedOrganisasjon: to(TARGETS.organisation, organisationId()) }),
              }
            : {}),
        },
      );
    },
  ),
  collection(
    'fs/studierett/studieprogramisemester',
    () => registrations(plan),
    ({ student, term }) => {
      const { programme, start, position } = student;
      return entity(
        onProgrammeId(student, term),
        null,
        {},
        {
          student: toStudent(student),
          studieprogram: toProgramme(programme, student.number),
          kull: to(TARGETS.cohort, cohortId(programme, start), student.number),
          klasse: to(TARGETS.class, classId(programme, start, position % programme.classes), student.number),
          termin: toTerm(term, student.number),
        },
      );
    },
  ),
  collection(
    'fs/studierett/faktura',
    () => invoiced(plan),
    ({ student, term }) => {
      const paid = standingIn(plan, student, term) !== 'unpaid';
      return entity(
        invoiceId(student, term),
        null,
        {
          belop: decimal(FEE),
          betalingsfrist: dayOfTerm(term, 31),
          betalt: paid,
          fakturadato: noon(termStart(term) - 40),
          fakturareferanse: `${termTag(term)}-${student.number}`,
          innbetaltBelop: decimal(paid ? FEE : 0),
          kidNummer: `${termYear(term)}${String(student.number).padStart(8, '0')}`,
          refundertBelop: decimal(0),
        },
        { student: toStudent(student), termin: toTerm(term) },
      );
    },
  ),
  collection(
    'fs/studierett/fakturadetalj',
    () => invoiced(plan),
    ({ student, term }) =>
      entity(
        `FD-${invoiceId(student, term).slice(4)}`,
        null,
        {
          belop: decimal(FEE),
          navn: text(trilingual('Semesteravgift;;Semester fee')),
          beskrivelse: text(
            trilingual(
              'Avgift til studentsamskipnaden;Avgift til studentsamskipnaden;Fee to the student welfare organisation',
            ),
          ),
        },
        {
          faktura: to(target('fs/studierett/faktura'), invoiceId(student, term)),
          studieprogram: toProgramme(student.programme),
        },
      ),
  ),
];

/** Whether a student has a plan of education that is kept. */
export const isPlanned = (plan: UniversityPlan, student: Student): boolean =>
  hasPlans(student.programme) && endOf(student) > plan.now && student.start <= plan.now;

type Planned = { readonly student: Student; readonly course: Course; readonly term: TermNumber };

const plannedId = ({ student, course, term }: Planned): string =>
  `EIU-${profileNumber(student)}-${course.code}-${termTag(term)}`;
const plannedTerms = (plan: UniversityPlan, student: Student): readonly TermNumber[] =>
  [plan.now - 1, plan.now].filter((term) => coursesIn(plan, student, term).length > 0);
const plannedOf = (plan: UniversityPlan, student: Student, term: TermNumber): readonly Planned[] =>
  coursesIn(plan, student, term).map((course) => ({ student, course, term }));

/** The plans of education of the programmes that keep them. */
const plans = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => {
  const planned = () => plan.students.filter((student) => isPlanned(plan, student));
  const termsOfPlans = () =>
    planned().flatMap((student) => plannedTerms(plan, student).map((term) => ({ student, term })));
  const passed = ({ student, course, term }: Planned): boolean =>
    term < plan.now && outcomeOf(plan, student, course, { term, again: false }).status === 'B';
  return [
    collection('fs/studierett/utdanningsplan', planned, (student) => {
      const now = plannedOf(plan, student, plan.now);
      const points = plannedTerms(plan, student).flatMap((term) => plannedOf(plan, student, term));
      return entity(
        educationPlanId(student),
        null,
        {
          planinformasjon: [{ bekreftet: student.what !== 'unpaid', kreverBekreftelse: true, rekkefolgenummer: 1 }],
          studiepoeng: {
            planlagt: decimal(points.reduce((sum, { course }) => sum + course.points, 0)),
            oppnadd: decimal(points.filter(passed).reduce((sum, { course }) => sum + course.points, 0)),
          },
        },
        {
          student: toStudent(student),
          ...(now.length === 0 ? {} : { emnerIInnevarendeSemester: toAll(COURSE_IN_PLAN, now.map(plannedId)) }),
        },
      );
    }),
    collection(
      'fs/studierett/emneiutdanningsplan',
      () => [...roll.walk()].filter(({ student }) => isPlanned(plan, student)),
      (one) => {
        const { student, course, term } = one;
        const occasion = { term, again: false };
        const done = passed(one);
        const withResult = term < plan.now && outcomeOf(plan, student, course, occasion).status !== 'T';
        return entity(
          plannedId(one),
          null,
          {
            erErstattet: false,
            erUndervisningsmeldtIInnevarendeSemester: term === plan.now,
            erVurderingsmeldt: true,
            planlagtVekting: credits(course.points),
            oppnaddVekting: credits(done ? course.points : 0),
            opptatt: true,
            sperrEndring: term < plan.now,
            sperrSletting: term < plan.now,
            statusBestatt: done,
          },
          {
            student: toStudent(student),
            utdanningsplan: to(PLAN, educationPlanId(student)),
            emne: toCourse(course, student.number),
            emnekategori: to(CATEGORY, 'OBL'),
            emnevalgstatus: to(CHOICE_STATUS, done ? 'BESTATT' : 'VALGT'),
            undervisningstermin: toTerm(term),
            vurderingstermin: toTerm(term),
            emneStudierett: to(TARGETS.courseRight, courseRightId(student, course, term)),
            plassertPaUndervisningspartier: to(TARGETS.placement, placementId(student, course, term)),
            ...(signingUp(course) === 'SOKNAD'
              ? { emneSoknad: to(TARGETS.courseApplication, applicationId(student, course, term)) }
              : {}),
            ...(withResult
              ? {
                  resultater: to(TARGETS.result, resultId(student, course, 'E', occasion)),
                  samletResultatForEmne: to(TARGETS.result, resultId(student, course, 'E', occasion)),
                }
              : {}),
            studieoppbygningsdel: to(target('fs/studietilbud/studieoppbygningsdel'), `SOD-${student.programme.code}-O`),
            valgregel: to(target('fs/studietilbud/emnevalgregel'), 'O'),
          },
        );
      },
    ),
    collection('fs/studierett/utdanningsplantermin', termsOfPlans, ({ student, term }) => {
      const own = plannedOf(plan, student, term);
      const points = own.reduce((sum, { course }) => sum + course.points, 0);
      const got = own.filter(passed).reduce((sum, { course }) => sum + course.points, 0);
      return entity(
        `UPT-${profileNumber(student)}-${termTag(term)}`,
        null,
        {
          studiepoengPlanlagt: decimal(points),
          studiepoengVurderingsmeldt: decimal(points),
          studiepoengOppnadd: decimal(got),
        },
        {
          termin: toTerm(term),
          utdanningsplan: to(PLAN, educationPlanId(student)),
          utdanningsplanMedEmner: to(PLAN, educationPlanId(student)),
          emner: toAll(COURSE_IN_PLAN, own.map(plannedId)),
          emnerITermin: toAll(COURSE_IN_PLAN, own.map(plannedId)),
        },
      );
    }),
    collection('fs/studierett/utdanningsplanelement', planned, (student) =>
      entity(
        `UPE-${profileNumber(student)}`,
        null,
        {
          erstattet: false,
          godkjent: true,
          kulltrinn: 1,
          periode: terms(student.start),
          planlagtVekting: credits(KINDS[student.programme.kind].points),
          studentKanIkkeEndreTermin: false,
          studentKanIkkeSletteUtdanningsplanelement: true,
        },
        {
          utdanningsplan: to(PLAN, educationPlanId(student)),
          studieoppbygningsdel: to(target('fs/studietilbud/studieoppbygningsdel'), `SOD-${student.programme.code}-T`),
          valgregel: to(target('fs/studietilbud/emnevalgregel'), 'O'),
          utdanningsplanelement: to(PLAN_ELEMENT, student.number % 2 === 0 ? 'PRAKSIS' : 'UTLAND'),
        },
      ),
    ),
    collection(
      'fs/studierett/realkompetanse',
      () => planned().filter(({ number, what }) => what === undefined && number % 40 === 21),
      (student) =>
        entity(
          `RK-${profileNumber(student)}`,
          null,
          {
            navnAlleSprak: text(trilingual('Arbeid i faget;Arbeid i faget;Work in the field')),
            navnOversattAlleSprak: text(trilingual('Arbeid i faget;Arbeid i faget;Work in the field')),
            beskrivelse: text(trilingual('To år i arbeid;To år i arbeid;Two years of work')),
            periode: days(termStart(student.start) - 800, termStart(student.start) - 70),
            realkompetansevekting: credits(10),
          },
          {
            utdanningsplan: to(PLAN, educationPlanId(student)),
            emnekategori: to(CATEGORY, 'VALG'),
            studieoppbygningsdel: to(target('fs/studietilbud/studieoppbygningsdel'), `SOD-${student.programme.code}-V`),
          },
        ),
    ),
  ];
};

/** Those whose application for admission is kept here: to masters, of the latest terms. */
export const applicants = (plan: UniversityPlan): readonly Student[] =>
  plan.students.filter(({ programme, start }) => programme.kind === 'master' && start >= plan.now - 1);
const admissionApplicationId = (student: Student): string => `FSS-${profileNumber(student)}`;
export const toApplication = (student: Student): readonly Link[] =>
  to(target('fs/studierett/fssoknad'), admissionApplicationId(student), student.number);
/** The number by which somebody is known in the admission. */
export const admissionNumber = ({ number }: Student): string => String(number);

const exchange = (plan: UniversityPlan): readonly SandboxCollection[] => {
  const abroad = () => plan.students.filter((student) => abroadOf(plan, student) !== undefined);
  const visiting = () => plan.students.filter(({ what }) => what === 'visiting');
  const status = code('GODKJENT', trilingual('Godkjent;Godkjend;Approved'));
  const stay = code('STUDIE', trilingual('Studieopphold;Studieopphald;Studies'));
  return [
    collection(
      'fs/studierett/utvekslingsavtalebeskrivelsesavsnitt',
      () => PARTNERS.slice(1),
      ([number]) =>
        entity(
          `UAB-${number}`,
          null,
          {
            cdmTag: 'cdm-opphold',
            innhold: 'Et semester ute, med emner som passer inn i graden.',
            publiseringstag: 'opphold',
            rekkefolgenummer: 1,
          },
          {
            sprak: to(TARGETS.language, 'nob'),
            tekstkategori: to(target('fs/studietilbud/tekstkategori'), 'OPPHOLD'),
            termin: toTerm(plan.now - 6),
          },
        ),
    ),
    collection(
      'fs/studierett/utvekslingsavtalepart',
      () => PARTNERS.slice(1),
      ([number]) =>
        entity(`UAP-${number}`, null, { erAvtalekoordinator: true }, { organisasjonsenhet: toUnit([1, 0, 0]) }),
    ),
    collection(
      'fs/studierett/utvekslingsavtale',
      () => PARTNERS.slice(1).map(([number], place) => ({ number, place })),
      ({ number, place }) =>
        entity(
          `AVTALE-${place + 1}`,
          null,
          {
            avtaleId: `A-${number}`,
            gyldighetsperiode: days(termStart(plan.now - 10), termEnd(plan.now + 6)),
            navnAlleSprak: text(trilingual(`Avtale med ${number};Avtale med ${number};Agreement with ${number}`)),
            publiser: true,
            utvekslingsprogram: code(
              place === 0 ? 'NORDPLUS' : 'ERASMUS',
              trilingual(place === 0 ? 'Nordplus' : 'Erasmus+'),
            ),
          },
          {
            beskrivelser: to(target('fs/studierett/utvekslingsavtalebeskrivelsesavsnitt'), `UAB-${number}`),
            parter: to(target('fs/studierett/utvekslingsavtalepart'), `UAP-${number}`),
          },
        ),
    ),
    collection('fs/studierett/utreisendeutveksling', abroad, (student) => {
      const term = abroadOf(plan, student) ?? plan.now;
      const place = student.number % 2;
      const period = days(termStart(term), termEnd(term));
      return entity(
        `UT-${profileNumber(student)}`,
        null,
        {
          oppholdstype: stay,
          studieprogramkode: student.programme.code,
          utreiseperiode: period,
          utvekslingsperiode: period,
          utvekslingsstatus: status,
        },
        {
          student: toStudent(student),
          avtale: to(AGREEMENT, `AVTALE-${place + 1}`),
          land: to(TARGETS.country, at(PARTNERS, place + 1)[1]),
          utveksletFra: toUnit(instituteUnit(student.programme.institute)),
        },
      );
    }),
    collection('fs/studierett/innreisendeutveksling', visiting, (student) => {
      const period = days(termStart(student.start), termEnd(student.start + 1));
      return entity(
        `INN-${profileNumber(student)}`,
        null,
        { oppholdstype: stay, innreiseperiode: period, utvekslingsperiode: period, utvekslingsstatus: status },
        {
          student: toStudent(student),
          avtale: to(AGREEMENT, 'AVTALE-2'),
          land: to(TARGETS.country, 'FRA'),
          utveksletTil: toUnit(instituteUnit(student.programme.institute)),
        },
      );
    }),
    collection(
      'fs/studierett/fssoknad',
      () => applicants(plan),
      (student) =>
        entity(
          admissionApplicationId(student),
          null,
          { sokernummer: admissionNumber(student) },
          {
            personProfil: toProfile(student),
            behandlendeLarested: to(TARGETS.organisation, organisationId()),
          },
        ),
    ),
  ];
};

/** Gives the collections of study rights and of what follows from them. */
export const universityRights = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => [
  ...studyRights(plan),
  ...registering(plan),
  ...plans(plan, roll),
  ...exchange(plan),
];
