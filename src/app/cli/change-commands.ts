// The commands under `bindeledd catalogue` by which changes are announced and people told of them: wires them to flags. Called by catalogue-commands.ts.
import type { Command } from 'commander';
import {
  announceChange,
  exportChanges,
  listChanges,
  listDeliveries,
  listSubscriptions,
  remindOfChange,
  retryDelivery,
  settleChange,
  showChange,
  subscribe,
  unsubscribe,
} from './change.ts';
import { flagText, speaker, type Flags, type Frame } from './command-frame.ts';
import { administers, flagList } from './through-door.ts';

const pairOf = (flags: Flags, name: string): { readonly nb: string; readonly en: string } | null => {
  const [nb, en] = [flagText(flags, `${name}Nb`), flagText(flags, `${name}En`)];
  return nb === undefined && en === undefined ? null : { nb: nb ?? '', en: en ?? '' };
};

const emergencyOf = (flags: Flags): { readonly reason: string; readonly approver: string } | null => {
  const [reason, approver] = [flagText(flags, 'emergency'), flagText(flags, 'approver')];
  return reason === undefined && approver === undefined ? null : { reason: reason ?? '', approver: approver ?? '' };
};

const takesEmergency = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return command
    .option(
      '--emergency <why>',
      say(
        'hvorfor det haster mer enn kontrakten tillater; vises som brudd for alltid',
        'why it cannot wait as the contract says; shown as a breach for ever',
      ),
    )
    .option('--approver <name>', say('hvem andre som svarer for det', 'who else answers for that'));
};

const takesReason = (command: Command, frame: Frame): Command =>
  command.option('--reason <text>', speaker(frame)('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));

const addAnnouncing = (catalogue: Command, frame: Frame): void => {
  const say = speaker(frame);
  const announce = administers(
    catalogue,
    frame,
    'announce <id>',
    {
      nb: 'Varsle en endring; --dry-run viser først hvem den treffer',
      en: 'Announce a change; --dry-run first says whom it hits',
    },
    [
      "bindeledd catalogue announce elev-hybelboer --api fint --part ElevResource.hybelboer --text-nb 'Feltet blir borte.' --text-en 'The field goes.' --migration-nb 'Les adressen.' --migration-en 'Read the address.' --replacement ElevResource.postadresse --release 2 --dry-run",
    ],
    (door, flags, [id = '']) =>
      announceChange(door, {
        id,
        api: flagText(flags, 'api') ?? '',
        parts: flagList(flags, 'part') ?? [],
        kind: flagText(flags, 'kind') ?? '',
        text: pairOf(flags, 'text') ?? { nb: '', en: '' },
        migration: pairOf(flags, 'migration'),
        replacement: flagText(flags, 'replacement') ?? null,
        withoutReplacement: pairOf(flags, 'none'),
        release: flagText(flags, 'release') ?? null,
        at: flagText(flags, 'at') ?? null,
        emergency: emergencyOf(flags),
        dryRun: flags['dryRun'] === true,
        reason: flagText(flags, 'reason'),
      }),
  )
    .requiredOption('--api <id>', say("API-et, som i katalogen; 'fint'", "the API, as in the catalogue; 'fint'"))
    .requiredOption(
      '--part <coordinate...>',
      say('delene som endres; * er hele API-et', 'the parts that change; * is all of the API'),
    )
    .option(
      '--kind <breaking|dangerous|compatible>',
      say('hva endringen er for dem som bruker det', 'what it is to those who use it'),
      'breaking',
    )
    .option('--text-nb <text>', say('hva som endres, på bokmål', 'what changes, in bokmål'))
    .option('--text-en <text>', say('hva som endres, på engelsk', 'what changes, in English'))
    .option('--migration-nb <text>', say('hva brukerne må gjøre, på bokmål', 'what users have to do, in bokmål'))
    .option('--migration-en <text>', say('hva brukerne må gjøre, på engelsk', 'what users have to do, in English'))
    .option('--replacement <coordinate>', say('det som tar over', 'what takes its place'))
    .option('--none-nb <text>', say('hvorfor ingenting tar over, på bokmål', 'why nothing takes its place, in bokmål'))
    .option(
      '--none-en <text>',
      say('hvorfor ingenting tar over, på engelsk', 'why nothing takes its place, in English'),
    )
    .option('--release <number>', say('hovedversjonen den kommer med', 'the main version that it comes with'))
    .option('--at <day>', say('eller dagen den kommer', 'or the day on which it comes'))
    .option('--dry-run', say('bare vis; varsle ingen', 'only show; tell nobody'));
  takesReason(takesEmergency(announce, frame), frame);
  administers(
    catalogue,
    frame,
    'changes [id]',
    {
      nb: 'Vis hva som er varslet; én endring med dem den treffer',
      en: 'Show what has been announced; one change with those whom it hits',
    },
    ['bindeledd catalogue changes --state announced', 'bindeledd catalogue changes --export > changes.yaml'],
    (door, flags, [id]) => {
      if (flags['export'] === true) return exportChanges(door);
      if (id !== undefined) return showChange(door, id);
      return listChanges(door, { api: flagText(flags, 'api'), state: flagText(flags, 'state') });
    },
  )
    .option('--api <id>', say('bare dette API-et', 'only those of this API'))
    .option('--state <announced|done|withdrawn>', say('bare i denne tilstanden', 'only those in this state'))
    .option(
      '--export',
      say('som YAML, i formen til catalogue/changes.yaml', 'as YAML, in the form of catalogue/changes.yaml'),
    );
  takesReason(
    administers(
      catalogue,
      frame,
      'remind <id>',
      { nb: 'Påminn dem som fortsatt bruker det', en: 'Remind those who still use it' },
      ['bindeledd catalogue remind elev-hybelboer'],
      (door, flags, [id = '']) => remindOfChange(door, id, flagText(flags, 'reason')),
    ),
    frame,
  );
  takesReason(
    takesEmergency(
      administers(
        catalogue,
        frame,
        'done <id>',
        { nb: 'Si at en varslet endring er gjennomført', en: 'Say that an announced change is done' },
        ['bindeledd catalogue done elev-hybelboer'],
        (door, flags, [id = '']) =>
          settleChange(door, id, 'done', { emergency: emergencyOf(flags), reason: flagText(flags, 'reason') }),
      ),
      frame,
    ),
    frame,
  );
  takesReason(
    administers(
      catalogue,
      frame,
      'withdraw <id>',
      { nb: 'Trekk et varsel tilbake', en: 'Call an announcement off' },
      ["bindeledd catalogue withdraw elev-hybelboer --reason 'Feltet blir stående'"],
      (door, flags, [id = '']) => settleChange(door, id, 'withdraw', { reason: flagText(flags, 'reason') }),
    ),
    frame,
  );
};

const addSubscribing = (catalogue: Command, frame: Frame): void => {
  const say = speaker(frame);
  const wanted = administers(
    catalogue,
    frame,
    'subscribe',
    { nb: 'Få varsler om endringer, på e-post eller webhook', en: 'Be told of changes, by e-mail or webhook' },
    [
      'bindeledd catalogue subscribe --email drift@fjordheim.no --digest weekly',
      'bindeledd catalogue subscribe --webhook https://hooks.vendor.no/bindeledd --api fint',
    ],
    (door, flags) => {
      const [email, webhook] = [flagText(flags, 'email'), flagText(flags, 'webhook')];
      return subscribe(door, {
        organisation: flagText(flags, 'org'),
        application: flagText(flags, 'app'),
        apis: flagList(flags, 'api'),
        statuses: flagList(flags, 'status'),
        topics: flagList(flags, 'topic'),
        channel:
          webhook === undefined
            ? { kind: 'email', address: email ?? '' }
            : { kind: 'webhook', url: webhook, address: email },
        digest: flagText(flags, 'digest'),
        reason: flagText(flags, 'reason'),
      });
    },
  )
    .option('--email <address>', say('på e-post til denne adressen', 'by e-mail to this address'))
    .option('--webhook <url>', say('til denne webhooken', 'to this webhook'))
    .option('--org <id>', say('organisasjonen; ellers din egen', 'the organisation; your own otherwise'))
    .option('--app <id>', say('bare det som treffer denne applikasjonen', 'only what hits this application'))
    .option('--api <id...>', say('bare disse API-ene', 'only these APIs'))
    .option('--status <status...>', say('bare under disse løftene', 'only under these promises'))
    .option('--topic <topic...>', 'breaking, dangerous, compatible, promotion')
    .option(
      '--digest <none|weekly>',
      say('det som ikke treffer dere: ikke, eller på mandager', 'what does not hit you: not at all, or on Mondays'),
    );
  takesReason(wanted, frame);
  administers(
    catalogue,
    frame,
    'subscriptions',
    { nb: 'Vis hvem som får varsler', en: 'Show who is told' },
    ['bindeledd catalogue subscriptions --org fjordheim.test'],
    (door, flags) => listSubscriptions(door, flagText(flags, 'org')),
  ).option('--org <id>', say('bare denne organisasjonens', 'only those of this organisation'));
  administers(
    catalogue,
    frame,
    'unsubscribe <id>',
    { nb: 'Avslutt et abonnement', en: 'End a subscription' },
    ['bindeledd catalogue unsubscribe subscription-1f5b4c568a2b3f4e'],
    (door, _flags, [id = '']) => unsubscribe(door, id),
  );
  administers(
    catalogue,
    frame,
    'deliveries',
    {
      nb: 'Vis hva som er levert av varsler, og hva som ikke kom frem',
      en: 'Show what notices were brought, and what did not get there',
    },
    ['bindeledd catalogue deliveries --state dead'],
    (door, flags) =>
      listDeliveries(door, { state: flagText(flags, 'state'), subscription: flagText(flags, 'subscription') }),
  )
    .option('--state <waiting|sent|dead|dropped>', say('bare i denne tilstanden', 'only those in this state'))
    .option('--subscription <id>', say('bare til dette abonnementet', 'only those of this subscription'));
  administers(
    catalogue,
    frame,
    'retry <delivery>',
    { nb: 'Prøv en levering som er gitt opp, på nytt', en: 'Try a delivery again that was given up' },
    ['bindeledd catalogue retry change.elev-hybelboer.announced.subscription-1f5b4c568a2b3f4e'],
    (door, _flags, [id = '']) => retryDelivery(door, id),
  );
};

/** Adds them. */
export const addChangeCommands = (catalogue: Command, frame: Frame): void => {
  addAnnouncing(catalogue, frame);
  addSubscribing(catalogue, frame);
};
