// `bindeledd access` and `bindeledd agreement`: wires the commands by which access is asked for and decided about to flags and prints what they give. Called by
// program.ts.
import type { Command } from 'commander';
import {
  accessActs,
  actOnAccess,
  approveAccess,
  linkKeys,
  listAccess,
  listPackages,
  previewAccess,
  requestAccess,
  showAccess,
  type AccessTermsArgs,
} from './access.ts';
import { addAgreement, endAgreement, listAgreements, showAgreement } from './agreement.ts';
import { addCommand, flagText, speaker, type Flags, type Frame } from './command-frame.ts';
import { clearances } from './grant.ts';
import type { Words } from './terminal.ts';
import { administers, flagList } from './through-door.ts';

/** What flags say of terms. */
export const termsOf = (flags: Flags): AccessTermsArgs => ({
  packages: flagList(flags, 'package'),
  narrow: flagList(flags, 'narrow'),
  rows: flagText(flags, 'rows'),
  clearance: flagText(flags, 'clearance'),
  from: flagText(flags, 'from'),
  to: flagText(flags, 'to'),
  agreement: flagText(flags, 'agreement'),
  reason: flagText(flags, 'reason'),
});

/** Gives a command the flags of terms. */
export const takesTerms = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return command
    .option('--package <id...>', say('tilgangspakkene', 'the access packages'))
    .option(
      '--narrow <package:collection=fields...>',
      say('færre felter av en samling; ingen for å utelate den', 'fewer fields of a collection; none leaves it out'),
    )
    .option(
      '--rows <scope=field/values>',
      say('bare disse, som skole=systemid/S1,S2', 'only these, such as skole=systemid/S1,S2'),
    )
    .option(
      `--clearance <${clearances.join('|')}>`,
      say('hvor sterkt beskyttede personer som vises', 'how highly protected persons it shows'),
    )
    .option('--from <date>', say('første dag i Norge', 'first day in Norway'))
    .option('--to <date>', say('siste dag i Norge', 'last day in Norway'));
};

/** Gives a command the flag of a reason. */
export const takesReason = (command: Command, frame: Frame): Command =>
  command.option('--reason <text>', speaker(frame)('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));

const request =
  'bindeledd access request --app client-1 --org fjordheim.test --package county.groups --purpose Timetables --legal-basis "GDPR art. 6 (1) e"';

const actWords: Readonly<Record<(typeof accessActs)[number], Words>> = {
  ask: { nb: 'Spør tilbake om en forespørsel', en: 'Ask back about a request' },
  answer: { nb: 'Svar på det eieren har spurt om', en: 'Answer what the owner has asked' },
  refuse: { nb: 'Avslå en forespørsel', en: 'Refuse a request' },
  revoke: { nb: 'Trekk tilbake det som er godkjent, nå', en: 'Take back what was approved, now' },
  withdraw: { nb: 'Trekk en forespørsel og det den har gitt', en: 'Withdraw a request and what it has given' },
  escalate: {
    nb: 'Send en forespørsel videre til en annen hos eieren',
    en: 'Hand a request on to another of the owner',
  },
};

const addAsking = (access: Command, frame: Frame): void => {
  const say = speaker(frame);
  administers(
    access,
    frame,
    'packages',
    { nb: 'List det man kan be om', en: 'List what can be asked for' },
    ['bindeledd access packages'],
    (door) => listPackages(door, frame.language),
  );
  const asking = administers(
    access,
    frame,
    'request',
    { nb: 'Be én eller flere eiere om tilgang', en: 'Ask one or many owners for access' },
    [request],
    (door, flags) =>
      requestAccess(door, {
        ...termsOf(flags),
        application: flagText(flags, 'app') ?? '',
        organisations: flagList(flags, 'org') ?? [],
        purpose: flagText(flags, 'purpose') ?? '',
        legalBasis: flagText(flags, 'legalBasis') ?? '',
      }),
  )
    .requiredOption('--app <id>', say('applikasjonen som skal slippes inn', 'the application that is to be let in'))
    .requiredOption('--org <id...>', say('organisasjonene som eier dataene', 'the organisations that own the data'))
    .requiredOption('--purpose <text>', say('hva dataene skal brukes til', 'what the data are for'))
    .requiredOption('--legal-basis <text>', say('behandlingsgrunnlaget', 'by which law or consent'))
    .option(
      '--agreement <reference>',
      say('avtalen, slik leverandøren kaller den', 'the agreement, as the vendor calls it'),
    );
  takesReason(takesTerms(asking, frame), frame);
  administers(
    access,
    frame,
    'list',
    { nb: 'List forespørsler: bedt om, godkjent, aktivt, brukt', en: 'List requests: asked, approved, active, used' },
    ['bindeledd access list --state open'],
    (door, flags) =>
      listAccess(door, {
        application: flagText(flags, 'app'),
        organisation: flagText(flags, 'org'),
        state: flagText(flags, 'state'),
      }),
  )
    .option('--app <id>', say('bare denne applikasjonens', 'only those of this application'))
    .option('--org <id>', say('bare dem til denne eieren', 'only those to this owner'))
    .option(
      '--state <state>',
      say('bare dem i denne tilstanden; open for ubehandlede', 'only those in this state; open for undecided ones'),
    );
  administers(
    access,
    frame,
    'show <id>',
    { nb: 'Vis en forespørsel', en: 'Show a request' },
    ['bindeledd access show request-1'],
    (door, _flags, [id = '']) => showAccess(door, id),
  );
  administers(
    access,
    frame,
    'keys <id>',
    { nb: 'Lag en lenke som viser en hemmelighet én gang', en: 'Make a link that shows a secret once' },
    ['bindeledd access keys request-1'],
    (door, _flags, [id = '']) => linkKeys(door, id),
  );
};

const addDeciding = (access: Command, frame: Frame): void => {
  const say = speaker(frame);
  const approving = administers(
    access,
    frame,
    'approve <id>',
    {
      nb: 'Godkjenn en forespørsel, eller mindre enn det som er bedt om',
      en: 'Approve a request, or less than was asked for',
    },
    [
      'bindeledd access approve request-1',
      'bindeledd access approve request-1 --package county.groups --to 2027-06-30',
    ],
    (door, flags, [id = '']) => approveAccess(door, id, termsOf(flags)),
  ).option('--agreement <id>', say('avtalen den hviler på', 'the agreement that it rests on'));
  takesReason(takesTerms(approving, frame), frame);
  const preview = administers(
    access,
    frame,
    'preview <id>',
    { nb: 'Vis oppdiktede eksempler på det som ville vises', en: 'Show invented examples of what would show' },
    ['bindeledd access preview request-1 --collection utdanning/elev/person'],
    (door, flags, [id = '']) =>
      previewAccess(door, id, { ...termsOf(flags), collection: flagText(flags, 'collection') }),
  ).option('--collection <path>', say('bare denne samlingen', 'only this collection'));
  takesTerms(preview, frame);
  for (const act of accessActs) {
    const command = administers(
      access,
      frame,
      `${act} <id>`,
      actWords[act],
      [`bindeledd access ${act} request-1 --reason "…"`],
      (door, flags, [id = '']) =>
        actOnAccess(door, id, act, { reason: flagText(flags, 'reason'), to: flagText(flags, 'toAdmin') }),
    );
    takesReason(command, frame);
    if (act === 'escalate')
      command.option(
        '--to-admin <id>',
        say('administratoren; uten for alle andre', 'the administrator; without for all others'),
      );
  }
};

/** Adds `access`; gives it, so that others can add to it. */
export const addAccessCommands = (program: Command, frame: Frame): Command => {
  const access = addCommand(
    program,
    frame,
    'access',
    { nb: 'Be om tilgang, og avgjøre hvem som får', en: 'Ask for access, and decide who gets it' },
    [request, 'bindeledd access list --state open'],
    null,
  );
  addAsking(access, frame);
  addDeciding(access, frame);
  return access;
};

/** Adds `agreement`. */
export const addAgreementCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const add =
    'bindeledd agreement add --org fjordheim.test --processor vendor.test --reference DBA-2026-17 --to 2027-07-31';
  const agreement = addCommand(
    program,
    frame,
    'agreement',
    { nb: 'Databehandleravtalene som tilganger hviler på', en: 'The agreements that access rests on' },
    [add, 'bindeledd agreement list'],
    null,
  );
  const adding = administers(
    agreement,
    frame,
    'add',
    { nb: 'Registrer en avtale', en: 'Register an agreement' },
    [add],
    (door, flags) =>
      addAgreement(door, {
        organisation: flagText(flags, 'org'),
        processor: flagText(flags, 'processor'),
        reference: flagText(flags, 'reference'),
        from: flagText(flags, 'from'),
        to: flagText(flags, 'to'),
        reason: flagText(flags, 'reason'),
      }),
  )
    .requiredOption('--org <id>', say('organisasjonen som eier dataene', 'the organisation that owns the data'))
    .requiredOption('--processor <id>', say('organisasjonen som behandler dem', 'the organisation that processes them'))
    .requiredOption('--reference <text>', say('det begge kaller avtalen', 'what both call the agreement'))
    .option('--from <date>', say('første dag i Norge', 'first day in Norway'))
    .option('--to <date>', say('siste dag i Norge', 'last day in Norway'));
  takesReason(adding, frame);
  administers(
    agreement,
    frame,
    'list',
    { nb: 'List avtaler', en: 'List agreements' },
    ['bindeledd agreement list --org fjordheim.test --all'],
    (door, flags) =>
      listAgreements(door, {
        organisation: flagText(flags, 'org'),
        processor: flagText(flags, 'processor'),
        all: flags['all'] === true,
      }),
  )
    .option('--org <id>', say('bare denne eierens', 'only those of this owner'))
    .option('--processor <id>', say('bare dem med denne', 'only those with this one'))
    .option('--all', say('også de som er avsluttet', 'also those that have ended'));
  administers(
    agreement,
    frame,
    'show <id>',
    { nb: 'Vis en avtale', en: 'Show an agreement' },
    ['bindeledd agreement show agreement-1'],
    (door, _flags, [id = '']) => showAgreement(door, id),
  );
  const ending = administers(
    agreement,
    frame,
    'end <id>',
    {
      nb: 'Avslutt en avtale og alt som hviler på den, nå',
      en: 'End an agreement and everything that rests on it, now',
    },
    ['bindeledd agreement end agreement-1'],
    (door, flags, [id = '']) => endAgreement(door, id, flagText(flags, 'reason')),
  );
  takesReason(ending, frame);
};
