// The one table of settings, and how the values in force are found: flag, then environment, then file, then default. Read by app/; the rest
// of the product gets slices and never reads the environment. `bindeledd config` and the reference page are made from the same table.
import { parseDocument } from 'yaml';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import {
  contactAddress,
  databaseAddress,
  dayList,
  filePath,
  filePaths,
  hostName,
  mailAddress,
  mailServer,
  networks,
  oneLine,
  oneOf,
  share,
  webAddress,
  wholeNumber,
  yesNo,
  type Kind,
} from './setting-kinds.ts';

type Row<T> = {
  readonly kind: Kind<T>;
  readonly default: T;
  /** How a default that is not a value of its own reads. */
  readonly defaultText?: string;
  /** Flag as commander writes it; null for secrets, which never stand on a command line. */
  readonly flag: string | null;
  readonly secret: boolean;
  /** `hub` settings are for `start` and `demo`, `client` settings for the commands that call a hub. */
  readonly side: 'hub' | 'client';
  /** A variable that many hosts of programs set, read where ours is not given. */
  readonly commonVariable?: string;
  readonly nb: string;
  readonly en: string;
};

type Words = {
  readonly nb: string;
  readonly en: string;
  readonly side?: 'client';
  readonly defaultText?: string;
  readonly secret?: true;
  readonly commonVariable?: string;
};

const row = <T>(kind: Kind<T>, value: T, flag: string | null, words: Words): Row<T> => ({
  side: 'hub',
  secret: false,
  ...words,
  kind,
  default: value,
  flag,
});

/** `kind` for a setting that may also be left empty. */
const optional = <T>(kind: Kind<T>): Kind<T | null> => kind;

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const logFormats = ['json', 'text'] as const;

const table = {
  data: row(filePath, filePath.read('.data') ?? '', '--data <dir>', {
    nb: 'Mappen der tjenesten holder alle data.',
    en: 'The directory in which the hub keeps all data.',
    defaultText: '.data',
  }),
  databaseUrl: row(optional(databaseAddress), null, '--database-url <url>', {
    nb: 'Databasen (PostgreSQL) som holder alle data i stedet for mappen.',
    en: 'The database (PostgreSQL) that holds all data instead of the directory.',
    defaultText: '(none: the data directory)',
    commonVariable: 'DATABASE_URL',
  }),
  databaseConnections: row(wholeNumber(6, 500), 16, '--database-connections <number>', {
    nb: 'Hvor mange forbindelser hver prosess har til databasen, utenom tre som lytter og passer på.',
    en: 'How many connections each process has with the database, beside three that listen and keep watch.',
  }),
  databaseStatementSeconds: row(wholeNumber(1, 3_600), 30, '--database-statement-seconds <number>', {
    nb: 'Sekunder en spørring til databasen kan ta før den avbrytes.',
    en: 'Seconds that a statement of the database may take before it is stopped.',
  }),
  databaseLockSeconds: row(wholeNumber(1, 600), 15, '--database-lock-seconds <number>', {
    nb: 'Sekunder en spørring venter på en lås i databasen.',
    en: 'Seconds that a statement waits for a lock in the database.',
  }),
  workers: row(wholeNumber(1, 64), 1, '--workers <number>', {
    nb: 'Prosesser på denne maskinen som deler porten; flere enn én krever en database.',
    en: 'Processes of this machine that share the port; more than one needs a database.',
  }),
  model: row(optional(filePaths), null, '--model <dirs>', {
    nb: 'Mappene med informasjonsmodellen: én som står alene, og de som bygger på den.',
    en: 'The directories of the information model: one that stands alone, and those that build on it.',
    defaultText: '(those that come with the hub)',
  }),
  host: row(hostName, '127.0.0.1', '--host <name>', {
    nb: 'Adressen tjenesten lytter på.',
    en: 'The address that the hub listens on.',
  }),
  port: row(wholeNumber(0, 65_535), 8080, '--port <number>', {
    nb: 'Porten tjenesten lytter på; 0 velger en ledig.',
    en: 'The port that the hub listens on; 0 takes any free one.',
  }),
  publicUrl: row(optional(webAddress), null, '--public-url <url>', {
    nb: 'Adressen klientene bruker; lenker, tokenutsteder og feilsider bygges på den.',
    en: 'The address that clients use; links, token issuer and error pages are built on it.',
    defaultText: '(http://127.0.0.1:<port>)',
  }),
  environment: row(oneOf(['production', 'test', 'sandbox']), 'production', '--environment <name>', {
    nb: 'Miljøet: tilganger og applikasjoner fra andre miljøer gjelder ikke her. Sandbox tar bare syntetiske fødselsnumre, production ingen av dem, test begge.',
    en: 'The environment: grants and applications of another one do not count here. A sandbox takes synthetic national ids only, production none of them, test both.',
  }),
  agreements: row(optional(oneOf(['required', 'advised'])), null, '--agreements <rule>', {
    nb: 'Om tilganger må hvile på en registrert avtale: required eller advised.',
    en: 'Whether grants must rest on a registered agreement: required or advised.',
    defaultText: '(required for applications of the environment production)',
  }),
  logLevel: row(oneOf(logLevels), 'info', '--log-level <level>', {
    nb: 'Hvor mye som logges.',
    en: 'How much is logged.',
  }),
  logFormat: row(oneOf(logFormats), 'json', '--log-format <format>', {
    nb: 'JSON-linjer for maskiner eller tekst for øyne; begge til stderr.',
    en: 'Lines of JSON for machines or text for eyes; both to stderr.',
  }),
  removalGuard: row(share, 0.05, '--removal-guard <share>', {
    nb: 'Andelen av en samling som en full synkronisering kan fjerne uten bekreftelse; gjelder nye organisasjoner.',
    en: 'The share of a collection that a full sync may remove unconfirmed; for new organisations.',
  }),
  extraBackLinks: row(yesNo, true, '--extra-back-links <bool>', {
    nb: 'Tilbakelenker utover de 117 FINT har; gjelder nye organisasjoner.',
    en: 'Back links beyond the 117 that FINT has; for new organisations.',
  }),
  runExpiryMinutes: row(wholeNumber(1, 10_080), 15, '--run-expiry-minutes <number>', {
    nb: 'Minutter uten nye sider før en åpen synkronisering utløper.',
    en: 'Minutes without new pages after which an open sync run expires.',
  }),
  fintPasswordGrant: row(yesNo, false, '--fint-password-grant <bool>', {
    nb: 'FINT-profilen: tokenadressen tar også brukernavn og passord, slik FINTs klienter sender dem. Påslått i demoen.',
    en: 'The FINT profile: the token endpoint also takes user name and password, as FINT clients send them. On in the demo.',
    defaultText: 'false',
  }),
  graphqlFlagsImply: row(yesNo, false, '--graphql-flags-imply <bool>', {
    nb: 'I FS GraphQL åpner flagget experimental også det som er beta. I originalen må begge nevnes.',
    en: 'In FS GraphQL the flag experimental opens what is beta too. In the original both have to be named.',
    defaultText: 'false',
  }),
  qualityIntervalSeconds: row(wholeNumber(0, 86_400), 10, '--quality-interval-seconds <number>', {
    nb: 'Hvor ofte datakvaliteten følger endringene, i sekunder; 0 slår av undersøkelsen.',
    en: 'How often the data quality follows the changes, in seconds; 0 turns the examination off.',
  }),
  answerDeadlineMinutes: row(wholeNumber(1, 10_080), 15, '--answer-deadline-minutes <number>', {
    nb: 'Minuttene et adapter har på å svare på en skriving; organisasjonen kan si noe annet for en samling.',
    en: 'Minutes that an adapter has to answer a write; the organisation may say otherwise for a collection.',
  }),
  statusRetentionMinutes: row(wholeNumber(1, 10_080), 30, '--status-retention-minutes <number>', {
    nb: 'Minuttene utfallet av en skriving kan spørres etter.',
    en: 'Minutes for which the outcome of a write may be asked for.',
  }),
  auditRetentionMonths: row(wholeNumber(0, 1_200), 24, '--audit-retention-months <number>', {
    nb: 'Måneder revisjonsloggen beholdes; 0 beholder alt.',
    en: 'Months for which the audit is kept; 0 keeps everything.',
  }),
  eventRetentionDays: row(
    wholeNumber(1, limits.eventRetentionDaysAtMost),
    limits.eventRetentionDays,
    '--event-retention-days <number>',
    {
      nb: 'Døgnene en markør for hendelser kan følges videre etter at den ble gitt.',
      en: 'Days for which a cursor of events can be gone on from after it was given.',
    },
  ),
  quotaPerMinute: row(wholeNumber(0, limits.quotaAtMost), limits.quotaPerMinute, '--quota-per-minute <number>', {
    nb: 'Forespørsler en applikasjon kan sende for en organisasjon i løpet av et minutt, til API-er med kvote; 0 er så mange den vil.',
    en: 'Requests that an application may send for an organisation within a minute, to APIs with a quota; 0 is as many as it likes.',
  }),
  quotaPerDay: row(optional(wholeNumber(0, limits.quotaAtMost)), null, '--quota-per-day <number>', {
    nb: 'Det samme i løpet av et døgn, norsk tid.',
    en: 'The same within a day, Norwegian time.',
    defaultText: `${limits.quotaPerDay}; in a sandbox ${limits.quotaPerDayInSandbox}`,
  }),
  trustedProxies: row(networks, ['127.0.0.0/8', '::1'], '--trusted-proxies <networks>', {
    nb: 'Proxyene som blir trodd når de sier hvordan de ble nådd (X-Forwarded-Proto, Forwarded) og av hvem (X-Forwarded-For).',
    en: 'The proxies that are believed when they say how they were reached (X-Forwarded-Proto, Forwarded) and by whom (X-Forwarded-For).',
    defaultText: '127.0.0.0/8,::1',
  }),
  metrics: row(oneOf(['off', 'loopback', 'everyone']), 'loopback', '--metrics <who>', {
    nb: 'Hvem som får lese /metrics.',
    en: 'Who may read /metrics.',
  }),
  drainSeconds: row(wholeNumber(0, 300), limits.drainMs / 1_000, '--drain-seconds <number>', {
    nb: 'Hvor lenge en stans venter på svar som er under arbeid.',
    en: 'How long a stop waits for answers under way.',
  }),
  stopNoticeSeconds: row(wholeNumber(0, 300), 0, '--stop-notice-seconds <number>', {
    nb: 'Hvor lenge en stans først bare melder at tjenesten ikke er klar (/health/ready), og ellers svarer som før.',
    en: 'How long a stop first only says that the hub is not ready (/health/ready), and serves as before otherwise.',
  }),
  deliveryTargets: row(optional(filePath), null, '--delivery-targets <file>', {
    nb: 'Filen som nevner stedene eksporter kan leveres til, med adresser og hemmeligheter.',
    en: 'The file that names the places that exports may be brought to, with their addresses and secrets.',
    defaultText: '(none: exports are fetched)',
  }),
  messageBrokers: row(optional(filePath), null, '--message-brokers <file>', {
    nb: 'Filen som nevner meldingskøene endringsmeldinger kan leveres til, med adresser og hemmeligheter.',
    en: 'The file that names the brokers that messages of changes may be brought to, with their addresses and secrets.',
    defaultText: '(none: messages go to webhooks and streams)',
  }),
  securityContact: row(optional(contactAddress), null, '--security-contact <address>', {
    nb: 'Hvor sikkerhetsfunn meldes; vises i /.well-known/security.txt.',
    en: 'Where security findings are reported; shown in /.well-known/security.txt.',
    defaultText: '(none; the page is not there)',
  }),
  serviceContact: row(optional(contactAddress), null, '--service-contact <address>', {
    nb: 'Hvor de som bruker API-ene, når dem som drifter hubben; vises i API-katalogen.',
    en: 'Where those who use the APIs reach those who run the hub; shown in the API catalogue.',
    defaultText: '(none; the catalogue names nobody)',
  }),
  smtpUrl: row(optional(mailServer), null, null, {
    secret: true,
    nb: 'E-posttjeneren varsler sendes gjennom, med TLS om den ikke er denne maskinen.',
    en: 'The mail server that notices are sent by, over TLS unless it is this machine.',
    defaultText: '(none: no notices by e-mail)',
  }),
  smtpFrom: row(optional(mailAddress), null, '--smtp-from <address>', {
    nb: 'Adressen varsler sendes fra; følger med smtp_url.',
    en: 'The address that notices are sent from; goes with smtp_url.',
    defaultText: '(none)',
  }),
  reminderDays: row(dayList, [180, 30, 7], '--reminder-days <days>', {
    nb: 'Hvor mange dager før en endring de som fortsatt bruker det som blir borte, blir påminnet.',
    en: 'How many days before a change those who still use what goes are reminded.',
    defaultText: '180,30,7',
  }),
  webhooksToLoopback: row(yesNo, false, '--webhooks-to-loopback <bool>', {
    nb: 'I en sandkasse kan webhooker gå til denne maskinen, også uten TLS, så mottakere kan prøves ut.',
    en: 'In a sandbox webhooks may lead to this machine, without TLS too, so that receivers can be tried out.',
    defaultText: 'false',
  }),
  url: row(webAddress, 'http://127.0.0.1:8080', '--url <url>', {
    side: 'client',
    nb: 'Adressen til tjenesten kommandolinjen snakker med.',
    en: 'The address of the hub that the command line talks to.',
  }),
  clientId: row(optional(oneLine), null, '--client-id <id>', {
    side: 'client',
    nb: 'Klient-ID som kommandolinjen henter token med.',
    en: 'The client id with which the command line gets a token.',
    defaultText: '(none)',
  }),
  clientSecret: row(optional(oneLine), null, null, {
    side: 'client',
    secret: true,
    nb: 'Klienthemmeligheten som hører til.',
    en: 'The client secret that goes with it.',
    defaultText: '(none)',
  }),
  token: row(optional(oneLine), null, null, {
    side: 'client',
    secret: true,
    nb: 'Et ferdig tilgangstoken, i stedet for klient-ID og hemmelighet.',
    en: 'A ready access token, instead of client id and secret.',
    defaultText: '(none)',
  }),
};

export type SettingKey = keyof typeof table;
export type Settings = { readonly [K in SettingKey]: (typeof table)[K] extends Row<infer T> ? T : never };
export type SettingRow = Row<unknown>;

/** The rows in the order of the table. */
export const settingRows: ReadonlyMap<SettingKey, SettingRow> = new Map(
  (Object.keys(table) as SettingKey[]).map((key) => [key, table[key] as SettingRow]),
);

/** Where a value came from: `flag`, `environment NAME`, `file NAME` or `default`. */
export type Origin = string;
export type ResolvedSettings = { readonly settings: Settings; readonly origins: Readonly<Record<SettingKey, Origin>> };

export type SettingSources = {
  /** By key of the table, as typed; absent when not given. */
  readonly flags: Readonly<Partial<Record<SettingKey, string>>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The settings file, when there is one. */
  readonly file: { readonly name: string; readonly text: string } | null;
  /** Reads the file that a `…_FILE` variable names; null when it cannot be read. */
  readonly readSecret: (path: string) => string | null;
};

const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The name of a setting in the file: `public_url`. */
const fileKeyOf = (key: SettingKey): string => snake(key);

/** The environment variable of a setting: `BINDELEDD_PUBLIC_URL`. */
export const variableOf = (key: SettingKey): string => `BINDELEDD_${snake(key).toUpperCase()}`;

/** Variables with our prefix that are no setting: the settings file itself, and what only `migrate` reads. */
const otherVariables = ['BINDELEDD_CONFIG', 'BINDELEDD_OWNER_DATABASE_URL', 'BINDELEDD_OWNER_DATABASE_URL_FILE'];

type Given = { readonly text: string; readonly origin: Origin };

/** Finds the values in force. Fails with one HUB-700 (or HUB-701 when every finding is an unknown name) that lists everything wrong at once. */
export const resolveSettings = (sources: SettingSources): Result<ResolvedSettings> => {
  const items: ProblemItem[] = [];
  const fromFile = readFile(sources.file, items);
  const fromEnvironment = readEnvironment(sources, items);
  const settings: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [key, one] of settingRows) {
    const flag = sources.flags[key];
    // Whoever names a directory in the command means it, whatever database stands in the environment.
    const passed = key === 'databaseUrl' && sources.flags.data !== undefined;
    const written = passed ? undefined : (fromEnvironment.get(key) ?? fromFile.get(key));
    const given: Given | undefined = flag === undefined ? written : { text: flag, origin: 'flag' };
    if (given !== undefined) items.push(...exposed(key, one, given));
    const value = given === undefined ? one.default : one.kind.read(given.text);
    if (given !== undefined && value === null) {
      const shown =
        one.secret || one.kind.guarded !== undefined
          ? ''
          : ` ${JSON.stringify(given.text.slice(0, 80))} (${given.origin})`;
      items.push({
        at: fileKeyOf(key),
        message: `takes ${one.kind.takes}, not${shown === '' ? ' what was given' : shown}`,
        code: 'HUB-700',
      });
    }
    settings[key] = value;
    origins[key] = given?.origin ?? 'default';
  }
  const resolved = { settings: settings as Settings, origins: origins as Record<SettingKey, Origin> };
  if (sources.flags.data !== undefined && sources.flags.databaseUrl !== undefined)
    items.push({ at: 'database_url', message: 'and data are two places: name one of them', code: 'HUB-700' });
  if (items.length === 0) items.push(...unsafe(resolved.settings));
  if (items.length === 0) return ok(resolved);
  const code = items.every((item) => item.code === 'HUB-701') ? 'HUB-701' : 'HUB-700';
  return failed(problem(code, items.map((item) => `${item.at}: ${item.message}.`).join(' '), { errors: items }));
};

/** A secret where others can read it: on a command line, or in the settings file. */
const exposed = (key: SettingKey, { kind }: SettingRow, { text, origin }: Given): readonly ProblemItem[] => {
  if (origin.startsWith('environment ') || kind.guarded?.holdsSecret(text) !== true) return [];
  const message = `holds a password: give it in ${variableOf(key)}_FILE or ${variableOf(key)}`;
  return [{ at: fileKeyOf(key), message, code: 'HUB-700' }];
};

const readFile = (file: SettingSources['file'], items: ProblemItem[]): ReadonlyMap<SettingKey, Given> => {
  const found = new Map<SettingKey, Given>();
  if (file === null) return found;
  const document = parseDocument(file.text, { prettyErrors: false });
  const [broken] = document.errors;
  const content: unknown = broken === undefined ? document.toJS({ maxAliasCount: 0 }) : {};
  if (broken !== undefined || (content !== null && (typeof content !== 'object' || Array.isArray(content)))) {
    items.push({
      at: file.name,
      message: broken === undefined ? 'must hold names and values' : `is not well-formed YAML: ${broken.message}`,
      code: 'HUB-700',
    });
    return found;
  }
  const byName = new Map([...settingRows.keys()].map((key) => [fileKeyOf(key), key]));
  for (const [name, value] of Object.entries(content ?? {})) {
    const key = byName.get(name);
    if (key === undefined) items.push(unknownName(`${name} (${file.name})`, name, byName.keys()));
    else if (settingRows.get(key)?.secret === true) {
      items.push({
        at: name,
        message: `is a secret: give it in ${variableOf(key)}_FILE or ${variableOf(key)}, not in ${file.name}`,
        code: 'HUB-700',
      });
    } else if (value === null) continue;
    else if (typeof value === 'object')
      items.push({ at: name, message: `takes one value, not a list or a map (file ${file.name})`, code: 'HUB-700' });
    else found.set(key, { text: String(value), origin: `file ${file.name}` });
  }
  return found;
};

const readEnvironment = (sources: SettingSources, items: ProblemItem[]): ReadonlyMap<SettingKey, Given> => {
  const found = new Map<SettingKey, Given>();
  const known = new Set(otherVariables);
  for (const [key, one] of settingRows) {
    const name = variableOf(key);
    known.add(name);
    const text = sources.environment[name] ?? '';
    if (text !== '') found.set(key, { text, origin: `environment ${name}` });
    if (!mayComeFromFile(one)) continue;
    const fileName = `${name}_FILE`;
    known.add(fileName);
    const path = sources.environment[fileName] ?? '';
    if (path === '') {
      const common = sources.environment[one.commonVariable ?? ''] ?? '';
      if (text === '' && common !== '') found.set(key, { text: common, origin: `environment ${one.commonVariable}` });
      continue;
    }
    const secret = sources.readSecret(path)?.trim() ?? '';
    if (text !== '')
      items.push({ at: name, message: `is given twice: leave out ${name} or ${fileName}`, code: 'HUB-700' });
    else if (secret === '')
      items.push({ at: fileName, message: 'names a file that cannot be read or is empty', code: 'HUB-700' });
    else found.set(key, { text: secret, origin: `environment ${fileName}` });
  }
  for (const name of Object.keys(sources.environment)) {
    if (name.startsWith('BINDELEDD_') && !known.has(name)) items.push(unknownName(name, name, known));
  }
  return found;
};

/** Whether a `…_FILE` variable may name a file with the value. */
const mayComeFromFile = ({ secret, kind }: SettingRow): boolean => secret || kind.guarded !== undefined;

const unknownName = (at: string, name: string, known: Iterable<string>): ProblemItem => {
  const near = nearest(name, known);
  return { at, message: near === null ? 'is no setting' : `is no setting; did you mean ${near}`, code: 'HUB-701' };
};

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/.test(host);

// Combinations that would run and be wrong: they stop the start.
const unsafe = (settings: Settings): readonly ProblemItem[] => {
  const items: ProblemItem[] = [];
  if (settings.workers > 1 && settings.databaseUrl === null) {
    items.push({
      at: 'workers',
      message: 'must be 1 as long as no database_url is given: a data directory has one process',
      code: 'HUB-700',
    });
  }
  if ((settings.smtpUrl === null) !== (settings.smtpFrom === null))
    items.push({ at: 'smtp_from', message: 'and smtp_url go together: give both or none', code: 'HUB-700' });
  if (settings.webhooksToLoopback && settings.environment !== 'sandbox')
    items.push({ at: 'webhooks_to_loopback', message: 'is for the environment sandbox alone', code: 'HUB-700' });
  if (settings.environment !== 'production') return items;
  const { publicUrl } = settings;
  if (publicUrl !== null && publicUrl.startsWith('http:') && !isLoopback(new URL(publicUrl).hostname)) {
    items.push({
      at: 'public_url',
      message: 'must be https in production, unless it is this machine',
      code: 'HUB-700',
    });
  }
  // Clients elsewhere could reach it, and would send secrets in the clear.
  if (publicUrl !== null && publicUrl.startsWith('http:') && !isLoopback(settings.host)) {
    items.push({
      at: 'host',
      message: 'must be this machine in production, as long as public_url is not https',
      code: 'HUB-700',
    });
  }
  if (publicUrl === null && !isLoopback(settings.host)) {
    items.push({
      at: 'public_url',
      message: 'must be set in production when the hub listens beyond this machine',
      code: 'HUB-700',
    });
  }
  return items;
};

export type ShownSetting = { readonly name: string; readonly value: unknown; readonly origin: Origin };

/** The values in force, in the order of the table, secrets masked: for `bindeledd config`. */
export const showSettings = ({ settings, origins }: ResolvedSettings): readonly ShownSetting[] =>
  [...settingRows].map(([key, one]) => ({
    name: fileKeyOf(key),
    value: shownValue(one, settings[key]),
    origin: origins[key],
  }));

const shownValue = ({ secret, kind }: SettingRow, value: unknown): unknown => {
  if (secret) return value === null ? null : '********';
  return kind.guarded === undefined || typeof value !== 'string' ? value : kind.guarded.shown(value);
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const referenceRows = (side: SettingRow['side']): readonly string[] => [
  '| Name | Variable | Flag | Takes | Default | English | Norsk |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...[...settingRows]
    .filter(([, one]) => one.side === side)
    .map(([key, one]) => {
      const variables = [
        variableOf(key),
        ...(mayComeFromFile(one) ? [`${variableOf(key)}_FILE`] : []),
        ...(one.commonVariable === undefined ? [] : [one.commonVariable]),
      ];
      const variable = variables.map((name) => `\`${name}\``).join(', ');
      const flag = one.flag === null ? '–' : `\`${one.flag}\``;
      const cells = [
        `\`${fileKeyOf(key)}\``,
        variable,
        flag,
        cell(one.kind.takes),
        cell(one.defaultText ?? String(one.default)),
        cell(one.en),
        cell(one.nb),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
];

/** The reference page of settings, as markdown. Made from the table, so that it cannot say anything else. */
export const settingsReference = (): string => {
  return [
    '# Settings',
    '',
    'A flag wins over the environment, the environment over the file, the file over the default. The file is `bindeledd.yaml` in the working',
    'directory, or what `--config` or `BINDELEDD_CONFIG` names; it holds names and values. Unknown names and unsafe combinations stop the',
    'start. Secrets come from the environment or, better, from a file that a `…_FILE` variable names; they have no flag and no place in the',
    'settings file. `bindeledd config` shows what is in force and where it came from.',
    '',
    'An address of a database that holds a password is a secret as well: it comes from the environment or a `…_FILE`, and is shown without the',
    'password. `DATABASE_URL` counts where `BINDELEDD_DATABASE_URL` is not given. A directory named with `--data` wins over a database that stands in',
    'the environment or the file.',
    '',
    '## The hub',
    '',
    ...referenceRows('hub'),
    '',
    '## Commands that call a hub',
    '',
    ...referenceRows('client'),
    '',
    '## In production',
    '',
    'The start is refused when `public_url` is not https (this machine excepted), and when the hub listens beyond this machine while',
    '`public_url` is missing or not https.',
  ].join('\n');
};
