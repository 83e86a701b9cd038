// `bindeledd delegation`: wires the commands that pass access on to flags and prints what they give. Called by program.ts.
import type { Command } from 'commander';
import { takesReason, takesTerms, termsOf } from './access-commands.ts';
import { addCommand, flagText, speaker, type Frame } from './command-frame.ts';
import {
  approveDelegation,
  giveDelegation,
  grantByDelegation,
  listDelegations,
  showDelegation,
  withdrawDelegation,
} from './delegation.ts';
import { administers } from './through-door.ts';

const give =
  'bindeledd delegation give --org fjordheim.test --supplier vendor.test --package county.pupils-basic --purpose Timetables --legal-basis "GDPR art. 6 (1) e"';

/** Adds `delegation`. */
export const addDelegationCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const delegation = addCommand(
    program,
    frame,
    'delegation',
    { nb: 'Tilgang som leverandører gir videre', en: 'Access that suppliers pass on' },
    [give, 'bindeledd delegation list'],
    null,
  );
  const given = administers(
    delegation,
    frame,
    'give',
    { nb: 'La en leverandør gi egne applikasjoner tilgang', en: 'Let a supplier give its own applications access' },
    [give, 'bindeledd delegation give --parent delegation-1 --supplier other.test --package county.pupils-basic'],
    (door, flags) =>
      giveDelegation(door, {
        ...termsOf(flags),
        organisation: flagText(flags, 'org'),
        parent: flagText(flags, 'parent'),
        supplier: flagText(flags, 'supplier') ?? '',
        environment: flagText(flags, 'for'),
        purpose: flagText(flags, 'purpose'),
        legalBasis: flagText(flags, 'legalBasis'),
        mayPassOn: flags['mayPassOn'] === true ? true : undefined,
      }),
  )
    .requiredOption('--supplier <id>', say('leverandøren som får den', 'the supplier that gets it'))
    .option('--org <id>', say('organisasjonen som eier dataene', 'the organisation that owns the data'))
    .option('--parent <id>', say('delegeringen som gis videre', 'the delegation that is passed on'))
    .option('--for <environment>', say('production, test eller sandbox', 'production, test or sandbox'))
    .option('--purpose <text>', say('hvorfor; står i revisjonsloggen', 'why; stands in the audit'))
    .option('--legal-basis <text>', say('rettslig grunnlag', 'legal basis'))
    .option('--agreement <id>', say('den registrerte avtalen mellom de to', 'the registered agreement between the two'))
    .option('--may-pass-on', say('kan gis videre én gang til', 'it may be passed on once more'));
  takesReason(takesTerms(given, frame), frame);
  administers(
    delegation,
    frame,
    'list',
    { nb: 'List delegeringene', en: 'List the delegations' },
    ['bindeledd delegation list --org fjordheim.test --all'],
    (door, flags) =>
      listDelegations(door, {
        organisation: flagText(flags, 'org'),
        supplier: flagText(flags, 'supplier'),
        all: flags['all'] === true,
      }),
  )
    .option('--org <id>', say('bare av denne organisasjonens data', 'only of the data of this organisation'))
    .option('--supplier <id>', say('bare til denne leverandøren', 'only to this supplier'))
    .option('--all', say('også de som er trukket tilbake', 'also those that have been withdrawn'));
  administers(
    delegation,
    frame,
    'show <id>',
    { nb: 'Vis én delegering med kjeden fra eieren', en: 'Show one delegation with its chain from the owner' },
    ['bindeledd delegation show delegation-1'],
    (door, _flags, [id = '']) => showDelegation(door, id),
  );
  takesReason(
    administers(
      delegation,
      frame,
      'approve <id>',
      { nb: 'Godkjenn som den andre', en: 'Approve as the second' },
      ['bindeledd delegation approve delegation-1'],
      (door, flags, [id = '']) => approveDelegation(door, id, flagText(flags, 'reason')),
    ),
    frame,
  );
  const granted = administers(
    delegation,
    frame,
    'grant <id>',
    { nb: 'Gi en egen applikasjon det som er delegert', en: 'Give an own application what was delegated' },
    ['bindeledd delegation grant delegation-1 --app client-1'],
    (door, flags, [id = '']) =>
      grantByDelegation(door, id, { ...termsOf(flags), application: flagText(flags, 'app') ?? '' }),
  ).requiredOption('--app <id>', say('applikasjonen som får tilgang', 'the application that gets access'));
  takesReason(takesTerms(granted, frame), frame);
  takesReason(
    administers(
      delegation,
      frame,
      'withdraw <id>',
      { nb: 'Trekk den og alt som bygger på den tilbake, nå', en: 'Withdraw it and all that stands on it, now' },
      ['bindeledd delegation withdraw delegation-1 --reason "The contract is over"'],
      (door, flags, [id = '']) => withdrawDelegation(door, id, flagText(flags, 'reason')),
    ),
    frame,
  );
};
