// The synthetic county: an invented county authority with upper secondary schools, pure and deterministic by seed.
// Called by the demo, by benchmarks and by tests. It must not know the hub, a clock or a network.

import { apprenticeCollections } from './apprentice-collections.ts';
import { archiveCollections, BLANK_CASE, SLASH_CASE } from './archive-collections.ts';
import { assessmentCollections } from './assessment-collections.ts';
import { codeCollections } from './code-collections.ts';
import type { SandboxCollection } from './collection.ts';
import { planCounty, type CountyOptions, type Plan } from './county-plan.ts';
import { EDGE, GUARDIAN_TEACHER } from './edge-cases.ts';
import { withFlaws, type Flaw } from './flaws.ts';
import { organisationNumber } from './organisation-number.ts';
import { knownProtected, type KnownEntry, type KnownProtected, type ProtectedName } from './known-protected.ts';
import { pupil, REALM, staffPerson } from './people.ts';
import { pupilCollections } from './pupil-collections.ts';
import { schoolCollections, schoolResourceId } from './school-collections.ts';
import { employeeId, staffCollections, staffUserName } from './staff-collections.ts';

export type SandboxCounty = {
  readonly organisation: { readonly id: string; readonly name: string; readonly orgNumber: string };
  /** Code lists first; every collection comes after the ones it links to, save where two link to each other. */
  readonly collections: readonly SandboxCollection[];
  /** Walks all entries and tells exactly which mistakes are in them; none unless they were asked for. */
  readonly flaws: () => Iterable<Flaw>;
  readonly known: {
    readonly ordinaryPupil: {
      readonly systemId: string;
      readonly elevnummer: string;
      readonly feidenavn: string;
      readonly fodselsnummer: string;
    };
    readonly teacher: {
      readonly systemId: string;
      readonly ansattnummer: string;
      readonly skoleressurs: string;
      readonly feidenavn: string;
      readonly fodselsnummer: string;
    };
    readonly schools: readonly { readonly systemId: string; readonly skolenummer: string; readonly navn: string }[];
    readonly edgeCases: Readonly<Record<string, KnownEntry>>;
    readonly protected: Readonly<Record<ProtectedName, KnownProtected>>;
  };
};

const edgeCases = (plan: Plan): Readonly<Record<string, KnownEntry>> => {
  const found: Record<string, KnownEntry> = {};
  for (const [name, index] of Object.entries(EDGE)) {
    found[name] = { collection: 'utdanning/elev/elev', field: 'elevnummer', value: pupil(plan, index).pupilNumber };
  }
  found['slashInIdentifier'] = { collection: 'arkiv/noark/sak', field: 'mappeid', value: SLASH_CASE };
  found['blankInIdentifier'] = { collection: 'arkiv/noark/sak', field: 'mappeid', value: BLANK_CASE };
  found['norwegianIdentifier'] = {
    collection: 'administrasjon/fullmakt/rolle',
    field: 'navn',
    value: 'Godkjenner fravær',
  };
  found['topUnit'] = {
    collection: 'administrasjon/organisasjon/organisasjonselement',
    field: 'organisasjonsid',
    value: 'ORG-1',
  };
  return found;
};

const withOrWithout = (
  plan: Plan,
  { flaws = 'none' }: CountyOptions,
  collections: readonly SandboxCollection[],
): Pick<SandboxCounty, 'collections' | 'flaws'> =>
  flaws === 'none' ? { collections, flaws: () => [] } : withFlaws(plan, flaws, collections);

/**
 * Makes the county "Fjordheim fylkeskommune". `small` has 3 schools and 600 pupils, `county` 41 schools and 40,002 pupils, and
 * `county-full` the volumes of production.
 * Nothing is built until a collection is walked. Throws a RangeError for an `asOf` that is no date from 2018 to 2054.
 */
export const county = (options: CountyOptions): SandboxCounty => {
  const plan = planCounty(options);
  const ordinary = pupil(plan, EDGE.ordinary);
  const ansattnummer = employeeId(GUARDIAN_TEACHER).slice(1);
  return {
    organisation: { id: REALM, name: 'Fjordheim fylkeskommune', orgNumber: organisationNumber(0) },
    ...withOrWithout(plan, options, [
      ...codeCollections(plan),
      ...staffCollections(plan),
      ...schoolCollections(plan),
      ...pupilCollections(plan),
      ...assessmentCollections(plan),
      ...apprenticeCollections(plan),
      ...archiveCollections(plan),
    ]),
    known: {
      ordinaryPupil: {
        systemId: ordinary.systemId,
        elevnummer: ordinary.pupilNumber,
        feidenavn: `${ordinary.userName}@${REALM}`,
        fodselsnummer: ordinary.nationalId,
      },
      teacher: {
        systemId: employeeId(GUARDIAN_TEACHER),
        ansattnummer,
        skoleressurs: schoolResourceId(GUARDIAN_TEACHER),
        feidenavn: `${staffUserName(plan, GUARDIAN_TEACHER)}@${REALM}`,
        fodselsnummer: staffPerson(plan, GUARDIAN_TEACHER).nationalId,
      },
      schools: plan.schools.map((school) => ({
        systemId: school.systemId,
        skolenummer: school.schoolNumber,
        navn: `${school.place} videregående skole`,
      })),
      edgeCases: edgeCases(plan),
      protected: knownProtected(plan),
    },
  };
};
