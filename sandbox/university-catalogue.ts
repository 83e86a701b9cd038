// What is studied at the university, as data: disciplines by faculty, kinds of programmes, and the patterns that names of programmes and courses
// are made of, in Bokmål, Nynorsk and English. Names and codes are our own. Called by university-plan.ts. It must not know who studies anything.

/** A text in the three languages in which everything at the university has a name. */
export type Trilingual = { readonly nb: string; readonly nn: string; readonly en: string };

/** Reads `bokmål;nynorsk;English`; Nynorsk left empty is as Bokmål, English left empty too. */
export const trilingual = (text: string): Trilingual => {
  const [nb = '', nn = '', en = ''] = text.split(';');
  return { nb, nn: nn === '' ? nb : nn, en: en === '' ? nb : en };
};

export type Discipline = { readonly code: string; readonly name: Trilingual; readonly faculty: number };

/** Faculties and, of each, `CODE=nb;nn;en` of its disciplines, one institute each. */
const FACULTIES: readonly (readonly [name: string, disciplines: string])[] = [
  [
    'Fakultet for realfag;;Faculty of Science',
    'INF=informatikk;;informatics|MAT=matematikk;;mathematics|FYS=fysikk;;physics|KJE=kjemi;;chemistry|BIO=biovitenskap;biovitskap;biosciences|GEO=geofag;;geosciences|STA=statistikk;;statistics|AST=astronomi;;astronomy',
  ],
  [
    'Fakultet for samfunn og økonomi;;Faculty of Society and Economics',
    'ØKO=økonomi;;economics|SOS=sosiologi;;sociology|POL=statsvitenskap;statsvitskap;political science|ANT=sosialantropologi;;social anthropology|GGR=samfunnsgeografi;;human geography|PSY=psykologi;;psychology|JOU=journalistikk;;journalism',
  ],
  [
    'Fakultet for helse;;Faculty of Health',
    'SYK=sykepleie;sjukepleie;nursing|MED=medisin;;medicine|ODO=odontologi;;dentistry|ERN=ernæring;;nutrition|FRM=farmasi;;pharmacy|FTE=fysioterapi;;physiotherapy|HLS=helseledelse;helseleiing;health management',
  ],
  [
    'Fakultet for språk og kultur;;Faculty of Languages and Culture',
    'NOR=nordisk;;Scandinavian studies|ENG=engelsk;;English|TYS=tysk;;German|FRA=fransk;;French|SAM=samisk språk og litteratur;;Sámi language and literature|LIN=lingvistikk;;linguistics|LIT=litteraturvitenskap;litteraturvitskap;comparative literature|MUS=musikkvitenskap;musikkvitskap;musicology',
  ],
  [
    'Fakultet for historie, tro og tanke;Fakultet for historie, tru og tanke;Faculty of History, Belief and Thought',
    'HIS=historie;;history|FIL=filosofi;;philosophy|ARK=arkeologi;;archaeology|KUN=kunsthistorie;;art history|REL=religionsvitenskap;religionsvitskap;religious studies|TEO=teologi;;theology',
  ],
  [
    'Det juridiske fakultet;Det juridiske fakultetet;Faculty of Law',
    'JUS=rettsvitenskap;rettsvitskap;law|KRM=kriminologi;;criminology|MNR=menneskerettigheter;menneskerettar;human rights',
  ],
  [
    'Fakultet for lærerutdanning;Fakultet for lærarutdanning;Faculty of Teacher Education',
    'PED=pedagogikk;;education|SPP=spesialpedagogikk;;special needs education|BHG=barnehagefag;;early childhood education|IDR=idrettsvitenskap;idrettsvitskap;sport science|BIB=bibliotekfag;;library studies',
  ],
  [
    'Fakultet for teknologi;;Faculty of Engineering',
    'DAT=datateknologi;;computer engineering|ELE=elektronikk;;electronics|ENE=energi;;energy|BYG=byggteknikk;;civil engineering|MAR=marin teknologi;;marine technology|KYB=kybernetikk;;cybernetics',
  ],
];

export const FACULTY_NAMES: readonly Trilingual[] = FACULTIES.map(([name]) => trilingual(name));

/** Every discipline: fifty, the first of every faculty before the second of any, so that few of them still are of several faculties. */
export const DISCIPLINES: readonly Discipline[] = FACULTIES.flatMap(([, text], faculty) =>
  text.split('|').map((one, place) => {
    const equals = one.indexOf('=');
    return { place, faculty, code: one.slice(0, equals), name: trilingual(one.slice(equals + 1)) };
  }),
)
  .sort((a, b) => a.place - b.place || a.faculty - b.faculty)
  .map(({ code, name, faculty }) => ({ code, name, faculty }));

export type ProgrammeKind = 'bachelor' | 'master' | 'phd' | 'year' | 'integrated' | 'applied';

export type KindFacts = {
  /** Goes before the code of the discipline. */
  readonly letter: string;
  readonly terms: number;
  readonly points: number;
  readonly name: (discipline: Trilingual) => Trilingual;
  /** The code of the level of study that it leads to. */
  readonly level: string;
  readonly interval: 'BACHELOR' | 'MASTER' | 'PHD';
  readonly qualification: Trilingual | null;
};

const named =
  (nb: string, nn: string, en: string) =>
  (discipline: Trilingual): Trilingual => ({
    nb: `${nb} ${discipline.nb}`,
    nn: `${nn} ${discipline.nn}`,
    en: `${en} ${discipline.en}`,
  });

export const KINDS: Readonly<Record<ProgrammeKind, KindFacts>> = {
  bachelor: {
    letter: 'B',
    terms: 6,
    points: 180,
    name: named('Bachelor i', 'Bachelor i', "Bachelor's programme in"),
    level: 'LN',
    interval: 'BACHELOR',
    qualification: trilingual('Bachelorgrad;Bachelorgrad;Bachelor degree'),
  },
  master: {
    letter: 'M',
    terms: 4,
    points: 120,
    name: named('Master i', 'Master i', "Master's programme in"),
    level: 'HN',
    interval: 'MASTER',
    qualification: trilingual('Mastergrad;Mastergrad;Master degree'),
  },
  phd: {
    letter: 'P',
    terms: 6,
    points: 180,
    name: named('Ph.d.-program i', 'Ph.d.-program i', 'PhD programme in'),
    level: 'FU',
    interval: 'PHD',
    qualification: trilingual('Philosophiae doctor'),
  },
  year: {
    letter: 'Å',
    terms: 2,
    points: 60,
    name: named('Årsstudium i', 'Årsstudium i', 'One-year programme in'),
    level: 'LN',
    interval: 'BACHELOR',
    qualification: null,
  },
  integrated: {
    letter: 'I',
    terms: 10,
    points: 300,
    name: named('Integrert master i', 'Integrert master i', "Five-year master's programme in"),
    level: 'HN',
    interval: 'MASTER',
    qualification: trilingual('Mastergrad (5 år);Mastergrad (5 år);Master degree (5 years)'),
  },
  applied: {
    letter: 'A',
    terms: 6,
    points: 180,
    name: named('Bachelor i anvendt', 'Bachelor i bruksretta', "Bachelor's programme in applied"),
    level: 'LN',
    interval: 'BACHELOR',
    qualification: trilingual('Bachelorgrad;Bachelorgrad;Bachelor degree'),
  },
};

const PATTERNS: readonly Trilingual[] = [
  'Innføring i *;;Introduction to *',
  'Metode i *;;Methods in *',
  'Historien til *;Historia til *;The history of *',
  'Etikk og *;;Ethics and *',
  'Grunnlaget for *;;Foundations of *',
  '* og samfunn;;* and society',
  '* i praksis;;* in practice',
  'Data og *;;Data and *',
  'Teorier om *;Teoriar om *;Theories of *',
  '* i nord;;* in the North',
  'Skriving i *;;Writing in *',
  'Prosjekt i *;;Project in *',
  '* og klima;;* and climate',
  'Feltarbeid i *;;Fieldwork in *',
  'Modeller i *;Modellar i *;Models in *',
  'Formidling av *;;Communicating *',
  '* og teknologi;;* and technology',
  'Utvalgte emner i *;Utvalde emne i *;Selected topics in *',
].map(trilingual);

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** The name of a course that fits on no timetable. */
const LONG = trilingual(
  'Fordypning i * med vekt på tverrfaglige perspektiver, bærekraft og kritisk lesing av kilder;Fordjuping i * med vekt på tverrfaglege perspektiv, berekraft og kritisk lesing av kjelder;Advanced studies in * with emphasis on interdisciplinary perspectives and critical reading',
);

/** What goes behind the name of a course when all patterns have been used. */
const ROMAN = ['', ' II', ' III', ' IV', ' V'];

/** Names course `number` (from 0) of a pool of a discipline; the seventh of a pool has a name that is nearly as long as one may be. */
export const courseName = (discipline: Trilingual, number: number): Trilingual => {
  const pattern = number === 6 ? LONG : (PATTERNS[number % PATTERNS.length] ?? LONG);
  const round = ROMAN[Math.floor(number / PATTERNS.length)] ?? '';
  const fill = (text: string, name: string): string => capital(`${text.replace('*', name)}${round}`);
  return {
    nb: fill(pattern.nb, discipline.nb),
    nn: fill(pattern.nn, discipline.nn),
    en: fill(pattern.en, discipline.en),
  };
};
