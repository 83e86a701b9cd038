// Whether everything that is announced keeps the rules: what the catalogue and a hub announce, and what descriptions say of their own parts. Called by `bindeledd
// catalogue check`; what may be released at a moment is judged elsewhere.
import { checkChanges, type ChangeRule, type ChangeRules } from '../change-log.ts';
import type { Change, Coordinate, Release, Status } from '../contract.ts';
import { policies } from '../policies.ts';
import type { RuleFinding } from '../rule-finding.ts';
import { aroundPart } from './coordinates.ts';
import { changesOfRelease, marksOfRelease } from './promised-parts.ts';
import type { ReleaseSet } from './release-set.ts';

/** Takes what is described now and what is announced beside it. What is told of single parts has no id that anybody wrote. */
export const checkAnnouncements = (
  now: ReleaseSet,
  changes: readonly Change[],
  releases: readonly Release[],
): readonly RuleFinding<ChangeRule>[] => {
  const marks = marksOfRelease(now);
  const statusOf = (api: string, coordinate: Coordinate): Status => {
    const of = marks.get(api);
    const own = aroundPart(coordinate).find((part) => of?.has(part));
    return (own === undefined ? undefined : of?.get(own)) ?? now.apis.get(api)?.status ?? 'production';
  };
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
