// What an import tells: for programs and for people. Used by import-pifu.ts. Names lines and elements of the file, never what stands in them.
import { limits } from '#base/limits.ts';
import type { PifuFinding } from '#formats/pifu/record.ts';
import type { ImportedFile } from '#ingest/pifu/import-pifu.ts';
import { renderFields, renderTable, type CommandOutput } from './command.ts';
import type { RunSummary } from './import-delivery.ts';
import type { Language } from './terminal.ts';

/** Findings of one import: the first of them by name, all of them counted. */
export type Findings = {
  readonly tell: (finding: PifuFinding) => void;
  readonly keptBack: () => number;
  /** Of those, how many the hub may hold from before: what has no place in the model was never there. */
  readonly maybeThere: () => number;
  readonly warnings: () => number;
  readonly list: () => readonly PifuFinding[];
};

export const collectFindings = (): Findings => {
  const list: PifuFinding[] = [];
  let [keptBack, maybeThere, warnings] = [0, 0, 0];
  return {
    tell: (finding) => {
      if (finding.severity === 'kept-back') {
        keptBack += 1;
        if (finding.code !== 'HUB-636') maybeThere += 1;
      } else warnings += 1;
      if (list.length < limits.importFindings) list.push(finding);
    },
    keptBack: () => keptBack,
    maybeThere: () => maybeThere,
    warnings: () => warnings,
    list: () => list.toSorted((one, other) => one.line - other.line),
  };
};

export type ImportOutcome = {
  readonly file: ImportedFile;
  readonly findings: Findings;
  /** What was, or would be, delivered. */
  readonly collections: readonly { readonly collection: string; readonly entries: number; readonly removals: number }[];
  /** `full`: what is missing in the file goes. */
  readonly mode: 'full' | 'delta';
  /** A full file that removes nothing, since something of it was kept back. */
  readonly removalsWait: boolean;
  /** Null: nothing was delivered. */
  readonly runs: readonly RunSummary[] | null;
  readonly dryRun: boolean;
};

const words = {
  nb: {
    file: 'Fil',
    records: 'Poster',
    persons: 'personer',
    groups: 'grupper',
    members: 'medlemmer',
    keptBack: 'Holdt tilbake',
    warnings: 'Merknader',
    unplaced: 'Uten plass i modellen',
    hidden: 'Id-er med fødselsnummer i, gjort uleselige',
    collection: 'samling',
    entries: 'oppføringer',
    removals: 'fjernes',
    state: 'tilstand',
    changed: 'endret',
    removed: 'fjernet',
    rejected: 'holdt tilbake',
    line: 'linje',
    code: 'kode',
    what: 'hva',
    reason: 'grunn',
    none: 'Ingenting å levere.',
    fullWarning: 'Full fil: det som ikke står i den, fjernes fra samlingene over. --delta lar det stå.',
    removalsWait:
      'Full fil, men noe er holdt tilbake: ingenting fjernes før en fil der ingenting holdes tilbake. --full-anyway fjerner likevel.',
    dry: 'Prøve: ingenting er levert.',
    held: (corrId: string) =>
      `Holdes tilbake, siden mye ville bli fjernet. Bekreft med: bindeledd sync confirm ${corrId}`,
    more: (count: number) => `… og ${count} til`,
  },
  en: {
    file: 'File',
    records: 'Records',
    persons: 'persons',
    groups: 'groups',
    members: 'members',
    keptBack: 'Kept back',
    warnings: 'Warnings',
    unplaced: 'No place in the model',
    hidden: 'Ids that held a national id, made unreadable',
    collection: 'collection',
    entries: 'entries',
    removals: 'removals',
    state: 'state',
    changed: 'changed',
    removed: 'removed',
    rejected: 'kept back',
    line: 'line',
    code: 'code',
    what: 'what',
    reason: 'reason',
    none: 'Nothing to deliver.',
    fullWarning: 'A full file: what it does not hold is removed from the collections above. --delta lets it stay.',
    removalsWait:
      'A full file, but something of it was kept back: removals wait for a file of which nothing is. --full-anyway removes all the same.',
    dry: 'A dry run: nothing has been delivered.',
    held: (corrId: string) => `Held, since much would be removed. Confirm with: bindeledd sync confirm ${corrId}`,
    more: (count: number) => `… and ${count} more`,
  },
} as const;

/** The report of an import. */
export const importReport = (outcome: ImportOutcome, language: Language): CommandOutput => {
  const { file, findings, collections, runs, mode, removalsWait, dryRun } = outcome;
  const say = words[language];
  const unplaced = [...file.unplaced].map(([element, count]) => ({ element, count }));
  const json = {
    file: { version: file.head.version, source: file.head.source, type: file.head.type, at: file.head.at },
    mode,
    removalsWait,
    dryRun,
    records: file.records,
    keptBack: findings.keptBack(),
    warnings: findings.warnings(),
    findings: findings.list(),
    unplaced,
    hiddenIds: file.hiddenIds,
    collections,
    runs: runs ?? [],
  };
  const told = findings.list();
  const left = findings.keptBack() + findings.warnings() - told.length;
  const text = [
    renderFields([
      [say.file, `PIFU-IMS ${file.head.version}, ${file.head.type}, ${file.head.source} ${file.head.at ?? ''}`.trim()],
      [
        say.records,
        `${file.records.persons} ${say.persons}, ${file.records.groups} ${say.groups}, ${file.records.members} ${say.members}`,
      ],
      [say.keptBack, String(findings.keptBack())],
      [say.warnings, String(findings.warnings())],
      ...(unplaced.length === 0
        ? []
        : [[say.unplaced, unplaced.map(({ element, count }) => `${element} ${count}`).join(', ')] as const]),
      ...(file.hiddenIds === 0 ? [] : [[say.hidden, String(file.hiddenIds)] as const]),
    ]),
    ...(told.length === 0
      ? []
      : [
          renderTable(
            [say.line, say.code, say.what, say.reason],
            told.map(({ line, code, what, reason }) => [String(line), code, what, reason]),
            '',
          ),
        ]),
    ...(left > 0 ? [say.more(left)] : []),
    runs === null
      ? renderTable(
          [say.collection, say.entries, say.removals],
          collections.map((one) => [one.collection, String(one.entries), String(one.removals)]),
          say.none,
        )
      : renderTable(
          [say.collection, say.entries, say.state, say.changed, say.removed, say.rejected],
          runs.map((run) => [
            run.collection,
            String(run.entries),
            run.state,
            String(run.created + run.updated),
            String(run.removed),
            String(run.rejected),
          ]),
          say.none,
        ),
    ...(mode === 'full' && runs === null && collections.length > 0 ? [say.fullWarning] : []),
    ...(removalsWait ? [say.removalsWait] : []),
    ...(dryRun ? [say.dry] : []),
    ...(runs ?? [])
      .filter(({ state }) => state === 'held')
      .map(({ collection, corrId }) => `${collection}: ${say.held(corrId)}`),
  ];
  return { text: text.join('\n\n'), json };
};
