// What there is to tell everybody, the newest first: announcements, what was done or called off, decisions about promotions. Feeds are written from it; made anew when something
// on the platform has changed. Nothing in it says who uses what.
import { formatInstant } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import type { PlatformStore, RegisterEntry } from '#store/store.ts';
import type { Announcements, InForce } from './announcements.ts';
import type { Catalogue } from './catalogue.ts';
import { noticeOfChange, noticeOfPromotion } from './compose-notice.ts';
import type { Change } from './contract.ts';
import { datesOf, promiseOf, type PartStatuses } from './draft.ts';
import type { Promotion } from './promotion.ts';
import type { Notice } from './subscription.ts';

/** A promotion as everybody sees it, as JSON. */
export type PublicPromotion = Readonly<Record<string, unknown>>;

export type News = {
  /** Another number whenever the rest says something else. */
  readonly version: number;
  readonly items: readonly Notice[];
  readonly promotions: readonly PublicPromotion[];
};

export type NewsDeps = {
  readonly platform: Pick<PlatformStore, 'registerEntries'>;
  readonly announcements: Announcements;
  readonly catalogue: Pick<Catalogue, 'apis' | 'releases'>;
  readonly parts: PartStatuses;
};

const publicPromotion = (promotion: Promotion, state: string): PublicPromotion => {
  const { askedBy: _by, confirmations, decision, askedAt, ...said } = promotion;
  return {
    ...said,
    state,
    askedAt: formatInstant(askedAt),
    confirmations: confirmations.map(({ institution, text, at }) => ({ institution, text, at: formatInstant(at) })),
    decision:
      decision === null ? null : { at: formatInstant(decision.at), reasons: decision.reasons, checks: decision.checks },
  };
};

const ofChange = (change: Change, deps: NewsDeps, inForce: InForce): readonly Notice[] => {
  const kept = inForce.kept.find((one) => one.change.id === change.id);
  const status = kept?.status ?? promiseOf(change, deps);
  const api = deps.catalogue.apis.get(change.api);
  const dates = datesOf(change, status, deps.catalogue);
  if (api === undefined || dates === null || change.announcedAt === null) return [];
  const around = { api, status, dates, affected: [] };
  const announced = noticeOfChange('announced', { ...change, doneAt: null }, { ...around, now: change.announcedAt });
  const off = kept?.withdrawn ?? null;
  return [
    announced,
    ...(change.doneAt === null ? [] : [noticeOfChange('done', change, { ...around, now: change.doneAt })]),
    ...(off === null ? [] : [noticeOfChange('withdrawn', change, { ...around, now: off.at }, { why: off.reason })]),
  ];
};

const ofPromotion = (entry: RegisterEntry, { catalogue }: NewsDeps): readonly Notice[] => {
  const promotion = entry.value as Promotion;
  const api = catalogue.apis.get(promotion.api);
  if (api === undefined || promotion.decision === null || (entry.state !== 'approved' && entry.state !== 'refused'))
    return [];
  return [noticeOfPromotion(promotion, entry.state, { api, now: promotion.decision.at, affected: [] })];
};

/** Looks after the news. */
export const createNews = (deps: NewsDeps): (() => Promise<News>) => {
  let known: { readonly mark: string; readonly news: News } | null = null;
  return async () => {
    const inForce = await deps.announcements.current();
    const promotions = await deps.platform.registerEntries({ kind: 'promotion' });
    const mark = [inForce.version, ...promotions.map(({ id, revision }) => `${id} ${revision}`)].join('\n');
    if (known?.mark === mark) return known.news;
    const off = inForce.kept.filter(({ state }) => state === 'withdrawn').map(({ change }) => change);
    const items = [
      ...[...inForce.changes, ...off].flatMap((change) => ofChange(change, deps, inForce)),
      ...promotions.flatMap((entry) => ofPromotion(entry, deps)),
    ]
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
      .slice(0, limits.feedItems);
    const version = (known?.news.version ?? 0) + 1;
    const shown = promotions.map((entry) => publicPromotion(entry.value as Promotion, entry.state));
    known = { mark, news: { version, items, promotions: shown } };
    return known.news;
  };
};
