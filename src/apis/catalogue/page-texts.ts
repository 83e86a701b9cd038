// The words of the pages in their three languages. Used by the pages of this folder; what the catalogue says of APIs stands in its data.
import type { CatalogueApi, DocumentKind } from '#catalogue/catalogue.ts';
import type { ChangeKind, Words } from '#catalogue/contract.ts';
import type { Sensitivity } from '#model/model.ts';

export const pageLanguages = ['nb', 'nn', 'en'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

/** What languages call themselves. */
export const languageNames: Readonly<Record<PageLanguage, string>> = { nb: 'Bokmål', nn: 'Nynorsk', en: 'English' };

/** Words in a language; whoever reads nynorsk gets bokmål where there is none. */
export const inLanguage = ({ nb, nn, en }: Words, language: PageLanguage): string =>
  language === 'en' ? en : language === 'nn' ? (nn ?? nb) : nb;

const w = (nb: string, nn: string, en: string): Words => ({ nb, nn, en });

export const pageTexts = {
  skip: w('Hopp til innholdet', 'Hopp til innhaldet', 'Skip to the content'),
  languages: w('Språkvalg', 'Språkval', 'Languages'),
  catalogue: w('API-katalogen', 'API-katalogen', 'The API catalogue'),
  apis: w('API-er', 'API', 'APIs'),
  api: w('API', 'API', 'API'),
  status: w('Status', 'Status', 'Status'),
  about: w('Hva det er', 'Kva det er', 'What it is'),
  version: w('Versjon', 'Versjon', 'Version'),
  versions: w('Versjoner', 'Versjonar', 'Versions'),
  since: w('Fra', 'Frå', 'Since'),
  until: w('Til', 'Til', 'Until'),
  releases: w('Hovedversjoner', 'Hovudversjonar', 'Main versions'),
  current: w('gjelder nå', 'gjeld no', 'in force now'),
  expected: w('tidligst', 'tidlegast', 'at the earliest'),
  releasesAbout: w(
    'Katalogen har én hovedversjon i året, mellom 31. mars og 30. juni. Versjon 0 er forhåndsvisningen.',
    'Katalogen har éin hovudversjon i året, mellom 31. mars og 30. juni. Versjon 0 er førehandsvisinga.',
    'The catalogue has one main version a year, from 31 March to 30 June. Version 0 is the preview.',
  ),
  promises: w('Hva statusene lover', 'Kva statusane lovar', 'What statuses promise'),
  promise: w('Det lover', 'Det lovar', 'It promises'),
  policies: w('Varslingsregler', 'Varslingsreglar', 'Rules of notice'),
  changes: w('Varslede endringer', 'Varsla endringar', 'Announced changes'),
  noChanges: w('Ingen endringer er varslet.', 'Ingen endringar er varsla.', 'No changes have been announced.'),
  change: w('Endring', 'Endring', 'Change'),
  parts: w('Deler', 'Delar', 'Parts'),
  earliest: w('Tidligst', 'Tidlegast', 'At the earliest'),
  instead: w('I stedet', 'I staden', 'Instead'),
  access: w('Slik får man tilgang', 'Slik får ein tilgang', 'How to get access'),
  accessAbout: w(
    'Dataene eies av institusjonene. En applikasjon ber hver av dem om tilgang; beskrivelser og denne katalogen er åpne for alle. På siden til hvert API står det hvordan.',
    'Institusjonane eig dataa. Ein applikasjon ber kvar av dei om tilgang; omtaler og denne katalogen er opne for alle. På sida til kvart API står det korleis.',
    'Institutions own the data. An application asks each of them for access; descriptions and this catalogue are open to everybody. The page of each API says how.',
  ),
  machines: w('For maskiner', 'For maskinar', 'For machines'),
  documents: w('Dokumenter', 'Dokument', 'Documents'),
  flags: w('med flagg', 'med flagg', 'with flags'),
  address: w('Adressen', 'Adressa', 'Address'),
  contracts: w('Kontrakten for hver del (JSON)', 'Kontrakten for kvar del (JSON)', 'The contract of each part (JSON)'),
  dataClasses: w('Data', 'Data', 'Data'),
  rights: w('For', 'For', 'For'),
  goals: w('Mål for driften', 'Mål for drifta', 'Service goals'),
  availability: w('tilgjengelig', 'tilgjengeleg', 'available'),
  fast: w('av svarene innen', 'av svara innan', 'of answers within'),
  answered: w(
    'feilmeldinger besvares innen (timer, virkedager)',
    'feilmeldingar blir svara på innan (timar, yrkedagar)',
    'reports of faults are answered within (hours, working days)',
  ),
  owner: w('Eier', 'Eigar', 'Owner'),
  support: w('Hjelp', 'Hjelp', 'Help'),
  feedback: w('Tilbakemelding', 'Tilbakemelding', 'Feedback'),
  faults: w('Kjente feil', 'Kjende feil', 'Known faults'),
  noFaults: w('Ingen kjente feil.', 'Ingen kjende feil.', 'No known faults.'),
  pilots: w('Prøvd ut av', 'Prøvd ut av', 'Tried by'),
  successor: w('Avløses av', 'Blir avløyst av', 'Its place is taken by'),
  reconstructed: w('Rekonstruert', 'Rekonstruert', 'Reconstructed'),
  retires: w('Fjernes tidligst', 'Blir fjerna tidlegast', 'May be removed from'),
  guidesIn: w('Veiledningene er på engelsk.', 'Rettleiingane er på engelsk.', 'The guides are in English.'),
  calendar: w('Kalender (ICS)', 'Kalender (ICS)', 'Calendar (ICS)'),
} as const satisfies Readonly<Record<string, Words>>;

export const changeNames: Readonly<Record<ChangeKind, Words>> = {
  breaking: w('Brytende', 'Brytande', 'Breaking'),
  dangerous: w('Kan bryte', 'Kan bryte', 'May break'),
  compatible: w('Bryter ikke', 'Bryt ikkje', 'Compatible'),
};

export const dataClassNames: Readonly<Record<Sensitivity, Words>> = {
  open: w('åpne data', 'opne data', 'open data'),
  personal: w('personopplysninger', 'personopplysningar', 'personal data'),
  'national-id': w('fødselsnummer', 'fødselsnummer', 'national ids'),
  protected: w('skjermede opplysninger', 'skjerma opplysningar', 'protected data'),
  special: w('særlige kategorier', 'særlege kategoriar', 'special categories'),
};

export const rightsNames: Readonly<Record<CatalogueApi['accessRights'], Words>> = {
  public: w('alle', 'alle', 'everybody'),
  restricted: w('dem som har fått tilgang', 'dei som har fått tilgang', 'those who have been given access'),
  'non-public': w(
    'dem som forvalter data og drift',
    'dei som forvaltar data og drift',
    'those who look after data and the hub',
  ),
};

export const documentNames: Readonly<Record<DocumentKind, Words>> = {
  openapi: w('OpenAPI', 'OpenAPI', 'OpenAPI'),
  sdl: w('GraphQL-skjema (SDL)', 'GraphQL-skjema (SDL)', 'GraphQL schema (SDL)'),
  wsdl: w('WSDL', 'WSDL', 'WSDL'),
  xsd: w('XML-skjema (XSD)', 'XML-skjema (XSD)', 'XML schema (XSD)'),
  'json-schema': w('JSON Schema', 'JSON Schema', 'JSON Schema'),
  contracts: w('Kontrakten for hver del', 'Kontrakten for kvar del', 'The contract of each part'),
  page: w('Side', 'Side', 'Page'),
};
