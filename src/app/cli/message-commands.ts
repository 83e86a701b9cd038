// `bindeledd messages`: wires the commands about messages of changes to flags. Called by program.ts.
import type { Command } from 'commander';
import { addCommand, flagText, speaker, type Frame } from './command-frame.ts';
import { exitCodes } from './exit-codes.ts';
import {
  addDestination,
  listDestinations,
  listLetters,
  settleLetters,
  showDestination,
  turnDestination,
} from './messages.ts';
import { CommandFailure } from './terminal.ts';
import { administers, flagList } from './through-door.ts';

const id = 'destination-1f5b4c568a2b4f4e';

/** Adds `messages`. */
export const addMessageCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const adding = 'bindeledd messages add --app timeplan --org fjordheim.test --broker mq --resource emner personer';
  const messages = addCommand(
    program,
    frame,
    'messages',
    {
      nb: 'Endringsmeldinger til meldingskøer og adresser (gammelt FS-API)',
      en: 'Messages of changes to queues and addresses (the old FS-API)',
    },
    [adding, `bindeledd messages show ${id}`],
    null,
  );
  const why = (command: Command): Command =>
    command.option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));
  why(
    administers(
      messages,
      frame,
      'add',
      {
        nb: 'La en kø eller adresse få melding om det en applikasjon kan følge',
        en: 'Have a queue or an address told of what an application may follow',
      },
      [adding, 'bindeledd messages add --app timeplan --webhook https://hooks.vendor.no/fs --from beginning'],
      (door, flags) => {
        const [broker, url] = [flagText(flags, 'broker'), flagText(flags, 'webhook')];
        if ((broker === undefined) === (url === undefined))
          throw new CommandFailure(exitCodes.usage, 'Name a broker or the address of a webhook, one of them.');
        return addDestination(door, {
          organisation: flagText(flags, 'org'),
          application: flagText(flags, 'app') ?? '',
          resources: flagList(flags, 'resource') ?? null,
          from: flagText(flags, 'from'),
          channel:
            broker === undefined
              ? { kind: 'webhook', url }
              : { kind: 'rabbitmq', broker, unrouted: flagText(flags, 'unrouted') },
          reason: flagText(flags, 'reason'),
        });
      },
    )
      .requiredOption('--app <id>', say('applikasjonen det er tilgangen til', 'the application whose access it is'))
      .option('--org <id>', say('organisasjonen', 'the organisation'))
      .option('--resource <name...>', say('bare om disse', 'of these alone'))
      .option('--from <now|beginning>', say('med det som finnes fra før, eller ikke', 'with what is there, or not'))
      .option('--broker <name>', say('en kø driften har gitt navn', 'a broker that the operator has named'))
      .option(
        '--unrouted <lay-aside|drop>',
        say('hva som skjer med det ingen kø tar', 'what becomes of what no queue takes'),
      )
      .option('--webhook <url>', say('en adresse', 'an address')),
  );
  administers(
    messages,
    frame,
    'list',
    { nb: 'List mottakerne', en: 'List the destinations' },
    ['bindeledd messages list --org fjordheim.test'],
    (door, flags) => listDestinations(door, flagText(flags, 'org')),
  ).option('--org <id>', say('organisasjonen', 'the organisation'));
  administers(
    messages,
    frame,
    'show <id>',
    {
      nb: 'Hvor langt en mottaker er kommet, og hva som gikk galt',
      en: 'How far telling has come, and what went wrong',
    },
    [`bindeledd messages show ${id}`],
    (door, _flags, [destination = '']) => showDestination(door, destination),
  );
  const turns = [
    ['pause', 'Vent med å melde fra', 'Tell nothing for now'],
    ['resume', 'Meld fra igjen, også om det som er skjedd', 'Go on telling, also of what has happened since'],
    ['end', 'Avslutt en mottaker', 'End a destination'],
  ] as const;
  for (const [turn, nb, en] of turns)
    why(
      administers(
        messages,
        frame,
        `${turn} <id>`,
        { nb, en },
        [`bindeledd messages ${turn} ${id}`],
        (door, flags, [destination = '']) => turnDestination(door, destination, turn, flagText(flags, 'reason')),
      ),
    );
  administers(
    messages,
    frame,
    'letters <id>',
    { nb: 'Meldinger mottakeren ikke tok imot', en: 'Messages that the destination did not take' },
    [`bindeledd messages letters ${id}`],
    (door, _flags, [destination = '']) => listLetters(door, destination),
  );
  const ends = [
    ['resend', 'Send det som er lagt til side', 'Have what was laid aside told again'],
    ['discard', 'Kast det som er lagt til side', 'Throw away what was laid aside'],
  ] as const;
  for (const [how, nb, en] of ends)
    why(
      administers(
        messages,
        frame,
        `${how} <id>`,
        { nb, en },
        [`bindeledd messages ${how} ${id} --subject emner/7777,TST1000,1`],
        (door, flags, [destination = '']) =>
          settleLetters(door, destination, how, {
            subjects: flagList(flags, 'subject') ?? null,
            reason: flagText(flags, 'reason'),
          }),
      ).option('--subject <key...>', say('bare om disse', 'of these alone')),
    );
};
