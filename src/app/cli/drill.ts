// `bindeledd drill`: takes a copy, puts it back in a folder of its own, looks through it, and tells how long a restore would take. Changes
// nothing of the data directory; leaves nothing behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { drill } from '#store/sqlite/drill.ts';
import type { DrillReport, DrillStep } from '#store/sqlite/drill.ts';
import { megabytes, toStderr } from './backup.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { loadFolders } from './models.ts';
import { createProgress } from './progress.ts';
import { columns, failureOf, type Terminal, type Words } from './terminal.ts';

export type DrillPlace = {
  readonly data: string;
  /** The folders of the model; those that come with the hub when null. */
  readonly model: readonly string[] | null;
  /** Folder with room for two copies; the system's for temporary files when null. */
  readonly within: string | null;
};

/** Practises a restore; exit code 7 when what comes back is not what was there. */
export const runDrill = async (terminal: Terminal, { data, model, within }: DrillPlace): Promise<ExitCode> => {
  const nb = terminal.language === 'nb';
  const loaded = loadFolders(model);
  if (!loaded.ok) throw failureOf(loaded.problem);
  const folder = mkdtempSync(path.join(within ?? tmpdir(), 'bindeledd-drill-'));
  try {
    const progress = createProgress(terminal, systemClock, nb ? 'Øvelsen' : 'Drill', toStderr);
    const report = await drill({
      from: data,
      within: folder,
      model: loaded.value,
      clock: systemClock,
      random: systemRandom,
      told: progress.update,
    });
    progress.finish();
    if (terminal.json) terminal.out(JSON.stringify(report, null, 2));
    else print(terminal, report, nb);
    return report.ok ? exitCodes.ok : exitCodes.quality;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const stepNames: Readonly<Record<DrillStep['name'], Words>> = {
  backup: { nb: 'kopi', en: 'backup' },
  restore: { nb: 'tilbakelegging', en: 'restore' },
  check: { nb: 'gjennomgang', en: 'check' },
  open: { nb: 'åpning', en: 'opening' },
};

const print = (terminal: Terminal, report: DrillReport, nb: boolean): void => {
  const headings = nb
    ? ['ORGANISASJON', 'RESSURSER', 'KLASSER', 'POSISJON', 'REVISJONSPOSTER']
    : ['ORGANISATION', 'RESOURCES', 'COLLECTIONS', 'POSITION', 'AUDIT RECORDS'];
  const rows = report.organisations.map(({ id, resources, collections, position, audited }) => [
    id,
    ...[resources, collections, position, audited].map(String),
  ]);
  for (const line of columns([headings, ...rows])) terminal.out(line);
  terminal.out('');
  for (const line of columns(
    report.steps.map(({ name, ms }) => [stepNames[name][terminal.language], `${(ms / 1_000).toFixed(1)} s`]),
  ))
    terminal.out(line);
  terminal.out(megabytes(report.bytes));
  for (const finding of report.findings) terminal.out(terminal.red(finding));
  if (report.ok) terminal.say(nb ? 'Alt kom tilbake slik det var.' : 'Everything came back as it was.');
};
