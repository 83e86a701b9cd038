// `bindeledd catalogue`: wires the commands of the catalogue to flags. Called by program.ts. To add one, add a function to `parts`.
import type { Command } from 'commander';
import type { SettingKey } from '#config/settings.ts';
import { addChangeCommands } from './change-commands.ts';
import { addPromotionCommands } from './promotion-commands.ts';
import { addCommand, flagText, resolveFlags, speaker, takesSettings, type Frame } from './command-frame.ts';
import { failureOf } from './terminal.ts';

/** Adds commands under `bindeledd catalogue`. */
type Part = (catalogue: Command, frame: Frame) => void;

const addCalendar: Part = (catalogue, frame) => {
  const say = speaker(frame);
  addCommand(
    catalogue,
    frame,
    'calendar',
    {
      nb: 'Vis hovedversjonene, og når det som varsles tidligst kan endres',
      en: 'Show the main versions, and when what is announced may change at the earliest',
    },
    [
      'bindeledd catalogue calendar',
      'bindeledd catalogue calendar --announced 2027-03-30 --json',
      'bindeledd catalogue calendar --ics > catalogue.ics',
    ],
    async (terminal, flags) => {
      const [{ runCatalogueCalendar }, { loadCatalogue }, { systemClock }] = await Promise.all([
        import('./catalogue-calendar.ts'),
        import('../bundled-catalogue.ts'),
        import('#base/clock.ts'),
      ]);
      const catalogueRead = loadCatalogue();
      if (!catalogueRead.ok) throw failureOf(catalogueRead.problem);
      return runCatalogueCalendar(terminal, catalogueRead.value, {
        announced: flagText(flags, 'announced') ?? null,
        ics: flags['ics'] === true,
        now: systemClock.now(),
      });
    },
  )
    .option(
      '--announced <when>',
      say(
        'dag (slutten av den teller) eller tidspunkt med sone for varselet [nå]',
        'day (its end counts) or moment with its zone of the announcement [now]',
      ),
    )
    .option('--ics', say('som kalender (iCalendar)', 'as a calendar (iCalendar)'));
};

const addCheck: Part = (catalogue, frame) => {
  const say = speaker(frame);
  takesSettings(
    addCommand(
      catalogue,
      frame,
      'check',
      {
        nb: 'Hold API-ene slik de er nå, opp mot en utgivelse; avslutt med 6 der en kontrakt ville bli brutt',
        en: 'Hold the APIs as they are now against a release; exit with 6 where a contract would be broken',
      },
      [
        'bindeledd catalogue check --against newest',
        'bindeledd catalogue check --against 1 --on 2028-03-31 --json',
        'bindeledd catalogue check --against newest --data /var/lib/bindeledd',
      ],
      async (terminal, flags) =>
        (await import('./catalogue-check.ts')).runCatalogueCheck(terminal, resolveFlags(flags, compared), {
          against: flagText(flags, 'against') ?? '',
          releases: flagText(flags, 'releases') ?? null,
          announcements: flagText(flags, 'announcements') ?? null,
          on: flagText(flags, 'on') ?? null,
        }),
    ),
    frame,
    compared,
  )
    .requiredOption(
      '--against <release>',
      say('nummeret på utgivelsen, eller newest', 'number of the release, or newest'),
    )
    .option('--on <day>', say('dagen det skal slippes [nå]', 'the day on which it shall be released [now]'))
    .option(
      '--announcements <file>',
      say('varslede endringer fra en tjeneste, som JSON', 'changes announced in a hub, as JSON'),
    )
    .option('--releases <folder>', releasesFolder(frame));
};

// With --data or --database-url it looks at what was announced there, and at who uses what.
const compared: readonly SettingKey[] = ['data', 'databaseUrl', 'environment', 'model'];

const releasesFolder = (frame: Frame): string =>
  speaker(frame)('mappen med utgivelsene [de som følger med]', 'the folder of releases [those that come with the hub]');

const addRelease: Part = (catalogue, frame) => {
  takesSettings(
    addCommand(
      catalogue,
      frame,
      'release <number>',
      {
        nb: 'Ta vare på hvordan hvert API er nå, som en utgivelse av katalogen',
        en: 'Keep how each API is now as a release of the catalogue',
      },
      ['bindeledd catalogue release 1', 'bindeledd catalogue release 1 --on 2027-03-31 --releases catalogue/releases'],
      async (terminal, flags, [version = '']) =>
        (await import('./catalogue-release.ts')).runCatalogueRelease(terminal, resolveFlags(flags, ['model']), {
          version,
          on: flagText(flags, 'on') ?? null,
          releases: flagText(flags, 'releases') ?? null,
        }),
    ),
    frame,
    ['model'],
  )
    .option('--on <day>', speaker(frame)('dagen for utgivelsen [i dag]', 'the day of the release [today]'))
    .option('--releases <folder>', releasesFolder(frame));
};

const parts: readonly Part[] = [addCalendar, addCheck, addRelease, addChangeCommands, addPromotionCommands];

/** Adds `catalogue`. */
export const addCatalogueCommands = (program: Command, frame: Frame): void => {
  const catalogue = addCommand(
    program,
    frame,
    'catalogue',
    { nb: 'API-katalogen: hva hvert API lover', en: 'The API catalogue: what each API promises' },
    ['bindeledd catalogue calendar', 'bindeledd catalogue check --against newest'],
    null,
  );
  for (const add of parts) add(catalogue, frame);
};
