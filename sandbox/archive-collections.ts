// A small archive: cases and personnel files with the deepest nesting the model has (file, journal entry, document, part,
// address), each level with links of its own. Called by county.ts. It must not know how much of it a hub can hold.

import { civilDate, moment, noon } from './calendar.ts';
import { bySystemId, collection, identified, range, type SandboxCollection, type SandboxEntry } from './collection.ts';
import { employeeNumber, type Plan, type SchoolPlan } from './county-plan.ts';
import { EDGE, EDGE_PUPILS } from './edge-cases.ts';
import { target, to } from './links.ts';
import { addressOf, pupil, staffPerson } from './people.ts';
import { phoneOf } from './person-resource.ts';
import { at } from './random.ts';
import { employees, managerOf, schoolUnitId, staffPersonEntry, workUnit } from './staff-collections.ts';

const code = (list: string) => target(`arkiv/kodeverk/${list}`);
const CASE_STATUS = code('saksstatus');
const CASE_TYPE = code('saksmappetype');
const JOURNAL_TYPE = code('journalposttype');
const JOURNAL_STATUS = code('journalstatus');
const CORRESPONDENT = code('korrespondanseparttype');
const DOCUMENT_STATUS = code('dokumentstatus');
const DOCUMENT_TYPE = code('dokumenttype');
const ATTACHED_AS = code('tilknyttetregistreringsom');
const FORMAT = code('format');
const VARIANT = code('variantformat');
const PART_ROLE = code('partrolle');
const NOTE_TYPE = code('merknadstype');
const LEGAL_BASIS = code('skjermingshjemmel');
const RESTRICTION = code('tilgangsrestriksjon');
const ACCESS_GROUP = code('tilgangsgruppe');
const ROLE = code('rolle');
const CLASSIFICATION_TYPE = code('klassifikasjonstype');
const UNIT = target('arkiv/noark/administrativenhet');
const SERIES = target('arkiv/noark/arkivdel');
const ARCHIVIST = target('arkiv/noark/arkivressurs');
const AUTHORISATION = target('arkiv/noark/autorisasjon');
const CLASSIFICATION = target('arkiv/noark/klassifikasjonssystem');
const DOCUMENT_FILE = target('arkiv/noark/dokumentfil');
const ORGANISATION_UNIT = target('administrasjon/organisasjon/organisasjonselement', 'organisasjonsid');
const EMPLOYEE = target('administrasjon/personal/personalressurs', 'ansattnummer');
const PERSON = target('arkiv/personal/person', 'fodselsnummer', 'felles.person');

const unitId = (school: SchoolPlan): string => `AE-${school.schoolNumber}`;
const archivistId = (school: SchoolPlan): string => `AR-${employeeNumber(school.firstStaff)}`;
const documentId = (index: number): string => `DF-${index + 1}`;

/** The case whose only identifier is a case number with a slash, and the one whose number carries a blank as well. */
export const SLASH_CASE = '19/00094';
export const BLANK_CASE = '19/00095 B';

const shielded = (index: number): Readonly<Record<string, unknown>> => ({
  _links: { skjermingshjemmel: to(LEGAL_BASIS, 'OFF13', index), tilgangsrestriksjon: to(RESTRICTION, 'U', index) },
});

const journalEntry = (plan: Plan, index: number, title: string, by: string): Readonly<Record<string, unknown>> => {
  // Parties stand in a case as text, so nobody who is protected is one.
  const human = pupil(plan, index < EDGE.strictlyProtected ? index : index + EDGE_PUPILS);
  const name = `${human.name.fornavn} ${human.name.etternavn}`;
  const when = moment(plan.asOf - 20 - (index % 50), 600);
  return {
    tittel: `${title}: søknad`,
    offentligTittel: 'Søknad',
    journalAr: String(civilDate(plan.asOf).year),
    journalPostnummer: 1,
    journalSekvensnummer: index + 1,
    journalDato: when,
    mottattDato: when,
    opprettetDato: when,
    antallVedlegg: 1,
    skjerming: shielded(index),
    korrespondansepart: [
      {
        korrespondansepartNavn: name,
        fodselsnummer: human.nationalId,
        adresse: addressOf(plan, human.household),
        kontaktinformasjon: { mobiltelefonnummer: phoneOf(plan, index) },
        _links: { korrespondanseparttype: to(CORRESPONDENT, 'EA', index) },
      },
    ],
    dokumentbeskrivelse: [
      {
        tittel: 'Søknad med vedlegg',
        dokumentnummer: 1,
        opprettetDato: when,
        part: [
          {
            partNavn: name,
            adresse: addressOf(plan, human.household),
            _links: { partRolle: to(PART_ROLE, 'SOK', index) },
          },
        ],
        dokumentobjekt: [
          {
            versjonsnummer: 1,
            filstorrelse: '24576',
            _links: {
              filformat: to(FORMAT, 'PDF', index),
              variantFormat: to(VARIANT, 'P', index),
              opprettetAv: to(ARCHIVIST, by, index),
              referanseDokumentfil: to(DOCUMENT_FILE, documentId(index % DOCUMENT_FILES), index),
            },
          },
        ],
        _links: {
          dokumentstatus: to(DOCUMENT_STATUS, 'F', index),
          dokumentType: to(DOCUMENT_TYPE, 'BREV', index),
          tilknyttetRegistreringSom: to(ATTACHED_AS, 'H', index),
          tilknyttetAv: to(ARCHIVIST, by, index),
          opprettetAv: to(ARCHIVIST, by, index),
        },
      },
    ],
    _links: {
      journalposttype: to(JOURNAL_TYPE, 'I', index),
      journalstatus: to(JOURNAL_STATUS, 'J', index),
      arkivertAv: to(ARCHIVIST, by, index),
      opprettetAv: to(ARCHIVIST, by, index),
      saksbehandler: to(ARCHIVIST, by, index),
    },
  };
};

const DOCUMENT_FILES = 5;

const caseNumber = (plan: Plan, index: number): string =>
  index === 0
    ? SLASH_CASE
    : index === 1
      ? BLANK_CASE
      : `${String(civilDate(plan.asOf).year).slice(2)}/${String(index).padStart(5, '0')}`;

const caseEntry = (plan: Plan, index: number): SandboxEntry => {
  const school = at(plan.schools, index % plan.schools.length);
  const by = archivistId(school);
  const number = caseNumber(plan, index);
  const tittel = `Sak ${number} ved ${school.place}`;
  const attributes = {
    mappeId: identified(number),
    tittel,
    offentligTittel: 'Elevsak',
    saksaar: `20${number.slice(0, 2)}`,
    sakssekvensnummer: number.slice(3),
    saksdato: noon(plan.asOf - 60),
    opprettetDato: moment(plan.asOf - 60, 540),
    noekkelord: ['elev', 'opptak'],
    skjerming: shielded(index),
    klasse: [
      {
        klasseId: 'B31',
        tittel: 'Elever',
        rekkefolge: 1,
        _links: { klassifikasjonssystem: to(CLASSIFICATION, 'KS-1', index) },
      },
    ],
    merknad: [
      {
        merknadstekst: 'Purret.',
        merknadsdato: moment(plan.asOf - 30, 660),
        _links: { merknadstype: to(NOTE_TYPE, 'MS', index), merknadRegistrertAv: to(ARCHIVIST, by, index) },
      },
    ],
    journalpost: [journalEntry(plan, index, tittel, by)],
  };
  const links = {
    saksstatus: to(CASE_STATUS, index % 5 === 4 ? 'A' : 'B', index),
    saksmappetype: to(CASE_TYPE, 'SAK', index),
    administrativEnhet: to(UNIT, unitId(school), index),
    saksansvarlig: to(ARCHIVIST, by, index),
    opprettetAv: to(ARCHIVIST, by, index),
    arkivdel: to(SERIES, 'AD-1', index),
  };
  return index < 2
    ? { identifier: number, resource: { ...attributes, _links: links } }
    : bySystemId(`SAK-${index + 1}`, attributes, links);
};

const PERSONNEL_FILE_EVERY = 10;

const personnelFile = (plan: Plan, staff: number): SandboxEntry => {
  const human = staffPerson(plan, staff);
  const school = at(plan.schools, 0);
  const by = archivistId(school);
  return bySystemId(
    `PM-${employeeNumber(staff)}`,
    {
      mappeId: identified(`PERS/${employeeNumber(staff)}`),
      tittel: `Personalmappe ${employeeNumber(staff)}`,
      navn: human.name,
      opprettetDato: moment(plan.asOf - 300, 540),
      skjerming: shielded(staff),
    },
    {
      person: to(PERSON, human.nationalId, staff),
      personalressurs: to(EMPLOYEE, employeeNumber(staff), staff),
      leder: to(EMPLOYEE, employeeNumber(managerOf(plan, staff)), staff),
      arbeidssted: to(ORGANISATION_UNIT, workUnit(plan, staff), staff),
      saksstatus: to(CASE_STATUS, 'B', staff),
      saksmappetype: to(CASE_TYPE, 'PER', staff),
      tilgangsgruppe: to(ACCESS_GROUP, 'PERS', staff),
      administrativEnhet: to(UNIT, unitId(school), staff),
      saksansvarlig: to(ARCHIVIST, by, staff),
      opprettetAv: to(ARCHIVIST, by, staff),
    },
  );
};

const frameCollections = (plan: Plan): readonly SandboxCollection[] => [
  collection(
    'arkiv/noark/administrativenhet',
    () => plan.schools,
    (school) =>
      bySystemId(
        unitId(school),
        { navn: `${school.place} videregående skole` },
        { organisasjonselement: to(ORGANISATION_UNIT, schoolUnitId(school), school.index) },
      ),
  ),
  collection(
    'arkiv/noark/klassifikasjonssystem',
    () => range(1),
    () =>
      bySystemId(
        'KS-1',
        {
          tittel: 'Arkivnøkkel for fylkeskommunen',
          opprettetAv: 'Arkivtjenesten',
          opprettetDato: '2020-01-01T12:00:00Z',
          klasse: [
            {
              klasseId: 'B31',
              tittel: 'Elever',
              rekkefolge: 1,
              _links: { klassifikasjonssystem: to(CLASSIFICATION, 'KS-1') },
            },
            {
              klasseId: '221',
              tittel: 'Lønn',
              rekkefolge: 2,
              _links: { klassifikasjonssystem: to(CLASSIFICATION, 'KS-1', 4) },
            },
          ],
        },
        { klassifikasjonstype: to(CLASSIFICATION_TYPE, 'FUNK') },
      ),
  ),
  collection(
    'arkiv/noark/arkivdel',
    () => ['Sakarkiv', 'Personalarkiv'].entries(),
    ([index, tittel]) =>
      bySystemId(`AD-${index + 1}`, { tittel }, { klassifikasjonssystem: to(CLASSIFICATION, 'KS-1', index) }),
  ),
  collection(
    'arkiv/noark/autorisasjon',
    () => ['O', 'U', 'P'],
    (restriction) => bySystemId(`AU-${restriction}`, {}, { tilgangsrestriksjon: to(RESTRICTION, restriction) }),
  ),
  collection(
    'arkiv/noark/arkivressurs',
    () => plan.schools,
    (school) =>
      bySystemId(
        archivistId(school),
        { kildesystemId: identified(`ARK${school.schoolNumber}`) },
        {
          personalressurs: to(EMPLOYEE, employeeNumber(school.firstStaff), school.index),
          autorisasjon: to(AUTHORISATION, 'AU-U', school.index),
        },
      ),
  ),
  collection(
    'arkiv/noark/tilgang',
    () => plan.schools,
    (school) =>
      bySystemId(
        `TG-${school.schoolNumber}`,
        { tittel: `Saksbehandler ved ${school.place}` },
        {
          rolle: to(ROLE, 'SBH', school.index),
          administrativEnhet: to(UNIT, unitId(school), school.index),
          arkivressurs: to(ARCHIVIST, archivistId(school), school.index),
        },
      ),
  ),
  collection(
    'arkiv/noark/dokumentfil',
    () => range(DOCUMENT_FILES),
    (index) =>
      bySystemId(documentId(index), {
        filnavn: `Søknad nr. ${index + 1}.txt`,
        format: 'text/plain',
        data: 'VGVrc3Qgc29tIGlra2UgdHJlbmdlciBza2plcm1pbmc=',
      }),
  ),
];

/** Gives the archive: what cases refer to, cases, and the personnel files with their own copies of persons. */
export const archiveCollections = (plan: Plan): readonly SandboxCollection[] => {
  const filed = () => range(employees(plan), (staff) => staff % PERSONNEL_FILE_EVERY === 1);
  return [
    ...frameCollections(plan),
    collection(
      'arkiv/noark/sak',
      () => range(Math.max(12, Math.round(plan.pupils / 100))),
      (index) => caseEntry(plan, index),
    ),
    collection('arkiv/personal/person', filed, (staff) => staffPersonEntry(plan, staff)),
    collection('arkiv/personal/personalmappe', filed, (staff) => personnelFile(plan, staff)),
  ];
};
