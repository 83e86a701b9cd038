// The rules of announcements (facts 7.3, R4 to R11): what is wrong with a list of changes, when each may take effect, and how far each has come. Pure; used by the
// gate, by announcements, and by whatever shows what will go. Where changes are kept it does not know.
import { civilDay } from '#base/clock.ts';
import type { ContractMark } from '#model/model.ts';
import { earliest, firstReleaseMoment, norwegianTime, releaseAfter, releaseOf } from './calendar.ts';
import type { Change, Coordinate, Release, Status } from './contract.ts';
import { contracts, noticeFor, type Notice, type Policy } from './policies.ts';
import type { RuleFinding } from './rule-finding.ts';

/** What the rules have to know of the catalogue. */
export type ChangeRules = {
  /** In order. */
  readonly releases: readonly Release[];
  readonly policyOf: (api: string) => Policy;
  /** The effective status of a part before the change; that of the API for `*` and for what nobody knows. */
  readonly statusOf: (api: string, coordinate: Coordinate) => Status;
};

/** How far a change has come: a draft announces nothing; what is due may be done; what is overdue is still there when another release has come. */
export const stages = ['draft', 'announced', 'due', 'overdue', 'done'] as const;
export type Stage = (typeof stages)[number];

/** Whether a change may take effect at a moment. An emergency is a breach of the contract that is allowed (R10). */
export const standings = ['lawful', 'emergency', 'unannounced', 'too-early'] as const;
export type Standing = (typeof standings)[number];

export type ChangeRule =
  | 'id-form'
  | 'id-twice'
  | 'no-coordinates'
  | 'no-replacement'
  | 'two-replacements'
  | 'planned-unknown-release'
  | 'planned-too-early'
  | 'done-too-early'
  | 'done-unannounced'
  | 'emergency-incomplete';

const firmness: readonly (ContractMark | null)[] = [null, 'experimental', 'beta', 'production'];

/** The firmest contract among the parts that a change is about; null where nothing is promised. */
export const contractOf = ({ api, coordinates }: Change, { statusOf }: ChangeRules): ContractMark | null => {
  const ranks = coordinates.map((coordinate) => firmness.indexOf(contracts[statusOf(api, coordinate)]));
  return firmness[Math.max(0, ...ranks)] ?? null;
};

/** The notice that a change takes. */
export const noticeOf = (change: Change, rules: ChangeRules): Notice =>
  noticeFor(rules.policyOf(change.api), contractOf(change, rules), change.kind);

/** The first moment at which a change may take effect by its contract, 0 where it need not be announced and was not; null for a draft of one that has to be. */
export const lawfulFrom = (change: Change, rules: ChangeRules): number | null => {
  if (change.announcedAt === null && noticeOf(change, rules).kind === 'none') return 0;
  return change.announcedAt === null ? null : earliestOf(change, change.announcedAt, rules);
};

const earliestOf = (change: Change, announcedAt: number, rules: ChangeRules): number =>
  earliest({
    announcedAt,
    contract: contractOf(change, rules),
    kind: change.kind,
    policy: rules.policyOf(change.api),
    releases: rules.releases,
  });

/** Whether a change may take effect at a moment, and why not. */
export const standingAt = (change: Change, at: number, rules: ChangeRules): Standing => {
  const from = lawfulFrom(change, rules);
  // What takes no notice may be told afterwards.
  if ((from !== null && from <= at) || noticeOf(change, rules).kind === 'none') return 'lawful';
  if (isCompleteEmergency(change, at)) return 'emergency';
  return from === null ? 'unannounced' : 'too-early';
};

/** Whether a change breaks no promise when it takes effect at a moment. */
export const isLawful = (change: Change, at: number, rules: ChangeRules): boolean =>
  standingAt(change, at, rules) === 'lawful';

/** Whether it may take effect then: lawfully, or as a breach that somebody answers for. */
export const isAllowed = (change: Change, at: number, rules: ChangeRules): boolean =>
  ['lawful', 'emergency'].includes(standingAt(change, at, rules));

const isCompleteEmergency = ({ emergency, announcedAt }: Change, at: number): boolean =>
  emergency !== null &&
  emergency.reason.trim() !== '' &&
  emergency.approver.trim() !== '' &&
  announcedAt !== null &&
  announcedAt <= at;

/** A change that took effect, or is to, before the contract allows it. Shown in the record. */
export type Breach = {
  readonly change: Change;
  readonly at: number;
  /** From when on it would have been lawful; null = never, as it was announced to nobody. */
  readonly lawfulFrom: number | null;
};

/** Every breach among changes, those included that nobody answers for. */
export const breachesAmong = (changes: readonly Change[], rules: ChangeRules): readonly Breach[] =>
  changes.flatMap((change) => {
    const at = change.doneAt ?? (change.emergency === null ? null : plannedMoment(change, rules));
    if (at === null || isLawful(change, at, rules)) return [];
    return [{ change, at, lawfulFrom: lawfulFrom(change, rules) }];
  });

/** The moment for which a change is planned; null where it names a release that never was. */
export const plannedMoment = ({ planned }: Change, { releases }: ChangeRules): number | null =>
  'at' in planned ? planned.at : (releaseOf(releases, planned.release)?.at ?? null);

/**
 * The moment at which a change is due: as planned, not before it is lawful, and with a release where the contract binds it to one. An emergency is due as planned.
 * Null for drafts.
 */
export const dueAt = (change: Change, rules: ChangeRules): number | null => {
  if (change.announcedAt === null) return null;
  const planned = plannedMoment(change, rules) ?? -Infinity;
  if (change.emergency !== null) return Math.max(planned, change.announcedAt);
  const at = Math.max(planned, lawfulFrom(change, rules) ?? change.announcedAt);
  return noticeOf(change, rules).kind === 'second-release' ? releaseAfter(rules.releases, at - 1).at : at;
};

/** How far a change has come. */
export const stageOf = (change: Change, now: number, rules: ChangeRules): Stage => {
  if (change.doneAt !== null) return 'done';
  const due = dueAt(change, rules);
  if (due === null) return 'draft';
  if (now < due) return 'announced';
  return now < releaseAfter(rules.releases, due).at ? 'due' : 'overdue';
};

const idForm = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** What is wrong with a list of changes. What is planned has to be lawful from that day on; what was done has to have been. */
export const checkChanges = (changes: readonly Change[], rules: ChangeRules): readonly RuleFinding<ChangeRule>[] => {
  const seen = new Set<string>();
  return changes.flatMap((change) => {
    const twice = seen.has(change.id);
    seen.add(change.id);
    const find = (rule: ChangeRule, text: string): RuleFinding<ChangeRule> => ({ rule, at: change.id, text });
    return [
      ...(twice ? [find('id-twice', 'There is another change with this id.')] : []),
      ...checkSaid(change, find),
      ...checkPlanned(change, rules, find),
      ...checkDone(change, rules, find),
    ];
  });
};

type Find = (rule: ChangeRule, text: string) => RuleFinding<ChangeRule>;
type Findings = readonly RuleFinding<ChangeRule>[];

const checkSaid = (change: Change, find: Find): Findings => {
  const { id, coordinates, kind, replacement, withoutReplacement, emergency } = change;
  const silent = replacement === null && withoutReplacement === null;
  const complete = emergency === null || isCompleteEmergency(change, Infinity);
  return [
    ...(idForm.test(id)
      ? []
      : [find('id-form', 'An id begins with a letter and is made of small letters, digits and single hyphens.')]),
    ...(coordinates.length > 0 ? [] : [find('no-coordinates', 'It names no part of the API.')]),
    ...(kind === 'breaking' && silent
      ? [find('no-replacement', 'It says neither what takes the place of the part nor why nothing does.')]
      : []),
    ...(replacement !== null && withoutReplacement !== null
      ? [find('two-replacements', 'It names a replacement and says that there is none.')]
      : []),
    ...(complete
      ? []
      : [find('emergency-incomplete', 'An emergency takes a reason, somebody who approved it, and a notice.')]),
  ];
};

const checkPlanned = (change: Change, rules: ChangeRules, find: Find): Findings => {
  const planned = plannedMoment(change, rules);
  if (planned === null) return [find('planned-unknown-release', 'There never was such a release.')];
  if (change.announcedAt === null || change.emergency !== null) return [];
  const from = lawfulFrom(change, rules) ?? 0;
  // Days are told when nobody knows yet on which day of spring that release comes: the first on which it may is lawful to tell (R6).
  const told = noticeOf(change, rules).kind === 'second-release' ? Math.min(from, springOf(from)) : from;
  return planned >= told ? [] : [find('planned-too-early', `It may take effect on ${timeOf(from)} at the earliest.`)];
};

const checkDone = (change: Change, rules: ChangeRules, find: Find): Findings => {
  if (change.doneAt === null) return [];
  switch (standingAt(change, change.doneAt, rules)) {
    case 'unannounced':
      return [find('done-unannounced', 'It took effect and had been announced to nobody.')];
    case 'too-early': {
      const from = lawfulFrom(change, rules);
      return [
        find(
          'done-too-early',
          `It took effect on ${norwegianTime(change.doneAt)} and was lawful from ${timeOf(from)}.`,
        ),
      ];
    }
    case 'lawful':
    case 'emergency':
      return [];
  }
};

const springOf = (at: number): number => firstReleaseMoment(Number(civilDay(at).date.slice(0, 4)));

const timeOf = (at: number | null): string => (at === null ? 'never' : norwegianTime(at));
