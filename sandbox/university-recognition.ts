// What students of the university bring from elsewhere, and what people have applied for: external results and their places in plans, exemptions, orders of results,
// and the choices of applications. Called by university.ts. It must not know names of people.

import { noon } from './calendar.ts';
import { collection, type SandboxCollection } from './collection.ts';
import { target, to } from './links.ts';
import { at } from './random.ts';
import { trilingual } from './university-catalogue.ts';
import { organisationId, PARTNERS } from './university-organisation.ts';
import {
  coursesIn,
  termStart,
  termYear,
  type Course,
  type Programme,
  type Student,
  type UniversityPlan,
} from './university-plan.ts';
import { profileNumber } from './university-people.ts';
import { admissionNumber, applicants, educationPlanId, isPlanned, toApplication } from './university-rights.ts';
import { toProfile, toStudent } from './university-teaching.ts';
import {
  decimal,
  entity,
  said,
  TARGETS,
  text,
  toCourse,
  toProgramme,
  toTerm,
  type Attributes,
} from './university-values.ts';

const EXTERNAL = target('hoyereutdanning/godkjenning/eksternresultat');

/** What those who come from a partner have passed there: code, name, classification and credits. The names are in the language that it was taught in. */
const ELSEWHERE: readonly (readonly [code: string, name: Attributes, nus: string, points: number])[][] = [
  [
    [
      'NLU1010',
      text(trilingual('Innføring i statistikk;Innføring i statistikk;Introduction to Statistics')),
      '654100',
      10,
    ],
    ['NLU1020', text(trilingual('Akademisk skriving;Akademisk skriving;Academic Writing')), '621100', 5],
  ],
  [
    ['GH-110', said('Introduktion till statistik'), '654100', 7.5],
    ['GH-115', said('Vetenskapsteori'), '621100', 7.5],
  ],
  [
    ['UB-L1-STAT', { ...said('Statistique pour débutants'), en: 'Statistics for Beginners' }, '654100', 6],
    ['UB-L1-HIST', { ...said('Histoire des idées'), en: 'History of Ideas' }, '621100', 6],
  ],
];

/** Students who have results from elsewhere: some of the unusual, and one in twenty of the others. */
const hasExternal = ({ now }: UniversityPlan, { what, number, start }: Student): boolean =>
  start <= now &&
  (what === undefined
    ? number % 20 === 3
    : ['ordinary', 'abroad', 'twoProgrammes', 'strictlyProtected', 'confidential'].includes(what));

/** Whose results are from which partner. */
const partnerOf = ({ number, what }: Student): number => (what === 'ordinary' ? 0 : number % PARTNERS.length);

type External = { readonly student: Student; readonly partner: number; readonly place: number };

const externalId = ({ student, place }: External): string => `ER-${profileNumber(student)}-${place + 1}`;
const externalsOf = (student: Student): readonly External[] => {
  const partner = partnerOf(student);
  return Array.from({ length: 1 + (student.number % 2) }, (_, place) => ({ student, partner, place }));
};

const exemptionId = (student: Student): string => `EF-${profileNumber(student)}`;
const orderId = (student: Student): string => `RU-${profileNumber(student)}`;
const placeId = (student: Student): string => `EIP-${profileNumber(student)}`;

const externals = (plan: UniversityPlan): readonly Student[] =>
  plan.students.filter((student) => hasExternal(plan, student));

/** The course from which the student is exempt: one of the institute that has not been taken; none to those who have taken all. */
const exemptFrom = (plan: UniversityPlan, student: Student): Course | undefined => {
  const { institute, kind } = student.programme;
  if (kind === 'master' || kind === 'phd') return undefined;
  const terms = Array.from({ length: Math.max(0, plan.now - student.start + 1) }, (_, index) => student.start + index);
  const taken = new Set(terms.flatMap((term) => coursesIn(plan, student, term)));
  return plan.courses.findLast((one) => one.institute === institute && one.pool === 'bachelor' && !taken.has(one));
};

/** Day on which something is settled early in the study, not later than the day before the university stands at. */
const dayIn = ({ asOf }: UniversityPlan, { start }: Student, day: number): string =>
  noon(Math.min(termStart(start) + day, asOf - 1));

const resultsFromElsewhere = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'hoyereutdanning/godkjenning/eksternresultat',
    () => externals(plan).flatMap(externalsOf),
    (one) => {
      const { student, partner, place } = one;
      const [kode, navnAlleSprak, nusKode, points] = at(at(ELSEWHERE, partner), place);
      return entity(
        externalId(one),
        null,
        {
          kode,
          navnAlleSprak,
          url: `https://emner.${at(PARTNERS, partner)[0]}.test/${kode.toLowerCase()}`,
          nusKode,
          arstall: termYear(student.start) - 1,
          vektingsverdi: decimal(points),
          kreverKontroll: partner === 2,
        },
        {
          student: toStudent(student),
          institusjon: to(TARGETS.organisation, organisationId(at(PARTNERS, partner)[0])),
          studieniva: to(TARGETS.level, 'LN'),
          status: to(target('fs/vurdering/vurderingsresultatstatus'), 'B'),
          registreringskilde: to(
            target('hoyereutdanning/register/eksternresultatregistreringskilde'),
            partner === 0 ? 'UTVEKSLING' : 'VITNEMAL',
          ),
          kategori: to(target('hoyereutdanning/register/eksternresultatkategori'), partner === 0 ? 'NORGE' : 'UTLAND'),
          beskrivelsesmodell: to(target('hoyereutdanning/register/eksternresultatbeskrivelsesmodell'), 'EMNE'),
          periode: to(target('hoyereutdanning/register/eksternresultatperiode'), place === 0 ? 'HØST' : 'VÅR'),
          vektingstype: to(TARGETS.creditType, 'SP'),
        },
      );
    },
  ),
  collection(
    'hoyereutdanning/godkjenning/eksternresultatiutdanningsplan',
    () => externals(plan).filter((student) => isPlanned(plan, student)),
    (student) =>
      entity(
        placeId(student),
        null,
        { vektingsverdi: decimal(5) },
        {
          utdanningsplan: to(target('fs/studierett/utdanningsplan'), educationPlanId(student)),
          eksternresultat: to(EXTERNAL, externalId({ student, partner: partnerOf(student), place: 0 })),
          studieoppbygningsdel: to(target('fs/studietilbud/studieoppbygningsdel'), `SOD-${student.programme.code}-V`),
          emnekategori: to(target('fs/studietilbud/emnekategori'), 'VALG'),
          vektingstype: to(TARGETS.creditType, 'SP'),
        },
      ),
  ),
  collection(
    'hoyereutdanning/godkjenning/emnefritak',
    () =>
      externals(plan).flatMap((student) => {
        const course = exemptFrom(plan, student);
        return course === undefined ? [] : [{ student, course }];
      }),
    ({ student, course }) =>
      entity(
        exemptionId(student),
        null,
        { fritakstype: student.what === 'twoProgrammes' ? 'INTERN' : 'EKSTERN' },
        {
          student: toStudent(student),
          emne: toCourse(course, student.number),
          fraTermin: toTerm(student.start, student.number),
          ...(student.number % 3 === 0 ? { tilTermin: toTerm(student.start + 3) } : {}),
        },
      ),
  ),
];

const STATES = ['BESTILT', 'UNDER_ARBEID', 'AVVIST'] as const;
type State = (typeof STATES)[number] | 'FULLFORT';
type Order = { readonly student: Student; readonly state: State };

/** The order of a student's results: done for those whose results are from the first partner; of one in forty of the others it is not. */
const orderOf = (plan: UniversityPlan, student: Student): readonly Order[] => {
  if (hasExternal(plan, student)) return partnerOf(student) === 0 ? [{ student, state: 'FULLFORT' }] : [];
  return student.what === undefined && student.start <= plan.now && student.number % 40 === 14
    ? [{ student, state: at(STATES, Math.floor(student.number / 40) % STATES.length) }]
    : [];
};

const orders = (plan: UniversityPlan): SandboxCollection =>
  collection(
    'hoyereutdanning/godkjenning/resultatutveksling',
    () => plan.students.flatMap((student) => orderOf(plan, student)),
    ({ student, state }) => {
      const results = state === 'FULLFORT' ? externalsOf(student).length : 0;
      return entity(
        orderId(student),
        null,
        {
          status: state,
          bestiltTidspunkt: dayIn(plan, student, 20),
          ...(state === 'FULLFORT' || state === 'AVVIST'
            ? { fullfortTidspunkt: dayIn(plan, student, 22), antallResultater: results }
            : {}),
          ...(state === 'AVVIST' ? { melding: 'Ingen resultater på dette nummeret.' } : {}),
        },
        {
          student: toStudent(student),
          institusjon: to(TARGETS.organisation, organisationId(at(PARTNERS, 0)[0])),
        },
      );
    },
  );

type Choice = { readonly student: Student; readonly place: number; readonly programme: Programme };

/** Masters' applicants put their own programme first, and every second of them another one after it. */
const choicesOf = (plan: UniversityPlan, student: Student): readonly Choice[] => {
  const own = { student, place: 1, programme: student.programme };
  const other = plan.programmes.find((one) => one.kind === 'master' && one !== student.programme && !one.expired);
  return other === undefined || student.number % 2 === 0 ? [own] : [own, { student, place: 2, programme: other }];
};

const choices = (plan: UniversityPlan): SandboxCollection =>
  collection(
    'hoyereutdanning/opptak/soknadsalternativ',
    () => applicants(plan).flatMap((student) => choicesOf(plan, student)),
    ({ student, place, programme }) => {
      const waits = place > 1 && student.number % 3 === 0;
      return entity(
        `SA-${profileNumber(student)}-${place}`,
        [profileNumber(student), admissionNumber(student), place],
        {
          prioritet: place,
          erKvalifisert: true,
          erBetingetKvalifisert: false,
          ...(place === 1 ? { harTakketJa: true } : {}),
          ...(waits ? { ventelistenummer: 1 + (student.number % 9) } : {}),
        },
        {
          personProfil: toProfile(student),
          soknad: toApplication(student),
          studieprogram: toProgramme(programme, student.number),
          termin: toTerm(student.start, student.number),
          kvalifikasjonsgrunnlag: to(
            target('hoyereutdanning/register/kvalifikasjonsgrunnlag'),
            student.number % 10 === 0 ? 'REALKOMP' : 'BACHELOR',
          ),
          tilbudstatus: to(
            target('hoyereutdanning/register/tilbudstatus'),
            place === 1 ? 'TILBUD' : waits ? 'VENTELISTE' : 'AVSLAG',
          ),
        },
      );
    },
  );

/** Where everything is that a student has brought from elsewhere: collection and systemId. */
export const broughtBy = (
  plan: UniversityPlan,
  student: Student,
): readonly (readonly [collection: string, systemId: string])[] =>
  hasExternal(plan, student)
    ? [
        ...externalsOf(student).map((one) => ['hoyereutdanning/godkjenning/eksternresultat', externalId(one)] as const),
        ...(isPlanned(plan, student)
          ? [['hoyereutdanning/godkjenning/eksternresultatiutdanningsplan', placeId(student)] as const]
          : []),
        ...(exemptFrom(plan, student) === undefined
          ? []
          : [['hoyereutdanning/godkjenning/emnefritak', exemptionId(student)] as const]),
        ...orderOf(plan, student).map(
          () => ['hoyereutdanning/godkjenning/resultatutveksling', orderId(student)] as const,
        ),
      ]
    : [];

/** Gives the collections of what is brought from elsewhere and of what is applied for. */
export const universityRecognition = (plan: UniversityPlan): readonly SandboxCollection[] => [
  ...resultsFromElsewhere(plan),
  orders(plan),
  choices(plan),
];
