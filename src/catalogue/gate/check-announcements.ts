// Whether everything that is announced keeps the rules: what the catalogue and a hub announce, and what descriptions say of their own parts. Called by `bindeledd
// catalogue check`; what may be released at a moment is judged elsewhere.
import { checkChanges, type ChangeRule, type ChangeRules } from '../change-log.ts';
import type { Change, Release } from '../contract.ts';
import { policies } from '../policies.ts';
import type { RuleFinding } from '../rule-finding.ts';
import { changesOfRelease, statusesOfRelease } from './promised-parts.ts';
import type { ReleaseSet } from './release-set.ts';

/** Takes what is described now and what is announced beside it. What is told of single parts has no id that anybody wrote. */
export const checkAnnouncements = (
  now: ReleaseSet,
  changes: readonly Change[],
  releases: readonly Release[],
): readonly RuleFinding<ChangeRule>[] => {
  const statusOf = statusesOfRelease(now, 'production');
  const rules: ChangeRules = {
    releases,
    policyOf: (api) => policies[now.apis.get(api)?.policy ?? 'sikt'],
    statusOf,
  };
  return [
    ...checkChanges(changes, rules),
    ...checkChanges(changesOfRelease(now), rules).filter(({ rule }) => rule !== 'id-form'),
  ];
};
