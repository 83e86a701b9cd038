// `bindeledd link`: wires the commands that let applications in to flags and prints what they give. Called by program.ts.
import type { Command } from 'commander';
import { addCommand, flagText, speaker, type Flags, type Frame } from './command-frame.ts';
import { clearances } from './grant.ts';
import { endLink, explainLink, giveLink, listLinks, setLink, type LinkArgs } from './link.ts';
import { administers, flagList } from './through-door.ts';

const linkArgs = (flags: Flags): LinkArgs => ({
  scopes: flagList(flags, 'scope'),
  schools: flagList(flags, 'school'),
  agreement: flagText(flags, 'agreement'),
  from: flagText(flags, 'from'),
  to: flagText(flags, 'to'),
  purpose: flagText(flags, 'purpose'),
  clearance: flagText(flags, 'clearance'),
  reason: flagText(flags, 'reason'),
});

const takesTerms = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return command
    .option('--scope <scope...>', say('omfangene, som vfs:pupils.read', 'the scopes, such as vfs:pupils.read'))
    .option(
      '--school <id...>',
      say('bare disse skolene (systemId); all for alle', 'only these schools (systemId); all for every one'),
    )
    .option('--agreement <reference>', say('avtalen den bygger på', 'the agreement that it rests on'))
    .option('--from <date>', say('avtalens første dag i Norge', 'first day of the agreement in Norway'))
    .option('--to <date>', say('avtalens siste dag i Norge', 'last day of the agreement in Norway'))
    .option('--purpose <text>', say('hvorfor; står i revisjonsloggen', 'why; stands in the audit'))
    .option(
      `--clearance <${clearances.join('|')}>`,
      say(
        'hvor sterkt beskyttede personer som vises; krever --reason',
        'how highly protected persons it shows; needs --reason',
      ),
    )
    .option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));
};

/** Adds `link`. */
export const addLinkCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const give =
    'bindeledd link give --app client-1 --org tindvag.test --scope vfs:pupils.read --agreement DBA-2026-17 --purpose Timetables';
  const link = addCommand(
    program,
    frame,
    'link',
    { nb: 'Applikasjonene organisasjoner slipper inn', en: 'The applications that organisations let in' },
    [give, 'bindeledd link list'],
    null,
  );
  const given = administers(
    link,
    frame,
    'give',
    { nb: 'Slipp en applikasjon inn', en: 'Let an application in' },
    [give],
    (door, flags) =>
      giveLink(door, {
        ...linkArgs(flags),
        application: flagText(flags, 'app') ?? '',
        organisation: flagText(flags, 'org') ?? '',
      }),
  )
    .requiredOption('--app <id>', say('applikasjonen som slippes inn', 'the application that is let in'))
    .requiredOption('--org <id>', say('organisasjonen som eier dataene', 'the organisation that owns the data'));
  takesTerms(given, frame);
  administers(
    link,
    frame,
    'list',
    { nb: 'List applikasjonene som er sluppet inn', en: 'List the applications that are let in' },
    ['bindeledd link list --org tindvag.test --all'],
    (door, flags) =>
      listLinks(door, {
        application: flagText(flags, 'app'),
        organisation: flagText(flags, 'org'),
        all: flags['all'] === true,
      }),
  )
    .option('--app <id>', say('bare denne applikasjonens', 'only those of this application'))
    .option('--org <id>', say('bare denne organisasjonens', 'only those of this organisation'))
    .option('--all', say('også de som er avsluttet', 'also those that have ended'));
  administers(
    link,
    frame,
    'explain <id>',
    { nb: 'Vis hva applikasjonen kan se', en: 'Show what the application can see' },
    ['bindeledd link explain link-1'],
    (door, _flags, [id = '']) => explainLink(door, id),
  );
  const set = administers(
    link,
    frame,
    'set <id>',
    { nb: 'Endre det som er nevnt, og la resten stå', en: 'Change what is named and leave the rest' },
    ['bindeledd link set link-1 --school all'],
    (door, flags, [id = '']) => setLink(door, id, linkArgs(flags)),
  );
  takesTerms(set, frame);
  administers(
    link,
    frame,
    'end <id>',
    { nb: 'Steng applikasjonen ute nå', en: 'Shut the application out now' },
    ['bindeledd link end link-1'],
    (door, flags, [id = '']) => endLink(door, id, flagText(flags, 'reason')),
  ).option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));
};
