// Holds an announcement to the rules before anybody is told: its texts, what takes the place of what goes, that the parts exist, and that it is planned for a lawful
// moment. Used by the admin API. Pure.
import { formatInstant } from '#base/clock.ts';
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { didYouMean, isCleanText } from '#base/text.ts';
import { releaseAfter } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { dueAt, lawfulFrom, noticeOf, plannedMoment, type ChangeRules } from './change-log.ts';
import type { Change, Coordinate, Release, Status, Words } from './contract.ts';
import { policies } from './policies.ts';
import { isAsFirm } from './status-rules.ts';

/** The parts of the APIs, as those who announce something about them know them. */
export type PartStatuses = {
  /** Status of every part of an API, by coordinate; null for an API whose parts are not known here. */
  readonly of: (api: string) => ReadonlyMap<Coordinate, Status> | null;
};

export type Draft = Omit<Change, 'announcedAt' | 'doneAt'>;

/** What the rules say of a draft. */
export type Verdict = {
  readonly errors: readonly ProblemItem[];
  /** The firmest promise that any of its parts is under. */
  readonly status: Status;
  /** The earliest moment at which it may take effect, announced now. */
  readonly lawfulAt: number;
  /** The moment for which it is planned. */
  readonly plannedAt: number;
};

export type DraftDeps = {
  readonly catalogue: Pick<Catalogue, 'apis' | 'releases'>;
  readonly parts: PartStatuses;
  readonly now: number;
};

const idForm = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const idLength = 80;

/** The rules as they hold for a change whose parts are promised by a status. */
const rulesUnder = ({ apis, releases }: Pick<Catalogue, 'apis' | 'releases'>, status: Status): ChangeRules => ({
  releases,
  policyOf: (api) => policies[apis.get(api)?.policy ?? 'sikt'],
  statusOf: () => status,
});

const firmest = (some: readonly Status[], otherwise: Status): Status =>
  some.reduce((one, other) => (isAsFirm(other, one) ? other : one), some[0] ?? otherwise);

/** The status under which the parts of a change are promised: that of the API where a part is not known, or is all of it. */
export const promiseOf = (
  { api, coordinates }: Pick<Change, 'api' | 'coordinates'>,
  { catalogue, parts }: Pick<DraftDeps, 'catalogue' | 'parts'>,
): Status => {
  const whole = catalogue.apis.get(api)?.status ?? 'planned';
  const known = parts.of(api);
  return firmest(
    coordinates.map((coordinate) => known?.get(coordinate) ?? whole),
    whole,
  );
};

const wordFindings = (at: string, words: Words | null): readonly ProblemItem[] =>
  words === null
    ? []
    : ([words.nb, words.nn ?? 'nn', words.en] as const).flatMap((text, index) => {
        const name = `${at}/${['nb', 'nn', 'en'][index] ?? ''}`;
        if (text.trim() === '') return [{ at: name, message: 'is needed' }];
        if (text.length > limits.changeTextLength)
          return [{ at: name, message: `must have at most ${limits.changeTextLength} characters` }];
        // Lines may end; nothing else in it may steer.
        return isCleanText(text) && !/[^\P{Cc}\n]/u.test(text)
          ? []
          : [{ at: name, message: 'holds a character that no text for people has' }];
      });

const partFindings = (draft: Draft, { parts }: DraftDeps): readonly ProblemItem[] => {
  const { api, coordinates } = draft;
  const found: ProblemItem[] = [];
  if (coordinates.length === 0 || coordinates.length > limits.changeParts)
    found.push({ at: '/coordinates', message: `name 1 to ${limits.changeParts} parts; * is all of the API` });
  if (new Set(coordinates).size < coordinates.length)
    found.push({ at: '/coordinates', message: 'a part stands here twice' });
  const known = parts.of(api);
  if (known === null) return found;
  for (const [index, coordinate] of coordinates.entries())
    if (coordinate !== '*' && !known.has(coordinate))
      found.push({
        at: `/coordinates/${index}`,
        message: `${api} has no part ${coordinate.slice(0, 200)}${didYouMean(coordinate, known.keys())}`,
      });
  return found;
};

const replacementFindings = ({ kind, replacement, withoutReplacement, migration }: Draft): readonly ProblemItem[] => [
  ...(kind === 'breaking' && replacement === null && withoutReplacement === null
    ? [{ at: '/replacement', message: 'is needed, or withoutReplacement says why nothing takes its place' }]
    : []),
  ...(replacement !== null && withoutReplacement !== null
    ? [{ at: '/withoutReplacement', message: 'says why there is no replacement, and there is one' }]
    : []),
  ...(kind === 'breaking' && migration === null
    ? [{ at: '/migration', message: 'is needed: what users have to do' }]
    : []),
];

const isReleaseMoment = (releases: readonly Release[], at: number): boolean =>
  releases.some((release) => release.at === at) || releaseAfter(releases, at - 1).at === at;

/** Holds a draft to the rules, all of them at once. */
export const checkDraft = (draft: Draft, deps: DraftDeps): Verdict => {
  const { catalogue, now } = deps;
  const { releases } = catalogue;
  const api = catalogue.apis.get(draft.api);
  const status = promiseOf(draft, deps);
  const rules = rulesUnder(catalogue, status);
  const announced: Change = { ...draft, announcedAt: now, doneAt: null };
  const lawfulAt = lawfulFrom(announced, rules) ?? now;
  const plannedAt = plannedMoment(announced, rules);
  const errors: ProblemItem[] = [];
  if (!idForm.test(draft.id) || draft.id.length > idLength)
    errors.push({ at: '/id', message: `must be up to ${idLength} lower-case letters and digits with hyphens between` });
  if (api === undefined)
    errors.push({
      at: '/api',
      message: `there is no API ${draft.api.slice(0, 80)}${didYouMean(draft.api, catalogue.apis.keys())}`,
    });
  errors.push(
    ...wordFindings('/text', draft.text),
    ...wordFindings('/migration', draft.migration),
    ...wordFindings('/withoutReplacement', draft.withoutReplacement),
    ...replacementFindings(draft),
    ...(api === undefined ? [] : partFindings(draft, deps)),
  );
  if (draft.replacement !== null && !isCleanText(draft.replacement))
    errors.push({ at: '/replacement', message: 'holds a character that no name has' });
  const earliestText = `the earliest lawful moment is ${formatInstant(lawfulAt)}`;
  if (plannedAt === null) errors.push({ at: '/planned', message: `there is no such main version; ${earliestText}` });
  else if (draft.emergency === null && draft.kind !== 'compatible') {
    if (plannedAt < lawfulAt) errors.push({ at: '/planned', message: `is too early: ${earliestText}` });
    else if (noticeOf(announced, rules).kind === 'second-release' && !isReleaseMoment(releases, plannedAt))
      errors.push({ at: '/planned', message: `must be that of a main version; ${earliestText}` });
  }
  if (draft.emergency !== null && draft.kind !== 'breaking')
    errors.push({ at: '/emergency', message: 'is for what is breaking' });
  return { errors, status, lawfulAt, plannedAt: plannedAt ?? lawfulAt };
};

/** The dates of a change that was announced, as the main versions stand now. */
export type ChangeDates = {
  /** What is done before is a breach of the contract. */
  readonly lawfulAt: number;
  /** The earliest moment at which users have to expect it: lawful, and planned; of an emergency the planned one. */
  readonly effectAt: number;
};

/** The dates of an announced change that is held to a status; null for what is not announced. */
export const datesOf = (
  change: Change,
  status: Status,
  catalogue: Pick<Catalogue, 'apis' | 'releases'>,
): ChangeDates | null => {
  const rules = rulesUnder(catalogue, status);
  const effectAt = dueAt(change, rules);
  const lawfulAt = lawfulFrom(change, rules);
  return effectAt === null || lawfulAt === null ? null : { lawfulAt, effectAt };
};
