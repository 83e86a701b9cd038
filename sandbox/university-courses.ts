// The courses of the university as collections, with what describes them, and who takes which of them: the roll that teaching and assessment are made
// of. Called by university.ts. It must not know names of people.

import { noon } from './calendar.ts';
import { collection, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { target, to, toAll } from './links.ts';
import { at } from './random.ts';
import { KINDS, trilingual, type Trilingual } from './university-catalogue.ts';
import { instituteUnit, organisationId, PARTNERS, toCampus, toUnit } from './university-organisation.ts';
import {
  coursesIn,
  hasOldVersion,
  isTaught,
  termNumberOf,
  termStart,
  type Course,
  type Pool,
  type Student,
  type TermNumber,
  type UniversityPlan,
} from './university-plan.ts';
import { subjectId } from './university-programmes.ts';
import { REALM } from './university-people.ts';
import {
  code,
  courseId,
  courseKey,
  credits,
  days,
  entity,
  said,
  TARGETS,
  teachingUnitId,
  terms,
  text,
  toCourse,
  toProgramme,
  toTerm,
} from './university-values.ts';

const DESCRIPTION = target('fs/studietilbud/emnebeskrivelse');
const LANGUAGE_CHOICE = target('fs/studietilbud/emnesprakvalg');
const REQUIREMENT = target('fs/studietilbud/forkunnskapskrav');
const FEE = target('fs/studietilbud/emneavgiftfortermin');
const PERIOD_INFORMATION = target('fs/vurdering/vurderingsperiodeinformasjon');

/** Who takes a course in a term, in the order of the students. */
export type Roll = {
  readonly of: (course: Course, term: TermNumber) => readonly Student[];
  /** Everybody and every course of the two terms, student by student. */
  readonly walk: () => Iterable<{ readonly student: Student; readonly course: Course; readonly term: TermNumber }>;
};

/** Makes the roll of this term and the one before; it is counted when it is first asked of a course. */
export const rollOf = (plan: UniversityPlan): Roll => {
  const before = plan.now - 1;
  let counted: Map<number, Student[]> | undefined;
  function* walk(): Generator<{ readonly student: Student; readonly course: Course; readonly term: TermNumber }> {
    for (const student of plan.students)
      for (const term of [before, plan.now])
        for (const course of coursesIn(plan, student, term)) yield { student, course, term };
  }
  const count = (): Map<number, Student[]> => {
    const found = new Map<number, Student[]>();
    for (const { student, course, term } of walk()) {
      const key = course.index * 2 + term - before;
      const known = found.get(key);
      if (known === undefined) found.set(key, [student]);
      else known.push(student);
    }
    return found;
  };
  return {
    of: (course, term) => (counted ??= count()).get(course.index * 2 + term - before) ?? [],
    walk,
  };
};

/** How one signs up for a course. */
export const signingUp = ({ index, pool }: Course): 'DIREKTE' | 'SOKNAD' | 'MANUELL' =>
  pool === 'phd' ? 'MANUELL' : index % 3 === 1 ? 'SOKNAD' : 'DIREKTE';

/** Whether a course asks for more than the examination: a part that is passed or not. */
export const hasCoursework = ({ index, pool }: Course): boolean => index % 3 === 0 && pool !== 'thesis';

/** The courses and terms that are taught: of the term before and of this one. */
export function* taught(plan: UniversityPlan): Generator<{ readonly course: Course; readonly term: TermNumber }> {
  for (const course of plan.courses)
    for (const term of [plan.now - 1, plan.now]) if (isTaught(course, term)) yield { course, term };
}

const LEVEL: Readonly<Record<Pool, string>> = { bachelor: 'LN', master: 'HN', thesis: 'HN', phd: 'FU' };
const LANGUAGES: readonly (readonly [iso: string, said: (name: Trilingual) => string])[] = [
  ['nob', ({ nb }) => `${nb} tar for seg grunnbegreper, metoder og bruk.`],
  ['eng', ({ en }) => `${en} covers basic concepts, methods and use.`],
];

/** The first and the last term of the first version of a course that has a second one. */
const oldTerms = (plan: UniversityPlan): readonly [TermNumber, TermNumber] => [plan.now - 18, plan.now - 7];

const courseEntry = (plan: UniversityPlan, course: Course, old: boolean): SandboxEntry => {
  const { index, institute, pool } = course;
  const version = old ? '1' : course.version;
  const own = { code: course.code, version };
  const [oldFrom, oldUntil] = oldTerms(plan);
  const from = old ? oldFrom : course.version === '2' ? oldUntil + 1 : plan.now - 20;
  const period = terms(from, old ? oldUntil : undefined);
  const offered = plan.programmes.find((programme) => programme.institute === institute && !programme.expired);
  const units = old
    ? []
    : [plan.now - 1, plan.now]
        .filter((term) => isTaught(course, term))
        .map((term) => teachingUnitId(course, term, termNumberOf(course, term)));
  const described = old
    ? []
    : LANGUAGES.flatMap(([language]) => [
        `EB-${course.code}-INNHOLD-${language}`,
        `EB-${course.code}-UTBYTTE-${language}`,
      ]);
  return entity(
    courseId(own),
    courseKey(own),
    {
      kode: course.code,
      versjonskode: version,
      navnAlleSprak: {
        ...text(course.name),
        ...(institute.discipline.code === 'SAM' ? { se: `Sámegiella ${index + 1}` } : {}),
      },
      navnForkortetAlleSprak: text({
        nb: course.name.nb.slice(0, 30).trim(),
        nn: course.name.nn.slice(0, 30).trim(),
        en: course.name.en.slice(0, 30).trim(),
      }),
      ...(index % 14 === 5
        ? {
            navnAlleSprakHistorikk: [
              {
                navnAlleSprak: text(trilingual(`Emne i ${institute.discipline.name.nb}`)),
                navnForkortetAlleSprak: text(trilingual('Emne')),
                _links: { fraTermin: toTerm(from), tilTermin: toTerm(from + 1) },
              },
            ],
          }
        : {}),
      antallLovligeVurderingsforsok: { antallLovligeForsok: 3, _links: { gjelderFraTermin: toTerm(from) } },
      antallLovligeUndervisningsforsok: { antallLovligeForsok: 5, _links: { gjelderFraTermin: toTerm(from) } },
      emnetype: institute.faculty === 3 && index % 6 === 4 ? 'PRAKSIS' : pool === 'thesis' ? 'FORDYPNING' : 'UNDERVISN',
      erOppgave: pool === 'thesis',
      pameldingsform: signingUp(course),
      etteranmeldingsform: 'MANUELL',
      iscedFKode: '0610',
      kanTilbysMedFleksibelFinansiering: false,
      kreverStudierett: index % 8 !== 2,
      nusKode: '654100',
      ...(institute.faculty === 3 ? { praksistype: code('P', trilingual('Praksis;;Placement')) } : {}),
      skalEksporteresTilUtdanningsregisteret: !old,
      studienivaIntervall: code(
        pool === 'bachelor' ? 'BACHELOR' : pool === 'phd' ? 'PHD' : 'MASTER',
        trilingual('Nivå;;Level'),
      ),
      studieprogramkoblinger:
        offered === undefined || old
          ? []
          : [{ periode: period, _links: { studieprogram: toProgramme(offered, index) } }],
      tilbysSomEnkeltemne: index % 8 === 2,
      tilbysSomFjernundervisning: code(
        'NEI',
        trilingual('Ikke fjernundervisning;Ikkje fjernundervisning;Not at a distance'),
      ),
      tilgjengeligHosLanekassenPeriode: days(termStart(from), old ? termStart(oldUntil + 1) - 1 : undefined),
      tjenestenummerForLms: String(index + 1),
      undervisesIPeriode: period,
      vurderesIPeriode: period,
      url: said(`https://www.${REALM}/emner/${course.code.toLowerCase()}`),
      vekting: credits(course.points),
      vurderingsoppbygninger: [
        {
          erAktiv: !old,
          erForhandsvalgt: true,
          periode: period,
          _links: {
            vurderingsordning: to(target('fs/vurdering/vurderingsordning'), hasCoursework(course) ? 'D' : 'S'),
          },
        },
      ],
    },
    {
      administrativtAnsvarligOrganisasjonsenhet: toUnit([institute.faculty, 0, 0], index),
      studieansvarligOrganisasjonsenhet: toUnit(instituteUnit(institute), index),
      studieniva: to(TARGETS.level, LEVEL[pool], index),
      fag: to(TARGETS.subject, subjectId(institute.discipline.code), index),
      viktigsteFag: to(TARGETS.subject, subjectId(institute.discipline.code)),
      larested: to(TARGETS.organisation, organisationId()),
      ...(index % 30 === 7
        ? { samarbeidendeLarested: to(TARGETS.organisation, organisationId(at(PARTNERS, index % 2)[0])) }
        : {}),
      nusklassifikasjon: to(target('fs/studietilbud/nusklassifikasjon'), '654100'),
      ...(offered === undefined ? {} : { rapporteringsstudieprogram: toProgramme(offered, index) }),
      ...(described.length === 0 ? {} : { beskrivelsesavsnitt: toAll(DESCRIPTION, described) }),
      ...(old
        ? {}
        : {
            sprakvalg: to(LANGUAGE_CHOICE, `ES-${course.code}`),
            vurderingsperiodeinformasjon: to(PERIOD_INFORMATION, `VPI-${course.code}`),
            ...(hasRequirement(course) ? { forkunnskapskrav: to(REQUIREMENT, `FK-${course.code}`) } : {}),
            ...(index % 40 === 9 ? { avgifter: to(FEE, `EA-${course.code}`) } : {}),
          }),
      ...(units.length === 0 ? {} : { undervisningsenheter: toAll(TARGETS.teachingUnit, units, index) }),
    },
  );
};

/** Courses after the first ones of an institute that ask for an earlier one. */
const hasRequirement = ({ index, pool }: Course): boolean => pool === 'master' && index % 4 === 0;

/** The course that a course builds on: the first one of the institute. */
const basisOf = (plan: UniversityPlan, course: Course): Course => at(plan.courses, course.institute.firstCourse);

/** Gives the collections of courses and of what describes them. */
export const universityCourses = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/studietilbud/emnebeskrivelse',
    () =>
      plan.courses.flatMap((course) =>
        LANGUAGES.flatMap(([language, words]) =>
          (['INNHOLD', 'UTBYTTE'] as const).map((category) => ({
            course,
            language,
            category,
            words: words(course.name),
          })),
        ),
      ),
    ({ course, language, category, words }) =>
      entity(
        `EB-${course.code}-${category}-${language}`,
        null,
        {
          innhold: words,
          originalinnhold: `<p>${words}</p>`,
          cdmTag: `cdm-${category.toLowerCase()}`,
          publiseringstag: category.toLowerCase(),
          rekkefolgenummer: category === 'INNHOLD' ? 1 : 2,
          periode: terms(plan.now - 4),
        },
        { sprak: to(TARGETS.language, language), tekstkategori: to(target('fs/studietilbud/tekstkategori'), category) },
      ),
  ),
  collection(
    'fs/studietilbud/emnesprakvalg',
    () => plan.courses,
    (course) =>
      entity(
        `ES-${course.code}`,
        null,
        { periode: terms(plan.now - 8), tilbysSomUndervisningssprak: true, tilbysSomVurderingssprak: true },
        { sprak: to(TARGETS.language, course.pool === 'bachelor' ? 'nob' : 'eng', course.index) },
      ),
  ),
  collection(
    'fs/studietilbud/forkunnskapskrav',
    () => plan.courses.filter(hasRequirement),
    (course) =>
      entity(
        `FK-${course.code}`,
        null,
        {
          periode: terms(plan.now - 8),
          pakrevdeKravelementer: [
            code('OPPTAK', trilingual('Opptak til master;Opptak til master;Admission to master')),
          ],
        },
        {
          emne: toCourse(course),
          pakrevdeEmner: toCourse(basisOf(plan, course)),
          pakrevdeVurderingsoppbygningsdeler: to(
            TARGETS.assessmentPart,
            `VD-${basisOf(plan, course).code}-${basisOf(plan, course).version}-E`,
          ),
        },
      ),
  ),
  collection(
    'fs/studietilbud/emneavgiftfortermin',
    () => plan.courses.filter(({ index }) => index % 40 === 9),
    (course) =>
      entity(
        `EA-${course.code}`,
        null,
        {
          belop: '350.0',
          erSkolepengeravgift: false,
          fakturadetaljtype: code('KOPI', trilingual('Kopiavgift;;Copies')),
        },
        { termin: toTerm(plan.now) },
      ),
  ),
  collection(
    'fs/studietilbud/emne',
    () =>
      plan.courses.flatMap((course) =>
        hasOldVersion(course.index)
          ? [
              { course, old: false },
              { course, old: true },
            ]
          : [{ course, old: false }],
      ),
    ({ course, old }) => courseEntry(plan, course, old),
  ),
  collection(
    'fs/studietilbud/emnecampus',
    () => plan.courses,
    (course) =>
      entity(
        `EC-${course.code}`,
        null,
        { campusErAktiv: true, gyldighetsperiode: terms(plan.now - 8) },
        { campus: toCampus(course.institute.campus, course.index), emne: toCourse(course, course.index) },
      ),
  ),
  collection(
    'fs/studietilbud/anbefaltforkunnskap',
    () => plan.courses.filter(({ index, pool }) => pool === 'master' && index % 4 === 2),
    (course) => entity(`AF-${course.code}`, null, { periode: terms(plan.now - 8) }, { emne: toCourse(course) }),
  ),
  collection(
    'fs/studietilbud/vektingsreduksjonsregel',
    () => plan.courses.filter(({ index }) => hasOldVersion(index)),
    (course) => entity(`VR-${course.code}`, null, { prioritetsnummer: 1 }, { emne: toCourse(course) }),
  ),
  collection(
    'fs/studietilbud/publiseringsklartemnefortermin',
    () => plan.courses.filter((course) => isTaught(course, plan.now)),
    (course) =>
      entity(
        `PE-${course.code}`,
        null,
        {
          kanPubliseres: true,
          kanPubliseresTilEksterneRegistre: true,
          url: `https://www.${REALM}/emner/${course.code.toLowerCase()}`,
        },
        {
          emne: toCourse(course, course.index),
          termin: toTerm(plan.now),
          beskrivelsesavsnitt: to(DESCRIPTION, `EB-${course.code}-INNHOLD-nob`),
        },
      ),
  ),
];

/** What a level of courses is called in the records of a programme. */
export const levelOfProgramme = (student: Student): string => KINDS[student.programme.kind].level;

/** Writes a day of a term that is so many days after it began. */
export const dayOfTerm = (term: TermNumber, day: number): string => noon(termStart(term) + day);
