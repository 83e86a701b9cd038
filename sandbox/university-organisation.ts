// The organisation of the university as collections: its units on four levels, campuses, buildings, rooms and libraries, and the institutions that
// it works with. Called by university.ts. It must not know people, programmes or courses.

import { collection, identified, range, type SandboxCollection } from './collection.ts';
import { target, to, type Link } from './links.ts';
import { organisationNumber } from './organisation-number.ts';
import { at, drawBelow, salt } from './random.ts';
import { trilingual, type Trilingual } from './university-catalogue.ts';
import { INSTITUTION, type Institute, type UniversityPlan } from './university-plan.ts';
import { REALM } from './university-people.ts';
import { code, entity, said, TARGETS, text, toTerm, type Attributes } from './university-values.ts';

/** Beyond the organisation numbers of the county and the municipality. */
export const UNIVERSITY_NUMBER = 1_500;

const OTHERS: readonly (readonly [code: string, name: string, country: string])[] = [
  ['7801', 'Nordlysuniversitetet;;Aurora University', 'NOR'],
  ['7802', 'Högskolan i Granåker;;Granåker University College', 'SWE'],
  ['7803', 'Université de Belmont;;University of Belmont', 'FRA'],
];

/** Where those who come or go in exchange are the rest of the time: code, and the country. */
export const PARTNERS: readonly (readonly [code: string, country: string])[] = OTHERS.map(([number, , country]) => [
  number,
  country,
]);

const CAMPUSES: readonly (readonly [code: string, name: Trilingual])[] = [
  ['ÅS', trilingual('Åsen;;Åsen campus')],
  ['FJORD', trilingual('Fjordbyen;;Fjordbyen campus')],
  ['SØR', trilingual('Sørvika;;Sørvika campus')],
  ['NETT', trilingual('Nettstudier;Nettstudium;Online')],
  ['GUOV', trilingual('Guovdageaidnu')],
];

export const campusCode = (index: number): string => at(CAMPUSES, index)[0];
export const campusId = (index: number): string => `C-${campusCode(index)}`;
/** Links to a campus, by its systemId or by its code. */
export const toCampus = (index: number, variant = 0): readonly Link[] =>
  variant % 3 === 2
    ? to(TARGETS.campusByCode, campusCode(index), variant)
    : to(TARGETS.campus, campusId(index), variant);

export const organisationId = (institution = INSTITUTION): string => `ORG-${institution}`;
export const libraryId = (campus: number): string => `BIB-${campusCode(campus)}`;

/** The numbers of a unit: faculty, institute and group, nought for those below which there is none. */
export type UnitNumbers = readonly [faculty: number, institute: number, group: number];

export const unitId = ([faculty, institute, group]: UnitNumbers): string => `OE-${faculty}-${institute}-${group}`;
export const instituteUnit = ({ faculty, number }: Institute): UnitNumbers => [faculty, number, 0];
/** Links to a unit, by its systemId or by its key. */
export const toUnit = (numbers: UnitNumbers, variant = 0): readonly Link[] =>
  variant % 4 === 3
    ? to(TARGETS.unitByKey, [INSTITUTION, ...numbers].join(','), variant)
    : to(TARGETS.unit, unitId(numbers), variant);

type Unit = {
  readonly numbers: UnitNumbers;
  readonly name: Trilingual;
  readonly short: string;
  readonly campus: number;
};

const GROUPS = [
  trilingual('Seksjon for undervisning;;Section for teaching'),
  trilingual('Seksjon for forskning;Seksjon for forsking;Section for research'),
];

/** The top, the administration and the faculties, then institutes and their sections. */
function* units(plan: UniversityPlan): Generator<Unit> {
  yield {
    numbers: [0, 0, 0],
    name: trilingual('Sikthøyskolen;Sikthøgskulen;Sikt University College'),
    short: 'SH',
    campus: 0,
  };
  yield {
    numbers: [90, 0, 0],
    name: trilingual('Studieavdelingen;Studieavdelinga;Student affairs'),
    short: 'STUD',
    campus: 0,
  };
  const seen = new Set<number>();
  for (const { faculty, campus } of plan.institutes) {
    if (seen.has(faculty)) continue;
    seen.add(faculty);
    yield { numbers: [faculty, 0, 0], name: at(plan.faculties, faculty - 1), short: `FAK${faculty}`, campus };
  }
  for (const institute of plan.institutes) {
    const { nb, nn, en } = institute.discipline.name;
    yield {
      numbers: instituteUnit(institute),
      name: { nb: `Institutt for ${nb}`, nn: `Institutt for ${nn}`, en: `Department of ${en}` },
      short: institute.discipline.code,
      campus: institute.campus,
    };
    for (const [place, name] of GROUPS.entries())
      yield {
        numbers: [institute.faculty, institute.number, place + 1],
        name,
        short: `${institute.discipline.code}-${place + 1}`,
        campus: institute.campus,
      };
  }
  // A unit that is closed.
  yield {
    numbers: [91, 0, 0],
    name: trilingual('Avdeling for brevkurs;;Correspondence courses'),
    short: 'BREV',
    campus: 0,
  };
}

const LEVELS = ['1=Institusjon;;Institution', '2=Fakultet;;Faculty', '3=Institutt;;Department', '4=Seksjon;;Section'];

const levelOf = ([faculty, institute, group]: UnitNumbers): number =>
  group > 0 ? 3 : institute > 0 ? 2 : faculty > 0 ? 1 : 0;

const parentOf = ([faculty, institute, group]: UnitNumbers): UnitNumbers | null =>
  group > 0 ? [faculty, institute, 0] : institute > 0 ? [faculty, 0, 0] : faculty > 0 ? [0, 0, 0] : null;

/** Writes the address of a campus. */
export const campusAddress = (campus: number): Attributes => ({
  gate: `${at(CAMPUSES, campus)[1].nb} allé ${campus + 1}`,
  postnummerOgSted: `99${30 + campus} Sikthavn`,
  land: 'Norge',
});

const STREET = salt('university.building');
const FLOORS = 3;

const buildings = (plan: UniversityPlan): number => (plan.size === 'small' ? 6 : 60);
const roomsPerBuilding = (plan: UniversityPlan): number => (plan.size === 'small' ? 6 : 30);
const campusOfBuilding = (plan: UniversityPlan, building: number): number => building % plan.campuses;
const buildingCode = (building: number): string => `B${String(building + 1).padStart(2, '0')}`;
export const buildingId = (building: number): string => `BYG-${buildingCode(building)}`;
const roomCode = (plan: UniversityPlan, room: number): string => {
  const place = room % roomsPerBuilding(plan);
  return `${(place % FLOORS) + 1}${String(Math.floor(place / FLOORS) + 1).padStart(2, '0')}`;
};

/** How many rooms there are. */
export const roomCount = (plan: UniversityPlan): number => buildings(plan) * roomsPerBuilding(plan);
export const buildingOfRoom = (plan: UniversityPlan, room: number): number => Math.floor(room / roomsPerBuilding(plan));
export const roomId = (plan: UniversityPlan, room: number): string =>
  `ROM-${buildingCode(buildingOfRoom(plan, room))}-${roomCode(plan, room)}`;

const ROOM_TYPES = ['AUD', 'SEM', 'SEM', 'LAB', 'KONTOR', 'EKS'];
const CAPACITY: Readonly<Record<string, number>> = { AUD: 240, SEM: 30, LAB: 20, KONTOR: 2, EKS: 150 };

const premises = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/organisasjon/campus',
    () => range(plan.campuses),
    (index) =>
      entity(campusId(index), [campusCode(index)], {
        kode: identified(campusCode(index)),
        navnAlleSprak: { ...text(at(CAMPUSES, index)[1]), ...(index === 4 ? { se: 'Guovdageaidnu' } : {}) },
        organisasjonsnummer: organisationNumber(UNIVERSITY_NUMBER + 1 + index),
      }),
  ),
  collection(
    'fs/organisasjon/bygning',
    () => range(buildings(plan)),
    (index) =>
      entity(
        buildingId(index),
        [buildingCode(index)],
        {
          kode: buildingCode(index),
          adresse: `${at(CAMPUSES, campusOfBuilding(plan, index))[1].nb} allé ${drawBelow(plan.seed, STREET, index, 90) + 1}`,
          erAktiv: index % 17 !== 16,
          navnAlleSprak: text(trilingual(`Bygg ${index + 1};Bygg ${index + 1};Building ${index + 1}`)),
        },
        { campus: toCampus(campusOfBuilding(plan, index), index) },
      ),
  ),
  collection(
    'fs/organisasjon/rom',
    () => range(roomCount(plan)),
    (index) => {
      const kind = at(ROOM_TYPES, index % ROOM_TYPES.length);
      const seats = CAPACITY[kind] ?? 10;
      const building = buildingOfRoom(plan, index);
      return entity(
        roomId(plan, index),
        [buildingCode(building), roomCode(plan, index)],
        {
          kode: roomCode(plan, index),
          etasje: Number(roomCode(plan, index)[0]),
          erAktiv: true,
          kapasitet: { undervisning: seats, eksamen: kind === 'EKS' || kind === 'AUD' ? Math.floor(seats / 2) : 0 },
          ...(index % 11 === 0
            ? { merknad: { ankomstbeskrivelse: 'Inngang fra gårdsrommet', rombeskrivelse: 'Skjerm og tavle' } }
            : {}),
          navnAlleSprak: text(
            trilingual(`Rom ${roomCode(plan, index)};Rom ${roomCode(plan, index)};Room ${roomCode(plan, index)}`),
          ),
        },
        {
          bygning: to(TARGETS.building, buildingId(building), index),
          romtype: to(TARGETS.roomType, kind, index),
        },
      );
    },
  ),
  collection(
    'fs/organisasjon/bibliotek',
    () => range(plan.campuses),
    (index) =>
      entity(
        libraryId(index),
        null,
        {
          bibliotekkode: `20${7770 + index}`,
          erAktiv: true,
          navnAlleSprak: text(
            trilingual(`Biblioteket ${at(CAMPUSES, index)[1].nb};;The library at ${at(CAMPUSES, index)[1].nb}`),
          ),
        },
        { campus: toCampus(index, index) },
      ),
  ),
];

/** Gives the collections of the organisation, those that others link to first. */
export const universityOrganisation = (plan: UniversityPlan): readonly SandboxCollection[] => [
  collection(
    'fs/organisasjon/organisasjon',
    () => [[INSTITUTION, 'Sikthøyskolen;Sikthøgskulen;Sikt University College'] as const, ...OTHERS],
    ([number, name], index = number === INSTITUTION ? 0 : Number(number) - 7800) =>
      entity(organisationId(number), null, {
        organisasjonskode: identified(number),
        navnAlleSprak: text(trilingual(name)),
        forkortelse: number === INSTITUTION ? 'SH' : `I${number}`,
        kanMottaSemesteravgift: number === INSTITUTION,
        type: code(
          'UH',
          trilingual('Universitet eller høyskole;Universitet eller høgskule;University or university college'),
        ),
        besoksadresse: index === 0 ? campusAddress(0) : { postnummerOgSted: 'Utenfor', land: 'Norge' },
        ...(number === INSTITUTION
          ? {
              eierInstitusjon: { pic: '999777770', schac: REALM },
              erasmusInstitusjonskode: 'N SIKTHAVN01',
              url: `https://www.${REALM}`,
            }
          : {}),
      }),
  ),
  ...premises(plan),
  collection(
    'fs/organisasjon/fakultet',
    () => [...units(plan)].filter(({ numbers }) => levelOf(numbers) === 1),
    ({ numbers: [faculty], name }) =>
      entity(`FAK-${faculty}`, [INSTITUTION, faculty], { fakultetsnummer: String(faculty), navnAlleSprak: text(name) }),
  ),
  collection(
    'fs/organisasjon/organisasjonsenhetbeskrivelsesavsnitt',
    () => plan.institutes,
    (institute) =>
      entity(
        `OEB-${institute.index + 1}`,
        null,
        {
          innhold: `Vi underviser og forsker i ${institute.discipline.name.nb}.`,
          orginalinnhold: `<p>Vi underviser og forsker i ${institute.discipline.name.nb}.</p>`,
        },
        {
          gjelderFraTermin: toTerm(plan.now - 6),
          sprak: to(TARGETS.language, 'nob'),
          tekstkategori: to(target('fs/studietilbud/tekstkategori'), 'INNHOLD'),
        },
      ),
  ),
  collection(
    'fs/organisasjon/organisasjonsenhet',
    () => units(plan),
    ({ numbers, name, short, campus }) => {
      const level = levelOf(numbers);
      const parent = parentOf(numbers);
      const [faculty, institute, group] = numbers;
      const described =
        level === 2 ? plan.institutes.find((one) => one.faculty === faculty && one.number === institute) : undefined;
      return entity(
        unitId(numbers),
        [INSTITUTION, ...numbers],
        {
          navnAlleSprak: {
            ...text(name),
            ...(short === 'SAM' ? { se: 'Sámi giela ja girjjálašvuođa instituhtta' } : {}),
          },
          forkortelse: short,
          erAktiv: faculty !== 91,
          instituttnummer: String(institute),
          gruppenummer: String(group),
          organisasjonsnivaa: code(String(level + 1), trilingual(at(LEVELS, level).slice(2))),
          besoksadresse: campusAddress(campus),
          postadresse: { gate: `Postboks ${100 + faculty}`, postnummerOgSted: '9930 Sikthavn', land: 'Norge' },
          skalEksporteresTilLms: level === 2,
          ...(level === 2
            ? { lmsRomkode: `${short}-ROM`, urlAlleSprak: said(`https://www.${REALM}/${faculty}/${institute}`) }
            : {}),
          ...(faculty === 91 ? { merknad: text(trilingual('Nedlagt;Nedlagd;Closed')) } : {}),
        },
        {
          organisasjon: to(TARGETS.organisation, organisationId(), institute),
          ...(parent === null ? {} : { parent: toUnit(parent, institute) }),
          ...(faculty === 0 ? {} : { fakultet: to(TARGETS.faculty, `FAK-${faculty}`, institute) }),
          ...(institute === 0 ? {} : { institutt: toUnit([faculty, institute, 0]) }),
          ...(level === 2 ? { bibliotek: to(TARGETS.bibliotek, libraryId(campus)) } : {}),
          ...(described === undefined
            ? {}
            : {
                beskrivelsesavsnitt: to(
                  target('fs/organisasjon/organisasjonsenhetbeskrivelsesavsnitt'),
                  `OEB-${described.index + 1}`,
                ),
              }),
          ...(faculty === 1 && level === 1
            ? { utvekslingsavtaler: to(target('fs/studierett/utvekslingsavtale'), 'AVTALE-1') }
            : {}),
        },
      );
    },
  ),
];
