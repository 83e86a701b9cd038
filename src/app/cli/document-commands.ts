// `bindeledd document`: wires the commands about the documents of applications to flags. Called by program.ts.
import type { Command } from 'commander';
import { addCommand, flagText, speaker, type Frame } from './command-frame.ts';
import { listDocuments, registerDocument, removeDocument } from './document.ts';
import { administers, flagList } from './through-door.ts';

/** Adds `document`. */
export const addDocumentCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const registering =
    'bindeledd document register courses.graphql --app client-1 --api fs-graphql --name "Course names"';
  const documents = addCommand(
    program,
    frame,
    'document',
    {
      nb: 'GraphQL-spørringer applikasjoner har registrert, som prøves før noe endres',
      en: 'GraphQL documents that applications have registered, which are tried before something changes',
    },
    [registering, 'bindeledd document list --app client-1'],
    null,
  );
  const application = (command: Command): Command =>
    command.requiredOption('--app <id>', say('applikasjonen som sender dem', 'the application that sends them'));
  const why = (command: Command): Command =>
    command.option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));
  why(
    application(
      administers(
        documents,
        frame,
        'register <file>',
        {
          nb: 'Registrer spørringen i en fil, eller bytt ut den som heter det samme',
          en: 'Register the document in a file, or put it in the place of the one of its name',
        },
        [registering],
        (door, flags, [file = '']) =>
          registerDocument(door, flagText(flags, 'app') ?? '', file, {
            api: flagText(flags, 'api') ?? '',
            name: flagText(flags, 'name') ?? '',
            flags: flagList(flags, 'flag') ?? [],
            reason: flagText(flags, 'reason'),
          }),
      ),
    )
      .requiredOption('--api <id>', say('API-et den sendes til', 'the API that it is sent to'))
      .requiredOption('--name <text>', say('hva den heter hos applikasjonen', 'what the application calls it'))
      .option('--flag <name...>', say('flaggene den sendes med', 'the feature flags that it is sent with')),
  );
  application(
    administers(
      documents,
      frame,
      'list',
      { nb: 'List spørringene til en applikasjon', en: 'List the documents of an application' },
      ['bindeledd document list --app client-1'],
      (door, flags) => listDocuments(door, flagText(flags, 'app') ?? ''),
    ),
  );
  why(
    application(
      administers(
        documents,
        frame,
        'remove <id>',
        { nb: 'Ta bort en spørring; teksten beholdes ikke', en: 'Take a document away; its text is not kept' },
        ['bindeledd document remove document-1 --app client-1'],
        (door, flags, [id = '']) => removeDocument(door, flagText(flags, 'app') ?? '', id, flagText(flags, 'reason')),
      ),
    ),
  );
};
