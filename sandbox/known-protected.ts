// Where the fixed protected persons of the county are found: themselves, what is about them, and what is beside them and is not.
// Called by county.ts; tests use it to see that nothing of them shows. It must not know how a resource looks.

import { classOfPupil, employeeNumber, teachingPositionId, type Plan } from './county-plan.ts';
import { EDGE, PROTECTED_APPRENTICE, PROTECTED_FOLLOW_UP, PROTECTED_TEACHER } from './edge-cases.ts';
import { apprentice, followUp, guardian, guardiansOf, pupil, staffPerson } from './people.ts';
import type { Marking } from './person-resource.ts';
import { markingOfApprentice, markingOfFollowUp, markingOfPupil, markingOfStaff } from './protection.ts';
import { apprenticeId, followUpId } from './apprentice-collections.ts';
import { enrolmentId } from './pupil-collections.ts';
import { contactTeacherOf, schoolResourceId } from './school-collections.ts';
import { employeeId, positionId } from './staff-collections.ts';

/** Where to find one example: the collection, the identifier as URLs spell it, and its value. */
export type KnownEntry = { readonly collection: string; readonly field: string; readonly value: string };

export type ProtectedName =
  | 'strictPupil'
  | 'confidentialPupil'
  | 'clientAddressPupil'
  | 'becomesProtectedPupil'
  | 'protectionLiftedPupil'
  | 'siblingPupil'
  | 'confidentialTeacher'
  | 'strictApprentice'
  | 'confidentialFollowUp';

export type KnownProtected = {
  /** In this snapshot; `ugradert` for the one who is protected in the other only. */
  readonly marking: Marking;
  /** The national id and, of pupils and staff, the name: nothing of this may ever show. */
  readonly nationalId: string;
  readonly fullName: readonly string[];
  /** The person itself, in every collection that holds a copy. */
  readonly persons: readonly KnownEntry[];
  /** Entries that are about the person and as protected: roles, enrolments, memberships, contact persons. */
  readonly about: readonly KnownEntry[];
  /** Guardians as persons; they have markings of their own. */
  readonly guardians: readonly KnownEntry[];
  /** Entries beside the person that anyone may see, as the class and the contact teacher: only their links to the person go. */
  readonly beside: readonly KnownEntry[];
};

const at = (collection: string, value: string, field = 'systemid'): KnownEntry => ({ collection, field, value });
const person = (component: string, nationalId: string): KnownEntry =>
  at(`${component}/person`, nationalId, 'fodselsnummer');

const knownPupil = (plan: Plan, index: number): KnownProtected => {
  const facts = pupil(plan, index);
  const own = enrolmentId(plan, index);
  const planned = classOfPupil(plan, index);
  const guardians = guardiansOf(plan, facts.household);
  return {
    marking: markingOfPupil(plan, index),
    nationalId: facts.nationalId,
    fullName: Object.values(facts.name),
    persons: [person('utdanning/elev', facts.nationalId)],
    about: [
      at('utdanning/elev/elev', facts.systemId),
      at('utdanning/elev/elevforhold', own),
      at('utdanning/elev/klassemedlemskap', `KM-${own}`),
      at('utdanning/elev/kontaktlarergruppemedlemskap', `KLM-${own}`),
      at('utdanning/timeplan/undervisningsgruppemedlemskap', `UGM-${own}-1`),
      at('utdanning/timeplan/faggruppemedlemskap', `FGM-${own}-1`),
      at('utdanning/vurdering/elevvurdering', `EV-${own}`),
      at('utdanning/vurdering/halvarsfagvurdering', `HF-${own}-1`),
      at('utdanning/vurdering/elevfravar', `EFR-${own}`),
      at('utdanning/vurdering/fravarsregistrering', `FRR-${own}-1`),
      ...guardians.map(({ household, second }) =>
        at('utdanning/elev/kontaktperson', `KP${500_001 + household}-${second ? 2 : 1}`),
      ),
    ],
    guardians: guardians.map((who) => person('utdanning/elev', guardian(plan, who).nationalId)),
    beside: [
      at('utdanning/elev/klasse', planned.id),
      at('utdanning/elev/kontaktlarergruppe', planned.contactGroupId),
      at('utdanning/elev/undervisningsforhold', contactTeacherOf(planned)),
      at('utdanning/utdanningsprogram/skole', planned.school.systemId),
    ],
  };
};

const knownTeacher = (plan: Plan, staff: number): KnownProtected => {
  const human = staffPerson(plan, staff);
  const [school] = plan.schools;
  const position = staff - 1;
  return {
    marking: markingOfStaff(plan, staff),
    nationalId: human.nationalId,
    fullName: Object.values(human.name),
    persons: ['utdanning/elev', 'administrasjon/personal', 'arkiv/personal'].map((component) =>
      person(component, human.nationalId),
    ),
    about: [
      at('administrasjon/personal/personalressurs', employeeId(staff)),
      at('administrasjon/personal/arbeidsforhold', positionId(staff, 1)),
      at('administrasjon/personal/fastlonn', `FL-${employeeNumber(staff)}-1`),
      at('utdanning/elev/skoleressurs', schoolResourceId(staff)),
      at('arkiv/personal/personalmappe', `PM-${employeeNumber(staff)}`),
      ...(school === undefined
        ? []
        : [at('utdanning/elev/undervisningsforhold', teachingPositionId(school, position))]),
    ],
    guardians: [],
    beside: school === undefined ? [] : [at('utdanning/utdanningsprogram/skole', school.systemId)],
  };
};

/** The fixed protected persons, by what is unusual about them. */
export const knownProtected = (plan: Plan): Readonly<Record<ProtectedName, KnownProtected>> => {
  const trainee = apprentice(plan, PROTECTED_APPRENTICE);
  const young = followUp(plan, PROTECTED_FOLLOW_UP);
  return {
    strictPupil: knownPupil(plan, EDGE.strictlyProtected),
    confidentialPupil: knownPupil(plan, EDGE.confidential),
    clientAddressPupil: knownPupil(plan, EDGE.clientAddress),
    becomesProtectedPupil: knownPupil(plan, EDGE.becomesProtected),
    protectionLiftedPupil: knownPupil(plan, EDGE.protectionLifted),
    siblingPupil: knownPupil(plan, EDGE.protectedSibling),
    confidentialTeacher: knownTeacher(plan, PROTECTED_TEACHER),
    strictApprentice: {
      marking: markingOfApprentice(PROTECTED_APPRENTICE),
      nationalId: trainee.nationalId,
      fullName: Object.values(trainee.name),
      persons: [person('utdanning/larling', trainee.nationalId)],
      about: [at('utdanning/larling/larling', apprenticeId(PROTECTED_APPRENTICE))],
      guardians: [],
      beside: [],
    },
    confidentialFollowUp: {
      marking: markingOfFollowUp(PROTECTED_FOLLOW_UP),
      nationalId: young.nationalId,
      fullName: Object.values(young.name),
      persons: [person('utdanning/ot', young.nationalId)],
      about: [at('utdanning/ot/otungdom', followUpId(PROTECTED_FOLLOW_UP))],
      guardians: [],
      beside: [],
    },
  };
};
