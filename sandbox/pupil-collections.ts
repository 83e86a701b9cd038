// Pupils: persons, guardians, enrolments and the memberships that place a pupil in classes and groups.
// Called by county.ts. It must not know marks or absence.

import { noon } from './calendar.ts';
import { schoolYearCode } from './code-collections.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { classOfPupil, keeps, schoolOfPupil, type ClassPlan, type Plan, type SchoolPlan } from './county-plan.ts';
import { EDGE, EDGE_PUPILS, inClass } from './edge-cases.ts';
import { target, to, type Link, type Links } from './links.ts';
import { familyName, personName } from './names.ts';
import {
  addressOf,
  guardian,
  guardians,
  guardiansOf,
  isTeacherGuardian,
  personResource,
  pupil,
  pupilsOf,
  REALM,
  type Guardian,
} from './people.ts';
import { mailOf, phoneOf } from './person-resource.ts';
import { SUBJECTS_PER_PUPIL } from './programmes.ts';
import { keepsAddressBack, markingOfGuardian, markingOfPupil } from './protection.ts';
import { at, drawBelow, drawPercent, salt } from './random.ts';
import {
  CLASS,
  CONTACT_GROUP,
  EXAM_GROUP,
  EXAM_SUBJECTS,
  examGroupId,
  PERSON_GROUP,
  personGroupId,
  PROGRAMME_AREA,
  SCHOOL,
  SCHOOL_BY_NUMBER,
  SCHOOL_RESOURCE,
  SCHOOL_YEAR,
  schoolResourceId,
  schoolStaffNumbers,
  SUBJECT,
  SUBJECT_GROUP,
  TEACHING_GROUP,
  teacherStaffOf,
} from './school-collections.ts';
import { staffPersonEntry } from './staff-collections.ts';

export const ENROLMENT = target('utdanning/elev/elevforhold');
const PUPIL = target('utdanning/elev/elev');
const PUPIL_BY_NUMBER = target('utdanning/elev/elev', 'elevnummer');
const PERSON = target('utdanning/elev/person', 'fodselsnummer', 'felles.person');
const CATEGORY = target('utdanning/kodeverk/elevkategori');
const BREAK_REASON = target('utdanning/kodeverk/avbruddsarsak');
const ADAPTATION = target('utdanning/kodeverk/tilrettelegging');
const EXAM_FORM = target('utdanning/kodeverk/eksamensform');
const WARNING_TYPE = target('utdanning/kodeverk/varseltype');
const SUBJECT_STATUS = target('utdanning/kodeverk/fagstatus');
const SUBJECT_MEMBERSHIP = target('utdanning/timeplan/faggruppemedlemskap');
const PAYMENT = target('utdanning/kodeverk/betalingsstatus');

const ADAPTED = salt('pupil.adapted');
const LODGING = salt('pupil.lodging');
const REMARKED = salt('enrolment.remarks');
const WARNED = salt('pupil.warned');
const NAMED = salt('subject.status');

/** The id of a pupil's enrolment that counts this year. */
export const enrolmentId = (plan: Plan, index: number): string => `EF${500_001 + index}-${plan.yearTag}`;

/** The id of a pupil's enrolment of the year before. */
const formerEnrolmentId = (plan: Plan, index: number): string => `EF${500_001 + index}-${plan.lastYearTag}`;

/** The pupils whose enrolment of the year before has its own assessment and programme area, and the enrolment. */
export function* formerEnrolments(plan: Plan): Generator<{ readonly index: number; readonly id: string }> {
  if (plan.density.formerComplete)
    for (let index = 0; index < plan.pupils; index += 1)
      if (hasFormer(plan, index)) yield { index, id: formerEnrolmentId(plan, index) };
}

const pupilEntry = (plan: Plan, index: number): SandboxEntry => {
  const facts = pupil(plan, index);
  return bySystemId(
    facts.systemId,
    {
      elevnummer: identified(facts.pupilNumber),
      brukernavn: identified(facts.userName),
      ...(index === EDGE.noFeideName ? {} : { feidenavn: identified(`${facts.userName}@${REALM}`) }),
      gjest: index === EDGE.exchange,
      ...(index >= EDGE_PUPILS && drawPercent(plan.seed, LODGING, index, 6)
        ? { hybeladresse: addressOf(plan, 900_000 + index) }
        : {}),
      ...(index === EDGE.noAddress
        ? {}
        : {
            kontaktinformasjon: {
              epostadresse: `${facts.userName}@elev.${REALM}`,
              mobiltelefonnummer: phoneOf(plan, index),
            },
          }),
    },
    { person: to(PERSON, facts.nationalId, index) },
  );
};

const pupilPerson = (plan: Plan, index: number): SandboxEntry => {
  const facts = pupil(plan, index);
  const marking = markingOfPupil(plan, index);
  const parents = guardiansOf(plan, facts.household);
  const extra: Links =
    parents.length === 0
      ? {}
      : {
          foreldre: parents
            .filter((who) => isPerson(plan, who))
            .flatMap((who, place) => to(PERSON, guardian(plan, who).nationalId, index + place)),
        };
  return {
    identifier: facts.nationalId,
    resource: personResource(plan, facts, {
      number: index,
      household: facts.household,
      mailDomain: `elev.${REALM}`,
      extra,
      marking,
      ...(index === EDGE.noAddress || keepsAddressBack(plan, facts.household, marking) ? { address: false } : {}),
      ...(index < EDGE_PUPILS
        ? { nationality: index === EDGE.exchange ? 'FR' : index === EDGE.dNumber ? 'PL' : 'NO' }
        : {}),
      ...(index === EDGE.nynorsk
        ? { writtenNorwegian: 'nn' }
        : index === EDGE.samiLetters
          ? { writtenNorwegian: 'se' }
          : {}),
    }),
  };
};

const isDeceased = (who: Guardian): boolean => who.household === EDGE.deceasedGuardian && who.second;

const guardianPerson = (plan: Plan, who: Guardian): SandboxEntry => {
  const facts = guardian(plan, who);
  const number = 1_000_000 + who.household * 2 + (who.second ? 1 : 0);
  const marking = markingOfGuardian(plan, who.household);
  return {
    identifier: facts.nationalId,
    resource: personResource(plan, facts, {
      number,
      household: who.household,
      mailDomain: 'post.test',
      marking,
      ...(isDeceased(who) ? { ended: plan.asOf - 400 } : {}),
      // They live with the pupil, so their address would tell what the pupil's keeps back.
      ...(who.household === EDGE.noAddress || keepsAddressBack(plan, who.household, marking) ? { address: false } : {}),
    }),
  };
};

/** Says that a guardian is delivered as a person too; the fixed pupils have theirs in every size. */
const isPerson = (plan: Plan, who: Guardian): boolean =>
  !who.second || plan.density.secondGuardians || who.household < EDGE_PUPILS;

// One collection holds the persons of the whole component: pupils, guardians and school staff. The teacher who is also a
// guardian comes with the staff, once.
function* persons(
  plan: Plan,
): Generator<{ readonly pupil: number } | { readonly guardian: Guardian } | { readonly staff: number }> {
  for (const index of range(plan.pupils)) yield { pupil: index };
  for (const who of guardians(plan)) if (!isTeacherGuardian(who) && isPerson(plan, who)) yield { guardian: who };
  for (const staff of schoolStaffNumbers(plan)) yield { staff };
}

const contactEntry = (plan: Plan, who: Guardian): SandboxEntry => {
  const facts = guardian(plan, who);
  const number = 500_001 + who.household;
  return bySystemId(
    `KP${number}-${who.second ? 2 : 1}`,
    {
      navn: facts.name,
      type: isDeceased(who) ? 'Foresatt, død' : 'Foresatt',
      ...(isDeceased(who)
        ? {}
        : {
            kontaktinformasjon: {
              epostadresse: mailOf(facts, 1_000_000 + who.household * 2 + (who.second ? 1 : 0), 'post.test'),
              mobiltelefonnummer: phoneOf(plan, number),
            },
          }),
    },
    {
      kontaktperson: pupilsOf(plan, who.household).flatMap((index) => to(PERSON, pupil(plan, index).nationalId, index)),
    },
  );
};

type Contact = Guardian & { readonly other?: true };

/** Guardians, and (in the largest size) somebody else in some households. */
function* contacts(plan: Plan): Generator<Contact> {
  yield* guardians(plan);
  if (plan.density.otherContacts > 0)
    for (let household = EDGE_PUPILS; household < plan.pupils; household += 1)
      if (keeps(plan.density.otherContacts, household)) yield { household, second: true, other: true };
}

const otherContactEntry = (plan: Plan, household: number): SandboxEntry =>
  bySystemId(
    `KP${500_001 + household}-3`,
    {
      navn: personName(
        plan.names,
        plan.seed,
        OTHER_CONTACTS + household,
        true,
        familyName(plan.names, plan.seed, household),
      ),
      type: 'Annen pårørende',
      kontaktinformasjon: { mobiltelefonnummer: phoneOf(plan, OTHER_CONTACTS + household) },
    },
    { kontaktperson: pupilsOf(plan, household).flatMap((index) => to(PERSON, pupil(plan, index).nationalId, index)) },
  );

const OTHER_CONTACTS = 5_000_000;

type Enrolment = { readonly index: number; readonly kind: 'main' | 'former' | 'second' | 'movedFrom' };

/** Some pupils have an enrolment of the year before as well. */
const hasFormer = (plan: Plan, index: number): boolean =>
  index >= EDGE_PUPILS && index % plan.density.formerEvery === plan.density.formerEvery - 1;

function* enrolments(plan: Plan): Generator<Enrolment> {
  for (let index = 0; index < plan.pupils; index += 1) {
    yield { index, kind: 'main' };
    if (index === EDGE.twoSchools) yield { index, kind: 'second' };
    if (index === EDGE.moved) yield { index, kind: 'movedFrom' };
    if (hasFormer(plan, index)) yield { index, kind: 'former' };
  }
}

const SECOND_SCHOOL = 1;

const categoryOf = (index: number): string =>
  index === EDGE.privateCandidate ? 'PRI' : index === EDGE.exchange ? 'UTV' : 'ORD';

const enrolmentEntry = (plan: Plan, { index, kind }: Enrolment): SandboxEntry => {
  const elsewhere = kind === 'second' || kind === 'movedFrom';
  const school: SchoolPlan = elsewhere ? at(plan.schools, SECOND_SCHOOL) : schoolOfPupil(plan, index);
  const number = 500_001 + index;
  const id =
    kind === 'former'
      ? formerEnrolmentId(plan, index)
      : `${enrolmentId(plan, index)}${kind === 'second' ? '-B' : kind === 'movedFrom' ? '-A' : ''}`;
  const broken = index === EDGE.left || kind === 'movedFrom' ? plan.asOf - 40 : undefined;
  const start =
    kind === 'former'
      ? plan.yearStart - 365
      : index === EDGE.moved && kind === 'main'
        ? plan.asOf - 39
        : plan.yearStart;
  const end = kind === 'former' ? plan.yearStart - 1 : (broken ?? plan.yearEnd);
  const remarks = kind === 'main' && index >= EDGE_PUPILS && drawPercent(plan.seed, REMARKED, index, 10);
  return bySystemId(
    id,
    {
      beskrivelse: `${categoryOf(index) === 'PRI' ? 'Privatist' : 'Elev'} ved ${school.place} videregående skole`,
      hovedskole: kind === 'main' || kind === 'former',
      gyldighetsperiode: { start: noon(start), slutt: noon(end) },
      tosprakligFagopplaring: index % 50 === 21,
      ...(broken === undefined ? {} : { avbruddsdato: noon(broken) }),
      ...(remarks ? { anmerkninger: [remarkOf(plan, index)] } : {}),
    },
    {
      elev: index % 4 === 3 ? to(PUPIL_BY_NUMBER, String(number), index) : to(PUPIL, `E${number}`, index),
      skole: index % 3 === 1 ? to(SCHOOL_BY_NUMBER, school.schoolNumber, index) : to(SCHOOL, school.systemId, index),
      kategori: to(CATEGORY, categoryOf(index), index),
      skolear: to(SCHOOL_YEAR, schoolYearCode(kind === 'former' ? plan.schoolYear - 1 : plan.schoolYear), index),
      ...(broken === undefined
        ? {}
        : { avbruddsarsak: to(BREAK_REASON, index === EDGE.left ? 'SLUTT' : 'FLYTT', index) }),
    },
  );
};

// Remarks lead to no pupil by themselves, so their ids must not name one either.
const remarkId = (index: number): string => `AN${700_001 + index}`;

const remarkOf = (plan: Plan, index: number): Readonly<Record<string, unknown>> => ({
  systemId: identified(remarkId(index)),
  atferd: drawBelow(plan.seed, REMARKED, index + 1, 3),
  orden: drawBelow(plan.seed, REMARKED, index + 2, 6),
});

/** Remarks are a class of their own that enrolments carry inside; they are delivered as a collection as well. */
const remarks = (plan: Plan): SandboxCollection =>
  collection(
    'utdanning/vurdering/anmerkninger',
    () => range(plan.pupils, (index) => index >= EDGE_PUPILS && drawPercent(plan.seed, REMARKED, index, 10)),
    (index) => ({
      identifier: remarkId(index),
      resource: {
        ...remarkOf(plan, index),
        _links: { skolear: to(SCHOOL_YEAR, schoolYearCode(plan.schoolYear), index) },
      },
    }),
  );

/** Says that a pupil has a class, a contact teacher and absence; in the largest size some have none of their own. */
export const hasClass = (plan: Plan, index: number): boolean =>
  inClass(index) && (index < EDGE_PUPILS || keeps(plan.density.inClass, index));

/** Walks the pupils who sit in a class this year. */
export const classPupils = (plan: Plan): Iterable<number> => range(plan.pupils, inClass);

/** Walks pupil and subject as one number, `pupil * 7 + subject`, for the first `subjects` subjects. */
export function* pupilSubjects(plan: Plan, subjects = SUBJECTS_PER_PUPIL): Generator<number> {
  for (let index = 0; index < plan.pupils; index += 1) {
    if (!inClass(index)) continue;
    for (let subject = 0; subject < subjects; subject += 1) yield index * SUBJECTS_PER_PUPIL + subject;
  }
}

const membership = (
  plan: Plan,
  path: string,
  prefix: string,
  relation: string,
  groupOf: (planned: ClassPlan, variant: number) => readonly Link[],
): SandboxCollection =>
  collection(
    path,
    () => range(plan.pupils, (index) => hasClass(plan, index)),
    (index) => {
      const id = enrolmentId(plan, index);
      return bySystemId(
        prefix + id,
        { gyldighetsperiode: { start: noon(plan.yearStart), slutt: noon(plan.yearEnd) } },
        { elevforhold: to(ENROLMENT, id, index), [relation]: groupOf(classOfPupil(plan, index), index) },
      );
    },
  );

type GroupSeat = { readonly id: string; readonly key: number; readonly subject: number; readonly groupId: string };

const groupSeat = (plan: Plan, id: string, key: number): GroupSeat => {
  const subject = key % SUBJECTS_PER_PUPIL;
  const planned = classOfPupil(plan, Math.floor(key / SUBJECTS_PER_PUPIL));
  return { id, key, subject, groupId: at(planned.teachingGroupIds, subject) };
};

const membershipCollections = (plan: Plan): readonly SandboxCollection[] => [
  membership(plan, 'utdanning/elev/klassemedlemskap', 'KM-', 'klasse', (planned, variant) =>
    to(CLASS, planned.id, variant + 1),
  ),
  membership(plan, 'utdanning/elev/kontaktlarergruppemedlemskap', 'KLM-', 'kontaktlarergruppe', (planned, variant) =>
    to(CONTACT_GROUP, planned.contactGroupId, variant + 1),
  ),
  collection(
    'utdanning/utdanningsprogram/programomrademedlemskap',
    function* () {
      for (const index of classPupils(plan)) yield { index, id: enrolmentId(plan, index) };
      yield* formerEnrolments(plan);
    },
    ({ index, id }) =>
      bySystemId(
        `POM-${id}`,
        { gyldighetsperiode: { start: noon(plan.yearStart), slutt: noon(plan.yearEnd) } },
        {
          elevforhold: to(ENROLMENT, id, index),
          programomrade: to(PROGRAMME_AREA, classOfPupil(plan, index).programmeAreaId, index + 1),
        },
      ),
  ),
  collection(
    'utdanning/timeplan/undervisningsgruppemedlemskap',
    function* () {
      for (const key of pupilSubjects(plan)) {
        yield groupSeat(plan, enrolmentId(plan, Math.floor(key / SUBJECTS_PER_PUPIL)), key);
      }
      // The pupil at two schools takes one subject, with the first class, at the second.
      const guestClass = at(at(plan.schools, SECOND_SCHOOL).classes, 0);
      const id = `${enrolmentId(plan, EDGE.twoSchools)}-B`;
      yield { id, key: EDGE.twoSchools, subject: 0, groupId: at(guestClass.teachingGroupIds, 0) };
    },
    ({ id, key, subject, groupId }) =>
      bySystemId(
        `UGM-${id}-${subject + 1}`,
        { gyldighetsperiode: { start: noon(plan.yearStart), slutt: noon(plan.yearEnd) } },
        { elevforhold: to(ENROLMENT, id, key), undervisningsgruppe: to(TEACHING_GROUP, groupId, key + 1) },
      ),
  ),
  collection(
    'utdanning/timeplan/faggruppemedlemskap',
    function* () {
      for (const key of pupilSubjects(plan)) if (hasSubjectSeat(plan, key)) yield key;
    },
    (key) => {
      const index = Math.floor(key / SUBJECTS_PER_PUPIL);
      const subject = key % SUBJECTS_PER_PUPIL;
      const id = enrolmentId(plan, index);
      return bySystemId(
        subjectMembershipId(id, subject),
        {},
        {
          elevforhold: to(ENROLMENT, id, key),
          faggruppe: to(SUBJECT_GROUP, at(classOfPupil(plan, index).subjectGroupIds, subject), key + 1),
          fagstatus: to(SUBJECT_STATUS, drawPercent(plan.seed, NAMED, key, 97) ? 'E' : 'S', key),
        },
      );
    },
  ),
  collection(
    'utdanning/elev/persongruppemedlemskap',
    () => range(plan.pupils, (index) => index % 50 === 24),
    (index) => {
      const id = enrolmentId(plan, index);
      return bySystemId(
        `PGM-${id}`,
        {},
        {
          elevforhold: to(ENROLMENT, id, index),
          persongruppe: to(PERSON_GROUP, personGroupId(schoolOfPupil(plan, index)), index),
        },
      );
    },
  ),
  examMemberships(plan),
];

/** Says that a pupil has a seat in the subject group of one subject (`pupil * 7 + subject`). */
const hasSubjectSeat = (plan: Plan, key: number): boolean =>
  key < EDGE_PUPILS * SUBJECTS_PER_PUPIL || keeps(plan.density.subjectSeats, key);

const subjectMembershipId = (enrolment: string, subject: number): string => `FGM-${enrolment}-${subject + 1}`;

/** Tells whether a pupil sits exams this year: all of years two and three but the one who left, private candidates too. */
export const sitsExams = (plan: Plan, index: number): boolean =>
  index % 3 > 0 && index !== EDGE.left && classOfPupil(plan, index).year > 0;

/** The exam group of a pupil for the first (0) or second (1) exam. */
export const examGroupOf = (plan: Plan, index: number, exam: number): string => {
  const planned = classOfPupil(plan, index);
  const seat = Math.floor((index - planned.school.firstPupil) / planned.school.classes.length);
  return examGroupId(planned, exam, seat % plan.density.examParties);
};

const examMemberships = (plan: Plan): SandboxCollection =>
  collection(
    'utdanning/vurdering/eksamensgruppemedlemskap',
    () => range(plan.pupils * EXAM_SUBJECTS.length, (key) => sitsExams(plan, key >> 1)),
    (key) => {
      const index = key >> 1;
      const exam = key & 1;
      const id = enrolmentId(plan, index);
      return bySystemId(
        `EGM-${id}-${exam + 1}`,
        { kandidatnummer: String(300_000 + index), delegert: false },
        {
          elevforhold: to(ENROLMENT, id, key),
          eksamensgruppe: to(EXAM_GROUP, examGroupOf(plan, index, exam), key + 1),
          ...(index === EDGE.privateCandidate ? { betalingsstatus: to(PAYMENT, 'B') } : {}),
        },
      );
    },
  );

const careCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/elevtilrettelegging',
    () => range(plan.pupils, (index) => inClass(index) && drawPercent(plan.seed, ADAPTED, index, 5)),
    (index) => {
      const id = enrolmentId(plan, index);
      return bySystemId(
        `TR-${id}`,
        {},
        {
          elev: to(ENROLMENT, id, index),
          fag: to(SUBJECT, at(classOfPupil(plan, index).subjectIds, index % SUBJECTS_PER_PUPIL), index),
          tilrettelegging: to(ADAPTATION, index % 2 === 0 ? 'UT' : 'PC', index),
          eksamensform: to(EXAM_FORM, 'S', index),
        },
      );
    },
  ),
  collection(
    'utdanning/elev/varsel',
    () =>
      range(
        plan.pupils,
        (index) =>
          inClass(index) &&
          drawPercent(plan.seed, WARNED, index, 6) &&
          hasSubjectSeat(plan, index * SUBJECTS_PER_PUPIL + (index % SUBJECTS_PER_PUPIL)),
      ),
    (index) => {
      const id = enrolmentId(plan, index);
      const subject = index % SUBJECTS_PER_PUPIL;
      return bySystemId(
        `VA-${id}`,
        {
          fravarsprosent: 600 + drawBelow(plan.seed, WARNED, index + 1, 500),
          sendt: noon(plan.asOf - drawBelow(plan.seed, WARNED, index + 2, 30)),
          tekst: 'Fraværet i faget nærmer seg grensen.',
        },
        {
          faggruppemedlemskap: to(SUBJECT_MEMBERSHIP, subjectMembershipId(id, subject), index),
          type: to(WARNING_TYPE, 'FRA', index),
          utsteder: to(SCHOOL_RESOURCE, schoolResourceId(teacherStaffOf(classOfPupil(plan, index), subject)), index),
        },
      );
    },
  ),
];

/** Gives the collections of pupils, persons before pupils, pupils before enrolments, enrolments before memberships. */
export const pupilCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/person',
    () => persons(plan),
    (who) =>
      'pupil' in who
        ? pupilPerson(plan, who.pupil)
        : 'guardian' in who
          ? guardianPerson(plan, who.guardian)
          : staffPersonEntry(plan, who.staff),
  ),
  collection(
    'utdanning/elev/kontaktperson',
    () => contacts(plan),
    (who) => (who.other === true ? otherContactEntry(plan, who.household) : contactEntry(plan, who)),
  ),
  collection(
    'utdanning/elev/elev',
    () => range(plan.pupils),
    (index) => pupilEntry(plan, index),
  ),
  collection(
    'utdanning/elev/elevforhold',
    () => enrolments(plan),
    (enrolment) => enrolmentEntry(plan, enrolment),
  ),
  remarks(plan),
  ...membershipCollections(plan),
  ...careCollections(plan),
];
