// Assessment and absence of pupils: marks through the year, order and conduct, exam marks, absence per subject and per event.
// Called by county.ts; these are the largest collections. It must not know persons.

import { dayNumber, moment, noon } from './calendar.ts';
import { schoolYearCode } from './code-collections.ts';
import { bySystemId, collection, range, type SandboxCollection } from './collection.ts';
import { classOfPupil, keeps, type Plan } from './county-plan.ts';
import { EDGE_PUPILS, inClass } from './edge-cases.ts';
import { target, to, type Link } from './links.ts';
import { SUBJECTS_PER_PUPIL } from './programmes.ts';
import { at, draw, drawBelow, drawFrom, drawPercent, salt } from './random.ts';
import {
  classPupils,
  ENROLMENT,
  enrolmentId,
  examGroupOf,
  formerEnrolments,
  hasClass,
  pupilSubjects,
  sitsExams,
} from './pupil-collections.ts';
import {
  EXAM_GROUP,
  EXAM_SUBJECTS,
  SCHOOL_RESOURCE,
  SCHOOL_YEAR,
  schoolResourceId,
  SUBJECT,
  SUBJECT_GROUP,
  TEACHING_GROUP,
  teacherStaffOf,
} from './school-collections.ts';

const ASSESSMENT = target('utdanning/vurdering/elevvurdering');
const MARK = target('utdanning/vurdering/karakterverdi');
const MARK_HISTORY = target('utdanning/vurdering/karakterhistorie');
const ABSENCE = target('utdanning/vurdering/elevfravar');
const ABSENCE_TYPE = target('utdanning/kodeverk/fravarstype');
const MARK_STATUS = target('utdanning/kodeverk/karakterstatus');
const DIPLOMA_REMARK = target('utdanning/kodeverk/vitnemalsmerknad');

const HALF = salt('mark.half');
const FINAL = salt('mark.final');
const ONGOING = salt('mark.ongoing');
const EXAM = salt('mark.exam');
const ORDER = salt('mark.order');
const CHANGED = salt('mark.changed');
const HOURS = salt('absence.hours');
const EVENT = salt('absence.event');
const ACTIVITY = salt('absence.activity');

const MARKS = [
  'TALL-1',
  'TALL-2',
  'TALL-3',
  'TALL-3',
  'TALL-4',
  'TALL-4',
  'TALL-4',
  'TALL-5',
  'TALL-5',
  'TALL-6',
  'TALL-IV',
];
const COMMENTS = [
  'Godt arbeid.',
  'Jobb videre med begrepene.',
  'Fin framgang.',
  'Vis utregningene tydeligere.',
  'Delta mer muntlig.',
];

const assessmentId = (enrolment: string): string => `EV-${enrolment}`;
const absenceId = (enrolment: string): string => `EFR-${enrolment}`;
const pupilOf = (key: number): number => Math.floor(key / SUBJECTS_PER_PUPIL);
const subjectOf = (key: number): number => key % SUBJECTS_PER_PUPIL;

const mark = (plan: Plan, field: number, key: number): readonly Link[] =>
  to(MARK, drawFrom(plan.seed, field, key, MARKS), key);
const comment = (plan: Plan, field: number, key: number): string => drawFrom(plan.seed, field, key + 1, COMMENTS);
const yearLink = (plan: Plan, back = 0): readonly Link[] => to(SCHOOL_YEAR, schoolYearCode(plan.schoolYear - back));

// Final marks stand for the subjects of the year before, so pupils in their first year have none.
const isPastFirstYear = (key: number): boolean => pupilOf(key) % 3 > 0;
function* finals(plan: Plan): Generator<number> {
  for (const key of pupilSubjects(plan, plan.density.finalSubjects)) if (isPastFirstYear(key)) yield key;
}
const isChanged = (plan: Plan, key: number): boolean => draw(plan.seed, CHANGED, key) % 50 === 0;

const lastYearSubjectId = (plan: Plan, key: number): string => {
  const planned = classOfPupil(plan, pupilOf(key));
  return `F-${planned.school.schoolNumber}-${at(at(planned.programme.years, planned.year - 1), subjectOf(key)).code}`;
};

/** Keys of marks through the year leave room for three in every subject. */
const ROUNDS = 3;
function* ongoing(plan: Plan): Generator<number> {
  for (const key of pupilSubjects(plan)) {
    const rounds = subjectOf(key) < 5 ? plan.density.ongoingMarks : plan.density.ongoingMarksOther;
    for (let round = 0; round < rounds; round += 1) yield key * ROUNDS + round;
  }
}

const markCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/vurdering/halvarsfagvurdering',
    function* () {
      for (const key of pupilSubjects(plan))
        if (pupilOf(key) < EDGE_PUPILS || keeps(plan.density.halfMarks, key)) yield key;
    },
    (key) => {
      const index = pupilOf(key);
      const id = enrolmentId(plan, index);
      return bySystemId(
        `HF-${id}-${subjectOf(key) + 1}`,
        { kommentar: comment(plan, HALF, key), vurderingsdato: moment(plan.asOf - 10, 720) },
        {
          elevvurdering: to(ASSESSMENT, assessmentId(id), key),
          fag: to(SUBJECT, at(classOfPupil(plan, index).subjectIds, subjectOf(key)), key + 1),
          karakter: mark(plan, HALF, key),
          skolear: yearLink(plan),
        },
      );
    },
  ),
  collection(
    'utdanning/vurdering/sluttfagvurdering',
    () => finals(plan),
    (key) => {
      const id = enrolmentId(plan, pupilOf(key));
      const changed = isChanged(plan, key) ? { karakterhistorie: to(MARK_HISTORY, historyId(key), key) } : {};
      return bySystemId(
        `SF-${id}-${subjectOf(key) + 1}`,
        { kommentar: comment(plan, FINAL, key), vurderingsdato: noon(dayNumber(plan.schoolYear, 6, 12)) },
        {
          elevvurdering: to(ASSESSMENT, assessmentId(id), key),
          fag: to(SUBJECT, lastYearSubjectId(plan, key), key + 1),
          karakter: mark(plan, FINAL, key),
          skolear: yearLink(plan, 1),
          ...changed,
        },
      );
    },
  ),
  collection(
    'utdanning/vurdering/underveisfagvurdering',
    () => ongoing(plan),
    (number) => {
      const key = Math.floor(number / ROUNDS);
      const round = number % ROUNDS;
      const index = pupilOf(key);
      const id = enrolmentId(plan, index);
      return bySystemId(
        `UF-${id}-${subjectOf(key) + 1}-${round + 1}`,
        { kommentar: comment(plan, ONGOING, number), vurderingsdato: noon(plan.asOf - 1 - round * 15 - (key % 14)) },
        {
          elevvurdering: to(ASSESSMENT, assessmentId(id), number),
          fag: to(SUBJECT, at(classOfPupil(plan, index).subjectIds, subjectOf(key)), number + 1),
          karakter: mark(plan, ONGOING, number),
          skolear: yearLink(plan),
        },
      );
    },
  ),
  collection(
    'utdanning/vurdering/eksamensvurdering',
    // Only the first exam has been held.
    () => range(plan.pupils, (index) => sitsExams(plan, index)),
    (index) => {
      const id = enrolmentId(plan, index);
      return bySystemId(
        `XV-${id}-1`,
        { kommentar: 'Eksamen', vurderingsdato: moment(plan.asOf - 12, 720) },
        {
          elevvurdering: to(ASSESSMENT, assessmentId(id), index),
          eksamensgruppe: to(EXAM_GROUP, examGroupOf(plan, index, 0), index),
          fag: to(SUBJECT, at(classOfPupil(plan, index).subjectIds, EXAM_SUBJECTS[0]), index),
          karakter: mark(plan, EXAM, index),
          skolear: yearLink(plan),
        },
      );
    },
  ),
];

// Like remarks, the history of a mark leads to no pupil by itself and its id names none.
const historyId = (key: number): string => `KH-${2_000_001 + key}`;

function* changedFinals(plan: Plan): Generator<number> {
  for (const key of finals(plan)) if (isChanged(plan, key)) yield key;
}

const historyCollection = (plan: Plan): SandboxCollection =>
  collection(
    'utdanning/vurdering/karakterhistorie',
    () => changedFinals(plan),
    (key) =>
      bySystemId(
        historyId(key),
        { endretDato: moment(dayNumber(plan.schoolYear, 6, 25), 540) },
        {
          opprinneligKarakterverdi: to(MARK, 'TALL-3', key),
          karakterverdi: mark(plan, FINAL, key),
          karakterstatus: to(MARK_STATUS, 'B', key),
          oppdatertAv: to(
            SCHOOL_RESOURCE,
            schoolResourceId(teacherStaffOf(classOfPupil(plan, pupilOf(key)), subjectOf(key))),
            key,
          ),
        },
      ),
  );

const orderCollection = (plan: Plan, name: string, prefix: string, back: number): SandboxCollection =>
  collection(
    `utdanning/vurdering/${name}`,
    () => (back === 0 ? classPupils(plan) : range(plan.pupils, (index) => inClass(index) && index % 3 > 0)),
    (index) => {
      const id = enrolmentId(plan, index);
      const order = drawBelow(plan.seed, ORDER, index, 20);
      return bySystemId(
        `${prefix}-${id}`,
        {
          kommentar: order === 0 ? 'Møt tidsnok til timene.' : 'God orden.',
          vurderingsdato: noon(back === 0 ? plan.asOf - 10 : dayNumber(plan.schoolYear, 6, 12)),
        },
        {
          elevvurdering: to(ASSESSMENT, assessmentId(id), index),
          orden: to(MARK, order === 0 ? 'ORDEN-N' : 'ORDEN-G', index),
          atferd: to(MARK, order === 1 ? 'ORDEN-N' : 'ORDEN-G', index),
          skolear: yearLink(plan, back),
        },
      );
    },
  );

const absenceCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/vurdering/elevfravar',
    () => range(plan.pupils, (index) => hasClass(plan, index)),
    (index) => {
      const id = enrolmentId(plan, index);
      return bySystemId(absenceId(id), {}, { elevforhold: to(ENROLMENT, id, index) });
    },
  ),
  collection(
    'utdanning/vurdering/fravarsoversikt',
    () => pupilSubjects(plan, plan.density.overviewSubjects),
    (key) => {
      const index = pupilOf(key);
      const id = enrolmentId(plan, index);
      const hours = drawBelow(plan.seed, HOURS, key, 12);
      const sums = { fravarstimer: hours, undervisningstimer: 60, prosent: Math.round((hours * 10_000) / 60) };
      return bySystemId(
        `FO-${id}-${subjectOf(key) + 1}`,
        { halvar: sums, skolear: sums },
        {
          elevforhold: to(ENROLMENT, id, key),
          fag: to(SUBJECT, at(classOfPupil(plan, index).subjectIds, subjectOf(key)), key + 1),
        },
      );
    },
  ),
  collection(
    'utdanning/vurdering/fravarsregistrering',
    () =>
      range(plan.pupils * plan.density.absenceEvents, (number) =>
        hasClass(plan, Math.floor(number / plan.density.absenceEvents)),
      ),
    (number) => {
      const index = Math.floor(number / plan.density.absenceEvents);
      const planned = classOfPupil(plan, index);
      const subject = drawBelow(plan.seed, EVENT, number, SUBJECTS_PER_PUPIL);
      const id = enrolmentId(plan, index);
      const day = plan.asOf - 1 - ((draw(plan.seed, EVENT, number) >>> 8) % 60);
      const start = 420 + ((draw(plan.seed, EVENT, number) >>> 16) % 7) * 60;
      return bySystemId(
        `FRR-${id}-${(number % plan.density.absenceEvents) + 1}`,
        {
          foresPaVitnemal: number % 4 !== 0,
          periode: { start: moment(day, start), slutt: moment(day, start + 45) },
          ...(number % 9 === 0 ? { kommentar: 'Legetime' } : {}),
        },
        {
          elevfravar: to(ABSENCE, absenceId(id), number),
          undervisningsgruppe: to(TEACHING_GROUP, at(planned.teachingGroupIds, subject), number),
          fag: to(SUBJECT, at(planned.subjectIds, subject), number + 1),
          faggruppe: to(SUBJECT_GROUP, at(planned.subjectGroupIds, subject), number + 2),
          fravarstype: to(ABSENCE_TYPE, number % 4 === 0 ? 'D' : 'U', number),
          registrertAv: to(SCHOOL_RESOURCE, schoolResourceId(teacherStaffOf(planned, subject)), number),
        },
      );
    },
  ),
  collection(
    'utdanning/vurdering/aktivitetsfravar',
    () => range(plan.pupils, (index) => hasClass(plan, index) && drawPercent(plan.seed, ACTIVITY, index, 10)),
    (index) => {
      const planned = classOfPupil(plan, index);
      const subject = index % SUBJECTS_PER_PUPIL;
      const id = enrolmentId(plan, index);
      return bySystemId(
        `AF-${id}`,
        { dato: noon(plan.asOf - 3 - (index % 20)), minutter: 45, kommentar: 'Elevrådsmøte' },
        {
          elevfravar: to(ABSENCE, absenceId(id), index),
          fag: to(SUBJECT, at(planned.subjectIds, subject), index),
          undervisningsgruppe: to(TEACHING_GROUP, at(planned.teachingGroupIds, subject), index),
          fravarstype: to(ABSENCE_TYPE, 'A', index),
          registrertAv: to(SCHOOL_RESOURCE, schoolResourceId(teacherStaffOf(planned, subject)), index),
        },
      );
    },
  ),
];

/** Gives the collections of assessment and absence. */
export const assessmentCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/vurdering/elevvurdering',
    function* () {
      for (const index of range(plan.pupils)) yield { index, id: enrolmentId(plan, index) };
      yield* formerEnrolments(plan);
    },
    ({ index, id }) => {
      return bySystemId(
        assessmentId(id),
        {},
        {
          elevforhold: to(ENROLMENT, id, index),
          ...(index % 200 === 170 ? { vitnemalsmerknad: to(DIPLOMA_REMARK, 'VK', index) } : {}),
        },
      );
    },
  ),
  historyCollection(plan),
  ...markCollections(plan),
  orderCollection(plan, 'halvarsordensvurdering', 'HO', 0),
  orderCollection(plan, 'sluttordensvurdering', 'SO', 1),
  orderCollection(plan, 'underveisordensvurdering', 'UO', 0),
  ...absenceCollections(plan),
];
