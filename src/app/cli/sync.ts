// `bindeledd sync status|confirm|reject`: sync runs as the hub sees them, over its adapter API.
import { formatInstant } from '#base/clock.ts';
import type { Settings } from '#config/settings.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createHubClient, type CallOptions } from './hub-client.ts';
import { CommandFailure, columns, type Terminal } from './terminal.ts';

type Shown = Readonly<Record<string, unknown>>;

const text = (value: unknown): string =>
  value === undefined || value === null ? '-' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const timed = (name: string, value: unknown): string =>
  name.endsWith('At') && typeof value === 'number' ? formatInstant(value) : text(value);

const address = (corrId: string, action = ''): string => `/provider/sync/${encodeURIComponent(corrId)}${action}`;

const read = async (answer: Response): Promise<unknown> => {
  const body = await answer.text();
  try {
    return body === '' ? null : (JSON.parse(body) as unknown);
  } catch {
    throw new CommandFailure(exitCodes.remote, 'The answer is not JSON.');
  }
};

const runsOf = (value: unknown): readonly Shown[] => {
  const list = Array.isArray(value) ? value : ((value as { readonly runs?: unknown } | null)?.runs ?? []);
  return Array.isArray(list) ? (list as readonly Shown[]) : [];
};

/** Lists the latest runs, or tells everything about one. */
export const runSyncStatus = async (
  terminal: Terminal,
  settings: Settings,
  corrId: string | null,
  options: CallOptions,
): Promise<ExitCode> => {
  const client = createHubClient(settings, options, terminal.language);
  const value = await read(await client.send('GET', corrId === null ? '/provider/sync' : address(corrId)));
  if (terminal.json) terminal.out(JSON.stringify(value, null, 2));
  else if (corrId === null) printRuns(terminal, runsOf(value));
  else
    for (const line of columns(Object.entries(value as Shown).map(([name, one]) => [name, timed(name, one)])))
      terminal.out(line);
  return exitCodes.ok;
};

const shown = ['corrId', 'collection', 'type', 'state', 'receivedEntries', 'totalSize', 'rejected', 'removed'] as const;

const printRuns = (terminal: Terminal, runs: readonly Shown[]): void => {
  if (runs.length === 0) {
    terminal.say(terminal.language === 'nb' ? 'Ingen synkroniseringer.' : 'No sync runs.');
    return;
  }
  for (const line of columns([shown, ...runs.map((run) => shown.map((name) => text(run[name])))])) terminal.out(line);
};

/** Confirms or rejects a run that is held because it would remove much. */
export const runSyncDecision = async (
  terminal: Terminal,
  settings: Settings,
  corrId: string,
  decision: 'confirm' | 'reject',
  options: CallOptions,
): Promise<ExitCode> => {
  const client = createHubClient(settings, options, terminal.language);
  const value = await read(await client.send('POST', address(corrId, `/${decision}`)));
  if (terminal.json) terminal.out(JSON.stringify(value, null, 2));
  else
    terminal.say(
      `${corrId}: ${text((value as Shown | null)?.['state'] ?? (decision === 'confirm' ? 'confirmed' : 'rejected'))}`,
    );
  return exitCodes.ok;
};
