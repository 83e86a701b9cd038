// `bindeledd export`: wires the commands about files for learning platforms to flags. Called by program.ts.
import type { Command } from 'commander';
import type { Result } from '#base/result.ts';
import { addCommand, flagText, resolveFlags, settingsOf, speaker, type Flags, type Frame } from './command-frame.ts';
import type { CommandOutput } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import {
  decideExport,
  exportSettings,
  listExports,
  listSchedules,
  listTargets,
  putSchedule,
  removeSchedule,
  showExport,
  type ExportPlace,
  type ScheduleArgs,
} from './export.ts';
import { createHubClient } from './hub-client.ts';
import { CommandFailure, type Words } from './terminal.ts';
import { administers, callOptions, callsHub, flagList } from './through-door.ts';

const formats = [
  ['pifu', 'PIFU-IMS 1.3, 1.2 eller 1.1', 'PIFU-IMS 1.3, 1.2 or 1.1'],
  ['ims', 'IMS Enterprise 1.1, også for Moodle og itslearning', 'IMS Enterprise 1.1, for Moodle and itslearning too'],
  ['abc', 'ABC Enterprise', 'ABC Enterprise'],
] as const;

const run = 'Vf3kP0aQx9TzR1uW';

const reportForm = (flags: Flags): 'text' | 'json' | null => {
  const form = flagText(flags, 'report') ?? null;
  if (form === null || form === 'text' || form === 'json') return form;
  throw new CommandFailure(exitCodes.usage, `The report ${form} is not text or json.`);
};

const addFormats = (parent: Command, frame: Frame): void => {
  const say = speaker(frame);
  for (const [format, nb, en] of formats)
    callsHub(
      addCommand(
        parent,
        frame,
        format,
        { nb: `Hent en fil som ${nb}`, en: `Get a file as ${en}` },
        [
          `bindeledd export ${format} --out ${format}.xml --credentials client.json`,
          `bindeledd export ${format} --tenant-id tindvag.test --gzip --out - > ${format}.xml.gz`,
        ],
        async (terminal, flags) => {
          const { runExportFile } = await import('./export-file.ts');
          const { settings } = resolveFlags(flags, settingsOf('client'));
          const options = { ...callOptions(flags), tenant: flagText(flags, 'tenantId') ?? null };
          return runExportFile(terminal, createHubClient(settings, options, terminal.language), {
            format,
            profile: flagText(flags, 'profile'),
            type: flagText(flags, 'type'),
            since: flagText(flags, 'since'),
            schools: flagList(flags, 'school'),
            schoolYear: flagText(flags, 'schoolYear'),
            out: flagText(flags, 'out') ?? '-',
            gzip: flags['gzip'] === true,
            report: reportForm(flags),
          });
        },
      ),
      frame,
    )
      .option('--profile <name>', say('utgaven av formatet', 'the edition of the format'))
      .option('--type <full|delta>', say('alt, eller det som er endret', 'everything, or what has changed'))
      .option(
        '--since <position>',
        say('posisjonen fra en tidligere fil, for delta', 'the position of an earlier file, for a delta'),
      )
      .option('--school <id...>', say('bare disse skolene (id i API-et)', 'only these schools (ids of the API)'))
      .option('--school-year <year>', say('skoleåret, som 2026/2027', 'the school year, such as 2026/2027'))
      .option('--out <file>', say('filen; - for stdout', 'the file; - for stdout'), '-')
      .option('--gzip', say('komprimer filen', 'compress the file'))
      .option('--report <text|json>', say('vis også rapporten', 'show the report too'))
      .option(
        '--tenant-id <id>',
        say(
          'organisasjonen som har sluppet applikasjonen inn, som UUID eller id',
          'the organisation that has let the application in, as UUID or id',
        ),
      );
};

type ExportWork = (place: ExportPlace, flags: Flags, words: readonly string[]) => Promise<Result<CommandOutput>>;

/** Adds a command of owners. */
const owns = (
  parent: Command,
  frame: Frame,
  name: string,
  words: Words,
  examples: readonly string[],
  work: ExportWork,
): Command =>
  administers(parent, frame, name, words, examples, (door, flags, given) =>
    work({ door, organisation: flagText(flags, 'org'), language: frame.language }, flags, given),
  ).option('--org <id>', speaker(frame)('organisasjonen som eier dataene', 'the organisation that owns the data'));

const reasonWords = ['begrunnelse; står i revisjonsloggen', 'why; stands in the audit'] as const;

const addRuns = (parent: Command, frame: Frame): void => {
  const say = speaker(frame);
  owns(
    parent,
    frame,
    'list',
    { nb: 'Eksportene til alle applikasjoner', en: 'The exports of all applications' },
    ['bindeledd export list --org tindvag.test --state held --credentials admin.json'],
    (place, flags) => listExports(place, { application: flagText(flags, 'app'), state: flagText(flags, 'state') }),
  )
    .option('--app <id>', say('bare denne applikasjonen', 'only this application'))
    .option(
      '--state <state>',
      say(
        'queued, running, held, ready, failed, rejected, cancelled eller expired',
        'queued, running, held, ready, failed, rejected, cancelled or expired',
      ),
    );
  owns(
    parent,
    frame,
    'show <id>',
    {
      nb: 'Rapporten: hva som er med, hva som ikke er det, og hvorfor',
      en: 'The report: what is in it, what is not, and why',
    },
    [`bindeledd export show ${run} --credentials admin.json`],
    (place, _flags, [id = '']) => showExport(place, id),
  );
  const decisions = [
    ['confirm', 'Gi ut en fil som holdes tilbake', 'Let a held file out'],
    ['reject', 'Forkast en fil som holdes tilbake', 'Reject a held file'],
    ['cancel', 'Stopp en eksport som venter eller lages', 'Stop an export that waits or is being made'],
  ] as const;
  for (const [decision, nb, en] of decisions)
    owns(
      parent,
      frame,
      `${decision} <id>`,
      { nb, en },
      [`bindeledd export ${decision} ${run} --credentials admin.json --reason "The school was closed"`],
      (place, flags, [id = '']) => decideExport(place, id, decision, flagText(flags, 'reason')),
    ).option('--reason <text>', say(...reasonWords));
  owns(
    parent,
    frame,
    'settings <app>',
    {
      nb: 'Vis eller endre hvordan filer lages for en applikasjon',
      en: 'Show or change how files are made for an application',
    },
    [
      'bindeledd export settings lms --credentials admin.json',
      'bindeledd export settings lms --profile pifu-ims-1.1 ims-1.1-moodle --drop-guard 10% --credentials admin.json',
    ],
    (place, flags, [application = '']) =>
      exportSettings(place, application, {
        profiles: flagList(flags, 'profile'),
        source: flagText(flags, 'source'),
        target: flagText(flags, 'target'),
        dropGuard: flagText(flags, 'dropGuard'),
        reason: flagText(flags, 'reason'),
      }),
  )
    .option(
      '--profile <name...>',
      say('utgaven av et format; pifu= tar den bort', 'the edition of a format; pifu= takes it away'),
    )
    .option(
      '--source <name>',
      say('hva filene kaller kilden; tom for den vanlige', 'what files call the source; empty for the usual'),
    )
    .option('--target <name>', say('hva filene kaller mottakeren', 'what files call the target'))
    .option(
      '--drop-guard <share>',
      say(
        'andelen medlemskap en fil kan ta bort ubekreftet, 0.05 eller 5%',
        'the share of memberships that a file may take away unconfirmed, 0.05 or 5%',
      ),
    )
    .option('--reason <text>', say(...reasonWords));
};

const scheduleArgs = (flags: Flags): ScheduleArgs => ({
  application: flagText(flags, 'app'),
  format: flagText(flags, 'format'),
  profile: flagText(flags, 'profile'),
  type: flagText(flags, 'type'),
  schools: flagList(flags, 'school'),
  at: flagText(flags, 'at'),
  days: flagList(flags, 'day'),
  target: flagText(flags, 'target'),
  fileName: flagText(flags, 'fileName'),
  reason: flagText(flags, 'reason'),
});

const takesSchedule = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return command
    .option('--app <id>', say('applikasjonen filen er for', 'the application that the file is for'))
    .option('--format <pifu|ims|abc>', say('formatet', 'the format'))
    .option('--profile <name>', say('utgaven av formatet', 'the edition of the format'))
    .option('--type <full|delta>', say('alt, eller det som er endret', 'everything, or what has changed'))
    .option('--school <id...>', say('bare disse skolene; all for alle', 'only these schools; all for every one'))
    .option('--at <HH:MM>', say('klokkeslettet i Norge', 'the time of day in Norway'))
    .option(
      '--day <day...>',
      say('mon, tue, wed, thu, fri, sat, sun; ellers alle', 'mon, tue, wed, thu, fri, sat, sun; else all'),
    )
    .option('--target <name>', say('leveringsstedet', 'the target'))
    .option('--file-name <name>', say('hva filen heter der', 'what the file is called there'))
    .option('--reason <text>', say(...reasonWords));
};

const addSchedules = (parent: Command, frame: Frame): void => {
  const say = speaker(frame);
  const add = 'bindeledd export schedule add --app lms --format pifu --at 02:30 --target lms --credentials admin.json';
  const schedule = addCommand(
    parent,
    frame,
    'schedule',
    { nb: 'Filer som lages av seg selv og leveres', en: 'Files that are made by themselves and brought to a place' },
    [add, 'bindeledd export schedule list --credentials admin.json'],
    null,
  );
  owns(
    schedule,
    frame,
    'list',
    { nb: 'List tidsplanene', en: 'List the schedules' },
    ['bindeledd export schedule list --credentials admin.json'],
    (place) => listSchedules(place),
  );
  owns(
    schedule,
    frame,
    'targets',
    { nb: 'List leveringsstedene', en: 'List the targets' },
    ['bindeledd export schedule targets --credentials admin.json'],
    (place) => listTargets(place),
  );
  takesSchedule(
    owns(schedule, frame, 'add', { nb: 'Legg til en tidsplan', en: 'Add a schedule' }, [add], (place, flags) =>
      putSchedule(place, null, scheduleArgs(flags)),
    ),
    frame,
  );
  takesSchedule(
    owns(
      schedule,
      frame,
      'set <id>',
      { nb: 'Endre det som er nevnt, og la resten stå', en: 'Change what is named and leave the rest' },
      ['bindeledd export schedule set sch-1 --at 03:15 --credentials admin.json'],
      (place, flags, [id = '']) => putSchedule(place, id, scheduleArgs(flags)),
    ),
    frame,
  );
  owns(
    schedule,
    frame,
    'remove <id>',
    { nb: 'Ta bort en tidsplan', en: 'Remove a schedule' },
    ['bindeledd export schedule remove sch-1 --credentials admin.json'],
    (place, flags, [id = '']) => removeSchedule(place, id, flagText(flags, 'reason')),
  ).option('--reason <text>', say(...reasonWords));
};

/** Adds `export`. */
export const addExportCommands = (program: Command, frame: Frame): void => {
  const parent = addCommand(
    program,
    frame,
    'export',
    {
      nb: 'Filer for læringsplattformer og identitetssystemer',
      en: 'Files for learning platforms and identity systems',
    },
    [
      'bindeledd export pifu --out pifu.xml --credentials client.json',
      'bindeledd export list --credentials admin.json',
    ],
    null,
  );
  addFormats(parent, frame);
  addRuns(parent, frame);
  addSchedules(parent, frame);
};
