// The words of the page, in both languages. Used by console-page.ts; those below `script` are shown by the script of the page.

export type ConsoleLanguage = 'nb' | 'en';

export type ConsoleTexts = {
  readonly skip: string;
  readonly otherLanguage: string;
  readonly links: string;
  readonly guide: string;
  readonly noScript: string;
  readonly token: string;
  readonly tokenAbout: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tenant: string;
  readonly tenantAbout: string;
  readonly getToken: string;
  readonly ownToken: string;
  readonly useToken: string;
  readonly forget: string;
  readonly flags: string;
  readonly flagsAbout: string;
  readonly examples: string;
  readonly owner: string;
  readonly ownerAbout: string;
  readonly load: string;
  readonly variables: string;
  readonly needsFlags: string;
  readonly console: string;
  readonly consoleAbout: string;
  readonly script: Readonly<Record<ScriptText, string>>;
};

/** `{…}` stands for what the script fills in. */
type ScriptText =
  | 'noToken'
  | 'asking'
  | 'hasToken'
  | 'givenToken'
  | 'tokenOver'
  | 'forgotten'
  | 'refused'
  | 'unreachable'
  | 'loading'
  | 'schema'
  | 'noSchema'
  | 'loaded'
  | 'ownerMissing'
  | 'firm'
  | 'query'
  | 'variablesEditor'
  | 'headersEditor'
  | 'response'
  | 'strange';

export const consoleTexts: Readonly<Record<ConsoleLanguage, ConsoleTexts>> = {
  nb: {
    skip: 'Til GraphiQL',
    otherLanguage: 'English',
    links: 'Skjema og dokumentasjon',
    guide:
      'Veiledning: hvordan det brukes, hva som er annerledes enn i originalen, og hva som er rekonstruert (på engelsk)',
    noScript:
      'Denne siden trenger skript for å sende spørringer. Adressen tar imot POST med et token; skjemaene over og eksemplene under kan leses uten.',
    token: 'Token',
    tokenAbout:
      'Spørringer trenger et token. Det og hemmeligheten finnes bare i minnet til denne siden: ingenting lagres i nettleseren, og alt er borte når siden lukkes, forlates eller lastes på nytt. Heller ikke spørringene lagres.',
    clientId: 'Klient-id',
    clientSecret: 'Hemmelighet',
    tenant: 'Organisasjon (kan stå tom)',
    tenantAbout: 'Bare for klienter som flere organisasjoner har sluppet inn.',
    getToken: 'Hent token',
    ownToken: 'Eller et token du har',
    useToken: 'Bruk tokenet',
    forget: 'Glem tokenet',
    flags: 'Kontrakt: Feature-Flags',
    flagsAbout:
      'Uten noen av dem er bare det som er i produksjon, synlig. Valget gjelder både skjemaet i GraphiQL og spørringene.',
    examples: 'Eksempler',
    owner: 'Institusjonsnummer',
    ownerAbout: 'Nummeret til institusjonen tokenet gjelder for. Det settes inn i eksemplene som spør om data.',
    load: 'Legg i GraphiQL',
    variables: 'Variabler',
    needsFlags: 'Flagg',
    console: 'GraphiQL',
    consoleAbout:
      'GraphiQL er på engelsk. Ctrl+Enter kjører spørringen, Ctrl+mellomrom foreslår felt, og Tab går videre, også ut av feltene.',
    script: {
      noToken: 'Du har ikke noe token.',
      asking: 'Henter token …',
      hasToken: 'Du har et token. Det gjelder til {time}.',
      givenToken: 'Tokenet ditt er i bruk.',
      tokenOver: 'Tokenet gjelder ikke lenger. Hent et nytt.',
      forgotten: 'Tokenet er glemt.',
      refused: 'Du fikk ikke noe token: {reason}',
      unreachable: 'Huben svarte ikke.',
      loading: 'Henter skjemaet …',
      schema: 'Skjemaet viser: {flags}.',
      noSchema: 'Skjemaet kunne ikke hentes. Spørringer kan sendes likevel.',
      loaded: 'Eksemplet står i GraphiQL. Ctrl+Enter kjører det.',
      ownerMissing:
        'Eksemplet står i GraphiQL, uten institusjonsnummer: skriv det i feltet og legg eksemplet inn igjen.',
      firm: 'produksjon',
      query: 'Spørring',
      variablesEditor: 'Variabler',
      headersEditor: 'Hoder',
      response: 'Svar',
      strange: 'Huben svarte med status {status} og noe som ikke er JSON.',
    },
  },
  en: {
    skip: 'To GraphiQL',
    otherLanguage: 'Norsk',
    links: 'Schema and documentation',
    guide: 'Guide: how it is used, what is another than in the original, and what is reconstructed',
    noScript:
      'This page needs scripts to send operations. The address takes POST with a token; the schemas above and the examples below can be read without.',
    token: 'Token',
    tokenAbout:
      'Operations need a token. It and the secret are in the memory of this page alone: nothing is stored in the browser, and all of it is gone when the page is closed, left or loaded again. Nor are operations stored.',
    clientId: 'Client id',
    clientSecret: 'Secret',
    tenant: 'Organisation (may be empty)',
    tenantAbout: 'Only for clients that several organisations have let in.',
    getToken: 'Get a token',
    ownToken: 'Or a token that you have',
    useToken: 'Use the token',
    forget: 'Forget the token',
    flags: 'Contract: Feature-Flags',
    flagsAbout:
      'Without any of them only what is in production is there. The choice holds for the schema in GraphiQL and for operations.',
    examples: 'Examples',
    owner: 'Institution number',
    ownerAbout: 'The number of the institution that the token is for. It is put into the examples that ask for data.',
    load: 'Put into GraphiQL',
    variables: 'Variables',
    needsFlags: 'Flags',
    console: 'GraphiQL',
    consoleAbout: 'Ctrl+Enter runs the operation, Ctrl+Space suggests fields, and Tab goes on, out of the fields too.',
    script: {
      noToken: 'You have no token.',
      asking: 'Getting a token …',
      hasToken: 'You have a token. It is good until {time}.',
      givenToken: 'Your token is in use.',
      tokenOver: 'The token is good no longer. Get a new one.',
      forgotten: 'The token is forgotten.',
      refused: 'You got no token: {reason}',
      unreachable: 'The hub did not answer.',
      loading: 'Loading the schema …',
      schema: 'The schema shows: {flags}.',
      noSchema: 'The schema could not be loaded. Operations can be sent all the same.',
      loaded: 'The example is in GraphiQL. Ctrl+Enter runs it.',
      ownerMissing:
        'The example is in GraphiQL, without an institution number: write it in its field and put the example in again.',
      firm: 'production',
      query: 'Operation',
      variablesEditor: 'Variables',
      headersEditor: 'Headers',
      response: 'Response',
      strange: 'The hub answered with status {status} and something that is no JSON.',
    },
  },
};
