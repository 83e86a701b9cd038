// What an application asks for, made into an order: everything named is looked up and held against the rules, before anything waits in a queue. Called
// by exports.ts.
import { civilDay } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { rosterProfiles, type RosterProfile } from '#formats/roster.ts';
import type { Sealing } from '#hub/documents/document.ts';
import type { ExportRun, ExportStore } from '#store/exports.ts';
import {
  defaultProfiles,
  exportFormats,
  formatOf,
  type ExportAsked,
  type ExportCaller,
  type ExportOrder,
  type ExportReport,
  type ExportSettings,
  type OpenRoster,
} from './export.ts';
import { defaultSource } from './export-settings.ts';
import { isTold, recordOf, seriesOf } from './run-record.ts';

export type AskDeps = {
  readonly sealing: Pick<Sealing, 'readId' | 'open'>;
  readonly openRoster: OpenRoster;
  readonly now: () => number;
};

/** What positions are sealed for. */
export const positionPurpose = 'export-position';

/** The school year that a civil date is in: from August to July (flyt-skole facts 10). */
export const schoolYearOf = (date: string): string => {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  const from = month >= 8 ? year : year - 1;
  return `${from}/${from + 1}`;
};

const isSchoolYear = (text: string): boolean =>
  /^\d{4}\/\d{4}$/.test(text) && Number(text.slice(5)) === Number(text.slice(0, 4)) + 1;

const bad = (...errors: readonly ProblemItem[]) =>
  failed(problem('HUB-103', 'The export cannot be made as it was asked for.', { errors }));

const fullFirst = (detail: string) => failed(problem('HUB-419', detail));

/**
 * The order for what is asked, not yet begun. HUB-103 names what is wrong, HUB-419 says that there is nothing to tell changes since, HUB-204 that the
 * caller may export nothing. Reads the schools as the caller sees them.
 */
export const orderFor = async (
  asked: ExportAsked,
  { principal, trace }: ExportCaller,
  settings: ExportSettings,
  store: ExportStore,
  { run, trigger, deps }: { readonly run: string; readonly trigger: ExportReport['trigger']; readonly deps: AskDeps },
): Promise<Result<ExportOrder>> => {
  const now = deps.now();
  const { date: today } = civilDay(now);
  const form = formProblems(asked);
  if (form.length > 0) return bad(...form);
  const profile = asked.profile ?? settings.profiles[asked.format] ?? defaultProfiles[asked.format];
  // National ids as ids are for whom the owner has turned them on (flyt-skole facts 11).
  if (profile === 'ims-1.1-legacy-nin' && settings.profiles.ims !== profile)
    return bad({ at: '/profile', message: 'is open only to applications for which the owner of the data has set it' });
  const schoolYear = asked.schoolYear ?? schoolYearOf(today);
  const schools = uidsOf(asked.schools, (id) => deps.sealing.readId(principal.tenant, id));
  if (!schools.ok) return schools;

  const { scopes, ...rest } = principal;
  const half = {
    run,
    principal: { ...rest, scopes: [...scopes] },
    trace,
    readAsMade: trigger === 'stream',
    profile,
    type: asked.type,
    schools: schools.value,
    schoolYear,
    today,
    source: settings.source ?? defaultSource(principal.tenant),
    target: settings.target,
    dropGuard: settings.dropGuard,
    confirmed: null,
  };
  const roster = await deps.openRoster(half, () => {});
  if (roster.kind === 'missing')
    return failed(problem('HUB-204', 'There is nothing here that the application may export.'));
  const seen = new Set(roster.reading.schools.map(({ uid }) => uid));
  const unseen = (schools.value ?? []).findIndex((uid) => !seen.has(uid));
  if (unseen >= 0) return bad(unknownSchool(schools.value ?? [], asked.schools ?? [], unseen, deps, principal.tenant));
  const before = await comparedWith(asked, half, { principal, trace }, store, deps);
  return before.ok ? ok({ ...half, before: before.value }) : before;
};

const unknownSchool = (
  uids: readonly number[],
  ids: readonly string[],
  at: number,
  { sealing }: AskDeps,
  tenant: string,
): ProblemItem => {
  const index = ids.findIndex((id) => sealing.readId(tenant, id) === uids[at]);
  return { at: `/schoolIds/${index}`, message: 'is no school that the application sees' };
};

/** What is wrong with the words themselves. */
const formProblems = (asked: ExportAsked): readonly ProblemItem[] => {
  const { format, profile, type, since, schools, schoolYear } = asked;
  const problems: ProblemItem[] = [];
  if (!exportFormats.includes(format)) return [{ at: '/format', message: `takes ${exportFormats.join(', ')}` }];
  const profiles = rosterProfiles.filter((one: RosterProfile) => formatOf(one) === format);
  if (profile !== null && !profiles.includes(profile))
    problems.push({ at: '/profile', message: `takes ${profiles.join(', ')}` });
  if (type !== 'full' && type !== 'delta') problems.push({ at: '/type', message: 'takes full, delta' });
  // The format has no word for what is gone (flyt-skole facts 7).
  if (type === 'delta' && format === 'abc')
    problems.push({ at: '/type', message: 'ABC has no delta: ask for a full file' });
  if (type === 'full' && since !== null) problems.push({ at: '/since', message: 'is of a delta' });
  if (schools !== null && (schools.length === 0 || schools.length > limits.exportSchools))
    problems.push({ at: '/schoolIds', message: `takes 1 to ${limits.exportSchools} schools` });
  if (schoolYear !== null && !isSchoolYear(schoolYear))
    problems.push({ at: '/schoolYear', message: 'takes two years that follow each other, 2026/2027' });
  return problems;
};

const uidsOf = (
  ids: readonly string[] | null,
  readId: (id: string) => number | null,
): Result<readonly number[] | null> => {
  if (ids === null) return ok(null);
  const uids = ids.map(readId);
  const known = uids.filter((uid) => uid !== null);
  if (known.length < uids.length)
    return bad({ at: `/schoolIds/${uids.indexOf(null)}`, message: 'is no school that the application sees' });
  return ok([...new Set(known)].sort((one, other) => one - other));
};

type Comparable = Pick<ExportOrder, 'principal' | 'profile' | 'source' | 'schools' | 'schoolYear' | 'type'>;

const comparedWith = async (
  { since }: ExportAsked,
  order: Comparable,
  caller: ExportCaller,
  store: ExportStore,
  { sealing, now }: AskDeps,
): Promise<Result<string | null>> => {
  const series = seriesOf(order);
  const application = caller.principal.client;
  if (since !== null) {
    const id = sealing.open(caller, positionPurpose, since);
    const run = id === null ? null : await store.run(id);
    if (run === null || run.application !== application || !isTold(run, now()))
      return fullFirst('The position has expired, or was never given: take a full export.');
    if (run.series !== series)
      return bad({ at: '/since', message: 'is of another profile, datasource or choice of schools' });
    return ok(run.id);
  }
  const last = await lastTold(
    store,
    { application, series, now: now() },
    (run) =>
      // With other scopes another file is made.
      sameScopes(recordOf(run).order, order) &&
      // In another school year everything is another: not to be held against the one before.
      (order.type === 'delta' || recordOf(run).order.schoolYear === order.schoolYear),
  );
  if (last === null && order.type === 'delta')
    return fullFirst(
      'No export of this kind has been fetched that changes could be told since: take a full one first.',
    );
  return ok(last?.id ?? null);
};

const sameScopes = (one: Pick<ExportOrder, 'principal'>, other: Pick<ExportOrder, 'principal'>): boolean =>
  new Set(one.principal.scopes).symmetricDifference(new Set(other.principal.scopes)).size === 0;

// More runs than a day has that differ in nothing.
const looked = 500;

const lastTold = async (
  store: ExportStore,
  { application, series, now }: { readonly application: string; readonly series: string; readonly now: number },
  fits: (run: ExportRun) => boolean,
): Promise<ExportRun | null> => {
  const runs = await store.runs({ application, series, states: ['ready', 'expired'], limit: looked });
  return runs.find((run) => run.told && isTold(run, now) && fits(run)) ?? null;
};
