// `bindeledd sync|events|adapter`: wires the commands about deliveries and events to flags. Called by program.ts.
import type { Command } from 'commander';
import type { Result } from '#base/result.ts';
import { addCommand, flagText, speaker, takesSettings, type Flags, type Frame } from './command-frame.ts';
import type { CommandOutput } from './command.ts';
import { adapterStatus, listEvents, showEvent } from './events.ts';
import { exitCodes } from './exit-codes.ts';
import { decideSync, syncStatus, type SyncAsker } from './sync.ts';
import { CommandFailure, type Words } from './terminal.ts';
import { administers, callsHub, throughDoor } from './through-door.ts';

/** Adds `sync`. */
export const addSyncCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const corrId = '7d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a';
  const sync = addCommand(
    program,
    frame,
    'sync',
    { nb: 'Synkroniseringer', en: 'Sync runs' },
    [
      'bindeledd sync status --credentials adapter.json',
      `bindeledd sync confirm ${corrId} --credentials admin.json --reason "The school was closed"`,
    ],
    null,
  );
  const one = (
    name: string,
    words: Words,
    example: string,
    work: (asker: SyncAsker, flags: Flags, corrId: string | null) => Promise<Result<CommandOutput>>,
  ): Command =>
    callsHub(
      takesSettings(
        addCommand(sync, frame, name, words, [example], (terminal, flags, [id = null]) =>
          throughDoor(terminal, flags, async (door, client) => {
            const as = client !== null && (await client.kind()) !== 'admin' ? 'adapter' : 'admin';
            const asker: SyncAsker = { door, as, organisation: flagText(flags, 'org'), language: terminal.language };
            return work(asker, flags, id);
          }),
        ),
        frame,
        ['data', 'environment'],
      ),
      frame,
    ).option('--org <id>', say('organisasjonen, for en administrator', 'the organisation, for an administrator'));
  one(
    'status [corrId]',
    { nb: 'De siste synkroniseringene, eller alt om én', en: 'The latest sync runs, or everything about one' },
    'bindeledd sync status --credentials adapter.json',
    (asker, _flags, id) => syncStatus(asker, id),
  );
  const decisions = [
    ['confirm', 'Bekreft en synkronisering som holdes tilbake', 'Confirm a run that is held back'],
    ['reject', 'Forkast en synkronisering som holdes tilbake', 'Reject a run that is held back'],
  ] as const;
  for (const [decision, nb, en] of decisions)
    one(
      `${decision} <corrId>`,
      { nb, en },
      `bindeledd sync ${decision} ${corrId} --credentials adapter.json`,
      (asker, flags, id) => decideSync(asker, id ?? '', decision, flagText(flags, 'reason')),
    ).option(
      '--reason <text>',
      say(
        'begrunnelse, for en administrator; står i revisjonsloggen',
        'why, for an administrator; stands in the audit',
      ),
    );
};

/** Adds `events` and `adapter`. */
export const addEventCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const organisation = (command: Command): Command =>
    command.option('--org <id>', say('organisasjonen', 'the organisation'));
  const events = addCommand(
    program,
    frame,
    'events',
    { nb: 'Skriving og direkte lesing som adaptere svarer på', en: 'Writes and live reads that adapters answer' },
    ['bindeledd events list --org fjordheim.test', 'bindeledd events show 1f5b4c56-8a2b-4f4e-9d6c-7b8a7d0c9c1e'],
    null,
  );
  organisation(
    administers(
      events,
      frame,
      'list',
      { nb: 'De siste hendelsene, de mislykkede først', en: 'The latest events, those that failed first' },
      ['bindeledd events list --state failed-any --json'],
      (door, flags) => {
        const limit = flagText(flags, 'limit') ?? '';
        if (!/^[1-9]\d{0,4}$/.test(limit))
          throw new CommandFailure(exitCodes.usage, `The limit ${limit} is not a number from 1 to 99999.`);
        return listEvents(
          door,
          {
            organisation: flagText(flags, 'org'),
            state: flagText(flags, 'state'),
            order: flagText(flags, 'order'),
            collection: flagText(flags, 'collection'),
            client: flagText(flags, 'client'),
            most: Number(limit),
          },
          frame.language,
        );
      },
    ),
  )
    .option(
      '--state <state>',
      say(
        'waiting, accepted, rejected, conflict, failed, expired eller failed-any',
        'waiting, accepted, rejected, conflict, failed, expired or failed-any',
      ),
    )
    .option('--order <order>', say('failed-first eller newest', 'failed-first or newest'))
    .option('--collection <path>', say('bare denne samlingen', 'only this collection'))
    .option('--client <id>', say('bare denne applikasjonen', 'only this application'))
    .option('--limit <number>', say('hvor mange', 'how many'), '50');
  organisation(
    administers(
      events,
      frame,
      'show <id>',
      { nb: 'Alt om én hendelse', en: 'Everything about one event' },
      ['bindeledd events show 1f5b4c56-8a2b-4f4e-9d6c-7b8a7d0c9c1e'],
      (door, flags, [id = '']) => showEvent(door, flagText(flags, 'org'), id),
    ),
  );
  const adapter = addCommand(
    program,
    frame,
    'adapter',
    { nb: 'Adapterne som leverer', en: 'The adapters that deliver' },
    ['bindeledd adapter status --org fjordheim.test'],
    null,
  );
  organisation(
    administers(
      adapter,
      frame,
      'status',
      { nb: 'Om adapterne holder det de har lovet', en: 'Whether the adapters keep what they promised' },
      ['bindeledd adapter status --credentials admin.json'],
      (door, flags) => adapterStatus(door, flagText(flags, 'org'), frame.language),
    ),
  );
};
