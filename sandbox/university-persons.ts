// The people of the university as collections: profiles, students, members of staff, and what is known about them. Called by university.ts. It must not
// know teaching or assessment.

import { dayNumber, noon } from './calendar.ts';
import { collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { target, to, toAll, type Links } from './links.ts';
import { phoneOf, type Marking } from './person-resource.ts';
import { at, draw, drawBelow, drawFrom, drawPercent, salt } from './random.ts';
import { STUDENT_STAFF } from './university-cases.ts';
import { trilingual } from './university-catalogue.ts';
import { needsAdaptation } from './university-assessment.ts';
import { levelOfProgramme } from './university-courses.ts';
import {
  campusAddress,
  instituteUnit,
  libraryId,
  organisationId,
  roomCount,
  roomId,
  toCampus,
  toUnit,
} from './university-organisation.ts';
import {
  coursesIn,
  coursesOfStaff,
  isAutumn,
  isTaught,
  standingIn,
  teachingRole,
  termEnd,
  termStart,
  type Student,
  type UniversityPlan,
} from './university-plan.ts';
import { subjectId } from './university-programmes.ts';
import {
  formerNationalId,
  instituteOfStaff,
  markingOfStaff,
  markingOfStudent,
  nameOf,
  participantFacts,
  profileNumber,
  REALM,
  staffCount,
  staffFacts,
  studentFacts,
  studentNumber,
  studentOfCase,
  type Facts,
} from './university-people.ts';
import { invoiceId, registeredTerms, registrationId } from './university-rights.ts';
import { courseRightId, toProfile, toStudent } from './university-teaching.ts';
import {
  code,
  days,
  entity,
  profileId,
  roleId,
  studentId,
  TARGETS,
  teacherId,
  text,
  toProgramme,
  type Attributes,
} from './university-values.ts';

const STREET = salt('university.street');
const HOUSE = salt('university.house');
const COUNTRY = salt('university.country');
const TONGUE = salt('university.tongue');
const FORM = salt('university.form');

const STREETS =
  'Fjordveien Skolegata Bekkefaret Storgata Lia Åsvegen Ringvegen Kirkebakken Strandgata Sørlia Myrstien Blåbærveien Elvegata Utsikten'.split(
    ' ',
  );
const COUNTRIES = ['SWE', 'POL', 'UKR', 'SOM', 'ERI', 'PAK', 'VNM', 'DEU', 'FRA', 'USA'];
const TONGUES = ['nob', 'nob', 'nob', 'nob', 'nob', 'nno', 'pol', 'ara', 'som', 'ukr', 'eng', 'sme'];

/** How many take part in courses for professionals, each as a person of their own. */
export const participantCount = ({ size }: UniversityPlan): number => (size === 'small' ? 30 : 6_000);
export const participantId = (participant: number): string => `D${participant + 1}`;
const participantNumber = (participant: number): string => String(500_001 + participant);

const addressOf = (plan: UniversityPlan, number: number): Attributes => ({
  gate: `${drawFrom(plan.seed, STREET, number, STREETS)} ${drawBelow(plan.seed, HOUSE, number, 140) + 1}`,
  postnummerOgSted: `99${30 + (number % 9)} Sikthavn`,
  land: 'Norge',
});

const phone = (plan: UniversityPlan, number: number): Attributes => ({
  landnummer: '47',
  nummer: phoneOf(plan, number),
});

type Profile = {
  readonly facts: Facts;
  readonly marking: Marking;
  readonly student?: Student;
  readonly staff?: number;
  readonly participant?: number;
};

/** Walks everybody: students, then staff, then participants of courses. */
function* profiles(plan: UniversityPlan): Generator<Profile> {
  const both = studentOfCase(plan, 'alsoTeacher');
  for (const student of plan.students)
    yield {
      facts: studentFacts(plan, student),
      marking: markingOfStudent(plan, student),
      student,
      ...(student === both ? { staff: STUDENT_STAFF } : {}),
    };
  for (const staff of range(staffCount(plan)))
    if (staff !== STUDENT_STAFF) yield { facts: staffFacts(plan, staff), marking: markingOfStaff(plan, staff), staff };
  for (const participant of range(participantCount(plan)))
    yield { facts: participantFacts(plan, participant), marking: 'ugradert', participant };
}

/** What country somebody is a citizen of. */
const countryOf = (plan: UniversityPlan, { facts: { number }, student }: Profile): string =>
  student?.what === 'visiting'
    ? 'FRA'
    : student?.what === 'dNumber'
      ? 'POL'
      : student?.what === 'withoutNumber' || student?.what === 'english'
        ? 'USA'
        : drawPercent(plan.seed, COUNTRY, number, 8)
          ? drawFrom(plan.seed, COUNTRY, number + 1, COUNTRIES)
          : 'NOR';

const wordsOf = (plan: UniversityPlan, { facts: { number }, student }: Profile): 'NB' | 'NN' | 'EN' => {
  if (student?.what === 'english') return 'EN';
  const drawn = draw(plan.seed, FORM, number) % 100;
  return drawn < 82 ? 'NB' : drawn < 95 ? 'NN' : 'EN';
};

/** Has a passport in the place of a national id. */
const hasPassport = ({ student }: Profile): boolean =>
  student?.what === 'withoutNumber' || student?.what === 'visiting';

const isDead = (plan: UniversityPlan, student: Student | undefined): boolean =>
  student?.what === 'deceased' && dayNumber(student.admission, 12, 5) <= plan.asOf;

const TEACHING_ROLE = target('fs/rolle/undervisningsenhetsrolle');

/** Links from somebody to the roles in which courses are taught. */
const teachingRolesOf = (plan: UniversityPlan, staff: number): Links => {
  const institute = instituteOfStaff(plan, staff);
  if (institute === undefined) return {};
  const own = coursesOfStaff(plan, at(plan.institutes, institute), staff).flatMap((course) =>
    [plan.now - 1, plan.now]
      .filter((term) => isTaught(course, term))
      .map((term) => roleId('teachingUnit', teachingRole(plan, course, term))),
  );
  return own.length === 0 ? {} : { undervisningsenhetsroller: toAll(TEACHING_ROLE, own, staff) };
};

const profileEntry = (plan: UniversityPlan, profile: Profile): SandboxEntry => {
  const { facts, marking, student, staff } = profile;
  const { number, numberType, nationalId, birth, female, userName } = facts;
  const dead = isDead(plan, student);
  // Whoever is protected has no address here; the strictly protected can be reached by the institution only.
  const told = marking === 'ugradert' || marking === 'klientadresse';
  const reachable = marking !== 'strengtFortrolig' && !dead;
  const account = userName?.split('@')[0];
  return entity(
    profileId(number),
    [number],
    {
      personlopenummer: identified(String(number)),
      navn: nameOf(facts),
      fodselsdato: noon(birth),
      kjonn: female ? 'KVINNE' : 'MANN',
      maalform: wordsOf(plan, profile),
      adressebeskyttelse: marking,
      erDod: dead,
      kanOverforesTilLms: told && !dead,
      personDataKanHentesFraFolkeregisteret: numberType === 'FODSELSNUMMER',
      ...(numberType === null ? {} : { fodselsnummer: identified(nationalId), fodselsnummertype: numberType }),
      pass: hasPassport(profile)
        ? [
            {
              passnummer: `T${String(number).padStart(8, '0')}`,
              _links: { land: to(TARGETS.country, countryOf(plan, profile)) },
            },
          ]
        : [],
      ...(userName === null || account === undefined
        ? {}
        : {
            feideBruker: identified(userName),
            institusjonsEpost: `${account}@${staff === undefined ? 'student.' : ''}${REALM}`,
          }),
      ...(reachable ? { mobilTelefon: phone(plan, number), privatEpost: `p${number}@post.test` } : {}),
      ...(told && !dead ? { folkeregistrertAdresse: addressOf(plan, number) } : {}),
      ...(told && number % 4 === 0 ? { postadresse: { co: 'c/o Bokollektivet', ...addressOf(plan, number + 1) } } : {}),
      ...(reachable && number % 9 === 0
        ? { kriseKontaktperson: { kontaktinformasjon: `Nærmeste pårørende, telefon ${phoneOf(plan, number + 7)}` } }
        : {}),
      ...(number % 60 === 1 && reachable
        ? { privatTelefon: { ...phone(plan, number + 3), merknad: 'Bare om kvelden' } }
        : {}),
      ...(staff === undefined
        ? {}
        : {
            ansattnummer: identified(String(700_001 + staff)),
            arbeidsEpost: `${account ?? `a${staff}`}@${REALM}`,
            arbeidsTelefon: phone(plan, number + 5),
          }),
    },
    {
      larested: to(TARGETS.organisation, organisationId()),
      morsmaal: to(TARGETS.language, drawFrom(plan.seed, TONGUE, number, TONGUES), number),
      ...(staff === undefined ? {} : teachingRolesOf(plan, staff)),
    },
  );
};

/** One kind of fact about a person or a student, for those whom it concerns. */
const around = (plan: UniversityPlan): readonly SandboxCollection[] => {
  const cases =
    (...names: readonly string[]) =>
    () =>
      plan.students.filter(({ what }) => what !== undefined && names.includes(what));
  const needing = () => plan.students.filter((student) => needsAdaptation(student));
  const withCertificate = () =>
    plan.students.filter(({ programme }) => programme.institute.faculty === 3 && programme.kind === 'bachelor');
  return [
    collection('fs/person/fodselsnummerendring', cases('changedNumber'), (student) => {
      // Some days after the student began: the key is that moment in seconds.
      const day = termStart(student.start) + 40;
      return entity(
        `FE-${profileNumber(student)}-1`,
        [profileNumber(student), day * 86_400 + 43_200],
        {
          tidligereFodselsnummer: formerNationalId(plan, student),
          nyttFodselsnummer: studentFacts(plan, student).nationalId,
          merknad: text(trilingual('Fikk fødselsnummer;Fekk fødselsnummer;Was given a national id')),
        },
        { personProfil: toProfile(student) },
      );
    }),
    collection(
      'fs/person/statsborgerskap',
      () => profiles(plan),
      (profile) =>
        entity(
          `SB-${profile.facts.number}`,
          null,
          {},
          {
            land: to(TARGETS.country, countryOf(plan, profile), profile.facts.number),
            personProfil: to(TARGETS.profile, profileId(profile.facts.number), profile.facts.number),
          },
        ),
    ),
    collection('fs/person/tidligerepersonnavn', cases('changedName'), (student) =>
      entity(
        `TN-${profileNumber(student)}-1`,
        null,
        {
          fornavn: nameOf(studentFacts(plan, student)).fornavn,
          etternavn: 'Tidligere',
          endret: noon(termStart(student.start) + 60),
          grunnlag: text(trilingual('Navneendring;Namneendring;Change of name')),
        },
        { personProfil: toProfile(student) },
      ),
    ),
    collection(
      'fs/person/studentkort',
      () => plan.students.filter((student) => hasCard(plan, student)),
      (student) =>
        entity(
          cardId(student),
          null,
          {
            studentkortnummer: identified(`7777${studentNumber(student)}`),
            gyldighetsperiode: days(termStart(plan.now), termEnd(plan.now) + (isAutumn(plan.now) ? 31 : 45)),
            status: code('GYLDIG', trilingual('Gyldig;Gyldig;Valid')),
          },
          { student: toStudent(student) },
        ),
    ),
    collection(
      'fs/person/samtykke',
      () => plan.students.filter(({ number }) => number % 3 === 0),
      (student) =>
        entity(
          `SAMT-${profileNumber(student)}`,
          null,
          {
            gittSamtykke: student.number % 2 === 0,
            svartidspunkt: noon(Math.min(termStart(student.start) + 5, plan.asOf)),
          },
          {
            student: toStudent(student),
            samtykkekrav: to(target('fs/person/samtykkekrav'), student.number % 2 === 0 ? 'DIPLOM' : 'BILDE'),
          },
        ),
    ),
    collection('fs/person/politiattestkrav', withCertificate, (student) =>
      entity(
        `PK-${profileNumber(student)}`,
        null,
        {},
        {
          student: toStudent(student),
          studieprogram: toProgramme(student.programme),
          politiattesttype: to(target('fs/person/politiattesttype'), 'HELSE'),
        },
      ),
    ),
    collection('fs/person/godkjentpolitiattest', withCertificate, (student) =>
      entity(
        `PA-${profileNumber(student)}`,
        null,
        { fraDato: noon(termStart(student.start) + 12), merknad: text(trilingual('Godkjent;Godkjend;Approved')) },
        {
          student: toStudent(student),
          politiattest: to(target('fs/person/politiattesttype'), 'HELSE'),
          studieprogram: toProgramme(student.programme),
          politiattestkrav: to(target('fs/person/politiattestkrav'), `PK-${profileNumber(student)}`),
        },
      ),
    ),
    collection('fs/person/studietilpasning', needing, (student) =>
      entity(
        `STP-${profileNumber(student)}`,
        null,
        {
          eksamenstilpasningsbeskrivelse: text(trilingual('Utvidet tid;Utvida tid;Extra time')),
          gyldighetsperiode: days(termStart(student.start)),
          journalnummer: `${student.admission}/${student.serial + 900}`,
        },
        { student: toStudent(student), eksamensrom: to(TARGETS.room, roomId(plan, student.number % roomCount(plan))) },
      ),
    ),
    collection(
      'fs/undervisning/undervisningstilpasning',
      () =>
        needing().flatMap((student) =>
          coursesIn(plan, student, plan.now)
            .slice(0, 1)
            .map((course) => ({ student, course })),
        ),
      ({ student, course }) =>
        entity(
          `UTP-${profileNumber(student)}`,
          null,
          {
            kategori: code('OPPTAK', trilingual('Opptak av forelesning;Opptak av førelesing;Recording of lectures')),
            merknad: text(trilingual('Etter avtale;Etter avtale;As agreed')),
            tilpasningsperiode: days(termStart(plan.now), termEnd(plan.now)),
          },
          {
            student: toStudent(student),
            emne: to(TARGETS.course, `E-${course.code}-${course.version}`),
            emneStudierett: to(TARGETS.courseRight, courseRightId(student, course, plan.now)),
          },
        ),
    ),
  ];
};

const cardId = (student: Student): string => `SK-${profileNumber(student)}`;
const hasCard = (plan: UniversityPlan, student: Student): boolean =>
  student.what !== 'unpaid' && standingIn(plan, student, plan.now) === 'active';

const students = (plan: UniversityPlan): SandboxCollection =>
  collection(
    'fs/person/student',
    () => plan.students,
    (student) => {
      const { number, what } = student;
      const rights = [plan.now - 1, plan.now].flatMap((term) =>
        coursesIn(plan, student, term).map((course) => courseRightId(student, course, term)),
      );
      const registered = registeredTerms(plan, student);
      const current = registered.includes(plan.now);
      const hidden = markingOfStudent(plan, student) !== 'ugradert';
      const card = studentNumber(student);
      return entity(
        studentId(number),
        [profileNumber(student)],
        {
          studentnummer: identified(card),
          lanetakerId: identified(`L${card}`),
          kanOverforesTilLms: !hidden,
          ...(what === 'noFeide'
            ? {}
            : { europeanStudentId: { esiId: identified(`urn:schac:personalUniqueCode:int:esi:${REALM}:${card}`) } }),
          ...(what === 'ordinary' ? { bilde: { bilde: PIXEL, filtype: 'png' } } : {}),
          ...(number % 30 === 2 && !hidden ? { arbeidsadresse: addressOf(plan, number + 9) } : {}),
          ...(what === 'ordinary'
            ? {
                kriseKontaktperson: {
                  kontaktinformasjon: `Bofelle, telefon ${phoneOf(plan, number)}`,
                  utlopsdato: noon(termEnd(plan.now + 2)),
                },
              }
            : {}),
        },
        {
          personProfil: toProfile(student),
          larested: to(TARGETS.organisation, organisationId()),
          bibliotek: to(TARGETS.bibliotek, libraryId(student.programme.institute.campus), number),
          hoyesteStudieniva: to(TARGETS.level, levelOfProgramme(student)),
          ...(rights.length === 0 ? {} : { emneStudieretter: toAll(TARGETS.courseRight, rights, number) }),
          ...(what === 'privateCandidate' && rights.length > 0
            ? { enkeltemner: toAll(TARGETS.courseRight, rights.slice(0, 1)) }
            : {}),
          ...(registered.length === 0
            ? {}
            : {
                semesterregistreringer: toAll(
                  target('fs/studierett/semesterregistrering'),
                  registered.map((term) => registrationId(student, term)),
                ),
              }),
          ...(current
            ? {
                semesterregistreringIInnevarendeSemester: to(
                  target('fs/studierett/semesterregistrering'),
                  registrationId(student, plan.now),
                ),
                fakturaerForInnevarendeTermin: to(target('fs/studierett/faktura'), invoiceId(student, plan.now)),
              }
            : {}),
        },
      );
    },
  );

/** A picture of one transparent point. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const TITLES = [
  'Professor;Professor;Professor',
  'Førsteamanuensis;;Associate professor',
  'Universitetslektor;;Lecturer',
  'Stipendiat;;Research fellow',
];

const staff = (plan: UniversityPlan): SandboxCollection =>
  collection(
    'fs/person/fagperson',
    () => range(staffCount(plan)),
    (number) => {
      const facts = staffFacts(plan, number);
      const institute = instituteOfStaff(plan, number);
      const own = institute === undefined ? undefined : at(plan.institutes, institute);
      const unit = own === undefined ? ([90, 0, 0] as const) : instituteUnit(own);
      const external = number % 12 === 10;
      const links: Links = {
        personProfil:
          number % 2 === 0
            ? to(TARGETS.profileByNumber, String(facts.number))
            : to(TARGETS.profile, profileId(facts.number)),
        ansattVed: toUnit(unit, number),
        campus: toCampus(own?.campus ?? 0, number),
        romPlassering: to(TARGETS.room, roomId(plan, (number * 6 + 4) % roomCount(plan)), number),
        ...(own === undefined ? {} : { fag: to(TARGETS.subject, subjectId(own.discipline.code)) }),
      };
      return entity(
        teacherId(number),
        [facts.number],
        {
          navn: nameOf(facts),
          erAktiv: number % 15 !== 14,
          erEkstern: external,
          permisjon: number % 33 === 8,
          kanOverforesTilLms: markingOfStaff(plan, number) === 'ugradert',
          fagpersonKategori: external
            ? code('EKST', trilingual('Ekstern;;External'))
            : code('INT', trilingual('Ansatt;Tilsett;Employed')),
          stillingstittelAlleSprak: text(
            trilingual(
              own === undefined ? 'Seniorrådgiver;Seniorrådgjevar;Senior adviser' : at(TITLES, number % TITLES.length),
            ),
          ),
          arbeidsadresse: campusAddress(own?.campus ?? 0),
          ...(number === 0 ? { bilde: { bilde: PIXEL, filtype: 'png' } } : {}),
        },
        links,
      );
    },
  );

/** Gives the collections of people: profiles first. */
export const universityPersons = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/person/personprofil',
    () => profiles(plan),
    (profile) => profileEntry(plan, profile),
  ),
  students(plan),
  staff(plan),
  collection(
    'fs/person/deltaker',
    () => range(participantCount(plan)),
    (participant) =>
      entity(
        participantId(participant),
        [participantNumber(participant)],
        { deltakernummer: participantNumber(participant) },
        {
          personProfil: to(TARGETS.profile, profileId(participantFacts(plan, participant).number), participant),
        },
      ),
  ),
  ...around(plan),
];
