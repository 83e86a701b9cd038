// The code tables and registers of the university as collections, and its terms. Called by university.ts, first of all, since everything else links
// to codes. It must not know people or courses.

import { noon } from './calendar.ts';
import { collection, identified, type SandboxCollection } from './collection.ts';
import { to, type Links } from './links.ts';
import { at } from './random.ts';
import { trilingual } from './university-catalogue.ts';
import { isAutumn, termCode, termEnd, termStart, termYear, type UniversityPlan } from './university-plan.ts';
import { code, days, decimal, entity, TARGETS, termId, text, type Attributes } from './university-values.ts';
import { target } from './links.ts';

/** What one row of a table is made of: its code and its names. */
type Row = { readonly kode: string; readonly name: Attributes; readonly place: number };

/** Makes a table of `CODE=nb;nn;en` rows; the systemId of a row is its code. */
const table = (
  path: string,
  rows: string,
  attributes: (row: Row) => Attributes,
  options: { readonly keyed?: boolean; readonly links?: (kode: string) => Links } = {},
): SandboxCollection => {
  const all = rows.split('|').map((row, place): Row => {
    const equals = row.indexOf('=');
    return { kode: row.slice(0, equals), name: text(trilingual(row.slice(equals + 1))), place };
  });
  return collection(
    path,
    () => all,
    (row) => entity(row.kode, options.keyed === true ? [row.kode] : null, attributes(row), options.links?.(row.kode)),
  );
};

const NORWEGIAN = 'nob=norsk bokmål;norsk bokmål;Norwegian Bokmål|nno=norsk nynorsk;norsk nynorsk;Norwegian Nynorsk';
const ISO_639_1: Readonly<Record<string, string>> = {
  nob: 'nb',
  nno: 'nn',
  eng: 'en',
  sme: 'se',
  pol: 'pl',
  ara: 'ar',
  som: 'so',
  ukr: 'uk',
  fra: 'fr',
  deu: 'de',
};
const COUNTRIES =
  'NOR=Norge;Noreg;Norway|SWE=Sverige;;Sweden|DNK=Danmark;;Denmark|FIN=Finland|DEU=Tyskland;;Germany|FRA=Frankrike;;France|POL=Polen;;Poland|UKR=Ukraina;;Ukraine|SOM=Somalia|ERI=Eritrea|PAK=Pakistan|VNM=Vietnam|JPN=Japan|USA=USA';
const ALPHA_2: Readonly<Record<string, string>> = {
  NOR: 'NO',
  SWE: 'SE',
  DNK: 'DK',
  FIN: 'FI',
  DEU: 'DE',
  FRA: 'FR',
  POL: 'PL',
  UKR: 'UA',
  SOM: 'SO',
  ERI: 'ER',
  PAK: 'PK',
  VNM: 'VN',
  JPN: 'JP',
  USA: 'US',
};

const GRADES_OF_STATUS =
  'B=Bestått;Greidd;Passed|S=Stryk;;Failed|T=Trukket;Trekt;Withdrawn|M=Ikke møtt;Ikkje møtt;Absent';

const NQF: Readonly<Record<string, readonly [level: number, cycle: string]>> = {
  LN: [6, '1=Første syklus;Første syklus;First cycle'],
  HN: [7, '2=Andre syklus;Andre syklus;Second cycle'],
  FU: [8, '3=Tredje syklus;Tredje syklus;Third cycle'],
};

const cycle = (row: string): Attributes => {
  const equals = row.indexOf('=');
  return code(row.slice(0, equals), trilingual(row.slice(equals + 1)));
};

const common = ({ kode, name }: Row): Attributes => ({ kode, navnAlleSprak: name });
const active = (row: Row): Attributes => ({ ...common(row), erAktiv: true });

/** Roles at the institution, and what learning platforms take them for. */
const ROLES: Readonly<Record<string, string | null>> = {
  EMNEANSV: 'INSTRUCTOR',
  LÆRER: 'INSTRUCTOR',
  HJELPELÆR: 'TEACHING_ASSISTANT',
  EKSAMINATOR: null,
  PROGLEDER: 'MANAGER',
  KULLANSV: 'MENTOR',
  KLASSEKONT: 'MENTOR',
  LEDER: 'ADMINISTRATOR',
  KURSLEDER: 'CONTENT_DEVELOPER',
  STUDKONS: 'ADMINISTRATOR',
};

/** How far back and ahead terms are known. */
const TERMS_BACK = 20;
const TERMS_AHEAD = 16;

const termCollections = ({ now }: UniversityPlan): readonly SandboxCollection[] => [
  table(
    'fs/termin/terminbetegnelse',
    'VÅR=Vår;;Spring|HØST=Høst;Haust;Autumn|SOM=Sommer;Sommar;Summer|VIT=Vinter;;Winter|VÅT=Vårterminen, andre del;;Second half of spring|HØT=Høstterminen, andre del;Haustterminen, andre del;Second half of autumn',
    ({ kode, name }) => ({ kode: identified(kode), navnAlleSprak: name }),
    { keyed: true },
  ),
  collection(
    'fs/termin/termin',
    () => Array.from({ length: TERMS_BACK + TERMS_AHEAD + 1 }, (_, index) => now - TERMS_BACK + index),
    (term) =>
      entity(
        termId(term),
        [termYear(term), termCode(term)],
        {
          arstall: termYear(term),
          // What is taught in terms that are over is changed no more.
          oppdateringssperrer: { undervisningsaktiviteter: term < now },
          studiesemesterPeriode: days(termStart(term) + 9, termEnd(term) - (isAutumn(term) ? 10 : 40)),
        },
        { betegnelse: to(TARGETS.termName, termCode(term), term) },
      ),
  ),
];

/** The lowest and the highest level of each span. */
const SPANS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  BACHELOR: ['LN', 'LN'],
  MASTER: ['LN', 'HN'],
  PHD: ['FU', 'FU'],
};

/** What Gemini, the old FS-API and applications for admission have codes of, beside FS. */
const registersOfRecognition: readonly SandboxCollection[] = [
  table('hoyereutdanning/register/kommune', '9911=Åsen|9912=Fjordbyen|9913=Sørvika|9914=Guovdageaidnu', active),
  table(
    'hoyereutdanning/register/emnevalgstatus',
    'VALGT=Valgt;Vald;Chosen|BESTATT=Bestått;Greidd;Passed|ERSTATTET=Erstattet;Erstatta;Replaced',
    active,
  ),
  table(
    'hoyereutdanning/register/utdanningsplanelementtype',
    'OPPHOLD=Opphold ute;Opphald ute;Stay abroad|PRAKSIS=Praksis;;Practice',
    active,
  ),
  table(
    'hoyereutdanning/register/utdanningsplanelement',
    'UTLAND=Et semester i utlandet;Eit semester i utlandet;A term abroad|PRAKSIS=Praksis i bedrift;Praksis i bedrift;Practice in a company',
    active,
    {
      links: (kode) => ({
        elementtype: to(
          target('hoyereutdanning/register/utdanningsplanelementtype'),
          kode === 'UTLAND' ? 'OPPHOLD' : 'PRAKSIS',
        ),
      }),
    },
  ),
  table('hoyereutdanning/register/studienivaintervall', 'BACHELOR=Bachelor|MASTER=Master|PHD=Ph.d.;;PhD', active, {
    links: (kode) => ({
      studienivaFra: to(TARGETS.level, SPANS[kode]?.[0] ?? 'LN'),
      studienivaTil: to(TARGETS.level, SPANS[kode]?.[1] ?? 'LN'),
    }),
  }),
  table(
    'hoyereutdanning/register/eksternresultatperiode',
    'VÅR=Vår;;Spring|HØST=Høst;Haust;Autumn|ÅR=Hele året;Heile året;The whole year',
    active,
  ),
  table(
    'hoyereutdanning/register/eksternresultatbeskrivelsesmodell',
    'EMNE=Emne for emne;;Course by course|SAMLET=Samlet;Samla;As a whole',
    active,
  ),
  table(
    'hoyereutdanning/register/eksternresultatregistreringskilde',
    'VITNEMAL=Vitnemål som studenten har vist;;Diploma shown by the student|UTVEKSLING=Bestilt fra lærestedet;Bestilt frå lærestaden;Ordered from the institution',
    active,
  ),
  table(
    'hoyereutdanning/register/eksternresultatkategori',
    'NORGE=Fra et annet norsk lærested;Frå ein annan norsk lærestad;From another Norwegian institution|UTLAND=Fra utlandet;Frå utlandet;From abroad',
    active,
  ),
  table(
    'hoyereutdanning/register/kvalifikasjonsgrunnlag',
    'GSK=Generell studiekompetanse;;General requirement for higher education|23-5=23/5-regelen;;The 23/5 rule|REALKOMP=Realkompetanse;;Prior learning|BACHELOR=Bachelorgrad;;Bachelor degree|FORKURS=Forkurs;;Preparatory course',
    (row) => ({ ...active(row), kode: identified(row.kode), erAktiv: row.kode !== 'FORKURS' }),
  ),
  table(
    'hoyereutdanning/register/tilbudstatus',
    'TILBUD=Tilbud;Tilbod;Offer|VENTELISTE=Venteliste;;Waiting list|AVSLAG=Avslag;;Refusal',
    (row) => ({ ...active(row), kode: identified(row.kode) }),
  ),
];

/** Gives every code table of the university, and its terms; those without links first. */
export const universityCodes = (plan: UniversityPlan): readonly SandboxCollection[] => [
  table('hoyereutdanning/register/landtype', 'STAT=Selvstendig stat;Sjølvstendig stat;Sovereign state', active),
  table(
    'fs/felles/land',
    COUNTRIES,
    ({ kode, name }) => ({
      landkodeAlfa2: at([ALPHA_2[kode] ?? ''], 0),
      landkodeAlfa3: identified(kode),
      navnAlleSprak: name,
    }),
    { links: () => ({ landtype: to(target('hoyereutdanning/register/landtype'), 'STAT') }) },
  ),
  table(
    'fs/felles/sprak',
    `${NORWEGIAN}|eng=engelsk;;English|sme=nordsamisk;;Northern Sámi|pol=polsk;;Polish|ara=arabisk;;Arabic|som=somali;;Somali|ukr=ukrainsk;;Ukrainian|fra=fransk;;French|deu=tysk;;German`,
    ({ kode, name }) => ({ iso6391Kode: ISO_639_1[kode] ?? '', iso6392Kode: kode, navn: name }),
  ),
  table('fs/felles/tidsenhet', 'SEM=Semester;;Term|ÅR=År;;Year|TIME=Time;;Hour|MIN=Minutt;;Minute', common),
  table(
    'fs/felles/vektingstype',
    'SP=Studiepoeng;Studiepoeng;Credits|VT=Vekttall;Vekttal;Credits of before 2003',
    (row) => ({
      ...active(row),
      forkortetNavnAlleSprak: {
        nb: row.kode.toLowerCase(),
        nn: row.kode.toLowerCase(),
        en: row.place === 0 ? 'ECTS' : 'vt',
      },
      erAktiv: row.place === 0,
      vektenheterPerSemester: decimal(row.place === 0 ? 30 : 10),
    }),
  ),
  table(
    'fs/organisasjon/romtype',
    'AUD=Auditorium;;Auditorium|SEM=Seminarrom;;Seminar room|LAB=Laboratorium;;Laboratory|KONTOR=Kontor;;Office|EKS=Eksamenslokale;;Examination hall',
    common,
  ),
  table(
    'fs/person/samtykkekrav',
    'DIPLOM=Deling av vitnemål;Deling av vitnemål;Sharing of diplomas|BILDE=Bilde på studentkort;Bilete på studentkort;Picture on the student card',
    ({ name }) => ({
      aktiv: true,
      sporsmal: name,
      forklaring: name,
    }),
  ),
  table(
    'fs/person/politiattesttype',
    'BARN=Politiattest for arbeid med barn;;Certificate for work with children|HELSE=Politiattest for helsetjenesten;Politiattest for helsetenesta;Certificate for health services',
    ({ name }) => ({ navn: name }),
  ),
  table(
    'fs/studietilbud/dbhniva',
    'LN=Lavere nivå;Lågare nivå;Lower degree|HN=Høyere nivå;Høgare nivå;Higher degree|FU=Forskerutdanning;Forskarutdanning;Doctoral education',
    ({ kode, name }) => ({ dbhNivakode: kode, dbhNivaNavnAlleSprak: name, dbhNivaBeskrivelse: name }),
  ),
  table(
    'fs/studietilbud/studieniva',
    'LN=Lavere nivå;Lågare nivå;Lower degree|HN=Høyere nivå;Høgare nivå;Higher degree|FU=Forskerutdanning;Forskarutdanning;Doctoral education',
    ({ kode, name }) => ({
      kode: identified(kode),
      navnAlleSprak: name,
      eqfnivakode: NQF[kode]?.[0] ?? 6,
      nkrsyklus: cycle(NQF[kode]?.[1] ?? '1=Første syklus'),
    }),
    { links: (kode) => ({ dbhNiva: to(target('fs/studietilbud/dbhniva'), kode) }) },
  ),
  table(
    'fs/studietilbud/tekstkategori',
    'INNHOLD=Innhold;Innhald;Contents|UTBYTTE=Læringsutbytte;;Learning outcomes|MÅL=Målgruppe;;Whom it is for|OPPHOLD=Opphold;Opphald;Stay',
    (row) => ({
      ...common(row),
      bruksomrader: [code('WEB', trilingual('Nettsider;Nettsider;Web pages'))],
      cdmTag: `cdm-${row.kode.toLowerCase()}`,
      erEnDefaultTekstkategori: row.place === 0,
      kanBrukesTilEmnebeskrivelser: row.place < 2,
      kanBrukesTilKursbeskrivelser: true,
      kanBrukesTilStedbeskrivelser: row.place === 0,
      kanBrukesTilStudieprogrambeskrivelser: row.place < 3,
      kanBrukesTilUtvekslingbeskrivelser: row.place === 3,
      kanPubliseresTilWeb: true,
      kanPubliseresTilWebapplikasjoner: true,
      publiseringstag: row.kode.toLowerCase(),
      rekkefolgenummer: row.place + 1,
    }),
  ),
  table('fs/studietilbud/emnekategori', 'OBL=Obligatorisk;;Compulsory|VALG=Valgfritt;Valfritt;Elective', (row) => ({
    ...active(row),
    prioritetsnummer: row.place + 1,
  })),
  table(
    'fs/studietilbud/emnevalgregel',
    'O=Obligatorisk emne;;Compulsory course|V=Valgfritt emne;Valfritt emne;Elective course',
    (row) => ({
      ...active(row),
      beskrivelseAlleSprak: row.name,
      erObligatorisk: row.place === 0,
      felleskode: true,
      minimumAntallEmner: 0,
      maksimumAntallEmner: 6,
    }),
  ),
  table(
    'fs/studietilbud/studieprogramkategori',
    'GRAD=Gradsstudium;;Degree programme|ÅR=Årsstudium;;One-year programme|PHD=Forskerutdanning;Forskarutdanning;Doctoral education',
    ({ kode, name, place }) => ({
      kode,
      navn: name,
      aktiv: true,
      automatiskSemesterregistrering: place === 2,
      skalRapporteresTilNsd: true,
    }),
  ),
  table(
    'fs/studietilbud/nusklassifikasjon',
    '641100=Samfunnsvitenskapelige fag;Samfunnsvitskaplege fag;Social sciences|654100=Realfag;;Sciences|661100=Helsefag;;Health|621100=Humanistiske fag;;Humanities',
    ({ kode, name }) => ({
      kode,
      navn: name,
      beskrivelse: String(name['nb']),
      iscedF: code(kode.slice(0, 4), trilingual('Fagområde;;Field')),
    }),
  ),
  table(
    'fs/studietilbud/samarbeidstype',
    'FELLES=Fellesgrad;;Joint degree|UTV=Utvekslingssamarbeid;;Exchange',
    ({ name }) => ({ navnAlleSprak: [name] }),
  ),
  table(
    'fs/undervisning/undervisningsform',
    'FOR=Forelesning|GRP=Gruppe|LAB=Laboratorium|VEIL=Veiledning',
    ({ kode }) => ({ kode }),
  ),
  table(
    'fs/undervisning/ukedag',
    '1=mandag;måndag;Monday|2=tirsdag;tysdag;Tuesday|3=onsdag;;Wednesday|4=torsdag;;Thursday|5=fredag;;Friday|6=lørdag;laurdag;Saturday|7=søndag;sundag;Sunday',
    ({ kode, name }) => ({ ukedagnummer: Number(kode), navnAlleSprak: name, erFelleskode: true }),
  ),
  table('fs/vurdering/vurderingsordning', 'S=Samlet;Samla;As a whole|D=I deler;I delar;In parts', ({ kode, name }) => ({
    kode: identified(kode),
    navnAlleSprak: name,
    aktiv: true,
  })),
  table(
    'fs/vurdering/karakterregel',
    'A-F=Bokstavkarakterer A-F;Bokstavkarakterar A-F;Grades A to F|BEST=Bestått eller ikke bestått;Greidd eller ikkje greidd;Passed or failed',
    ({ kode, name, place }) => ({
      kode,
      beskrivelseAlleSprak: name,
      finhet: decimal(place === 0 ? 1 : 0),
    }),
  ),
  table('fs/vurdering/vurderingsresultatstatus', GRADES_OF_STATUS, ({ kode, name, place }) => ({
    kode,
    erBestatt: place === 0,
    vurderingsstatusnavnAlleSprak: name,
  })),
  table(
    'fs/vurdering/vurderingssystem',
    'DIGEKS=Digital eksamen;;Digital examination|SENSUR=Sensurregistrering;;Marking|KLAGE=Klage og begrunnelse;Klage og grunngjeving;Appeals and explanations',
    ({ kode, name }) => ({ kode, navn: name }),
  ),
  table(
    'fs/studierett/studierettstatus',
    'OPPTATT=Opptatt på program;Teken opp på program;Admitted to programme|PRIVATIST=Privatist;;External candidate|UTVEKSL=Innreisende utveksling;Innreisande utveksling;Incoming exchange|PHD=Doktorgradskandidat;;Doctoral candidate|EVU=Etter- og videreutdanning;Etter- og vidareutdanning;Continuing education|OVERGANG=Overgang fra annet program;Overgang frå anna program;From another programme',
    ({ kode, name, place }) => ({
      kode: identified(kode),
      navnAlleSprak: name,
      erAktiv: place !== 5,
      beholdVedOvergang: place === 0,
      felleskode: true,
    }),
  ),
  table(
    'fs/studierett/studentstatus',
    'AKTIV=Aktiv;;Active|PERM=Permisjon;;On leave|SLUTTET=Sluttet;Slutta;Has left|FULLFØRT=Fullført;;Has completed|FREMTIDIG=Begynner senere;Byrjar seinare;Begins later|DØD=Død;;Deceased',
    ({ kode, name, place }) => ({
      kode: identified(kode),
      navnAlleSprak: name,
      felleskode: true,
      girAktivStudierett: place < 2,
      visUtdanningsplan: place < 2,
    }),
  ),
  table(
    'fs/studierett/studentgrunnlag',
    'ORD=Ordinær student;;Ordinary student|PRIV=Privatist;;External candidate',
    (row) => ({
      ...active(row),
      erFelleskode: true,
      girFritakForSemesteravgift: false,
      girOppnaaddGrad: row.place === 0,
      girRettTilKarakterutskrift: true,
      girRettTilStudentkort: row.place === 0,
      girTilgangTilStudentweb: true,
      utloserRapporteringTilLaanekassen: row.place === 0,
    }),
  ),
  table(
    'fs/studierett/betalingsform',
    'NETT=Betalt på nett;Betalt på nett;Paid online|GIRO=Betalt med giro;;Paid by giro|FRITATT=Fritatt;Friteken;Exempt',
    ({ name }) => ({
      navnAlleSprak: name,
      erAktiv: true,
      erFelleskode: true,
      girSemesterkvittering: true,
    }),
  ),
  table(
    'fs/studierett/registreringsform',
    'WEB=Registrert i studentweb;;Registered on the web|ADM=Registrert av administrasjonen;;Registered by the administration',
    ({ name }) => ({
      navnAlleSprak: name,
      erAktiv: true,
      erFelleskode: true,
    }),
  ),
  table(
    'fs/rolle/fsrolle',
    'EMNEANSV=Emneansvarlig;Emneansvarleg;Responsible for the course|LÆRER=Lærer;Lærar;Teacher|HJELPELÆR=Hjelpelærer;Hjelpelærar;Teaching assistant|EKSAMINATOR=Eksaminator;;Examiner|PROGLEDER=Programleder;Programleiar;Head of programme|KULLANSV=Kullansvarlig;Kullansvarleg;Responsible for the cohort|KLASSEKONT=Klassekontakt;;Contact of the class|LEDER=Leder;Leiar;Head|KURSLEDER=Kursleder;Kursleiar;Head of the course|STUDKONS=Studiekonsulent;;Study adviser',
    ({ kode, name }) => ({
      kode: identified(kode),
      erAktiv: true,
      gjelderUndervisning: kode !== 'LEDER' && kode !== 'STUDKONS',
      harTilgangTilFagpersonweb: kode !== 'HJELPELÆR',
      ...(ROLES[kode] === null || ROLES[kode] === undefined ? {} : { imsRolle: ROLES[kode] }),
      kanPubliseres: true,
      lmsKortnavnAlleSprak: name,
      lmsNavnAlleSprak: name,
      navnAlleSprak: name,
      publiseringsnavnAlleSprak: name,
    }),
  ),
  ...registersOfRecognition,
  ...termCollections(plan),
];

/** Writes a day in the middle of a term. */
export const middleOf = (term: number): string => noon(termStart(term) + 75);
