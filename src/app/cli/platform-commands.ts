// `bindeledd org|app|grant|token`: wires the commands of the platform store to flags and prints what they give. They work on the data
// directory itself, beside a running hub.
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Result } from '#base/result.ts';
import type { Settings } from '#config/settings.ts';
import {
  addApplication,
  disableApplication,
  enableApplication,
  listApplications,
  rotateApplicationSecret,
  setApplicationKeys,
  showApplication,
} from './app.ts';
import {
  addCommand,
  flagText,
  resolveFlags,
  settingsOf,
  speaker,
  takesSettings,
  type Flags,
  type Frame,
} from './command-frame.ts';
import type { CommandDeps, CommandOutput } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { endGrant, giveGrant, grantVocabulary, listGrants } from './grant.ts';
import { listSigningKeys, rotateSigningKeys } from './key.ts';
import { loadFolder } from './models.ts';
import { addOrganisation, listOrganisations, setOrganisation, showOrganisation } from './org.ts';
import { CommandFailure, failureOf, type Terminal, type Words } from './terminal.ts';
import { getToken } from './token.ts';

type PlatformWork = (
  deps: CommandDeps,
  flags: Flags,
  words: readonly string[],
  settings: Settings,
) => Promise<Result<CommandOutput>>;

const print = (terminal: Terminal, result: Result<CommandOutput>): ExitCode => {
  if (!result.ok) throw failureOf(result.problem);
  terminal.out(terminal.json ? JSON.stringify(result.value.json, null, 2) : result.value.text);
  return exitCodes.ok;
};

const withPlatform = async (
  settings: Settings,
  work: (deps: CommandDeps) => Promise<Result<CommandOutput>>,
): Promise<Result<CommandOutput>> => {
  const [{ openPlatformFile }, { openPlatform }] = await Promise.all([
    import('#store/sqlite/sqlite-store.ts'),
    import('#store/sqlite/platform.ts'),
  ]);
  const database = openPlatformFile(settings.data);
  try {
    return await work({
      platform: openPlatform(database, systemClock),
      clock: systemClock,
      random: systemRandom,
      actor: `cli:${userInfo().username}`,
    });
  } finally {
    database.close();
  }
};

const list = (flags: Flags, name: string): readonly string[] | undefined => {
  const value = flags[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
};

const onPlatform = (
  parent: Command,
  frame: Frame,
  name: string,
  words: Words,
  examples: readonly string[],
  work: PlatformWork,
): Command =>
  takesSettings(
    addCommand(parent, frame, name, words, examples, async (terminal, flags, given) => {
      const { settings } = resolveFlags(flags, ['data', 'model', 'environment']);
      return print(terminal, await withPlatform(settings, (deps) => work(deps, flags, given, settings)));
    }),
    frame,
    ['data'],
  );

const readKeys = (file: string | undefined): string | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandFailure(exitCodes.usage, `The key file ${file} cannot be read.`, {
      hint: 'It holds a JWK set as JSON.',
    });
  }
};

const takesOrganisation = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return command
    .option('--org-number <digits>', say('ni siffer', 'nine digits'))
    .option(
      '--removal-guard <share>',
      say(
        '0.05 eller 5%: det en full synkronisering kan fjerne uten bekreftelse',
        '0.05 or 5%: what a full sync may remove unconfirmed',
      ),
    )
    .option(
      '--extra-back-links <on|off>',
      say('tilbakelenker utover dem FINT har', 'back links beyond those that FINT has'),
    )
    .option(
      '--strictness <pattern=mode...>',
      say('lenient, keep-back eller refuse-page per samling', 'lenient, keep-back or refuse-page by collection'),
    );
};
const organisationArgs = (flags: Flags, id: string) => ({
  id,
  name: flagText(flags, 'name'),
  orgNumber: flagText(flags, 'orgNumber'),
  removalGuard: flagText(flags, 'removalGuard'),
  extraBackLinks: flagText(flags, 'extraBackLinks'),
  strictness: list(flags, 'strictness'),
});

/** Adds `org`. */
export const addOrganisationCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const org = addCommand(
    program,
    frame,
    'org',
    { nb: 'Organisasjonene som eier data', en: 'The organisations that own data' },
    ['bindeledd org add fjordheim.test --name "Fjordheim fylkeskommune"', 'bindeledd org list'],
    null,
  );
  takesOrganisation(
    onPlatform(
      org,
      frame,
      'add <id>',
      { nb: 'Legg til en organisasjon', en: 'Add an organisation' },
      ['bindeledd org add fjordheim.test --name "Fjordheim fylkeskommune"'],
      (deps, flags, [id = ''], settings) =>
        addOrganisation(deps, {
          ...organisationArgs(flags, id),
          removalGuard: flagText(flags, 'removalGuard') ?? String(settings.removalGuard),
          extraBackLinks: flagText(flags, 'extraBackLinks') ?? (settings.extraBackLinks ? 'on' : 'off'),
        }),
    ),
    frame,
  ).requiredOption('--name <name>', say('det folk kaller den', 'what people call it'));
  takesOrganisation(
    onPlatform(
      org,
      frame,
      'set <id>',
      { nb: 'Endre en organisasjon', en: 'Change an organisation' },
      ['bindeledd org set fjordheim.test --removal-guard 10%'],
      (deps, flags, [id = '']) => setOrganisation(deps, organisationArgs(flags, id)),
    ),
    frame,
  ).option('--name <name>', say('det folk kaller den', 'what people call it'));
  onPlatform(
    org,
    frame,
    'show <id>',
    { nb: 'Vis en organisasjon', en: 'Show an organisation' },
    ['bindeledd org show fjordheim.test'],
    (deps, _flags, [id = '']) => showOrganisation(deps, id),
  );
  onPlatform(
    org,
    frame,
    'list',
    { nb: 'List organisasjonene', en: 'List the organisations' },
    ['bindeledd org list --json'],
    (deps) => listOrganisations(deps),
  );
};

/** Adds `app`. */
export const addApplicationCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const app = addCommand(
    program,
    frame,
    'app',
    { nb: 'Applikasjonene som henter og leverer', en: 'The applications that read and deliver' },
    ['bindeledd app add --name "Timetable" --kind client --owner fjordheim.test', 'bindeledd app list'],
    null,
  );
  onPlatform(
    app,
    frame,
    'add',
    {
      nb: 'Registrer en applikasjon; hemmeligheten vises én gang',
      en: 'Register an application; its secret is shown once',
    },
    ['bindeledd app add --name "Timetable" --kind client --owner fjordheim.test'],
    (deps, flags, _given, settings) =>
      addApplication(deps, {
        name: flagText(flags, 'name') ?? '',
        kind: flagText(flags, 'kind') ?? '',
        owner: flagText(flags, 'owner') ?? '',
        describe: flagText(flags, 'describe'),
        environment: flagText(flags, 'environment') ?? settings.environment,
        jwks: readKeys(flagText(flags, 'jwksFile')),
        secret: flags['secret'] !== false,
      }),
  )
    .requiredOption('--name <name>', say('det folk kaller den', 'what people call it'))
    .requiredOption('--kind <client|adapter>', say('om den henter eller leverer', 'whether it reads or delivers'))
    .requiredOption(
      '--owner <organisation>',
      say('organisasjonen den hører til', 'the organisation that it belongs to'),
    )
    .option('--describe <text>', say('hva den er til', 'what it is for'))
    .option(
      '--environment <name>',
      say(
        'production, test eller sandbox (production om ikke annet er sagt)',
        'production, test or sandbox (production unless given)',
      ),
    )
    .option('--jwks-file <file>', say('offentlige nøkler for private_key_jwt', 'public keys for private_key_jwt'))
    .option('--no-secret', say('lag ingen hemmelighet; da trengs nøkler', 'make no secret; keys are needed'));
  onPlatform(
    app,
    frame,
    'list',
    { nb: 'List applikasjonene', en: 'List the applications' },
    ['bindeledd app list'],
    (deps) => listApplications(deps),
  );
  onPlatform(
    app,
    frame,
    'show <id>',
    { nb: 'Vis en applikasjon', en: 'Show an application' },
    ['bindeledd app show client-1'],
    (deps, _flags, [id = '']) => showApplication(deps, id),
  );
  onPlatform(
    app,
    frame,
    'disable <id>',
    { nb: 'Steng en applikasjon ute', en: 'Shut an application out' },
    ['bindeledd app disable client-1'],
    (deps, _flags, [id = '']) => disableApplication(deps, id),
  );
  onPlatform(
    app,
    frame,
    'enable <id>',
    { nb: 'Slipp en applikasjon inn igjen', en: 'Let an application in again' },
    ['bindeledd app enable client-1'],
    (deps, _flags, [id = '']) => enableApplication(deps, id),
  );
  onPlatform(
    app,
    frame,
    'rotate-secret <id>',
    { nb: 'Lag en ny hemmelighet', en: 'Make a new secret' },
    ['bindeledd app rotate-secret client-1 --overlap-hours 1'],
    (deps, flags, [id = '']) => {
      const hours = flagText(flags, 'overlapHours');
      return rotateApplicationSecret(deps, { id, overlapHours: hours === undefined ? undefined : Number(hours) });
    },
  ).option(
    '--overlap-hours <hours>',
    say('hvor lenge den forrige fortsatt virker', 'how long the former one goes on working'),
  );
  onPlatform(
    app,
    frame,
    'set-keys <id>',
    { nb: 'Sett eller fjern offentlige nøkler', en: 'Set or take away public keys' },
    ['bindeledd app set-keys client-1 --jwks-file keys.json'],
    (deps, flags, [id = '']) => setApplicationKeys(deps, { id, jwks: readKeys(flagText(flags, 'jwksFile')) ?? null }),
  ).option(
    '--jwks-file <file>',
    say('et JWK-sett; uten det fjernes nøklene', 'a JWK set; without it the keys are taken away'),
  );
};

/** Adds `grant`. */
export const addGrantCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const grant = addCommand(
    program,
    frame,
    'grant',
    { nb: 'Tilgangene organisasjoner gir', en: 'The access that organisations give' },
    [
      'bindeledd grant give --app client-1 --org fjordheim.test --collection "utdanning/*" --action read list',
      'bindeledd grant list',
    ],
    null,
  );
  onPlatform(
    grant,
    frame,
    'give',
    { nb: 'Gi en applikasjon tilgang', en: 'Give an application access' },
    ['bindeledd grant give --app client-1 --org fjordheim.test --collection "utdanning/*" --action read list'],
    async (deps, flags, _given, settings) => {
      const model = loadFolder(settings.model);
      if (!model.ok) return model;
      const args = {
        application: flagText(flags, 'app') ?? '',
        organisation: flagText(flags, 'org') ?? '',
        collections: list(flags, 'collection') ?? [],
        actions: list(flags, 'action') ?? [],
        fields: list(flags, 'field'),
        withhold: list(flags, 'withhold'),
        rows: flagText(flags, 'rows'),
        from: flagText(flags, 'from'),
        to: flagText(flags, 'to'),
        purpose: flagText(flags, 'purpose'),
        agreement: flagText(flags, 'agreement'),
      };
      return giveGrant(deps, args, grantVocabulary(model.value));
    },
  )
    .requiredOption('--app <id>', say('applikasjonen som får tilgang', 'the application that gets access'))
    .requiredOption('--org <id>', say('organisasjonen som eier dataene', 'the organisation that owns the data'))
    .requiredOption('--collection <path...>', say('stier, prefiks/* eller *', 'paths, prefix/* or *'))
    .requiredOption(
      '--action <action...>',
      say('read, list, follow, write, deliver', 'read, list, follow, write, deliver'),
    )
    .option('--field <name...>', say('bare disse feltene og relasjonene', 'only these attributes and relations'))
    .option(
      '--withhold <sensitivity...>',
      say(
        'vises aldri: personal, national-id, protected, special',
        'never shown: personal, national-id, protected, special',
      ),
    )
    .option('--rows <scope=field/value>', say('bare det som hører til dette målet', 'only what belongs to this target'))
    .option('--from <date>', say('første dag i Norge, som 2026-08-01', 'first day in Norway, such as 2026-08-01'))
    .option('--to <date>', say('siste dag i Norge, som 2027-07-31', 'last day in Norway, such as 2027-07-31'))
    .option('--purpose <text>', say('hvorfor; står i revisjonsloggen', 'why; stands in the audit'))
    .option('--agreement <reference>', say('avtalen den bygger på', 'the agreement that it rests on'));
  onPlatform(
    grant,
    frame,
    'list',
    { nb: 'List tilganger', en: 'List grants' },
    ['bindeledd grant list --org fjordheim.test --all'],
    (deps, flags) =>
      listGrants(deps, {
        application: flagText(flags, 'app'),
        organisation: flagText(flags, 'org'),
        all: flags['all'] === true,
      }),
  )
    .option('--app <id>', say('bare denne applikasjonens', 'only those of this application'))
    .option('--org <id>', say('bare denne organisasjonens', 'only those of this organisation'))
    .option('--all', say('også de som er avsluttet', 'also those that have ended'));
  onPlatform(
    grant,
    frame,
    'end <id>',
    { nb: 'Avslutt en tilgang nå', en: 'End a grant now' },
    ['bindeledd grant end grant-1'],
    (deps, _flags, [id = '']) => endGrant(deps, id),
  );
};

/** Adds `key`. */
export const addKeyCommands = (program: Command, frame: Frame): void => {
  const key = addCommand(
    program,
    frame,
    'key',
    { nb: 'Nøklene som signerer tilgangstoken', en: 'The keys that sign access tokens' },
    ['bindeledd key list', 'bindeledd key rotate'],
    null,
  );
  onPlatform(key, frame, 'list', { nb: 'List nøklene', en: 'List the keys' }, ['bindeledd key list'], (deps) =>
    listSigningKeys(deps),
  );
  onPlatform(
    key,
    frame,
    'rotate',
    { nb: 'Ta neste nøkkel i bruk nå', en: 'Put the next key to use now' },
    ['bindeledd key rotate'],
    (deps) => rotateSigningKeys(deps),
  );
};

/** Adds `token`. */
export const addTokenCommand = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const command = addCommand(
    program,
    frame,
    'token',
    {
      nb: 'Hent et tilgangstoken; bare tokenet går til stdout',
      en: 'Get an access token; stdout holds the token only',
    },
    [
      'bindeledd token --client-id client-1 --secret-file secret.txt',
      'curl -H "Authorization: Bearer $(bindeledd token --client-id client-1 --secret-file secret.txt)" http://127.0.0.1:8080/utdanning/elev',
    ],
    async (terminal, flags) => {
      const { settings } = resolveFlags(flags, settingsOf('client'));
      if (settings.clientId === null)
        throw new CommandFailure(exitCodes.usage, 'Whose token?', {
          hint: 'Give --client-id, or set BINDELEDD_CLIENT_ID.',
        });
      const args = {
        url: settings.url,
        client: settings.clientId,
        organisation: flagText(flags, 'org'),
        scope: flagText(flags, 'scope'),
        secretFile: flagText(flags, 'secretFile'),
      };
      const issued = await getToken(args, {
        environment: settings.clientSecret,
        input: process.stdin.isTTY ? null : () => readAll(process.stdin),
      });
      if (!issued.ok && issued.problem.errors?.some((item) => item.at === 'url') === true)
        throw new CommandFailure(exitCodes.remote, issued.problem.detail, {
          hint: 'Is the hub running? Name its address with --url.',
        });
      return print(terminal, issued);
    },
  );
  takesSettings(command, frame, settingsOf('client'))
    .option('--secret-file <file>', say('fil med klienthemmeligheten', 'file with the client secret'))
    .option('--org <id>', say('organisasjonen tokenet gjelder', 'the organisation that the token is for'))
    .option('--scope <scope>', say('omfanget som trengs, som fint-client', 'the scope needed, such as fint-client'));
};
