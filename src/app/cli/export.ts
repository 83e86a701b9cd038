// `bindeledd export list|show|confirm|reject|cancel|settings|set|schedule …`: owners look after what applications are given, through the admin API.
import { reportText } from '#apis/flyt-skole/exports/report-text.ts';
import type { ExportReport } from '#apis/flyt-skole/exports/ports.ts';
import { ok, type Result } from '#base/result.ts';
import { askAll, askOne, chosenOrganisation, type AdminDoor } from './admin-door.ts';
import { cell, renderFields, renderTable, splitList, type CommandOutput } from './command.ts';
import type { Language } from './terminal.ts';

/** Whose exports. */
export type ExportPlace = {
  readonly door: AdminDoor;
  readonly organisation: string | undefined;
  readonly language: Language;
};

const placeOf = async ({ door, organisation }: ExportPlace): Promise<Result<string>> => {
  const chosen = await chosenOrganisation(door, organisation);
  return chosen.ok ? ok(`/admin/organisations/${encodeURIComponent(chosen.value)}`) : chosen;
};

type Summary = Pick<
  ExportReport,
  'id' | 'application' | 'profile' | 'type' | 'state' | 'createdAt' | 'bytes' | 'exported'
>;

/** The latest runs, the newest first. */
export const listExports = async (
  place: ExportPlace,
  args: { readonly application?: string | undefined; readonly state?: string | undefined },
): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const { application, state } = args;
  const found = await askAll<Summary>(place.door, `${at.value}/exports`, { application, state });
  if (!found.ok) return found;
  const rows = found.value.map((run) => [
    run.id,
    run.application,
    run.profile,
    run.type,
    run.state,
    run.createdAt,
    cell(run.exported?.memberships),
    cell(run.bytes),
  ]);
  const headings = ['ID', 'APPLICATION', 'PROFILE', 'TYPE', 'STATE', 'ASKED FOR', 'MEMBERSHIPS', 'BYTES'];
  const none = place.language === 'nb' ? 'Ingen eksporter.' : 'There are no exports.';
  return ok({ text: renderTable(headings, rows, none), json: found.value });
};

/** The report of a run, as a page of text or as JSON. */
export const showExport = async (place: ExportPlace, id: string): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const run = await askOne<ExportReport>(place.door, 'GET', `${at.value}/exports/${encodeURIComponent(id)}`);
  return run.ok ? ok({ text: reportText(run.value, place.language).trimEnd(), json: run.value }) : run;
};

/** Lets a held run out, keeps it in, or stops one that is under way. Confirming needs a reason. */
export const decideExport = async (
  place: ExportPlace,
  id: string,
  decision: 'confirm' | 'reject' | 'cancel',
  reason: string | undefined,
): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const path = `${at.value}/exports/${encodeURIComponent(id)}/${decision}`;
  const run = await askOne<ExportReport>(place.door, 'POST', path, { reason });
  return run.ok ? ok({ text: `${id}: ${run.value.state}`, json: run.value }) : run;
};

// --- Settings -----------------------------------------------------------------------------------------------------------------

export type SettingsArgs = {
  /** `pifu-ims-1.1` sets that of pifu; `pifu=` takes it away. */
  readonly profiles?: readonly string[] | undefined;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** A share, `0.05` or `5%`. */
  readonly dropGuard?: string | undefined;
  readonly reason?: string | undefined;
};

type Settings = {
  readonly application: string;
  readonly profiles: Readonly<Record<string, string>>;
  readonly source: string | null;
  readonly target: string | null;
  readonly dropGuard: number;
};

const settingsText = ({ application, profiles, source, target, dropGuard }: Settings): string =>
  renderFields([
    ['application', application],
    ['profiles', Object.values(profiles).join(', ') || '-'],
    ['source', cell(source)],
    ['target', cell(target)],
    ['drop-guard', `${Math.round(dropGuard * 1_000) / 10} %`],
  ]);

const profilesOf = (names: readonly string[]): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    splitList(names).map((name) =>
      name.endsWith('=') ? [name.slice(0, -1), null] : [name.split('-', 1)[0] ?? name, name],
    ),
  );

const shareOf = (text: string): number =>
  text.trim().endsWith('%') ? Number(text.trim().slice(0, -1)) / 100 : Number(text);

const emptyIsNull = (value: string | undefined): string | null | undefined => (value === '' ? null : value);

/** Shows how files are made for an application, and changes what is said of it. */
export const exportSettings = async (
  place: ExportPlace,
  application: string,
  args: SettingsArgs,
): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const path = `${at.value}/export-settings/${encodeURIComponent(application)}`;
  const { profiles, source, target, dropGuard, reason } = args;
  const change = {
    profiles: profiles === undefined ? undefined : profilesOf(profiles),
    source: emptyIsNull(source),
    target: emptyIsNull(target),
    // What is no number is sent as it is, and refused by name.
    dropGuard: dropGuard === undefined ? undefined : Number.isNaN(shareOf(dropGuard)) ? dropGuard : shareOf(dropGuard),
  };
  const changes = Object.values(change).some((value) => value !== undefined);
  const found = changes
    ? await askOne<Settings>(place.door, 'PATCH', path, { ...change, reason })
    : await askOne<Settings>(place.door, 'GET', path);
  return found.ok ? ok({ text: settingsText(found.value), json: found.value }) : found;
};

// --- Schedules ----------------------------------------------------------------------------------------------------------------

export type ScheduleArgs = {
  readonly application?: string | undefined;
  readonly format?: string | undefined;
  readonly profile?: string | undefined;
  readonly type?: string | undefined;
  /** Opaque ids; `all` for every one. */
  readonly schools?: readonly string[] | undefined;
  readonly at?: string | undefined;
  readonly days?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly fileName?: string | undefined;
  readonly reason?: string | undefined;
};

type Schedule = {
  readonly id: string;
  readonly application: string;
  readonly format: string;
  readonly profile: string | null;
  readonly type: string;
  readonly at: string;
  readonly days: readonly string[];
  readonly target: string;
  readonly next: string;
  readonly last: { readonly at: string; readonly ok: boolean; readonly message: string | null } | null;
};

const lastOf = ({ last }: Schedule): string =>
  last === null ? '-' : `${last.at} ${last.ok ? 'ok' : (last.message ?? 'failed')}`;

const describe = (one: Schedule): string =>
  `${one.id}: ${one.profile ?? one.format} ${one.type} for ${one.application} at ${one.at} ${one.days.join(',')} to ${one.target}, next ${one.next}`;

const bodyOf = ({ schools, days, ...args }: ScheduleArgs): object => {
  const named = schools === undefined ? undefined : splitList(schools);
  return {
    ...args,
    schools: named?.join() === 'all' ? null : named,
    days: days === undefined ? undefined : splitList(days),
  };
};

/** What is made by itself, and where it goes. */
export const listSchedules = async (place: ExportPlace): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const found = await askAll<Schedule>(place.door, `${at.value}/export-schedules`);
  if (!found.ok) return found;
  const rows = found.value.map((one) => [
    one.id,
    one.application,
    one.profile ?? one.format,
    one.type,
    `${one.at} ${one.days.join(',')}`,
    one.target,
    one.next,
    lastOf(one),
  ]);
  const headings = ['ID', 'APPLICATION', 'FILE', 'TYPE', 'WHEN', 'TARGET', 'NEXT', 'LAST'];
  const none = place.language === 'nb' ? 'Ingen tidsplaner.' : 'There are no schedules.';
  return ok({ text: renderTable(headings, rows, none), json: found.value });
};

/** Names of the places that files may be brought to. */
export const listTargets = async (place: ExportPlace): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const found = await askAll<{ readonly name: string }>(place.door, `${at.value}/export-targets`);
  if (!found.ok) return found;
  const none = place.language === 'nb' ? 'Ingen leveringssteder.' : 'There are no targets.';
  return ok({
    text: renderTable(
      ['NAME'],
      found.value.map(({ name }) => [name]),
      none,
    ),
    json: found.value,
  });
};

/** Adds a schedule, or changes what is said of one and leaves the rest. */
export const putSchedule = async (
  place: ExportPlace,
  id: string | null,
  args: ScheduleArgs,
): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const path = `${at.value}/export-schedules`;
  const put =
    id === null
      ? await askOne<Schedule>(place.door, 'POST', path, bodyOf(args))
      : await askOne<Schedule>(place.door, 'PATCH', `${path}/${encodeURIComponent(id)}`, bodyOf(args));
  return put.ok ? ok({ text: describe(put.value), json: put.value }) : put;
};

/** Ends a schedule. */
export const removeSchedule = async (
  place: ExportPlace,
  id: string,
  reason: string | undefined,
): Promise<Result<CommandOutput>> => {
  const at = await placeOf(place);
  if (!at.ok) return at;
  const path = `${at.value}/export-schedules/${encodeURIComponent(id)}`;
  const removed = await askOne<Schedule>(place.door, 'DELETE', path, { reason });
  return removed.ok ? ok({ text: `${id}: removed`, json: removed.value }) : removed;
};
