// `bindeledd sync status|confirm|reject`: sync runs as the hub sees them. An administrator asks the admin API; an adapter with its own credentials
// asks the adapter API.
import { askAll, askOne, chosenOrganisation, isShown, type AdminDoor, type Shown } from './admin-door.ts';
import { cell, type CommandOutput } from './command.ts';
import { columns, type Language } from './terminal.ts';
import { formatInstant } from '#base/clock.ts';
import { ok, type Result } from '#base/result.ts';

/** Whose runs, and over which API. */
export type SyncAsker = {
  readonly door: AdminDoor;
  readonly as: 'admin' | 'adapter';
  /** The organisation, when it was named. */
  readonly organisation: string | undefined;
  readonly language: Language;
};

const timed = (name: string, value: unknown): string =>
  name.endsWith('At') && typeof value === 'number' ? formatInstant(value) : cell(value);

/** Where the runs of the asker are. */
const placeOf = async ({ door, as, organisation }: SyncAsker): Promise<Result<string>> => {
  if (as === 'adapter') return ok('/provider/sync');
  const chosen = await chosenOrganisation(door, organisation);
  return chosen.ok ? ok(`/admin/organisations/${encodeURIComponent(chosen.value)}/runs`) : chosen;
};

const shown = ['corrId', 'collection', 'type', 'state', 'receivedEntries', 'totalSize', 'rejected', 'removed'] as const;
const runsInList = 200;

const runsOf = (value: unknown): readonly Shown[] => {
  const list = Array.isArray(value) ? value : isShown(value) ? value['runs'] : [];
  return Array.isArray(list) ? list.filter(isShown) : [];
};

/** The latest runs. */
const listRuns = async (asker: SyncAsker, place: string): Promise<Result<CommandOutput>> => {
  const { door, as, language } = asker;
  const none = language === 'nb' ? 'Ingen synkroniseringer.' : 'No sync runs.';
  const answer = as === 'adapter' ? await door.ask('GET', place) : await askAll(door, place, {}, runsInList);
  if (!answer.ok) return answer;
  const runs = runsOf(answer.value);
  const lines = columns([shown, ...runs.map((run) => shown.map((name) => cell(run[name])))]);
  return ok({ text: runs.length === 0 ? none : lines.join('\n'), json: as === 'adapter' ? answer.value : { runs } });
};

/** Lists the latest runs, or tells everything about one. */
export const syncStatus = async (asker: SyncAsker, corrId: string | null): Promise<Result<CommandOutput>> => {
  const place = await placeOf(asker);
  if (!place.ok) return place;
  if (corrId === null) return listRuns(asker, place.value);
  const run = await askOne(asker.door, 'GET', `${place.value}/${encodeURIComponent(corrId)}`);
  if (!run.ok) return run;
  const text = columns(Object.entries(run.value).map(([name, one]) => [name, timed(name, one)])).join('\n');
  return ok({ text, json: run.value });
};

/** Confirms or rejects a run that is held because it would remove much. An administrator gives a reason. */
export const decideSync = async (
  asker: SyncAsker,
  corrId: string,
  decision: 'confirm' | 'reject',
  reason: string | undefined,
): Promise<Result<CommandOutput>> => {
  const place = await placeOf(asker);
  if (!place.ok) return place;
  const body = asker.as === 'admin' ? { reason } : undefined;
  const run = await askOne(asker.door, 'POST', `${place.value}/${encodeURIComponent(corrId)}/${decision}`, body);
  return run.ok ? ok({ text: `${corrId}: ${cell(run.value['state'])}`, json: run.value }) : run;
};
