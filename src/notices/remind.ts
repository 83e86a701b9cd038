// Makes the notices that come by time: reminders before a change takes effect, to those who still use it, and the announcements that came with a new version of the
// catalogue. Run by create-notices.ts. A notice has an id of its own making, so that none comes twice, whichever process makes it.
import { dayMs, type Clock } from '#base/clock.ts';
import { keptChange } from '#catalogue/announcements.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { noticeEntry, noticeOfChange } from '#catalogue/compose-notice.ts';
import type { Change, Status } from '#catalogue/contract.ts';
import { datesOf, promiseOf, type PartStatuses } from '#catalogue/draft.ts';
import { hitDays, hitsOf, sinceDay, stillDays } from '#catalogue/impact.ts';
import type { Notice } from '#catalogue/subscription.ts';
import type { Environment, PlatformStore } from '#store/store.ts';

export type RemindDeps = {
  readonly platform: Pick<PlatformStore, 'registerEntries' | 'registerEntry' | 'putRegister' | 'partUse'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly environment: Environment;
  readonly catalogue: Pick<Catalogue, 'apis' | 'releases'>;
  /** Changes that came with the catalogue, and not by an announcement in this hub. */
  readonly delivered: () => readonly Change[];
  readonly parts: PartStatuses;
  /** Days before a change takes effect on which those who still use it are reminded. */
  readonly days: readonly number[];
};

/** A change that may need a notice, with the promise that it is held to. */
type Standing = { readonly change: Change; readonly status: Status };

/** The applications that have used what changes within some days. */
export const usersOf = async (
  {
    platform,
    clock,
    environment,
  }: Pick<RemindDeps, 'clock' | 'environment'> & { readonly platform: Pick<PlatformStore, 'partUse'> },
  change: Pick<Change, 'api' | 'coordinates'>,
  days: number,
): Promise<readonly string[]> => {
  const since = sinceDay(clock.now(), days);
  const uses = await platform.partUse(environment, { since, api: change.api });
  return hitsOf(change.coordinates, uses).map(({ application }) => application);
};

/** Puts a notice down to be handed out. False when there is one of its kind already. */
const tell = async ({ platform }: RemindDeps, notice: Notice): Promise<boolean> =>
  platform.putRegister({ entries: [noticeEntry(notice)] });

const isTold = async ({ platform }: RemindDeps, id: string): Promise<boolean> =>
  (await platform.registerEntry('notice', id)) !== null;

/** The distance of the reminder that is due: the nearest of those that have been passed, so that nobody gets several at once. */
const dueDistance = (days: readonly number[], announcedAt: number, effectAt: number, now: number): number | null => {
  if (now >= effectAt) return null;
  const passed = days.filter((distance) => {
    const at = effectAt - distance * dayMs;
    // What was announced later than that was no earlier news.
    return at > announcedAt && at <= now;
  });
  return passed.length === 0 ? null : Math.min(...passed);
};

const remind = async (deps: RemindDeps, { change, status }: Standing): Promise<boolean> => {
  const { catalogue, days, clock } = deps;
  const api = catalogue.apis.get(change.api);
  const dates = datesOf(change, status, catalogue);
  if (api === undefined || dates === null || change.announcedAt === null || change.kind === 'compatible') return false;
  const distance = dueDistance(days, change.announcedAt, dates.effectAt, clock.now());
  if (distance === null || (await isTold(deps, `change.${change.id}.reminder.${distance}`))) return false;
  const affected = await usersOf(deps, change, stillDays);
  // Who begins to use it after all is reminded then.
  if (affected.length === 0) return false;
  const around = { api, status, dates, now: clock.now(), affected };
  return tell(deps, noticeOfChange('reminder', change, around, { mark: String(distance) }));
};

/** Tells of a change that the catalogue was delivered with, once. */
const announce = async (deps: RemindDeps, { change, status }: Standing): Promise<boolean> => {
  const { catalogue, clock } = deps;
  const api = catalogue.apis.get(change.api);
  const dates = datesOf(change, status, catalogue);
  const now = clock.now();
  if (api === undefined || dates === null || (change.announcedAt ?? now) > now) return false;
  if (await isTold(deps, `change.${change.id}.announced`)) return false;
  const around = { api, status, dates, now, affected: await usersOf(deps, change, hitDays) };
  return tell(deps, noticeOfChange('announced', change, around));
};

/** Makes what is due, and gives how many notices that was. */
export const makeDueNotices = async (deps: RemindDeps): Promise<number> => {
  const kept = (await deps.platform.registerEntries({ kind: 'change' })).map(keptChange);
  const own = new Set(kept.map(({ change }) => change.id));
  const delivered: readonly Standing[] = deps
    .delivered()
    .filter(({ id, doneAt }) => doneAt === null && !own.has(id))
    .map((change) => ({ change, status: promiseOf(change, deps) }));
  const standing: readonly Standing[] = [...delivered, ...kept.filter(({ state }) => state === 'announced')];
  let made = 0;
  for (const one of delivered) if (await announce(deps, one)) made += 1;
  for (const one of standing) if (await remind(deps, one)) made += 1;
  return made;
};
