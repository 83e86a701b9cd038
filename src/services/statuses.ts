// The one table of what a status says, for all services of XML: code, HTTP status and words. Answers are made of it; the pages of documentation and the golden are
// held to it. Used here and by FSWS-CRUD, whose form is its own. A row once published keeps its code, and a code means the same in every service.
import type { ErrorCode, Problem } from '#base/errors.ts';
import type { Text } from '#model/model.ts';

type StatusRow = {
  readonly code: number;
  /** HTTP status of the answer. */
  readonly http: number;
  readonly words: Text;
  /** Where it is said: in the service whose requests are tables (FSWS-CRUD), in those whose operations are their own, or in all. */
  readonly of: 'all' | 'tables' | 'operations';
};

const rowOf =
  (of: StatusRow['of']) =>
  (code: number, http: number, nb: string, en: string): StatusRow => ({ code, http, words: { nb, en }, of });

const all = rowOf('all');
const tables = rowOf('tables');
const operations = rowOf('operations');

export const statusTable = {
  ok: all(0, 200, 'OK', 'OK'),
  // What became of it.
  waiting: all(
    10,
    202,
    'Tatt imot. Kildesystemet har ikke svart ennå; spør igjen med referansen.',
    'Taken. The source system has not answered yet; ask again with the reference.',
  ),
  rejected: all(11, 422, 'Kildesystemet tok ikke imot det.', 'The source system did not take it.'),
  failed: all(12, 502, 'Kildesystemet klarte ikke å gjøre det.', 'The source system could not do it.'),
  expired: all(13, 504, 'Kildesystemet svarte ikke i tide.', 'The source system did not answer in time.'),
  none: all(100, 404, 'Ingenting passer.', 'Nothing matches.'),
  several: all(101, 409, 'Mer enn én passer.', 'More than one matches.'),
  wide: tables(
    110,
    400,
    'Søket er for vidt. Ta med minst én kolonne som finner få rader.',
    'The search is too wide. Give at least one column that finds few rows.',
  ),
  slow: all(111, 503, 'Søket tok for lang tid. Spør snevrere.', 'The search took too long. Ask for less.'),
  taken: all(112, 409, 'Verdien er brukt av noe annet.', 'The value is that of something else.'),
  absent: all(113, 422, 'Det vises til noe som ikke finnes.', 'It refers to something that is not there.'),
  conflict: all(
    114,
    409,
    'Noen andre endret det på samme tid. Prøv igjen.',
    'Somebody else changed it at the same time. Try again.',
  ),
  unwritten: all(115, 404, 'Det kan ikke skrives her.', 'It cannot be written here.'),
  unknownReference: tables(116, 404, 'Ingen skriving har denne referansen.', 'No write has this reference.'),
  many: operations(117, 422, 'Det er for mye å se på.', 'There is too much to look at.'),
  // The XML, and what else is sent.
  malformed: tables(200, 400, 'Feltet xml er ikke velformet XML.', 'The field xml is no well-formed XML.'),
  refusedXml: tables(
    201,
    400,
    'Dokumenttyper, entiteter og instruksjoner leses ikke.',
    'Document types, entities and instructions are not read.',
  ),
  xmlLimit: tables(202, 400, 'XML-en er over en av grensene.', 'The XML is beyond one of the limits.'),
  root: tables(
    203,
    400,
    'Rotelementet er et annet enn operasjonen tar.',
    'The root is not the one that the operation takes.',
  ),
  namespace: tables(
    204,
    400,
    'Elementer må være i navnerommet http://fsws.usit.no/schemas/crud.',
    'Elements must be in the namespace http://fsws.usit.no/schemas/crud.',
  ),
  oneTable: tables(
    205,
    400,
    'Forespørselen må ha nøyaktig ett tabellelement.',
    'The request must hold exactly one table.',
  ),
  table: tables(206, 400, 'Tabellen er ikke kjent.', 'The table is not known.'),
  column: tables(207, 400, 'Tabellen har ikke en slik kolonne.', 'The table has no such column.'),
  twice: tables(208, 400, 'Kolonnen er oppgitt mer enn én gang.', 'The column is given more than once.'),
  nested: tables(209, 400, 'Kolonner tar bare tekst.', 'Columns take text alone.'),
  attributes: tables(210, 400, 'Attributter tas ikke.', 'Attributes are not taken.'),
  value: all(211, 400, 'Verdien har ikke formen den skal ha.', 'The value has not the form that it has to have.'),
  needs: tables(
    212,
    400,
    'Kolonnen kan bare brukes sammen med andre.',
    'The column can be used only together with others.',
  ),
  unsought: tables(213, 400, 'Det kan ikke søkes på kolonnen.', 'The column cannot be searched by.'),
  readOnly: all(214, 400, 'Verdien kan bare leses.', 'The value is read-only.'),
  readOnlyTable: tables(215, 400, 'Tabellen kan bare leses.', 'The table is read-only.'),
  missing: all(216, 400, 'Noe som kreves, mangler.', 'Something that is demanded is missing.'),
  fixed: all(217, 400, 'Verdien kan ikke endres.', 'The value cannot be changed.'),
  unread: operations(
    219,
    400,
    'Forespørselen kan ikke leses, eller er en annen enn operasjonen tar.',
    'The request cannot be read, or is not the one that the operation takes.',
  ),
  members: operations(
    220,
    400,
    'En parameter eller et element mangler, er ukjent, står to ganger eller har feil form.',
    'A parameter or an element is missing, not known, there twice, or not of its form.',
  ),
  nationalId: operations(221, 400, 'Adressen holder et fødselsnummer.', 'The address holds a national id.'),
  noStay: operations(
    230,
    422,
    'Ingenting er skrevet: studenten har ikke noe opphold som du ser i perioden, og meldingen kan ikke lage et.',
    'Nothing was written: the student has no stay that you see in the period, and the report cannot make one.',
  ),
  // The form.
  media: all(300, 415, 'Innholdstypen tas ikke imot.', 'The content type is not taken.'),
  fieldMissing: tables(301, 400, 'Skjemafeltet xml mangler.', 'The form field xml is missing.'),
  fieldTwice: tables(
    302,
    400,
    'Skjemafeltet xml er sendt mer enn én gang.',
    'The form field xml is sent more than once.',
  ),
  otherField: tables(303, 400, 'Bare skjemafeltet xml tas.', 'The form field xml alone is taken.'),
  form: tables(304, 400, 'Skjemaet kan ikke leses.', 'The form cannot be read.'),
  letters: tables(
    305,
    400,
    'Skjemaet holder tegn som ikke er i tegnsettet det oppgir.',
    'The form holds letters that are not of the charset that it says.',
  ),
  large: all(306, 413, 'Forespørselen er for stor.', 'The request is too large.'),
  parameter: tables(
    307,
    400,
    'En parameter i adressen er ukjent eller ugyldig.',
    'A parameter of the address is unknown or wrong.',
  ),
  method: all(308, 405, 'Adressen tar ikke denne metoden.', 'The address does not take this method.'),
  address: tables(309, 404, 'Det er ingenting på denne adressen.', 'There is nothing at this address.'),
  accept: operations(310, 406, 'Svaret finnes ikke i en form som godtas.', 'No form that is accepted is offered.'),
  late: all(311, 408, 'Forespørselen kom ikke fram i tide.', 'The request did not arrive in time.'),
  // Who asks.
  unknown: all(
    400,
    401,
    'Brukernavn og passord, eller token, mangler eller er galt.',
    'User name and password, or token, are missing or wrong.',
  ),
  denied: all(401, 403, 'Applikasjonen har ikke tilgang til dette.', 'The application is not let do this.'),
  quota: all(
    402,
    429,
    'For mange forespørsler. Vent som Retry-After sier.',
    'Too many requests. Wait as long as Retry-After says.',
  ),
  // The hub.
  internal: all(500, 500, 'Noe gikk galt i huben.', 'Something went wrong in the hub.'),
  unavailable: all(503, 503, 'Huben kan ikke svare nå. Prøv igjen.', 'The hub cannot answer now. Try again.'),
  other: all(599, 400, 'Forespørselen ble ikke tatt imot.', 'The request was not taken.'),
} as const satisfies Readonly<Record<string, StatusRow>>;

export type StatusName = keyof typeof statusTable;

/** What an answer says of how it went. */
export type Status = {
  readonly name: StatusName;
  /** Beside the words of the row: names of columns and tables, never values. */
  readonly about?: Text;
  /** By which the outcome can be asked for. */
  readonly reference?: string;
};

// --- Which one a problem is ---------------------------------------------------------------------------------------------------------

const marked = /^Status\/([A-Za-z]+)$/;

const isStatus = (name: string): name is StatusName => Object.hasOwn(statusTable, name);

/** The problem with the status that it is told as, where its code alone does not say. `message` is what is said of it where the form has one line. */
export const toldAs = (value: Problem, name: StatusName, message = ''): Problem => ({
  ...value,
  errors: [{ at: `Status/${name}`, message }, ...(value.errors ?? [])],
});

/** What `toldAs` has said of a problem; null where nothing is. */
export const saidOf = ({
  errors,
}: Pick<Problem, 'errors'>): { readonly name: StatusName; readonly message: string } | null => {
  const [first] = errors ?? [];
  const name = first === undefined ? undefined : marked.exec(first.at)?.[1];
  return first === undefined || name === undefined || !isStatus(name) ? null : { name, message: first.message };
};

/** What is wrong, and where, without the status. */
export const placesOf = (value: Pick<Problem, 'errors'>): NonNullable<Problem['errors']> =>
  (value.errors ?? []).slice(saidOf(value) === null ? 0 : 1);

const byCode: Partial<Record<ErrorCode, StatusName>> = {
  'HUB-100': 'unread',
  'HUB-101': 'unread',
  'HUB-102': 'large',
  'HUB-103': 'members',
  'HUB-104': 'media',
  'HUB-105': 'method',
  'HUB-106': 'late',
  'HUB-107': 'quota',
  'HUB-108': 'quota',
  'HUB-109': 'unread',
  'HUB-110': 'large',
  'HUB-111': 'nationalId',
  'HUB-121': 'slow',
  'HUB-200': 'internal',
  'HUB-204': 'none',
  'HUB-206': 'internal',
  'HUB-300': 'unknown',
  'HUB-301': 'unknown',
  'HUB-302': 'denied',
  'HUB-303': 'denied',
  'HUB-304': 'unknown',
  'HUB-305': 'denied',
  'HUB-400': 'denied',
  'HUB-401': 'denied',
  'HUB-403': 'denied',
  'HUB-412': 'conflict',
  'HUB-415': 'value',
  'HUB-424': 'many',
  'HUB-501': 'unavailable',
  'HUB-502': 'unavailable',
  'HUB-503': 'unavailable',
  'HUB-504': 'unavailable',
  'HUB-612': 'taken',
  'HUB-613': 'missing',
};

const notAcceptable = 406;
const notNow = 503;

/** What is said in the service of tables where only operations say the other. */
const inTables: Partial<Record<StatusName, StatusName>> = {
  unread: 'other',
  members: 'other',
  nationalId: 'other',
  accept: 'other',
  many: 'other',
  // Of rows it has said so itself.
  none: 'address',
};

/**
 * The status of a problem, as a service says it: what was said of it, else what its code stands for. Two codes have two meanings each, and the status of HTTP tells
 * which it is: a content type that is not taken, or not offered; a request that came too slowly, or an answer that took too long to make.
 */
export const statusOfProblem = (
  value: Pick<Problem, 'code' | 'errors'>,
  http: number,
  of: 'tables' | 'operations' = 'operations',
): StatusName => {
  const said = saidOf(value)?.name;
  if (said !== undefined) return said;
  const name = statusOfCode(value.code, http);
  return of === 'tables' ? (inTables[name] ?? name) : name;
};

const statusOfCode = (code: ErrorCode, http: number): StatusName => {
  if (http === notAcceptable) return 'accept';
  if (code === 'HUB-106' && http === notNow) return 'slow';
  return byCode[code] ?? (code.startsWith('HUB-5') ? 'internal' : 'other');
};

/** The status of HTTP for a status: what the table does not tell apart is told apart by the one that the problem has. */
export const httpOf = (name: StatusName, http: number): number =>
  name === 'other' || name === 'internal' ? http : statusTable[name].http;
