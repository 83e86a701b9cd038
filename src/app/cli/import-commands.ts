// `bindeledd import pifu`: wires the command to flags. Called by program.ts.
import type { Command } from 'commander';
import { addCommand, flagText, resolveFlags, settingsOf, speaker, type Frame } from './command-frame.ts';
import { splitList } from './command.ts';
import { callOptions, callsHub, flagList } from './through-door.ts';

/** Adds `import`. */
export const addImportCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const group = addCommand(
    program,
    frame,
    'import',
    { nb: 'Ta inn filer fra andre systemer', en: 'Take in files of other systems' },
    ['bindeledd import pifu skole.xml --credentials adapter.json'],
    null,
  );
  callsHub(
    addCommand(
      group,
      frame,
      'pifu <file>',
      {
        nb: 'Lever en PIFU-IMS-fil (0.9 til 1.3, full, delta eller event) som en adapter; - er standard inn',
        en: 'Deliver a PIFU-IMS file (0.9 to 1.3; full, delta or event) as an adapter does; - is standard input',
      },
      [
        'bindeledd import pifu skole.xml --dry-run',
        'bindeledd import pifu skole.xml --credentials adapter.json',
        'gunzip -c skole.xml.gz | bindeledd import pifu - --credentials adapter.json',
      ],
      async (terminal, flags, [file = '-']) => {
        const { inputOf, runImportPifu } = await import('./import-pifu.ts');
        return runImportPifu(
          terminal,
          resolveFlags(flags, settingsOf('client')).settings,
          {
            ...callOptions(flags),
            file,
            dryRun: flags['dryRun'] === true,
            strict: flags['strict'] === true,
            delta: flags['delta'] === true,
            fullAnyway: flags['fullAnyway'] === true,
            key: flagText(flags, 'key') ?? null,
            source: flagText(flags, 'source') ?? null,
            without: splitList(flagList(flags, 'without') ?? []),
            remember: flagText(flags, 'remember') ?? null,
          },
          inputOf(file),
        );
      },
    ),
    frame,
  )
    .option('--dry-run', say('bare fortell hva filen gir', 'only tell what the file gives'))
    .option(
      '--strict',
      say('lever ingenting når noe holdes tilbake', 'deliver nothing when anything of the file is kept back'),
    )
    .option('--delta', say('lever en full fil uten å fjerne noe', 'deliver a full file without removing anything'))
    .option(
      '--full-anyway',
      say(
        'fjern det som ikke står i filen, også når noe av den holdes tilbake',
        'remove what the file does not hold, even when something of it is kept back',
      ),
    )
    .option(
      '--key <file>',
      say(
        'fil med nøkkelen som gjør id-er med fødselsnummer uleselige; lages første gang',
        'file of the key that makes ids with national ids unreadable; made the first time',
      ),
    )
    .option(
      '--source <name>',
      say('navnet i id-ene i stedet for kilden i filen', 'the name in ids instead of the source of the file'),
    )
    .option(
      '--without <path...>',
      say(
        'samlinger eller pakker som en annen kilde eier, og som ikke leveres',
        'collections or packages that another source owns, and that are not delivered',
      ),
    )
    .option(
      '--remember <file>',
      say(
        'fil der gruppene huskes, så deltaer som bare nevner dem kan leses',
        'file in which groups are remembered, so that deltas which only name them can be read',
      ),
    );
};
