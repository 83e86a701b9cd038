// When main versions of the catalogue come, and when something that is announced may take effect at the earliest (facts 7.3, R4 to R8). Used by the change log, the
// gate, announcements and the command line; the one place that knows these dates. Moments are epoch ms; days are those of Norway.
import { civilDay, midnight } from '#base/clock.ts';
import type { ContractMark } from '#model/model.ts';
import type { ChangeKind, Release } from './contract.ts';
import { noticeFor, type Notice, type Policy } from './policies.ts';
import type { RuleFinding } from './rule-finding.ts';

/** A main version with its moment. */
export type CalendarRelease = Release & {
  /** False = nobody has said when it comes: the first day on which it may. */
  readonly dated: boolean;
};

export type ReleaseRule =
  | 'release-none'
  | 'release-number'
  | 'release-order'
  | 'release-year'
  | 'release-season'
  | 'release-midnight';

/** What is announced, and under which promise. */
export type Announced = {
  /** When the notice had been delivered. */
  readonly announcedAt: number;
  /** Null = nothing is promised. */
  readonly contract: ContractMark | null;
  /** Left out: breaking. */
  readonly kind?: ChangeKind;
  readonly policy: Policy;
  /** In order. */
  readonly releases: readonly Release[];
};

const firstDay = '03-31';
const lastDay = '06-30';
const lastYear = 9_999;

/** The first moment of a day (`2027-03-31`) in Norway. */
export const startOfDay = (date: string): number => midnight(Date.parse(date));

/** The last second of a day in Norway: by then a notice of that day had been delivered. */
export const lastSecondOf = (date: string): number => civilDay(startOfDay(date)).to - 1_000;

const wallClock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Oslo', timeStyle: 'medium' });

/** A moment for people, by the clocks of Norway: `2028-03-31`, and the time where the day does not begin then, `2028-03-31 14:05:09`. */
export const norwegianTime = (at: number): string => {
  const { date, from } = civilDay(at);
  return from === at ? date : `${date} ${wallClock.format(at)}`;
};

const yearOf = (at: number): number => Number(civilDay(at).date.slice(0, 4));

/** The first moment at which the main version of a year may come (R5). */
export const firstReleaseMoment = (year: number): number => midnight(Date.UTC(year, 2, 31));

/** The main version in force at a moment, the one whose moment it is included; null before the first. */
export const releaseInForce = (releases: readonly Release[], at: number): Release | null =>
  releases.findLast((release) => release.at <= at) ?? null;

/** The first main version after a moment. Beyond those that have a date there is one a year, on the first day that it may come. */
export const releaseAfter = (releases: readonly Release[], at: number): CalendarRelease => {
  const dated = releases.find((release) => release.at > at);
  if (dated !== undefined) return { ...dated, dated: true };
  const year = firstReleaseMoment(yearOf(at)) > at ? yearOf(at) : yearOf(at) + 1;
  const first = firstUndated(releases) ?? { version: 1, year };
  const next = Math.max(first.year, year);
  return { version: first.version + next - first.year, at: firstReleaseMoment(next), dated: false };
};

/** A main version by its number; null where there never was one, or will be none as far as days can be written. */
export const releaseOf = (releases: readonly Release[], version: number): CalendarRelease | null => {
  const dated = releases.find((release) => release.version === version);
  if (dated !== undefined) return { ...dated, dated: true };
  const first = firstUndated(releases);
  if (first === null || !Number.isSafeInteger(version) || version < first.version) return null;
  const year = first.year + version - first.version;
  return year > lastYear ? null : { version, at: firstReleaseMoment(year), dated: false };
};

/** What comes after the last one with a date. Version 0 is what was there before the first release, and takes no year's place. */
const firstUndated = (releases: readonly Release[]): { readonly version: number; readonly year: number } | null => {
  const last = releases.at(-1);
  if (last === undefined) return null;
  const year = yearOf(last.at);
  const free = last.version === 0 && firstReleaseMoment(year) > last.at;
  return { version: last.version + 1, year: free ? year : year + 1 };
};

/** The moment before which one has to announce what shall go from production with a main version; null where there is no such version, or none before it. */
export const announceBefore = (releases: readonly Release[], version: number): number | null =>
  releaseOf(releases, version - 1)?.at ?? null;

/** The first moment at which a change may take effect (R4, R6 to R9). */
export const earliest = ({ announcedAt, contract, kind = 'breaking', policy, releases }: Announced): number =>
  after(announcedAt, noticeFor(policy, contract, kind), releases);

const after = (at: number, notice: Notice, releases: readonly Release[]): number => {
  switch (notice.kind) {
    case 'none':
      return at;
    case 'hours':
      return at + notice.hours * 3_600_000;
    case 'months':
      return civilDay(startOfDay(addMonths(civilDay(at).date, notice.months))).to;
    case 'second-release':
      return releaseAfter(releases, releaseAfter(releases, at).at).at;
  }
};

/** The day with the same number some months later; the last day of a month that is shorter. */
const addMonths = (date: string, months: number): string => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  last.setUTCDate(Math.min(day, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
};

/** What is wrong with a list of main versions (R5). Version 0 is bound to no season: it is what there was before the first release. */
export const checkReleases = (releases: readonly Release[]): readonly RuleFinding<ReleaseRule>[] => {
  if (releases.length === 0)
    return [{ rule: 'release-none', at: 'releases', text: 'There is no release; the first is version 0.' }];
  return releases.flatMap((release, index) => {
    const before = releases[index - 1];
    return [...checkAlone(release), ...(before === undefined ? [] : checkAfter(before, release))];
  });
};

const found = ({ version }: Release, rule: ReleaseRule, text: string): readonly RuleFinding<ReleaseRule>[] => [
  { rule, at: `release ${version}`, text },
];

const checkAlone = (release: Release): readonly RuleFinding<ReleaseRule>[] => {
  const { version, at } = release;
  if (!Number.isSafeInteger(version) || version < 0)
    return found(release, 'release-number', `Releases are numbered 0, 1, 2 …, and ${version} is none of these.`);
  const { date, from } = civilDay(at);
  const day = date.slice(5);
  return [
    ...(from === at ? [] : found(release, 'release-midnight', 'A release comes at midnight in Norway.')),
    ...(version === 0 || (day >= firstDay && day <= lastDay)
      ? []
      : found(release, 'release-season', `A release comes between 31 March and 30 June, and ${date} is not.`)),
  ];
};

const checkAfter = (before: Release, release: Release): readonly RuleFinding<ReleaseRule>[] => [
  ...(release.version === before.version + 1
    ? []
    : found(release, 'release-number', `After release ${before.version} comes ${before.version + 1}.`)),
  ...(release.at > before.at
    ? []
    : found(release, 'release-order', `It comes no later than release ${before.version}, which stands before it.`)),
  ...(before.version === 0 || yearOf(release.at) !== yearOf(before.at)
    ? []
    : found(release, 'release-year', `There is one release a year, and ${yearOf(release.at)} has ${before.version}.`)),
];
