// `bindeledd org|app|grant|key|token`: wires the commands of administration to flags and prints what they give. They ask the
// admin API: of a running hub with an administrator's credentials, or in this process over the data directory.
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import {
  addApplication,
  disableApplication,
  enableApplication,
  listApplications,
  makeCredentials,
  rotateApplicationSecret,
  setApplicationKeys,
  showApplication,
  showHealth,
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
import { splitList } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { clearances, endGrant, giveGrant, listGrants } from './grant.ts';
import { listSigningKeys, rotateSigningKeys } from './key.ts';
import { addOrganisation, listOrganisations, setOrganisation, showOrganisation } from './org.ts';
import { CommandFailure } from './terminal.ts';
import { administers, flagList, print } from './through-door.ts';
import { getToken } from './token.ts';

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
      '--institution-number <digits>',
      say(
        'nummeret den har som lærested, ett til fem siffer; none tar det bort',
        'its number as an institution of higher education, one to five digits; none takes it away',
      ),
    )
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
    )
    .option(
      '--writes <pattern=policy...>',
      say(
        'hvem som avgjør skriving: source, hub eller closed; source:30 gir adapteren 30 minutter',
        'who decides on writes: source, hub or closed; source:30 gives the adapter 30 minutes',
      ),
    )
    .option(
      '--retiring-apis <id...>',
      say(
        'API-er som avvikles, og som den har likevel: fsws-bas-soap; none tar dem bort',
        'APIs that retire and that it has all the same: fsws-bas-soap; none takes them away',
      ),
    );
};
const organisationArgs = (flags: Flags, id: string) => ({
  id,
  name: flagText(flags, 'name'),
  orgNumber: flagText(flags, 'orgNumber'),
  institutionNumber: flagText(flags, 'institutionNumber'),
  removalGuard: flagText(flags, 'removalGuard'),
  extraBackLinks: flagText(flags, 'extraBackLinks'),
  strictness: flagList(flags, 'strictness'),
  writes: flagList(flags, 'writes'),
  retiringApis: flagList(flags, 'retiringApis'),
  reason: flagText(flags, 'reason'),
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
    administers(
      org,
      frame,
      'add <id>',
      { nb: 'Legg til en organisasjon', en: 'Add an organisation' },
      ['bindeledd org add fjordheim.test --name "Fjordheim fylkeskommune"'],
      (door, flags, [id = '']) => addOrganisation(door, organisationArgs(flags, id)),
    ),
    frame,
  ).requiredOption('--name <name>', say('det folk kaller den', 'what people call it'));
  takesOrganisation(
    administers(
      org,
      frame,
      'set <id>',
      { nb: 'Endre en organisasjon', en: 'Change an organisation' },
      ['bindeledd org set fjordheim.test --removal-guard 10%'],
      (door, flags, [id = '']) => setOrganisation(door, organisationArgs(flags, id)),
    ),
    frame,
  ).option('--name <name>', say('det folk kaller den', 'what people call it'));
  administers(
    org,
    frame,
    'show <id>',
    { nb: 'Vis en organisasjon', en: 'Show an organisation' },
    ['bindeledd org show fjordheim.test'],
    (door, _flags, [id = '']) => showOrganisation(door, id),
  );
  administers(
    org,
    frame,
    'list',
    { nb: 'List organisasjonene', en: 'List the organisations' },
    ['bindeledd org list --json'],
    (door) => listOrganisations(door),
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
  administers(
    app,
    frame,
    'add',
    {
      nb: 'Registrer en applikasjon; hemmeligheten vises én gang',
      en: 'Register an application; its secret is shown once',
    },
    ['bindeledd app add --name "Timetable" --kind client --owner fjordheim.test'],
    (door, flags, _given, settings) =>
      addApplication(door, {
        name: flagText(flags, 'name') ?? '',
        kind: flagText(flags, 'kind') ?? '',
        owner: flagText(flags, 'owner') ?? '',
        describe: flagText(flags, 'describe'),
        environment: flagText(flags, 'environment') ?? settings.environment,
        jwks: readKeys(flagText(flags, 'jwksFile')),
        secret: flags['keysLater'] === true ? undefined : flags['secret'] !== false,
        keysLater: flags['keysLater'] === true ? true : undefined,
        scopes: flagList(flags, 'scopes') === undefined ? undefined : splitList(flagList(flags, 'scopes') ?? []),
      }),
  )
    .requiredOption('--name <name>', say('det folk kaller den', 'what people call it'))
    .requiredOption(
      '--kind <client|adapter|admin>',
      say('om den henter, leverer eller forvalter', 'whether it reads, delivers or administers'),
    )
    .option(
      '--scopes <scope...>',
      say(
        'for admin: admin.read, admin.write (egen organisasjon), admin.platform (alle)',
        'for admin: admin.read, admin.write (own organisation), admin.platform (all)',
      ),
    )
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
    .option('--no-secret', say('lag ingen hemmelighet; da trengs nøkler', 'make no secret; keys are needed'))
    .option('--keys-later', say('nøkler kommer når tilgang er godkjent', 'keys come when access is approved'));
  administers(
    app,
    frame,
    'list',
    { nb: 'List applikasjonene', en: 'List the applications' },
    ['bindeledd app list'],
    (door) => listApplications(door),
  );
  administers(
    app,
    frame,
    'show <id>',
    { nb: 'Vis en applikasjon', en: 'Show an application' },
    ['bindeledd app show client-1'],
    (door, _flags, [id = '']) => showApplication(door, id),
  );
  administers(
    app,
    frame,
    'health <id>',
    {
      nb: 'Vis hva applikasjonen bruker som skal bort, og når',
      en: 'Show what the application uses that will go, and when',
    },
    ['bindeledd app health client-1'],
    (door, _flags, [id = '']) => showHealth(door, id),
  );
  administers(
    app,
    frame,
    'disable <id>',
    { nb: 'Steng en applikasjon ute', en: 'Shut an application out' },
    ['bindeledd app disable client-1'],
    (door, _flags, [id = '']) => disableApplication(door, id),
  );
  administers(
    app,
    frame,
    'enable <id>',
    { nb: 'Slipp en applikasjon inn igjen', en: 'Let an application in again' },
    ['bindeledd app enable client-1'],
    (door, _flags, [id = '']) => enableApplication(door, id),
  );
  administers(
    app,
    frame,
    'rotate-secret <id>',
    { nb: 'Lag en ny hemmelighet', en: 'Make a new secret' },
    ['bindeledd app rotate-secret client-1 --overlap-hours 1'],
    (door, flags, [id = '']) => {
      const hours = flagText(flags, 'overlapHours');
      return rotateApplicationSecret(door, { id, overlapHours: hours === undefined ? undefined : Number(hours) });
    },
  ).option(
    '--overlap-hours <hours>',
    say('hvor lenge den forrige fortsatt virker', 'how long the former one goes on working'),
  );
  administers(
    app,
    frame,
    'set-keys <id>',
    { nb: 'Sett eller fjern offentlige nøkler', en: 'Set or take away public keys' },
    ['bindeledd app set-keys client-1 --jwks-file keys.json'],
    (door, flags, [id = '']) => setApplicationKeys(door, { id, jwks: readKeys(flagText(flags, 'jwksFile')) ?? null }),
  ).option(
    '--jwks-file <file>',
    say('et JWK-sett; uten det fjernes nøklene', 'a JWK set; without it the keys are taken away'),
  );
  addCredentials(app, frame);
};

/** Adds what `app` has for clients of FINT. */
const addCredentials = (app: Command, frame: Frame): void => {
  const say = speaker(frame);
  administers(
    app,
    frame,
    'credentials <id>',
    {
      nb: 'Lag brukernavn, passord og hemmelighet slik FINTs klienter tar dem; vises én gang',
      en: 'Make user name, password and secret as FINT clients take them; shown once',
    },
    ['bindeledd app credentials client-1 --name timeplan --json'],
    (door, flags, [id = '']) =>
      makeCredentials(door, { id, name: flagText(flags, 'name'), organisation: flagText(flags, 'org') }),
  )
    .option('--name <name>', say('navnet foran @client.<org>', 'the name before @client.<org>'))
    .option('--org <id>', say('organisasjonen bak @client.', 'the organisation after @client.'));
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
  administers(
    grant,
    frame,
    'give',
    { nb: 'Gi en applikasjon tilgang', en: 'Give an application access' },
    ['bindeledd grant give --app client-1 --org fjordheim.test --collection "utdanning/*" --action read list'],
    (door, flags) =>
      giveGrant(door, {
        application: flagText(flags, 'app') ?? '',
        organisation: flagText(flags, 'org') ?? '',
        collections: flagList(flags, 'collection') ?? [],
        actions: flagList(flags, 'action') ?? [],
        fields: flagList(flags, 'field'),
        withhold: flagList(flags, 'withhold'),
        rows: flagText(flags, 'rows'),
        clearance: flagText(flags, 'clearance'),
        from: flagText(flags, 'from'),
        to: flagText(flags, 'to'),
        purpose: flagText(flags, 'purpose'),
        agreement: flagText(flags, 'agreement'),
        reason: flagText(flags, 'reason'),
      }),
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
    .option(
      `--clearance <${clearances.join('|')}>`,
      say(
        'hvor sterkt beskyttede personer som vises; krever --reason',
        'how highly protected persons it shows; needs --reason',
      ),
    )
    .option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'))
    .option('--from <date>', say('første dag i Norge, som 2026-08-01', 'first day in Norway, such as 2026-08-01'))
    .option('--to <date>', say('siste dag i Norge, som 2027-07-31', 'last day in Norway, such as 2027-07-31'))
    .option('--purpose <text>', say('hvorfor; står i revisjonsloggen', 'why; stands in the audit'))
    .option('--agreement <reference>', say('avtalen den bygger på', 'the agreement that it rests on'));
  administers(
    grant,
    frame,
    'list',
    { nb: 'List tilganger', en: 'List grants' },
    ['bindeledd grant list --org fjordheim.test --all'],
    (door, flags) =>
      listGrants(door, {
        application: flagText(flags, 'app'),
        organisation: flagText(flags, 'org'),
        all: flags['all'] === true,
      }),
  )
    .option('--app <id>', say('bare denne applikasjonens', 'only those of this application'))
    .option('--org <id>', say('bare denne organisasjonens', 'only those of this organisation'))
    .option('--all', say('også de som er avsluttet', 'also those that have ended'));
  administers(
    grant,
    frame,
    'end <id>',
    { nb: 'Avslutt en tilgang nå', en: 'End a grant now' },
    ['bindeledd grant end grant-1'],
    (door, flags, [id = '']) => endGrant(door, id, flagText(flags, 'reason')),
  ).option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));
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
  administers(key, frame, 'list', { nb: 'List nøklene', en: 'List the keys' }, ['bindeledd key list'], (door) =>
    listSigningKeys(door),
  );
  administers(
    key,
    frame,
    'rotate',
    { nb: 'Ta neste nøkkel i bruk nå', en: 'Put the next key to use now' },
    ['bindeledd key rotate'],
    (door) => rotateSigningKeys(door),
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
        tenant: flagText(flags, 'tenantId'),
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
    .option(
      '--tenant-id <id>',
      say(
        'organisasjonen som har sluppet applikasjonen inn, som UUID eller id',
        'the organisation that has let the application in, as UUID or id',
      ),
    )
    .option('--scope <scope>', say('omfanget som trengs, som fint-client', 'the scope needed, such as fint-client'));
};
