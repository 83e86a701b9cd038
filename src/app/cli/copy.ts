// `bindeledd copy`: moves all that a hub keeps from the embedded store into a database, or back, and proves that what has come is what was
// there. Everything is there at the end or nothing is; the source is left as it was.
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import type { AuditVerdict } from '#hub/audit-trail.ts';
import { publicAuditKey } from '#hub/audit-trail.ts';
import { auditKeysOf, chainOf, transfer } from '#store/transfer.ts';
import type { Content, TransferSource, TransferTarget } from '#store/transfer.ts';
import { verifyChain } from '../audit-verification.ts';
import { toStderr } from './backup.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { ownerAddress } from './migrate.ts';
import { createProgress } from './progress.ts';
import { CommandFailure, columns, type Language, type Terminal } from './terminal.ts';

export type CopyArgs = { readonly from: string; readonly to: string };

export type CopyDeps = {
  readonly readSecret: (path: string) => string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

type Place = { readonly kind: 'sqlite'; readonly folder: string } | { readonly kind: 'postgres'; readonly url: string };

type AuditResult = {
  readonly records: number;
  readonly checkpoints: number;
  readonly verdict: 'ok' | 'as in the source';
};

/**
 * Copies, checks and prints what has come. Exit code 7 when something is not as in the source (then nothing is kept), or when an audit proves
 * broken, as it is in the source. Throws a CommandFailure for a wrong use, a HubError when a side cannot be used.
 */
export const runCopy = async (terminal: Terminal, { from, to }: CopyArgs, deps: CopyDeps): Promise<ExitCode> => {
  const [source, target] = [
    placeOf('--from', from, deps, terminal.language),
    placeOf('--to', to, deps, terminal.language),
  ];
  if (source.kind === target.kind) throw alike(terminal.language);
  const opened = await openSource(source, systemClock);
  try {
    const goal = await openTarget(target, systemClock);
    try {
      return await copyAll(terminal, opened, goal, { from: source.kind, to: target.kind });
    } finally {
      await goal.close();
    }
  } finally {
    await opened.close();
  }
};

const copyAll = async (
  terminal: Terminal,
  source: TransferSource,
  target: TransferTarget,
  kinds: { readonly from: string; readonly to: string },
): Promise<ExitCode> => {
  const nb = terminal.language === 'nb';
  const started = systemClock.monotonic();
  const progress = createProgress(terminal, systemClock, nb ? 'Rader' : 'Rows', toStderr);
  const steps = { copy: nb ? 'kopierer' : 'copying', check: nb ? 'kontrollerer' : 'checking' };
  const { contents, differences } = await transfer(source, target, (step, organisation, done, total) =>
    progress.update(`${organisation ?? (nb ? 'plattformen' : 'the platform')}, ${steps[step]}`, done, total),
  );
  progress.finish();
  const findings = [...differences];
  const audits = new Map<string, AuditResult>();
  const keys = { keys: (await auditKeysOf(target)).map(publicAuditKey) };
  for (const { organisation } of contents) {
    if (organisation === null) continue;
    const lists = source.checkpointLists(organisation);
    const is = await verifyChain(organisation, chainOf(target, organisation), keys, lists);
    // What cannot be proved of the source cannot be proved of a true copy either.
    const isSame =
      is.ok || alikeVerdicts(is, await verifyChain(organisation, chainOf(source, organisation), keys, lists));
    if (!isSame) findings.push(`${organisation}: the audit cannot be proved, and that of the source can`);
    audits.set(organisation, {
      records: is.records,
      checkpoints: is.checkpoints,
      verdict: is.ok ? 'ok' : 'as in the source',
    });
  }
  if (findings.length === 0) await target.keep();
  const ms = systemClock.monotonic() - started;
  const report = { ...kinds, kept: findings.length === 0, ms: Math.round(ms), ...counted(contents), findings };
  if (terminal.json) terminal.out(JSON.stringify({ ...report, organisations: shown(contents, audits) }, null, 2));
  else print(terminal, contents, audits, findings, ms);
  const isProved = [...audits.values()].every(({ verdict }) => verdict === 'ok');
  return findings.length === 0 && isProved ? exitCodes.ok : exitCodes.quality;
};

const alikeVerdicts = (one: AuditVerdict, other: AuditVerdict): boolean =>
  JSON.stringify([one.ok, one.commits, one.records, one.broken]) ===
  JSON.stringify([other.ok, other.commits, other.records, other.broken]);

const rowsIn = (content: Content, table: string): number => content.tables.get(table)?.rows ?? 0;

const counted = (contents: readonly Content[]): { readonly resources: number; readonly rows: number } => ({
  resources: contents.reduce((sum, content) => sum + rowsIn(content, 'resource'), 0),
  rows: contents.reduce((sum, { tables }) => [...tables.values()].reduce((all, { rows }) => all + rows, sum), 0),
});

const shown = (contents: readonly Content[], audits: ReadonlyMap<string, AuditResult>): readonly object[] =>
  contents.flatMap((content) => {
    const { organisation, position, collections, tables } = content;
    if (organisation === null) return [];
    const rows = Object.fromEntries([...tables].map(([table, each]) => [table, each.rows]));
    return [{ id: organisation, position, audit: audits.get(organisation), collections, rows }];
  });

const print = (
  terminal: Terminal,
  contents: readonly Content[],
  audits: ReadonlyMap<string, AuditResult>,
  findings: readonly string[],
  ms: number,
): void => {
  const nb = terminal.language === 'nb';
  const headings = nb
    ? ['ORGANISASJON', 'KLASSE', 'RESSURSER', 'INNHOLD (SHA-256)']
    : ['ORGANISATION', 'COLLECTION', 'RESOURCES', 'CONTENT (SHA-256)'];
  const rows = contents.flatMap(({ organisation, collections }) =>
    collections
      .filter(({ count }) => count > 0)
      .map(({ path, count, content }) => [organisation ?? '', path, String(count), content]),
  );
  for (const line of columns([headings, ...rows])) terminal.out(line);
  terminal.out('');
  const sums = contents.flatMap((content) => {
    const { organisation, position } = content;
    const audit = audits.get(organisation ?? '');
    if (organisation === null || audit === undefined) return [];
    const proved =
      audit.verdict === 'ok' ? (nb ? 'bevist' : 'proved') : nb ? 'brutt, som i kilden' : 'broken, as in the source';
    return [
      [
        organisation,
        position,
        rowsIn(content, 'change'),
        rowsIn(content, 'erasure'),
        audit.records,
        audit.checkpoints,
        proved,
      ].map(String),
    ];
  });
  const sumHeadings = nb
    ? ['ORGANISASJON', 'POSISJON', 'ENDRINGER', 'SLETTINGER', 'REVISJONSPOSTER', 'SJEKKPUNKTER', 'REVISJON']
    : ['ORGANISATION', 'POSITION', 'CHANGES', 'ERASURES', 'AUDIT RECORDS', 'CHECKPOINTS', 'AUDIT'];
  for (const line of columns([sumHeadings, ...sums])) terminal.out(line);
  for (const finding of findings) terminal.out(terminal.red(finding));
  const { resources, rows: all } = counted(contents);
  const rate = Math.round((resources * 1_000) / Math.max(1, ms));
  if (findings.length > 0)
    terminal.say(
      nb ? 'Kopien er ikke lik kilden: ingenting er beholdt.' : 'The copy is not like the source: nothing was kept.',
    );
  else
    terminal.say(
      nb
        ? `${resources} ressurser (${all} rader) på ${(ms / 1_000).toFixed(1)} s, ${rate}/s, kontrollert mot kilden. Kvalitetsfunn er ikke med: de finnes på nytt.`
        : `${resources} resources (${all} rows) in ${(ms / 1_000).toFixed(1)} s, ${rate}/s, checked against the source. Findings of quality are left out: they are found again.`,
    );
};

const openSource = async (place: Place, clock: Clock): Promise<TransferSource> =>
  place.kind === 'sqlite'
    ? (await import('#store/sqlite/transfer.ts')).openTransferSource(place.folder)
    : (await import('#store/postgres/transfer.ts')).openTransferSource({ url: place.url, clock });

const openTarget = async (place: Place, clock: Clock): Promise<TransferTarget> =>
  place.kind === 'sqlite'
    ? (await import('#store/sqlite/transfer.ts')).openTransferTarget(place.folder)
    : (await import('#store/postgres/transfer.ts')).openTransferTarget({ url: place.url, clock });

const placeOf = (flag: string, text: string, { readSecret, environment }: CopyDeps, language: Language): Place => {
  const nb = language === 'nb';
  if (/^sqlite:./.test(text)) return { kind: 'sqlite', folder: text.slice('sqlite:'.length) };
  if (text === 'postgres:') return { kind: 'postgres', url: ownerAddress(null, readSecret, environment) };
  if (/^postgres(?:ql)?:/.test(text)) return { kind: 'postgres', url: ownerAddress(text, readSecret, environment) };
  throw new CommandFailure(
    exitCodes.usage,
    nb ? `${flag} må være sqlite:MAPPE eller postgres://…` : `${flag} takes sqlite:DIRECTORY or postgres://…`,
    {
      hint: nb
        ? '`postgres:` alene tar adressen fra BINDELEDD_OWNER_DATABASE_URL_FILE eller BINDELEDD_OWNER_DATABASE_URL.'
        : '`postgres:` alone takes the address from BINDELEDD_OWNER_DATABASE_URL_FILE or BINDELEDD_OWNER_DATABASE_URL.',
    },
  );
};

const alike = (language: Language): CommandFailure =>
  new CommandFailure(
    exitCodes.usage,
    language === 'nb' ? 'Kilde og mål er av samme slag.' : 'Source and target are of the same kind.',
    {
      hint:
        language === 'nb'
          ? 'Bruk bindeledd backup og restore for mapper, pg_dump eller pgBackRest for databaser.'
          : 'Use bindeledd backup and restore for directories, pg_dump or pgBackRest for databases.',
    },
  );
