// `bindeledd catalogue`: wires the commands of the catalogue to flags. Called by program.ts. To add one, add a function to `parts`.
import type { Command } from 'commander';
import { addCommand, flagText, speaker, type Frame } from './command-frame.ts';
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

const parts: readonly Part[] = [addCalendar];

/** Adds `catalogue`. */
export const addCatalogueCommands = (program: Command, frame: Frame): void => {
  const catalogue = addCommand(
    program,
    frame,
    'catalogue',
    { nb: 'API-katalogen: hva hvert API lover', en: 'The API catalogue: what each API promises' },
    ['bindeledd catalogue calendar'],
    null,
  );
  for (const add of parts) add(catalogue, frame);
};
