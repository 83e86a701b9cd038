// The one table of why an answer was empty, refused or smaller: code, the part of access that it lies in, what it is called and what can be done.
// Explanations (explain.ts) are made of it, and the reference page is printed from it. Holds no rule.

/** A text in the two languages of the hub. */
export type ReasonText = { readonly nb: string; readonly en: string };

/** What of an access a reason lies in. */
export type ReasonPart =
  | 'grant'
  | 'scope'
  | 'fields'
  | 'rows'
  | 'protection'
  | 'filter'
  | 'flag'
  | 'quota'
  | 'freshness'
  | 'request';

/** What it did to the answer; `notice` = nothing by itself, but the explanation is to be read with it in mind. */
export type ReasonEffect = 'refused' | 'empty' | 'smaller' | 'notice';

type ReasonRow = { readonly part: ReasonPart; readonly text: ReasonText; readonly advice: ReasonText };

const row = (part: ReasonPart, [nb, en]: readonly [string, string], advice: readonly [string, string]): ReasonRow => ({
  part,
  text: { nb, en },
  advice: { nb: advice[0], en: advice[1] },
});

const askOwner = [
  'Be organisasjonen som eier dataene om tilgang.',
  'Ask the organisation that owns the data for access.',
] as const;
const askMore = [
  'Be eieren om mer, hvis formålet krever det.',
  'Ask the owner for more if the purpose needs it.',
] as const;

export const reasonTable = {
  'no-grant': row(
    'grant',
    ['Ingen tilgang åpnet dette for applikasjonen.', 'No grant opened this to the application.'],
    askOwner,
  ),
  'no-such-collection': row(
    'grant',
    ['Modellen har ikke noe slikt sted.', 'The model has no such place.'],
    ['Se etter navnet i metamodellen.', 'Look the name up in the metamodel.'],
  ),
  'other-actions': row(
    'grant',
    [
      'Tilgangene til stedet gjelder andre handlinger enn denne.',
      'The grants for the place are for other actions than this one.',
    ],
    askOwner,
  ),
  'grant-ended': row(
    'grant',
    ['En tilgang som ville åpnet det, var utløpt.', 'A grant that would have opened it had ended.'],
    ['Be eieren om å fornye den.', 'Ask the owner to renew it.'],
  ),
  'grant-not-begun': row(
    'grant',
    ['En tilgang som ville åpnet det, hadde ikke begynt å gjelde.', 'A grant that would have opened it had not begun.'],
    ['Spør igjen når den gjelder.', 'Ask again when it has.'],
  ),
  'grant-later': row(
    'grant',
    ['En tilgang som åpner det, er gitt siden.', 'A grant that opens it has been given since.'],
    ['Spør igjen.', 'Ask again.'],
  ),
  'grant-changed': row(
    'grant',
    [
      'En tilgang er endret siden. Den er forklart slik den er nå.',
      'A grant has been changed since. It is explained as it is now.',
    ],
    ['Spør igjen, og forklar det svaret.', 'Ask again, and have that answer explained.'],
  ),
  'grant-withdrawn': row(
    'grant',
    [
      'En tilgang svaret bygde på, er trukket tilbake siden, og kan ikke forklares.',
      'A grant that the answer rested on has been withdrawn since, and cannot be explained.',
    ],
    askOwner,
  ),
  'existence-withheld': row(
    'grant',
    [
      'Tilgangene holder tilbake særlige opplysninger. På dette stedet er det å finnes en slik opplysning.',
      'The grants withhold special data. At this place being there is such a datum.',
    ],
    askMore,
  ),
  'scope-lacking': row(
    'scope',
    [
      'En tilgang teller bare med omfang som ikke var med: i tokenet, eller ved dette API-et.',
      'A grant counts only with scopes that did not come along: in the token, or at this API.',
    ],
    [
      'Be om et token med omfanget, og bruk API-et det er for.',
      'Get a token with the scope, and use the API that it is for.',
    ],
  ),
  'address-scope': row(
    'scope',
    ['Adressen krever et omfang som tokenet ikke hadde.', 'The address needs a scope that the token did not carry.'],
    ['Be om et token med omfanget.', 'Get a token with the scope.'],
  ),
  'other-organisation': row(
    'request',
    [
      'Forespørselen nevnte en annen organisasjon enn den tokenet gjelder for.',
      'The request named another organisation than the one that the token is for.',
    ],
    ['Bruk et token for organisasjonen.', 'Use a token for the organisation.'],
  ),
  'fields-not-granted': row(
    'fields',
    ['Feltene er ikke blant dem tilgangene gir.', 'The fields are not among those that the grants give.'],
    askMore,
  ),
  'fields-withheld': row(
    'fields',
    [
      'Feltene holder opplysninger av et slag som tilgangene holder tilbake.',
      'The fields hold data of a kind that the grants withhold.',
    ],
    askMore,
  ),
  'fields-by-row': row(
    'fields',
    ['Feltene vises bare for noen av radene.', 'The fields show for some of the rows only.'],
    askMore,
  ),
  'fields-by-clearance': row(
    'protection',
    [
      'Feltene vises bare av tilganger som når færre av de beskyttede personene enn de andre gjør.',
      'The fields show by grants alone that reach fewer of the protected persons than the others do.',
    ],
    [
      'Bare eieren kan åpne for mer, og må begrunne det.',
      'Only the owner can open for more, and has to give a reason.',
    ],
  ),
  'removal-partly-seen': row(
    'fields',
    [
      'Det som fjernes, forsvinner helt, og tilgangene til å skrive viser ikke alt i klassen.',
      'What is removed goes whole, and the grants to write do not show all of the class.',
    ],
    [
      'Be eieren om en tilgang til å skrive som viser alle felt, eller om å fjerne den selv.',
      'Ask the owner for a grant to write that shows all fields, or to remove it.',
    ],
  ),
  'identifier-withheld': row(
    'fields',
    [
      'Det ble spurt med en identifikator som tilgangene ikke viser. Da finnes ingen med den.',
      'What was asked by is an identifier that the grants do not show. By it there is nothing.',
    ],
    ['Spør med en identifikator som vises.', 'Ask by an identifier that shows.'],
  ),
  'identifier-unknown': row(
    'request',
    ['Det ble spurt med en identifikator som klassen ikke har.', 'What was asked by is no identifier of the class.'],
    ['Se i metamodellen hvilke den har.', 'Look in the metamodel which it has.'],
  ),
  'links-unopened': row(
    'fields',
    [
      'Lenker til disse stedene vises ikke, for ingen tilgang åpner dem.',
      'Links to these places do not show, since no grant opens them.',
    ],
    askMore,
  ),
  'rows-limited': row(
    'rows',
    [
      'Tilgangene er begrenset til noen rader. Det som ligger utenfor, er som om det ikke fantes.',
      'The grants are limited to some rows. What lies outside is as if it did not exist.',
    ],
    askMore,
  ),
  'nothing-visible': row(
    'rows',
    [
      'Det er ingenting å vise av det det ble spurt om. Om noe finnes som ikke kan vises, sies ikke til noen.',
      'There is nothing to show of what was asked for. Whether there is something that may not be shown is told to nobody.',
    ],
    ['Se på de andre grunnene, og på det det ble spurt om.', 'Look at the other reasons, and at what was asked for.'],
  ),
  'protected-hidden': row(
    'protection',
    [
      'Tilgangene viser ikke personer som er beskyttet over dette nivået. De er som om de ikke fantes.',
      'The grants show no persons who are protected above this level. They are as if they did not exist.',
    ],
    [
      'Bare eieren kan åpne for dem, og må begrunne det.',
      'Only the owner can open for them, and has to give a reason.',
    ],
  ),
  filter: row(
    'filter',
    ['Svaret ble avgrenset av et filter.', 'The answer was narrowed by a filter.'],
    ['Spør uten filteret, eller med et videre.', 'Ask without the filter, or with a wider one.'],
  ),
  since: row(
    'filter',
    [
      'Det ble bare spurt om det som er endret siden et tidspunkt.',
      'Only what has changed since a moment was asked for.',
    ],
    ['Spør fra et tidligere tidspunkt.', 'Ask from an earlier moment.'],
  ),
  'page-beyond': row(
    'filter',
    ['Siden begynner lenger ut enn den første.', 'The page begins further on than the first.'],
    ['Spør fra begynnelsen.', 'Ask from the beginning.'],
  ),
  'filter-unseen': row(
    'filter',
    [
      'Filteret nevner et felt som tilgangene ikke viser for alle radene. For applikasjonen finnes det da ikke.',
      'The filter names a field that the grants do not show for all rows. To the application it then does not exist.',
    ],
    ['Filtrer på felt som vises.', 'Filter by fields that show.'],
  ),
  'filter-stopped': row(
    'filter',
    ['Filteret tok for lang tid.', 'The filter took too long.'],
    ['Avgrens mer, eller del spørsmålet opp.', 'Narrow it down, or ask in parts.'],
  ),
  'position-unknown': row(
    'request',
    [
      'Plassen i endringsstrømmen var ikke en som applikasjonen hadde fått, eller gjelder ikke lenger.',
      'The position in the feed is not one that the application was given, or is not valid any more.',
    ],
    ['Les på nytt fra begynnelsen.', 'Read anew from the beginning.'],
  ),
  'access-ended': row(
    'grant',
    [
      'Tilgangen var slutt. Svaret sa bare hva applikasjonen har mistet.',
      'The access had ended. The answer told only what the application has lost.',
    ],
    askOwner,
  ),
  'too-much': row(
    'request',
    [
      'En del av spørsmålet ba om for mye, og ble avvist.',
      'A part of the question asked for too much, and was refused.',
    ],
    ['Be om færre, eller om mindre av hver.', 'Ask for fewer, or for less of each.'],
  ),
  'not-one-of-yours': row(
    'request',
    [
      'Det er ingenting som applikasjonen har spurt om, med den id-en.',
      'There is nothing that the application has asked for by that id.',
    ],
    ['Bruk id-en fra svaret på endringen.', 'Use the id from the answer to the change.'],
  ),
  'flag-missing': row(
    'flag',
    [
      'Spørsmålet bruker deler som bare vises med et flagg som ikke ble sendt.',
      'The question uses parts that show only with a flag that was not sent.',
    ],
    [
      'Send flagget i Feature-Flags, og følg med på endringer: slike deler er ikke faste.',
      'Send the flag in Feature-Flags, and watch for changes: such parts are not firm.',
    ],
  ),
  'document-invalid': row(
    'request',
    [
      'Spørsmålet lot seg ikke kjøre, heller ikke med alle flagg.',
      'The question could not be run, nor could it with every flag.',
    ],
    ['Hold det mot skjemaet.', 'Hold it against the schema.'],
  ),
  'quota-used-up': row(
    'quota',
    [
      'Kvoten var brukt opp. Av forespørslene som ble avvist for det, får den første i minuttet en oppføring, og resten ett tall.',
      'The quota was used up. Of the requests refused for that the first of a minute has a record, and the rest one number.',
    ],
    [
      'Vent så lenge Retry-After sier, og hent endringer i stedet for alt.',
      'Wait as long as Retry-After says, and fetch changes instead of everything.',
    ],
  ),
  'never-delivered': row(
    'freshness',
    ['Ingen adapter hadde levert noe hit.', 'No adapter had delivered anything here.'],
    ['Spør eieren om kilden er koblet til.', 'Ask the owner whether the source is connected.'],
  ),
  stale: row(
    'freshness',
    [
      'Dataene var eldre enn adapteren har lovet: siste fulle synkronisering var for lenge siden.',
      'The data were older than the adapter has promised: the last full sync was too long ago.',
    ],
    ['Spør eieren om adapteren går.', 'Ask the owner whether the adapter runs.'],
  ),
  'sync-held': row(
    'freshness',
    [
      'En full synkronisering venter på at eieren bekrefter den. Det som vises, er fra før.',
      'A full sync waits for its owner to confirm it. What shows is from before.',
    ],
    ['Be eieren se på den.', 'Ask the owner to look at it.'],
  ),
  refused: row(
    'request',
    ['Forespørselen ble avvist før den nådde data.', 'The request was refused before it reached any data.'],
    ['Se på koden.', 'Look at the code.'],
  ),
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type ReasonCode = keyof typeof reasonTable;

/** Of a reason: its facts are ids, names of the model, counts and times, never values of the data. */
export type ReasonFacts = {
  readonly grants?: readonly string[];
  readonly scopes?: readonly string[];
  readonly fields?: readonly string[];
  readonly collections?: readonly string[];
  readonly sensitivities?: readonly string[];
  readonly actions?: readonly string[];
  readonly flags?: readonly string[];
  /** How highly protected persons show: 0 to 3. */
  readonly clearance?: number;
  /** A code of the table of errors. */
  readonly error?: string;
  /** Instants. */
  readonly fullSyncAt?: string | null;
  readonly promisedDays?: number;
  readonly sources?: readonly string[];
};

export type Reason = ReasonFacts & {
  readonly code: ReasonCode;
  readonly part: ReasonPart;
  readonly effect: ReasonEffect;
  readonly text: ReasonText;
  readonly advice: ReasonText;
};

/** A reason with its words. */
export const reasonOf = (code: ReasonCode, effect: ReasonEffect, facts: ReasonFacts = {}): Reason => ({
  code,
  effect,
  ...reasonTable[code],
  ...facts,
});
