// Whether a release of the catalogue may be made on a day: the rules of calendar.ts over those that have been made, and what the catalogue plans. Called by
// `bindeledd catalogue release`.
import { checkReleases, norwegianTime, startOfDay } from '../calendar.ts';
import type { Release } from '../contract.ts';
import type { RuleFinding } from '../rule-finding.ts';

/** What is there, and what is wanted. */
export type WantedRelease = {
  /** In order, with the days on which they were made. */
  readonly made: readonly Release[];
  /** Of the catalogue, those to come included. */
  readonly planned: readonly Release[];
  readonly version: number;
  /** `2027-03-31`. */
  readonly day: string;
};

/** What stands in the way; nothing when the release may be made. */
export const checkNextRelease = ({ made, planned, version, day }: WantedRelease): readonly RuleFinding[] => {
  const at = `release ${version}`;
  const wanted: Release = { version, at: startOfDay(day) };
  if (made.some((one) => one.version === version))
    return [{ rule: 'release-made', at, text: 'It has been made, and never changes.' }];
  if (made.length === 0 && version !== 0)
    return [
      { rule: 'release-number', at, text: 'The first release is 0: what there was before the first main version.' },
    ];
  const plan = planned.find((one) => one.version === version);
  return [
    ...checkReleases([...made, wanted]).filter((finding) => finding.at === at),
    ...(plan === undefined
      ? [
          {
            rule: 'release-unplanned',
            at,
            text: 'The catalogue does not plan it: say in catalogue.yaml on which day it comes.',
          },
        ]
      : plan.at !== wanted.at
        ? [
            {
              rule: 'release-other-day',
              at,
              text: `The catalogue says that it comes on ${norwegianTime(plan.at)}, and not on ${day}.`,
            },
          ]
        : []),
  ];
};
