// Apprentices with their firms and trade tests, and young people in follow-up, each component with its own persons.
// Called by county.ts. It must not know pupils.

import { noon } from './calendar.ts';
import { bySystemId, collection, identified, range, type SandboxCollection } from './collection.ts';
import { place, type Plan } from './county-plan.ts';
import { target, to, type Link } from './links.ts';
import { organisationNumber } from './organisation-number.ts';
import { addressOf, apprentice, followUp, personResource } from './people.ts';
import { phoneOf, type Human, type Marking } from './person-resource.ts';
import { markingOfApprentice, markingOfFollowUp } from './protection.ts';
import { at, drawBelow, drawPercent, salt } from './random.ts';
import { PROGRAMME_AREA } from './school-collections.ts';

const APPRENTICE = target('utdanning/larling/larling');
const APPRENTICE_PERSON = target('utdanning/larling/person', 'fodselsnummer', 'felles.person');
const FIRM = target('utdanning/larling/virksomhet', 'virksomhetsid', 'felles.virksomhet');
const FOLLOW_UP_PERSON = target('utdanning/ot/person', 'fodselsnummer', 'felles.person');
const FOLLOW_UP_STATUS = target('utdanning/kodeverk/otstatus');
const FOLLOW_UP_UNIT = target('utdanning/kodeverk/otenhet');
const TEST_STATUS = target('utdanning/kodeverk/provestatus');
const COMPLETION = target('utdanning/kodeverk/fullfortkode');
const CERTIFICATE = target('utdanning/kodeverk/bevistype');
const LETTER = target('utdanning/kodeverk/brevtype');

const TESTED = salt('apprentice.tested');
const STATUS = salt('follow-up.status');

const firmId = (index: number): string => `V${70_001 + index}`;
/** The systemId of an apprenticeship. */
export const apprenticeId = (index: number): string => `L${800_001 + index}`;

/** The systemId of a young person's follow-up. */
export const followUpId = (index: number): string => `OT${900_001 + index}`;

const persons = (
  plan: Plan,
  path: string,
  count: number,
  who: (index: number) => Human,
  marking: (index: number) => Marking,
  from: number,
): SandboxCollection =>
  collection(
    path,
    () => range(count),
    (index) => {
      const human = who(index);
      return {
        identifier: human.nationalId,
        resource: personResource(plan, human, {
          number: from + index,
          household: from + index,
          mailDomain: 'post.test',
          marking: marking(index),
          ...(marking(index) === 'strengtFortrolig' ? { address: false } : {}),
        }),
      };
    },
  );

// The second programme of every school, the largest vocational one, in its last year.
const area = (plan: Plan, index: number): readonly Link[] => {
  const school = at(plan.schools, index % plan.schools.length);
  return to(PROGRAMME_AREA, `PO-${school.schoolNumber}-${at(school.programmes, 1).code}3`, index);
};

/** Gives the collections of apprentices and of follow-up. */
export const apprenticeCollections = (plan: Plan): readonly SandboxCollection[] => {
  const apprentices = Math.round(plan.pupils * 0.081);
  const firms = Math.ceil(apprentices / 4);
  const followed = Math.max(6, Math.round(plan.pupils * 0.01));
  return [
    persons(
      plan,
      'utdanning/larling/person',
      apprentices,
      (index) => apprentice(plan, index),
      markingOfApprentice,
      3_000_000,
    ),
    collection(
      'utdanning/larling/virksomhet',
      () => range(firms),
      (index) => ({
        identifier: firmId(index),
        resource: {
          virksomhetsId: identified(firmId(index)),
          organisasjonsnummer: identified(organisationNumber(5000 + index)),
          organisasjonsnavn: `${place(index)} Verksted ${index + 1} AS`,
          forretningsadresse: addressOf(plan, 3_500_000 + index),
          kontaktinformasjon: {
            telefonnummer: phoneOf(plan, 3_500_000 + index),
            epostadresse: `post@verksted${index + 1}.test`,
          },
        },
      }),
    ),
    collection(
      'utdanning/larling/larling',
      () => range(apprentices),
      (index) =>
        bySystemId(
          apprenticeId(index),
          {
            kontraktstype: index % 12 === 0 ? 'Lærekandidat' : 'Lærling',
            laretid: { start: noon(plan.yearStart - 365), slutt: noon(plan.yearStart + 365) },
          },
          {
            person: to(APPRENTICE_PERSON, apprentice(plan, index).nationalId, index),
            bedrift: to(FIRM, firmId(index % firms), index),
            programomrade: area(plan, index),
          },
        ),
    ),
    collection(
      'utdanning/larling/avlagtprove',
      () => range(apprentices, (index) => drawPercent(plan.seed, TESTED, index, 30)),
      (index) =>
        bySystemId(
          `AP-${apprenticeId(index)}`,
          { provedato: noon(plan.asOf - 5 - (index % 90)) },
          {
            larling: to(APPRENTICE, apprenticeId(index), index),
            provestatus: to(TEST_STATUS, 'A', index),
            fullfortkode: to(COMPLETION, index % 6 === 0 ? 'M' : 'B', index),
            bevistype: to(CERTIFICATE, index % 3 === 0 ? 'S' : 'F', index),
            brevtype: to(LETTER, index % 3 === 0 ? 'SB' : 'FB', index),
          },
        ),
    ),
    persons(plan, 'utdanning/ot/person', followed, (index) => followUp(plan, index), markingOfFollowUp, 4_000_000),
    collection(
      'utdanning/ot/otungdom',
      () => range(followed),
      (index) =>
        bySystemId(
          followUpId(index),
          {},
          {
            person: to(FOLLOW_UP_PERSON, followUp(plan, index).nationalId, index),
            status: to(FOLLOW_UP_STATUS, drawBelow(plan.seed, STATUS, index, 3) === 0 ? 'SOK' : 'AKT', index),
            enhet: to(FOLLOW_UP_UNIT, index % 2 === 0 ? 'OTN' : 'OTS', index),
          },
        ),
    ),
  ];
};
