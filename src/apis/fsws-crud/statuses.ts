// The one table of what a `Status` says: code, HTTP status and words. Answers are made of it, and so are the page of documentation and the golden. A row once
// published keeps its code.
import type { Text } from '#model/model.ts';

type StatusRow = {
  readonly code: number;
  /** HTTP status of the answer. */
  readonly http: number;
  readonly words: Text;
};

const row = (code: number, http: number, nb: string, en: string): StatusRow => ({ code, http, words: { nb, en } });

export const statusTable = {
  ok: row(0, 200, 'OK', 'OK'),
  // What became of it.
  waiting: row(
    10,
    202,
    'Tatt imot. Kildesystemet har ikke svart ennå; spør igjen med referansen.',
    'Taken. The source system has not answered yet; ask again with the reference.',
  ),
  rejected: row(11, 422, 'Kildesystemet tok ikke imot raden.', 'The source system did not take the row.'),
  none: row(100, 404, 'Ingen rad passer.', 'No row matches.'),
  several: row(101, 409, 'Mer enn én rad passer.', 'More than one row matches.'),
  wide: row(
    110,
    400,
    'Søket er for vidt. Ta med minst én kolonne som finner få rader.',
    'The search is too wide. Give at least one column that finds few rows.',
  ),
  slow: row(111, 503, 'Søket tok for lang tid. Ta med flere kolonner.', 'The search took too long. Give more columns.'),
  taken: row(112, 409, 'Verdien er brukt av en annen rad.', 'The value is that of another row.'),
  absent: row(113, 422, 'Raden viser til noe som ikke finnes.', 'The row refers to something that is not there.'),
  conflict: row(
    114,
    409,
    'Noen andre endret raden på samme tid. Prøv igjen.',
    'Somebody else changed the row at the same time. Try again.',
  ),
  unwritten: row(115, 404, 'Raden kan ikke skrives her.', 'The row cannot be written here.'),
  unknownReference: row(116, 404, 'Ingen skriving har denne referansen.', 'No write has this reference.'),
  // The XML.
  malformed: row(200, 400, 'Feltet xml er ikke velformet XML.', 'The field xml is no well-formed XML.'),
  refusedXml: row(
    201,
    400,
    'Dokumenttyper, entiteter og instruksjoner leses ikke.',
    'Document types, entities and instructions are not read.',
  ),
  xmlLimit: row(202, 400, 'XML-en er over en av grensene.', 'The XML is beyond one of the limits.'),
  root: row(
    203,
    400,
    'Rotelementet er et annet enn operasjonen tar.',
    'The root is not the one that the operation takes.',
  ),
  namespace: row(
    204,
    400,
    'Elementer må være i navnerommet http://fsws.usit.no/schemas/crud.',
    'Elements must be in the namespace http://fsws.usit.no/schemas/crud.',
  ),
  oneTable: row(
    205,
    400,
    'Forespørselen må ha nøyaktig ett tabellelement.',
    'The request must hold exactly one table.',
  ),
  table: row(206, 400, 'Tabellen er ikke kjent.', 'The table is not known.'),
  column: row(207, 400, 'Tabellen har ikke en slik kolonne.', 'The table has no such column.'),
  twice: row(208, 400, 'Kolonnen er oppgitt mer enn én gang.', 'The column is given more than once.'),
  nested: row(209, 400, 'Kolonner tar bare tekst.', 'Columns take text alone.'),
  attributes: row(210, 400, 'Attributter tas ikke.', 'Attributes are not taken.'),
  value: row(211, 400, 'Verdien har ikke formen til kolonnen.', 'The value has not the form of the column.'),
  needs: row(
    212,
    400,
    'Kolonnen kan bare brukes sammen med andre.',
    'The column can be used only together with others.',
  ),
  unsought: row(213, 400, 'Det kan ikke søkes på kolonnen.', 'The column cannot be searched by.'),
  readOnly: row(214, 400, 'Kolonnen kan bare leses.', 'The column is read-only.'),
  readOnlyTable: row(215, 400, 'Tabellen kan bare leses.', 'The table is read-only.'),
  missing: row(216, 400, 'En kolonne mangler.', 'A column is missing.'),
  fixed: row(217, 400, 'Kolonnen kan ikke endres.', 'The column cannot be changed.'),
  empty: row(218, 400, 'Modellen har ingen rader for tabellen.', 'The model has no rows for the table.'),
  // The form.
  media: row(
    300,
    415,
    'Send application/x-www-form-urlencoded eller multipart/form-data.',
    'Send application/x-www-form-urlencoded or multipart/form-data.',
  ),
  fieldMissing: row(301, 400, 'Skjemafeltet xml mangler.', 'The form field xml is missing.'),
  fieldTwice: row(302, 400, 'Skjemafeltet xml er sendt mer enn én gang.', 'The form field xml is sent more than once.'),
  otherField: row(303, 400, 'Bare skjemafeltet xml tas.', 'The form field xml alone is taken.'),
  form: row(304, 400, 'Skjemaet kan ikke leses.', 'The form cannot be read.'),
  letters: row(
    305,
    400,
    'Skjemaet holder tegn som ikke er i tegnsettet det oppgir.',
    'The form holds letters that are not of the charset that it says.',
  ),
  large: row(306, 413, 'Forespørselen er for stor.', 'The request is too large.'),
  parameter: row(
    307,
    400,
    'En parameter i adressen er ukjent eller ugyldig.',
    'A parameter of the address is unknown or wrong.',
  ),
  method: row(308, 405, 'Bruk POST.', 'Use POST.'),
  address: row(309, 404, 'Det er ingenting på denne adressen.', 'There is nothing at this address.'),
  // Who asks.
  unknown: row(
    400,
    401,
    'Brukernavn og passord, eller token, mangler eller er galt.',
    'User name and password, or token, are missing or wrong.',
  ),
  denied: row(401, 403, 'Applikasjonen har ikke tilgang til dette.', 'The application is not let do this.'),
  quota: row(
    402,
    429,
    'For mange forespørsler. Vent som Retry-After sier.',
    'Too many requests. Wait as long as Retry-After says.',
  ),
  // The hub.
  internal: row(500, 500, 'Noe gikk galt i huben.', 'Something went wrong in the hub.'),
  unavailable: row(503, 503, 'Huben kan ikke svare nå. Prøv igjen.', 'The hub cannot answer now. Try again.'),
  other: row(599, 400, 'Forespørselen ble ikke tatt imot.', 'The request was not taken.'),
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
