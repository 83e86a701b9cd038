// `bindeledd audit`: wires its commands to flags, and prints as records come, so that an answer of any length takes no memory. Called by
// program.ts.
import { userInfo } from 'node:os';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Result } from '#base/result.ts';
import type { Settings } from '#config/settings.ts';
import type { AuditAsker, AuditQuestion, AuditTrail } from '#hub/audit-trail.ts';
import type { Verdict } from '#verify/audit-verify.ts';
import { remoteDoor } from './admin-door.ts';
import { addCommand, flagText, speaker, takesSettings, type Flags, type Frame } from './command-frame.ts';
import type { AuditCommandDeps } from './audit.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { remoteAudit } from './remote-audit.ts';
import { CommandFailure, failureOf, type Terminal, type Words } from './terminal.ts';
import { callsHub, reach } from './through-door.ts';

type Parts = typeof import('./audit.ts');

/** What a command is asked to do; `remote` = the audit of a running hub, null where the data are. */
type Asked = {
  readonly terminal: Terminal;
  readonly flags: Flags;
  readonly settings: Settings;
  readonly remote: AuditTrail | null;
};

/** `deps` are those of the place of the data; null when a hub is asked. */
type Work = (parts: Parts, deps: AuditCommandDeps | null, asked: Asked) => Promise<ExitCode>;

const withPlace = async <T>(settings: Settings, work: (deps: AuditCommandDeps) => Promise<T>): Promise<T> => {
  const { openDataPlace } = await import('./data-place.ts');
  const place = await openDataPlace(settings);
  try {
    return await work({ place, clock: systemClock, random: systemRandom, actor: `cli:${userInfo().username}` });
  } finally {
    await place.close();
  }
};

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw failureOf(result.problem);
  return result.value;
};

const add = (
  parent: Command,
  frame: Frame,
  name: string,
  words: Words,
  examples: readonly string[],
  work: Work,
): Command =>
  callsHub(
    takesSettings(
      addCommand(parent, frame, name, words, examples, async (terminal, flags) => {
        const { settings, client } = reach(terminal, flags);
        const parts = await import('./audit.ts');
        const remote = client === null ? null : remoteAudit(remoteDoor(client));
        const asked: Asked = { terminal, flags, settings, remote };
        return remote === null ? withPlace(settings, (deps) => work(parts, deps, asked)) : work(parts, null, asked);
      }),
      frame,
      ['data', 'databaseUrl'],
    ),
    frame,
  );

/** The place of the data of a command that needs it. Throws CommandFailure when a hub was named instead. */
const onPlace = (deps: AuditCommandDeps | null): AuditCommandDeps => {
  if (deps !== null) return deps;
  throw new CommandFailure(exitCodes.usage, 'This works where the data are only.', {
    hint: 'Name the directory with --data, or the database with --database-url.',
  });
};

const takesOrganisation = (command: Command, frame: Frame): Command =>
  command.requiredOption(
    '--organisation <id>',
    speaker(frame)('organisasjonen som eier dataene', 'the organisation that owns the data'),
  );

const takesQuestion = (command: Command, frame: Frame): Command => {
  const say = speaker(frame);
  return takesOrganisation(command, frame)
    .option('--application <id>', say('bare denne applikasjonen', 'only this application'))
    .option('--class <name>', say('en klasse, en samling eller sti/*', 'a class, a collection or path/*'))
    .option(
      '--from <date>',
      say('første dag i Norge, eller et tidspunkt i UTC', 'first day in Norway, or an instant in UTC'),
    )
    .option(
      '--to <date>',
      say('siste dag i Norge, eller et tidspunkt i UTC', 'last day in Norway, or an instant in UTC'),
    )
    .option('--decision <allow|deny>', say('bare det som ble tillatt eller avslått', 'only what was allowed or denied'))
    .option(
      '--person <identifier>',
      say(
        'hvem har sett denne personen: samling/felt/verdi eller felt/verdi. Bruk - for å lese den fra stdin: det som står på kommandolinjen, ser alle på maskinen',
        'who has seen this person: collection/field/value or field/value. Use - to read it from stdin: everyone on the machine sees what stands on a command line',
      ),
    )
    .option('--order <newest|oldest>', say('rekkefølgen', 'the order'))
    .option('--limit <number>', say('høyst så mange', 'at most so many'));
};

const questionOf = async (
  { readQuestion }: Parts,
  flags: Flags,
  model: Parameters<Parts['readQuestion']>[1],
): Promise<AuditQuestion> => {
  const person = flagText(flags, 'person');
  return valueOf(
    readQuestion(
      {
        application: flagText(flags, 'application'),
        class: flagText(flags, 'class'),
        from: flagText(flags, 'from'),
        to: flagText(flags, 'to'),
        decision: flagText(flags, 'decision'),
        person: person === '-' ? await readAll(process.stdin) : person,
        order: flagText(flags, 'order'),
        limit: flagText(flags, 'limit'),
      },
      model,
    ),
  );
};

// A running hub knows who asks by the token.
const remoteAsker: AuditAsker = { issuer: '', client: '', token: '', request: '', api: 'admin', rule: '' };

/** Runs work on the audit that the flags name. */
const onAudit = async (
  parts: Parts,
  deps: AuditCommandDeps | null,
  { flags, settings, remote }: Asked,
  work: (
    audit: AuditTrail,
    organisation: string,
    asker: AuditAsker,
    question: () => Promise<AuditQuestion>,
  ) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const { loadFolders } = await import('./models.ts');
  const model = valueOf(loadFolders(settings.model));
  const named = flagText(flags, 'organisation') ?? '';
  if (remote !== null) return work(remote, named, remoteAsker, () => questionOf(parts, flags, model));
  return valueOf(
    await parts.withAudit(onPlace(deps), named, model, async (audit, organisation, asker) => ({
      ok: true,
      value: await work(audit, organisation, asker, () => questionOf(parts, flags, model)),
    })),
  );
};

const search: Work = (parts, deps, asked) =>
  onAudit(parts, deps, asked, async (audit, organisation, asker, question) => {
    const { terminal, flags } = asked;
    const { known, entries } = valueOf(await audit.search(organisation, await question(), asker));
    if (!known) terminal.say('Nobody is known under this identifier: never here, or erased.');
    const lines = flags['ndjson'] === true;
    if (terminal.json && !lines) terminal.out(`{"known":${known},"entries":[`);
    let count = 0;
    for await (const batch of entries)
      for (const entry of batch) {
        const first = count === 0;
        count += 1;
        if (lines) terminal.out(JSON.stringify(entry));
        else if (terminal.json) terminal.out(`${first ? '' : ','}${JSON.stringify(entry)}`);
        else {
          if (first) terminal.out(parts.auditHeading());
          terminal.out(parts.auditLine(entry));
        }
      }
    if (terminal.json && !lines) terminal.out(']}');
    if (!terminal.json && !lines) terminal.say(count === 1 ? '1 record' : `${count} records`);
    return exitCodes.ok;
  });

// What narrows a search.
const questionFlags = ['application', 'class', 'from', 'to', 'decision', 'person', 'order', 'limit'] as const;

const exportAll: Work = (parts, deps, asked) =>
  onAudit(parts, deps, asked, async (audit, organisation, asker, question) => {
    const format = flagText(asked.flags, 'format');
    if (format === 'chain' && questionFlags.some((name) => asked.flags[name] !== undefined))
      throw new CommandFailure(exitCodes.usage, 'A chain is told whole: nothing can be left out of it.');
    if (format !== 'ocsf' && format !== 'json' && format !== 'chain')
      throw new CommandFailure(exitCodes.usage, 'The format is ocsf, json or chain.');
    const lines =
      format === 'chain'
        ? await audit.chain(organisation, asker)
        : await audit.export(organisation, format, await question(), asker);
    for await (const text of valueOf(lines)) asked.terminal.out(text.slice(0, -1));
    return exitCodes.ok;
  });

const checkpoint: Work = (parts, deps, asked) =>
  onAudit(parts, deps, asked, async (audit, organisation) => {
    const made = await audit.seal(organisation);
    if (made === null) asked.terminal.say('There is no record yet.');
    else asked.terminal.out(JSON.stringify(made));
    return exitCodes.ok;
  });

const listedAtOnce = 1_000;

const checkpoints: Work = (parts, deps, asked) =>
  onAudit(parts, deps, asked, async (audit, organisation) => {
    let before: number | null = null;
    for (;;) {
      const some: Awaited<ReturnType<AuditTrail['checkpoints']>> = await audit.checkpoints(organisation, {
        before,
        limit: listedAtOnce,
      });
      for (const one of some) asked.terminal.out(JSON.stringify(one));
      before = some.at(-1)?.number ?? null;
      if (before === null) return exitCodes.ok;
    }
  });

const fileList = (flags: Flags, name: string): readonly string[] => {
  const value = flags[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

/** A hub looks through its own files; what was kept elsewhere is compared where those files are. */
const verifyThere = (
  remote: AuditTrail,
  organisation: string,
  args: { readonly checkpoints: readonly string[]; readonly keys?: string },
): Promise<Verdict> => {
  if (args.checkpoints.length > 0 || args.keys !== undefined)
    throw new CommandFailure(exitCodes.usage, 'Copies of checkpoints and keys are compared where the data are.', {
      hint: 'Name the directory with --data, the database with --database-url, or leave them out.',
    });
  return remote.verify(organisation) as Promise<Verdict>;
};

const verify: Work = async (parts, deps, { terminal, flags, remote }) => {
  const named = flagText(flags, 'organisation') ?? '';
  const keys = flagText(flags, 'keys');
  const args = { checkpoints: fileList(flags, 'checkpoints'), ...(keys === undefined ? {} : { keys }) };
  const [verdict, { describeVerdict }] = await Promise.all([
    remote === null
      ? parts.verifyOrganisation(onPlace(deps), named, args).then(valueOf)
      : verifyThere(remote, named, args),
    import('#verify/audit-verify.ts'),
  ]);
  terminal.out(terminal.json ? JSON.stringify(verdict, null, 2) : describeVerdict(verdict).join('\n'));
  return verdict.ok ? exitCodes.ok : exitCodes.quality;
};

const printed =
  (name: 'listAuditKeys' | 'rotateAuditKeys'): Work =>
  async (parts, deps, { terminal, remote }) => {
    if (remote !== null && name === 'listAuditKeys') {
      terminal.out(JSON.stringify({ keys: await remote.keys() }, null, 2));
      return exitCodes.ok;
    }
    const { json, text } = valueOf(await parts[name](onPlace(deps)));
    terminal.out(terminal.json ? JSON.stringify(json, null, 2) : text);
    return exitCodes.ok;
  };

/** Adds `audit`. */
export const addAuditCommands = (program: Command, frame: Frame): void => {
  const audit = addCommand(
    program,
    frame,
    'audit',
    {
      nb: 'Revisjonsloggen: hvem har sett hva, og beviset for det',
      en: 'The audit: who has seen what, and the proof of it',
    },
    [
      'bindeledd audit search --organisation fjordheim.test --application client-1 --from 2026-08-01',
      'bindeledd audit verify --organisation fjordheim.test --checkpoints our-copy.jsonl',
    ],
    null,
  );
  addFinding(audit, frame);
  addProving(audit, frame);
  addKeys(audit, frame);
};

const addFinding = (audit: Command, frame: Frame): void => {
  const say = speaker(frame);
  takesQuestion(
    add(
      audit,
      frame,
      'search',
      { nb: 'Finn oppføringer; søket blir selv ført', en: 'Find records; the search is recorded too' },
      [
        'bindeledd audit search --organisation fjordheim.test --decision deny',
        'bindeledd audit search --organisation fjordheim.test --person - < person.txt',
      ],
      search,
    ),
    frame,
  ).option('--ndjson', say('én JSON-oppføring per linje', 'one JSON record a line'));
  takesQuestion(
    add(
      audit,
      frame,
      'export',
      { nb: 'Skriv oppføringer til et annet system', en: 'Write records for another system' },
      [
        'bindeledd audit export --organisation fjordheim.test --format ocsf --from 2026-08-01 > audit.ndjson',
        'bindeledd audit export --organisation fjordheim.test --format chain > audit-chain.jsonl',
      ],
      exportAll,
    ),
    frame,
  ).requiredOption(
    '--format <ocsf|json|chain>',
    say(
      'OCSF API Activity (6003), som ført, eller hele kjeden med kontrollpunkter, som bevises andre steder',
      'OCSF API Activity (6003), as recorded, or the whole chain with its checkpoints, to be proved elsewhere',
    ),
  );
};

const addProving = (audit: Command, frame: Frame): void => {
  const say = speaker(frame);
  takesOrganisation(
    add(
      audit,
      frame,
      'verify',
      {
        nb: 'Bevis at loggen er hel, eller si hva som er galt',
        en: 'Prove that the audit is whole, or say what is wrong',
      },
      ['bindeledd audit verify --organisation fjordheim.test --checkpoints our-copy.jsonl --keys audit-keys.json'],
      verify,
    ),
    frame,
  )
    .option(
      '--checkpoints <file...>',
      say('kontrollpunkter tatt vare på et annet sted', 'checkpoints that were kept elsewhere'),
    )
    .option(
      '--keys <file>',
      say(
        'offentlige nøkler tatt vare på; ellers de som ligger med dataene',
        'public keys that were kept; else those kept with the data',
      ),
    );
  takesOrganisation(
    add(
      audit,
      frame,
      'checkpoint',
      { nb: 'Lag et kontrollpunkt nå', en: 'Make a checkpoint now' },
      ['bindeledd audit checkpoint --organisation fjordheim.test >> our-copy.jsonl'],
      checkpoint,
    ),
    frame,
  );
  takesOrganisation(
    add(
      audit,
      frame,
      'checkpoints',
      { nb: 'Alle kontrollpunkter, nyeste først', en: 'All checkpoints, newest first' },
      ['bindeledd audit checkpoints --organisation fjordheim.test > our-copy.jsonl'],
      checkpoints,
    ),
    frame,
  );
};

const addKeys = (audit: Command, frame: Frame): void => {
  add(
    audit,
    frame,
    'keys',
    { nb: 'Nøklene loggen er forseglet med', en: 'The keys that the audit is sealed with' },
    ['bindeledd audit keys --json > audit-keys.json'],
    printed('listAuditKeys'),
  );
  add(
    audit,
    frame,
    'rotate-key',
    { nb: 'Ta en ny nøkkel i bruk', en: 'Put a new key to use' },
    ['bindeledd audit rotate-key'],
    printed('rotateAuditKeys'),
  );
};
