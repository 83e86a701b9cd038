// Assessment at the university as collections: how courses are assessed, when, who is entered for it and with what result, who marks it, and the
// degrees that were achieved. Called by university.ts. It must not know names of people.

import { noon } from './calendar.ts';
import { collection, range, type SandboxCollection } from './collection.ts';
import { target, to, toAll } from './links.ts';
import { at, draw, salt } from './random.ts';
import { KINDS, trilingual } from './university-catalogue.ts';
import { dayOfTerm, hasCoursework, taught, type Roll } from './university-courses.ts';
import { organisationId, roomCount, roomId } from './university-organisation.ts';
import {
  endOf,
  INSTITUTION,
  isAutumn,
  termEnd,
  termYear,
  type Course,
  type Student,
  type TermNumber,
  type UniversityPlan,
} from './university-plan.ts';
import { directionOf, qualificationOf } from './university-programmes.ts';
import {
  outcomeOf,
  periodCode,
  resultId,
  unitTag,
  type Occasion,
  type Outcome,
  type Part,
} from './university-outcomes.ts';
import { profileNumber } from './university-people.ts';
import { toStudent } from './university-teaching.ts';
import {
  code,
  cohortId,
  courseKey,
  credits,
  decimal,
  duration,
  entity,
  TARGETS,
  teacherId,
  terms,
  text,
  toCourse,
  toProgramme,
  toTerm,
  type Attributes,
} from './university-values.ts';

const CANDIDATE = salt('university.candidate');
const COURSEWORK = salt('university.coursework');

const partsOf = (course: Course): readonly Part[] => (hasCoursework(course) ? ['E', 'O'] : ['E']);
const partId = ({ code: emne, version }: Course, part: Part): string => `VD-${emne}-${version}-${part}`;
const periodId = (occasion: Occasion): string => `VP-${termYear(occasion.term)}-${periodCode(occasion)}`;
const unitId = (course: Course, part: Part, occasion: Occasion): string => `VE-${unitTag(course, part, occasion)}`;
const unitKey = (course: Course, part: Part, occasion: Occasion): readonly (string | number)[] => [
  ...courseKey(course),
  part,
  termYear(occasion.term),
  periodCode(occasion),
];
const entryId = (student: Student, course: Course, part: Part, occasion: Occasion): string =>
  `VM-${profileNumber(student)}-${unitTag(course, part, occasion)}`;

/** Whether a student has passed the coursework; before the end of a term of some it is not known. */
const courseworkOf = (
  plan: UniversityPlan,
  student: Student,
  course: Course,
  term: TermNumber,
): Outcome | undefined => {
  const drawn = draw(plan.seed, COURSEWORK, student.number * 4096 + course.index) % 100;
  if (term === plan.now && drawn >= 60) return undefined;
  return drawn % 20 === 19 ? { status: 'S', grade: 'Ikke bestått' } : { status: 'B', grade: 'Bestått' };
};

type Entry = {
  readonly student: Student;
  readonly course: Course;
  readonly part: Part;
  readonly occasion: Occasion;
  readonly outcome: Outcome | undefined;
};

const before = (plan: UniversityPlan): TermNumber => plan.now - 1;

/** Walks all entries for assessments of the term before and of this one, and anew of those who failed or were absent. */
export function* entries(plan: UniversityPlan, roll: Roll): Generator<Entry> {
  for (const { student, course, term } of roll.walk()) {
    const occasion = { term, again: false };
    const over = term === before(plan);
    const outcome = over ? outcomeOf(plan, student, course, occasion) : undefined;
    yield { student, course, part: 'E', occasion, outcome };
    if (hasCoursework(course))
      yield { student, course, part: 'O', occasion, outcome: courseworkOf(plan, student, course, term) };
    if (outcome !== undefined && (outcome.status === 'S' || outcome.status === 'M') && endOf(student) > plan.now) {
      const later = { term: plan.now, again: true };
      yield { student, course, part: 'E', occasion: later, outcome: outcomeOf(plan, student, course, later) };
    }
  }
}

/** Which results are delivered: of whom the outcome is known and who did not withdraw. */
function* results(plan: UniversityPlan, roll: Roll): Generator<Entry & { readonly outcome: Outcome }> {
  for (const entry of entries(plan, roll))
    if (entry.outcome !== undefined && entry.outcome.status !== 'T') yield { ...entry, outcome: entry.outcome };
}

const SYSTEM = target('fs/vurdering/vurderingssystem');
const COMMISSION = target('fs/vurdering/sensurkommisjon');
const ASSIGNMENT = target('fs/vurdering/sensoroppdrag');
const STATUS = target('fs/vurdering/vurderingsresultatstatus');
const AID = target('fs/vurdering/vurderingshjelpemiddel');
const PART_CAMPUS = target('fs/vurdering/vurderingskombinasjoncampus');
const QUALIFICATION = target('fs/vurdering/oppnaddkvalifikasjon');
const PROTOCOL = target('fs/vurdering/protokollfortemnesamling');

type Unit = { readonly course: Course; readonly part: Part; readonly occasion: Occasion };

/** Walks all occasions on which something is assessed. */
function* units(plan: UniversityPlan): Generator<Unit> {
  for (const { course, term } of taught(plan)) {
    for (const part of partsOf(course)) yield { course, part, occasion: { term, again: false } };
    if (term === before(plan)) yield { course, part: 'E', occasion: { term: plan.now, again: true } };
  }
}

const commissionId = (unit: Unit): string => `SK-${unitTag(unit.course, unit.part, unit.occasion)}`;
const assignmentIds = (unit: Unit): readonly string[] =>
  [1, 2].map((number) => `SO-${unitTag(unit.course, unit.part, unit.occasion)}-${number}`);

/** The members of staff who mark: two of the institute. */
const markers = (plan: UniversityPlan, course: Course): readonly number[] =>
  [0, 1].map((number) => course.institute.firstStaff + ((course.index * 7 + number * 3 + 1) % plan.staffOfInstitute));

const LETTERS = ['F', 'E', 'D', 'C', 'B', 'A'];

const distribution = (plan: UniversityPlan, roll: Roll, course: Course, term: TermNumber): Attributes => {
  const outcomes = roll.of(course, term).map((student) => outcomeOf(plan, student, course, { term, again: false }));
  const passed = outcomes.filter(({ status }) => status === 'B').length;
  const failed = outcomes.filter(({ status }) => status === 'S').length;
  const values = outcomes
    .flatMap(({ grade }) => (grade === null ? [] : [LETTERS.indexOf(grade)]))
    .filter((value) => value >= 0);
  const mean = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    antallBestatt: passed,
    antallStryk: failed,
    prosentStryk: passed + failed === 0 ? 0 : Math.round((failed * 100) / (passed + failed)),
    ...(values.length === 0
      ? {}
      : { snittKarakterBokstav: at(LETTERS, Math.round(mean)), snittKarakterTall: decimal(mean) }),
  };
};

const arrangement = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => {
  const parts = () => plan.courses.flatMap((course) => partsOf(course).map((part) => ({ course, part })));
  const withUnit = () => [...units(plan)].filter(({ part }) => part === 'E');
  return [
    collection(
      'fs/vurdering/vurderingshjelpemiddel',
      () => plan.courses.filter(({ index }) => index % 10 === 0),
      (course) =>
        entity(`VH-${course.code}`, null, {
          hjelpemiddel: code('KALK', trilingual('Kalkulator;;Calculator')),
          merknadAlleSprak: text(trilingual('Godkjent kalkulator;Godkjend kalkulator;Approved calculator')),
          periode: terms(plan.now - 6),
        }),
    ),
    collection(
      'fs/vurdering/vurderingskombinasjoncampus',
      () => plan.courses.filter(({ index }) => index % 10 === 0),
      (course) =>
        entity(
          `VKC-${course.code}`,
          null,
          { erAktiv: true, erForhandsvalgt: true },
          { campus: to(TARGETS.campusByCode, 'ÅS') },
        ),
    ),
    collection('fs/vurdering/vurderingsoppbygningsdel', parts, ({ course, part }) =>
      entity(
        partId(course, part),
        [...courseKey(course), part],
        {
          kode: part,
          navnAlleSprak: text(
            part === 'E'
              ? trilingual('Eksamen;;Examination')
              : trilingual('Obligatorisk aktivitet;;Compulsory activity'),
          ),
          erAktiv: true,
          obligatoriskAktivitet: part === 'O',
          automatiskResultatimportTilProtokoll: part === 'E',
          campusErValgbar: false,
          eksamensgjennomforing: {
            skalHaEksamensavvikling: part === 'E',
            startklokkeslett: '09:00:00',
            oppmoteMinutterForStart: 30,
            minutterEkstraVedTilpasning: 15,
            timerEkstraVedTilpasning: 1,
            automatiskRomplassering: true,
            automatiskRomtildeling: true,
            harIndividuelleEksamenstidspunkt: false,
            utforesPaSammeDag: true,
            utforesPaSammeRom: false,
            _links: { romtype: to(TARGETS.roomType, 'EKS') },
          },
          gyldigIAntallTerminer: part === 'O' ? 4 : 0,
          kanBeOmBegrunnelseIStudentweb: part === 'E',
          kanKlageIStudentweb: true,
          kanLevereOppgaveIStudentweb: course.pool === 'thesis',
          kanMeldesViaStudentweb: true,
          kanOppdatereTittelIStudentweb: course.pool === 'thesis',
          kandidatnummerering: {
            harKandidatnummer: part === 'E',
            kandidatnummerFra: 1,
            kandidatnummertype: 'EMNE',
            skalHaSammeKandidatnummer: false,
          },
          lmsRomkode: `${course.code}-${part}`,
          nyVurderingAvAlleDelerKrevesVedGjentak: false,
          periode: terms(plan.now - 8),
          samletResultatGenereresAutomatisk: false,
          skalEksporteresTilLms: part === 'O',
          skalHaResultat: true,
          skalVisesPaKarakterutskrift: part === 'E',
          skalVisesPaVitnemal: part === 'E',
          strykKanInngaISnitt: false,
          ...(part === 'E' ? { varighet: duration(4, 'TIME') } : {}),
          vurderingsform: code(
            course.pool === 'thesis' ? 'OPPG' : 'SKR',
            trilingual(course.pool === 'thesis' ? 'Oppgave;Oppgåve;Thesis' : 'Skriftlig;Skriftleg;Written'),
          ),
          vurderingsoppbygningsdeltype: code(part, trilingual('Del;;Part')),
        },
        {
          karakterregel: to(TARGETS.gradeRule, part === 'O' || course.pool === 'phd' ? 'BEST' : 'A-F', course.index),
          vurderingsordning: to(target('fs/vurdering/vurderingsordning'), hasCoursework(course) ? 'D' : 'S'),
          eksamenssystem: to(SYSTEM, 'DIGEKS'),
          sensursystem: to(SYSTEM, 'SENSUR'),
          klagesystem: to(SYSTEM, 'KLAGE'),
          begrunnelsessystem: to(SYSTEM, 'KLAGE'),
          ...(part === 'E' && course.index % 10 === 0
            ? { hjelpemidler: to(AID, `VH-${course.code}`), campuser: to(PART_CAMPUS, `VKC-${course.code}`) }
            : {}),
        },
      ),
    ),
    collection(
      'fs/vurdering/vurderingsperiode',
      () => [
        ...Array.from(range(6), (index): Occasion => ({ term: plan.now - 4 + index, again: false })),
        { term: plan.now, again: true },
      ],
      (occasion) => {
        const { term, again } = occasion;
        return entity(
          periodId(occasion),
          [termYear(term), periodCode(occasion)],
          {
            arstall: termYear(term),
            kode: periodCode(occasion),
            navnAlleSprak: text(
              again
                ? trilingual('Ny prøve;;New attempt')
                : isAutumn(term)
                  ? trilingual('Høst;Haust;Autumn')
                  : trilingual('Vår;;Spring'),
            ),
            eksternVurderingTillates: true,
            erAktiv: term >= plan.now - 1,
            rekkefolgenr: (isAutumn(term) ? 3 : 1) + (again ? 1 : 0),
            ...(again ? { gjelderKunVurderingsavviklingstype: code('NY', trilingual('Ny prøve;;New attempt')) } : {}),
          },
          { gjelderTermin: toTerm(term) },
        );
      },
    ),
    collection(
      'fs/vurdering/vurderingsperiodeinformasjon',
      () => plan.courses,
      (course) =>
        entity(
          `VPI-${course.code}`,
          null,
          {
            arsinkrement: 0,
            gjelderITerminPeriode: terms(plan.now - 8),
            gjennomforesIOddetallsar: true,
            gjennomforesIPartallsar: true,
            gjennomforesUregelmessig: false,
            merknadAlleSprak: text(trilingual('Hvert år;Kvart år;Every year')),
            reellVurderingsperiodekode: course.autumn ? 'HØST' : 'VÅR',
            vurderingsperiodekode: course.autumn ? 'HØST' : 'VÅR',
            vurderingsavviklingstype: code('ORD', trilingual('Ordinær;;Ordinary')),
          },
          { vurderingsoppbygningsdel: to(TARGETS.assessmentPart, partId(course, 'E'), course.index) },
        ),
    ),
    collection(
      'fs/vurdering/sensoroppdrag',
      () => withUnit().flatMap((unit) => assignmentIds(unit).map((id, number) => ({ unit, id, number }))),
      ({ unit, id, number }) =>
        entity(
          id,
          null,
          {},
          { fagperson: to(TARGETS.teacher, teacherId(at(markers(plan, unit.course), number)), number) },
        ),
    ),
    collection('fs/vurdering/sensurkommisjon', withUnit, (unit) =>
      entity(
        commissionId(unit),
        [...courseKey(unit.course), unit.part, periodCode(unit.occasion), '1'],
        { kommisjonsnummer: '1', navnAlleSprak: text(trilingual('Kommisjon 1;Kommisjon 1;Commission 1')) },
        { sensoroppdrag: toAll(ASSIGNMENT, assignmentIds(unit)) },
      ),
    ),
    collection(
      'fs/vurdering/vurderingsenhet',
      () => units(plan),
      (unit) => {
        const { course, part, occasion } = unit;
        const { term, again } = occasion;
        const students = again ? [] : roll.of(course, term);
        const date = termEnd(term) - (isAutumn(term) ? 25 : 60) + (course.index % 14) - (again ? 100 : 0);
        return entity(
          unitId(course, part, occasion),
          unitKey(course, part, occasion),
          {
            antallKandidater: students.length,
            antallKandidaterMott:
              term === before(plan) && part === 'E'
                ? students.filter((student) => !'MT'.includes(outcomeOf(plan, student, course, occasion).status)).length
                : 0,
            terminPeriode: terms(term, term),
            trekkfrist: noon(date - 14),
            vurderingsavviklingstype: code(
              again ? 'NY' : 'ORD',
              trilingual(again ? 'Ny prøve;;New attempt' : 'Ordinær;;Ordinary'),
            ),
            vurderingsvarighet: {
              beregnetStartTidspunkt: noon(date),
              beregnetSluttTidspunkt: noon(date + (course.pool === 'thesis' ? 30 : 0)),
              eksamensdatoer: { startDato: noon(date), sluttDato: noon(date) },
              innleveringsfrist: { dato: noon(date), klokkeslett: '13:00:00' },
              startklokkeslett: '09:00:00',
            },
            ...(course.index % 25 === 3 ? { merknadForStudent: text(trilingual('Møt i god tid;;Be early')) } : {}),
            ...(term === before(plan) && part === 'E'
              ? { resultatfordeling: distribution(plan, roll, course, term) }
              : {}),
            ...(part === 'E'
              ? {
                  sensurinformasjon: {
                    kunngjoringsdato: noon(date + 21),
                    sensurfrist: noon(date + 21),
                    _links: {
                      kommisjoner: to(COMMISSION, commissionId(unit)),
                      sensursystem: to(SYSTEM, 'SENSUR'),
                      klagesystem: to(SYSTEM, 'KLAGE'),
                      begrunnelsesystem: to(SYSTEM, 'KLAGE'),
                    },
                  },
                }
              : {}),
          },
          {
            emne: toCourse(course, term),
            vurderingsoppbygningsdel: to(TARGETS.assessmentPart, partId(course, part), term),
            vurderingsperiode: to(TARGETS.assessmentPeriod, periodId(occasion)),
            reellVurderingsperiode: to(TARGETS.assessmentPeriod, periodId(occasion)),
            eksamenssystem: to(SYSTEM, 'DIGEKS'),
          },
        );
      },
    ),
  ];
};

/** What somebody's result is called. */
const mark = (grade: string, course: Course, part: Part): Attributes => ({
  navnAlleSprak:
    grade === 'Bestått'
      ? { nb: 'Bestått', nn: 'Greidd', en: 'Passed' }
      : grade === 'Ikke bestått'
        ? { nb: 'Ikke bestått', nn: 'Ikkje greidd', en: 'Failed' }
        : { nb: grade, nn: grade, en: grade },
  ...(LETTERS.includes(grade) ? { tall: decimal(LETTERS.indexOf(grade)) } : {}),
  bokstavEllerUgradert: true,
  _links: { regel: to(TARGETS.gradeRule, part === 'O' || course.pool === 'phd' ? 'BEST' : 'A-F') },
});

/** The students who have got their degree after the term before. */
const graduates = (plan: UniversityPlan): readonly Student[] =>
  plan.students.filter(
    (student) =>
      student.leaves === undefined && endOf(student) === plan.now && qualificationOf(student.programme) !== undefined,
  );
const degreeId = (student: Student): string => `OK-${profileNumber(student)}`;
const protocolId = (student: Student): string => `PES-${profileNumber(student)}`;
const hasProtocol = (student: Student): boolean => student.number % 5 === 0;

const outcomes = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => {
  const degrees = new Set(graduates(plan));
  const counted = ({ student, part, outcome }: Entry & { readonly outcome: Outcome }): boolean =>
    part === 'E' && outcome.status === 'B' && degrees.has(student);
  const candidate = ({ student, course }: Entry): string =>
    String(1 + (draw(plan.seed, CANDIDATE, student.number * 31 + course.index) % 9000));
  return [
    collection(
      'fs/vurdering/vurderingsmelding',
      () => entries(plan, roll),
      (entry) => {
        const { student, course, part, occasion, outcome } = entry;
        return entity(
          entryId(student, course, part, occasion),
          [profileNumber(student), ...unitKey(course, part, occasion)],
          part === 'E' ? { kandidatnummer: candidate(entry) } : {},
          {
            student: toStudent(student),
            emne: toCourse(course, student.number),
            gjennomforesITermin: toTerm(occasion.term, student.number),
            studieprogram: toProgramme(student.programme, student.number),
            vurderingsenhet: to(TARGETS.assessmentUnit, unitId(course, part, occasion), student.number),
            sprak: to(TARGETS.language, student.what === 'english' ? 'eng' : 'nob'),
            ...(outcome === undefined ? {} : { resultatstatus: to(STATUS, outcome.status, student.number) }),
          },
        );
      },
    ),
    collection(
      'fs/vurdering/protokollfortemnesamling',
      () => [...degrees].filter(hasProtocol),
      (student) =>
        entity(
          protocolId(student),
          null,
          { erGyldig: true, karakter: mark('B', at(plan.courses, 0), 'E') },
          {
            opprinneligLarested: to(TARGETS.organisation, organisationId()),
          },
        ),
    ),
    collection(
      'fs/vurdering/oppnaddkvalifikasjon',
      () => degrees,
      (student) => {
        const { programme, start, position } = student;
        const direction = directionOf(programme, position);
        return entity(
          degreeId(student),
          null,
          {
            datoOppnadd: noon(termEnd(before(plan)) - 15),
            erKunngjort: true,
            vekting: credits(KINDS[programme.kind].points),
          },
          {
            student: toStudent(student),
            kull: to(TARGETS.cohort, cohortId(programme, start), position),
            kvalifikasjon: to(target('fs/vurdering/kvalifikasjon'), qualificationOf(programme) ?? ''),
            studieprogram: toProgramme(programme, position),
            ...(direction === undefined ? {} : { studierettning: to(TARGETS.direction, direction) }),
            ...(hasProtocol(student) ? { protokollfoerteEmnesamlinger: to(PROTOCOL, protocolId(student)) } : {}),
          },
        );
      },
    ),
    collection(
      'fs/vurdering/resultat',
      () => results(plan, roll),
      (entry) => {
        const { student, course, part, occasion, outcome } = entry;
        const passed = outcome.status === 'B';
        const paired = hasCoursework(course) && !occasion.again && occasion.term === before(plan);
        const other = part === 'E' ? 'O' : 'E';
        const otherThere = paired && (part === 'E' || outcomeOf(plan, student, course, occasion).status !== 'T');
        return entity(
          resultId(student, course, part, occasion),
          [profileNumber(student), ...unitKey(course, part, occasion)],
          {
            vurderingsoppbygningsdelskode: part,
            erGyldig: true,
            erKunngjort: true,
            erOppnadd: passed,
            gjeldendeVekting: credits(part === 'E' && passed ? course.points : 0),
            ...(outcome.grade === null ? {} : { karakter: mark(outcome.grade, course, part) }),
            ...(part === 'E' ? { kandidatnummer: candidate(entry) } : {}),
            ...(course.pool === 'thesis'
              ? {
                  originalOppgavetittel: {
                    tittel: `En studie i ${course.institute.discipline.name.nb}`,
                    _links: { sprak: to(TARGETS.language, 'nob') },
                  },
                  oversattOppgavetittel: { en: `A study in ${course.institute.discipline.name.en}` },
                }
              : {}),
            tidspunktOpprettet: dayOfTerm(occasion.term, occasion.again ? 40 : 130),
          },
          {
            student: toStudent(student),
            emne: toCourse(course, student.number),
            studieprogram: toProgramme(student.programme, student.number),
            larested: to(TARGETS.organisation, organisationId()),
            opprinneligLarested: to(TARGETS.organisation, organisationId(INSTITUTION)),
            vurderingsenhet: to(TARGETS.assessmentUnit, unitId(course, part, occasion), student.number),
            vurderingsresultatstatus: to(STATUS, outcome.status, student.number),
            ...(otherThere
              ? {
                  [part === 'E' ? 'children' : 'parents']: to(
                    TARGETS.result,
                    resultId(student, course, other, occasion),
                  ),
                }
              : {}),
            ...(counted(entry)
              ? {
                  oppnaddeKvalifikasjoner: to(QUALIFICATION, degreeId(student)),
                  ...(hasProtocol(student) ? { protokollFoerteEmnesamlinger: to(PROTOCOL, protocolId(student)) } : {}),
                }
              : {}),
          },
        );
      },
    ),
    collection(
      'fs/vurdering/resultatikvalifikasjon',
      () => [...results(plan, roll)].filter(counted),
      ({ student, course, part, occasion }) =>
        entity(
          `RIK-${profileNumber(student)}-${unitTag(course, part, occasion)}`,
          null,
          {},
          {
            emnekategori: to(target('fs/studietilbud/emnekategori'), 'OBL'),
            oppnaddKvalifikasjon: to(QUALIFICATION, degreeId(student)),
            resultat: to(TARGETS.result, resultId(student, course, part, occasion)),
          },
        ),
    ),
    collection(
      'fs/vurdering/emnesamlingikvalifikasjon',
      () => [...degrees].filter(hasProtocol),
      (student) =>
        entity(
          `EIK-${profileNumber(student)}`,
          null,
          {},
          {
            emnekategori: to(target('fs/studietilbud/emnekategori'), 'OBL'),
            oppnaddKvalifikasjon: to(QUALIFICATION, degreeId(student)),
            protokollfoertEmnesamling: to(PROTOCOL, protocolId(student)),
          },
        ),
    ),
    collection(
      'fs/vurdering/vurderingsforsokforemne',
      () => [...entries(plan, roll)].filter(({ occasion }) => occasion.again),
      ({ student, course }) =>
        entity(
          `VF-${profileNumber(student)}-${course.code}`,
          null,
          { antallGjenverendeForsok: 1, antallTellendeForsok: 2 },
          { student: toStudent(student), emne: toCourse(course) },
        ),
    ),
    collection(
      'fs/vurdering/soknadomekstravurderingsforsok',
      () => [...entries(plan, roll)].filter(({ occasion, student }) => occasion.again && student.number % 9 === 0),
      ({ student, course }) =>
        entity(
          `SEV-${profileNumber(student)}-${course.code}`,
          null,
          {
            innvilget: student.number % 2 === 0,
            merknad: text(
              trilingual('Søknad om fjerde forsøk;Søknad om fjerde forsøk;Application for a fourth attempt'),
            ),
          },
          { student: toStudent(student), emne: toCourse(course), termin: toTerm(plan.now) },
        ),
    ),
    collection(
      'fs/vurdering/eksamenstilpasningssoknad',
      () =>
        [...entries(plan, roll)].filter(
          ({ student, occasion, part }) =>
            part === 'E' && !occasion.again && occasion.term === plan.now && needsAdaptation(student),
        ),
      ({ student, course, part, occasion }) =>
        entity(
          `ETS-${profileNumber(student)}-${course.code}`,
          null,
          {
            ekstratid: 'PT1H',
            innvilget: true,
            merknad: text(trilingual('Utvidet tid;Utvida tid;Extra time')),
            soknadsbeskrivelse: text(trilingual('Ber om utvidet tid;Ber om utvida tid;Asks for extra time')),
            soknadsdato: dayOfTerm(plan.now, 20),
          },
          {
            student: toStudent(student),
            eksamensrom: to(TARGETS.room, roomId(plan, student.number % roomCount(plan))),
            vurderingsmelding: to(target('fs/vurdering/vurderingsmelding'), entryId(student, course, part, occasion)),
          },
        ),
    ),
  ];
};

/** Which students have studies or examinations adapted for them: one in fifty. */
export const needsAdaptation = ({ number, what }: Student): boolean => what === undefined && number % 50 === 31;

/** Gives the collections of assessment. */
export const universityAssessment = (plan: UniversityPlan, roll: Roll): readonly SandboxCollection[] => [
  ...arrangement(plan, roll),
  ...outcomes(plan, roll),
];
