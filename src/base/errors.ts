// The one table of everything that can go wrong: code, stage, titles (nb, en) and a hint. The reference page, the problem documents
// and the exit codes are derived from it. It holds no HTTP status: faces decide those. Ranges: 1xx request, 2xx model and names,
// 3xx authentication, 4xx policy and conflict, 5xx store, 6xx ingest, 7xx configuration.

export type ErrorStage = 'request' | 'model' | 'authentication' | 'policy' | 'store' | 'ingest' | 'configuration';

type ErrorRow = {
  readonly stage: ErrorStage;
  readonly nb: string;
  readonly en: string;
  /** What the reader can do about it. */
  readonly hint: string;
};

const row = (stage: ErrorStage, nb: string, en: string, hint: string): ErrorRow => ({ stage, nb, en, hint });

export const errorTable = {
  'HUB-100': row(
    'request',
    'Ugyldig forespørsel',
    'Bad request',
    'Read the detail; the request as sent cannot be understood.',
  ),
  'HUB-101': row(
    'request',
    'Ugyldig JSON',
    'Malformed JSON',
    'Send well-formed JSON in UTF-8; the detail names the position.',
  ),
  'HUB-102': row(
    'request',
    'For stor forespørsel',
    'Request too large',
    'Split it into smaller pages; the limit is in the detail.',
  ),
  'HUB-103': row(
    'request',
    'Ugyldig parameter',
    'Bad parameter',
    'See the errors list: each names a parameter and what it takes.',
  ),
  'HUB-104': row(
    'request',
    'Innholdstypen støttes ikke',
    'Unsupported media type',
    'Send one of the media types in the detail.',
  ),
  'HUB-105': row(
    'request',
    'Metoden er ikke tillatt',
    'Method not allowed',
    'The Allow header lists what this address takes.',
  ),
  'HUB-106': row(
    'request',
    'Tidsfristen gikk ut',
    'Request timed out',
    'Send the request faster, or ask for less at a time.',
  ),
  'HUB-107': row('request', 'For mange forespørsler', 'Too many requests', 'Wait as long as Retry-After says.'),
  'HUB-108': row(
    'request',
    'Kvoten er brukt opp',
    'Quota used up',
    'Wait as long as Retry-After says; the RateLimit headers and the usage page say what is left.',
  ),
  'HUB-109': row(
    'request',
    'Tvetydig hode',
    'Ambiguous header',
    'Send Host, Authorization and Content-Length once each, and no absolute request target.',
  ),
  'HUB-110': row(
    'request',
    'Hodene er for store',
    'Header block too large',
    'Send fewer or shorter headers; the limits are on the page of limits.',
  ),
  'HUB-111': row(
    'request',
    'Fødselsnummer i adressen',
    'National id in the address',
    'Send national ids in the body of a lookup: addresses end up in logs. Nothing of this one was kept.',
  ),
  'HUB-120': row(
    'request',
    'Ugyldig filter',
    'Bad filter',
    'The errors list gives the position and what was expected there.',
  ),
  'HUB-121': row(
    'request',
    'Filteret er for omfattende',
    'Filter too expensive',
    'Narrow the filter, or use an indexed attribute.',
  ),
  'HUB-130': row(
    'request',
    'Spørringen kan ikke leses',
    'Document cannot be read',
    'Mend the GraphQL document at the place in locations.',
  ),
  'HUB-131': row(
    'request',
    'Spørringen passer ikke skjemaet',
    'Document does not fit the schema',
    'Ask for what the schema has under the flags that are sent; the message names the part.',
  ),
  'HUB-132': row(
    'request',
    'Spørringen er for omfattende',
    'Document too expensive',
    'Ask for fewer at a time, or for less of each; the extensions of the error tell what was counted and the limit.',
  ),
  'HUB-133': row(
    'request',
    'Variablene passer ikke',
    'Bad variables',
    'Send variables of the types that the operation declares; the message names the variable.',
  ),
  'HUB-134': row(
    'request',
    'Spørringen er ikke lagret',
    'Document not stored',
    'Send the whole document once, with its hash; or use the id of one that is stored.',
  ),
  'HUB-135': row(
    'request',
    'Operasjonen kan ikke velges',
    'No such operation',
    'Name one of the operations of the document in operationName.',
  ),
  'HUB-200': row(
    'model',
    'Modellfilen er ugyldig',
    'Bad model file',
    'Mend the file at the line named; no part of the model is loaded otherwise.',
  ),
  'HUB-204': row(
    'model',
    'Finnes ikke',
    'Not found',
    'Check the address. What you may not see is answered the same way.',
  ),
  'HUB-205': row(
    'model',
    'Ukjent egenskap',
    'Unknown property',
    'The detail names the nearest property of the class, when one is near.',
  ),
  'HUB-206': row(
    'model',
    'En verdi mangler',
    'Value is missing',
    'The schema promises a value that the resource does not have, or that you may not see; leave the field out, or ask the owner.',
  ),
  'HUB-207': row(
    'model',
    'Utgivelsen kan ikke brukes',
    'Release cannot be used',
    'What was released never changes: put the files back as they were, or release under the next number when its day has come.',
  ),
  'HUB-300': row(
    'authentication',
    'Mangler gyldig tilgangstoken',
    'Missing or invalid access token',
    'Get a token from the token endpoint and send it as Bearer.',
  ),
  'HUB-301': row('authentication', 'Tilgangstokenet er utløpt', 'Access token expired', 'Get a new token.'),
  'HUB-302': row(
    'authentication',
    'Tokenet mangler nødvendig omfang',
    'Token lacks a needed scope',
    'Ask for the scope when getting the token.',
  ),
  'HUB-303': row(
    'authentication',
    'Passord over en åpen forbindelse',
    'Password over an open connection',
    'Call the https address of the hub. A secret that was sent in the clear should be replaced.',
  ),
  'HUB-304': row(
    'authentication',
    'Feil brukernavn eller passord',
    'Wrong user name or password',
    'The user name is the client id of the application, the password one of its secrets.',
  ),
  'HUB-305': row(
    'authentication',
    'Brukeren hører til flere organisasjoner',
    'User belongs to several organisations',
    'Where the detail says so, add the organisation to the user name: client-id@organisation. A token always names one.',
  ),
  'HUB-400': row('policy', 'Ikke tilgang', 'Not allowed', 'Ask the owning organisation for a grant.'),
  'HUB-401': row(
    'policy',
    'Feil organisasjon',
    'Wrong organisation',
    'The organisation follows from the token; leave it out or name the same one.',
  ),
  'HUB-403': row(
    'policy',
    'Tilgangen viser ikke hele ressursen',
    'Grant does not show the whole resource',
    'Nothing was removed. Ask the owning organisation for a grant with `write` to all fields of the class, or to remove it itself.',
  ),
  'HUB-409': row('policy', 'Konflikt', 'Conflict', 'Read the current state and decide again.'),
  'HUB-410': row(
    'policy',
    'Posisjonen er ikke gyldig',
    'Position not valid',
    'Start again without a position; it is for another query or has expired.',
  ),
  'HUB-411': row(
    'policy',
    'Status finnes ikke lenger',
    'Status no longer kept',
    'Read the resource itself; the outcome of a write is kept for a limited time.',
  ),
  'HUB-412': row(
    'policy',
    'Ressursen er endret',
    'Resource has changed',
    'Read it again and send the write with its present ETag.',
  ),
  'HUB-413': row(
    'policy',
    'Nøkkelen er brukt før',
    'Idempotency key used before',
    'Use a new Idempotency-Key for another request.',
  ),
  'HUB-414': row(
    'policy',
    'Identifikatoren i adressen er en annen enn i ressursen',
    'Address and resource disagree',
    'Send the resource to the address of one of its own identifiers.',
  ),
  'HUB-415': row(
    'policy',
    'Ressursen kan ikke skrives',
    'Resource cannot be written',
    'The errors list says what is wrong with the resource.',
  ),
  'HUB-416': row(
    'policy',
    'Les alt på nytt',
    'Read everything anew',
    'Take a new cursor, read the lists from the beginning, then follow events from that cursor.',
  ),
  'HUB-417': row(
    'policy',
    'Fødselsnummeret hører ikke hjemme i miljøet',
    'National id does not belong in the environment',
    'A sandbox takes synthetic national ids only (80 or 40 added to the month), production takes none of them.',
  ),
  'HUB-418': row(
    'policy',
    'En regel for tilgangsgruppen er ikke oppfylt',
    'A rule of the access group is not met',
    'The errors list names the rule: who may hold the group, and whether it counts for a school or the whole municipality.',
  ),
  'HUB-419': row(
    'policy',
    'Eksporten er utløpt',
    'Export has expired',
    'Take a full export: files are kept for a week, and what they told for a month.',
  ),
  'HUB-420': row(
    'policy',
    'Eksporten venter på bekreftelse',
    'Export waits to be confirmed',
    'It would take away more memberships than may go unasked: look at its report, then confirm or reject it.',
  ),
  'HUB-421': row(
    'policy',
    'Filen besto ikke sin egen kontroll',
    'File did not pass its own check',
    'Nothing of it was given out. The report of the run says what was found and where; tell the operator.',
  ),
  'HUB-422': row(
    'policy',
    'Filen kunne ikke leveres',
    'File could not be delivered',
    'The detail says what the receiver answered. It is tried again a few times; the file can be fetched meanwhile.',
  ),
  'HUB-424': row(
    'policy',
    'For mye på én gang',
    'Too much at once',
    'Ask for fewer levels, shorter pages or a narrower filter; the detail says what there was too much of.',
  ),
  'HUB-500': row('store', 'Intern feil', 'Internal error', 'Try again later; give the request id to the operator.'),
  'HUB-501': row('store', 'Datalageret er opptatt', 'Store is busy', 'Try again shortly.'),
  'HUB-502': row(
    'store',
    'Datalageret er fullt eller skrivebeskyttet',
    'Store is full or read-only',
    'The operator must free space or mend permissions; nothing was changed.',
  ),
  'HUB-503': row(
    'store',
    'Databasen kan ikke nås',
    'Database cannot be reached',
    'Try again shortly; the hub is back by itself as soon as the database is.',
  ),
  'HUB-504': row(
    'store',
    'Revisjonsloggen kan ikke skrives',
    'Audit cannot be written',
    'Nothing is answered without an audit record; the operator must mend the store.',
  ),
  'HUB-510': row(
    'store',
    'Datamappen er i bruk',
    'Data directory in use',
    'Stop the other hub, or choose another data directory.',
  ),
  'HUB-511': row(
    'store',
    'Datamappen er fra en nyere versjon',
    'Data directory of a newer version',
    'Start the newer version of the hub.',
  ),
  'HUB-512': row(
    'store',
    'Datafilen er skadet',
    'Data file is corrupt',
    'Restore the file from a backup; it has not been touched.',
  ),
  'HUB-513': row(
    'store',
    'Datamappen er ikke denne tjenestens',
    'Not a data directory of this product',
    'Choose an empty directory or one that the hub made.',
  ),
  'HUB-514': row(
    'store',
    'Databasen er ikke klargjort',
    'Database not prepared',
    'Run `bindeledd migrate` as the role that owns the tables, then start again.',
  ),
  'HUB-515': row(
    'store',
    'Databaserollen passer ikke',
    'Database role does not fit',
    'The detail says what the role has too much or too little of; `bindeledd migrate` gives the rights that the hub needs.',
  ),
  'HUB-600': row(
    'ingest',
    'Siden kan ikke tas imot',
    'Page refused',
    'The errors list says what is wrong with the page.',
  ),
  'HUB-602': row(
    'ingest',
    'Synkroniseringen er avsluttet',
    'Sync run is closed',
    'Start a new sync with a new corrId.',
  ),
  'HUB-603': row(
    'ingest',
    'Synkroniseringen stemmer ikke med seg selv',
    'Sync run contradicts itself',
    'totalSize, collection and type must be the same on every page of a corrId.',
  ),
  'HUB-604': row(
    'ingest',
    'Oppføringen er foreldet',
    'Entry is stale',
    'A run that was opened later has already delivered or removed this resource.',
  ),
  'HUB-605': row(
    'ingest',
    'Samlingen eies av huben',
    'Collection is owned by the hub',
    'The organisation lets the hub own this collection; deliver others, or ask for the policy to be changed.',
  ),
  'HUB-606': row(
    'ingest',
    'Beskyttelsesmerking mangler',
    'Protection marking missing',
    'This collection used to carry it: without it the person is treated as strictly protected.',
  ),
  'HUB-607': row(
    'ingest',
    'Personen er slettet',
    'Person has been erased',
    'The organisation has had this person erased; stop delivering, or have the erasure lifted.',
  ),
  'HUB-620': row(
    'ingest',
    'Svaret passer ikke til forespørselen',
    'Answer does not fit the event',
    'The detail says which part; the event still waits for its answer.',
  ),
  'HUB-621': row(
    'ingest',
    'Forespørselen venter ikke på svar',
    'No such event is waiting',
    'It has been answered, has expired, or was never yours.',
  ),
  'HUB-610': row(
    'ingest',
    'Mangler brukbar identifikator',
    'No usable identifier',
    'Give at least one identifier of the class a non-empty value.',
  ),
  'HUB-611': row('ingest', 'Feil type', 'Wrong type', 'Send the type that the model states.'),
  'HUB-612': row(
    'ingest',
    'Identifikatoren tilhører en annen ressurs',
    'Identifier belongs to another resource',
    'Two resources of a collection cannot share an identifier.',
  ),
  'HUB-613': row(
    'ingest',
    'Påkrevd egenskap mangler',
    'Mandatory member missing',
    'Deliver the member; the entry was applied unless the collection is strict.',
  ),
  'HUB-614': row('ingest', 'Ukjent egenskap', 'Unknown member', 'The member is not in the model and was left out.'),
  'HUB-615': row('ingest', 'Lenken fører ingen steder', 'Link to nothing', 'The target has not been delivered (yet).'),
  'HUB-616': row(
    'ingest',
    'Lenken kan ikke tolkes',
    'Link cannot be read',
    'Use …/identifier/value, a placeholder form or an absolute address.',
  ),
  'HUB-617': row(
    'ingest',
    'Duplikat i synkroniseringen',
    'Duplicate within the sync',
    'Deliver each resource once per sync; the last one was kept.',
  ),
  'HUB-618': row('ingest', 'Ugyldig oppføring', 'Bad entry', 'An entry is an object with identifier and resource.'),
  'HUB-619': row('ingest', 'Teksten er ikke velformet', 'Ill-formed text', 'Send well-formed Unicode without NUL.'),
  'HUB-630': row(
    'ingest',
    'Filen er ikke PIFU-IMS',
    'File is not PIFU-IMS',
    'The detail says what was found; versions 0.9 to 1.3 are read, each by its namespace.',
  ),
  'HUB-631': row(
    'ingest',
    'Filen kan ikke leses',
    'File cannot be read',
    'Nothing of it has been taken. Have the file made anew; the detail says where reading stopped.',
  ),
  'HUB-632': row(
    'ingest',
    'Posten kan ikke forstås',
    'Record cannot be understood',
    'The detail names the element that is missing or has a value that means nothing.',
  ),
  'HUB-633': row(
    'ingest',
    'Viser til noe som ikke er kjent',
    'Refers to what is not known',
    'Persons and groups must stand before the memberships that name them, in the file or in an earlier one that is remembered.',
  ),
  'HUB-634': row('ingest', 'Står to ganger', 'Stands twice', 'The first one of the file was taken.'),
  'HUB-635': row(
    'ingest',
    'Slutter før det begynner',
    'Ends before it begins',
    'Correct the dates where the file is made.',
  ),
  'HUB-636': row(
    'ingest',
    'Har ingen plass i modellen',
    'Has no place in the model',
    'What the file says here cannot be told by the information model; nothing is wrong with the file.',
  ),
  'HUB-637': row(
    'ingest',
    'En verdi er utelatt',
    'A value was left out',
    'The rest of the record was taken; the detail names the value by its element.',
  ),
  'HUB-638': row(
    'ingest',
    'En regel i formatet er brutt',
    'A rule of the format is broken',
    'The record was taken; other systems may refuse it.',
  ),
  'HUB-639': row(
    'ingest',
    'Mer enn én fil kan ha',
    'More than one file may hold',
    'Divide the file, for instance by school.',
  ),
  'HUB-640': row(
    'ingest',
    'Nøkkelen kan ikke brukes',
    'Key cannot be used',
    'Ids of the file hold national ids, which only a key makes unreadable: name the file of the key that this source has always had, readable by you alone, or a place where one can be made.',
  ),
  'HUB-700': row(
    'configuration',
    'Ugyldig innstilling',
    'Bad setting',
    'The detail names the setting and what it takes.',
  ),
  'HUB-701': row(
    'configuration',
    'Ukjent innstilling',
    'Unknown setting',
    'Check the name against the reference page.',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type ErrorCode = keyof typeof errorTable;

/** One finding inside a problem: where (a JSON pointer, parameter name or line) and what. */
export type ProblemItem = { readonly at: string; readonly message: string; readonly code?: ErrorCode };

/** What went wrong, for the reader of the answer. `internal` is for the log and never leaves the process. */
export type Problem = {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly ProblemItem[];
  /** Seconds after which a retry makes sense. */
  readonly retryAfter?: number;
  readonly internal?: string;
};

/** Builds a problem; the detail must hold no personal data and nothing of the machine. */
export const problem = (code: ErrorCode, detail: string, more: Omit<Problem, 'code' | 'detail'> = {}): Problem => ({
  code,
  detail,
  ...more,
});

/** A problem on its way up through code that cannot return a Result. Only the pipeline and the run loop catch it. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly problem: Problem;
  constructor(value: Problem, options?: ErrorOptions) {
    super(`${value.code} ${value.detail}`, options);
    this.problem = value;
  }
}
