// `bindeledd access overview|confirm|export|import`: wires the commands by which owners look after what they have given to flags and prints what they give.
// Called by access-commands.ts.
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { limits } from '#base/limits.ts';
import { exportAccess, importAccess } from './access-file.ts';
import { accessOverview, confirmAccess } from './access-overview.ts';
import { flagText, speaker, type Frame } from './command-frame.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure } from './terminal.ts';
import { administers } from './through-door.ts';

/** The text of a file, `-` for the standard input. */
const readText = async (name: string): Promise<string> => {
  let text: string;
  try {
    text = name === '-' ? await readAll(process.stdin) : readFileSync(name, 'utf8');
  } catch {
    throw new CommandFailure(exitCodes.usage, `The file ${name} cannot be read.`, {
      hint: 'It is one that `bindeledd access export` has made.',
    });
  }
  if (Buffer.byteLength(text) <= limits.bodyBytes) return text;
  throw new CommandFailure(exitCodes.usage, `The file ${name} is longer than ${limits.bodyBytes} bytes.`);
};

/** Adds them to `access`. */
export const addAccessOverviewCommands = (access: Command, frame: Frame): void => {
  const say = speaker(frame);
  const owner = say('organisasjonen som eier dataene', 'the organisation that owns the data');
  const why = say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit');
  administers(
    access,
    frame,
    'overview',
    {
      nb: 'Vis hvem som har hva, når det sist ble brukt, og hva som bør sees på',
      en: 'Show who has what, when it was last used, and what to look at',
    },
    ['bindeledd access overview --org fjordheim.test', 'bindeledd access overview --reminders'],
    (door, flags) =>
      accessOverview(door, {
        organisation: flagText(flags, 'org'),
        application: flagText(flags, 'app'),
        reminders: flags['reminders'] === true,
      }),
  )
    .option('--org <id>', owner)
    .option('--app <id>', say('bare det denne applikasjonen har', 'only what this application has'))
    .option('--reminders', say('bare det som bør sees på', 'only what there is something to look at of'));
  administers(
    access,
    frame,
    'confirm <kind> <id>',
    { nb: 'Si at det som er gitt, fortsatt trengs', en: 'Say that something that was given is still needed' },
    ['bindeledd access confirm link link-1'],
    (door, flags, [kind = '', id = '']) =>
      confirmAccess(door, { organisation: flagText(flags, 'org'), kind, id, reason: flagText(flags, 'reason') }),
  )
    .option('--org <id>', owner)
    .option('--reason <text>', why);
  administers(
    access,
    frame,
    'export',
    { nb: 'Skriv ut alt eieren har gitt, som YAML', en: 'Print all that the owner has given, as YAML' },
    ['bindeledd access export --org fjordheim.test > access.yaml'],
    (door, flags) => exportAccess(door, flagText(flags, 'org')),
  ).option('--org <id>', owner);
  administers(
    access,
    frame,
    'import <file>',
    { nb: 'Gi det en slik fil sier', en: 'Give what such a file says' },
    [
      'bindeledd access import access.yaml --dry-run',
      'bindeledd access import access.yaml --prune --reason "New school year"',
    ],
    async (door, flags, [file = '']) =>
      importAccess(door, {
        text: await readText(file),
        prune: flags['prune'] === true,
        dryRun: flags['dryRun'] === true,
        reason: flagText(flags, 'reason'),
      }),
  )
    .option('--dry-run', say('vis bare hva som ville blitt gjort', 'only show what would be done'))
    .option('--prune', say('avslutt også det filen ikke har', 'end what the file does not have, too'))
    .option('--reason <text>', why);
};
