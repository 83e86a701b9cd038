// The other end of every two-way link that a hub of FINT does not complete by itself (one to one, or across domains): Person.elev for
// Elev.person. Sources that deliver both ends are what flaws of missing inverse links are about. Called by flaws.ts. It must not know flaws.

import { followUpId } from './apprentice-collections.ts';
import type { SandboxEntry } from './collection.ts';
import { schoolOfStaff, teaches, type Plan } from './county-plan.ts';
import { target, to, type Target } from './links.ts';
import { enrolmentId, hasClass } from './pupil-collections.ts';
import { schoolResourceId } from './school-collections.ts';
import { employeeId, schoolUnitId } from './staff-collections.ts';

/** One end that could be delivered: what the entry links to, and how the entry there names this one. */
export type OtherEnd = {
  readonly relation: string;
  readonly collection: string;
  /** The systemId there. */
  readonly value: string;
  /** The relation there that leads here. */
  readonly inverse: string;
};

/** Gives the other ends that the entry at a position of a collection could deliver. */
type Finder = (plan: Plan, position: number, entry: SandboxEntry) => readonly OtherEnd[];

const end = (relation: string, collection: string, value: string, inverse: string): OtherEnd => ({
  relation,
  collection,
  value,
  inverse,
});

const enrolment: Finder = (plan, _position, { identifier }) => {
  const index = Number(identifier.slice(2, 8)) - 500_001;
  const current = identifier === enrolmentId(plan, index);
  return [
    ...(current ? [end('elevvurdering', 'utdanning/vurdering/elevvurdering', `EV-${identifier}`, 'elevforhold')] : []),
    ...(current && hasClass(plan, index)
      ? [end('fravarsregistreringer', 'utdanning/vurdering/elevfravar', `EFR-${identifier}`, 'elevforhold')]
      : []),
  ];
};

const finders: Readonly<Record<string, Finder>> = {
  // Pupils come first among the persons.
  'utdanning/elev/person': (plan, position) =>
    position < plan.pupils ? [end('elev', 'utdanning/elev/elev', `E${500_001 + position}`, 'person')] : [],
  'utdanning/elev/elevforhold': enrolment,
  'utdanning/ot/person': (_plan, position) => [
    end('otungdom', 'utdanning/ot/otungdom', followUpId(position), 'person'),
  ],
  'administrasjon/personal/person': (_plan, staff) => [
    end('personalressurs', 'administrasjon/personal/personalressurs', employeeId(staff), 'person'),
  ],
  'administrasjon/personal/personalressurs': (plan, staff) =>
    staff < plan.schoolStaff
      ? [end('skoleressurs', 'utdanning/elev/skoleressurs', schoolResourceId(staff), 'personalressurs')]
      : [],
  'administrasjon/personal/arbeidsforhold': (plan, _position, { identifier }) => {
    const staff = Number(identifier.slice(2, 8)) - 100_001;
    return teaches(schoolOfStaff(plan, staff), staff)
      ? [
          end(
            'undervisningsforhold',
            'utdanning/elev/undervisningsforhold',
            `U${identifier.slice(1)}`,
            'arbeidsforhold',
          ),
        ]
      : [];
  },
  'administrasjon/personal/fravar': (_plan, _position, { identifier }) =>
    identifier.endsWith('-2')
      ? [end('fortsetter', 'administrasjon/personal/fravar', `${identifier.slice(0, -1)}1`, 'fortsettelse')]
      : [],
  'administrasjon/organisasjon/organisasjonselement': (plan, _position, { identifier }) => {
    const school = plan.schools.find((each) => schoolUnitId(each) === identifier);
    return school === undefined
      ? []
      : [end('skole', 'utdanning/utdanningsprogram/skole', school.systemId, 'organisasjon')];
  },
};

/** The other ends of an entry; none in most collections. */
export const otherEnds = (plan: Plan, collection: string, position: number, entry: SandboxEntry): readonly OtherEnd[] =>
  finders[collection]?.(plan, position, entry) ?? [];

const targets = new Map<string, Target>();

/** Writes an other end as links. */
export const linksOfEnd = ({ collection, value }: OtherEnd): ReturnType<typeof to> => {
  const known = targets.get(collection) ?? target(collection);
  targets.set(collection, known);
  return to(known, value);
};
