// Wires `bindeledd explain` to flags. Called by program.ts.
import type { Command } from 'commander';
import { addCommand, flagText, speaker, takesSettings, type Frame } from './command-frame.ts';
import { chosenOrganisation } from './admin-door.ts';
import { explainRequest } from './explain.ts';
import { callsHub, throughDoor } from './through-door.ts';
import { failed } from '#base/result.ts';

/** Adds `explain`. */
export const addExplainCommand = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const command = addCommand(
    program,
    frame,
    'explain',
    {
      nb: 'Forklar hvorfor et svar ble tomt, avvist eller mindre enn ventet',
      en: 'Explain why an answer was empty, refused or smaller than expected',
    },
    [
      'bindeledd explain --request 3f0c2a6e-6a83-4a1b-9b53-0c6f8d2a7e11 --org fjordheim.test',
      'bindeledd explain --request my-request-1 --credentials app.json',
    ],
    (terminal, flags) =>
      throughDoor(terminal, flags, async (door, client) => {
        const request = flagText(flags, 'request') ?? '';
        const application = flagText(flags, 'application');
        const { language } = terminal;
        // An application asks about its own requests, an administrator about those of anybody.
        if ((await client?.kind()) === 'client')
          return explainRequest(door, { request, organisation: null, application: undefined }, language);
        const organisation = await chosenOrganisation(door, flagText(flags, 'org'));
        if (!organisation.ok) return failed(organisation.problem);
        return explainRequest(door, { request, organisation: organisation.value, application }, language);
      }),
  );
  callsHub(takesSettings(command, frame, ['data', 'databaseUrl']), frame)
    .requiredOption('--request <id>', say('X-Request-Id fra svaret', 'the X-Request-Id of the answer'))
    .option('--org <id>', say('organisasjonen som eier dataene', 'the organisation that owns the data'))
    .option(
      '--application <id>',
      say('bare en forespørsel fra denne applikasjonen', 'only a request of this application'),
    );
};
