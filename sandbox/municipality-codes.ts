// The code lists of the municipality as collections: the common ones, those of education that primary school uses, and its own, with names in
// Nynorsk and English. Called by municipality.ts, first of all. It must not know people or classes.

import { codeList, schoolYearLists, type Code } from './code-collections.ts';
import { PLAIN_LISTS, readList } from './code-lists.ts';
import { bySystemId, collection, range, type SandboxCollection } from './collection.ts';
import { target, to } from './links.ts';
import { MUNICIPALITY } from './municipality-people.ts';
import type { MunicipalPlan } from './municipality-plan.ts';

const SHARED = [
  'felles/kodeverk/iso/kjonn',
  'felles/kodeverk/iso/landkode',
  'felles/kodeverk/iso/sprak',
  'administrasjon/kodeverk/personalressurskategori',
  'administrasjon/kodeverk/uketimetall',
] as const;

const PLAIN: Readonly<Record<string, string>> = {
  'felles/kodeverk/fylke': '99=Fjordheim',
  'administrasjon/kodeverk/arbeidsforholdstype': 'F=Fast|FT=Fast, deltid|V=Vikariat',
  'administrasjon/kodeverk/organisasjonstype': 'KOMM=Kommune|SEKTOR=Sektor|SKOLE=Skole',
  'administrasjon/kodeverk/stillingskode':
    '9951=Rektor|9954=Inspektør|7961=Lærer|7962=Adjunkt|8530=Rådgiver|7451=SFO-leder|7517=Barneveileder|6559=Konsulent|9451=Leder',
  'utdanning/kodeverk/avbruddsarsak': 'FLYTT=Flyttet|BYTTE=Byttet skole|DOD=Død',
  'utdanning/kodeverk/elevkategori': 'GRS=Elev i grunnskolen|GJE=Gjesteelev',
  'utdanning/kodeverk/skoleeiertype': 'K=Kommune|P=Privat|S=Stat',
};

/** `code=bokmål;nynorsk;English`, where Nynorsk left empty is as bokmål. */
const TRANSLATED: Readonly<Record<string, string>> = {
  foresattrolle:
    'MOR=Mor;;Mother|FAR=Far;;Father|MEDMOR=Medmor;;Co-mother|FOSTERFORELDER=Fosterforelder;;Foster parent|VERGE=Verge;Verje;Legal guardian',
  foresattgrunnlag:
    'FORELDREANSVAR=Foreldreansvar;;Parental responsibility|FORELDER=Forelder uten foreldreansvar;Forelder utan foreldreansvar;Parent without parental responsibility|FOSTERHJEM=Fosterhjem;Fosterheim;Foster home|VERGEMAL=Vergemål;Verjemål;Legal guardianship',
  foresattkilde:
    'FREG=Folkeregisteret;;Population register|SKOLE=Registrert av skolen;Registrert av skulen;Entered by the school',
  foresattrettighet:
    'INNSYN=Se eleven i portal og app;Sjå eleven i portal og app;See the pupil in portal and app|VARSLER=Få varsler;Få varsel;Receive alerts|SKJEMA=Få digitale skjemaer;Få digitale skjema;Receive digital forms|MOTTAKER=Kunne velges som mottaker av meldinger;Kunne veljast som mottakar av meldingar;Be a possible recipient of messages|SAMTYKKE=Svare på samtykker;Svare på samtykke;Answer consents|KRISE=Få meldinger ved kriser;Få meldingar ved kriser;Receive emergency messages',
  personstatus: 'BOSATT=Bosatt;Busett;Resident|UTFLYTTET=Utflyttet;Utflytta;Moved away|DOD=Død;;Deceased',
  sfoplasstype: 'HEL=Hel plass;Heil plass;Full place|HALV=Halv plass;;Half place',
  skolegruppetype:
    "TRINN=Trinn;Trinn;Year group|FORESATTE=Foresattegruppe;Føresettegruppe;Guardians of a class|SPRAK=Særskilt språkopplæring;Særskild språkopplæring;Language training|SAMMENSATT=Sammensatt gruppe;Samansett gruppe;Composite group|ELEVRAD=Elevråd;;Pupils' council|FAU=Foreldrerådets arbeidsutvalg;Arbeidsutvalet til foreldrerådet;Parents' council|SU=Samarbeidsutvalg;Samarbeidsutval;Joint committee|SMU=Skolemiljøutvalg;Skulemiljøutval;School environment committee",
  skolegrupperolle:
    'LEDER=Leder;Leiar;Chair|VARA=Vara;;Deputy|MEDLEM=Medlem;;Member|REPRESENTANT=Representant;;Representative',
  skoleslag:
    'BARNESKOLE=Barneskole;Barneskule;Primary level|UNGDOMSSKOLE=Ungdomsskole;Ungdomsskule;Lower secondary level|SFO=Skolefritidsordning;Skulefritidsordning;After-school care',
  stillingstype:
    'REKTOR=Rektor;;Head|INSPEKTOR=Inspektør;;Deputy head|LAERER=Lærer;Lærar;Teacher|RADGIVER=Rådgiver;Rådgjevar;Counsellor|SFOLEDER=SFO-leder;SFO-leiar;Leader of after-school care|SFOANSATT=Ansatt i SFO;Tilsett i SFO;Staff of after-school care|KONTOR=Kontor;;Office',
  timestatus: 'AVLYST=Avlyst;Avlyst;Cancelled|FLYTTET=Flyttet;Flytta;Moved',
};

const translated = (path: string, text: string): SandboxCollection => {
  const codes = readList(text).map(([code, names]) => [code, ...names.split(';')] as const);
  return collection(
    path,
    () => codes,
    ([code, navn = code, nynorsk = '', english = navn]) =>
      bySystemId(code, { kode: code, navn, navnNynorsk: nynorsk === '' ? navn : nynorsk, navnEngelsk: english }),
  );
};

/** How long ago the first school year of the list is; no enrolment that is delivered is older. */
const YEARS_BACK = 10;

/** The school years that are open: two earlier ones, the current and the next. */
export const openYears = (plan: MunicipalPlan): readonly number[] => [-2, -1, 0, 1].map((offset) => plan.year + offset);

/** Gives every code list of the municipality, those without links first. */
export const municipalityCodes = (plan: MunicipalPlan): readonly SandboxCollection[] => [
  ...SHARED.map((path) => codeList(path, readList(PLAIN_LISTS[path] ?? ''))),
  ...Object.entries(PLAIN).map(([path, text]) => codeList(path, readList(text))),
  codeList('felles/kodeverk/kommune', [[MUNICIPALITY.number, MUNICIPALITY.name] satisfies Code], () => ({
    links: { fylke: to(target('felles/kodeverk/fylke'), '99') },
  })),
  ...Object.entries(TRANSLATED).map(([name, text]) => translated(`grunnskole/kodeverk/${name}`, text)),
  ...schoolYearLists(plan.year - YEARS_BACK, YEARS_BACK + 2, plan.year - 2),
  collection(
    'utdanning/utdanningsprogram/arstrinn',
    () => range(10),
    (index) =>
      bySystemId(
        levelId(index + 1),
        { navn: `${index + 1}. trinn`, beskrivelse: `Grunnskolens ${index + 1}. årstrinn` },
        { grepreferanse: [{ href: `https://grep.example.test/kl06/v201906/aarstrinn/aarstrinn${index + 1}` }] },
      ),
  ),
];

/** The systemId of a level from 1 to 10. */
export const levelId = (level: number): string => `T${level}`;
