// The command line `bindeledd`: its commands, flags and help, and how failures end. Called by main.ts. Each command is a function of its
// own file; what only some need is loaded when they run.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { HubError } from '#base/errors.ts';
import type { ResolvedSettings } from '#config/settings.ts';
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
import { addAccessCommands, addAgreementCommands } from './access-commands.ts';
import { addAccessForCommand } from './access-for-command.ts';
import { addAccessOverviewCommands } from './access-overview-commands.ts';
import { addCatalogueCommands } from './catalogue-commands.ts';
import { addEventCommands, addSyncCommands } from './delivery-commands.ts';
import { addErasureCommands } from './erasure-commands.ts';
import { addExplainCommand } from './explain-commands.ts';
import { addExportCommands } from './export-commands.ts';
import { exitCodes, exitMeanings, type ExitCode, type ExitName } from './exit-codes.ts';
import { addAuditCommands } from './audit-commands.ts';
import { addImportCommands } from './import-commands.ts';
import { addDelegationCommands } from './delegation-commands.ts';
import { addDocumentCommands } from './document-commands.ts';
import { addMessageCommands } from './message-commands.ts';
import { addLinkCommands } from './link-commands.ts';
import {
  addApplicationCommands,
  addGrantCommands,
  addKeyCommands,
  addOrganisationCommands,
  addTokenCommand,
} from './platform-commands.ts';
import { CommandFailure, failureOf, languageFrom, processTerminal, type Language, type Terminal } from './terminal.ts';
import { callOptions, callsHub, reach } from './through-door.ts';

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { readonly version: string })
    .version;

/** Headings of the help in Norwegian. */
const titles: Readonly<Record<string, string>> = {
  'Usage:': 'Bruk:',
  'Arguments:': 'Argumenter:',
  'Options:': 'Valg:',
  'Commands:': 'Kommandoer:',
};

const exitTable = (language: Language): string => {
  const rows = (Object.keys(exitCodes) as ExitName[]).map(
    (name) => `  ${String(exitCodes[name]).padStart(3)}  ${exitMeanings[name][language]}`,
  );
  return `\n${language === 'nb' ? 'Avslutningskoder' : 'Exit codes'}:\n${rows.join('\n')}`;
};

/** -v and -q turn the log up and down where nothing else says how loud it is. */
const loudness = (resolved: ResolvedSettings, terminal: Terminal): ResolvedSettings => {
  if (resolved.origins.logLevel !== 'default' || !(terminal.verbose || terminal.quiet)) return resolved;
  return { ...resolved, settings: { ...resolved.settings, logLevel: terminal.verbose ? 'debug' : 'error' } };
};

const addRunning = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  takesSettings(
    addCommand(
      program,
      frame,
      'demo',
      {
        nb: 'Kjør et syntetisk fylke, en kommune og et lærested på ett minutt, i en midlertidig mappe uten --data',
        en: 'Run a synthetic county, municipality and university within a minute, in a temporary folder without --data',
      },
      ['bindeledd demo', 'bindeledd demo --port 0 --json', 'bindeledd demo --size municipality --data .data/demo'],
      async (terminal, flags) => {
        const resolved = loudness(resolveFlags(flags, settingsOf('hub')), terminal);
        const [{ runDemoCommand }, { runDemo }] = await Promise.all([import('./start.ts'), import('../demo.ts')]);
        return runDemoCommand(
          terminal,
          resolved,
          {
            size: flagText(flags, 'size') ?? '',
            flaws: flagText(flags, 'flaws') ?? '',
            seed: flagText(flags, 'seed') ?? '',
          },
          runDemo,
        );
      },
    ),
    frame,
    settingsOf('hub'),
  )
    .option(
      '--size <size>',
      say(
        'small (600 elever i fylket, 300 i kommunen, 300 studenter), county (om lag 40 000), county-full (5,7 millioner ressurser), municipality (5 000), oslo (70 000) eller university (27 000 studenter)',
        'small (600 pupils in the county, 300 in the municipality, 300 students), county (about 40,000), county-full (5.7 million entries), municipality (5,000), oslo (70,000) or university (27,000 students)',
      ),
      'small',
    )
    .option(
      '--flaws <level>',
      say('kjente feil i dataene: none, realistic eller ugly', 'known flaws in the data: none, realistic or ugly'),
      'none',
    )
    .option(
      '--seed <number>',
      say(
        'samme tall gir samme fylke, kommune og lærested',
        'the same seed makes the same county, municipality and university',
      ),
      '42',
    );
  takesSettings(
    addCommand(
      program,
      frame,
      'start',
      { nb: 'Start tjenesten', en: 'Start the hub' },
      [
        'bindeledd start --data /var/lib/bindeledd --public-url https://hub.example.test',
        'bindeledd start --config /etc/bindeledd.yaml',
      ],
      async (terminal, flags) => {
        const resolved = loudness(resolveFlags(flags, settingsOf('hub')), terminal);
        const { runStart } = await import('./start.ts');
        return runStart(terminal, resolved, async () => (await import('../compose.ts')).compose);
      },
    ),
    frame,
    settingsOf('hub'),
  );
  takesSettings(
    addCommand(
      program,
      frame,
      'doctor',
      { nb: 'Se etter det som kan hindre en start', en: 'Look for what may keep the hub from starting' },
      ['bindeledd doctor', 'bindeledd doctor --data /var/lib/bindeledd --json'],
      async (terminal, flags) => {
        const { runDoctor } = await import('./doctor.ts');
        return runDoctor(terminal, resolveFlags(flags, settingsOf('hub')));
      },
    ),
    frame,
    settingsOf('hub'),
  );
  const keys = [...settingsOf('hub'), ...settingsOf('client')];
  takesSettings(
    addCommand(
      program,
      frame,
      'config',
      {
        nb: 'Vis innstillingene som gjelder, og hvor de kom fra',
        en: 'Show the settings in force and where they came from',
      },
      ['bindeledd config', 'bindeledd config --port 9000 --json', 'bindeledd config --reference'],
      async (terminal, flags) => {
        const { runConfig } = await import('./show-config.ts');
        return runConfig(terminal, resolveFlags(flags, keys), flags['reference'] === true);
      },
    ),
    frame,
    keys,
  ).option('--reference', say('referansesiden i stedet', 'the reference page instead'));
};

const addMigrate = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  addCommand(
    program,
    frame,
    'migrate',
    {
      nb: 'Klargjør databasen for denne versjonen, som rollen som eier tabellene; bare fremover',
      en: 'Prepare the database for this version, as the role that owns the tables; forward only',
    },
    [
      'bindeledd migrate --database postgres://owner@db.example.test/bindeledd --dry-run',
      'bindeledd migrate --database postgres://owner@db.example.test/bindeledd --role bindeledd_hub',
    ],
    async (terminal, flags) =>
      (await import('./migrate.ts')).runMigrate(
        terminal,
        {
          database: flagText(flags, 'database') ?? null,
          role: flagText(flags, 'role') ?? null,
          dryRun: flags['dryRun'] === true,
        },
        readText,
        process.env,
      ),
  )
    .option(
      '--database <url>',
      say(
        'adressen som eier; med passord heller i BINDELEDD_OWNER_DATABASE_URL_FILE',
        'the address as the owner; with a password rather in BINDELEDD_OWNER_DATABASE_URL_FILE',
      ),
    )
    .option(
      '--role <name>',
      say(
        'rollen som får rettighetene tjenesten trenger; lages om den mangler [bindeledd_hub]',
        'the role that gets the rights which the hub needs; made when missing [bindeledd_hub]',
      ),
    )
    .option('--dry-run', say('vis hva som ville bli kjørt', 'show what would be run'));
};

const addCopy = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  addCommand(
    program,
    frame,
    'copy',
    {
      nb: 'Flytt alt fra en datamappe til en database, eller tilbake, og kontroller det; ingen tjeneste kan gå imens',
      en: 'Move everything from a data directory into a database, or back, and check it; no hub may run meanwhile',
    },
    [
      'bindeledd copy --from sqlite:/var/lib/bindeledd --to postgres://owner@db.example.test/bindeledd',
      'bindeledd copy --from postgres: --to sqlite:/var/lib/bindeledd --json',
    ],
    async (terminal, flags) =>
      (await import('./copy.ts')).runCopy(
        terminal,
        { from: flagText(flags, 'from') ?? '', to: flagText(flags, 'to') ?? '' },
        { readSecret: readText, environment: process.env },
      ),
  )
    .requiredOption(
      '--from <place>',
      say(
        'sqlite:MAPPE, eller postgres://… som eier; `postgres:` alene tar adressen fra BINDELEDD_OWNER_DATABASE_URL_FILE',
        'sqlite:DIRECTORY, or postgres://… as the owner; `postgres:` alone takes it from BINDELEDD_OWNER_DATABASE_URL_FILE',
      ),
    )
    .requiredOption(
      '--to <place>',
      say(
        'det samme: en tom eller ny mappe, eller en tom database som `migrate` har klargjort',
        'the same: an empty or new directory, or an empty database that `migrate` has prepared',
      ),
    );
};

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The directory of a command that works on files. */
const dataOf = async (flags: Flags, { language }: Terminal): Promise<string> => {
  const { onlyFiles } = await import('./data-place.ts');
  return onlyFiles(resolveFlags(flags, ['data']).settings, language);
};

const addSurvival = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  takesSettings(
    addCommand(
      program,
      frame,
      'backup',
      {
        nb: 'Ta en kopi av datamappen, også mens tjenesten går',
        en: 'Copy the data directory, also while the hub runs',
      },
      ['bindeledd backup --to /backup/2026-08-01 --data /var/lib/bindeledd'],
      async (terminal, flags) =>
        (await import('./backup.ts')).runBackup(terminal, await dataOf(flags, terminal), flagText(flags, 'to') ?? ''),
    ),
    frame,
    ['data'],
  ).requiredOption('--to <folder>', say('tom mappe for kopien', 'empty folder for the copy'));
  takesSettings(
    addCommand(
      program,
      frame,
      'restore',
      { nb: 'Legg en kopi tilbake som datamappe', en: 'Put a copy back as the data directory' },
      [
        'bindeledd restore --from /backup/2026-08-01 --data /var/lib/bindeledd',
        'bindeledd restore --from /backup/2026-08-01 --data /var/lib/bindeledd --move-aside',
      ],
      async (terminal, flags) =>
        (await import('./restore.ts')).runRestore(
          terminal,
          flagText(flags, 'from') ?? '',
          await dataOf(flags, terminal),
          flags['moveAside'] === true,
        ),
    ),
    frame,
    ['data'],
  )
    .requiredOption('--from <folder>', say('mappen med kopien', 'folder of the copy'))
    .option(
      '--move-aside',
      say('flytt data som er der, til en mappe ved siden av', 'move data that are there to a folder beside it'),
    );
  takesSettings(
    addCommand(
      program,
      frame,
      'drill',
      {
        nb: 'Øv på tilbakelegging: kopi, tilbakelegging i en midlertidig mappe, gjennomgang',
        en: 'Practise a restore: copy, put back in a temporary folder, look through',
      },
      ['bindeledd drill --data /var/lib/bindeledd', 'bindeledd drill --in /backup/drill --json'],
      async (terminal, flags) =>
        (await import('./drill.ts')).runDrill(terminal, {
          data: await dataOf(flags, terminal),
          model: modelFolders(flags),
          within: flagText(flags, 'in') ?? null,
        }),
    ),
    frame,
    ['data', 'model'],
  ).option('--in <folder>', say('mappe med plass til to kopier', 'folder with room for two copies'));
};

const modelFolders = (flags: Flags): readonly string[] | null => resolveFlags(flags, ['model']).settings.model;

const addModel = (program: Command, frame: Frame): void => {
  const model = addCommand(
    program,
    frame,
    'model',
    { nb: 'Informasjonsmodellen', en: 'The information model' },
    ['bindeledd model list', 'bindeledd model show Elev', 'bindeledd model check'],
    null,
  );
  const one = (
    name: string,
    nb: string,
    en: string,
    examples: readonly string[],
    work: Parameters<typeof addCommand>[5],
  ): void => {
    takesSettings(addCommand(model, frame, name, { nb, en }, examples, work), frame, ['model']);
  };
  one(
    'list [package]',
    'List pakker og klasser',
    'List packages and classes',
    ['bindeledd model list utdanning/elev'],
    async (terminal, flags, [within = null]) =>
      (await import('./models.ts')).runModelList(terminal, modelFolders(flags), within),
  );
  one(
    'show <class>',
    'Vis en klasse',
    'Show a class',
    ['bindeledd model show Elev'],
    async (terminal, flags, [name = '']) =>
      (await import('./models.ts')).runModelShow(terminal, modelFolders(flags), name),
  );
  one(
    'check',
    'Kontroller modellfilene',
    'Check the model files',
    ['bindeledd model check --model my-model'],
    async (terminal, flags) => (await import('./models.ts')).runModelCheck(terminal, modelFolders(flags)),
  );
};

const addQuality = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  callsHub(
    takesSettings(
      addCommand(
        program,
        frame,
        'quality [part]',
        {
          nb: 'Hvor godt dataene henger sammen: links, rules eller begge',
          en: 'How well the data hang together: links, rules or both',
        },
        [
          'bindeledd quality --organisation fjordheim.test',
          'bindeledd quality links --organisation fjordheim.test --collection utdanning/elev/elev --samples',
          'bindeledd quality --organisation fjordheim.test --format csv > quality.csv',
          'bindeledd quality --organisation fjordheim.test --fail-under 99.5%',
        ],
        async (terminal, flags, [part = null]) =>
          (await import('./quality.ts')).runQuality(terminal, reach(terminal, flags), {
            organisation: flagText(flags, 'organisation') ?? '',
            part,
            collection: flagText(flags, 'collection') ?? null,
            format: flagText(flags, 'format') ?? 'table',
            samples: flags['samples'] === true,
            trend: flags['trend'] === true,
            failUnder: flagText(flags, 'failUnder') ?? null,
          }),
      ),
      frame,
      ['data', 'databaseUrl', 'model'],
    ),
    frame,
  )
    .requiredOption(
      '--organisation <id>',
      say('organisasjonen som eier dataene', 'the organisation that owns the data'),
    )
    .option('--collection <path>', say('bare denne samlingen', 'this collection only'))
    .option('--format <table|json|csv|ndjson>', say('formen på svaret', 'the form of the answer'), 'table')
    .option('--samples', say('opptil 20 eksempler av hvert funn', 'up to 20 examples of each finding'))
    .option('--trend', say('de siste 30 dagene', 'the last 30 days'))
    .option(
      '--fail-under <share>',
      say('0.95 eller 95%: avslutt med 7 under dette', '0.95 or 95%: exit with 7 below this'),
    );
};

const addCalling = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  callsHub(
    addCommand(
      program,
      frame,
      'get <path>',
      {
        nb: 'Spør tjenesten; --all følger sidene og gir én oppføring per linje',
        en: 'Ask the hub; --all follows the pages and gives one entry a line',
      },
      [
        "bindeledd get '/utdanning/elev/elev?size=5' --credentials client.json",
        'bindeledd get /utdanning/elev/elev --all > elev.ndjson',
      ],
      async (terminal, flags, [path = '']) => {
        const { runGet } = await import('./get.ts');
        const size = flagText(flags, 'pageSize') ?? '';
        if (!/^[1-9]\d{0,4}$/.test(size))
          throw new CommandFailure(exitCodes.usage, `The page size ${size} is not a number from 1 to 99999.`);
        return runGet(terminal, resolveFlags(flags, settingsOf('client')).settings, path, {
          ...callOptions(flags),
          all: flags['all'] === true,
          pageSize: Number(size),
        });
      },
    ),
    frame,
  )
    .option('--all', say('følg sidene, én oppføring per linje', 'follow the pages, one entry a line'))
    .option('--page-size <number>', say('oppføringer per side med --all', 'entries per page with --all'), '1000');
};

/** Builds the program; `frame.finish` gets the exit code of the command that ran. */
export const buildProgram = (frame: Frame): Command => {
  const say = speaker(frame);
  const program = new Command('bindeledd')
    .description(
      frame.language === 'nb'
        ? 'Bindeledd: navet mellom systemene som har skoledata og dem som trenger dem'
        : 'Bindeledd: the hub between the systems that hold school data and those that need it',
    )
    .version(version(), '-V, --version', say('vis versjonen', 'show the version'))
    .helpOption('-h, --help', say('vis hjelp', 'show help'))
    .helpCommand('help [command]', say('vis hjelp til en kommando', 'show help for a command'))
    .configureHelp({ styleTitle: (title) => (frame.language === 'nb' ? (titles[title] ?? title) : title) })
    .option(
      '--config <file>',
      say(
        'innstillingsfil (bindeledd.yaml i arbeidsmappen)',
        'settings file (bindeledd.yaml in the working directory)',
      ),
    )
    .option('--json', say('svar for programmer', 'output for programs'))
    .option('--no-color', say('ingen farger', 'no colours'))
    .option('-q, --quiet', say('ingen meldinger', 'no messages'))
    .option('-v, --verbose', say('flere meldinger', 'more messages'))
    .option('--lang <nb|en>', say('språket i tekstene', 'language of texts'))
    .addHelpText(
      'before',
      `${frame.language === 'nb' ? 'Eksempler' : 'Examples'}:\n  bindeledd demo\n  bindeledd start --data /var/lib/bindeledd\n  bindeledd get '/utdanning/elev/elev?size=5' --credentials client.json\n`,
    )
    .addHelpText('after', exitTable(frame.language))
    .showSuggestionAfterError(true)
    .exitOverride();
  addRunning(program, frame);
  addMigrate(program, frame);
  addCopy(program, frame);
  addSurvival(program, frame);
  addModel(program, frame);
  addCatalogueCommands(program, frame);
  addOrganisationCommands(program, frame);
  addApplicationCommands(program, frame);
  addGrantCommands(program, frame);
  addLinkCommands(program, frame);
  addDocumentCommands(program, frame);
  addMessageCommands(program, frame);
  addAgreementCommands(program, frame);
  const access = addAccessCommands(program, frame);
  addAccessOverviewCommands(access, frame);
  addAccessForCommand(access, frame);
  addDelegationCommands(program, frame);
  addKeyCommands(program, frame);
  addSyncCommands(program, frame);
  addImportCommands(program, frame);
  addEventCommands(program, frame);
  addExportCommands(program, frame);
  addErasureCommands(program, frame);
  addExplainCommand(program, frame);
  addAuditCommands(program, frame);
  addTokenCommand(program, frame);
  addQuality(program, frame);
  addCalling(program, frame);
  return program;
};

/** Runs a command line (without node and script) to its end and gives the exit code. Says what went wrong on stderr; throws nothing. */
export const runProgram = async (words: readonly string[]): Promise<ExitCode> => {
  const chosen = words[words.indexOf('--lang') + 1];
  const language = languageFrom(words.includes('--lang') ? chosen : undefined, process.env);
  let exit: ExitCode = exitCodes.ok;
  const program = buildProgram({ language, finish: (code) => (exit = code) });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exit;
  } catch (error) {
    return explain(error, processTerminal(program.opts()));
  }
};

const explain = (error: unknown, terminal: Terminal): ExitCode => {
  // Commander has said what was wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const failure = error instanceof HubError ? failureOf(error.problem) : error instanceof CommandFailure ? error : null;
  if (failure === null) {
    terminal.fail(
      terminal.red(error instanceof Error && terminal.verbose ? (error.stack ?? error.message) : String(error)),
    );
    return exitCodes.unexpected;
  }
  const { code, message, hint, requestId, exit } = failure;
  if (terminal.json) terminal.fail(JSON.stringify({ error: { code, message, hint, requestId, exit } }));
  else {
    terminal.fail(terminal.red(code === null ? message : `${code} ${message}`));
    if (hint !== null) terminal.fail(hint);
    if (requestId !== null) terminal.fail(terminal.dim(`request ${requestId}`));
  }
  return exit;
};
