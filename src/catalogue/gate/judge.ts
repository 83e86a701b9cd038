// Which differences may be released at a moment: each under the contract that its part had in what was released, and with the announcement that covers it
// (facts 7.3). The gate itself; called by the command and by the test that holds the tree to its newest release.
import { earliest } from '../calendar.ts';
import { dueAt, isAllowed, standingAt, type ChangeRules } from '../change-log.ts';
import { changeKinds, type Change, type Release, type Status } from '../contract.ts';
import { contracts, frozenStatuses, noticeFor, policies, type Policy } from '../policies.ts';
import { compareReleases } from './compare-releases.ts';
import { covers } from './coordinates.ts';
import type { GateFinding } from './finding.ts';
import { changesOfRelease, statusesOfRelease } from './promised-parts.ts';
import type { ReleaseSet } from './release-set.ts';
import type { BrokenDocument } from './replay.ts';

/** Why a difference may be released, or why not. */
export const verdicts = ['free', 'announced', 'emergency', 'unannounced', 'too-early', 'frozen'] as const;
export type Verdict = (typeof verdicts)[number];

export type JudgedFinding = GateFinding & {
  /** What was promised of the part. */
  readonly status: Status;
  readonly verdict: Verdict;
  /** The announcement that covers it; null = none does. */
  readonly change: string | null;
  /** The first moment at which it may be released, epoch ms: by its announcement, or if it were announced now. Null where it may be at any time. */
  readonly earliest: number | null;
};

export type Judgement = {
  readonly findings: readonly JudgedFinding[];
  /** Those that may not be released. */
  readonly breaches: readonly JudgedFinding[];
};

export type JudgeDeps = {
  /** Announced changes, in force. */
  readonly changes: readonly Change[];
  readonly releases: readonly Release[];
  /** When it would be released. */
  readonly at: number;
};

const allowed: ReadonlySet<Verdict> = new Set(['free', 'announced', 'emergency']);

/** Compares what was released with what is described now, and judges every difference. */
export const judge = (before: ReleaseSet, after: ReleaseSet, deps: JudgeDeps): Judgement => {
  const statusOf = statusesOfRelease(before, 'experimental');
  const rules: ChangeRules = {
    releases: deps.releases,
    policyOf: (api) => policies[before.apis.get(api)?.policy ?? 'sikt'],
    statusOf,
  };
  const changes = [...deps.changes, ...changesOfRelease(before)];
  const findings = compareReleases(before, after).map((finding) => judged(finding, changes, rules, deps.at));
  return { findings, breaches: findings.filter(({ verdict }) => !allowed.has(verdict)) };
};

/** What is promised of an API changes without its descriptions: from the one status that changes nothing to the other. */
const isPromise = ({ coordinate, rule }: GateFinding): boolean =>
  coordinate === '*' && (rule === 'status-changed' || rule === 'mark-raised');

const judged = (finding: GateFinding, changes: readonly Change[], rules: ChangeRules, at: number): JudgedFinding => {
  const { api, coordinate, kind } = finding;
  const status = rules.statusOf(api, coordinate);
  const policy = rules.policyOf(api);
  const covering = changes
    .filter((change) => change.api === api && change.announcedAt !== null && change.announcedAt <= at)
    .filter((change) => change.coordinates.some((said) => covers(said, coordinate)));
  if (frozenStatuses.has(status) && kind === 'compatible' && !isPromise(finding)) {
    const mended = covering[0];
    return mended === undefined
      ? { ...finding, status, verdict: 'frozen', change: null, earliest: null }
      : { ...finding, status, verdict: 'announced', change: mended.id, earliest: null };
  }
  if (noticeFor(policy, contracts[status], kind).kind === 'none')
    return { ...finding, status, verdict: 'free', change: covering[0]?.id ?? null, earliest: null };
  const standing = covering
    .filter((change) => changeKinds.indexOf(change.kind) <= changeKinds.indexOf(kind))
    // What counts is the contract of this part and what becomes of it, whatever else the announcement is about.
    .map((change): Change => ({ ...change, coordinates: [coordinate], kind }))
    .map((change) => ({ change, due: dueAt(change, rules) ?? Infinity }))
    .toSorted((a, b) => a.due - b.due);
  const [first] = standing;
  if (first === undefined)
    return {
      ...finding,
      status,
      verdict: 'unannounced',
      change: null,
      earliest: ifAnnounced(at, status, kind, policy, rules),
    };
  const { change, due } = first;
  const verdict: Verdict =
    due > at || !isAllowed(change, at, rules)
      ? 'too-early'
      : standingAt(change, at, rules) === 'emergency'
        ? 'emergency'
        : 'announced';
  return { ...finding, status, verdict, change: change.id, earliest: due };
};

const ifAnnounced = (
  announcedAt: number,
  status: Status,
  kind: GateFinding['kind'],
  policy: Policy,
  { releases }: ChangeRules,
): number => earliest({ announcedAt, contract: contracts[status], kind, policy, releases });

/**
 * Documents that cannot be run any more although nothing of their API differs in a way that takes notice, like those that have come to cost too much: nobody can
 * have been told, so they hold a release back.
 */
export const brokenByNothing = (
  broken: readonly BrokenDocument[],
  findings: readonly GateFinding[],
): readonly BrokenDocument[] =>
  broken.filter(({ api }) => !findings.some((one) => one.api === api && one.kind !== 'compatible'));
