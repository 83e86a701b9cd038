// Who in the county has a protected address, and how well: the marking that every person carries. The protected ones of the first twenty-eight
// pupils, one teacher, one apprentice and one young person in follow-up are fixed; beyond the small county chance protects a few more.
// Called by the files that build persons. It must not know how a resource looks.

import type { Plan } from './county-plan.ts';
import { EDGE, PROTECTED_APPRENTICE, PROTECTED_FOLLOW_UP, PROTECTED_TEACHER } from './edge-cases.ts';
import { pupilsOf } from './people.ts';
import type { Marking } from './person-resource.ts';
import { draw, salt } from './random.ts';

const PROTECTED = salt('person.protected');
/** Pupils and staff below these numbers are in the small county too, where only the fixed ones are protected. */
const CHANCE_FROM_PUPIL = 600;
const CHANCE_FROM_STAFF = 200;
const STAFF = 2_000_000;

/** One person in a thousand: of those most are confidential, as in the population. */
const byChance = (plan: Plan, number: number): Marking => {
  const drawn = draw(plan.seed, PROTECTED, number) % 10_000;
  return drawn < 3 ? 'strengtFortrolig' : drawn < 8 ? 'fortrolig' : drawn < 10 ? 'klientadresse' : 'ugradert';
};

const FIXED: Readonly<Record<number, readonly [first: Marking, later: Marking]>> = {
  [EDGE.strictlyProtected]: ['strengtFortrolig', 'strengtFortrolig'],
  [EDGE.confidential]: ['fortrolig', 'fortrolig'],
  [EDGE.clientAddress]: ['klientadresse', 'klientadresse'],
  [EDGE.becomesProtected]: ['ugradert', 'fortrolig'],
  [EDGE.protectionLifted]: ['strengtFortrolig', 'ugradert'],
  [EDGE.protectedSibling]: ['fortrolig', 'fortrolig'],
};

/** The marking of a pupil in the snapshot that the plan is of. */
export const markingOfPupil = (plan: Plan, index: number): Marking => {
  const fixed = FIXED[index];
  if (fixed !== undefined) return fixed[plan.snapshot === 'later' ? 1 : 0];
  return index < CHANCE_FROM_PUPIL ? 'ugradert' : byChance(plan, index);
};

/** The households in which somebody is protected and the guardians are not: their entries keep the shared address back. */
const apart = (household: number): boolean => household === EDGE.clientAddress || household === EDGE.protectedSibling;

/** The marking of a guardian: the register protects all who live together, so mostly that of the eldest pupil. */
export const markingOfGuardian = (plan: Plan, household: number): Marking =>
  apart(household) ? 'ugradert' : markingOfPupil(plan, household);

/** Says that an address must not be told for a pupil or guardian, since it is that of somebody who is protected. */
export const keepsAddressBack = (plan: Plan, household: number, own: Marking): boolean =>
  own === 'strengtFortrolig' ||
  (own === 'ugradert' && pupilsOf(plan, household).some((index) => markingOfPupil(plan, index) !== 'ugradert'));

/** The marking of a member of staff. */
export const markingOfStaff = (plan: Plan, staff: number): Marking =>
  staff === PROTECTED_TEACHER ? 'fortrolig' : staff < CHANCE_FROM_STAFF ? 'ugradert' : byChance(plan, STAFF + staff);

/** The marking of an apprentice. */
export const markingOfApprentice = (index: number): Marking =>
  index === PROTECTED_APPRENTICE ? 'strengtFortrolig' : 'ugradert';

/** The marking of a young person in follow-up. */
export const markingOfFollowUp = (index: number): Marking => (index === PROTECTED_FOLLOW_UP ? 'fortrolig' : 'ugradert');
