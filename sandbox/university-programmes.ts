// The programmes of the university as collections: programmes, fields of study within them, cohorts and classes, how a programme is put together, and
// what it leads to. Called by university.ts. It must not know people.

import { noon } from './calendar.ts';
import { collection, identified, type SandboxCollection } from './collection.ts';
import { href, target, to, toAll } from './links.ts';
import { at } from './random.ts';
import { KINDS, trilingual } from './university-catalogue.ts';
import {
  campusId,
  instituteUnit,
  libraryId,
  organisationId,
  PARTNERS,
  toCampus,
  toUnit,
} from './university-organisation.ts';
import {
  cohortStart,
  cohortYears,
  isOpenCohort,
  termCode,
  termStart,
  termYear,
  type Course,
  type Programme,
  type TermNumber,
  type UniversityPlan,
} from './university-plan.ts';
import { REALM } from './university-people.ts';
import {
  classCode,
  classId,
  code,
  cohortId,
  cohortKey,
  credits,
  days,
  duration,
  entity,
  programmeId,
  said,
  TARGETS,
  terms,
  text,
  toCourse,
  toProgramme,
  toTerm,
  type Attributes,
} from './university-values.ts';

const DESCRIPTION = target('fs/studietilbud/studieprogrambeskrivelse');
const PROGRAMME_CAMPUS = target('fs/studietilbud/studieprogramcampus');
const PROGRAMME_LANGUAGE = target('fs/studietilbud/studieprogramsprak');
const QUALIFICATION = target('fs/vurdering/kvalifikasjon');
const STRUCTURE = target('fs/studietilbud/studieoppbygning');
const PART = target('fs/studietilbud/studieoppbygningsdel');
const COUPLING = target('fs/studietilbud/studieoppbygningskobling');
const COURSE_IN_PART = target('fs/studietilbud/emneistudieoppbygningsdel');
const CATEGORY = target('fs/studietilbud/emnekategori');
const CHOICE = target('fs/studietilbud/emnevalgregel');
const TEXT_CATEGORY = target('fs/studietilbud/tekstkategori');

export type Cohort = { readonly programme: Programme; readonly year: number; readonly start: TermNumber };

/** Walks all cohorts. */
export function* cohorts(plan: UniversityPlan): Generator<Cohort> {
  for (const programme of plan.programmes)
    for (const year of cohortYears(plan, programme)) yield { programme, year, start: cohortStart(programme, year) };
}

export type ClassOfCohort = Cohort & { readonly number: number };

/** Walks all classes. */
export function* classes(plan: UniversityPlan): Generator<ClassOfCohort> {
  for (const cohort of cohorts(plan))
    for (let number = 0; number < cohort.programme.classes; number += 1) yield { ...cohort, number };
}

/** Which institutes have fields of study that their programmes are divided into. */
const hasDirections = (institute: number): boolean => institute % 3 === 0;
const directionCode = (institute: string, number: number): string => `${institute}-R${number + 1}`;
export const directionId = (institute: string, number: number): string => `RET-${directionCode(institute, number)}`;
/** The field of study of a programme, where it is divided. */
export const directionOf = ({ institute, kind }: Programme, number: number): string | undefined =>
  hasDirections(institute.index) && kind !== 'year' && kind !== 'phd'
    ? directionId(institute.discipline.code, number % 2)
    : undefined;

const DIRECTIONS = [trilingual('Teori;;Theory'), trilingual('Anvendelse;Bruk;Application')];

const qualificationId = ({ code: programme }: Programme): string => `KV-${programme}`;
/** The qualification that a programme leads to. */
export const qualificationOf = (programme: Programme): string | undefined =>
  KINDS[programme.kind].qualification === null ? undefined : qualificationId(programme);

/** Which courses belong to the structure of a programme: some of its institute, of the pools that fit it. */
export const coursesOfProgramme = (plan: UniversityPlan, { institute, kind }: Programme): readonly Course[] => {
  const pool = kind === 'phd' ? 'phd' : kind === 'master' ? 'master' : 'bachelor';
  const own = plan.courses.filter((course) => course.institute === institute && course.pool === pool);
  return kind === 'year' ? own.filter((_, place) => place % 3 === 0) : own;
};

const programmes = (plan: UniversityPlan, own: ReadonlyMap<Programme, readonly Course[]>): SandboxCollection =>
  collection(
    'fs/studietilbud/studieprogram',
    () => plan.programmes,
    (programme) => {
      const { kind, institute, index, expired } = programme;
      const facts = KINDS[kind];
      const [last] = cohortYears(plan, programme).slice(-1);
      const first = plan.now - 20 + (index % 9) * 2;
      const qualification = qualificationOf(programme);
      const until = expired ? cohortStart(programme, last ?? plan.admission) : undefined;
      return entity(
        programmeId(programme),
        [programme.code],
        {
          kode: identified(programme.code),
          navnAlleSprak: text(programme.name),
          vitnemalsnavnAlleSprak: text(programme.name),
          ...(index % 7 === 1
            ? {
                navnAlleSprakHistorikk: [
                  {
                    navnAlleSprak: text(trilingual(`Studium i ${institute.discipline.name.nb}`)),
                    _links: { fraTermin: toTerm(first - 2), tilTermin: toTerm(first) },
                  },
                ],
              }
            : {}),
          datoOpprettet: noon(termStart(first) - 200),
          sistEndretDato: noon(termStart(plan.now) - (index % 60)),
          emneKoblinger: (own.get(programme) ?? []).map((course, place) => ({
            periode: terms(first, until),
            skalPubliseres: true,
            skalRapporteres: place % 5 !== 4,
            _links: { emne: toCourse(course, place) },
          })),
          erAktiv: !expired,
          erGrunnstudium: facts.interval === 'BACHELOR',
          finansieringstype: code('ORD', trilingual('Ordinær;;Ordinary')),
          godkjenning: {
            dato: noon(termStart(first) - 300),
            lov: code(
              'UHL',
              trilingual('Universitets- og høyskoleloven;Universitets- og høgskulelova;Universities Act'),
            ),
          },
          lmsRomkode: `SP-${programme.code}`,
          nusKode: '654100',
          prosentEgenfinansiering: index % 40 === 39 ? 100 : 0,
          prosentHeltid: index % 10 === 8 ? 50 : 100,
          prosentPraksis: institute.faculty === 3 ? 40 : 0,
          skalEksporteresTilLms: !expired,
          skalEksporteresTilUtdanningsregisteret: !expired,
          skalPubliseres: !expired,
          studenterSkalHaUtdanningsplan: hasPlans(programme),
          studienivaintervallkode: facts.interval,
          ...(directionOf(programme, 0) === undefined
            ? {}
            : {
                studieretninger: DIRECTIONS.map((_, number) => ({
                  erAktiv: true,
                  tilbysIPeriode: terms(first),
                  _links: { studieretning: to(TARGETS.direction, directionId(institute.discipline.code, number)) },
                })),
              }),
          tilbysIPeriode: terms(first, until),
          undervisningsorganisering: code('HELTID', trilingual('Heltid;;Full time')),
          urlAlleSprak: said(`https://www.${REALM}/studier/${programme.code.toLowerCase()}`),
          utdanningsomrade: code(`F${institute.faculty}`, at(plan.faculties, institute.faculty - 1)),
          utvekslingsavtalekoblinger:
            kind === 'bachelor' && institute.index === 0
              ? [
                  {
                    gyldighetsperiode: days(termStart(first)),
                    _links: { utvekslingsavtale: to(target('fs/studierett/utvekslingsavtale'), 'AVTALE-1') },
                  },
                ]
              : [],
          varighet: duration(programme.terms, 'SEM'),
          vekting: credits(facts.points),
          videreutdanningsstatus: code(
            'NEI',
            trilingual('Ikke videreutdanning;Ikkje vidareutdanning;Not for professionals'),
          ),
        },
        {
          beskrivelsesavsnitt: toAll(
            DESCRIPTION,
            ['nob', 'eng'].map((language) => `SPB-${programme.code}-${language}`),
          ),
          campuser: to(PROGRAMME_CAMPUS, `SPC-${programme.code}`),
          fag: to(TARGETS.subject, subjectId(institute.discipline.code), index),
          ...(qualification === undefined ? {} : { forerTilKvalifikasjon: to(QUALIFICATION, qualification, index) }),
          ...(expired ? { sisteOpptakstermin: toTerm(until ?? plan.now) } : {}),
          ...(index % 4 === 0 && !expired
            ? { fsOpptaksterminer: to(target('fs/studietilbud/fsopptakstermin'), `OPPT-${programme.code}`) }
            : {}),
          studienivaintervall: to(target('hoyereutdanning/register/studienivaintervall'), facts.interval),
          nusklassifikasjon: to(
            target('fs/studietilbud/nusklassifikasjon'),
            at(['654100', '641100', '661100', '621100'], institute.faculty % 4),
          ),
          ...(index % 6 === 0
            ? {
                rapporteringTilLanekassen: to(
                  target('fs/studietilbud/rapporteringtillanekassen'),
                  `LK-${programme.code}`,
                ),
              }
            : {}),
          ...(index % 20 === 1
            ? { samarbeidsinstitusjoner: to(target('fs/studietilbud/studieprogramsamarbeid'), `SAM-${programme.code}`) }
            : {}),
          sprak: to(PROGRAMME_LANGUAGE, `SPS-${programme.code}`),
          studieansvarligOrganisasjonsenhet: toUnit(instituteUnit(institute), index),
          studieniva: to(TARGETS.level, facts.level, index),
          studieprogramkategori: to(
            target('fs/studietilbud/studieprogramkategori'),
            kind === 'phd' ? 'PHD' : kind === 'year' ? 'ÅR' : 'GRAD',
          ),
        },
      );
    },
  );

/** Whether students of a programme have plans of their education. */
export const hasPlans = ({ index }: Programme): boolean => index % 10 === 0;

export const subjectId = (discipline: string): string => `FAG-${discipline}`;

const aroundProgrammes = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/studietilbud/fag',
    () => plan.institutes,
    ({ discipline, index }) =>
      entity(subjectId(discipline.code), [discipline.code], {
        kode: identified(discipline.code),
        navnAlleSprak: text(discipline.name),
        subjectArea: code(`0${511 + index}`, discipline.name),
      }),
  ),
  collection(
    'fs/studietilbud/studieretning',
    () =>
      plan.institutes
        .filter(({ index }) => hasDirections(index))
        .flatMap((institute) => [0, 1].map((number) => ({ institute, number }))),
    ({ institute: { discipline, index }, number }) =>
      entity(
        directionId(discipline.code, number),
        [directionCode(discipline.code, number)],
        {
          kode: identified(directionCode(discipline.code, number)),
          betegnelse: 'Studieretning',
          navnAlleSprak: text(at(DIRECTIONS, number)),
          tilbys: index % 9 !== 6 || number === 0,
        },
        { fag: to(TARGETS.subject, subjectId(discipline.code)) },
      ),
  ),
  collection(
    'fs/vurdering/kvalifikasjon',
    () => plan.programmes.filter((programme) => qualificationOf(programme) !== undefined),
    (programme) => {
      const facts = KINDS[programme.kind];
      return entity(
        qualificationId(programme),
        null,
        {
          navnAlleSprak: text(facts.qualification ?? programme.name),
          gradtittelkodeYrke: facts.letter,
          iscedFKode: '0610',
          normertStudietid: duration(programme.terms / 2, 'ÅR'),
          nuskode: '654100',
          studienivaIntervall: code(facts.interval, trilingual(facts.interval)),
          tilsvarerGrad: true,
          vitnemalsgivende: true,
        },
        {
          fagligAnsvarligEnhet: toUnit(instituteUnit(programme.institute)),
          studieniva: to(TARGETS.level, facts.level),
        },
      );
    },
  ),
  collection(
    'fs/studietilbud/studieprogrambeskrivelse',
    () =>
      plan.programmes.flatMap((programme) => (['nob', 'eng'] as const).map((language) => ({ programme, language }))),
    ({ programme: { code: kode, name }, language }) => {
      const words =
        language === 'nob'
          ? `${name.nb} gir innsikt i faget og øvelse i å bruke det.`
          : `${name.en} gives insight into the field and practice in using it.`;
      return entity(
        `SPB-${kode}-${language}`,
        null,
        {
          innhold: words,
          originalinnhold: `<p>${words}</p>`,
          cdmTag: 'cdm-innhold',
          publiseringstag: 'innhold',
          rekkefolgenummer: 1,
          periode: terms(plan.now - 8),
        },
        { sprak: to(TARGETS.language, language), tekstkategori: to(TEXT_CATEGORY, 'INNHOLD') },
      );
    },
  ),
  collection(
    'fs/studietilbud/studieprogramcampus',
    () => plan.programmes,
    ({ code: kode, institute: { campus }, index }) =>
      entity(
        `SPC-${kode}`,
        null,
        { gyldighetsperiode: terms(plan.now - 20) },
        {
          campus: toCampus(campus, index),
          ...(index % 4 === 0 && !at(plan.programmes, index).expired
            ? { fsOpptaksterminer: to(target('fs/studietilbud/fsopptakstermin'), `OPPT-${kode}`) }
            : {}),
        },
      ),
  ),
  collection(
    'fs/studietilbud/studieprogramsprak',
    () => plan.programmes,
    ({ code: kode, kind }) =>
      entity(
        `SPS-${kode}`,
        null,
        { erEksamenssprak: true, erUndervisningssprak: true, prioritetsnummer: 1, periode: terms(plan.now - 20) },
        { sprak: to(TARGETS.language, kind === 'phd' || kind === 'master' ? 'eng' : 'nob') },
      ),
  ),
  collection(
    'fs/studietilbud/fsopptakstermin',
    () => plan.programmes.filter(({ index, expired }) => index % 4 === 0 && !expired),
    (programme) => {
      const start = cohortStart(programme, plan.admission + 1);
      return entity(
        `OPPT-${programme.code}`,
        null,
        { oppmotetidspunkt: noon(termStart(start) + 13), soknadsfrist: noon(termStart(start) - 108) },
        {
          campus: toCampus(programme.institute.campus),
          kull: to(TARGETS.cohort, cohortId(programme, start)),
          termin: toTerm(start),
        },
      );
    },
  ),
  collection(
    'fs/studietilbud/publiseringsklartstudieprogramfortermin',
    () => plan.programmes.filter(({ expired }) => !expired),
    (programme) =>
      entity(
        `PSP-${programme.code}`,
        null,
        {
          kanPubliseres: true,
          kanPubliseresTilEksterneRegistre: true,
          kanPubliseresTilRegistreForEngelsksprakligeStudier: programme.kind === 'master',
          url: `https://www.${REALM}/studier/${programme.code.toLowerCase()}`,
        },
        {
          studieprogram: toProgramme(programme, programme.index),
          termin: toTerm(plan.now),
          beskrivelsesavsnitt: to(DESCRIPTION, `SPB-${programme.code}-nob`),
        },
      ),
  ),
  collection(
    'fs/studietilbud/rapporteringtillanekassen',
    () => plan.programmes.filter(({ index }) => index % 6 === 0),
    ({ code: kode }) =>
      entity(
        `LK-${kode}`,
        null,
        { merknadtekstforLanekassen: 'Gir rett til lån', skolepengerPerSemester: '0.0' },
        { termin: toTerm(plan.now) },
      ),
  ),
  collection(
    'fs/studietilbud/studieprogramsamarbeid',
    () => plan.programmes.filter(({ index }) => index % 20 === 1),
    ({ code: kode }) =>
      entity(
        `SAM-${kode}`,
        null,
        { gyldighetsperiode: terms(plan.now - 8) },
        {
          samarbeidendeInstitusjon: to(TARGETS.organisation, organisationId(at(PARTNERS, 0)[0])),
          samarbeidstype: to(target('fs/studietilbud/samarbeidstype'), 'FELLES'),
        },
      ),
  ),
];

const groups = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/studietilbud/kull',
    () => cohorts(plan),
    ({ programme, year, start }) =>
      entity(
        cohortId(programme, start),
        cohortKey(programme, start),
        {
          erAktiv: isOpenCohort(plan, programme, year),
          lmsRomkode: `KULL-${programme.code}-${start}`,
          navnAlleSprak: cohortName(programme, start),
          skalEksporteresTilLms: isOpenCohort(plan, programme, year),
          tjenestenummerForLms: String(programme.index + 1),
        },
        {
          bibliotek: to(TARGETS.bibliotek, libraryId(programme.institute.campus), year),
          studieprogram: toProgramme(programme, year),
          terminV2: toTerm(start, year),
          ...(programme.expired ? {} : { studieoppbygning: to(STRUCTURE, `SO-${programme.code}`, year) }),
        },
      ),
  ),
  collection(
    'fs/studietilbud/kullcampus',
    () => cohorts(plan),
    ({ programme, start }) =>
      entity(
        `KC-${programme.code}-${start}`,
        null,
        { skalEksporteresTilUtdanningsregisteret: true },
        {
          campus: to(TARGETS.campus, campusId(programme.institute.campus), start),
          kull:
            start % 2 === 0
              ? to(TARGETS.cohort, cohortId(programme, start))
              : to(TARGETS.cohortByKey, cohortKey(programme, start).join(',')),
        },
      ),
  ),
  collection(
    'fs/studietilbud/klasse',
    () => classes(plan),
    ({ programme, year, start, number }) => {
      const direction = directionOf(programme, number);
      return entity(
        classId(programme, start, number),
        [...cohortKey(programme, start), classCode(number)],
        {
          kode: classCode(number),
          betegnelse: code('KLASSE', trilingual('Klasse;;Class')),
          erAktiv: isOpenCohort(plan, programme, year),
          lmsRomkode: `KLASSE-${programme.code}-${start}-${classCode(number)}`,
          navnAlleSprak: text({
            nb: `Klasse ${classCode(number)}`,
            nn: `Klasse ${classCode(number)}`,
            en: `Class ${classCode(number)}`,
          }),
          skalEksporteresTilLms: isOpenCohort(plan, programme, year),
        },
        {
          campus: toCampus(programme.institute.campus, number),
          kull: to(TARGETS.cohort, cohortId(programme, start), number),
          ...(direction === undefined ? {} : { studieretning: to(TARGETS.direction, direction) }),
        },
      );
    },
  ),
  collection(
    'fs/studietilbud/kullogklassespesifikkavgift',
    () =>
      [...cohorts(plan)].filter(
        ({ programme, year }) => programme.index % 12 === 8 && isOpenCohort(plan, programme, year),
      ),
    ({ programme, start }) =>
      entity(
        `AVG-${programme.code}-${start}`,
        null,
        {
          belop: '450.0',
          fakturadetaljtype: code('MATR', trilingual('Materiell;;Materials')),
          gjelderAlleklasser: false,
        },
        {
          kull: to(TARGETS.cohort, cohortId(programme, start)),
          klasse: to(TARGETS.class, classId(programme, start, 0)),
        },
      ),
  ),
];

const cohortName = ({ name }: Programme, start: TermNumber): Attributes =>
  text({
    nb: `${name.nb}, ${termCode(start).toLowerCase()} ${termYear(start)}`,
    nn: `${name.nn}, ${termCode(start) === 'HØST' ? 'haust' : 'vår'} ${termYear(start)}`,
    en: `${name.en}, ${termCode(start) === 'HØST' ? 'autumn' : 'spring'} ${termYear(start)}`,
  });

/** The parts of a structure: the top, the compulsory part and the elective one. */
const PARTS = ['T', 'O', 'V'] as const;
const PART_NAMES = {
  T: trilingual('Hele programmet;Heile programmet;The whole programme'),
  O: trilingual('Obligatorisk del;;Compulsory part'),
  V: trilingual('Valgfri del;Valfri del;Elective part'),
} as const;

const partId = ({ code: programme }: Programme, part: string): string => `SOD-${programme}-${part}`;

const structures = (
  plan: UniversityPlan,
  own: ReadonlyMap<Programme, readonly Course[]>,
): readonly SandboxCollection[] => {
  const offered = plan.programmes.filter(({ expired }) => !expired);
  const inPart = (programme: Programme, part: string): readonly string[] =>
    (own.get(programme) ?? []).flatMap((_, place) =>
      part === 'T' || (place % 4 === 3) !== (part === 'V') ? [] : [`EIS-${programme.code}-${place + 1}`],
    );
  return [
    collection(
      'fs/studietilbud/emneistudieoppbygningsdel',
      () =>
        offered.flatMap((programme) =>
          (own.get(programme) ?? []).map((course, place) => ({ programme, course, place })),
        ),
      ({ programme, course, place }) =>
        entity(
          `EIS-${programme.code}-${place + 1}`,
          null,
          {
            kullterminperiode: terms(plan.now - 8),
            rekkefolgenummer: place + 1,
            terminForPlasseringIUtdanningsplan: {
              terminnummerForhandsvalgt: (place % 6) + 1,
              terminnummerFra: 1,
              terminnummerTil: 6,
            },
          },
          {
            emne: toCourse(course, place),
            emnekategori: to(CATEGORY, place % 4 === 3 ? 'VALG' : 'OBL'),
            valgregel: to(CHOICE, place % 4 === 3 ? 'V' : 'O'),
            ...(place % 4 === 3 ? { sisteTerminForValg: toTerm(plan.now + 4) } : {}),
          },
        ),
    ),
    collection(
      'fs/studietilbud/utdanningsplanelementistudieoppbygningsdel',
      () => offered,
      ({ code: kode }) => entity(`UPS-${kode}`, null, { rekkefolgenummer: 1 }, { valgregel: to(CHOICE, 'V') }),
    ),
    collection(
      'fs/studietilbud/studieoppbygningsdel',
      () => offered.flatMap((programme) => PARTS.map((part) => ({ programme, part }))),
      ({ programme, part }) => {
        const parts = inPart(programme, part);
        const direction = directionOf(programme, 0);
        const kode = `${programme.code}-${part}`;
        return entity(
          partId(programme, part),
          [kode],
          {
            kode: identified(kode),
            navnAlleSprak: text(PART_NAMES[part]),
            beskrivelseAlleSprak: text(PART_NAMES[part]),
            erUtgatt: false,
            frieEmnevalg: { beregnStudieoppbygningsdelVedValgAvFrieEmner: false, harFrieEmnevalg: part === 'V' },
            kulltrinn: 1,
            veivalg: { antallVeivalg: 0, harVeivalg: false, kreverOpptak: false, studentKanEndreVeivalg: false },
            varighet: duration(programme.terms, 'SEM'),
            vektingskrav: {
              minimum: credits(part === 'T' ? KINDS[programme.kind].points : part === 'O' ? 10 : 0),
              maksimum: credits(KINDS[programme.kind].points),
            },
            ...(part === 'V'
              ? {
                  emneprioritering: {
                    antallEmnePrioriteringer: 2,
                    antallEmnerTilOpptak: 1,
                    emnerSkalPrioriteres: true,
                    periode: days(termStart(plan.now)),
                  },
                }
              : {}),
          },
          {
            ansvarligOrganisasjonsenhet: toUnit(instituteUnit(programme.institute)),
            standardEmnekategori: to(CATEGORY, part === 'V' ? 'VALG' : 'OBL'),
            ...(parts.length === 0 ? {} : { emner: toAll(COURSE_IN_PART, parts) }),
            ...(part === 'T'
              ? {
                  children: toAll(
                    COUPLING,
                    ['O', 'V'].map((child) => `SOK-${programme.code}-${child}`),
                  ),
                }
              : { parents: to(COUPLING, `SOK-${programme.code}-${part}`) }),
            ...(part === 'V'
              ? {
                  utdanningsplanelementer: to(
                    target('fs/studietilbud/utdanningsplanelementistudieoppbygningsdel'),
                    `UPS-${programme.code}`,
                  ),
                }
              : {}),
            ...(direction === undefined || part !== 'V' ? {} : { studieretning: to(TARGETS.direction, direction) }),
          },
        );
      },
    ),
    collection(
      'fs/studietilbud/studieoppbygningskobling',
      () => offered.flatMap((programme) => (['O', 'V'] as const).map((part) => ({ programme, part }))),
      ({ programme, part }) =>
        entity(
          `SOK-${programme.code}-${part}`,
          null,
          {
            erLukket: false,
            kullterminer: {
              _links: { kullStartFraTermin: toTerm(plan.now - 8), sisteTerminForValg: toTerm(plan.now + 4) },
            },
            rekkefolgenummer: part === 'O' ? 1 : 2,
            terminnummerRelativStart: 1,
            terminnummerValgbarFra: 1,
            timeplanSkalGenereres: part === 'O',
          },
          {
            child: to(PART, partId(programme, part)),
            parent: to(PART, partId(programme, 'T')),
            valgregel: to(CHOICE, part),
          },
        ),
    ),
    collection(
      'fs/studietilbud/studieoppbygning',
      () => offered,
      (programme) =>
        entity(
          `SO-${programme.code}`,
          null,
          { kanPubliseres: true },
          {
            alleOppbygningskoblinger: ['O', 'V'].map((part) => href(COUPLING, `SOK-${programme.code}-${part}`, 0)),
            gjelderKullFra: toTerm(plan.now - 20),
            studieprogram: toProgramme(programme),
            toppStudieoppbygningsdel: to(PART, partId(programme, 'T')),
          },
        ),
    ),
  ];
};

/** Gives the collections of programmes, cohorts, classes and structures. */
export const universityProgrammes = (plan: UniversityPlan): readonly SandboxCollection[] => {
  const own = new Map(plan.programmes.map((programme) => [programme, coursesOfProgramme(plan, programme)]));
  return [...aroundProgrammes(plan), programmes(plan, own), ...structures(plan, own), ...groups(plan)];
};
