// Pupils of the municipality and their guardians: persons, guardianships, enrolments, places in SFO and the memberships of groups of every kind.
// Called by municipality.ts. It must not know lessons or employments.

import { noon } from './calendar.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { target, to, toAll, type Links } from './links.ts';
import { CASE_SERIALS } from './municipality-cases.ts';
import { levelId } from './municipality-codes.ts';
import {
  addressNumber,
  bondsOf,
  guardianFacts,
  guardians,
  householdOf,
  keepsAddressBack,
  markingOfGuardian,
  markingOfPupil,
  pupilFacts,
  REALM,
  settingOf,
  type Bond,
  type GuardianKey,
} from './municipality-people.ts';
import {
  currentEnrolments,
  enrolmentsIn,
  enrolmentsOf,
  goneOf,
  knownEnrolments,
  knownPupils,
  levelIn,
  seatOf,
  serialOf,
  type ClassSlot,
  type Enrolment,
  type MunicipalPlan,
  type MunicipalSchool,
} from './municipality-plan.ts';
import {
  CLASS,
  classId,
  CONTACT_GROUP,
  contactGroupId,
  contactGroups,
  LEVEL,
  SCHOOL_GROUP,
  SCHOOL_RESOURCE,
  schoolGroupId,
  schoolLink,
  schoolYear,
  SFO,
  SFO_GROUP,
  sfoGroupId,
  sfoId,
  TEACHING_GROUP,
  teachingGroupId,
  type GroupKind,
} from './municipality-schools.ts';
import { headOf, schoolResourceId, staffPersonEntry } from './municipality-staff.ts';
import { familyName, personName } from './names.ts';
import { phoneOf, writePerson } from './person-resource.ts';
import { drawBelow, drawFrom, drawPercent, salt } from './random.ts';

export const ENROLMENT = target('utdanning/elev/elevforhold');
const PUPIL = target('utdanning/elev/elev');
const PUPIL_BY_NUMBER = target('utdanning/elev/elev', 'elevnummer');
const PERSON = target('utdanning/elev/person', 'fodselsnummer', 'felles.person');
const CATEGORY = target('utdanning/kodeverk/elevkategori');
const BREAK_REASON = target('utdanning/kodeverk/avbruddsarsak');
const GUARDIANSHIP = target('grunnskole/foresatt/foresattforhold');
const SFO_PLACE = target('grunnskole/sfo/sfoplass');
const LANGUAGE = target('felles/kodeverk/iso/sprak');
const code = (list: string) => target(`grunnskole/kodeverk/${list}`);
const ROLE = code('foresattrolle');
const BASIS = code('foresattgrunnlag');
const SOURCE = code('foresattkilde');
const RIGHT = code('foresattrettighet');
const STATUS = code('personstatus');
const PLACE_TYPE = code('sfoplasstype');
const GROUP_ROLE = code('skolegrupperolle');

const IN_SFO = salt('municipality.sfo');
const DAYS = salt('municipality.sfo-days');
const TRAINING = salt('municipality.language');
const READING = salt('municipality.reading');
const CONTACT = salt('municipality.contact');
const CONTACTS_FROM = 1_500_000_000;

const RIGHTS = ['INNSYN', 'VARSLER', 'SKJEMA', 'MOTTAKER', 'SAMTYKKE', 'KRISE'];

const pupilPerson = (plan: MunicipalPlan, pupil: number): SandboxEntry => {
  const facts = pupilFacts(plan, pupil);
  const household = householdOf(pupil);
  const marking = markingOfPupil(plan, pupil);
  const gone = goneOf(plan, pupil);
  const parents = bondsOf(plan, household).filter(({ responsibility }) => responsibility);
  const extra: Links = {
    personstatus: to(STATUS, gone?.status ?? 'BOSATT'),
    ...(parents.length === 0
      ? {}
      : {
          foreldre: parents.flatMap(({ guardian }, place) =>
            to(PERSON, guardianFacts(plan, guardian).nationalId, pupil + place),
          ),
        }),
  };
  return {
    identifier: facts.nationalId,
    resource: writePerson(settingOf(plan), facts, {
      number: pupil,
      household,
      mailDomain: `elev.${REALM}`,
      marking,
      extra,
      attributes: {
        nummertype: facts.numberKind,
        ...(gone === undefined ? {} : { statusdato: noon(gone.day) }),
      },
      ...(keepsAddressBack(plan, household, marking) || gone !== undefined ? { address: false } : {}),
      ...(serialOf(pupil) < CASE_SERIALS
        ? { nationality: facts.what === 'dNumber' ? 'PL' : facts.what === 'noNumber' ? 'ER' : 'NO' }
        : {}),
    }),
  };
};

const guardianNumber = ({ household, which }: GuardianKey): number => household * 4 + which;

const guardianPerson = (plan: MunicipalPlan, who: GuardianKey): SandboxEntry => {
  const facts = guardianFacts(plan, who);
  const marking = markingOfGuardian(who);
  const home = addressNumber(plan, who);
  return {
    identifier: facts.nationalId,
    resource: writePerson(settingOf(plan), facts, {
      number: guardianNumber(who),
      household: home,
      mailDomain: 'post.test',
      marking,
      extra: { personstatus: to(STATUS, 'BOSATT') },
      attributes: { nummertype: 'fodselsnummer' },
      // Whoever lives with the child would tell where the child is.
      ...(home === who.household && keepsAddressBack(plan, who.household, marking) ? { address: false } : {}),
    }),
  };
};

type Somebody = { readonly pupil: number } | { readonly guardian: GuardianKey } | { readonly staff: number };

// One collection holds the persons of the whole component. The teacher who is also a guardian comes with the staff, once.
function* persons(plan: MunicipalPlan): Generator<Somebody> {
  for (const pupil of knownPupils(plan)) yield { pupil };
  for (const guardian of guardians(plan)) yield { guardian };
  for (const staff of range(plan.schoolStaff)) yield { staff };
}

const personEntry = (plan: MunicipalPlan, who: Somebody): SandboxEntry =>
  'pupil' in who
    ? pupilPerson(plan, who.pupil)
    : 'guardian' in who
      ? guardianPerson(plan, who.guardian)
      : staffPersonEntry(plan, who.staff);

const pupilEntry = (plan: MunicipalPlan, pupil: number): SandboxEntry => {
  const facts = pupilFacts(plan, pupil);
  return bySystemId(
    facts.systemId,
    {
      elevnummer: identified(facts.pupilNumber),
      brukernavn: identified(facts.userName),
      feidenavn: identified(`${facts.userName}@${REALM}`),
      gjest: false,
      // The younger ones have no mail of their own.
      ...(levelIn(pupil, plan.year) >= 5
        ? { kontaktinformasjon: { epostadresse: `${facts.userName}@elev.${REALM}` } }
        : {}),
    },
    { person: to(PERSON, facts.nationalId, pupil) },
  );
};

/** The id of the guardianship of a child by one of the guardians of the household. */
export const guardianshipId = (pupil: number, which: number): string => `FO${pupil}-${which}`;

type Guardianship = { readonly pupil: number; readonly bond: Bond; readonly order: number };

function* guardianships(plan: MunicipalPlan): Generator<Guardianship> {
  for (const pupil of knownPupils(plan))
    for (const [index, bond] of bondsOf(plan, householdOf(pupil)).entries()) yield { pupil, bond, order: index + 1 };
}

const guardianshipEntry = (plan: MunicipalPlan, { pupil, bond, order }: Guardianship): SandboxEntry => {
  const { guardian, role, basis, source, responsibility, rights, blocked } = bond;
  const child = pupilFacts(plan, pupil);
  const gone = goneOf(plan, pupil);
  return bySystemId(
    guardianshipId(pupil, guardian.which),
    {
      foreldreansvar: responsibility,
      gyldighetsperiode: {
        start: noon(basis === 'FOSTERHJEM' || basis === 'VERGEMAL' ? child.birth + 1500 : child.birth),
        ...(gone?.status === 'DOD' ? { slutt: noon(gone.day) } : {}),
      },
      ...(rights ? { kontaktrekkefolge: order } : {}),
      ...(blocked ? { sperret: true } : {}),
    },
    {
      barn: to(PERSON, child.nationalId, pupil),
      foresatt: to(PERSON, guardianFacts(plan, guardian).nationalId, pupil + order),
      rolle: to(ROLE, role),
      grunnlag: to(BASIS, basis),
      kilde: to(SOURCE, source),
      ...(rights ? { rettighet: toAll(RIGHT, RIGHTS) } : {}),
    },
  );
};

/** Says that a pupil has somebody to call who is no guardian. */
const hasContact = (plan: MunicipalPlan, pupil: number): boolean =>
  serialOf(pupil) >= CASE_SERIALS && drawPercent(plan.seed, CONTACT, pupil, 10);

const contactEntry = (plan: MunicipalPlan, pupil: number): SandboxEntry => {
  const number = CONTACTS_FROM + pupil;
  return bySystemId(
    `KP${pupil}`,
    {
      navn: personName(plan.names, plan.seed, number, true, familyName(plan.names, plan.seed, householdOf(pupil))),
      type: 'Besteforelder',
      kontaktinformasjon: { mobiltelefonnummer: phoneOf(plan, number) },
    },
    { kontaktperson: to(PERSON, pupilFacts(plan, pupil).nationalId, pupil) },
  );
};

const enrolmentEntry = (enrolment: Enrolment): SandboxEntry => {
  const { id, pupil, year, level, slot, from, to: until, broken, guest } = enrolment;
  return bySystemId(
    id,
    {
      beskrivelse: `Elev ved ${slot.school.name}`,
      hovedskole: !guest && broken !== 'BYTTE',
      gyldighetsperiode: { start: noon(from), slutt: noon(until) },
      ...(broken === undefined ? {} : { avbruddsdato: noon(until) }),
    },
    {
      elev: pupil % 4 === 3 ? to(PUPIL_BY_NUMBER, String(pupil), pupil) : to(PUPIL, `E${pupil}`, pupil),
      skole: schoolLink(slot.school, pupil),
      kategori: to(CATEGORY, guest ? 'GJE' : 'GRS', pupil),
      skolear: schoolYear(year),
      trinn: to(LEVEL, levelId(level), pupil),
      ...(broken === undefined ? {} : { avbruddsarsak: to(BREAK_REASON, broken, pupil) }),
    },
  );
};

const period = ({ from, to: until }: Enrolment): object => ({
  gyldighetsperiode: { start: noon(from), slutt: noon(until) },
});

function* where<T>(items: Iterable<T>, keep: (item: T) => boolean): Generator<T> {
  for (const item of items) if (keep(item)) yield item;
}

/** Enrolments that place the pupil in a class: of this school year and the one before, at the main school. */
const inClass = (plan: MunicipalPlan): Iterable<Enrolment> =>
  where(knownEnrolments(plan), ({ year, guest }) => !guest && year >= plan.year - 1);

/** Enrolments at the main school that go on. */
const atSchool = (plan: MunicipalPlan): Iterable<Enrolment> => where(currentEnrolments(plan), ({ guest }) => !guest);

/** Enrolments with a place in SFO this school year: seven in ten up to the fourth level. */
function* withSfo(plan: MunicipalPlan): Generator<Enrolment> {
  for (const pupil of knownPupils(plan))
    for (const enrolment of enrolmentsIn(plan, pupil, plan.year))
      if (
        enrolment.level <= 4 &&
        enrolment.slot.school.sfo &&
        (serialOf(pupil) < CASE_SERIALS || drawPercent(plan.seed, IN_SFO, pupil, 70))
      )
        yield enrolment;
}

const HALF_DAYS = [
  ['man', 'ons', 'fre'],
  ['tir', 'tor'],
  ['man', 'tir', 'ons'],
] as const;

const sfoCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'grunnskole/sfo/sfoplass',
    () => withSfo(plan),
    (enrolment) => {
      const { id, pupil, slot } = enrolment;
      const half = drawBelow(plan.seed, DAYS, pupil, 10) < 3;
      return bySystemId(
        `SP-${id}`,
        { ...period(enrolment), ...(half ? { dager: drawFrom(plan.seed, DAYS, pupil + 1, HALF_DAYS) } : {}) },
        {
          elevforhold: to(ENROLMENT, id, pupil),
          sfo: to(SFO, sfoId(slot.school), pupil),
          plasstype: to(PLACE_TYPE, half ? 'HALV' : 'HEL'),
        },
      );
    },
  ),
  collection(
    'grunnskole/sfo/sfogruppemedlemskap',
    () => withSfo(plan),
    (enrolment) => {
      const { id, pupil, slot, level } = enrolment;
      return bySystemId(`SGM-${id}`, period(enrolment), {
        sfoplass: to(SFO_PLACE, `SP-${id}`, pupil),
        sfogruppe: to(SFO_GROUP, sfoGroupId(slot.school, plan.year, level), pupil + 1),
      });
    },
  ),
];

type Seat = { readonly enrolment: Enrolment; readonly group: string; readonly number: number };

function* teachingSeats(plan: MunicipalPlan): Generator<Seat> {
  for (const enrolment of currentEnrolments(plan)) {
    const { slot, guest } = enrolment;
    // The pupil at two schools takes one subject at the second.
    for (const [number, subject] of slot.subjects.entries())
      if (!guest || number === 0) yield { enrolment, group: teachingGroupId(slot, plan.year, subject), number };
  }
}

const membershipCollections = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/klassemedlemskap',
    () => inClass(plan),
    (enrolment) =>
      bySystemId(`KM-${enrolment.id}`, period(enrolment), {
        elevforhold: to(ENROLMENT, enrolment.id, enrolment.pupil),
        klasse: to(CLASS, classId(enrolment.slot, enrolment.year), enrolment.pupil + 1),
      }),
  ),
  collection(
    'utdanning/elev/kontaktlarergruppemedlemskap',
    () => atSchool(plan),
    (enrolment) => {
      const { id, pupil, slot } = enrolment;
      const half = seatOf(plan, enrolment) % contactGroups(slot);
      return bySystemId(`KLM-${id}`, period(enrolment), {
        elevforhold: to(ENROLMENT, id, pupil),
        kontaktlarergruppe: to(CONTACT_GROUP, contactGroupId(slot, plan.year, half), pupil + 1),
      });
    },
  ),
  collection(
    'utdanning/timeplan/undervisningsgruppemedlemskap',
    () => teachingSeats(plan),
    ({ enrolment, group, number }) =>
      bySystemId(`UGM-${enrolment.id}-${number + 1}`, period(enrolment), {
        elevforhold: to(ENROLMENT, enrolment.id, enrolment.pupil + number),
        undervisningsgruppe: to(TEACHING_GROUP, group, enrolment.pupil + number + 1),
      }),
  ),
  collection(
    'grunnskole/gruppe/sprakgruppemedlemskap',
    () =>
      where(
        atSchool(plan),
        ({ pupil }) =>
          pupilFacts(plan, pupil).what === 'languageTraining' ||
          (serialOf(pupil) >= CASE_SERIALS && drawPercent(plan.seed, TRAINING, pupil, 4)),
      ),
    (enrolment) =>
      bySystemId(`SPM-${enrolment.id}`, period(enrolment), {
        elevforhold: to(ENROLMENT, enrolment.id, enrolment.pupil),
        skolegruppe: to(SCHOOL_GROUP, schoolGroupId(plan, enrolment.slot.school, 'SPRAK'), enrolment.pupil + 1),
        sprak: to(LANGUAGE, 'nb', enrolment.pupil),
      }),
  ),
];

type Role = 'LEDER' | 'VARA' | 'MEDLEM' | 'REPRESENTANT';

type GroupSeat = {
  readonly id: string;
  readonly group: string;
  readonly role?: Role;
  readonly who: { readonly enrolment: Enrolment } | { readonly guardianship: string } | { readonly staff: number };
};

const seatOfPupil = (
  plan: MunicipalPlan,
  enrolment: Enrolment,
  kind: GroupKind,
  of?: string,
  role?: Role,
): GroupSeat => ({
  id: `SM-${kind}-${enrolment.id}`,
  group: schoolGroupId(plan, enrolment.slot.school, kind, of),
  ...(role === undefined ? {} : { role }),
  who: { enrolment },
});

const seatOfGuardian = (
  plan: MunicipalPlan,
  slot: ClassSlot,
  guardianship: string,
  kind: GroupKind,
  of?: string,
  role?: Role,
): GroupSeat => ({
  id: `SM-${kind}-${guardianship}`,
  group: schoolGroupId(plan, slot.school, kind, of),
  ...(role === undefined ? {} : { role }),
  who: { guardianship },
});

const seatOfStaff = (
  plan: MunicipalPlan,
  school: MunicipalSchool,
  staff: number,
  kind: GroupKind,
  role: Role,
): GroupSeat => ({
  id: `SM-${kind}-${school.number}-${staff}`,
  group: schoolGroupId(plan, school, kind),
  role,
  who: { staff },
});

/** The guardians of a pupil who may be written to. */
const heard = (plan: MunicipalPlan, pupil: number): readonly string[] =>
  bondsOf(plan, householdOf(pupil)).flatMap(({ guardian, rights, blocked }) =>
    rights && !blocked ? [guardianshipId(pupil, guardian.which)] : [],
  );

/** The first and second pupil of every class, beside the cases, with the place of the class in the school. */
function* delegates(plan: MunicipalPlan, school: MunicipalSchool): Generator<readonly [Enrolment, number, number]> {
  for (const slot of school.classes) {
    let number = 0;
    for (const enrolment of enrolmentsOf(plan, slot)) {
      if (serialOf(enrolment.pupil) < CASE_SERIALS) continue;
      yield [enrolment, slot.local, number];
      number += 1;
      if (number === 2) break;
    }
  }
}

function* councilSeats(plan: MunicipalPlan, school: MunicipalSchool): Generator<GroupSeat> {
  const head = headOf(school, plan);
  for (const kind of ['SU', 'SMU'] as const) {
    yield seatOfStaff(plan, school, head, kind, 'LEDER');
    yield seatOfStaff(plan, school, school.firstTeacher + 1, kind, 'REPRESENTANT');
  }
  let inCouncil = 0;
  let inFau = 0;
  for (const [enrolment, , number] of delegates(plan, school)) {
    const { pupil, level, slot } = enrolment;
    if (level >= 5) {
      yield seatOfPupil(
        plan,
        enrolment,
        'ELEVRAD',
        '',
        inCouncil === 0 ? 'LEDER' : number === 0 ? 'REPRESENTANT' : 'VARA',
      );
      if (inCouncil < 2)
        for (const kind of ['SU', 'SMU'] as const) yield seatOfPupil(plan, enrolment, kind, '', 'REPRESENTANT');
      inCouncil += 1;
    }
    if (number > 0) continue;
    const [guardianship] = heard(plan, pupil);
    if (guardianship === undefined) continue;
    yield seatOfGuardian(plan, slot, guardianship, 'FAU', '', inFau === 0 ? 'LEDER' : 'REPRESENTANT');
    if (inFau < 2)
      for (const kind of ['SU', 'SMU'] as const)
        yield seatOfGuardian(plan, slot, guardianship, kind, '', 'REPRESENTANT');
    inFau += 1;
  }
}

function* groupSeats(plan: MunicipalPlan): Generator<GroupSeat> {
  for (const enrolment of atSchool(plan)) {
    const { pupil, level, slot } = enrolment;
    yield seatOfPupil(plan, enrolment, 'TRINN', String(level));
    for (const guardianship of heard(plan, pupil))
      yield seatOfGuardian(plan, slot, guardianship, 'FORESATTE', slot.name);
    if (serialOf(pupil) >= CASE_SERIALS && drawPercent(plan.seed, READING, pupil, 6))
      yield seatOfPupil(plan, enrolment, 'SAMMENSATT');
  }
  for (const school of plan.schools) yield* councilSeats(plan, school);
}

const groupSeatEntry = ({ id, group, role, who }: GroupSeat): SandboxEntry => {
  const variant = id.length + (group.codePointAt(group.length - 1) ?? 0);
  return bySystemId(id, 'enrolment' in who ? period(who.enrolment) : {}, {
    skolegruppe: to(SCHOOL_GROUP, group, variant),
    ...('enrolment' in who
      ? { elevforhold: to(ENROLMENT, who.enrolment.id, variant) }
      : 'staff' in who
        ? { skoleressurs: to(SCHOOL_RESOURCE, schoolResourceId(who.staff), variant) }
        : { foresattforhold: to(GUARDIANSHIP, who.guardianship, variant) }),
    ...(role === undefined ? {} : { rolle: to(GROUP_ROLE, role) }),
  });
};

/** Gives the collections of pupils and guardians, persons before what is about them, enrolments before memberships. */
export const municipalityPupils = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  collection(
    'utdanning/elev/person',
    () => persons(plan),
    (who) => personEntry(plan, who),
  ),
  collection(
    'utdanning/elev/kontaktperson',
    () => where(knownPupils(plan), (pupil) => hasContact(plan, pupil)),
    (pupil) => contactEntry(plan, pupil),
  ),
  collection(
    'grunnskole/foresatt/foresattforhold',
    () => guardianships(plan),
    (one) => guardianshipEntry(plan, one),
  ),
  collection(
    'utdanning/elev/elev',
    () => knownPupils(plan),
    (pupil) => pupilEntry(plan, pupil),
  ),
  collection('utdanning/elev/elevforhold', () => knownEnrolments(plan), enrolmentEntry),
  ...sfoCollections(plan),
  ...membershipCollections(plan),
  collection('grunnskole/gruppe/skolegruppemedlemskap', () => groupSeats(plan), groupSeatEntry),
];
